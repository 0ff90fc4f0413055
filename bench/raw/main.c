// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * bench_raw - the measuring client, and the peers that a WSK driver is compared with.
 *
 *	echo 'pingpong port=7100 size=64 count=2000' >/sys/module/bench_raw/parameters/run
 *	cat /sys/module/bench_raw/parameters/result
 *
 * The peers serve from the moment that the module is loaded; see ports.h.
 */
#include <linux/inet.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "raw.h"

static DEFINE_MUTEX(running);
static char result[1024];

static int set_run(const char *line, const struct kernel_param *param)
{
	int error;

	mutex_lock(&running);
	error = bench_run(line, result, sizeof(result));
	mutex_unlock(&running);
	return error;
}

static const struct kernel_param_ops run_ops = {.set = set_run};
module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "a workload to run, and its parameters");
module_param_string(result, result, sizeof(result), 0400);
MODULE_PARM_DESC(result, "what the last one measured");

struct socket *bench_socket(int type)
{
	struct socket *socket;
	int error = sock_create_kern(&init_net, AF_INET, type,
				     type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP, &socket);

	if (error)
		return ERR_PTR(error);
	sock_set_rcvbuf(socket->sk, 4 << 20);
	if (type == SOCK_DGRAM)
		WRITE_ONCE(socket->sk->sk_sndbuf, 8 << 20);
	return socket;
}

static struct sockaddr_in at(__be32 address, unsigned int port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = address};
}

static struct socket *bound(int type, unsigned int port)
{
	struct sockaddr_in address = at(htonl(INADDR_ANY), port);
	struct socket *socket = bench_socket(type);
	int error;

	if (IS_ERR(socket))
		return socket;
	socket->sk->sk_reuse = SK_CAN_REUSE;
	error = kernel_bind(socket, (struct sockaddr *)&address, sizeof(address));
	if (!error && type == SOCK_STREAM)
		error = kernel_listen(socket, 1024);
	if (error) {
		sock_release(socket);
		return ERR_PTR(error);
	}
	return socket;
}

struct socket *bench_listen(unsigned int port)
{
	return bound(SOCK_STREAM, port);
}

struct socket *bench_bind_udp(unsigned int port)
{
	return bound(SOCK_DGRAM, port);
}

struct socket *bench_connect(int type, __be32 to, unsigned int port)
{
	struct sockaddr_in address = at(to, port);
	struct socket *socket = bench_socket(type);
	int error;

	if (IS_ERR(socket))
		return socket;
	error = kernel_connect(socket, (struct sockaddr *)&address, sizeof(address), 0);
	if (error) {
		sock_release(socket);
		return ERR_PTR(error);
	}
	return socket;
}

int bench_send(struct socket *socket, const void *data, size_t size, int flags)
{
	while (size) {
		struct msghdr msg = {.msg_flags = flags | MSG_NOSIGNAL};
		struct kvec vector = {(void *)data, size};
		int sent = kernel_sendmsg(socket, &msg, &vector, 1, size);

		if (sent <= 0)
			return sent ? sent : -EPIPE;
		data += sent;
		size -= sent;
	}
	return 0;
}

int bench_receive(struct socket *socket, void *data, size_t size, int flags)
{
	struct msghdr msg = {};
	struct kvec vector = {data, size};

	return kernel_recvmsg(socket, &msg, &vector, 1, size, flags);
}

static void stop(void)
{
	bench_idle_end();
	datagrams_stop();
	callbacks_stop();
	threads_stop();
	bench_wire_stop();
}

static int __init bench_raw_init(void)
{
	int error = bench_wire_start();

	if (!error)
		error = threads_start();
	if (!error)
		error = callbacks_start();
	if (!error)
		error = datagrams_start();
	if (error)
		stop();
	return error;
}

static void __exit bench_raw_exit(void)
{
	stop();
}

module_init(bench_raw_init);
module_exit(bench_raw_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Benchmark client and raw in-kernel peers for WSK");
