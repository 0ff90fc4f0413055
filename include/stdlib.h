// SPDX-License-Identifier: MIT OR GPL-2.0
// The C library's general functions that make sense in a kernel.

#ifndef _INC_STDLIB
#define _INC_STDLIB

#include <stddef.h>
#include <ctype.h>
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
