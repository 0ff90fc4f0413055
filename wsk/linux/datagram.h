/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What a datagram socket has beside what every socket has. */
#ifndef WSK_LINUX_DATAGRAM_H
#define WSK_LINUX_DATAGRAM_H

#include <linux/skbuff.h>
#include <net/sock.h>

#include "linux/port_socket.h"
#include "port/datagram.h"

struct port_datagram_socket {
	struct port_socket base;
	/* Coalesced datagrams of which the first ones have been handed out. */
	struct sk_buff *rest;
	u32 rest_offset;
	/* An address of this host's that datagrams came to, as long as routes do not change. */
	__be32 unicast;
	int unicast_routes;
	u32 most_coalesced;   /* bytes; 0: none are coalesced */
	bool tells_time;      /* when datagrams came (stamp.c) */
	bool notes_interface; /* that IPv4 datagrams came in by */
	struct port_tap *tap; /* of a raw socket (tap.c) */
	spinlock_t stamps_lock;
	struct port_stamps *stamps; /* of what was sent (stamp.c) */
};

static inline struct port_datagram_socket *port_datagram_socket_of(struct port_socket *socket)
{
	return container_of(socket, struct port_datagram_socket, base);
}

static inline bool port_is_udp(const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_UDP && sk->sk_type == SOCK_DGRAM;
}

/* Whether something waits in the socket's queues. */
bool port_datagram_queued(const struct port_datagram_socket *self);

/*
 * What is about to be queued (arrival.c), inside the notification of it: whether there is such a
 * one, and taking it, in which the stack then counts it.
 */
void port_arrivals_begin(struct port_datagram_socket *self);
void port_arrivals_end(struct port_datagram_socket *self, bool end);
bool port_arrival_waits(const struct port_datagram_socket *self);
struct sk_buff *port_arrival_take(struct port_datagram_socket *self);

/* Whether one that must not be fragmented is longer than the socket may send. */
bool port_datagram_exceeds_mtu(struct port_socket *socket, size_t length);

/* Frees what it has beside; it is detached, and about to be released. */
void port_datagram_drop(struct port_socket *socket);

#endif
