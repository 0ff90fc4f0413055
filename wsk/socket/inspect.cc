// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Conditional accept: connection requests that are shown to the client before they are answered.
 * The seam holds them (port/inspect.h); the pump shows them, one after the other. A connection is
 * delivered only if its request was let in and is still known.
 */
#include "socket/inspect.h"

#include "nt/irql.h"
#include "port/log.h"
#include "socket/address.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

/* Requests shown before the other queues get their turn. */
constexpr int inspections_per_turn = 32;

constexpr WSK_INSPECT_ID to_client(port_inspect_id id)
{
	return {id.request, id.inspector};
}

constexpr port_inspect_id from_client(const WSK_INSPECT_ID &id)
{
	return {id.Key, static_cast<uint32_t>(id.SerialNumber)};
}

} // namespace

Refusal Socket::set_conditional(bool on)
{
	LockGuard guard(lock_);
	auto *table = static_cast<const WSK_CLIENT_LISTEN_DISPATCH *>(dispatch_);

	if (on && !(table && table->WskInspectEvent && table->WskAbortEvent))
		return {STATUS_INVALID_PARAMETER,
			"conditional accept takes both WskInspectEvent and WskAbortEvent"};
	conditional_ = on;
	return accepted;
}

const WSK_INSPECT_ID *Socket::inspect_id() const
{
	return category() == Category::connection && inspect_id_.Key ? &inspect_id_ : nullptr;
}

port_inspector *Socket::inspector() const
{
	return category() == Category::listen ? inspector_ : nullptr;
}

NTSTATUS Socket::begin_inspection()
{
	if (!conditional_)
		return STATUS_SUCCESS;
	return status_from_error(Activity::bind,
				 port_inspect_begin(transport_, this, on_inspect, &inspector_));
}

/* The transport stops listening first, or it would answer what nobody inspects any more. */
void Socket::end_inspection()
{
	if (!inspector())
		return;
	port_inspect_stop(inspector_);
	port_socket_reset(transport_);
	port_inspect_end(inspector_);
	inspector_ = nullptr;
}

void Socket::on_inspect(void *owner)
{
	Socket *self = static_cast<Socket *>(owner);
	{
		LockGuard guard(self->lock_);

		InterlockedOr(&self->signals_, signal_inspect);
		if (self->pumping_)
			return;
	}
	self->queue_work();
}

/* The next connection that may be delivered: 0, -EAGAIN, or a failure. */
int Socket::next_arrival(Arrival *arrival)
{
	port_inspect_id id = {};
	int error;

	while (!(error = port_socket_accept(transport_, &arrival->room))) {
		if (!inspector())
			return 0;
		if (port_inspect_claim(inspector(), port_socket_in(&arrival->room), &id)) {
			arrival->id = to_client(id);
			return 0;
		}
		port_socket_release(port_socket_in(&arrival->room), true);
	}
	return error;
}

/* The client's functions, none once the socket is being closed. */
WSK_CLIENT_LISTEN_DISPATCH Socket::inspection_callbacks(PVOID *context)
{
	LockGuard guard(lock_);

	*context = context_;
	return closing_ ? WSK_CLIENT_LISTEN_DISPATCH{}
			: *static_cast<const WSK_CLIENT_LISTEN_DISPATCH *>(dispatch_);
}

void Socket::inspect(const port_inspect_event &event)
{
	SOCKADDR_STORAGE local = {}, remote = {};
	WSK_INSPECT_ID id = to_client(event.id);
	PVOID context;
	WSK_CLIENT_LISTEN_DISPATCH callbacks = inspection_callbacks(&context);

	if (!callbacks.WskInspectEvent)
		return;
	address_to_sockaddr(event.local, reinterpret_cast<PSOCKADDR>(&local));
	address_to_sockaddr(event.remote, reinterpret_cast<PSOCKADDR>(&remote));
	WSK_INSPECT_ACTION action =
		callbacks.WskInspectEvent(context, reinterpret_cast<PSOCKADDR>(&local),
					  reinterpret_cast<PSOCKADDR>(&remote), &id);
	if (action == WskInspectPend || closing_)
		return;
	if (action != WskInspectAccept && action != WskInspectReject)
		port_log_rule("WskInspectEvent", "returned an unknown action: taken for a reject");
	/* It may have died meanwhile: then WskAbortEvent follows. */
	(void)!port_inspect_decide(inspector(), &event.id, action == WskInspectAccept);
}

