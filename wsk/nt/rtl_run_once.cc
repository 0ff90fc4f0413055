// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * What shall be initialized once. The two low bits of the word are its state, the others the
 * threads that wait while one initializes, or the context that they then get.
 */
#include <ntddk.h>

#include "nt/irql.h"

namespace
{

enum : ULONG_PTR { untouched = 0, under_way = 1, complete = 2, under_way_async = 3, states = 3 };

/* A thread that waits, on its stack. */
struct Waiter {
	ULONG_PTR next;
	KEVENT ended;
};

static_assert(alignof(Waiter) > states);

bool change(PRTL_RUN_ONCE once, ULONG_PTR from, ULONG_PTR to)
{
	return InterlockedCompareExchange(&once->Value, to, from) == from;
}

void wait_for_end(PRTL_RUN_ONCE once, ULONG_PTR word)
{
	Waiter self;

	self.next = word & ~states;
	KeInitializeEvent(&self.ended, SynchronizationEvent, FALSE);
	if (change(once, word, reinterpret_cast<ULONG_PTR>(&self) | under_way))
		KeWaitForSingleObject(&self.ended, Executive, KernelMode, FALSE, nullptr);
}

void wake(ULONG_PTR first)
{
	while (first) {
		auto *waiter = reinterpret_cast<Waiter *>(first);

		first = waiter->next;
		KeSetEvent(&waiter->ended, IO_NO_INCREMENT, FALSE);
	}
}

void give_context(PVOID *context, ULONG_PTR word)
{
	if (context)
		*context = reinterpret_cast<PVOID>(word & ~states);
}

} // namespace

/**
 * RtlRunOnceInitialize() - Make a structure for what shall be initialized once.
 * @RunOnce: Memory for it. RTL_RUN_ONCE_INIT is the same.
 *
 * Context: Any IRQL.
 * Source: ntddk.h, RtlRunOnceInitialize function
 */
extern "C" VOID RtlRunOnceInitialize(PRTL_RUN_ONCE RunOnce)
{
	WriteNoFence(&RunOnce->Value, untouched);
}

/**
 * RtlRunOnceBeginInitialize() - Ask whether the initialization is to be done.
 * @RunOnce: The structure.
 * @Flags: RTL_RUN_ONCE_CHECK_ONLY: only look. RTL_RUN_ONCE_ASYNC: several may do it at once, and
 *	the first to complete it counts. Else whoever asks while one does it, waits.
 * @Context: Receives the context once it is done; may be NULL.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS: it is done. STATUS_PENDING: the caller is to do it, and to call
 *	RtlRunOnceComplete(). STATUS_UNSUCCESSFUL: RTL_RUN_ONCE_CHECK_ONLY, and it is not done.
 *	STATUS_INVALID_PARAMETER: other flags, or RTL_RUN_ONCE_ASYNC in one call and not in another.
 * Source: ntddk.h, RtlRunOnceBeginInitialize function
 */
extern "C" NTSTATUS RtlRunOnceBeginInitialize(PRTL_RUN_ONCE RunOnce, ULONG Flags, PVOID *Context)
{
	bool async = Flags & RTL_RUN_ONCE_ASYNC;

	NT_MAX_IRQL(APC_LEVEL);
	if (Flags && Flags != RTL_RUN_ONCE_ASYNC && Flags != RTL_RUN_ONCE_CHECK_ONLY)
		return STATUS_INVALID_PARAMETER;
	for (;;) {
		ULONG_PTR word = ReadAcquire(&RunOnce->Value);

		if ((word & states) == complete) {
			give_context(Context, word);
			return STATUS_SUCCESS;
		}
		if (Flags & RTL_RUN_ONCE_CHECK_ONLY)
			return STATUS_UNSUCCESSFUL;
		switch (word & states) {
		case untouched:
			if (change(RunOnce, word, async ? under_way_async : under_way))
				return STATUS_PENDING;
			break;
		case under_way:
			if (async)
				return STATUS_INVALID_PARAMETER;
			wait_for_end(RunOnce, word);
			break;
		default:
			return async ? STATUS_PENDING : STATUS_INVALID_PARAMETER;
		}
	}
}

/**
 * RtlRunOnceComplete() - Say that the initialization is done, or has failed.
 * @RunOnce: The structure, for which RtlRunOnceBeginInitialize() has returned STATUS_PENDING.
 * @Flags: RTL_RUN_ONCE_ASYNC as there, or RTL_RUN_ONCE_INIT_FAILED: somebody else shall try.
 * @Context: The context that everybody gets, with the two low bits clear.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_UNSUCCESSFUL if it was not begun like this, or, with
 *	RTL_RUN_ONCE_ASYNC, another thread was faster; STATUS_INVALID_PARAMETER for other flags, or
 *	such a context.
 * Source: ntddk.h, RtlRunOnceComplete function
 */
extern "C" NTSTATUS RtlRunOnceComplete(PRTL_RUN_ONCE RunOnce, ULONG Flags, PVOID Context)
{
	ULONG_PTR context = reinterpret_cast<ULONG_PTR>(Context);
	bool failed = Flags & RTL_RUN_ONCE_INIT_FAILED;
	bool async = Flags & RTL_RUN_ONCE_ASYNC;

	NT_MAX_IRQL(APC_LEVEL);
	if ((Flags & ~(RTL_RUN_ONCE_ASYNC | RTL_RUN_ONCE_INIT_FAILED)) || (async && failed) ||
	    (context & states) || (failed && context))
		return STATUS_INVALID_PARAMETER;

	ULONG_PTR end = failed ? untouched : context | complete;

	for (;;) {
		ULONG_PTR word = ReadAcquire(&RunOnce->Value);

		if ((word & states) != (async ? under_way_async : under_way))
			return STATUS_UNSUCCESSFUL;
		if (change(RunOnce, word, end)) {
			wake(word & ~states);
			return STATUS_SUCCESS;
		}
	}
}

/**
 * RtlRunOnceExecuteOnce() - Initialize something unless that is done already.
 * @RunOnce: The structure.
 * @InitFn: Does it, gets the parameter and where to put the context, and returns FALSE if it has
 *	failed. Only one thread calls it at a time; the next one tries again after a failure.
 * @Parameter: The function's parameter.
 * @Context: Receives the context; may be NULL.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_UNSUCCESSFUL if the function failed;
 *	STATUS_INVALID_PARAMETER for a context whose two low bits are not clear.
 * Source: ntddk.h, RtlRunOnceExecuteOnce function
 */
extern "C" NTSTATUS RtlRunOnceExecuteOnce(PRTL_RUN_ONCE RunOnce, PRTL_RUN_ONCE_INIT_FN InitFn,
					  PVOID Parameter, PVOID *Context)
{
	PVOID made = nullptr;

	NT_MAX_IRQL(APC_LEVEL);

	NTSTATUS status = RtlRunOnceBeginInitialize(RunOnce, 0, Context);

	if (status != STATUS_PENDING)
		return status;
	if (!InitFn(RunOnce, Parameter, &made)) {
		RtlRunOnceComplete(RunOnce, RTL_RUN_ONCE_INIT_FAILED, nullptr);
		return STATUS_UNSUCCESSFUL;
	}
	status = RtlRunOnceComplete(RunOnce, 0, made);
	if (!NT_SUCCESS(status)) {
		port_log_rule(__func__, "a context whose two low bits are not clear");
		RtlRunOnceComplete(RunOnce, RTL_RUN_ONCE_INIT_FAILED, nullptr);
	} else if (Context) {
		*Context = made;
	}
	return status;
}
