// SPDX-License-Identifier: MIT OR GPL-2.0
/* Neighbours of port/route.h. */
#include <linux/neighbour.h>

#include "linux/rtnl.h"
#include "port/route.h"

static enum port_neighbor_state state_of(u16 state)
{
	if (state & (NUD_PERMANENT | NUD_NOARP))
		return PORT_NEIGHBOR_PERMANENT;
	if (state & NUD_REACHABLE)
		return PORT_NEIGHBOR_REACHABLE;
	if (state & NUD_STALE)
		return PORT_NEIGHBOR_STALE;
	if (state & NUD_DELAY)
		return PORT_NEIGHBOR_DELAY;
	if (state & NUD_PROBE)
		return PORT_NEIGHBOR_PROBE;
	if (state & NUD_INCOMPLETE)
		return PORT_NEIGHBOR_INCOMPLETE;
	return PORT_NEIGHBOR_UNREACHABLE;
}

static void add_neighbor(void *context, const struct nlmsghdr *message)
{
	const struct ndmsg *header = nlmsg_data(message);
	struct nlattr *attributes[NDA_MAX + 1];
	struct rtnetlink_list *list = context;
	struct port_neighbor *row;

	if (message->nlmsg_type != RTM_NEWNEIGH || header->ndm_family != list->family ||
	    header->ndm_state == NUD_NONE || header->ndm_flags & NTF_PROXY ||
	    nlmsg_parse_deprecated(message, sizeof(*header), attributes, NDA_MAX, NULL, NULL) ||
	    !attributes[NDA_DST] ||
	    nla_len(attributes[NDA_DST]) < (list->family == AF_INET ? 4 : 16))
		return;
	row = rtnetlink_row(list, sizeof(*row));
	if (!row)
		return;
	*row = (struct port_neighbor){
		.id = {.index = header->ndm_ifindex,
		       .type = device_type_of(list->net, header->ndm_ifindex)},
		.state = state_of(header->ndm_state),
		.router = header->ndm_flags & NTF_ROUTER,
		.fixed = header->ndm_state & NUD_NOARP,
	};
	rtnetlink_set_address(&row->address, list->family, nla_data(attributes[NDA_DST]),
			      header->ndm_ifindex);
	if (attributes[NDA_LLADDR])
		row->link_address_length = nla_memcpy(row->link_address, attributes[NDA_LLADDR],
						      sizeof(row->link_address));
	if (attributes[NDA_CACHEINFO]) {
		const struct nda_cacheinfo *cache = nla_data(attributes[NDA_CACHEINFO]);

		row->confirmed_ms = cache->ndm_confirmed * (MSEC_PER_SEC / USER_HZ);
	}
}

int64_t port_neighbors(struct port_net *net, int family, struct port_neighbor *to, u32 room)
{
	struct rtnetlink_list list = {
		.net = (struct net *)net, .family = family, .to = to, .room = room};

	if (!port_family_exists(family))
		return 0;
	return rtnetlink_list(&list, RTM_GETNEIGH, sizeof(struct ndmsg), add_neighbor);
}

static int ask(struct port_net *net, int type, int flags, const struct port_neighbor *neighbor,
	       u16 state, u8 neighbor_flags)
{
	struct sk_buff *request = rtnetlink_request(type, flags, sizeof(struct ndmsg));
	struct ndmsg *header;
	int error;

	if (!request)
		return -ENOMEM;
	header = rtnetlink_header(request);
	header->ndm_family = neighbor->address.family;
	header->ndm_ifindex = neighbor->id.index;
	header->ndm_state = state;
	header->ndm_flags = neighbor_flags;
	error = rtnetlink_put_address(request, NDA_DST, &neighbor->address);
	if (!error && state == NUD_PERMANENT && neighbor->link_address_length)
		error = nla_put(request, NDA_LLADDR, neighbor->link_address_length,
				neighbor->link_address);
	if (error) {
		nlmsg_free(request);
		return error;
	}
	return rtnetlink_ask((struct net *)net, request, NULL, NULL);
}

int port_neighbor_add(struct port_net *net, const struct port_neighbor *neighbor, bool replace)
{
	return ask(net, RTM_NEWNEIGH, NLM_F_CREATE | (replace ? NLM_F_REPLACE : NLM_F_EXCL),
		   neighbor, NUD_PERMANENT, 0);
}

int port_neighbor_remove(struct port_net *net, const struct port_neighbor *neighbor)
{
	return ask(net, RTM_DELNEIGH, 0, neighbor, NUD_NONE, 0);
}

int port_neighbor_probe(struct port_net *net, const struct port_neighbor *neighbor)
{
	return ask(net, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, neighbor, NUD_NONE, NTF_USE);
}
