// SPDX-License-Identifier: MIT OR GPL-2.0
/* What port/tcp.h says of connecting, and of listeners that turn everybody away. */
#include <linux/errqueue.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "compat.h"
#include "linux/rare.h"
#include "port/tcp.h"

/* More retransmissions than any setting allows: the next time-out is the last. */
enum { NO_MORE_RETRANSMISSIONS = 255 };

void port_tcp_after_syn(struct port_socket *socket)
{
	const struct port_rare *rare = READ_ONCE(socket->rare);
	struct sock *sk = socket->socket->sk;
	struct inet_connection_sock *icsk = inet_csk(sk);

	if (!rare || !(rare->one_syn || rare->first_timeout))
		return;
	lock_sock(sk);
	if (sk->sk_state == TCP_SYN_SENT && !icsk->icsk_retransmits) {
		if (rare->first_timeout)
			icsk->icsk_rto = max(msecs_to_jiffies(rare->first_timeout), 1ul);
		inet_csk_reset_xmit_timer(sk, ICSK_TIME_RETRANS, icsk->icsk_rto, TCP_RTO_MAX);
		if (rare->one_syn)
			icsk->icsk_retransmits = NO_MORE_RETRANSMISSIONS;
	}
	release_sock(sk);
}

int port_tcp_set_handshake(struct port_socket *socket, bool one_syn, u32 first_timeout)
{
	struct port_rare *rare = port_rare_of(socket);

	if (!rare)
		return -ENOMEM;
	WRITE_ONCE(rare->one_syn, one_syn);
	WRITE_ONCE(rare->first_timeout, first_timeout);
	return 0;
}

void port_tcp_get_handshake(struct port_socket *socket, bool *one_syn, u32 *first_timeout)
{
	const struct port_rare *rare = READ_ONCE(socket->rare);

	*one_syn = rare && READ_ONCE(rare->one_syn);
	*first_timeout = rare ? READ_ONCE(rare->first_timeout) : 0;
}

static int set_error_queue(struct port_socket *socket, bool on)
{
	struct sock *sk = socket->socket->sk;
	int value = on, error;

	error = socket->socket->ops->setsockopt(socket->socket, SOL_IP, IP_RECVERR,
						KERNEL_SOCKPTR(&value), sizeof(value));
	if (!error && sk->sk_family == AF_INET6)
		error = socket->socket->ops->setsockopt(socket->socket, SOL_IPV6, IPV6_RECVERR,
							KERNEL_SOCKPTR(&value), sizeof(value));
	return error;
}

int port_tcp_keep_icmp(struct port_socket *socket, bool on)
{
	struct port_rare *rare = port_rare_of(socket);

	if (!rare)
		return -ENOMEM;
	WRITE_ONCE(rare->keeps_icmp, on);
	return 0;
}

int port_tcp_before_syn(struct port_socket *socket)
{
	const struct port_rare *rare = READ_ONCE(socket->rare);

	/* What an earlier attempt left. */
	skb_queue_purge(&socket->socket->sk->sk_error_queue);
	if (!rare || !READ_ONCE(rare->keeps_icmp))
		return 0;
	return set_error_queue(socket, true);
}

/* Errors that a connection survives would end it where they are queued. */
void port_tcp_after_handshake(struct port_socket *socket)
{
	const struct port_rare *rare = READ_ONCE(socket->rare);

	if (rare && READ_ONCE(rare->keeps_icmp))
		(void)set_error_queue(socket, false);
}

int port_tcp_icmp_error(struct port_socket *socket, struct port_icmp_error *error)
{
	struct sk_buff_head *queue = &socket->socket->sk->sk_error_queue;
	const struct port_rare *rare = READ_ONCE(socket->rare);
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&error->source;
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)&error->source;
	const struct sk_buff *skb;
	int result = -ENOENT;

	memset(error, 0, sizeof(*error));
	/* Some kernels queue IPv4's in any case. */
	if (!rare || !READ_ONCE(rare->keeps_icmp))
		return result;
	spin_lock_irq(&queue->lock);
	skb_queue_reverse_walk(queue, skb)
	{
		const struct sock_extended_err *ee = &SKB_EXT_ERR(skb)->ee;

		if (ee->ee_origin == SO_EE_ORIGIN_ICMP) {
			ipv4->sin_family = AF_INET;
			ipv4->sin_addr.s_addr = ip_hdr(skb)->saddr;
		} else if (ee->ee_origin == SO_EE_ORIGIN_ICMP6) {
			ipv6->sin6_family = AF_INET6;
			ipv6->sin6_addr = ipv6_hdr(skb)->saddr;
		} else {
			continue;
		}
		error->type = ee->ee_type;
		error->code = ee->ee_code;
		result = 0;
		break;
	}
	spin_unlock_irq(&queue->lock);
	return result;
}

/* A SYN to a listener that pauses. IPv6's get IPv4's as well. */
static int turn_away(struct sock *sk, struct sk_buff *skb)
{
	const struct proto *protocol =
		skb->protocol == htons(ETH_P_IP) ? &tcp_prot : READ_ONCE(sk->sk_prot);

	compat_send_reset(protocol->rsk_prot, skb);
	return 0;
}

/* IPv4's and IPv6's; and what they were made of. */
static struct inet_connection_sock_af_ops pausing_ops[2];
static const struct inet_connection_sock_af_ops *usual_ops[2];
static DEFINE_MUTEX(pausing_lock);

bool port_tcp_pauses(const struct sock *sk)
{
	return READ_ONCE(inet_csk(sk)->icsk_af_ops)->conn_request == turn_away;
}

bool port_tcp_paused(struct port_socket *socket)
{
	return port_tcp_pauses(socket->socket->sk);
}

/* Connections that it had begun have what it had. */
void port_tcp_unpause(struct sock *sk)
{
	if (port_tcp_pauses(sk))
		WRITE_ONCE(inet_csk(sk)->icsk_af_ops, usual_ops[sk->sk_family == AF_INET6]);
}

void port_tcp_pause(struct port_socket *socket, bool on)
{
	struct sock *sk = socket->socket->sk;
	int which = sk->sk_family == AF_INET6;

	mutex_lock(&pausing_lock);
	lock_sock(sk);
	if (on && !port_tcp_pauses(sk)) {
		if (!pausing_ops[which].conn_request) {
			usual_ops[which] = inet_csk(sk)->icsk_af_ops;
			pausing_ops[which] = *usual_ops[which];
			pausing_ops[which].conn_request = turn_away;
		}
		WRITE_ONCE(inet_csk(sk)->icsk_af_ops, &pausing_ops[which]);
	} else if (!on) {
		port_tcp_unpause(sk);
	}
	release_sock(sk);
	mutex_unlock(&pausing_lock);
}
