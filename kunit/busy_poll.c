// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * kunit/busy_poll.h: the sysctl of all namespaces, and the sockets of the initial one.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <linux/in.h>
#include <net/busy_poll.h>
#include <net/inet_hashtables.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/udp.h>

#include "busy_poll.h"

#if defined(CONFIG_NET_RX_BUSY_POLL) && !defined(MODULE)
bool busy_poll_settable(void)
{
	return true;
}

uint32_t busy_poll_set(uint32_t time)
{
	return xchg(&sysctl_net_busy_read, time);
}

uint32_t busy_poll_of(uint8_t protocol, uint16_t port, uint16_t peer)
{
	__be32 loopback = htonl(INADDR_LOOPBACK);
	uint32_t time = ~0u;
	struct sock *sk;

	if (protocol == IPPROTO_TCP) {
		sk = inet_lookup(&init_net, init_net.ipv4.tcp_death_row.hashinfo, NULL, 0, loopback,
				 htons(peer), loopback, htons(port), LOOPBACK_IFINDEX);
		if (sk) {
			time = READ_ONCE(sk->sk_ll_usec);
			sock_gen_put(sk);
		}
		return time;
	}
	rcu_read_lock();
	sk = __udp4_lib_lookup(&init_net, loopback, htons(peer), loopback, htons(port),
			       LOOPBACK_IFINDEX, 0, init_net.ipv4.udp_table, NULL);
	if (sk)
		time = READ_ONCE(sk->sk_ll_usec);
	rcu_read_unlock();
	return time;
}
#else
bool busy_poll_settable(void)
{
	return false;
}

uint32_t busy_poll_set(uint32_t time)
{
	return 0;
}

uint32_t busy_poll_of(uint8_t protocol, uint16_t port, uint16_t peer)
{
	return ~0u;
}
#endif
