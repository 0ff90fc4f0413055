// SPDX-License-Identifier: MIT OR GPL-2.0
/* DbgPrint: what reaches the kernel log, from where, and what does not. The formats are
 * nt_format's. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

constexpr SIZE_T LOG_BYTES = 2048;

/*
 * Runs `statements` and expects that exactly `wanted` is logged: in one of several tries, since the
 * kernel may have something to say, too, between two pieces of a line even.
 */
template <typename Statements>
void expect_log(struct kunit *test, int line, const char *wanted, Statements statements)
{
	static char text[LOG_BYTES];
	bridge_site site = {__FILE__, line, false};

	for (int tries = 0; tries < 5; tries++) {
		bridge_log_mark();
		statements();
		bridge_log_read(text, sizeof(text));
		if (!strcmp(text, wanted))
			return;
	}
	bridge_fail(test, &site, "logged is \"%s\", and should be \"%s\"", text, wanted);
}

#define EXPECT_LOG(test, wanted, ...) expect_log(test, __LINE__, wanted, [&]() { __VA_ARGS__; })

void print_status(void *context)
{
	*static_cast<ULONG *>(context) = DbgPrint("dbg_print: %s\n", "said");
}

void prints_at_any_irql(struct kunit *test)
{
	ULONG status = ~0u;

	print_status(&status);
	EXPECT_STATUS(test, status, STATUS_SUCCESS);
	status = ~0u;
	bridge_run_in_softirq(print_status, &status);
	EXPECT_STATUS(test, status, STATUS_SUCCESS);
	status = ~0u;
	bridge_run_at_high(print_status, &status);
	EXPECT_STATUS(test, status, STATUS_SUCCESS);
}

void levels_become_the_logs(struct kunit *test)
{
	ULONG id = DPFLTR_IHVNETWORK_ID;

	EXPECT_LOG(test, "<6>plain 7\n", DbgPrint("plain %d\n", 7));
	EXPECT_LOG(test, "<3>a\n", DbgPrintEx(id, DPFLTR_ERROR_LEVEL, "a\n"));
	EXPECT_LOG(test, "<4>b\n", DbgPrintEx(id, DPFLTR_WARNING_LEVEL, "b\n"));
	EXPECT_LOG(test, "<7>c\n", DbgPrintEx(id, DPFLTR_TRACE_LEVEL, "c\n"));
	EXPECT_LOG(test, "<6>d\n", DbgPrintEx(id, DPFLTR_INFO_LEVEL, "d\n"));
	EXPECT_LOG(test, "<7>e\n", DbgPrintEx(id, 17, "e\n"));
	EXPECT_LOG(test, "<4>f\n", DbgPrintEx(id, DPFLTR_MASK | 1 << DPFLTR_WARNING_LEVEL, "f\n"));
}

void pieces_make_a_line(struct kunit *test)
{
	EXPECT_LOG(test, "<6>one two three\n", DbgPrint("one "), DbgPrint("%s ", "two"),
		   DbgPrint("three\n"));
	EXPECT_LOG(test, "<6>first\n<6>second\n", DbgPrint("first\n"), DbgPrint("second\n"));
	/* What a line begins with is its level. */
	EXPECT_LOG(test, "<4>warned of it\n",
		   DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_WARNING_LEVEL, "warned "),
		   DbgPrint("of it\n"));
}

void print_whole_line(void *)
{
	DbgPrint("in between\n");
}

void others_do_not_mix_in(struct kunit *test)
{
	EXPECT_LOG(test, "<6>begun \n<6>in between\n<6>ended\n", DbgPrint("begun "),
		   bridge_run_in_softirq(print_whole_line, nullptr), DbgPrint("ended\n"));
}

void control_characters_are_harmless(struct kunit *test)
{
	EXPECT_LOG(test, "<6>ends as on Windows\n", DbgPrint("ends as on Windows\r\n"));
	EXPECT_LOG(test, "<6>?[31m\ttab\n", DbgPrint("\x1b[31m\ttab\n"));
	/* Linux would read a level in it. */
	EXPECT_LOG(test, "<6>?0forged\n", DbgPrint("%s\n", "\0010forged"));
	EXPECT_LOG(test, "<6>\xc3\xa9\n", DbgPrint("%ws\n", L"\u00e9"));
}

void hidden_is_not_printed(struct kunit *test)
{
	ULONG id = DPFLTR_IHVNETWORK_ID;

	DbgSetDebugFilterState(id, DPFLTR_INFO_LEVEL, FALSE);
	EXPECT_LOG(test, "<4>shown\n", DbgPrintEx(id, DPFLTR_INFO_LEVEL, "hidden\n"),
		   DbgPrintEx(id, DPFLTR_WARNING_LEVEL, "shown\n"));
	/* A message of two levels is hidden when both are. */
	EXPECT_LOG(test, "<4>both\n", DbgPrintEx(id, DPFLTR_MASK | 1 << 1 | 1 << 3, "both\n"));
	DbgSetDebugFilterState(id, DPFLTR_INFO_LEVEL, TRUE);
}

