// SPDX-License-Identifier: MIT OR GPL-2.0
/* Receiving: port/datagram.h over the skbs of UDP and raw sockets. */
#include <linux/errqueue.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/dsfield.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/udp.h>

#include "linux/datagram.h"
#include "linux/pieces.h"
#include "linux/stamp.h"
#include "linux/tap.h"

static struct port_ip mapped(__be32 address)
{
	struct in6_addr to;
	struct port_ip ip;

	ipv6_addr_set_v4mapped(address, &to);
	memcpy(&ip, &to, sizeof(ip));
	return ip;
}

static struct port_ip unmapped(const struct in6_addr *address)
{
	struct port_ip ip;

	memcpy(&ip, address, sizeof(ip));
	return ip;
}

static void set_ipv4_address(const struct sock *sk, struct port_address *to, __be32 address,
			     __be16 port)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)to;
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	to->family = sk->sk_family;
	if (sk->sk_family == AF_INET) {
		sin->sin_addr.s_addr = address;
		sin->sin_port = port;
	} else {
		ipv6_addr_set_v4mapped(address, &sin6->sin6_addr);
		sin6->sin6_port = port;
	}
}

static void set_ipv6_address(struct port_address *to, const struct in6_addr *address, __be16 port,
			     u32 interface)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	sin6->sin6_family = AF_INET6;
	sin6->sin6_addr = *address;
	sin6->sin6_port = port;
	sin6->sin6_scope_id = ipv6_iface_scope_id(address, interface);
}

static u8 ipv4_cast(struct port_datagram_socket *self, const struct sk_buff *skb)
{
	const struct sock *sk = self->base.socket->sk;
	__be32 address = ip_hdr(skb)->daddr;
	int routes = rt_genid_ipv4(sock_net(sk));

	if (ipv4_is_multicast(address))
		return PORT_MULTICAST;
	if (ipv4_is_lbcast(address))
		return PORT_BROADCAST;
	/* Who is bound to one address of this host's gets nothing else. */
	if (address == inet_sk(sk)->inet_saddr ||
	    (address == self->unicast && routes == self->unicast_routes))
		return PORT_UNICAST;
	if (inet_addr_type(sock_net(sk), address) == RTN_BROADCAST)
		return PORT_BROADCAST;
	self->unicast = address;
	self->unicast_routes = routes;
	return PORT_UNICAST;
}

static void describe_ipv4(struct port_datagram_socket *self, const struct sk_buff *skb,
			  struct port_datagram *datagram)
{
	const struct sock *sk = self->base.socket->sk;
	const struct iphdr *header = ip_hdr(skb);

	set_ipv4_address(sk, &datagram->source, header->saddr,
			 port_is_udp(sk) ? udp_hdr(skb)->source : 0);
	datagram->ipv4 = true;
	datagram->destination = mapped(header->daddr);
	datagram->cast = ipv4_cast(self, skb);
	datagram->hop_limit = header->ttl;
	datagram->traffic_class = header->tos;
	/* Noted where the socket was told to, before the datagram came. */
	datagram->interface = PKTINFO_SKB_CB(skb)->ipi_ifindex;
	if (!datagram->interface)
		datagram->interface = skb->skb_iif;
	datagram->from_here = datagram->cast == PORT_MULTICAST &&
			      inet_addr_type(sock_net(sk), header->saddr) == RTN_LOCAL;
	datagram->routing = NULL;
}

#if IS_ENABLED(CONFIG_IPV6)
static bool is_ours(struct net *net, const struct in6_addr *address)
{
	return ipv6_chk_addr(net, address, NULL, 0);
}
#else
static bool is_ours(struct net *net, const struct in6_addr *address)
{
	return false;
}
#endif

static void describe_ipv6(const struct sock *sk, const struct sk_buff *skb,
			  struct port_datagram *datagram)
{
	const struct ipv6hdr *header = ipv6_hdr(skb);

