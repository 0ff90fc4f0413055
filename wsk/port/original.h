/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Connections that a packet filter has redirected to this host, or to another port of it. */
#ifndef WSK_PORT_ORIGINAL_H
#define WSK_PORT_ORIGINAL_H

#include "port/net.h"

PORT_BEGIN

/* Where an accepted connection was going; -ENOENT: here. Sleeps. */
PORT_MUST_CHECK int port_socket_original_destination(struct port_socket *socket,
						     struct port_address *to);

PORT_END

#endif
