// SPDX-License-Identifier: MIT OR GPL-2.0
/* Deferred procedure calls. */
#include "waiting.h"

#include "nt/driver_account.h"
#include "port/driver.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

/* A DPC that notes its calls. */
struct Noted {
	KDPC dpc;
	KEVENT called;
	int calls;
	KIRQL irql;
	PVOID context, argument1, argument2;
	ULONG processor;
	int order;
	int again; /* how often it queues itself */
};

constinit int next_order;

VOID note(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	Noted *noted = CONTAINING_RECORD(dpc, Noted, dpc);

	noted->calls++;
	noted->irql = KeGetCurrentIrql();
	noted->context = context;
	noted->argument1 = argument1;
	noted->argument2 = argument2;
	noted->processor = KeGetCurrentProcessorNumberEx(nullptr);
	noted->order = ++next_order;
	if (noted->again) {
		noted->again--;
		KeInsertQueueDpc(dpc, nullptr, nullptr);
	} else {
		KeSetEvent(&noted->called, IO_NO_INCREMENT, FALSE);
	}
}

void make(Noted *noted)
{
	*noted = {};
	KeInitializeEvent(&noted->called, SynchronizationEvent, FALSE);
	KeInitializeDpc(&noted->dpc, note, noted);
}

PVOID value(ULONG_PTR number)
{
	return reinterpret_cast<PVOID>(number);
}

void runs_with_its_arguments(struct kunit *test)
{
	Noted noted;

	make(&noted);
	EXPECT_TRUE(test, KeInsertQueueDpc(&noted.dpc, value(1), value(2)));
	EXPECT_STATUS(test, wait_forever(&noted.called), STATUS_SUCCESS);
	EXPECT_EQ(test, noted.calls, 1);
	EXPECT_EQ(test, noted.irql, DISPATCH_LEVEL);
	EXPECT_PTR_EQ(test, noted.context, &noted);
	EXPECT_PTR_EQ(test, noted.argument1, value(1));
	EXPECT_PTR_EQ(test, noted.argument2, value(2));
	KeFlushQueuedDpcs();
}

void threaded_runs(struct kunit *test)
{
	Noted noted;

	make(&noted);
	KeInitializeThreadedDpc(&noted.dpc, note, &noted);
	EXPECT_TRUE(test, KeInsertQueueDpc(&noted.dpc, value(1), value(2)));
	EXPECT_STATUS(test, wait_forever(&noted.called), STATUS_SUCCESS);
	EXPECT_EQ(test, noted.calls, 1);
	EXPECT_PTR_EQ(test, noted.argument2, value(2));
	KeFlushQueuedDpcs();
}

/* Results of calls at DISPATCH_LEVEL, where nothing runs in between. */
struct Queueing {
	Noted first, second, urgent;
	BOOLEAN inserted, again, removed, removed_again, reinserted;
	int calls_meanwhile;
};

void queue_twice(void *context)
{
	auto *queueing = static_cast<Queueing *>(context);

	queueing->inserted = KeInsertQueueDpc(&queueing->first.dpc, value(1), nullptr);
	queueing->again = KeInsertQueueDpc(&queueing->first.dpc, value(2), nullptr);
	queueing->calls_meanwhile = queueing->first.calls;
}

void queued_once(struct kunit *test)
{
	Queueing queueing;

	make(&queueing.first);
	bridge_run_at_dispatch(queue_twice, &queueing);
	EXPECT_TRUE(test, queueing.inserted);
	EXPECT_FALSE(test, queueing.again);
	EXPECT_EQ(test, queueing.calls_meanwhile, 0);
	KeFlushQueuedDpcs();
	EXPECT_EQ(test, queueing.first.calls, 1);
	EXPECT_PTR_EQ(test, queueing.first.argument1, value(1));
}

void queue_and_remove(void *context)
{
	auto *queueing = static_cast<Queueing *>(context);

	KeInsertQueueDpc(&queueing->second.dpc, nullptr, nullptr);
	KeInsertQueueDpc(&queueing->first.dpc, value(1), nullptr);
	KeInsertQueueDpc(&queueing->urgent.dpc, nullptr, nullptr);
	queueing->removed = KeRemoveQueueDpc(&queueing->first.dpc);
	queueing->removed_again = KeRemoveQueueDpc(&queueing->first.dpc);
	KeRemoveQueueDpc(&queueing->urgent.dpc);
	queueing->reinserted = KeInsertQueueDpc(&queueing->urgent.dpc, value(3), nullptr);
}

