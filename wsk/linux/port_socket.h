/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The object behind struct port_socket, for the files that implement it. */
#ifndef WSK_LINUX_PORT_SOCKET_H
#define WSK_LINUX_PORT_SOCKET_H

#include <linux/list.h>
#include <linux/net.h>
#include <linux/uio.h>
#include <net/tcp.h>

#include "port/net.h"

struct port_socket {
	struct socket *socket;
	struct list_head neighbours; /* in its network namespace, unless that is the initial one */
	void *owner;
	port_socket_notify *notify;
	/* First failure that the stack reported; sk_err itself is cleared by whoever reads it
	 * first. */
	s16 error;
	u8 syn_retransmits;
	bool fast_open;
	/* When it was seen connected, in jiffies; then never 0. The peer may have reset it since.
	 */
	u32 since;
	/* While it is used inline (net_inline.c): that processor's number and 1, and what to
	 * restore. */
	int inline_processor;
	gfp_t allocation;
	struct port_rare *rare; /* rare.h; NULL: nothing of it */
};

/* Whether there is inline use at all. */
bool port_inline_allowed(void);

/* Around inline use, in sk_data_ready or a softirq that holds the same lock; false: not here. */
bool port_inline_begin(struct port_socket *socket);
void port_inline_end(struct port_socket *socket);

/* Whether port_socket_enter() in a softirq would probably succeed; in a callback of the sock's. */
bool port_inline_soon(const struct port_socket *socket);

/* Whether the caller is inside that. Nothing else runs on the processor meanwhile. */
static inline bool port_inline(const struct port_socket *socket)
{
	return READ_ONCE(socket->inline_processor) == raw_smp_processor_id() + 1 && softirq_count();
}

/*
 * As sock_sendmsg(), with MSG_DONTWAIT, under the sock's lock; with push, nothing that it sends
 * waits for more to fill a segment with.
 */
int port_locked_send(struct port_socket *socket, struct msghdr *msg, size_t length, bool push);

/*
 * As sock_recvmsg(), with MSG_DONTWAIT, under the sock's lock, but urgent data is received as all
 * other is. To NULL: nowhere.
 */
int port_locked_receive(struct port_socket *socket, struct iov_iter *to, size_t length);

/* Whether all up to where the peer's urgent data ends, if there was any, has been received. */
static inline bool port_mark_passed(const struct sock *sk)
{
	return after(tcp_sk(sk)->copied_seq, tcp_sk(sk)->urg_seq);
}

/* Once it has a sock, which is ours from then on. */
void port_socket_enter_net(struct port_socket *socket);

/* Whether its namespace waits for it to be released. */
bool port_socket_net_ends(struct port_socket *socket);

/* Notifies whoever is attached; does not sleep. */
void port_socket_tell(struct port_socket *socket, u32 events);

/* Around connecting (tcp_handshake.c): what a few sockets want otherwise. */
int port_tcp_before_syn(struct port_socket *socket);
void port_tcp_after_syn(struct port_socket *socket);
void port_tcp_after_handshake(struct port_socket *socket);

/* Whether a listener turns everybody away, and the end of that for what it has let in. */
bool port_tcp_pauses(const struct sock *sk);
void port_tcp_unpause(struct sock *sk);

/* PORT_OPTION_USER_MTU (user_mtu.c). */
int port_socket_set_user_mtu(struct port_socket *socket, u32 mtu);
u32 port_socket_user_mtu(struct port_socket *socket);

/* The failure on record, else sk_err, else the given one. */
int port_socket_failure(struct port_socket *socket, int otherwise);

/* TCP_NODELAY. Switching it on pushes what is queued. */
void port_socket_set_nodelay(struct sock *sk, bool on);

/*
 * What iterates over a vector to copy it. It is one of addresses, where each segment is copied in
 * one piece; an iterator over pages would stop at every one.
 */
static inline void port_iterate(struct iov_iter *iter, unsigned int direction,
				const struct port_vector *vector)
{
	static_assert(sizeof(struct port_segment) == sizeof(struct kvec) &&
		      offsetof(struct port_segment, address) == offsetof(struct kvec, iov_base) &&
		      offsetof(struct port_segment, length) == offsetof(struct kvec, iov_len));
	iov_iter_kvec(iter, direction, (const struct kvec *)vector->segments, vector->count,
		      vector->length);
}

#endif
