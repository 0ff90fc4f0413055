/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* A wait that is under way, as seen by who waits (ke_wait.cc) and who signals (ke_dispatcher.cc).
 */
#ifndef WSK_NT_WAITER_H
#define WSK_NT_WAITER_H

#include "nt/dispatcher.h"
#include "port/lock.h"
#include "port/wait.h"

namespace wsk
{

/* Outcomes of a wait besides the index of an object. */
constexpr int waiting = -1;
constexpr int timed_out = -2;

/*
 * One wait of one thread, on its stack, with a wait block for each object. Whoever claims it first
 * decides the outcome: who signals an object, or the thread itself when its time is up.
 */
struct Waiter {
	port_waiter sleeper;
	PKTHREAD thread;
	PKWAIT_BLOCK blocks;
	ULONG count;
	int outcome; /* waiting, timed_out, or the index of the object that satisfied it */
	Waiter *next_to_wake;

	bool claim(int new_outcome)
	{
		return InterlockedCompareExchange(&outcome, new_outcome, waiting) == waiting;
	}

	void link(ULONG index, DISPATCHER_HEADER *header, WAIT_TYPE type)
	{
		PKWAIT_BLOCK block = &blocks[index];

		block->WaitType = type;
		block->WaitKey = index;
		block->SparePtr = this;
		block->Object = header;
		InsertTailList(&header->WaitListHead, &block->WaitListEntry);
	}

	/* True when an object satisfied the wait, and whoever did it is done with this waiter. */
	bool sleep(const Deadline &deadline)
	{
		if (!port_waiter_sleep(&sleeper, deadline.clock, deadline.at)) {
			if (claim(timed_out))
				return false;
			/* Satisfied at the last moment: the wake-up is on its way. */
			port_waiter_sleep(&sleeper, PORT_CLOCK_MONOTONIC, PORT_WAIT_FOREVER);
		}
		return true;
	}
};

inline DISPATCHER_HEADER *object_of(PKWAIT_BLOCK block)
{
	return static_cast<DISPATCHER_HEADER *>(block->Object);
}

inline Waiter *waiter_of(PKWAIT_BLOCK block)
{
	return static_cast<Waiter *>(block->SparePtr);
}

/*
 * The locks, with interrupts disabled. That of all WaitAll waits comes first: with it, any number
 * of objects may be locked, without it one.
 */
void all_waits_acquire(void);
void all_waits_release(void);

inline void dispatcher_acquire(DISPATCHER_HEADER *header)
{
	port_bit_acquire(&header->LockNV, dispatcher_lock_bit);
}

inline void dispatcher_release(DISPATCHER_HEADER *header)
{
	port_bit_release(&header->LockNV, dispatcher_lock_bit);
}

/* With interrupts: disabled from the one call to the other. */
inline uint64_t dispatcher_save_acquire(DISPATCHER_HEADER *header)
{
	return port_bit_save_acquire(&header->LockNV, dispatcher_lock_bit);
}

inline void dispatcher_release_restore(DISPATCHER_HEADER *header, uint64_t interrupts)
{
	port_bit_release_restore(&header->LockNV, dispatcher_lock_bit, interrupts);
}

inline KMUTANT *as_mutant(DISPATCHER_HEADER *header)
{
	return CONTAINING_RECORD(header, KMUTANT, Header);
}

/* Whether a wait of this thread for this object alone would succeed. Locked. */
inline bool dispatcher_signalled(DISPATCHER_HEADER *header, PKTHREAD thread)
{
	if (header->SignalState > 0)
		return true;
	return dispatcher_type(header) == DispatcherType::mutant &&
	       as_mutant(header)->OwnerThread == thread;
}

/* What a wait that succeeds does to the object. Locked. */
inline void dispatcher_consume(DISPATCHER_HEADER *header, PKTHREAD thread)
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

} // namespace wsk

#endif
