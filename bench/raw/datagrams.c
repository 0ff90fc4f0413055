// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Datagram peers: BENCH_KTHREAD receives in a thread, BENCH_WORK in sk_data_ready through the
 * queue, BENCH_INLINE in encap_rcv, before there is a queue.
 */
#include <linux/kthread.h>
#include <linux/slab.h>
#include <net/udp.h>

#include "compat.h"
#include "raw.h"

static struct socket *sinks[BENCH_INLINE + 1], *source;
static struct task_struct *sink_thread, *source_thread;
static void (*queued_data_ready)(struct sock *sk);

static void answer(struct socket *socket, struct sockaddr_in *to)
{
	struct msghdr msg = {.msg_name = to,
			     .msg_namelen = sizeof(*to),
			     .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL};
	struct kvec vector = {"k", 1};

	kernel_sendmsg(socket, &msg, &vector, 1, 1);
}

static void look_at(struct socket *socket, struct sk_buff *skb)
{
	struct sockaddr_in from = {.sin_family = AF_INET,
				   .sin_port = udp_hdr(skb)->source,
				   .sin_addr.s_addr = ip_hdr(skb)->saddr};
	u8 first;

	if (!skb_copy_bits(skb, sizeof(struct udphdr), &first, 1) && first == BENCH_LAST)
		answer(socket, &from);
}

static int receive_sink(void *context)
{
	struct socket *socket = sinks[BENCH_KTHREAD];
	static u8 buffer[2048];

	while (!kthread_should_stop()) {
		struct sockaddr_in from;
		struct msghdr msg = {.msg_name = &from, .msg_namelen = sizeof(from)};
		struct kvec vector = {buffer, sizeof(buffer)};
		int received = kernel_recvmsg(socket, &msg, &vector, 1, sizeof(buffer), 0);

		if (received > 0 && buffer[0] == BENCH_LAST)
			answer(socket, &from);
		else if (received < 0)
			schedule_timeout_interruptible(1);
	}
	return 0;
}

static void sink_data_ready(struct sock *sk)
{
	struct sk_buff *skb;
	int error, off = 0;

	while ((skb = __skb_recv_udp(sk, MSG_DONTWAIT, &off, &error))) {
		u8 first;

		if (!skb_copy_bits(skb, 0, &first, 1) && first == BENCH_LAST) {
			struct sockaddr_in from = {.sin_family = AF_INET,
						   .sin_port = udp_hdr(skb)->source,
						   .sin_addr.s_addr = ip_hdr(skb)->saddr};

			answer(sinks[BENCH_WORK], &from);
		}
		skb_consume_udp(sk, skb, skb->len);
	}
}

static int sink_encap(struct sock *sk, struct sk_buff *skb)
{
	look_at(sinks[BENCH_INLINE], skb);
	consume_skb(skb);
	return 0;
}

/* One datagram a call. */
static int send_source(void *context)
{
	static u8 message[BENCH_MESSAGE];

	while (!kthread_should_stop()) {
		struct sockaddr_in to;
		struct msghdr msg = {.msg_name = &to, .msg_namelen = sizeof(to)};
		__be16 port;
		struct kvec vector = {&port, sizeof(port)};
		int i;

		if (kernel_recvmsg(source, &msg, &vector, 1, sizeof(port), 0) != sizeof(port)) {
			schedule_timeout_interruptible(1);
			continue;
		}
		to.sin_port = port;
		for (i = 0; i < BENCH_BURSTS * BENCH_UDP_BURST; i++) {
			struct msghdr out = {.msg_name = &to, .msg_namelen = sizeof(to)};

			vector = (struct kvec){message, sizeof(message)};
			kernel_sendmsg(source, &out, &vector, 1, sizeof(message));
			cond_resched();
		}
	}
	return 0;
}

int datagrams_start(void)
{
	struct sock *sk;
	int peer;

	for (peer = BENCH_KTHREAD; peer <= BENCH_INLINE; peer++) {
		sinks[peer] = bench_bind_udp(BENCH_PORT(peer, BENCH_UDP_SINK));
		if (IS_ERR(sinks[peer]))
			return PTR_ERR(sinks[peer]);
	}
	source = bench_bind_udp(BENCH_PORT(BENCH_KTHREAD, BENCH_UDP_SOURCE));
	if (IS_ERR(source))
		return PTR_ERR(source);
	sk = sinks[BENCH_WORK]->sk;
	compat_sock_no_task_frag(sk);
	sk->sk_allocation = GFP_ATOMIC;
	queued_data_ready = sk->sk_data_ready;
	sk->sk_data_ready = sink_data_ready;
	sk = sinks[BENCH_INLINE]->sk;
	compat_sock_no_task_frag(sk);
	sk->sk_allocation = GFP_ATOMIC;
	udp_sk(sk)->encap_rcv = sink_encap;
	WRITE_ONCE(udp_sk(sk)->encap_type, 1);
	udp_encap_enable();
	sink_thread = kthread_run(receive_sink, NULL, "bench_sink");
	if (IS_ERR(sink_thread))
		return PTR_ERR(sink_thread);
	source_thread = kthread_run(send_source, NULL, "bench_source");
	return PTR_ERR_OR_ZERO(source_thread);
}

static void stop(struct socket **socket, struct task_struct *thread)
{
	if (IS_ERR_OR_NULL(*socket))
		return;
	kernel_sock_shutdown(*socket, SHUT_RDWR);
	if (!IS_ERR_OR_NULL(thread))
		kthread_stop(thread);
	sock_release(*socket);
}

void datagrams_stop(void)
{
	stop(&sinks[BENCH_KTHREAD], sink_thread);
	if (!IS_ERR_OR_NULL(sinks[BENCH_WORK]) && queued_data_ready)
		sinks[BENCH_WORK]->sk->sk_data_ready = queued_data_ready;
	stop(&sinks[BENCH_WORK], NULL);
	stop(&sinks[BENCH_INLINE], NULL);
	stop(&source, source_thread);
}