	datagram->interface = inet6_iif(skb);
	set_ipv6_address(&datagram->source, &header->saddr,
			 port_is_udp(sk) ? udp_hdr(skb)->source : 0, datagram->interface);
	datagram->ipv4 = false;
	datagram->destination = unmapped(&header->daddr);
	datagram->cast = ipv6_addr_is_multicast(&header->daddr) ? PORT_MULTICAST : PORT_UNICAST;
	datagram->hop_limit = header->hop_limit;
	datagram->traffic_class = ipv6_get_dsfield(header);
	datagram->from_here =
		datagram->cast == PORT_MULTICAST && is_ours(sock_net(sk), &header->saddr);
	datagram->routing = NULL;
	if (IP6CB(skb)->srcrt) {
		const struct ipv6_rt_hdr *routing =
			(const void *)(skb_network_header(skb) + IP6CB(skb)->srcrt);

		datagram->routing = routing;
		datagram->routing_length = (routing->hdrlen + 1) * 8;
	}
}

/* What is left in the packet, or as many of its segments as may come as one. */
static u32 next_length(const struct port_datagram_socket *self, const struct sk_buff *skb,
		       u32 offset, u32 *segment_size)
{
	/* Not those of UFO, by which a long datagram is split into fragments. */
	bool several = skb_is_gso(skb) && (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4) &&
		       port_is_udp(self->base.socket->sk);
	u32 segment = several ? skb_shinfo(skb)->gso_size : 0;
	u32 left = skb->len - offset, most;

	*segment_size = 0;
	if (!segment || left <= segment)
		return left;
	most = max_t(u32, READ_ONCE(self->most_coalesced) / segment, 1) * segment;
	if (most > segment)
		*segment_size = segment;
	return min(left, most);
}

/* The lock is for who asks how much there is to be received. */
static noinline void set_rest(struct port_datagram_socket *self, struct sk_buff *skb, u32 offset)
{
	struct sk_buff_head *queue = &self->base.socket->sk->sk_receive_queue;

	spin_lock_bh(&queue->lock);
	WRITE_ONCE(self->rest, skb);
	self->rest_offset = offset;
	spin_unlock_bh(&queue->lock);
}

/* Takes a reference to the packet over, or leaves it in the socket while there is a rest. */
static void hand_out(struct port_datagram_socket *self, struct sk_buff *skb, u32 offset,
		     struct port_datagram *datagram)
{
	struct sock *sk = self->base.socket->sk;

	datagram->packet = skb;
	datagram->offset = offset;
	datagram->length = next_length(self, skb, offset, &datagram->segment_size);
	datagram->charge = skb->truesize;
	if (datagram->length < skb->len)
		datagram->charge = (u64)skb->truesize * datagram->length / skb->len;
	if (offset + datagram->length < skb->len)
		set_rest(self, skb_get(skb), offset + datagram->length);
	else if (self->rest)
		set_rest(self, NULL, 0);
	/* The queue's own charge has ended. This one does not touch what wants the sock's lock. */
	sock_hold(sk);
	datagram->account = sk;
	atomic_add(datagram->charge, &sk->sk_rmem_alloc);
}

static void count(const struct sock *sk, int field)
{
	if (!port_is_udp(sk))
		return;
	if (sk->sk_family == AF_INET)
		UDP_INC_STATS(sock_net(sk), field, 0);
	else
		UDP6_INC_STATS(sock_net(sk), field, 0);
}

static bool checksum_fails(const struct sock *sk, struct sk_buff *skb)
{
	if (port_is_udp(sk))
		return udp_lib_checksum_complete(skb);
	/* IPv4 leaves a raw packet's checksum to its receiver. */
	return sk->sk_family == AF_INET6 && !skb_csum_unnecessary(skb) &&
	       __skb_checksum_complete(skb);
}

/* Failures are earlier datagrams': they were cleared by being returned. */
static struct sk_buff *dequeue(struct sock *sk, int flags, int *error)
{
	struct sk_buff *skb;
	int offset = 0, tries = 4;

	do {
		*error = -EAGAIN;
		skb = port_is_udp(sk) ? __skb_recv_udp(sk, flags | MSG_DONTWAIT, &offset, error)
				      : skb_recv_datagram(sk, flags | MSG_DONTWAIT, error);
	} while (!skb && *error != -EAGAIN && --tries);
	return skb;
}

/* The next one; it is dropped if it is damaged, or not of those that the socket is to have. */
static struct sk_buff *next_valid(struct port_datagram_socket *self, int *error)
{
	struct sock *sk = self->base.socket->sk;
	struct sk_buff *skb = dequeue(sk, 0, error);
	bool passes;

