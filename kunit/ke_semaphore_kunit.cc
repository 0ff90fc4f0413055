// SPDX-License-Identifier: MIT OR GPL-2.0
/* Semaphores. */
#include "waiting.h"

using namespace wsk::test;

namespace
{

void counts(struct kunit *test)
{
	KSEMAPHORE semaphore;

	KeInitializeSemaphore(&semaphore, 2, 3);
	EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 2);
	EXPECT_STATUS(test, poll(&semaphore), STATUS_SUCCESS);
	EXPECT_STATUS(test, poll(&semaphore), STATUS_SUCCESS);
	EXPECT_STATUS(test, poll(&semaphore), STATUS_TIMEOUT);
	EXPECT_EQ(test, KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 3, FALSE), 0);
	EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 3);
	EXPECT_STATUS(test, poll(&semaphore), STATUS_SUCCESS);
	EXPECT_EQ(test, KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 1, FALSE), 2);
}

void release_wakes_as_many(struct kunit *test)
{
	KSEMAPHORE semaphore;
	WaitingThread threads[3];

	KeInitializeSemaphore(&semaphore, 0, 10);
	for (auto &thread : threads)
		ASSERT_TRUE(test, thread.start(&semaphore));
	EXPECT_EQ(test, KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 2, FALSE), 0);
	EXPECT_TRUE(test, threads[0].returns());
	EXPECT_TRUE(test, threads[1].returns());
	EXPECT_TRUE(test, threads[2].still_waits());
	EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 0);
	KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 4, FALSE);
	for (auto &thread : threads)
		EXPECT_STATUS(test, thread.join(), STATUS_SUCCESS);
	EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 3);
}

void limit_is_kept(struct kunit *test)
{
	KSEMAPHORE semaphore;

	KeInitializeSemaphore(&semaphore, 1, 3);
	EXPECT_RULES(test, 1,
		     EXPECT_EQ(test, KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 3, FALSE), 1));
	EXPECT_RULES(test, 1, KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, MAXLONG, FALSE));
	EXPECT_RULES(test, 1, KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 0, FALSE));
	EXPECT_RULES(test, 1, KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, -1, FALSE));
	EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 1);
	EXPECT_RULES(test, 0, KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 2, FALSE));
	EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 3);
}

void release_one(void *context)
{
	KeReleaseSemaphore(static_cast<PKSEMAPHORE>(context), IO_NO_INCREMENT, 1, FALSE);
}

void release_in_softirq(struct kunit *test)
{
	KSEMAPHORE semaphore;
	WaitingThread thread;

	KeInitializeSemaphore(&semaphore, 0, 1);
	ASSERT_TRUE(test, thread.start(&semaphore));
	EXPECT_RULES(test, 0, bridge_run_in_softirq(release_one, &semaphore));
	EXPECT_STATUS(test, thread.join(), STATUS_SUCCESS);
	EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 0);
}

void bad_counts_are_told(struct kunit *test)
{
	KSEMAPHORE semaphore;

	EXPECT_RULES(test, 1, KeInitializeSemaphore(&semaphore, 0, 0));
	EXPECT_RULES(test, 1, KeInitializeSemaphore(&semaphore, 2, 1));
	EXPECT_RULES(test, 1, KeInitializeSemaphore(&semaphore, -1, 1));
}

constexpr bridge_case cases[] = {
	{"as many waits succeed as it counts", counts},
	{"a release wakes as many threads as it says", release_wakes_as_many},
	{"the count never exceeds the limit", limit_is_kept},
	{"a release in a softirq wakes", release_in_softirq},
	{"a count beyond the limit is told at initialization", bad_counts_are_told},
};

} // namespace

BRIDGE_SUITE(ke_semaphore, cases)
