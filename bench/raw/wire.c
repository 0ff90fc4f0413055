// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * A network device whose packets come back as if from another machine: source and destination
 * change places, which no checksum notices. As a card would, it brings a packet's headers and,
 * without the processor's help, a payload: here pages of its own, since nobody looks at it. So what
 * is sent costs what sending costs, and copies that loopback makes do not hide those of a sender.
 */
#include <linux/etherdevice.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "raw.h"

static struct net_device *wire;
static struct page *payload; /* a chunk of them */

static struct sk_buff *arriving(struct sk_buff *out)
{
	unsigned int headers = skb_tcp_all_headers(out), rest = out->len - headers;
	struct sk_buff *in = netdev_alloc_skb(wire, headers);
	struct iphdr *ip;

	if (!in)
		return NULL;
	skb_reset_network_header(in);
	skb_copy_from_linear_data(out, skb_put(in, headers), headers);
	if (rest) {
		get_page(payload);
		skb_add_rx_frag(in, 0, payload, 0, rest, rest);
	}
	ip = ip_hdr(in);
	swap(ip->saddr, ip->daddr);
	in->protocol = out->protocol;
	in->ip_summed = CHECKSUM_UNNECESSARY;
	skb_shinfo(in)->gso_size = skb_shinfo(out)->gso_size;
	skb_shinfo(in)->gso_segs = skb_shinfo(out)->gso_segs;
	skb_shinfo(in)->gso_type = skb_shinfo(out)->gso_type;
	return in;
}

static netdev_tx_t transmit(struct sk_buff *skb, struct net_device *dev)
{
	bool ours = skb->protocol == htons(ETH_P_IP) && ip_hdr(skb)->protocol == IPPROTO_TCP &&
		    skb_headlen(skb) >= skb_tcp_all_headers(skb) && skb->len <= BENCH_CHUNK;
	struct sk_buff *in = ours ? arriving(skb) : NULL;

	dev_consume_skb_any(skb);
	if (in)
		netif_rx(in);
	return NETDEV_TX_OK;
}

static const struct net_device_ops ops = {.ndo_start_xmit = transmit};

static void set_up(struct net_device *dev)
{
	dev->netdev_ops = &ops;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_NOARP;
	dev->mtu = 1500;
	dev->tx_queue_len = 0;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO | NETIF_F_HIGHDMA;
	dev->hw_features = dev->features;
}

/* Over netlink: no function that changes addresses is exported. */
static int set_address(void)
{
	struct {
		struct nlmsghdr header;
		struct ifaddrmsg message;
		struct nlattr attribute;
		__be32 address;
	} request = {
		.header = {sizeof(request), RTM_NEWADDR, NLM_F_REQUEST | NLM_F_CREATE},
		.message = {.ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = wire->ifindex},
		.attribute = {sizeof(request.attribute) + sizeof(request.address), IFA_LOCAL},
		.address = htonl(BENCH_WIRE_NEAR),
	};
	/* With an address, we are asked who we are, and not who opened our file. */
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	struct msghdr msg = {.msg_name = &kernel, .msg_namelen = sizeof(kernel)};
	struct kvec vector = {&request, sizeof(request)};
	struct socket *socket;
	int sent;

	sent = sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &socket);
	if (sent)
		return sent;
	sent = kernel_sendmsg(socket, &msg, &vector, 1, sizeof(request));
	sock_release(socket);
	return min(sent, 0);
}

static int bring_up(void)
{
	int error;

	rtnl_lock();
	error = dev_change_flags(wire, wire->flags | IFF_UP, NULL);
	rtnl_unlock();
	return error ?: set_address();
}

int bench_wire_start(void)
{
	int error;

	payload = alloc_pages(GFP_KERNEL | __GFP_COMP | __GFP_ZERO, get_order(BENCH_CHUNK));
	wire = alloc_netdev(0, "bench%d", NET_NAME_UNKNOWN, set_up);
	if (!payload || !wire)
		return -ENOMEM;
	error = register_netdev(wire);
	if (error) {
		free_netdev(wire);
		wire = NULL;
	}
	return error ?: bring_up();
}

void bench_wire_stop(void)
{
	if (wire && wire->reg_state == NETREG_REGISTERED)
		unregister_netdev(wire);
	if (wire)
		free_netdev(wire);
	if (payload)
		__free_pages(payload, get_order(BENCH_CHUNK));
}
