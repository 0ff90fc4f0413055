// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Deferred procedure calls: a queue for each processor, run in a softirq.
 *
 * A DPC is in a queue as long as its DpcData names one. It leaves the queue before its routine is
 * called, which may queue it again, and free it.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "nt/dpc.h"

#include "nt/driver_account.h"
#include "nt/irql.h"
#include "nt/word_lock.h"
#include "port/context.h"
#include "port/log.h"
#include "port/softirq.h"

namespace wsk
{

namespace
{

/* KDPC.Type, with Windows' values. */
constexpr UCHAR ordinary_dpc = 19;
constexpr UCHAR threaded_dpc = 26;

struct DpcQueue {
	WordLock lock;
	PSINGLE_LIST_ENTRY first;
	PSINGLE_LIST_ENTRY last;
	ULONG count;
	bool running;
};

static_assert(sizeof(DpcQueue) <= PORT_PROCESSOR_BYTES);

DpcQueue *queue_of(unsigned int processor)
{
	return static_cast<DpcQueue *>(port_processor_memory(processor));
}

PKDPC dpc_of(PSINGLE_LIST_ENTRY entry)
{
	return CONTAINING_RECORD(entry, KDPC, DpcListEntry);
}

void link(DpcQueue *queue, PKDPC dpc, bool front)
{
	PSINGLE_LIST_ENTRY entry = &dpc->DpcListEntry;

	entry->Next = front ? queue->first : nullptr;
	if (!queue->first || !front) {
		if (queue->first)
			queue->last->Next = entry;
		else
			queue->first = entry;
		queue->last = entry;
	} else {
		queue->first = entry;
	}
	queue->count++;
}

void unlink(DpcQueue *queue, PKDPC dpc)
{
	PSINGLE_LIST_ENTRY before = nullptr;

	for (PSINGLE_LIST_ENTRY entry = queue->first; entry != &dpc->DpcListEntry;
	     entry = entry->Next)
		before = entry;
	if (before)
		before->Next = dpc->DpcListEntry.Next;
	else
		queue->first = dpc->DpcListEntry.Next;
	if (queue->last == &dpc->DpcListEntry)
		queue->last = before;
	queue->count--;
	WritePointerRelease(&dpc->DpcData, nullptr);
}

/* False if it is queued already. */
bool insert(PKDPC dpc, unsigned int processor, PVOID argument1, PVOID argument2)
{
	DpcQueue *queue = queue_of(processor);
	{
		InterruptGuard guard(queue->lock);

		if (InterlockedCompareExchangePointer(&dpc->DpcData, queue, nullptr))
			return false;
		dpc->SystemArgument1 = argument1;
		dpc->SystemArgument2 = argument2;
		link(queue, dpc, dpc->Importance == HighImportance);
	}
	port_softirq_raise(processor);
	return true;
}

/* What is called, once it has left the queue. */
struct Call {
	PKDPC dpc;
	PKDEFERRED_ROUTINE routine;
	PVOID context;
	PVOID argument1;
	PVOID argument2;
};

bool take_first(DpcQueue *queue, Call *call)
{
	InterruptGuard guard(queue->lock);

	queue->running = queue->first != nullptr;
	if (!queue->first)
		return false;

	PKDPC dpc = dpc_of(queue->first);

	*call = {dpc, dpc->DeferredRoutine, dpc->DeferredContext, dpc->SystemArgument1,
		 dpc->SystemArgument2};
	unlink(queue, dpc);
	return true;
}

bool is_idle(DpcQueue *queue)
{
	InterruptGuard guard(queue->lock);

	return !queue->count && !queue->running;
}

void initialize(PKDPC dpc, UCHAR type, PKDEFERRED_ROUTINE routine, PVOID context)
{
	dpc->TargetInfoAsUlong = 0;
	dpc->Type = type;
	dpc->Importance = MediumImportance;
	dpc->DpcListEntry.Next = nullptr;
	dpc->ProcessorHistory = 0;
	dpc->DeferredRoutine = routine;
	dpc->DeferredContext = context;
	dpc->SystemArgument1 = nullptr;
	dpc->SystemArgument2 = nullptr;
	dpc->DpcData = nullptr;
}

bool is_valid(const char *function, PKDPC dpc)
{
	if (dpc->Type == ordinary_dpc || dpc->Type == threaded_dpc)
		return true;
	port_log_rule(function, "the DPC was not initialized");
	return false;
}

bool remove(PKDPC dpc)
{
	while (auto *queue = static_cast<DpcQueue *>(ReadPointerAcquire(&dpc->DpcData))) {
		InterruptGuard guard(queue->lock);

		/* It may have run, and been queued elsewhere, meanwhile. */
		if (dpc->DpcData == queue) {
			unlink(queue, dpc);
			return true;
		}
	}
	return false;
}

/* The marker behind everything that was queued before it. */
VOID signal_marker(PKDPC, PVOID event, PVOID, PVOID)
{
	KeSetEvent(static_cast<PKEVENT>(event), IO_NO_INCREMENT, FALSE);
}

void flush(unsigned int processor)
{
	KDPC marker;
	KEVENT passed;

	if (is_idle(queue_of(processor)))
		return;
	KeInitializeEvent(&passed, NotificationEvent, FALSE);
	initialize(&marker, ordinary_dpc, signal_marker, &passed);
	insert(&marker, processor, nullptr, nullptr);
	KeWaitForSingleObject(&passed, Executive, KernelMode, FALSE, nullptr);
}

} // namespace

void dpcs_told(DriverAccount *account)
{
	for (unsigned int i = 0; i < port_processor_limit(); i++) {
		if (!port_processor_possible(i))
			continue;

		DpcQueue *queue = queue_of(i);
		InterruptGuard guard(queue->lock);

		for (PSINGLE_LIST_ENTRY entry = queue->first; entry; entry = entry->Next) {
			auto code = reinterpret_cast<const void *>(dpc_of(entry)->DeferredRoutine);

			if (driver_of(code) == account)
				port_log_rule("DriverUnload", "a DPC is still queued");
		}
	}
}

unsigned int dpcs_forget(const void *memory, size_t bytes)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < port_processor_limit(); i++) {
		if (!port_processor_possible(i))
			continue;

		DpcQueue *queue = queue_of(i);
		InterruptGuard guard(queue->lock);
		PSINGLE_LIST_ENTRY next;

		for (PSINGLE_LIST_ENTRY entry = queue->first; entry; entry = next) {
			next = entry->Next;
			if (reinterpret_cast<ULONG_PTR>(entry) -
				    reinterpret_cast<ULONG_PTR>(memory) >=
			    bytes)
				continue;
			unlink(queue, dpc_of(entry));
			found++;
		}
	}
	return found;
}

} // namespace wsk