void removed(struct kunit *test)
{
	Queueing queueing;

	make(&queueing.first);
	make(&queueing.second);
	make(&queueing.urgent);
	bridge_run_at_dispatch(queue_and_remove, &queueing);
	EXPECT_TRUE(test, queueing.removed);
	EXPECT_FALSE(test, queueing.removed_again);
	EXPECT_TRUE(test, queueing.reinserted);
	KeFlushQueuedDpcs();
	EXPECT_EQ(test, queueing.first.calls, 0);
	EXPECT_EQ(test, queueing.second.calls, 1);
	EXPECT_EQ(test, queueing.urgent.calls, 1);
	EXPECT_PTR_EQ(test, queueing.urgent.argument1, value(3));
	EXPECT_FALSE(test, KeRemoveQueueDpc(&queueing.second.dpc));
}

void queue_three(void *context)
{
	auto *queueing = static_cast<Queueing *>(context);

	KeInsertQueueDpc(&queueing->first.dpc, nullptr, nullptr);
	KeInsertQueueDpc(&queueing->second.dpc, nullptr, nullptr);
	KeInsertQueueDpc(&queueing->urgent.dpc, nullptr, nullptr);
}

void important_ones_first(struct kunit *test)
{
	Queueing queueing;

	make(&queueing.first);
	make(&queueing.second);
	make(&queueing.urgent);
	KeSetImportanceDpc(&queueing.urgent.dpc, HighImportance);
	KeSetImportanceDpc(&queueing.first.dpc, LowImportance);
	bridge_run_at_dispatch(queue_three, &queueing);
	KeFlushQueuedDpcs();
	EXPECT_LT(test, queueing.urgent.order, queueing.first.order);
	EXPECT_LT(test, queueing.first.order, queueing.second.order);
}

void insert_one(void *context)
{
	KeInsertQueueDpc(&static_cast<Noted *>(context)->dpc, nullptr, nullptr);
}

void any_irql(struct kunit *test)
{
	Noted noted;

	make(&noted);
	EXPECT_RULES(test, 0, bridge_run_at_high(insert_one, &noted));
	KeFlushQueuedDpcs();
	EXPECT_EQ(test, noted.calls, 1);
	EXPECT_RULES(test, 0, bridge_run_in_softirq(insert_one, &noted));
	KeFlushQueuedDpcs();
	EXPECT_EQ(test, noted.calls, 2);
	EXPECT_EQ(test, noted.irql, DISPATCH_LEVEL);
}

void queues_itself(struct kunit *test)
{
	Noted noted;

	make(&noted);
	noted.again = 100;
	EXPECT_TRUE(test, KeInsertQueueDpc(&noted.dpc, nullptr, nullptr));
	EXPECT_STATUS(test, wait_forever(&noted.called), STATUS_SUCCESS);
	EXPECT_EQ(test, noted.calls, 101);
	KeFlushQueuedDpcs();
}

void frees_itself(struct kunit *test)
{
	auto *dpc = static_cast<PKDPC>(ExAllocatePoolZero(NonPagedPoolNx, sizeof(KDPC), 'cpDT'));

	ASSERT_NOT_NULL(test, dpc);
	KeInitializeDpc(
		dpc, [](PKDPC self, PVOID, PVOID, PVOID) -> VOID { ExFreePool(self); }, nullptr);
	EXPECT_RULES(test, 0, KeInsertQueueDpc(dpc, nullptr, nullptr); KeFlushQueuedDpcs());
}

void on_each_processor(struct kunit *test)
{
	Noted noted;

	make(&noted);
	for (ULONG i = 0; i < KeQueryActiveProcessorCount(nullptr); i++) {
		PROCESSOR_NUMBER number;

		KeSetTargetProcessorDpc(&noted.dpc, static_cast<CCHAR>(i));
		KeInsertQueueDpc(&noted.dpc, nullptr, nullptr);
		EXPECT_STATUS(test, wait_forever(&noted.called), STATUS_SUCCESS);
		EXPECT_EQ(test, noted.processor, i);
		EXPECT_STATUS(test, KeGetProcessorNumberFromIndex(i, &number), STATUS_SUCCESS);
		EXPECT_STATUS(test, KeSetTargetProcessorDpcEx(&noted.dpc, &number), STATUS_SUCCESS);
		KeInsertQueueDpc(&noted.dpc, nullptr, nullptr);
		EXPECT_STATUS(test, wait_forever(&noted.called), STATUS_SUCCESS);
		EXPECT_EQ(test, noted.processor, i);
	}
	KeFlushQueuedDpcs();
}

