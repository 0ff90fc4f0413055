// SPDX-License-Identifier: MIT OR GPL-2.0
/* kunit/net_address.h, over netlink: no function that changes addresses is exported. */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/if_addr.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/socket.h>
#include <net/net_namespace.h>

#include "net_address.h"

struct request {
	struct nlmsghdr header;
	struct ifaddrmsg message;
	struct nlattr attribute;
	u8 address[16];
};

/* The answer to the request comes before sending it has returned. */
static int ask(struct socket *socket, struct request *request)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		u8 rest[128];
	} answer = {};
	struct kvec out = {request, request->header.nlmsg_len}, in = {&answer, sizeof(answer)};
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

int net_address_change(int family, const void *address, bool add)
{
	struct net *net = current->nsproxy->net_ns;
	u32 length = family == AF_INET ? 4 : 16;
	struct request request = {
		.header = {.nlmsg_type = add ? RTM_NEWADDR : RTM_DELADDR,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
					  (add ? NLM_F_CREATE | NLM_F_EXCL : 0)},
		.message = {.ifa_family = family,
			    .ifa_prefixlen = length * 8,
			    .ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0,
			    .ifa_index = net->loopback_dev->ifindex},
		.attribute = {.nla_type = IFA_LOCAL},
	};
	struct socket *socket;
	struct file *file;
	int error;

	request.attribute.nla_len = sizeof(request.attribute) + length;
	request.header.nlmsg_len = offsetof(struct request, address) + length;
	memcpy(request.address, address, length);
	error = sock_create_kern(net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &socket);
	if (error)
		return error;
	/* Whoever asks is judged by the socket's file. */
	file = sock_alloc_file(socket, O_RDWR, NULL);
	if (IS_ERR(file)) /* which has released the socket */
		return PTR_ERR(file);
	error = ask(socket, &request);
	fput(file);
	return error;
}
