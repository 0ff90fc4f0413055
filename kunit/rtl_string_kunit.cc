// SPDX-License-Identifier: MIT OR GPL-2.0
/* Counted strings: initialise, copy, append, compare, case. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

UNICODE_STRING make(PCWSTR text)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, text);
	return string;
}

ANSI_STRING make(PCSZ text)
{
	ANSI_STRING string;

	RtlInitAnsiString(&string, text);
	return string;
}

void init_refers_to_the_text(struct kunit *test)
{
	static const WCHAR text[] = L"abc";
	UNICODE_STRING string = make(text);
	ANSI_STRING ansi = make("abcd");

	EXPECT_EQ(test, string.Length, 6);
	EXPECT_EQ(test, string.MaximumLength, 8);
	EXPECT_PTR_EQ(test, string.Buffer, text);
	EXPECT_EQ(test, ansi.Length, 4);
	EXPECT_EQ(test, ansi.MaximumLength, 5);

	string = make(static_cast<PCWSTR>(nullptr));
	EXPECT_EQ(test, string.Length, 0);
	EXPECT_EQ(test, string.MaximumLength, 0);
	EXPECT_NULL(test, string.Buffer);
}

void init_of_too_long_text(struct kunit *test)
{
	constexpr SIZE_T units = 40000;
	PWCHAR text = static_cast<PWCHAR>(
		ExAllocatePoolWithTag(NonPagedPoolNx, (units + 1) * sizeof(WCHAR), 'tseT'));
	UNICODE_STRING string;

	ASSERT_NOT_NULL(test, text);
	for (SIZE_T i = 0; i < units; i++)
		text[i] = L'x';
	text[units] = 0;
	RtlInitUnicodeString(&string, text);
	EXPECT_EQ(test, string.Length, 0xfffc);
	EXPECT_EQ(test, string.MaximumLength, 0xfffe);
	EXPECT_STATUS(test, RtlInitUnicodeStringEx(&string, text), STATUS_NAME_TOO_LONG);
	EXPECT_STATUS(test, RtlInitUnicodeStringEx(&string, L"x"), STATUS_SUCCESS);
	EXPECT_EQ(test, string.Length, 2);
	ExFreePoolWithTag(text, 'tseT');
}

void copy_stops_at_the_target(struct kunit *test)
{
	DECLARE_UNICODE_STRING_SIZE(target, 4);
	UNICODE_STRING source = make(L"abcdef");

	target_buffer[3] = L'#';
	RtlCopyUnicodeString(&target, &source);
	EXPECT_EQ(test, target.Length, 8);
	EXPECT_MEM_EQ(test, target_buffer, L"abcd", 8);

	/* A shorter one is terminated. */
	source.Length = 4;
	RtlCopyUnicodeString(&target, &source);
	EXPECT_EQ(test, target.Length, 4);
	EXPECT_MEM_EQ(test, target_buffer, L"ab\0d", 8);

	RtlCopyUnicodeString(&target, nullptr);
	EXPECT_EQ(test, target.Length, 0);
}

void append_is_all_or_nothing(struct kunit *test)
{
	DECLARE_UNICODE_STRING_SIZE(target, 4);
	UNICODE_STRING more = make(L"cd");

	EXPECT_STATUS(test, RtlAppendUnicodeToString(&target, L"ab"), STATUS_SUCCESS);
	EXPECT_EQ(test, target.Length, 4);
	EXPECT_EQ(test, target_buffer[2], 0);
	EXPECT_STATUS(test, RtlAppendUnicodeToString(&target, L"cde"), STATUS_BUFFER_TOO_SMALL);
	EXPECT_EQ(test, target.Length, 4);
	EXPECT_STATUS(test, RtlAppendUnicodeStringToString(&target, &more), STATUS_SUCCESS);
	EXPECT_EQ(test, target.Length, 8);
	EXPECT_MEM_EQ(test, target_buffer, L"abcd", 8);
	EXPECT_STATUS(test, RtlAppendUnicodeToString(&target, nullptr), STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlAppendUnicodeToString(&target, L"x"), STATUS_BUFFER_TOO_SMALL);
}

void comparison_orders(struct kunit *test)
{
	UNICODE_STRING a = make(L"abc"), b = make(L"abd"), upper = make(L"ABC"), head = make(L"ab");

	EXPECT_LT(test, RtlCompareUnicodeString(&a, &b, FALSE), 0);
	EXPECT_GT(test, RtlCompareUnicodeString(&b, &a, FALSE), 0);
	EXPECT_GT(test, RtlCompareUnicodeString(&a, &upper, FALSE), 0);
	EXPECT_EQ(test, RtlCompareUnicodeString(&a, &upper, TRUE), 0);
	EXPECT_LT(test, RtlCompareUnicodeString(&head, &a, FALSE), 0);
	EXPECT_TRUE(test, RtlEqualUnicodeString(&a, &upper, TRUE));
	EXPECT_FALSE(test, RtlEqualUnicodeString(&a, &upper, FALSE));
	EXPECT_FALSE(test, RtlEqualUnicodeString(&a, &head, TRUE));
}

