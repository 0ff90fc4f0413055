// SPDX-License-Identifier: MIT OR GPL-2.0
/* Work items of the executive. */
#include "waiting.h"

#include "port/work.h"

using namespace wsk::test;

namespace
{

struct Work {
	WORK_QUEUE_ITEM item;
	KEVENT called;
	int calls;
	int again;
	KIRQL irql;
};

VOID work_routine(PVOID parameter)
{
	auto *work = static_cast<Work *>(parameter);

	work->irql = KeGetCurrentIrql();
	work->calls++;
	if (work->again) {
		work->again--;
		ExQueueWorkItem(&work->item, DelayedWorkQueue);
		return;
	}
	KeSetEvent(&work->called, IO_NO_INCREMENT, FALSE);
}

void make(Work *work)
{
	*work = {};
	KeInitializeEvent(&work->called, SynchronizationEvent, FALSE);
	ExInitializeWorkItem(&work->item, work_routine, work);
}

void runs(struct kunit *test)
{
	Work work;

	make(&work);
	work.again = 5;
	EXPECT_RULES(test, 0, ExQueueWorkItem(&work.item, CriticalWorkQueue);
		     wait_forever(&work.called));
	EXPECT_EQ(test, work.calls, 6);
	EXPECT_EQ(test, work.irql, PASSIVE_LEVEL);
	EXPECT_NULL(test, work.item.List.Flink);
	port_work_flush();
}

void queue_it(void *context)
{
	ExQueueWorkItem(&static_cast<Work *>(context)->item, DelayedWorkQueue);
}

void at_dispatch_level(struct kunit *test)
{
	Work work;

	make(&work);
	EXPECT_RULES(test, 0, bridge_run_in_softirq(queue_it, &work));
	EXPECT_STATUS(test, wait_forever(&work.called), STATUS_SUCCESS);
	EXPECT_EQ(test, work.irql, PASSIVE_LEVEL);
	port_work_flush();
}

struct Freed {
	WORK_QUEUE_ITEM item;
	PKEVENT called;
};

VOID free_it(PVOID parameter)
{
	PKEVENT called = static_cast<Freed *>(parameter)->called;

	ExFreePool(parameter);
	KeSetEvent(called, IO_NO_INCREMENT, FALSE);
}

/* More than there are runners. */
void many_that_free_themselves(struct kunit *test)
{
	constexpr int items = 200;
	KEVENT called;

	KeInitializeEvent(&called, SynchronizationEvent, FALSE);
	for (int i = 0; i < items; i++) {
		auto *freed = static_cast<Freed *>(
			ExAllocatePoolZero(NonPagedPoolNx, sizeof(Freed), 'wXET'));

		ASSERT_NOT_NULL(test, freed);
		freed->called = &called;
		ExInitializeWorkItem(&freed->item, free_it, freed);
		ExQueueWorkItem(&freed->item, DelayedWorkQueue);
	}
	port_work_flush();
	EXPECT_STATUS(test, poll(&called), STATUS_SUCCESS);
}

void queue_twice(void *context)
{
	queue_it(context);
	queue_it(context);
}

void queued_already(struct kunit *test)
{
	Work work;

	if (KeQueryActiveProcessorCount(nullptr) > 1)
		bridge_skip(test, "another processor may run the work in between");
	make(&work);
	EXPECT_RULES(test, 1, bridge_run_at_dispatch(queue_twice, &work));
	EXPECT_STATUS(test, wait_forever(&work.called), STATUS_SUCCESS);
	port_work_flush();
	EXPECT_EQ(test, work.calls, 1);
}

struct Endless {
	WORK_QUEUE_ITEM item;
	LONG calls, stop;
};

VOID queue_again(PVOID parameter)
{
	auto *endless = static_cast<Endless *>(parameter);

	if (++endless->calls < 10000000 && !ReadAcquire(&endless->stop))
		ExQueueWorkItem(&endless->item, DelayedWorkQueue);
	else
		WriteRelease(&endless->stop, 2);
}

void flushed_under_way(struct kunit *test)
{
	Endless endless = {};

	ExInitializeWorkItem(&endless.item, queue_again, &endless);
	ExQueueWorkItem(&endless.item, DelayedWorkQueue);
	port_work_flush();
	EXPECT_EQ(test, InterlockedCompareExchange(&endless.stop, 1, 0), 0);
	EXPECT_TRUE(test, wait_until([&]() { return ReadAcquire(&endless.stop) == 2; }));
	port_work_flush();
}

constexpr bridge_case cases[] = {
	{"a work item runs at PASSIVE_LEVEL, and can be queued again by its routine", runs},
	{"a work item can be queued at DISPATCH_LEVEL", at_dispatch_level},
	{"many work items run, and may free themselves", many_that_free_themselves},
	{"a flush does not wait for what is queued later", flushed_under_way},
	{"a work item that is queued is not queued again", queued_already},
};

} // namespace

BRIDGE_SUITE(ex_work, cases)
