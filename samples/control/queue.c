// SPDX-License-Identifier: MIT OR GPL-2.0
/* Requests that wait until another one answers them, in a cancel-safe queue. */
#include "control.h"

static PCONTROL_EXTENSION FromQueue(PIO_CSQ Csq)
{
	return CONTAINING_RECORD(Csq, CONTROL_EXTENSION, Queue);
}

static VOID InsertIrp(PIO_CSQ Csq, PIRP Irp)
{
	InsertTailList(&FromQueue(Csq)->Waiting, &Irp->Tail.Overlay.ListEntry);
}

static VOID RemoveIrp(PIO_CSQ Csq, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Csq);
	RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

/* The context is a file, or NULL for any. */
static PIRP PeekNextIrp(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext)
{
	PLIST_ENTRY head = &FromQueue(Csq)->Waiting;
	PLIST_ENTRY entry = Irp ? Irp->Tail.Overlay.ListEntry.Flink : head->Flink;

	for (; entry != head; entry = entry->Flink) {
		PIRP next = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);

		if (!PeekContext || IoGetCurrentIrpStackLocation(next)->FileObject == PeekContext)
			return next;
	}
	return NULL;
}

static VOID AcquireLock(PIO_CSQ Csq, PKIRQL Irql)
{
	KeAcquireSpinLock(&FromQueue(Csq)->QueueLock, Irql);
}

static VOID ReleaseLock(PIO_CSQ Csq, KIRQL Irql)
{
	KeReleaseSpinLock(&FromQueue(Csq)->QueueLock, Irql);
}

static VOID CompleteCanceledIrp(PIO_CSQ Csq, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Csq);
	Irp->IoStatus.Status = STATUS_CANCELLED;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

VOID ControlInitializeQueue(PCONTROL_EXTENSION Extension)
{
	KeInitializeSpinLock(&Extension->QueueLock);
	InitializeListHead(&Extension->Waiting);
	IoCsqInitialize(&Extension->Queue, InsertIrp, RemoveIrp, PeekNextIrp, AcquireLock,
			ReleaseLock, CompleteCanceledIrp);
}

NTSTATUS ControlWait(PCONTROL_EXTENSION Extension, PIRP Irp)
{
	IoMarkIrpPending(Irp);
	IoCsqInsertIrp(&Extension->Queue, Irp, NULL);
	return STATUS_PENDING;
}

NTSTATUS ControlPost(PCONTROL_EXTENSION Extension, PVOID Data, ULONG Length)
{
	PIRP irp = IoCsqRemoveNextIrp(&Extension->Queue, NULL);
	PIO_STACK_LOCATION stack;

	if (!irp)
		return STATUS_NOT_FOUND;
	stack = IoGetCurrentIrpStackLocation(irp);
	irp->IoStatus.Status = STATUS_SUCCESS;
	if (Length > stack->Parameters.DeviceIoControl.OutputBufferLength) {
		Length = stack->Parameters.DeviceIoControl.OutputBufferLength;
		irp->IoStatus.Status = STATUS_BUFFER_OVERFLOW;
	}
	if (Length)
		RtlCopyMemory(irp->AssociatedIrp.SystemBuffer, Data, Length);
	irp->IoStatus.Information = Length;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

VOID ControlCancelFile(PCONTROL_EXTENSION Extension, PFILE_OBJECT FileObject)
{
	PIRP irp;

	while ((irp = IoCsqRemoveNextIrp(&Extension->Queue, FileObject)) != NULL)
		CompleteCanceledIrp(&Extension->Queue, irp);
}
