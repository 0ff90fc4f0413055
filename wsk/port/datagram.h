/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Datagrams over UDP and raw IP, on sockets of port/net.h. */
#ifndef WSK_PORT_DATAGRAM_H
#define WSK_PORT_DATAGRAM_H

#include "port/net.h"
#include "port/packet.h"
#include "port/types.h"

PORT_BEGIN

/* IPv6, or IPv4 mapped into it (::ffff:a.b.c.d). */
struct port_ip {
	uint8_t bytes[16];
};

/* How one datagram is to be sent, as far as that differs from the socket's options. */
enum port_send_field {
	PORT_SEND_SOURCE = 1, /* from this address, through this interface; 0: any */
	PORT_SEND_HOP_LIMIT = 2,
	PORT_SEND_TRAFFIC_CLASS = 4,
	PORT_SEND_ECN = 8,    /* the two low bits of the traffic class */
	PORT_SEND_STAMP = 16, /* keep when it leaves (port/stamp.h), by an identifier */
};

struct port_send_control {
	uint32_t fields;
	uint32_t interface;
	uint32_t stamp;
	struct port_ip source;
	uint8_t hop_limit;
	uint8_t traffic_class;
	uint8_t ecn;
};

/*
 * Sends one datagram, or with a segment size, UDP only, several of that size of which the last may
 * be shorter. Returns the bytes sent, all of them; -EAGAIN when there is no room; in a softirq
 * -EBUSY when it has to be sent elsewhere, as that might sleep; or a failure, which is this
 * datagram's own and not an earlier one's.
 */
PORT_MUST_CHECK int64_t port_datagram_send(struct port_socket *socket,
					   const struct port_address *to,
					   const struct port_send_control *control,
					   uint32_t segment_size, const struct port_vector *data);

enum port_cast { PORT_UNICAST, PORT_BROADCAST, PORT_MULTICAST };

/*
 * A datagram that was received, or one of ours that an ICMP message returned. It keeps its memory,
 * and counts against the socket's receive buffer, until it is released.
 */
struct port_datagram {
	void *packet;
	void *account;
	uint32_t charge; /* what it counts for */
	uint32_t offset; /* in the packet */
	uint32_t length;
	uint32_t segment_size; /* of several datagrams in one; 0: it is one */
	uint32_t interface;
	struct port_address source; /* of the socket's family; of a returned one, where it went */
	struct port_ip destination;
	const void *routing;	 /* an IPv6 routing header, while the datagram is kept; or NULL */
	uint64_t time;		 /* when it came in, where that is told (port/stamp.h) */
	uint16_t routing_length; /* where there is one */
	uint16_t processor;	 /* where it came in */
	uint8_t cast;
	uint8_t hop_limit;
	uint8_t traffic_class;
	bool ipv4;
	bool from_here; /* of a multicast: the sender is on this host */
	bool returned;
	uint8_t icmp_type; /* the rest: of returned ones */
	uint8_t icmp_code;
	uint32_t icmp_info;
};

/*
 * Takes the next one; -EAGAIN when there is none, -EBADMSG when it was none for the socket, or
 * damaged, and has been dropped. One caller at a time.
 */
PORT_MUST_CHECK int port_datagram_next(struct port_socket *socket, struct port_datagram *datagram);

/* Whether there is one, or a failure. */
bool port_datagram_waits(struct port_socket *socket);

/* Copies its first bytes; returns how many fitted. */
PORT_MUST_CHECK int64_t port_datagram_copy(const struct port_datagram *datagram,
					   const struct port_vector *to);

/*
 * Describes its memory, in at least one piece. Returns how many there are; stores them where there
 * is room for all.
 */
size_t port_datagram_pieces(const struct port_datagram *datagram, struct port_piece *pieces,
			    size_t room);

/* Callable in softirq, and after the socket has been released. */
void port_datagram_release(struct port_datagram *datagram);

/*
 * For tests: how many have come without being queued; -1 where all are. In checked builds, and with
 * the tests.
 */
int64_t port_datagram_arrivals(void);

enum port_datagram_option {
	PORT_DATAGRAM_INTERFACE,     /* note the interface that IPv4 datagrams come in by */
	PORT_DATAGRAM_RETURNED_IPV4, /* return what ICMP messages are about */
	PORT_DATAGRAM_RETURNED_IPV6,
	PORT_DATAGRAM_MOST_COALESCED, /* bytes of datagrams that may come as one; 0: none may */
	PORT_DATAGRAM_NO_CHECKSUM,    /* UDP without; IPv6 then receives such datagrams, too */
};

PORT_MUST_CHECK int port_datagram_set(struct port_socket *socket, enum port_datagram_option option,
				      uint32_t value);

/* What was set of the last two. Does not sleep. */
uint32_t port_datagram_get(struct port_socket *socket, enum port_datagram_option option);

PORT_END

#endif
