// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * port/option.h. Options are set through setsockopt() where it has no other rules than ours, and
 * read from the sock's fields: getsockopt() writes to user space only.
 */
#include <linux/cred.h>
#include <linux/ipv6.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/tcp.h>
#include <linux/topology.h>
#include <net/addrconf.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "compat.h"
#include "linux/datagram.h"
#include "linux/port_socket.h"
#include "port/option.h"

static_assert(PORT_PMTU_DONT == IP_PMTUDISC_DONT && PORT_PMTU_WANT == IP_PMTUDISC_WANT);
static_assert(PORT_PMTU_DO == IP_PMTUDISC_DO && PORT_PMTU_PROBE == IP_PMTUDISC_PROBE);

/* What setsockopt() calls them; a level of 0 and a name of 0: set in another way. */
static const struct {
	u8 level;
	u8 name;
	bool network_order;
} names[PORT_OPTION_COUNT] = {
	[PORT_OPTION_IPV4_HEADER_INCLUDED] = {SOL_IP, IP_HDRINCL},
	[PORT_OPTION_IPV4_TOS] = {SOL_IP, IP_TOS},
	[PORT_OPTION_IPV4_TTL] = {SOL_IP, IP_TTL},
	[PORT_OPTION_IPV4_PMTU] = {SOL_IP, IP_MTU_DISCOVER},
	[PORT_OPTION_IPV4_UNICAST_IF] = {SOL_IP, IP_UNICAST_IF, true},
	[PORT_OPTION_IPV4_MULTICAST_TTL] = {SOL_IP, IP_MULTICAST_TTL},
	[PORT_OPTION_IPV4_MULTICAST_ALL] = {SOL_IP, IP_MULTICAST_ALL},
	[PORT_OPTION_V6ONLY] = {SOL_IPV6, IPV6_V6ONLY},
	[PORT_OPTION_IPV6_HEADER_INCLUDED] = {SOL_IPV6, IPV6_HDRINCL},
	[PORT_OPTION_IPV6_TCLASS] = {SOL_IPV6, IPV6_TCLASS},
	[PORT_OPTION_IPV6_HOPS] = {SOL_IPV6, IPV6_UNICAST_HOPS},
	[PORT_OPTION_IPV6_PMTU] = {SOL_IPV6, IPV6_MTU_DISCOVER},
	[PORT_OPTION_IPV6_DONT_FRAGMENT] = {SOL_IPV6, IPV6_DONTFRAG},
	[PORT_OPTION_IPV6_CHECKSUM] = {SOL_IPV6, IPV6_CHECKSUM},
	[PORT_OPTION_IPV6_UNICAST_IF] = {SOL_IPV6, IPV6_UNICAST_IF, true},
	[PORT_OPTION_IPV6_MULTICAST_IF] = {SOL_IPV6, IPV6_MULTICAST_IF},
	[PORT_OPTION_IPV6_MULTICAST_HOPS] = {SOL_IPV6, IPV6_MULTICAST_HOPS},
	[PORT_OPTION_IPV6_MULTICAST_ALL] = {SOL_IPV6, IPV6_MULTICAST_ALL},
	[PORT_OPTION_KEEP_IDLE] = {SOL_TCP, TCP_KEEPIDLE},
	[PORT_OPTION_KEEP_INTERVAL] = {SOL_TCP, TCP_KEEPINTVL},
	[PORT_OPTION_KEEP_COUNT] = {SOL_TCP, TCP_KEEPCNT},
	[PORT_OPTION_USER_TIMEOUT] = {SOL_TCP, TCP_USER_TIMEOUT},
	[PORT_OPTION_DEFER_PORT] = {SOL_IP, IP_BIND_ADDRESS_NO_PORT},
};

void port_socket_set_nodelay(struct sock *sk, bool on)
{
	if (on) {
		tcp_sock_set_nodelay(sk);
		return;
	}
	lock_sock(sk);
	tcp_sk(sk)->nonagle &= ~TCP_NAGLE_OFF;
	release_sock(sk);
}

