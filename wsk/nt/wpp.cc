// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Software tracing (WPP): what the trace macros of include/wsk_wpp.h call. On Windows a decoder
 * formats the messages later; here it is done at once, and only when somebody wants them.
 *
 * Besides printf's conversions a message has %!name!:
 *
 *   FUNC FILE LINE STDPREFIX                      where it is; no argument
 *   STATUS NTSTATUS                               eight hexadecimal digits, and the name
 *   HRESULT                                       eight hexadecimal digits
 *   WINERROR NDIS_STATUS                          a number
 *   bool BOOLEAN BOOL bool8 bool16                true or false
 *   IPADDR PORT                                   by value, in network order
 *   IPV6ADDR                                      a pointer to its 16 bytes
 *   GUID CLSID IID LIBID                          a pointer
 *   USTR UNICODE_STRING ASTR ANSI_STRING          a pointer to a counted string
 *   TIMESTAMP DATETIME DATE TIME DELTA WAITTIME   a LONGLONG, of 100 ns
 *   irql s p d u x                                as printf's
 *
 * Any other name is an enumeration's: its number, and its name where the driver's configuration
 * lists them.
 */
#include "nt/wpp.h"

#include "nt/irql.h"
#include "nt/nt_format.h"
#include "nt/status_name.h"
#include "nt/word_lock.h"
#include "port/log.h"
#include "port/trace.h"

