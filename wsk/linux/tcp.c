// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/tcp.h over struct tcp_sock. */
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "linux/port_socket.h"
#include "port/tcp.h"

static const u8 states[] = {
	[TCP_ESTABLISHED] = PORT_TCP_ESTABLISHED,
	[TCP_SYN_SENT] = PORT_TCP_SYN_SENT,
	[TCP_SYN_RECV] = PORT_TCP_SYN_RECEIVED,
	[TCP_FIN_WAIT1] = PORT_TCP_FIN_WAIT_1,
	[TCP_FIN_WAIT2] = PORT_TCP_FIN_WAIT_2,
	[TCP_TIME_WAIT] = PORT_TCP_TIME_WAIT,
	[TCP_CLOSE] = PORT_TCP_CLOSED,
	[TCP_CLOSE_WAIT] = PORT_TCP_CLOSE_WAIT,
	[TCP_LAST_ACK] = PORT_TCP_LAST_ACK,
	[TCP_LISTEN] = PORT_TCP_LISTEN,
	[TCP_CLOSING] = PORT_TCP_CLOSING,
};

void port_tcp_get_info(struct port_socket *socket, struct port_tcp_info *info)
{
	struct sock *sk = socket->socket->sk;
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 since = READ_ONCE(socket->since);
	struct tcp_info linux_info;

	tcp_get_info(sk, &linux_info);
	*info = (struct port_tcp_info){
		.segment_size = linux_info.tcpi_snd_mss,
		.round_trip = linux_info.tcpi_rtt,
		.least_round_trip = linux_info.tcpi_min_rtt,
		.congestion_window = linux_info.tcpi_snd_cwnd * linux_info.tcpi_snd_mss,
		.send_window = linux_info.tcpi_snd_wnd,
		.receive_buffer = READ_ONCE(sk->sk_rcvbuf) / 2,
		.out_of_order = linux_info.tcpi_rcv_ooopack * linux_info.tcpi_rcv_mss,
		.retransmitted = linux_info.tcpi_bytes_retrans,
		.retransmissions = linux_info.tcpi_total_retrans,
		.duplicate_acks = linux_info.tcpi_dsack_dups,
		.timeouts = linux_info.tcpi_backoff,
		.sent = linux_info.tcpi_bytes_sent,
		.received = linux_info.tcpi_bytes_received,
		.limited_by_receiver = linux_info.tcpi_rwnd_limited,
		.limited_by_buffer = linux_info.tcpi_sndbuf_limited,
		.limited_by_network =
			linux_info.tcpi_busy_time -
			min(linux_info.tcpi_busy_time,
			    linux_info.tcpi_rwnd_limited + linux_info.tcpi_sndbuf_limited),
		.syn_retransmissions = socket->syn_retransmits,
		.timestamps = linux_info.tcpi_options & TCPI_OPT_TIMESTAMPS,
	};
	if (since)
		info->age = max(jiffies_to_msecs((u32)jiffies - since), 1u);
	if (linux_info.tcpi_state < ARRAY_SIZE(states))
		info->state = states[linux_info.tcpi_state];
	if (info->state == PORT_TCP_LISTEN)
		return; /* these fields mean something else there */
	lock_sock(sk);
	info->in_flight = tp->snd_nxt - tp->snd_una;
	info->receive_window = tcp_receive_window(tp);
	release_sock(sk);
}

void port_tcp_push(struct port_socket *socket)
{
	tcp_sock_set_cork(socket->socket->sk, false); /* it was never on: all that is left to do */
}

void port_tcp_set_keepalive(struct port_socket *socket, bool on, u32 idle, u32 interval)
{
	struct sock *sk = socket->socket->sk;

	lock_sock(sk);
	if (on) {
		/* Finer than the options, which count in seconds. */
		WRITE_ONCE(tcp_sk(sk)->keepalive_time, msecs_to_jiffies(idle));
		WRITE_ONCE(tcp_sk(sk)->keepalive_intvl, msecs_to_jiffies(interval));
		/* A timer that runs already would run to its old end. */
		sk->sk_prot->keepalive(sk, 0);
		sock_reset_flag(sk, SOCK_KEEPOPEN);
	}
	sk->sk_prot->keepalive(sk, on);
	sock_valbool_flag(sk, SOCK_KEEPOPEN, on);
	release_sock(sk);
}

