// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Sockets and the end of their network namespace.
 *
 * A socket of the initial namespace holds it, as that of a process does, and so do the timers of
 * its connections. One in another namespace does not: the namespace ends with its last process.
 * Before anything of the namespace is taken down, whoever has a socket there is told, and the end
 * waits until each has been released, with all that Linux has of it.
 */
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/sock.h>

#include "compat.h"
#include "linux/datagram.h"
#include "linux/linux.h"
#include "linux/port_socket.h"
#include "linux/rare.h"

struct inhabitants {
	spinlock_t lock;
	struct list_head sockets;
	unsigned int count; /* of those, and of those that are being released */
	bool ending;
	wait_queue_head_t left; /* by the last one */
};

static unsigned int inhabitants_id;

static struct inhabitants *inhabitants_of(struct port_socket *socket)
{
	return net_generic(sock_net(socket->socket->sk), inhabitants_id);
}

/* Else it holds its namespace, which does not end before it. */
static bool listed(struct port_socket *socket)
{
	return !list_empty(&socket->neighbours);
}

void port_socket_enter_net(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;
	struct inhabitants *inhabitants = inhabitants_of(socket);

	INIT_LIST_HEAD(&socket->neighbours);
	if (sock_net(sk) == &init_net || !compat_sock_timers_end()) {
		if (!sk->sk_net_refcnt)
			compat_sock_hold_net(sk);
		return;
	}
	spin_lock_bh(&inhabitants->lock);
	list_add(&socket->neighbours, &inhabitants->sockets);
	inhabitants->count++;
	spin_unlock_bh(&inhabitants->lock);
}

struct port_socket *port_socket_move(struct port_socket_room *to, struct port_socket_room *from)
{
	struct port_socket *old = port_socket_in(from), *socket = port_socket_in(to);
	struct inhabitants *inhabitants = inhabitants_of(old);

	*to = *from;
	INIT_LIST_HEAD(&socket->neighbours);
	if (listed(old)) {
		spin_lock_bh(&inhabitants->lock);
		list_replace(&old->neighbours, &socket->neighbours);
		spin_unlock_bh(&inhabitants->lock);
	}
	return socket;
}

bool port_socket_net_ends(struct port_socket *socket)
{
	struct inhabitants *inhabitants = inhabitants_of(socket);
	bool ends;

	if (!listed(socket))
		return false;
	spin_lock_bh(&inhabitants->lock);
	ends = inhabitants->ending;
	spin_unlock_bh(&inhabitants->lock);
	return ends;
}

void port_socket_release(struct port_socket *socket, bool reset)
{
	struct inhabitants *inhabitants = inhabitants_of(socket);
	struct sock *sk = socket->socket->sk;
	bool leaves = listed(socket), in_room = socket->socket->type == SOCK_STREAM;

	/* What goes on after a FIN would have nobody's namespace to stand on. */
	if (reset || leaves)
		sock_no_linger(sk);
	if (!in_room)
		port_datagram_drop(socket);
	port_rare_free(socket);
	if (leaves) {
		sock_hold(sk);
		/* It must not be told of the end while its sock is taken away. */
		spin_lock_bh(&inhabitants->lock);
		list_del(&socket->neighbours);
		spin_unlock_bh(&inhabitants->lock);
	}
	sock_release(socket->socket);
	if (leaves) {
		/* Packets that a client retains may still refer to it. */
		compat_sock_forget_net(sk);
		sock_put(sk);
		spin_lock_bh(&inhabitants->lock);
		if (!--inhabitants->count)
			wake_up(&inhabitants->left);
		spin_unlock_bh(&inhabitants->lock);
	}
	if (!in_room)
		kfree(socket);
}

static int begin_net(struct net *net)
{
	struct inhabitants *inhabitants = net_generic(net, inhabitants_id);

	spin_lock_init(&inhabitants->lock);
	INIT_LIST_HEAD(&inhabitants->sockets);
	init_waitqueue_head(&inhabitants->left);
	return 0;
}

static bool all_left(struct inhabitants *inhabitants)
{
	bool left;

	spin_lock_bh(&inhabitants->lock);
	left = !inhabitants->count;
	spin_unlock_bh(&inhabitants->lock);
	return left;
}

/* No new one comes: making a socket takes a reference to the namespace. */
static void end_net(struct net *net)
{
	struct inhabitants *inhabitants = net_generic(net, inhabitants_id);
	struct port_socket *socket;

	spin_lock_bh(&inhabitants->lock);
	inhabitants->ending = true;
	list_for_each_entry (socket, &inhabitants->sockets, neighbours)
		port_socket_tell(socket, PORT_SOCKET_DEAD);
	spin_unlock_bh(&inhabitants->lock);
	wait_event(inhabitants->left, all_left(inhabitants));
}

static struct pernet_operations operations = {
	.init = begin_net,
	.pre_exit = end_net,
	.id = &inhabitants_id,
	.size = sizeof(struct inhabitants),
};

int port_namespace_init(void)
{
	return register_pernet_subsys(&operations);
}

void port_namespace_exit(void)
{
	unregister_pernet_subsys(&operations);
}
