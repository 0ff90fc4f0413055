// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * kunit/net_backlog.h over what softirqs look at, on each processor in turn.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <linux/bottom_half.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>

#include "net_backlog.h"

static bool is_empty(const struct softnet_data *backlog)
{
	return skb_queue_empty_lockless(&backlog->input_pkt_queue) &&
	       skb_queue_empty_lockless(&backlog->process_queue);
}

/* Softirqs that are due run where they are enabled again. */
static long drain_here(void *unused)
{
	for (;;) {
		local_bh_disable();
		local_bh_enable();
		if (is_empty(this_cpu_ptr(&softnet_data)))
			return 0;
		msleep(1);
	}
}

void net_backlog_drain(void)
{
	int cpu;

	for_each_online_cpu(cpu) work_on_cpu_safe(cpu, drain_here, NULL);
}