namespace wsk
{
namespace
{

/* One message; as long as a driver's DbgPrint may be. */
constexpr size_t MESSAGE_BYTES = 512;

constinit __wsk_wpp_control *controls;
constinit WordLock controls_lock;

void enable(__wsk_wpp_control *control, const port_wpp_wish &wanted)
{
	__atomic_store_n(&control->Level,
			 static_cast<UCHAR>(wanted.level < 255 ? wanted.level : 255),
			 __ATOMIC_RELAXED);
	__atomic_store_n(&control->Flags[0], wanted.flags, __ATOMIC_RELAXED);
}

void disable(__wsk_wpp_control *control)
{
	enable(control, {});
	control->Logger = 0;
}

template <typename Predicate>
void remove(Predicate goes)
{
	WordGuard guard(controls_lock);

	for (__wsk_wpp_control **link = &controls; *link;) {
		__wsk_wpp_control *control = *link;

		if (!goes(control)) {
			link = &control->Next;
			continue;
		}
		*link = control->Next;
		disable(control);
	}
}

struct Place : FormatExtension {
	const char *file;
	const char *function;
	ULONG line;
	const char *types;
};

size_t print(char *text, size_t capacity, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	Formatted result = format_text(text, capacity, format, arguments);
	va_end(arguments);
	return result.stored;
}

bool is(const char *name, size_t length, const char *candidate)
{
	for (size_t i = 0; i < length; i++)
		if (name[i] != candidate[i])
			return false;
	return !candidate[length];
}

template <typename... Names>
bool is_any(const char *name, size_t length, Names... candidates)
{
	return (is(name, length, candidates) || ...);
}

const char *base_name(const char *path)
{
	const char *base = path;

	for (; *path; path++)
		if (*path == '/' || *path == '\\')
			base = path + 1;
	return base;
}

size_t print_time(char *text, size_t capacity, LONGLONG time, bool with_date, bool with_clock)
{
	LARGE_INTEGER large;
	TIME_FIELDS at;
	size_t length = 0;

	large.QuadPart = time;
	RtlTimeToTimeFields(&large, &at);
	if (with_date)
		length = print(text, capacity, "%04d-%02d-%02d", at.Year, at.Month, at.Day);
	if (with_date && with_clock)
		length += print(text + length, capacity - length, " ");
	if (with_clock)
		length += print(text + length, capacity - length, "%02d:%02d:%02d.%03d", at.Hour,
				at.Minute, at.Second, at.Milliseconds);
	return length;
}

/* As Windows' tools show it: the number, and its name where it has one. */
size_t print_status(char *text, size_t capacity, NTSTATUS status)
{
	const char *name = status_name(status);

	return name ? print(text, capacity, "0x%08X(%s)", status, name)
		    : print(text, capacity, "0x%08X", status);
}

size_t print_guid(char *text, size_t capacity, const GUID *guid)
{
	const UCHAR *rest;

	if (!guid)
		return print(text, capacity, "(null)");
	rest = guid->Data4;
	return print(text, capacity, "{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}",
		     guid->Data1, guid->Data2, guid->Data3, rest[0], rest[1], rest[2], rest[3],
		     rest[4], rest[5], rest[6], rest[7]);
}

/* The longest run of zeros, of two groups at least, becomes "::". */
size_t print_ipv6(char *text, size_t capacity, const UCHAR *bytes)
{
	size_t length = 0;
	int run = 0, start = 8, run_length = 1;

	if (!bytes)
		return print(text, capacity, "(null)");
	for (int i = 0; i < 8; i++) {
		run = bytes[2 * i] || bytes[2 * i + 1] ? 0 : run + 1;
		if (run > run_length) {
			run_length = run;
			start = i - run + 1;
		}
	}
	for (int i = 0; i < 8; i++) {
		if (i == start) {
			length += print(text + length, capacity - length, "::");
			i += run_length - 1;
			continue;
		}
		if (i && i != start + run_length)
			length += print(text + length, capacity - length, ":");
		length += print(text + length, capacity - length, "%x",
				bytes[2 * i] << 8 | bytes[2 * i + 1]);
	}
	return length;
}

/*
 * The types that a driver's configuration lists: "Name=zero,one,two;Other=…;". The value's name is
 * printed with the number, as is a number that has no name alone.
 */
size_t print_enumeration(char *text, size_t capacity, const char *types, const char *name,
			 size_t name_length, int value)
{
	size_t length = 0;

	while (*types) {
		size_t end = 0;

		while (types[end] && types[end] != '=')
			end++;
		bool wanted = end == name_length && !__builtin_memcmp(types, name, end);
		types += types[end] ? end + 1 : end;
		for (int item = 0; *types && *types != ';'; types++) {
			if (*types == ',')
				item++;
			else if (wanted && item == value && length < capacity)
				text[length++] = *types;
		}
		if (*types)
			types++;
	}
	return length + print(text + length, capacity - length, length ? "(%d)" : "%d", value);
}

size_t convert(const FormatExtension &extension, const char *name, size_t length, char *text,
	       size_t capacity, va_list *arguments)
{
	const Place &place = static_cast<const Place &>(extension);

	if (is(name, length, "FUNC"))
		return print(text, capacity, "%s", place.function);
	if (is(name, length, "FILE"))
		return print(text, capacity, "%s", base_name(place.file));
	if (is(name, length, "LINE"))
		return print(text, capacity, "%u", place.line);
	if (is_any(name, length, "STDPREFIX", "COMPNAME", "LEVEL", "FLAGS"))
		return 0;
	if (is_any(name, length, "STATUS", "NTSTATUS", "status"))
		return print_status(text, capacity, va_arg(*arguments, int));
	if (is_any(name, length, "HRESULT", "hresult"))
		return print(text, capacity, "0x%08X", va_arg(*arguments, int));
	if (is_any(name, length, "WINERROR", "NDIS_STATUS", "d", "irql"))
		return print(text, capacity, "%d", va_arg(*arguments, int));
	if (is(name, length, "u"))
		return print(text, capacity, "%u", va_arg(*arguments, int));
	if (is(name, length, "x"))
		return print(text, capacity, "%x", va_arg(*arguments, int));
	if (is_any(name, length, "bool", "BOOLEAN", "BOOL", "bool8", "bool16"))
		return print(text, capacity, "%s", va_arg(*arguments, int) ? "true" : "false");
	if (is(name, length, "p"))
		return print(text, capacity, "%p", va_arg(*arguments, void *));
	if (is_any(name, length, "s", "ASTR0"))
		return print(text, capacity, "%s", va_arg(*arguments, const char *));
	if (is_any(name, length, "USTR", "UNICODE_STRING", "ustr"))
		return print(text, capacity, "%wZ", va_arg(*arguments, UNICODE_STRING *));
	if (is_any(name, length, "ASTR", "ANSI_STRING", "astr"))
		return print(text, capacity, "%Z", va_arg(*arguments, ANSI_STRING *));
	if (is_any(name, length, "GUID", "guid", "CLSID", "IID", "LIBID"))
		return print_guid(text, capacity, va_arg(*arguments, const GUID *));
	if (is_any(name, length, "IPADDR", "ipaddr")) {
		ULONG address = va_arg(*arguments, ULONG);

		return print(text, capacity, "%u.%u.%u.%u", address & 0xFF, address >> 8 & 0xFF,
			     address >> 16 & 0xFF, address >> 24);
	}
	if (is_any(name, length, "PORT", "port"))
		return print(text, capacity, "%u",
			     RtlUshortByteSwap(static_cast<USHORT>(va_arg(*arguments, int))));
	if (is_any(name, length, "IPV6ADDR", "IPV6", "ipv6"))
		return print_ipv6(text, capacity, va_arg(*arguments, const UCHAR *));
	if (is_any(name, length, "TIMESTAMP", "DATETIME"))
		return print_time(text, capacity, va_arg(*arguments, LONGLONG), true, true);
	if (is(name, length, "DATE"))
		return print_time(text, capacity, va_arg(*arguments, LONGLONG), true, false);
	if (is(name, length, "TIME"))
		return print_time(text, capacity, va_arg(*arguments, LONGLONG), false, true);
	if (is_any(name, length, "DELTA", "WAITTIME", "delta"))
		return print(text, capacity, "%I64d", va_arg(*arguments, LONGLONG));
	return print_enumeration(text, capacity, place.types, name, length,
				 va_arg(*arguments, int));
}

/* A message is one line: no line break, and nothing that drives a terminal. */
size_t clean(char *text, size_t length)
{
	while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
		length--;
	for (size_t i = 0; i < length; i++)
		if (static_cast<unsigned char>(text[i]) < ' ' && text[i] != '\t')
			text[i] = '?';
	return length;
}

} // namespace

size_t wpp_text(char *text, size_t capacity, const char *file, const char *function, ULONG line,
		const char *types, const char *format, va_list arguments)
{
	Place place = {{convert}, file, function, line, types};

	return clean(text, format_text(text, capacity, format, arguments, place).stored);
}

void wpp_forget(DriverAccount *account)
{
	bool forgot = false;

	remove([&](__wsk_wpp_control *control) {
		bool goes = control->Driver == account;

		forgot |= goes;
		return goes;
	});
	if (forgot)
		port_log_rule("DriverUnload", "returned without WPP_CLEANUP");
}

} // namespace wsk

