// SPDX-License-Identifier: MIT OR GPL-2.0
#include <linux/hashtable.h>
#include <linux/jhash.h>
#include <linux/slab.h>

#include "linux/known_routes.h"

struct known_route {
	struct hlist_node node;
	struct port_route route;
};

struct known_routes {
	DECLARE_HASHTABLE(table, 8);
	bool incomplete; /* for want of memory, while it was made */
};

static u32 hash(const struct port_route *route)
{
	return jhash(&route->destination, sizeof(route->destination), route->prefix_length);
}

static bool same(const struct port_route *a, const struct port_route *b)
{
	return a->id.index == b->id.index && a->prefix_length == b->prefix_length &&
	       a->metric == b->metric &&
	       !memcmp(&a->destination, &b->destination, sizeof(a->destination)) &&
	       !memcmp(&a->next_hop, &b->next_hop, sizeof(a->next_hop));
}

static struct known_route *find(struct known_routes *routes, const struct port_route *route)
{
	struct known_route *known;

	hash_for_each_possible(routes->table, known, node,
			       hash(route)) if (same(&known->route, route)) return known;
	return NULL;
}

static void forget(struct known_route *known)
{
	hash_del(&known->node);
	kfree(known);
}

void known_routes_note(struct known_routes *routes, const struct port_route *route, bool removed)
{
	struct known_route *known;

	if (route->destination.family != AF_INET)
		return;
	known = find(routes, route);
	if (removed && known)
		forget(known);
	if (removed || known)
		return;
	known = kmalloc(sizeof(*known), GFP_KERNEL);
	if (!known) {
		routes->incomplete = true;
		return;
	}
	known->route = *route;
	hash_add(routes->table, &known->node, hash(route));
}

void known_routes_lose(struct known_routes *routes, u32 index, bool down, route_each *each,
		       void *context)
{
	struct known_route *known;
	struct hlist_node *next;
	int bucket;

	hash_for_each_safe(routes->table, bucket, next, known, node)
	{
		struct port_route route = known->route;

		if (route.id.index != index || (down && route.local))
			continue;
		forget(known);
		each(context, &route);
	}
}

static void learn_route(void *context, const struct port_route *route)
{
	known_routes_note(context, route, false);
}

static void learn(void *context, const struct nlmsghdr *message)
{
	route_read(message, learn_route, context);
}

struct known_routes *known_routes_make(struct net *net)
{
	struct sk_buff *request = rtnetlink_request(RTM_GETROUTE, NLM_F_DUMP, sizeof(struct rtmsg));
	struct known_routes *routes = kzalloc(sizeof(*routes), GFP_KERNEL);

	if (!request || !routes)
		goto fail;
	hash_init(routes->table);
	((struct rtmsg *)rtnetlink_header(request))->rtm_family = AF_INET;
	if (!rtnetlink_ask(net, request, learn, routes) && !routes->incomplete)
		return routes;
	known_routes_free(routes);
	return NULL;
fail:
	nlmsg_free(request);
	kfree(routes);
	return NULL;
}

void known_routes_free(struct known_routes *routes)
{
	struct known_route *known;
	struct hlist_node *next;
	int bucket;

	if (!routes)
		return;
	hash_for_each_safe(routes->table, bucket, next, known, node) forget(known);
	kfree(routes);
}