void prefixes_are_found(struct kunit *test)
{
	UNICODE_STRING path = make(L"\\Device\\Tcp"), device = make(L"\\DEVICE\\"),
		       empty = make(L"");

	EXPECT_TRUE(test, RtlPrefixUnicodeString(&device, &path, TRUE));
	EXPECT_FALSE(test, RtlPrefixUnicodeString(&device, &path, FALSE));
	EXPECT_FALSE(test, RtlPrefixUnicodeString(&path, &device, TRUE));
	EXPECT_TRUE(test, RtlPrefixUnicodeString(&empty, &path, FALSE));
}

void bytes_fold_only_ascii(struct kunit *test)
{
	ANSI_STRING a = make("caf\xc3\xa9"), b = make("CAF\xc3\xa9"), c = make("CAF\xc3\x89");

	EXPECT_TRUE(test, RtlEqualString(&a, &b, TRUE));
	EXPECT_FALSE(test, RtlEqualString(&a, &c, TRUE));
	EXPECT_FALSE(test, RtlEqualString(&a, &b, FALSE));
	EXPECT_GT(test, RtlCompareString(&a, &b, FALSE), 0);
	EXPECT_EQ(test, RtlUpperChar('q'), 'Q');
	EXPECT_EQ(test, RtlUpperChar('\xe9'), '\xe9');
}

void case_of_many_alphabets(struct kunit *test)
{
	static const WCHAR lower[] = L"azéÿāžάωячѐөա";
	static const WCHAR upper[] = L"AZÉŸĀŽΆΩЯЧЀӨԱ";

	for (ULONG i = 0; lower[i]; i++) {
		EXPECT_EQ(test, RtlUpcaseUnicodeChar(lower[i]), upper[i]);
		EXPECT_EQ(test, RtlDowncaseUnicodeChar(upper[i]), lower[i]);
		EXPECT_EQ(test, RtlUpcaseUnicodeChar(upper[i]), upper[i]);
		EXPECT_EQ(test, RtlDowncaseUnicodeChar(lower[i]), lower[i]);
	}
	/* Without case. */
	EXPECT_EQ(test, RtlUpcaseUnicodeChar(L'ß'), L'ß');
	EXPECT_EQ(test, RtlUpcaseUnicodeChar(L'÷'), L'÷');
	EXPECT_EQ(test, RtlDowncaseUnicodeChar(L'×'), L'×');
	EXPECT_EQ(test, RtlUpcaseUnicodeChar(L'中'), L'中');
}

void no_two_letters_share_a_capital_that_comes_back(struct kunit *test)
{
	/* Every capital's small letter has that capital; only the final sigma shares one. */
	for (ULONG unit = 1; unit < 0x10000; unit++) {
		WCHAR small = RtlDowncaseUnicodeChar(static_cast<WCHAR>(unit));

		if (RtlUpcaseUnicodeChar(static_cast<WCHAR>(unit)) == unit)
			EXPECT_EQ(test, RtlUpcaseUnicodeChar(small), unit);
	}
}

void strings_change_case(struct kunit *test)
{
	UNICODE_STRING source = make(L"Grüße"), result = {};
	DECLARE_UNICODE_STRING_SIZE(small, 2);

	ASSERT_STATUS(test, RtlUpcaseUnicodeString(&result, &source, TRUE), STATUS_SUCCESS);
	EXPECT_EQ(test, result.Length, 10);
	EXPECT_MEM_EQ(test, result.Buffer, L"GRÜßE", 10);
	EXPECT_STATUS(test, RtlDowncaseUnicodeString(&result, &result, FALSE), STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, result.Buffer, L"grüße", 10);
	RtlFreeUnicodeString(&result);
	EXPECT_NULL(test, result.Buffer);
	EXPECT_STATUS(test, RtlUpcaseUnicodeString(&small, &source, FALSE), STATUS_BUFFER_OVERFLOW);
}

constexpr bridge_case cases[] = {
	{"a string made of terminated text refers to it", init_refers_to_the_text},
	{"text beyond 65534 bytes is cut, or refused by the Ex form", init_of_too_long_text},
	{"copying stops at the end of the target", copy_stops_at_the_target},
	{"appending takes all or nothing", append_is_all_or_nothing},
	{"comparison orders by units, then by length", comparison_orders},
	{"prefixes are found with and without case", prefixes_are_found},
	{"bytes beyond ASCII have no case", bytes_fold_only_ascii},
	{"letters of many alphabets have their case", case_of_many_alphabets},
	{"a capital's small letter leads back to it",
	 no_two_letters_share_a_capital_that_comes_back},
	{"whole strings change case, in place too", strings_change_case},
};

} // namespace

BRIDGE_SUITE(rtl_string, cases);
