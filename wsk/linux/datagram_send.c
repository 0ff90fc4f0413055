// SPDX-License-Identifier: MIT OR GPL-2.0
/* Sending: port/datagram.h over sendmsg and its control messages. */
#include <linux/bpf-cgroup.h>
#include <linux/net_tstamp.h>
#include <linux/socket.h>
#include <linux/udp.h>
#include <net/inet_ecn.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "linux/datagram.h"
#include "linux/stamp.h"

/* Room for one message of each kind. */
union control_buffer {
	struct cmsghdr align;
	u8 room[CMSG_SPACE(sizeof(struct in6_pktinfo)) + 3 * CMSG_SPACE(sizeof(int)) +
		CMSG_SPACE(sizeof(u16))];
};

static void put(struct msghdr *msg, int level, int type, const void *data, size_t size)
{
	struct cmsghdr *header = msg->msg_control + msg->msg_controllen;

	header->cmsg_level = level;
	header->cmsg_type = type;
	header->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(header), data, size);
	msg->msg_controllen += CMSG_SPACE(size);
}

static void put_int(struct msghdr *msg, int level, int type, int value)
{
	put(msg, level, type, &value, sizeof(value));
}

static bool goes_by_ipv4(const struct port_address *to)
{
	return to->family == AF_INET ||
	       ipv6_addr_v4mapped(&((const struct sockaddr_in6 *)to)->sin6_addr);
}

static int put_source(struct msghdr *msg, const struct port_send_control *control, bool ipv4)
{
	const struct in6_addr *source = (const struct in6_addr *)&control->source;

	if (ipv4) {
		struct in_pktinfo info = {.ipi_ifindex = control->interface};

		if (!ipv6_addr_v4mapped(source) && !ipv6_addr_any(source))
			return -EINVAL;
		info.ipi_spec_dst.s_addr = source->s6_addr32[3];
		put(msg, SOL_IP, IP_PKTINFO, &info, sizeof(info));
	} else {
		struct in6_pktinfo info = {.ipi6_addr = *source,
					   .ipi6_ifindex = control->interface};

		if (ipv6_addr_v4mapped(source))
			return -EINVAL;
		put(msg, SOL_IPV6, IPV6_PKTINFO, &info, sizeof(info));
	}
	return 0;
}

static u8 traffic_class_of(const struct sock *sk, const struct port_send_control *control,
			   bool ipv4)
{
	u8 value = control->traffic_class;

	if (!(control->fields & PORT_SEND_TRAFFIC_CLASS))
		value = ipv4 ? READ_ONCE(inet_sk(sk)->tos) : READ_ONCE(inet6_sk(sk)->tclass);
	if (control->fields & PORT_SEND_ECN)
		value = (value & ~INET_ECN_MASK) | control->ecn;
	return value;
}

static int put_control(struct msghdr *msg, const struct sock *sk,
		       const struct port_send_control *control, bool ipv4)
{
	int level = ipv4 ? SOL_IP : SOL_IPV6, error = 0;

	if (control->fields & PORT_SEND_SOURCE)
		error = put_source(msg, control, ipv4);
	if (control->fields & PORT_SEND_HOP_LIMIT)
		put_int(msg, level, ipv4 ? IP_TTL : IPV6_HOPLIMIT, control->hop_limit);
	if (control->fields & (PORT_SEND_TRAFFIC_CLASS | PORT_SEND_ECN))
		put_int(msg, level, ipv4 ? IP_TOS : IPV6_TCLASS,
			traffic_class_of(sk, control, ipv4));
	return error;
}

/* One sends at a time; and in a softirq one datagram, which takes no lock, nor memory that waits.
 */
static int transmit(struct socket *socket, struct msghdr *msg, size_t length)
{
	struct sock *sk = socket->sk;
	gfp_t allocation = sk->sk_allocation;
	int sent;

	if (!softirq_count())
		return sock_sendmsg(socket, msg);
	/* The socket is locked for BPF programs of cgroups, anybody's. */
	if (cgroup_bpf_enabled(CGROUP_UDP4_SENDMSG) || cgroup_bpf_enabled(CGROUP_UDP6_SENDMSG))
		return -EBUSY;
	sk->sk_allocation = GFP_ATOMIC;
	sent = sk->sk_prot->sendmsg(sk, msg, length);
	sk->sk_allocation = allocation;
	return sent;
}

static int64_t send(struct port_socket *socket, const struct port_address *to,
		    const struct port_send_control *control, u32 segment_size,
		    const struct port_vector *data)
{
	struct sock *sk = socket->socket->sk;
	struct port_address address = *to;
	union control_buffer buffer = {};
	struct msghdr msg = {
		.msg_name = &address,
		.msg_namelen = to->family == AF_INET ? sizeof(struct sockaddr_in)
						     : sizeof(struct sockaddr_in6),
		.msg_control = &buffer,
		.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL,
	};
	int error = 0;
	bool stamped;

	if (port_datagram_exceeds_mtu(socket, segment_size ? segment_size : data->length))
		return -EMSGSIZE;
	if (control)
		error = put_control(&msg, sk, control, goes_by_ipv4(to));
	if (error)
		return error;
	if (segment_size) {
		u16 size = segment_size;

		put(&msg, SOL_UDP, UDP_SEGMENT, &size, sizeof(size));
	}
	stamped = control && (control->fields & PORT_SEND_STAMP) &&
		  port_stamp_expect(port_datagram_socket_of(socket), control->stamp);
	if (stamped)
		put_int(&msg, SOL_SOCKET, SO_TIMESTAMPING_OLD, SOF_TIMESTAMPING_TX_SOFTWARE);
	port_iterate(&msg.msg_iter, WRITE, data);
	error = transmit(socket->socket, &msg, data->length);
	if (error < 0 && stamped)
		port_stamp_forget(port_datagram_socket_of(socket), control->stamp);
	/* What is in flight makes room for it when it has gone. */
	if (error == -ENOBUFS && sk_wmem_alloc_get(sk))
		return -EAGAIN;
	return error;
}

int64_t port_datagram_send(struct port_socket *socket, const struct port_address *to,
			   const struct port_send_control *control, uint32_t segment_size,
			   const struct port_vector *data)
{
	int64_t sent = send(socket, to, control, segment_size, data);

	/* The failure may have been an earlier datagram's, which it was the news of. */
	if (sent < 0 && sent != -EAGAIN)
		sent = send(socket, to, control, segment_size, data);
	return sent;
}
