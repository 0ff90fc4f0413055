/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Interfaces of a network namespace and their addresses. Failures are negated errno values
 * (port/error.h). Functions that fill in a list fill in as many as there is room for, and return
 * how many there are.
 */
#ifndef WSK_PORT_INTERFACE_H
#define WSK_PORT_INTERFACE_H

#include "port/net.h"
#include "port/network.h"

PORT_BEGIN

enum { PORT_INTERFACE_NAME = 16, PORT_INTERFACE_ALIAS = 256, PORT_LINK_ADDRESS = 32 };

/* An interface, and its type by IANA's numbers (ifType). */
struct port_interface_id {
	uint32_t index;
	uint16_t type;
};

enum port_interface_state { /* of RFC 2863 */
			    PORT_INTERFACE_UP,
			    PORT_INTERFACE_DOWN,
			    PORT_INTERFACE_TESTING,
			    PORT_INTERFACE_UNKNOWN,
			    PORT_INTERFACE_DORMANT,
			    PORT_INTERFACE_NOT_PRESENT,
			    PORT_INTERFACE_LOWER_LAYER_DOWN,
};

struct port_interface {
	struct port_interface_id id;
	char name[PORT_INTERFACE_NAME];
	char alias[PORT_INTERFACE_ALIAS]; /* what an administrator calls it; may be empty */
	uint32_t mtu;
	uint32_t address_length;
	uint8_t address[PORT_LINK_ADDRESS];
	uint8_t permanent_address[PORT_LINK_ADDRESS];
	enum port_interface_state state;
	bool up; /* as the administrator wants it */
	bool carrier;
	bool loopback;
	bool broadcast;
	bool point_to_point;
	bool hardware;
	uint64_t speed; /* in bits a second; 0: unknown */
	uint64_t received_bytes, received_packets, received_multicasts;
	uint64_t receive_errors, receive_drops;
	uint64_t sent_bytes, sent_packets, send_errors, send_drops;
};

/* What of an interface concerns one family. Times are in milliseconds. */
struct port_ip_interface {
	struct port_interface_id id;
	uint32_t mtu;
	uint32_t base_reachable_time;
	uint32_t reachable_time;
	uint32_t retransmit_time;
	uint32_t dad_transmits;
	uint64_t identifier; /* of its link-local address, network order; 0: none */
	bool connected;
	bool loopback;
	bool forwarding;
	bool neighbor_discovery;
	bool router_discovery;
	bool managed_addresses; /* a router said so */
	bool other_configuration;
};

/* All of them, or the one of an index that is not 0. They sleep. */
PORT_MUST_CHECK int64_t port_interfaces(struct port_net *net, uint32_t index,
					struct port_interface *to, uint32_t room);
PORT_MUST_CHECK int64_t port_ip_interfaces(struct port_net *net, int family, uint32_t index,
					   struct port_ip_interface *to, uint32_t room);

/* Interfaces that lie on top of others: pairs of indices, the upper one first. Sleeps. */
struct port_interface_pair {
	uint32_t upper, lower;
};
PORT_MUST_CHECK int64_t port_interface_stack(struct port_net *net, struct port_interface_pair *to,
					     uint32_t room);

/* From index to type and name, and from name to index and type. They do not sleep. */
PORT_MUST_CHECK bool port_interface_name(struct port_net *net, struct port_interface_id *id,
					 char name[PORT_INTERFACE_NAME]);
PORT_MUST_CHECK bool port_interface_named(struct port_net *net, const char *name,
					  struct port_interface_id *id);

#define PORT_FOREVER (~(uint32_t)0)

enum port_address_origin {
	PORT_ORIGIN_MANUAL,
	PORT_ORIGIN_WELL_KNOWN, /* loopback's, or link-local */
	PORT_ORIGIN_ROUTER,
	PORT_ORIGIN_LEASE, /* it ends, and no router gave it */
};

struct port_interface_address {
	struct port_interface_id id;
	struct port_address address;
	uint32_t netmask;   /* IPv4, network order; likewise */
	uint32_t broadcast; /* 0: none */
	uint8_t prefix_length;
	enum port_address_origin origin;
	uint32_t valid_seconds; /* or PORT_FOREVER */
	uint32_t preferred_seconds;
	uint64_t age_ms;
	bool tentative;
	bool duplicate;
	bool random; /* its interface identifier */
	bool up;
	bool loopback;
	bool multicast;
	bool point_to_point;
};

/*
 * The family's addresses, loopback's last. Those that have turned out to be duplicates are in it
 * only when asked for. Does not sleep.
 */
uint32_t port_interface_addresses(struct port_net *net, int family, bool duplicates,
				  struct port_interface_address *to, uint32_t room);

/* Groups that have been joined, and IPv6 anycast addresses. They sleep. */
struct port_group_address {
	struct port_interface_id id;
	struct port_address address;
};
PORT_MUST_CHECK int64_t port_multicast_addresses(struct port_net *net, int family,
						 struct port_group_address *to, uint32_t room);
PORT_MUST_CHECK int64_t port_anycast_addresses(struct port_net *net, int family,
					       struct port_group_address *to, uint32_t room);

/*
 * Adds an address, changes its lifetimes, or removes it: index, address, prefix length and
 * lifetimes count; `tentative`: it is to be checked for duplicates first. They sleep.
 */
PORT_MUST_CHECK int port_address_add(struct port_net *net,
				     const struct port_interface_address *address);
PORT_MUST_CHECK int port_address_change(struct port_net *net,
					const struct port_interface_address *address);
PORT_MUST_CHECK int port_address_remove(struct port_net *net,
					const struct port_interface_address *address);

/* Changes the MTU, which is the device's; or whether an interface forwards IPv4. They sleep. */
PORT_MUST_CHECK int port_interface_set_mtu(struct port_net *net, uint32_t index, uint32_t mtu);
PORT_MUST_CHECK int port_interface_set_forwarding(struct port_net *net, uint32_t index, bool on);

/* The address that packets to a destination leave with, and (or NULL) the interface. Sleeps. */
PORT_MUST_CHECK int port_route_source(struct port_net *net, const struct port_address *destination,
				      struct port_address *source, uint32_t *interface);

/* Waits until changes of routes that were notified of can be seen. Sleeps. */
void port_routes_settle(void);

/* Whether sockets of a family can be made at all. Does not sleep. */
bool port_family_exists(int family);

PORT_END

#endif
