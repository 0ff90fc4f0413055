/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Putting the current task to sleep and waking it: what KeWait… is built on. */
#ifndef WSK_PORT_WAIT_H
#define WSK_PORT_WAIT_H

#include "port/types.h"

PORT_BEGIN

/* Lives on the sleeping task's stack. */
struct port_waiter {
	void *task;
	int woken;
};

#define PORT_WAIT_FOREVER UINT64_MAX

void port_waiter_init(struct port_waiter *waiter);

/*
 * Sleeps until port_waiter_wake() was called since port_waiter_init() or the last return, or until
 * the monotonic deadline (nanoseconds of port_time_monotonic()). True when woken.
 */
bool port_waiter_sleep(struct port_waiter *waiter, uint64_t deadline);

/* Callable in softirq. The waiter must still be inside its wait. */
void port_waiter_wake(struct port_waiter *waiter);

PORT_END

#endif
