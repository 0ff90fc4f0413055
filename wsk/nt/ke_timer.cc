// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Timers: dispatcher objects that are signalled at a time, queue a DPC then, and may do so again
 * and again.
 *
 * Timers that are set are kept in trees, whose first one sets the tree's alarm. Which tree, follows
 * from the page that a timer lies in, so that freed memory can be looked through for timers. A
 * tree's lock comes before those of dispatcher objects, and is held until a timer that expires is
 * signalled: who is told that a timer was not set any more may free it.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "nt/dispatcher.h"
#include "nt/dpc.h"
#include "nt/driver_account.h"
#include "nt/irql.h"
#include "nt/time.h"
#include "nt/timer_tree.h"
#include "nt/word_lock.h"
#include "port/alarm.h"
#include "port/log.h"

namespace wsk
{

namespace
{

/* In the low half of KTIMER.TimerType: not set, or in the tree of which clock. */
enum : USHORT { idle = 0, by_monotonic = 1, by_real = 2, queued_mask = 3 };

constexpr uint64_t ns_per_ms = 1'000'000;

struct Shard;

/* The timers of one clock. */
struct ClockQueue {
	Shard *shard;
	enum port_clock clock;
	TimerTree tree;
	uint64_t armed; /* when the alarm rings, or PORT_WAIT_FOREVER */
	port_alarm alarm;
};

struct Shard {
	WordLock lock;
	ClockQueue clocks[2];
};

constexpr ULONG_PTR shard_count = 64;
constinit Shard shards[shard_count];

Shard &shard_of(const void *address)
{
	return shards[reinterpret_cast<ULONG_PTR>(address) / PAGE_SIZE % shard_count];
}

USHORT queued(PKTIMER timer)
{
	return timer->TimerType & queued_mask;
}

void set_queued(PKTIMER timer, USHORT how)
{
	timer->TimerType = static_cast<USHORT>((timer->TimerType & ~queued_mask) | how);
}

uint64_t now(enum port_clock clock)
{
	return clock == PORT_CLOCK_REAL ? static_cast<uint64_t>(port_time_real())
					: port_time_monotonic();
}

/* In ns; 0 for a timer that expires once. */
uint64_t period_of(PKTIMER timer)
{
	return timer->TimerType & timer_is_ex ? ex_timer_period(timer) : timer->Period * ns_per_ms;
}

void arm(ClockQueue &queue)
{
	PKTIMER first = queue.tree.first();

	/* An alarm that rings too early finds nothing to do. */
	if (!first || first->DueTime.QuadPart >= queue.armed)
		return;
	queue.armed = first->DueTime.QuadPart;
	port_alarm_set(&queue.alarm, queue.armed);
}

void enqueue(Shard &shard, PKTIMER timer, enum port_clock clock, uint64_t due)
{
	ClockQueue &queue = shard.clocks[clock];

	timer->DueTime.QuadPart = due;
	set_queued(timer, clock == PORT_CLOCK_REAL ? by_real : by_monotonic);
	queue.tree.insert(timer);
	arm(queue);
}

bool dequeue(Shard &shard, PKTIMER timer)
{
	USHORT how = queued(timer);

	if (how == idle)
		return false;
	shard.clocks[how == by_real ? PORT_CLOCK_REAL : PORT_CLOCK_MONOTONIC].tree.remove(timer);
	set_queued(timer, idle);
	return true;
}

/* For a timer that is due, and not queued. It must not be touched afterwards. */
void expire(Shard &shard, PKTIMER timer, enum port_clock clock)
{
	uint64_t period = period_of(timer);
	PKDPC dpc = timer->Dpc;

	if (period) {
		uint64_t here = port_time_monotonic();
		uint64_t due =
			(clock == PORT_CLOCK_MONOTONIC ? timer->DueTime.QuadPart : here) + period;

		/* What was missed is not made up for. */
		enqueue(shard, timer, PORT_CLOCK_MONOTONIC, due > here ? due : here + period);
	}
	if (dpc) {
		LARGE_INTEGER system_time;

		KeQuerySystemTimePrecise(&system_time);
		KeInsertQueueDpc(
			dpc, reinterpret_cast<PVOID>(static_cast<ULONG_PTR>(system_time.u.LowPart)),
			reinterpret_cast<PVOID>(static_cast<ULONG_PTR>(system_time.u.HighPart)));
	}
	dispatcher_signal(&timer->Header, 1);
}

void ring(port_alarm *alarm)
{
	ClockQueue &queue = *CONTAINING_RECORD(alarm, ClockQueue, alarm);
	Shard &shard = *queue.shard;
	WordGuard guard(shard.lock);
	uint64_t here = now(queue.clock);

	queue.armed = PORT_WAIT_FOREVER;
	for (PKTIMER timer = queue.tree.first(); timer && timer->DueTime.QuadPart <= here;
	     timer = queue.tree.first()) {
		dequeue(shard, timer);
		expire(shard, timer, queue.clock);
	}
	arm(queue);
}

bool set(PKTIMER timer, LARGE_INTEGER due, ULONG period, PKDPC dpc)
{
	Shard &shard = shard_of(timer);
	WordGuard guard(shard.lock);
	bool was_queued = dequeue(shard, timer);
	Deadline deadline = Deadline::from(&due);

	dispatcher_signal(&timer->Header, 0);
	timer->Period = period;
	timer->Dpc = dpc;
	timer->DueTime.QuadPart = deadline.at;
	if (deadline.at <= now(deadline.clock))
		expire(shard, timer, deadline.clock);
	else
		enqueue(shard, timer, deadline.clock, deadline.at);
	return was_queued;
}

bool is_valid(const char *function, PKTIMER timer)
{
	if (KeGetCurrentIrql() > DISPATCH_LEVEL) {
		port_log_rule(function, "called above DISPATCH_LEVEL");
		return false;
	}
	if (!dispatcher_valid(function, &timer->Header))
		return false;
	switch (dispatcher_type(&timer->Header)) {
	case DispatcherType::notification_timer:
	case DispatcherType::synchronization_timer:
		return true;
	default:
		port_log_rule(function, "the object is no timer");
		return false;
	}
}

BOOLEAN set_checked(const char *function, PKTIMER timer, LARGE_INTEGER due, LONG period, PKDPC dpc)
{
	if (!is_valid(function, timer))
		return FALSE;
	if (period < 0) {
		port_log_rule(function, "the period is negative");
		period = 0;
	}
	return set(timer, due, static_cast<ULONG>(period), dpc);
}

void start(Shard &shard, enum port_clock clock)
{
	ClockQueue &queue = shard.clocks[clock];

	queue.shard = &shard;
	queue.clock = clock;
	queue.armed = PORT_WAIT_FOREVER;
	port_alarm_init(&queue.alarm, clock, ring);
}

bool is_drivers(PKTIMER timer, DriverAccount *account)
{
	if (timer->TimerType & timer_is_ex)
		return ex_timer_account(timer) == account;
	if (driver_of(timer) == account)
		return true;
	return timer->Dpc &&
	       driver_of(reinterpret_cast<const void *>(timer->Dpc->DeferredRoutine)) == account;
}

/* Takes out of the shard every timer that the question is answered with true for. */
template <typename Question>
unsigned int take_out(Shard &shard, Question question)
{
	unsigned int found = 0;
	WordGuard guard(shard.lock);

	for (ClockQueue &queue : shard.clocks) {
		while (PKTIMER timer = queue.tree.find(question)) {
			dequeue(shard, timer);
			found++;
		}
	}
	return found;
}

} // namespace

bool timer_set(PKTIMER timer, LARGE_INTEGER due, PKDPC dpc)
{
	return set(timer, due, 0, dpc);
}

bool timer_cancel(PKTIMER timer)
{
	Shard &shard = shard_of(timer);
	WordGuard guard(shard.lock);

	return dequeue(shard, timer);
}

bool timer_pending(PKTIMER timer)
{
	WordGuard guard(shard_of(timer).lock);

	return queued(timer) != idle;
}

void timers_end(DriverAccount *account)
{
	for (Shard &shard : shards)
		for (unsigned int left = take_out(
			     shard, [=](PKTIMER timer) { return is_drivers(timer, account); });
		     left; left--)
			port_log_rule("DriverUnload", "a timer is still set");
}

unsigned int timers_forget(const void *memory, size_t bytes)
{
	unsigned int found = 0;

	for (size_t page = 0;
	     page < ADDRESS_AND_SIZE_TO_SPAN_PAGES(memory, bytes) && page < shard_count; page++)
		found += take_out(shard_of(static_cast<const char *>(memory) + page * PAGE_SIZE),
				  [=](PKTIMER timer) {
					  return reinterpret_cast<ULONG_PTR>(timer) -
							 reinterpret_cast<ULONG_PTR>(memory) <
						 bytes;
				  });
	return found;
}

} // namespace wsk

