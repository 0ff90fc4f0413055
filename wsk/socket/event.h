/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Which event callbacks of a socket are enabled, and which of them are running. */
#ifndef WSK_SOCKET_EVENT_H
#define WSK_SOCKET_EVENT_H

#include <wdm.h>
#include <wsk.h>

#include "socket/peeked.h"
#include "socket/request.h"

namespace wsk
{

class Socket;

enum class Event : UCHAR { accept, receive, disconnect, send_backlog, receive_from, count };

/* Whether the input is a whole WSK_EVENT_CALLBACK_CONTROL, and for WSK's own events. */
[[nodiscard]] Refusal check_event_control(SIZE_T size, const VOID *input);

/* WSK_EVENT_… of one event. */
ULONG event_mask(Event event);

constexpr ULONG connection_events =
	WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT | WSK_EVENT_SEND_BACKLOG;

/* The socket's lock protects it. */
struct EventTable {
	Peeked<ULONG> enabled = 0;
	ULONG inherited = 0; /* a listener's, for the connections that WskAcceptEvent delivers */
	ULONG fixed = 0;     /* static: can be neither disabled nor enabled */
	/*
	 * What the pump is calling: 0, or 1 and the event, from which it goes back without the
	 * lock; with `awaited`, `disabling` is to be completed when it has returned.
	 */
	LONG call = 0;
	PIRP disabling = nullptr;

	static constexpr LONG awaited = 0x100;
	static LONG call_of(Event event) { return 1 + static_cast<LONG>(event); }
	bool calls(Event event) const { return (ReadAcquire(&call) & ~awaited) == call_of(event); }
};

/* For as long as it lives, the event's callback may be called; false where it is not enabled. */
class EventCall
{
public:
	EventCall(Socket &socket, Event event);
	~EventCall()
	{
		if (callback_)
			end();
	}
	EventCall(const EventCall &) = delete;
	EventCall &operator=(const EventCall &) = delete;
	explicit operator bool() const { return callback_; }

	PVOID context() const { return context_; }

	template <class Callback>
	Callback callback() const
	{
		return reinterpret_cast<Callback>(callback_);
	}

private:
	void end();

	Socket &socket_;
	void *callback_ = nullptr;
	PVOID context_ = nullptr; /* the client's, of the socket */
};

/* Where WskAcceptEvent writes; the connection's own fields take over when it has returned. */
struct AcceptOutputs {
	PVOID context = nullptr;
	const WSK_CLIENT_CONNECTION_DISPATCH *dispatch = nullptr;
};

} // namespace wsk

#endif
