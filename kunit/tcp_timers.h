/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* How often TCP's timers had to go on with a connection that had come to a halt. */
#ifndef KUNIT_TCP_TIMERS_H
#define KUNIT_TCP_TIMERS_H

#include "port/types.h"

PORT_BEGIN

/* Retransmissions and probes of closed windows in the initial namespace, since boot. */
uint64_t tcp_timers_fired(void);

/*
 * How soon TCP looks for losses, before a timeout (net.ipv4.tcp_early_retrans); 0: it does not, and
 * so sends nothing ahead of its turn either. Returns what was set before.
 */
int tcp_timers_set_early(int how);

PORT_END

#endif
