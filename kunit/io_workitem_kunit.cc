// SPDX-License-Identifier: MIT OR GPL-2.0
/* Work items of the I/O manager. */
#include "waiting.h"

#include "nt/driver.h"
#include "port/memory.h"
#include "port/work.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

struct Seen {
	KEVENT called, go_on;
	PIO_WORKITEM item;
	PVOID object;
	KIRQL irql;
	int calls;
	int again;
	bool frees;
	bool waits;
};

void make(Seen *seen)
{
	*seen = {};
	KeInitializeEvent(&seen->called, SynchronizationEvent, FALSE);
	KeInitializeEvent(&seen->go_on, SynchronizationEvent, FALSE);
}

VOID routine_ex(PVOID object, PVOID context, PIO_WORKITEM item)
{
	auto *seen = static_cast<Seen *>(context);

	seen->item = item;
	seen->object = object;
	seen->irql = KeGetCurrentIrql();
	seen->calls++;
	if (seen->waits)
		wait_forever(&seen->go_on);
	if (seen->again) {
		seen->again--;
		IoQueueWorkItemEx(item, routine_ex, DelayedWorkQueue, context);
		return;
	}
	if (seen->frees)
		IoFreeWorkItem(item);
	KeSetEvent(&seen->called, IO_NO_INCREMENT, FALSE);
}

VOID routine(PDEVICE_OBJECT device, PVOID context)
{
	routine_ex(device, context, static_cast<Seen *>(context)->item);
}

PDEVICE_OBJECT some_device()
{
	static constinit DEVICE_OBJECT device;

	return &device;
}

long outstanding()
{
	return driver_outstanding(driver_of(nullptr), Resource::work_items);
}

void runs(struct kunit *test)
{
	long before = outstanding();
	Seen seen;

	make(&seen);
	PIO_WORKITEM item = IoAllocateWorkItem(some_device());
	ASSERT_NOT_NULL(test, item);
	EXPECT_EQ(test, outstanding(), before + 1);
	IoQueueWorkItem(item, routine, DelayedWorkQueue, &seen);
	EXPECT_STATUS(test, wait_forever(&seen.called), STATUS_SUCCESS);
	EXPECT_EQ(test, seen.irql, PASSIVE_LEVEL);
	EXPECT_PTR_EQ(test, seen.object, some_device());

	/* The same item, the other kind of routine, another queue. */
	IoQueueWorkItemEx(item, routine_ex, CriticalWorkQueue, &seen);
	EXPECT_STATUS(test, wait_forever(&seen.called), STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, seen.item, item);
	EXPECT_EQ(test, seen.calls, 2);
	IoFreeWorkItem(item);
	EXPECT_EQ(test, outstanding(), before);
	port_work_flush();
}

void frees_itself(struct kunit *test)
{
	long before = outstanding();
	Seen seen;

	make(&seen);
	seen.frees = true;
	seen.again = 3;
	PIO_WORKITEM item = IoAllocateWorkItem(some_device());
	ASSERT_NOT_NULL(test, item);
	EXPECT_RULES(test, 0, IoQueueWorkItemEx(item, routine_ex, DelayedWorkQueue, &seen);
		     wait_forever(&seen.called));
	EXPECT_EQ(test, seen.calls, 4);
	EXPECT_EQ(test, outstanding(), before);
	port_work_flush();
}

void own_memory(struct kunit *test)
{
	Seen seen;

	make(&seen);
	auto *item = static_cast<PIO_WORKITEM>(
		ExAllocatePoolUninitialized(NonPagedPoolNx, IoSizeofWorkItem(), 'wITT'));
	ASSERT_NOT_NULL(test, item);
	IoInitializeWorkItem(some_device(), item);
	IoQueueWorkItemEx(item, routine_ex, DelayedWorkQueue, &seen);
	EXPECT_STATUS(test, wait_forever(&seen.called), STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, seen.object, some_device());
	EXPECT_RULES(test, 0, IoUninitializeWorkItem(item));
	ExFreePool(item);
	port_work_flush();
}

struct Dispatch {
	PIO_WORKITEM item;
	Seen *seen;
	BOOLEAN queued, again;
};

void queue_twice(void *context)
{
	auto *dispatch = static_cast<Dispatch *>(context);

	dispatch->item = IoAllocateWorkItem(some_device());
	if (!dispatch->item)
		return;
	dispatch->queued =
		IoTryQueueWorkItem(dispatch->item, routine_ex, DelayedWorkQueue, dispatch->seen);
	/* This processor does not run it before; another one may. */
	dispatch->again =
		IoTryQueueWorkItem(dispatch->item, routine_ex, DelayedWorkQueue, dispatch->seen);
}

void at_dispatch_level(struct kunit *test)
{
	Dispatch dispatch = {};
	Seen seen;

	make(&seen);
	dispatch.seen = &seen;
	EXPECT_RULES(test, 0, bridge_run_in_softirq(queue_twice, &dispatch));
	ASSERT_NOT_NULL(test, dispatch.item);
	EXPECT_TRUE(test, dispatch.queued);
	EXPECT_STATUS(test, wait_forever(&seen.called), STATUS_SUCCESS);
	EXPECT_EQ(test, seen.irql, PASSIVE_LEVEL);
	port_work_flush();
	EXPECT_EQ(test, seen.calls, dispatch.again ? 2 : 1);
	IoFreeWorkItem(dispatch.item);
}

