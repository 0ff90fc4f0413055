/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* A raw socket that is given every IPv4 packet of an interface, whoever it is for. */
#ifndef WSK_PORT_TAP_H
#define WSK_PORT_TAP_H

#include "port/net.h"

PORT_BEGIN

enum port_tap_scope { PORT_TAP_NONE, PORT_TAP_ALL, PORT_TAP_MULTICAST, PORT_TAP_IGMP };

/*
 * From now on it receives these packets, coming and going, and not what raw sockets receive
 * otherwise; or (NONE) that alone. Promiscuous: also what the interface would not take. Sleeps.
 */
PORT_MUST_CHECK int port_tap_set(struct port_socket *socket, enum port_tap_scope scope,
				 uint32_t interface, bool promiscuous);

PORT_END

#endif
