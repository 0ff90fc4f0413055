// SPDX-License-Identifier: MIT OR GPL-2.0
/* Timers. */
#include "waiting.h"

#include "nt/timer_tree.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

constexpr LARGE_INTEGER at_once = {};
constexpr LONGLONG long_ms = 1000000;

/* A timer, and a DPC that counts. */
struct Counted {
	KTIMER timer;
	KDPC dpc;
	volatile LONG calls;
	ULONG_PTR system_time[2];
	LONG cancel_at; /* the call that cancels the timer */
};

VOID count(PKDPC, PVOID context, PVOID low, PVOID high)
{
	auto *counted = static_cast<Counted *>(context);

	counted->system_time[0] = reinterpret_cast<ULONG_PTR>(low);
	counted->system_time[1] = reinterpret_cast<ULONG_PTR>(high);
	if (InterlockedIncrement(&counted->calls) == counted->cancel_at)
		KeCancelTimer(&counted->timer);
}

void make(Counted *counted, TIMER_TYPE type = NotificationTimer)
{
	KeInitializeTimerEx(&counted->timer, type);
	KeInitializeDpc(&counted->dpc, count, counted);
	counted->calls = 0;
	counted->cancel_at = -1;
}

void expires(struct kunit *test)
{
	ULONGLONG before = KeQueryUnbiasedInterruptTime();
	KTIMER timer;

	KeInitializeTimer(&timer);
	EXPECT_FALSE(test, KeReadStateTimer(&timer));
	EXPECT_FALSE(test, KeSetTimer(&timer, from_now(20), nullptr));
	EXPECT_STATUS(test, wait_forever(&timer), STATUS_SUCCESS);
	EXPECT_GE(test, KeQueryUnbiasedInterruptTime() - before, 20ull * units_per_ms);
	EXPECT_TRUE(test, KeReadStateTimer(&timer));
	EXPECT_STATUS(test, poll(&timer), STATUS_SUCCESS);
	EXPECT_FALSE(test, KeCancelTimer(&timer));
}

void synchronization_timer(struct kunit *test)
{
	KTIMER timer;

	KeInitializeTimerEx(&timer, SynchronizationTimer);
	EXPECT_FALSE(test, KeSetTimer(&timer, from_now(1), nullptr));
	EXPECT_STATUS(test, wait_forever(&timer), STATUS_SUCCESS);
	EXPECT_FALSE(test, KeReadStateTimer(&timer));
	EXPECT_STATUS(test, poll(&timer), STATUS_TIMEOUT);
}

void absolute_time(struct kunit *test)
{
	LARGE_INTEGER now, past;
	KTIMER timer;

	KeInitializeTimer(&timer);
	KeQuerySystemTimePrecise(&now);
	past.QuadPart = now.QuadPart - 10 * units_per_ms;
	now.QuadPart += 20 * units_per_ms;
	EXPECT_FALSE(test, KeSetTimer(&timer, now, nullptr));
	EXPECT_STATUS(test, wait_forever(&timer), STATUS_SUCCESS);

	LARGE_INTEGER after;
	KeQuerySystemTimePrecise(&after);
	EXPECT_GE(test, after.QuadPart, now.QuadPart);
	EXPECT_FALSE(test, KeSetTimer(&timer, past, nullptr));
	EXPECT_TRUE(test, KeReadStateTimer(&timer));
}

void due_at_once(struct kunit *test)
{
	Counted counted;

	make(&counted);
	EXPECT_FALSE(test, KeSetTimer(&counted.timer, at_once, &counted.dpc));
	EXPECT_TRUE(test, KeReadStateTimer(&counted.timer));
	EXPECT_FALSE(test, KeCancelTimer(&counted.timer));
	KeFlushQueuedDpcs();
	EXPECT_EQ(test, counted.calls, 1);
}

