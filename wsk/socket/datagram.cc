// SPDX-License-Identifier: MIT OR GPL-2.0
/* The datagram category's functions. */
#include "socket/datagram.h"

#include "nt/irql.h"
#include "nt/mdl.h"
#include "socket/address.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

constexpr Refusal bad_window = {STATUS_INVALID_PARAMETER,
				"a WSK_BUF reaches beyond its MDL chain, or an MDL is neither "
				"locked nor non-paged"};

Refusal check_buffer(const WSK_BUF &buffer)
{
	if (!mdl_window_valid(buffer.Mdl, buffer.Offset, buffer.Length))
		return bad_window;
	if (buffer.Length > MAXULONG)
		return {STATUS_INVALID_BUFFER_SIZE, "no datagram is that long"};
	return accepted;
}

/* What every function that has an IRP and reserved flags checks first. */
Refusal begin(PWSK_SOCKET handle, ULONG flags, PIRP irp)
{
	Refusal refusal = request_begin(irp);

	if (!refusal && !handle)
		refusal = {STATUS_INVALID_PARAMETER, "the socket is NULL"};
	if (!refusal && flags)
		refusal = {STATUS_INVALID_PARAMETER, "reserved flags are set"};
	return refusal;
}

/* Reads what a send is told beside its data; the last thing to be refused. */
Refusal take_control(PIRP irp, const Socket &socket, const CMSGHDR *chain, ULONG length)
{
	Request *request = Request::of(irp);
	SendControl control;
	Refusal refusal = control_info_read(chain, length, socket.type(), &control);

	if (refusal)
		return refusal;
	request->flags = control.segment_size;
	if (!control.transport.fields)
		return accepted;
	auto *block = static_cast<SendBlock *>(
		ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(SendBlock), SendBlock::tag));
	if (!block)
		return no_memory;
	block->control = control.transport;
	request->block = block;
	return accepted;
}

/* Reads where a send goes and how; then begins it. */
NTSTATUS submit_send(const char *function, PWSK_SOCKET handle, PSOCKADDR to, ULONG control_length,
		     PCMSGHDR control, PIRP irp, Operation operation, Refusal refusal)
{
	Socket *socket = Socket::from(handle);

	if (!refusal && to &&
	    !address_from_sockaddr(to, socket->family(), &request_arguments<SendArguments>(irp).to))
		refusal = {STATUS_INVALID_PARAMETER, "the address is not of the socket's family"};
	if (!refusal)
		refusal = take_control(irp, *socket, control, control_length);
	if (refusal)
		return request_refuse(function, irp, refusal);
	return socket->submit(function, irp, operation, Socket::admit_send_to);
}

} // namespace

Refusal Socket::admit_send_to(Socket &socket, PIRP irp)
{
	port_address &to = request_arguments<SendArguments>(irp).to;
	const DatagramState &state = *socket.datagram_;
	ULONG &segment_size = Request::of(irp)->flags;

	if (socket.state_ != State::bound)
		return {STATUS_INVALID_DEVICE_STATE, "the socket is not bound"};
	if (!to.family)
		to = state.remote.family ? state.remote : state.send_to;
	if (!to.family)
		return {STATUS_INVALID_PARAMETER,
			"there is no address to send to, and none was set for the socket"};
	if (segment_size == segments_by_option)
		segment_size = state.segment_size;
	return accepted;
}

Refusal Socket::admit_receive_from(Socket &socket, PIRP)
{
	if (socket.state_ != State::bound)
		return {STATUS_INVALID_DEVICE_STATE, "the socket is not bound"};
	return accepted;
}

/*
 * The peer is not told to the transport: connecting it would give a socket that is bound to the
 * wildcard address a specific one for good, and raw sockets have no peers.
 */
void Socket::set_fixed_address(bool remote, const port_address *address)
{
	LockGuard guard(lock_);

	choose();
	(remote ? datagram_->remote : datagram_->send_to) = address ? *address : port_address{};
}

/**
 * WskSendTo - Sends a datagram.
 * @handle: A bound datagram socket.
 * @buffer: The datagram; the structure is read during the call only, the MDLs and their memory
 *	belong to WSK until the IRP completes.
 * @flags: Reserved, 0.
 * @remote_address: Where to, of the socket's family; NULL for the address that
 *	SIO_WSK_SET_REMOTE_ADDRESS, or else SIO_WSK_SET_SENDTO_ADDRESS, has set. Read during the
 *	call only.
 * @control_length: Bytes at @control.
 * @control: How to send it: IP_PKTINFO, IP_TTL, IP_TOS, IP_ECN, the like of IPPROTO_IPV6,
 *	UDP_SEND_MSG_SIZE and SO_TIMESTAMP_ID; or NULL. Read during the call only.
 * @irp: The request; Information is the buffer's length on success.
 *
 * Datagrams go out in the order of the calls. The request completes when the stack has taken it.
 * ICMP messages about earlier datagrams do not make it fail.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER; STATUS_INVALID_BUFFER_SIZE;
 *	STATUS_INVALID_DEVICE_STATE (not bound); STATUS_INSUFFICIENT_RESOURCES. The IRP ends in
 *	STATUS_SUCCESS, STATUS_INVALID_BUFFER_SIZE (too long for a datagram), STATUS_ACCESS_DENIED
 *	(a broadcast without SO_BROADCAST), STATUS_NETWORK_UNREACHABLE, STATUS_HOST_UNREACHABLE,
 *	STATUS_INVALID_PARAMETER, STATUS_INSUFFICIENT_RESOURCES or STATUS_CANCELLED.
 * Source: PFN_WSK_SEND_TO (wsk.h).
 */
