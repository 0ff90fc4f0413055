// SPDX-License-Identifier: MIT OR GPL-2.0
/* 6.6, c274af224269 ("inet: introduce inet->inet_flags"): before, the flags were bit fields. */
#include <net/inet_sock.h>

int probe(struct sock *sk);
int probe(struct sock *sk)
{
	return inet_test_bit(MC_LOOP, sk) + inet_test_bit(HDRINCL, sk);
}
