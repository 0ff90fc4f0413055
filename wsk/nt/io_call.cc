// SPDX-License-Identifier: MIT OR GPL-2.0
/* Handing IRPs to devices. */
#include "nt/device.h"
#include "nt/irp.h"
#include "nt/irql.h"
#include "port/log.h"

using namespace wsk;

namespace
{

NTSTATUS refuse(PIRP irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

NTSTATUS wake(PDEVICE_OBJECT, PIRP irp, PVOID event)
{
	UNREFERENCED_PARAMETER(irp);
	KeSetEvent(static_cast<PKEVENT>(event), IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

} // namespace

/**
 * IofCallDriver() - Send an IRP to a device. IoCallDriver() and PoCallDriver() are macros for it.
 * @DeviceObject: The device. The IRP's next stack location says what it is to do.
 * @Irp: The IRP, which is the device's driver's from then on.
 *
 * Context: IRQL <= DISPATCH_LEVEL; most drivers want requests of programs at PASSIVE_LEVEL.
 * Return: What the driver's dispatch function returns. For what is no device, one whose driver is
 *	gone, and a major function that the driver has set to NULL, STATUS_NO_SUCH_DEVICE or
 *	STATUS_INVALID_DEVICE_REQUEST, with the IRP completed. Without a stack location left, which
 *	breaks a rule, STATUS_INVALID_PARAMETER; the sender's own location is completed with it.
 * Source: wdm.h, IoCallDriver macro
 */
extern "C" NTSTATUS IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	Device *device = device_of(__func__, DeviceObject);

	if (Irp->CurrentLocation <= 1) {
		port_log_rule(__func__, "the IRP has no stack location left");
		if (Irp->CurrentLocation <= Irp->StackCount)
			return refuse(Irp, STATUS_INVALID_PARAMETER);
		return STATUS_INVALID_PARAMETER;
	}
	IoSetNextIrpStackLocation(Irp);

	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

	if (!device || device->gone)
		return refuse(Irp, STATUS_NO_SUCH_DEVICE);
	stack->DeviceObject = DeviceObject;

	PDRIVER_DISPATCH function =
		stack->MajorFunction <= IRP_MJ_MAXIMUM_FUNCTION
			? DeviceObject->DriverObject->MajorFunction[stack->MajorFunction]
			: nullptr;
	if (!function)
		return refuse(Irp, STATUS_INVALID_DEVICE_REQUEST);
	return function(DeviceObject, Irp);
}

/**
 * IoForwardIrpSynchronously() - Send an IRP to a lower device, and wait for it
 * @DeviceObject: The device.
 * @Irp: The IRP, whose current stack location is copied; it is the caller's again afterwards, with
 *	its status in IoStatus.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: TRUE; FALSE, and nothing done, without a stack location left.
 * Source: ntddk.h, IoForwardIrpSynchronously function
 */
extern "C" BOOLEAN IoForwardIrpSynchronously(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	KEVENT event;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (Irp->CurrentLocation <= 1)
		return FALSE;
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	IoCopyCurrentIrpStackLocationToNext(Irp);
	IoSetCompletionRoutine(Irp, wake, &event, TRUE, TRUE, TRUE);
	if (IoCallDriver(DeviceObject, Irp) == STATUS_PENDING)
		KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, nullptr);
	return TRUE;
}

/**
 * IoGetRequestorProcess() - The process that a request comes from
 * @Irp: The request.
 *
 * Context: Any IRQL.
 * Return: The process, without a reference: it stays while its request is under way. NULL where the
 *	IRP is a driver's own.
 * Source: ntifs.h, IoGetRequestorProcess function
 */
extern "C" PEPROCESS IoGetRequestorProcess(PIRP Irp)
{
	PETHREAD thread = Irp->Tail.Overlay.Thread;

	return thread ? IoThreadToProcess(thread) : nullptr;
}

/**
 * IoGetRequestorProcessId() - The number of the process that a request comes from
 * @Irp: The request.
 *
 * Context: Any IRQL.
 * Return: The number, as PsGetProcessId(); 0 where the IRP is a driver's own.
 * Source: ntifs.h, IoGetRequestorProcessId function
 */
extern "C" ULONG IoGetRequestorProcessId(PIRP Irp)
{
	PEPROCESS process = IoGetRequestorProcess(Irp);

	return process ? HandleToULong(PsGetProcessId(process)) : 0;
}
