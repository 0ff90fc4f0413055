// SPDX-License-Identifier: MIT OR GPL-2.0
/* kunit/packet_gate.h: a netfilter hook. */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/icmp.h>
#include <net/net_namespace.h>

#include "packet_gate.h"

struct packet_gate {
	struct nf_hook_ops hook;
	struct net *net;
	u8 protocol;
	__be16 port;
	enum packet_fate fate;
	atomic_t count;
	struct sk_buff_head waiting;
};

/* The destination port is the second one in TCP and UDP alike. */
static bool is_meant(const struct packet_gate *gate, const struct sk_buff *skb)
{
	unsigned int offset = sizeof(struct ipv6hdr);
	u8 protocol = 0;
	__be16 ports[2];
	const __be16 *found;

	if (gate->hook.pf == NFPROTO_IPV4) {
		protocol = ip_hdr(skb)->protocol;
		offset = ip_hdrlen(skb);
	} else {
		protocol = ipv6_hdr(skb)->nexthdr;
	}
	found = skb_header_pointer(skb, skb_network_offset(skb) + offset, sizeof(ports), ports);
	return protocol == gate->protocol && found && found[1] == gate->port;
}

/* What receives it as its sender did not split it (UFO). */
static unsigned int leave_whole(struct sk_buff *skb)
{
	if (skb_unclone(skb, GFP_ATOMIC))
		return NF_DROP;
	skb_shinfo(skb)->gso_type = SKB_GSO_UDP;
	skb_shinfo(skb)->gso_size = 1400;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(skb->len, 1400);
	return NF_ACCEPT;
}

static unsigned int on_packet(void *context, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct packet_gate *gate = context;
	bool ipv4 = gate->hook.pf == NFPROTO_IPV4;

	if (!is_meant(gate, skb))
		return NF_ACCEPT;
	atomic_inc(&gate->count);
	switch (gate->fate) {
	case PACKET_PASSES:
		return NF_ACCEPT;
	case PACKET_HAS_NO_HOPS_LEFT:
		if (ipv4)
			icmp_send(skb, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
		else
			icmpv6_send(skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
		return NF_DROP;
	case PACKET_REACHES_NO_HOST:
		if (ipv4)
			icmp_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
		else
			icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
		return NF_DROP;
	case PACKET_IS_NOT_SPLIT:
		return leave_whole(skb);
	case PACKET_IS_HELD_BACK:
		consume_skb(skb);
		return NF_STOLEN;
	case PACKET_WAITS:
		skb_queue_tail(&gate->waiting, skb);
		return NF_STOLEN;
	default:
		return NF_DROP;
	}
}

struct packet_gate *packet_gate_open(bool ipv6, uint8_t protocol, uint16_t port,
				     enum packet_fate fate)
{
	struct packet_gate *gate = kzalloc(sizeof(*gate), GFP_KERNEL);

	if (!gate)
		return NULL;
	gate->net = get_net(current->nsproxy->net_ns);
	gate->protocol = protocol;
	gate->port = htons(port);
	gate->fate = fate;
	skb_queue_head_init(&gate->waiting);
	gate->hook = (struct nf_hook_ops){
		.hook = on_packet,
		.priv = gate,
		.pf = ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4,
		.hooknum = fate == PACKET_IS_HELD_BACK || fate == PACKET_WAITS ? NF_INET_LOCAL_OUT
									       : NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_LAST,
	};
	if (nf_register_net_hook(gate->net, &gate->hook)) {
		put_net(gate->net);
		kfree(gate);
		return NULL;
	}
	return gate;
}

uint32_t packet_gate_count(const struct packet_gate *gate)
{
	return atomic_read(&gate->count);
}

void packet_gate_lose(struct packet_gate *gate)
{
	skb_queue_purge(&gate->waiting);
}

void packet_gate_close(struct packet_gate *gate)
{
	nf_unregister_net_hook(gate->net, &gate->hook);
	synchronize_net(); /* packets may be in it */
	packet_gate_lose(gate);
	put_net(gate->net);
	kfree(gate);
}
