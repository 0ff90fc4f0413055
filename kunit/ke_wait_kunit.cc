// SPDX-License-Identifier: MIT OR GPL-2.0
/* Waits: timeouts, many objects, wrong use. */
#include "waiting.h"

using namespace wsk::test;

namespace
{

NTSTATUS wait_many(ULONG count, PVOID *objects, WAIT_TYPE type, LONGLONG units,
		   PKWAIT_BLOCK blocks = nullptr)
{
	LARGE_INTEGER timeout;

	timeout.QuadPart = units;
	return KeWaitForMultipleObjects(count, objects, type, Executive, KernelMode, FALSE,
					&timeout, blocks);
}

NTSTATUS wait_one(PVOID object, LONGLONG units)
{
	return wait_many(1, &object, WaitAny, units);
}

/* Three events of a type, not signalled. */
struct Events {
	KEVENT event[3];
	PVOID pointers[3];

	explicit Events(EVENT_TYPE type)
	{
		for (int i = 0; i < 3; i++) {
			KeInitializeEvent(&event[i], type, FALSE);
			pointers[i] = &event[i];
		}
	}

	void set(int i) { KeSetEvent(&event[i], IO_NO_INCREMENT, FALSE); }

	LONG state(int i) { return KeReadStateEvent(&event[i]); }

