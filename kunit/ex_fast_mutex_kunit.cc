// SPDX-License-Identifier: MIT OR GPL-2.0
/* Fast mutexes, guarded mutexes, and the regions. */
#include "locking.h"

using namespace wsk::test;

namespace
{

void owned_by_one(struct kunit *test)
{
	FAST_MUTEX mutex;
	Locker first, second;

	ExInitializeFastMutex(&mutex);
	ExAcquireFastMutex(&mutex);
	EXPECT_FALSE(test, ExTryToAcquireFastMutex(&mutex));
	ASSERT_TRUE(test, first.start(&mutex, ExAcquireFastMutex, ExReleaseFastMutex));
	EXPECT_TRUE(test, wait_until([&]() { return ReadAcquire(&mutex.Contention) == 1; }));
	ASSERT_TRUE(test, second.start(&mutex, ExAcquireFastMutex, ExReleaseFastMutex));
	EXPECT_TRUE(test, wait_until([&]() { return ReadAcquire(&mutex.Contention) == 2; }));
	ExReleaseFastMutex(&mutex);
	EXPECT_TRUE(test, first.acquires());
	EXPECT_TRUE(test, second.still_waits());
	first.join();
	EXPECT_TRUE(test, second.acquires());
	second.join();
	EXPECT_TRUE(test, ExTryToAcquireFastMutex(&mutex));
	ExReleaseFastMutex(&mutex);
}

void excludes(struct kunit *test)
{
	FAST_MUTEX mutex;
	KGUARDED_MUTEX guarded;
	Contest<FAST_MUTEX> contest = {&mutex, ExAcquireFastMutex, ExReleaseFastMutex, 0};
	Contest<FAST_MUTEX> second = {&guarded, KeAcquireGuardedMutex, KeReleaseGuardedMutex, 0};

	ExInitializeFastMutex(&mutex);
	EXPECT_RULES(test, 0, EXPECT_EQ(test, contest.hold(), contest.threads * contest.rounds));
	KeInitializeGuardedMutex(&guarded);
	EXPECT_RULES(test, 0, EXPECT_EQ(test, second.hold(), second.threads * second.rounds));
}

void unsafe_forms(struct kunit *test)
{
	FAST_MUTEX mutex;

	ExInitializeFastMutex(&mutex);
	KeEnterCriticalRegion();
	ExAcquireFastMutexUnsafe(&mutex);
	EXPECT_FALSE(test, KeTryToAcquireGuardedMutex(&mutex));
	ExReleaseFastMutexUnsafe(&mutex);
	KeLeaveCriticalRegion();
	KeEnterGuardedRegion();
	KeAcquireGuardedMutexUnsafe(&mutex);
	KeReleaseGuardedMutexUnsafe(&mutex);
	KeLeaveGuardedRegion();
	EXPECT_TRUE(test, KeTryToAcquireGuardedMutex(&mutex));
	KeReleaseGuardedMutex(&mutex);
}

void broken_rules(struct kunit *test)
{
	FAST_MUTEX mutex;
	Locker other;

	ExInitializeFastMutex(&mutex);
	EXPECT_RULES(test, 1, ExReleaseFastMutex(&mutex));
	ExAcquireFastMutex(&mutex);
	EXPECT_RULES(test, 1, ExAcquireFastMutex(&mutex));
	ExReleaseFastMutex(&mutex);
	ASSERT_TRUE(test, other.start(&mutex, ExAcquireFastMutex, ExReleaseFastMutex));
	EXPECT_TRUE(test, other.acquires());
	EXPECT_RULES(test, 1, ExReleaseFastMutex(&mutex));
	other.join();
	EXPECT_TRUE(test, ExTryToAcquireFastMutex(&mutex));
	ExReleaseFastMutex(&mutex);
}

void acquire_and_release(void *mutex)
{
	ExAcquireFastMutex(static_cast<PFAST_MUTEX>(mutex));
	ExReleaseFastMutex(static_cast<PFAST_MUTEX>(mutex));
}

void not_at_dispatch(struct kunit *test)
{
	FAST_MUTEX mutex;

	ExInitializeFastMutex(&mutex);
	EXPECT_RULES(test, 2, bridge_run_at_dispatch(acquire_and_release, &mutex));
	EXPECT_TRUE(test, ExTryToAcquireFastMutex(&mutex));
	ExReleaseFastMutex(&mutex);
}

struct Regions {
	BOOLEAN outside, all_outside, critical, all_critical, guarded, all_guarded, after;
	bool left_too_often;
	bool left_entered;
};

VOID through_regions(PVOID context)
{
	auto *regions = static_cast<Regions *>(context);

	regions->outside = KeAreApcsDisabled();
	regions->all_outside = KeAreAllApcsDisabled();
	KeEnterCriticalRegion();
	KeEnterCriticalRegion();
	KeLeaveCriticalRegion();
	regions->critical = KeAreApcsDisabled();
	regions->all_critical = KeAreAllApcsDisabled();
	KeLeaveCriticalRegion();
	KeEnterGuardedRegion();
	regions->guarded = KeAreApcsDisabled();
	regions->all_guarded = KeAreAllApcsDisabled();
	KeLeaveGuardedRegion();
	regions->after = KeAreApcsDisabled();
	if (regions->left_too_often) {
		KeLeaveCriticalRegion();
		KeLeaveGuardedRegion();
	}
	if (regions->left_entered)
		KeEnterCriticalRegion();
}

/* In a thread of PsCreateSystemThread, which are those that are watched. */
bool in_thread(Regions *regions)
{
	HANDLE handle;
	PVOID thread;

	if (!NT_SUCCESS(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, nullptr, nullptr, nullptr,
					     through_regions, regions)))
		return false;
	ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode, &thread,
				  nullptr);
	ZwClose(handle);
	wait_forever(thread);
	ObDereferenceObject(thread);
	return true;
}

void regions_are_counted(struct kunit *test)
{
	Regions regions = {};

	EXPECT_RULES(test, 0, ASSERT_TRUE(test, in_thread(&regions)));
	EXPECT_FALSE(test, regions.outside);
	EXPECT_FALSE(test, regions.all_outside);
	EXPECT_TRUE(test, regions.critical);
	EXPECT_FALSE(test, regions.all_critical);
	EXPECT_TRUE(test, regions.guarded);
	EXPECT_TRUE(test, regions.all_guarded);
	EXPECT_FALSE(test, regions.after);
	regions.left_too_often = true;
	EXPECT_RULES(test, 2, in_thread(&regions));
	regions.left_too_often = false;
	regions.left_entered = true;
	EXPECT_RULES(test, 1, in_thread(&regions));
	/* A thread that Linux made gets no APCs. */
	EXPECT_RULES(test, 0, KeEnterCriticalRegion(); KeLeaveCriticalRegion());
	EXPECT_TRUE(test, KeAreApcsDisabled());
	EXPECT_TRUE(test, KeAreAllApcsDisabled());
}

constexpr bridge_case cases[] = {
	{"a fast mutex is owned by one thread at a time, in the order they came", owned_by_one},
	{"threads that contend for a mutex exclude each other", excludes},
	{"mutexes can be acquired in a region", unsafe_forms},
	{"a mutex is neither recursive nor released by others", broken_rules},
	{"a fast mutex is not for DISPATCH_LEVEL", not_at_dispatch},
	{"regions are counted for each thread", regions_are_counted},
};

} // namespace

BRIDGE_SUITE(ex_fast_mutex, cases)