void Socket::indicate_abort(WSK_INSPECT_ID id)
{
	PVOID context;
	WSK_CLIENT_LISTEN_DISPATCH callbacks = inspection_callbacks(&context);

	if (callbacks.WskAbortEvent)
		callbacks.WskAbortEvent(context, &id);
}

void Socket::serve_inspections()
{
	for (int served = 0; served < inspections_per_turn; served++) {
		port_inspect_event event;

		port_inspect_next(inspector(), &event);
		switch (event.what) {
		case PORT_INSPECT_ARRIVED:
			inspect(event);
			break;
		case PORT_INSPECT_ABORTED:
			indicate_abort(to_client(event.id));
			break;
		case PORT_INSPECT_NOTHING:
			return;
		}
	}
	signal(signal_inspect);
}

/* Under the lock. */
Refusal Socket::admit_inspect(Socket &socket, PIRP)
{
	if (socket.state_ != State::listening || !socket.inspector())
		return {STATUS_INVALID_DEVICE_STATE,
			"the socket does not listen, or not with SO_CONDITIONAL_ACCEPT"};
	return accepted;
}

NTSTATUS Socket::execute_inspect(PIRP irp)
{
	InspectArguments &arguments = request_arguments<InspectArguments>(irp);
	port_inspect_id id = from_client(arguments.id);
	int error = port_inspect_decide(inspector(), &id, arguments.action == WskInspectAccept);

	if (error == -PORT_ENOENT)
		return STATUS_NOT_FOUND;
	return status_from_error(Activity::control, error);
}

/**
 * WskInspectComplete - Decides about a connection request that is held for inspection.
 * @handle: A listening socket with SO_CONDITIONAL_ACCEPT.
 * @id: What WskInspectEvent was given when it returned WskInspectPend. Read during the call only,
 *	and compared by its members.
 * @action: WskInspectAccept: the handshake goes on. WskInspectReject: the peer is answered with a
 *	RST; WskAbortEvent does not follow, unless it was on its way.
 * @irp: The request.
 *
 * A request that has died, of which WskAbortEvent tells, stays dead: there is nothing to decide
 * any more, as when it was decided before.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER (an argument, WskInspectPend);
 *	STATUS_INVALID_DEVICE_STATE (the socket does not inspect). The IRP ends in STATUS_SUCCESS,
 *	STATUS_NOT_FOUND (the request has died or was decided before), STATUS_INVALID_PARAMETER
 *	(this socket never had a request of that name), STATUS_FILE_FORCED_CLOSED (the socket is
 *	dead) or STATUS_CANCELLED.
 * Source: PFN_WSK_INSPECT_COMPLETE (wsk.h).
 */
NTSTATUS WSKAPI inspect_complete(PWSK_SOCKET handle, PWSK_INSPECT_ID id, WSK_INSPECT_ACTION action,
				 PIRP irp)
{
	constexpr const char *function = "WskInspectComplete";

	NT_MAX_IRQL(DISPATCH_LEVEL);
	Refusal refusal = request_begin(irp);
	if (!refusal && !handle)
		refusal = {STATUS_INVALID_PARAMETER, "the socket is NULL"};
	if (!refusal && !id)
		refusal = {STATUS_INVALID_PARAMETER, "the InspectID is NULL"};
	if (!refusal && action != WskInspectAccept && action != WskInspectReject)
		refusal = {STATUS_INVALID_PARAMETER,
			   "the action is neither WskInspectAccept nor WskInspectReject"};
	if (refusal)
		return request_refuse(function, irp, refusal);
	request_arguments<InspectArguments>(irp) = {*id, action};
	return Socket::from(handle)->submit(function, irp, Operation::inspect,
					    Socket::admit_inspect);
}

} // namespace wsk
