/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What happens to packets to a port of this host, in the current network namespace. */
#ifndef KUNIT_PACKET_GATE_H
#define KUNIT_PACKET_GATE_H

#include "port/types.h"

PORT_BEGIN

enum packet_fate {
	PACKET_PASSES,
	PACKET_IS_LOST,
	PACKET_IS_HELD_BACK,	/* before it is sent: its sender believes it on its way */
	PACKET_WAITS,		/* as in a device's queue, until it is lost */
	PACKET_REACHES_NO_HOST, /* as ICMP tells its sender; likewise */
	PACKET_HAS_NO_HOPS_LEFT,
	PACKET_IS_NOT_SPLIT, /* as if longer than the wire takes, and left whole by a virtual one */
};

struct packet_gate;

/* For one protocol, by IP's number; the port is in host order. NULL on failure. */
struct packet_gate *packet_gate_open(bool ipv6, uint8_t protocol, uint16_t port,
				     enum packet_fate fate);
/* How many have come. */
uint32_t packet_gate_count(const struct packet_gate *gate);
/* Loses what waits. */
void packet_gate_lose(struct packet_gate *gate);
void packet_gate_close(struct packet_gate *gate);

PORT_END

#endif
