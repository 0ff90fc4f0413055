/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Putting the current task to sleep and waking it: what KeWait… is built on. */
#ifndef WSK_PORT_WAIT_H
#define WSK_PORT_WAIT_H

#include "port/time.h"
#include "port/types.h"

PORT_BEGIN

/* Lives on the sleeping task's stack. */
struct port_waiter {
	void *task;
	int woken;
};

#define PORT_WAIT_FOREVER (~(uint64_t)0)

void port_waiter_init(struct port_waiter *waiter);

/*
 * Sleeps until port_waiter_wake() has been called since port_waiter_init(), or until the clock
 * shows the deadline (nanoseconds). True when woken. May be called again after false. However long
 * it sleeps, the hung-task detector keeps quiet and the load average does not count it.
 */
bool port_waiter_sleep(struct port_waiter *waiter, enum port_clock clock, uint64_t deadline);

/*
 * Sleeps until it is woken: true. False when before that a signal has come for the task, or
 * port_waiter_interrupt() was called; port_waiter_sleep() then goes on waiting.
 */
bool port_waiter_sleep_interruptible(struct port_waiter *waiter);

/* Callable in any context, while the waiter is certainly there. */
void port_waiter_interrupt(struct port_waiter *waiter);

/*
 * Callable in any context, once for each init. The waiter must not return from its wait before:
 * this call's last touch of *waiter is what lets it return, so its stack may vanish meanwhile.
 */
void port_waiter_wake(struct port_waiter *waiter);

PORT_END

#endif
