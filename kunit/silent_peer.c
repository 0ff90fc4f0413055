// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * kunit/silent_peer.h: a listener of Linux's own whose queue is full, so that the stack drops every
 * SYN without a word.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "net_backlog.h"
#include "silent_peer.h"

struct silent_peer {
	struct socket *listener;
	struct socket *filler; /* the one connection that the queue has room for */
};

/* Opens the listener, and fills its queue. */
static int fill(struct silent_peer *peer, struct sockaddr_storage *address, int length)
{
	int family = address->ss_family;
	int err;

	err = sock_create_kern(&init_net, family, SOCK_STREAM, IPPROTO_TCP, &peer->listener);
	if (err)
		return err;
	sock_set_reuseaddr(peer->listener->sk);
	err = kernel_bind(peer->listener, (struct sockaddr *)address, length);
	if (err)
		return err;
	err = kernel_listen(peer->listener, 0);
	if (err)
		return err;
	err = kernel_getsockname(peer->listener, (struct sockaddr *)address);
	if (err < 0)
		return err;
	err = sock_create_kern(&init_net, family, SOCK_STREAM, IPPROTO_TCP, &peer->filler);
	if (err)
		return err;
	err = kernel_connect(peer->filler, (struct sockaddr *)address, length, 0);
	/* Its last packet is what fills the queue. */
	net_backlog_drain();
	return err;
}

struct silent_peer *silent_peer_open(bool ipv6, uint16_t *port)
{
	struct sockaddr_storage address = {};
	struct sockaddr_in *four = (struct sockaddr_in *)&address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&address;
	struct silent_peer *peer = kzalloc(sizeof(*peer), GFP_KERNEL);

	if (!peer)
		return NULL;
	four->sin_port = htons(*port); /* at the same place in both families */
	if (ipv6) {
		six->sin6_family = AF_INET6;
		six->sin6_addr = in6addr_loopback;
	} else {
		four->sin_family = AF_INET;
		four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	}
	if (fill(peer, &address, ipv6 ? sizeof(*six) : sizeof(*four))) {
		silent_peer_close(peer);
		return NULL;
	}
	*port = ntohs(four->sin_port);
	return peer;
}

void silent_peer_close(struct silent_peer *peer)
{
	if (!peer)
		return;
	if (peer->filler)
		sock_release(peer->filler);
	if (peer->listener)
		sock_release(peer->listener);
	kfree(peer);
}
