// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * kunit/redirect.h: an entry in netfilter's table of NAT. Where that is a module, the suites load
 * without it.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "redirect.h"

#if IS_BUILTIN(CONFIG_NF_NAT) && IS_BUILTIN(CONFIG_NF_CONNTRACK) && IS_ENABLED(CONFIG_IPV6)
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_nat.h>

struct redirect {
	struct net *net;
	struct nf_hook_ops hook;
	__be16 from, to;
};

static unsigned int on_first_packet(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	const struct redirect *redirect = priv;
	enum ip_conntrack_info info;
	struct nf_conn *connection = nf_ct_get(skb, &info);
	const struct nf_conntrack_tuple *tuple;
	struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED,
		.min_proto.all = redirect->to,
		.max_proto.all = redirect->to,
	};

	if (!connection)
		return NF_ACCEPT;
	tuple = &connection->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	if (tuple->dst.protonum != IPPROTO_TCP || tuple->dst.u.tcp.port != redirect->from)
		return NF_ACCEPT;
	range.min_addr = range.max_addr = tuple->dst.u3;
	return nf_nat_setup_info(connection, &range, NF_NAT_MANIP_DST);
}

static int enter(struct redirect *redirect)
{
	if (redirect->hook.pf == NFPROTO_IPV4)
		return nf_nat_ipv4_register_fn(redirect->net, &redirect->hook);
	return nf_nat_ipv6_register_fn(redirect->net, &redirect->hook);
}

static void leave(struct redirect *redirect)
{
	if (redirect->hook.pf == NFPROTO_IPV4)
		nf_nat_ipv4_unregister_fn(redirect->net, &redirect->hook);
	else
		nf_nat_ipv6_unregister_fn(redirect->net, &redirect->hook);
}

struct redirect *redirect_begin(bool ipv6, uint16_t from, uint16_t to)
{
	struct redirect *redirect = kzalloc(sizeof(*redirect), GFP_KERNEL);

	if (!redirect)
		return NULL;
	redirect->net = get_net(current->nsproxy->net_ns);
	redirect->from = htons(from);
	redirect->to = htons(to);
	redirect->hook = (struct nf_hook_ops){
		.hook = on_first_packet,
		.priv = redirect,
		.pf = ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_NAT_DST,
	};
	/* Connections are tracked where somebody asks for it. */
	if (nf_ct_netns_get(redirect->net, redirect->hook.pf))
		goto out_put;
	if (!enter(redirect))
		return redirect;
	nf_ct_netns_put(redirect->net, redirect->hook.pf);
out_put:
	put_net(redirect->net);
	kfree(redirect);
	return NULL;
}

void redirect_end(struct redirect *redirect)
{
	leave(redirect);
	nf_ct_netns_put(redirect->net, redirect->hook.pf);
	put_net(redirect->net);
	kfree(redirect);
}
#else
struct redirect *redirect_begin(bool ipv6, uint16_t from, uint16_t to)
{
	return NULL;
}

void redirect_end(struct redirect *redirect) {}
#endif