static NTSTATUS WSKAPI send_to(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags,
			       PSOCKADDR remote_address, ULONG control_length, PCMSGHDR control,
			       PIRP irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	Refusal refusal = begin(handle, flags, irp);
	if (!refusal && !buffer)
		refusal = {STATUS_INVALID_PARAMETER, "the WSK_BUF is NULL"};
	if (!refusal)
		refusal = check_buffer(*buffer);
	if (!refusal)
		request_arguments<SendArguments>(irp) = {
			{buffer->Mdl}, buffer->Offset, static_cast<ULONG>(buffer->Length), {}};
	return submit_send("WskSendTo", handle, remote_address, control_length, control, irp,
			   Operation::send_to, refusal);
}

/**
 * WskSendMessages - Sends several datagrams to one address.
 * @handle: A bound datagram socket.
 * @list: The datagrams, one a node; nodes, MDLs and their memory belong to WSK until the IRP
 *	completes.
 * @flags: Reserved, 0.
 * @remote_address: As for WskSendTo().
 * @control_length: Bytes at @control.
 * @control: As for WskSendTo(); holds for each datagram.
 * @irp: The request; Information is the total of the lengths on success. At the first datagram
 *	that cannot be sent it fails; those before it have been sent.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING and failures as WskSendTo().
 * Source: PFN_WSK_SEND_MESSAGES (wsk.h).
 */
static NTSTATUS WSKAPI send_messages(PWSK_SOCKET handle, PWSK_BUF_LIST list, ULONG flags,
				     PSOCKADDR remote_address, ULONG control_length,
				     PCMSGHDR control, PIRP irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	Refusal refusal = begin(handle, flags, irp);
	if (!refusal && !list)
		refusal = {STATUS_INVALID_PARAMETER, "the WSK_BUF_LIST is NULL"};
	for (PWSK_BUF_LIST node = list; !refusal && node; node = node->Next)
		refusal = check_buffer(node->Buffer);
	if (!refusal) {
		request_arguments<SendArguments>(irp) = {};
		request_arguments<SendArguments>(irp).list = list;
	}
	return submit_send("WskSendMessages", handle, remote_address, control_length, control, irp,
			   Operation::send_messages, refusal);
}

/**
 * WskReceiveFrom - Receives a datagram.
 * @handle: A bound datagram socket.
 * @buffer: Where to put it; the structure is read during the call only, the MDLs and their memory
 *	belong to WSK until the IRP completes.
 * @flags: Reserved, 0.
 * @remote_address: Receives the sender's address, by the time the IRP completes; or NULL.
 * @control_length: Room at @control, in bytes; receives what was written there. NULL: no control
 *	information is wanted.
 * @control: Receives the control information that options of the socket have switched on.
 * @control_flags: Receives MSG_TRUNC, MSG_CTRUNC, MSG_BCAST, MSG_MCAST, and MSG_ERRQUEUE for a
 *	datagram of the socket's own that an ICMP message returned (IP_RECVERR); or NULL.
 * @irp: The request; Information is the number of bytes. It is 0 for an empty datagram, too.
 *
 * One request takes one datagram, in the order of the calls; what does not fit is lost. Cancelled
 * requests take none.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_STATE (not bound). The
 *	IRP ends in STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW (the datagram was longer, and there is
 *	no @control_flags to tell it), STATUS_PORT_UNREACHABLE or STATUS_HOPLIMIT_EXCEEDED (an
 *	earlier datagram of ours was not delivered, and SIO_UDP_CONNRESET or SIO_UDP_NETRESET is
 *	on), STATUS_INSUFFICIENT_RESOURCES or STATUS_CANCELLED.
 * Source: PFN_WSK_RECEIVE_FROM (wsk.h).
 */
static NTSTATUS WSKAPI receive_from(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags,
				    PSOCKADDR remote_address, PULONG control_length,
				    PCMSGHDR control, PULONG control_flags, PIRP irp)
{
	constexpr const char *function = "WskReceiveFrom";

	NT_MAX_IRQL(DISPATCH_LEVEL);
	Refusal refusal = begin(handle, flags, irp);
	if (!refusal && !buffer)
		refusal = {STATUS_INVALID_PARAMETER, "the WSK_BUF is NULL"};
	if (!refusal && !mdl_window_valid(buffer->Mdl, buffer->Offset, buffer->Length))
		refusal = bad_window;
	if (!refusal && control_length && *control_length && !control)
		refusal = {STATUS_INVALID_PARAMETER, "the control information is NULL"};
	if (refusal)
		return request_refuse(function, irp, refusal);
	request_arguments<ReceiveArguments>(irp) = {
		buffer->Mdl,
		buffer->Offset,
		static_cast<ULONG>(buffer->Length < MAXULONG ? buffer->Length : MAXULONG),
		remote_address,
		control_length,
		control,
		control_flags,
	};
	return Socket::from(handle)->submit(function, irp, Operation::receive_from,
					    Socket::admit_receive_from);
}

constinit const WSK_PROVIDER_DATAGRAM_DISPATCH datagram_dispatch = {
	.Basic = {control_socket, close_socket},
	.WskBind = bind,
	.WskSendTo = send_to,
	.WskReceiveFrom = receive_from,
	.WskRelease = release_datagrams,
	.WskGetLocalAddress = get_local_address,
	.WskSendMessages = send_messages,
};

} // namespace wsk