	bool nobody_waits()
	{
		for (auto &one : event)
			if (!IsListEmpty(&one.Header.WaitListHead))
				return false;
		return true;
	}
};

void relative_timeout_is_not_early(struct kunit *test)
{
	constexpr LONGLONG timeouts[] = {1, 5000, 250000};
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	for (LONGLONG units : timeouts) {
		ULONGLONG before = KeQueryInterruptTime();

		EXPECT_STATUS(test, wait_one(&event, -units), STATUS_TIMEOUT);
		/* Both clocks round down. */
		EXPECT_GE(test, (LONGLONG)(KeQueryInterruptTime() - before), units - 1);
	}
	EXPECT_TRUE(test, IsListEmpty(&event.Header.WaitListHead));
}

void absolute_timeout_is_not_early(struct kunit *test)
{
	KEVENT event;
	LARGE_INTEGER now, until, after;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KeQuerySystemTimePrecise(&now);
	until.QuadPart = now.QuadPart + 20 * units_per_ms;
	EXPECT_STATUS(test, wait_one(&event, until.QuadPart), STATUS_TIMEOUT);
	KeQuerySystemTimePrecise(&after);
	EXPECT_GE(test, after.QuadPart, until.QuadPart - 1);
}

void absolute_past_returns(struct kunit *test)
{
	KEVENT event;
	LARGE_INTEGER now;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KeQuerySystemTime(&now);
	EXPECT_STATUS(test, wait_one(&event, 1), STATUS_TIMEOUT);
	EXPECT_STATUS(test, wait_one(&event, now.QuadPart - 1), STATUS_TIMEOUT);
}

void huge_timeouts_are_long(struct kunit *test)
{
	constexpr LONGLONG timeouts[] = {-MAXLONGLONG - 1, -MAXLONGLONG / 2, MAXLONGLONG};

	for (LONGLONG units : timeouts) {
		KEVENT event;
		WaitingThread thread;
		PVOID object = &event;
		LARGE_INTEGER timeout;

		timeout.QuadPart = units;
		KeInitializeEvent(&event, NotificationEvent, FALSE);
		ASSERT_TRUE(test, thread.start(1, &object, WaitAny, &timeout));
		EXPECT_TRUE(test, thread.still_waits());
		KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
		EXPECT_STATUS(test, thread.join(), STATUS_SUCCESS);
	}
}

void signal_ends_timed_wait(struct kunit *test)
{
	KEVENT event;
	WaitingThread thread;
	PVOID object = &event;
	LARGE_INTEGER timeout = from_now(60000);
	ULONGLONG before = KeQueryInterruptTime();

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	ASSERT_TRUE(test, thread.start(1, &object, WaitAny, &timeout));
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	EXPECT_STATUS(test, thread.join(), STATUS_SUCCESS);
	EXPECT_LT(test, KeQueryInterruptTime() - before, 60000ull * units_per_ms);
}

void any_takes_the_first(struct kunit *test)
{
	Events events(SynchronizationEvent);

	events.set(2);
	events.set(1);
	EXPECT_STATUS(test, wait_many(3, events.pointers, WaitAny, 0), STATUS_WAIT_0 + 1);
	EXPECT_EQ(test, events.state(1), 0);
	EXPECT_NE(test, events.state(2), 0);
	EXPECT_STATUS(test, wait_many(3, events.pointers, WaitAny, -1), STATUS_WAIT_0 + 2);
	EXPECT_STATUS(test, wait_many(3, events.pointers, WaitAny, -1), STATUS_TIMEOUT);
	EXPECT_TRUE(test, events.nobody_waits());
}

void any_is_woken_by_each(struct kunit *test)
{
	for (int i = 0; i < 3; i++) {
		Events events(SynchronizationEvent);
		WaitingThread thread;

		ASSERT_TRUE(test, thread.start(3, events.pointers, WaitAny, nullptr));
		EXPECT_TRUE(test, thread.still_waits());
		events.set(i);
		EXPECT_STATUS(test, thread.join(), STATUS_WAIT_0 + i);
		EXPECT_EQ(test, events.state(i), 0);
		EXPECT_TRUE(test, events.nobody_waits());
	}
}

void any_takes_one_only(struct kunit *test)
{
	Events events(SynchronizationEvent);
	WaitingThread thread;

	ASSERT_TRUE(test, thread.start(3, events.pointers, WaitAny, nullptr));
	/* Both before the thread runs: the second must stay signalled. */
	bridge_run_at_dispatch(
		[](void *context) {
			static_cast<Events *>(context)->set(1);
			static_cast<Events *>(context)->set(0);
		},
		&events);
	EXPECT_STATUS(test, thread.join(), STATUS_WAIT_0 + 1);
	EXPECT_NE(test, events.state(0), 0);
	EXPECT_EQ(test, events.state(1), 0);
}

void all_waits_for_the_last(struct kunit *test)
{
	Events events(SynchronizationEvent);
	WaitingThread thread;

	ASSERT_TRUE(test, thread.start(3, events.pointers, WaitAll, nullptr));
	for (int i = 1; i >= 0; i--) {
		events.set(i);
		EXPECT_TRUE(test, thread.still_waits());
		EXPECT_NE(test, events.state(i), 0);
	}
	events.set(2);
	EXPECT_STATUS(test, thread.join(), STATUS_SUCCESS);
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(test, events.state(i), 0);
	EXPECT_TRUE(test, events.nobody_waits());
}

void all_takes_nothing_early(struct kunit *test)
{
	Events events(SynchronizationEvent);
	WaitingThread thread;

	ASSERT_TRUE(test, thread.start(2, events.pointers, WaitAll, nullptr));
	events.set(0);
	EXPECT_TRUE(test, thread.still_waits());
	/* Somebody else takes it meanwhile. */
	EXPECT_STATUS(test, poll(&events.event[0]), STATUS_SUCCESS);
	events.set(1);
	EXPECT_TRUE(test, thread.still_waits());
	EXPECT_NE(test, events.state(1), 0);
	events.set(0);
	EXPECT_STATUS(test, thread.join(), STATUS_SUCCESS);
	EXPECT_EQ(test, events.state(0), 0);
	EXPECT_EQ(test, events.state(1), 0);
}

void all_sees_a_short_moment(struct kunit *test)
{
	Events events(NotificationEvent);
	WaitingThread thread;

	ASSERT_TRUE(test, thread.start(2, events.pointers, WaitAll, nullptr));
	events.set(0);
	/* The thread cannot run in between: whoever sets the last event completes the wait. */
	bridge_run_at_dispatch(
		[](void *context) {
			auto *events = static_cast<Events *>(context);

			events->set(1);
			KeClearEvent(&events->event[1]);
			KeClearEvent(&events->event[0]);
		},
		&events);
	EXPECT_STATUS(test, thread.join(), STATUS_SUCCESS);
}

void all_times_out(struct kunit *test)
{
	Events events(SynchronizationEvent);

	events.set(0);
	events.set(2);
	EXPECT_STATUS(test, wait_many(3, events.pointers, WaitAll, 0), STATUS_TIMEOUT);
	EXPECT_STATUS(test, wait_many(3, events.pointers, WaitAll, -5 * units_per_ms),
		      STATUS_TIMEOUT);
	EXPECT_NE(test, events.state(0), 0);
	EXPECT_NE(test, events.state(2), 0);
	EXPECT_TRUE(test, events.nobody_waits());
	events.set(1);
	EXPECT_STATUS(test, wait_many(3, events.pointers, WaitAll, 0), STATUS_SUCCESS);
	EXPECT_EQ(test, events.state(0), 0);
}

void any_and_all_share_objects(struct kunit *test)
{
	Events events(SynchronizationEvent);
	WaitingThread all, any;

	ASSERT_TRUE(test, all.start(2, events.pointers, WaitAll, nullptr));
	ASSERT_TRUE(test, any.start(3, events.pointers, WaitAny, nullptr));
	events.set(1);
	/* The first in line cannot use it yet, the second can. */
	EXPECT_STATUS(test, any.join(), STATUS_WAIT_0 + 1);
	EXPECT_EQ(test, events.state(1), 0);
	EXPECT_TRUE(test, all.still_waits());
	events.set(0);
	events.set(1);
	EXPECT_STATUS(test, all.join(), STATUS_SUCCESS);
}

void mixed_objects(struct kunit *test)
{
	KEVENT event;
	KSEMAPHORE semaphore;
	KMUTEX mutex;
	PVOID objects[] = {&event, &semaphore, &mutex};

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KeInitializeSemaphore(&semaphore, 0, 5);
	KeInitializeMutex(&mutex, 0);
	EXPECT_STATUS(test, wait_many(3, objects, WaitAny, 0), STATUS_WAIT_0 + 2);
	EXPECT_EQ(test, KeReadStateMutex(&mutex), 0);
	KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 2, FALSE);
	EXPECT_STATUS(test, wait_many(3, objects, WaitAny, 0), STATUS_WAIT_0 + 1);
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	/* The mutex is ours already, which counts as signalled. */
	EXPECT_STATUS(test, wait_many(3, objects, WaitAll, 0), STATUS_SUCCESS);
	EXPECT_EQ(test, KeReadStateMutex(&mutex), -1);
	EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 0);
	KeReleaseMutex(&mutex, FALSE);
	KeReleaseMutex(&mutex, FALSE);
	EXPECT_EQ(test, KeReadStateMutex(&mutex), 1);
}

