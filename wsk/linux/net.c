// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/net.h over sock_create_kern() and the sock's callbacks. */
#include <linux/cred.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "compat.h"
#include "linux/datagram.h"
#include "linux/loan.h"
#include "linux/port_owner.h"
#include "linux/port_socket.h"
#include "linux/stamp.h"
#include "port/net.h"

#define ASSERT_ERROR_VALUE(name, value) static_assert(name == (value));
PORT_ERROR_LIST(ASSERT_ERROR_VALUE)
#undef ASSERT_ERROR_VALUE

static_assert(PORT_AF_INET == AF_INET && PORT_AF_INET6 == AF_INET6);
static_assert(sizeof(struct sockaddr_in6) == sizeof(struct port_address));
static_assert(sizeof(struct sockaddr_in) <= sizeof(struct port_address));

static_assert(sizeof(struct port_socket) <= sizeof(struct port_socket_room));

/* What the stack calls where nobody is attached: the same for all socks of a type. */
struct callbacks {
	void (*data_ready)(struct sock *sk);
	void (*write_space)(struct sock *sk);
	void (*state_change)(struct sock *sk);
	void (*error_report)(struct sock *sk);
};

static struct callbacks stream_callbacks, datagram_callbacks;

static struct callbacks *callbacks_of(const struct sock *sk)
{
	return sk->sk_type == SOCK_STREAM ? &stream_callbacks : &datagram_callbacks;
}

static void note_callbacks(const struct sock *sk)
{
	struct callbacks *callbacks = callbacks_of(sk);

	WRITE_ONCE(callbacks->data_ready, sk->sk_data_ready);
	WRITE_ONCE(callbacks->write_space, sk->sk_write_space);
	WRITE_ONCE(callbacks->state_change, sk->sk_state_change);
	WRITE_ONCE(callbacks->error_report, sk->sk_error_report);
}

static void note_state(struct port_socket *self, struct sock *sk)
{
	int error = READ_ONCE(sk->sk_err);

	if (error && !READ_ONCE(self->error))
		WRITE_ONCE(self->error, -error);
	if (READ_ONCE(sk->sk_state) == TCP_ESTABLISHED && !READ_ONCE(self->since)) {
		self->syn_retransmits = min(tcp_sk(sk)->total_retrans, (u32)U8_MAX);
		WRITE_ONCE(self->since, (u32)jiffies | 1);
	}
}

static void notify(struct sock *sk, u32 events)
{
	bool softirq = in_softirq();
	struct port_socket *self;

	/*
	 * The lock keeps detach() from returning while the owner is being told. A connection that
	 * nobody accepted yet carries the listener's callbacks, but no user data.
	 */
	if (softirq)
		read_lock(&sk->sk_callback_lock);
	else
		read_lock_bh(&sk->sk_callback_lock);
	self = __locked_read_sk_user_data_with_flags(sk, SK_USER_DATA_NOCOPY);
	if (self) {
		if (sk->sk_type == SOCK_STREAM)
			note_state(self, sk);
		if ((events & PORT_SOCKET_READABLE) && softirq && port_inline_begin(self)) {
			self->notify(self->owner, events | PORT_SOCKET_INLINE);
			port_inline_end(self);
		} else {
			if (port_inline_soon(self))
				events |= PORT_SOCKET_SOON;
			self->notify(self->owner, events);
		}
	}
	if (softirq)
		read_unlock(&sk->sk_callback_lock);
	else
		read_unlock_bh(&sk->sk_callback_lock);
}

static void on_data_ready(struct sock *sk)
{
	notify(sk, PORT_SOCKET_READABLE);
}

static void on_write_space(struct sock *sk)
{
	if (sk->sk_type == SOCK_STREAM ? !sk_stream_is_writeable(sk) : !sock_writeable(sk))
		return;
	if (sk->sk_socket)
		clear_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	notify(sk, PORT_SOCKET_WRITABLE);
}

static void on_state_change(struct sock *sk)
{
	notify(sk, PORT_SOCKET_STATE);
}

static void on_error_report(struct sock *sk)
{
	/* What an earlier datagram came to must not fail a later one. */
	if (sk->sk_type != SOCK_STREAM) {
		sock_error(sk);
		port_stamps_collect(sk);
	}
	notify(sk, PORT_SOCKET_STATE);
}

void port_socket_tell(struct port_socket *socket, u32 events)
{
	notify(socket->socket->sk, events);
}

