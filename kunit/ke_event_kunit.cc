// SPDX-License-Identifier: MIT OR GPL-2.0
/* Events. */
#include "waiting.h"

using namespace wsk::test;

namespace
{

void notification_stays_signalled(struct kunit *test)
{
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	EXPECT_STATUS(test, poll(&event), STATUS_TIMEOUT);
	EXPECT_EQ(test, KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
	EXPECT_STATUS(test, poll(&event), STATUS_SUCCESS);
	EXPECT_STATUS(test, poll(&event), STATUS_SUCCESS);
	EXPECT_NE(test, KeReadStateEvent(&event), 0);
}

void synchronization_releases_one(struct kunit *test)
{
	KEVENT event;

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	EXPECT_EQ(test, KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
	EXPECT_NE(test, KeReadStateEvent(&event), 0);
	EXPECT_STATUS(test, poll(&event), STATUS_SUCCESS);
	EXPECT_EQ(test, KeReadStateEvent(&event), 0);
	EXPECT_STATUS(test, poll(&event), STATUS_TIMEOUT);
}

void initial_state(struct kunit *test)
{
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, TRUE);
	EXPECT_STATUS(test, poll(&event), STATUS_SUCCESS);
	KeInitializeEvent(&event, SynchronizationEvent, TRUE);
	EXPECT_STATUS(test, poll(&event), STATUS_SUCCESS);
	EXPECT_STATUS(test, poll(&event), STATUS_TIMEOUT);
}

void previous_states(struct kunit *test)
{
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	EXPECT_EQ(test, KeResetEvent(&event), 0);
	EXPECT_EQ(test, KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
	EXPECT_NE(test, KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
	EXPECT_NE(test, KeResetEvent(&event), 0);
	EXPECT_EQ(test, KeReadStateEvent(&event), 0);
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	KeClearEvent(&event);
	EXPECT_EQ(test, KeReadStateEvent(&event), 0);
	EXPECT_STATUS(test, poll(&event), STATUS_TIMEOUT);
}

void notification_wakes_all(struct kunit *test)
{
	KEVENT event;
	WaitingThread threads[3];

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	for (auto &thread : threads)
		ASSERT_TRUE(test, thread.start(&event));
	for (auto &thread : threads)
		EXPECT_TRUE(test, thread.still_waits());
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	for (auto &thread : threads)
		EXPECT_STATUS(test, thread.join(), STATUS_SUCCESS);
	EXPECT_NE(test, KeReadStateEvent(&event), 0);
	EXPECT_TRUE(test, IsListEmpty(&event.Header.WaitListHead));
}

void synchronization_wakes_in_order(struct kunit *test)
{
	KEVENT event;
	WaitingThread first, second;

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	ASSERT_TRUE(test, first.start(&event));
	ASSERT_TRUE(test, second.start(&event));
	EXPECT_EQ(test, KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
	EXPECT_TRUE(test, first.returns());
	EXPECT_TRUE(test, second.still_waits());
	EXPECT_EQ(test, KeReadStateEvent(&event), 0);
	EXPECT_EQ(test, KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
	EXPECT_STATUS(test, first.join(), STATUS_SUCCESS);
	EXPECT_STATUS(test, second.join(), STATUS_SUCCESS);
	EXPECT_EQ(test, KeReadStateEvent(&event), 0);
}

void set_event(void *context)
{
	KeSetEvent(static_cast<PKEVENT>(context), IO_NO_INCREMENT, FALSE);
}

void set_at_dispatch_wakes(struct kunit *test)
{
	KEVENT event;
	WaitingThread thread;

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	ASSERT_TRUE(test, thread.start(&event));
	EXPECT_RULES(test, 0, bridge_run_at_dispatch(set_event, &event));
	EXPECT_STATUS(test, thread.join(), STATUS_SUCCESS);
	ASSERT_TRUE(test, thread.start(&event));
	EXPECT_RULES(test, 0, bridge_run_in_softirq(set_event, &event));
	EXPECT_STATUS(test, thread.join(), STATUS_SUCCESS);
}

struct Slot {
	static constexpr int rounds = 500;

	PKEVENT event; /* freed by the waiting thread as soon as it is set; NULL when taken */
};

void set_published_events(void *context)
{
	auto *slot = static_cast<Slot *>(context);
	LARGE_INTEGER moment;

	moment.QuadPart = -10;
	for (int i = 0; i < Slot::rounds; i++) {
		PKEVENT event;

		while (!(event = static_cast<PKEVENT>(
				 InterlockedExchangePointer(&slot->event, nullptr))))
			KeDelayExecutionThread(KernelMode, FALSE, &moment);
		KeSetEvent(event, IO_NO_INCREMENT, FALSE);
	}
}

void event_may_vanish_when_set(struct kunit *test)
{
	Slot slot = {};
	bridge_thread *setter = bridge_thread_start(set_published_events, &slot);

	ASSERT_NOT_NULL(test, setter);
	/* Usually it is on the stack; in the pool, KASAN sees a setter that is too late. */
	for (int i = 0; i < Slot::rounds; i++) {
		auto *event = static_cast<PKEVENT>(
			ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(KEVENT), 'tnvE'));

		ASSERT_NOT_NULL(test, event);
		KeInitializeEvent(event, SynchronizationEvent, FALSE);
		WritePointerRelease(&slot.event, event);
		wait_forever(event);
		ExFreePoolWithTag(event, 'tnvE');
	}
	bridge_thread_join(setter);
}

void uninitialized_is_told(struct kunit *test)
{
	KEVENT event = {};

	if (!bridge_checked())
		bridge_skip(test, "only checked builds look");
	EXPECT_RULES(test, 1, KeSetEvent(&event, IO_NO_INCREMENT, FALSE));
	EXPECT_RULES(test, 1, KeResetEvent(&event));
}

void set_event_to_wait(void *context)
{
	KeSetEvent(static_cast<PKEVENT>(context), IO_NO_INCREMENT, TRUE);
}

void wrong_irql_is_told(struct kunit *test)
{
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	EXPECT_RULES(test, 1, bridge_run_at_dispatch(set_event_to_wait, &event));
	EXPECT_RULES(test, 1, bridge_run_at_high(set_event, &event));
	EXPECT_NE(test, KeReadStateEvent(&event), 0);
	EXPECT_RULES(test, 0, set_event_to_wait(&event));
}

constexpr bridge_case cases[] = {
	{"a notification event stays signalled", notification_stays_signalled},
	{"a synchronization event lets one wait succeed", synchronization_releases_one},
	{"an event begins in the state it is given", initial_state},
	{"setting and resetting return the previous state", previous_states},
	{"a notification event wakes all threads", notification_wakes_all},
	{"a synchronization event wakes threads one by one in their order",
	 synchronization_wakes_in_order},
	{"setting at DISPATCH_LEVEL or in a softirq wakes", set_at_dispatch_wakes},
	{"an event may vanish as soon as it is set", event_may_vanish_when_set},
	{"an event that was not initialized is told", uninitialized_is_told},
	{"setting at a wrong IRQL is told and works all the same", wrong_irql_is_told},
};

} // namespace

BRIDGE_SUITE(ke_event, cases)
