// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * port/loan.h over MSG_ZEROCOPY: each skb that has some of the memory holds a reference, and gives
 * it back when it is freed, which for TCP is after the peer has acknowledged it.
 */
#include <linux/moduleparam.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/sock.h>

#include "compat.h"
#include "linux/loan.h"
#include "linux/port_socket.h"

static unsigned int zerocopy_threshold = 16384;
module_param(zerocopy_threshold, uint, 0644);
MODULE_PARM_DESC(zerocopy_threshold,
		 "send this many bytes, or more, without copying them (0: never)");

struct port_loan {
	struct ubuf_info ubuf;
	port_loan_returned *returned;
	void *context;
};

static void drop(struct sk_buff *skb, struct ubuf_info *ubuf, bool uncopied)
{
	struct port_loan *self = container_of(ubuf, struct port_loan, ubuf);

	if (!refcount_dec_and_test(&ubuf->refcnt))
		return;
	self->returned(self->context);
	kfree(self);
}

COMPAT_UBUF_CALLBACK(callback, drop);

/* What goes over loopback is copied on its way, at a higher price than now. */
static bool leaves_the_host(struct sock *sk)
{
	const struct dst_entry *dst;
	bool leaves;

	rcu_read_lock();
	dst = rcu_dereference(sk->sk_dst_cache);
	leaves = dst && !(dst->dev->flags & IFF_LOOPBACK) && (sk->sk_route_caps & NETIF_F_SG);
	rcu_read_unlock();
	return leaves;
}

struct port_loan *port_loan_begin(struct port_socket *socket, size_t length,
				  port_loan_returned *returned, void *context)
{
	unsigned int threshold = READ_ONCE(zerocopy_threshold);
	struct port_loan *self;

	if (!threshold || length < threshold || !leaves_the_host(socket->socket->sk))
		return NULL;
	self = kzalloc(sizeof(*self), GFP_ATOMIC);
	if (!self)
		return NULL;
	compat_ubuf_set_callback(&self->ubuf, callback);
	refcount_set(&self->ubuf.refcnt, 1);
	self->ubuf.flags = SKBFL_ZEROCOPY_FRAG | SKBFL_DONT_ORPHAN;
	self->returned = returned;
	self->context = context;
	return self;
}

void port_loan_end(struct port_loan *loan)
{
	drop(NULL, &loan->ubuf, true);
}

static bool has_pages(const struct bio_vec *run)
{
	size_t page, pages = DIV_ROUND_UP(run->bv_offset + run->bv_len, PAGE_SIZE);

	for (page = 0; page < pages; page++)
		if (!sendpage_ok(run->bv_page + page))
			return false;
	return true;
}

bool port_loan_use(struct port_loan *loan, struct msghdr *msg,
		   struct bio_vec pages[PORT_LOAN_SEGMENTS], const struct port_vector *data)
{
	size_t i;

	if (data->count > PORT_LOAN_SEGMENTS || data->length > INT_MAX)
		return false;
	for (i = 0; i < data->count; i++) {
		const struct port_segment *segment = &data->segments[i];

		pages[i] = (struct bio_vec){
			.bv_page = virt_to_page(segment->address),
			.bv_len = segment->length,
			.bv_offset = offset_in_page(segment->address),
		};
		if (!has_pages(&pages[i]))
			return false;
	}
	iov_iter_bvec(&msg->msg_iter, WRITE, pages, data->count, data->length);
	msg->msg_flags |= MSG_ZEROCOPY;
	msg->msg_ubuf = &loan->ubuf;
	return true;
}
