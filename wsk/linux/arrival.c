// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Datagrams before they are queued. UDP offers each one to a hook, which is there for tunnels:
 * where the owner serves the socket at that moment, and nothing is queued before it, it takes the
 * datagram from the stack's hands. Else the stack goes on, and queues it.
 *
 * This is no other order than the queue's: only who begins to serve the socket finds an arrival,
 * and looks into the queue first. What came before on this processor is in there, or has been
 * served.
 */
#include <linux/filter.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/udp.h>
#include <net/udp_tunnel.h>

#include "linux/datagram.h"

DEFINE_PER_CPU(struct port_arrival, port_arrival);

#if defined(CONFIG_WSK_DEBUG) || defined(CONFIG_WSK_KUNIT_TEST)
static atomic_t taken;

int64_t port_datagram_arrivals(void)
{
	return port_inline_allowed() ? atomic_read(&taken) : -1;
}

static void count_taken(void)
{
	atomic_inc(&taken);
}
#else
static void count_taken(void) {}
#endif

/* Leaves with 1 what is not taken. */
static int on_arrival(struct sock *sk, struct sk_buff *skb)
{
	struct port_arrival *here = this_cpu_ptr(&port_arrival);
	struct port_socket *socket;
	int left = 1;

	if (here->skb)
		return left;
	/* As for a notification of what is queued. */
	read_lock(&sk->sk_callback_lock);
	socket = __locked_read_sk_user_data_with_flags(sk, SK_USER_DATA_NOCOPY);
	if (socket && !port_datagram_queued(port_datagram_socket_of(socket)) &&
	    port_inline_begin(socket)) {
		here->socket = port_datagram_socket_of(socket);
		here->skb = skb;
		socket->notify(socket->owner, PORT_SOCKET_READABLE | PORT_SOCKET_INLINE);
		port_inline_end(socket);
		left = !!here->skb;
		here->skb = NULL;
	}
	read_unlock(&sk->sk_callback_lock);
	return left;
}

void port_arrivals_begin(struct port_datagram_socket *self)
{
	struct sock *sk = self->base.socket->sk;

	if (!port_is_udp(sk))
		return;
	WRITE_ONCE(udp_sk(sk)->encap_rcv, on_arrival);
	WRITE_ONCE(udp_sk(sk)->encap_type, 1);
	udp_tunnel_encap_enable(sk);
}

/*
 * The stack neither returns to tunnels what ICMP messages are about, nor gives them packets that
 * are several datagrams. For good: that is asked for before anything comes.
 */
void port_arrivals_end(struct port_datagram_socket *self)
{
	struct sock *sk = self->base.socket->sk;

	if (!port_is_udp(sk))
		return;
	WRITE_ONCE(udp_sk(sk)->encap_type, 0);
	WRITE_ONCE(udp_sk(sk)->encap_rcv, NULL);
}

struct sk_buff *port_arrival_take(struct port_datagram_socket *self)
{
	struct sock *sk = self->base.socket->sk;
	struct sk_buff *skb;

	if (!port_arrival_waits(self))
		return NULL;
	skb = this_cpu_read(port_arrival.skb);
	/* What is refused here the stack refuses again, and counts. */
	if (sk_filter_trim_cap(sk, skb, sizeof(struct udphdr)))
		return NULL;
	this_cpu_write(port_arrival.skb, NULL);
	count_taken();
	__skb_pull(skb, sizeof(struct udphdr));
	/* As the stack notes it in what it queues. */
	if (skb->protocol == htons(ETH_P_IP)) {
		int *interface = &PKTINFO_SKB_CB(skb)->ipi_ifindex;

		if (!READ_ONCE(self->notes_interface))
			*interface = 0;
		else if (*interface == LOOPBACK_IFINDEX || ipv4_l3mdev_skb(IPCB(skb)->flags))
			*interface = inet_iif(skb);
	}
	skb_dst_drop(skb);
	skb->dev = NULL;
	skb_orphan(skb);
	return skb;
}
