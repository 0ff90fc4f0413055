// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Where a connection was going before netfilter redirected it: port/original.h over connection
 * tracking, which need not be loaded.
 */
#include <linux/in6.h>
#include <linux/module.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "linux/port_socket.h"
#include "port/original.h"

#if IS_ENABLED(CONFIG_NF_CONNTRACK)
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_tuple.h>
#include <net/netfilter/nf_conntrack_zones.h>

/* What the socket sends: the answers, as tracking sees them. */
static void describe(struct sock *sk, struct nf_conntrack_tuple *tuple)
{
	const struct inet_sock *inet = inet_sk(sk);

	memset(tuple, 0, sizeof(*tuple));
	lock_sock(sk);
	tuple->src.l3num = NFPROTO_IPV4;
	tuple->src.u3.ip = inet->inet_rcv_saddr;
	tuple->dst.u3.ip = inet->inet_daddr;
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6 && !ipv6_addr_v4mapped(&sk->sk_v6_daddr)) {
		tuple->src.l3num = NFPROTO_IPV6;
		tuple->src.u3.in6 = sk->sk_v6_rcv_saddr;
		tuple->dst.u3.in6 = sk->sk_v6_daddr;
	}
#endif
	tuple->src.u.tcp.port = inet->inet_sport;
	tuple->dst.u.tcp.port = inet->inet_dport;
	tuple->dst.protonum = sk->sk_protocol;
	release_sock(sk);
}

static void write_address(const struct sock *sk, const struct nf_conntrack_tuple *tuple,
			  struct port_address *to)
{
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	to->family = sk->sk_family;
	ipv4->sin_port = tuple->dst.u.tcp.port; /* at the same place in both */
	if (sk->sk_family == AF_INET)
		ipv4->sin_addr.s_addr = tuple->dst.u3.ip;
	else if (tuple->src.l3num == NFPROTO_IPV4)
		ipv6_addr_set_v4mapped(tuple->dst.u3.ip, &ipv6->sin6_addr);
	else
		ipv6->sin6_addr = tuple->dst.u3.in6;
}

int port_socket_original_destination(struct port_socket *socket, struct port_address *to)
{
	static const struct nf_conntrack_zone zone = {
		.id = NF_CT_DEFAULT_ZONE_ID,
		.dir = NF_CT_DEFAULT_ZONE_DIR,
	};
	struct sock *sk = socket->socket->sk;
	typeof(nf_conntrack_find_get) *find = symbol_get(nf_conntrack_find_get);
	const struct nf_conntrack_tuple_hash *found;
	struct nf_conntrack_tuple tuple;
	int error = -ENOENT;

	if (!find)
		return error;
	describe(sk, &tuple);
	found = find(sock_net(sk), &zone, &tuple);
	if (found) {
		struct nf_conn *connection = nf_ct_tuplehash_to_ctrack(found);

		if (connection->status & IPS_DST_NAT) {
			write_address(sk, &connection->tuplehash[IP_CT_DIR_ORIGINAL].tuple, to);
			error = 0;
		}
		nf_conntrack_put(&connection->ct_general); /* the core's, which is always there */
	}
	symbol_put(nf_conntrack_find_get);
	return error;
}
#else
int port_socket_original_destination(struct port_socket *socket, struct port_address *to)
{
	return -ENOENT;
}
#endif
