// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * KUnit runs the suites: makes its suites of the NT world's test tables (bridge.h). Built in only.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <kunit/test.h>
#include <linux/init.h>

#include "run.h"

/* The search for leaks (bridge_leaks.c) comes after all others. */
#define SUITE(suite) extern const struct bridge_suite bridge_suite_##suite;
#include "suites.list"
SUITE(leaks)
#undef SUITE

static int start_suite(struct kunit_suite *suite);
static int start_case(struct kunit *test);
static void end_case(struct kunit *test);

#define SUITE(suite)                                      \
	static struct kunit_suite kunit_suite_##suite = { \
		.name = #suite,                           \
		.suite_init = start_suite,                \
		.init = start_case,                       \
		.exit = end_case,                         \
	};
#include "suites.list"
SUITE(leaks)
#undef SUITE

static const struct {
	struct kunit_suite *kunit;
	const struct bridge_suite *bridge;
} suites[] = {
#define SUITE(suite) {&kunit_suite_##suite, &bridge_suite_##suite},
#include "suites.list"
	SUITE(leaks)
#undef SUITE
};

/*
 * One array, so that the suites run in this order. The section is the one that kunit_test_suites()
 * fills, which cannot take an included list.
 */
static struct kunit_suite *const in_order[] __aligned(8) __used __section(".kunit_test_suites") = {
#define SUITE(suite) &kunit_suite_##suite,
#include "suites.list"
	SUITE(leaks)
#undef SUITE
};

/* Suites run one after the other. */
static const struct bridge_suite *current_suite;

static void never_run(struct kunit *test) {}

/* The case arrays, from the C++ tables; KUnit's executor runs after all initcalls. */
static int __init fill_suites(void)
{
	/* KUnit's own initialiser fills what each release has in a case besides these two. */
	static const struct kunit_case model = KUNIT_CASE(never_run);
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(suites); i++) {
		const struct bridge_suite *bridge = suites[i].bridge;
		struct kunit_case *cases;

		cases = kcalloc(bridge->count + 1, sizeof(*cases), GFP_KERNEL);
		if (!cases)
			return -ENOMEM;
		for (j = 0; j < bridge->count; j++) {
			cases[j] = model;
			cases[j].name = bridge->cases[j].name;
			cases[j].run_case = bridge->cases[j].run;
		}
		suites[i].kunit->test_cases = cases;
	}
	return 0;
}
core_initcall(fill_suites);

static int start_suite(struct kunit_suite *suite)
{
	size_t i;

	/* By name: a filter on the command line makes KUnit run copies. */
	for (i = 0; i < ARRAY_SIZE(suites); i++)
		if (!strcmp(suites[i].kunit->name, suite->name))
			current_suite = suites[i].bridge;
	return bridge_start_suite(current_suite);
}

static int start_case(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct run_state), GFP_KERNEL);
	return test->priv ? bridge_start_case(test, current_suite) : -ENOMEM;
}

static void end_case(struct kunit *test)
{
	if (test->priv)
		bridge_end_case(test);
}

const char *run_name(struct kunit *test)
{
	return test->name;
}

struct run_state *run_state(struct kunit *test)
{
	return test->priv;
}

void run_set_failed(struct kunit *test)
{
	kunit_set_failure(test);
}

void run_set_skipped(struct kunit *test, const char *reason)
{
	kunit_mark_skipped(test, "%s", reason);
}

void run_abort(struct kunit *test)
{
	kunit_try_catch_throw(&test->try_catch);
}

/* One trial at a time. */
static struct {
	struct kunit test;
	void (*run)(struct kunit *test);
	bool aborted;
} trial;

static void trial_try(void *context)
{
	trial.run(&trial.test);
}

static void trial_catch(void *context)
{
	trial.aborted = true;
}

struct kunit *run_trial_make(void)
{
	memset(&trial, 0, sizeof(trial));
	kunit_init_test(&trial.test, "trial", NULL);
	return &trial.test;
}

bool run_trial(struct kunit *test, void (*run)(struct kunit *test), bool *aborted)
{
	trial.run = run;
	test->try_catch.test = test;
	test->try_catch.try = trial_try;
	test->try_catch.catch = trial_catch;
	kunit_try_catch_run(&test->try_catch, NULL);
	*aborted = trial.aborted;
	return test->status == KUNIT_FAILURE;
}
