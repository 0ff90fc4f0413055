// SPDX-License-Identifier: MIT OR GPL-2.0
/* kunit/net_address.h, over netlink: no function that changes addresses is exported. */
#include <linux/if_addr.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/socket.h>
#include <net/net_namespace.h>

#include "net_address.h"
#include "netlink_ask.h"

struct request {
	struct nlmsghdr header;
	struct ifaddrmsg message;
	struct nlattr attribute;
	u8 address[16];
};

int net_address_change(int family, const void *address, bool add)
{
	struct net *net = current->nsproxy->net_ns;
	u32 length = family == AF_INET ? 4 : 16;
	struct request request = {
		.header = {.nlmsg_type = add ? RTM_NEWADDR : RTM_DELADDR,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
					  (add ? NLM_F_CREATE | NLM_F_EXCL : 0)},
		.message = {.ifa_family = family,
			    .ifa_prefixlen = length * 8,
			    .ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0,
			    .ifa_index = net->loopback_dev->ifindex},
		.attribute = {.nla_type = IFA_LOCAL},
	};
	request.attribute.nla_len = sizeof(request.attribute) + length;
	request.header.nlmsg_len = offsetof(struct request, address) + length;
	memcpy(request.address, address, length);
	return netlink_ask(net, &request.header);
}

void net_address_hold_all(void)
{
	rtnl_lock();
}

void net_address_let_go(void)
{
	rtnl_unlock();
}
