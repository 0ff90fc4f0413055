// SPDX-License-Identifier: MIT OR GPL-2.0
/* Spin locks for readers and writers. */
#include "locking.h"

using namespace wsk::test;

namespace
{

void levels(struct kunit *test)
{
	EX_SPIN_LOCK lock = 0;
	KIRQL irql = ExAcquireSpinLockExclusive(&lock);

	EXPECT_EQ(test, irql, PASSIVE_LEVEL);
	EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	EXPECT_FALSE(test, ExTryAcquireSpinLockSharedAtDpcLevel(&lock));
	EXPECT_FALSE(test, ExTryAcquireSpinLockExclusiveAtDpcLevel(&lock));
	ExReleaseSpinLockExclusive(&lock, irql);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);

	irql = ExAcquireSpinLockShared(&lock);
	EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	EXPECT_TRUE(test, ExTryAcquireSpinLockSharedAtDpcLevel(&lock));
	EXPECT_FALSE(test, ExTryAcquireSpinLockExclusiveAtDpcLevel(&lock));
	EXPECT_FALSE(test, ExTryConvertSharedSpinLockExclusive(&lock));
	ExReleaseSpinLockSharedFromDpcLevel(&lock);
	EXPECT_TRUE(test, ExTryConvertSharedSpinLockExclusive(&lock));
	EXPECT_FALSE(test, ExTryAcquireSpinLockSharedAtDpcLevel(&lock));
	ExReleaseSpinLockExclusive(&lock, irql);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	EXPECT_EQ(test, lock, 0);
}

void use_at_dispatch(void *context)
{
	auto *lock = static_cast<PEX_SPIN_LOCK>(context);

	ExAcquireSpinLockExclusiveAtDpcLevel(lock);
	ExReleaseSpinLockExclusiveFromDpcLevel(lock);
	ExAcquireSpinLockSharedAtDpcLevel(lock);
	ExReleaseSpinLockSharedFromDpcLevel(lock);
	if (ExTryAcquireSpinLockExclusiveAtDpcLevel(lock))
		ExReleaseSpinLockExclusiveFromDpcLevel(lock);
}

void at_dispatch(struct kunit *test)
{
	EX_SPIN_LOCK lock = 0;

	EXPECT_RULES(test, 0, bridge_run_at_dispatch(use_at_dispatch, &lock));
	EXPECT_RULES(test, 0, bridge_run_in_softirq(use_at_dispatch, &lock));
	EXPECT_RULES(test, 6, use_at_dispatch(&lock));
	EXPECT_EQ(test, lock, 0);
}

void broken_rules(struct kunit *test)
{
	EX_SPIN_LOCK lock = 0;
	KIRQL irql = KeRaiseIrqlToDpcLevel();

	EXPECT_RULES(test, 1, ExReleaseSpinLockExclusiveFromDpcLevel(&lock));
	EXPECT_RULES(test, 1, ExReleaseSpinLockSharedFromDpcLevel(&lock));
	ExAcquireSpinLockSharedAtDpcLevel(&lock);
	EXPECT_RULES(test, 1, ExReleaseSpinLockExclusiveFromDpcLevel(&lock));
	ExReleaseSpinLockSharedFromDpcLevel(&lock);
	KeLowerIrql(irql);
	EXPECT_EQ(test, lock, 0);
}

/* Writers and readers on all processors: readers never see a writer's work half done. */
struct Pair {
	EX_SPIN_LOCK lock;
	volatile int first, second;
	LONG mismatches;
};

void write_and_read(void *context)
{
	auto *pair = static_cast<Pair *>(context);

	for (int i = 0; i < 2000; i++) {
		KIRQL irql;

		if (i % 4 == 0) {
			irql = ExAcquireSpinLockExclusive(&pair->lock);
			pair->first = pair->first + 1;
			pair->second = pair->second + 1;
			ExReleaseSpinLockExclusive(&pair->lock, irql);
		} else {
			irql = ExAcquireSpinLockShared(&pair->lock);
			if (pair->first != pair->second)
				InterlockedIncrement(&pair->mismatches);
			ExReleaseSpinLockShared(&pair->lock, irql);
		}
	}
}

void contended(struct kunit *test)
{
	bridge_thread *threads[4];
	Pair pair = {};

	for (auto &thread : threads)
		thread = bridge_thread_start(write_and_read, &pair);
	for (auto *thread : threads) {
		ASSERT_NOT_NULL(test, thread);
		bridge_thread_join(thread);
	}
	EXPECT_EQ(test, pair.mismatches, 0);
	EXPECT_EQ(test, pair.first, 2000);
	EXPECT_EQ(test, pair.lock, 0);
}

constexpr bridge_case cases[] = {
	{"a lock raises the IRQL and is shared or exclusive", levels},
	{"the functions for DISPATCH_LEVEL are for no lower level", at_dispatch},
	{"a lock is released as it was acquired", broken_rules},
	{"readers and writers exclude each other on all processors", contended},
};

} // namespace

BRIDGE_SUITE(ex_spinlock, cases)
