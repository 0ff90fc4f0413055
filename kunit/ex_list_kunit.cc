// SPDX-License-Identifier: MIT OR GPL-2.0
/* Linked lists, plain and interlocked. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

struct Item {
	int number;
	LIST_ENTRY link;
};

int number_of(PLIST_ENTRY entry)
{
	return CONTAINING_RECORD(entry, Item, link)->number;
}

void double_ended(struct kunit *test)
{
	LIST_ENTRY list;
	Item items[3] = {{0, {}}, {1, {}}, {2, {}}};

	InitializeListHead(&list);
	EXPECT_TRUE(test, IsListEmpty(&list));
	/* Nothing to remove: the head itself comes back. */
	EXPECT_PTR_EQ(test, RemoveHeadList(&list), &list);
	EXPECT_PTR_EQ(test, RemoveTailList(&list), &list);
	InsertTailList(&list, &items[1].link);
	InsertTailList(&list, &items[2].link);
	InsertHeadList(&list, &items[0].link);
	EXPECT_FALSE(test, IsListEmpty(&list));
	EXPECT_EQ(test, number_of(RemoveTailList(&list)), 2);
	EXPECT_EQ(test, number_of(RemoveHeadList(&list)), 0);
	EXPECT_EQ(test, number_of(RemoveHeadList(&list)), 1);
	EXPECT_TRUE(test, IsListEmpty(&list));
}

void remove_tells_empty(struct kunit *test)
{
	LIST_ENTRY list;
	Item items[2] = {};

	InitializeListHead(&list);
	InsertTailList(&list, &items[0].link);
	InsertTailList(&list, &items[1].link);
	EXPECT_FALSE(test, RemoveEntryList(&items[0].link));
	EXPECT_TRUE(test, RemoveEntryList(&items[1].link));
	EXPECT_TRUE(test, IsListEmpty(&list));
}

void append(struct kunit *test)
{
	LIST_ENTRY list, more;
	Item items[3] = {{0, {}}, {1, {}}, {2, {}}};

	InitializeListHead(&list);
	InitializeListHead(&more);
	InsertTailList(&list, &items[0].link);
	InsertTailList(&more, &items[1].link);
	InsertTailList(&more, &items[2].link);
	/* A ring without its head. */
	RemoveEntryList(&more);
	AppendTailList(&list, &items[1].link);
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(test, number_of(RemoveHeadList(&list)), i);
	EXPECT_TRUE(test, IsListEmpty(&list));
}

void single(struct kunit *test)
{
	SINGLE_LIST_ENTRY list = {}, a, b;

	EXPECT_NULL(test, PopEntryList(&list));
	PushEntryList(&list, &a);
	PushEntryList(&list, &b);
	EXPECT_PTR_EQ(test, PopEntryList(&list), &b);
	EXPECT_PTR_EQ(test, PopEntryList(&list), &a);
	EXPECT_NULL(test, PopEntryList(&list));
}

