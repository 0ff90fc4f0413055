// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * BENCH_WORK and BENCH_INLINE: sk_data_ready either queues work, which receives and sends, or does
 * that itself where nobody owns the socket. The second is the limit of what callbacks can reach.
 */
#include <linux/workqueue.h>

#include "compat.h"
#include "raw.h"

struct connection {
	struct bench_connection base;
	struct work_struct work;
	void (*data_ready)(struct sock *sk);
	size_t held; /* received, and not sent */
};

static struct workqueue_struct *queue;

static void send_locked(struct connection *self, const void *data, size_t size)
{
	struct msghdr msg = {.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL};
	struct kvec vector = {(void *)data, size};

	iov_iter_kvec(&msg.msg_iter, WRITE, &vector, 1, size);
	if (tcp_sendmsg_locked(self->base.socket->sk, &msg, size) != size)
		pr_warn_once("bench_raw: no room for an answer\n");
}

static int actor(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset, size_t length)
{
	struct connection *self = desc->arg.data;

	if (self->base.server->task == BENCH_SINK)
		return length;
	length = min_t(size_t, length, BENCH_CHUNK - self->held);
	if (skb_copy_bits(skb, offset, self->base.buffer + self->held, length))
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
		received = tcp_read_sock(self->base.socket->sk, &desc, actor);
		if (received <= 0)
			return;
		if (self->base.server->task == BENCH_SINK) {
			if (bench_unit_received(&self->base, received))
				send_locked(self, "k", 1);
		} else {
			send_locked(self, self->base.buffer, self->held);
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

	lock_sock(self->base.socket->sk);
	serve_locked(self);
	release_sock(self->base.socket->sk);
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
		int received = bench_receive(self->base.socket, self->base.buffer, BENCH_CHUNK,
					     MSG_DONTWAIT);

		if (received <= 0)
			return;
		if (self->base.server->task == BENCH_ECHO)
			bench_send(self->base.socket, self->base.buffer, received, 0);
		else if (bench_unit_received(&self->base, received))
			bench_send(self->base.socket, "k", 1, 0);
	}
}

static bool begin(struct bench_connection *base)
{
	struct connection *self = container_of(base, struct connection, base);
	struct sock *sk = base->socket->sk;
	bool in_place = base->server->peer == BENCH_INLINE;

	INIT_WORK(&self->work, in_place ? inline_work : work_work);
	sk->sk_allocation = GFP_ATOMIC;
	compat_sock_no_task_frag(sk);
	write_lock_bh(&sk->sk_callback_lock);
	self->data_ready = sk->sk_data_ready;
	sk->sk_user_data = self;
	sk->sk_data_ready = in_place ? inline_data_ready : work_data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
	queue_work(queue, &self->work);
	return true;
}

static void end(struct bench_connection *base)
{
	struct connection *self = container_of(base, struct connection, base);
	struct sock *sk = base->socket->sk;

	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_user_data = NULL;
	sk->sk_data_ready = self->data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
	cancel_work_sync(&self->work);
}

static bool keep(struct bench_connection *base)
{
	return true;
}

static void leave(struct bench_connection *base) {}

static const struct bench_style style = {sizeof(struct connection), begin, end};
static const struct bench_style idle = {sizeof(struct bench_connection), keep, leave};

static struct bench_server servers[] = {
	{BENCH_WORK, BENCH_ECHO, &style},   {BENCH_WORK, BENCH_SINK, &style},
	{BENCH_INLINE, BENCH_ECHO, &style}, {BENCH_INLINE, BENCH_SINK, &style},
	{BENCH_INLINE, BENCH_IDLE, &idle},
};

int callbacks_start(void)
{
	queue = alloc_workqueue("bench_raw", WQ_MEM_RECLAIM, 0);
	return queue ? bench_servers_start(servers, ARRAY_SIZE(servers)) : -ENOMEM;
}

void callbacks_stop(void)
{
	bench_servers_stop(servers, ARRAY_SIZE(servers));
	if (queue)
		destroy_workqueue(queue);
}
