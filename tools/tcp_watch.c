// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * tcp_watch - shows the TCP segments to and from a port, in the order in which they were seen.
 *
 *   tcp_watch PORT [INTERFACE]
 *
 * Prints "ready", and then a line for each segment, until a signal ends it: the address family,
 * both ports, and the flags by their names, as in
 *
 *   IPv4 40312 > 5588 SYN
 *   IPv6 5588 > 40312 SYN ACK
 *
 * On the loopback interface every segment is seen leaving, and not a second time arriving.
 * Statically linked, it also runs where there is no C library.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void show(const char *family, const struct tcphdr *tcp)
{
	printf("%s %u > %u%s%s%s%s\n", family, ntohs(tcp->source), ntohs(tcp->dest),
	       tcp->syn ? " SYN" : "", tcp->fin ? " FIN" : "", tcp->rst ? " RST" : "",
	       tcp->ack ? " ACK" : "");
	fflush(stdout);
}

/* The TCP header in a packet, where it has one that is whole. */
static const struct tcphdr *find_tcp(const unsigned char *packet, size_t length, bool six)
{
	size_t offset;

	if (six) {
		const struct ip6_hdr *ip = (const struct ip6_hdr *)packet;

		offset = sizeof(*ip);
		if (length < offset || ip->ip6_nxt != IPPROTO_TCP)
			return NULL;
	} else {
		const struct iphdr *ip = (const struct iphdr *)packet;

		if (length < sizeof(*ip) || ip->protocol != IPPROTO_TCP)
			return NULL;
		offset = ip->ihl * 4u;
	}
	if (length < offset + sizeof(struct tcphdr))
		return NULL;
	return (const struct tcphdr *)(packet + offset);
}

int main(int count, char **words)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	unsigned int port;
	bool loopback;
	int fd;

	if (count < 2 || count > 3) {
		fprintf(stderr, "usage: tcp_watch PORT [INTERFACE]\n");
		return 2;
	}
	port = strtoul(words[1], NULL, 10);
	loopback = count > 2 && !strcmp(words[2], "lo");
	if (count > 2) {
		address.sll_ifindex = if_nametoindex(words[2]);
		if (!address.sll_ifindex)
			fail(words[2]);
	}
	/* Cooked: packets begin with the IP header, whatever the interface. */
	fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
	if (fd < 0)
		fail("socket");
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		fail("bind");
	puts("ready");
	fflush(stdout);
	for (;;) {
		unsigned char packet[2048] __attribute__((aligned(8)));
		struct sockaddr_ll from;
		socklen_t size = sizeof(from);
		ssize_t length =
			recvfrom(fd, packet, sizeof(packet), 0, (struct sockaddr *)&from, &size);
		bool six = from.sll_protocol == htons(ETH_P_IPV6);
		const struct tcphdr *tcp;

		if (length < 0)
			fail("recvfrom");
		if ((!six && from.sll_protocol != htons(ETH_P_IP)) ||
		    (loopback && from.sll_pkttype != PACKET_OUTGOING))
			continue;
		tcp = find_tcp(packet, length, six);
		if (tcp && (ntohs(tcp->source) == port || ntohs(tcp->dest) == port))
			show(six ? "IPv6" : "IPv4", tcp);
	}
}
