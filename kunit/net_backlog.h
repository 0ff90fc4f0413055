/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The packets that processors have yet to look at: all that is under way on loopback. */
#ifndef KUNIT_NET_BACKLOG_H
#define KUNIT_NET_BACKLOG_H

#include "port/types.h"

PORT_BEGIN

/*
 * Comes back when what was sent on loopback before has been received. The sender's own processor
 * sees to that at once, but where it has much to do it leaves it to a thread. Sleeps.
 */
void net_backlog_drain(void);

PORT_END

#endif
