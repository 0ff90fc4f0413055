// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Structured exceptions: which __try blocks are open, in which thread, and what was raised in them.
 * wdm/seh.h says how control gets to the handlers.
 */
#include <ntddk.h>

#include "nt/irql.h"
#include "nt/word_lock.h"
#include "port/context.h"
#include "port/log.h"
#include "port/thread.h"

using namespace wsk;

namespace
{

struct Bucket {
	WordLock lock;
	__wsk_seh_frame *innermost; /* of any thread here; each thread's frames lie in order */
};

constexpr unsigned int bucket_count = 64;
constinit Bucket buckets[bucket_count];

/*
 * An interrupt is a thread of its own, on top of the one it interrupts: that one has nothing to do
 * with what is raised in the interrupt.
 */
ULONG_PTR current_thread()
{
	ULONG_PTR thread = reinterpret_cast<ULONG_PTR>(port_thread_current());

	if (port_in_hardirq_handler())
		return thread | 2;
	return thread | port_in_softirq_handler();
}

Bucket &bucket_of(ULONG_PTR thread)
{
	return buckets[((thread >> 6) ^ (thread >> 14) ^ thread) % bucket_count];
}

__wsk_seh_frame *outer(__wsk_seh_frame *frame)
{
	return reinterpret_cast<__wsk_seh_frame *>(frame->Link.Flink);
}

/*
 * The exceptions being handled, for GetExceptionCode() in C, where the block's own memory is gone
 * by then. Nothing tells that a handler is done, so the oldest entry makes room.
 */
struct Handled {
	ULONG_PTR thread;
	ULONG64 when;
	NTSTATUS status;
};

constexpr unsigned int handled_count = 512;
constinit Handled handled[handled_count];
constinit ULONG64 handled_clock;
constinit WordLock handled_lock;

void remember(ULONG_PTR thread, NTSTATUS status)
{
	WordGuard guard(handled_lock);
	Handled *place = &handled[0];

	for (Handled &entry : handled) {
		if (entry.thread == thread) {
			place = &entry;
			break;
		}
		if (entry.when < place->when)
			place = &entry;
	}
	*place = {thread, ++handled_clock, status};
}

} // namespace

/**
 * __wsk_seh_enter() - Begin a __try block
 * @Frame: the block's memory on the stack
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm/seh.h
 */
extern "C" VOID __wsk_seh_enter(struct __wsk_seh_frame *Frame)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	ULONG_PTR thread = current_thread();
	Bucket &bucket = bucket_of(thread);
	WordGuard guard(bucket.lock);

	Frame->Thread = reinterpret_cast<PVOID>(thread);
	Frame->Status = STATUS_SUCCESS;
	Frame->Open = 1;
	Frame->Link.Flink = reinterpret_cast<PLIST_ENTRY>(bucket.innermost);
	Frame->Link.Blink = nullptr;
	if (bucket.innermost)
		bucket.innermost->Link.Blink = &Frame->Link;
	bucket.innermost = Frame;
}

/**
 * __wsk_seh_exit() - End a __try block
 * @Frame: the block's memory
 *
 * Context: IRQL <= DISPATCH_LEVEL, the thread that entered it.
 * Source: wdm/seh.h
 */
extern "C" VOID __wsk_seh_exit(struct __wsk_seh_frame *Frame)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	ULONG_PTR thread = reinterpret_cast<ULONG_PTR>(Frame->Thread);
	{
		Bucket &bucket = bucket_of(thread);
		WordGuard guard(bucket.lock);

		if (Frame->Link.Blink)
			Frame->Link.Blink->Flink = Frame->Link.Flink;
		else
			bucket.innermost = outer(Frame);
		if (Frame->Link.Flink)
			Frame->Link.Flink->Blink = Frame->Link.Blink;
	}
	Frame->Open = 0;
	if (Frame->Status)
		remember(thread, Frame->Status);
}

/**
 * __wsk_seh_raise() - Raise an exception
 * @Status: what GetExceptionCode() will return
 *
 * It is recorded in the thread's innermost open __try, unless one has been already. Outside of any
 * it is dropped, with a rule line in checked builds; Windows would stop the machine.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm/seh.h
 */
extern "C" VOID __wsk_seh_raise(NTSTATUS Status)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	ULONG_PTR thread = current_thread();
	__wsk_seh_frame *frame;
	{
		Bucket &bucket = bucket_of(thread);
		WordGuard guard(bucket.lock);

		frame = bucket.innermost;
		while (frame && frame->Thread != reinterpret_cast<PVOID>(thread))
			frame = outer(frame);
	}
	if (!frame)
		port_log_rule(__func__, "an exception outside of any __try");
	else if (!frame->Status)
		frame->Status = Status;
}

/**
 * __wsk_seh_code() - The exception that the calling thread handles
 *
 * Context: IRQL <= DISPATCH_LEVEL, in a filter or handler.
 * Return: its status; STATUS_SUCCESS when the thread never had one.
 * Source: wdm/seh.h (GetExceptionCode in C)
 */
extern "C" NTSTATUS __wsk_seh_code(VOID)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	ULONG_PTR thread = current_thread();
	WordGuard guard(handled_lock);

	for (const Handled &entry : handled)
		if (entry.thread == thread)
			return entry.status;
	return STATUS_SUCCESS;
}