using namespace wsk;

void nt_softirq_run(unsigned int processor)
{
	DpcQueue *queue = queue_of(processor);
	Call call;

	/* No more than there were, so that a DPC that queues itself lets others have their turn. */
	for (ULONG left = ReadNoFence(&queue->count); left && take_first(queue, &call); left--) {
		call.routine(call.dpc, call.context, call.argument1, call.argument2);
		if (KeGetCurrentIrql() != DISPATCH_LEVEL) {
			port_log_rule("KDEFERRED_ROUTINE", "returned at another IRQL");
			KeLowerIrql(DISPATCH_LEVEL);
		}
	}

	bool more;
	{
		InterruptGuard guard(queue->lock);

		more = queue->first != nullptr;
		queue->running = false;
	}
	if (more)
		port_softirq_raise(processor);
}

/**
 * KeInitializeDpc() - Make a DPC.
 * @Dpc: Memory for it, resident; nothing to undo, but it must not be freed while it is queued.
 * @DeferredRoutine: What it calls, at DISPATCH_LEVEL.
 * @DeferredContext: The routine's context.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeInitializeDpc function
 */
extern "C" VOID KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine,
				PVOID DeferredContext)
{
	initialize(Dpc, ordinary_dpc, DeferredRoutine, DeferredContext);
}

