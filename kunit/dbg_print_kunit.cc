// SPDX-License-Identifier: MIT OR GPL-2.0
/* DbgPrint: that it may be called anywhere, and its filter. The text itself is nt_format's. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

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

	RtlFillMemory(long_text, sizeof(long_text) - 1, 'x');
	long_text[sizeof(long_text) - 1] = 0;
	EXPECT_STATUS(test, DbgPrint("dbg_print: %s", long_text), STATUS_SUCCESS);
	EXPECT_STATUS(test, DbgPrint("%s", ""), STATUS_SUCCESS);
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
	EXPECT_STATUS(test, print_with_prefix("dbg_print: ", "%s\n", "prefixed"), STATUS_SUCCESS);
	EXPECT_STATUS(test, print_with_prefix(nullptr, "dbg_print: %s\n", "bare"), STATUS_SUCCESS);
}

constexpr bridge_case cases[] = {
	{"DbgPrint works at every IRQL", prints_at_any_irql},
	{"every level is shown at first", shows_every_level_at_first},
	{"one level of one component can be hidden", hides_one_level_of_one_component},
	{"levels may be given as masks", takes_masks_as_levels},
	{"unknown components have no filter of their own", refuses_unknown_components},
	{"text of any length is printed as far as it fits", long_text_is_cut},
	{"a prefix may be given or not", prefixes_may_be_absent},
};

} // namespace

BRIDGE_SUITE(dbg_print, cases);
