/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Requests to rtnetlink, for what no exported function does. Linux world only. */
#ifndef KUNIT_NETLINK_ASK_H
#define KUNIT_NETLINK_ASK_H

#include <linux/netlink.h>
#include <net/net_namespace.h>

/* Asks for one thing, with NLM_F_ACK, in that namespace: 0, or what the kernel says. */
int netlink_ask(struct net *net, struct nlmsghdr *request);

#endif