bool port_tcp_at_mark(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;
	const struct tcp_sock *tp = tcp_sk(sk);

	return !READ_ONCE(tp->urg_data) || READ_ONCE(tp->urg_seq) == READ_ONCE(tp->copied_seq);
}

static const char *const algorithms[] = {
	[PORT_CONGESTION_DCTCP] = "dctcp",
	[PORT_CONGESTION_RENO] = "reno",
	[PORT_CONGESTION_CUBIC] = "cubic",
};

int port_tcp_set_congestion(struct port_socket *socket, enum port_congestion algorithm)
{
	struct sock *sk = socket->socket->sk;
	char name[TCP_CA_NAME_MAX] = {};
	int error;

	if (algorithm == PORT_CONGESTION_DEFAULT) {
		rcu_read_lock();
		strscpy(name, rcu_dereference(sock_net(sk)->ipv4.tcp_congestion_control)->name,
			sizeof(name));
		rcu_read_unlock();
	} else {
		strscpy(name, algorithms[algorithm], sizeof(name));
	}
	error = socket->socket->ops->setsockopt(socket->socket, SOL_TCP, TCP_CONGESTION,
						KERNEL_SOCKPTR(name), strlen(name));
	if (!error && algorithm == PORT_CONGESTION_DEFAULT) {
		lock_sock(sk);
		inet_csk(sk)->icsk_ca_setsockopt = 0;
		release_sock(sk);
	}
	return error;
}

enum port_congestion port_tcp_congestion(struct port_socket *socket)
{
	const struct inet_connection_sock *icsk = inet_csk(socket->socket->sk);
	enum port_congestion algorithm = PORT_CONGESTION_CUBIC;

	if (!icsk->icsk_ca_setsockopt)
		return PORT_CONGESTION_DEFAULT;
	rcu_read_lock();
	/* DCTCP has another name where the peer does not do it. */
	while (algorithm &&
	       !str_has_prefix(READ_ONCE(icsk->icsk_ca_ops)->name, algorithms[algorithm]))
		algorithm--;
	rcu_read_unlock();
	return algorithm;
}

/* Everything that a full TCP socket says goes through here: segments, acknowledgements, resets. */
static int say_nothing(struct sock *sk, struct sk_buff *skb, struct flowi *flow)
{
	kfree_skb(skb);
	return 0;
}

/* IPv4, IPv6, and IPv4 within IPv6. */
static struct inet_connection_sock_af_ops silent_ops[3];
static DEFINE_MUTEX(silent_lock);

static const struct inet_connection_sock_af_ops *
silenced(const struct sock *sk, const struct inet_connection_sock_af_ops *ops)
{
	struct inet_connection_sock_af_ops *silent = &silent_ops[0];

	if (sk->sk_family == AF_INET6)
		silent = &silent_ops[ops->net_header_len == sizeof(struct iphdr) ? 2 : 1];
	mutex_lock(&silent_lock);
	if (!silent->queue_xmit) {
		*silent = *ops;
		silent->queue_xmit = say_nothing;
	}
	mutex_unlock(&silent_lock);
	return silent;
}

int port_tcp_silence(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;
	struct inet_connection_sock *icsk = inet_csk(sk);
	const struct dst_entry *dst;
	int error = -ENOTCONN;

	lock_sock(sk);
	dst = __sk_dst_get(sk);
	if (dst && (dst->dev->flags & IFF_LOOPBACK))
		error = -EOPNOTSUPP;
	else if (sk->sk_state != TCP_CLOSE && sk->sk_state != TCP_LISTEN)
		error = 0;
	if (!error && icsk->icsk_af_ops->queue_xmit != say_nothing)
		icsk->icsk_af_ops = silenced(sk, icsk->icsk_af_ops);
	release_sock(sk);
	return error;
}
