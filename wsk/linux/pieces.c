// SPDX-License-Identifier: MIT OR GPL-2.0
/* The memory behind an skb. */
#include <linux/mm.h>

#include "linux/pieces.h"

/* What of the window is still to be visited. */
struct walk {
	u32 skip;
	u32 left;
	struct port_piece *pieces;
	unsigned int count;
};

static __always_inline void visit(struct walk *walk, void *address, u32 length)
{
	if (walk->skip >= length) {
		walk->skip -= length;
		return;
	}
	length = min(length - walk->skip, walk->left);
	if (!length)
		return;
	if (walk->pieces)
		walk->pieces[walk->count] = (struct port_piece){
			.address = address + walk->skip,
			.frame = page_to_pfn(virt_to_page(address + walk->skip)),
			.length = length,
		};
	walk->count++;
	walk->left -= length;
	walk->skip = 0;
}

static void visit_skb(struct walk *walk, const struct sk_buff *skb)
{
	const struct sk_buff *part;
	int i;

	if (skb_headlen(skb))
		visit(walk, skb->data, skb_headlen(skb));
	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];

		visit(walk, skb_frag_address(frag), skb_frag_size(frag));
	}
	skb_walk_frags(skb, part) visit_skb(walk, part);
}

unsigned int port_pieces_of(const struct sk_buff *skb, u32 offset, u32 length,
			    struct port_piece *pieces)
{
	struct walk walk = {.skip = offset, .left = length, .pieces = pieces};

	visit_skb(&walk, skb);
	return walk.count;
}
