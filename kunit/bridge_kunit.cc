// SPDX-License-Identifier: MIT OR GPL-2.0
/* The bridge tested through itself: its checks must be able to fail. */
#include <wdm.h>

#include "bridge.h"
#include "port/context.h"
#include "port/log.h"

namespace
{

void failing_expectation(struct kunit *test)
{
	constexpr bridge_site here = BRIDGE_SITE(false);

	EXPECT_EQ(test, 1 + 1, 3);
	bridge_fail(test, &here, "went on");
}

void expectation_goes_on(struct kunit *test)
{
	bridge_trial trial;

	bridge_try(failing_expectation, &trial);
	EXPECT_TRUE(test, trial.failed);
	EXPECT_FALSE(test, trial.aborted);
	EXPECT_NOT_NULL(test, __builtin_strstr(trial.text, "went on"));
}

void failing_assertion(struct kunit *test)
{
	constexpr bridge_site here = BRIDGE_SITE(false);

	ASSERT_TRUE(test, 1 > 2);
	bridge_fail(test, &here, "went on");
}

void assertion_ends_case(struct kunit *test)
{
	bridge_trial trial;

	bridge_try(failing_assertion, &trial);
	EXPECT_TRUE(test, trial.failed);
	EXPECT_TRUE(test, trial.aborted);
	EXPECT_NOT_NULL(test, __builtin_strstr(trial.text, "1 > 2 is false"));
	EXPECT_NOT_NULL(test, __builtin_strstr(trial.text, "kunit/bridge_kunit.cc:"));
}

void passing_checks(struct kunit *test)
{
	int a = 5, b = 5;

	EXPECT_TRUE(test, a);
	EXPECT_FALSE(test, a - b);
	EXPECT_EQ(test, a, b);
	EXPECT_NE(test, a, b + 1);
	EXPECT_LT(test, a, b + 1);
	EXPECT_GE(test, a, b);
	EXPECT_STATUS(test, STATUS_SUCCESS, STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, &a, &a);
	EXPECT_PTR_NE(test, &a, &b);
	EXPECT_NULL(test, nullptr);
	EXPECT_MEM_EQ(test, &a, &b, sizeof(a));
	EXPECT_RULES(test, 0, a++);
}

void true_things_pass(struct kunit *test)
{
	bridge_trial trial;

	bridge_try(passing_checks, &trial);
	EXPECT_FALSE(test, trial.failed);
	EXPECT_FALSE(test, trial.aborted);
}

void failing_status(struct kunit *test)
{
	EXPECT_STATUS(test, STATUS_TIMEOUT, STATUS_SUCCESS);
}

void failing_memory(struct kunit *test)
{
	EXPECT_MEM_EQ(test, "abcd", "abXd", 4);
}

void failing_pointer(struct kunit *test)
{
	EXPECT_NOT_NULL(test, nullptr);
}

void failures_show_values(struct kunit *test)
{
	bridge_trial trial;

	bridge_try(failing_status, &trial);
	EXPECT_TRUE(test, trial.failed);
	EXPECT_NOT_NULL(test, __builtin_strstr(trial.text, "0x00000102 STATUS_TIMEOUT"));
	bridge_try(failing_memory, &trial);
	EXPECT_TRUE(test, trial.failed);
	EXPECT_NOT_NULL(test, __builtin_strstr(trial.text, "from byte 2 of 4"));
	bridge_try(failing_pointer, &trial);
	EXPECT_TRUE(test, trial.failed);
}

void one_rule_line(struct kunit *test)
{
	EXPECT_RULES(test, 1, port_log_rule("bridge", "one line for the bridge's own test"));
}

void no_rule_line(struct kunit *test)
{
	EXPECT_RULES(test, 1, (void)0);
}

void rule_lines_are_counted(struct kunit *test)
{
	bridge_trial trial;

	bridge_try(one_rule_line, &trial);
	EXPECT_FALSE(test, trial.failed);
	bridge_try(no_rule_line, &trial);
	EXPECT_EQ(test, trial.failed, bridge_checked());
}

void note_context(void *context)
{
	*static_cast<int *>(context) = port_context();
}

void helpers_run_where_they_say(struct kunit *test)
{
	int seen = -1;

	EXPECT_EQ(test, (int)port_context(), (int)PORT_CONTEXT_TASK);
	bridge_run_at_dispatch(note_context, &seen);
	EXPECT_EQ(test, seen, (int)PORT_CONTEXT_SOFTIRQ);
	seen = -1;
	bridge_run_in_softirq(note_context, &seen);
	EXPECT_EQ(test, seen, (int)PORT_CONTEXT_SOFTIRQ);
	bridge_run_at_high(note_context, &seen);
	EXPECT_EQ(test, seen, (int)PORT_CONTEXT_HARDIRQ);

	bridge_thread *thread = bridge_thread_start(note_context, &seen);

	ASSERT_NOT_NULL(test, thread);
	bridge_thread_join(thread);
	EXPECT_EQ(test, seen, (int)PORT_CONTEXT_TASK);
}

constinit int cleanups;

void count_cleanup(void *context)
{
	/* Last registered, first called. */
	if (cleanups == *static_cast<int *>(context))
		cleanups++;
}

void cleanup_is_deferred(struct kunit *test)
{
	static int second = 1, first = 0;

	cleanups = 0;
	bridge_defer(test, count_cleanup, &second);
	bridge_defer(test, count_cleanup, &first);
	EXPECT_EQ(test, cleanups, 0);
}

void cleanup_has_run(struct kunit *test)
{
	EXPECT_EQ(test, cleanups, 2);
}

int make_fixture(struct kunit *test)
{
	static int fixture;

	fixture = 42;
	bridge_set_fixture(test, &fixture);
	return 0;
}

void fixture_reaches_case(struct kunit *test)
{
	ASSERT_NOT_NULL(test, bridge_fixture(test));
	EXPECT_EQ(test, *static_cast<int *>(bridge_fixture(test)), 42);
}

int raced_for;

/* Plain accesses by two threads at once: what scripts/check-races must be told of, here. */
__attribute__((noinline)) void planted_race(void *)
{
	for (int i = 0; i < 2000000; i++) {
		raced_for++;
		__asm__ volatile("" ::: "memory");
	}
}

void race_is_planted(struct kunit *test)
{
#ifdef __SANITIZE_THREAD__
	bridge_thread *threads[2];

	for (bridge_thread *&thread : threads) {
		thread = bridge_thread_start(planted_race, nullptr);
		EXPECT_NOT_NULL(test, thread);
	}
	for (bridge_thread *thread : threads)
		if (thread)
			bridge_thread_join(thread);
	EXPECT_NE(test, raced_for, 0);
#else
	(void)planted_race;
	bridge_skip(test, "this kernel does not look for data races");
#endif
}

constexpr bridge_case cases[] = {
	{"an expectation that fails lets the case go on", expectation_goes_on},
	{"an assertion that fails ends the case and names its line", assertion_ends_case},
	{"checks of true things pass", true_things_pass},
	{"failures show the values and the names of statuses", failures_show_values},
	{"rule lines are counted", rule_lines_are_counted},
	{"helpers run code in the context they promise", helpers_run_where_they_say},
	{"deferred cleanup waits for the end of the case", cleanup_is_deferred},
	{"deferred cleanup has run in reverse order before the next case", cleanup_has_run},
	{"what init makes reaches the case", fixture_reaches_case},
	{"a planted data race is there to be found", race_is_planted},
};

} // namespace

BRIDGE_SUITE(bridge, cases, .init = make_fixture);