void port_socket_attach(struct port_socket *socket, void *owner, port_socket_notify *notify)
{
	struct sock *sk = socket->socket->sk;

	socket->owner = owner;
	socket->notify = notify;
	write_lock_bh(&sk->sk_callback_lock);
	/* Not copied: a connection accepted later must not speak for its listener. */
	__rcu_assign_sk_user_data_with_flags(sk, socket, SK_USER_DATA_NOCOPY);
	sk->sk_data_ready = on_data_ready;
	sk->sk_write_space = on_write_space;
	sk->sk_state_change = on_state_change;
	sk->sk_error_report = on_error_report;
	/* A connection that was accepted may have failed while there was nobody to tell. */
	if (READ_ONCE(sk->sk_err))
		WRITE_ONCE(socket->error, -READ_ONCE(sk->sk_err));
	write_unlock_bh(&sk->sk_callback_lock);
	if (port_socket_net_ends(socket))
		port_socket_tell(socket, PORT_SOCKET_DEAD);
}

void port_socket_detach(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;
	const struct callbacks *callbacks = callbacks_of(sk);

	write_lock_bh(&sk->sk_callback_lock);
	__rcu_assign_sk_user_data_with_flags(sk, NULL, SK_USER_DATA_NOCOPY);
	sk->sk_data_ready = READ_ONCE(callbacks->data_ready);
	sk->sk_write_space = READ_ONCE(callbacks->write_space);
	sk->sk_state_change = READ_ONCE(callbacks->state_change);
	sk->sk_error_report = READ_ONCE(callbacks->error_report);
	write_unlock_bh(&sk->sk_callback_lock);
}

#ifdef CONFIG_DEBUG_LOCK_ALLOC
static struct lock_class_key slock_key[2], sk_lock_key[2];
#endif

static void set_lock_class(struct sock *sk)
{
#ifdef CONFIG_DEBUG_LOCK_ALLOC
	/* Drivers may sit below the file systems whose locks user sockets are taken under. */
	if (sk->sk_family == AF_INET)
		sock_lock_init_class_and_name(sk, "slock-AF_INET-WSK", &slock_key[0],
					      "sk_lock-AF_INET-WSK", &sk_lock_key[0]);
	else
		sock_lock_init_class_and_name(sk, "slock-AF_INET6-WSK", &slock_key[1],
					      "sk_lock-AF_INET6-WSK", &sk_lock_key[1]);
#endif
}

/* It is for tasks that wait: a softirq that looks for more must not run the device's. */
static void poll_no_device(struct sock *sk)
{
#ifdef CONFIG_NET_RX_BUSY_POLL
	WRITE_ONCE(sk->sk_ll_usec, 0);
#endif
}

struct port_socket *port_socket_in(struct port_socket_room *room)
{
	return (struct port_socket *)room;
}

int port_socket_create(struct port_owner *owner, int family, int type, int protocol,
		       struct port_socket_room *room, struct port_socket **created)
{
	struct port_socket *self;
	const struct cred *caller;
	struct sock *sk;
	int error;

	error = port_owner_settle(owner);
	if (error)
		return error;
	if (type == SOCK_STREAM)
		self = memset(room, 0, sizeof(*room));
	else
		self = kzalloc(sizeof(struct port_datagram_socket), GFP_KERNEL);
	if (!self)
		return -ENOMEM;
	/* Whose they are decides which sockets of user space share a port with it. */
	caller = override_creds(owner->rights);
	error = sock_create_kern(owner->net, family, type, protocol, &self->socket);
	revert_creds(caller);
	if (error) {
		if (type != SOCK_STREAM)
			kfree(self);
		return error;
	}
	sk = self->socket->sk;
	set_lock_class(sk);
	port_socket_enter_net(self);
	port_owner_leave_net(owner);
	compat_sock_no_task_frag(sk);
	note_callbacks(sk);
	/* Accepted connections inherit both. WSK receives every byte in its place. */
	poll_no_device(sk);
	sock_set_flag(sk, SOCK_URGINLINE);
	if (type != SOCK_STREAM) {
		port_stamps_init(self);
		port_arrivals_begin(port_datagram_socket_of(self));
	}
	*created = self;
	return 0;
}

static int address_length(const struct port_address *address)
{
	return address->family == AF_INET ? sizeof(struct sockaddr_in)
					  : sizeof(struct sockaddr_in6);
}

struct port_net *port_socket_net(struct port_socket *socket)
{
	return (struct port_net *)sock_net(socket->socket->sk);
}

void port_socket_lend(struct port_socket *socket, bool on)
{
	SOCK_INODE(socket->socket)->i_uid = on ? GLOBAL_ROOT_UID : socket->socket->sk->sk_uid;
}

/* Raw sockets have received what is for any address since they were made. */
static void forget_early(struct sock *sk)
{
	synchronize_net(); /* who found the socket before it was bound has queued the packet */
	skb_queue_purge(&sk->sk_receive_queue);
}

