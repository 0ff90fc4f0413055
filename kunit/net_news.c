// SPDX-License-Identifier: MIT OR GPL-2.0
/* kunit/net_news.h */
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "net_news.h"

static bool send_one(u32 bytes)
{
	struct sk_buff *message = nlmsg_new(bytes, GFP_KERNEL);

	if (!message)
		return false;
	memset(nlmsg_data(nlmsg_put(message, 0, 0, RTM_GETLINK, bytes, 0)), 0, bytes);
	rtnl_notify(message, current->nsproxy->net_ns, 0, RTNLGRP_LINK, NULL, GFP_KERNEL);
	return true;
}

bool net_news_send(uint32_t count, uint32_t bytes)
{
	while (count && send_one(bytes))
		count--;
	return !count;
}

#if IS_ENABLED(CONFIG_IPV6)
void net_news_withhold(uint32_t index)
{
	struct inet6_ifaddr *address;
	struct net_device *device;
	struct inet6_dev *in6_dev;

	rtnl_lock();
	device = __dev_get_by_index(current->nsproxy->net_ns, index);
	in6_dev = device ? __in6_dev_get(device) : NULL;
	if (in6_dev) {
		write_lock_bh(&in6_dev->lock);
		list_for_each_entry (address, &in6_dev->addr_list, if_list)
			address->flags &= ~IFA_F_TENTATIVE;
		write_unlock_bh(&in6_dev->lock);
	}
	rtnl_unlock();
}
#else
void net_news_withhold(uint32_t index) {}
#endif
