// SPDX-License-Identifier: MIT OR GPL-2.0
/* Interfaces of port/interface.h, from the list of network devices. */
#include <linux/ethtool.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/neighbour.h>

#include "linux/rtnl.h"
#include "port/interface.h"

static_assert(PORT_INTERFACE_NAME == IFNAMSIZ);
static_assert(PORT_INTERFACE_ALIAS == IFALIASZ);
static_assert(PORT_LINK_ADDRESS == MAX_ADDR_LEN);

u16 device_type(unsigned short hardware)
{
	switch (hardware) {
	case ARPHRD_ETHER:
		return 6; /* ethernetCsmacd */
	case ARPHRD_FDDI:
		return 15; /* fddi */
	case ARPHRD_PPP:
		return 23; /* ppp */
	case ARPHRD_LOOPBACK:
		return 24; /* softwareLoopback */
	case ARPHRD_SLIP:
		return 28; /* slip */
	case ARPHRD_ARCNET:
		return 35; /* arcnet */
	case ARPHRD_ATM:
		return 37; /* atm */
	case ARPHRD_NONE:
		return 53; /* propVirtual */
	case ARPHRD_IEEE80211:
		return 71; /* ieee80211 */
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
		return 131; /* tunnel */
	case ARPHRD_IEEE1394:
		return 144; /* ieee1394 */
	case ARPHRD_INFINIBAND:
		return 199; /* infiniband */
	case ARPHRD_RAWIP:
		return 243; /* wwanPP */
	case ARPHRD_IEEE802154:
		return 259; /* ieee802154 */
	default:
		return 1; /* other */
	}
}

static struct port_interface_id id_of(const struct net_device *device)
{
	return (struct port_interface_id){
		.index = device->ifindex,
		.type = device_type(device->type),
	};
}

u16 device_type_of(struct net *net, u32 index)
{
	const struct net_device *device;
	u16 type;

	rcu_read_lock();
	device = dev_get_by_index_rcu(net, index);
	type = device_type(device ? device->type : ARPHRD_VOID);
	rcu_read_unlock();
	return type;
}

bool port_interface_name(struct port_net *net, struct port_interface_id *id,
			 char name[PORT_INTERFACE_NAME])
{
	const struct net_device *device;

	rcu_read_lock();
	device = dev_get_by_index_rcu((struct net *)net, id->index);
	if (device) {
		*id = id_of(device);
		strscpy(name, device->name, PORT_INTERFACE_NAME);
	}
	rcu_read_unlock();
	return device;
}

bool port_interface_named(struct port_net *net, const char *name, struct port_interface_id *id)
{
	const struct net_device *device;

	rcu_read_lock();
	device = dev_get_by_name_rcu((struct net *)net, name);
	if (device)
		*id = id_of(device);
	rcu_read_unlock();
	return device;
}

/* Devices that do not tell their state (loopback, tunnels) are up when they run. */
static enum port_interface_state state_of(const struct net_device *device)
{
	if (!netif_running(device))
		return PORT_INTERFACE_DOWN;
	switch (device->operstate) {
	case IF_OPER_UP:
		return PORT_INTERFACE_UP;
	case IF_OPER_UNKNOWN:
		return netif_carrier_ok(device) ? PORT_INTERFACE_UP : PORT_INTERFACE_DOWN;
	case IF_OPER_NOTPRESENT:
		return PORT_INTERFACE_NOT_PRESENT;
	case IF_OPER_LOWERLAYERDOWN:
		return PORT_INTERFACE_LOWER_LAYER_DOWN;
	case IF_OPER_TESTING:
		return PORT_INTERFACE_TESTING;
	case IF_OPER_DORMANT:
		return PORT_INTERFACE_DORMANT;
	default:
		return PORT_INTERFACE_DOWN;
	}
}

static u64 speed_of(struct net_device *device)
{
	struct ethtool_link_ksettings settings;

	if (!netif_device_present(device) || __ethtool_get_link_ksettings(device, &settings) ||
	    settings.base.speed == SPEED_UNKNOWN)
		return 0;
	return settings.base.speed * 1000000ull;
}

static void read_statistics(struct net_device *device, struct port_interface *to)
{
	struct rtnl_link_stats64 stats;

	dev_get_stats(device, &stats);
	to->received_bytes = stats.rx_bytes;
	to->received_packets = stats.rx_packets;
	to->received_multicasts = stats.multicast;
	to->receive_errors = stats.rx_errors;
	to->receive_drops = stats.rx_dropped;
	to->sent_bytes = stats.tx_bytes;
	to->sent_packets = stats.tx_packets;
	to->send_errors = stats.tx_errors;
	to->send_drops = stats.tx_dropped;
}

