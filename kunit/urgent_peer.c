// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * kunit/urgent_peer.h over a kernel socket and MSG_OOB.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "urgent_peer.h"

struct urgent_peer {
	struct socket *socket;
};

static int connect_to(struct urgent_peer *peer, bool ipv6, uint16_t port)
{
	struct sockaddr_in6 six = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	struct sockaddr_in four = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int err;

	err = sock_create_kern(&init_net, ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, IPPROTO_TCP,
			       &peer->socket);
	if (err)
		return err;
	if (ipv6)
		return kernel_connect(peer->socket, (struct sockaddr *)&six, sizeof(six), 0);
	return kernel_connect(peer->socket, (struct sockaddr *)&four, sizeof(four), 0);
}

struct urgent_peer *urgent_peer_open(bool ipv6, uint16_t port)
{
	struct urgent_peer *peer = kzalloc(sizeof(*peer), GFP_KERNEL);

	if (peer && connect_to(peer, ipv6, port)) {
		urgent_peer_close(peer);
		return NULL;
	}
	return peer;
}

void urgent_peer_close(struct urgent_peer *peer)
{
	if (!peer)
		return;
	if (peer->socket)
		sock_release(peer->socket);
	kfree(peer);
}

int urgent_peer_send(struct urgent_peer *peer, const void *data, size_t length, bool urgent)
{
	struct msghdr msg = {.msg_flags = urgent ? MSG_OOB : 0};
	struct kvec vec = {.iov_base = (void *)data, .iov_len = length};

	return kernel_sendmsg(peer->socket, &msg, &vec, 1, length);
}

int urgent_peer_take(struct urgent_peer *peer)
{
	struct msghdr msg = {};
	unsigned char byte;
	struct kvec vec = {.iov_base = &byte, .iov_len = 1};
	int received = kernel_recvmsg(peer->socket, &msg, &vec, 1, 1, MSG_OOB | MSG_DONTWAIT);

	return received == 1 ? byte : received < 0 ? received : -EAGAIN;
}
