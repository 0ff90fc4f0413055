/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What a datagram socket has beside what every socket has. */
#ifndef WSK_LINUX_DATAGRAM_H
#define WSK_LINUX_DATAGRAM_H

#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
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
static inline bool port_datagram_queued(const struct port_datagram_socket *self)
{
	const struct sock *sk = self->base.socket->sk;

	return READ_ONCE(self->rest) || !skb_queue_empty_lockless(&sk->sk_receive_queue) ||
	       !skb_queue_empty_lockless(&sk->sk_error_queue) ||
	       (port_is_udp(sk) && !skb_queue_empty_lockless(&udp_sk(sk)->reader_queue));
}

/* Datagrams before they are queued (arrival.c): for each processor the one that it has. */
struct port_arrival {
	const struct port_datagram_socket *socket;
	struct sk_buff *skb; /* NULL: it has been taken, or there is none */
};

DECLARE_PER_CPU(struct port_arrival, port_arrival);

/* Begins and ends looking for them. */
void port_arrivals_begin(struct port_datagram_socket *self);
void port_arrivals_end(struct port_datagram_socket *self);

/* Inside the notification of one; nobody else on the processor asks in a softirq meanwhile. */
static inline bool port_arrival_waits(const struct port_datagram_socket *self)
{
	return softirq_count() && this_cpu_read(port_arrival.skb) &&
	       this_cpu_read(port_arrival.socket) == self;
}

/* Takes it, and the stack counts it; NULL when there is none. */
struct sk_buff *port_arrival_take(struct port_datagram_socket *self);

/* Whether one that must not be fragmented is longer than the socket may send. */
bool port_datagram_exceeds_mtu(struct port_socket *socket, size_t length);

/* How many bytes the next one has that is to be received; 0, too, if there is none. May sleep. */
u32 port_datagram_readable(struct port_datagram_socket *self);

/* Frees what it has beside; it is detached, and about to be released. */
void port_datagram_drop(struct port_socket *socket);

#endif
