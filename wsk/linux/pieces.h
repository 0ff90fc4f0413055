/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* An skb's memory as the seam describes it. */
#ifndef WSK_LINUX_PIECES_H
#define WSK_LINUX_PIECES_H

#include <linux/skbuff.h>

#include "port/packet.h"

/*
 * Visits `length` bytes of an skb from an offset on: the linear part, the fragments, and those of
 * the skbs in its fragment list. Returns how many pieces there are; stores them where pieces is
 * given.
 */
unsigned int port_pieces_of(const struct sk_buff *skb, u32 offset, u32 length,
			    struct port_piece *pieces);

#endif
