// SPDX-License-Identifier: MIT OR GPL-2.0
/* Cancelling IRPs, under the one lock for that. */
#include <ntddk.h>

#include "nt/irql.h"
#include "port/log.h"

namespace
{

constinit KSPIN_LOCK cancel_lock;

}

/**
 * IoAcquireCancelSpinLock() - Keep IRPs from being cancelled
 * @Irql: receives what IoReleaseCancelSpinLock() wants
 *
 * Context: IRQL <= DISPATCH_LEVEL; raises to DISPATCH_LEVEL.
 * Source: wdm.h, IoAcquireCancelSpinLock
 */
extern "C" VOID IoAcquireCancelSpinLock(PKIRQL Irql)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	KeAcquireSpinLock(&cancel_lock, Irql);
}

/**
 * IoReleaseCancelSpinLock() - Let IRPs be cancelled again
 * @Irql: from IoAcquireCancelSpinLock(), or the IRP's CancelIrql in a cancel routine
 *
 * Context: IRQL = DISPATCH_LEVEL.
 * Source: wdm.h, IoReleaseCancelSpinLock
 */
extern "C" VOID IoReleaseCancelSpinLock(KIRQL Irql)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	KeReleaseSpinLock(&cancel_lock, Irql);
}

/**
 * IoCancelIrp() - Ask for an IRP to be completed soon
 * @Irp: the IRP, which must not be freed meanwhile
 *
 * Sets Irp->Cancel, and calls the cancel routine, if one is set, with the cancel spin lock held;
 * the routine releases it. Completes nothing itself and waits for nothing.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE when a cancel routine was called.
 * Source: wdm.h, IoCancelIrp
 */
extern "C" BOOLEAN IoCancelIrp(PIRP Irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!Irp || Irp->Type != IO_TYPE_IRP) {
		port_log_rule(__func__,
			      Irp ? "not an IRP, or one freed already" : "the IRP is NULL");
		return FALSE;
	}
	/* Its completion may be under way, and need not be waited for: the reads are guesses. */
	if (ReadNoFence8(&Irp->CurrentLocation) > Irp->StackCount + 1) {
		port_log_rule(__func__, "the IRP was completed to its end");
		return FALSE;
	}

	KIRQL irql;
	IoAcquireCancelSpinLock(&irql);
	WriteBooleanNoFence(&Irp->Cancel, TRUE);

	PDRIVER_CANCEL routine = IoSetCancelRoutine(Irp, nullptr);
	if (!routine) {
		IoReleaseCancelSpinLock(irql);
		return FALSE;
	}

	PDEVICE_OBJECT device = nullptr;
	if (Irp->CurrentLocation <= Irp->StackCount)
		device = IoGetCurrentIrpStackLocation(Irp)->DeviceObject;
	Irp->CancelIrql = irql;
	routine(device, Irp);

	/* The IRP may be gone. The lock must be. */
	if (KeGetCurrentIrql() > irql) {
		port_log_rule(__func__, "a cancel routine did not release the cancel spin lock");
		IoReleaseCancelSpinLock(irql);
	}
	return TRUE;
}
