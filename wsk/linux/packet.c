// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/packet.h over clones of the skbs in a TCP receive queue. */
#include <linux/skbuff.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "compat.h"
#include "linux/pieces.h"
#include "linux/port_socket.h"
#include "port/memory.h"
#include "port/packet.h"

/* As many as are visited at a time with their memory held. */
enum { HELD_AT_ONCE = 16 };

struct packet {
	atomic_t references; /* its holder's, and ours while it is visited */
	u32 bytes;	     /* all that was asked for */
	bool charged;
	struct sock *sk;
	struct sk_buff *skb; /* ours; NULL while it is only visited, in the queue */
	struct port_packet public;
};

/* Describes what is in the skb from the offset. */
static struct packet *describe(struct sk_buff *skb, u32 offset, const struct port_room *room)
{
	u32 length = skb->len - offset;
	/* As many as there may be; those of the skbs that hang on this one, if any, are counted. */
	unsigned int count = skb_has_frag_list(skb) ? port_pieces_of(skb, offset, length, NULL)
						    : skb_shinfo(skb)->nr_frags + 1;
	/* A piece that begins or ends inside a page touches that one, too. */
	unsigned int pages = length / PAGE_SIZE + 2 * count;
	struct packet *packet;
	size_t size = ALIGN(struct_size(packet, public.pieces, count), 16);
	size_t bytes = size + room->packet + count * room->piece + pages * room->page;

	packet = port_alloc_brief(bytes);
	if (!packet)
		return NULL;
	packet->bytes = bytes;
	atomic_set(&packet->references, 2);
	packet->charged = false;
	packet->skb = NULL;
	packet->public.next = NULL;
	packet->public.length = length;
	packet->public.room = (char *)packet + size;
	packet->public.pushed = TCP_SKB_CB(skb)->tcp_flags & TCPHDR_PSH;
	packet->public.piece_count = port_pieces_of(skb, offset, length, packet->public.pieces);
	return packet;
}

static void own(struct packet *packet, struct sock *sk, struct sk_buff *skb)
{
	sock_hold(sk);
	packet->sk = sk;
	packet->skb = skb;
}

/*
 * The queue's own charge for the skb ends when the data is received. Ours holds the window back for
 * as long as the client keeps the packet; it does not touch sk_forward_alloc, which wants the lock.
 * Under the same hold of the lock as receiving, so that nothing counts twice meanwhile.
 */
static void charge(struct packet *packet)
{
	packet->charged = true;
	atomic_add(packet->skb->truesize, &packet->sk->sk_rmem_alloc);
}

/* Under the sock's lock. */
static struct packet *make_packet(struct sock *sk, struct sk_buff *skb, u32 offset,
				  const struct port_room *room)
{
	struct packet *packet = describe(skb, offset, room);

	if (!packet)
		return NULL;
	skb = skb_clone(skb, GFP_KERNEL);
	if (!skb) {
		port_free_brief(packet, packet->bytes);
		return NULL;
	}
	own(packet, sk, skb);
	return packet;
}

void port_packet_release(struct port_packet *packet)
{
	struct packet *self = container_of(packet, struct packet, public);

	if (!atomic_dec_and_test(&self->references))
		return;
	if (self->skb) {
		if (self->charged)
			atomic_sub(self->skb->truesize, &self->sk->sk_rmem_alloc);
		sock_put(self->sk);
		consume_skb(self->skb);
	}
	port_free_brief(self, self->bytes);
}

/* Receives what a visitor does not want any more. */
static void receive_visited(struct sock *sk, size_t bytes)
{
	if (bytes)
		tcp_read_done(sk, bytes);
	if (port_mark_passed(sk))
		WRITE_ONCE(tcp_sk(sk)->urg_data, 0);
}

/*
 * Keeps the skb's memory, unless the packet has been released meanwhile. How many bytes are still
 * to be received.
 */
static u32 keep(struct packet *packet, struct sock *sk, struct sk_buff *skb)
{
	u32 length = packet->public.length;
	struct sk_buff *clone = NULL;

	if (atomic_read(&packet->references) > 1) {
		clone = skb_clone(skb, GFP_ATOMIC);
		if (!clone) {
			/* It is ours, whatever memory there is. */
			__skb_unlink(skb, &sk->sk_receive_queue);
			skb_orphan(skb);
			own(packet, sk, skb);
			charge(packet);
			WRITE_ONCE(tcp_sk(sk)->copied_seq, TCP_SKB_CB(skb)->end_seq);
			return 0;
		}
		own(packet, sk, clone);
		charge(packet);
	}
	return length;
}