struct ManyObjects {
	KEVENT event[MAXIMUM_WAIT_OBJECTS + 1];
	KWAIT_BLOCK blocks[MAXIMUM_WAIT_OBJECTS + 1];
	PVOID pointers[MAXIMUM_WAIT_OBJECTS + 1];
};

constinit ManyObjects many;

void numbers_of_objects(struct kunit *test)
{
	for (int i = 0; i <= MAXIMUM_WAIT_OBJECTS; i++) {
		KeInitializeEvent(&many.event[i], SynchronizationEvent,
				  i == MAXIMUM_WAIT_OBJECTS - 1);
		many.pointers[i] = &many.event[i];
	}
	EXPECT_RULES(test, 0,
		     EXPECT_STATUS(test,
				   wait_many(MAXIMUM_WAIT_OBJECTS, many.pointers, WaitAny, -1,
					     many.blocks),
				   STATUS_WAIT_0 + MAXIMUM_WAIT_OBJECTS - 1));
	EXPECT_STATUS(test,
		      wait_many(MAXIMUM_WAIT_OBJECTS, many.pointers, WaitAny, -1, many.blocks),
		      STATUS_TIMEOUT);
	EXPECT_STATUS(test,
		      wait_many(MAXIMUM_WAIT_OBJECTS, many.pointers, WaitAll, -1, many.blocks),
		      STATUS_TIMEOUT);
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test,
				   wait_many(MAXIMUM_WAIT_OBJECTS + 1, many.pointers, WaitAny, 0,
					     many.blocks),
				   STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 0,
		     EXPECT_STATUS(test, wait_many(THREAD_WAIT_OBJECTS, many.pointers, WaitAny, -1),
				   STATUS_TIMEOUT));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test,
				   wait_many(THREAD_WAIT_OBJECTS + 1, many.pointers, WaitAny, 0),
				   STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, wait_many(0, many.pointers, WaitAny, 0),
				   STATUS_INVALID_PARAMETER));
}

