// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Runs the suites in a kernel without KUnit. Writing a glob of suites, or suite.case, to
 * /sys/module/wsk/parameters/run_suites runs those, and comes back when they have run; the report
 * in the kernel's log is TAP, as KUnit's is.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <linux/completion.h>
#include <linux/glob.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/debug.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "net_space.h"
#include "run.h"

#define SUITE(suite) extern const struct bridge_suite bridge_suite_##suite;
#include "suites.list"
#undef SUITE

static const struct {
	const char *name;
	const struct bridge_suite *suite;
} suites[] = {
#define SUITE(suite) {#suite, &bridge_suite_##suite},
#include "suites.list"
#undef SUITE
};

struct kunit {
	const char *name;
	const struct bridge_suite *suite;
	void (*run)(struct kunit *test);
	const char *skipped; /* the reason */
	bool failed, aborted;
	struct run_state state;
	struct completion done;
};

const char *run_name(struct kunit *test)
{
	return test->name;
}

struct run_state *run_state(struct kunit *test)
{
	return &test->state;
}

void run_set_failed(struct kunit *test)
{
	WRITE_ONCE(test->failed, true);
}

void run_set_skipped(struct kunit *test, const char *reason)
{
	test->skipped = reason;
}

void run_abort(struct kunit *test)
{
	test->aborted = true;
	kthread_complete_and_exit(&test->done, 0);
}

static int run_thread(void *data)
{
	struct kunit *test = data;

	if (test->suite && bridge_start_case(test, test->suite))
		run_set_failed(test);
	else
		test->run(test);
	kthread_complete_and_exit(&test->done, 0);
}

/* Runs it on a thread of its own, which an abort may end. */
static int run_on_thread(struct kunit *test)
{
	struct task_struct *task = kthread_create(run_thread, test, "wsk-case");
	int error = 0;

	if (IS_ERR(task))
		return PTR_ERR(task);
	init_completion(&test->done);
	get_task_struct(task);
	wake_up_process(task);
	if (!wait_for_completion_timeout(&test->done, 120 * HZ)) {
		pr_err("'%s' has not ended for two minutes, and stands here:\n", test->name);
		sched_show_task(task);
		__module_get(THIS_MODULE); /* its code is still run */
		error = -ETIMEDOUT;
	}
	put_task_struct(task);
	return error;
}

static struct kunit trial;

struct kunit *run_trial_make(void)
{
	memset(&trial, 0, sizeof(trial));
	trial.name = "trial";
	return &trial;
}

bool run_trial(struct kunit *test, void (*run)(struct kunit *test), bool *aborted)
{
	test->run = run;
	if (run_on_thread(test))
		run_set_failed(test);
	*aborted = test->aborted;
	return test->failed;
}

struct tally {
	unsigned int passed, failed, skipped;
};

/* What cannot be ended is left alone, memory and all, and nothing runs after it. */
static int run_case(const struct bridge_suite *suite, size_t i, unsigned int number,
		    struct tally *tally)
{
	struct kunit *test = kzalloc(sizeof(*test), GFP_KERNEL);
	int error;

	if (!test)
		return -ENOMEM;
	test->name = suite->cases[i].name;
	test->suite = suite;
	test->run = suite->cases[i].run;
	error = run_on_thread(test);
	if (error)
		return error;
	bridge_end_case(test);
	if (test->failed)
		tally->failed++;
	else if (test->skipped)
		tally->skipped++;
	else
		tally->passed++;
	pr_info(RUN_INDENT "%s %u %s%s%s\n", test->failed ? "not ok" : "ok", number, test->name,
		test->skipped ? " # SKIP " : "", test->skipped ?: "");
	kfree(test);
	return 0;
}

static bool wanted(const char *glob, const char *suite, const char *name)
{
	const char *dot = strchr(glob, '.');
	bool matches;
	char *first;

	if (!dot)
		return glob_match(glob, suite);
	first = kstrndup(glob, dot - glob, GFP_KERNEL);
	matches = first && glob_match(first, suite) && (!name || glob_match(dot + 1, name));
	kfree(first);
	return matches;
}

static int run_suite(size_t s, const char *glob, struct tally *all)
{
	const struct bridge_suite *suite = suites[s].suite;
	struct tally tally = {};
	unsigned int number = 0;
	size_t i;
	int error;

	if (!wanted(glob, suites[s].name, NULL))
		return 0;
	pr_info(RUN_INDENT "# Subtest: %s\n", suites[s].name);
	error = bridge_start_suite(suite);
	for (i = 0; i < suite->count && !error; i++)
		if (wanted(glob, suites[s].name, suite->cases[i].name))
			error = run_case(suite, i, ++number, &tally);
	if (error)
		return error;
	pr_info("%s %zu %s\n", tally.failed ? "not ok" : "ok", s + 1, suites[s].name);
	all->passed += tally.passed;
	all->failed += tally.failed;
	all->skipped += tally.skipped;
	return 0;
}

static int run_suites(const char *value, const struct kernel_param *parameter)
{
	char *copy, *glob;
	struct tally tally = {};
	int error = 0;
	size_t s;

	/* While the module is loaded, WSK is not there yet. */
	if (THIS_MODULE->state != MODULE_STATE_LIVE)
		return -EAGAIN;
	copy = kstrdup(value, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	glob = strim(copy);
	pr_info("TAP version 14\n");
	for (s = 0; s < ARRAY_SIZE(suites) && !error; s++)
		error = run_suite(s, glob, &tally);
	/* What watches the namespaces of tests must not be there any more when the module goes. */
	if (!net_space_settle() && !error)
		error = -EBUSY;
	if (error)
		pr_info("Bail out! error %d\n", error);
	else
		pr_info("# Totals: pass:%u fail:%u skip:%u total:%u\n", tally.passed, tally.failed,
			tally.skipped, tally.passed + tally.failed + tally.skipped);
	kfree(copy);
	return error ?: tally.failed ? -EIO : 0;
}

static const struct kernel_param_ops run_suites_ops = {.set = run_suites};

module_param_cb(run_suites, &run_suites_ops, NULL, 0200);
MODULE_PARM_DESC(run_suites, "runs the suites that the glob matches");
