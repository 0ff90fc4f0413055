/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* News of a network namespace: interfaces, addresses and routes that come, change and go. */
#ifndef WSK_PORT_WATCH_H
#define WSK_PORT_WATCH_H

#include "port/route.h"

PORT_BEGIN

enum port_news_kind { PORT_NEWS_INTERFACE, PORT_NEWS_ADDRESS, PORT_NEWS_ROUTE };
enum port_news_change {
	PORT_NEWS_ADDED,
	PORT_NEWS_CHANGED,
	PORT_NEWS_REMOVED,
	PORT_NEWS_LOST, /* any number of changes, of which no more is known */
};

struct port_news {
	enum port_news_kind kind;
	enum port_news_change change;
	struct port_interface_id id;
	union {
		struct port_interface_address address;
		struct port_route route;
	};
};

struct port_watch;

/*
 * Called in a work item that may sleep, one piece of news at a time and in their order; first of
 * all once with NULL. The watch may be closed in it.
 */
typedef void port_watch_tell(void *owner, const struct port_news *news);

/*
 * Begins to watch. The namespace is not kept: when it ends, there is no more news. Called for each
 * watch, whether anything happens or not. Sleeps; -ENOMEM and others.
 */
PORT_MUST_CHECK int port_watch_open(struct port_net *net, enum port_news_kind kind, void *owner,
				    port_watch_tell *tell, struct port_watch **opened);

/* Tells nothing any more when this has returned, save what is telling this very thread. Sleeps. */
void port_watch_close(struct port_watch *watch);

/* A reference to the namespace; NULL when it has ended. */
struct port_net *port_watch_net(struct port_watch *watch);

PORT_END

#endif
