/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Options of in-kernel sockets that are one number. Everything here may sleep (it takes the
 * socket's lock); failures are negated errno values (port/error.h).
 */
#ifndef WSK_PORT_OPTION_H
#define WSK_PORT_OPTION_H

#include "port/net.h"

PORT_BEGIN

enum port_socket_option {
	PORT_OPTION_REUSE_ADDRESS, /* bind although the port's old connections linger */
	PORT_OPTION_SHARE_PORT,	   /* bind although another socket that shares has the port */
	PORT_OPTION_KEEPALIVE,
	PORT_OPTION_RECEIVE_BUFFER, /* bytes, as the caller counts them */
	PORT_OPTION_SEND_BUFFER,
	PORT_OPTION_NODELAY,
	PORT_OPTION_V6ONLY,
};

PORT_MUST_CHECK int port_socket_set_option(struct port_socket *socket,
					   enum port_socket_option option, uint32_t value);
PORT_MUST_CHECK int port_socket_get_option(struct port_socket *socket,
					   enum port_socket_option option, uint32_t *value);

PORT_END

#endif
