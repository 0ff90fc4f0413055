/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Whose a socket is: which network namespace it is made in, and whose rights it binds with. Nothing
 * here sleeps unless it says so, and everything else is callable in softirq.
 */
#ifndef WSK_PORT_OWNER_H
#define WSK_PORT_OWNER_H

#include "port/process.h"
#include "port/thread.h"
#include "port/types.h"

PORT_BEGIN

struct port_owner;

/*
 * The current process: its namespace, which in a softirq is the initial one, and the kernel's
 * rights, for a driver is trusted. NULL when memory is short.
 */
PORT_MUST_CHECK struct port_owner *port_owner_current(void);

/* The kernel: the initial namespace, and all rights, or those of a thread. */
PORT_MUST_CHECK struct port_owner *port_owner_kernel(struct port_thread *thread);

/*
 * The process' namespace and its rights; with a thread, that one's rights; with a thread alone,
 * its namespace and rights. One of the two is given.
 */
PORT_MUST_CHECK struct port_owner *port_owner_of(struct port_process *process,
						 struct port_thread *thread);

void port_owner_put(struct port_owner *owner);

/* Who it is, for access checks: a user's number, 0 for the kernel and for root. */
uint32_t port_owner_user(const struct port_owner *owner);

/* A reference to the current thread's credentials; in a softirq the kernel's. */
struct port_token;
struct port_token *port_token_current(void);
void port_token_put(struct port_token *token);
uint32_t port_token_user(const struct port_token *token);

PORT_END

#endif
