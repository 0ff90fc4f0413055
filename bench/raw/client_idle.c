// SPDX-License-Identifier: MIT OR GPL-2.0
/* Connections that only are there, while somebody looks at what memory they take. */
#include <linux/delay.h>

#include "raw.h"

static struct socket *idle[2 * BENCH_IDLE_MOST];
static unsigned int count;

int bench_idle(const struct workload *load, struct measured *out)
{
	unsigned int i;

	for (i = 0; i < load->conns; i++) {
		struct socket *socket;

		if (count == ARRAY_SIZE(idle))
			return -ENOSPC;
		socket = bench_connect(SOCK_STREAM, htonl(INADDR_LOOPBACK), load->port);
		if (IS_ERR(socket))
			return PTR_ERR(socket);
		idle[count++] = socket;
		cond_resched();
	}
	/* Until the peer has accepted the last, and what goes with RCU is gone. */
	msleep(100);
	synchronize_rcu();
	out->each = count;
	return 0;
}

void bench_idle_end(void)
{
	while (count)
		sock_release(idle[--count]);
}
