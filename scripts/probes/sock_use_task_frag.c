// SPDX-License-Identifier: MIT OR GPL-2.0
/* 6.2, fb87bd47516d ("net: Introduce sk_use_task_frag in struct sock."); 6.1 LTS took it over. */
#include <net/sock.h>

void probe(struct sock *sk);
void probe(struct sock *sk)
{
	sk->sk_use_task_frag = false;
}
