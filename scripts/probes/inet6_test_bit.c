// SPDX-License-Identifier: MIT OR GPL-2.0
/* 6.8, d986f52124e0 ("ipv6: lockless IPV6_MULTICAST_LOOP implementation") and those after it. */
#include <linux/ipv6.h>

int probe(struct sock *sk);
int probe(struct sock *sk)
{
	return inet6_test_bit(MC6_LOOP, sk) + inet6_test_bit(DONTFRAG, sk);
}
