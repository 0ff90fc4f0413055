// SPDX-License-Identifier: MIT OR GPL-2.0
/* Reading, holding, passing on and refusing the packets of conditional accept. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rcupdate.h>
#include <linux/tcp.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "compat.h"
#include "linux/inspect.h"

/*
 * Behind every filter and every translation of addresses, so that what is shown is what TCP would
 * see; before connection tracking confirms the packet, which it shall do when it has passed.
 */
enum { PRIORITY = NF_IP_PRI_LAST - 1 };

const struct nf_hook_ops inspect_hooks[2] = {
	{
		.hook = inspect_hook,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = PRIORITY,
	},
	{
		.hook = inspect_hook,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = PRIORITY,
	},
};

static_assert(sizeof(struct inspect_ends) == 2 * sizeof(struct in6_addr) + 8);

static bool parse_ipv4(struct sk_buff *skb, struct inspect_segment *segment)
{
	const struct iphdr *header = ip_hdr(skb);

	if (header->protocol != IPPROTO_TCP)
		return false;
	ipv6_addr_set_v4mapped(header->daddr, &segment->ends.local);
	ipv6_addr_set_v4mapped(header->saddr, &segment->ends.remote);
	segment->device = inet_iif(skb);
	segment->slave = inet_sdif(skb);
	segment->offset = ip_hdrlen(skb);
	segment->whole = true;
	return true;
}

/* Whether there is more to it: a header may say that the packet is a fragment, and the only one. */
static bool has_other_fragments(struct sk_buff *skb)
{
	const struct frag_hdr *header;
	struct frag_hdr copy;
	unsigned int offset = 0;

	if (ipv6_find_hdr(skb, &offset, NEXTHDR_FRAGMENT, NULL, NULL) < 0)
		return true;
	header = skb_header_pointer(skb, offset, sizeof(copy), &copy);
	return !header || header->frag_off & htons(IP6_OFFSET | IP6_MF);
}

/* Fragments are put together behind the hook. A first one has all headers, or is dropped there. */
static bool parse_ipv6(struct sk_buff *skb, struct inspect_segment *segment)
{
	const struct ipv6hdr *header = ipv6_hdr(skb);
	unsigned short fragment_offset = 0;
	int flags = 0;

	if (ipv6_find_hdr(skb, &segment->offset, -1, &fragment_offset, &flags) != IPPROTO_TCP ||
	    fragment_offset)
		return false;
	segment->ends.local = header->daddr;
	segment->ends.remote = header->saddr;
	segment->device = inet6_iif(skb);
	segment->slave = inet6_sdif(skb);
	if (ipv6_addr_type(&header->saddr) & IPV6_ADDR_LINKLOCAL)
		segment->ends.scope = segment->device;
	segment->whole = !(flags & IP6_FH_F_FRAG) || !has_other_fragments(skb);
	return true;
}

bool inspect_parse(struct sk_buff *skb, u8 family, struct inspect_segment *segment)
{
	const struct tcphdr *header;
	struct tcphdr copy;

	/* Who steers packets to a socket by hand has seen them: that one gets no connection. */
	if (skb->pkt_type != PACKET_HOST || skb->sk)
		return false;
	memset(segment, 0, sizeof(*segment));
	if (!(family == NFPROTO_IPV4 ? parse_ipv4 : parse_ipv6)(skb, segment))
		return false;
	header = skb_header_pointer(skb, segment->offset, sizeof(copy), &copy);
	if (!header || header->doff * 4 < sizeof(copy) ||
	    segment->offset + header->doff * 4 > skb->len)
		return false;
	if (!header->rst && (!header->syn || header->ack || header->fin))
		return false;
	segment->ends.local_port = header->dest;
	segment->ends.remote_port = header->source;
	segment->sequence = ntohl(header->seq);
	segment->resets = header->rst;
	return true;
}

bool inspect_checksum_valid(struct sk_buff *skb, u8 family, const struct inspect_segment *segment)
{
	return !nf_checksum(skb, NF_INET_LOCAL_IN, segment->offset, IPPROTO_TCP, family);
}

struct sock *inspect_listener(struct net *net, const struct inspect_segment *segment)
{
	struct inet_hashinfo *table = net->ipv4.tcp_death_row.hashinfo;
	const struct inspect_ends *ends = &segment->ends;
	u16 port = ntohs(ends->local_port);

	if (ipv6_addr_v4mapped(&ends->local))
		return __inet_lookup_listener(net, table, NULL, 0, ends->remote.s6_addr32[3],
					      ends->remote_port, ends->local.s6_addr32[3], port,
					      segment->device, segment->slave);
	return inet6_lookup_listener(net, table, NULL, 0, &ends->remote, ends->remote_port,
				     &ends->local, port, segment->device, segment->slave);
}

bool inspect_known(struct net *net, const struct inspect_ends *ends, int device, int slave)
{
	struct inet_hashinfo *table = net->ipv4.tcp_death_row.hashinfo;
	u16 port = ntohs(ends->local_port);
	struct sock *sk;
	bool known;

	if (ipv6_addr_v4mapped(&ends->local))
		sk = __inet_lookup_established(net, table, ends->remote.s6_addr32[3],
					       ends->remote_port, ends->local.s6_addr32[3], port,
					       device, slave);
	else
		sk = __inet6_lookup_established(net, table, &ends->remote, ends->remote_port,
						&ends->local, port, device, slave);
	if (!sk)
		return false;
	/* A connection of the past gives way to a new one. */
	known = sk->sk_state != TCP_TIME_WAIT;
	sock_gen_put(sk);
	return known;
}

