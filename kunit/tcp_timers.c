// SPDX-License-Identifier: MIT OR GPL-2.0
/* kunit/tcp_timers.h: the stack's own counters. */
#include <linux/snmp.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#include "tcp_timers.h"

uint64_t tcp_timers_fired(void)
{
	struct linux_mib __percpu *counters = init_net.mib.net_statistics;

	return snmp_fold_field(counters, LINUX_MIB_TCPTIMEOUTS) +
	       snmp_fold_field(counters, LINUX_MIB_TCPWINPROBE);
}

int tcp_timers_set_early(int how)
{
	return xchg(&init_net.ipv4.sysctl_tcp_early_retrans, how);
}
