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

constexpr LONG lock_bit = 0x80; /* in DISPATCHER_HEADER.Type, as on Windows */

constinit int32_t all_waits_lock;

KMUTANT *as_mutant(DISPATCHER_HEADER *header)
{
	return CONTAINING_RECORD(header, KMUTANT, Header);
}

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
	port_bit_acquire(&all_waits_lock, lock_bit);
}

void all_waits_release(void)
{
	port_bit_release(&all_waits_lock, lock_bit);
}

void dispatcher_acquire(DISPATCHER_HEADER *header)
{
	port_bit_acquire(&header->LockNV, lock_bit);
}

void dispatcher_release(DISPATCHER_HEADER *header)
{
	port_bit_release(&header->LockNV, lock_bit);
}

bool dispatcher_signalled(DISPATCHER_HEADER *header, PKTHREAD thread)
{
	if (header->SignalState > 0)
		return true;
	return dispatcher_type(header) == DispatcherType::mutant &&
	       as_mutant(header)->OwnerThread == thread;
}

void dispatcher_consume(DISPATCHER_HEADER *header, PKTHREAD thread)
{
	switch (dispatcher_type(header)) {
	case DispatcherType::synchronization_event:
	case DispatcherType::synchronization_timer:
		header->SignalState = 0;
		break;
	case DispatcherType::semaphore:
		header->SignalState--;
		break;
	case DispatcherType::mutant:
		header->SignalState--;
		as_mutant(header)->OwnerThread = thread;
		break;
	case DispatcherType::notification_event:
	case DispatcherType::notification_timer:
	case DispatcherType::thread:
		break;
	}
}

void dispatcher_init(DISPATCHER_HEADER *header, DispatcherType type, size_t size, LONG state)
{
	header->LockNV = 0;
	header->Type = static_cast<UCHAR>(type);
	header->Size = size / sizeof(LONG);
	header->SignalState = state;
	InitializeListHead(&header->WaitListHead);
}

DispatcherType dispatcher_type(const DISPATCHER_HEADER *header)
{
	return static_cast<DispatcherType>(ReadNoFence(&header->Lock) & (lock_bit - 1));
}

bool dispatcher_valid(const char *function, const DISPATCHER_HEADER *header)
{
	/* Odd addresses are the identities of threads that are no objects (ps_thread.cc). */
	if (!header || reinterpret_cast<ULONG_PTR>(header) % alignof(DISPATCHER_HEADER)) {
		port_log_rule(function, "the object is not one that can be waited for");
		return false;
	}
	switch (dispatcher_type(header)) {
	case DispatcherType::notification_event:
	case DispatcherType::synchronization_event:
	case DispatcherType::mutant:
	case DispatcherType::semaphore:
	case DispatcherType::thread:
	case DispatcherType::notification_timer:
	case DispatcherType::synchronization_timer:
		if (header->WaitListHead.Flink)
			return true;
		port_log_rule(function, "the object was not initialized");
		return false;
	}
	port_log_rule(function, "the object is not one that can be waited for");
	return false;
}

DispatcherGuard::DispatcherGuard(DISPATCHER_HEADER *header)
	: object(header), interrupts(port_interrupts_save()), all_waits_locked(false)
{
	dispatcher_acquire(object);
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
	dispatcher_release(object);
	if (all_waits_locked)
		all_waits_release();
	port_interrupts_restore(interrupts);
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

LONG dispatcher_signal(DISPATCHER_HEADER *header, LONG state)
{
	DispatcherGuard guard(header);
	LONG previous = header->SignalState;

	header->SignalState = state;
	guard.satisfy();
	return previous;
}

} // namespace wsk
