/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Redirects connections to a port of loopback to another one, as `iptables -j REDIRECT` would. */
#ifndef KUNIT_REDIRECT_H
#define KUNIT_REDIRECT_H

#include "port/types.h"

PORT_BEGIN

struct redirect;

/* In the current network namespace; ports in host order. NULL: this kernel has no NAT built in. */
struct redirect *redirect_begin(bool ipv6, uint16_t from, uint16_t to);
void redirect_end(struct redirect *redirect);

PORT_END

#endif