int port_socket_bind(struct port_socket *socket, const struct port_owner *owner,
		     const struct port_address *to)
{
	struct port_address address = *to;
	const struct cred *caller = override_creds(owner->rights);
	int error;

	error = kernel_bind(socket->socket, (struct sockaddr *)&address, address_length(to));
	revert_creds(caller);
	if (!error) {
		struct sock *sk = socket->socket->sk;

		if (sk->sk_type == SOCK_RAW)
			forget_early(sk);
		/* A port of the system's choice stays, too, when connecting fails. */
		lock_sock(sk);
		if (inet_sk(sk)->inet_num)
			sk->sk_userlocks |= SOCK_BINDPORT_LOCK;
		release_sock(sk);
	}
	return error;
}

int port_socket_listen(struct port_socket *socket)
{
	struct net *net = sock_net(socket->socket->sk);

	return kernel_listen(socket->socket, READ_ONCE(net->core.sysctl_somaxconn));
}

int port_socket_accept(struct port_socket *listener, struct port_socket_room *room)
{
	struct port_socket *self;
	int error;

	/* Linux makes a socket before it looks. */
	if (reqsk_queue_empty(&inet_csk(listener->socket->sk)->icsk_accept_queue))
		return -EAGAIN;
	self = memset(room, 0, sizeof(*room));
	error = kernel_accept(listener->socket, &self->socket, O_NONBLOCK);
	if (error)
		return error;
	port_socket_enter_net(self);
	compat_sock_no_task_frag(self->socket->sk);
	port_tcp_unpause(self->socket->sk);
	self->since = (u32)jiffies | 1;
	self->syn_retransmits = min(tcp_sk(self->socket->sk)->total_retrans, (u32)U8_MAX);
	return 0;
}

int port_socket_connect(struct port_socket *socket, const struct port_address *to)
{
	struct port_address address = *to;
	int error = port_tcp_before_syn(socket);

	if (!error)
		error = kernel_connect(socket->socket, (struct sockaddr *)&address,
				       address_length(to), O_NONBLOCK);
	port_tcp_after_syn(socket);
	return error;
}

int64_t port_socket_connect_with(struct port_socket *socket, const struct port_address *to,
				 const struct port_vector *data)
{
	struct port_address address = *to;
	struct msghdr msg = {
		.msg_name = &address,
		.msg_namelen = address_length(to),
		.msg_flags = MSG_FASTOPEN | MSG_DONTWAIT | MSG_NOSIGNAL,
	};
	int taken = -EOPNOTSUPP;

	if (READ_ONCE(socket->fast_open)) {
		port_iterate(&msg.msg_iter, WRITE, data);
		taken = port_tcp_before_syn(socket);
		if (!taken)
			taken = sock_sendmsg(socket->socket, &msg);
		port_tcp_after_syn(socket);
	}
	/* The system's administrator decides (net.ipv4.tcp_fastopen). */
	if (taken == -EOPNOTSUPP)
		taken = port_socket_connect(socket, to);
	return taken == -EINPROGRESS ? 0 : taken;
}

int port_socket_failure(struct port_socket *socket, int otherwise)
{
	int error = READ_ONCE(socket->error);

	if (!error)
		error = sock_error(socket->socket->sk);
	if (!error)
		error = otherwise;
	if (error)
		WRITE_ONCE(socket->error, error);
	return error;
}

int port_socket_connect_status(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;
	int error = 0;

	lock_sock(sk);
	switch (sk->sk_state) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		error = -EINPROGRESS;
		break;
	case TCP_CLOSE:
		/* A peer that accepts and resets at once has accepted: what follows finds out. */
		if (!READ_ONCE(socket->since)) {
			error = port_socket_failure(socket, -ECONNREFUSED);
			break;
		}
		fallthrough;
	default:
		socket->socket->state = SS_CONNECTED;
	}
	release_sock(sk);
	if (!error)
		port_tcp_after_handshake(socket);
	return error;
}

int64_t port_socket_send(struct port_socket *socket, const struct port_vector *data, uint32_t flags,
			 struct port_loan *loan)
{
	struct msghdr msg = {.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL};
	struct sock *sk = socket->socket->sk;
	struct bio_vec pages[PORT_LOAN_SEGMENTS] __uninitialized;
	bool owns = !port_inline(socket), collected;
	int sent;

	if (flags & PORT_SEND_MORE)
		msg.msg_flags |= MSG_MORE;
	if (flags & PORT_SEND_URGENT)
		msg.msg_flags |= MSG_OOB;
	if (!loan || !port_loan_use(loan, &msg, pages, data))
		port_iterate(&msg.msg_iter, WRITE, data);
	if (owns)
		lock_sock(sk);
	sent = port_locked_send(socket, &msg, msg_data_left(&msg), flags & PORT_SEND_PUSH);
	/* Linux may collect small sends while earlier ones are in the device's queue. */
	collected = owns && (flags & PORT_SEND_PUSH) && tcp_send_head(sk) &&
		    !(tcp_sk(sk)->nonagle & TCP_NAGLE_OFF);
	if (owns)
		release_sock(sk);
	if (collected) {
		port_socket_set_nodelay(sk, true); /* which pushes what is queued */
		port_socket_set_nodelay(sk, false);
	}
	return sent < 0 && sent != -EAGAIN ? port_socket_failure(socket, sent) : sent;
}

