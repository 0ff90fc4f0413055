// SPDX-License-Identifier: MIT OR GPL-2.0
// The C library's bounded printf functions, with Windows' formats and results.

#ifndef _INC_STDIO
#define _INC_STDIO

#include <stdarg.h>
#include <stddef.h>
#include <wsk_driver.h>

#ifdef __cplusplus
extern "C" {
#endif

int __cdecl _snprintf(char *buffer, size_t count, const char *format, ...);
int __cdecl _vsnprintf(char *buffer, size_t count, const char *format, va_list arguments);
int __cdecl _snwprintf(wchar_t *buffer, size_t count, const wchar_t *format, ...);
int __cdecl _vsnwprintf(wchar_t *buffer, size_t count, const wchar_t *format, va_list arguments);

#ifdef __cplusplus
}
#endif

#endif
