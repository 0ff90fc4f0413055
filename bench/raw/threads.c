// SPDX-License-Identifier: MIT OR GPL-2.0
/* BENCH_KTHREAD: blocking sockets, and a thread for each connection. */
#include <linux/kthread.h>
#include <linux/slab.h>

#include "raw.h"

struct server {
	enum bench_task task;
	struct socket *socket; /* listens, or receives datagrams */
	struct task_struct *thread;
	struct list_head connections; /* the listening thread's */
};

struct connection {
	struct list_head link;
	struct server *server;
	struct socket *socket;
	struct task_struct *thread;
	size_t received;
	char *buffer;
};

static struct server servers[BENCH_TASKS];

static const char message[BENCH_MESSAGE * BENCH_TCP_BURST];

/* Answers what has been received; false at the connection's end. */
static bool answer(struct connection *self, int received)
{
	int burst, i;

	switch (self->server->task) {
	case BENCH_ECHO:
		return !bench_send(self->socket, self->buffer, received, 0);
	case BENCH_SINK:
		self->received += received;
		if (self->received < BENCH_UNIT)
			return true;
		self->received -= BENCH_UNIT;
		return !bench_send(self->socket, "k", 1, 0);
	case BENCH_SOURCE:
		for (burst = 0; burst < BENCH_BURSTS; burst++)
			for (i = 0; i < BENCH_TCP_BURST; i++)
				if (bench_send(self->socket, message, BENCH_MESSAGE, 0))
					return false;
		return true;
	case BENCH_SOURCE_AT_ONCE:
		for (burst = 0; burst < BENCH_BURSTS; burst++)
			if (bench_send(self->socket, message, sizeof(message), 0))
				return false;
		return true;
	default:
		return true;
	}
}

static int serve(void *context)
{
	struct connection *self = context;

	for (;;) {
		int received = bench_receive(self->socket, self->buffer, BENCH_CHUNK, 0);

		if (received <= 0 || !answer(self, received))
			break;
	}
	if (self->server->task == BENCH_ACCEPT)
		return 0;
	kernel_sock_shutdown(self->socket, SHUT_RDWR);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 10);
	return 0;
}

static void free_connection(struct connection *self)
{
	sock_release(self->socket);
	kvfree(self->buffer);
	kfree(self);
}

static void take(struct server *server, struct socket *socket)
{
	struct connection *self = kzalloc(sizeof(*self), GFP_KERNEL);

	if (self)
		self->buffer = kvmalloc(BENCH_CHUNK, GFP_KERNEL);
	if (!self || !self->buffer) {
		sock_release(socket);
		kfree(self);
		return;
	}
	self->server = server;
	self->socket = socket;
	tcp_sock_set_nodelay(socket->sk);
	if (server->task == BENCH_ACCEPT) { /* one after the other */
		serve(self);
		free_connection(self);
		return;
	}
	self->thread = kthread_run(serve, self, "bench_kthread");
	if (IS_ERR(self->thread))
		free_connection(self);
	else
		list_add(&self->link, &server->connections);
}

static int listen(void *context)
{
	struct server *server = context;
	struct connection *self, *next;
	struct socket *socket;

	while (!kthread_should_stop() && !kernel_accept(server->socket, &socket, 0))
		take(server, socket);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 10);
	list_for_each_entry_safe (self, next, &server->connections, link) {
		kernel_sock_shutdown(self->socket, SHUT_RDWR);
		kthread_stop(self->thread);
		free_connection(self);
	}
	return 0;
}

int threads_start(void)
{
	static const enum bench_task tasks[] = {BENCH_ECHO, BENCH_SINK, BENCH_ACCEPT, BENCH_SOURCE,
						BENCH_SOURCE_AT_ONCE};
	int i;

	for (i = 0; i < ARRAY_SIZE(tasks); i++) {
		struct server *server = &servers[tasks[i]];

		server->task = tasks[i];
		INIT_LIST_HEAD(&server->connections);
		server->socket = bench_listen(BENCH_PORT(BENCH_KTHREAD, tasks[i]));
		if (IS_ERR(server->socket))
			return PTR_ERR(server->socket);
		server->thread = kthread_run(listen, server, "bench_listen");
		if (IS_ERR(server->thread))
			return PTR_ERR(server->thread);
	}
	return 0;
}

void threads_stop(void)
{
	int i;

	for (i = 0; i < BENCH_TASKS; i++) {
		struct server *server = &servers[i];

		if (IS_ERR_OR_NULL(server->socket))
			continue;
		kernel_sock_shutdown(server->socket, SHUT_RDWR);
		if (!IS_ERR_OR_NULL(server->thread))
			kthread_stop(server->thread);
		sock_release(server->socket);
	}
}