void object_twice(struct kunit *test)
{
	KEVENT event;
	PVOID twice[] = {&event, &event};

	KeInitializeEvent(&event, SynchronizationEvent, TRUE);
	EXPECT_RULES(
		test, 1,
		EXPECT_STATUS(test, wait_many(2, twice, WaitAll, 0), STATUS_INVALID_PARAMETER_MIX));
	EXPECT_NE(test, KeReadStateEvent(&event), 0);
	EXPECT_RULES(test, 0, EXPECT_STATUS(test, wait_many(2, twice, WaitAny, 0), STATUS_WAIT_0));
}

void no_object(struct kunit *test)
{
	KEVENT zeroed = {};
	KEVENT odd;

	KeInitializeEvent(&odd, NotificationEvent, TRUE);
	odd.Header.Type = 77;
	EXPECT_RULES(test, 1, EXPECT_STATUS(test, poll(&zeroed), STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1, EXPECT_STATUS(test, poll(&odd), STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1, EXPECT_STATUS(test, poll(nullptr), STATUS_INVALID_PARAMETER));
	/* The identity of a thread that Linux made. */
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, poll(KeGetCurrentThread()), STATUS_INVALID_PARAMETER));
}

struct DispatchWaits {
	KEVENT event;
	NTSTATUS polled, signalled, unsignalled, all;
	unsigned long poll_rules, wait_rules;
};

void wait_at_dispatch(void *context)
{
	auto *waits = static_cast<DispatchWaits *>(context);
	PVOID object = &waits->event;
	unsigned long before = bridge_rule_count();

	waits->polled = poll(object);
	waits->poll_rules = bridge_rule_count() - before;
	waits->unsignalled = wait_one(object, -units_per_ms);
	waits->all = wait_many(1, &object, WaitAll, -units_per_ms);
	KeSetEvent(&waits->event, IO_NO_INCREMENT, FALSE);
	waits->signalled = wait_forever(object);
	waits->wait_rules = bridge_rule_count() - before - waits->poll_rules;
}

void dispatch_level_polls_only(struct kunit *test)
{
	constexpr decltype(&bridge_run_at_dispatch) contexts[] = {bridge_run_at_dispatch,
								  bridge_run_in_softirq};

	for (auto run : contexts) {
		DispatchWaits waits = {};

		KeInitializeEvent(&waits.event, NotificationEvent, FALSE);
		run(wait_at_dispatch, &waits);
		EXPECT_STATUS(test, waits.polled, STATUS_TIMEOUT);
		EXPECT_EQ(test, waits.poll_rules, 0ul);
		EXPECT_STATUS(test, waits.unsignalled, STATUS_UNSUCCESSFUL);
		EXPECT_STATUS(test, waits.all, STATUS_UNSUCCESSFUL);
		EXPECT_STATUS(test, waits.signalled, STATUS_SUCCESS);
		EXPECT_EQ(test, waits.wait_rules, bridge_checked() ? 3ul : 0ul);
		EXPECT_TRUE(test, IsListEmpty(&waits.event.Header.WaitListHead));
	}
}

void delay_is_not_early(struct kunit *test)
{
	LARGE_INTEGER interval = from_now(15), now, after;
	ULONGLONG before = KeQueryInterruptTime();

	EXPECT_STATUS(test, KeDelayExecutionThread(KernelMode, FALSE, &interval), STATUS_SUCCESS);
	EXPECT_GE(test, (LONGLONG)(KeQueryInterruptTime() - before), 15 * units_per_ms - 1);

	KeQuerySystemTimePrecise(&now);
	interval.QuadPart = now.QuadPart + 15 * units_per_ms;
	EXPECT_STATUS(test, KeDelayExecutionThread(KernelMode, FALSE, &interval), STATUS_SUCCESS);
	KeQuerySystemTimePrecise(&after);
	EXPECT_GE(test, after.QuadPart, interval.QuadPart - 1);

	interval.QuadPart = 0;
	EXPECT_STATUS(test, KeDelayExecutionThread(KernelMode, FALSE, &interval), STATUS_SUCCESS);
}