using namespace wsk;

void nt_wpp_changed(void)
{
	port_wpp_wish wanted;
	WordGuard guard(controls_lock);

	port_wpp_wanted(&wanted);
	for (__wsk_wpp_control *control = controls; control; control = control->Next)
		enable(control, wanted);
}

/**
 * __wsk_wpp_start() - Begin to trace
 * @Controls: a driver's control blocks
 * @Count: how many
 *
 * From now on their levels and flags are what the user wants. Started twice, they stay.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Source: wsk_wpp.h, WPP_INIT_TRACING
 */
VOID __wsk_wpp_start(struct __wsk_wpp_control *Controls, ULONG Count)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);

	DriverAccount *account = driver_of(__builtin_return_address(0));
	port_wpp_wish wanted;

	__wsk_wpp_stop(Controls, Count);
	WordGuard guard(controls_lock);

	port_wpp_wanted(&wanted);
	for (ULONG i = 0; i < Count; i++) {
		__wsk_wpp_control *control = &Controls[i];

		control->Logger = reinterpret_cast<ULONG64>(control);
		control->Driver = account;
		control->Next = controls;
		controls = control;
		enable(control, wanted);
	}
}

/**
 * __wsk_wpp_stop() - End tracing
 * @Controls: a driver's control blocks
 * @Count: how many
 *
 * Trace macros do nothing from now on.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Source: wsk_wpp.h, WPP_CLEANUP
 */
VOID __wsk_wpp_stop(struct __wsk_wpp_control *Controls, ULONG Count)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);

	remove([=](__wsk_wpp_control *control) {
		return control >= Controls && control < Controls + Count;
	});
}

/**
 * __wsk_wpp_message() - Trace a message
 * @Logger: the Logger of the control block that enabled it
 * @File: where it is
 * @Function: where it is
 * @Line: where it is
 * @Level: TRACE_LEVEL_…, or 0 for a message that has none
 * @Types: the driver's own types, see wpp.cc
 * @Format: Windows format, with %!name! besides
 *
 * At most 512 bytes. Nothing happens when @Logger is not in use.
 *
 * Context: any IRQL.
 * Source: wsk_wpp.h, the trace macros
 */
VOID __wsk_wpp_message(TRACEHANDLE Logger, PCSTR File, PCSTR Function, ULONG Line, ULONG Level,
		       PCSTR Types, PCSTR Format, ...)
{
	char text[MESSAGE_BYTES];
	va_list arguments;

	if (!Logger)
		return;
	va_start(arguments, Format);

	port_wpp_message message = {
		.driver = driver_name(driver_of(__builtin_return_address(0))),
		.function = Function,
		.line = Line,
		.level = Level,
		.text = text,
		.length = wpp_text(text, sizeof(text), File, Function, Line, Types, Format,
				   arguments),
	};
	va_end(arguments);
	port_wpp_emit(&message);
}
