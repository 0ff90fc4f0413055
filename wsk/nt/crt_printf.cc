// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The bounded printf functions of the C runtime that Windows' kernel exports, and on which the
 * RtlStringCbPrintf family of ntstrsafe.h stands.
 */
#include <ntdef.h>
#include <stdarg.h>
#include <stdio.h>

#include "nt/nt_format.h"

namespace
{

/* Windows' rule: a terminator only where there is room, and -1 when the text was cut. */
template <typename Char>
int print_bounded(Char *buffer, size_t count, const Char *format, va_list arguments)
{
	wsk::Formatted text = wsk::format_text(buffer, count, format, arguments);

	if (text.stored < count)
		buffer[text.stored] = 0;
	/* Without a buffer it was asked how long the text is. */
	if (!buffer && !count)
		return static_cast<int>(text.length);
	return text.length > text.stored ? -1 : static_cast<int>(text.length);
}

} // namespace

/**
 * _vsnprintf() - format text into a buffer
 * @buffer: receives the text, and a NUL where there is room for one
 * @count: its size in characters
 * @format: Windows format, see nt_format.cc
 * @arguments: its arguments
 *
 * A NULL buffer of size 0 asks how long the text would be.
 *
 * Context: any IRQL.
 * Return: the number of characters without the NUL, or -1 when the text was cut.
 * Source: stdio.h, _vsnprintf
 */
int _vsnprintf(char *buffer, size_t count, const char *format, va_list arguments)
{
	return print_bounded(buffer, count, format, arguments);
}

/**
 * _snprintf() - format text into a buffer
 * @buffer: receives the text, and a NUL where there is room for one
 * @count: its size in characters
 * @format: Windows format
 *
 * Context: any IRQL.
 * Return: as _vsnprintf().
 * Source: stdio.h, _snprintf
 */
int _snprintf(char *buffer, size_t count, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = print_bounded(buffer, count, format, arguments);
	va_end(arguments);
	return length;
}

/**
 * _vsnwprintf() - format text into a wide buffer
 * @buffer: receives the text, and a NUL where there is room for one
 * @count: its size in characters
 * @format: Windows format
 * @arguments: its arguments
 *
 * Context: any IRQL.
 * Return: the number of characters without the NUL, or -1 when the text was cut.
 * Source: stdio.h, _vsnwprintf
 */
int _vsnwprintf(WCHAR *buffer, size_t count, const WCHAR *format, va_list arguments)
{
	return print_bounded(buffer, count, format, arguments);
}

/**
 * _snwprintf() - format text into a wide buffer
 * @buffer: receives the text, and a NUL where there is room for one
 * @count: its size in characters
 * @format: Windows format
 *
 * Context: any IRQL.
 * Return: as _vsnwprintf().
 * Source: stdio.h, _snwprintf
 */
int _snwprintf(WCHAR *buffer, size_t count, const WCHAR *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = print_bounded(buffer, count, format, arguments);
	va_end(arguments);
	return length;
}

/**
 * _vscprintf() - tell how long a text would be
 * @format: Windows format, see nt_format.cc
 * @arguments: its arguments
 *
 * Context: any IRQL.
 * Return: the number of characters without the NUL.
 * Source: stdio.h, _vscprintf
 */
int _vscprintf(const char *format, va_list arguments)
{
	return print_bounded(static_cast<char *>(nullptr), 0, format, arguments);
}

/**
 * _scprintf() - tell how long a text would be
 * @format: Windows format
 *
 * Context: any IRQL.
 * Return: as _vscprintf().
 * Source: stdio.h, _scprintf
 */
int _scprintf(const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = _vscprintf(format, arguments);
	va_end(arguments);
	return length;
}

/**
 * _vscwprintf() - tell how long a text would be
 * @format: Windows format, see nt_format.cc
 * @arguments: its arguments
 *
 * Context: any IRQL.
 * Return: the number of characters without the NUL.
 * Source: stdio.h, _vscwprintf
 */
int _vscwprintf(const wchar_t *format, va_list arguments)
{
	return print_bounded(static_cast<wchar_t *>(nullptr), 0, format, arguments);
}

/**
 * _scwprintf() - tell how long a text would be
 * @format: Windows format
 *
 * Context: any IRQL.
 * Return: as _vscwprintf().
 * Source: stdio.h, _scwprintf
 */
int _scwprintf(const wchar_t *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = _vscwprintf(format, arguments);
	va_end(arguments);
	return length;
}
