// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Waiting for dispatcher objects, with timeouts.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "nt/dispatcher.h"

#include "nt/irql.h"
#include "nt/thread.h"
#include "nt/time.h"
#include "nt/waiter.h"
#include "port/context.h"
#include "port/thread.h"
#include "port/time.h"

namespace wsk
{

Deadline Deadline::from(const LARGE_INTEGER *timeout)
{
	constexpr uint64_t longest = PORT_WAIT_FOREVER / ns_per_unit;

	if (!timeout)
		return {PORT_CLOCK_MONOTONIC, PORT_WAIT_FOREVER};
	if (timeout->QuadPart <= 0) {
		uint64_t now = port_time_monotonic();
		uint64_t units = 0 - static_cast<uint64_t>(timeout->QuadPart);
		uint64_t ns = units < longest ? units * ns_per_unit : PORT_WAIT_FOREVER;

		return {PORT_CLOCK_MONOTONIC,
			ns < PORT_WAIT_FOREVER - now ? now + ns : PORT_WAIT_FOREVER};
	}

	int64_t since_1970 = timeout->QuadPart - units_1601_to_1970;
	uint64_t units = since_1970 < 0 ? 0 : since_1970;

	return {PORT_CLOCK_REAL, units < longest ? units * ns_per_unit : PORT_WAIT_FOREVER};
}

namespace
{

/*
 * Takes the waiter's blocks off the first `linked` objects, but for the one that satisfied it: that
 * one's block is off already, and the object may be gone.
 */
void unlink_any(Waiter &waiter, ULONG linked)
{
	for (ULONG i = 0; i < linked; i++) {
		DISPATCHER_HEADER *header = object_of(&waiter.blocks[i]);

		if (static_cast<int>(i) == waiter.outcome)
			continue;
		uint64_t interrupts = dispatcher_save_acquire(header);

		RemoveEntryList(&waiter.blocks[i].WaitListEntry);
		dispatcher_release_restore(header, interrupts);
	}
}

/* Returns the waiter's outcome; `waiting` where it may not sleep and nothing was signalled. */
int wait_any(Waiter &waiter, PVOID objects[], const Deadline *deadline)
{
	ULONG linked = 0;
	bool satisfied_here = false;

	for (ULONG i = 0; i < waiter.count && ReadAcquire(&waiter.outcome) == waiting; i++) {
		auto *header = static_cast<DISPATCHER_HEADER *>(objects[i]);
		uint64_t interrupts = dispatcher_save_acquire(header);

		if (dispatcher_signalled(header, waiter.thread)) {
			satisfied_here = waiter.claim(i);
			if (satisfied_here)
				dispatcher_consume(header, waiter.thread);
		} else if (deadline) {
			waiter.link(i, header, WaitAny);
			linked++;
		}
		dispatcher_release_restore(header, interrupts);
	}
	if (deadline && !satisfied_here)
		waiter.sleep(*deadline);
	unlink_any(waiter, linked);
	return waiter.outcome;
}

/* Locks all objects of a WaitAll, and unlocks them. */
class AllGuard
{
public:
	AllGuard(PVOID objects[], ULONG count)
		: objects(objects), count(count), interrupts(port_interrupts_save())
	{
		all_waits_acquire();
		for (ULONG i = 0; i < count; i++)
			dispatcher_acquire((*this)[i]);
	}
	~AllGuard()
	{
		for (ULONG i = 0; i < count; i++)
			dispatcher_release((*this)[i]);
		all_waits_release();
		port_interrupts_restore(interrupts);
	}
	AllGuard(const AllGuard &) = delete;
	AllGuard &operator=(const AllGuard &) = delete;

