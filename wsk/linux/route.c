// SPDX-License-Identifier: MIT OR GPL-2.0
/* Routes of port/route.h. */
#include <net/rtnh.h>

#include "linux/rtnl.h"
#include "port/route.h"

static enum port_route_protocol protocol_of(u8 protocol)
{
	switch (protocol) {
	case RTPROT_KERNEL:
		return PORT_ROUTE_KERNEL;
	case RTPROT_BOOT:
	case RTPROT_STATIC:
		return PORT_ROUTE_STATIC;
	case RTPROT_REDIRECT:
		return PORT_ROUTE_REDIRECT;
	case RTPROT_RA:
		return PORT_ROUTE_ADVERTISED;
	case RTPROT_DHCP:
		return PORT_ROUTE_DHCP;
	case RTPROT_RIP:
		return PORT_ROUTE_RIP;
	case RTPROT_ISIS:
		return PORT_ROUTE_ISIS;
	case RTPROT_OSPF:
		return PORT_ROUTE_OSPF;
	case RTPROT_BGP:
		return PORT_ROUTE_BGP;
	case RTPROT_EIGRP:
		return PORT_ROUTE_EIGRP;
	default:
		return PORT_ROUTE_OTHER;
	}
}

static void set_next_hop(struct port_route *route, const struct nlattr *gateway,
			 const struct nlattr *via)
{
	int family = route->destination.family;

	if (gateway && nla_len(gateway) >= (family == AF_INET ? 4 : 16)) {
		rtnetlink_set_address(&route->next_hop, family, nla_data(gateway), route->id.index);
	} else if (via && nla_len(via) >= sizeof(struct rtvia) + 16) {
		/* IPv4 by way of an IPv6 neighbour */
		const struct rtvia *neighbor = nla_data(via);

		rtnetlink_set_address(&route->next_hop, AF_INET6, neighbor->rtvia_addr,
				      route->id.index);
	} else {
		route->next_hop = (struct port_address){.family = family};
	}
}

static void read_hops(struct port_route *route, const struct nlattr *multipath, route_each *each,
		      void *context)
{
	const struct rtnexthop *hop = nla_data(multipath);
	int remaining = nla_len(multipath);

	for (; rtnh_ok(hop, remaining); hop = rtnh_next(hop, &remaining)) {
		const struct nlattr *attributes = rtnh_attrs(hop);
		int length = rtnh_attrlen(hop);

		route->id.index = hop->rtnh_ifindex;
		set_next_hop(route, nla_find(attributes, length, RTA_GATEWAY),
			     nla_find(attributes, length, RTA_VIA));
		each(context, route);
	}
}

static void read_route(const struct nlmsghdr *message, route_each *each, void *context)
{
	const struct rtmsg *header = nlmsg_data(message);
	struct nlattr *attributes[RTA_MAX + 1];
	struct port_route route = {
		.prefix_length = header->rtm_dst_len,
		.local = header->rtm_type == RTN_LOCAL,
		.protocol = protocol_of(header->rtm_protocol),
		.valid_seconds = PORT_FOREVER,
	};

	if (nlmsg_parse_deprecated(message, sizeof(*header), attributes, RTA_MAX, NULL, NULL))
		return;
	rtnetlink_get_address(&route.destination, header->rtm_family, attributes[RTA_DST]);
	if (attributes[RTA_PRIORITY])
		route.metric = nla_get_u32(attributes[RTA_PRIORITY]);
	if (attributes[RTA_CACHEINFO]) {
		const struct rta_cacheinfo *cache = nla_data(attributes[RTA_CACHEINFO]);

		if (cache->rta_expires)
			route.valid_seconds = max_t(s32, cache->rta_expires, 0) / USER_HZ;
	}
	if (attributes[RTA_MULTIPATH]) {
		read_hops(&route, attributes[RTA_MULTIPATH], each, context);
	} else if (attributes[RTA_OIF]) {
		route.id.index = nla_get_u32(attributes[RTA_OIF]);
		set_next_hop(&route, attributes[RTA_GATEWAY], attributes[RTA_VIA]);
		each(context, &route);
	}
}

static bool is_ip(const struct nlmsghdr *message)
{
	const struct rtmsg *header = nlmsg_data(message);

	return (message->nlmsg_type == RTM_NEWROUTE || message->nlmsg_type == RTM_DELROUTE) &&
	       nlmsg_len(message) >= sizeof(*header) &&
	       (header->rtm_family == AF_INET || header->rtm_family == AF_INET6);
}

/* Tables that policy rules lead to are no part of what a host routes by as a rule. */
static bool is_shown(const struct nlmsghdr *message)
{
	const struct rtmsg *header = nlmsg_data(message);
	const struct nlattr *table = nlmsg_find_attr(message, sizeof(*header), RTA_TABLE);
	u32 number = table ? nla_get_u32(table) : header->rtm_table;

	if (header->rtm_flags & RTM_F_CLONED)
		return false;
	if (number != RT_TABLE_MAIN && number != RT_TABLE_LOCAL)
		return false;
	return header->rtm_type >= RTN_UNICAST && header->rtm_type <= RTN_MULTICAST;
}

void route_read(const struct nlmsghdr *message, route_each *each, void *context)
{
	if (is_ip(message) && is_shown(message))
		read_route(message, each, context);
}

static void add_route(void *context, const struct port_route *route)
{
	struct rtnetlink_list *list = context;
	struct port_route *row;

	if (route->destination.family != list->family)
		return;
	row = rtnetlink_row(list, sizeof(*row));
	if (!row)
		return;
	*row = *route;
	row->id.type = device_type_of(list->net, row->id.index);
}

