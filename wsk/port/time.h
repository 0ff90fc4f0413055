/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Clocks, in nanoseconds. */
#ifndef WSK_PORT_TIME_H
#define WSK_PORT_TIME_H

#include "port/types.h"

PORT_BEGIN

/* The clocks that a sleep can be timed by. */
enum port_clock {
	PORT_CLOCK_MONOTONIC, /* port_time_monotonic() */
	PORT_CLOCK_REAL,      /* port_time_real(), following it when it is set */
};

uint64_t port_time_monotonic(void); /* since boot, not counting suspend */
uint64_t port_time_boot(void);	    /* since boot, counting suspend */
int64_t port_time_real(void);	    /* since 1970-01-01 UTC */

/* Where the kernel was told that it is; 0, UTC, where it was not. Any context. */
int port_time_minutes_west(void);

/* Spins for so long; for short times. Any context. */
void port_time_spin(uint32_t microseconds);

PORT_END

#endif
