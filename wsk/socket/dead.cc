// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Dead sockets: a network namespace that goes away takes the transports of the sockets in it. What
 * waits and what comes fails with STATUS_FILE_FORCED_CLOSED, each indication that is enabled is
 * called once with nothing to indicate, and only closing is left.
 *
 * The transport is the pump's; so it is the pump that gives it up, and the end of the namespace
 * waits for that.
 */
#include "socket/dead.h"

#include "socket/address.h"
#include "socket/change.h"
#include "socket/socket.h"

namespace wsk
{

TransportUse::TransportUse(Socket &socket) : socket_(socket)
{
	socket.begin_use();
	LockGuard guard(socket.lock_);

	begun_ = !socket.dead_;
	if (begun_)
		socket.transport_uses_++;
}

TransportUse::~TransportUse()
{
	bool last = false;

	if (begun_) {
		LockGuard guard(socket_.lock_);

		last = !--socket_.transport_uses_ && socket_.dead_;
	}
	if (last)
		socket_.signal(signal_dead);
	socket_.end_use();
}

/* The namespace is going away: from now on nothing is admitted. */
void Socket::die()
{
	bool used;
	{
		LockGuard guard(lock_);

		dead_ = true;
		used = transport_uses_;
	}
	if (used || !transport_) /* whoever uses it comes back here */
		return;
	port_socket_detach(transport_);
	end_inspection();
	sharing_unbind(bound_);
	port_socket_release(transport_, true);
	transport_ = nullptr;
}

/* All that a pump has to do for a dead socket. */
void Socket::serve_dead(ULONG signals)
{
	each_queue([this](RequestQueue &queue) { cancel_all(queue, STATUS_FILE_FORCED_CLOSED); });
	forget_changes(this, STATUS_FILE_FORCED_CLOSED);
	indicate_death();
	if (signals & signal_close)
		close_transport();
}

/* Whether the client is still to be told by this event, which it is from now on. */
bool Socket::tell_death(Event event)
{
	UCHAR bit = 1 << static_cast<UCHAR>(event);
	bool told = death_told_ & bit;

	death_told_ |= bit;
	return !told;
}

/* This one is enabled by an option, and cannot be disabled: it has no place among the events. */
void Socket::indicate_inspection_death()
{
	SOCKADDR_STORAGE none = {.ss_family = family()};
	PVOID context;
	WSK_CLIENT_LISTEN_DISPATCH callbacks;

	if (!conditional_ || state_ != State::listening || !tell_death(Event::count))
		return;
	callbacks = inspection_callbacks(&context);
	if (callbacks.WskInspectEvent)
		callbacks.WskInspectEvent(context, reinterpret_cast<PSOCKADDR>(&none),
					  reinterpret_cast<PSOCKADDR>(&none), nullptr);
}

void Socket::indicate_death()
{
	indicate_inspection_death();
	{
		EventCall call(*this, Event::accept);

		if (call && tell_death(Event::accept)) {
			SOCKADDR_STORAGE none = {.ss_family = family()};
			AcceptOutputs outputs;

			call.callback<PFN_WSK_ACCEPT_EVENT>()(
				call.context(), 0, reinterpret_cast<PSOCKADDR>(&none),
				reinterpret_cast<PSOCKADDR>(&none), nullptr, &outputs.context,
				&outputs.dispatch);
		}
	}
	{
		EventCall call(*this, Event::receive);
		SIZE_T accepted_bytes = 0;

		if (call && tell_death(Event::receive))
			call.callback<PFN_WSK_RECEIVE_EVENT>()(call.context(), 0, nullptr, 0,
							       &accepted_bytes);
	}
	{
		EventCall call(*this, Event::receive_from);

		if (call && tell_death(Event::receive_from))
			call.callback<PFN_WSK_RECEIVE_FROM_EVENT>()(call.context(), 0, nullptr);
	}
}

} // namespace wsk
