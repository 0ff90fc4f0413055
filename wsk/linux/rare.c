// SPDX-License-Identifier: MIT OR GPL-2.0
/* port_rare, and options that are kept there: header options as they were set. */
#include <linux/net.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "linux/rare.h"

struct port_rare *port_rare_of(struct port_socket *socket)
{
	struct port_rare *made, *there = READ_ONCE(socket->rare);

	if (there)
		return there;
	made = kzalloc(sizeof(*made), GFP_KERNEL);
	if (!made)
		return NULL;
	there = cmpxchg(&socket->rare, NULL, made);
	if (there)
		kfree(made);
	return there ? there : made;
}

void port_rare_free(struct port_socket *socket)
{
	int i;

	if (!socket->rare)
		return;
	port_user_mtu_free(socket);
	for (i = 0; i < PORT_HEADER_COUNT; i++)
		kfree(socket->rare->header[i]);
	kfree(socket->rare);
}

int port_socket_set_header(struct port_socket *socket, enum port_header header, const void *bytes,
			   uint32_t count)
{
	static const struct {
		int level;
		int name;
	} names[PORT_HEADER_COUNT] = {
		[PORT_HEADER_IPV4_OPTIONS] = {SOL_IP, IP_OPTIONS},
		[PORT_HEADER_HOP_BY_HOP] = {SOL_IPV6, IPV6_HOPOPTS},
		[PORT_HEADER_ROUTING] = {SOL_IPV6, IPV6_RTHDR},
	};
	struct sock *sk = socket->socket->sk;
	struct port_rare *rare;
	void *copy = NULL, *old;
	int error;

	if (count > PORT_LONGEST_HEADER)
		return -EINVAL;
	rare = port_rare_of(socket);
	if (rare && count)
		copy = kmemdup(bytes, count, GFP_KERNEL);
	if (!rare || (count && !copy))
		return -ENOMEM;
	error = socket->socket->ops->setsockopt(socket->socket, names[header].level,
						names[header].name, KERNEL_SOCKPTR((void *)bytes),
						count);
	if (error) {
		kfree(copy);
		return error;
	}
	lock_sock(sk);
	old = rare->header[header];
	rare->header[header] = copy;
	rare->header_size[header] = count;
	release_sock(sk);
	kfree(old);
	return 0;
}

uint32_t port_socket_get_header(struct port_socket *socket, enum port_header header, void *to,
				uint32_t room)
{
	const struct port_rare *rare = READ_ONCE(socket->rare);
	struct sock *sk = socket->socket->sk;
	u32 size;

	if (!rare)
		return 0;
	lock_sock(sk);
	size = rare->header_size[header];
	if (size <= room)
		memcpy(to, rare->header[header], size);
	release_sock(sk);
	return size;
}
