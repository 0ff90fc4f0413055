// SPDX-License-Identifier: MIT OR GPL-2.0
/* Software tracing, by a driver that is this file. */
#include <ntddk.h>

// clang-format off
#define WPP_CONTROL_GUIDS                                                                          \
	WPP_DEFINE_CONTROL_GUID(FirstGuid, (01234567, 89ab, cdef, 0123, 456789abcdef),             \
		WPP_DEFINE_BIT(RED) WPP_DEFINE_BIT(GREEN))                                         \
	WPP_DEFINE_CONTROL_GUID(SecondGuid, (01234567, 89ab, cdef, 0123, 456789abcdf0),            \
		WPP_DEFINE_BIT(BLUE))
// clang-format on
#define __wsk_wpp_types "Colour=red,green,blue;Size=small,large;"
#include <wsk_wpp.h>

#include "bridge.h"
#include "nt/wpp.h"
#include "port/trace.h"

using namespace wsk;

namespace
{

constexpr ULONG all_flags = ~0u;

int nobody_listens(struct kunit *)
{
	port_wpp_want(0, all_flags);
	return 0;
}

void stop(struct kunit *)
{
	WPP_CLEANUP(nullptr);
	port_wpp_want(0, all_flags);
}

/* Whether these are our lines since the mark; the kernel may have something to say, too. */
bool logged(const char *wanted)
{
	CHAR text[1000], ours[sizeof(text)] = "";
	SIZE_T used = 0;

	bridge_log_read(text, sizeof(text));
	for (const CHAR *line = text; *line;) {
		const CHAR *end = strchr(line, '\n');
		const SIZE_T length = end ? end + 1 - line : strlen(line);

		if (!strncmp(line + 3, "wsk: ", 5)) { /* behind the level */
			RtlCopyMemory(ours + used, line, length);
			used += length;
		}
		line += length;
	}
	ours[used] = 0;
	return !strcmp(ours, wanted);
}

/* What a message says. */
struct Text {
	CHAR text[300];
	size_t length;
};

Text format(const char *format, ...)
{
	Text result = {};
	va_list arguments;

	va_start(arguments, format);
	result.length = wpp_text(result.text, sizeof(result.text) - 1, "c:\\src\\net/file.c",
				 "Function", 42, __wsk_wpp_types, format, arguments);
	va_end(arguments);
	return result;
}

bool says(const Text &text, const char *wanted)
{
	return text.length == __builtin_strlen(wanted) &&
	       !__builtin_memcmp(text.text, wanted, text.length);
}

void nothing_before_the_start(struct kunit *test)
{
	int evaluated = 0;

	port_wpp_want(TRACE_LEVEL_VERBOSE, all_flags);
	bridge_log_mark();
	DoTraceMessage(RED, "unseen %d", ++evaluated);
	TraceEvents(TRACE_LEVEL_ERROR, BLUE, "unseen %d", ++evaluated);
	EXPECT_TRUE(test, logged(""));
	EXPECT_EQ(test, evaluated, 0);
}

void nothing_that_nobody_wants(struct kunit *test)
{
	int evaluated = 0;

	WPP_INIT_TRACING(nullptr, nullptr);
	bridge_log_mark();
	DoTraceMessage(RED, "unseen %d", ++evaluated);
	EXPECT_TRUE(test, logged(""));
	EXPECT_EQ(test, evaluated, 0);
}

void levels(struct kunit *test)
{
	WPP_INIT_TRACING(nullptr, nullptr);
	port_wpp_want(TRACE_LEVEL_WARNING, all_flags);
	bridge_log_mark();
	TraceEvents(TRACE_LEVEL_ERROR, GREEN, "one %d", 1);
	TraceEvents(TRACE_LEVEL_WARNING, BLUE, "two");
	TraceEvents(TRACE_LEVEL_INFORMATION, BLUE, "three");
	DoTraceMessage(RED, "four");
	EXPECT_TRUE(test, logged("<3>wsk: levels: one 1\n<4>wsk: levels: two\n"
				 "<6>wsk: levels: four\n"));
}

void flags(struct kunit *test)
{
	WPP_INIT_TRACING(nullptr, nullptr);
	port_wpp_want(TRACE_LEVEL_VERBOSE, 2);
	bridge_log_mark();
	DoTraceMessage(RED, "red");
	DoTraceMessage(GREEN, "green");
	DoTraceMessage(BLUE, "blue"); /* the first of its GUID */
	TraceEvents(TRACE_LEVEL_VERBOSE, GREEN, "also green");
	EXPECT_TRUE(test, logged("<6>wsk: flags: green\n<7>wsk: flags: also green\n"));
}

void nothing_after_the_stop(struct kunit *test)
{
	WPP_INIT_TRACING(nullptr, nullptr);
	WPP_INIT_TRACING(nullptr, nullptr);
	port_wpp_want(TRACE_LEVEL_VERBOSE, all_flags);
	WPP_CLEANUP(nullptr);
	WPP_CLEANUP(nullptr);
	bridge_log_mark();
	DoTraceMessage(RED, "unseen");
	port_wpp_want(TRACE_LEVEL_ERROR, all_flags);
	DoTraceMessage(BLUE, "unseen");
	EXPECT_TRUE(test, logged(""));
}

void at_dispatch_level(struct kunit *test)
{
	KIRQL irql;

	WPP_INIT_TRACING(nullptr, nullptr);
	port_wpp_want(TRACE_LEVEL_VERBOSE, all_flags);
	bridge_log_mark();
	KeRaiseIrql(DISPATCH_LEVEL, &irql);
	DoTraceMessage(RED, "raised");
	KeLowerIrql(irql);
	EXPECT_TRUE(test, logged("<6>wsk: at_dispatch_level: raised\n"));
}

void places(struct kunit *test)
{
	EXPECT_TRUE(test, says(format("%!FUNC! in %!FILE!, line %!LINE!%!STDPREFIX!"),
			       "Function in file.c, line 42"));
	EXPECT_TRUE(test, says(format("100%% %d%s", 5, "x"), "100% 5x"));
	EXPECT_TRUE(test, says(format("%!no end %d", 7), "%!no end 7"));
}

void values(struct kunit *test)
{
	UNICODE_STRING wide = RTL_CONSTANT_STRING(L"wide");
	ANSI_STRING narrow = RTL_CONSTANT_STRING("narrow");

	EXPECT_TRUE(test, says(format("%!STATUS! %!HRESULT! %d", STATUS_INVALID_PARAMETER, 0, 3),
			       "0xC000000D(STATUS_INVALID_PARAMETER) 0x00000000 3"));
	EXPECT_TRUE(test, says(format("%!bool! %!BOOLEAN!", TRUE, FALSE), "true false"));
	EXPECT_TRUE(test,
		    says(format("%!USTR! %!ASTR! %!s!", &wide, &narrow, "z"), "wide narrow z"));
	EXPECT_TRUE(test, says(format("%!WINERROR! %!d! %!u! %!x!", 5, -1, -1, 255),
			       "5 -1 4294967295 ff"));
}

void addresses(struct kunit *test)
{
	const GUID guid = {0x01234567, 0x89ab, 0xcdef, {1, 2, 3, 4, 5, 6, 7, 8}};
	const UCHAR loopback[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
	const UCHAR any[16] = {};
	const UCHAR other[16] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2};
	const UCHAR full[16] = {0, 1, 0, 2, 0, 3, 0, 0, 0, 5, 0, 6, 0, 7, 0, 8};

	EXPECT_TRUE(test, says(format("%!IPADDR!:%!PORT!", 0x0100007F, 0x901F), "127.0.0.1:8080"));
	EXPECT_TRUE(test, says(format("%!IPV6ADDR! %!IPV6ADDR!", loopback, any), "::1 ::"));
	EXPECT_TRUE(test, says(format("%!IPV6ADDR!", other), "2001:db8:0:1::2"));
	EXPECT_TRUE(test, says(format("%!IPV6ADDR!", full), "1:2:3:0:5:6:7:8"));
	EXPECT_TRUE(test, says(format("%!GUID! %!GUID!", &guid, nullptr),
			       "{01234567-89ab-cdef-0102-030405060708} (null)"));
}

void times(struct kunit *test)
{
	struct {
		LONGLONG time;
		const char *text;
	} const table[] = {
		{0, "1601-01-01 00:00:00.000"},
		{116444736000000000, "1970-01-01 00:00:00.000"},
		{125962559999990000, "2000-02-28 23:59:59.999"},
		{125962560000000000, "2000-02-29 00:00:00.000"},
		{125963424000000000, "2000-03-01 00:00:00.000"},
		{126227808000000000 - 10000000, "2000-12-31 23:59:59.000"},
		{133536384000000000, "2024-02-29 00:00:00.000"},
		{157851072000000000, "2101-03-19 00:00:00.000"},
	};

	for (const auto &row : table) {
		Text text = format("%!TIMESTAMP!", row.time);

		if (!says(text, row.text))
			EXPECT_TRUE(test, !"a time is wrong");
	}
	EXPECT_TRUE(test, says(format("%!DATE!", 116444736000000000ll), "1970-01-01"));
	EXPECT_TRUE(test, says(format("%!TIME!", 116444736000000000ll), "00:00:00.000"));
}

void enumerations(struct kunit *test)
{
	EXPECT_TRUE(test,
		    says(format("%!Colour! %!Size! %!Colour!", 1, 1, 7), "green(1) large(1) 7"));
	EXPECT_TRUE(test, says(format("%!Unknown! %s", 3, "next"), "3 next"));
}

void one_line(struct kunit *test)
{
	EXPECT_TRUE(test, says(format("a\r\nb\x1b[0m%s\n\n", "\x7"), "a??b?[0m?"));
}

void long_message(struct kunit *test)
{
	Text text = format("%500d", 1);

	EXPECT_EQ(test, text.length, sizeof(text.text) - 1);
}

constexpr bridge_case cases[] = {
	{"nothing is traced before WPP_INIT_TRACING", nothing_before_the_start},
	{"arguments are not evaluated when nobody listens", nothing_that_nobody_wants},
	{"messages up to the level wanted go to the log", levels},
	{"flags that are not wanted are off", flags},
	{"nothing is traced after WPP_CLEANUP", nothing_after_the_stop},
	{"messages are traced at DISPATCH_LEVEL", at_dispatch_level},
	{"messages say where they are", places},
	{"statuses, truths and counted strings are formatted", values},
	{"addresses, ports and GUIDs are formatted", addresses},
	{"times are formatted", times},
	{"enumerations are formatted by name where the configuration lists them", enumerations},
	{"a message stays one line", one_line},
	{"a message that is too long is cut", long_message},
};

} // namespace

BRIDGE_SUITE(wpp, cases, .init = nobody_listens, .exit = stop);
