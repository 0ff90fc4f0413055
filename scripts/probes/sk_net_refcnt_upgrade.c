// SPDX-License-Identifier: MIT OR GPL-2.0
/* 6.15, 5c70eb5c593d ("net: better track kernel sockets lifetime"); 6.12 LTS took it over. */
#include <net/sock.h>

void probe(struct sock *sk);
void probe(struct sock *sk)
{
	sk_net_refcnt_upgrade(sk);
}
