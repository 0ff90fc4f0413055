// SPDX-License-Identifier: MIT OR GPL-2.0
/* Bitmaps, compared with arrays of bytes. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

constexpr ULONG none = 0xffffffff;
constexpr ULONG bits = 100; /* not a whole number of words */

/* A bitmap, with words around it that must stay what they are. */
struct Map {
	ULONG words[6];
	RTL_BITMAP map;

	Map() : words(), map()
	{
		words[0] = words[5] = 0xa5a5a5a5;
		RtlInitializeBitMap(&map, words + 1, bits);
	}
	bool intact() const { return words[0] == 0xa5a5a5a5 && words[5] == 0xa5a5a5a5; }
};

void single_bits(struct kunit *test)
{
	Map it;

	for (ULONG bit = 0; bit < bits; bit += 3)
		RtlSetBit(&it.map, bit);
	for (ULONG bit = 0; bit < bits; bit++)
		EXPECT_EQ(test, RtlTestBit(&it.map, bit), bit % 3 == 0);
	EXPECT_EQ(test, RtlNumberOfSetBits(&it.map), 34u);
	EXPECT_EQ(test, RtlNumberOfClearBits(&it.map), 66u);
	RtlClearBit(&it.map, 99);
	EXPECT_FALSE(test, RtlCheckBit(&it.map, 99));
	/* Outside there is nothing. */
	RtlSetBit(&it.map, bits);
	RtlSetBit(&it.map, none);
	EXPECT_FALSE(test, RtlTestBit(&it.map, bits));
	EXPECT_EQ(test, it.words[4] >> 4, 0u);
	RtlSetAllBits(&it.map);
	EXPECT_EQ(test, RtlNumberOfSetBits(&it.map), bits);
	EXPECT_EQ(test, it.words[4] >> 4, 0u);
	RtlClearAllBits(&it.map);
	EXPECT_EQ(test, RtlNumberOfSetBits(&it.map), 0u);
	EXPECT_TRUE(test, it.intact());
}

/* Every range there is. */
void ranges(struct kunit *test)
{
	for (ULONG start = 0; start <= bits; start++) {
		for (ULONG count = 0; start + count <= bits; count++) {
			Map it;
			bool right = true;

			RtlSetBits(&it.map, start, count);
			for (ULONG bit = 0; bit < bits; bit++)
				right = right && RtlTestBit(&it.map, bit) ==
							 (bit >= start && bit < start + count);
			right = right && RtlNumberOfSetBits(&it.map) == count &&
				RtlAreBitsSet(&it.map, start, count) == (count > 0) && it.intact();
			RtlClearBits(&it.map, start, count);
			right = right && !RtlNumberOfSetBits(&it.map) &&
				RtlAreBitsClear(&it.map, start, count) == (count > 0);
			if (!right) {
				EXPECT_EQ(test, start, none);
				EXPECT_EQ(test, count, none);
				return;
			}
		}
	}

	Map it;

	RtlSetBits(&it.map, 90, 11);
	RtlSetBits(&it.map, 101, 0xffffffff);
	RtlSetBits(&it.map, 5, 0xffffffff);
	EXPECT_EQ(test, RtlNumberOfSetBits(&it.map), 0u);
	EXPECT_FALSE(test, RtlAreBitsClear(&it.map, 90, 11));
	EXPECT_FALSE(test, RtlAreBitsClear(&it.map, 101, 0));
}

void runs(struct kunit *test)
{
	Map it;
	ULONG start = 7;

	/* Clear: 0-4, 10-29, 50-99. */
	RtlSetBits(&it.map, 5, 5);
	RtlSetBits(&it.map, 30, 20);
	EXPECT_EQ(test, RtlFindFirstRunClear(&it.map, &start), 5u);
	EXPECT_EQ(test, start, 0u);
	EXPECT_EQ(test, RtlFindNextForwardRunClear(&it.map, 5, &start), 20u);
	EXPECT_EQ(test, start, 10u);
	EXPECT_EQ(test, RtlFindLongestRunClear(&it.map, &start), 50u);
	EXPECT_EQ(test, start, 50u);
	EXPECT_EQ(test, RtlFindClearBits(&it.map, 5, 0), 0u);
	EXPECT_EQ(test, RtlFindClearBits(&it.map, 6, 0), 10u);
	EXPECT_EQ(test, RtlFindClearBits(&it.map, 21, 0), 50u);
	EXPECT_EQ(test, RtlFindClearBits(&it.map, 51, 0), none);
	EXPECT_EQ(test, RtlFindClearBits(&it.map, 101, 0), none);
	/* From the hint on, and then before it. */
	EXPECT_EQ(test, RtlFindClearBits(&it.map, 5, 12), 12u);
	EXPECT_EQ(test, RtlFindClearBits(&it.map, 19, 12), 50u);
	EXPECT_EQ(test, RtlFindClearBits(&it.map, 20, 90), 10u);
	EXPECT_EQ(test, RtlFindClearBits(&it.map, 5, none), 0u);
	EXPECT_EQ(test, RtlFindClearBits(&it.map, 0, 21), 16u);
	EXPECT_EQ(test, RtlFindSetBits(&it.map, 6, 0), 30u);
	EXPECT_EQ(test, RtlFindSetBits(&it.map, 21, 0), none);
	EXPECT_EQ(test, RtlFindClearBitsAndSet(&it.map, 20, 0), 10u);
	EXPECT_TRUE(test, RtlAreBitsSet(&it.map, 5, 45));
	EXPECT_EQ(test, RtlFindSetBitsAndClear(&it.map, 45, 60), 5u);
	EXPECT_EQ(test, RtlNumberOfSetBits(&it.map), 0u);
	EXPECT_EQ(test, RtlFindSetBitsAndClear(&it.map, 1, 0), none);
	RtlSetAllBits(&it.map);
	start = 3;
	EXPECT_EQ(test, RtlFindNextForwardRunClear(&it.map, 40, &start), 0u);
	EXPECT_EQ(test, start, 40u);
	EXPECT_EQ(test, RtlFindNextForwardRunClear(&it.map, none, &start), 0u);
	EXPECT_TRUE(test, it.intact());
}

void no_bits(struct kunit *test)
{
	RTL_BITMAP map;
	ULONG start;

	RtlInitializeBitMap(&map, nullptr, 0);
	RtlSetAllBits(&map);
	RtlSetBit(&map, 0);
	EXPECT_EQ(test, RtlNumberOfSetBits(&map), 0u);
	EXPECT_EQ(test, RtlFindClearBits(&map, 1, 0), none);
	EXPECT_EQ(test, RtlFindFirstRunClear(&map, &start), 0u);
}

void significant_bits(struct kunit *test)
{
	EXPECT_EQ(test, RtlFindMostSignificantBit(0), -1);
	EXPECT_EQ(test, RtlFindLeastSignificantBit(0), -1);
	EXPECT_EQ(test, RtlFindMostSignificantBit(0x8000000000000001), 63);
	EXPECT_EQ(test, RtlFindLeastSignificantBit(0x8000000000000000), 63);
	EXPECT_EQ(test, RtlFindLeastSignificantBit(0x18), 3);
	EXPECT_EQ(test, RtlFindMostSignificantBit(0x18), 4);
}

constexpr bridge_case cases[] = {
	{"bits are set, cleared and counted, and none outside", single_bits},
	{"ranges are set, cleared and tested, wherever they lie", ranges},
	{"runs are found, from a hint on and before it", runs},
	{"a bitmap may have no bits", no_bits},
	{"the highest and the lowest bit are found", significant_bits},
};

} // namespace

BRIDGE_SUITE(rtl_bitmap, cases)