static void read_device(struct net_device *device, struct port_interface *to)
{
	const struct dev_ifalias *alias = rtnl_dereference(device->ifalias);

	*to = (struct port_interface){
		.id = id_of(device),
		.mtu = device->mtu,
		.address_length = device->addr_len,
		.state = state_of(device),
		.up = device->flags & IFF_UP,
		.carrier = netif_carrier_ok(device),
		.loopback = device->flags & IFF_LOOPBACK,
		.broadcast = device->flags & IFF_BROADCAST,
		.point_to_point = device->flags & IFF_POINTOPOINT,
		.hardware = device->dev.parent,
		.speed = speed_of(device),
	};
	strscpy(to->name, device->name, sizeof(to->name));
	if (alias)
		strscpy(to->alias, alias->ifalias, sizeof(to->alias));
	memcpy(to->address, device->dev_addr, device->addr_len);
	memcpy(to->permanent_address, device->perm_addr, device->addr_len);
	read_statistics(device, to);
}

int64_t port_interfaces(struct port_net *net, u32 index, struct port_interface *to, u32 room)
{
	struct rtnetlink_list list = {.to = to, .room = room};
	struct port_interface *row;
	struct net_device *device;

	rtnl_lock();
	for_each_netdev ((struct net *)net, device) {
		if (index && device->ifindex != index)
			continue;
		row = rtnetlink_row(&list, sizeof(*row));
		if (row)
			read_device(device, row);
	}
	rtnl_unlock();
	return list.count;
}

int64_t port_interface_stack(struct port_net *net, struct port_interface_pair *to, u32 room)
{
	struct rtnetlink_list list = {.to = to, .room = room};
	struct net_device *upper, *lower;
	struct port_interface_pair *row;
	struct list_head *iter;

	rtnl_lock();
	for_each_netdev ((struct net *)net, upper) {
		netdev_for_each_lower_dev(upper, lower, iter)
		{
			if (!net_eq(dev_net(lower), (struct net *)net))
				continue;
			row = rtnetlink_row(&list, sizeof(*row));
			if (row)
				*row = (struct port_interface_pair){upper->ifindex, lower->ifindex};
		}
	}
	rtnl_unlock();
	return list.count;
}

static void read_neighbor_parms(struct neigh_parms *parms, struct port_ip_interface *to)
{
	to->base_reachable_time = jiffies_to_msecs(NEIGH_VAR(parms, BASE_REACHABLE_TIME));
	to->retransmit_time = jiffies_to_msecs(NEIGH_VAR(parms, RETRANS_TIME));
	to->reachable_time = jiffies_to_msecs(parms->reachable_time);
}

static bool read_ipv4(const struct net_device *device, struct port_ip_interface *to)
{
	struct in_device *in_dev = __in_dev_get_rtnl(device);

	if (!in_dev)
		return false;
	if (!to)
		return true;
	to->mtu = device->mtu;
	to->forwarding = IN_DEV_FORWARD(in_dev);
	read_neighbor_parms(in_dev->arp_parms, to);
	return true;
}

#if IS_ENABLED(CONFIG_IPV6)
static u64 identifier_of(struct inet6_dev *in6_dev)
{
	const struct inet6_ifaddr *ifp;
	u64 identifier = 0;

	read_lock_bh(&in6_dev->lock);
	list_for_each_entry (ifp, &in6_dev->addr_list, if_list) {
		if (!(ipv6_addr_type(&ifp->addr) & IPV6_ADDR_LINKLOCAL))
			continue;
		memcpy(&identifier, &ifp->addr.s6_addr[8], sizeof(identifier));
		break;
	}
	read_unlock_bh(&in6_dev->lock);
	return identifier;
}

static bool read_ipv6(const struct net_device *device, struct port_ip_interface *to)
{
	struct inet6_dev *in6_dev = __in6_dev_get(device);

	if (!in6_dev)
		return false;
	if (!to)
		return true;
	to->mtu = in6_dev->cnf.mtu6;
	to->forwarding = in6_dev->cnf.forwarding;
	to->dad_transmits = in6_dev->cnf.dad_transmits;
	to->router_discovery = ipv6_accept_ra(in6_dev);
	to->managed_addresses = in6_dev->if_flags & IF_RA_MANAGED;
	to->other_configuration = in6_dev->if_flags & IF_RA_OTHERCONF;
	to->identifier = identifier_of(in6_dev);
	read_neighbor_parms(in6_dev->nd_parms, to);
	return true;
}
#else
static bool read_ipv6(const struct net_device *device, struct port_ip_interface *to)
{
	return false;
}
#endif

int64_t port_ip_interfaces(struct port_net *net, int family, u32 index,
			   struct port_ip_interface *to, u32 room)
{
	bool (*read)(const struct net_device *, struct port_ip_interface *) =
		family == AF_INET ? read_ipv4 : read_ipv6;
	struct rtnetlink_list list = {.to = to, .room = room};
	struct port_ip_interface *row;
	struct net_device *device;

	rtnl_lock();
	for_each_netdev ((struct net *)net, device) {
		if ((index && device->ifindex != index) || !read(device, NULL))
			continue;
		row = rtnetlink_row(&list, sizeof(*row));
		if (!row)
			continue;
		*row = (struct port_ip_interface){
			.id = id_of(device),
			.connected = netif_running(device) && netif_carrier_ok(device),
			.loopback = device->flags & IFF_LOOPBACK,
			.neighbor_discovery = !(device->flags & (IFF_NOARP | IFF_LOOPBACK)),
		};
		read(device, row);
	}
	rtnl_unlock();
	return list.count;
}
