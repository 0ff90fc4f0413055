/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The object behind struct port_owner, for the files that make and bind sockets. */
#ifndef WSK_LINUX_PORT_OWNER_H
#define WSK_LINUX_PORT_OWNER_H

#include <linux/cred.h>
#include <net/net_namespace.h>

#include "port/owner.h"

struct port_owner {
	struct net *net;	   /* held until the socket has been made */
	const struct cred *user;   /* whose the socket is */
	const struct cred *rights; /* what it is made and bound with */
	/* Whose namespace and rights are still to be looked up. */
	struct pid *process;
	struct task_struct *thread;
};

/* Looks up what has not been; -ESRCH when the process, or thread, has ended. In task context. */
int port_owner_settle(struct port_owner *owner);

/* The socket is there: the owner alone does not keep the namespace. */
void port_owner_leave_net(struct port_owner *owner);

#endif
