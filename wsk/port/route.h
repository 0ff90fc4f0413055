/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Routes and neighbours of a network namespace. Failures are negated errno values (port/error.h);
 * everything sleeps. Lists as in port/interface.h.
 */
#ifndef WSK_PORT_ROUTE_H
#define WSK_PORT_ROUTE_H

#include "port/interface.h"

PORT_BEGIN

enum port_route_protocol {
	PORT_ROUTE_OTHER,
	PORT_ROUTE_KERNEL, /* follows from an address */
	PORT_ROUTE_STATIC,
	PORT_ROUTE_REDIRECT,
	PORT_ROUTE_ADVERTISED, /* by a router */
	PORT_ROUTE_DHCP,
	PORT_ROUTE_RIP,
	PORT_ROUTE_ISIS,
	PORT_ROUTE_OSPF,
	PORT_ROUTE_BGP,
	PORT_ROUTE_EIGRP,
};

/* Of the main and the local table; one with several next hops is several. */
struct port_route {
	struct port_interface_id id;
	struct port_address destination;
	struct port_address next_hop; /* no address but 0: on the link */
	uint8_t prefix_length;
	bool local; /* to this machine */
	enum port_route_protocol protocol;
	uint32_t metric;
	uint32_t valid_seconds; /* or PORT_FOREVER */
};

PORT_MUST_CHECK int64_t port_routes(struct port_net *net, int family, struct port_route *to,
				    uint32_t room);

/*
 * The route that a packet takes from a source (family 0: any) and through an interface (0: any),
 * and the source address that it has then.
 */
PORT_MUST_CHECK int port_route_find(struct port_net *net, uint32_t index,
				    const struct port_address *source,
				    const struct port_address *destination,
				    struct port_route *route, struct port_address *best_source);

/* Index, destination, next hop and metric count. */
PORT_MUST_CHECK int port_route_add(struct port_net *net, const struct port_route *route);
PORT_MUST_CHECK int port_route_remove(struct port_net *net, const struct port_route *route);

enum port_neighbor_state {
	PORT_NEIGHBOR_UNREACHABLE,
	PORT_NEIGHBOR_INCOMPLETE,
	PORT_NEIGHBOR_PROBE,
	PORT_NEIGHBOR_DELAY,
	PORT_NEIGHBOR_STALE,
	PORT_NEIGHBOR_REACHABLE,
	PORT_NEIGHBOR_PERMANENT,
};

struct port_neighbor {
	struct port_interface_id id;
	struct port_address address;
	enum port_neighbor_state state;
	bool router;
	bool fixed; /* follows from the address, and is not resolved */
	uint8_t link_address[PORT_LINK_ADDRESS];
	uint32_t link_address_length;
	uint32_t confirmed_ms; /* so long ago */
};

PORT_MUST_CHECK int64_t port_neighbors(struct port_net *net, int family, struct port_neighbor *to,
				       uint32_t room);

/* Index, address and link address count: the neighbour is permanent then. */
PORT_MUST_CHECK int port_neighbor_add(struct port_net *net, const struct port_neighbor *neighbor,
				      bool replace);
PORT_MUST_CHECK int port_neighbor_remove(struct port_net *net,
					 const struct port_neighbor *neighbor);
/* Begins to resolve a neighbour that is not permanent. */
PORT_MUST_CHECK int port_neighbor_probe(struct port_net *net, const struct port_neighbor *neighbor);

PORT_END

#endif
