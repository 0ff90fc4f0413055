// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * kunit/net_link.h over veth, and over hooks of netfilter.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <linux/delay.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <linux/veth.h>
#include <net/ip.h>
#include <net/netlink.h>

#include "net_link.h"
#include "netlink_ask.h"

static const char *const names[] = {"wsk0", "wsk1"};

enum { PREFIX4 = 24, PREFIX6 = 64 };

/* Fills in the request that makes both ends; true when it had room. */
static bool describe_pair(struct sk_buff *skb)
{
	struct nlattr *info, *data, *peer;

	if (nla_put_string(skb, IFLA_IFNAME, names[0]))
		return false;
	info = nla_nest_start_noflag(skb, IFLA_LINKINFO);
	if (!info || nla_put_string(skb, IFLA_INFO_KIND, "veth"))
		return false;
	data = nla_nest_start_noflag(skb, IFLA_INFO_DATA);
	peer = data ? nla_nest_start_noflag(skb, VETH_INFO_PEER) : NULL;
	if (!peer || skb_tailroom(skb) < sizeof(struct ifinfomsg))
		return false;
	skb_put_zero(skb, sizeof(struct ifinfomsg));
	if (nla_put_string(skb, IFLA_IFNAME, names[1]))
		return false;
	nla_nest_end(skb, peer);
	nla_nest_end(skb, data);
	nla_nest_end(skb, info);
	return true;
}

