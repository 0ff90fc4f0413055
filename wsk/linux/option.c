// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/option.h over the fields of struct sock, and setsockopt(). */
#include <linux/net.h>
#include <linux/tcp.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "linux/port_socket.h"
#include "port/option.h"

void port_socket_set_nodelay(struct sock *sk, bool on)
{
	if (on) {
		tcp_sock_set_nodelay(sk);
		return;
	}
	lock_sock(sk);
	tcp_sk(sk)->nonagle &= ~TCP_NAGLE_OFF;
	release_sock(sk);
}

static int set_v6only(struct socket *socket, int value)
{
	return socket->ops->setsockopt(socket, SOL_IPV6, IPV6_V6ONLY, KERNEL_SOCKPTR(&value),
				       sizeof(value));
}

/* Without the limit of net.core.wmem_max, which is for unprivileged callers. */
static void set_send_buffer(struct sock *sk, u32 bytes)
{
	lock_sock(sk);
	sk->sk_userlocks |= SOCK_SNDBUF_LOCK;
	WRITE_ONCE(sk->sk_sndbuf, max_t(int, bytes * 2, SOCK_MIN_SNDBUF));
	sk->sk_write_space(sk);
	release_sock(sk);
}

int port_socket_set_option(struct port_socket *socket, enum port_socket_option option,
			   uint32_t value)
{
	struct sock *sk = socket->socket->sk;

	switch (option) {
	case PORT_OPTION_REUSE_ADDRESS:
		lock_sock(sk);
		sk->sk_reuse = value ? SK_CAN_REUSE : SK_NO_REUSE;
		release_sock(sk);
		return 0;
	case PORT_OPTION_SHARE_PORT:
		lock_sock(sk);
		sk->sk_reuseport = value;
		release_sock(sk);
		return 0;
	case PORT_OPTION_KEEPALIVE:
		lock_sock(sk);
		if (sk->sk_prot->keepalive)
			sk->sk_prot->keepalive(sk, value);
		sock_valbool_flag(sk, SOCK_KEEPOPEN, value);
		release_sock(sk);
		return 0;
	case PORT_OPTION_RECEIVE_BUFFER:
		sock_set_rcvbuf(sk, min_t(u32, value, INT_MAX / 2));
		return 0;
	case PORT_OPTION_SEND_BUFFER:
		set_send_buffer(sk, min_t(u32, value, INT_MAX / 2));
		return 0;
	case PORT_OPTION_NODELAY:
		port_socket_set_nodelay(sk, value);
		return 0;
	case PORT_OPTION_V6ONLY:
		return set_v6only(socket->socket, value);
	}
	return -ENOPROTOOPT;
}

int port_socket_get_option(struct port_socket *socket, enum port_socket_option option,
			   uint32_t *value)
{
	const struct sock *sk = socket->socket->sk;

	switch (option) {
	case PORT_OPTION_REUSE_ADDRESS:
		*value = sk->sk_reuse == SK_CAN_REUSE;
		return 0;
	case PORT_OPTION_SHARE_PORT:
		*value = sk->sk_reuseport;
		return 0;
	case PORT_OPTION_KEEPALIVE:
		*value = sock_flag(sk, SOCK_KEEPOPEN);
		return 0;
	case PORT_OPTION_RECEIVE_BUFFER: /* the kernel keeps twice what was asked for */
		*value = READ_ONCE(sk->sk_rcvbuf) / 2;
		return 0;
	case PORT_OPTION_SEND_BUFFER:
		*value = READ_ONCE(sk->sk_sndbuf) / 2;
		return 0;
	case PORT_OPTION_NODELAY:
		*value = !!(tcp_sk(sk)->nonagle & TCP_NAGLE_OFF);
		return 0;
	case PORT_OPTION_V6ONLY:
		*value = sk->sk_ipv6only;
		return 0;
	}
	return -ENOPROTOOPT;
}
