// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Lends the tests what only Linux can do (bridge.h), whoever runs them (run.h).
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/inetdevice.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/mount.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/sched/debug.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/net_namespace.h>

#include "port/log.h"
#include "run.h"

struct deferred {
	struct list_head link;
	void (*run)(void *context);
	void *context;
};

static bool loopback_usable(struct net_device *lo)
{
#if IS_BUILTIN(CONFIG_IPV6)
	if (!ipv6_chk_addr(&init_net, &in6addr_loopback, lo, 0))
		return false;
#endif
	return inet_confirm_addr(&init_net, NULL, 0, htonl(INADDR_LOOPBACK), RT_SCOPE_HOST) != 0;
}

/*
 * Where data races are looked for, what loopback carries is processed by any processor, and not
 * only by the one that sent it.
 */
static int spread_loopback(void)
{
	struct vfsmount *mount;
	struct file *file;
	ssize_t written;

	if (!IS_ENABLED(CONFIG_KCSAN))
		return 0;
	mount = kern_mount(get_fs_type("sysfs"));
	if (IS_ERR(mount))
		return PTR_ERR(mount);
	file = file_open_root_mnt(mount, "class/net/lo/queues/rx-0/rps_cpus", O_WRONLY, 0);
	written = PTR_ERR_OR_ZERO(file);
	if (!written) {
		written = kernel_write(file, "3", 1, NULL);
		fput(file);
	}
	kern_unmount(mount);
	return min(written, (ssize_t)0);
}

static int bring_loopback_up(void)
{
	struct net_device *lo = init_net.loopback_dev;
	int tries, err;

	rtnl_lock();
	err = dev_change_flags(lo, lo->flags | IFF_UP, NULL);
	rtnl_unlock();
	if (!err)
		err = spread_loopback();
	if (err)
		return err;
	for (tries = 0; tries < 500; tries++) {
		if (loopback_usable(lo))
			return 0;
		msleep(10);
	}
	return -ENETDOWN;
}

int bridge_start_suite(const struct bridge_suite *suite)
{
	return suite->network ? bring_loopback_up() : 0;
}

int bridge_start_case(struct kunit *test, const struct bridge_suite *suite)
{
	struct run_state *state = run_state(test);

	INIT_LIST_HEAD(&state->deferred);
	state->suite = suite;
	return suite->init ? suite->init(test) : 0;
}

void bridge_end_case(struct kunit *test)
{
	struct run_state *state = run_state(test);

	while (!list_empty(&state->deferred)) {
		struct deferred *last = list_first_entry(&state->deferred, struct deferred, link);

		list_del(&last->link);
		last->run(last->context);
		kfree(last);
	}
	if (state->suite->exit)
		state->suite->exit(test);
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

	run_set_failed(test);
	va_start(args, format);
	message.va = &args;
	/* printk, not kunit_err: KUnit's log allocates, and checks may fail in a softirq. */
	if (test == trial_test)
		scnprintf(trial->text, sizeof(trial->text), "%s FAILED at %s:%d\n%pV", kind,
			  short_path(site->file), site->line, &message);
	else
		printk(KERN_ERR RUN_INDENT "# %s: %s FAILED at %s:%d\n    %pV\n", run_name(test),
		       kind, short_path(site->file), site->line, &message);
	va_end(args);
}

static __noreturn void end_here(struct kunit *test)
{
	run_abort(test);
	BUG(); /* which objtool believes, unlike a promise */
}

static void abort_if_fatal(struct kunit *test, const struct bridge_site *site)
{
	if (site->fatal)
		end_here(test);
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

void bridge_try(void (*run)(struct kunit *test), struct bridge_trial *result)
{
	memset(result, 0, sizeof(*result));
	trial = result;
	trial_test = run_trial_make();
	result->failed = run_trial(trial_test, run, &result->aborted);
	trial_test = NULL;
}

void bridge_skip(struct kunit *test, const char *reason)
{
	run_set_skipped(test, reason);
	run_abort(test);
}

void bridge_set_fixture(struct kunit *test, void *fixture)
{
	struct run_state *state = run_state(test);

	state->fixture = fixture;
}

void *bridge_fixture(struct kunit *test)
{
	struct run_state *state = run_state(test);

	return state->fixture;
}

void bridge_defer(struct kunit *test, void (*run)(void *context), void *context)
{
	struct run_state *state = run_state(test);
	struct deferred *deferred = kzalloc(sizeof(*deferred), GFP_KERNEL);

	if (!deferred) {
		run_set_failed(test);
		end_here(test);
	}
	deferred->run = run;
	deferred->context = context;
	list_add(&deferred->link, &state->deferred);
}

bool bridge_time_is_real(void)
{
	return !IS_ENABLED(CONFIG_UML_TIME_TRAVEL_SUPPORT);
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

void bridge_run_signalled(void (*run)(void *context), void *context)
{
	set_tsk_thread_flag(current, TIF_SIGPENDING);
	run(context);
	clear_tsk_thread_flag(current, TIF_SIGPENDING);
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
	struct task_struct *task;
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
	thread->task = kthread_create(run_thread, thread, "wsk-test");
	if (IS_ERR(thread->task)) {
		kfree(thread);
		return NULL;
	}
	get_task_struct(thread->task);
	wake_up_process(thread->task);
	return thread;
}

void bridge_thread_stay(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
}

void bridge_thread_join(struct bridge_thread *thread)
{
	/* Whoever runs the case gives up after some minutes, and cannot say where it stood. */
	if (!wait_for_completion_timeout(&thread->done, 60 * HZ)) {
		pr_err("a test waits for a thread that has not ended for a minute\n");
		sched_show_task(thread->task);
		wait_for_completion(&thread->done);
	}
	put_task_struct(thread->task);
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
