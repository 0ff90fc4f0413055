// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * PORT_OPTION_USER_MTU: what the path carries, but no more than this. TCP makes shorter segments of
 * it, and what may be fragmented has shorter fragments: IPv6 has an option for that, IPv4's packets
 * are marked on their way out.
 */
#include <linux/ipv6.h>
#include <linux/net.h>
#include <linux/netfilter_ipv4.h>
#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <net/udp.h>

#include "linux/datagram.h"
#include "linux/rare.h"

enum { LEAST_IPV4_MTU = 68 };

static u32 segment_size(const struct sock *sk, u32 mtu)
{
	u32 headers = sizeof(struct tcphdr) +
		      (sk->sk_family == AF_INET ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));

	return clamp_t(u32, mtu - headers, TCP_MIN_MSS, MAX_TCP_WINDOW);
}

static void limit_segments(struct sock *sk, struct port_rare *rare, u32 mtu)
{
	struct tcp_sock *tp = tcp_sk(sk);

	lock_sock(sk);
	tp->rx_opt.user_mss = mtu ? segment_size(sk, mtu) : 0;
	/* Afterwards it is the other side's wish that limits them. */
	if (!((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))) {
		if (!rare->unclamped)
			rare->unclamped = tp->rx_opt.mss_clamp;
		tp->rx_opt.mss_clamp = rare->unclamped;
		if (mtu)
			tp->rx_opt.mss_clamp = min_t(u16, rare->unclamped, segment_size(sk, mtu));
		inet_csk(sk)->icsk_pmtu_cookie = 0; /* look at it again */
	}
	release_sock(sk);
}

/* For one socket's packets: IP makes fragments of what is marked so. */
static unsigned int on_way_out(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct port_socket *socket = priv;
	u32 mtu = READ_ONCE(socket->rare->user_mtu);

	if (skb->sk == socket->socket->sk && mtu && skb->len > mtu && !skb_is_gso(skb))
		IPCB(skb)->frag_max_size = mtu;
	return NF_ACCEPT;
}

static int limit_fragments(struct port_socket *socket, struct port_rare *rare)
{
	struct net *net = sock_net(socket->socket->sk);
	int error;

	if (xchg(&rare->hooked, 1))
		return 0;
	rare->mtu_hook = (struct nf_hook_ops){
		.hook = on_way_out,
		.priv = socket,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_LAST,
	};
	error = nf_register_net_hook(net, &rare->mtu_hook);
	if (error)
		WRITE_ONCE(rare->hooked, 0);
	return error;
}

void port_user_mtu_free(struct port_socket *socket)
{
	if (!socket->rare->hooked)
		return;
	nf_unregister_net_hook(sock_net(socket->socket->sk), &socket->rare->mtu_hook);
	/* Anybody's packet on its way out may have come to the hook. */
	synchronize_net();
}

int port_socket_set_user_mtu(struct port_socket *socket, u32 mtu)
{
	struct sock *sk = socket->socket->sk;
	u32 least = sk->sk_family == AF_INET ? LEAST_IPV4_MTU : IPV6_MIN_MTU;
	struct port_rare *rare = port_rare_of(socket);
	int value = mtu, error = 0;

	if (mtu && mtu < least)
		return -EINVAL;
	if (!rare)
		return -ENOMEM;
	if (sk->sk_type == SOCK_STREAM)
		limit_segments(sk, rare, mtu);
	else if (sk->sk_family == AF_INET6)
		error = socket->socket->ops->setsockopt(socket->socket, SOL_IPV6, IPV6_MTU,
							KERNEL_SOCKPTR(&value), sizeof(value));
	else
		error = limit_fragments(socket, rare);
	if (!error)
		WRITE_ONCE(rare->user_mtu, mtu);
	return error;
}

u32 port_socket_user_mtu(struct port_socket *socket)
{
	const struct port_rare *rare = READ_ONCE(socket->rare);

	return rare ? READ_ONCE(rare->user_mtu) : 0;
}

bool port_datagram_exceeds_mtu(struct port_socket *socket, size_t length)
{
	const struct sock *sk = socket->socket->sk;
	u32 mtu = port_socket_user_mtu(socket);

	if (!mtu || sk->sk_family != AF_INET || READ_ONCE(inet_sk(sk)->pmtudisc) < IP_PMTUDISC_DO)
		return false;
	length += sizeof(struct iphdr);
	if (sk->sk_type == SOCK_DGRAM)
		length += sizeof(struct udphdr);
	return length > mtu;
}
