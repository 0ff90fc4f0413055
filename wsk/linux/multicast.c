// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/multicast.h over the protocol-independent options of RFC 3678, the same in both families. */
#include <linux/igmp.h>
#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <net/if_inet6.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "linux/port_socket.h"
#include "port/multicast.h"

/* More than the defaults of net.ipv4.igmp_max_msf and net.ipv6.mld_max_msf let through. */
enum { MAX_SOURCES = 1024 };

static int set_option(struct port_socket *socket, const struct port_address *group, int name,
		      const void *value, size_t size)
{
	int level = group->family == AF_INET ? SOL_IP : SOL_IPV6;

	return socket->socket->ops->setsockopt(socket->socket, level, name,
					       KERNEL_SOCKPTR((void *)value), size);
}

int port_socket_membership(struct port_socket *socket, enum port_membership action, u32 interface,
			   const struct port_address *group, const struct port_address *source)
{
	static const int names[] = {
		[PORT_JOIN_GROUP] = MCAST_JOIN_GROUP,
		[PORT_LEAVE_GROUP] = MCAST_LEAVE_GROUP,
		[PORT_BLOCK_SOURCE] = MCAST_BLOCK_SOURCE,
		[PORT_UNBLOCK_SOURCE] = MCAST_UNBLOCK_SOURCE,
		[PORT_JOIN_SOURCE] = MCAST_JOIN_SOURCE_GROUP,
		[PORT_LEAVE_SOURCE] = MCAST_LEAVE_SOURCE_GROUP,
	};
	struct group_source_req sources = {.gsr_interface = interface};
	struct group_req request = {.gr_interface = interface};

	if (action == PORT_JOIN_GROUP || action == PORT_LEAVE_GROUP) {
		memcpy(&request.gr_group, group, sizeof(*group));
		return set_option(socket, group, names[action], &request, sizeof(request));
	}
	memcpy(&sources.gsr_group, group, sizeof(*group));
	memcpy(&sources.gsr_source, source, sizeof(*source));
	return set_option(socket, group, names[action], &sources, sizeof(sources));
}

int port_socket_set_sources(struct port_socket *socket, u32 interface,
			    const struct port_address *group, bool exclude,
			    const struct port_address *sources, u32 count)
{
	struct group_filter *filter;
	u32 i;
	int error;

	if (count > MAX_SOURCES)
		return -ENOBUFS;
	filter = kvzalloc(GROUP_FILTER_SIZE(count), GFP_KERNEL);
	if (!filter)
		return -ENOMEM;
	filter->gf_interface = interface;
	filter->gf_fmode = exclude ? MCAST_EXCLUDE : MCAST_INCLUDE;
	filter->gf_numsrc = count;
	memcpy(&filter->gf_group, group, sizeof(*group));
	for (i = 0; i < count; i++)
		memcpy(&filter->gf_slist_flex[i], &sources[i], sizeof(sources[i]));
	error = set_option(socket, group, MCAST_MSFILTER, filter, GROUP_FILTER_SIZE(count));
	kvfree(filter);
	return error;
}

/* getsockopt() writes to user space only: the sock's own lists, under RCU. */
static int get_ipv4_sources(const struct sock *sk, u32 interface, const struct sockaddr_in *group,
			    bool *exclude, struct port_address *sources, u32 room, u32 *count)
{
	const struct ip_mc_socklist *member = rcu_dereference(inet_sk(sk)->mc_list);
	const struct ip_sf_socklist *list;
	u32 i;

	while (member && (member->multi.imr_multiaddr.s_addr != group->sin_addr.s_addr ||
			  (interface && member->multi.imr_ifindex != interface)))
		member = rcu_dereference(member->next_rcu);
	if (!member)
		return -EADDRNOTAVAIL;
	*exclude = member->sfmode == MCAST_EXCLUDE;
	list = rcu_dereference(member->sflist);
	*count = list ? list->sl_count : 0;
	for (i = 0; i < min(*count, room); i++) {
		struct sockaddr_in *to = (struct sockaddr_in *)&sources[i];

		to->sin_family = AF_INET;
		to->sin_addr.s_addr = list->sl_addr[i];
	}
	return 0;
}

#if IS_ENABLED(CONFIG_IPV6)
static int get_ipv6_sources(const struct sock *sk, u32 interface, const struct sockaddr_in6 *group,
			    bool *exclude, struct port_address *sources, u32 room, u32 *count)
{
	const struct ipv6_mc_socklist *member = rcu_dereference(inet6_sk(sk)->ipv6_mc_list);
	const struct ip6_sf_socklist *list;
	u32 i;

	while (member && (!ipv6_addr_equal(&member->addr, &group->sin6_addr) ||
			  (interface && member->ifindex != interface)))
		member = rcu_dereference(member->next);
	if (!member)
		return -EADDRNOTAVAIL;
	*exclude = member->sfmode == MCAST_EXCLUDE;
	list = rcu_dereference(member->sflist);
	*count = list ? list->sl_count : 0;
	for (i = 0; i < min(*count, room); i++) {
		struct sockaddr_in6 *to = (struct sockaddr_in6 *)&sources[i];

		to->sin6_family = AF_INET6;
		to->sin6_addr = list->sl_addr[i];
	}
	return 0;
}
#else
static int get_ipv6_sources(const struct sock *sk, u32 interface, const struct sockaddr_in6 *group,
			    bool *exclude, struct port_address *sources, u32 room, u32 *count)
{
	return -EADDRNOTAVAIL;
}
#endif

int port_socket_get_sources(struct port_socket *socket, u32 interface,
			    const struct port_address *group, bool *exclude,
			    struct port_address *sources, u32 room, u32 *count)
{
	const struct sock *sk = socket->socket->sk;
	int error;

	memset(sources, 0, room * sizeof(*sources));
	rcu_read_lock();
	if (group->family == AF_INET)
		error = get_ipv4_sources(sk, interface, (const struct sockaddr_in *)group, exclude,
					 sources, room, count);
	else
		error = get_ipv6_sources(sk, interface, (const struct sockaddr_in6 *)group, exclude,
					 sources, room, count);
	rcu_read_unlock();
	return error;
}

int port_socket_interface_of(struct port_socket *socket, u32 address, u32 *interface)
{
	struct net_device *device;

	rcu_read_lock();
	device = __ip_dev_find(sock_net(socket->socket->sk), (__force __be32)address, false);
	if (device)
		*interface = device->ifindex;
	rcu_read_unlock();
	return device ? 0 : -EADDRNOTAVAIL;
}
