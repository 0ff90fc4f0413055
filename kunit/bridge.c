// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Makes KUnit suites of the NT world's test tables (bridge.h), and lends the tests what only Linux
 * can do. Built in only.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/inetdevice.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/sched/debug.h>
#include <net/addrconf.h>
#include <net/net_namespace.h>

#include "bridge.h"
#include "port/log.h"

struct deferred {
	struct list_head link;
	void (*run)(void *context);
	void *context;
};

/* What the bridge keeps for a running case, in kunit.priv. */
struct case_state {
	struct list_head deferred;
	void *fixture;
};

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

static bool loopback_usable(struct net_device *lo)
{
#if IS_BUILTIN(CONFIG_IPV6)
	if (!ipv6_chk_addr(&init_net, &in6addr_loopback, lo, 0))
		return false;
#endif
	return inet_confirm_addr(&init_net, NULL, 0, htonl(INADDR_LOOPBACK), RT_SCOPE_HOST) != 0;
}

static int bring_loopback_up(void)
{
	struct net_device *lo = init_net.loopback_dev;
	int tries, err;

	rtnl_lock();
	err = dev_change_flags(lo, lo->flags | IFF_UP, NULL);
	rtnl_unlock();
	if (err)
		return err;
	for (tries = 0; tries < 500; tries++) {
		if (loopback_usable(lo))
			return 0;
		msleep(10);
	}
	return -ENETDOWN;
}

static int start_suite(struct kunit_suite *suite)
{
	size_t i;

	/* By name: a filter on the command line makes KUnit run copies. */
	for (i = 0; i < ARRAY_SIZE(suites); i++)
		if (!strcmp(suites[i].kunit->name, suite->name))
			current_suite = suites[i].bridge;
	return current_suite->network ? bring_loopback_up() : 0;
}

static int start_case(struct kunit *test)
{
	struct case_state *state = kunit_kzalloc(test, sizeof(*state), GFP_KERNEL);

	if (!state)
		return -ENOMEM;
	INIT_LIST_HEAD(&state->deferred);
	test->priv = state;
	return current_suite->init ? current_suite->init(test) : 0;
}

static void end_case(struct kunit *test)
{
	struct case_state *state = test->priv;

	if (!state)
		return;
	while (!list_empty(&state->deferred)) {
		struct deferred *last = list_first_entry(&state->deferred, struct deferred, link);

		list_del(&last->link);
		last->run(last->context);
	}
	if (current_suite->exit)
		current_suite->exit(test);
}

/* The sources' own path, whatever directory the build ran in. */
static const char *short_path(const char *file)
{
	const char *kunit = strstr(file, "kunit/");

	return kunit ? kunit : file;
}

/* Checks of a case that bridge_try() runs go to its trial and not to the log. One at a time. */
static struct kunit *trial_test;
static struct bridge_trial *trial;

__printf(3, 4) static void report(struct kunit *test, const struct bridge_site *site,
				  const char *format, ...)
{
	struct va_format message = {.fmt = format};
	const char *kind = site->fatal ? "ASSERTION" : "EXPECTATION";
	va_list args;

	kunit_set_failure(test);
	va_start(args, format);
	message.va = &args;
	/* printk, not kunit_err: KUnit's log allocates, and checks may fail in a softirq. */
	if (test == trial_test)
		scnprintf(trial->text, sizeof(trial->text), "%s FAILED at %s:%d\n%pV", kind,
			  short_path(site->file), site->line, &message);
	else
		printk(KERN_ERR KUNIT_SUBTEST_INDENT "# %s: %s FAILED at %s:%d\n    %pV\n",
		       test->name, kind, short_path(site->file), site->line, &message);
	va_end(args);
}

static void abort_if_fatal(struct kunit *test, const struct bridge_site *site)
{
	if (site->fatal)
		kunit_try_catch_throw(&test->try_catch);
}

void bridge_fail(struct kunit *test, const struct bridge_site *site, const char *format, ...)
{
	struct va_format message = {.fmt = format};
	va_list args;

	va_start(args, format);
	message.va = &args;
	report(test, site, "%pV", &message);
	va_end(args);
	abort_if_fatal(test, site);
}

void bridge_fail_memory(struct kunit *test, const struct bridge_site *site, const char *left_text,
			const char *right_text, const void *left, const void *right, size_t size)
{
	const u8 *a = left, *b = right;
	size_t at = 0;
	int shown;

	while (at < size && a[at] == b[at])
		at++;
	shown = min_t(size_t, size - at, 16);
	report(test, site,
	       "%s and %s differ from byte %zu of %zu on\n    left = %*ph\n    right = %*ph",
	       left_text, right_text, at, size, shown, a + at, shown, b + at);
	abort_if_fatal(test, site);
}

