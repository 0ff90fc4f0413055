/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Addresses that come and go, for the suites that wait for it. */
#ifndef KUNIT_NET_ADDRESS_H
#define KUNIT_NET_ADDRESS_H

#include "port/types.h"

PORT_BEGIN

/*
 * Gives the current namespace's loopback interface an address (PORT_AF_…, network order), or takes
 * it away: as ip(8) would, through netlink. 0, or -errno.
 */
PORT_MUST_CHECK int net_address_change(int family, const void *address, bool add);

/* In between nobody changes addresses or routes, and who waits for such changes to settle waits. */
void net_address_hold_all(void);
void net_address_let_go(void);

PORT_END

#endif
