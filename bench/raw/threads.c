// SPDX-License-Identifier: MIT OR GPL-2.0
/* BENCH_KTHREAD: blocking sockets, and a thread for each connection. */
#include <linux/kthread.h>

#include "raw.h"

struct connection {
	struct bench_connection base;
	struct task_struct *thread;
};

static bool send_many(struct bench_connection *self, unsigned int count, size_t size)
{
	while (count--)
		if (bench_send(self->socket, self->buffer, size, 0))
			return false;
	return true;
}

/* Answers what has been received; false at the connection's end. */
static bool answer(struct bench_connection *self, int received)
{
	switch (self->server->task) {
	case BENCH_ECHO:
		return send_many(self, 1, received);
	case BENCH_SINK:
		return !bench_unit_received(self, received) || send_many(self, 1, 1);
	case BENCH_SOURCE:
		return send_many(self, BENCH_BURSTS * BENCH_TCP_BURST, BENCH_MESSAGE);
	case BENCH_SUPPLY:
	case BENCH_TIGHT:
		return send_many(self, BENCH_UNIT / BENCH_CHUNK, BENCH_CHUNK);
	default:
		return true;
	}
}

static void serve(struct bench_connection *self)
{
	int received;

	do {
		received = bench_receive(self->socket, self->buffer, BENCH_CHUNK, 0);
	} while (received > 0 && answer(self, received));
}

static int run(void *context)
{
	struct bench_connection *self = context;

	serve(self);
	kernel_sock_shutdown(self->socket, SHUT_RDWR);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 10);
	return 0;
}

static bool begin(struct bench_connection *self)
{
	struct connection *connection = container_of(self, struct connection, base);

	if (self->server->task == BENCH_ACCEPT) { /* one after the other */
		serve(self);
		return false;
	}
	connection->thread = kthread_run(run, self, "bench_kthread");
	return !IS_ERR(connection->thread);
}

static void end(struct bench_connection *self)
{
	kernel_sock_shutdown(self->socket, SHUT_RDWR);
	kthread_stop(container_of(self, struct connection, base)->thread);
}

static const struct bench_style style = {sizeof(struct connection), begin, end};

static struct bench_server servers[] = {
	{BENCH_KTHREAD, BENCH_ECHO, &style},   {BENCH_KTHREAD, BENCH_SINK, &style},
	{BENCH_KTHREAD, BENCH_ACCEPT, &style}, {BENCH_KTHREAD, BENCH_SOURCE, &style},
	{BENCH_KTHREAD, BENCH_SUPPLY, &style}, {BENCH_KTHREAD, BENCH_TIGHT, &style},
};

int threads_start(void)
{
	return bench_servers_start(servers, ARRAY_SIZE(servers));
}

void threads_stop(void)
{
	bench_servers_stop(servers, ARRAY_SIZE(servers));
}
