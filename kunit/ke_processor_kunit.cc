// SPDX-License-Identifier: MIT OR GPL-2.0
/* Processors. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

void counts_agree(struct kunit *test)
{
	KAFFINITY mask = 0;
	ULONG active = KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS);
	ULONG sum = 0;

	EXPECT_GE(test, active, 1u);
	EXPECT_LE(test, active, KeQueryMaximumProcessorCountEx(ALL_PROCESSOR_GROUPS));
	for (USHORT group = 0; group < KeQueryActiveGroupCount(); group++)
		sum += KeQueryActiveProcessorCountEx(group);
	EXPECT_EQ(test, sum, active);
	EXPECT_GE(test, KeQueryMaximumGroupCount(), KeQueryActiveGroupCount());
	EXPECT_EQ(test, KeQueryActiveProcessorCount(&mask), KeQueryActiveProcessorCountEx(0));
	/* Not the compiler's popcount, which may be a function that the kernel has not. */
	ULONG bits = 0;

	for (KAFFINITY left = mask; left; left &= left - 1)
		bits++;
	EXPECT_EQ(test, bits, KeQueryActiveProcessorCount(nullptr));
	EXPECT_EQ(test, mask, KeQueryActiveProcessors());
	EXPECT_EQ(test, mask, KeQueryGroupAffinity(0));
	EXPECT_EQ(test, KeQueryMaximumProcessorCount(), KeQueryMaximumProcessorCountEx(0));
	EXPECT_EQ(test, KeQueryActiveProcessorCountEx(0x7777), 0u);
	EXPECT_EQ(test, KeQueryGroupAffinity(0x7777), 0ull);
}

void numbers_convert(struct kunit *test)
{
	PROCESSOR_NUMBER number = {.Group = 9, .Number = 9, .Reserved = 9};

	ASSERT_STATUS(test, KeGetProcessorNumberFromIndex(0, &number), STATUS_SUCCESS);
	EXPECT_EQ(test, number.Group, 0);
	EXPECT_EQ(test, number.Number, 0);
	EXPECT_EQ(test, number.Reserved, 0);
	EXPECT_EQ(test, KeGetProcessorIndexFromNumber(&number), 0u);
	number.Number = 64;
	EXPECT_EQ(test, KeGetProcessorIndexFromNumber(&number), INVALID_PROCESSOR_INDEX);
	number = {.Group = 0xfff0, .Number = 0, .Reserved = 0};
	EXPECT_EQ(test, KeGetProcessorIndexFromNumber(&number), INVALID_PROCESSOR_INDEX);
	EXPECT_STATUS(test, KeGetProcessorNumberFromIndex(0x10000, &number),
		      STATUS_INVALID_PARAMETER);
}

void look(void *context)
{
	PROCESSOR_NUMBER number;
	ULONG index = KeGetCurrentProcessorNumberEx(&number);

	*static_cast<bool *>(context) = index == KeGetProcessorIndexFromNumber(&number) &&
					index == KeGetCurrentProcessorIndex();
}

void current(struct kunit *test)
{
	bool agrees = false;

	EXPECT_RULES(test, 0, bridge_run_at_dispatch(look, &agrees));
	EXPECT_TRUE(test, agrees);
	agrees = false;
	EXPECT_RULES(test, 0, bridge_run_at_high(look, &agrees));
	EXPECT_TRUE(test, agrees);
}

constexpr bridge_case cases[] = {
	{"the counts of processors agree with one another", counts_agree},
	{"numbers of processors convert both ways", numbers_convert},
	{"the current processor is told at any IRQL", current},
};

} // namespace

BRIDGE_SUITE(ke_processor, cases)
