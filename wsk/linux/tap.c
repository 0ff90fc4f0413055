// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * port/tap.h over a protocol handler for all packets. Those that leave are seen under locks of
 * their device, where nobody may be told: a work item puts them into the socket's queue.
 */
#include <linux/if_ether.h>
#include <linux/igmp.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/ip.h>
#include <net/sock.h>

#include "linux/tap.h"
#include "port/tap.h"

enum { MOST_WAITING = 1024 };

struct port_tap {
	struct packet_type hook;
	struct sock *sk;
	u32 interface;
	enum port_tap_scope scope;
	bool promiscuous;
	struct sk_buff_head waiting;
	struct work_struct delivery;
};

/* Marks what came this way; behind what the receiving side keeps there. */
struct tap_cb {
	u8 others[32];
	const struct port_tap *tap;
};

static_assert(sizeof(struct tap_cb) <= SOCK_SKB_CB_OFFSET);
static_assert(sizeof(struct in_pktinfo) <= offsetof(struct tap_cb, tap));

bool port_tap_passes(const struct port_datagram_socket *self, const struct sk_buff *skb)
{
	const struct port_tap *tap = READ_ONCE(self->tap);

	return !tap || ((const struct tap_cb *)skb->cb)->tap == tap;
}

static void deliver(struct work_struct *work)
{
	struct port_tap *tap = container_of(work, struct port_tap, delivery);
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&tap->waiting))) {
		if (sock_queue_rcv_skb(tap->sk, skb))
			kfree_skb(skb);
		cond_resched(); /* they may come faster than this */
	}
}

static bool is_meant(const struct port_tap *tap, const struct sk_buff *skb,
		     const struct net_device *device)
{
	if (device->ifindex != tap->interface || !net_eq(dev_net(device), sock_net(tap->sk)) ||
	    skb->protocol != htons(ETH_P_IP) || skb->pkt_type == PACKET_LOOPBACK)
		return false;
	/* What loopback sends it receives at once. */
	return skb->pkt_type != PACKET_OUTGOING || !(device->flags & IFF_LOOPBACK);
}

static bool is_in_scope(const struct port_tap *tap, const struct iphdr *header)
{
	switch (tap->scope) {
	case PORT_TAP_MULTICAST:
		return ipv4_is_multicast(header->daddr);
	case PORT_TAP_IGMP:
		return header->protocol == IPPROTO_IGMP;
	default:
		return true;
	}
}

/* Leaves the packet alone, from the IP header on, without what the device added. */
static bool trim(struct sk_buff *skb)
{
	const struct iphdr *header;
	u32 length;

	if (skb_network_offset(skb) > 0)
		skb_pull(skb, skb_network_offset(skb));
	if (!pskb_may_pull(skb, sizeof(*header)))
		return false;
	header = ip_hdr(skb);
	length = ntohs(header->tot_len);
	if (header->version != 4 || header->ihl < 5)
		return false;
	return skb_is_gso(skb) || (length >= ip_hdrlen(skb) && !pskb_trim(skb, length));
}

static int on_packet(struct sk_buff *skb, struct net_device *device, struct packet_type *hook,
		     struct net_device *original)
{
	struct port_tap *tap = container_of(hook, struct port_tap, hook);

	if (!is_meant(tap, skb, device) || skb_queue_len_lockless(&tap->waiting) >= MOST_WAITING)
		goto drop;
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return NET_RX_DROP;
	if (!trim(skb) || !is_in_scope(tap, ip_hdr(skb)))
		goto drop;
	skb_orphan(skb);
	skb_dst_drop(skb);
	nf_reset_ct(skb);
	memset(skb->cb, 0, sizeof(skb->cb));
	((struct tap_cb *)skb->cb)->tap = tap;
	skb->skb_iif = device->ifindex;
	skb_queue_tail(&tap->waiting, skb);
	schedule_work(&tap->delivery);
	return NET_RX_SUCCESS;
drop:
	kfree_skb(skb);
	return NET_RX_DROP;
}

static int set_promiscuous(const struct port_tap *tap, int difference)
{
	struct net_device *device;
	int error = -ENODEV;

	rtnl_lock();
	device = __dev_get_by_index(sock_net(tap->sk), tap->interface);
	if (device)
		error = tap->promiscuous ? dev_set_promiscuity(device, difference) : 0;
	rtnl_unlock();
	return error;
}

static void stop(struct port_tap *tap)
{
	if (!tap)
		return;
	dev_remove_pack(&tap->hook); /* waits until nobody is in it */
	cancel_work_sync(&tap->delivery);
	skb_queue_purge(&tap->waiting);
	(void)set_promiscuous(tap, -1);
	kfree(tap);
}

void port_tap_free(struct port_datagram_socket *self)
{
	stop(self->tap);
}

int port_tap_set(struct port_socket *socket, enum port_tap_scope scope, u32 interface,
		 bool promiscuous)
{
	struct port_datagram_socket *self = port_datagram_socket_of(socket);
	struct port_tap *tap = NULL;
	int error;

	if (scope != PORT_TAP_NONE) {
		tap = kzalloc(sizeof(*tap), GFP_KERNEL);
		if (!tap)
			return -ENOMEM;
		tap->sk = socket->socket->sk;
		tap->interface = interface;
		tap->scope = scope;
		tap->promiscuous = promiscuous;
		tap->hook.type = htons(ETH_P_ALL);
		tap->hook.func = on_packet;
		skb_queue_head_init(&tap->waiting);
		INIT_WORK(&tap->delivery, deliver);
		error = set_promiscuous(tap, 1);
		if (error) {
			kfree(tap);
			return error;
		}
		dev_add_pack(&tap->hook);
	}
	stop(xchg(&self->tap, tap));
	return 0;
}
