/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Addresses and routes of the network namespace that a socket is in. Failures are negated errno
 * values (port/error.h).
 */
#ifndef WSK_PORT_INTERFACE_H
#define WSK_PORT_INTERFACE_H

#include "port/net.h"

PORT_BEGIN

struct port_interface_address {
	struct port_address address;
	uint32_t netmask;   /* IPv4, network order; likewise */
	uint32_t broadcast; /* 0: none */
	bool up;
	bool loopback;
	bool multicast;
	bool point_to_point;
};

/*
 * The family's addresses, loopback's last. Fills in as many as there is room for, and returns how
 * many there are. Does not sleep.
 */
uint32_t port_interface_addresses(struct port_socket *socket, int family,
				  struct port_interface_address *to, uint32_t room);

/* The address that packets to a destination leave with. Sleeps. */
PORT_MUST_CHECK int port_route_source(struct port_socket *socket,
				      const struct port_address *destination,
				      struct port_address *source);

/* Whether sockets of a family can be made at all. Does not sleep. */
bool port_family_exists(int family);

PORT_END

#endif