static void add_routes(void *context, const struct nlmsghdr *message)
{
	route_read(message, add_route, context);
}

int64_t port_routes(struct port_net *net, int family, struct port_route *to, u32 room)
{
	struct rtnetlink_list list = {
		.net = (struct net *)net, .family = family, .to = to, .room = room};

	if (!port_family_exists(family))
		return 0;
	return rtnetlink_list(&list, RTM_GETROUTE, sizeof(struct rtmsg), add_routes);
}

/* What a packet does, and then the entry of the table that it does it by. */
struct search {
	bool used_found;
	bool found;
	struct port_route used;
	struct port_route best;
	struct port_address source;
};

static void take_used(void *context, const struct port_route *route)
{
	struct search *search = context;

	search->used = *route;
	search->used_found = true;
}

static void take_use(void *context, const struct nlmsghdr *message)
{
	struct search *search = context;
	const struct rtmsg *header = nlmsg_data(message);

	if (!is_ip(message))
		return;
	read_route(message, take_used, search);
	rtnetlink_get_address(&search->source, header->rtm_family,
			      nlmsg_find_attr(message, sizeof(struct rtmsg), RTA_PREFSRC)
				      ?: nlmsg_find_attr(message, sizeof(struct rtmsg), RTA_SRC));
}

static void take_entry(void *context, const struct port_route *route)
{
	struct search *search = context;
	bool same = route->id.index == search->used.id.index &&
		    !memcmp(&route->next_hop, &search->used.next_hop, sizeof(route->next_hop));

	if (!search->found || same)
		search->best = *route;
	search->found = true;
}

static void take_entries(void *context, const struct nlmsghdr *message)
{
	if (is_ip(message))
		read_route(message, take_entry, context);
}

static int find(struct net *net, u32 index, const struct port_address *source,
		const struct port_address *destination, u32 flags, rtnetlink_answer *take,
		struct search *search)
{
	struct sk_buff *request = rtnetlink_request(RTM_GETROUTE, 0, sizeof(struct rtmsg));
	int bits = destination->family == AF_INET ? 32 : 128;
	struct rtmsg *header;
	int error = 0;

	if (!request)
		return -ENOMEM;
	header = rtnetlink_header(request);
	header->rtm_family = destination->family;
	header->rtm_dst_len = bits;
	header->rtm_flags = flags;
	error = rtnetlink_put_address(request, RTA_DST, destination);
	if (!error && source->family) {
		header->rtm_src_len = bits;
		error = rtnetlink_put_address(request, RTA_SRC, source);
	}
	if (!error && index)
		error = nla_put_u32(request, RTA_OIF, index);
	if (error) {
		nlmsg_free(request);
		return error;
	}
	return rtnetlink_ask(net, request, take, search);
}

int port_route_find(struct port_net *net, u32 index, const struct port_address *source,
		    const struct port_address *destination, struct port_route *route,
		    struct port_address *best_source)
{
	static const struct port_address any;
	struct search search = {};
	int error;

	*best_source = *source;
	/* Linux' IPv6 does not insist on the interface when it is given a source, too. */
	if (index && destination->family == AF_INET6)
		source = &any;
	error = find((struct net *)net, index, source, destination, 0, take_use, &search);
	if (!error)
		error = find((struct net *)net, index, source, destination, RTM_F_FIB_MATCH,
			     take_entries, &search);
	if (error)
		return error;
	if (!search.used_found || !search.found)
		return -ENETUNREACH;
	*route = search.best;
	route->id.type = device_type_of((struct net *)net, route->id.index);
	if (!best_source->family)
		*best_source = search.source;
	return 0;
}

static bool is_zero(const struct port_address *address)
{
	return !memchr_inv(address->rest, 0, sizeof(address->rest));
}

static int put(struct sk_buff *request, const struct port_route *route)
{
	struct rtmsg *header = rtnetlink_header(request);
	bool direct = is_zero(&route->next_hop);
	int error;

	header->rtm_family = route->destination.family;
	header->rtm_dst_len = route->prefix_length;
	header->rtm_table = RT_TABLE_MAIN;
	header->rtm_type = RTN_UNICAST;
	header->rtm_protocol = RTPROT_STATIC;
	header->rtm_scope =
		direct && route->destination.family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
	error = rtnetlink_put_address(request, RTA_DST, &route->destination);
	if (!error && !direct)
		error = rtnetlink_put_address(request, RTA_GATEWAY, &route->next_hop);
	if (!error && route->metric)
		error = nla_put_u32(request, RTA_PRIORITY, route->metric);
	return error ?: nla_put_u32(request, RTA_OIF, route->id.index);
}

static int ask(struct port_net *net, int type, int flags, const struct port_route *route)
{
	struct sk_buff *request = rtnetlink_request(type, flags, sizeof(struct rtmsg));
	struct rtmsg *header;
	int error = request ? put(request, route) : -ENOMEM;

	if (error) {
		nlmsg_free(request);
		return error;
	}
	if (type == RTM_DELROUTE) { /* whatever they are */
		header = rtnetlink_header(request);
		header->rtm_scope = RT_SCOPE_NOWHERE;
		header->rtm_protocol = RTPROT_UNSPEC;
		header->rtm_type = RTN_UNSPEC;
	}
	return rtnetlink_ask((struct net *)net, request, NULL, NULL);
}

int port_route_add(struct port_net *net, const struct port_route *route)
{
	return ask(net, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route);
}

int port_route_remove(struct port_net *net, const struct port_route *route)
{
	return ask(net, RTM_DELROUTE, 0, route);
}