using namespace wsk;

void nt_timers_start(void)
{
	for (Shard &shard : shards) {
		start(shard, PORT_CLOCK_MONOTONIC);
		start(shard, PORT_CLOCK_REAL);
	}
}

void nt_timers_stop(void)
{
	for (Shard &shard : shards)
		for (ClockQueue &queue : shard.clocks)
			port_alarm_cancel(&queue.alarm);
}

/**
 * KeInitializeTimerEx() - Make a timer that is not set.
 * @Timer: Memory for it, resident; nothing to undo, but it must not be freed while it is set.
 * @Type: NotificationTimer: stays signalled until it is set again. SynchronizationTimer: lets one
 *	wait succeed.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeInitializeTimerEx function
 */
extern "C" VOID KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type)
{
	dispatcher_init(&Timer->Header,
			Type == SynchronizationTimer ? DispatcherType::synchronization_timer
						     : DispatcherType::notification_timer,
			sizeof(*Timer), 0);
	Timer->DueTime.QuadPart = 0;
	Timer->TimerListEntry = {};
	Timer->Dpc = nullptr;
	Timer->Processor = 0;
	Timer->TimerType = idle;
	Timer->Period = 0;
}

/**
 * KeInitializeTimer() - Make a notification timer that is not set.
 * @Timer: Memory for it, as for KeInitializeTimerEx().
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeInitializeTimer function
 */