void queues_its_dpc(struct kunit *test)
{
	LARGE_INTEGER before, after, told;
	Counted counted;

	make(&counted);
	KeQuerySystemTimePrecise(&before);
	EXPECT_FALSE(test, KeSetTimer(&counted.timer, from_now(5), &counted.dpc));
	EXPECT_STATUS(test, wait_forever(&counted.timer), STATUS_SUCCESS);
	KeFlushQueuedDpcs();
	KeQuerySystemTimePrecise(&after);
	EXPECT_EQ(test, counted.calls, 1);
	told.u.LowPart = static_cast<ULONG>(counted.system_time[0]);
	told.u.HighPart = static_cast<LONG>(counted.system_time[1]);
	EXPECT_GE(test, told.QuadPart, before.QuadPart);
	EXPECT_LE(test, told.QuadPart, after.QuadPart);
}

/* Sets the timer, and cancels it before it expires: which it may do, after all. */
bool set_and_cancel_in_time(Counted *counted)
{
	for (int tries = 0; tries < 100; tries++) {
		make(counted);
		KeSetTimer(&counted->timer, from_now(20), &counted->dpc);
		if (KeCancelTimer(&counted->timer))
			return true;
		KeFlushQueuedDpcs();
	}
	return false;
}

void cancelled(struct kunit *test)
{
	Counted counted;

	EXPECT_TRUE(test, set_and_cancel_in_time(&counted));
	EXPECT_FALSE(test, KeCancelTimer(&counted.timer));
	bridge_sleep_ms(50);
	EXPECT_FALSE(test, KeReadStateTimer(&counted.timer));
	EXPECT_EQ(test, counted.calls, 0);
}

void set_again(struct kunit *test)
{
	Counted counted;

	make(&counted);
	EXPECT_FALSE(test, KeSetTimer(&counted.timer, from_now(long_ms), &counted.dpc));
	EXPECT_TRUE(test, KeSetTimer(&counted.timer, from_now(5), &counted.dpc));
	EXPECT_STATUS(test, wait_forever(&counted.timer), STATUS_SUCCESS);
	EXPECT_FALSE(test, KeSetTimer(&counted.timer, from_now(long_ms), &counted.dpc));
	EXPECT_FALSE(test, KeReadStateTimer(&counted.timer));
	EXPECT_TRUE(test, KeCancelTimer(&counted.timer));
	KeFlushQueuedDpcs();
	EXPECT_EQ(test, counted.calls, 1);
}

void periodic(struct kunit *test)
{
	Counted counted;

	make(&counted, SynchronizationTimer);
	EXPECT_FALSE(test, KeSetTimerEx(&counted.timer, from_now(2), 3, &counted.dpc));
	for (int i = 0; i < 5; i++)
		EXPECT_STATUS(test, wait_forever(&counted.timer), STATUS_SUCCESS);
	/* It may expire while its DPC is queued. */
	EXPECT_TRUE(test, wait_until([&]() { return counted.calls >= 5; }));
	EXPECT_TRUE(test, KeCancelTimer(&counted.timer));
	KeFlushQueuedDpcs();

	LONG calls = counted.calls;
	bridge_sleep_ms(20);
	EXPECT_EQ(test, counted.calls, calls);
	EXPECT_FALSE(test, KeCancelTimer(&counted.timer));
}

void periodic_from_absolute_time(struct kunit *test)
{
	LARGE_INTEGER due;
	Counted counted;

	make(&counted, SynchronizationTimer);
	KeQuerySystemTimePrecise(&due);
	due.QuadPart += 2 * units_per_ms;
	EXPECT_FALSE(test, KeSetCoalescableTimer(&counted.timer, due, 2, 50, &counted.dpc));
	for (int i = 0; i < 3; i++)
		EXPECT_STATUS(test, wait_forever(&counted.timer), STATUS_SUCCESS);
	EXPECT_TRUE(test, KeCancelTimer(&counted.timer));
	KeFlushQueuedDpcs();
}

