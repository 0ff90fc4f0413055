// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/wait.h over the scheduler and high-resolution timers. */
#include <linux/hrtimer.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "port/wait.h"

/* What `woken` says. */
enum { SLEEPS, WOKEN, INTERRUPTED };

static bool is_woken(const struct port_waiter *waiter)
{
	return smp_load_acquire(&waiter->woken) == WOKEN;
}

void port_waiter_init(struct port_waiter *waiter)
{
	waiter->task = current;
	WRITE_ONCE(waiter->woken, SLEEPS);
}

/* Returns when woken, for whatever reason, or when the time is up: true. */
static bool sleep_once(enum port_clock clock, uint64_t deadline)
{
	ktime_t expires = ns_to_ktime(min_t(uint64_t, deadline, KTIME_MAX));

	if (deadline == PORT_WAIT_FOREVER) {
		schedule();
		return false;
	}
	return !schedule_hrtimeout_range_clock(&expires, 0, HRTIMER_MODE_ABS,
					       clock == PORT_CLOCK_REAL ? CLOCK_REALTIME
									: CLOCK_MONOTONIC);
}

bool port_waiter_sleep(struct port_waiter *waiter, enum port_clock clock, uint64_t deadline)
{
	bool expired = false;

	for (;;) {
		/* Idle: neither a hung task nor load, though a driver may sleep like this for days.
		 */
		set_current_state(TASK_IDLE);
		if (is_woken(waiter) || expired)
			break;
		expired = sleep_once(clock, deadline);
	}
	__set_current_state(TASK_RUNNING);
	return is_woken(waiter);
}

bool port_waiter_sleep_interruptible(struct port_waiter *waiter)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (smp_load_acquire(&waiter->woken) != SLEEPS || signal_pending(current))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return is_woken(waiter);
}

void port_waiter_wake(struct port_waiter *waiter)
{
	struct task_struct *task;

	/* RCU keeps the task, should it return and exit before it is woken. */
	rcu_read_lock();
	task = waiter->task;
	smp_store_release(&waiter->woken, WOKEN);
	wake_up_process(task);
	rcu_read_unlock();
}

void port_waiter_interrupt(struct port_waiter *waiter)
{
	if (cmpxchg(&waiter->woken, SLEEPS, INTERRUPTED) == SLEEPS)
		wake_up_process(waiter->task);
}
