/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* How often TCP's timers had to go on with a connection that had come to a halt. */
#ifndef KUNIT_TCP_TIMERS_H
#define KUNIT_TCP_TIMERS_H

#include "port/types.h"

PORT_BEGIN

/* Retransmissions and probes of closed windows in the initial namespace, since boot. */
uint64_t tcp_timers_fired(void);

PORT_END

#endif