void cancelled_by_its_dpc(struct kunit *test)
{
	Counted counted;

	make(&counted);
	counted.cancel_at = 3;
	KeSetTimerEx(&counted.timer, from_now(1), 1, &counted.dpc);
	EXPECT_TRUE(test, wait_until([&]() { return counted.calls >= 3; }));
	/* Before the DPC cancelled it, it may have expired, and have queued the DPC again. */
	KeFlushQueuedDpcs();
	EXPECT_FALSE(test, KeCancelTimer(&counted.timer));
	KeFlushQueuedDpcs();

	LONG calls = counted.calls;
	bridge_sleep_ms(10);
	EXPECT_EQ(test, counted.calls, calls);
}

void wakes_several(struct kunit *test)
{
	WaitingThread threads[2];
	KTIMER timer;

	KeInitializeTimer(&timer);
	for (auto &thread : threads)
		ASSERT_TRUE(test, thread.start(&timer));
	KeSetTimer(&timer, from_now(5), nullptr);
	for (auto &thread : threads)
		EXPECT_STATUS(test, thread.join(), STATUS_SUCCESS);
}

/*
 * Many at once, in an order that is not theirs. They lie in one page, so that one alarm rings for
 * them; it may change processor, but their DPCs are all queued to one.
 */
void in_order(struct kunit *test)
{
	constexpr int timers = PAGE_SIZE / sizeof(KTIMER);
	struct Many {
		KTIMER timer[timers];
		KDPC dpc[timers];
		int order[timers];
		bool cancelled[timers];
	};
	static constinit int called;
	auto *many = static_cast<Many *>(ExAllocatePoolZero(NonPagedPoolNx, sizeof(Many), 'mTDT'));
	LARGE_INTEGER begin, now;
	KIRQL irql;

	ASSERT_NOT_NULL(test, many);
	EXPECT_EQ(test, reinterpret_cast<ULONG_PTR>(many) % PAGE_SIZE, 0ul);
	for (int i = 0; i < timers; i++) {
		KeInitializeTimer(&many->timer[i]);
		KeInitializeDpc(
			&many->dpc[i],
			[](PKDPC, PVOID order, PVOID, PVOID) -> VOID {
				*static_cast<int *>(order) = ++called;
			},
			&many->order[i]);
		KeSetTargetProcessorDpc(&many->dpc[i], 0);
	}
	/* By one clock; again when the first is due before the last is set. */
	for (LONGLONG lead_ms = 50;; lead_ms *= 2) {
		KeRaiseIrql(DISPATCH_LEVEL, &irql);
		KeQuerySystemTimePrecise(&begin);
		begin.QuadPart += lead_ms * units_per_ms;
		for (int i = 0; i < timers; i++) {
			const int which = i * 37 % timers;
			LARGE_INTEGER due;

			due.QuadPart = begin.QuadPart + which * 3 * units_per_ms;
			KeSetTimer(&many->timer[which], due, &many->dpc[which]);
		}
		KeQuerySystemTimePrecise(&now);
		KeLowerIrql(irql);
		if (now.QuadPart < begin.QuadPart)
			break;
		for (KTIMER &timer : many->timer)
			KeCancelTimer(&timer);
		KeFlushQueuedDpcs();
		RtlZeroMemory(many->order, sizeof(many->order));
	}
	/* One that has expired meanwhile, is not cancelled. The last is waited for. */
	for (int i = 3; i < timers - 1; i += 10)
		many->cancelled[i] = KeCancelTimer(&many->timer[i]);
	EXPECT_STATUS(test, wait_forever(&many->timer[timers - 1]), STATUS_SUCCESS);
	KeFlushQueuedDpcs();
	for (int i = 0, last = 0; i < timers; i++) {
		if (many->cancelled[i]) {
			EXPECT_EQ(test, many->order[i], 0);
			continue;
		}
		EXPECT_GT(test, many->order[i], last);
		last = many->order[i];
	}
	EXPECT_RULES(test, 0, ExFreePool(many));
}

