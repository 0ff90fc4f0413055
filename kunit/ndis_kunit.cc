// SPDX-License-Identifier: MIT OR GPL-2.0
/* NDIS's names for memory, locks, events, time, strings and buffers. */
#include <ndis.h>

#include "bridge.h"
#include "nt/driver.h"
#include "nt/pool.h"
#include "waiting.h"

namespace
{

using namespace wsk::test;

constexpr ULONG tag = 'sidN';

long blocks()
{
	return wsk::pool_usage(wsk::driver_of(reinterpret_cast<const void *>(blocks)), tag).blocks;
}

void memory(struct kunit *test)
{
	const long before = blocks();
	PVOID first = nullptr;

	EXPECT_EQ(test, NdisAllocateMemoryWithTag(&first, 100, tag), NDIS_STATUS_SUCCESS);
	PVOID second = NdisAllocateMemoryWithTagPriority(nullptr, 100, tag, NormalPoolPriority);
	PVOID third = NdisAllocateMemoryWithTagPriority(nullptr, 100, tag, LowPoolPriority);

	ASSERT_TRUE(test, first && second && third);
	EXPECT_EQ(test, blocks(), before + 3);
	NdisFillMemory(first, 100, 7);
	NdisMoveMemory(second, first, 100);
	EXPECT_TRUE(test, NdisEqualMemory(first, second, 100));
	NdisZeroMemory(second, 100);
	EXPECT_FALSE(test, NdisEqualMemory(first, second, 100));
	EXPECT_RULES(test, 0, {
		NdisFreeMemory(first, 100, 0);
		NdisFreeMemoryWithTag(second, tag);
		NdisFreeMemoryWithTagPriority(nullptr, third, tag);
	});
	EXPECT_EQ(test, blocks(), before);
}

void spin_lock(struct kunit *test)
{
	NDIS_SPIN_LOCK lock;
	LIST_ENTRY head, entry;

	NdisAllocateSpinLock(&lock);
	NdisAcquireSpinLock(&lock);
	EXPECT_EQ(test, NDIS_CURRENT_IRQL(), DISPATCH_LEVEL);
	NdisReleaseSpinLock(&lock);
	EXPECT_EQ(test, NDIS_CURRENT_IRQL(), PASSIVE_LEVEL);
	NdisInitializeListHead(&head);
	EXPECT_NULL(test, NdisInterlockedInsertTailList(&head, &entry, &lock));
	EXPECT_PTR_EQ(test, NdisInterlockedRemoveHeadList(&head, &lock), &entry);
	EXPECT_NULL(test, NdisInterlockedRemoveHeadList(&head, &lock));
	NdisFreeSpinLock(&lock);
}

void event(struct kunit *test)
{
	NDIS_EVENT event;

	NdisInitializeEvent(&event);
	EXPECT_FALSE(test, NdisWaitEvent(&event, 1));
	NdisSetEvent(&event);
	EXPECT_TRUE(test, NdisWaitEvent(&event, 1));
	EXPECT_TRUE(test, NdisWaitEvent(&event, 0));
	NdisResetEvent(&event);
	EXPECT_FALSE(test, NdisWaitEvent(&event, 1));
}

void time_passes(struct kunit *test)
{
	LARGE_INTEGER before = {}, after = {};

	NdisGetSystemUpTimeEx(&before);
	NdisMSleep(30000);
	NdisGetSystemUpTimeEx(&after);
	EXPECT_GE(test, after.QuadPart, before.QuadPart + 29);
}

void strings(struct kunit *test)
{
	NDIS_STRING constant = NDIS_STRING_CONST("text"), made = {}, other = {};

	NdisInitUnicodeString(&made, L"TEXT");
	NdisInitUnicodeString(&other, L"texts");
	EXPECT_EQ(test, constant.Length, 8);
	EXPECT_TRUE(test, NdisEqualString(&constant, &made, TRUE));
	EXPECT_FALSE(test, NdisEqualString(&constant, &made, FALSE));
	EXPECT_FALSE(test, NdisEqualString(&constant, &other, TRUE));
}

/* What a driver does with a list of buffers that it has made itself. */
void buffers(struct kunit *test)
{
	static UCHAR data[64];
	PMDL mdl = NdisAllocateMdl(nullptr, data, sizeof(data));
	NET_BUFFER_LIST list = {};
	NET_BUFFER first = {}, second = {};
	PVOID address = nullptr;
	ULONG length = 0, total = 0;

	ASSERT_NOT_NULL(test, mdl);
	NdisQueryMdl(mdl, &address, &length, NormalPagePriority);
	EXPECT_PTR_EQ(test, address, data);
	EXPECT_EQ(test, length, sizeof(data));
	NET_BUFFER_LIST_FIRST_NB(&list) = &first;
	NET_BUFFER_NEXT_NB(&first) = &second;
	NET_BUFFER_FIRST_MDL(&first) = NET_BUFFER_CURRENT_MDL(&first) = mdl;
	NET_BUFFER_DATA_LENGTH(&first) = 40;
	NET_BUFFER_DATA_LENGTH(&second) = 2;
	NET_BUFFER_LIST_INFO(&list, NetBufferListCancelId) = &list;
	NET_BUFFER_LIST_STATUS(&list) = NDIS_STATUS_PENDING;
	for (PNET_BUFFER one = NET_BUFFER_LIST_FIRST_NB(&list); one; one = NET_BUFFER_NEXT_NB(one))
		total += NET_BUFFER_DATA_LENGTH(one);
	EXPECT_EQ(test, total, 42u);
	EXPECT_PTR_EQ(test, first.NetBufferHeader.NetBufferData.Next, &second);
	EXPECT_NULL(test, NET_BUFFER_LIST_NEXT_NBL(&list));
	NdisFreeMdl(mdl);
}

constexpr bridge_case cases[] = {
	{"memory is pool of the driver's", memory},
	{"a spin lock raises the IRQL, and guards lists", spin_lock},
	{"an event stays set until it is reset", event},
	{"time passes while a thread sleeps", time_passes},
	{"strings are compared", strings},
	{"lists of buffers are walked", buffers},
};

} // namespace

BRIDGE_SUITE(ndis, cases);
