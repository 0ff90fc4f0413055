/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * What the bridge needs of whatever runs the suites, which is KUnit (run_kunit.c) or, in a module
 * for a kernel without it, run_module.c; and what it does for them.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#ifndef KUNIT_RUN_H
#define KUNIT_RUN_H

#include <linux/list.h>

#include "bridge.h"

/* What the bridge keeps for a running case. */
struct run_state {
	const struct bridge_suite *suite;
	struct list_head deferred;
	void *fixture;
};

/* The runner's: */
const char *run_name(struct kunit *test);
struct run_state *run_state(struct kunit *test);
void run_set_failed(struct kunit *test);
void run_set_skipped(struct kunit *test, const char *reason);
/* Ends the case and its thread. Not __noreturn: objtool believes that of names it knows only. */
void run_abort(struct kunit *test);
/* A test that is reported nowhere, one at a time; running it tells whether it failed. */
struct kunit *run_trial_make(void);
bool run_trial(struct kunit *test, void (*run)(struct kunit *test), bool *aborted);

/* bridge.c's: around each suite, and around each case. */
int bridge_start_suite(const struct bridge_suite *suite);
int bridge_start_case(struct kunit *test, const struct bridge_suite *suite);
void bridge_end_case(struct kunit *test);

#define RUN_INDENT "    "

#endif
