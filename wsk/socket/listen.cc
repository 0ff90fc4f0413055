// SPDX-License-Identifier: MIT OR GPL-2.0
/* Accepting connections: queued WskAccept requests first, then WskAcceptEvent. */
#include "nt/irql.h"
#include "socket/address.h"
#include "socket/inspect.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

/* Connections accepted before the other queues get their turn. */
constexpr int accepts_per_turn = 32;

} // namespace

/*
 * A connected socket around an accepted transport, which is dropped where that fails. It has both
 * addresses, though its peer may have reset it by now: whatever follows finds that out.
 */
Socket::Created Socket::adopt(Arrival &arrival, PVOID context, const VOID *dispatch)
{
	Refusal refusal = accepted;
	Kind kind = kind_;

	kind.category = Category::connection;
	Socket *socket = make(*client_, kind, context, dispatch, &refusal);

	if (!socket) {
		port_socket_release(port_socket_in(&arrival.room), true);
		if (inspector())
			indicate_abort(arrival.id);
		return {refusal.status, nullptr};
	}
	socket->state_ = State::connected;
	socket->inspect_id_ = arrival.id;
	socket->attach_transport(port_socket_move(&socket->transport_room_, &arrival.room));
	return {STATUS_SUCCESS, socket};
}

void Socket::deliver_accept(PIRP irp, Arrival &arrival)
{
	AcceptArguments &arguments = request_arguments<AcceptArguments>(irp);
	Created made = adopt(arrival, arguments.context, arguments.dispatch);

	if (!made.socket) {
		complete(irp, made.status);
		return;
	}
	Socket &connection = *made.socket;
	if (arguments.local_address)
		(void)!connection.write_address(false, arguments.local_address);
	if (arguments.remote_address)
		(void)!connection.write_address(true, arguments.remote_address);
	connection.begin_use(); /* the client may close it in its completion routine */
	complete(irp, STATUS_SUCCESS, reinterpret_cast<ULONG_PTR>(connection.handle()));
	connection.start_events();
	connection.signal(signal_receive | signal_send);
	connection.end_use();
}

void Socket::indicate_accept(const EventCall &call, Arrival &arrival)
{
	SOCKADDR_STORAGE local = {}, remote = {};
	AcceptOutputs outputs;
	Created made = adopt(arrival, nullptr, nullptr);

	if (!made.socket)
		return;
	Socket &connection = *made.socket;
	connection.begin_use(); /* the client may close it inside the callback */
	connection.outputs_ = &outputs;
	(void)!connection.write_address(false, reinterpret_cast<PSOCKADDR>(&local));
	(void)!connection.write_address(true, reinterpret_cast<PSOCKADDR>(&remote));
	NTSTATUS status = call.callback<PFN_WSK_ACCEPT_EVENT>()(
		call.context(), 0, reinterpret_cast<PSOCKADDR>(&local),
		reinterpret_cast<PSOCKADDR>(&remote), connection.handle(), &outputs.context,
		&outputs.dispatch);
	{
		LockGuard guard(connection.lock_);

		connection.context_ = outputs.context;
		connection.dispatch_ = outputs.dispatch;
		connection.outputs_ = nullptr;
	}
	if (NT_SUCCESS(status)) {
		connection.start_events(events_.inherited);
		connection.signal(signal_receive | signal_send);
	} else {
		connection.begin_end(nullptr);
	}
	connection.end_use();
}

/* False when there is nobody to accept for, or nothing to accept. */
bool Socket::serve_one_accept()
{
	PIRP irp = claim(accepts_);
	Arrival arrival = {};

	if (irp) {
		int error = next_arrival(&arrival);

		if (error == -PORT_EAGAIN)
			put_back(accepts_, irp);
		else if (error)
			complete(irp, status_from_error(Activity::accept, error));
		else
			deliver_accept(irp, arrival);
		return error != -PORT_EAGAIN;
	}
	EventCall call(*this, Event::accept);
	if (!call)
		return false;
	int error = next_arrival(&arrival);
	if (error == -PORT_ENOMEM || error == -PORT_ENFILE)
		signal(signal_accept); /* nothing else would bring us here again */
	if (error)
		return false;
	indicate_accept(call, arrival);
	return true;
}

void Socket::serve_accepts()
{
	for (int served = 0; served < accepts_per_turn; served++)
		if (!serve_one_accept())
			return;
	signal(signal_accept);
}

/* WskListen: what a listening socket's WskBind does at once. */
NTSTATUS Socket::execute_listen()
{
	undo_connect();
	NTSTATUS status = sharing_listen(bound_);
	{
		LockGuard guard(lock_);

		state_ = NT_SUCCESS(status) ? State::listening : State::bound;
	}
	if (NT_SUCCESS(status)) {
		start_events();
		signal(signal_accept);
	}
	return status;
}

Refusal Socket::admit_listen(Socket &socket, PIRP)
{
	if (socket.state_ != State::bound)
		return {STATUS_INVALID_DEVICE_STATE,
			"the socket is not bound, or listens or is connected already"};
	socket.state_ = State::starting;
	return accepted;
}

Refusal Socket::admit_accept(Socket &socket, PIRP)
{
	if (socket.state_ != State::listening)
		return {STATUS_INVALID_DEVICE_STATE, "the socket does not listen"};
	return accepted;
}

/**
 * WskAccept - Accepts a connection.
 * @handle: A listening socket that is bound, or a stream socket after WskListen().
 * @flags: Reserved, 0.
 * @context: Handed to the accepted socket's event callbacks.
 * @dispatch: The accepted socket's event callbacks, or NULL.
 * @local_address: Receives the connection's local address, by the time the IRP completes; or NULL.
 * @remote_address: Likewise, the peer's.
 * @irp: The request; Information is the accepted PWSK_SOCKET.
 *
 * Any number may wait; they are served in the order of the calls, before WskAcceptEvent. Of the
 * accepted socket's event callbacks only those made static are enabled. A cancelled request leaves
 * the connection queued.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_STATE (not listening).
 *	The IRP ends in STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, STATUS_DEVICE_NOT_READY (the
 *	client is deregistering) or STATUS_CANCELLED.
 * Source: PFN_WSK_ACCEPT (wsk.h).
 */
NTSTATUS WSKAPI accept(PWSK_SOCKET handle, ULONG flags, PVOID context,
		       const WSK_CLIENT_CONNECTION_DISPATCH *dispatch, PSOCKADDR local_address,
		       PSOCKADDR remote_address, PIRP irp)
{
	constexpr const char *function = "WskAccept";

	NT_MAX_IRQL(DISPATCH_LEVEL);
	Refusal refusal = request_begin(irp);
	if (!refusal && !handle)
		refusal = {STATUS_INVALID_PARAMETER, "the socket is NULL"};
	if (!refusal && flags)
		refusal = {STATUS_INVALID_PARAMETER, "reserved flags are set"};
	if (refusal)
		return request_refuse(function, irp, refusal);
	request_arguments<AcceptArguments>(irp) = {context, dispatch, local_address,
						   remote_address};
	return Socket::from(handle)->submit(function, irp, Operation::accept, Socket::admit_accept);
}

constinit const WSK_PROVIDER_LISTEN_DISPATCH listen_dispatch = {
	.Basic = {control_socket, close_socket},
	.WskBind = bind,
	.WskAccept = accept,
	.WskInspectComplete = inspect_complete,
	.WskGetLocalAddress = get_local_address,
};

} // namespace wsk
