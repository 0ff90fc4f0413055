/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The measuring client and the raw peers: in-kernel sockets as they are, without WSK. */
#ifndef BENCH_RAW_H
#define BENCH_RAW_H

#include <linux/in.h>
#include <linux/math64.h>
#include <linux/net.h>
#include <linux/timekeeping.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "ports.h"

/* Under qemu -icount, the time-stamp counter counts instructions. */
static inline u64 bench_now(void)
{
#ifndef CONFIG_UML
	return __builtin_ia32_rdtsc();
#else
	return ktime_get_ns();
#endif
}

/* Sockets of ours, with room for what a benchmark has under way; servers listen everywhere. */
struct socket *bench_socket(int type);
struct socket *bench_listen(unsigned int port);
struct socket *bench_bind_udp(unsigned int port);
struct socket *bench_connect(int type, __be32 address, unsigned int port);

/* All of the bytes, or a failure. */
int bench_send(struct socket *socket, const void *data, size_t size, int flags);
int bench_receive(struct socket *socket, void *data, size_t size, int flags);

/* client.c: runs a line "WORKLOAD NAME=VALUE …" and writes its results. */
int bench_run(const char *line, char *result, size_t size);

/* What a line asks for, and what came out. */
struct workload {
	unsigned int port, to, size, count, conns, wire;
};

struct measured {
	u64 each, worst;
	unsigned int stalls;
};

/* Room for one BENCH_CHUNK, while a workload runs. */
extern char *bench_buffer;

enum { BENCH_WARM_UP = 100 };

/* client_source.c: workloads whose data comes from the peer. */
int bench_burst(struct socket *socket, const struct workload *load, struct measured *out);
int bench_supply(struct socket *socket, const struct workload *load, struct measured *out);
int bench_tight(struct socket *socket, const struct workload *load, struct measured *out);
int bench_datagram_burst(struct socket *socket, const struct workload *load, struct measured *out);
int bench_coalesced(struct socket *socket, const struct workload *load, struct measured *out);

/* client_idle.c: connections that stay until the end. */
int bench_idle(const struct workload *load, struct measured *out);
void bench_idle_end(void);

/*
 * server.c: listens, and keeps what connects. A peer's own state of a connection begins with a
 * bench_connection.
 */
struct bench_connection {
	struct list_head link;
	struct bench_server *server;
	struct socket *socket;
	size_t received;
	char *buffer; /* of BENCH_CHUNK, but for BENCH_IDLE */
};

struct bench_style {
	size_t size;				      /* of the peer's own state */
	bool (*begin)(struct bench_connection *self); /* false: the connection is over */
	void (*end)(struct bench_connection *self);
};

struct bench_server {
	enum bench_peer peer;
	enum bench_task task;
	const struct bench_style *style;
	struct socket *socket;
	struct task_struct *thread;
	struct list_head connections; /* the thread's */
};

int bench_servers_start(struct bench_server *servers, size_t count);
void bench_servers_stop(struct bench_server *servers, size_t count);

/* Whether a BENCH_UNIT is complete. */
bool bench_unit_received(struct bench_connection *self, size_t received);

/*
 * wire.c: a network card that moves packets without the processor's help, and a machine behind it
 * that is this one: what goes to BENCH_WIRE_FAR comes back from there. Payload is not carried.
 */
#define BENCH_WIRE_NEAR 0xc6336401 /* 198.51.100.1 */
#define BENCH_WIRE_FAR 0xc6336402  /* 198.51.100.2 */
int bench_wire_start(void);
void bench_wire_stop(void);

/* The peers. Each start is undone by its stop, called in any case. */
int threads_start(void);
void threads_stop(void);
int callbacks_start(void);
void callbacks_stop(void);
int datagrams_start(void);
void datagrams_stop(void);

#endif
