// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * kunit/receive_buffer.h: the sock itself.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <linux/bottom_half.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "receive_buffer.h"

struct receive_buffer *receive_buffer_of(bool ipv6, uint16_t port, uint16_t peers_port)
{
	struct inet_hashinfo *hashes = init_net.ipv4.tcp_death_row.hashinfo;
	__be32 four = htonl(INADDR_LOOPBACK);
	__be16 from = htons(peers_port);
	struct sock *sk;

	local_bh_disable();
	if (ipv6)
		sk = __inet6_lookup_established(&init_net, hashes, &in6addr_loopback, from,
						&in6addr_loopback, port, LOOPBACK_IFINDEX, 0);
	else
		sk = __inet_lookup_established(&init_net, hashes, four, from, four, port,
					       LOOPBACK_IFINDEX, 0);
	local_bh_enable();
	return (struct receive_buffer *)sk;
}

int32_t receive_buffer_used(const struct receive_buffer *buffer)
{
	return atomic_read(&((const struct sock *)buffer)->sk_rmem_alloc);
}

void receive_buffer_put(struct receive_buffer *buffer)
{
	if (buffer)
		sock_put((struct sock *)buffer);
}
