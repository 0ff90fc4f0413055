// SPDX-License-Identifier: MIT OR GPL-2.0
/* 6.9, 151c9c724d05 ("tcp: properly terminate timers for kernel sockets"); 6.1 LTS took it over. */
#include <net/inet_connection_sock.h>

void probe(struct sock *sk);
void probe(struct sock *sk)
{
	inet_csk_clear_xmit_timers_sync(sk);
}
