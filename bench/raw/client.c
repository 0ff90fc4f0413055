// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The client of every peer: blocking, in the thread that writes to the parameter "run". Workloads:
 *
 *	pingpong port= size= count= conns=   round trips, in turn over the connections
 *	stream   port= count=                BENCH_UNITs, in sends of BENCH_CHUNK
 *	rate     port= count=                connect and close
 *	burst    port= count=                what a source sends for one byte
 *	datagram port= count= size=          datagrams to a sink, the last of which it answers
 *	dgburst  port= count=                what a datagram source sends for one datagram
 *
 * A result is "each=" time units of bench_now() for each round trip, byte, connection or message,
 * with "worst=" for the longest round trip.
 */
#include <linux/slab.h>

#include "compat.h"
#include "raw.h"

enum { WARM_UP = 100, MAX_CONNECTIONS = 256 };

struct workload {
	unsigned int port, size, count, conns;
};

struct measured {
	u64 each, worst;
	unsigned int stalls;
};

/*
 * A round trip that waited for a timer. Where time is counted in instructions, idle time counts as
 * much, so such a one is told of, and left out of the mean.
 */
#define STALL 1000000

static char *buffer;

static int round_trip(struct socket *socket, unsigned int size)
{
	int received, error = bench_send(socket, buffer, size, 0);

	if (error)
		return error;
	received = bench_receive(socket, buffer, size, MSG_WAITALL);
	return received == size ? 0 : -EPIPE;
}

static int measure_round_trips(struct socket **sockets, const struct workload *load,
			       struct measured *out)
{
	unsigned int warm_up = WARM_UP * load->conns, i;
	u64 sum = 0;
	int error = 0;

	for (i = 0; i < warm_up + load->count && !error; i++) {
		u64 start = bench_now(), took;

		error = round_trip(sockets[i % load->conns], load->size);
		took = bench_now() - start;
		if (i >= warm_up) {
			out->worst = max(out->worst, took);
			if (took > STALL)
				out->stalls++;
			else
				sum += took;
		}
		cond_resched();
	}
	if (load->count > out->stalls)
		out->each = div_u64(sum, load->count - out->stalls);
	return error;
}

static int pingpong(const struct workload *load, struct measured *out)
{
	struct socket **sockets;
	int i, error = 0;

	sockets = kcalloc(load->conns, sizeof(*sockets), GFP_KERNEL);
	if (!sockets)
		return -ENOMEM;
	for (i = 0; i < load->conns && !error; i++) {
		sockets[i] = bench_connect(SOCK_STREAM, load->port);
		error = PTR_ERR_OR_ZERO(sockets[i]);
		if (!error)
			tcp_sock_set_nodelay(sockets[i]->sk);
	}
	if (!error)
		error = measure_round_trips(sockets, load, out);
	for (i = 0; i < load->conns; i++)
		if (!IS_ERR_OR_NULL(sockets[i]))
			sock_release(sockets[i]);
	kfree(sockets);
	return error;
}

static int one_unit(struct socket *socket)
{
	size_t sent;
	int error = 0;

	for (sent = 0; sent < BENCH_UNIT && !error; sent += BENCH_CHUNK)
		error = bench_send(socket, buffer, BENCH_CHUNK, 0);
	if (!error && bench_receive(socket, buffer, 1, 0) != 1)
		error = -EPIPE;
	return error;
}

static int stream(struct socket *socket, const struct workload *load, struct measured *out)
{
	u64 begin;
	int i, error = one_unit(socket);

	begin = bench_now();
	for (i = 0; i < load->count && !error; i++)
		error = one_unit(socket);
	out->each = div_u64(bench_now() - begin, load->count * (BENCH_UNIT / BENCH_CHUNK));
	return error;
}

static int rate(const struct workload *load, struct measured *out)
{
	u64 begin = 0;
	int i;

	for (i = -WARM_UP; i < (int)load->count; i++) {
		struct socket *socket;

		if (i == 0)
			begin = bench_now();
		socket = bench_connect(SOCK_STREAM, load->port);
		if (IS_ERR(socket))
			return PTR_ERR(socket);
		kernel_sock_shutdown(socket, SHUT_WR);
		/* Until the peer has closed, too. */
		if (bench_receive(socket, buffer, 1, 0) > 0)
			return -EPROTO;
		sock_release(socket);
		cond_resched();
	}
	out->each = div_u64(bench_now() - begin, load->count);
	return 0;
}

static int one_burst(struct socket *socket, size_t bytes)
{
	int error = bench_send(socket, buffer, 1, 0);

	while (!error && bytes) {
		int received = bench_receive(socket, buffer, min_t(size_t, bytes, BENCH_CHUNK),
					     MSG_WAITALL);

		if (received <= 0)
			return -EPIPE;
		bytes -= received;
	}
	return error;
}

