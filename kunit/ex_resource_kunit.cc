// SPDX-License-Identifier: MIT OR GPL-2.0
/* Resources. */
#include "locking.h"

#include "port/memory.h"

using namespace wsk::test;

namespace
{

void read(PERESOURCE resource)
{
	ExEnterCriticalRegionAndAcquireResourceShared(resource);
}

void write(PERESOURCE resource)
{
	ExEnterCriticalRegionAndAcquireResourceExclusive(resource);
}

void leave(PERESOURCE resource)
{
	ExReleaseResourceAndLeaveCriticalRegion(resource);
}

bool writers_wait(PERESOURCE resource, ULONG count)
{
	return wait_until([=]() { return ExGetExclusiveWaiterCount(resource) == count; });
}

bool readers_wait(PERESOURCE resource, ULONG count)
{
	return wait_until([=]() { return ExGetSharedWaiterCount(resource) == count; });
}

void writer_again(struct kunit *test)
{
	ERESOURCE resource;

	EXPECT_STATUS(test, ExInitializeResourceLite(&resource), STATUS_SUCCESS);
	EXPECT_TRUE(test, ExAcquireResourceExclusiveLite(&resource, TRUE));
	EXPECT_TRUE(test, ExAcquireResourceExclusiveLite(&resource, FALSE));
	EXPECT_TRUE(test, ExAcquireResourceSharedLite(&resource, TRUE));
	EXPECT_TRUE(test, ExIsResourceAcquiredExclusiveLite(&resource));
	EXPECT_EQ(test, ExIsResourceAcquiredSharedLite(&resource), 3u);
	for (int i = 0; i < 3; i++)
		ExReleaseResourceLite(&resource);
	EXPECT_EQ(test, ExIsResourceAcquiredLite(&resource), 0u);
	EXPECT_FALSE(test, ExIsResourceAcquiredExclusiveLite(&resource));
	EXPECT_EQ(test, resource.ActiveCount, 0);
	EXPECT_STATUS(test, ExDeleteResourceLite(&resource), STATUS_SUCCESS);
}

/* More readers than there are entries at first. */
void readers_share(struct kunit *test)
{
	constexpr int count = 6;
	ERESOURCE resource;
	Locker readers[count];

	ExInitializeResourceLite(&resource);
	EXPECT_TRUE(test, ExAcquireResourceSharedLite(&resource, TRUE));
	EXPECT_TRUE(test, ExAcquireResourceSharedLite(&resource, TRUE));
	EXPECT_EQ(test, ExIsResourceAcquiredSharedLite(&resource), 2u);
	EXPECT_FALSE(test, ExIsResourceAcquiredExclusiveLite(&resource));
	for (auto &reader : readers)
		ASSERT_TRUE(test, reader.start(&resource, read, leave));
	for (auto &reader : readers)
		EXPECT_TRUE(test, reader.acquires());
	EXPECT_EQ(test, resource.ActiveCount, count + 1);
	EXPECT_FALSE(test, ExTryToAcquireResourceExclusiveLite(&resource));
	for (auto &reader : readers)
		reader.join();
	ExReleaseResourceLite(&resource);
	ExReleaseResourceLite(&resource);
	EXPECT_TRUE(test, ExTryToAcquireResourceExclusiveLite(&resource));
	ExReleaseResourceLite(&resource);
	ExDeleteResourceLite(&resource);
}

void writers_and_readers_take_turns(struct kunit *test)
{
	ERESOURCE resource;
	Locker first_writer, second_writer, readers[3];

	ExInitializeResourceLite(&resource);
	ExAcquireResourceSharedLite(&resource, TRUE);
	ASSERT_TRUE(test, first_writer.start(&resource, write, leave));
	EXPECT_TRUE(test, writers_wait(&resource, 1));
	ASSERT_TRUE(test, second_writer.start(&resource, write, leave));
	EXPECT_TRUE(test, writers_wait(&resource, 2));
	for (auto &reader : readers)
		ASSERT_TRUE(test, reader.start(&resource, read, leave));
	EXPECT_TRUE(test, readers_wait(&resource, 3));
	/* Who reads already may do so again. */
	EXPECT_TRUE(test, ExAcquireResourceSharedLite(&resource, TRUE));
	ExReleaseResourceLite(&resource);
	ExReleaseResourceLite(&resource);

	EXPECT_TRUE(test, first_writer.acquires());
	EXPECT_FALSE(test, ExAcquireResourceSharedLite(&resource, FALSE));
	first_writer.join();
	for (auto &reader : readers)
		EXPECT_TRUE(test, reader.acquires());
	EXPECT_EQ(test, ExGetExclusiveWaiterCount(&resource), 1u);
	for (auto &reader : readers)
		reader.join();
	EXPECT_TRUE(test, second_writer.acquires());
	second_writer.join();
	EXPECT_EQ(test, resource.ContentionCount, 5u);
	ExDeleteResourceLite(&resource);
}

void starving_and_yielding(struct kunit *test)
{
	ERESOURCE resource;
	Locker holder, writer;

	ExInitializeResourceLite(&resource);
	ASSERT_TRUE(test, holder.start(&resource, read, leave));
	EXPECT_TRUE(test, holder.acquires());
	EXPECT_TRUE(test, ExAcquireSharedWaitForExclusive(&resource, FALSE));
	ASSERT_TRUE(test, writer.start(&resource, write, leave));
	EXPECT_TRUE(test, writers_wait(&resource, 1));
	EXPECT_FALSE(test, ExAcquireSharedWaitForExclusive(&resource, FALSE));
	EXPECT_TRUE(test, ExAcquireSharedStarveExclusive(&resource, FALSE));
	ExReleaseResourceLite(&resource);
	ExReleaseResourceLite(&resource);
	EXPECT_FALSE(test, ExAcquireResourceSharedLite(&resource, FALSE));
	EXPECT_TRUE(test, ExAcquireSharedStarveExclusive(&resource, TRUE));
	ExReleaseResourceLite(&resource);
	holder.join();
	EXPECT_TRUE(test, writer.acquires());
	writer.join();
	ExDeleteResourceLite(&resource);
}

void converts(struct kunit *test)
{
	ERESOURCE resource;
	Locker reader, writer;

	ExInitializeResourceLite(&resource);
	ExAcquireResourceExclusiveLite(&resource, TRUE);
	ASSERT_TRUE(test, writer.start(&resource, write, leave));
	EXPECT_TRUE(test, writers_wait(&resource, 1));
	ASSERT_TRUE(test, reader.start(&resource, read, leave));
	EXPECT_TRUE(test, readers_wait(&resource, 1));
	ExConvertExclusiveToSharedLite(&resource);
	EXPECT_TRUE(test, reader.acquires());
	EXPECT_TRUE(test, writer.still_waits());
	EXPECT_FALSE(test, ExIsResourceAcquiredExclusiveLite(&resource));
	EXPECT_EQ(test, ExIsResourceAcquiredSharedLite(&resource), 1u);
	ExReleaseResourceLite(&resource);
	reader.join();
	EXPECT_TRUE(test, writer.acquires());
	writer.join();
	ExDeleteResourceLite(&resource);
}

void released_by_another(struct kunit *test)
{
	ERESOURCE resource;
	PVOID owner = reinterpret_cast<PVOID>(reinterpret_cast<ULONG_PTR>(&resource) | 3);

	ExInitializeResourceLite(&resource);
	ExAcquireResourceExclusiveLite(&resource, TRUE);
	ExSetResourceOwnerPointer(&resource, owner);
	EXPECT_FALSE(test, ExIsResourceAcquiredExclusiveLite(&resource));
	EXPECT_RULES(test, 1, ExReleaseResourceLite(&resource));
	EXPECT_RULES(test, 0,
		     ExReleaseResourceForThreadLite(&resource,
						    reinterpret_cast<ERESOURCE_THREAD>(owner)));
	EXPECT_EQ(test, resource.ActiveCount, 0);
	ExDeleteResourceLite(&resource);
}

void excludes(struct kunit *test)
{
	ERESOURCE resource;
	Contest<ERESOURCE> contest = {&resource, write, leave, 0};

	ExInitializeResourceLite(&resource);
	EXPECT_RULES(test, 0, EXPECT_EQ(test, contest.hold(), contest.threads * contest.rounds));
	EXPECT_RULES(test, 0, ExDeleteResourceLite(&resource));
}

void no_memory(struct kunit *test)
{
	ERESOURCE resource;
	Locker reader;

	ExInitializeResourceLite(&resource);
	ASSERT_TRUE(test, reader.start(&resource, read, leave));
	EXPECT_TRUE(test, reader.acquires());
	port_alloc_fail(1);
	EXPECT_FALSE(test, ExAcquireResourceSharedLite(&resource, FALSE));
	EXPECT_TRUE(test, port_alloc_fail(0));
	/* Who waits is not told, and tries again. */
	port_alloc_fail(1);
	EXPECT_TRUE(test, ExAcquireResourceSharedLite(&resource, TRUE));
	EXPECT_TRUE(test, port_alloc_fail(0));
	ExReleaseResourceLite(&resource);
	reader.join();
	ExDeleteResourceLite(&resource);
}

void broken_rules(struct kunit *test)
{
	ERESOURCE resource;

	ExInitializeResourceLite(&resource);
	EXPECT_RULES(test, 1, ExReleaseResourceLite(&resource));
	EXPECT_RULES(test, 1, ExConvertExclusiveToSharedLite(&resource));
	EXPECT_RULES(test, 1, ExSetResourceOwnerPointer(&resource, &resource));
	ExAcquireResourceSharedLite(&resource, TRUE);
	EXPECT_RULES(test, 1, EXPECT_FALSE(test, ExAcquireResourceExclusiveLite(&resource, TRUE)));
	EXPECT_RULES(test, 0, EXPECT_FALSE(test, ExAcquireResourceExclusiveLite(&resource, FALSE)));
	EXPECT_RULES(test, 1, ExDeleteResourceLite(&resource));
	EXPECT_RULES(test, 1, ExReinitializeResourceLite(&resource));
	ExReleaseResourceLite(&resource);
	EXPECT_RULES(test, 0, ExReinitializeResourceLite(&resource));
	EXPECT_RULES(test, 0, ExDeleteResourceLite(&resource));
}

constexpr bridge_case cases[] = {
	{"a writer may acquire a resource again", writer_again},
	{"readers share a resource", readers_share},
	{"writers and readers that wait take turns", writers_and_readers_take_turns},
	{"a reader may starve writers, or wait for them", starving_and_yielding},
	{"a writer that becomes a reader lets readers in", converts},
	{"a resource may be given to another owner", released_by_another},
	{"writers that contend for a resource exclude each other", excludes},
	{"without memory a reader tries again", no_memory},
	{"what nobody holds is not released, and what is held not deleted", broken_rules},
};

} // namespace

BRIDGE_SUITE(ex_resource, cases)
