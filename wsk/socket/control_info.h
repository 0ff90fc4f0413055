/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Control information of datagrams: Windows' WSACMSGHDR chains, both ways. */
#ifndef WSK_SOCKET_CONTROL_INFO_H
#define WSK_SOCKET_CONTROL_INFO_H

#include <wdm.h>
#include <wsk.h>

#include "port/datagram.h"
#include "socket/request.h"

namespace wsk
{

/* What a socket tells of the datagrams that it receives: bits, by the options that switch it on. */
enum Told : USHORT {
	tell_packet_info = 1,
	tell_packet_info_ex = 2,
	tell_hop_limit = 4,
	tell_traffic_class = 8,
	tell_ecn = 16,
	tell_interface = 32,
	tell_destination = 64,
	tell_returned = 128,
	tell_routing = 256,
	tell_time = 512,
};

/* One set for each protocol: a dual-stack socket has use for both. To be read at once. */
struct alignas(ULONG) ToldSets {
	USHORT ipv4;
	USHORT ipv6;
};

/* Whether there may be something to tell. */
inline bool control_info_possible(const port_datagram &datagram, const ToldSets &told)
{
	return told.ipv4 | told.ipv6 | datagram.returned | datagram.segment_size;
}

/* Room that the datagram's control information needs. */
SIZE_T control_info_size(const port_datagram &datagram, const ToldSets &told);

/*
 * Writes as many whole messages as fit; returns their size. `truncated` tells whether some did not.
 */
SIZE_T control_info_write(const port_datagram &datagram, const ToldSets &told, PVOID room,
			  SIZE_T size, bool *truncated);

/* How to send: what the transport does, and the size of segments; ~0: as the socket's option says.
 */
struct SendControl {
	port_send_control transport;
	ULONG segment_size;
};

constexpr ULONG segments_by_option = ~0u;

/* Reads a chain that a client hands in with a datagram. */
[[nodiscard]] Refusal control_info_read(const CMSGHDR *chain, ULONG length, USHORT socket_type,
					SendControl *control);

} // namespace wsk

#endif
