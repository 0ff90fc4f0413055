// SPDX-License-Identifier: MIT OR GPL-2.0
// The C library's bounded printf functions, with Windows' formats and results.

#ifndef _INC_STDIO
#define _INC_STDIO

#include <stdarg.h>
#include <stddef.h>
#include <crt/safe.h>
#include <wsk_driver.h>

#ifdef __cplusplus
extern "C" {
#endif

int __cdecl _snprintf(char *buffer, size_t count, const char *format, ...);
int __cdecl _vsnprintf(char *buffer, size_t count, const char *format, va_list arguments);
int __cdecl _snwprintf(wchar_t *buffer, size_t count, const wchar_t *format, ...);
int __cdecl _vsnwprintf(wchar_t *buffer, size_t count, const wchar_t *format, va_list arguments);

/* How long the text would be. */
int __cdecl _scprintf(const char *format, ...);
int __cdecl _vscprintf(const char *format, va_list arguments);
int __cdecl _scwprintf(const wchar_t *format, ...);
int __cdecl _vscwprintf(const wchar_t *format, va_list arguments);

#ifdef __cplusplus
}
#endif

/* Variable arguments cannot be inlined: a copy in each object file that uses one. */
#ifdef __cplusplus
#define __WSK_PRINT inline int
extern "C++" {
#else
#define __WSK_PRINT static inline __attribute__((__unused__)) int
#endif

/*
 * Those that know a size: what does not fit leaves an empty text and -1, but with _TRUNCATE as the
 * count, what fits and -1.
 */
#define __WSK_PRINTERS(type, bounded, safe, vsafe, bounded_safe, vbounded_safe)                    \
	__WSK_PRINT vbounded_safe(type *buffer, size_t size, size_t count, const type *format,     \
				  va_list arguments)                                               \
	{                                                                                          \
		size_t room = count < size ? count : size - 1;                                     \
		int printed;                                                                       \
                                                                                                   \
		if (!buffer || !size)                                                              \
			return -1;                                                                 \
		printed = bounded(buffer, room, format, arguments);                                \
		if (printed >= 0 && (size_t)printed <= room) {                                     \
			buffer[printed] = 0;                                                       \
			return printed;                                                            \
		}                                                                                  \
		/* Cut by the count, as was asked for, or by the size. */                          \
		buffer[count == _TRUNCATE || count < size ? room : 0] = 0;                         \
		return -1;                                                                         \
	}                                                                                          \
                                                                                                   \
	__WSK_PRINT bounded_safe(type *buffer, size_t size, size_t count, const type *format, ...) \
	{                                                                                          \
		va_list arguments;                                                                 \
		int printed;                                                                       \
                                                                                                   \
		va_start(arguments, format);                                                       \
		printed = vbounded_safe(buffer, size, count, format, arguments);                   \
		va_end(arguments);                                                                 \
		return printed;                                                                    \
	}                                                                                          \
                                                                                                   \
	__WSK_PRINT vsafe(type *buffer, size_t size, const type *format, va_list arguments)        \
	{                                                                                          \
		return vbounded_safe(buffer, size, size, format, arguments);                       \
	}                                                                                          \
                                                                                                   \
	__WSK_PRINT safe(type *buffer, size_t size, const type *format, ...)                       \
	{                                                                                          \
		va_list arguments;                                                                 \
		int printed;                                                                       \
                                                                                                   \
		va_start(arguments, format);                                                       \
		printed = vsafe(buffer, size, format, arguments);                                  \
		va_end(arguments);                                                                 \
		return printed;                                                                    \
	}

__WSK_PRINTERS(char, _vsnprintf, sprintf_s, vsprintf_s, _snprintf_s, _vsnprintf_s)
__WSK_PRINTERS(wchar_t, _vsnwprintf, swprintf_s, vswprintf_s, _snwprintf_s, _vsnwprintf_s)
#undef __WSK_PRINTERS

/* C99's: always terminated, and the result is how long the text would be. */
__WSK_PRINT vsnprintf(char *buffer, size_t count, const char *format, va_list arguments)
{
	va_list again;
	int length;

	va_copy(again, arguments);
	length = _vscprintf(format, again);
	va_end(again);
	if (count) {
		_vsnprintf(buffer, count, format, arguments);
		buffer[count - 1] = 0;
	}
	return length;
}

__WSK_PRINT snprintf(char *buffer, size_t count, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(buffer, count, format, arguments);
	va_end(arguments);
	return length;
}

/* Without a bound. */
__WSK_PRINT vsprintf(char *buffer, const char *format, va_list arguments)
{
	return _vsnprintf(buffer, 0x7fffffff, format, arguments);
}

__WSK_PRINT sprintf(char *buffer, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsprintf(buffer, format, arguments);
	va_end(arguments);
	return length;
}

#ifdef __cplusplus
}
#endif
#undef __WSK_PRINT

#endif