/* To NULL: nowhere. */
static int64_t receive(struct port_socket *socket, struct iov_iter *to, size_t length)
{
	struct sock *sk = socket->socket->sk;
	bool owns = !port_inline(socket);
	int received;

	if (owns)
		lock_sock(sk);
	received = port_locked_receive(socket, to, length);
	if (owns)
		release_sock(sk);
	if (received > 0 || received == -EAGAIN)
		return received;
	/* The end of the stream, unless a failure was reported to someone else before. */
	return port_socket_failure(socket, received);
}

int64_t port_socket_receive(struct port_socket *socket, const struct port_vector *to)
{
	struct iov_iter iter;

	port_iterate(&iter, READ, to);
	return receive(socket, &iter, to->length);
}

int64_t port_socket_discard(struct port_socket *socket, size_t limit)
{
	return receive(socket, NULL, limit);
}

/* Whether a FIN is on its way, as far as TCP knows; under the sock's lock. */
static bool waits_for_fins_ack(const struct sock *sk)
{
	return (1 << sk->sk_state) & (TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK);
}

/* Whether there was no memory for it, after which TCP never tries again. */
static bool fin_is_missing(struct sock *sk)
{
	bool missing;

	lock_sock(sk);
	missing = waits_for_fins_ack(sk) && tcp_write_queue_empty(sk) && tcp_rtx_queue_empty(sk);
	release_sock(sk);
	return missing;
}

int port_socket_shutdown_send(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;
	int error = kernel_sock_shutdown(socket->socket, SHUT_WR);

	if (!error && fin_is_missing(sk)) {
		tcp_abort(sk, ENOBUFS); /* else the peer would never hear of the end */
		error = -ENOBUFS;
	}
	return error ? port_socket_failure(socket, error) : 0;
}

int port_socket_shutdown_status(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;
	int error;

	lock_sock(sk);
	error = waits_for_fins_ack(sk) ? -EINPROGRESS : port_socket_failure(socket, 0);
	release_sock(sk);
	return error;
}

int port_socket_recorded_failure(struct port_socket *socket)
{
	return READ_ONCE(socket->error);
}

bool port_socket_readable(struct port_socket *socket)
{
	const struct sock *sk = socket->socket->sk;

	return !skb_queue_empty_lockless(&sk->sk_receive_queue) || READ_ONCE(sk->sk_err) ||
	       READ_ONCE(socket->error) || port_socket_receive_ended(socket);
}

uint32_t port_socket_available(struct port_socket *socket)
{
	const struct tcp_sock *tp = tcp_sk(socket->socket->sk);

	return READ_ONCE(tp->rcv_nxt) - READ_ONCE(tp->copied_seq);
}

bool port_socket_receive_ended(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;

	return (READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN) || READ_ONCE(sk->sk_state) == TCP_CLOSE;
}

enum port_stream_end port_socket_stream_end(struct port_socket *socket)
{
	bool ended = port_socket_receive_ended(socket);

	/* Without the lock: TCP sets the failure first (tcp_done_with_error), and then the end. */
	smp_rmb();
	/* Before the stack tells us, the failure is in the sock alone. */
	if (READ_ONCE(socket->socket->sk->sk_err) || READ_ONCE(socket->error))
		return PORT_STREAM_FAILED;
	return ended ? PORT_STREAM_FINISHED : PORT_STREAM_GOES_ON;
}

void port_socket_reset(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;

	lock_sock(sk);
	sk->sk_prot->disconnect(sk, 0);
	socket->socket->state = SS_UNCONNECTED;
	/* All three are looked at without the lock. */
	WRITE_ONCE(sk->sk_err, 0);
	WRITE_ONCE(socket->error, 0);
	WRITE_ONCE(socket->since, 0);
	release_sock(sk);
}

int port_socket_local_address(struct port_socket *socket, struct port_address *address)
{
	int length = kernel_getsockname(socket->socket, (struct sockaddr *)address);

	if (length < 0)
		return length;
	/* Raw sockets have no port; the kernel keeps the protocol there. */
	if (socket->socket->type == SOCK_RAW)
		((struct sockaddr_in *)address)->sin_port = 0;
	return 0;
}

int port_socket_remote_address(struct port_socket *socket, struct port_address *address)
{
	/* 2: also of a connection that the peer has reset. */
	int length = socket->socket->ops->getname(socket->socket, (struct sockaddr *)address, 2);

	return length < 0 ? length : 0;
}
