// SPDX-License-Identifier: MIT OR GPL-2.0
// Kinds of ASCII characters.

#ifndef _INC_CTYPE
#define _INC_CTYPE

#include <wsk_driver.h>

#ifdef __cplusplus
extern "C" {
#endif

__WSK_INLINE int isdigit(int c)
{
	return c >= '0' && c <= '9';
}

__WSK_INLINE int islower(int c)
{
	return c >= 'a' && c <= 'z';
}

__WSK_INLINE int isupper(int c)
{
	return c >= 'A' && c <= 'Z';
}

__WSK_INLINE int isalpha(int c)
{
	return islower(c) || isupper(c);
}

__WSK_INLINE int isalnum(int c)
{
	return isalpha(c) || isdigit(c);
}

__WSK_INLINE int isxdigit(int c)
{
	return isdigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

__WSK_INLINE int isspace(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

__WSK_INLINE int isprint(int c)
{
	return c >= ' ' && c <= '~';
}

__WSK_INLINE int tolower(int c)
{
	return isupper(c) ? c + ('a' - 'A') : c;
}

__WSK_INLINE int toupper(int c)
{
	return islower(c) ? c - ('a' - 'A') : c;
}

#ifdef __cplusplus
}
#endif

#endif
