// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * port/stamp.h over SO_TIMESTAMPING. Linux counts the datagrams that are stamped, and returns the
 * number with the stamp through the error queue: the table says which identifier that was.
 */
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/sock.h>

#include "linux/stamp.h"
#include "port/stamp.h"

enum stamp_state { STAMP_NONE, STAMP_AWAITED, STAMP_THERE };

struct port_stamps {
	u32 room;
	u32 next; /* the oldest, which makes room for another */
	struct stamp {
		u64 time;
		u32 id;
		u32 key;
		enum stamp_state state;
	} entries[];
};

/* Packets are stamped in real time. */
static u64 boot_time_of(ktime_t real)
{
	ktime_t monotonic = ktime_sub(real, ktime_mono_to_any(0, TK_OFFS_REAL));

	return ktime_to_ns(ktime_mono_to_any(monotonic, TK_OFFS_BOOT));
}

u64 port_stamp_of(const struct sk_buff *skb)
{
	return skb->tstamp ? boot_time_of(skb->tstamp) : ktime_get_boottime_ns();
}

bool port_stamp_expect(struct port_datagram_socket *self, u32 id)
{
	struct port_stamps *stamps;

	spin_lock_bh(&self->stamps_lock);
	stamps = self->stamps;
	if (stamps) {
		stamps->entries[stamps->next] =
			(struct stamp){.id = id,
				       .key = atomic_read(&self->base.socket->sk->sk_tskey),
				       .state = STAMP_AWAITED};
		stamps->next = (stamps->next + 1) % stamps->room;
	}
	spin_unlock_bh(&self->stamps_lock);
	return stamps;
}

/* The one that was entered last; under the lock. */
static struct stamp *find(struct port_stamps *stamps, u32 id)
{
	u32 i;

	for (i = 0; stamps && i < stamps->room; i++) {
		u32 at = (stamps->next + stamps->room - 1 - i) % stamps->room;
		struct stamp *entry = &stamps->entries[at];

		if (entry->state != STAMP_NONE && entry->id == id)
			return entry;
	}
	return NULL;
}

void port_stamp_forget(struct port_datagram_socket *self, u32 id)
{
	struct stamp *entry;

	spin_lock_bh(&self->stamps_lock);
	entry = find(self->stamps, id);
	if (entry)
		entry->state = STAMP_NONE;
	spin_unlock_bh(&self->stamps_lock);
}

static void note(struct port_datagram_socket *self, u32 key, u64 time)
{
	struct port_stamps *stamps;
	u32 i;

	spin_lock_bh(&self->stamps_lock);
	stamps = self->stamps;
	for (i = 0; stamps && i < stamps->room; i++) {
		struct stamp *entry = &stamps->entries[i];

		if (entry->state == STAMP_AWAITED && entry->key == key) {
			entry->time = time;
			entry->state = STAMP_THERE;
		}
	}
	spin_unlock_bh(&self->stamps_lock);
}

void port_stamps_collect(struct sock *sk)
{
	struct sk_buff_head came;
	struct port_socket *socket;
	struct sk_buff *skb, *next;
	unsigned long flags;

	__skb_queue_head_init(&came);
	spin_lock_irqsave(&sk->sk_error_queue.lock, flags);
	skb_queue_walk_safe(&sk->sk_error_queue, skb, next)
	{
		if (SKB_EXT_ERR(skb)->ee.ee_origin != SO_EE_ORIGIN_TIMESTAMPING)
			continue;
		__skb_unlink(skb, &sk->sk_error_queue);
		__skb_queue_tail(&came, skb);
	}
	spin_unlock_irqrestore(&sk->sk_error_queue.lock, flags);
	if (skb_queue_empty(&came))
		return;
	read_lock_bh(&sk->sk_callback_lock);
	socket = __locked_read_sk_user_data_with_flags(sk, SK_USER_DATA_NOCOPY);
	while ((skb = __skb_dequeue(&came))) {
		if (socket)
			note(port_datagram_socket_of(socket), SKB_EXT_ERR(skb)->ee.ee_data,
			     boot_time_of(skb->tstamp));
		kfree_skb(skb);
	}
	read_unlock_bh(&sk->sk_callback_lock);
}

void port_stamps_init(struct port_socket *socket)
{
	spin_lock_init(&port_datagram_socket_of(socket)->stamps_lock);
}

void port_stamps_free(struct port_datagram_socket *self)
{
	kvfree(self->stamps);
}

int port_datagram_stamp(struct port_socket *socket, bool received, u32 sent)
{
	struct port_datagram_socket *self = port_datagram_socket_of(socket);
	struct port_stamps *stamps = NULL, *old;
	int error, flags = 0;

	if (sent > PORT_MOST_STAMPS)
		return -EINVAL;
	if (sent) {
		stamps = kvzalloc(struct_size(stamps, entries, sent), GFP_KERNEL);
		if (!stamps)
			return -ENOMEM;
		stamps->room = sent;
		flags = SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
	}
	if (received)
		flags |= SOF_TIMESTAMPING_RX_SOFTWARE;
	error = sock_setsockopt(socket->socket, SOL_SOCKET, SO_TIMESTAMPING_OLD,
				KERNEL_SOCKPTR(&flags), sizeof(flags));
	if (error) {
		kvfree(stamps);
		return error;
	}
	spin_lock_bh(&self->stamps_lock);
	old = self->stamps;
	self->stamps = stamps;
	spin_unlock_bh(&self->stamps_lock);
	kvfree(old);
	WRITE_ONCE(self->tells_time, received);
	return 0;
}

int port_datagram_sent_at(struct port_socket *socket, u32 id, u64 *time)
{
	struct port_datagram_socket *self = port_datagram_socket_of(socket);
	struct stamp *entry;
	int error = -ENOENT;

	spin_lock_bh(&self->stamps_lock);
	entry = find(self->stamps, id);
	if (entry && entry->state == STAMP_THERE) {
		*time = entry->time;
		entry->state = STAMP_NONE;
		error = 0;
	} else if (entry) {
		error = -EAGAIN;
	}
	spin_unlock_bh(&self->stamps_lock);
	return error;
}
