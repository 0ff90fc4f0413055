/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Options of in-kernel sockets that are one number. Everything here may sleep (it takes the
 * socket's lock); failures are negated errno values (port/error.h).
 */
#ifndef WSK_PORT_OPTION_H
#define WSK_PORT_OPTION_H

#include "port/net.h"

PORT_BEGIN

/* Numbers are in the host's byte order unless it says otherwise. */
enum port_socket_option {
	PORT_OPTION_REUSE_ADDRESS, /* bind although the port's old connections linger */
	PORT_OPTION_SHARE_PORT,	   /* bind although another socket that shares has the port */
	PORT_OPTION_KEEPALIVE,
	PORT_OPTION_RECEIVE_BUFFER, /* bytes, as the caller counts them */
	PORT_OPTION_SEND_BUFFER,
	PORT_OPTION_BROADCAST,
	PORT_OPTION_PRIORITY,
	PORT_OPTION_PROCESSOR, /* read only: where data arrived last; ~0: none has */
	PORT_OPTION_NUMA_NODE, /* read only: that processor's */
	PORT_OPTION_USER_MTU,  /* no longer packets than this; 0: as the path carries */
	PORT_OPTION_INTERFACE, /* bound to the interface with that index; 0: to none */
	PORT_OPTION_READABLE,  /* read only: bytes; of datagrams, the first one's */

	PORT_OPTION_IPV4_HEADER_INCLUDED,
	PORT_OPTION_IPV4_TOS,
	PORT_OPTION_IPV4_TTL, /* read: the one in effect */
	PORT_OPTION_IPV4_PMTU,
	PORT_OPTION_IPV4_MTU,	       /* read only, of a connected socket */
	PORT_OPTION_IPV4_UNICAST_IF,   /* an interface's index */
	PORT_OPTION_IPV4_MULTICAST_IF, /* network order: an address, or 0.x.y.z, an index */
	PORT_OPTION_IPV4_MULTICAST_TTL,
	PORT_OPTION_IPV4_MULTICAST_ALL, /* groups that other sockets joined as well */

	PORT_OPTION_V6ONLY,
	PORT_OPTION_IPV6_HEADER_INCLUDED,
	PORT_OPTION_IPV6_TCLASS,
	PORT_OPTION_IPV6_HOPS, /* ~0 sets the system's default; read: the one in effect */
	PORT_OPTION_IPV6_PMTU,
	PORT_OPTION_IPV6_DONT_FRAGMENT,
	PORT_OPTION_IPV6_MTU,
	PORT_OPTION_IPV6_CHECKSUM, /* of raw sockets: its offset, or ~0 */
	PORT_OPTION_IPV6_UNICAST_IF,
	PORT_OPTION_IPV6_MULTICAST_IF,
	PORT_OPTION_IPV6_MULTICAST_HOPS,
	PORT_OPTION_IPV6_MULTICAST_ALL,

	PORT_OPTION_NODELAY,
	PORT_OPTION_KEEP_IDLE,	   /* seconds */
	PORT_OPTION_KEEP_INTERVAL, /* seconds */
	PORT_OPTION_KEEP_COUNT,
	PORT_OPTION_SEGMENT_SIZE, /* read only */
	PORT_OPTION_USER_TIMEOUT, /* milliseconds, 0: the system's */
	PORT_OPTION_SYN_COUNT,	  /* retransmissions of a SYN, 0: the system's */
	PORT_OPTION_QUICK_ACK,
	PORT_OPTION_DEFER_PORT, /* of TCP: a port of the system's choice is chosen to connect */
	PORT_OPTION_FAST_OPEN,	/* data in the first packet: to send it, or to accept it */
	PORT_OPTION_COUNT
};

/* Values of the two PMTU options. */
enum { PORT_PMTU_DONT = 0, PORT_PMTU_WANT = 1, PORT_PMTU_DO = 2, PORT_PMTU_PROBE = 3 };

PORT_MUST_CHECK int port_socket_set_option(struct port_socket *socket,
					   enum port_socket_option option, uint32_t value);
PORT_MUST_CHECK int port_socket_get_option(struct port_socket *socket,
					   enum port_socket_option option, uint32_t *value);

/* Header options: IPv4's as they are on the wire, IPv6's as whole extension headers. */
enum port_header {
	PORT_HEADER_IPV4_OPTIONS,
	PORT_HEADER_HOP_BY_HOP,
	PORT_HEADER_ROUTING,
	PORT_HEADER_COUNT
};
enum { PORT_LONGEST_HEADER = 2048 };
PORT_MUST_CHECK int port_socket_set_header(struct port_socket *socket, enum port_header header,
					   const void *bytes, uint32_t count);

/* As it was set; how many bytes it has, which are written if there is room for all of them. */
uint32_t port_socket_get_header(struct port_socket *socket, enum port_header header, void *to,
				uint32_t room);

PORT_END

#endif
