// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Cancel-safe queues. The driver's functions keep the queue; an IRP leaves it by whoever takes its
 * cancel routine away: who removes it, or IoCancelIrp(). While it is queued, its DriverContext[3]
 * names the queue, or the caller's context, which names both.
 */
#include <ntddk.h>

#include "nt/irql.h"

namespace
{

PVOID &link_of(PIRP irp)
{
	return irp->Tail.Overlay.DriverContext[3];
}

PIO_CSQ queue_of(PIRP irp)
{
	/* Both begin with their type. */
	auto *context = static_cast<PIO_CSQ_IRP_CONTEXT>(link_of(irp));

	return context->Type == IO_TYPE_CSQ_IRP_CONTEXT ? context->Csq
							: static_cast<PIO_CSQ>(link_of(irp));
}

/* Takes an IRP that is nobody else's out of the queue. Locked. */
void unlink(PIO_CSQ queue, PIRP irp)
{
	auto *context = static_cast<PIO_CSQ_IRP_CONTEXT>(link_of(irp));

	queue->CsqRemoveIrp(queue, irp);
	if (context->Type == IO_TYPE_CSQ_IRP_CONTEXT)
		context->Irp = nullptr;
	link_of(irp) = nullptr;
}

VOID cancel(PDEVICE_OBJECT, PIRP irp)
{
	PIO_CSQ queue = queue_of(irp);
	KIRQL irql;

	IoReleaseCancelSpinLock(irp->CancelIrql);
	queue->CsqAcquireLock(queue, &irql);
	unlink(queue, irp);
	queue->CsqReleaseLock(queue, irql);
	queue->CsqCompleteCanceledIrp(queue, irp);
}

NTSTATUS insert(PIO_CSQ queue, PIRP irp, PIO_CSQ_IRP_CONTEXT context, PVOID insert_context)
{
	NTSTATUS status = STATUS_SUCCESS;
	bool cancelled = false;
	KIRQL irql;

	if (context) {
		context->Type = IO_TYPE_CSQ_IRP_CONTEXT;
		context->Irp = irp;
		context->Csq = queue;
		link_of(irp) = context;
	} else {
		link_of(irp) = queue;
	}
	queue->CsqAcquireLock(queue, &irql);
	if (queue->Type == IO_TYPE_CSQ_EX)
		status = reinterpret_cast<PIO_CSQ_INSERT_IRP_EX>(
			reinterpret_cast<PVOID>(queue->CsqInsertIrp))(queue, irp, insert_context);
	else
		queue->CsqInsertIrp(queue, irp);
	if (!NT_SUCCESS(status)) {
		if (context)
			context->Irp = nullptr;
		link_of(irp) = nullptr;
		queue->CsqReleaseLock(queue, irql);
		return status;
	}
	IoMarkIrpPending(irp);
	IoSetCancelRoutine(irp, cancel);
	/* Cancelled before, and not by a cancel routine that is on its way to the lock. */
	if (ReadBooleanNoFence(&irp->Cancel) && IoSetCancelRoutine(irp, nullptr)) {
		cancelled = true;
		unlink(queue, irp);
	}
	queue->CsqReleaseLock(queue, irql);
	if (cancelled)
		queue->CsqCompleteCanceledIrp(queue, irp);
	return status;
}

void initialize(PIO_CSQ queue, ULONG type, PIO_CSQ_INSERT_IRP insert_irp,
		PIO_CSQ_REMOVE_IRP remove_irp, PIO_CSQ_PEEK_NEXT_IRP peek_next_irp,
		PIO_CSQ_ACQUIRE_LOCK acquire_lock, PIO_CSQ_RELEASE_LOCK release_lock,
		PIO_CSQ_COMPLETE_CANCELED_IRP complete_canceled_irp)
{
	*queue = {.Type = type,
		  .CsqInsertIrp = insert_irp,
		  .CsqRemoveIrp = remove_irp,
		  .CsqPeekNextIrp = peek_next_irp,
		  .CsqAcquireLock = acquire_lock,
		  .CsqReleaseLock = release_lock,
		  .CsqCompleteCanceledIrp = complete_canceled_irp,
		  .ReservePointer = nullptr};
}

} // namespace

/**
 * IoCsqInitialize() - Make a cancel-safe queue of IRPs.
 * @Csq: Memory for it.
 * @CsqInsertIrp: Puts an IRP into the driver's queue. Called with the lock held, like the next two.
 * @CsqRemoveIrp: Takes an IRP out of it.
 * @CsqPeekNextIrp: Returns the IRP behind the given one, or the first for NULL, that suits the
 *	context; NULL if there is none.
 * @CsqAcquireLock: Acquires the queue's lock.
 * @CsqReleaseLock: Releases it.
 * @CsqCompleteCanceledIrp: Completes an IRP that was cancelled, without the lock.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS.
 * Source: wdm.h, IoCsqInitialize function
 */
