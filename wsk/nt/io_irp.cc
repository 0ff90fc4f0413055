// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * I/O request packets: making them, handing them down, and the walk back up when they complete.
 * The stack locations lie directly behind the IRP, the last one being the first to be used.
 */
#include <ntddk.h>

#include "nt/driver_account.h"
#include "nt/irp.h"
#include "nt/irql.h"
#include "nt/pool.h"
#include "port/log.h"
#include "port/memory.h"

using namespace wsk;

namespace
{

/* One past the last location is StackCount + 1, in a CHAR, and completion goes one further. */
constexpr CCHAR max_stack_size = 125;

PIO_STACK_LOCATION locations(PIRP irp)
{
	return reinterpret_cast<PIO_STACK_LOCATION>(irp + 1);
}

bool has_current_location(PIRP irp)
{
	return irp->CurrentLocation <= irp->StackCount;
}

/* A provider holds it: it marked its stack location pending, or made the IRP cancelable. */
bool is_in_flight(PIRP irp)
{
	if (irp->CancelRoutine)
		return true;
	return irp->CurrentLocation > 0 && has_current_location(irp) &&
	       (IoGetCurrentIrpStackLocation(irp)->Control & SL_PENDING_RETURNED);
}

/* As RtlZeroMemory, which for what is that small costs more by being called. */
template <class T>
void zero(T *object)
{
	auto *words = reinterpret_cast<volatile ULONG64 *>(object);

	static_assert(sizeof(T) % sizeof(*words) == 0);
#pragma GCC unroll 32
	for (SIZE_T i = 0; i < sizeof(T) / sizeof(*words); i++)
		words[i] = 0;
}

inline void set_up(PIRP irp, CCHAR stack_size)
{
	zero(irp);
	for (CCHAR i = 0; i < stack_size; i++)
		zero(locations(irp) + i);
	irp->Type = IO_TYPE_IRP;
	irp->Size = IoSizeOfIrp(stack_size);
	irp->StackCount = stack_size;
	irp->CurrentLocation = static_cast<CHAR>(stack_size + 1);
	irp->Tail.Overlay.CurrentStackLocation = locations(irp) + stack_size;
	InitializeListHead(&irp->ThreadListEntry);
}

bool is_usable(PIRP irp, const char *function)
{
	if (irp && irp->Type == IO_TYPE_IRP)
		return true;
	port_log_rule(function, irp ? "not an IRP, or one freed already" : "the IRP is NULL");
	return false;
}

bool wants(UCHAR control, PIRP irp)
{
	if (ReadBooleanNoFence(&irp->Cancel) && (control & SL_INVOKE_ON_CANCEL))
		return true;
	return control &
	       (NT_SUCCESS(irp->IoStatus.Status) ? SL_INVOKE_ON_SUCCESS : SL_INVOKE_ON_ERROR);
}

bool may_complete(PIRP irp)
{
	const char *function = "IofCompleteRequest";

	if (!is_usable(irp, function))
		return false;
	if (!has_current_location(irp)) {
		port_log_rule(function, "completed twice, or never handed to anybody");
		return false;
	}
	if (irp->CurrentLocation < 1) {
		port_log_rule(function, "the IRP has no stack location left");
		return false;
	}
	if (irp->IoStatus.Status == STATUS_PENDING)
		port_log_rule(function, "completed with STATUS_PENDING");
	if (IoSetCancelRoutine(irp, nullptr))
		port_log_rule(function, "completed with a cancel routine set");
	return true;
}

} // namespace

PIRP wsk::irp_allocate(CCHAR stack_size, UCHAR flags, const void *caller)
{
	if (stack_size < 1 || stack_size > max_stack_size)
		return nullptr;

	PIRP irp = static_cast<PIRP>(
		pool_allocate(IoSizeOfIrp(stack_size), irp_tag, POOL_PLAIN, caller));
	if (irp) {
		set_up(irp, stack_size);
		irp->AllocationFlags = flags;
	}
	return irp;
}

void wsk::irp_free(PIRP irp)
{
	irp_drop_buffers(irp);
	irp->Type = 0;
	pool_free(irp, irp_tag, __func__);
}

