// SPDX-License-Identifier: MIT OR GPL-2.0
// The C library's memory and string functions that the kernel has.

#ifndef _INC_STRING
#define _INC_STRING

#include <stddef.h>
#include <ctype.h>
#include <crt/safe.h>
#include <wsk_driver.h>

#ifdef __cplusplus
extern "C" {
#endif

void *memcpy(void *destination, const void *source, size_t count);
void *memmove(void *destination, const void *source, size_t count);
void *memset(void *destination, int c, size_t count);
int memcmp(const void *buffer1, const void *buffer2, size_t count);
void *memchr(const void *buffer, int c, size_t count);
size_t strlen(const char *string);
size_t strnlen(const char *string, size_t count);
int strcmp(const char *string1, const char *string2);
int strncmp(const char *string1, const char *string2, size_t count);
char *strcpy(char *destination, const char *source);
char *strncpy(char *destination, const char *source, size_t count);
char *strcat(char *destination, const char *source);
char *strchr(const char *string, int c);
char *strrchr(const char *string, int c);
char *strstr(const char *string, const char *search);
char *strncat(char *destination, const char *source, size_t count);
char *strpbrk(const char *string, const char *set);
size_t strspn(const char *string, const char *set);
size_t strcspn(const char *string, const char *set);

/* Wide ones, and those that know no case: nobody else in the kernel needs them. */
__WSK_INLINE size_t wcslen(const wchar_t *string)
{
	size_t length = 0;

	while (string[length])
		length++;
	return length;
}

__WSK_INLINE size_t wcsnlen(const wchar_t *string, size_t count)
{
	size_t length = 0;

	while (length < count && string[length])
		length++;
	return length;
}

__WSK_INLINE int wcsncmp(const wchar_t *string1, const wchar_t *string2, size_t count)
{
	for (; count; count--, string1++, string2++)
		if (*string1 != *string2 || !*string1)
			return *string1 - *string2;
	return 0;
}

__WSK_INLINE int wcscmp(const wchar_t *string1, const wchar_t *string2)
{
	return wcsncmp(string1, string2, (size_t)-1);
}

__WSK_INLINE wchar_t *wcsncpy(wchar_t *destination, const wchar_t *source, size_t count)
{
	size_t length = wcsnlen(source, count);

	__builtin_memcpy(destination, source, length * sizeof(*source));
	__builtin_memset(destination + length, 0, (count - length) * sizeof(*source));
	return destination;
}

__WSK_INLINE wchar_t *wcscpy(wchar_t *destination, const wchar_t *source)
{
	__builtin_memcpy(destination, source, (wcslen(source) + 1) * sizeof(*source));
	return destination;
}

__WSK_INLINE wchar_t *wcscat(wchar_t *destination, const wchar_t *source)
{
	wcscpy(destination + wcslen(destination), source);
	return destination;
}

__WSK_INLINE wchar_t *wcschr(const wchar_t *string, wchar_t c)
{
	for (; *string != c; string++)
		if (!*string)
			return NULL;
	return (wchar_t *)string;
}

__WSK_INLINE wchar_t *wcsrchr(const wchar_t *string, wchar_t c)
{
	size_t length = wcslen(string) + 1;

	while (length--)
		if (string[length] == c)
			return (wchar_t *)string + length;
	return NULL;
}

__WSK_INLINE int _wcsnicmp(const wchar_t *string1, const wchar_t *string2, size_t count)
{
	for (; count; count--, string1++, string2++)
		if (tolower(*string1) != tolower(*string2) || !*string1)
			return tolower(*string1) - tolower(*string2);
	return 0;
}

__WSK_INLINE int _wcsicmp(const wchar_t *string1, const wchar_t *string2)
{
	return _wcsnicmp(string1, string2, (size_t)-1);
}

__WSK_INLINE int _strnicmp(const char *string1, const char *string2, size_t count)
{
	for (; count; count--, string1++, string2++)
		if (tolower((unsigned char)*string1) != tolower((unsigned char)*string2) ||
		    !*string1)
			return tolower((unsigned char)*string1) - tolower((unsigned char)*string2);
	return 0;
}

__WSK_INLINE int _stricmp(const char *string1, const char *string2)
{
	return _strnicmp(string1, string2, (size_t)-1);
}

__WSK_INLINE wchar_t *wcsncat(wchar_t *destination, const wchar_t *source, size_t count)
{
	size_t used = wcslen(destination);
	size_t length = wcsnlen(source, count);

	__builtin_memcpy(destination + used, source, length * sizeof(*source));
	destination[used + length] = 0;
	return destination;
}

__WSK_INLINE wchar_t *wcsstr(const wchar_t *string, const wchar_t *search)
{
	size_t length = wcslen(search);

	for (; wcsncmp(string, search, length); string++)
		if (!*string)
			return NULL;
	return (wchar_t *)string;
}

__WSK_INLINE size_t wcscspn(const wchar_t *string, const wchar_t *set)
{
	size_t length = 0;

	while (string[length] && !wcschr(set, string[length]))
		length++;
	return length;
}

__WSK_INLINE size_t wcsspn(const wchar_t *string, const wchar_t *set)
{
	size_t length = 0;

	while (string[length] && wcschr(set, string[length]))
		length++;
	return length;
}

__WSK_INLINE wchar_t *wcspbrk(const wchar_t *string, const wchar_t *set)
{
	string += wcscspn(string, set);
	return *string ? (wchar_t *)string : NULL;
}

__WSK_INLINE char *_strlwr(char *string)
{
	for (char *at = string; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return string;
}

__WSK_INLINE char *_strupr(char *string)
{
	for (char *at = string; *at; at++)
		*at = (char)toupper((unsigned char)*at);
	return string;
}

__WSK_INLINE wchar_t *_wcslwr(wchar_t *string)
{
	for (wchar_t *at = string; *at; at++)
		*at = (wchar_t)tolower(*at);
	return string;
}

__WSK_INLINE wchar_t *_wcsupr(wchar_t *string)
{
	for (wchar_t *at = string; *at; at++)
		*at = (wchar_t)toupper(*at);
	return string;
}

#ifdef __cplusplus
}
#endif

#endif
