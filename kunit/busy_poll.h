/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Polling of network devices by who waits for data: what new sockets get, and what one has. */
#ifndef KUNIT_BUSY_POLL_H
#define KUNIT_BUSY_POLL_H

#include "port/types.h"

PORT_BEGIN

/* Whether the setting is in reach: not of a module. */
bool busy_poll_settable(void);

/* Sets net.core.busy_read, in microseconds, and returns what it was. */
uint32_t busy_poll_set(uint32_t time);

/*
 * The time of the socket at an IPv4 loopback port, and, of TCP, of the connection to another one,
 * or with 0 of who listens. ~0: there is no such socket. Ports are in host order.
 */
uint32_t busy_poll_of(uint8_t protocol, uint16_t port, uint16_t peer);

PORT_END

#endif
