// SPDX-License-Identifier: MIT OR GPL-2.0
/* RtlCompareMemory and the memory macros of wdm.h. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

void counts_equal_bytes(struct kunit *test)
{
	UCHAR first[64], second[64];

	for (ULONG i = 0; i < sizeof(first); i++)
		first[i] = second[i] = static_cast<UCHAR>(i);
	EXPECT_EQ(test, RtlCompareMemory(first, second, sizeof(first)), sizeof(first));
	EXPECT_EQ(test, RtlCompareMemory(first, second, 0), 0u);

	/* A difference at every place, for blocks of every length and alignment. */
	for (ULONG length = 1; length <= 40; length++) {
		for (ULONG at = 0; at < length; at++) {
			second[1 + at] ^= 0x80;
			EXPECT_EQ(test, RtlCompareMemory(first + 1, second + 1, length), at);
			second[1 + at] ^= 0x80;
		}
		EXPECT_EQ(test, RtlCompareMemory(first + 1, second + 1, length), length);
	}
}

void fills_moves_and_clears(struct kunit *test)
{
	UCHAR block[8];

	RtlFillMemory(block, sizeof(block), 0xab);
	EXPECT_MEM_EQ(test, block, "\xab\xab\xab\xab\xab\xab\xab\xab", 8);
	RtlCopyMemory(block, "12345678", 8);
	RtlMoveMemory(block + 1, block, 4);
	EXPECT_MEM_EQ(test, block, "11234678", 8);
	EXPECT_TRUE(test, RtlEqualMemory(block, "1123", 4));
	EXPECT_FALSE(test, RtlEqualMemory(block, "1124", 4));
	RtlZeroMemory(block, 4);
	EXPECT_MEM_EQ(test, block, "\0\0\0\0004678", 8);
	RtlSecureZeroMemory(block, 8);
	EXPECT_MEM_EQ(test, block, "\0\0\0\0\0\0\0", 8);
}

constexpr bridge_case cases[] = {
	{"the bytes before the first difference are counted", counts_equal_bytes},
	{"blocks are filled, moved over themselves, compared and cleared", fills_moves_and_clears},
};

} // namespace

BRIDGE_SUITE(rtl_memory, cases);