void tree_keeps_order(struct kunit *test)
{
	constexpr unsigned int timers = 24;
	KTIMER timer[timers] = {};
	TimerTree tree;
	unsigned int present = 0;
	ULONGLONG last = 0;

	EXPECT_NULL(test, tree.first());
	for (unsigned int i = 0; i < timers; i++) {
		timer[i].DueTime.QuadPart = i * 29 % 16; /* some are due at once */
		tree.insert(&timer[i]);
	}
	for (unsigned int i = 0; i < timers; i += 3)
		tree.remove(&timer[i]);
	EXPECT_NULL(test, tree.find([&](PKTIMER found) {
		unsigned int index = static_cast<unsigned int>(found - timer);

		present++;
		EXPECT_NE(test, index % 3, 0u);
		EXPECT_GE(test, found->DueTime.QuadPart, last);
		last = found->DueTime.QuadPart;
		return false;
	}));
	EXPECT_EQ(test, present, timers - (timers + 2) / 3);
	while (PKTIMER first = tree.first()) {
		tree.remove(first);
		present--;
	}
	EXPECT_EQ(test, present, 0u);
}

void set_and_cancel(void *context)
{
	auto *timer = static_cast<PKTIMER>(context);

	KeSetTimer(timer, from_now(long_ms), nullptr);
	KeCancelTimer(timer);
}

void irql(struct kunit *test)
{
	KTIMER timer;

	KeInitializeTimer(&timer);
	EXPECT_RULES(test, 0, bridge_run_in_softirq(set_and_cancel, &timer));
	EXPECT_RULES(test, 2, bridge_run_at_high(set_and_cancel, &timer));
	EXPECT_FALSE(test, KeCancelTimer(&timer));
}

void bad_input(struct kunit *test)
{
	KTIMER zeros = {}, timer;
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KeInitializeTimer(&timer);
	EXPECT_RULES(test, 1, EXPECT_FALSE(test, KeSetTimer(&zeros, at_once, nullptr)));
	EXPECT_RULES(test, 1, EXPECT_FALSE(test, KeCancelTimer(reinterpret_cast<PKTIMER>(&event))));
	EXPECT_RULES(test, 1, KeSetTimerEx(&timer, from_now(1), -5, nullptr));
	EXPECT_STATUS(test, wait_forever(&timer), STATUS_SUCCESS);
	EXPECT_FALSE(test, KeCancelTimer(&timer));
}

void freed_while_set(struct kunit *test)
{
	constexpr SIZE_T sizes[] = {sizeof(KTIMER), 3 * PAGE_SIZE};

	for (SIZE_T bytes : sizes) {
		auto *block =
			static_cast<char *>(ExAllocatePoolZero(NonPagedPoolNx, bytes, 'mTDT'));

		ASSERT_NOT_NULL(test, block);
		if (!bridge_checked()) {
			ExFreePool(block);
			bridge_skip(test, "only checked builds look");
		}

		auto *timer = reinterpret_cast<PKTIMER>(block + bytes - sizeof(KTIMER));

		KeInitializeTimer(timer);
		KeSetTimer(timer, from_now(not_yet_ms()), nullptr);
		EXPECT_RULES(test, 1, ExFreePool(block));
	}
	bridge_sleep_ms(40);
}

constexpr bridge_case cases[] = {
	{"a timer is signalled when its time has come", expires},
	{"a synchronization timer lets one wait succeed", synchronization_timer},
	{"a timer can be set to a system time", absolute_time},
	{"a timer that is due expires in the call", due_at_once},
	{"a timer queues its DPC with the system time", queues_its_dpc},
	{"a timer that was cancelled does not expire", cancelled},
	{"a timer that is set again forgets when it was due", set_again},
	{"a timer with a period expires until it is cancelled", periodic},
	{"a period may begin at a system time", periodic_from_absolute_time},
	{"a timer can be cancelled by its DPC", cancelled_by_its_dpc},
	{"a notification timer wakes all that wait", wakes_several},
	{"timers expire in the order of their times", in_order},
	{"the tree of timers keeps their order", tree_keeps_order},
	{"timers can be set in a softirq but not above", irql},
	{"what is no timer is refused", bad_input},
	{"freeing a timer that is set is a broken rule and cancels it", freed_while_set},
};

} // namespace

BRIDGE_SUITE(ke_timer, cases)
