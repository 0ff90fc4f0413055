// SPDX-License-Identifier: MIT OR GPL-2.0
// The C library's general functions that make sense in a kernel.

#ifndef _INC_STDLIB
#define _INC_STDLIB

#include <stddef.h>
#include <ctype.h>
#include <crt/safe.h>
#include <wsk_driver.h>

#ifdef __cplusplus
extern "C" {
#endif

__WSK_INLINE int abs(int n)
{
	return n < 0 ? -n : n;
}

/* Windows' long has 32 bits. */
__WSK_INLINE int atoi(const char *string)
{
	unsigned int value = 0;
	int negative;

	while (isspace(*string))
		string++;
	negative = *string == '-';
	if (*string == '-' || *string == '+')
		string++;
	while (isdigit(*string))
		value = value * 10 + (unsigned int)(*string++ - '0');
	return (int)(negative ? -value : value);
}

__WSK_INLINE int atol(const char *string)
{
	return atoi(string);
}

__WSK_INLINE int __wsk_digit(int c)
{
	if (isdigit(c))
		return c - '0';
	return isalpha(c) ? (c | 0x20) - 'a' + 10 : 36;
}

/* Numbers in text: with base 0 as C writes them. Windows' long has 32 bits. */
#define __WSK_TEXT_TO_NUMBER(name, type, number, unsigned_number, least, most)                     \
	__WSK_INLINE number name(const type *string, type **end, int base)                         \
	{                                                                                          \
		const type *at = string;                                                           \
		const type *digits;                                                                \
		unsigned_number value = 0, limit = (unsigned_number)(most);                        \
		int negative, overflow = 0;                                                        \
                                                                                                   \
		while (isspace(*at))                                                               \
			at++;                                                                      \
		negative = *at == '-';                                                             \
		if (*at == '-' || *at == '+')                                                      \
			at++;                                                                      \
		if ((!base || base == 16) && at[0] == '0' && (at[1] | 0x20) == 'x' &&              \
		    __wsk_digit(at[2]) < 16) {                                                     \
			base = 16;                                                                 \
			at += 2;                                                                   \
		} else if (!base) {                                                                \
			base = *at == '0' ? 8 : 10;                                                \
		}                                                                                  \
		for (digits = at; __wsk_digit(*at) < base; at++)                                   \
			overflow |= __builtin_mul_overflow(value, (unsigned_number)base, &value) | \
				    __builtin_add_overflow(                                        \
					    value, (unsigned_number)__wsk_digit(*at), &value);     \
		if (end)                                                                           \
			*end = (type *)(at == digits ? string : at);                               \
		if (overflow || value > limit)                                                     \
			return negative ? (least) : (most);                                        \
		return (number)(negative ? 0 - value : value);                                     \
	}

__WSK_TEXT_TO_NUMBER(strtol, char, int, unsigned int, -0x7fffffff - 1, 0x7fffffff)
__WSK_TEXT_TO_NUMBER(strtoul, char, unsigned int, unsigned int, 0xffffffff, 0xffffffff)
__WSK_TEXT_TO_NUMBER(_strtoi64, char, long long, unsigned long long, -0x7fffffffffffffffll - 1,
		     0x7fffffffffffffffll)
__WSK_TEXT_TO_NUMBER(_strtoui64, char, unsigned long long, unsigned long long, ~0ull, ~0ull)
__WSK_TEXT_TO_NUMBER(wcstol, wchar_t, int, unsigned int, -0x7fffffff - 1, 0x7fffffff)
__WSK_TEXT_TO_NUMBER(wcstoul, wchar_t, unsigned int, unsigned int, 0xffffffff, 0xffffffff)
__WSK_TEXT_TO_NUMBER(_wcstoi64, wchar_t, long long, unsigned long long, -0x7fffffffffffffffll - 1,
		     0x7fffffffffffffffll)
__WSK_TEXT_TO_NUMBER(_wcstoui64, wchar_t, unsigned long long, unsigned long long, ~0ull, ~0ull)
#undef __WSK_TEXT_TO_NUMBER

__WSK_INLINE long long _atoi64(const char *string)
{
	return _strtoi64(string, NULL, 10);
}

__WSK_INLINE int _wtoi(const wchar_t *string)
{
	return wcstol(string, NULL, 10);
}

__WSK_INLINE int _wtol(const wchar_t *string)
{
	return wcstol(string, NULL, 10);
}

__WSK_INLINE long long _wtoi64(const wchar_t *string)
{
	return _wcstoi64(string, NULL, 10);
}

/* Text of numbers: EINVAL for a base that is none, ERANGE without room, the text empty then. */
#define __WSK_NUMBER_TO_TEXT(name, type)                                                           \
	__WSK_INLINE errno_t name(unsigned long long value, int negative, type *text, size_t size, \
				  int radix)                                                       \
	{                                                                                          \
		size_t length = negative ? 1 : 0;                                                  \
		unsigned long long rest = value;                                                   \
                                                                                                   \
		if (!text || !size)                                                                \
			return __wsk_einval;                                                       \
		text[0] = 0;                                                                       \
		if (radix < 2 || radix > 36)                                                       \
			return __wsk_einval;                                                       \
		do                                                                                 \
			length++;                                                                  \
		while (rest /= (unsigned int)radix);                                               \
		if (length >= size)                                                                \
			return __wsk_erange;                                                       \
		text[length] = 0;                                                                  \
		do {                                                                               \
			unsigned int digit = (unsigned int)(value % (unsigned int)radix);          \
                                                                                                   \
			text[--length] = (type)(digit < 10 ? '0' + digit : 'a' + digit - 10);      \
		} while (value /= (unsigned int)radix);                                            \
		if (negative)                                                                      \
			text[0] = '-';                                                             \
		return 0;                                                                          \
	}

__WSK_NUMBER_TO_TEXT(__wsk_to_text, char)
__WSK_NUMBER_TO_TEXT(__wsk_to_wide, wchar_t)
#undef __WSK_NUMBER_TO_TEXT

/* Only decimal numbers are negative; in other bases they are what their bits say. */
#define __WSK_SIGNED_TO_TEXT(name, type, number, unsigned_number, convert)              \
	__WSK_INLINE errno_t name##_s(number value, type *text, size_t size, int radix) \
	{                                                                               \
		int negative = radix == 10 && value < 0;                                \
                                                                                        \
		return convert((unsigned_number)(negative ? 0 - (unsigned_number)value  \
							  : (unsigned_number)value),    \
			       negative, text, size, radix);                            \
	}                                                                               \
	__WSK_INLINE type *name(number value, type *text, int radix)                    \
	{                                                                               \
		name##_s(value, text, (size_t)-1, radix);                               \
		return text;                                                            \
	}

__WSK_SIGNED_TO_TEXT(_itoa, char, int, unsigned int, __wsk_to_text)
__WSK_SIGNED_TO_TEXT(_ltoa, char, int, unsigned int, __wsk_to_text)
__WSK_SIGNED_TO_TEXT(_i64toa, char, long long, unsigned long long, __wsk_to_text)
__WSK_SIGNED_TO_TEXT(_itow, wchar_t, int, unsigned int, __wsk_to_wide)
__WSK_SIGNED_TO_TEXT(_ltow, wchar_t, int, unsigned int, __wsk_to_wide)
__WSK_SIGNED_TO_TEXT(_i64tow, wchar_t, long long, unsigned long long, __wsk_to_wide)
#undef __WSK_SIGNED_TO_TEXT

#define __WSK_UNSIGNED_TO_TEXT(name, type, number, convert)                             \
	__WSK_INLINE errno_t name##_s(number value, type *text, size_t size, int radix) \
	{                                                                               \
		return convert(value, 0, text, size, radix);                            \
	}                                                                               \
	__WSK_INLINE type *name(number value, type *text, int radix)                    \
	{                                                                               \
		name##_s(value, text, (size_t)-1, radix);                               \
		return text;                                                            \
	}

__WSK_UNSIGNED_TO_TEXT(_ultoa, char, unsigned int, __wsk_to_text)
__WSK_UNSIGNED_TO_TEXT(_ui64toa, char, unsigned long long, __wsk_to_text)
__WSK_UNSIGNED_TO_TEXT(_ultow, wchar_t, unsigned int, __wsk_to_wide)
__WSK_UNSIGNED_TO_TEXT(_ui64tow, wchar_t, unsigned long long, __wsk_to_wide)
#undef __WSK_UNSIGNED_TO_TEXT

__WSK_INLINE void __wsk_swap(char *first, char *second, size_t size)
{
	while (size--) {
		char kept = *first;

		*first++ = *second;
		*second++ = kept;
	}
}

/*
 * Searching and sorting, by a function that compares two elements; the last parameters are that
 * function, and its context. The sort is a heap's: in place, without recursion, and never slow.
 */
#define __WSK_SORTED(search, sort, call, ...)                                                   \
	__WSK_INLINE void *search(const void *key, const void *base, size_t count, size_t size, \
				  __VA_ARGS__)                                                  \
	{                                                                                       \
		const char *at = (const char *)base;                                            \
		while (count) {                                                                 \
			const char *middle = at + count / 2 * size;                             \
			int result = call(key, middle);                                         \
			if (!result)                                                            \
				return (void *)middle;                                          \
			if (result > 0) {                                                       \
				at = middle + size;                                             \
				count--;                                                        \
			}                                                                       \
			count /= 2;                                                             \
		}                                                                               \
		return NULL;                                                                    \
	}                                                                                       \
	__WSK_INLINE void sort(void *base, size_t count, size_t size, __VA_ARGS__)              \
	{                                                                                       \
		char *at = (char *)base;                                                        \
		size_t start = count / 2, end = count;                                          \
		while (end > 1) {                                                               \
			size_t root;                                                            \
			if (start)                                                              \
				start--;                                                        \
			else                                                                    \
				__wsk_swap(at, at + --end * size, size);                        \
			root = start;                                                           \
			while (2 * root + 1 < end) {                                            \
				size_t child = 2 * root + 1;                                    \
				if (child + 1 < end &&                                          \
				    call(at + child * size, at + (child + 1) * size) < 0)       \
					child++;                                                \
				if (call(at + root * size, at + child * size) >= 0)             \
					break;                                                  \
				__wsk_swap(at + root * size, at + child * size, size);          \
				root = child;                                                   \
			}                                                                       \
		}                                                                               \
	}
#define __WSK_COMPARE(a, b) compare(a, b)
#define __WSK_COMPARE_S(a, b) compare(context, a, b)
__WSK_SORTED(bsearch, qsort, __WSK_COMPARE, int (*compare)(const void *, const void *))
__WSK_SORTED(bsearch_s, qsort_s, __WSK_COMPARE_S,
	     int (*compare)(void *, const void *, const void *), void *context)
#undef __WSK_COMPARE_S
#undef __WSK_COMPARE
#undef __WSK_SORTED

#ifdef __cplusplus
}
#endif

#ifndef _countof
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif
#if !defined(NOMINMAX) && !defined(__cplusplus)
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#endif

#endif
