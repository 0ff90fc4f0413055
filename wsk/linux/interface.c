// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/interface.h, and the notifiers that tell the NT world when addresses or routes change. */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/fib_notifier.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/sock.h>

#include "linux/linux.h"
#include "linux/port_socket.h"
#include "port/interface.h"
#include "port/provider.h"

bool port_family_exists(int family)
{
	return family == AF_INET || (IS_ENABLED(CONFIG_IPV6) && ipv6_mod_enabled());
}

struct list {
	struct port_interface_address *to;
	u32 room;
	u32 count;
};

static struct port_interface_address *add(struct list *list, const struct net_device *device)
{
	struct port_interface_address *entry;

	if (list->count++ >= list->room)
		return NULL;
	entry = &list->to[list->count - 1];
	*entry = (struct port_interface_address){
		.up = device->flags & IFF_UP,
		.loopback = device->flags & IFF_LOOPBACK,
		.multicast = device->flags & IFF_MULTICAST,
		.point_to_point = device->flags & IFF_POINTOPOINT,
	};
	return entry;
}

static void add_ipv4(struct list *list, const struct net_device *device)
{
	const struct in_device *in_dev = __in_dev_get_rcu(device);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return;
	in_dev_for_each_ifa_rcu(ifa, in_dev)
	{
		struct port_interface_address *entry = add(list, device);
		struct sockaddr_in *address;

		if (!entry)
			continue;
		address = (struct sockaddr_in *)&entry->address;
		address->sin_family = AF_INET;
		address->sin_addr.s_addr = ifa->ifa_local;
		entry->netmask = (__force u32)ifa->ifa_mask;
		entry->broadcast = (__force u32)ifa->ifa_broadcast;
	}
}

#if IS_ENABLED(CONFIG_IPV6)
/* Those that are still being checked for duplicates are in it; those that failed are not. */
static void add_ipv6(struct list *list, const struct net_device *device)
{
	struct inet6_dev *in6_dev = __in6_dev_get(device);
	const struct inet6_ifaddr *ifp;

	if (!in6_dev)
		return;
	read_lock_bh(&in6_dev->lock);
	list_for_each_entry (ifp, &in6_dev->addr_list, if_list) {
		struct port_interface_address *entry;
		struct sockaddr_in6 *address;

		if (ifp->flags & IFA_F_DADFAILED)
			continue;
		entry = add(list, device);
		if (!entry)
			continue;
		address = (struct sockaddr_in6 *)&entry->address;
		address->sin6_family = AF_INET6;
		address->sin6_addr = ifp->addr;
		if (ipv6_addr_type(&ifp->addr) & IPV6_ADDR_LINKLOCAL)
			address->sin6_scope_id = device->ifindex;
	}
	read_unlock_bh(&in6_dev->lock);
}
#else
static void add_ipv6(struct list *list, const struct net_device *device) {}
#endif

u32 port_interface_addresses(struct port_socket *socket, int family,
			     struct port_interface_address *to, u32 room)
{
	struct net *net = sock_net(socket->socket->sk);
	struct list list = {.to = to, .room = room};
	const struct net_device *device;
	int loopback;

	rcu_read_lock();
	for (loopback = 0; loopback < 2; loopback++)
		for_each_netdev_rcu(net, device)
		{
			if (!!(device->flags & IFF_LOOPBACK) != loopback)
				continue;
			if (family == AF_INET)
				add_ipv4(&list, device);
			else
				add_ipv6(&list, device);
		}
	rcu_read_unlock();
	return list.count;
}

/* What a socket would be bound to that is connected there. */
int port_route_source(struct port_socket *self, const struct port_address *destination,
		      struct port_address *source)
{
	bool ipv4 = destination->family == AF_INET;
	int size = ipv4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	struct port_address to = *destination;
	struct socket *probe;
	int error;

	error = sock_create_kern(sock_net(self->socket->sk), to.family, SOCK_DGRAM, IPPROTO_UDP,
				 &probe);
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
	sock_release(probe);
	return error;
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
