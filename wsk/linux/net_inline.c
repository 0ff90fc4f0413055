// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Using a connection in a softirq: that which processes its packets, in sk_data_ready, or another.
 * Nobody owns the socket, and the spinlock that goes before owning it is held. What port/net.h
 * otherwise does with the socket owned then works at once, without a switch to another task; but
 * nothing may sleep.
 */
#include <linux/moduleparam.h>
#include <linux/skbuff.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "linux/port_socket.h"
#include "port/net.h"

static bool fast_paths = true;
module_param(fast_paths, bool, 0644);
MODULE_PARM_DESC(fast_paths, "serve sockets in the softirq that processes their packets");

bool port_inline_allowed(void)
{
	return READ_ONCE(fast_paths);
}

bool port_inline_begin(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;

	if (!port_inline_allowed())
		return false;
	/*
	 * Datagrams are queued, and taken out again, without the socket's lock. But while more than
	 * half of the buffer is used, UDP tells of them under another one.
	 */
	if (sk->sk_type != SOCK_STREAM)
		return atomic_read(&sk->sk_rmem_alloc) <= READ_ONCE(sk->sk_rcvbuf) / 2;
	/* A listening socket is told of a connection under that one's lock. */
	if (sk->sk_state == TCP_LISTEN || sock_owned_by_user(sk))
		return false;
	/* What is sent from here must not wait for memory. */
	socket->allocation = sk->sk_allocation;
	sk->sk_allocation = GFP_ATOMIC;
	WRITE_ONCE(socket->inline_processor, smp_processor_id() + 1);
	return true;
}

void port_inline_end(struct port_socket *socket)
{
	if (socket->socket->sk->sk_type != SOCK_STREAM)
		return;
	WRITE_ONCE(socket->inline_processor, 0);
	socket->socket->sk->sk_allocation = socket->allocation;
}

bool port_inline_soon(const struct port_socket *socket)
{
	const struct sock *sk = socket->socket->sk;

	return port_inline_allowed() &&
	       (sk->sk_type == SOCK_STREAM ? !sock_owned_by_user_nocheck(sk)
					   : in_serving_softirq());
}

/* Held beyond the function, which sparse need not know. */
static void take_lock(struct sock *sk)
{
	bh_lock_sock(sk);
	__release(&sk->sk_lock.slock);
}

static void drop_lock(struct sock *sk)
{
	__acquire(&sk->sk_lock.slock);
	bh_unlock_sock(sk);
}

bool port_socket_enter(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;

	if (sk->sk_type != SOCK_STREAM)
		return port_inline_allowed();
	take_lock(sk);
	if (port_inline_begin(socket))
		return true;
	drop_lock(sk);
	return false;
}

void port_socket_leave(struct port_socket *socket)
{
	port_inline_end(socket);
	if (socket->socket->sk->sk_type == SOCK_STREAM)
		drop_lock(socket->socket->sk);
}

int port_locked_send(struct port_socket *socket, struct msghdr *msg, size_t length, bool push)
{
	struct sock *sk = socket->socket->sk;
	u8 nonagle = tcp_sk(sk)->nonagle;
	int sent;

	if (push)
		tcp_sk(sk)->nonagle |= TCP_NAGLE_OFF | TCP_NAGLE_PUSH;
	sent = tcp_sendmsg_locked(sk, msg, length);
	if (push) {
		tcp_sk(sk)->nonagle = nonagle;
		/* What is collected nevertheless, behind a device's queue, then goes as it is. */
		if (tcp_send_head(sk))
			tcp_sk(sk)->nonagle |= TCP_NAGLE_PUSH;
	}
	return sent;
}

struct reading {
	struct iov_iter *to; /* NULL: nowhere */
	size_t left;
};

static int read_actor(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset,
		      size_t length)
{
	struct reading *reading = desc->arg.data;

	length = min(length, reading->left);
	if (reading->to && skb_copy_datagram_iter(skb, offset, reading->to, length)) {
		desc->error = -EFAULT;
		return 0;
	}
	reading->left -= length;
	if (!reading->left)
		desc->count = 0;
	return length;
}

int port_locked_receive(struct port_socket *socket, struct iov_iter *to, size_t length)
{
	struct sock *sk = socket->socket->sk;
	struct reading reading = {to, length};
	read_descriptor_t desc = {.arg.data = &reading, .count = 1};
	u16 urgent = tcp_sk(sk)->urg_data;
	int received = 0;

	/*
	 * Urgent data has its place among the other. tcp_read_sock() would stop in front of it, as
	 * recvmsg() does where a signal waits for the thread.
	 */
	WRITE_ONCE(tcp_sk(sk)->urg_data, 0);
	if (length)
		received = tcp_read_sock(sk, &desc, read_actor);
	if (!port_mark_passed(sk))
		WRITE_ONCE(tcp_sk(sk)->urg_data, urgent);
	if (desc.error)
		return desc.error;
	if (received > 0 || !length)
		return received;
	/* As recvmsg() tells the end from nothing yet. */
	if (sk->sk_err)
		return sock_error(sk);
	if ((sk->sk_shutdown & RCV_SHUTDOWN) || sk->sk_state == TCP_CLOSE)
		return 0;
	return -EAGAIN;
}
