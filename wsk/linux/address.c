// SPDX-License-Identifier: MIT OR GPL-2.0
/* What port/interface.h changes of interfaces and their addresses, and the groups on them. */
#include <linux/igmp.h>
#include <linux/if_addr.h>
#include <linux/inetdevice.h>
#include <net/if_inet6.h>

#include "linux/rtnl.h"
#include "port/interface.h"

static int put(struct sk_buff *request, const struct port_interface_address *address, bool all)
{
	struct ifaddrmsg *message = rtnetlink_header(request);
	struct ifa_cacheinfo times = {
		.ifa_prefered = address->preferred_seconds,
		.ifa_valid = address->valid_seconds,
	};
	u32 flags = address->tentative ? 0 : IFA_F_NODAD;
	int error;

	message->ifa_family = address->address.family;
	message->ifa_prefixlen = address->prefix_length;
	message->ifa_index = address->id.index;
	error = rtnetlink_put_address(request, IFA_LOCAL, &address->address);
	if (!all || error)
		return error;
	error = rtnetlink_put_address(request, IFA_ADDRESS, &address->address);
	if (!error && address->address.family == AF_INET6)
		error = nla_put_u32(request, IFA_FLAGS, flags);
	return error ?: nla_put(request, IFA_CACHEINFO, sizeof(times), &times);
}

static int ask(struct port_net *net, int type, int flags,
	       const struct port_interface_address *address, bool all)
{
	struct sk_buff *request = rtnetlink_request(type, flags, sizeof(struct ifaddrmsg));
	int error = request ? put(request, address, all) : -ENOMEM;

	if (error) {
		nlmsg_free(request);
		return error;
	}
	return rtnetlink_ask((struct net *)net, request, NULL, NULL);
}

int port_address_add(struct port_net *net, const struct port_interface_address *address)
{
	return ask(net, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, address, true);
}

int port_address_change(struct port_net *net, const struct port_interface_address *address)
{
	return ask(net, RTM_NEWADDR, NLM_F_REPLACE, address, true);
}

int port_address_remove(struct port_net *net, const struct port_interface_address *address)
{
	return ask(net, RTM_DELADDR, 0, address, false);
}

static struct sk_buff *link_request(u32 index)
{
	struct sk_buff *request = rtnetlink_request(RTM_NEWLINK, 0, sizeof(struct ifinfomsg));
	struct ifinfomsg *message;

	if (!request)
		return NULL;
	message = rtnetlink_header(request);
	message->ifi_index = index;
	return request;
}

int port_interface_set_mtu(struct port_net *net, u32 index, u32 mtu)
{
	struct sk_buff *request = link_request(index);

	if (request && nla_put_u32(request, IFLA_MTU, mtu)) {
		nlmsg_free(request);
		return -EMSGSIZE;
	}
	return rtnetlink_ask((struct net *)net, request, NULL, NULL);
}

static int put_forwarding(struct sk_buff *request, bool on)
{
	struct nlattr *families = nla_nest_start(request, IFLA_AF_SPEC);
	struct nlattr *family = families ? nla_nest_start(request, AF_INET) : NULL;
	struct nlattr *settings = family ? nla_nest_start(request, IFLA_INET_CONF) : NULL;

	if (!settings || nla_put_u32(request, IPV4_DEVCONF_FORWARDING, on))
		return -EMSGSIZE;
	nla_nest_end(request, settings);
	nla_nest_end(request, family);
	nla_nest_end(request, families);
	return 0;
}

int port_interface_set_forwarding(struct port_net *net, u32 index, bool on)
{
	struct sk_buff *request = link_request(index);

	if (request && put_forwarding(request, on)) {
		nlmsg_free(request);
		return -EMSGSIZE;
	}
	return rtnetlink_ask((struct net *)net, request, NULL, NULL);
}

static void add_group(struct rtnetlink_list *list, const struct net_device *device, int family,
		      const void *group)
{
	struct port_group_address *row = rtnetlink_row(list, sizeof(*row));

	if (!row)
		return;
	row->id.index = device->ifindex;
	row->id.type = device_type(device->type);
	rtnetlink_set_address(&row->address, family, group, device->ifindex);
}

static void add_ipv4_groups(struct rtnetlink_list *list, const struct net_device *device)
{
	const struct in_device *in_dev = __in_dev_get_rcu(device);
	const struct ip_mc_list *group;

	if (!in_dev)
		return;
	for (group = rcu_dereference(in_dev->mc_list); group;
	     group = rcu_dereference(group->next_rcu))
		add_group(list, device, AF_INET, &group->multiaddr);
}

#if IS_ENABLED(CONFIG_IPV6)
static void add_ipv6_groups(struct rtnetlink_list *list, const struct net_device *device)
{
	const struct inet6_dev *in6_dev = rcu_dereference(device->ip6_ptr);
	const struct ifmcaddr6 *group;

	if (!in6_dev)
		return;
	for (group = rcu_dereference(in6_dev->mc_list); group; group = rcu_dereference(group->next))
		add_group(list, device, AF_INET6, &group->mca_addr);
}
#else
static void add_ipv6_groups(struct rtnetlink_list *list, const struct net_device *device) {}
#endif

int64_t port_multicast_addresses(struct port_net *net, int family, struct port_group_address *to,
				 u32 room)
{
	struct rtnetlink_list list = {.to = to, .room = room};
	const struct net_device *device;

	rcu_read_lock();
	for_each_netdev_rcu((struct net *)net, device)
	{
		if (family == AF_INET)
			add_ipv4_groups(&list, device);
		else
			add_ipv6_groups(&list, device);
	}
	rcu_read_unlock();
	return list.count;
}

static void add_anycast(void *context, const struct nlmsghdr *message)
{
	const struct ifaddrmsg *header = nlmsg_data(message);
	struct nlattr *attributes[IFA_MAX + 1];
	struct rtnetlink_list *list = context;
	struct port_group_address *row;

	if (message->nlmsg_type != RTM_GETANYCAST || header->ifa_family != AF_INET6 ||
	    nlmsg_parse_deprecated(message, sizeof(*header), attributes, IFA_MAX, NULL, NULL) ||
	    !attributes[IFA_ANYCAST] || nla_len(attributes[IFA_ANYCAST]) < 16)
		return;
	row = rtnetlink_row(list, sizeof(*row));
	if (!row)
		return;
	row->id.index = header->ifa_index;
	row->id.type = device_type_of(list->net, header->ifa_index);
	rtnetlink_set_address(&row->address, AF_INET6, nla_data(attributes[IFA_ANYCAST]),
			      header->ifa_index);
}

/* IPv4 has none. */
int64_t port_anycast_addresses(struct port_net *net, int family, struct port_group_address *to,
			       u32 room)
{
	struct rtnetlink_list list = {
		.net = (struct net *)net, .family = family, .to = to, .room = room};

	if (family != AF_INET6 || !port_family_exists(family))
		return 0;
	return rtnetlink_list(&list, RTM_GETANYCAST, sizeof(struct ifaddrmsg), add_anycast);
}
