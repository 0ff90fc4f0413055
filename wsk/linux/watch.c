// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * port/watch.h, over what rtnetlink sends to its groups: whole rows, in their order, and some that
 * no notifier tells (an address has been checked for duplicates).
 *
 * Each watch has a socket, which does not hold its namespace: it is released with the watch or when
 * the namespace ends, whichever is first.
 */
#include <linux/if_addr.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/sock.h>

#include "linux/known_routes.h"
#include "linux/linux.h"
#include "port/log.h"
#include "port/watch.h"

struct port_watch {
	struct list_head link; /* into its namespace's, with `watches_lock` */
	struct mutex lock;     /* guards the socket against its end */
	struct socket *socket; /* NULL: the namespace has ended */
	struct net *net;
	enum port_news_kind kind;
	struct xarray types;	     /* of interfaces by index: also of one that is gone */
	struct known_routes *routes; /* where routes are watched */
	bool open;		     /* it may tell, and be closed; with `watches_lock` */
	bool begun;
	bool lost;
	void *owner;
	port_watch_tell *tell;
	void *buffer;
	void (*data_ready)(struct sock *sk);
	struct work_struct work;
	struct task_struct *teller;
	bool closed; /* by what it tells: it frees itself */
};

static DEFINE_MUTEX(watches_lock);
static unsigned int watches_id;
static struct workqueue_struct *tellers;

static u32 groups_of(enum port_news_kind kind)
{
	u32 groups = BIT(RTNLGRP_LINK - 1);

	if (kind == PORT_NEWS_ADDRESS)
		groups |= BIT(RTNLGRP_IPV4_IFADDR - 1) | BIT(RTNLGRP_IPV6_IFADDR - 1);
	if (kind == PORT_NEWS_ROUTE)
		groups |= BIT(RTNLGRP_IPV4_ROUTE - 1) | BIT(RTNLGRP_IPV6_ROUTE - 1);
	return groups;
}

static u16 type_of(struct port_watch *watch, u32 index)
{
	void *type = xa_load(&watch->types, index);

	return type ? xa_to_value(type) : device_type(ARPHRD_VOID);
}

static void tell(struct port_watch *watch, struct port_news *news)
{
	if (watch->closed)
		return;
	news->id.type = type_of(watch, news->id.index);
	watch->tell(watch->owner, news);
}

struct route_news {
	struct port_watch *watch;
	enum port_news_change change;
};

static void tell_route(void *context, const struct port_route *route)
{
	const struct route_news *how = context;
	struct port_news news = {
		.kind = PORT_NEWS_ROUTE,
		.change = how->change,
		.id = route->id,
		.route = *route,
	};

	tell(how->watch, &news);
}

static void read_route(void *context, const struct port_route *route)
{
	const struct route_news *how = context;

	known_routes_note(how->watch->routes, route, how->change == PORT_NEWS_REMOVED);
	tell_route(context, route);
}

static void lose_routes(struct port_watch *watch, const struct ifinfomsg *header, bool gone)
{
	struct route_news lost = {.watch = watch, .change = PORT_NEWS_REMOVED};

	if (watch->routes && (gone || !(header->ifi_flags & IFF_UP)))
		known_routes_lose(watch->routes, header->ifi_index, !gone, tell_route, &lost);
}

static void tell_interface(struct port_watch *watch, const struct nlmsghdr *message)
{
	const struct ifinfomsg *header = nlmsg_data(message);
	bool gone = message->nlmsg_type == RTM_DELLINK;
	struct port_news news = {
		.kind = PORT_NEWS_INTERFACE,
		.change = gone			      ? PORT_NEWS_REMOVED
			  : header->ifi_change == ~0u ? PORT_NEWS_ADDED
						      : PORT_NEWS_CHANGED,
		.id = {.index = header->ifi_index},
	};

	/* Others tell of a bridge's ports. */
	if (nlmsg_len(message) < sizeof(*header) || header->ifi_family != AF_UNSPEC)
		return;
	xa_store(&watch->types, header->ifi_index, xa_mk_value(device_type(header->ifi_type)),
		 GFP_KERNEL);
	if (watch->kind == PORT_NEWS_INTERFACE)
		tell(watch, &news);
	lose_routes(watch, header, gone);
	if (gone)
		xa_erase(&watch->types, header->ifi_index);
}

