// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Workloads whose data comes from the peer. What receives it is the cheapest there is, so that the
 * sender shows: it is dropped in the softirq that brings it, but for bench_tight(), whose sender
 * is to wait.
 */
#include <linux/completion.h>
#include <net/udp.h>

#include "compat.h"
#include "raw.h"

struct drain {
	size_t left;
	struct completion done;
	void (*data_ready)(struct sock *sk);
};

static void took(struct drain *drain, size_t amount)
{
	amount = min(amount, drain->left);
	drain->left -= amount;
	if (amount && !drain->left)
		complete(&drain->done);
}

static int drop(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset, size_t length)
{
	took(desc->arg.data, length);
	return length;
}

/* Under the socket's lock. */
static void drain_data_ready(struct sock *sk)
{
	struct drain *drain;
	read_descriptor_t desc = {.count = 1};

	read_lock_bh(&sk->sk_callback_lock);
	drain = sk->sk_user_data;
	if (drain) {
		desc.arg.data = drain;
		tcp_read_sock(sk, &desc, drop);
	}
	read_unlock_bh(&sk->sk_callback_lock);
}

static void attach(struct socket *socket, struct drain *drain)
{
	struct sock *sk = socket->sk;

	init_completion(&drain->done);
	write_lock_bh(&sk->sk_callback_lock);
	drain->data_ready = sk->sk_data_ready;
	sk->sk_user_data = drain;
	sk->sk_data_ready = drain_data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
}

static void detach(struct socket *socket, struct drain *drain)
{
	struct sock *sk = socket->sk;

	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_user_data = NULL;
	sk->sk_data_ready = drain->data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
}

/* Asks with some bytes, and waits until all of the answer has come. */
static int ask(struct socket *socket, const void *request, size_t size, struct drain *drain,
	       size_t amount)
{
	int error;

	drain->left = amount;
	reinit_completion(&drain->done);
	error = bench_send(socket, request, size, 0);
	if (!error && !wait_for_completion_timeout(&drain->done, 10 * HZ))
		error = -ETIMEDOUT;
	return error;
}

/* `units` messages or sends a request, `amount` bytes in all. */
static int measure(struct socket *socket, const struct workload *load, size_t units, size_t amount,
		   struct measured *out)
{
	struct drain drain = {};
	u64 begin;
	int i, error;

	attach(socket, &drain);
	error = ask(socket, "?", 1, &drain, amount);
	begin = bench_now();
	for (i = 0; i < load->count && !error; i++)
		error = ask(socket, "?", 1, &drain, amount);
	out->each = div_u64(bench_now() - begin, load->count * units);
	detach(socket, &drain);
	return error;
}

int bench_burst(struct socket *socket, const struct workload *load, struct measured *out)
{
	const size_t messages = BENCH_BURSTS * BENCH_TCP_BURST;

	return measure(socket, load, messages, messages * BENCH_MESSAGE, out);
}

int bench_supply(struct socket *socket, const struct workload *load, struct measured *out)
{
	return measure(socket, load, BENCH_UNIT / BENCH_CHUNK, BENCH_UNIT, out);
}

static int receive_unit(struct socket *socket)
{
	size_t left = BENCH_UNIT;
	int error = bench_send(socket, "?", 1, 0);

	while (!error && left) {
		int received =
			bench_receive(socket, bench_buffer, min_t(size_t, left, BENCH_CHUNK), 0);

		if (received <= 0)
			error = received ?: -EPIPE;
		else
			left -= received;
	}
	return error;
}

int bench_tight(struct socket *socket, const struct workload *load, struct measured *out)
{
	int i, error = receive_unit(socket);
	u64 begin = bench_now();

	for (i = 0; i < load->count && !error; i++)
		error = receive_unit(socket);
	out->each = div_u64(bench_now() - begin, load->count * (BENCH_UNIT / BENCH_CHUNK));
	return error;
}

static int count_datagram(struct sock *sk, struct sk_buff *skb)
{
	struct drain *drain = READ_ONCE(sk->sk_user_data);

	if (drain)
		took(drain, 1);
	consume_skb(skb);
	return 0;
}

/* A socket to which bursts are sent, and which only counts. */
static struct socket *counting(struct drain *drain, __be16 *port)
{
	struct socket *socket = bench_bind_udp(0);

	if (IS_ERR(socket))
		return socket;
	init_completion(&drain->done);
	WRITE_ONCE(socket->sk->sk_user_data, drain);
	udp_sk(socket->sk)->encap_rcv = count_datagram;
	WRITE_ONCE(udp_sk(socket->sk)->encap_type, 1);
	udp_encap_enable();
	*port = inet_sk(socket->sk)->inet_sport;
	return socket;
}

int bench_datagram_burst(struct socket *socket, const struct workload *load, struct measured *out)
{
	const size_t messages = BENCH_BURSTS * BENCH_UDP_BURST;
	struct drain drain = {};
	__be16 port;
	struct socket *counter = counting(&drain, &port);
	u64 begin;
	int i, error;

	if (IS_ERR(counter))
		return PTR_ERR(counter);
	error = ask(socket, &port, sizeof(port), &drain, messages);
	begin = bench_now();
	for (i = 0; i < load->count && !error; i++)
		error = ask(socket, &port, sizeof(port), &drain, messages);
	out->each = div_u64(bench_now() - begin, load->count * messages);
	WRITE_ONCE(counter->sk->sk_user_data, NULL);
	sock_release(counter);
	return error;
}

/* The counter says when all has come: a peer of its own, which may be given several at once. */
static int count_elsewhere(struct socket *source, struct socket *counter, __be16 port)
{
	u8 byte = 0;
	int error = bench_send(counter, &byte, 1, 0);

	if (!error)
		error = bench_send(source, &port, sizeof(port), 0);
	if (!error && bench_receive(counter, &byte, 1, 0) != 1)
		error = -ETIMEDOUT;
	return error;
}

int bench_coalesced(struct socket *socket, const struct workload *load, struct measured *out)
{
	struct socket *counter = bench_connect(SOCK_DGRAM, htonl(INADDR_LOOPBACK), load->to);
	u64 begin;
	int i, error;

	if (IS_ERR(counter))
		return PTR_ERR(counter);
	counter->sk->sk_rcvtimeo = 10 * HZ;
	error = count_elsewhere(socket, counter, htons(load->to));
	begin = bench_now();
	for (i = 0; i < load->count && !error; i++)
		error = count_elsewhere(socket, counter, htons(load->to));
	out->each = div_u64(bench_now() - begin, load->count * BENCH_BURSTS * BENCH_UDP_BURST);
	sock_release(counter);
	return error;
}
