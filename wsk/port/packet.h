/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Received stream data in the network's own memory, to be looked at without copying. */
#ifndef WSK_PORT_PACKET_H
#define WSK_PORT_PACKET_H

#include "port/net.h"
#include "port/types.h"

PORT_BEGIN

struct port_piece {
	void *address;
	uint64_t frame; /* of its first page; the others follow */
	uint32_t length;
};

/* Bytes that whoever looks at a packet wants beside it, for what it makes of it. */
struct port_room {
	uint32_t packet; /* for each packet */
	uint32_t piece;	 /* and for each of its pieces */
	uint32_t page;	 /* and for each page that a piece touches */
};

/* Keeps its memory, and counts against the connection's receive window, until it is released. */
struct port_packet {
	struct port_packet *next;
	uint32_t length;
	uint32_t piece_count;
	bool pushed; /* its sender had no more to say for the moment */
	void *room;  /* aligned to 16 bytes, not cleared */
	struct port_piece pieces[];
};

/*
 * What a visitor made of a packet: the bytes that it wants no more, from the start, or that it
 * keeps all of it, and will release it, or has done so already.
 */
enum { PORT_PACKET_KEPT = -1 };
typedef int64_t port_packet_visit(void *context, struct port_packet *packet);

/*
 * In an inline notification: has the first packet that has not been received yet visited where it
 * lies, and receives what the visitor says. Returns 1, 0 when there is no packet, or -ENOMEM. A
 * visitor that does not keep the packet releases it before it returns.
 */
PORT_MUST_CHECK int port_socket_visit(struct port_socket *socket, const struct port_room *room,
				      port_packet_visit *visit, void *context);

/*
 * The first packets that have not been received yet, which stay where they are: receive or discard
 * them as before. Returns how many bytes they have, 0 at the end of the stream, -EAGAIN, -ENOMEM or
 * the connection's failure. Sleeps.
 */
PORT_MUST_CHECK int64_t port_socket_peek(struct port_socket *socket, size_t max_packets,
					 const struct port_room *room, struct port_packet **first);

/* Whether anything is there to receive, the end of the stream excepted. A guess without the lock.
 */
bool port_socket_has_data(struct port_socket *socket);

/* Releases one packet. Callable in softirq, and after the socket has been released. */
void port_packet_release(struct port_packet *packet);

/* Whether the peer ought to be told of room that released packets have made. */
bool port_socket_wants_window(struct port_socket *socket);

/* Tells the peer of room that released packets have made. Sleeps. */
void port_socket_offer_window(struct port_socket *socket);

PORT_END

#endif
