/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The object behind struct port_socket, for the files that implement it. */
#ifndef WSK_LINUX_PORT_SOCKET_H
#define WSK_LINUX_PORT_SOCKET_H

#include <linux/net.h>

#include "port/net.h"

struct port_socket {
	struct socket *socket;
	void *owner;
	port_socket_notify *notify;
	/* First failure that the stack reported; sk_err itself is cleared by whoever reads it
	 * first. */
	int error;
	/* It was seen connected; the peer may have reset it since. */
	bool established;
	void (*data_ready)(struct sock *sk);
	void (*write_space)(struct sock *sk);
	void (*state_change)(struct sock *sk);
	void (*error_report)(struct sock *sk);
};

/* The failure on record, else sk_err, else the given one. */
int port_socket_failure(struct port_socket *socket, int otherwise);

/* TCP_NODELAY. Switching it on pushes what is queued. */
void port_socket_set_nodelay(struct sock *sk, bool on);

#endif
