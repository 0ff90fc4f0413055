// SPDX-License-Identifier: MIT OR GPL-2.0
/* Push locks. */
#include "locking.h"

using namespace wsk::test;

namespace
{

void read(PEX_PUSH_LOCK lock)
{
	ExAcquirePushLockShared(lock);
}

void end_read(PEX_PUSH_LOCK lock)
{
	ExReleasePushLockShared(lock);
}

void write(PEX_PUSH_LOCK lock)
{
	ExAcquirePushLockExclusive(lock);
}

void end_write(PEX_PUSH_LOCK lock)
{
	ExReleasePushLockExclusive(lock);
}

/* Somebody is queued: the lock is marked as contended before, and the queue is locked meanwhile. */
bool is_waited_for(PEX_PUSH_LOCK lock)
{
	constexpr ULONG_PTR contended = 2;

	return wait_until([=]() { return ReadAcquire(lock) & contended; });
}

void readers_share(struct kunit *test)
{
	EX_PUSH_LOCK lock;
	Locker first, second;

	ExInitializePushLock(&lock);
	ASSERT_TRUE(test, first.start(&lock, read, end_read));
	ASSERT_TRUE(test, second.start(&lock, read, end_read));
	EXPECT_TRUE(test, first.acquires());
	EXPECT_TRUE(test, second.acquires());
	first.join();
	second.join();
	EXPECT_EQ(test, lock, 0ull);
}

void writer_is_alone(struct kunit *test)
{
	EX_PUSH_LOCK lock;
	Locker reader, writer, last;

	ExInitializePushLock(&lock);
	read(&lock);
	ASSERT_TRUE(test, writer.start(&lock, write, end_write));
	EXPECT_TRUE(test, is_waited_for(&lock));
	EXPECT_TRUE(test, writer.still_waits());
	/* Behind the writer, although there is a reader. */
	ASSERT_TRUE(test, reader.start(&lock, read, end_read));
	EXPECT_TRUE(test, reader.still_waits());
	ASSERT_TRUE(test, last.start(&lock, read, end_read));
	EXPECT_TRUE(test, last.still_waits());
	end_read(&lock);
	EXPECT_TRUE(test, writer.acquires());
	EXPECT_TRUE(test, reader.still_waits());
	writer.join();
	EXPECT_TRUE(test, reader.acquires());
	EXPECT_TRUE(test, last.acquires());
	reader.join();
	last.join();
	EXPECT_EQ(test, lock, 0ull);
}

void in_order(struct kunit *test)
{
	EX_PUSH_LOCK lock;
	Locker first, second;

	ExInitializePushLock(&lock);
	write(&lock);
	ASSERT_TRUE(test, first.start(&lock, write, end_write));
	EXPECT_TRUE(test, is_waited_for(&lock));
	EXPECT_TRUE(test, first.still_waits());
	ASSERT_TRUE(test, second.start(&lock, write, end_write));
	EXPECT_TRUE(test, second.still_waits());
	end_write(&lock);
	EXPECT_TRUE(test, first.acquires());
	EXPECT_TRUE(test, second.still_waits());
	first.join();
	EXPECT_TRUE(test, second.acquires());
	second.join();
	EXPECT_EQ(test, lock, 0ull);
}

void excludes(struct kunit *test)
{
	EX_PUSH_LOCK lock;
	Contest<EX_PUSH_LOCK> contest = {&lock, write, end_write, 0};

	ExInitializePushLock(&lock);
	EXPECT_RULES(test, 0, EXPECT_EQ(test, contest.hold(), contest.threads * contest.rounds));
	EXPECT_EQ(test, lock, 0ull);
}

void acquire_twice(void *lock)
{
	read(static_cast<PEX_PUSH_LOCK>(lock));
	write(static_cast<PEX_PUSH_LOCK>(lock));
}

void broken_rules(struct kunit *test)
{
	EX_PUSH_LOCK lock;

	ExInitializePushLock(&lock);
	EXPECT_RULES(test, 1, end_read(&lock));
	EXPECT_RULES(test, 1, end_write(&lock));
	read(&lock);
	EXPECT_RULES(test, 1, end_write(&lock));
	end_read(&lock);
	write(&lock);
	EXPECT_RULES(test, 1, end_read(&lock));
	end_write(&lock);
	EXPECT_RULES(test, 2, bridge_run_at_dispatch(acquire_twice, &lock));
	EXPECT_EQ(test, lock, 0ull);
}

constexpr bridge_case cases[] = {
	{"readers share a push lock", readers_share},
	{"a writer is alone, and readers queue behind it", writer_is_alone},
	{"writers come in the order of their arrival", in_order},
	{"writers that contend for a push lock exclude each other", excludes},
	{"a push lock is released as it was acquired, and not for DISPATCH_LEVEL", broken_rules},
};

} // namespace

BRIDGE_SUITE(ex_push_lock, cases)