/**
 * IoAllocateIrp() - Allocate an IRP
 * @StackSize: how many drivers it will pass through; 1 for WSK
 * @ChargeQuota: ignored
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: the IRP, initialized, or NULL without memory.
 * Source: wdm.h, IoAllocateIrp
 */
extern "C" PIRP IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	UNREFERENCED_PARAMETER(ChargeQuota);
	if (StackSize < 1 || StackSize > max_stack_size) {
		port_log_rule(__func__, "a stack size out of range");
		return nullptr;
	}
	return irp_allocate(StackSize, 0, __builtin_return_address(0));
}

/**
 * IoInitializeIrp() - Make an IRP of memory of one's own
 * @Irp: where; needs no initialization, and must not come from IoAllocateIrp()
 * @PacketSize: how large that is: IoSizeOfIrp(StackSize) at least. With less, the IRP gets the
 *	stack locations that fit, and cannot be used when not even itself does.
 * @StackSize: how many drivers it will pass through
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, IoInitializeIrp
 */
extern "C" VOID IoInitializeIrp(PIRP Irp, USHORT PacketSize, CCHAR StackSize)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (StackSize < 0 || StackSize > max_stack_size) {
		port_log_rule(__func__, "a stack size out of range");
		StackSize = 0;
	}
	if (PacketSize < IoSizeOfIrp(StackSize)) {
		port_log_rule(__func__, "the packet is smaller than IoSizeOfIrp() says");
		if (PacketSize < sizeof(IRP)) {
			RtlZeroMemory(Irp, PacketSize);
			return;
		}
		StackSize = (PacketSize - sizeof(IRP)) / sizeof(IO_STACK_LOCATION);
	}
	RtlZeroMemory(Irp, PacketSize);
	set_up(Irp, StackSize);
	Irp->Size = PacketSize;
}

/**
 * IoReuseIrp() - Make a completed IRP ready for the next request
 * @Irp: an IRP of one's own, not in use; a completion routine must be set again
 * @Iostatus: what IoStatus.Status becomes
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, IoReuseIrp
 */
extern "C" VOID IoReuseIrp(PIRP Irp, NTSTATUS Iostatus)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!is_usable(Irp, __func__))
		return;
	if (is_in_flight(Irp)) {
		port_log_rule(__func__, "the IRP is pending");
		return;
	}

	UCHAR allocation_flags = Irp->AllocationFlags;
	USHORT size = Irp->Size;

	set_up(Irp, Irp->StackCount);
	Irp->Size = size;
	Irp->AllocationFlags = allocation_flags;
	Irp->IoStatus.Status = Iostatus;
}

/**
 * IoCleanupIrp() - End an IRP that IoInitializeIrp() began
 * @Irp: the IRP
 *
 * Nothing hangs on an IRP here, so there is nothing to do.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: ntddk.h, IoCleanupIrp
 */
extern "C" VOID IoCleanupIrp(PIRP Irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	is_usable(Irp, __func__);
}

/**
 * IoFreeIrp() - Free an IRP
 * @Irp: from IoAllocateIrp() or IoBuild...(), not in use; its MDLs stay. One that a provider still
 *	holds is kept, and so is one that came from a program.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, IoFreeIrp
 */
extern "C" VOID IoFreeIrp(PIRP Irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (Irp && !pool_is_live(Irp, irp_tag)) {
		port_log_rule(__func__, "not from IoAllocateIrp, or freed already");
		return;
	}
	if (!is_usable(Irp, __func__))
		return;
	if (is_in_flight(Irp)) {
		port_log_rule(__func__, "the IRP is pending");
		return;
	}
	if (Irp->AllocationFlags & irp_is_awaited) {
		port_log_rule(__func__, "the IRP is the I/O manager's");
		return;
	}
	if (Irp->AllocationFlags & irp_is_built)
		irp_drop_buffers(Irp);
	Irp->Type = 0;
	pool_free(Irp, irp_tag, __func__);
}

/**
 * IofCompleteRequest() - Complete an IRP
 * @Irp: with IoStatus set, no cancel routine, and not touched again by the caller
 * @PriorityBoost: ignored
 *
 * Walks up from the current stack location and calls the completion routines that want this
 * outcome, until one returns STATUS_MORE_PROCESSING_REQUIRED: the IRP is its driver's then.
 * Locations without a routine pass the pending mark on. Then requests of programs, and those that
 * IoBuild...() made for a wait, are finished. Another IRP that nobody stopped is not freed: its
 * owner forgot to, and will free it later.
 *
 * Context: IRQL <= DISPATCH_LEVEL, with no lock held that a completion routine takes.
 * Source: wdm.h, IofCompleteRequest (IoCompleteRequest)
 */
