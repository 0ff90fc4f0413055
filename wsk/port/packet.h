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

/* Keeps its memory, and once kept counts against the receive window, until it is released. */
struct port_packet {
	struct port_packet *next;
	uint32_t length;
	uint32_t piece_count;
	bool pushed; /* its sender had no more to say for the moment */
	void *room;  /* aligned to 16 bytes, not cleared */
	struct port_piece pieces[];
};

/*
 * What a visitor made of packets, which have so many bytes together: those that it wants no more,
 * from the start, or that it keeps all of them, and will release them, or has done so already. A
 * visitor that does not keep them releases them before it returns.
 */
enum { PORT_PACKET_KEPT = -1 };
typedef int64_t port_packet_visit(void *context, struct port_packet *packets, size_t bytes);

/*
 * In an inline notification: has the first packet that has not been received yet visited where it
 * lies, and receives what the visitor says. Returns 1, 0 when there is no packet, or -ENOMEM.
 */
PORT_MUST_CHECK int port_socket_visit(struct port_socket *socket, const struct port_room *room,
				      port_packet_visit *visit, void *context);

/*
 * The same for some packets, elsewhere: their memory is held during the visit, and the socket is
 * not. Sleeps.
 */
PORT_MUST_CHECK int port_socket_visit_held(struct port_socket *socket, const struct port_room *room,
					   port_packet_visit *visit, void *context);

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