static int make_pair(struct net *net)
{
	struct sk_buff *skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	struct nlmsghdr *header;
	int error = -EMSGSIZE;

	if (!skb)
		return -ENOMEM;
	header = nlmsg_put(skb, 0, 0, RTM_NEWLINK, sizeof(struct ifinfomsg),
			   NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
	if (header) {
		memset(nlmsg_data(header), 0, sizeof(struct ifinfomsg));
		if (describe_pair(skb)) {
			nlmsg_end(skb, header);
			error = netlink_ask(net, header);
		}
	}
	nlmsg_free(skb);
	return error;
}

static struct net_device *find_end(struct net *net, int which)
{
	return __dev_get_by_name(net, names[which]);
}

static int move_second(struct net *from, struct net *to)
{
	struct net_device *device;
	int error = -ENODEV;

	rtnl_lock();
	device = find_end(from, 1);
	if (device)
		error = dev_change_net_namespace(device, to, names[1]);
	rtnl_unlock();
	return error;
}

static int bring_up(struct net *net, int which)
{
	struct net_device *device;
	int error = -ENODEV;

	rtnl_lock();
	device = find_end(net, which);
	if (device)
		error = dev_change_flags(device, device->flags | IFF_UP, NULL);
	rtnl_unlock();
	return error;
}

static uint32_t index_of(struct net *net, int which)
{
	struct net_device *device;
	uint32_t index = 0;

	rtnl_lock();
	device = find_end(net, which);
	if (device)
		index = device->ifindex;
	rtnl_unlock();
	return index;
}

static int add_address(struct net *net, int which, int family)
{
	struct {
		struct nlmsghdr header;
		struct ifaddrmsg message;
		struct nlattr attribute;
		union {
			__be32 ipv4;
			struct in6_addr ipv6;
		};
	} request = {
		.header = {.nlmsg_type = RTM_NEWADDR,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL},
		.message = {.ifa_family = family,
			    .ifa_prefixlen = family == AF_INET ? PREFIX4 : PREFIX6,
			    .ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0,
			    .ifa_index = index_of(net, which)},
		.attribute = {.nla_type = IFA_LOCAL},
	};
	u32 length = family == AF_INET ? sizeof(request.ipv4) : sizeof(request.ipv6);

	if (family == AF_INET)
		request.ipv4 = htonl(0x0a580001 + which);
	else
		request.ipv6 = (struct in6_addr){{{0xfd, 0x88, [15] = 1 + which}}};
	request.attribute.nla_len = sizeof(request.attribute) + length;
	request.header.nlmsg_len = offsetof(typeof(request), ipv4) + length;
	return netlink_ask(net, &request.header);
}

/* Until then packets are dropped without a word. */
static bool carries(struct net *net, int which)
{
	struct net_device *device;
	bool up;

	rtnl_lock();
	device = find_end(net, which);
	up = device && netif_oper_up(device) && device->operstate == IF_OPER_UP;
	rtnl_unlock();
	return up;
}

static bool wait_for_carrier(struct net *net, int which)
{
	int i;

	for (i = 0; i < 500 && !carries(net, which); i++)
		msleep(20);
	return carries(net, which);
}

bool net_link_make(struct net_space *first, struct net_space *second)
{
	struct net *nets[] = {net_space_net(first), net_space_net(second)};
	int i;

	if (make_pair(nets[0]) || move_second(nets[0], nets[1]))
		return false;
	for (i = 0; i < 2; i++)
		if (bring_up(nets[i], i))
			return false;
	for (i = 0; i < 2; i++)
		if (add_address(nets[i], i, AF_INET) || add_address(nets[i], i, AF_INET6) ||
		    !wait_for_carrier(nets[i], i))
			return false;
	return true;
}

uint32_t net_link_index(struct net_space *space)
{
	struct net *net = net_space_net(space);
	uint32_t index = index_of(net, 0);

	return index ? index : index_of(net, 1);
}

static rx_handler_result_t lose(struct sk_buff **skb)
{
	kfree_skb(*skb);
	return RX_HANDLER_CONSUMED;
}

void net_link_cut(struct net_space *space, bool cut)
{
	struct net *net = net_space_net(space);
	struct net_device *device;

	rtnl_lock();
	device = find_end(net, 0);
	if (!device)
		device = find_end(net, 1);
	if (device && cut)
		WARN_ON(netdev_rx_handler_register(device, lose, NULL));
	else if (device)
		netdev_rx_handler_unregister(device);
	rtnl_unlock();
}

struct net_watch {
	struct net *net;
	struct nf_hook_ops hooks[2];
	uint16_t port;
	spinlock_t lock;
	struct net_watch_seen seen;
};

/* The offset of what follows IP's header, and the protocol; the tests send no other headers. */
static unsigned int find_transport(struct sk_buff *skb, u8 family, u8 *protocol)
{
	if (family == NFPROTO_IPV4) {
		*protocol = ip_hdr(skb)->protocol;
		return ip_hdrlen(skb);
	}
	*protocol = ipv6_hdr(skb)->nexthdr;
	return sizeof(struct ipv6hdr);
}

static void note_segment(struct net_watch_seen *seen, struct sk_buff *skb, unsigned int offset)
{
	struct tcphdr copy;
	const struct tcphdr *tcp = skb_header_pointer(skb, offset, sizeof(copy), &copy);

	if (!tcp)
		return;
	seen->empty += offset + tcp->doff * 4 == skb->len;
	seen->ends += tcp->fin;
	seen->resets += tcp->rst;
}

static unsigned int on_packet(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct net_watch *watch = priv;
	u8 protocol;
	unsigned int offset = find_transport(skb, state->pf, &protocol);
	__be16 copy;
	const __be16 *from = skb_header_pointer(skb, offset, sizeof(copy), &copy);

	if ((protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) || !from ||
	    ntohs(*from) != watch->port)
		return NF_ACCEPT;
	spin_lock_bh(&watch->lock);
	watch->seen.packets++;
	watch->seen.priority = skb->priority;
	if (protocol == IPPROTO_TCP)
		note_segment(&watch->seen, skb, offset);
	spin_unlock_bh(&watch->lock);
	return NF_ACCEPT;
}

struct net_watch *net_watch_begin(struct net_space *space, uint16_t port)
{
	struct net_watch *watch = kzalloc(sizeof(*watch), GFP_KERNEL);
	int i;

	if (!watch)
		return NULL;
	watch->net = space ? net_space_net(space) : &init_net;
	watch->port = port;
	spin_lock_init(&watch->lock);
	for (i = 0; i < ARRAY_SIZE(watch->hooks); i++)
		watch->hooks[i] = (struct nf_hook_ops){
			.hook = on_packet,
			.priv = watch,
			.pf = i ? NFPROTO_IPV6 : NFPROTO_IPV4,
			.hooknum = NF_INET_PRE_ROUTING,
			.priority = INT_MIN,
		};
	if (nf_register_net_hooks(watch->net, watch->hooks, ARRAY_SIZE(watch->hooks))) {
		kfree(watch);
		return NULL;
	}
	return watch;
}

void net_watch_look(struct net_watch *watch, struct net_watch_seen *seen)
{
	spin_lock_bh(&watch->lock);
	*seen = watch->seen;
	spin_unlock_bh(&watch->lock);
}

void net_watch_end(struct net_watch *watch)
{
	if (!watch)
		return;
	nf_unregister_net_hooks(watch->net, watch->hooks, ARRAY_SIZE(watch->hooks));
	synchronize_net();
	kfree(watch);
}
