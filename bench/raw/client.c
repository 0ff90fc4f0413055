// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The client of every peer: blocking, in the thread that writes to the parameter "run". Workloads:
 *
 *	pingpong  port= size= count= conns=  round trips, in turn over the connections
 *	stream    port= count=               BENCH_UNITs, in sends of BENCH_CHUNK
 *	rate      port= count=               connect and close
 *	burst     port= count=               what a source sends for one byte
 *	supply    port= count= wire=         the same of large sends, over loopback or the wire
 *	tight     port= count=               the same, from a sender that has to wait
 *	idle      port= conns=               makes connections, which stay
 *	pair      port= size= count=         round trips that the peer makes with itself
 *	datagram  port= size= count=         datagrams to a sink, the last of which it answers
 *	dgburst   port= count=               what a datagram source sends for one request
 *	coalesced port= to= count=           the same, sent to a peer that counts
 *
 * A result is "each=" time units of bench_now() for each round trip, send, connection or message,
 * with "worst=" for the longest round trip and "stalls=" for those that waited for a timer.
 */
#include <linux/slab.h>

#include "compat.h"
#include "raw.h"

/*
 * A round trip that waited for a timer. Where time is counted in instructions, idle time counts as
 * much, so such a one is told of, and left out of the mean.
 */
#define STALL 1000000

char *bench_buffer;

static int round_trip(struct socket *socket, unsigned int size)
{
	int received, error = bench_send(socket, bench_buffer, size, 0);

	if (error)
		return error;
	received = bench_receive(socket, bench_buffer, size, MSG_WAITALL);
	return received == size ? 0 : -EPIPE;
}

static int measure_round_trips(struct socket **sockets, const struct workload *load,
			       struct measured *out)
{
	unsigned int warm_up = BENCH_WARM_UP * load->conns, i;
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
		sockets[i] = bench_connect(SOCK_STREAM, htonl(INADDR_LOOPBACK), load->port);
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
		error = bench_send(socket, bench_buffer, BENCH_CHUNK, 0);
	if (!error && bench_receive(socket, bench_buffer, 1, 0) != 1)
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

	for (i = -BENCH_WARM_UP; i < (int)load->count; i++) {
		struct socket *socket;

		if (i == 0)
			begin = bench_now();
		socket = bench_connect(SOCK_STREAM, htonl(INADDR_LOOPBACK), load->port);
		if (IS_ERR(socket))
			return PTR_ERR(socket);
		kernel_sock_shutdown(socket, SHUT_WR);
		/* Until the peer has closed, too. */
		if (bench_receive(socket, bench_buffer, 1, 0) > 0)
			return -EPROTO;
		sock_release(socket);
		cond_resched();
	}
	out->each = div_u64(bench_now() - begin, load->count);
	return 0;
}

static int datagram(struct socket *socket, const struct workload *load, struct measured *out)
{
	u64 begin = 0;
	int i, error = 0;

	memset(bench_buffer, 0, load->size);
	for (i = -BENCH_WARM_UP; i < (int)load->count && !error; i++) {
		if (i == 0)
			begin = bench_now();
		bench_buffer[0] = i == load->count - 1 ? BENCH_LAST : 0;
		error = bench_send(socket, bench_buffer, load->size, 0);
		cond_resched();
	}
	if (!error && bench_receive(socket, bench_buffer, 1, 0) != 1)
		error = -EPIPE;
	out->each = div_u64(bench_now() - begin, load->count);
	return error;
}

static int pair(struct socket *socket, const struct workload *load, struct measured *out)
{
	struct bench_pair_request request = {load->size, load->count};
	struct bench_pair_result result;
	int error;

	socket->sk->sk_rcvtimeo = 300 * HZ;
	error = bench_send(socket, &request, sizeof(request), 0);
	if (!error && bench_receive(socket, &result, sizeof(result), MSG_WAITALL) != sizeof(result))
		error = -EPIPE;
	if (!error) {
		out->each = result.each;
		out->worst = result.worst;
	}
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
	{"burst", SOCK_STREAM, {.run = bench_burst}},
	{"supply", SOCK_STREAM, {.run = bench_supply}},
	{"tight", SOCK_STREAM, {.run = bench_tight}},
	{"idle", 0, {.run_alone = bench_idle}},
	{"pair", SOCK_STREAM, {.run = pair}},
	{"datagram", SOCK_DGRAM, {.run = datagram}},
	{"dgburst", SOCK_DGRAM, {.run = bench_datagram_burst}},
	{"coalesced", SOCK_DGRAM, {.run = bench_coalesced}},
};

static int run(int which, const struct workload *load, struct measured *out)
{
	struct socket *socket;
	int error;

	if (!workloads[which].type)
		return workloads[which].run_alone(load, out);
	socket = bench_connect(workloads[which].type,
			       htonl(load->wire ? BENCH_WIRE_FAR : INADDR_LOOPBACK), load->port);
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
	} const values[] = {{" port=", &load->port},   {" to=", &load->to},
			    {" size=", &load->size},   {" count=", &load->count},
			    {" conns=", &load->conns}, {" wire=", &load->wire}};
	int i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		const char *found = strstr(line, values[i].name);

		if (found && sscanf(found + strlen(values[i].name), "%u", values[i].value) != 1)
			return -EINVAL;
	}
	if (!load->port || load->port > U16_MAX || !load->count || !load->size ||
	    load->size > BENCH_CHUNK || !load->conns || load->conns > BENCH_IDLE_MOST)
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
	bench_buffer = kvzalloc(BENCH_CHUNK, GFP_KERNEL);
	if (!bench_buffer)
		return -ENOMEM;
	error = run(which, &load, &out);
	kvfree(bench_buffer);
	snprintf(result, size, "each=%llu worst=%llu stalls=%u\n", out.each, out.worst, out.stalls);
	return error;
}
