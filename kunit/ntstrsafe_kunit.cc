// SPDX-License-Identifier: MIT OR GPL-2.0
/* Bounded strings that tell where they end, counted parts of strings, and checked integers. */
#include <ntddk.h>
#include <ntintsafe.h>
#include <ntstrsafe.h>

#include "bridge.h"

namespace
{

bool equal(PCSTR a, PCSTR b)
{
	return !__builtin_strcmp(a, b);
}

void tells_the_end(struct kunit *test)
{
	char text[8], *end = nullptr;
	size_t left = 0;

	EXPECT_STATUS(test, RtlStringCchCopyExA(text, 8, "abc", &end, &left, 0), STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, end, text + 3);
	EXPECT_EQ(test, left, 5u);
	EXPECT_STATUS(test, RtlStringCchCatExA(text, 8, "de", &end, &left, 0), STATUS_SUCCESS);
	EXPECT_TRUE(test, equal(text, "abcde"));
	EXPECT_PTR_EQ(test, end, text + 5);
	EXPECT_STATUS(test, RtlStringCchCatNExA(text, 8, "fghij", 1, &end, &left, 0),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, equal(text, "abcdef"));
	EXPECT_STATUS(test, RtlStringCchCatExA(text, 8, "ghi", &end, &left, 0),
		      STATUS_BUFFER_OVERFLOW);
	EXPECT_TRUE(test, equal(text, "abcdefg"));
	EXPECT_EQ(test, left, 1u);
	EXPECT_STATUS(test, RtlStringCchPrintfExA(text, 8, &end, &left, 0, "%d", 42),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, equal(text, "42"));
	EXPECT_EQ(test, left, 6u);
	EXPECT_STATUS(test, RtlStringCchCopyNExA(text, 8, "abc", 2, nullptr, nullptr, 0),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, equal(text, "ab"));

	WCHAR wide[8], *wide_end;
	EXPECT_STATUS(test, RtlStringCbCopyExW(wide, 15, L"abc", &wide_end, &left, 0),
		      STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, wide_end, wide + 3);
	EXPECT_EQ(test, left, 9u);
	EXPECT_STATUS(test, RtlStringCbCatExW(wide, 16, L"de", &wide_end, &left, 0),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, left, 6u);
	EXPECT_STATUS(test, RtlStringCbPrintfExW(wide, 16, &wide_end, &left, 0, L"%ws", L"xyz"),
		      STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, wide, L"xyz", 8);
	EXPECT_EQ(test, left, 10u);
}

void obeys_flags(struct kunit *test)
{
	char text[6], *end;
	size_t left;

	EXPECT_STATUS(test,
		      RtlStringCchCopyExA(text, 6, "ab", nullptr, nullptr, STRSAFE_FILL_BYTE('x')),
		      STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, text, "ab\0xxx", 6);
	EXPECT_STATUS(
		test,
		RtlStringCchCopyExA(text, 6, "abcdef", nullptr, nullptr, STRSAFE_FAILURE_BYTE('y')),
		STATUS_BUFFER_OVERFLOW);
	EXPECT_TRUE(test, equal(text, "yyyyy"));
	EXPECT_STATUS(
		test,
		RtlStringCchCopyExA(text, 6, "abcdef", nullptr, nullptr, STRSAFE_NULL_ON_FAILURE),
		STATUS_BUFFER_OVERFLOW);
	EXPECT_TRUE(test, equal(text, ""));
	RtlStringCchCopyA(text, 6, "abc");
	EXPECT_STATUS(test, RtlStringCchCatExA(text, 6, "defg", &end, &left, STRSAFE_NO_TRUNCATION),
		      STATUS_BUFFER_OVERFLOW);
	EXPECT_TRUE(test, equal(text, "abc"));
	EXPECT_PTR_EQ(test, end, text + 3);
	EXPECT_STATUS(test,
		      RtlStringCchCopyExA(text, 6, nullptr, nullptr, nullptr, STRSAFE_IGNORE_NULLS),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, equal(text, ""));
	EXPECT_STATUS(test,
		      RtlStringCchCopyExA(nullptr, 0, nullptr, &end, &left, STRSAFE_IGNORE_NULLS),
		      STATUS_SUCCESS);
	EXPECT_NULL(test, end);
	EXPECT_STATUS(test,
		      RtlStringCchCopyExA(nullptr, 0, "a", nullptr, nullptr, STRSAFE_IGNORE_NULLS),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlStringCchCopyExA(text, 0, "a", nullptr, nullptr, 0),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlStringCchCopyExA(text, 6, "a", nullptr, nullptr, 0x80000000),
		      STATUS_INVALID_PARAMETER);
}

void counted_parts(struct kunit *test)
{
	DECLARE_CONST_UNICODE_STRING(source, L"abcdef");
	DECLARE_UNICODE_STRING_SIZE(target, 5);

	EXPECT_STATUS(test, RtlUnicodeStringCchCopyN(&target, &source, 2), STATUS_SUCCESS);
	EXPECT_EQ(test, target.Length, 4);
	EXPECT_STATUS(test, RtlUnicodeStringCbCatN(&target, &source, 4), STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, target.Buffer, L"abab", 8);
	EXPECT_STATUS(test, RtlUnicodeStringCchCatStringN(&target, L"xyz", 9),
		      STATUS_BUFFER_OVERFLOW);
	EXPECT_MEM_EQ(test, target.Buffer, L"ababx", 10);
	EXPECT_STATUS(test, RtlUnicodeStringCbCopyStringN(&target, L"xyz", 4), STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, target.Buffer, L"xy", 4);
	EXPECT_STATUS(test, RtlUnicodeStringCchCopyStringN(&target, L"xyz", 99999),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlUnicodeStringValidate(&target), STATUS_SUCCESS);
	target.Length = 3;
	EXPECT_STATUS(test, RtlUnicodeStringValidate(&target), STATUS_INVALID_PARAMETER);
	target.Length = 12;
	EXPECT_STATUS(test, RtlUnicodeStringValidate(&target), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlUnicodeStringValidate(nullptr), STATUS_INVALID_PARAMETER);
}

void checked_integers(struct kunit *test)
{
	UCHAR byte = 0;
	LONG number = 0;
	ULONG unsigned_number = 0;
	SIZE_T size = 0;
	SHORT small = 0;

	EXPECT_STATUS(test, RtlULongToUChar(255, &byte), STATUS_SUCCESS);
	EXPECT_EQ(test, byte, 255);
	EXPECT_STATUS(test, RtlULongToUChar(256, &byte), STATUS_INTEGER_OVERFLOW);
	EXPECT_STATUS(test, RtlLongToUChar(-1, &byte), STATUS_INTEGER_OVERFLOW);
	EXPECT_STATUS(test, RtlLongLongToLong(-0x80000000ll, &number), STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlLongLongToLong(-0x80000001ll, &number), STATUS_INTEGER_OVERFLOW);
	EXPECT_STATUS(test, RtlLongLongToSIZET(-1, &size), STATUS_INTEGER_OVERFLOW);
	EXPECT_STATUS(test, RtlSIZETToULong(1ull << 32, &unsigned_number), STATUS_INTEGER_OVERFLOW);
	EXPECT_EQ(test, unsigned_number, 0xffffffffu);
	EXPECT_STATUS(test, RtlUShortToShort(0x8000, &small), STATUS_INTEGER_OVERFLOW);
	EXPECT_STATUS(test, RtlIntMult(0x10000, 0x8000, &number), STATUS_INTEGER_OVERFLOW);
	EXPECT_STATUS(test, RtlIntMult(-0x10000, 0x8000, &number), STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlUInt8Add(200, 55, &byte), STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlUInt8Add(200, 56, &byte), STATUS_INTEGER_OVERFLOW);
	EXPECT_STATUS(test, RtlUInt32Sub(1, 2, &unsigned_number), STATUS_INTEGER_OVERFLOW);
}

constexpr bridge_case cases[] = {
	{"functions that end in Ex tell where the text ends", tells_the_end},
	{"functions that end in Ex obey their flags", obeys_flags},
	{"parts of counted strings are copied and appended", counted_parts},
	{"integers that do not fit are refused", checked_integers},
};

} // namespace

BRIDGE_SUITE(ntstrsafe, cases)