void bad_input(struct kunit *test)
{
	PROCESSOR_NUMBER nowhere = {.Group = 999, .Number = 0, .Reserved = 0};
	KDPC zeros = {};
	Noted noted;

	make(&noted);
	EXPECT_RULES(test, 1, EXPECT_FALSE(test, KeInsertQueueDpc(&zeros, nullptr, nullptr)));
	EXPECT_RULES(test, 1, EXPECT_FALSE(test, KeRemoveQueueDpc(&zeros)));
	EXPECT_RULES(test, 1, KeSetImportanceDpc(&zeros, HighImportance));
	EXPECT_RULES(test, 1, KeSetTargetProcessorDpc(&noted.dpc, 127));
	EXPECT_STATUS(test, KeSetTargetProcessorDpcEx(&noted.dpc, &nowhere),
		      STATUS_INVALID_PARAMETER);
	EXPECT_TRUE(test, KeInsertQueueDpc(&noted.dpc, nullptr, nullptr));
	KeFlushQueuedDpcs();
	EXPECT_EQ(test, noted.calls, 1);
}

VOID return_raised(PKDPC, PVOID, PVOID, PVOID)
{
	KIRQL irql;

	KeRaiseIrql(HIGH_LEVEL, &irql);
}

void irql_not_restored(struct kunit *test)
{
	KDPC dpc;

	if (!bridge_checked())
		bridge_skip(test, "only checked builds tell");
	KeInitializeDpc(&dpc, return_raised, nullptr);
	EXPECT_RULES(test, 1, KeInsertQueueDpc(&dpc, nullptr, nullptr); KeFlushQueuedDpcs());
}

void flush_at_dispatch(void *)
{
	KeFlushQueuedDpcs();
}

void flush_needs_passive(struct kunit *test)
{
	EXPECT_RULES(test, 1, bridge_run_at_dispatch(flush_at_dispatch, nullptr));
}

/* Frees the block while the DPC in it is queued. */
void queue_and_free(void *context)
{
	auto *dpc = static_cast<PKDPC>(context);

	KeInsertQueueDpc(dpc, nullptr, nullptr);
	ExFreePool(dpc);
}

void freed_while_queued(struct kunit *test)
{
	auto *dpc = static_cast<PKDPC>(ExAllocatePoolZero(NonPagedPoolNx, sizeof(KDPC), 'cpDT'));

	ASSERT_NOT_NULL(test, dpc);
	if (!bridge_checked()) {
		ExFreePool(dpc);
		bridge_skip(test, "only checked builds look");
	}
	KeInitializeDpc(dpc, note, nullptr);
	EXPECT_RULES(test, 1, bridge_run_at_dispatch(queue_and_free, dpc));
	KeFlushQueuedDpcs();
}

constexpr bridge_case cases[] = {
	{"a DPC runs at DISPATCH_LEVEL with its arguments", runs_with_its_arguments},
	{"a threaded DPC runs", threaded_runs},
	{"a DPC that is queued is not queued again", queued_once},
	{"a DPC that was removed does not run", removed},
	{"important DPCs run before others", important_ones_first},
	{"a DPC can be queued at any IRQL", any_irql},
	{"a DPC can queue itself", queues_itself},
	{"a DPC can free itself", frees_itself},
	{"a DPC runs on the processor that it was told to", on_each_processor},
	{"a DPC that was not initialized, or for no processor, is refused", bad_input},
	{"a DPC that returns at another IRQL is a broken rule", irql_not_restored},
	{"flushing DPCs above PASSIVE_LEVEL is a broken rule", flush_needs_passive},
	{"freeing a queued DPC is a broken rule and takes it out", freed_while_queued},
};

} // namespace

BRIDGE_SUITE(ke_dpc, cases)
