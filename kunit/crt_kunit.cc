// SPDX-License-Identifier: MIT OR GPL-2.0
/* The C library that drivers get: its headers, and the functions behind them. */
#include <ntddk.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bridge.h"

namespace
{

bool equal(PCSTR a, PCSTR b)
{
	return !__builtin_strcmp(a, b);
}

void copies_know_sizes(struct kunit *test)
{
	char text[8] = "1234567";
	WCHAR wide[8];

	EXPECT_EQ(test, strcpy_s(text, sizeof(text), "abc"), 0);
	EXPECT_TRUE(test, equal(text, "abc"));
	EXPECT_EQ(test, strcat_s(text, sizeof(text), "defg"), 0);
	EXPECT_TRUE(test, equal(text, "abcdefg"));
	EXPECT_EQ(test, strcat_s(text, sizeof(text), "h"), ERANGE);
	EXPECT_TRUE(test, equal(text, ""));
	EXPECT_EQ(test, strcpy_s(text, "12345678"), ERANGE);
	EXPECT_EQ(test, strcpy_s(text, "1234567"), 0);
	EXPECT_EQ(test, strncpy_s(text, "abcdefgh", 3), 0);
	EXPECT_TRUE(test, equal(text, "abc"));
	EXPECT_EQ(test, strncpy_s(text, "abcdefgh", _TRUNCATE), STRUNCATE);
	EXPECT_TRUE(test, equal(text, "abcdefg"));
	EXPECT_EQ(test, strncpy_s(text, "abcdefgh", 8), ERANGE);
	EXPECT_TRUE(test, equal(text, ""));
	strcpy_s(text, "abc");
	EXPECT_EQ(test, strncat_s(text, "defgh", 2), 0);
	EXPECT_TRUE(test, equal(text, "abcde"));
	EXPECT_EQ(test, strncat_s(text, "fgh", _TRUNCATE), STRUNCATE);
	EXPECT_TRUE(test, equal(text, "abcdefg"));
	EXPECT_EQ(test, strcpy_s(text, sizeof(text), nullptr), EINVAL);
	EXPECT_EQ(test, strcpy_s(nullptr, sizeof(text), "a"), EINVAL);
	EXPECT_EQ(test, strcpy_s(text, 0, "a"), EINVAL);
	EXPECT_EQ(test, strnlen_s(nullptr, 9), 0u);
	EXPECT_EQ(test, strnlen_s("abc", 2), 2u);

	EXPECT_EQ(test, wcscpy_s(wide, L"abc"), 0);
	EXPECT_EQ(test, wcscat_s(wide, ARRAYSIZE(wide), L"defg"), 0);
	EXPECT_MEM_EQ(test, wide, L"abcdefg", sizeof(wide));
	EXPECT_EQ(test, wcscpy_s(wide, 3, L"abc"), ERANGE);
	EXPECT_EQ(test, wide[0], 0);
}

void memory_copies_know_sizes(struct kunit *test)
{
	char target[4] = {1, 1, 1, 1};

	EXPECT_EQ(test, memcpy_s(target, 4, "ab", 2), 0);
	EXPECT_EQ(test, target[1], 'b');
	EXPECT_EQ(test, target[2], 1);
	EXPECT_EQ(test, memcpy_s(target, 4, "abcde", 5), ERANGE);
	EXPECT_EQ(test, target[0], 0);
	EXPECT_EQ(test, memcpy_s(target, 4, nullptr, 2), EINVAL);
	EXPECT_EQ(test, memcpy_s(nullptr, 4, "a", 1), EINVAL);
	EXPECT_EQ(test, memcpy_s(nullptr, 0, nullptr, 0), 0);
	memcpy_s(target, 4, "abcd", 4);
	EXPECT_EQ(test, memmove_s(target + 1, 3, target, 3), 0);
	EXPECT_MEM_EQ(test, target, "aabc", 4);
	EXPECT_EQ(test, memmove_s(target, 2, "abc", 3), ERANGE);
	EXPECT_MEM_EQ(test, target, "aabc", 4);
}

void tokens(struct kunit *test)
{
	char text[] = ",;one,two;;three,";
	WCHAR wide[] = L"a b";
	char *context = nullptr;
	PWSTR wide_context = nullptr;

	EXPECT_TRUE(test, equal(strtok_s(text, ",;", &context), "one"));
	EXPECT_TRUE(test, equal(strtok_s(nullptr, ",;", &context), "two"));
	EXPECT_TRUE(test, equal(strtok_s(nullptr, ",;", &context), "three"));
	EXPECT_NULL(test, strtok_s(nullptr, ",;", &context));
	EXPECT_NULL(test, strtok_s(nullptr, ",;", &context));
	EXPECT_EQ(test, *wcstok_s(wide, L" ", &wide_context), L'a');
	EXPECT_EQ(test, *wcstok_s(nullptr, L" ", &wide_context), L'b');
	EXPECT_NULL(test, wcstok_s(nullptr, L" ", &wide_context));
}

void searches(struct kunit *test)
{
	WCHAR wide[10] = L"Abc";
	char text[] = "MiXed";

	EXPECT_EQ(test, wcsstr(L"one two", L"two") != nullptr, true);
	EXPECT_NULL(test, wcsstr(L"one two", L"three"));
	EXPECT_EQ(test, wcscspn(L"abc,d", L",;"), 3u);
	EXPECT_EQ(test, wcsspn(L"aab", L"a"), 2u);
	EXPECT_EQ(test, *wcspbrk(L"abc;d", L",;"), L';');
	EXPECT_NULL(test, wcspbrk(L"abc", L",;"));
	EXPECT_EQ(test, strcspn("abc,d", ",;"), 3u);
	EXPECT_TRUE(test, equal(_strlwr(text), "mixed"));
	EXPECT_TRUE(test, equal(_strupr(text), "MIXED"));
	EXPECT_MEM_EQ(test, wcsncat(wide, L"defg", 2), L"Abcde", 12);
	EXPECT_MEM_EQ(test, _wcsupr(wide), L"ABCDE", 12);
	EXPECT_MEM_EQ(test, _wcslwr(wide), L"abcde", 12);
}

void numbers_from_text(struct kunit *test)
{
	PCSTR text = "  -0x1fz";
	char *end;

	EXPECT_EQ(test, strtol(text, &end, 0), -0x1f);
	EXPECT_TRUE(test, equal(end, "z"));
	EXPECT_EQ(test, strtol("077", nullptr, 0), 077);
	EXPECT_EQ(test, strtol("0x", &end, 16), 0);
	EXPECT_TRUE(test, equal(end, "x"));
	EXPECT_EQ(test, strtol("zz", nullptr, 36), 35 * 36 + 35);
	EXPECT_EQ(test, strtol("2147483648", nullptr, 10), MAXLONG);
	EXPECT_EQ(test, strtol("-99999999999999999999", nullptr, 10), -MAXLONG - 1);
	EXPECT_EQ(test, strtoul("4294967295", nullptr, 10), 4294967295u);
	EXPECT_EQ(test, strtoul("4294967296", nullptr, 10), 4294967295u);
	EXPECT_EQ(test, _strtoui64("18446744073709551615", nullptr, 10), ~0ull);
	EXPECT_EQ(test, _strtoi64("-9223372036854775808", nullptr, 10), -MAXLONGLONG - 1);
	text = "none";
	EXPECT_EQ(test, strtol(text, &end, 10), 0);
	EXPECT_PTR_EQ(test, end, text);
	EXPECT_EQ(test, wcstoul(L"ff", nullptr, 16), 255u);
	EXPECT_EQ(test, _wtoi(L" 42 "), 42);
	EXPECT_EQ(test, _atoi64("-5000000000"), -5000000000ll);
	EXPECT_EQ(test, _wtoi64(L"5000000000"), 5000000000ll);
}

void text_of_numbers(struct kunit *test)
{
	WCHAR wide[40];
	char text[40];

	EXPECT_EQ(test, _itoa_s(-123, text, sizeof(text), 10), 0);
	EXPECT_TRUE(test, equal(text, "-123"));
	EXPECT_TRUE(test, equal(_itoa(-1, text, 16), "ffffffff"));
	EXPECT_TRUE(test, equal(_ultoa(4000000000u, text, 10), "4000000000"));
	EXPECT_EQ(test, _itoa_s(1234, text, 4, 10), ERANGE);
	EXPECT_TRUE(test, equal(text, ""));
	EXPECT_EQ(test, _itoa_s(1234, text, 5, 10), 0);
	EXPECT_EQ(test, _itoa_s(1, text, 5, 37), EINVAL);
	EXPECT_EQ(test, _i64toa_s(-MAXLONGLONG - 1, text, sizeof(text), 10), 0);
	EXPECT_TRUE(test, equal(text, "-9223372036854775808"));
	EXPECT_EQ(test, _ui64tow_s(~0ull, wide, ARRAYSIZE(wide), 2), ERANGE);
	EXPECT_EQ(test, _ui64tow_s(255, wide, ARRAYSIZE(wide), 2), 0);
	EXPECT_MEM_EQ(test, wide, L"11111111", 18);
}

void prints_know_sizes(struct kunit *test)
{
	char text[8];
	WCHAR wide[8];

	EXPECT_EQ(test, sprintf_s(text, sizeof(text), "%d-%s", 12, "ab"), 5);
	EXPECT_TRUE(test, equal(text, "12-ab"));
	EXPECT_EQ(test, sprintf_s(text, sizeof(text), "%s", "12345678"), -1);
	EXPECT_TRUE(test, equal(text, ""));
	EXPECT_EQ(test, _snprintf_s(text, sizeof(text), _TRUNCATE, "%s", "12345678"), -1);
	EXPECT_TRUE(test, equal(text, "1234567"));
	EXPECT_EQ(test, _snprintf_s(text, sizeof(text), 3, "%s", "12345678"), -1);
	EXPECT_TRUE(test, equal(text, "123"));
	EXPECT_EQ(test, _snprintf_s(text, sizeof(text), 3, "%s", "123"), 3);
	EXPECT_EQ(test, swprintf_s(wide, ARRAYSIZE(wide), L"%ws", L"abc"), 3);
	EXPECT_MEM_EQ(test, wide, L"abc", 8);
	EXPECT_EQ(test, snprintf(text, sizeof(text), "%s", "1234567890"), 10);
	EXPECT_TRUE(test, equal(text, "1234567"));
	EXPECT_EQ(test, snprintf(nullptr, 0, "%d", 12345), 5);
	EXPECT_EQ(test, sprintf(text, "%I64d", 7ll), 1);
	EXPECT_TRUE(test, equal(text, "7"));
	EXPECT_EQ(test, _scprintf("%s!", "abc"), 4);
	EXPECT_EQ(test, _scwprintf(L"%ws", L"abcdef"), 6);
	EXPECT_EQ(test, _snprintf(nullptr, 0, "%d", 12345), 5);
}

int compare(const void *left, const void *right)
{
	return *static_cast<const int *>(left) - *static_cast<const int *>(right);
}

void binary_search(struct kunit *test)
{
	int const sorted[] = {1, 3, 5, 7, 9, 11};

	for (int key = 0; key < 13; key++) {
		auto *found = static_cast<const int *>(
			bsearch(&key, sorted, ARRAYSIZE(sorted), sizeof(int), compare));

		EXPECT_EQ(test, found != nullptr, key % 2 == 1 && key < 12);
		if (found)
			EXPECT_EQ(test, *found, key);
	}
	int key = 1;
	EXPECT_NULL(test, bsearch(&key, sorted, 0, sizeof(int), compare));
}

int compare_down(void *context, const void *a, const void *b)
{
	(*static_cast<int *>(context))++;
	return compare(b, a);
}

/* Elements of 12 bytes, so that nothing is as wide as a word. */
struct Wide {
	int key, copy, more;
};

void sorting(struct kunit *test)
{
	constexpr int most = 200;
	static Wide elements[most];
	ULONG seed = 1;

	for (int count = 0; count < most; count += count < 10 ? 1 : 19) {
		int calls = 0;

		for (int i = 0; i < count; i++) {
			int key = static_cast<int>(RtlRandomEx(&seed) % 50);

			elements[i] = {key, key, ~key};
		}
		qsort(elements, count, sizeof(Wide), compare);
		for (int i = 0; i < count; i++) {
			EXPECT_EQ(test, elements[i].copy, elements[i].key);
			EXPECT_EQ(test, elements[i].more, ~elements[i].key);
			EXPECT_TRUE(test, !i || elements[i - 1].key <= elements[i].key);
		}
		qsort_s(elements, count, sizeof(Wide), compare_down, &calls);
		for (int i = 1; i < count; i++)
			EXPECT_GE(test, elements[i - 1].key, elements[i].key);
		EXPECT_EQ(test, calls > 0, count > 1);
		if (!count)
			continue;
		auto *found = static_cast<Wide *>(bsearch_s(&elements[count / 3], elements, count,
							    sizeof(Wide), compare_down, &calls));
		ASSERT_NOT_NULL(test, found);
		EXPECT_EQ(test, found->key, elements[count / 3].key);
	}
}

constexpr bridge_case cases[] = {
	{"copies of strings know sizes", copies_know_sizes},
	{"copies of memory know sizes", memory_copies_know_sizes},
	{"strings are taken apart at delimiters", tokens},
	{"strings are searched and changed in case", searches},
	{"numbers are read from text", numbers_from_text},
	{"numbers are written as text", text_of_numbers},
	{"prints know sizes", prints_know_sizes},
	{"what is sorted can be searched", binary_search},
	{"whatever is there is sorted, either way", sorting},
};

} // namespace

BRIDGE_SUITE(crt, cases)
