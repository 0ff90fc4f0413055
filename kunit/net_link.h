/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* A wire between two network namespaces, and somebody who looks at what comes along it. */
#ifndef KUNIT_NET_LINK_H
#define KUNIT_NET_LINK_H

#include "net_space.h"
#include "port/types.h"

PORT_BEGIN

/*
 * An interface in each, which are each other's peer: 10.88.0.1/24 and fd88::1/64 in the first, …2
 * in the second. False where that cannot be made. It goes with the namespaces.
 */
PORT_MUST_CHECK bool net_link_make(struct net_space *first, struct net_space *second);

/* The index of the namespace's end. */
uint32_t net_link_index(struct net_space *space);

/* While the wire is cut there, nothing arrives in the namespace. */
void net_link_cut(struct net_space *space, bool cut);

/* What has come in from a TCP or UDP port, whatever became of it. */
struct net_watch_seen {
	uint32_t packets;
	uint32_t empty;	   /* TCP segments without data */
	uint32_t ends;	   /* with a FIN */
	uint32_t resets;   /* with a RST */
	uint32_t priority; /* the last one's, where it has not left the machine */
};

struct net_watch;

/* Looks at a namespace, or (NULL) the first one; NULL on failure. */
struct net_watch *net_watch_begin(struct net_space *space, uint16_t port);
void net_watch_look(struct net_watch *watch, struct net_watch_seen *seen);
void net_watch_end(struct net_watch *watch);

PORT_END

#endif
