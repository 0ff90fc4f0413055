// SPDX-License-Identifier: MIT OR GPL-2.0
/* kunit/net_device.h */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <net/arp.h>
#include <net/net_namespace.h>

#include "net_device.h"

static const u8 peer[ETH_ALEN] = {0x02, 0x57, 0x53, 0x4b, 0, 9};

void net_device_peer_address(uint8_t address[6])
{
	ether_addr_copy(address, peer);
}

/* Its addresses follow arphdr: sender's hardware and protocol address, target's. */
static void answer(const struct sk_buff *request, struct net_device *device)
{
	const struct arphdr *header = (const void *)(request->data + ETH_HLEN);
	const u8 *sender = (const u8 *)(header + 1);
	const u8 *target = sender + ETH_ALEN + sizeof(__be32) + ETH_ALEN;
	__be32 sender_ip, target_ip;
	struct sk_buff *reply;

	memcpy(&sender_ip, sender + ETH_ALEN, sizeof(sender_ip));
	memcpy(&target_ip, target, sizeof(target_ip));
	if ((ntohl(target_ip) & 0xff) != 9)
		return;
	reply = arp_create(ARPOP_REPLY, ETH_P_ARP, sender_ip, device, target_ip, device->dev_addr,
			   peer, device->dev_addr);
	if (!reply)
		return;
	skb_reset_mac_header(reply);
	reply->protocol = eth_type_trans(reply, device);
	netif_rx(reply);
}

static netdev_tx_t transmit(struct sk_buff *skb, struct net_device *device)
{
	if (skb->protocol == htons(ETH_P_ARP))
		answer(skb, device);
	consume_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops operations = {.ndo_start_xmit = transmit};

static void set_up(struct net_device *device)
{
	ether_setup(device);
	device->netdev_ops = &operations;
	device->needs_free_netdev = true;
	eth_hw_addr_random(device);
}

struct net_device *net_device_make(const char *name)
{
	struct net_device *device = alloc_netdev(0, name, NET_NAME_USER, set_up);

	if (!device)
		return NULL;
	dev_net_set(device, current->nsproxy->net_ns);
	if (register_netdev(device)) {
		free_netdev(device);
		return NULL;
	}
	return device;
}

void net_device_remove(struct net_device *device)
{
	unregister_netdev(device);
}

uint32_t net_device_index(const struct net_device *device)
{
	return device->ifindex;
}

int net_device_set_up(struct net_device *device, bool up)
{
	int error;

	rtnl_lock();
	error = dev_change_flags(device, up ? device->flags | IFF_UP : device->flags & ~IFF_UP,
				 NULL);
	rtnl_unlock();
	return error;
}

int net_device_stack(struct net_device *upper, struct net_device *lower, bool on)
{
	int error = 0;

	rtnl_lock();
	if (on)
		error = netdev_upper_dev_link(lower, upper, NULL);
	else
		netdev_upper_dev_unlink(lower, upper);
	rtnl_unlock();
	return error;
}