	DISPATCHER_HEADER *operator[](ULONG index) const
	{
		return static_cast<DISPATCHER_HEADER *>(objects[index]);
	}

private:
	PVOID *const objects;
	const ULONG count;
	const uint64_t interrupts;
};

int wait_all(Waiter &waiter, PVOID objects[], const Deadline *deadline)
{
	{
		AllGuard all(objects, waiter.count);
		bool signalled_all = true;

		for (ULONG i = 0; i < waiter.count; i++)
			signalled_all =
				signalled_all && dispatcher_signalled(all[i], waiter.thread);
		for (ULONG i = 0; i < waiter.count; i++) {
			if (signalled_all)
				dispatcher_consume(all[i], waiter.thread);
			else if (deadline)
				waiter.link(i, all[i], WaitAll);
		}
		if (signalled_all)
			return waiter.outcome = 0;
		if (!deadline)
			return waiting;
	}
	if (!waiter.sleep(*deadline)) {
		AllGuard all(objects, waiter.count);

		for (ULONG i = 0; i < waiter.count; i++)
			RemoveEntryList(&waiter.blocks[i].WaitListEntry);
	}
	return waiter.outcome;
}

/* Which of the objects are mutexes: a bit for each. */
uint64_t mutexes_of(ULONG count, PVOID objects[])
{
	uint64_t mutexes = 0;

	for (ULONG i = 0; i < count; i++)
		if (dispatcher_type(static_cast<DISPATCHER_HEADER *>(objects[i])) ==
		    DispatcherType::mutant)
			mutexes |= 1ull << i;
	return mutexes;
}

bool all_valid(const char *function, ULONG count, PVOID objects[])
{
	for (ULONG i = 0; i < count; i++)
		if (!dispatcher_valid(function, static_cast<DISPATCHER_HEADER *>(objects[i])))
			return false;
	return true;
}

/* Takes what is signalled already, and is no mutex, without all that a wait needs. */
bool take_signalled(DISPATCHER_HEADER *header)
{
	if (ReadNoFence(&header->SignalState) <= 0 ||
	    dispatcher_type(header) == DispatcherType::mutant)
		return false;
	uint64_t interrupts = dispatcher_save_acquire(header);
	bool signalled = dispatcher_signalled(header, nullptr);

	if (signalled)
		dispatcher_consume(header, nullptr);
	dispatcher_release_restore(header, interrupts);
	return signalled;
}

/* How a wait may pass its time. Breaking the rule for that ends no wait. */
struct Manner {
	Manner(const char *function, const LARGE_INTEGER *timeout)
		: poll(timeout && !timeout->QuadPart), sleeps(!poll)
	{
		if (port_context() == PORT_CONTEXT_TASK || poll)
			return;
		port_log_rule(function, "waits for longer than no time at DISPATCH_LEVEL or above");
		sleeps = false;
	}

	bool poll; /* only looks */
	bool sleeps;
};

/* For objects that can be waited for. */
NTSTATUS wait(ULONG count, PVOID objects[], WAIT_TYPE type, Manner manner,
	      const LARGE_INTEGER *timeout, PKWAIT_BLOCK blocks)
{
	bool sleeps = manner.sleeps;
	uint64_t mutexes = mutexes_of(count, objects);
	Waiter waiter = {};
	Deadline deadline = {};

	waiter.thread = KeGetCurrentThread();
	waiter.blocks = blocks;
	waiter.count = count;
	waiter.outcome = waiting;
	if (sleeps) {
		port_waiter_init(&waiter.sleeper);
		deadline = Deadline::from(timeout);
	}

	int outcome = type == WaitAll ? wait_all(waiter, objects, sleeps ? &deadline : nullptr)
				      : wait_any(waiter, objects, sleeps ? &deadline : nullptr);

	if (outcome == waiting)
		return manner.poll ? STATUS_TIMEOUT : STATUS_UNSUCCESSFUL;
	if (outcome == timed_out)
		return STATUS_TIMEOUT;
	/* The objects themselves may be gone by now, unless they are mutexes: those are ours. */
	if (type == WaitAny)
		mutexes &= 1ull << outcome;
	for (; mutexes; mutexes &= mutexes - 1)
		thread_holds_mutexes(1);
	return STATUS_WAIT_0 + outcome;
}

/* Apart from what comes first, which needs no stack for it. */
[[gnu::noinline]] NTSTATUS wait_for_one(PVOID object, Manner manner, const LARGE_INTEGER *timeout)
{
	KWAIT_BLOCK block;

	return wait(1, &object, WaitAny, manner, timeout, &block);
}

bool has_duplicates(ULONG count, PVOID objects[])
{
	for (ULONG i = 1; i < count; i++)
		for (ULONG j = 0; j < i; j++)
			if (objects[i] == objects[j])
				return true;
	return false;
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * KeWaitForSingleObject() - Wait until an object is signalled.
 * @Object: A KEVENT, KSEMAPHORE, KMUTEX or KTIMER, or a thread object from
 *	ObReferenceObjectByHandle().
 * @WaitReason: Why; ignored.
 * @WaitMode: KernelMode or UserMode; ignored, no wait ends because of a signal.
 * @Alertable: Ignored: there are no APCs.
 * @Timeout: NULL waits forever. 0 only looks. Negative is a time from now on, positive a system
 *	time, in units of 100 ns.
 *
 * Takes what it waited for: resets a synchronization event, lowers a semaphore, acquires a mutex.
 *
 * Context: IRQL <= APC_LEVEL; IRQL <= DISPATCH_LEVEL with a Timeout of 0. At DISPATCH_LEVEL any
 *	other Timeout breaks a rule; it does not sleep then.
 * Return: STATUS_SUCCESS; STATUS_TIMEOUT (which NT_SUCCESS() takes for success);
 *	STATUS_UNSUCCESSFUL where it may not sleep and nothing is signalled;
 *	STATUS_INVALID_PARAMETER for what cannot be waited for.
 * Source: wdm.h, KeWaitForSingleObject function
 */
extern "C" NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON, KPROCESSOR_MODE, BOOLEAN,
					  PLARGE_INTEGER Timeout)
{
	auto *header = static_cast<DISPATCHER_HEADER *>(Object);

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!dispatcher_valid(__func__, header))
		return STATUS_INVALID_PARAMETER;

