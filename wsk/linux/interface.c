// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/interface.h, and the notifiers that tell the NT world when addresses or routes change. */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/fib_notifier.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/sock.h>

#include "linux/linux.h"
#include "linux/rtnl.h"
#include "port/interface.h"
#include "port/provider.h"

bool port_family_exists(int family)
{
	return family == AF_INET || (IS_ENABLED(CONFIG_IPV6) && ipv6_mod_enabled());
}

static struct port_interface_address *add(struct rtnetlink_list *list,
					  const struct net_device *device)
{
	struct port_interface_address *entry = rtnetlink_row(list, sizeof(*entry));

	if (!entry)
		return NULL;
	*entry = (struct port_interface_address){
		.id = {.index = device->ifindex, .type = device_type(device->type)},
		.up = device->flags & IFF_UP,
		.loopback = device->flags & IFF_LOOPBACK,
		.multicast = device->flags & IFF_MULTICAST,
		.point_to_point = device->flags & IFF_POINTOPOINT,
	};
	return entry;
}

/* What is left of a lifetime that began at a time. Linux has the same number for ever. */
static u32 left(u32 lifetime, unsigned long since)
{
	unsigned long passed = (jiffies - since) / HZ;

	if (lifetime == PORT_FOREVER)
		return PORT_FOREVER;
	return lifetime > passed ? lifetime - passed : 0;
}

static void set_times(struct port_interface_address *entry, bool forever, u32 valid, u32 preferred,
		      unsigned long created, unsigned long updated)
{
	entry->valid_seconds = forever ? PORT_FOREVER : left(valid, updated);
	entry->preferred_seconds = forever ? PORT_FOREVER : left(preferred, updated);
	entry->age_ms = jiffies_to_msecs(jiffies - created);
}

static enum port_address_origin origin_of(u32 flags, u8 protocol, bool well_known)
{
	if (well_known || protocol == IFAPROT_KERNEL_LO || protocol == IFAPROT_KERNEL_LL)
		return PORT_ORIGIN_WELL_KNOWN;
	if (protocol == IFAPROT_KERNEL_RA)
		return PORT_ORIGIN_ROUTER;
	return flags & IFA_F_PERMANENT ? PORT_ORIGIN_MANUAL : PORT_ORIGIN_LEASE;
}

static void add_ipv4(struct rtnetlink_list *list, const struct net_device *device)
{
	const struct in_device *in_dev = __in_dev_get_rcu(device);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return;
	in_dev_for_each_ifa_rcu(ifa, in_dev)
	{
		struct port_interface_address *entry = add(list, device);

		if (!entry)
			continue;
		rtnetlink_set_address(&entry->address, AF_INET, &ifa->ifa_local, 0);
		entry->netmask = (__force u32)ifa->ifa_mask;
		entry->broadcast = (__force u32)ifa->ifa_broadcast;
		entry->prefix_length = ifa->ifa_prefixlen;
		entry->origin =
			origin_of(ifa->ifa_flags, ifa->ifa_proto, ipv4_is_loopback(ifa->ifa_local));
		set_times(entry, ifa->ifa_flags & IFA_F_PERMANENT, ifa->ifa_valid_lft,
			  ifa->ifa_preferred_lft, ifa->ifa_cstamp, ifa->ifa_tstamp);
	}
}

#if IS_ENABLED(CONFIG_IPV6)
/* Those that are still being checked for duplicates are in it. */
static void add_ipv6(struct rtnetlink_list *list, const struct net_device *device, bool duplicates)
{
	struct inet6_dev *in6_dev = __in6_dev_get(device);
	const struct inet6_ifaddr *ifp;

	if (!in6_dev)
		return;
	read_lock_bh(&in6_dev->lock);
	list_for_each_entry (ifp, &in6_dev->addr_list, if_list) {
		int kind = ipv6_addr_type(&ifp->addr);
		struct port_interface_address *entry;

		if (ifp->flags & IFA_F_DADFAILED && !duplicates)
			continue;
		entry = add(list, device);
		if (!entry)
			continue;
		rtnetlink_set_address(&entry->address, AF_INET6, &ifp->addr, device->ifindex);
		entry->prefix_length = ifp->prefix_len;
		entry->tentative = ifp->flags & IFA_F_TENTATIVE && !(ifp->flags & IFA_F_OPTIMISTIC);
		entry->duplicate = ifp->flags & IFA_F_DADFAILED;
		entry->random = ifp->flags & (IFA_F_TEMPORARY | IFA_F_STABLE_PRIVACY);
		entry->origin = origin_of(ifp->flags, ifp->ifa_proto,
					  kind & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL));
		set_times(entry, ifp->flags & IFA_F_PERMANENT && ifp->prefered_lft == PORT_FOREVER,
			  ifp->valid_lft, ifp->prefered_lft, ifp->cstamp, ifp->tstamp);
	}
	read_unlock_bh(&in6_dev->lock);
}
#else
static void add_ipv6(struct rtnetlink_list *list, const struct net_device *device, bool duplicates)
{
}
#endif