	if (!skb)
		return NULL;
	passes = port_tap_passes(self, skb);
	if (passes && !checksum_fails(sk, skb))
		return skb;
	if (passes) {
		count(sk, UDP_MIB_CSUMERRORS);
		count(sk, UDP_MIB_INERRORS);
	}
	kfree_skb(skb);
	*error = -EBADMSG;
	return NULL;
}

static bool describe_returned(const struct sock *sk, struct sk_buff *skb,
			      struct port_datagram *datagram)
{
	const struct sock_exterr_skb *error = SKB_EXT_ERR(skb);
	const void *address = skb_network_header(skb) + error->addr_offset;

	memset(datagram, 0, sizeof(*datagram));
	if (error->ee.ee_origin == SO_EE_ORIGIN_ICMP)
		set_ipv4_address(sk, &datagram->source, *(const __be32 *)address, error->port);
	else if (error->ee.ee_origin == SO_EE_ORIGIN_ICMP6)
		set_ipv6_address(&datagram->source, address, error->port, skb->skb_iif);
	else /* ours, and told to the sender */
		return false;
	datagram->ipv4 = error->ee.ee_origin == SO_EE_ORIGIN_ICMP;
	datagram->returned = true;
	datagram->interface = skb->skb_iif;
	datagram->icmp_type = error->ee.ee_type;
	datagram->icmp_code = error->ee.ee_code;
	datagram->icmp_info = error->ee.ee_info;
	return true;
}

static bool next_returned(struct port_datagram_socket *self, struct port_datagram *datagram)
{
	struct sock *sk = self->base.socket->sk;
	struct sk_buff *skb;

	while (!skb_queue_empty_lockless(&sk->sk_error_queue)) {
		skb = sock_dequeue_err_skb(sk);
		if (!skb)
			return false;
		if (!describe_returned(sk, skb, datagram)) {
			kfree_skb(skb);
			continue;
		}
		skb_orphan(skb);
		datagram->packet = skb;
		datagram->length = skb->len;
		datagram->charge = skb->truesize;
		sock_hold(sk);
		datagram->account = sk;
		atomic_add(datagram->charge, &sk->sk_rmem_alloc);
		return true;
	}
	return false;
}

/* From the queue, and if there is nothing in it, what was to get there next. */
static struct sk_buff *next_whole(struct port_datagram_socket *self, int *error)
{
	struct sk_buff *skb = NULL;

	if (!port_datagram_queued(self))
		skb = port_arrival_take(self);
	if (skb)
		return skb;
	skb = next_valid(self, error);
	if (skb) {
		count(self->base.socket->sk, UDP_MIB_INDATAGRAMS);
		skb_orphan(skb);
	}
	return skb;
}

int port_datagram_next(struct port_socket *socket, struct port_datagram *datagram)
{
	struct port_datagram_socket *self = port_datagram_socket_of(socket);
	struct sock *sk = socket->socket->sk;
	struct sk_buff *skb = self->rest;
	u32 offset = self->rest_offset;
	int error;

	if (!skb) {
		if (next_returned(self, datagram))
			return 0;
		skb = next_whole(self, &error);
		if (!skb)
			return error;
		offset = 0;
	}
	if (skb->protocol == htons(ETH_P_IP))
		describe_ipv4(self, skb, datagram);
	else
		describe_ipv6(sk, skb, datagram);
	datagram->time = READ_ONCE(self->tells_time) ? port_stamp_of(skb) : 0;
	datagram->returned = false;
	datagram->processor = skb->alloc_cpu;
	hand_out(self, skb, offset, datagram);
	return 0;
}

bool port_datagram_waits(struct port_socket *socket)
{
	const struct port_datagram_socket *self = port_datagram_socket_of(socket);

	return port_datagram_queued(self) || port_arrival_waits(self);
}

u32 port_datagram_readable(struct port_datagram_socket *self)
{
	struct socket *socket = self->base.socket;
	struct sk_buff_head *queue = &socket->sk->sk_receive_queue;
	u32 length = 0, segment_size;
	struct msghdr msg = {};
	struct sk_buff *skb;
	int error;

	spin_lock_bh(&queue->lock);
	if (self->rest)
		length = next_length(self, self->rest, self->rest_offset, &segment_size);
	spin_unlock_bh(&queue->lock);
	if (length)
		return length;
	/* This drops what is damaged, and tells the length of all that came as one. */
	iov_iter_discard(&msg.msg_iter, READ, 0);
	if (sock_recvmsg(socket, &msg, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT) <= 0)
		return 0;
	skb = dequeue(socket->sk, MSG_PEEK, &error);
	if (!skb)
		return 0;
	length = next_length(self, skb, 0, &segment_size);
	consume_skb(skb);
	return length;
}

