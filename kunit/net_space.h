/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Network namespaces, and tasks that are no kernel threads, for the suites that need more than the
 * one that they run in.
 */
#ifndef KUNIT_NET_SPACE_H
#define KUNIT_NET_SPACE_H

#include "port/types.h"

PORT_BEGIN

struct net_space;

/* A namespace whose loopback is up; NULL where none can be made. */
struct net_space *net_space_make(void);

/* Calls run(context) on this thread, with the namespace as its current one. */
void net_space_run(struct net_space *space, void (*run)(void *context), void *context);

/* As Linux has it, while it is held. */
struct net;
struct net *net_space_net(struct net_space *space);

/* Whoever listens there from now on has no room for a second connection that nobody accepts. */
void net_space_shorten_queues(struct net_space *space);

/* Gives it up: Linux takes it down once nobody else holds it. */
void net_space_drop(struct net_space *space);

/* Waits until all that were given up have been taken down; false when that does not happen. */
PORT_MUST_CHECK bool net_space_settle(void);

/*
 * Runs run(context) in a process of its own, in the namespace or (NULL) the caller's, as that user
 * and without capabilities unless it is 0. Goes on at once; join exactly once. NULL on failure.
 */
struct net_process;
struct net_process *net_process_start(struct net_space *space, uint32_t user,
				      void (*run)(void *context), void *context);
void net_process_join(struct net_process *process);

PORT_END

#endif
