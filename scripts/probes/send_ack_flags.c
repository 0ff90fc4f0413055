// SPDX-License-Identifier: MIT OR GPL-2.0
/* 6.15 ("tcp: Pass flags to __tcp_send_ack"); 6.12 LTS took it over. */
#include <net/tcp.h>

void probe(struct sock *sk);
void probe(struct sock *sk)
{
	__tcp_send_ack(sk, 0, 0);
}
