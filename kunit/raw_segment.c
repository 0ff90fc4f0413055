// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * kunit/raw_segment.h over raw sockets that bring their own headers.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/net.h>
#include <linux/tcp.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "raw_segment.h"

struct packet {
	union {
		struct iphdr four;
		struct ipv6hdr six;
	};
	u8 headers[16]; /* IPv6's further ones */
	struct tcphdr tcp;
};

static void fill_tcp(struct tcphdr *tcp, const struct raw_segment *segment)
{
	tcp->source = htons(segment->from);
	tcp->dest = htons(segment->to);
	tcp->seq = htonl(segment->sequence);
	tcp->doff = sizeof(*tcp) / 4;
	tcp->window = htons(1024);
	tcp_flag_word(tcp) |= htonl(segment->flags << 16);
}

static int fill_four(void *packet, const struct raw_segment *segment)
{
	struct iphdr *ip = packet;
	struct tcphdr *tcp = (struct tcphdr *)(ip + 1);

	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->ttl = 64;
	ip->protocol = IPPROTO_TCP;
	ip->saddr = htonl(segment->silent ? 0xc6336409 : INADDR_LOOPBACK); /* 198.51.100.9 */
	ip->daddr = htonl(INADDR_LOOPBACK);
	fill_tcp(tcp, segment);
	tcp->check = csum_tcpudp_magic(ip->saddr, ip->daddr, sizeof(*tcp), IPPROTO_TCP,
				       csum_partial(tcp, sizeof(*tcp), 0));
	if (segment->damaged)
		tcp->check ^= htons(0x1234);
	return sizeof(*ip) + sizeof(*tcp);
}

/* Adds a header of 8 bytes: *next is where the one in front says what follows. */
static u8 *add_header(u8 *header, u8 **next, u8 type)
{
	**next = type;
	*next = header;
	return header + 8;
}

static int fill_six(void *packet, const struct raw_segment *segment)
{
	static const struct in6_addr nowhere = {{{0x20, 0x01, 0x0d, 0xb8, [15] = 9}}};
	static const u8 padding[] = {IPV6_TLV_PADN, 4};
	struct ipv6hdr *ip = packet;
	u8 *next = &ip->nexthdr, *end = (u8 *)(ip + 1);
	struct tcphdr *tcp;
	int length;

	ip->version = 6;
	ip->hop_limit = 64;
	ip->saddr = segment->silent ? nowhere : in6addr_loopback;
	ip->daddr = in6addr_loopback;
	if (segment->with_options) {
		memcpy(end + 2, padding, sizeof(padding));
		end = add_header(end, &next, IPPROTO_DSTOPTS);
	}
	if (segment->in_pieces || segment->in_one_piece) {
		((struct frag_hdr *)end)->frag_off = segment->in_pieces ? htons(IP6_MF) : 0;
		end = add_header(end, &next, IPPROTO_FRAGMENT);
	}
	*next = IPPROTO_TCP;
	tcp = (struct tcphdr *)end;
	length = (u8 *)(tcp + 1) - (u8 *)(ip + 1);
	ip->payload_len = htons(length);
	fill_tcp(tcp, segment);
	tcp->check = csum_ipv6_magic(&ip->saddr, &ip->daddr, sizeof(*tcp), IPPROTO_TCP,
				     csum_partial(tcp, sizeof(*tcp), 0));
	if (segment->damaged)
		tcp->check ^= htons(0x1234);
	return sizeof(*ip) + length;
}

bool raw_segment_send(const struct raw_segment *segment)
{
	struct sockaddr_in four = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
	struct packet packet = {};
	struct msghdr message = {};
	struct kvec vector = {.iov_base = &packet};
	struct socket *socket;
	int sent;

	/* IPPROTO_RAW: the headers come with the data, and nothing is received. */
	if (sock_create_kern(&init_net, segment->ipv6 ? AF_INET6 : AF_INET, SOCK_RAW, IPPROTO_RAW,
			     &socket))
		return false;
	if (segment->ipv6) {
		vector.iov_len = fill_six(&packet, segment);
		message.msg_name = &six;
		message.msg_namelen = sizeof(six);
	} else {
		vector.iov_len = fill_four(&packet, segment);
		message.msg_name = &four;
		message.msg_namelen = sizeof(four);
	}
	sent = kernel_sendmsg(socket, &message, &vector, 1, vector.iov_len);
	sock_release(socket);
	return sent == vector.iov_len;
}