void interlocked(struct kunit *test)
{
	LIST_ENTRY list;
	KSPIN_LOCK lock = 0;
	Item items[3] = {{0, {}}, {1, {}}, {2, {}}};

	InitializeListHead(&list);
	EXPECT_NULL(test, ExInterlockedRemoveHeadList(&list, &lock));
	EXPECT_NULL(test, ExInterlockedInsertTailList(&list, &items[1].link, &lock));
	EXPECT_PTR_EQ(test, ExInterlockedInsertTailList(&list, &items[2].link, &lock),
		      &items[1].link);
	EXPECT_PTR_EQ(test, ExInterlockedInsertHeadList(&list, &items[0].link, &lock),
		      &items[1].link);
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(test, number_of(ExInterlockedRemoveHeadList(&list, &lock)), i);
	EXPECT_NULL(test, ExInterlockedRemoveHeadList(&list, &lock));
	EXPECT_NULL(test, ExInterlockedInsertHeadList(&list, &items[0].link, &lock));
	EXPECT_EQ(test, lock, 0ul);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

void interlocked_single(struct kunit *test)
{
	SINGLE_LIST_ENTRY list = {}, a, b;
	KSPIN_LOCK lock = 0;

	EXPECT_NULL(test, ExInterlockedPopEntryList(&list, &lock));
	EXPECT_NULL(test, ExInterlockedPushEntryList(&list, &a, &lock));
	EXPECT_PTR_EQ(test, ExInterlockedPushEntryList(&list, &b, &lock), &a);
	EXPECT_PTR_EQ(test, ExInterlockedPopEntryList(&list, &lock), &b);
	EXPECT_PTR_EQ(test, ExInterlockedPopEntryList(&list, &lock), &a);
	EXPECT_NULL(test, ExInterlockedPopEntryList(&list, &lock));
	EXPECT_EQ(test, lock, 0ul);
}

struct Queue {
	LIST_ENTRY list;
	KSPIN_LOCK lock;
	Item items[3][100];
	LONG next_row;
};

void insert_row(void *context)
{
	auto *queue = static_cast<Queue *>(context);
	LONG row = InterlockedIncrement(&queue->next_row) - 1;

	for (auto &item : queue->items[row])
		ExInterlockedInsertTailList(&queue->list, &item.link, &queue->lock);
}

void interlocked_threads(struct kunit *test)
{
	static constinit Queue queue = {};
	bridge_thread *threads[2];
	int count = 0;

	queue.next_row = 0;
	InitializeListHead(&queue.list);
	for (auto &thread : threads)
		ASSERT_NOT_NULL(test, thread = bridge_thread_start(insert_row, &queue));
	EXPECT_RULES(test, 0, bridge_run_at_high(insert_row, &queue));
	for (auto &thread : threads)
		bridge_thread_join(thread);
	while (ExInterlockedRemoveHeadList(&queue.list, &queue.lock))
		count++;
	EXPECT_EQ(test, count, 300);
}

void held_lock_is_told(struct kunit *test)
{
	LIST_ENTRY list;
	KSPIN_LOCK lock = 0;
	Item item = {};
	KIRQL old;

	if (!bridge_checked())
		bridge_skip(test, "a free build hangs here, as Windows does");
	InitializeListHead(&list);
	KeAcquireSpinLock(&lock, &old);
	EXPECT_RULES(test, 1, ExInterlockedInsertTailList(&list, &item.link, &lock));
	/* The caller still holds it. */
	EXPECT_NE(test, lock, 0ul);
	EXPECT_RULES(test, 0, KeReleaseSpinLock(&lock, old));
	EXPECT_FALSE(test, IsListEmpty(&list));
}

void sequenced(struct kunit *test)
{
	SLIST_HEADER list;
	SLIST_ENTRY a, b;

	InitializeSListHead(&list);
	EXPECT_NULL(test, InterlockedPopEntrySList(&list));
	EXPECT_EQ(test, QueryDepthSList(&list), 0);
	EXPECT_NULL(test, InterlockedPushEntrySList(&list, &a));
	EXPECT_PTR_EQ(test, InterlockedPushEntrySList(&list, &b), &a);
	EXPECT_EQ(test, QueryDepthSList(&list), 2);
	EXPECT_PTR_EQ(test, FirstEntrySList(&list), &b);
	EXPECT_PTR_EQ(test, InterlockedPopEntrySList(&list), &b);
	EXPECT_EQ(test, QueryDepthSList(&list), 1);
	EXPECT_PTR_EQ(test, InterlockedPushEntrySList(&list, &b), &a);
	EXPECT_PTR_EQ(test, InterlockedFlushSList(&list), &b);
	EXPECT_PTR_EQ(test, b.Next, &a);
	EXPECT_NULL(test, a.Next);
	EXPECT_NULL(test, InterlockedFlushSList(&list));
	EXPECT_EQ(test, QueryDepthSList(&list), 0);
}

struct Sequence {
	SLIST_HEADER list;
	SLIST_ENTRY entries[3][100];
	LONG next_row;
};

void push_row(void *context)
{
	auto *sequence = static_cast<Sequence *>(context);
	LONG row = InterlockedIncrement(&sequence->next_row) - 1;

	for (auto &entry : sequence->entries[row]) {
		InterlockedPushEntrySList(&sequence->list, &entry);
		InterlockedPushEntrySList(&sequence->list,
					  InterlockedPopEntrySList(&sequence->list));
	}
}

void sequenced_threads(struct kunit *test)
{
	static constinit Sequence sequence = {};
	bridge_thread *threads[2];
	int count = 0;

	sequence.next_row = 0;
	InitializeSListHead(&sequence.list);
	for (auto &thread : threads)
		ASSERT_NOT_NULL(test, thread = bridge_thread_start(push_row, &sequence));
	EXPECT_RULES(test, 0, bridge_run_at_high(push_row, &sequence));
	for (auto &thread : threads)
		bridge_thread_join(thread);
	EXPECT_EQ(test, QueryDepthSList(&sequence.list), 300);
	for (PSLIST_ENTRY entry = InterlockedFlushSList(&sequence.list); entry; entry = entry->Next)
		count++;
	EXPECT_EQ(test, count, 300);
}

constexpr bridge_case cases[] = {
	{"entries go in and out at both ends", double_ended},
	{"removing the last entry says that the list is empty", remove_tells_empty},
	{"a list is appended to another", append},
	{"a single list is last in, first out", single},
	{"interlocked functions return neighbours, and NULL for none", interlocked},
	{"interlocked single lists are last in, first out", interlocked_single},
	{"interlocked functions work from threads and at high IRQL", interlocked_threads},
	{"interlocked functions with a lock that is held are told", held_lock_is_told},
	{"sequenced lists are last in, first out, and count their entries", sequenced},
	{"sequenced lists work from threads and at high IRQL", sequenced_threads},
};

} // namespace

BRIDGE_SUITE(ex_list, cases)
