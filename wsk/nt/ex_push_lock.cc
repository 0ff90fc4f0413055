// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Push locks. The word says who holds the lock and whether somebody waits; who waits is queued in a
 * table, by the lock's address. As long as somebody waits, nobody else gets in: the lock is handed
 * over, in the order of arrival, readers that follow one another together.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <ntddk.h>

#include "nt/irql.h"
#include "nt/word_lock.h"
#include "port/context.h"

namespace wsk
{

namespace
{

/* The word: one writer, or so many readers; and whether somebody waits. */
constexpr ULONG_PTR writer = 1;
constexpr ULONG_PTR contended = 2;
constexpr ULONG_PTR reader = 4;

/* A thread that waits, on its stack. */
struct Waiter {
	Waiter *next;
	PEX_PUSH_LOCK lock;
	bool writes;
	KEVENT granted;
};

struct Bucket {
	WordLock lock;
	Waiter *first;
};

constexpr ULONG_PTR bucket_count = 64;
constinit Bucket buckets[bucket_count];

Bucket &bucket_of(PEX_PUSH_LOCK lock)
{
	return buckets[(reinterpret_cast<ULONG_PTR>(lock) >> 3) * 0x9e3779b97f4a7c15 >> 58];
}

static_assert(bucket_count == 1 << (64 - 58));

bool change(PEX_PUSH_LOCK lock, ULONG_PTR from, ULONG_PTR to)
{
	return InterlockedCompareExchange(lock, to, from) == from;
}

/* Acquired, or known to be contended while the bucket is locked. */
bool acquire_or_mark(PEX_PUSH_LOCK lock, bool writes)
{
	for (;;) {
		ULONG_PTR word = ReadNoFence(lock);

		if (writes ? !word : !(word & (writer | contended))) {
			if (change(lock, word, writes ? writer : word + reader))
				return true;
		} else if ((word & contended) || change(lock, word, word | contended)) {
			return false;
		}
	}
}

void acquire(PEX_PUSH_LOCK lock, bool writes)
{
	Waiter self = {};
	Bucket &bucket = bucket_of(lock);
	ULONG_PTR word = writes ? 0 : ReadNoFence(lock);

	if (!(word & (writer | contended)) && change(lock, word, writes ? writer : word + reader))
		return;
	KeInitializeEvent(&self.granted, SynchronizationEvent, FALSE);
	self.lock = lock;
	self.writes = writes;
	{
		WordGuard guard(bucket.lock);
		Waiter **last = &bucket.first;

		if (acquire_or_mark(lock, writes))
			return;
		while (*last)
			last = &(*last)->next;
		*last = &self;
	}
	KeWaitForSingleObject(&self.granted, WrPushLock, KernelMode, FALSE, nullptr);
}

/* Takes the first waiter for the lock off the bucket, if it is one that may come in. */
Waiter *take(Bucket &bucket, PEX_PUSH_LOCK lock, bool readers_only)
{
	Waiter **link = &bucket.first;

	while (*link && (*link)->lock != lock)
		link = &(*link)->next;

	Waiter *found = *link;

	if (!found || (readers_only && found->writes))
		return nullptr;
	*link = found->next;
	found->next = nullptr;
	return found;
}

bool somebody_waits(Bucket &bucket, PEX_PUSH_LOCK lock)
{
	for (Waiter *waiter = bucket.first; waiter; waiter = waiter->next)
		if (waiter->lock == lock)
			return true;
	return false;
}

/* Hands a contended lock to those whose turn it is. They are not woken yet. */
Waiter *hand_over(Bucket &bucket, PEX_PUSH_LOCK lock)
{
	Waiter *granted = take(bucket, lock, false);
	ULONG_PTR word = granted->writes ? writer : reader;

	if (!granted->writes) {
		while (Waiter *next = take(bucket, lock, true)) {
			next->next = granted;
			granted = next;
			word += reader;
		}
	}
	if (somebody_waits(bucket, lock))
		word |= contended;
	WriteRelease(lock, word);
	return granted;
}

/* The lock is contended, or was. */
void release_contended(PEX_PUSH_LOCK lock, bool writes)
{
	Bucket &bucket = bucket_of(lock);
	Waiter *granted = nullptr;
	{
		WordGuard guard(bucket.lock);

		for (;;) {
			ULONG_PTR word = ReadNoFence(lock);
			ULONG_PTR held = writes ? 0 : (word & ~(contended | writer)) - reader;

			if (!held) {
				/* Nobody can come in or mark it meanwhile. */
				granted = hand_over(bucket, lock);
				break;
			}
			if (change(lock, word, held | contended))
				break;
		}
	}
	while (granted) {
		Waiter *waiter = granted;

		granted = waiter->next;
		KeSetEvent(&waiter->granted, IO_NO_INCREMENT, FALSE);
	}
}

void release(const char *function, PEX_PUSH_LOCK lock, bool writes)
{
	for (;;) {
		ULONG_PTR word = ReadNoFence(lock);

		if (writes ? !(word & writer) : (word & writer) || word < reader) {
			port_log_rule(function, "the lock is not held like this");
			return;
		}
		if (word & contended) {
			release_contended(lock, writes);
			return;
		}
		if (change(lock, word, writes ? 0 : word - reader))
			return;
	}
}

/* Waiting at DISPATCH_LEVEL would leave the waiter's stack in the queue. */
bool may_wait(const char *function)
{
	if (port_context() == PORT_CONTEXT_TASK)
		return true;
	port_log_rule(function, "called above APC_LEVEL");
	return false;
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * ExInitializePushLock() - Make a push lock that nobody holds.
 * @PushLock: Memory for it; nothing to undo.
 *
 * Context: Any IRQL.
 * Source: wdm.h, ExInitializePushLock function
 */
extern "C" VOID ExInitializePushLock(PEX_PUSH_LOCK PushLock)
{
	WriteNoFence(PushLock, 0);
}

/**
 * ExAcquirePushLockExclusiveEx() - Acquire a push lock for writing, waiting for it.
 * @PushLock: The lock, which the thread does not hold. Whoever came first, gets it first.
 * @Flags: Ignored: nobody's priority is boosted.
 *
 * Context: IRQL <= APC_LEVEL. At DISPATCH_LEVEL nothing is acquired.
 * Source: wdm.h, ExAcquirePushLockExclusiveEx function
 */
extern "C" VOID ExAcquirePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG)
{
	if (may_wait(__func__))
		acquire(PushLock, true);
}

/**
 * ExAcquirePushLockSharedEx() - Acquire a push lock for reading, waiting for it.
 * @PushLock: The lock, which the thread does not hold, not even for reading: it would wait behind
 *	a writer that waits for the thread.
 * @Flags: Ignored: nobody's priority is boosted.
 *
 * Context: IRQL <= APC_LEVEL. At DISPATCH_LEVEL nothing is acquired.
 * Source: wdm.h, ExAcquirePushLockSharedEx function
 */
extern "C" VOID ExAcquirePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG)
{
	if (may_wait(__func__))
		acquire(PushLock, false);
}

/**
 * ExReleasePushLockExclusiveEx() - Release a push lock that was acquired for writing.
 * @PushLock: The lock. One that nobody holds so breaks a rule, and is left as it is.
 * @Flags: Ignored.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExReleasePushLockExclusiveEx function
 */
extern "C" VOID ExReleasePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG)
{
	NT_MAX_IRQL(APC_LEVEL);
	release(__func__, PushLock, true);
}

/**
 * ExReleasePushLockSharedEx() - Release a push lock that was acquired for reading.
 * @PushLock: The lock. One that nobody holds so breaks a rule, and is left as it is.
 * @Flags: Ignored.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExReleasePushLockSharedEx function
 */
extern "C" VOID ExReleasePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG)
{
	NT_MAX_IRQL(APC_LEVEL);
	release(__func__, PushLock, false);
}