int64_t port_datagram_copy(const struct port_datagram *datagram, const struct port_vector *to)
{
	size_t length = min_t(size_t, to->length, datagram->length);
	struct iov_iter iter;
	int error;

	port_iterate(&iter, READ, to);
	error = skb_copy_datagram_iter(datagram->packet, datagram->offset, &iter, length);
	return error ? error : length;
}

size_t port_datagram_pieces(const struct port_datagram *datagram, struct port_piece *pieces,
			    size_t room)
{
	struct sk_buff *skb = datagram->packet;
	void *address = skb->data + datagram->offset;
	size_t count;

	/* Most are linear; and so is all that is empty. */
	if (datagram->offset + datagram->length <= skb_headlen(skb)) {
		pieces[0] = (struct port_piece){
			.address = address,
			.frame = page_to_pfn(virt_to_page(address)),
			.length = datagram->length,
		};
		return 1;
	}
	count = port_pieces_of(skb, datagram->offset, datagram->length, NULL);
	if (count <= room)
		port_pieces_of(skb, datagram->offset, datagram->length, pieces);
	return count;
}

void port_datagram_release(struct port_datagram *datagram)
{
	struct sock *sk = datagram->account;

	atomic_sub(datagram->charge, &sk->sk_rmem_alloc);
	sock_put(sk);
	consume_skb(datagram->packet);
}

void port_datagram_drop(struct port_socket *socket)
{
	struct port_datagram_socket *self = port_datagram_socket_of(socket);

	consume_skb(self->rest);
	port_stamps_free(self);
	port_tap_free(self);
}

static int set_option(struct port_socket *socket, int level, int name, int value)
{
	return socket->socket->ops->setsockopt(socket->socket, level, name, KERNEL_SOCKPTR(&value),
					       sizeof(value));
}

static int set_no_checksum(struct port_socket *socket, bool on)
{
	struct sock *sk = socket->socket->sk;
	int error = 0;

	if (sk->sk_family == AF_INET6)
		error = set_option(socket, SOL_UDP, UDP_NO_CHECK6_TX, on);
	if (!error && sk->sk_family == AF_INET6)
		error = set_option(socket, SOL_UDP, UDP_NO_CHECK6_RX, on);
	if (error)
		return error;
	lock_sock(sk);
	sk->sk_no_check_tx = on;
	release_sock(sk);
	return 0;
}

uint32_t port_datagram_get(struct port_socket *socket, enum port_datagram_option option)
{
	if (option == PORT_DATAGRAM_NO_CHECKSUM)
		return socket->socket->sk->sk_no_check_tx;
	return READ_ONCE(port_datagram_socket_of(socket)->most_coalesced);
}

int port_datagram_set(struct port_socket *socket, enum port_datagram_option option, uint32_t value)
{
	struct port_datagram_socket *self = port_datagram_socket_of(socket);
	int error;

	switch (option) {
	case PORT_DATAGRAM_INTERFACE:
		WRITE_ONCE(self->notes_interface, value);
		return set_option(socket, SOL_IP, IP_PKTINFO, !!value);
	case PORT_DATAGRAM_RETURNED_IPV4:
		if (value)
			port_arrivals_end(self);
		return set_option(socket, SOL_IP, IP_RECVERR, !!value);
	case PORT_DATAGRAM_RETURNED_IPV6:
		if (value)
			port_arrivals_end(self);
		return set_option(socket, SOL_IPV6, IPV6_RECVERR, !!value);
	case PORT_DATAGRAM_NO_CHECKSUM:
		return set_no_checksum(socket, value);
	case PORT_DATAGRAM_MOST_COALESCED:
		if (value)
			port_arrivals_end(self);
		error = set_option(socket, SOL_UDP, UDP_GRO, !!value);
		if (!error)
			WRITE_ONCE(self->most_coalesced, value);
		return error;
	}
	return -ENOPROTOOPT;
}
