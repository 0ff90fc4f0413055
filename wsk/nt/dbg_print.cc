// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * DbgPrint and its family: a driver's debugger output goes to the kernel log.
 *
 * Levels become the log's own: ERROR is KERN_ERR, WARNING is KERN_WARNING, INFO is KERN_INFO, and
 * TRACE with every higher one KERN_DEBUG. Nothing is filtered until a driver asks for it with
 * DbgSetDebugFilterState: what the console shows is the Linux log level's business.
 *
 * Pieces without a newline are joined to what the same task prints next. Pointers (%p) appear as
 * they are: whoever may read the kernel log learns kernel addresses from a driver that prints them.
 */
#include <wdm.h>

#include <stdarg.h>

#include "nt/nt_format.h"
#include "port/log.h"

namespace wsk
{
namespace
{

/* As in Windows: what one call may say. Small enough for the stack of any context. */
constexpr size_t MESSAGE_BYTES = 512;

/* More than Windows knows. */
constexpr ULONG COMPONENTS = 256;

/* One bit per level that is kept back; relaxed reads, since a filter is no barrier. */
constinit ULONG hidden_levels[COMPONENTS];

/* Levels 0 to 31 number a bit; anything else is a mask already. */
ULONG level_mask(ULONG level)
{
	return level < 32 ? 1u << level : level;
}

bool is_hidden(ULONG component, ULONG level)
{
	ULONG hidden;

	if (component >= COMPONENTS)
		component = DPFLTR_DEFAULT_ID;
	hidden = __atomic_load_n(&hidden_levels[component], __ATOMIC_RELAXED);
	return !(level_mask(level) & ~hidden);
}

port_log_level log_level(ULONG level)
{
	ULONG mask = level_mask(level);

	if (mask & (1u << DPFLTR_ERROR_LEVEL))
		return PORT_LOG_ERROR;
	if (mask & (1u << DPFLTR_WARNING_LEVEL))
		return PORT_LOG_WARNING;
	if (mask & (1u << DPFLTR_INFO_LEVEL))
		return PORT_LOG_INFO;
	return PORT_LOG_DEBUG;
}

/*
 * Removes the carriage returns of "\r\n" and makes other control characters visible, so that text
 * from the network can neither forge log levels nor drive a terminal.
 */
size_t clean(char *text, size_t length)
{
	size_t kept = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char unit = text[i];

		if (unit == '\r')
			continue;
		text[kept++] = unit < ' ' && unit != '\n' && unit != '\t' ? '?' : unit;
	}
	return kept;
}

NTSTATUS print(PCCH prefix, ULONG component, ULONG level, PCCH format, va_list arguments)
{
	char text[MESSAGE_BYTES];
	size_t length = 0;

	if (is_hidden(component, level))
		return STATUS_SUCCESS;
	for (; prefix && *prefix && length < sizeof(text); prefix++)
		text[length++] = *prefix;

	size_t room = sizeof(text) - length;
	Formatted rest = format_text(text + length, room, format, arguments);

	length += rest.stored;
	/* A line that was cut off still ends. */
	if (rest.length > room)
		text[length - 1] = '\n';
	length = clean(text, length);
	port_log(log_level(level), text, length);
	return STATUS_SUCCESS;
}

} // namespace
} // namespace wsk

/**
 * vDbgPrintExWithPrefix() - print to the kernel log: prefix, then formatted text
 * @Prefix: put before the text; may be NULL
 * @ComponentId: DPFLTR_..._ID whose filter applies; those from 256 on share DPFLTR_DEFAULT_ID's
 * @Level: DPFLTR_..._LEVEL, or a mask of level bits
 * @Format: Windows format, see nt_format.cc
 * @arglist: its arguments
 *
 * At most 512 bytes are printed by one call.
 *
 * Context: any IRQL.
 * Return: STATUS_SUCCESS.
 * Source: wdm.h, vDbgPrintExWithPrefix
 */
ULONG vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format,
			    va_list arglist)
{
	return wsk::print(Prefix, ComponentId, Level, Format, arglist);
}

/**
 * DbgPrintEx() - print to the kernel log with a component and a level
 * @ComponentId: see vDbgPrintExWithPrefix()
 * @Level: see vDbgPrintExWithPrefix()
 * @Format: Windows format
 *
 * Context: any IRQL.
 * Return: STATUS_SUCCESS.
 * Source: wdm.h, DbgPrintEx
 */
ULONG DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...)
{
	va_list arguments;
	NTSTATUS status;

	va_start(arguments, Format);
	status = wsk::print(nullptr, ComponentId, Level, Format, arguments);
	va_end(arguments);
	return status;
}

/**
 * DbgPrint() - print to the kernel log at level INFO of the default component
 * @Format: Windows format
 *
 * Context: any IRQL.
 * Return: STATUS_SUCCESS.
 * Source: wdm.h, DbgPrint
 */
ULONG DbgPrint(PCSTR Format, ...)
{
	va_list arguments;
	NTSTATUS status;

	va_start(arguments, Format);
	status = wsk::print(nullptr, DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, Format, arguments);
	va_end(arguments);
	return status;
}

/**
 * DbgQueryDebugFilterState() - whether a component's messages of a level are printed
 * @ComponentId: DPFLTR_..._ID
 * @Level: DPFLTR_..._LEVEL, or a mask of level bits
 *
 * Context: any IRQL.
 * Return: TRUE or FALSE; STATUS_INVALID_PARAMETER_1 for an unknown component.
 * Source: wdm.h, DbgQueryDebugFilterState
 */
NTSTATUS DbgQueryDebugFilterState(ULONG ComponentId, ULONG Level)
{
	if (ComponentId >= wsk::COMPONENTS)
		return STATUS_INVALID_PARAMETER_1;
	return wsk::is_hidden(ComponentId, Level) ? FALSE : TRUE;
}

/**
 * DbgSetDebugFilterState() - show or hide a component's messages of a level
 * @ComponentId: DPFLTR_..._ID
 * @Level: DPFLTR_..._LEVEL, or a mask of level bits
 * @State: TRUE to show
 *
 * Context: any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER_1 for an unknown component.
 * Source: wdm.h, DbgSetDebugFilterState
 */
NTSTATUS DbgSetDebugFilterState(ULONG ComponentId, ULONG Level, BOOLEAN State)
{
	ULONG mask = wsk::level_mask(Level);

	if (ComponentId >= wsk::COMPONENTS)
		return STATUS_INVALID_PARAMETER_1;
	if (State)
		__atomic_and_fetch(&wsk::hidden_levels[ComponentId], ~mask, __ATOMIC_RELAXED);
	else
		__atomic_or_fetch(&wsk::hidden_levels[ComponentId], mask, __ATOMIC_RELAXED);
	return STATUS_SUCCESS;
}
