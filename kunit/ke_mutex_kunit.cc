// SPDX-License-Identifier: MIT OR GPL-2.0
/* Mutexes. */
#include "waiting.h"

using namespace wsk::test;

namespace
{

void recursive(struct kunit *test)
{
	KMUTEX mutex;

	KeInitializeMutex(&mutex, 0);
	EXPECT_EQ(test, KeReadStateMutex(&mutex), 1);
	EXPECT_STATUS(test, wait_forever(&mutex), STATUS_SUCCESS);
	EXPECT_EQ(test, KeReadStateMutex(&mutex), 0);
	EXPECT_STATUS(test, poll(&mutex), STATUS_SUCCESS);
	EXPECT_STATUS(test, poll(&mutex), STATUS_SUCCESS);
	EXPECT_EQ(test, KeReadStateMutex(&mutex), -2);
	EXPECT_NE(test, KeReleaseMutex(&mutex, FALSE), 0);
	EXPECT_NE(test, KeReleaseMutex(&mutex, FALSE), 0);
	/* 0 says that it is free now. */
	EXPECT_EQ(test, KeReleaseMutex(&mutex, FALSE), 0);
	EXPECT_EQ(test, KeReadStateMutex(&mutex), 1);
}

struct Contest {
	KMUTEX mutex;
	NTSTATUS polled;
	LONG has_polled, acquired;
};

void contend(void *context)
{
	auto *contest = static_cast<Contest *>(context);

	contest->polled = poll(&contest->mutex);
	WriteRelease(&contest->has_polled, 1);
	wait_forever(&contest->mutex);
	WriteRelease(&contest->acquired, 1);
	KeReleaseMutex(&contest->mutex, FALSE);
}

void excludes(struct kunit *test)
{
	Contest contest = {};
	bridge_thread *thread;

	KeInitializeMutex(&contest.mutex, 0);
	wait_forever(&contest.mutex);
	wait_forever(&contest.mutex);
	thread = bridge_thread_start(contend, &contest);
	ASSERT_NOT_NULL(test, thread);
	EXPECT_TRUE(test, wait_until([&]() { return ReadAcquire(&contest.has_polled) != 0; }));
	KeReleaseMutex(&contest.mutex, FALSE);
	bridge_sleep_ms(5);
	EXPECT_EQ(test, ReadAcquire(&contest.acquired), 0);
	KeReleaseMutex(&contest.mutex, FALSE);
	bridge_thread_join(thread);
	EXPECT_EQ(test, contest.acquired, 1);
	EXPECT_STATUS(test, contest.polled, STATUS_TIMEOUT);
	EXPECT_EQ(test, KeReadStateMutex(&contest.mutex), 1);
}

void release_mutex(void *context)
{
	KeReleaseMutex(static_cast<PKMUTEX>(context), FALSE);
}

void stranger_cannot_release(struct kunit *test)
{
	KMUTEX mutex;
	bridge_thread *thread;
	unsigned long before = bridge_rule_count();

	KeInitializeMutex(&mutex, 0);
	EXPECT_RULES(test, 1, release_mutex(&mutex));
	wait_forever(&mutex);
	before = bridge_rule_count();
	thread = bridge_thread_start(release_mutex, &mutex);
	ASSERT_NOT_NULL(test, thread);
	bridge_thread_join(thread);
	EXPECT_EQ(test, bridge_rule_count() - before, bridge_checked() ? 1ul : 0ul);
	EXPECT_EQ(test, KeReadStateMutex(&mutex), 0);
	EXPECT_RULES(test, 0, release_mutex(&mutex));
}

void hold_for_good(PVOID context)
{
	wait_forever(context);
}

void ending_with_one_is_told(struct kunit *test)
{
	KMUTEX mutex;
	HANDLE handle;
	PVOID thread;
	unsigned long before = bridge_rule_count();

	KeInitializeMutex(&mutex, 0);
	ASSERT_STATUS(test,
		      PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, nullptr, nullptr, nullptr,
					   hold_for_good, &mutex),
		      STATUS_SUCCESS);
	ASSERT_STATUS(test,
		      ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType,
						KernelMode, &thread, nullptr),
		      STATUS_SUCCESS);
	ZwClose(handle);
	wait_forever(thread);
	ObDereferenceObject(thread);
	EXPECT_EQ(test, bridge_rule_count() - before, bridge_checked() ? 1ul : 0ul);
}

struct Shared {
	KMUTEX mutex;
	LONGLONG plain;
};

constexpr int rounds = 300;

void add_many(void *context)
{
	auto *shared = static_cast<Shared *>(context);

	for (int i = 0; i < rounds; i++) {
		wait_forever(&shared->mutex);
		LONGLONG value = shared->plain;

		if (i % 50 == 0)
			bridge_sleep_ms(1);
		shared->plain = value + 1;
		KeReleaseMutex(&shared->mutex, FALSE);
	}
}

void threads_take_turns(struct kunit *test)
{
	Shared shared = {};
	bridge_thread *threads[3];

	KeInitializeMutex(&shared.mutex, 0);
	for (auto &thread : threads)
		ASSERT_NOT_NULL(test, thread = bridge_thread_start(add_many, &shared));
	for (auto &thread : threads)
		bridge_thread_join(thread);
	EXPECT_EQ(test, shared.plain, 3ll * rounds);
	EXPECT_EQ(test, KeReadStateMutex(&shared.mutex), 1);
}

constexpr bridge_case cases[] = {
	{"its owner may acquire it again", recursive},
	{"others wait until it was released as often as acquired", excludes},
	{"who does not own it cannot release it", stranger_cannot_release},
	{"a thread that ends with it is told", ending_with_one_is_told},
	{"threads take turns", threads_take_turns},
};

} // namespace

BRIDGE_SUITE(ke_mutex, cases)
