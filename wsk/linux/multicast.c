// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/multicast.h over the protocol-independent options of RFC 3678, the same in both families. */
#include <linux/inetdevice.h>
#include <linux/net.h>
#include <linux/slab.h>
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
