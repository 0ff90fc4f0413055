/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Linux' tables by its own protocol for them, as ip(8) uses it: what changes addresses, routes and
 * neighbours is exported by no function, and neither is a list of routes.
 */
#ifndef WSK_LINUX_RTNL_H
#define WSK_LINUX_RTNL_H

#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/socket.h>
#include <net/netlink.h>

#include "port/watch.h"

typedef void rtnetlink_answer(void *context, const struct nlmsghdr *message);

/* The biggest part of a list that the kernel sends at once, and more. */
enum { RTNETLINK_BUFFER = 32768 };

/*
 * A request with a header of so many bytes behind nlmsghdr, zeroed; attributes follow with
 * nla_put(). NULL when memory is short. Whoever sends it, frees it.
 */
struct sk_buff *rtnetlink_request(int type, int flags, size_t header);

static inline void *rtnetlink_header(const struct sk_buff *request)
{
	return nlmsg_data(nlmsg_hdr(request));
}

/*
 * Sends the request, with the kernel's rights where it changes something, and calls answer() for
 * each message that comes back but the last, which is the result: 0 or -errno. Frees the request.
 */
int rtnetlink_ask(struct net *net, struct sk_buff *request, rtnetlink_answer *answer,
		  void *context);

/* Calls answer() for all messages in a received buffer, until it has read the last of an answer. */
bool rtnetlink_read(const void *data, int length, rtnetlink_answer *answer, void *context,
		    int *result);

int rtnetlink_put_address(struct sk_buff *request, int attribute,
			  const struct port_address *address);
void rtnetlink_get_address(struct port_address *to, int family, const struct nlattr *from);
/* With the scope that link-local ones have. */
void rtnetlink_set_address(struct port_address *to, int family, const void *from, u32 index);

/* A list that a client wants, filled in as far as there is room. */
struct rtnetlink_list {
	struct net *net;
	int family;
	void *to;
	u32 room;
	u32 count;
};

/* The next row of so many bytes, or NULL: counted all the same. */
static inline void *rtnetlink_row(struct rtnetlink_list *list, size_t size)
{
	return list->count++ < list->room ? list->to + (list->count - 1) * size : NULL;
}

/* A list by a request without attributes; its length, or -errno. */
int64_t rtnetlink_list(struct rtnetlink_list *list, int type, size_t header,
		       rtnetlink_answer *answer);

/* net_device.c: IANA's number for ARPHRD_…, and what an index is; 1 (other) when nothing. */
u16 device_type(unsigned short hardware);
u16 device_type_of(struct net *net, u32 index);

/* route.c: calls each() for each next hop, where it is a route that is to be seen. */
typedef void route_each(void *context, const struct port_route *route);
void route_read(const struct nlmsghdr *message, route_each *each, void *context);

#endif