static void trial_run(void *context)
{
	void (*run)(struct kunit * test) = context;

	run(trial_test);
}

static void trial_catch(void *context)
{
	trial->aborted = true;
}

void bridge_try(void (*run)(struct kunit *test), struct bridge_trial *result)
{
	struct kunit *test = kzalloc(sizeof(*test), GFP_KERNEL);

	memset(result, 0, sizeof(*result));
	if (!test)
		return;
	kunit_init_test(test, "trial", NULL);
	trial = result;
	trial_test = test;
	test->try_catch.test = test;
	test->try_catch.try = trial_run;
	test->try_catch.catch = trial_catch;
	kunit_try_catch_run(&test->try_catch, run);
	result->failed = test->status == KUNIT_FAILURE;
	trial_test = NULL;
	kfree(test);
}

void bridge_skip(struct kunit *test, const char *reason)
{
	kunit_mark_skipped(test, "%s", reason);
	kunit_try_catch_throw(&test->try_catch);
}

void bridge_set_fixture(struct kunit *test, void *fixture)
{
	struct case_state *state = test->priv;

	state->fixture = fixture;
}

void *bridge_fixture(struct kunit *test)
{
	struct case_state *state = test->priv;

	return state->fixture;
}

void bridge_defer(struct kunit *test, void (*run)(void *context), void *context)
{
	struct case_state *state = test->priv;
	struct deferred *deferred = kunit_kzalloc(test, sizeof(*deferred), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, deferred);
	deferred->run = run;
	deferred->context = context;
	list_add(&deferred->link, &state->deferred);
}

void bridge_sleep_ms(unsigned int ms)
{
	msleep(ms);
}

void bridge_run_at_dispatch(void (*run)(void *context), void *context)
{
	local_bh_disable();
	run(context);
	local_bh_enable();
}

void bridge_run_at_high(void (*run)(void *context), void *context)
{
	unsigned long flags;

	local_irq_save(flags);
	run(context);
	local_irq_restore(flags);
}

struct softirq_call {
	struct tasklet_struct tasklet;
	void (*run)(void *context);
	void *context;
};

static void run_softirq_call(struct tasklet_struct *tasklet)
{
	struct softirq_call *call = from_tasklet(call, tasklet, tasklet);

	call->run(call->context);
}

void bridge_run_in_softirq(void (*run)(void *context), void *context)
{
	struct softirq_call call = {.run = run, .context = context};

	tasklet_setup(&call.tasklet, run_softirq_call);
	/* It runs where bottom halves are enabled again: on top of this thread. */
	local_bh_disable();
	tasklet_schedule(&call.tasklet);
	local_bh_enable();
	/* Waits for a scheduled tasklet to have run. */
	tasklet_kill(&call.tasklet);
}

struct bridge_thread {
	struct completion done;
	void (*run)(void *context);
	void *context;
};

static int run_thread(void *data)
{
	struct bridge_thread *thread = data;

	thread->run(thread->context);
	kthread_complete_and_exit(&thread->done, 0);
}

struct bridge_thread *bridge_thread_start(void (*run)(void *context), void *context)
{
	struct bridge_thread *thread = kzalloc(sizeof(*thread), GFP_KERNEL);

	if (!thread)
		return NULL;
	init_completion(&thread->done);
	thread->run = run;
	thread->context = context;
	if (IS_ERR(kthread_run(run_thread, thread, "wsk-test"))) {
		kfree(thread);
		return NULL;
	}
	return thread;
}

void bridge_thread_join(struct bridge_thread *thread)
{
	/* KUnit gives up on a case after some minutes, and does not say where it stood. */
	if (!wait_for_completion_timeout(&thread->done, 60 * HZ)) {
		pr_err("a test waits for a thread that has not ended for a minute\n");
		show_state_filter(TASK_UNINTERRUPTIBLE);
		wait_for_completion(&thread->done);
	}
	kfree(thread);
}

unsigned long bridge_rule_count(void)
{
#ifdef CONFIG_WSK_DEBUG
	return port_log_rule_count();
#else
	return 0;
#endif
}

bool bridge_checked(void)
{
	return IS_ENABLED(CONFIG_WSK_DEBUG);
}
