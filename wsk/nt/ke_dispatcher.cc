// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Changing the state of dispatcher objects, and letting waits for them succeed.
 *
 * Who changes an object's state walks its wait blocks in the order they came. A WaitAll succeeds
 * where all its objects are signalled at one moment, which takes all their locks: so an object that
 * such a wait hangs on is changed under the one lock of all of them.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "nt/dispatcher.h"

#include "nt/irql.h"
#include "nt/waiter.h"
#include "port/context.h"
#include "port/lock.h"

namespace wsk
{

namespace
{

constinit int32_t all_waits_lock;

bool has_wait_all(DISPATCHER_HEADER *header)
{
	for (PLIST_ENTRY entry = header->WaitListHead.Flink; entry != &header->WaitListHead;
	     entry = entry->Flink)
		if (CONTAINING_RECORD(entry, KWAIT_BLOCK, WaitListEntry)->WaitType == WaitAll)
			return true;
	return false;
}

} // namespace

void all_waits_acquire(void)
{
	port_bit_acquire(&all_waits_lock, dispatcher_lock_bit);
}

void all_waits_release(void)
{
	port_bit_release(&all_waits_lock, dispatcher_lock_bit);
}

void dispatcher_init(DISPATCHER_HEADER *header, DispatcherType type, size_t size, LONG state)
{
	header->LockNV = 0;
	header->Type = static_cast<UCHAR>(type);
	header->Size = size / sizeof(LONG);
	header->SignalState = state;
	InitializeListHead(&header->WaitListHead);
}

bool dispatcher_invalid(const char *function, const DISPATCHER_HEADER *header)
{
	bool aligned =
		header && !(reinterpret_cast<ULONG_PTR>(header) % alignof(DISPATCHER_HEADER));

	port_log_rule(function, aligned && !header->WaitListHead.Flink
					? "the object was not initialized"
					: "the object is not one that can be waited for");
	return false;
}

DispatcherGuard::DispatcherGuard(DISPATCHER_HEADER *header)
	: DispatcherGuard(header, dispatcher_save_acquire(header))
{
}

DispatcherGuard::DispatcherGuard(DISPATCHER_HEADER *header, uint64_t saved_interrupts)
	: object(header), interrupts(saved_interrupts), all_waits_locked(false)
{
	if (has_wait_all(object)) {
		/* Nothing has changed yet, so nobody may have freed the object in between. */
		dispatcher_release(object);
		all_waits_acquire();
		all_waits_locked = true;
		dispatcher_acquire(object);
	}
}

DispatcherGuard::~DispatcherGuard()
{
	if (all_waits_locked) {
		dispatcher_release(object);
		all_waits_release();
		port_interrupts_restore(interrupts);
	} else {
		dispatcher_release_restore(object, interrupts);
	}
	while (first) {
		Waiter *waiter = first;

		first = waiter->next_to_wake;
		port_waiter_wake(&waiter->sleeper);
	}
}

void DispatcherGuard::will_wake(Waiter *waiter)
{
	waiter->next_to_wake = nullptr;
	*last = waiter;
	last = &waiter->next_to_wake;
}

void DispatcherGuard::satisfy_any(PKWAIT_BLOCK block)
{
	Waiter *waiter = waiter_of(block);

	/* A waiter that was claimed already takes its block off itself. */
	if (!waiter->claim(block->WaitKey))
		return;
	RemoveEntryList(&block->WaitListEntry);
	dispatcher_consume(object, waiter->thread);
	will_wake(waiter);
}

void DispatcherGuard::satisfy_all(PKWAIT_BLOCK block)
{
	Waiter *waiter = waiter_of(block);
	bool all = true;

	for (ULONG i = 0; i < waiter->count; i++)
		if (object_of(&waiter->blocks[i]) != object)
			dispatcher_acquire(object_of(&waiter->blocks[i]));
	for (ULONG i = 0; i < waiter->count; i++)
		all = all && dispatcher_signalled(object_of(&waiter->blocks[i]), waiter->thread);

	bool claimed = all && waiter->claim(0);

	for (ULONG i = 0; i < waiter->count; i++) {
		DISPATCHER_HEADER *other = object_of(&waiter->blocks[i]);

		if (claimed) {
			RemoveEntryList(&waiter->blocks[i].WaitListEntry);
			dispatcher_consume(other, waiter->thread);
		}
		if (other != object)
			dispatcher_release(other);
	}
	if (claimed)
		will_wake(waiter);
}

void DispatcherGuard::satisfy()
{
	PLIST_ENTRY next;

	for (PLIST_ENTRY entry = object->WaitListHead.Flink; entry != &object->WaitListHead;
	     entry = next) {
		PKWAIT_BLOCK block = CONTAINING_RECORD(entry, KWAIT_BLOCK, WaitListEntry);

		next = entry->Flink;
		/* A mutex that is held can still satisfy waits of its owner, but of nobody else. */
		if (object->SignalState <= 0)
			break;
		if (block->WaitType == WaitAny)
			satisfy_any(block);
		else
			satisfy_all(block);
	}
}

/* Where somebody waits, for an object that is locked already. */
[[gnu::noinline]] static LONG signal_waiting(DISPATCHER_HEADER *header, uint64_t interrupts,
					     LONG state)
{
	DispatcherGuard guard(header, interrupts);
	LONG previous = header->SignalState;

	header->SignalState = state;
	guard.satisfy();
	return previous;
}

LONG dispatcher_signal(DISPATCHER_HEADER *header, LONG state)
{
	uint64_t interrupts = dispatcher_save_acquire(header);
	LONG previous = header->SignalState;

	/* Mostly nobody waits, or will have waited for this. */
	if (!state || IsListEmpty(&header->WaitListHead)) {
		header->SignalState = state;
		dispatcher_release_restore(header, interrupts);
		return previous;
	}
	return signal_waiting(header, interrupts, state);
}

} // namespace wsk
