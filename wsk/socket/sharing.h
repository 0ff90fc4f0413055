/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Which sockets may have one local address: Windows' rules, which are not Linux's. */
#ifndef WSK_SOCKET_SHARING_H
#define WSK_SOCKET_SHARING_H

#include <wdm.h>

#include "port/net.h"

namespace wsk
{

enum class Sharing : UCHAR { by_default, reuse, exclusive };

/* A socket's place in the table of bound addresses. */
struct BoundAddress {
	LIST_ENTRY link;
	port_socket *transport;
	port_owner *owner;
	PSECURITY_DESCRIPTOR descriptor; /* says who may share; null: the default one */
	port_address address;
	USHORT type; /* ports of different types of sockets have nothing to do with each other */
	Sharing sharing;
	bool dual_stack;
	bool may_listen;
	bool listed;
};

/* Prepares the table; before any socket. */
void sharing_start();

/*
 * Binds the transport, and lets it listen, if the table allows it: the status for the client. The
 * entry has everything but its link filled in, and is listed on success. Sleeps.
 */
[[nodiscard]] NTSTATUS sharing_bind(BoundAddress &entry, bool listens);

/* Lets a transport listen that was bound without. Sleeps. */
[[nodiscard]] NTSTATUS sharing_listen(BoundAddress &entry);

/* Takes the entry out, if it is in. Sleeps. */
void sharing_unbind(BoundAddress &entry);

} // namespace wsk

#endif
