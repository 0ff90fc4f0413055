// SPDX-License-Identifier: MIT OR GPL-2.0
/* Strings to other strings and to numbers. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

/* One, two, three and four bytes of UTF-8. */
constexpr char utf8[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
constexpr WCHAR utf16[] = L"a\u00e9\u20ac\U0001f600";

void allocated_conversions(struct kunit *test)
{
	ANSI_STRING ansi, back = {};
	UNICODE_STRING unicode = {};

	RtlInitAnsiString(&ansi, utf8);
	ASSERT_STATUS(test, RtlAnsiStringToUnicodeString(&unicode, &ansi, TRUE), STATUS_SUCCESS);
	EXPECT_EQ(test, unicode.Length, sizeof(utf16) - sizeof(WCHAR));
	EXPECT_EQ(test, unicode.MaximumLength, sizeof(utf16));
	EXPECT_MEM_EQ(test, unicode.Buffer, utf16, sizeof(utf16));
	EXPECT_EQ(test, RtlxAnsiStringToUnicodeSize(&ansi), sizeof(utf16));
	EXPECT_EQ(test, RtlxUnicodeStringToAnsiSize(&unicode), sizeof(utf8));

	ASSERT_STATUS(test, RtlUnicodeStringToAnsiString(&back, &unicode, TRUE), STATUS_SUCCESS);
	EXPECT_EQ(test, back.Length, sizeof(utf8) - 1);
	EXPECT_MEM_EQ(test, back.Buffer, utf8, sizeof(utf8));
	RtlFreeAnsiString(&back);
	EXPECT_NULL(test, back.Buffer);
	RtlFreeUnicodeString(&unicode);
	EXPECT_NULL(test, unicode.Buffer);
	/* Freeing what is empty is allowed. */
	RtlFreeUnicodeString(&unicode);
}

void too_small_targets(struct kunit *test)
{
	DECLARE_UNICODE_STRING_SIZE(unicode, 5);
	UNICODE_STRING source;
	CHAR buffer[5] = "####";
	ANSI_STRING ansi, target = {0, sizeof(buffer), buffer};

	/* Five units of text leave no room for the NUL: nothing is stored. */
	unicode_buffer[0] = L'#';
	RtlInitAnsiString(&ansi, utf8);
	EXPECT_STATUS(test, RtlAnsiStringToUnicodeString(&unicode, &ansi, FALSE),
		      STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(test, unicode_buffer[0], L'#');

	/* In the other direction what fits is stored, in whole characters. */
	RtlInitUnicodeString(&source, utf16);
	EXPECT_STATUS(test, RtlUnicodeStringToAnsiString(&target, &source, FALSE),
		      STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(test, target.Length, 3);
	EXPECT_MEM_EQ(test, buffer, "a\xc3\xa9", 4);
}

void malformed_text(struct kunit *test)
{
	static const struct {
		const char *text;
		const WCHAR *wanted;
	} rows[] = {
		{"\x80", L"\xfffd"},		 /* continuation alone */
		{"\xc3", L"\xfffd"},		 /* cut off */
		{"\xc0\xaf", L"\xfffd\xfffd"},	 /* overlong */
		{"\xe0\x80\xaf", L"\xfffd"},	 /* overlong */
		{"\xed\xa0\x80", L"\xfffd"},	 /* surrogate */
		{"\xf4\x90\x80\x80", L"\xfffd"}, /* beyond U+10FFFF */
		{"\xff", L"\xfffd"},		 /* never valid */
		{"a\xe2\x82z", L"a\xfffdz"},	 /* cut off in the middle */
	};

	for (const auto &row : rows) {
		WCHAR buffer[8] = {};
		ULONG bytes, wanted = 0;

		while (row.wanted[wanted])
			wanted++;
		EXPECT_STATUS(test,
			      RtlUTF8ToUnicodeN(buffer, sizeof(buffer), &bytes, row.text,
						__builtin_strlen(row.text)),
			      STATUS_SOME_NOT_MAPPED);
		EXPECT_EQ(test, bytes, wanted * sizeof(WCHAR));
		EXPECT_MEM_EQ(test, buffer, row.wanted, bytes);
	}
}

void replacement_character_is_well_formed(struct kunit *test)
{
	WCHAR wide;
	CHAR narrow[3];
	ULONG bytes;

	EXPECT_STATUS(test, RtlUTF8ToUnicodeN(&wide, 2, &bytes, "\xef\xbf\xbd", 3), STATUS_SUCCESS);
	EXPECT_EQ(test, wide, 0xfffd);
	EXPECT_STATUS(test, RtlUnicodeToUTF8N(narrow, 3, &bytes, &wide, 2), STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, narrow, "\xef\xbf\xbd", 3);
}

void counted_conversions(struct kunit *test)
{
	CHAR buffer[16];
	ULONG bytes = 0;

	EXPECT_STATUS(test, RtlUnicodeToUTF8N(nullptr, 0, &bytes, utf16, sizeof(utf16)),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, bytes, sizeof(utf8));
	EXPECT_STATUS(test, RtlUnicodeToUTF8N(buffer, 5, &bytes, utf16, sizeof(utf16)),
		      STATUS_BUFFER_TOO_SMALL);
	EXPECT_EQ(test, bytes, 3u);
	EXPECT_STATUS(test, RtlUnicodeToUTF8N(buffer, sizeof(buffer), &bytes, utf16, sizeof(utf16)),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, bytes, sizeof(utf8));
	EXPECT_MEM_EQ(test, buffer, utf8, sizeof(utf8));
	EXPECT_STATUS(test, RtlUnicodeToUTF8N(buffer, 1, &bytes, nullptr, 2),
		      STATUS_INVALID_PARAMETER_4);
	EXPECT_STATUS(test, RtlUnicodeToUTF8N(buffer, 1, &bytes, utf16, 3),
		      STATUS_INVALID_PARAMETER_5);
}

void numbers_are_read(struct kunit *test)
{
	static const struct {
		const char *text;
		ULONG base;
		ULONG wanted;
	} rows[] = {
		{"42", 0, 42},	 {"  +42xyz", 10, 42}, {"-1", 0, MAXULONG}, {"0x1Fg", 0, 0x1f},
		{"0o17", 0, 15}, {"0b101", 0, 5},      {"ff", 16, 0xff},    {"778", 8, 077},
		{"", 0, 0},	 {"x", 10, 0},	       {"0x", 0, 0},	    {"4294967297", 10, 1},
	};
	UNICODE_STRING wide = RTL_CONSTANT_STRING(L"12345");
	ULONG value;

	for (const auto &row : rows) {
		value = 99;
		EXPECT_STATUS(test, RtlCharToInteger(row.text, row.base, &value), STATUS_SUCCESS);
		EXPECT_EQ(test, value, row.wanted);
	}
	EXPECT_STATUS(test, RtlCharToInteger("1", 7, &value), STATUS_INVALID_PARAMETER);

	EXPECT_STATUS(test, RtlUnicodeStringToInteger(&wide, 10, &value), STATUS_SUCCESS);
	EXPECT_EQ(test, value, 12345u);
	/* Not terminated by contract. */
	wide.Length = 3 * sizeof(WCHAR);
	EXPECT_STATUS(test, RtlUnicodeStringToInteger(&wide, 10, &value), STATUS_SUCCESS);
	EXPECT_EQ(test, value, 123u);
}

void numbers_are_written(struct kunit *test)
{
	DECLARE_UNICODE_STRING_SIZE(text, 8);
	DECLARE_UNICODE_STRING_SIZE(wide, 65);

	EXPECT_STATUS(test, RtlIntegerToUnicodeString(0, 0, &text), STATUS_SUCCESS);
	EXPECT_EQ(test, text.Length, 2);
	EXPECT_MEM_EQ(test, text_buffer, L"0", 4);
	EXPECT_STATUS(test, RtlIntegerToUnicodeString(0xbeef, 16, &text), STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, text_buffer, L"BEEF", 10);
	/* Exactly full: no NUL. */
	EXPECT_STATUS(test, RtlIntegerToUnicodeString(12345678, 10, &text), STATUS_SUCCESS);
	EXPECT_EQ(test, text.Length, 16);
	EXPECT_STATUS(test, RtlIntegerToUnicodeString(123456789, 10, &text),
		      STATUS_BUFFER_OVERFLOW);
	EXPECT_STATUS(test, RtlIntegerToUnicodeString(1, 7, &text), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlInt64ToUnicodeString(MAXULONGLONG, 2, &wide), STATUS_SUCCESS);
	EXPECT_EQ(test, wide.Length, 128);
}

void copies(struct kunit *test)
{
	UNICODE_STRING text = RTL_CONSTANT_STRING(L"copy"), empty = {}, copy = {};
	UNICODE_STRING odd = {3, 4, text.Buffer}, longer = {6, 4, text.Buffer},
		       hollow = {2, 2, nullptr};

	EXPECT_STATUS(test, RtlDuplicateUnicodeString(0, &text, &copy), STATUS_SUCCESS);
	EXPECT_EQ(test, copy.Length, 8);
	EXPECT_EQ(test, copy.MaximumLength, 8);
	EXPECT_PTR_NE(test, copy.Buffer, text.Buffer);
	EXPECT_MEM_EQ(test, copy.Buffer, text.Buffer, 8);
	RtlFreeUnicodeString(&copy);
	EXPECT_STATUS(test,
		      RtlDuplicateUnicodeString(RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE, &text,
						&copy),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, copy.MaximumLength, 10);
	EXPECT_EQ(test, copy.Buffer[4], 0);
	RtlFreeUnicodeString(&copy);
	EXPECT_STATUS(test, RtlDuplicateUnicodeString(1, &empty, &copy), STATUS_SUCCESS);
	EXPECT_NULL(test, copy.Buffer);
	EXPECT_STATUS(test, RtlDuplicateUnicodeString(3, nullptr, &copy), STATUS_SUCCESS);
	EXPECT_EQ(test, copy.Buffer[0], 0);
	RtlFreeUnicodeString(&copy);

	EXPECT_STATUS(test, RtlDuplicateUnicodeString(2, &text, &copy), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlDuplicateUnicodeString(4, &text, &copy), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlDuplicateUnicodeString(0, &odd, &copy), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlDuplicateUnicodeString(0, &text, nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlValidateUnicodeString(0, &longer), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlValidateUnicodeString(0, &hollow), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlValidateUnicodeString(1, &text), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlValidateUnicodeString(0, nullptr), STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlValidateUnicodeString(0, &text), STATUS_SUCCESS);
}

void multi_byte(struct kunit *test)
{
	WCHAR wide[4] = {};
	CHAR narrow[8] = {};
	ULONG bytes = 0;

	EXPECT_STATUS(test, RtlMultiByteToUnicodeN(wide, sizeof(wide), &bytes, "a\xc3\xa9", 3),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, bytes, 4u);
	EXPECT_MEM_EQ(test, wide, L"a\u00e9", 4);
	EXPECT_STATUS(test, RtlMultiByteToUnicodeN(wide, 2, &bytes, "ab", 2), STATUS_SUCCESS);
	EXPECT_EQ(test, bytes, 2u);
	EXPECT_STATUS(test, RtlUnicodeToMultiByteN(narrow, 8, &bytes, L"a\u00e9", 4),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, bytes, 3u);
	EXPECT_STATUS(test, RtlMultiByteToUnicodeSize(&bytes, "a\xc3\xa9", 3), STATUS_SUCCESS);
	EXPECT_EQ(test, bytes, 4u);
	EXPECT_STATUS(test, RtlUnicodeToMultiByteSize(&bytes, L"a\u00e9", 4), STATUS_SUCCESS);
	EXPECT_EQ(test, bytes, 3u);
}

constexpr bridge_case cases[] = {
	{"strings are copied, if they are strings", copies},
	{"multi-byte text is UTF-8", multi_byte},
	{"UTF-8 and UTF-16 become each other in allocated buffers", allocated_conversions},
	{"a target that is too small gets nothing, or whole characters", too_small_targets},
	{"malformed UTF-8 becomes U+FFFD and is reported", malformed_text},
	{"U+FFFD itself is no malformed text", replacement_character_is_well_formed},
	{"counted conversions tell sizes and shortness", counted_conversions},
	{"numbers are read in every base", numbers_are_read},
	{"numbers are written in every base", numbers_are_written},
};

} // namespace

BRIDGE_SUITE(rtl_convert, cases);
