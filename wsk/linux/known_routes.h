/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * The IPv4 routes that a watch has seen. Linux does not send a message for those that it drops
 * because their interface goes down or away.
 */
#ifndef WSK_LINUX_KNOWN_ROUTES_H
#define WSK_LINUX_KNOWN_ROUTES_H

#include "linux/rtnl.h"

struct known_routes;

/* Those that there are; NULL when memory is short. */
struct known_routes *known_routes_make(struct net *net);
void known_routes_free(struct known_routes *routes);

/* What is told of a route. */
void known_routes_note(struct known_routes *routes, const struct port_route *route, bool removed);

/* Forgets those through an interface, but for the local ones if that is only down. */
void known_routes_lose(struct known_routes *routes, u32 index, bool down, route_each *each,
		       void *context);

#endif
