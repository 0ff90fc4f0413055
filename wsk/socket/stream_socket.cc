// SPDX-License-Identifier: MIT OR GPL-2.0
/* Stream sockets, which become listening sockets or connections after they have been bound. */
#include "nt/irql.h"
#include "socket/socket.h"
#include "socket/stream.h"

namespace wsk
{

/**
 * WskListen - Makes a bound stream socket listen.
 * @handle: A stream socket that is bound, and neither connected nor listening.
 * @irp: The request. When it fails or is cancelled, the socket is bound as before.
 *
 * From then on the socket does what a listening socket does, and nothing that a connection does.
 * Connections that wait to be accepted may be as many as the system lets them.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_STATE (not bound, or
 *	connecting, connected or listening). The IRP ends in STATUS_SUCCESS,
 *	STATUS_ADDRESS_ALREADY_EXISTS, STATUS_ACCESS_DENIED, STATUS_INSUFFICIENT_RESOURCES or
 *	STATUS_CANCELLED.
 * Source: PFN_WSK_LISTEN (wsk.h).
 */
static NTSTATUS WSKAPI listen(PWSK_SOCKET handle, PIRP irp)
{
	constexpr const char *function = "WskListen";

	NT_MAX_IRQL(DISPATCH_LEVEL);
	Refusal refusal = request_begin(irp);
	if (!refusal && !handle)
		refusal = {STATUS_INVALID_PARAMETER, "the socket is NULL"};
	if (refusal)
		return request_refuse(function, irp, refusal);
	return Socket::from(handle)->submit(function, irp, Operation::listen, Socket::admit_listen);
}

constinit const WSK_PROVIDER_STREAM_DISPATCH stream_dispatch = {
	.Basic = {control_socket, close_socket},
	.WskBind = bind,
	.WskAccept = accept,
	.WskConnect = connect,
	.WskListen = listen,
	.WskSend = send,
	.WskReceive = receive,
	.WskDisconnect = disconnect,
	.WskRelease = release,
	.WskGetLocalAddress = get_local_address,
	.WskGetRemoteAddress = get_remote_address,
	.WskConnectEx = connect_ex,
	.WskSendEx = send_ex,
	.WskReceiveEx = receive_ex,
};

} // namespace wsk
