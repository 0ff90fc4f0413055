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
#ifdef CONFIG_X86_64
	return __builtin_ia32_rdtsc();
#else
	return ktime_get_ns();
#endif
}

/* Loopback sockets of ours, with room for what a benchmark has under way. */
struct socket *bench_socket(int type);
struct socket *bench_listen(unsigned int port);
struct socket *bench_bind_udp(unsigned int port);
struct socket *bench_connect(int type, unsigned int port);

/* All of the bytes, or a failure. */
int bench_send(struct socket *socket, const void *data, size_t size, int flags);
int bench_receive(struct socket *socket, void *data, size_t size, int flags);

/* client.c: runs a line "WORKLOAD NAME=VALUE …" and writes its results. */
int bench_run(const char *line, char *result, size_t size);

/* The peers. Each start is undone by its stop, called in any case. */
int threads_start(void);
void threads_stop(void);
int callbacks_start(void);
void callbacks_stop(void);
int datagrams_start(void);
void datagrams_stop(void);

#endif
