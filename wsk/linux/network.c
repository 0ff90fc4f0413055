// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/network.h: struct port_net is a struct net. */
#include <linux/nsproxy.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <net/net_namespace.h>

#include "port/network.h"

struct port_net *port_net_current(void)
{
	struct net *net = in_task() && current->nsproxy ? current->nsproxy->net_ns : &init_net;

	return (struct port_net *)get_net(net);
}

void port_net_put(struct port_net *net)
{
	put_net((struct net *)net);
}
