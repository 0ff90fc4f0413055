// SPDX-License-Identifier: MIT OR GPL-2.0
/* Rundown protection, and what shall be initialized once. */
#include "waiting.h"

#include "port/memory.h"

using namespace wsk::test;

namespace
{

void counts_until_the_end(struct kunit *test)
{
	EX_RUNDOWN_REF reference;

	ExInitializeRundownProtection(&reference);
	EXPECT_TRUE(test, ExAcquireRundownProtection(&reference));
	EXPECT_TRUE(test, ExAcquireRundownProtectionEx(&reference, 5));
	ExReleaseRundownProtectionEx(&reference, 4);
	ExReleaseRundownProtection(&reference);
	ExReleaseRundownProtection(&reference);
	ExWaitForRundownProtectionRelease(&reference);
	EXPECT_FALSE(test, ExAcquireRundownProtection(&reference));
	EXPECT_FALSE(test, ExAcquireRundownProtectionEx(&reference, 2));
	EXPECT_RULES(test, 0, ExWaitForRundownProtectionRelease(&reference));
	ExReInitializeRundownProtection(&reference);
	EXPECT_TRUE(test, ExAcquireRundownProtection(&reference));
	ExReleaseRundownProtection(&reference);
	ExRundownCompleted(&reference);
	EXPECT_FALSE(test, ExAcquireRundownProtection(&reference));
}

struct Waiting {
	EX_RUNDOWN_REF reference;
	volatile LONG returned;
};

void wait_for_it(void *context)
{
	auto *waiting = static_cast<Waiting *>(context);

	ExWaitForRundownProtectionRelease(&waiting->reference);
	InterlockedIncrement(&waiting->returned);
}

void release_it(void *context)
{
	ExReleaseRundownProtection(static_cast<PEX_RUNDOWN_REF>(context));
}

void waits_for_the_last(struct kunit *test)
{
	Waiting waiting = {};

	ExInitializeRundownProtection(&waiting.reference);
	ExAcquireRundownProtectionEx(&waiting.reference, 2);
	bridge_thread *thread = bridge_thread_start(wait_for_it, &waiting);
	ASSERT_NOT_NULL(test, thread);
	EXPECT_TRUE(test, wait_until([&]() {
			    if (!ExAcquireRundownProtection(&waiting.reference))
				    return true;
			    ExReleaseRundownProtection(&waiting.reference);
			    return false;
		    }));
	ExReleaseRundownProtection(&waiting.reference);
	bridge_sleep_ms(10);
	EXPECT_EQ(test, waiting.returned, 0);
	EXPECT_RULES(test, 0, bridge_run_in_softirq(release_it, &waiting.reference));
	bridge_thread_join(thread);
	EXPECT_EQ(test, waiting.returned, 1);
	EXPECT_FALSE(test, ExAcquireRundownProtection(&waiting.reference));
}

void wait_at_dispatch(void *context)
{
	ExWaitForRundownProtectionRelease(static_cast<PEX_RUNDOWN_REF>(context));
}

void broken_rules(struct kunit *test)
{
	EX_RUNDOWN_REF reference;

	ExInitializeRundownProtection(&reference);
	EXPECT_RULES(test, 1, ExReleaseRundownProtection(&reference));
	EXPECT_RULES(test, 1, ExReInitializeRundownProtection(&reference));
	EXPECT_TRUE(test, ExAcquireRundownProtection(&reference));
	EXPECT_RULES(test, 1, ExReleaseRundownProtectionEx(&reference, 2));
	EXPECT_RULES(test, 1, bridge_run_at_dispatch(wait_at_dispatch, &reference));
	EXPECT_TRUE(test, ExAcquireRundownProtection(&reference));
	ExReleaseRundownProtectionEx(&reference, 2);
	ExWaitForRundownProtectionRelease(&reference);
	EXPECT_RULES(test, 1, ExReleaseRundownProtection(&reference));
}

void cache_aware(struct kunit *test)
{
	PEX_RUNDOWN_REF_CACHE_AWARE reference =
		ExAllocateCacheAwareRundownProtection(NonPagedPoolNx, 'dRxT');

	ASSERT_NOT_NULL(test, reference);
	EXPECT_TRUE(test, ExAcquireRundownProtectionCacheAware(reference));
	EXPECT_TRUE(test, ExAcquireRundownProtectionCacheAwareEx(reference, 2));
	ExReleaseRundownProtectionCacheAware(reference);
	ExReleaseRundownProtectionCacheAwareEx(reference, 2);
	ExWaitForRundownProtectionReleaseCacheAware(reference);
	EXPECT_FALSE(test, ExAcquireRundownProtectionCacheAware(reference));
	ExReInitializeRundownProtectionCacheAware(reference);
	EXPECT_TRUE(test, ExAcquireRundownProtectionCacheAware(reference));
	ExReleaseRundownProtectionCacheAware(reference);
	ExRundownCompletedCacheAware(reference);
	EXPECT_FALSE(test, ExAcquireRundownProtectionCacheAware(reference));
	ExInitializeRundownProtectionCacheAware(reference, ExSizeOfRundownProtectionCacheAware());
	EXPECT_TRUE(test, ExAcquireRundownProtectionCacheAware(reference));
	EXPECT_RULES(test, 1, ExInitializeRundownProtectionCacheAware(reference, 1));
	EXPECT_RULES(test, 0, ExFreeCacheAwareRundownProtection(reference));
	port_alloc_fail(1);
	EXPECT_NULL(test, ExAllocateCacheAwareRundownProtection(NonPagedPoolNx, 'dRxT'));
	EXPECT_TRUE(test, port_alloc_fail(0));
}

constexpr bridge_case cases[] = {
	{"references can be taken until the rundown", counts_until_the_end},
	{"the rundown waits for the last reference", waits_for_the_last},
	{"references that nobody has are not given back", broken_rules},
	{"cache-aware rundown references do the same", cache_aware},
};

} // namespace

BRIDGE_SUITE(ex_rundown, cases)
