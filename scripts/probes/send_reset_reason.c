// SPDX-License-Identifier: MIT OR GPL-2.0
/* 6.10, 6be49deaa095 ("rstreason: prepare for passive reset"). */
#include <net/request_sock.h>

void probe(const struct request_sock_ops *ops, struct sk_buff *skb);
void probe(const struct request_sock_ops *ops, struct sk_buff *skb)
{
	ops->send_reset(NULL, skb, 0);
}
