// SPDX-License-Identifier: MIT OR GPL-2.0
/* What the peers over TCP have in common: a thread that accepts, and the list of connections. */
#include <linux/kthread.h>
#include <linux/slab.h>

#include "raw.h"

static void release(struct bench_connection *self)
{
	sock_release(self->socket);
	kvfree(self->buffer);
	kfree(self);
}

static void end(struct bench_connection *self)
{
	list_del(&self->link);
	self->server->style->end(self);
	release(self);
}

/* Those whose clients have closed. */
static void end_the_old(struct bench_server *server)
{
	struct bench_connection *self, *next;

	list_for_each_entry_safe (self, next, &server->connections, link)
		if (READ_ONCE(self->socket->sk->sk_shutdown) & RCV_SHUTDOWN)
			end(self);
}

static void take(struct bench_server *server, struct socket *socket)
{
	struct bench_connection *self;

	end_the_old(server);
	self = kzalloc(server->style->size, GFP_KERNEL);
	if (!self) {
		sock_release(socket);
		return;
	}
	self->server = server;
	self->socket = socket;
	tcp_sock_set_nodelay(socket->sk);
	if (server->task != BENCH_IDLE)
		self->buffer = kvzalloc(BENCH_CHUNK, GFP_KERNEL);
	if ((server->task == BENCH_IDLE || self->buffer) && server->style->begin(self))
		list_add(&self->link, &server->connections);
	else
		release(self);
}

static int serve(void *context)
{
	struct bench_server *server = context;
	struct bench_connection *self, *next;
	struct socket *socket;

	while (!kthread_should_stop() && !kernel_accept(server->socket, &socket, 0))
		take(server, socket);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 10);
	list_for_each_entry_safe (self, next, &server->connections, link)
		end(self);
	return 0;
}

static int start(struct bench_server *server)
{
	int room = BENCH_TIGHT_BUFFER;

	INIT_LIST_HEAD(&server->connections);
	server->socket = bench_listen(BENCH_PORT(server->peer, server->task));
	if (IS_ERR(server->socket))
		return PTR_ERR(server->socket);
	/* Inherited by what is accepted. */
	if (server->task == BENCH_TIGHT)
		sock_setsockopt(server->socket, SOL_SOCKET, SO_SNDBUF, KERNEL_SOCKPTR(&room),
				sizeof(room));
	server->thread = kthread_run(serve, server, "bench_server");
	return PTR_ERR_OR_ZERO(server->thread);
}

int bench_servers_start(struct bench_server *servers, size_t count)
{
	int error = 0;
	size_t i;

	for (i = 0; i < count && !error; i++)
		error = start(&servers[i]);
	return error;
}

void bench_servers_stop(struct bench_server *servers, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (IS_ERR_OR_NULL(servers[i].socket))
			continue;
		kernel_sock_shutdown(servers[i].socket, SHUT_RDWR);
		if (!IS_ERR_OR_NULL(servers[i].thread))
			kthread_stop(servers[i].thread);
		sock_release(servers[i].socket);
	}
}

bool bench_unit_received(struct bench_connection *self, size_t received)
{
	self->received += received;
	if (self->received < BENCH_UNIT)
		return false;
	self->received -= BENCH_UNIT;
	return true;
}