void delay_at_dispatch_is_told(struct kunit *test)
{
	EXPECT_RULES(test, 1,
		     bridge_run_at_dispatch(
			     [](void *) {
				     LARGE_INTEGER interval = from_now(1000);

				     KeDelayExecutionThread(KernelMode, FALSE, &interval);
			     },
			     nullptr));
}

/* Consumers with short timeouts against producers: whatever is released must be taken once. */
struct Storm {
	static constexpr LONG per_producer = 1000;

	KSEMAPHORE semaphore;
	KEVENT stop;
	LONG taken;
	LONG released;
};

void storm_take(void *context)
{
	auto *storm = static_cast<Storm *>(context);
	PVOID objects[] = {&storm->semaphore, &storm->stop};

	for (LONG i = 0;; i++) {
		NTSTATUS status = wait_many(2, objects, WaitAny, i % 3 ? -(i % 50) - 1 : -5000);

		if (status == STATUS_WAIT_0)
			InterlockedIncrement(&storm->taken);
		else if (status == STATUS_WAIT_0 + 1)
			return;
	}
}

void storm_release_one(void *context)
{
	auto *storm = static_cast<Storm *>(context);

	KeReleaseSemaphore(&storm->semaphore, IO_NO_INCREMENT, 1, FALSE);
	InterlockedIncrement(&storm->released);
}

void storm_release(void *context)
{
	for (LONG i = 0; i < Storm::per_producer; i++) {
		if (i % 7 == 0)
			bridge_run_in_softirq(storm_release_one, context);
		else
			storm_release_one(context);
		if (i % 16 == 0)
			bridge_sleep_ms(1);
	}
}

void storm_loses_nothing(struct kunit *test)
{
	Storm storm = {};
	bridge_thread *consumers[3], *producers[2];

	KeInitializeSemaphore(&storm.semaphore, 0, MAXLONG);
	KeInitializeEvent(&storm.stop, NotificationEvent, FALSE);
	for (auto &thread : consumers)
		ASSERT_NOT_NULL(test, thread = bridge_thread_start(storm_take, &storm));
	for (auto &thread : producers)
		ASSERT_NOT_NULL(test, thread = bridge_thread_start(storm_release, &storm));
	for (auto &thread : producers)
		bridge_thread_join(thread);
	while (KeReadStateSemaphore(&storm.semaphore))
		bridge_sleep_ms(1);
	KeSetEvent(&storm.stop, IO_NO_INCREMENT, FALSE);
	for (auto &thread : consumers)
		bridge_thread_join(thread);
	EXPECT_EQ(test, storm.released, 2 * Storm::per_producer);
	EXPECT_EQ(test, storm.taken, storm.released);
	EXPECT_TRUE(test, IsListEmpty(&storm.semaphore.Header.WaitListHead));
}

/* A signal and a timeout that meet: either the wait succeeds and takes the signal, or neither. */
struct Meeting {
	static constexpr LONG rounds = 3000;

	KEVENT event;
	LONG taken;
	LONG stop;
};

void meeting_wait(void *context)
{
	auto *meeting = static_cast<Meeting *>(context);

	for (LONG i = 0; !ReadAcquire(&meeting->stop); i++)
		if (wait_one(&meeting->event, -(i % 7 + 1) * 100) == STATUS_SUCCESS)
			InterlockedIncrement(&meeting->taken);
}