void shows_every_level_at_first(struct kunit *test)
{
	for (ULONG level = 0; level < 32; level++)
		EXPECT_EQ(test, DbgQueryDebugFilterState(DPFLTR_IHVNETWORK_ID, level), TRUE);
}

void hides_one_level_of_one_component(struct kunit *test)
{
	ULONG id = DPFLTR_IHVNETWORK_ID;

	EXPECT_STATUS(test, DbgSetDebugFilterState(id, DPFLTR_TRACE_LEVEL, FALSE), STATUS_SUCCESS);
	EXPECT_EQ(test, DbgQueryDebugFilterState(id, DPFLTR_TRACE_LEVEL), FALSE);
	EXPECT_EQ(test, DbgQueryDebugFilterState(id, DPFLTR_INFO_LEVEL), TRUE);
	EXPECT_EQ(test, DbgQueryDebugFilterState(DPFLTR_IHVDRIVER_ID, DPFLTR_TRACE_LEVEL), TRUE);
	EXPECT_STATUS(test, DbgPrintEx(id, DPFLTR_TRACE_LEVEL, "hidden\n"), STATUS_SUCCESS);
	EXPECT_STATUS(test, DbgSetDebugFilterState(id, DPFLTR_TRACE_LEVEL, TRUE), STATUS_SUCCESS);
	EXPECT_EQ(test, DbgQueryDebugFilterState(id, DPFLTR_TRACE_LEVEL), TRUE);
}

void takes_masks_as_levels(struct kunit *test)
{
	ULONG id = DPFLTR_IHVNETWORK_ID;
	ULONG two_levels = DPFLTR_MASK | 1 << DPFLTR_WARNING_LEVEL | 1 << DPFLTR_TRACE_LEVEL;

	EXPECT_STATUS(test, DbgSetDebugFilterState(id, two_levels, FALSE), STATUS_SUCCESS);
	EXPECT_EQ(test, DbgQueryDebugFilterState(id, DPFLTR_WARNING_LEVEL), FALSE);
	EXPECT_EQ(test, DbgQueryDebugFilterState(id, DPFLTR_TRACE_LEVEL), FALSE);
	EXPECT_EQ(test, DbgQueryDebugFilterState(id, DPFLTR_ERROR_LEVEL), TRUE);
	EXPECT_STATUS(test, DbgSetDebugFilterState(id, two_levels, TRUE), STATUS_SUCCESS);
}

void refuses_unknown_components(struct kunit *test)
{
	EXPECT_STATUS(test, DbgQueryDebugFilterState(256, 0), STATUS_INVALID_PARAMETER_1);
	EXPECT_STATUS(test, DbgSetDebugFilterState(MAXULONG, 0, TRUE), STATUS_INVALID_PARAMETER_1);
	/* Their messages are printed all the same. */
	EXPECT_STATUS(test, DbgPrintEx(MAXULONG, DPFLTR_INFO_LEVEL, "dbg_print: whoever\n"),
		      STATUS_SUCCESS);
}

void long_text_is_cut(struct kunit *test)
{
	static char long_text[2048];
	static char wanted[600];

	RtlFillMemory(long_text, sizeof(long_text) - 1, 'x');
	/* 512 bytes, of which the last is made the end of the line. */
	RtlFillMemory(wanted, sizeof(wanted), 'x');
	RtlCopyMemory(wanted, "<6>", 3);
	RtlCopyMemory(wanted + 3 + 511, "\n", 2);
	EXPECT_LOG(test, wanted, DbgPrint("%s", long_text));
	EXPECT_LOG(test, "", DbgPrint("%s", ""));
}

ULONG print_with_prefix(PCCH prefix, PCCH format, ...)
{
	va_list arguments;
	ULONG status;

	va_start(arguments, format);
	status = vDbgPrintExWithPrefix(prefix, DPFLTR_IHVNETWORK_ID, DPFLTR_INFO_LEVEL, format,
				       arguments);
	va_end(arguments);
	return status;
}

void prefixes_may_be_absent(struct kunit *test)
{
	EXPECT_LOG(test, "<6>mine: 100% prefixed\n",
		   print_with_prefix("mine: 100% ", "%s\n", "prefixed"));
	EXPECT_LOG(test, "<6>bare\n", print_with_prefix(nullptr, "%s\n", "bare"));
}

constexpr bridge_case cases[] = {
	{"DbgPrint works at every IRQL", prints_at_any_irql},
	{"levels become the kernel log's", levels_become_the_logs},
	{"pieces without a newline make one line", pieces_make_a_line},
	{"what others print stays out of an unfinished line", others_do_not_mix_in},
	{"control characters neither forge levels nor move cursors",
	 control_characters_are_harmless},
	{"what a filter hides is not printed", hidden_is_not_printed},
	{"every level is shown at first", shows_every_level_at_first},
	{"one level of one component can be hidden", hides_one_level_of_one_component},
	{"levels may be given as masks", takes_masks_as_levels},
	{"unknown components have no filter of their own", refuses_unknown_components},
	{"text of any length is printed as far as it fits", long_text_is_cut},
	{"a prefix may be given or not", prefixes_may_be_absent},
};

} // namespace

BRIDGE_SUITE(dbg_print, cases);
