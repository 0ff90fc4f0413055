// SPDX-License-Identifier: MIT OR GPL-2.0
/* Spin locks. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

void acquire_and_release(struct kunit *test)
{
	KSPIN_LOCK lock = 0x1234;
	KIRQL old;

	KeInitializeSpinLock(&lock);
	EXPECT_EQ(test, lock, 0ul);
	KeAcquireSpinLock(&lock, &old);
	EXPECT_EQ(test, old, PASSIVE_LEVEL);
	EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	EXPECT_NE(test, lock, 0ul);
	KeReleaseSpinLock(&lock, old);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	EXPECT_EQ(test, lock, 0ul);
}

void locks_nest(struct kunit *test)
{
	KSPIN_LOCK outer = 0, inner = 0;
	KIRQL outer_old, inner_old;

	KeAcquireSpinLock(&outer, &outer_old);
	KeAcquireSpinLock(&inner, &inner_old);
	EXPECT_EQ(test, inner_old, DISPATCH_LEVEL);
	/* In the order of acquisition, the levels swapped as Windows wants it. */
	KeReleaseSpinLock(&outer, inner_old);
	EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeReleaseSpinLock(&inner, outer_old);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	EXPECT_EQ(test, outer | inner, 0ul);
}

void use_at_dispatch(void *context)
{
	auto *lock = static_cast<PKSPIN_LOCK>(context);
	KIRQL old;

	KeAcquireSpinLockAtDpcLevel(lock);
	KeReleaseSpinLockFromDpcLevel(lock);
	KeAcquireSpinLock(lock, &old);
	KeReleaseSpinLock(lock, old);
}

void dpc_level_variants(struct kunit *test)
{
	KSPIN_LOCK lock = 0;

	EXPECT_RULES(test, 0, bridge_run_at_dispatch(use_at_dispatch, &lock));
	EXPECT_RULES(test, 0, bridge_run_in_softirq(use_at_dispatch, &lock));
	EXPECT_EQ(test, lock, 0ul);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

void try_to_acquire(struct kunit *test)
{
	KSPIN_LOCK lock = 0;
	KIRQL old = KeRaiseIrqlToDpcLevel();
	BOOLEAN first = KeTryToAcquireSpinLockAtDpcLevel(&lock);
	BOOLEAN second = KeTryToAcquireSpinLockAtDpcLevel(&lock);

	KeReleaseSpinLockFromDpcLevel(&lock);
	KeLowerIrql(old);
	EXPECT_TRUE(test, first);
	EXPECT_FALSE(test, second);
	EXPECT_EQ(test, lock, 0ul);
}

void queued_locks(struct kunit *test)
{
	KSPIN_LOCK lock = 0, other = 0;
	KLOCK_QUEUE_HANDLE handle, inner;
	KSPIN_LOCK held, inner_held;
	KIRQL irql;

	KeAcquireInStackQueuedSpinLock(&lock, &handle);
	held = lock;
	irql = KeGetCurrentIrql();
	KeAcquireInStackQueuedSpinLockAtDpcLevel(&other, &inner);
	inner_held = other;
	KeReleaseInStackQueuedSpinLockFromDpcLevel(&inner);
	KeReleaseInStackQueuedSpinLock(&handle);
	EXPECT_NE(test, held, 0ul);
	EXPECT_NE(test, inner_held, 0ul);
	EXPECT_EQ(test, irql, DISPATCH_LEVEL);
	EXPECT_EQ(test, handle.OldIrql, PASSIVE_LEVEL);
	EXPECT_EQ(test, lock | other, 0ul);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

/* The checks below would hang a free build that has more than one processor. */
void only_if_checked(struct kunit *test)
{
	if (!bridge_checked())
		bridge_skip(test, "only checked builds look");
}

void recursion_is_told(struct kunit *test)
{
	KSPIN_LOCK lock = 0;
	KIRQL old, inner;

	only_if_checked(test);
	KeAcquireSpinLock(&lock, &old);
	EXPECT_RULES(test, 1, KeAcquireSpinLock(&lock, &inner));
	EXPECT_RULES(test, 0, KeReleaseSpinLock(&lock, inner));
	EXPECT_RULES(test, 1, KeReleaseSpinLock(&lock, old));
	EXPECT_EQ(test, lock, 0ul);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

void release_of_free_is_told(struct kunit *test)
{
	KSPIN_LOCK lock = 0;
	KIRQL old = KeRaiseIrqlToDpcLevel();

	EXPECT_RULES(test, bridge_checked(), KeReleaseSpinLockFromDpcLevel(&lock));
	KeLowerIrql(old);
	EXPECT_EQ(test, lock, 0ul);
}

void low_irql_is_told(struct kunit *test)
{
	KSPIN_LOCK lock = 0;

	only_if_checked(test);
	EXPECT_RULES(test, 1, KeAcquireSpinLockAtDpcLevel(&lock));
	EXPECT_RULES(test, 1, KeReleaseSpinLockFromDpcLevel(&lock));
	EXPECT_EQ(test, lock, 0ul);
}

struct Shared {
	KSPIN_LOCK lock;
	volatile LONGLONG plain; /* guarded by the lock, and not atomic */
};

constexpr LONGLONG rounds = 5000;

void add_slowly(Shared *shared)
{
	LONGLONG value = shared->plain;

	for (int i = 0; i < 50; i++)
		YieldProcessor();
	shared->plain = value + 1;
}

void add_many(void *context)
{
	auto *shared = static_cast<Shared *>(context);

	for (LONGLONG i = 0; i < rounds; i++) {
		KLOCK_QUEUE_HANDLE handle;
		KIRQL old;

		if (i % 2) {
			KeAcquireSpinLock(&shared->lock, &old);
			add_slowly(shared);
			KeReleaseSpinLock(&shared->lock, old);
		} else {
			KeAcquireInStackQueuedSpinLock(&shared->lock, &handle);
			add_slowly(shared);
			KeReleaseInStackQueuedSpinLock(&handle);
		}
	}
}

void excludes(struct kunit *test)
{
	Shared shared = {};
	bridge_thread *threads[3];
	unsigned long rules = bridge_rule_count();

	for (auto &thread : threads)
		ASSERT_NOT_NULL(test, thread = bridge_thread_start(add_many, &shared));
	for (auto &thread : threads)
		bridge_thread_join(thread);
	EXPECT_EQ(test, (LONGLONG)shared.plain, 3 * rounds);
	EXPECT_EQ(test, bridge_rule_count(), rules);
	EXPECT_EQ(test, shared.lock, 0ul);
}

constexpr bridge_case cases[] = {
	{"a lock is held at DISPATCH_LEVEL and 0 when free", acquire_and_release},
	{"different locks nest and may be released in any order", locks_nest},
	{"locks work at DISPATCH_LEVEL and in a softirq", dpc_level_variants},
	{"trying to acquire a lock that is held fails", try_to_acquire},
	{"queued locks are locks", queued_locks},
	{"acquiring a lock twice is told instead of hanging", recursion_is_told},
	{"releasing a free lock is told", release_of_free_is_told},
	{"the DpcLevel functions below DISPATCH_LEVEL are told", low_irql_is_told},
	{"a lock excludes other threads", excludes},
};

} // namespace

BRIDGE_SUITE(ke_spinlock, cases)