int port_socket_visit(struct port_socket *socket, const struct port_room *room,
		      port_packet_visit *visit, void *context)
{
	struct sock *sk = socket->socket->sk;
	struct packet *packet;
	struct sk_buff *skb;
	s64 unwanted;
	u32 offset;

	skb = tcp_recv_skb(sk, tcp_sk(sk)->copied_seq, &offset);
	if (!skb || offset >= skb->len) /* nothing but a FIN */
		return 0;
	packet = describe(skb, offset, room);
	if (!packet)
		return -ENOMEM;
	unwanted = visit(context, &packet->public, packet->public.length);
	if (unwanted == PORT_PACKET_KEPT)
		unwanted = keep(packet, sk, skb);
	receive_visited(sk, unwanted);
	port_packet_release(&packet->public);
	return 1;
}

/* Makes packets of the first skbs, under the sock's lock: how many, or -ENOMEM. */
static int make_packets(struct sock *sk, const struct port_room *room, struct packet **packets,
			size_t *bytes)
{
	u32 offset, seq = tcp_sk(sk)->copied_seq;
	struct sk_buff *skb = tcp_recv_skb(sk, seq, &offset);
	int count;

	for (count = 0; skb && count < HELD_AT_ONCE; count++) {
		offset = seq - TCP_SKB_CB(skb)->seq;
		if (offset >= skb->len) /* nothing but a FIN */
			break;
		packets[count] = make_packet(sk, skb, offset, room);
		if (!packets[count])
			return count ? count : -ENOMEM;
		if (count)
			packets[count - 1]->public.next = &packets[count]->public;
		*bytes += packets[count]->public.length;
		seq += packets[count]->public.length;
		skb = skb_queue_is_last(&sk->sk_receive_queue, skb) ? NULL : skb->next;
	}
	return count;
}

int port_socket_visit_held(struct port_socket *socket, const struct port_room *room,
			   port_packet_visit *visit, void *context)
{
	struct sock *sk = socket->socket->sk;
	struct packet *packets[HELD_AT_ONCE];
	size_t bytes = 0;
	int count, i;
	s64 unwanted;

	lock_sock(sk);
	count = make_packets(sk, room, packets, &bytes);
	release_sock(sk);
	if (count <= 0)
		return count;
	unwanted = visit(context, &packets[0]->public, bytes);
	if (unwanted) {
		lock_sock(sk);
		for (i = 0; unwanted == PORT_PACKET_KEPT && i < count; i++)
			charge(packets[i]);
		receive_visited(sk, unwanted == PORT_PACKET_KEPT ? bytes : unwanted);
		release_sock(sk);
	}
	for (i = 0; i < count; i++)
		port_packet_release(&packets[i]->public);
	return 1;
}

bool port_socket_has_data(struct port_socket *socket)
{
	return !skb_queue_empty_lockless(&socket->socket->sk->sk_receive_queue);
}

/*
 * While a quarter of what the buffer holds is on offer still, it is soon enough to offer more when
 * something else is to be acknowledged. Looked at without a lock: that is a judgement only.
 */
bool port_socket_wants_window(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;
	const struct tcp_sock *tp = tcp_sk(sk);
	s32 window = READ_ONCE(tp->rcv_wup) + READ_ONCE(tp->rcv_wnd) - READ_ONCE(tp->rcv_nxt);

	return window < READ_ONCE(sk->sk_rcvbuf) / 4;
}

/* Whether there is so much more room than is on offer that TCP would offer it after a receive. */
static bool has_grown(const struct sock *sk)
{
	s64 room = tcp_space(sk);

	return room >= 2 * (s64)tcp_receive_window(tcp_sk(sk)) &&
	       room >= min_t(s64, inet_csk(sk)->icsk_ack.rcv_mss, tcp_full_space(sk));
}

void port_socket_offer_window(struct port_socket *socket)
{
	struct sock *sk = socket->socket->sk;

	/*
	 * TCP updates the window where it considers an ACK, and being quick about ACKs makes it
	 * consider one that is scheduled; but not once a FIN of ours is out.
	 */
	lock_sock(sk);
	if (sk->sk_state == TCP_ESTABLISHED)
		inet_csk_schedule_ack(sk);
	else if ((1 << sk->sk_state) & (TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2) && has_grown(sk))
		compat_send_ack(sk);
	release_sock(sk);
	tcp_sock_set_quickack(sk, 1);
}