extern "C" NTSTATUS IoCsqInitialize(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP CsqInsertIrp,
				    PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
				    PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
				    PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
				    PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
				    PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	initialize(Csq, IO_TYPE_CSQ, CsqInsertIrp, CsqRemoveIrp, CsqPeekNextIrp, CsqAcquireLock,
		   CsqReleaseLock, CsqCompleteCanceledIrp);
	return STATUS_SUCCESS;
}

/**
 * IoCsqInitializeEx() - Make a cancel-safe queue whose insertion may fail.
 * @Csq: Memory for it.
 * @CsqInsertIrp: Puts an IRP into the driver's queue, gets IoCsqInsertIrpEx()'s context, and
 *	returns a status.
 * @CsqRemoveIrp: As for IoCsqInitialize().
 * @CsqPeekNextIrp: As for IoCsqInitialize().
 * @CsqAcquireLock: As for IoCsqInitialize().
 * @CsqReleaseLock: As for IoCsqInitialize().
 * @CsqCompleteCanceledIrp: As for IoCsqInitialize().
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS.
 * Source: wdm.h, IoCsqInitializeEx function
 */
extern "C" NTSTATUS IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrp,
				      PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
				      PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
				      PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
				      PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
				      PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	initialize(Csq, IO_TYPE_CSQ_EX,
		   reinterpret_cast<PIO_CSQ_INSERT_IRP>(reinterpret_cast<PVOID>(CsqInsertIrp)),
		   CsqRemoveIrp, CsqPeekNextIrp, CsqAcquireLock, CsqReleaseLock,
		   CsqCompleteCanceledIrp);
	return STATUS_SUCCESS;
}

/**
 * IoCsqInsertIrp() - Put an IRP into the queue, and mark it pending.
 * @Csq: The queue.
 * @Irp: The IRP, whose Tail.Overlay.DriverContext[3] is the queue's meanwhile. One that was
 *	cancelled before is completed by CsqCompleteCanceledIrp at once.
 * @Context: The caller's, by which IoCsqRemoveIrp() finds the IRP; or NULL.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, IoCsqInsertIrp function
 */
extern "C" VOID IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	insert(Csq, Irp, Context, nullptr);
}

/**
 * IoCsqInsertIrpEx() - Put an IRP into the queue, unless the driver's function refuses it.
 * @Csq: The queue, made by IoCsqInitializeEx().
 * @Irp: As for IoCsqInsertIrp().
 * @Context: As for IoCsqInsertIrp().
 * @InsertContext: What the driver's function gets.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: What the driver's function returned. After a failure the IRP is not queued, not marked
 *	pending, and still the caller's.
 * Source: wdm.h, IoCsqInsertIrpEx function
 */
extern "C" NTSTATUS IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context,
				     PVOID InsertContext)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return insert(Csq, Irp, Context, InsertContext);
}

/**
 * IoCsqRemoveNextIrp() - Take the first IRP that suits a context out of the queue.
 * @Csq: The queue.
 * @PeekContext: What CsqPeekNextIrp gets.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The IRP, which can no longer be cancelled; NULL if there is none.
 * Source: wdm.h, IoCsqRemoveNextIrp function
 */
extern "C" PIRP IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext)
{
	PIRP irp = nullptr;
	KIRQL irql;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	Csq->CsqAcquireLock(Csq, &irql);
	/* Those without a cancel routine are on their way out already. */
	do
		irp = Csq->CsqPeekNextIrp(Csq, irp, PeekContext);
	while (irp && !IoSetCancelRoutine(irp, nullptr));
	if (irp)
		unlink(Csq, irp);
	Csq->CsqReleaseLock(Csq, irql);
	return irp;
}

/**
 * IoCsqRemoveIrp() - Take a certain IRP out of the queue.
 * @Csq: The queue.
 * @Context: The context that it was inserted with.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The IRP, which can no longer be cancelled; NULL if it is being cancelled, or has been
 *	removed before.
 * Source: wdm.h, IoCsqRemoveIrp function
 */
extern "C" PIRP IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context)
{
	PIRP irp;
	KIRQL irql;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	Csq->CsqAcquireLock(Csq, &irql);
	irp = Context->Irp;
	if (irp && !IoSetCancelRoutine(irp, nullptr))
		irp = nullptr;
	if (irp)
		unlink(Csq, irp);
	Csq->CsqReleaseLock(Csq, irql);
	return irp;
}