/* Without the limit of net.core.wmem_max, which is for unprivileged callers. */
static void set_send_buffer(struct sock *sk, u32 bytes)
{
	lock_sock(sk);
	sk->sk_userlocks |= SOCK_SNDBUF_LOCK;
	WRITE_ONCE(sk->sk_sndbuf, max_t(int, bytes * 2, SOCK_MIN_SNDBUF));
	sk->sk_write_space(sk);
	release_sock(sk);
}

static void set_keepalive(struct sock *sk, bool on)
{
	lock_sock(sk);
	if (sk->sk_prot->keepalive)
		sk->sk_prot->keepalive(sk, on);
	sock_valbool_flag(sk, SOCK_KEEPOPEN, on);
	release_sock(sk);
}

static void set_flag(struct sock *sk, enum sock_flags flag, bool on)
{
	lock_sock(sk);
	sock_valbool_flag(sk, flag, on);
	release_sock(sk);
}

static int set_by_name(struct socket *socket, int level, int name, const void *value, int size)
{
	return socket->ops->setsockopt(socket, level, name, KERNEL_SOCKPTR((void *)value), size);
}

static int set_multicast_if(struct socket *socket, u32 value)
{
	struct ip_mreqn request = {};

	if (ntohl((__force __be32)value) >> 24)
		request.imr_address.s_addr = (__force __be32)value;
	else
		request.imr_ifindex = ntohl((__force __be32)value);
	return set_by_name(socket, SOL_IP, IP_MULTICAST_IF, &request, sizeof(request));
}

/* A listener also says how many may wait for their first acknowledgement; others cannot. */
static int set_fast_open(struct port_socket *socket, bool on)
{
	struct sock *sk = socket->socket->sk;
	int waiting = on ? READ_ONCE(sock_net(sk)->core.sysctl_somaxconn) : 0;

	WRITE_ONCE(socket->fast_open, on);
	if (!((1 << READ_ONCE(sk->sk_state)) & (TCPF_CLOSE | TCPF_LISTEN)))
		return 0;
	return set_by_name(socket->socket, SOL_TCP, TCP_FASTOPEN, &waiting, sizeof(waiting));
}

/* setsockopt() has no way back to the system's. */
static int set_syn_count(struct sock *sk, u32 count)
{
	if (count > MAX_TCP_SYNCNT)
		return -EINVAL;
	WRITE_ONCE(inet_csk(sk)->icsk_syn_retries, count);
	return 0;
}

static int bind_to_interface(struct sock *sk, u32 index)
{
	struct net_device *device;

	if (index) {
		rcu_read_lock();
		device = dev_get_by_index_rcu(sock_net(sk), index);
		rcu_read_unlock();
		if (!device)
			return -ENODEV;
	}
	return sock_bindtoindex(sk, index, true);
}

/* TCP_QUICKACK alone lasts until the next answer: the longest delay stays short. */
static int set_quick_ack(struct socket *socket, u32 on)
{
	struct sock *sk = socket->sk;

	lock_sock(sk);
	inet_csk(sk)->icsk_delack_max = on ? 1 : TCP_DELACK_MAX;
	release_sock(sk);
	return set_by_name(socket, SOL_TCP, TCP_QUICKACK, &on, sizeof(on));
}

