/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Where the peers listen, and what they do there: every peer, whatever it is made of, does the
 * same. */
#ifndef BENCH_PORTS_H
#define BENCH_PORTS_H

#define BENCH_PORT(peer, task) (7100 + 10 * (peer) + (task))

enum bench_peer {
	BENCH_KTHREAD,	/* raw: a blocking thread for each connection */
	BENCH_WORK,	/* raw: sk_data_ready queues work */
	BENCH_INLINE,	/* raw: in sk_data_ready itself, or in encap_rcv */
	BENCH_EVENT,	/* WSK: event callbacks */
	BENCH_REQUEST,	/* WSK: IRPs that are posted again as they complete */
	BENCH_WAIT,	/* WSK: a thread that waits for each IRP */
	BENCH_EPOLL,	/* user space */
	BENCH_IO_URING, /* user space */
	BENCH_PEERS,
};

enum bench_task {
	BENCH_ECHO,   /* TCP: sends back what comes */
	BENCH_SINK,   /* TCP: sends one byte for each BENCH_UNIT that has come */
	BENCH_ACCEPT, /* TCP: closes when the peer has closed */
	BENCH_SOURCE, /* TCP: for each byte sends BENCH_BURSTS bursts of small messages, one by one
		       */
	BENCH_UDP_SINK,	  /* UDP: answers a datagram that begins with BENCH_LAST */
	BENCH_UDP_SOURCE, /* UDP: for each datagram sends BENCH_BURSTS bursts of small datagrams */
	BENCH_SOURCE_AT_ONCE,	  /* as BENCH_SOURCE, each burst at once */
	BENCH_UDP_SOURCE_AT_ONCE, /* as BENCH_UDP_SOURCE, each burst at once */
	BENCH_TASKS,
};

#define BENCH_UNIT (4u << 20)
#define BENCH_BURSTS 64
#define BENCH_TCP_BURST 16
#define BENCH_UDP_BURST 64
#define BENCH_MESSAGE 64
#define BENCH_CHUNK (64u << 10)
#define BENCH_LAST 0xff

#endif