void inspect_connection(const struct sock *sk, struct inspect_ends *ends)
{
	const struct inet_sock *inet = inet_sk(sk);

	memset(ends, 0, sizeof(*ends));
	/* Not inet_num, which goes when a connection is reset. */
	ends->local_port = inet->inet_sport;
	ends->remote_port = inet->inet_dport;
	if (sk->sk_family == AF_INET || ipv6_addr_v4mapped(&sk->sk_v6_daddr)) {
		ipv6_addr_set_v4mapped(inet->inet_rcv_saddr, &ends->local);
		ipv6_addr_set_v4mapped(inet->inet_daddr, &ends->remote);
		return;
	}
	ends->local = sk->sk_v6_rcv_saddr;
	ends->remote = sk->sk_v6_daddr;
	if (ipv6_addr_type(&sk->sk_v6_daddr) & IPV6_ADDR_LINKLOCAL)
		ends->scope = sk->sk_bound_dev_if;
}

bool inspect_take(struct inspect_packet *packet, struct sk_buff *skb,
		  const struct nf_hook_state *state, const struct inspect_segment *segment)
{
	/* The route was found under RCU; the device is looked up again: it may go meanwhile. */
	if (!skb_dst_force(skb))
		return false;
	*packet = (struct inspect_packet){
		.skb = skb,
		.okfn = state->okfn,
		.device = state->in->ifindex,
		.offset = segment->offset,
		.family = state->pf,
	};
	return true;
}

/* Where in the list of hooks the one behind ours is; past the end when ours is gone. */
static unsigned int next_hook(const struct nf_hook_entries *entries)
{
	struct nf_hook_ops **ops = nf_hook_entries_get_hook_ops(entries);
	unsigned int i;

	for (i = 0; i < entries->num_hook_entries; i++)
		if (ops[i] >= inspect_hooks && ops[i] < inspect_hooks + ARRAY_SIZE(inspect_hooks))
			return i + 1;
	return i;
}

/* 1: the packet may go on. */
static int run_later_hooks(struct sk_buff *skb, struct nf_hook_state *state)
{
	const struct nf_hook_entries *entries =
		state->pf == NFPROTO_IPV4
			? rcu_dereference(state->net->nf.hooks_ipv4[NF_INET_LOCAL_IN])
			: rcu_dereference(state->net->nf.hooks_ipv6[NF_INET_LOCAL_IN]);

	return entries ? nf_hook_slow(skb, state, entries, next_hook(entries)) : 1;
}

/* The packet's device; without it the packet has nowhere to have come from, and is gone. */
static struct net_device *find_device(struct inspect_packet *packet, struct net *net)
{
	struct net_device *device = dev_get_by_index_rcu(net, packet->device);

	packet->skb->dev = device;
	if (!device)
		inspect_drop(packet);
	return device;
}

void inspect_let_in(struct inspect_packet *packet, struct net *net)
{
	struct nf_hook_state state;
	struct net_device *device;

	local_bh_disable();
	rcu_read_lock();
	device = find_device(packet, net);
	if (device) {
		nf_hook_state_init(&state, NF_INET_LOCAL_IN, packet->family, device, NULL, NULL,
				   net, packet->okfn);
		if (run_later_hooks(packet->skb, &state) == 1)
			packet->okfn(net, NULL, packet->skb);
		packet->skb = NULL;
	}
	rcu_read_unlock();
	local_bh_enable();
}

/* Makes the packet look as TCP wants a segment to. */
static bool strip_headers(struct inspect_packet *packet)
{
	struct sk_buff *skb = packet->skb;

	if (!pskb_may_pull(skb, packet->offset + sizeof(struct tcphdr)))
		return false;
	__skb_pull(skb, packet->offset);
	skb_reset_transport_header(skb);
	if (!pskb_may_pull(skb, tcp_hdrlen(skb)))
		return false;
	if (packet->family == NFPROTO_IPV4)
		memmove(&TCP_SKB_CB(skb)->header.h4, IPCB(skb), sizeof(struct inet_skb_parm));
	else
		memmove(&TCP_SKB_CB(skb)->header.h6, IP6CB(skb), sizeof(struct inet6_skb_parm));
	return true;
}

void inspect_refuse(struct inspect_packet *packet, struct net *net, struct sock *listener)
{
	const struct proto *protocol =
		packet->family == NFPROTO_IPV4 ? &tcp_prot : READ_ONCE(listener->sk_prot);

	local_bh_disable();
	rcu_read_lock();
	if (find_device(packet, net)) {
		if (strip_headers(packet))
			compat_send_reset(protocol->rsk_prot, packet->skb);
		inspect_drop(packet);
	}
	rcu_read_unlock();
	local_bh_enable();
}

void inspect_drop(struct inspect_packet *packet)
{
	kfree_skb(packet->skb);
	packet->skb = NULL;
}
