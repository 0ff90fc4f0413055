// SPDX-License-Identifier: MIT OR GPL-2.0
/* No release: asks for nothing, and shows that a probe can succeed at all. */
#include <linux/module.h>
#include <net/sock.h>

int probe(struct sock *sk);
int probe(struct sock *sk)
{
	return sk->sk_family;
}
