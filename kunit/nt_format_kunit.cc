// SPDX-License-Identifier: MIT OR GPL-2.0
/* Windows' format language, through _snprintf and _snwprintf. */
#include <ntddk.h>
#include <stdio.h>

#include "bridge.h"

namespace
{

void expect_text(struct kunit *test, int line, const char *wanted, const char *format, ...)
{
	bridge_site site = {__FILE__, line, false};
	char text[128];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = _vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (length < 0 || __builtin_strcmp(text, wanted))
		bridge_fail(test, &site, "\"%s\" gives \"%s\", and should give \"%s\"", format,
			    text, wanted);
}

#define EXPECT_TEXT(test, wanted, ...) expect_text(test, __LINE__, wanted, __VA_ARGS__)

void integers(struct kunit *test)
{
	EXPECT_TEXT(test, "-5 7 8 ff FF 17", "%d %i %u %x %X %o", -5, 7, 8u, 255, 255, 15);
	EXPECT_TEXT(test, "-2147483648 4294967295", "%d %u", MINLONG, MAXULONG);
	EXPECT_TEXT(test, "0", "%d", 0);
	EXPECT_TEXT(test, "[]", "[%.0d]", 0);
}

void flags_and_widths(struct kunit *test)
{
	EXPECT_TEXT(test, "[+5][ 5][005][5  ][  5]", "[%+d][% d][%03d][%-3d][%3d]", 5, 5, 5, 5, 5);
	EXPECT_TEXT(test, "[-05][0005][ 0005]", "[%03d][%.4d][%5.4d]", -5, 5, 5);
	EXPECT_TEXT(test, "[0xff][0XFF][017][0][0x0a]", "[%#x][%#X][%#o][%#x][%#04x]", 255, 255, 15,
		    0, 10);
	EXPECT_TEXT(test, "[   5][5   ][0005]", "[%*d][%*d][%.*d]", 4, 5, -4, 5, 4, 5);
	EXPECT_TEXT(test, "[  ab][ab  ][a]", "[%4s][%-4s][%.1s]", "ab", "ab", "ab");
}

void size_prefixes(struct kunit *test)
{
	/* A long has 32 bits in Windows, and a driver's LONG is passed as one. */
	EXPECT_TEXT(test, "-1 4294967295 ffffffff", "%ld %lu %lx", (LONG)-1, MAXULONG, MAXULONG);
	EXPECT_TEXT(test, "-1 4294967295", "%I32d %I32u", (LONG)-1, MAXULONG);
	EXPECT_TEXT(test, "-1 65535 -1 255", "%hd %hu %hhd %hhu", -1, -1, -1, -1);
	EXPECT_TEXT(test, "-9223372036854775808 18446744073709551615", "%I64d %I64u",
		    (LONGLONG)1 << 63, MAXULONGLONG);
	EXPECT_TEXT(test, "18446744073709551615 18446744073709551615", "%llu %ju", MAXULONGLONG,
		    MAXULONGLONG);
	EXPECT_TEXT(test, "1000000000000 1000000000000 -1", "%zu %Iu %td", (SIZE_T)1000000000000,
		    (ULONG_PTR)1000000000000, (LONG_PTR)-1);
}

void pointers(struct kunit *test)
{
	EXPECT_TEXT(test, "FFFF8880DEADBEEF", "%p", (PVOID)0xffff8880deadbeef);
	EXPECT_TEXT(test, "0000000000000000", "%p", NULL);
	EXPECT_TEXT(test, "[  0000000000000001]", "[%18p]", (PVOID)1);
}

void strings_of_both_widths(struct kunit *test)
{
	UNICODE_STRING unicode = RTL_CONSTANT_STRING(L"counted");
	ANSI_STRING ansi = RTL_CONSTANT_STRING("bytes");

	EXPECT_TEXT(test, "a b b b b", "%s %S %ws %ls %S", "a", L"b", L"b", L"b", L"b");
	EXPECT_TEXT(test, "a counted counted bytes bytes", "%hs %wZ %lZ %Z %hZ", "a", &unicode,
		    &unicode, &ansi, &ansi);
	EXPECT_TEXT(test, "x y y z", "%c %C %wc %hc", 'x', L'y', L'y', 'z');
	EXPECT_TEXT(test, "[  cou]", "[%5.3wZ]", &unicode);
}

void counted_strings_end_at_their_length(struct kunit *test)
{
	UNICODE_STRING unicode = RTL_CONSTANT_STRING(L"counted");

	unicode.Length = 3 * sizeof(WCHAR);
	EXPECT_TEXT(test, "cou", "%wZ", &unicode);
	unicode.Length = 0;
	EXPECT_TEXT(test, "[]", "[%wZ]", &unicode);
}

void null_strings(struct kunit *test)
{
	UNICODE_STRING empty = {};

	EXPECT_TEXT(test, "(null) (null) (null) (null)", "%s %ws %wZ %Z", NULL, NULL, NULL, NULL);
	EXPECT_TEXT(test, "(null)", "%wZ", &empty);
}

void utf16_becomes_utf8(struct kunit *test)
{
	EXPECT_TEXT(test, "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "%ws",
		    L"\u00e9 \u20ac \U0001f600");
	/* Halves of a pair that stand alone, at the end and in the middle. */
	EXPECT_TEXT(test, "\xef\xbf\xbd", "%ws", L"\xd83d");
	EXPECT_TEXT(test, "\xef\xbf\xbdx\xef\xbf\xbd", "%ws", L"\xd83dx\xde00");
}

void unknown_directives(struct kunit *test)
{
	EXPECT_TEXT(test, "100% %q %", "%d%% %q %", 100);
	EXPECT_TEXT(test, "%f then 7", "%f then %d", 7);
	EXPECT_TEXT(test, "%5.2", "%5.2");
}

void n_stores_nothing(struct kunit *test)
{
	int victim = 42;

	EXPECT_TEXT(test, "ab7", "a%nb%d", &victim, 7);
	EXPECT_EQ(test, victim, 42);
}

void bounds(struct kunit *test)
{
	char text[8] = "#######";

	EXPECT_EQ(test, _snprintf(text, 4, "%s", "abcdef"), -1);
	EXPECT_MEM_EQ(test, text, "abcd###", 8);
	EXPECT_EQ(test, _snprintf(text, 4, "%s", "wxyz"), 4);
	EXPECT_MEM_EQ(test, text, "wxyz###", 8);
	EXPECT_EQ(test, _snprintf(text, 4, "%s", "ab"), 2);
	EXPECT_MEM_EQ(test, text, "ab\0z###", 8);
	EXPECT_EQ(test, _snprintf(text, 0, "x"), -1);
	EXPECT_EQ(test, _snprintf(text, 4, "%2147483647d", 1), -1);
}

void characters_are_never_halved(struct kunit *test)
{
	char text[8] = "#######";

	EXPECT_EQ(test, _snprintf(text, 4, "ab%ws!", L"\u20ac"), -1);
	EXPECT_MEM_EQ(test, text, "ab\0####", 8);
}

void wide_output(struct kunit *test)
{
	WCHAR text[32];
	UNICODE_STRING unicode = RTL_CONSTANT_STRING(L"u");
	ANSI_STRING ansi = RTL_CONSTANT_STRING("\xe2\x82\xac");

	/* In a wide format s is wide, and S is narrow. */
	EXPECT_EQ(test,
		  _snwprintf(text, 32, L"%s %S %hs %wZ %Z %c %d %p", L"w", "n", "h", &unicode,
			     &ansi, L'c', -7, (PVOID)0xab),
		  31);
	EXPECT_MEM_EQ(test, text, L"w n h u \u20ac c -7 00000000000000AB", 31 * sizeof(WCHAR));
	EXPECT_EQ(test, _snwprintf(text, 3, L"%S", "abcd"), -1);
}

constexpr bridge_case cases[] = {
	{"integers of every type are written", integers},
	{"flags, width and precision shape them", flags_and_widths},
	{"size prefixes have Windows' sizes", size_prefixes},
	{"pointers have sixteen upper-case digits", pointers},
	{"narrow, wide and counted strings are written", strings_of_both_widths},
	{"counted strings end at their length", counted_strings_end_at_their_length},
	{"null strings are written as such", null_strings},
	{"UTF-16 becomes UTF-8, lone surrogates U+FFFD", utf16_becomes_utf8},
	{"unknown directives appear as they are", unknown_directives},
	{"a count is never stored", n_stores_nothing},
	{"text stops at the end of the buffer and says so", bounds},
	{"a character that does not fit is left out whole", characters_are_never_halved},
	{"wide formats work the same, with s and S exchanged", wide_output},
};

} // namespace

BRIDGE_SUITE(nt_format, cases);