extern "C" VOID IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	UNREFERENCED_PARAMETER(PriorityBoost);
	if (!may_complete(Irp))
		return;

	while (has_current_location(Irp)) {
		PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
		PIO_COMPLETION_ROUTINE routine = stack->CompletionRoutine;
		PVOID context = stack->Context;
		UCHAR control = stack->Control;

		IoSkipCurrentIrpStackLocation(Irp);
		Irp->PendingReturned = !!(control & SL_PENDING_RETURNED);
		zero(stack); /* which the next driver that gets the IRP must not see */

		if (routine && wants(control, Irp)) {
			PDEVICE_OBJECT device = nullptr;

			if (has_current_location(Irp))
				device = IoGetCurrentIrpStackLocation(Irp)->DeviceObject;
			if (routine(device, Irp, context) == STATUS_MORE_PROCESSING_REQUIRED)
				return;
		} else if (Irp->PendingReturned && has_current_location(Irp)) {
			IoMarkIrpPending(Irp);
		}
	}
	if (Irp->AllocationFlags & irp_is_awaited)
		return irp_end_awaited(Irp);
	if (Irp->AllocationFlags & irp_is_built)
		return irp_end_built(Irp);
	/* One further, as on Windows: completed to the end. */
	IoSkipCurrentIrpStackLocation(Irp);
	port_log_rule(__func__, "no completion routine kept the IRP: it was not freed");
}

namespace
{

struct HeldRoutine {
	DriverAccount *account;
	PIO_COMPLETION_ROUTINE routine;
	PVOID context;
	UCHAR control;
};

NTSTATUS run_held_routine(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	HeldRoutine held = *static_cast<HeldRoutine *>(context);
	NTSTATUS status = STATUS_SUCCESS;

	port_free(context);
	if (wants(held.control, irp))
		status = held.routine(device, irp, held.context);
	else if (irp->PendingReturned && has_current_location(irp))
		IoMarkIrpPending(irp);
	driver_drop(held.account);
	return status;
}

} // namespace

/**
 * IoSetCompletionRoutineEx() - Set a completion routine that the driver may outlive
 * @DeviceObject: the driver's device; not used
 * @Irp: the IRP, which must then be sent
 * @CompletionRoutine: called as by IoSetCompletionRoutine()
 * @Context: its context
 * @InvokeOnSuccess: whether to call it on success
 * @InvokeOnError: whether to call it on failure
 * @InvokeOnCancel: whether to call it after IoCancelIrp()
 *
 * The driver that holds the routine is not unloaded before the routine has returned.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES, and nothing set.
 * Source: wdm.h, IoSetCompletionRoutineEx
 */
extern "C" NTSTATUS IoSetCompletionRoutineEx(PDEVICE_OBJECT DeviceObject, PIRP Irp,
					     PIO_COMPLETION_ROUTINE CompletionRoutine,
					     PVOID Context, BOOLEAN InvokeOnSuccess,
					     BOOLEAN InvokeOnError, BOOLEAN InvokeOnCancel)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	UNREFERENCED_PARAMETER(DeviceObject);

	HeldRoutine *held = static_cast<HeldRoutine *>(port_alloc(sizeof(*held), false));
	if (!held)
		return STATUS_INSUFFICIENT_RESOURCES;

	held->account = driver_of(reinterpret_cast<const void *>(CompletionRoutine));
	held->routine = CompletionRoutine;
	held->context = Context;
	held->control = (InvokeOnSuccess ? SL_INVOKE_ON_SUCCESS : 0) |
			(InvokeOnError ? SL_INVOKE_ON_ERROR : 0) |
			(InvokeOnCancel ? SL_INVOKE_ON_CANCEL : 0);
	driver_hold(held->account);
	IoSetCompletionRoutine(Irp, run_held_routine, held, TRUE, TRUE, TRUE);
	return STATUS_SUCCESS;
}
