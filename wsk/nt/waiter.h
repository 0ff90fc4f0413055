/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* A wait that is under way, as seen by who waits (ke_wait.cc) and who signals (ke_dispatcher.cc).
 */
#ifndef WSK_NT_WAITER_H
#define WSK_NT_WAITER_H

#include "nt/dispatcher.h"
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
void dispatcher_acquire(DISPATCHER_HEADER *header);
void dispatcher_release(DISPATCHER_HEADER *header);

/* Whether a wait of this thread for this object alone would succeed. Locked. */
bool dispatcher_signalled(DISPATCHER_HEADER *header, PKTHREAD thread);
/* What a wait that succeeds does to the object. Locked. */
void dispatcher_consume(DISPATCHER_HEADER *header, PKTHREAD thread);

} // namespace wsk

#endif
