// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * BENCH_WORK and BENCH_INLINE: sk_data_ready either queues work, which receives and sends, or does
 * that itself where nobody owns the socket. The second is the limit of what callbacks can reach.
 */
#include <linux/kthread.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "raw.h"

struct server {
	enum bench_peer peer;
	enum bench_task task;
	struct socket *socket;
	struct task_struct *thread;
	struct list_head connections; /* the thread's */
};

struct connection {
	struct list_head link;
	struct server *server;
	struct socket *socket;
	struct work_struct work;
	void (*data_ready)(struct sock *sk);
	size_t received;
	size_t held; /* received, and not sent */
	char *buffer;
};

static const struct {
	enum bench_peer peer;
	enum bench_task task;
} places[] = {
	{BENCH_WORK, BENCH_ECHO},
	{BENCH_WORK, BENCH_SINK},
	{BENCH_INLINE, BENCH_ECHO},
	{BENCH_INLINE, BENCH_SINK},
};

static struct server servers[ARRAY_SIZE(places)];
static struct workqueue_struct *queue;

static void send_locked(struct connection *self, const void *data, size_t size)
{
	struct msghdr msg = {.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL};
	struct kvec vector = {(void *)data, size};

	iov_iter_kvec(&msg.msg_iter, WRITE, &vector, 1, size);
	if (tcp_sendmsg_locked(self->socket->sk, &msg, size) != size)
		pr_warn_once("bench_raw: no room for an answer\n");
}

static bool count(struct connection *self, size_t received)
{
	self->received += received;
	if (self->received < BENCH_UNIT)
		return false;
	self->received -= BENCH_UNIT;
	return true;
}

static int actor(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset, size_t length)
{
	struct connection *self = desc->arg.data;

	if (self->server->task == BENCH_SINK)
		return length;
	length = min_t(size_t, length, BENCH_CHUNK - self->held);
	if (skb_copy_bits(skb, offset, self->buffer + self->held, length))
		return 0;
	self->held += length;
	return length;
}

/* Under the socket's lock, of either kind. */
static void serve_locked(struct connection *self)
{
	read_descriptor_t desc = {.arg.data = self, .count = 1};
	int received;

	for (;;) {
		received = tcp_read_sock(self->socket->sk, &desc, actor);
		if (received <= 0)
			return;
		if (self->server->task == BENCH_SINK) {
			if (count(self, received))
				send_locked(self, "k", 1);
		} else {
			send_locked(self, self->buffer, self->held);
			self->held = 0;
		}
	}
}

static void inline_data_ready(struct sock *sk)
{
	struct connection *self;

	read_lock_bh(&sk->sk_callback_lock);
	self = sk->sk_user_data;
	if (self && !sock_owned_by_user(sk))
		serve_locked(self);
	else if (self)
		queue_work(queue, &self->work);
	read_unlock_bh(&sk->sk_callback_lock);
}

static void inline_work(struct work_struct *work)
{
	struct connection *self = container_of(work, struct connection, work);

	lock_sock(self->socket->sk);
	serve_locked(self);
	release_sock(self->socket->sk);
}

static void work_data_ready(struct sock *sk)
{
	struct connection *self;

	read_lock_bh(&sk->sk_callback_lock);
	self = sk->sk_user_data;
	if (self)
		queue_work(queue, &self->work);
	read_unlock_bh(&sk->sk_callback_lock);
}

static void work_work(struct work_struct *work)
{
	struct connection *self = container_of(work, struct connection, work);

	for (;;) {
		int received = bench_receive(self->socket, self->buffer, BENCH_CHUNK, MSG_DONTWAIT);

		if (received <= 0)
			return;
		if (self->server->task == BENCH_ECHO)
			bench_send(self->socket, self->buffer, received, 0);
		else if (count(self, received))
			bench_send(self->socket, "k", 1, 0);
	}
}

static void take(struct server *server, struct socket *socket)
{
	struct connection *self = kzalloc(sizeof(*self), GFP_KERNEL);
	struct sock *sk = socket->sk;
	bool in_place = server->peer == BENCH_INLINE;

	if (self)
		self->buffer = kvmalloc(BENCH_CHUNK, GFP_KERNEL);
	if (!self || !self->buffer) {
		sock_release(socket);
		kfree(self);
		return;
	}
	self->server = server;
	self->socket = socket;
	INIT_WORK(&self->work, in_place ? inline_work : work_work);
	tcp_sock_set_nodelay(sk);
	sk->sk_allocation = GFP_ATOMIC;
	compat_sock_no_task_frag(sk);
	list_add(&self->link, &server->connections);
	write_lock_bh(&sk->sk_callback_lock);
	self->data_ready = sk->sk_data_ready;
	sk->sk_user_data = self;
	sk->sk_data_ready = in_place ? inline_data_ready : work_data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
	queue_work(queue, &self->work);
}

static void drop(struct connection *self)
{
	struct sock *sk = self->socket->sk;

	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_user_data = NULL;
	sk->sk_data_ready = self->data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
	cancel_work_sync(&self->work);
	sock_release(self->socket);
	kvfree(self->buffer);
	kfree(self);
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
	list_for_each_entry_safe (self, next, &server->connections, link)
		drop(self);
	return 0;
}

int callbacks_start(void)
{
	int i;

	queue = alloc_workqueue("bench_raw", WQ_MEM_RECLAIM, 0);
	if (!queue)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		struct server *server = &servers[i];

		server->peer = places[i].peer;
		server->task = places[i].task;
		INIT_LIST_HEAD(&server->connections);
		server->socket = bench_listen(BENCH_PORT(places[i].peer, places[i].task));
		if (IS_ERR(server->socket))
			return PTR_ERR(server->socket);
		server->thread = kthread_run(listen, server, "bench_listen");
		if (IS_ERR(server->thread))
			return PTR_ERR(server->thread);
	}
	return 0;
}

void callbacks_stop(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(servers); i++) {
		struct server *server = &servers[i];

		if (IS_ERR_OR_NULL(server->socket))
			continue;
		kernel_sock_shutdown(server->socket, SHUT_RDWR);
		if (!IS_ERR_OR_NULL(server->thread))
			kthread_stop(server->thread);
		sock_release(server->socket);
	}
	if (queue)
		destroy_workqueue(queue);
}