static void tell_address(struct port_watch *watch, const struct nlmsghdr *message)
{
	const struct ifaddrmsg *header = nlmsg_data(message);
	const struct ifa_cacheinfo *times = NULL;
	struct nlattr *attributes[IFA_MAX + 1], *address;
	struct port_news news = {.kind = PORT_NEWS_ADDRESS};

	if (nlmsg_parse_deprecated(message, sizeof(*header), attributes, IFA_MAX, NULL, NULL))
		return;
	address = attributes[IFA_LOCAL] ?: attributes[IFA_ADDRESS];
	if ((header->ifa_family != AF_INET && header->ifa_family != AF_INET6) || !address ||
	    nla_len(address) < (header->ifa_family == AF_INET ? 4 : 16))
		return;
	if (attributes[IFA_CACHEINFO])
		times = nla_data(attributes[IFA_CACHEINFO]);
	news.change = message->nlmsg_type == RTM_DELADDR	 ? PORT_NEWS_REMOVED
		      : !times || times->cstamp == times->tstamp ? PORT_NEWS_ADDED
								 : PORT_NEWS_CHANGED;
	news.id.index = header->ifa_index;
	rtnetlink_set_address(&news.address.address, header->ifa_family, nla_data(address),
			      header->ifa_index);
	news.address.prefix_length = header->ifa_prefixlen;
	tell(watch, &news);
}

static void read_message(void *context, const struct nlmsghdr *message)
{
	struct port_watch *watch = context;
	struct route_news route = {
		.watch = watch,
		.change = message->nlmsg_type == RTM_DELROUTE	 ? PORT_NEWS_REMOVED
			  : message->nlmsg_flags & NLM_F_REPLACE ? PORT_NEWS_CHANGED
								 : PORT_NEWS_ADDED,
	};

	switch (message->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		tell_interface(watch, message);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		tell_address(watch, message);
		break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		route_read(message, read_route, &route);
		break;
	}
}

/* The next of the kernel's own messages: its length, 0 when there is none. */
static int receive(struct port_watch *watch)
{
	bool truncated, foreign;
	int length;

	mutex_lock(&watch->lock);
	do {
		struct kvec part = {.iov_base = watch->buffer, .iov_len = RTNETLINK_BUFFER};
		struct sockaddr_nl from = {};
		struct msghdr msg = {.msg_name = &from};

		length = watch->socket ? kernel_recvmsg(watch->socket, &msg, &part, 1, part.iov_len,
							MSG_DONTWAIT)
				       : 0;
		truncated = length > 0 && msg.msg_flags & MSG_TRUNC;
		foreign = length > 0 && from.nl_pid;
		if (length == -ENOBUFS || (truncated && !foreign))
			watch->lost = true;
	} while (length == -ENOBUFS || truncated || foreign);
	mutex_unlock(&watch->lock);
	return max(length, 0);
}

static int learn_types(struct port_watch *watch)
{
	const struct net_device *device;
	int error = 0;

	rtnl_lock();
	for_each_netdev (watch->net, device) {
		error = xa_err(xa_store(&watch->types, device->ifindex,
					xa_mk_value(device_type(device->type)), GFP_KERNEL));
		if (error)
			break;
	}
	rtnl_unlock();
	return error;
}

/* What is there now; what changes from now on is told. */
static int learn(struct port_watch *watch)
{
	struct known_routes *routes;

	if (watch->kind == PORT_NEWS_ROUTE) {
		routes = known_routes_make(watch->net);
		if (!routes)
			return -ENOMEM;
		known_routes_free(watch->routes);
		watch->routes = routes;
	}
	return learn_types(watch);
}

/* All that has come was told. What comes shall be understood, and nobody wait for ever. */
static void make_up(struct port_watch *watch)
{
	struct port_news news = {.kind = watch->kind, .change = PORT_NEWS_LOST};
	struct net *net = (struct net *)port_watch_net(watch);

	if (!net)
		return;
	watch->lost = learn(watch); /* else once more with the next news */
	put_net(net);
	port_logf(PORT_LOG_WARNING, "news of interfaces, addresses or routes were lost\n");
	watch->tell(watch->owner, &news);
}

static void tell_all(struct port_watch *watch)
{
	int length, result;

	if (!watch->begun) {
		watch->begun = true;
		watch->tell(watch->owner, NULL);
	}
	while (!watch->closed && (length = receive(watch)))
		rtnetlink_read(watch->buffer, length, read_message, watch, &result);
	if (watch->lost && !watch->closed)
		make_up(watch);
}

static void destroy(struct port_watch *watch)
{
	known_routes_free(watch->routes);
	xa_destroy(&watch->types);
	kfree(watch->buffer);
	kfree(watch);
}

static void run(struct work_struct *work)
{
	struct port_watch *watch = container_of(work, struct port_watch, work);
	bool open;

	mutex_lock(&watches_lock);
	open = watch->open;
	mutex_unlock(&watches_lock);
	if (!open)
		return;
	WRITE_ONCE(watch->teller, current);
	tell_all(watch);
	WRITE_ONCE(watch->teller, NULL);
	if (!watch->closed)
		return;
	/* What came before it was closed may have queued it again; now nobody does. */
	cancel_work(&watch->work);
	destroy(watch);
}