static int burst(struct socket *socket, const struct workload *load, struct measured *out)
{
	const size_t messages = BENCH_BURSTS * BENCH_TCP_BURST;
	u64 begin;
	int i, error = one_burst(socket, messages * BENCH_MESSAGE);

	begin = bench_now();
	for (i = 0; i < load->count && !error; i++)
		error = one_burst(socket, messages * BENCH_MESSAGE);
	out->each = div_u64(bench_now() - begin, load->count * messages);
	return error;
}

static int datagram(struct socket *socket, const struct workload *load, struct measured *out)
{
	u64 begin = 0;
	int i, error = 0;

	memset(buffer, 0, load->size);
	for (i = -WARM_UP; i < (int)load->count && !error; i++) {
		if (i == 0)
			begin = bench_now();
		buffer[0] = i == load->count - 1 ? BENCH_LAST : 0;
		error = bench_send(socket, buffer, load->size, 0);
		cond_resched();
	}
	if (!error && bench_receive(socket, buffer, 1, 0) != 1)
		error = -EPIPE;
	out->each = div_u64(bench_now() - begin, load->count);
	return error;
}

static int one_datagram_burst(struct socket *socket)
{
	int i, error = bench_send(socket, buffer, 1, 0);

	for (i = 0; i < BENCH_BURSTS * BENCH_UDP_BURST && !error; i++)
		if (bench_receive(socket, buffer, BENCH_MESSAGE, 0) < 0)
			error = -EPIPE;
	return error;
}

static int datagram_burst(struct socket *socket, const struct workload *load, struct measured *out)
{
	u64 begin;
	int i, error = one_datagram_burst(socket);

	begin = bench_now();
	for (i = 0; i < load->count && !error; i++)
		error = one_datagram_burst(socket);
	out->each = div_u64(bench_now() - begin, load->count * BENCH_BURSTS * BENCH_UDP_BURST);
	return error;
}

static const struct {
	const char *name;
	int type; /* of the one socket, or 0: it makes its own */
	union {
		int (*run)(struct socket *socket, const struct workload *load,
			   struct measured *out);
		int (*run_alone)(const struct workload *load, struct measured *out);
	};
} workloads[] = {
	{"pingpong", 0, {.run_alone = pingpong}},
	{"stream", SOCK_STREAM, {.run = stream}},
	{"rate", 0, {.run_alone = rate}},
	{"burst", SOCK_STREAM, {.run = burst}},
	{"datagram", SOCK_DGRAM, {.run = datagram}},
	{"dgburst", SOCK_DGRAM, {.run = datagram_burst}},
};

static int run(int which, const struct workload *load, struct measured *out)
{
	struct socket *socket;
	int error;

	if (!workloads[which].type)
		return workloads[which].run_alone(load, out);
	socket = bench_connect(workloads[which].type, load->port);
	if (IS_ERR(socket))
		return PTR_ERR(socket);
	if (workloads[which].type == SOCK_STREAM)
		tcp_sock_set_nodelay(socket->sk);
	socket->sk->sk_rcvtimeo = 10 * HZ;
	error = workloads[which].run(socket, load, out);
	sock_release(socket);
	return error;
}

static int read_workload(const char *line, struct workload *load)
{
	struct {
		const char *name;
		unsigned int *value;
	} const values[] = {{" port=", &load->port},
			    {" size=", &load->size},
			    {" count=", &load->count},
			    {" conns=", &load->conns}};
	int i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		const char *found = strstr(line, values[i].name);

		if (found && sscanf(found + strlen(values[i].name), "%u", values[i].value) != 1)
			return -EINVAL;
	}
	if (!load->port || load->port > U16_MAX || !load->count || !load->size ||
	    load->size > BENCH_CHUNK || !load->conns || load->conns > MAX_CONNECTIONS)
		return -EINVAL;
	return 0;
}

int bench_run(const char *line, char *result, size_t size)
{
	struct workload load = {.size = BENCH_MESSAGE, .count = 1000, .conns = 1};
	struct measured out = {};
	size_t length = strcspn(line, " \n");
	int which, error = read_workload(line, &load);

	for (which = 0; which < ARRAY_SIZE(workloads); which++)
		if (strlen(workloads[which].name) == length &&
		    !strncmp(workloads[which].name, line, length))
			break;
	if (error || which == ARRAY_SIZE(workloads))
		return -EINVAL;
	buffer = kvzalloc(BENCH_CHUNK, GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	error = run(which, &load, &out);
	kvfree(buffer);
	snprintf(result, size, "each=%llu worst=%llu stalls=%u\n", out.each, out.worst, out.stalls);
	return error;
}
