// SPDX-License-Identifier: MIT OR GPL-2.0
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "linux/linux.h"
#include "linux/rtnl.h"

struct sk_buff *rtnetlink_request(int type, int flags, size_t header)
{
	struct sk_buff *request = nlmsg_new(NLMSG_GOODSIZE / 2, GFP_KERNEL);
	struct nlmsghdr *message;

	if (!request)
		return NULL;
	message = nlmsg_put(request, 0, 1, type, header, flags | NLM_F_REQUEST | NLM_F_ACK);
	memset(nlmsg_data(message), 0, header);
	return request;
}

bool rtnetlink_read(const void *data, int length, rtnetlink_answer *answer, void *context,
		    int *result)
{
	const struct nlmsghdr *message = data;

	for (; nlmsg_ok(message, length); message = nlmsg_next(message, &length)) {
		if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE) {
			*result = nlmsg_len(message) >= sizeof(int) ? *(int *)nlmsg_data(message)
								    : -EPROTO;
			return true;
		}
		if (message->nlmsg_type >= NLMSG_MIN_TYPE && answer)
			answer(context, message);
	}
	return false;
}

static int send(struct socket *socket, struct sk_buff *request)
{
	struct kvec part = {.iov_base = request->data, .iov_len = request->len};
	struct msghdr msg = {};
	int sent = kernel_sendmsg(socket, &msg, &part, 1, part.iov_len);

	return min(sent, 0);
}

/* All of the answer is there once the request has been sent, or comes as it is read. */
static int receive(struct socket *socket, void *buffer, rtnetlink_answer *answer, void *context)
{
	struct msghdr msg = {};
	int result = -EPROTO;
	int length;

	do {
		struct kvec part = {.iov_base = buffer, .iov_len = RTNETLINK_BUFFER};

		length = kernel_recvmsg(socket, &msg, &part, 1, part.iov_len, MSG_DONTWAIT);
		if (length < 0)
			return length;
		if (msg.msg_flags & MSG_TRUNC)
			return -EMSGSIZE;
	} while (!rtnetlink_read(buffer, length, answer, context, &result));
	return result;
}

static int exchange(struct socket *socket, struct sk_buff *request, rtnetlink_answer *answer,
		    void *context)
{
	void *buffer = kmalloc(RTNETLINK_BUFFER, GFP_KERNEL);
	int error;

	if (!buffer)
		return -ENOMEM;
	error = send(socket, request);
	if (!error)
		error = receive(socket, buffer, answer, context);
	kfree(buffer);
	return error;
}

/*
 * Whoever changes something is judged by the file of the socket, too, which may outlive the call,
 * and so has to hold the namespace. A driver is trusted.
 */
static int exchange_trusted(struct socket *socket, struct sk_buff *request)
{
	const struct cred *own = override_creds(port_kernel_rights());
	struct file *file;
	int error;

	compat_sock_hold_net(socket->sk);
	file = sock_alloc_file(socket, O_RDWR, NULL);
	if (IS_ERR(file)) { /* which has released the socket */
		error = PTR_ERR(file);
	} else {
		error = exchange(socket, request, NULL, NULL);
		fput(file);
	}
	revert_creds(own);
	return error;
}

int rtnetlink_ask(struct net *net, struct sk_buff *request, rtnetlink_answer *answer, void *context)
{
	struct nlmsghdr *message;
	struct socket *socket;
	int error;

	if (!request)
		return -ENOMEM;
	message = nlmsg_hdr(request);
	nlmsg_end(request, message);
	error = sock_create_kern(net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &socket);
	if (error) {
		nlmsg_free(request);
		return error;
	}
	/* Requests come in fours: new, delete, get and set. */
	if ((message->nlmsg_type - RTM_BASE) % 4 == RTM_GETLINK - RTM_BASE) {
		error = exchange(socket, request, answer, context);
		sock_release(socket);
	} else {
		error = exchange_trusted(socket, request);
	}
	nlmsg_free(request);
	return error;
}

int64_t rtnetlink_list(struct rtnetlink_list *list, int type, size_t header,
		       rtnetlink_answer *answer)
{
	struct sk_buff *request = rtnetlink_request(type, NLM_F_DUMP, header);
	int error;

	if (request)
		((struct rtgenmsg *)rtnetlink_header(request))->rtgen_family = list->family;
	error = rtnetlink_ask(list->net, request, answer, list);
	return error ?: list->count;
}

int rtnetlink_put_address(struct sk_buff *request, int attribute,
			  const struct port_address *address)
{
	if (address->family == AF_INET)
		return nla_put_in_addr(request, attribute,
				       ((const struct sockaddr_in *)address)->sin_addr.s_addr);
	return nla_put_in6_addr(request, attribute,
				&((const struct sockaddr_in6 *)address)->sin6_addr);
}

void rtnetlink_set_address(struct port_address *to, int family, const void *from, u32 index)
{
	*to = (struct port_address){.family = family};
	if (family == AF_INET) {
		memcpy(&((struct sockaddr_in *)to)->sin_addr, from, sizeof(struct in_addr));
	} else {
		struct sockaddr_in6 *address = (struct sockaddr_in6 *)to;

		memcpy(&address->sin6_addr, from, sizeof(address->sin6_addr));
		address->sin6_scope_id = ipv6_iface_scope_id(&address->sin6_addr, index);
	}
}

void rtnetlink_get_address(struct port_address *to, int family, const struct nlattr *from)
{
	if (!from || nla_len(from) < (family == AF_INET ? 4 : 16))
		*to = (struct port_address){.family = family};
	else
		rtnetlink_set_address(to, family, nla_data(from), 0);
}