int port_socket_set_option(struct port_socket *self, enum port_socket_option option, uint32_t value)
{
	struct socket *socket = self->socket;
	struct sock *sk = socket->sk;

	switch (option) {
	case PORT_OPTION_REUSE_ADDRESS:
		lock_sock(sk);
		sk->sk_reuse = value ? SK_CAN_REUSE : SK_NO_REUSE;
		release_sock(sk);
		return 0;
	case PORT_OPTION_SHARE_PORT:
		lock_sock(sk);
		sk->sk_reuseport = value;
		release_sock(sk);
		return 0;
	case PORT_OPTION_KEEPALIVE:
		set_keepalive(sk, value);
		return 0;
	case PORT_OPTION_RECEIVE_BUFFER:
		sock_set_rcvbuf(sk, min_t(u32, value, INT_MAX / 2));
		return 0;
	case PORT_OPTION_SEND_BUFFER:
		set_send_buffer(sk, min_t(u32, value, INT_MAX / 2));
		return 0;
	case PORT_OPTION_BROADCAST:
		set_flag(sk, SOCK_BROADCAST, value);
		return 0;
	case PORT_OPTION_PRIORITY:
		sock_set_priority(sk, value);
		return 0;
	case PORT_OPTION_INTERFACE:
		return bind_to_interface(sk, value);
	case PORT_OPTION_USER_MTU:
		return port_socket_set_user_mtu(self, value);
	case PORT_OPTION_SYN_COUNT:
		return set_syn_count(sk, value);
	case PORT_OPTION_IPV4_MULTICAST_IF:
		return set_multicast_if(socket, value);
	case PORT_OPTION_NODELAY:
		port_socket_set_nodelay(sk, value);
		return 0;
	case PORT_OPTION_FAST_OPEN:
		return set_fast_open(self, value);
	case PORT_OPTION_QUICK_ACK:
		return set_quick_ack(socket, value);
	default:
		if (!names[option].name)
			return -ENOPROTOOPT;
		if (names[option].network_order)
			value = (__force u32)htonl(value);
		return set_by_name(socket, names[option].level, names[option].name, &value,
				   sizeof(value));
	}
}

static int get_mtu(struct sock *sk, u32 *value)
{
	struct dst_entry *dst = sk_dst_get(sk);

	if (!dst)
		return -ENOTCONN;
	*value = dst_mtu(dst);
	dst_release(dst);
	return 0;
}

