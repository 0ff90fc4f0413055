// SPDX-License-Identifier: MIT OR GPL-2.0
// The C library's memory and string functions that the kernel has.

#ifndef _INC_STRING
#define _INC_STRING

#include <stddef.h>
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

#ifdef __cplusplus
}
#endif

#endif
