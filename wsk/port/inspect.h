/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Inspection: SYNs to a listening socket are held, unanswered, until its owner has decided about
 * each. A request is one peer's wish to connect: from its first SYN until it is rejected, has died,
 * or has become a connection that was accepted.
 */
#ifndef WSK_PORT_INSPECT_H
#define WSK_PORT_INSPECT_H

#include "port/net.h"
#include "port/types.h"

PORT_BEGIN

struct port_inspector;

/* Names a request. No other request since boot has, or will have, the same two numbers. */
struct port_inspect_id {
	uint64_t request;
	uint32_t inspector;
};

enum port_inspect_what {
	PORT_INSPECT_NOTHING, /* has happened that the owner was not told yet */
	PORT_INSPECT_ARRIVED, /* a new request, to be decided about */
	PORT_INSPECT_ABORTED, /* one that arrived before has died: no connection will come of it */
};

struct port_inspect_event {
	enum port_inspect_what what;
	struct port_inspect_id id;
	struct port_address local, remote;
};

/* There may be events. Called in softirq or task context; must not call back here. */
typedef void port_inspect_notify(void *owner);

/* Before the socket listens. Sleeps. */
PORT_MUST_CHECK int port_inspect_begin(struct port_socket *listener, void *owner,
				       port_inspect_notify *notify,
				       struct port_inspector **inspector);

/*
 * Nobody is notified any more, held requests are answered with a RST, and later ones are dropped
 * until the end, which comes when the socket does not listen any more, and before it is released.
 * Both sleep.
 */
void port_inspect_stop(struct port_inspector *inspector);
void port_inspect_end(struct port_inspector *inspector);

/* The next thing to tell the owner. */
void port_inspect_next(struct port_inspector *inspector, struct port_inspect_event *event);

/*
 * Lets the handshake of a held request go on, or answers it with a RST. -ENOENT when no request of
 * that name is held any more; -EINVAL when there never was one. Not in softirq.
 */
PORT_MUST_CHECK int port_inspect_decide(struct port_inspector *inspector,
					const struct port_inspect_id *id, bool accept);

/* Ends the request that became this accepted connection; false when there is none. */
PORT_MUST_CHECK bool port_inspect_claim(struct port_inspector *inspector,
					struct port_socket *accepted, struct port_inspect_id *id);

PORT_END

#endif
