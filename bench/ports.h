/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Where the peers listen, and what they do there: every peer, whatever it is made of, does the
 * same. scripts/bench reads the numbers out of this file.
 */
#ifndef BENCH_PORTS_H
#define BENCH_PORTS_H

#define BENCH_PORT(peer, task) (7000 + 32 * (peer) + (task))

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
	BENCH_ECHO,	      /* TCP: sends back what comes */
	BENCH_SINK,	      /* TCP: sends one byte for each BENCH_UNIT that has come */
	BENCH_ACCEPT,	      /* TCP: closes when the peer has closed */
	BENCH_IDLE,	      /* TCP: keeps connections, at most BENCH_IDLE_MOST at a time */
	BENCH_SOURCE,	      /* TCP: for each byte BENCH_BURSTS bursts of messages, one by one */
	BENCH_SOURCE_AT_ONCE, /* the same, each burst at once */
	BENCH_SUPPLY,	      /* TCP: for each byte a BENCH_UNIT, in sends of BENCH_CHUNK */
	BENCH_TIGHT,	      /* the same, with a send buffer of BENCH_TIGHT_BUFFER */
	BENCH_PAIR,	/* TCP: does BENCH_ECHO's round trips itself, and sends what it measured */
	BENCH_UDP_SINK, /* UDP: answers a datagram that begins with BENCH_LAST */
	BENCH_UDP_SOURCE, /* UDP: sends BENCH_BURSTS bursts of messages, one by one, to the port
			   * that a datagram holds in network order */
	BENCH_UDP_SOURCE_AT_ONCE, /* the same, each burst at once */
	BENCH_UDP_COUNT, /* UDP: answers a datagram of one byte when the bursts have come, which may
			  * be coalesced */
	BENCH_TASKS,
};

#define BENCH_UNIT (4u << 20)
#define BENCH_BURSTS 64
#define BENCH_TCP_BURST 16
#define BENCH_UDP_BURST 64
#define BENCH_MESSAGE 64
#define BENCH_CHUNK (64u << 10)
#define BENCH_TIGHT_BUFFER (128u << 10) /* as SO_SNDBUF is told */
#define BENCH_IDLE_MOST 1024
#define BENCH_LAST 0xff

/* What goes to BENCH_PAIR, and what comes back; in nanoseconds. */
struct bench_pair_request {
	unsigned int size, count;
};
struct bench_pair_result {
	unsigned long long each, worst;
};

#endif
