/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The engine behind DbgPrint and the printf family: Windows' format language. */
#ifndef WSK_NT_FORMAT_H
#define WSK_NT_FORMAT_H

#include <ntdef.h>
#include <stdarg.h>
#include <stddef.h>

namespace wsk
{

struct Formatted {
	size_t stored; /* units written to the buffer; no terminator is ever written */
	size_t length; /* units the whole text has */
};

/* Any IRQL. */
Formatted format_text(char *buffer, size_t capacity, const char *format, va_list arguments);
Formatted format_text(WCHAR *buffer, size_t capacity, const WCHAR *format, va_list arguments);

/*
 * Conversions in a language of their own: %!name!. Each takes what arguments it needs, writes at
 * most `capacity` units, and returns how many.
 */
struct FormatExtension {
	size_t (*convert)(const FormatExtension &self, const char *name, size_t name_length,
			  char *text, size_t capacity, va_list *arguments);
};

Formatted format_text(char *buffer, size_t capacity, const char *format, va_list arguments,
		      const FormatExtension &extension);

} // namespace wsk

#endif