static int get_ipv4(struct sock *sk, enum port_socket_option option, u32 *value)
{
	const struct inet_sock *inet = inet_sk(sk);
	int ttl;

	switch (option) {
	case PORT_OPTION_IPV4_HEADER_INCLUDED:
		*value = compat_inet_flag(sk, hdrincl, HDRINCL);
		return 0;
	case PORT_OPTION_IPV4_TOS:
		*value = READ_ONCE(inet->tos);
		return 0;
	case PORT_OPTION_IPV4_TTL:
		ttl = READ_ONCE(inet->uc_ttl);
		*value = ttl < 0 ? READ_ONCE(sock_net(sk)->ipv4.sysctl_ip_default_ttl) : ttl;
		return 0;
	case PORT_OPTION_IPV4_PMTU:
		*value = READ_ONCE(inet->pmtudisc);
		return 0;
	case PORT_OPTION_IPV4_MTU:
		return get_mtu(sk, value);
	case PORT_OPTION_IPV4_UNICAST_IF:
		*value = READ_ONCE(inet->uc_index);
		return 0;
	case PORT_OPTION_IPV4_MULTICAST_IF:
		*value = (__force u32)READ_ONCE(inet->mc_addr);
		if (!*value)
			*value = (__force u32)htonl(READ_ONCE(inet->mc_index));
		return 0;
	case PORT_OPTION_IPV4_MULTICAST_TTL:
		*value = READ_ONCE(inet->mc_ttl);
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

#if IS_ENABLED(CONFIG_IPV6)
static int get_ipv6(struct sock *sk, enum port_socket_option option, u32 *value)
{
	const struct ipv6_pinfo *np = inet6_sk(sk);
	int hops;

	switch (option) {
	case PORT_OPTION_IPV6_HEADER_INCLUDED:
		*value = compat_inet_flag(sk, hdrincl, HDRINCL);
		return 0;
	case PORT_OPTION_IPV6_TCLASS:
		*value = np->tclass;
		return 0;
	case PORT_OPTION_IPV6_HOPS:
		hops = np->hop_limit;
		*value = hops < 0 ? READ_ONCE(sock_net(sk)->ipv6.devconf_all->hop_limit) : hops;
		return 0;
	case PORT_OPTION_IPV6_PMTU:
		*value = np->pmtudisc;
		return 0;
	case PORT_OPTION_IPV6_DONT_FRAGMENT:
		*value = compat_inet6_flag(sk, dontfrag, DONTFRAG);
		return 0;
	case PORT_OPTION_IPV6_MTU:
		return get_mtu(sk, value);
	case PORT_OPTION_IPV6_CHECKSUM:
		*value = raw6_sk(sk)->checksum ? raw6_sk(sk)->offset : ~0u;
		return 0;
	case PORT_OPTION_IPV6_UNICAST_IF:
		*value = np->ucast_oif;
		return 0;
	case PORT_OPTION_IPV6_MULTICAST_IF:
		*value = np->mcast_oif;
		return 0;
	case PORT_OPTION_IPV6_MULTICAST_HOPS:
		*value = np->mcast_hops;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}
#else
static int get_ipv6(struct sock *sk, enum port_socket_option option, u32 *value)
{
	return -ENOPROTOOPT;
}
#endif

static int get_tcp(const struct sock *sk, enum port_socket_option option, u32 *value)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	switch (option) {
	case PORT_OPTION_NODELAY:
		*value = data_race(!!(tp->nonagle & TCP_NAGLE_OFF));
		return 0;
	case PORT_OPTION_KEEP_IDLE:
		*value = keepalive_time_when(tp) / HZ;
		return 0;
	case PORT_OPTION_KEEP_INTERVAL:
		*value = keepalive_intvl_when(tp) / HZ;
		return 0;
	case PORT_OPTION_KEEP_COUNT:
		*value = keepalive_probes(tp);
		return 0;
	case PORT_OPTION_SEGMENT_SIZE:
		*value = READ_ONCE(tp->mss_cache);
		return 0;
	case PORT_OPTION_USER_TIMEOUT:
		*value = READ_ONCE(inet_csk(sk)->icsk_user_timeout);
		return 0;
	case PORT_OPTION_SYN_COUNT:
		*value = READ_ONCE(inet_csk(sk)->icsk_syn_retries);
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

static u32 get_readable(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;
	u32 bytes = 0;

	if (sk->sk_type != SOCK_STREAM)
		return port_datagram_readable(port_datagram_socket_of(socket));
	lock_sock(sk);
	if (sk->sk_state != TCP_LISTEN)
		bytes = tcp_inq(sk);
	release_sock(sk);
	return bytes;
}

int port_socket_get_option(struct port_socket *socket, enum port_socket_option option,
			   uint32_t *value)
{
	struct sock *sk = socket->socket->sk;
	int processor;

	switch (option) {
	case PORT_OPTION_REUSE_ADDRESS:
		*value = sk->sk_reuse == SK_CAN_REUSE;
		return 0;
	case PORT_OPTION_SHARE_PORT:
		*value = sk->sk_reuseport;
		return 0;
	case PORT_OPTION_KEEPALIVE:
		*value = sock_flag(sk, SOCK_KEEPOPEN);
		return 0;
	case PORT_OPTION_RECEIVE_BUFFER: /* the kernel keeps twice what was asked for */
		*value = READ_ONCE(sk->sk_rcvbuf) / 2;
		return 0;
	case PORT_OPTION_SEND_BUFFER:
		*value = READ_ONCE(sk->sk_sndbuf) / 2;
		return 0;
	case PORT_OPTION_BROADCAST:
		*value = sock_flag(sk, SOCK_BROADCAST);
		return 0;
	case PORT_OPTION_PROCESSOR:
		*value = READ_ONCE(sk->sk_incoming_cpu);
		return 0;
	case PORT_OPTION_NUMA_NODE:
		processor = READ_ONCE(sk->sk_incoming_cpu);
		*value = processor >= 0 && processor < nr_cpu_ids ? cpu_to_node(processor) : 0;
		return 0;
	case PORT_OPTION_USER_MTU:
		*value = port_socket_user_mtu(socket);
		return 0;
	case PORT_OPTION_INTERFACE:
		*value = READ_ONCE(sk->sk_bound_dev_if);
		return 0;
	case PORT_OPTION_FAST_OPEN:
		*value = READ_ONCE(socket->fast_open);
		return 0;
	case PORT_OPTION_READABLE:
		*value = get_readable(socket);
		return 0;
	case PORT_OPTION_V6ONLY:
		*value = sk->sk_ipv6only;
		return 0;
	default:
		if (option < PORT_OPTION_V6ONLY)
			return get_ipv4(sk, option, value);
		if (option < PORT_OPTION_NODELAY)
			return get_ipv6(sk, option, value);
		return get_tcp(sk, option, value);
	}
}