/**
 * KeInitializeThreadedDpc() - Make a DPC whose routine need not be called at DISPATCH_LEVEL.
 * @Dpc: Memory for it, as for KeInitializeDpc().
 * @DeferredRoutine: What it calls. It must be fit for DISPATCH_LEVEL, where it is called here, as
 *	on a Windows whose threaded DPCs are disabled.
 * @DeferredContext: The routine's context.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeInitializeThreadedDpc function
 */
extern "C" VOID KeInitializeThreadedDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine,
					PVOID DeferredContext)
{
	initialize(Dpc, threaded_dpc, DeferredRoutine, DeferredContext);
}

/**
 * KeInsertQueueDpc() - Have a DPC's routine called soon.
 * @Dpc: The DPC.
 * @SystemArgument1: The routine's third argument.
 * @SystemArgument2: The routine's fourth argument.
 *
 * It is called on the processor that KeSetTargetProcessorDpc() said, or else on this one, once the
 * IRQL is below DISPATCH_LEVEL there.
 *
 * Context: Any IRQL.
 * Return: FALSE, and nothing done, if the DPC is queued already.
 * Source: wdm.h, KeInsertQueueDpc function
 */
extern "C" BOOLEAN KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
	if (!is_valid(__func__, Dpc))
		return FALSE;
	return insert(Dpc, Dpc->Number ? Dpc->Number - 1u : port_processor(), SystemArgument1,
		      SystemArgument2);
}

/**
 * KeRemoveQueueDpc() - Take a DPC out of its queue.
 * @Dpc: The DPC.
 *
 * Its routine may still be running; KeFlushQueuedDpcs() waits for that.
 *
 * Context: Any IRQL.
 * Return: TRUE if it was queued, and its routine will not be called for that.
 * Source: wdm.h, KeRemoveQueueDpc function
 */
extern "C" BOOLEAN KeRemoveQueueDpc(PRKDPC Dpc)
{
	return is_valid(__func__, Dpc) && remove(Dpc);
}

/**
 * KeFlushQueuedDpcs() - Wait until all DPCs that are queued now, on all processors, have run.
 *
 * Context: IRQL = PASSIVE_LEVEL. Above it returns at once.
 * Source: wdm.h, KeFlushQueuedDpcs function
 */
extern "C" VOID KeFlushQueuedDpcs(VOID)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (port_context() != PORT_CONTEXT_TASK)
		return;
	for (unsigned int i = 0; i < port_processor_limit(); i++)
		if (port_processor_possible(i))
			flush(i);
}

/**
 * KeSetImportanceDpc() - Say where in the queue a DPC shall be put.
 * @Dpc: The DPC, not queued.
 * @Importance: HighImportance: before all others. Else: behind them.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeSetImportanceDpc function
 */
extern "C" VOID KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance)
{
	if (is_valid(__func__, Dpc))
		Dpc->Importance = static_cast<UCHAR>(Importance);
}

/**
 * KeSetTargetProcessorDpc() - Say on which processor a DPC shall run.
 * @Dpc: The DPC, not queued.
 * @Number: The processor's number, from 0 on. One that there is not breaks a rule, and changes
 *	nothing.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeSetTargetProcessorDpc function
 */
extern "C" VOID KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number)
{
	if (!is_valid(__func__, Dpc))
		return;
	if (!port_processor_possible(static_cast<UCHAR>(Number)))
		port_log_rule(__func__, "there is no such processor");
	else
		Dpc->Number = static_cast<USHORT>(static_cast<UCHAR>(Number) + 1);
}

/**
 * KeSetTargetProcessorDpcEx() - Say on which processor a DPC shall run.
 * @Dpc: The DPC, not queued.
 * @ProcNumber: The processor's group and number in it.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if there is no such processor.
 * Source: wdm.h, KeSetTargetProcessorDpcEx function
 */
extern "C" NTSTATUS KeSetTargetProcessorDpcEx(PKDPC Dpc, PPROCESSOR_NUMBER ProcNumber)
{
	ULONG number = KeGetProcessorIndexFromNumber(ProcNumber);

	if (!is_valid(__func__, Dpc) || number == INVALID_PROCESSOR_INDEX)
		return STATUS_INVALID_PARAMETER;
	Dpc->Number = static_cast<USHORT>(number + 1);
	return STATUS_SUCCESS;
}
