// SPDX-License-Identifier: MIT OR GPL-2.0
/* Enabling, disabling and entering event callbacks. */
#include "socket/event.h"

#include "socket/socket.h"

namespace wsk
{

namespace
{

constexpr ULONG masks[] = {
	WSK_EVENT_ACCEPT,	WSK_EVENT_RECEIVE,	WSK_EVENT_DISCONNECT,
	WSK_EVENT_SEND_BACKLOG, WSK_EVENT_RECEIVE_FROM,
};
static_assert(RTL_NUMBER_OF(masks) == static_cast<size_t>(Event::count));

Event event_of(ULONG mask)
{
	size_t event = 0;

	while (masks[event] != mask)
		event++;
	return static_cast<Event>(event);
}

} // namespace

Refusal check_event_control(SIZE_T size, const VOID *input)
{
	auto *control = static_cast<const WSK_EVENT_CALLBACK_CONTROL *>(input);

	if (!control || size < sizeof(*control))
		return {STATUS_INVALID_PARAMETER,
			"the WSK_EVENT_CALLBACK_CONTROL is missing or short"};
	if (!control->NpiId ||
	    !RtlEqualMemory(control->NpiId, &NPI_WSK_INTERFACE_ID, sizeof(NPIID)))
		return {STATUS_NOT_SUPPORTED, "an unknown interface's NpiId"};
	return accepted;
}

ULONG event_mask(Event event)
{
	return masks[static_cast<size_t>(event)];
}

/* The client's function, or null; under the lock. */
inline void *Socket::callback_of(Event event)
{
	const VOID *dispatch = dispatch_;

	if (event == Event::receive_from) {
		auto *table = static_cast<const WSK_CLIENT_DATAGRAM_DISPATCH *>(dispatch);

		return table ? reinterpret_cast<void *>(table->WskReceiveFromEvent) : nullptr;
	}
	if (category() == Category::stream && dispatch) {
		auto *halves = static_cast<const WSK_CLIENT_STREAM_DISPATCH *>(dispatch);

		dispatch = event == Event::accept ? static_cast<const VOID *>(halves->Listen)
						  : halves->Connect;
	}
	if (event == Event::accept) {
		auto *table = static_cast<const WSK_CLIENT_LISTEN_DISPATCH *>(dispatch);

		return table && listens() ? reinterpret_cast<void *>(table->WskAcceptEvent)
					  : nullptr;
	}
	/* Inside WskAcceptEvent the client may have set, and rely on, its table already. */
	auto *table = outputs_ ? outputs_->dispatch
			       : static_cast<const WSK_CLIENT_CONNECTION_DISPATCH *>(dispatch);
	if (!table || listens())
		return nullptr;
	switch (event) {
	case Event::receive:
		return reinterpret_cast<void *>(table->WskReceiveEvent);
	case Event::disconnect:
		return reinterpret_cast<void *>(table->WskDisconnectEvent);
	case Event::send_backlog:
		return reinterpret_cast<void *>(table->WskSendBacklogEvent);
	default:
		return nullptr;
	}
}

EventCall::EventCall(Socket &socket, Event event) : socket_(socket)
{
	LockGuard guard(socket.lock_);

	if (socket.closing_ || !(socket.events_.enabled & event_mask(event)))
		return;
	callback_ = socket.callback_of(event);
	if (!callback_)
		return;
	context_ = socket.outputs_ ? socket.outputs_->context : socket.context_;
	WriteNoFence(&socket.events_.call, EventTable::call_of(event));
}

void EventCall::end()
{
	EventTable &events = socket_.events_;
	PIRP disabled;

	if (!(InterlockedExchange(&events.call, 0) & EventTable::awaited))
		return;
	{
		LockGuard guard(socket_.lock_);

		disabled = events.disabling;
		events.disabling = nullptr;
	}
	socket_.complete(disabled, STATUS_SUCCESS);
}

/* The events that a socket can have, or may come to have; under the lock. */
ULONG Socket::possible_events() const
{
	bool may_listen = category() == Category::stream && state_ != State::connected;

	if (datagram_)
		return WSK_EVENT_RECEIVE_FROM;
	return listens() || may_listen ? WSK_EVENT_ACCEPT | connection_events : connection_events;
}

/* Those of the events that the client has a function for; under the lock. */
ULONG Socket::callable_events(ULONG mask)
{
	for (size_t event = 0; event < RTL_NUMBER_OF(masks); event++)
		if ((mask & masks[event]) && !callback_of(static_cast<Event>(event)))
			mask &= ~masks[event];
	return mask;
}

/* Whether the events can be enabled, or disabled, now; under the lock. */
Refusal Socket::check_events(ULONG mask, bool disable)
{
	ULONG own = listens() ? mask & ~connection_events : mask;
	State able = datagram_ ? State::bound : listens() ? State::listening : State::connected;

	if (!mask || (mask & ~possible_events()))
		return {STATUS_INVALID_PARAMETER,
			"an event that this kind of socket does not have"};
	if (mask & events_.fixed)
		return {STATUS_INVALID_PARAMETER, "a static event cannot be enabled or disabled"};
	if (disable && mask != own)
		return {STATUS_INVALID_PARAMETER,
			"what a listening socket passes on cannot be disabled there"};
	if (state_ != able)
		return {STATUS_INVALID_DEVICE_STATE,
			"events can be enabled once the socket listens, or is connected, or, for "
			"datagrams, bound"};
	if (callable_events(own) != own)
		return {STATUS_INVALID_PARAMETER,
			"the dispatch table has no function for the event"};
	return accepted;
}

/* Under the lock. */
void Socket::enable_events(ULONG mask)
{
	if (listens()) {
		events_.inherited |= mask & connection_events;
		mask &= ~connection_events;
	}
	events_.enabled |= mask;
	if (datagram_)
		datagram_->enablings = datagram_->enablings + 1;
}

/* When the socket has become able to raise events. */
void Socket::start_events(ULONG inherited)
{
	LockGuard guard(lock_);
	ULONG mask = client_->static_events() & possible_events();

	if (listens())
		mask &= ~connection_events; /* each connection's own, static as well */
	mask = callable_events(mask);
	events_.fixed |= mask;
	events_.enabled |= mask | callable_events(inherited);
}

/* Has the IRP completed when the event's call has returned; false where none is under way. */
bool Socket::await_call(Event event, PIRP irp)
{
	LONG call = EventTable::call_of(event);

	if (InterlockedCompareExchange(&events_.call, call | EventTable::awaited, call) != call)
		return false;
	/* The call's end waits for the lock. */
	Request::of(irp)->socket = this;
	IoMarkIrpPending(irp);
	begin_use();
	events_.disabling = irp;
	return true;
}

Refusal Socket::control_events(const WSK_EVENT_CALLBACK_CONTROL &control, PIRP irp)
{
	ULONG mask = control.EventMask & ~WSK_EVENT_DISABLE;
	bool disable = control.EventMask & WSK_EVENT_DISABLE;
	Refusal refusal = accepted;

	if (disable && (mask & (mask - 1)))
		return {STATUS_INVALID_PARAMETER, "one event is disabled at a time"};
	{
		LockGuard guard(lock_);

		refusal = dead_ ? Refusal{STATUS_FILE_FORCED_CLOSED, nullptr}
				: check_events(mask, disable);
		if (!refusal && !disable) {
			enable_events(mask);
		} else if (!refusal) {
			Event event = event_of(mask);

			if (events_.calls(event) && irp && events_.disabling)
				return {STATUS_INVALID_DEVICE_STATE,
					"the event is being disabled already"};
			events_.enabled &= ~mask;
			if (irp && await_call(event, irp))
				refusal.status = STATUS_PENDING;
			else if (!irp && events_.calls(event))
				refusal.status = STATUS_EVENT_PENDING;
		}
	}
	if (!refusal && !disable)
		signal(signal_accept | signal_receive | signal_send);
	return refusal;
}

} // namespace wsk