static void on_data(struct sock *sk)
{
	struct port_watch *watch;

	rcu_read_lock();
	watch = rcu_dereference_sk_user_data(sk);
	if (watch)
		queue_work(tellers, &watch->work);
	rcu_read_unlock();
}

static void release_socket(struct port_watch *watch)
{
	struct socket *socket;

	mutex_lock(&watch->lock);
	socket = watch->socket;
	watch->socket = NULL;
	mutex_unlock(&watch->lock);
	if (!socket)
		return;
	socket->sk->sk_data_ready = watch->data_ready;
	rcu_assign_sk_user_data(socket->sk, NULL);
	sock_release(socket);
	synchronize_rcu();
}

static int open_socket(struct port_watch *watch)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups_of(watch->kind)};
	struct sock *sk;
	int error;

	error = sock_create_kern(watch->net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &watch->socket);
	if (error)
		return error;
	sk = watch->socket->sk;
	WRITE_ONCE(sk->sk_rcvbuf, 1 << 20);
	rcu_assign_sk_user_data(sk, watch);
	watch->data_ready = sk->sk_data_ready;
	sk->sk_data_ready = on_data;
	error = kernel_bind(watch->socket, (struct sockaddr *)&address, sizeof(address));
	if (error)
		release_socket(watch);
	return error;
}

static struct port_watch *make(struct port_net *net, enum port_news_kind kind, void *owner,
			       port_watch_tell *tell)
{
	struct port_watch *watch = kzalloc(sizeof(*watch), GFP_KERNEL);

	if (!watch)
		return NULL;
	watch->buffer = kmalloc(RTNETLINK_BUFFER, GFP_KERNEL);
	if (!watch->buffer) {
		kfree(watch);
		return NULL;
	}
	watch->net = (struct net *)net;
	watch->kind = kind;
	watch->owner = owner;
	watch->tell = tell;
	mutex_init(&watch->lock);
	xa_init(&watch->types);
	INIT_WORK(&watch->work, run);
	return watch;
}

int port_watch_open(struct port_net *net, enum port_news_kind kind, void *owner,
		    port_watch_tell *tell, struct port_watch **opened)
{
	struct port_watch *watch = make(net, kind, owner, tell);
	int error;

	if (!watch)
		return -ENOMEM;
	error = open_socket(watch);
	if (!error)
		error = learn(watch);
	if (error) {
		release_socket(watch);
		cancel_work_sync(&watch->work);
		destroy(watch);
		return error;
	}
	*opened = watch;
	/* Once it is open, what it tells may close it. */
	mutex_lock(&watches_lock);
	list_add_tail(&watch->link, net_generic(watch->net, watches_id));
	watch->open = true;
	queue_work(tellers, &watch->work);
	mutex_unlock(&watches_lock);
	return 0;
}

void port_watch_close(struct port_watch *watch)
{
	mutex_lock(&watches_lock);
	list_del_init(&watch->link);
	mutex_unlock(&watches_lock);
	release_socket(watch);
	if (READ_ONCE(watch->teller) == current) {
		watch->closed = true;
		return;
	}
	cancel_work_sync(&watch->work);
	destroy(watch);
}

struct port_net *port_watch_net(struct port_watch *watch)
{
	struct net *net = NULL;

	mutex_lock(&watch->lock);
	if (watch->socket)
		net = maybe_get_net(watch->net);
	mutex_unlock(&watch->lock);
	return (struct port_net *)net;
}

static int begin_net(struct net *net)
{
	INIT_LIST_HEAD(net_generic(net, watches_id));
	return 0;
}

static void end_net(struct net *net)
{
	struct list_head *watches = net_generic(net, watches_id);
	struct port_watch *watch;

	mutex_lock(&watches_lock);
	while ((watch = list_first_entry_or_null(watches, struct port_watch, link))) {
		list_del_init(&watch->link);
		release_socket(watch);
	}
	mutex_unlock(&watches_lock);
}

static struct pernet_operations operations = {
	.init = begin_net,
	.pre_exit = end_net,
	.id = &watches_id,
	.size = sizeof(struct list_head),
};

int port_watch_init(void)
{
	int error;

	tellers = alloc_workqueue("wsk_news", WQ_UNBOUND, 0);
	if (!tellers)
		return -ENOMEM;
	error = register_pernet_subsys(&operations);
	if (error)
		destroy_workqueue(tellers);
	return error;
}

void port_watch_exit(void)
{
	unregister_pernet_subsys(&operations);
	destroy_workqueue(tellers);
}
