/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* TCP segments from peers that do not exist, to a port on loopback. */
#ifndef KUNIT_RAW_SEGMENT_H
#define KUNIT_RAW_SEGMENT_H

#include "port/types.h"

PORT_BEGIN

enum { RAW_SYN = 0x02, RAW_RST = 0x04, RAW_ACK = 0x10 };

struct raw_segment {
	bool ipv6;
	/* From an address that nothing can be sent to; else from loopback, where TCP answers with
	 * a RST whatever it does not know. */
	bool silent;
	bool damaged; /* the checksum is wrong */
	/* IPv6: says of itself that it is a fragment, and the first one, or the only one; has
	   options for its destination in front. */
	bool in_pieces, in_one_piece, with_options;
	uint8_t flags;
	uint16_t from, to; /* ports, in host order */
	uint32_t sequence;
};

/* False when it could not be sent. */
PORT_MUST_CHECK bool raw_segment_send(const struct raw_segment *segment);

PORT_END

#endif
