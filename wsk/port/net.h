/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * In-kernel sockets, non-blocking. Everything here may sleep (it takes the socket's lock) unless
 * it says otherwise; failures are negated errno values (port/error.h).
 */
#ifndef WSK_PORT_NET_H
#define WSK_PORT_NET_H

#include "port/error.h"
#include "port/network.h"
#include "port/owner.h"
#include "port/types.h"

PORT_BEGIN

enum { PORT_AF_INET = 2, PORT_AF_INET6 = 10 };
enum { PORT_SOCK_STREAM = 1, PORT_SOCK_DGRAM = 2, PORT_SOCK_RAW = 3 };

/* sockaddr_in or sockaddr_in6 as Linux lays them out; Windows' differ in the family number only. */
struct port_address {
	uint16_t family;
	uint8_t rest[26];
};

/* A run of the kernel's memory, in its linear map. */
struct port_segment {
	void *address;
	size_t length;
};

/* Some as one: what is to be sent, or where to put what is received. */
struct port_vector {
	const struct port_segment *segments;
	size_t count;
	size_t length; /* of all */
};

struct port_socket;

/* Memory of its owner's for that of a stream; others have memory of their own. */
struct port_socket_room {
	uint64_t words[8];
};

enum port_socket_event {
	PORT_SOCKET_READABLE = 1, /* data, FIN, or a connection to accept */
	PORT_SOCKET_WRITABLE = 2,
	PORT_SOCKET_STATE = 4,	/* the connection's state, or its error, changed */
	PORT_SOCKET_INLINE = 8, /* and the socket may be used inside the notification */
	PORT_SOCKET_SOON = 32,	/* or else in a softirq soon afterwards (port_socket_enter) */
	PORT_SOCKET_DEAD = 16,	/* its network namespace goes away, and waits for its release */
};

/*
 * Called in softirq or task context, the socket's lock possibly held: must not call back here,
 * but to send, receive, visit and discard where PORT_SOCKET_INLINE is set, or to receive datagrams.
 */
typedef void port_socket_notify(void *owner, uint32_t events);

/*
 * Begins a use as inside such a notification, in a softirq, where nobody has the socket's lock;
 * false: somebody owns the socket, or it is not to be used so.
 */
PORT_MUST_CHECK bool port_socket_enter(struct port_socket *socket);
void port_socket_leave(struct port_socket *socket);

/* -ESRCH: the process that is to own it has ended. */
PORT_MUST_CHECK int port_socket_create(struct port_owner *owner, int family, int type, int protocol,
				       struct port_socket_room *room, struct port_socket **created);

/* Its network namespace, to be compared while the socket is there. */
struct port_net *port_socket_net(struct port_socket *socket);

/* Notifications begin and end; once detach has returned none is running. Neither sleeps. */
void port_socket_attach(struct port_socket *socket, void *owner, port_socket_notify *notify);
void port_socket_detach(struct port_socket *socket);

/* Its end, but for the room. With reset a connection ends in RST instead of FIN. */
void port_socket_release(struct port_socket *socket, bool reset);

/* With the rights of its owner. */
PORT_MUST_CHECK int port_socket_bind(struct port_socket *socket, const struct port_owner *owner,
				     const struct port_address *to);

/*
 * Linux lets only sockets of one user share a port. While this is on, the socket passes for the
 * kernel's. Does not sleep.
 */
void port_socket_lend(struct port_socket *socket, bool on);

PORT_MUST_CHECK int port_socket_listen(struct port_socket *socket);

/* The next established connection, detached, in the room; -EAGAIN when there is none. */
PORT_MUST_CHECK int port_socket_accept(struct port_socket *listener, struct port_socket_room *room);

/* What lies in a room; and, while it is detached, in another one from now on. */
struct port_socket *port_socket_in(struct port_socket_room *room);
struct port_socket *port_socket_move(struct port_socket_room *to, struct port_socket_room *from);

/* Starts connecting: 0, -EINPROGRESS, or a failure. Then connect_status() until it is not that. */
PORT_MUST_CHECK int port_socket_connect(struct port_socket *socket, const struct port_address *to);
/*
 * The same with data, which goes out in the first packet where PORT_OPTION_FAST_OPEN is on and the
 * system allows it: how many bytes were taken, or a failure.
 */
PORT_MUST_CHECK int64_t port_socket_connect_with(struct port_socket *socket,
						 const struct port_address *to,
						 const struct port_vector *data);
PORT_MUST_CHECK int port_socket_connect_status(struct port_socket *socket);

/*
 * Bytes taken (at least one), -EAGAIN when there is no room, or the connection's failure. With a
 * loan (port/loan.h) the memory itself is sent.
 */
enum { PORT_SEND_MORE = 1, PORT_SEND_PUSH = 2, PORT_SEND_URGENT = 4 /* the last byte */ };
struct port_loan;
PORT_MUST_CHECK int64_t port_socket_send(struct port_socket *socket, const struct port_vector *data,
					 uint32_t flags, struct port_loan *loan);

/* Bytes copied, 0 at the end of the stream, -EAGAIN when nothing is there, or the failure. */
PORT_MUST_CHECK int64_t port_socket_receive(struct port_socket *socket,
					    const struct port_vector *to);

/* The same for data that nobody wants; takes at most `limit` bytes. */
PORT_MUST_CHECK int64_t port_socket_discard(struct port_socket *socket, size_t limit);

PORT_MUST_CHECK int port_socket_shutdown_send(struct port_socket *socket);

/* After shutdown_send: -EINPROGRESS until the peer acknowledged the FIN, then 0, or the failure. */
PORT_MUST_CHECK int port_socket_shutdown_status(struct port_socket *socket);

/* Whether receiving would find data, the end of the stream or a failure. Does not sleep. */
bool port_socket_readable(struct port_socket *socket);

/* The bytes that are there to be received, at least. Does not sleep. */
uint32_t port_socket_available(struct port_socket *socket);

/* Whether the peer has sent its FIN or the connection is gone. Does not sleep. */
bool port_socket_receive_ended(struct port_socket *socket);

/* How what the peer sends has ended: with its FIN, or with the connection. Does not sleep. */
enum port_stream_end { PORT_STREAM_GOES_ON, PORT_STREAM_FINISHED, PORT_STREAM_FAILED };
enum port_stream_end port_socket_stream_end(struct port_socket *socket);

/* The failure that ended the connection, 0 while there is none on record. Does not sleep. */
int port_socket_recorded_failure(struct port_socket *socket);

/* Drops a connection with a RST, or the attempt at one; the socket stays bound. */
void port_socket_reset(struct port_socket *socket);

PORT_MUST_CHECK int port_socket_local_address(struct port_socket *socket,
					      struct port_address *address);
PORT_MUST_CHECK int port_socket_remote_address(struct port_socket *socket,
					       struct port_address *address);

PORT_END

#endif
