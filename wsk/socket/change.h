/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Requests that wait for something to change, which may be never: each completes once, at the next
 * change, when it is cancelled, or when its socket or client goes.
 */
#ifndef WSK_SOCKET_CHANGE_H
#define WSK_SOCKET_CHANGE_H

#include <wdm.h>

#include "socket/request.h"

namespace wsk
{

class Client;
class Socket;

enum class Change : UCHAR { addresses, routes, send_backlog, transports };

/*
 * Takes the IRP: STATUS_PENDING. The value is what the send backlog is to be compared with. The
 * caller holds a use of the socket, or of the client, which stays the request's.
 */
Refusal wait_for_change(Socket &socket, Change change, ULONG value, PIRP irp);
Refusal wait_for_change(Client &client, Change change, PIRP irp);

/*
 * Likewise, until packets to the address, which stays until the IRP completes, leave in another way
 * than now.
 */
Refusal wait_for_route(Socket &socket, const SOCKADDR *destination, PIRP irp);

/* The socket's advisable backlog is this: false when none of its requests waits any more. */
bool send_backlog_is(Socket &socket, ULONG bytes);

/* Completes all that a socket or a client waits for. */
void forget_changes(const VOID *owner, NTSTATUS status);

/* Before any socket. */
void changes_start();

} // namespace wsk

#endif
