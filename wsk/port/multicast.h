/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Membership in multicast groups. Sleeps; failures are negated errno values (port/error.h). */
#ifndef WSK_PORT_MULTICAST_H
#define WSK_PORT_MULTICAST_H

#include "port/net.h"

PORT_BEGIN

enum port_membership {
	PORT_JOIN_GROUP,
	PORT_LEAVE_GROUP,
	PORT_BLOCK_SOURCE,
	PORT_UNBLOCK_SOURCE,
	PORT_JOIN_SOURCE,
	PORT_LEAVE_SOURCE,
};

/* The interface is an index, 0: the system's choice. The first two do not look at the source. */
PORT_MUST_CHECK int port_socket_membership(struct port_socket *socket, enum port_membership action,
					   uint32_t interface, const struct port_address *group,
					   const struct port_address *source);

/* Replaces the group's list of sources: those to be heard, or those not to be. */
PORT_MUST_CHECK int port_socket_set_sources(struct port_socket *socket, uint32_t interface,
					    const struct port_address *group, bool exclude,
					    const struct port_address *sources, uint32_t count);

/*
 * What the group's list is: fills in as many as there is room for, and tells how many there are.
 * Does not sleep.
 */
PORT_MUST_CHECK int port_socket_get_sources(struct port_socket *socket, uint32_t interface,
					    const struct port_address *group, bool *exclude,
					    struct port_address *sources, uint32_t room,
					    uint32_t *count);

/* The index of the interface that has an IPv4 address (network order), in the socket's namespace.
 */
PORT_MUST_CHECK int port_socket_interface_of(struct port_socket *socket, uint32_t address,
					     uint32_t *interface);

PORT_END

#endif