extern "C" VOID KeInitializeTimer(PKTIMER Timer)
{
	KeInitializeTimerEx(Timer, NotificationTimer);
}

/**
 * KeSetTimerEx() - Set a timer, which ends what it was set to before.
 * @Timer: The timer. It is not signalled until it expires.
 * @DueTime: Negative is a time from now on, else it is system time, in units of 100 ns. What has
 *	passed already makes the timer expire in the call.
 * @Period: Milliseconds from one time that it expires to the next; 0 if it shall do so once.
 * @Dpc: A DPC to queue each time, or NULL. Its arguments are the halves of the system time.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE if the timer was set already.
 * Source: wdm.h, KeSetTimerEx function
 */
extern "C" BOOLEAN KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
	return set_checked(__func__, Timer, DueTime, Period, Dpc);
}

/**
 * KeSetTimer() - Set a timer that expires once.
 * @Timer: The timer.
 * @DueTime: As for KeSetTimerEx().
 * @Dpc: A DPC to queue then, or NULL.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE if the timer was set already.
 * Source: wdm.h, KeSetTimer function
 */
extern "C" BOOLEAN KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc)
{
	return set_checked(__func__, Timer, DueTime, 0, Dpc);
}

/**
 * KeSetCoalescableTimer() - Set a timer that may expire later than it is due.
 * @Timer: The timer.
 * @DueTime: As for KeSetTimerEx().
 * @Period: As for KeSetTimerEx().
 * @TolerableDelay: Milliseconds; no use is made of them.
 * @Dpc: As for KeSetTimerEx().
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE if the timer was set already.
 * Source: wdm.h, KeSetCoalescableTimer function
 */
extern "C" BOOLEAN KeSetCoalescableTimer(PKTIMER Timer, LARGE_INTEGER DueTime, ULONG Period, ULONG,
					 PKDPC Dpc)
{
	return set_checked(__func__, Timer, DueTime,
			   static_cast<LONG>(Period < MAXLONG ? Period : MAXLONG), Dpc);
}

/**
 * KeCancelTimer() - Have a timer not expire any more.
 * @Timer: The timer. Whether it is signalled does not change.
 *
 * A DPC that it has queued may still be queued, or running: KeFlushQueuedDpcs() waits for that.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE if it was set; so for a timer with a period until it is cancelled.
 * Source: wdm.h, KeCancelTimer function
 */
extern "C" BOOLEAN KeCancelTimer(PKTIMER Timer)
{
	return is_valid(__func__, Timer) && timer_cancel(Timer);
}

/**
 * KeReadStateTimer() - Look at a timer.
 * @Timer: The timer.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE if it is signalled.
 * Source: wdm.h, KeReadStateTimer function
 */
extern "C" BOOLEAN KeReadStateTimer(PKTIMER Timer)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return ReadAcquire(&Timer->Header.SignalState) != 0;
}
