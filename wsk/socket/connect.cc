// SPDX-License-Identifier: MIT OR GPL-2.0
/* Connecting, and the data that WskConnectEx sends first. */
#include "nt/irql.h"
#include "nt/mdl.h"
#include "socket/address.h"
#include "socket/send_batch.h"
#include "socket/socket.h"
#include "socket/stream.h"

namespace wsk
{

namespace
{

/* What WskConnectEx takes. */
constexpr SIZE_T most_first_data = 65535;

} // namespace

/* Begins the handshake, or asks how it goes: -EINPROGRESS until it is over. */
int Socket::shake_hands(PIRP irp)
{
	Request *request = Request::of(irp);
	AddressArguments &arguments = request_arguments<AddressArguments>(irp);

	if (request->started)
		return port_socket_connect_status(transport_);
	request->started = true;
	if (!request->first_length)
		return port_socket_connect(transport_, &arguments.address);
	port_segment segments[segments_per_call];
	const port_vector data = mdl_vector(request->first_mdl, arguments.first_offset, 0,
					    request->first_length, segments, segments_per_call);
	long long taken = port_socket_connect_with(transport_, &arguments.address, &data);
	if (taken < 0)
		return taken;
	request->transferred = taken;
	return port_socket_connect_status(transport_);
}

/* After the handshake: -EAGAIN until all of the first data has been taken. */
long long Socket::transmit_first(PIRP irp)
{
	Request *request = Request::of(irp);

	/* The peer's address has done its duty: the arguments become those of a send. */
	if (request->first_mdl) {
		ULONG offset = request_arguments<AddressArguments>(irp).first_offset;

		request_arguments<TransferArguments>(irp) = {request->first_mdl,
							     request->first_length, offset};
		request->first_mdl = nullptr;
	}
	while (request->transferred < request->first_length) {
		[[gnu::uninitialized]] SendBatch batch;

		batch.add(irp);
		const port_vector data = batch.vector();
		long long sent = port_socket_send(transport_, &data, batch.flags(false), nullptr);
		if (sent < 0)
			return sent;
		request->transferred += sent;
	}
	return 0;
}

void Socket::serve_connects()
{
	undo_connect();
	PIRP irp = claim(connects_);
	if (!irp)
		return;
	int error = shake_hands(irp);
	if (error == -PORT_EINPROGRESS) {
		put_back(connects_, irp);
		return;
	}
	if (error) {
		fail_connect(irp, status_from_error(Activity::connect, error));
		return;
	}
	long long result = transmit_first(irp);
	if (result == -PORT_EAGAIN) {
		put_back(connects_, irp);
		return;
	}
	if (result) {
		fail_connect(irp, status_from_error(Activity::send, result));
		return;
	}
	{
		LockGuard guard(lock_);

		state_ = State::connected;
	}
	bool creates = Request::of(irp)->operation == Operation::create_connected;
	/* The client hears of the connection before it hears from it. */
	complete(irp, STATUS_SUCCESS,
		 creates ? reinterpret_cast<ULONG_PTR>(handle()) : Request::of(irp)->transferred);
	start_events();
	signal(signal_receive | signal_send);
}

/* The socket is bound as before, and may try again. */
void Socket::fail_connect(PIRP irp, NTSTATUS status)
{
	if (Request::of(irp)->operation == Operation::create_connected) {
		fail_create(irp, status);
		return;
	}
	port_socket_reset(transport_);
	{
		LockGuard guard(lock_);

		state_ = State::bound;
	}
	complete(irp, status);
}

/* The pump's: gives up what a cancelled connect had begun, before the transport is used again. */
void Socket::undo_connect()
{
	{
		LockGuard guard(lock_);

		if (!connect_cancelled_)
			return;
		connect_cancelled_ = false;
	}
	port_socket_reset(transport_);
}

Refusal Socket::admit_connect(Socket &socket, PIRP)
{
	if (socket.state_ != State::bound)
		return {STATUS_INVALID_DEVICE_STATE,
			"the socket is not bound, or listens or is connected already"};
	socket.state_ = State::connecting;
	return accepted;
}

/* Both forms; the buffer is null where there is nothing to send first. */
static NTSTATUS submit_connect(const char *function, PWSK_SOCKET handle, PSOCKADDR remote_address,
			       PWSK_BUF buffer, ULONG flags, PIRP irp)
{
	Refusal refusal = request_begin(irp);
	Socket *socket = Socket::from(handle);

	if (!refusal && !socket)
		refusal = {STATUS_INVALID_PARAMETER, "the socket is NULL"};
	if (!refusal && flags)
		refusal = {STATUS_INVALID_PARAMETER, "reserved flags are set"};
	if (!refusal && !address_from_sockaddr(remote_address, socket->family(),
					       &request_arguments<AddressArguments>(irp).address))
		refusal = {STATUS_INVALID_PARAMETER,
			   "the address is NULL or not of the socket's family"};
	if (!refusal && buffer && buffer->Length > most_first_data)
		refusal = {STATUS_BUFFER_OVERFLOW, "the WSK_BUF has more than 65535 bytes"};
	if (!refusal && buffer && !mdl_window_valid(buffer->Mdl, buffer->Offset, buffer->Length))
		refusal = {STATUS_INVALID_PARAMETER, "the WSK_BUF reaches beyond its MDL chain, or "
						     "an MDL is neither locked nor non-paged"};
	if (refusal)
		return request_refuse(function, irp, refusal);
	if (buffer && buffer->Length) {
		Request *request = Request::of(irp);

		request->first_mdl = buffer->Mdl;
		request->first_length = buffer->Length;
		request_arguments<AddressArguments>(irp).first_offset = buffer->Offset;
	}
	return socket->submit(function, irp, Operation::connect, Socket::admit_connect);
}

/**
 * WskConnect - Connects a bound socket.
 * @handle: A connection or stream socket that is bound, and neither connected nor listening.
 * @remote_address: Of the socket's family. Read during the call only.
 * @flags: Reserved, 0.
 * @irp: The request. When it fails or is cancelled, the socket is bound as before.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_STATE (not bound, or
 *	connecting, connected or listening). The IRP ends in STATUS_SUCCESS,
 *	STATUS_CONNECTION_REFUSED, STATUS_IO_TIMEOUT, STATUS_NETWORK_UNREACHABLE,
 *	STATUS_HOST_UNREACHABLE, STATUS_INVALID_ADDRESS_COMPONENT, STATUS_ADDRESS_ALREADY_EXISTS,
 *	STATUS_ACCESS_DENIED, STATUS_INSUFFICIENT_RESOURCES or STATUS_CANCELLED.
 * Source: PFN_WSK_CONNECT (wsk.h).
 */
NTSTATUS WSKAPI connect(PWSK_SOCKET handle, PSOCKADDR remote_address, ULONG flags, PIRP irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return submit_connect("WskConnect", handle, remote_address, nullptr, flags, irp);
}

/**
 * WskConnectEx - Connects a bound socket and sends the first data.
 * @handle: A connection or stream socket that is bound, and neither connected nor listening.
 * @remote_address: Of the socket's family. Read during the call only.
 * @buffer: Up to 65535 bytes to send first, or NULL; the structure is read during the call only,
 *	the MDLs and their memory belong to WSK until the IRP completes.
 * @flags: Reserved, 0.
 * @irp: The request; Information is the buffer's length on success. When it fails or is cancelled,
 *	the socket is bound as before, and what the peer has got of the data is not told.
 *
 * The data goes out with the first packet, as much as fits, where TCP_FASTOPEN is set and the
 * system allows it, else right after the handshake. The request completes when the connection is
 * there and the stack has taken all of the data.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: As WskConnect(); also STATUS_BUFFER_OVERFLOW (more than 65535 bytes). The IRP may end
 *	as those of WskSend() do, too.
 * Source: PFN_WSK_CONNECT_EX (wsk.h).
 */
NTSTATUS WSKAPI connect_ex(PWSK_SOCKET handle, PSOCKADDR remote_address, PWSK_BUF buffer,
			   ULONG flags, PIRP irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return submit_connect("WskConnectEx", handle, remote_address, buffer, flags, irp);
}

} // namespace wsk
