// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * kunit/netlink_ask.h
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/net.h>
#include <linux/socket.h>

#include "netlink_ask.h"

/* The answer to the request comes before sending it has returned. */
static int exchange(struct socket *socket, struct nlmsghdr *request)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		u8 rest[512];
	} answer = {};
	struct kvec out = {request, request->nlmsg_len}, in = {&answer, sizeof(answer)};
	struct msghdr msg = {};
	int error;

	error = kernel_sendmsg(socket, &msg, &out, 1, out.iov_len);
	if (error < 0)
		return error;
	error = kernel_recvmsg(socket, &msg, &in, 1, in.iov_len, MSG_DONTWAIT);
	if (error < 0)
		return error;
	return answer.header.nlmsg_type == NLMSG_ERROR ? answer.error.error : -EPROTO;
}

int netlink_ask(struct net *net, struct nlmsghdr *request)
{
	struct socket *socket;
	struct file *file;
	int error;

	error = sock_create_kern(net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &socket);
	if (error)
		return error;
	/* Whoever asks is judged by the socket's file. */
	file = sock_alloc_file(socket, O_RDWR, NULL);
	if (IS_ERR(file)) /* which has released the socket */
		return PTR_ERR(file);
	error = exchange(socket, request);
	fput(file);
	return error;
}
