// SPDX-License-Identifier: MIT OR GPL-2.0
/* 6.2, 0cafd77dcd03 ("net: add a refcount tracker for kernel sockets"). */
#include <net/net_namespace.h>
#include <net/sock.h>

void probe(struct net *net, struct sock *sk);
void probe(struct net *net, struct sock *sk)
{
	__netns_tracker_free(net, &sk->ns_tracker, false);
}
