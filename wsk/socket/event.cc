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

/* The events that a category's sockets can have. */
ULONG category_events(Category category)
{
	return category == Category::listen ? WSK_EVENT_ACCEPT | connection_events
					    : connection_events;
}

/* The events whose callbacks this release makes. */
constexpr ULONG built_events = WSK_EVENT_ACCEPT;

bool same_guid(const GUID *a, const GUID *b)
{
	return a && RtlEqualMemory(a, b, sizeof(*a));
}

} // namespace

ULONG event_mask(Event event)
{
	return masks[static_cast<size_t>(event)];
}

EventCall::EventCall(Socket &socket, Event event) : socket_(socket), event_(event)
{
	LockGuard guard(socket.lock_);

	if (socket.closing_ || !(socket.events_.enabled & event_mask(event)))
		return;
	callback_ = socket.callback_of(event);
	if (callback_)
		socket.events_.calls[static_cast<size_t>(event)]++;
}

EventCall::~EventCall()
{
	PIRP disabled = nullptr;

	if (!callback_)
		return;
	{
		LockGuard guard(socket_.lock_);
		EventTable &events = socket_.events_;
		USHORT left = --events.calls[static_cast<size_t>(event_)];

		if (!left && events.disabling && events.disabling_event == event_) {
			disabled = events.disabling;
			events.disabling = nullptr;
		}
	}
	if (disabled)
		socket_.complete(disabled, STATUS_SUCCESS);
}

/* The client's function, or null; under the lock. */
void *Socket::callback_of(Event event)
{
	if (category_ != Category::listen || event != Event::accept || !dispatch_)
		return nullptr;
	auto *table = static_cast<const WSK_CLIENT_LISTEN_DISPATCH *>(dispatch_);
	return reinterpret_cast<void *>(table->WskAcceptEvent);
}

/* Whether the events can be enabled now; under the lock. */
Refusal Socket::check_events(ULONG mask)
{
	if (!mask || (mask & ~category_events(category_)))
		return {STATUS_INVALID_PARAMETER,
			"an event that this kind of socket does not have"};
	if (mask & events_.fixed)
		return {STATUS_INVALID_PARAMETER, "a static event cannot be enabled or disabled"};
	if (state_ != (category_ == Category::listen ? State::listening : State::connected))
		return {STATUS_INVALID_DEVICE_STATE,
			"events can be enabled once the socket is bound, or connected"};
	if (mask & ~built_events)
		return {STATUS_NOT_IMPLEMENTED, nullptr};
	if ((mask & WSK_EVENT_ACCEPT) && !callback_of(Event::accept))
		return {STATUS_INVALID_PARAMETER,
			"the dispatch table has no function for the event"};
	return accepted;
}

/* Under the lock, when the socket has become able to raise events. */
void Socket::start_static_events()
{
	ULONG mask = client_->static_events() & category_events(category_) & built_events;

	if (!callback_of(Event::accept))
		mask &= ~WSK_EVENT_ACCEPT;
	events_.fixed |= mask;
	events_.enabled |= mask;
}

NTSTATUS Socket::control_events(const WSK_EVENT_CALLBACK_CONTROL &control, PIRP irp)
{
	constexpr const char *function = "WskControlSocket(SO_WSK_EVENT_CALLBACK)";
	ULONG mask = control.EventMask & ~WSK_EVENT_DISABLE;
	bool disable = control.EventMask & WSK_EVENT_DISABLE;
	Refusal refusal = accepted;
	NTSTATUS status = STATUS_SUCCESS;

	if (!same_guid(control.NpiId, &NPI_WSK_INTERFACE_ID))
		return request_refuse(function, irp,
				      {STATUS_NOT_SUPPORTED, "an unknown interface's NpiId"});
	if (disable && (mask & (mask - 1)))
		return request_refuse(
			function, irp,
			{STATUS_INVALID_PARAMETER, "one event is disabled at a time"});
	{
		LockGuard guard(lock_);

		refusal = check_events(mask);
		if (!refusal && !disable) {
			events_.enabled |= mask;
		} else if (!refusal) {
			size_t event = 0;

			while (masks[event] != mask)
				event++;
			if (events_.calls[event] && irp && events_.disabling) {
				refusal = {STATUS_INVALID_DEVICE_STATE,
					   "the event is being disabled already"};
			} else {
				events_.enabled &= ~mask;
				if (events_.calls[event])
					status = irp ? STATUS_PENDING : STATUS_EVENT_PENDING;
			}
			if (status == STATUS_PENDING) {
				IoMarkIrpPending(irp);
				begin_use();
				events_.disabling = irp;
				events_.disabling_event = static_cast<Event>(event);
			}
		}
	}
	if (refusal)
		return request_refuse(function, irp, refusal);
	if (!disable)
		signal(signal_accept | signal_receive);
	if (irp && status != STATUS_PENDING)
		request_complete(irp, status, 0);
	return status;
}

} // namespace wsk