void signal_meets_timeout(struct kunit *test)
{
	Meeting meeting = {};
	bridge_thread *thread;
	LARGE_INTEGER pause;
	LONG sets = 0;

	KeInitializeEvent(&meeting.event, SynchronizationEvent, FALSE);
	thread = bridge_thread_start(meeting_wait, &meeting);
	ASSERT_NOT_NULL(test, thread);
	for (LONG i = 0; i < Meeting::rounds; i++) {
		if (!KeSetEvent(&meeting.event, IO_NO_INCREMENT, FALSE))
			sets++;
		pause.QuadPart = -(i % 11 + 1) * 70;
		KeDelayExecutionThread(KernelMode, FALSE, &pause);
	}
	WriteRelease(&meeting.stop, 1);
	bridge_thread_join(thread);
	EXPECT_EQ(test, meeting.taken + KeReadStateEvent(&meeting.event), sets);
	EXPECT_GT(test, meeting.taken, 0);
}

/* Two tokens that WaitAll takes together, WaitAny one at a time: pairs must never be torn. */
struct Pairs {
	KEVENT token[2];
	LONG holders;
	LONG most;
};

void pairs_run(void *context)
{
	auto *pairs = static_cast<Pairs *>(context);
	PVOID objects[] = {&pairs->token[0], &pairs->token[1]};
	PVOID reversed[] = {&pairs->token[1], &pairs->token[0]};

	for (int i = 0; i < 300; i++) {
		NTSTATUS status =
			wait_many(2, i % 2 ? objects : reversed, WaitAll, i % 5 ? -1000 : -1);

		if (status != STATUS_SUCCESS)
			continue;
		LONG holders = InterlockedIncrement(&pairs->holders);

		if (holders > pairs->most)
			pairs->most = holders;
		if (i % 4 == 0)
			bridge_sleep_ms(1);
		InterlockedDecrement(&pairs->holders);
		KeSetEvent(&pairs->token[i % 2], IO_NO_INCREMENT, FALSE);
		KeSetEvent(&pairs->token[!(i % 2)], IO_NO_INCREMENT, FALSE);
	}
}

void all_is_atomic(struct kunit *test)
{
	Pairs pairs = {};
	bridge_thread *threads[3];

	for (auto &token : pairs.token)
		KeInitializeEvent(&token, SynchronizationEvent, TRUE);
	for (auto &thread : threads)
		ASSERT_NOT_NULL(test, thread = bridge_thread_start(pairs_run, &pairs));
	for (auto &thread : threads)
		bridge_thread_join(thread);
	EXPECT_EQ(test, pairs.most, 1);
	for (auto &token : pairs.token) {
		EXPECT_NE(test, KeReadStateEvent(&token), 0);
		EXPECT_TRUE(test, IsListEmpty(&token.Header.WaitListHead));
	}
}

constexpr bridge_case cases[] = {
	{"a relative timeout is not early", relative_timeout_is_not_early},
	{"an absolute timeout is not early", absolute_timeout_is_not_early},
	{"an absolute time that is past ends the wait", absolute_past_returns},
	{"the longest timeouts do not overflow", huge_timeouts_are_long},
	{"a signal ends a wait before its timeout", signal_ends_timed_wait},
	{"WaitAny takes the first object that is signalled", any_takes_the_first},
	{"WaitAny is woken by each of its objects", any_is_woken_by_each},
	{"WaitAny takes one object only", any_takes_one_only},
	{"WaitAll waits for the last of its objects", all_waits_for_the_last},
	{"WaitAll takes nothing before it can take all", all_takes_nothing_early},
	{"WaitAll sees all objects signalled for a moment", all_sees_a_short_moment},
	{"WaitAll that times out takes nothing", all_times_out},
	{"WaitAll lets WaitAny pass that came later", any_and_all_share_objects},
	{"events, semaphores and mutexes can be waited for together", mixed_objects},
	{"as many objects as documented, and no more", numbers_of_objects},
	{"an object named twice is refused by WaitAll only", object_twice},
	{"what is no object is refused", no_object},
	{"waits at DISPATCH_LEVEL only look", dispatch_level_polls_only},
	{"a delay is not early", delay_is_not_early},
	{"a delay at DISPATCH_LEVEL is told and does not sleep", delay_at_dispatch_is_told},
	{"a signal that meets a timeout is taken or stays", signal_meets_timeout},
	{"what is released against short timeouts is taken once", storm_loses_nothing},
	{"WaitAll is atomic among threads that compete", all_is_atomic},
};

} // namespace

BRIDGE_SUITE(ke_wait, cases)
