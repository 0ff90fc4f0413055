/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* When datagrams came and went, by the kernel's clock, in nanoseconds of port_time_boot(). */
#ifndef WSK_PORT_STAMP_H
#define WSK_PORT_STAMP_H

#include "port/net.h"

PORT_BEGIN

enum { PORT_MOST_STAMPS = 1024 };

/*
 * Whether the times at which datagrams come in are to be noted, and how many of those at which
 * datagrams went out are to be kept (0: none), for those that are sent with an identifier. Forgets
 * what was kept. Sleeps.
 */
PORT_MUST_CHECK int port_datagram_stamp(struct port_socket *socket, bool received, uint32_t sent);

/*
 * When the latest datagram with that identifier left, and forgets it: -EAGAIN while it is on its
 * way, -ENOENT where there is none. Does not sleep.
 */
PORT_MUST_CHECK int port_datagram_sent_at(struct port_socket *socket, uint32_t id, uint64_t *time);

PORT_END

#endif