/* Many that block at once, and one that ends it. */
void blocking_ones(struct kunit *test)
{
	constexpr int items = 40;
	static constinit Seen seen[items + 1];
	PIO_WORKITEM item[items + 1];

	for (int i = 0; i <= items; i++) {
		make(&seen[i]);
		seen[i].waits = i < items;
		seen[i].frees = true;
		item[i] = IoAllocateWorkItem(some_device());
		ASSERT_NOT_NULL(test, item[i]);
		IoQueueWorkItemEx(item[i], routine_ex, DelayedWorkQueue, &seen[i]);
	}
	EXPECT_STATUS(test, wait_forever(&seen[items].called), STATUS_SUCCESS);
	for (int i = 0; i < items; i++) {
		KeSetEvent(&seen[i].go_on, IO_NO_INCREMENT, FALSE);
		EXPECT_STATUS(test, wait_forever(&seen[i].called), STATUS_SUCCESS);
	}
	port_work_flush();
}

/* A call that waits for the next one by the same item. */
struct Awaited {
	KEVENT second, done;
	bool anew; /* initializes the item again for it */
	NTSTATUS waited;
};

NTSTATUS wait_long(PKEVENT event)
{
	LARGE_INTEGER timeout = from_now(20000);

	return KeWaitForSingleObject(event, Executive, KernelMode, FALSE, &timeout);
}

VOID second_call(PVOID, PVOID context, PIO_WORKITEM)
{
	KeSetEvent(&static_cast<Awaited *>(context)->second, IO_NO_INCREMENT, FALSE);
}

VOID first_call(PVOID object, PVOID context, PIO_WORKITEM item)
{
	auto *awaited = static_cast<Awaited *>(context);

	if (awaited->anew) {
		IoUninitializeWorkItem(item);
		IoInitializeWorkItem(object, item);
	}
	IoQueueWorkItemEx(item, second_call, DelayedWorkQueue, context);
	awaited->waited = wait_long(&awaited->second);
	KeSetEvent(&awaited->done, IO_NO_INCREMENT, FALSE);
}

void wait_for_the_second(struct kunit *test, bool anew)
{
	Awaited awaited = {};
	auto *item = static_cast<PIO_WORKITEM>(
		ExAllocatePoolUninitialized(NonPagedPoolNx, IoSizeofWorkItem(), 'wITT'));

	ASSERT_NOT_NULL(test, item);
	awaited.anew = anew;
	KeInitializeEvent(&awaited.second, SynchronizationEvent, FALSE);
	KeInitializeEvent(&awaited.done, SynchronizationEvent, FALSE);
	IoInitializeWorkItem(some_device(), item);
	IoQueueWorkItemEx(item, first_call, DelayedWorkQueue, &awaited);
	EXPECT_STATUS(test, wait_forever(&awaited.done), STATUS_SUCCESS);
	EXPECT_STATUS(test, awaited.waited, STATUS_SUCCESS);
	port_work_flush();
	IoUninitializeWorkItem(item);
	ExFreePool(item);
}

void waits_for_its_own_item(struct kunit *test)
{
	wait_for_the_second(test, false);
}

/* As where the memory of an item that was freed becomes the next one's. */
void waits_for_a_successor(struct kunit *test)
{
	wait_for_the_second(test, true);
}

void queue_and_free(void *context)
{
	auto *dispatch = static_cast<Dispatch *>(context);

	IoQueueWorkItemEx(dispatch->item, routine_ex, DelayedWorkQueue, dispatch->seen);
	IoQueueWorkItemEx(dispatch->item, routine_ex, DelayedWorkQueue, dispatch->seen);
	IoFreeWorkItem(dispatch->item);
	IoUninitializeWorkItem(dispatch->item);
}

void broken_rules(struct kunit *test)
{
	Dispatch dispatch = {};
	Seen seen;

	if (KeQueryActiveProcessorCount(nullptr) > 1)
		bridge_skip(test, "another processor may run the work in between");
	make(&seen);
	dispatch.seen = &seen;
	dispatch.item = IoAllocateWorkItem(some_device());
	ASSERT_NOT_NULL(test, dispatch.item);
	EXPECT_RULES(test, 3, bridge_run_at_dispatch(queue_and_free, &dispatch));
	EXPECT_STATUS(test, wait_forever(&seen.called), STATUS_SUCCESS);
	port_work_flush();
	EXPECT_EQ(test, seen.calls, 1);
	IoFreeWorkItem(dispatch.item);
}

VOID stay_raised(PVOID, PVOID, PIO_WORKITEM)
{
	KeRaiseIrqlToDpcLevel();
}

void irql_not_restored(struct kunit *test)
{
	if (!bridge_checked())
		bridge_skip(test, "only checked builds look");

	PIO_WORKITEM item = IoAllocateWorkItem(some_device());

	ASSERT_NOT_NULL(test, item);
	EXPECT_RULES(test, 1, IoQueueWorkItemEx(item, stay_raised, DelayedWorkQueue, nullptr);
		     port_work_flush());
	IoFreeWorkItem(item);
}

void no_memory(struct kunit *test)
{
	port_alloc_fail(1);
	EXPECT_NULL(test, IoAllocateWorkItem(some_device()));
	EXPECT_TRUE(test, port_alloc_fail(0));
}

constexpr bridge_case cases[] = {
	{"a work item runs at PASSIVE_LEVEL with its object", runs},
	{"a routine can queue its item again and free it", frees_itself},
	{"a work item may lie in memory of the driver's", own_memory},
	{"a work item can be queued at DISPATCH_LEVEL", at_dispatch_level},
	{"routines that block do not keep others from running", blocking_ones},
	{"a routine can wait for its item, which it has queued again", waits_for_its_own_item},
	{"a routine can wait for another item in the memory of its own", waits_for_a_successor},
	{"a queued work item is neither queued again nor freed", broken_rules},
	{"a routine that returns at a raised IRQL is a broken rule", irql_not_restored},
	{"without memory there is no work item", no_memory},
};

} // namespace

BRIDGE_SUITE(io_workitem, cases)