u32 port_interface_addresses(struct port_net *net, int family, bool duplicates,
			     struct port_interface_address *to, u32 room)
{
	struct rtnetlink_list list = {.to = to, .room = room};
	const struct net_device *device;
	int loopback;

	rcu_read_lock();
	for (loopback = 0; loopback < 2; loopback++)
		for_each_netdev_rcu((struct net *)net, device)
		{
			if (!!(device->flags & IFF_LOOPBACK) != loopback)
				continue;
			if (family == AF_INET)
				add_ipv4(&list, device);
			else
				add_ipv6(&list, device, duplicates);
		}
	rcu_read_unlock();
	return list.count;
}

/* What a socket would be bound to that is connected there. */
int port_route_source(struct port_net *net, const struct port_address *destination,
		      struct port_address *source, u32 *interface)
{
	bool ipv4 = destination->family == AF_INET;
	int size = ipv4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	struct port_address to = *destination;
	struct dst_entry *dst;
	struct socket *probe;
	int error;

	error = sock_create_kern((struct net *)net, to.family, SOCK_DGRAM, IPPROTO_UDP, &probe);
	if (error)
		return error;
	sock_set_flag(probe->sk, SOCK_BROADCAST);
	error = kernel_connect(probe, (struct sockaddr *)&to, size, 0);
	if (!error) {
		error = kernel_getsockname(probe, (struct sockaddr *)source);
		error = min(error, 0);
	}
	/* The port means nothing; it is in the same place in both families. */
	((struct sockaddr_in *)source)->sin_port = 0;
	dst = sk_dst_get(probe->sk);
	if (interface)
		*interface = dst ? dst->dev->ifindex : 0;
	dst_release(dst);
	sock_release(probe);
	return error;
}

/* Whoever changes them holds one of the two, and notifies before it is done. */
void port_routes_settle(void)
{
	rtnl_lock();
	rtnl_unlock();
	synchronize_net();
}

static int on_ipv4_address(struct notifier_block *block, unsigned long event, void *data)
{
	const struct in_ifaddr *ifa = data;

	provider_network_changed(dev_net(ifa->ifa_dev->dev), AF_INET, PORT_CHANGED_ADDRESSES);
	return NOTIFY_DONE;
}

static struct notifier_block ipv4_addresses = {.notifier_call = on_ipv4_address};

#if IS_ENABLED(CONFIG_IPV6)
static int on_ipv6_address(struct notifier_block *block, unsigned long event, void *data)
{
	const struct inet6_ifaddr *ifa = data;

	provider_network_changed(dev_net(ifa->idev->dev), AF_INET6, PORT_CHANGED_ADDRESSES);
	return NOTIFY_DONE;
}

static struct notifier_block ipv6_addresses = {.notifier_call = on_ipv6_address};

static void watch_ipv6(void)
{
	register_inet6addr_notifier(&ipv6_addresses);
}

static void unwatch_ipv6(void)
{
	unregister_inet6addr_notifier(&ipv6_addresses);
}
#else
static void watch_ipv6(void) {}

static void unwatch_ipv6(void) {}
#endif

/* Routes: each namespace has a chain of its own. */
struct route_watch {
	struct notifier_block block;
	struct net *net;
};

static unsigned int route_watch_id;

static int on_route(struct notifier_block *block, unsigned long event, void *data)
{
	const struct route_watch *watch = container_of(block, struct route_watch, block);
	const struct fib_notifier_info *info = data;

	provider_network_changed(watch->net, info->family, PORT_CHANGED_ROUTES);
	return NOTIFY_DONE;
}

static int __net_init watch_routes(struct net *net)
{
	struct route_watch *watch = net_generic(net, route_watch_id);

	watch->block.notifier_call = on_route;
	watch->net = net;
	return register_fib_notifier(net, &watch->block, NULL, NULL);
}

static void __net_exit unwatch_routes(struct net *net)
{
	struct route_watch *watch = net_generic(net, route_watch_id);

	unregister_fib_notifier(net, &watch->block);
}

static struct pernet_operations route_operations = {
	.init = watch_routes,
	.exit = unwatch_routes,
	.id = &route_watch_id,
	.size = sizeof(struct route_watch),
};

int port_interface_init(void)
{
	int error = register_pernet_subsys(&route_operations);

	if (error)
		return error;
	register_inetaddr_notifier(&ipv4_addresses);
	watch_ipv6();
	return 0;
}

void port_interface_exit(void)
{
	unwatch_ipv6();
	unregister_inetaddr_notifier(&ipv4_addresses);
	unregister_pernet_subsys(&route_operations);
}