	Manner manner(__func__, Timeout);

	return take_signalled(header) ? STATUS_SUCCESS : wait_for_one(Object, manner, Timeout);
}

/**
 * KeWaitForMultipleObjects() - Wait until one, or all, of some objects are signalled.
 * @Count: How many objects: at most THREAD_WAIT_OBJECTS without a WaitBlockArray, else at most
 *	MAXIMUM_WAIT_OBJECTS.
 * @Object: The objects.
 * @WaitType: WaitAny: until one is signalled, the first of them if several are. WaitAll: until all
 *	are at one moment; nothing is taken from any before. No object twice then.
 * @WaitReason: Ignored.
 * @WaitMode: Ignored.
 * @Alertable: Ignored.
 * @Timeout: As for KeWaitForSingleObject().
 * @WaitBlockArray: Room for Count wait blocks, used until the function returns; NULL for few.
 *
 * Context: IRQL <= APC_LEVEL; IRQL <= DISPATCH_LEVEL with a Timeout of 0. At DISPATCH_LEVEL any
 *	other Timeout breaks a rule; it does not sleep then.
 * Return: STATUS_WAIT_0 + index for WaitAny; STATUS_SUCCESS for WaitAll; STATUS_TIMEOUT;
 *	STATUS_UNSUCCESSFUL where it may not sleep and the wait is not satisfied;
 *	STATUS_INVALID_PARAMETER for too many objects (a bug check on Windows), none, or what cannot
 *	be waited for; STATUS_INVALID_PARAMETER_MIX for a WaitAll that names an object twice.
 * Source: wdm.h, KeWaitForMultipleObjects function
 */
extern "C" NTSTATUS KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType,
					     KWAIT_REASON, KPROCESSOR_MODE, BOOLEAN,
					     PLARGE_INTEGER Timeout, PKWAIT_BLOCK WaitBlockArray)
{
	KWAIT_BLOCK few[THREAD_WAIT_OBJECTS];

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!Count || Count > (WaitBlockArray ? MAXIMUM_WAIT_OBJECTS : THREAD_WAIT_OBJECTS)) {
		port_log_rule(__func__,
			      WaitBlockArray
				      ? "waits for 0 or more than MAXIMUM_WAIT_OBJECTS objects"
				      : "waits for 0 or more than THREAD_WAIT_OBJECTS objects "
					"without a WaitBlockArray");
		return STATUS_INVALID_PARAMETER;
	}
	if (WaitType != WaitAny && WaitType != WaitAll)
		return STATUS_INVALID_PARAMETER;
	if (WaitType == WaitAll && has_duplicates(Count, Object)) {
		port_log_rule(__func__, "waits for all of some objects, and names one twice");
		return STATUS_INVALID_PARAMETER_MIX;
	}
	if (!all_valid(__func__, Count, Object))
		return STATUS_INVALID_PARAMETER;
	return wait(Count, Object, WaitType, Manner(__func__, Timeout), Timeout,
		    WaitBlockArray ? WaitBlockArray : few);
}

/**
 * KeDelayExecutionThread() - Let the current thread sleep.
 * @WaitMode: Ignored.
 * @Alertable: Ignored: there are no APCs.
 * @Interval: Negative is a time from now on, positive a system time, in units of 100 ns. 0 lets
 *	other threads run.
 *
 * Context: IRQL <= APC_LEVEL. At DISPATCH_LEVEL it returns at once.
 * Return: STATUS_SUCCESS.
 * Source: wdm.h, KeDelayExecutionThread function
 */
extern "C" NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE, BOOLEAN, PLARGE_INTEGER Interval)
{
	port_waiter sleeper;

	NT_MAX_IRQL(APC_LEVEL);
	if (port_context() != PORT_CONTEXT_TASK)
		return STATUS_SUCCESS;
	if (!Interval->QuadPart) {
		port_thread_yield();
		return STATUS_SUCCESS;
	}

	Deadline deadline = Deadline::from(Interval);

	port_waiter_init(&sleeper);
	port_waiter_sleep(&sleeper, deadline.clock, deadline.at);
	return STATUS_SUCCESS;
}
