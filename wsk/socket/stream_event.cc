// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskReceiveEvent, WskDisconnectEvent and WskSendBacklogEvent. The pump calls; so they are serial.
 */
#include "nt/irql.h"
#include "port/option.h"
#include "socket/change.h"
#include "socket/indication.h"
#include "socket/socket.h"
#include "socket/stream.h"

namespace wsk
{

namespace
{

enum : UCHAR { graceful_indicated = 1, abortive_indicated = 2 };

/* What is retained holds the window back. */
ULONG receive_flags(const port_packet *packets)
{
	ULONG flags = WSK_FLAG_RELEASE_ASAP;

	for (; packets; packets = packets->next)
		if (packets->pushed)
			flags |= WSK_FLAG_ENTIRE_MESSAGE;
	return flags;
}

} // namespace

/*
 * Calls WskReceiveEvent: how many of the bytes the client wants no more, or PORT_PACKET_KEPT when
 * it has taken the list over, which may be gone by then.
 */
long long Socket::offer(const EventCall &call, port_packet *packets, SIZE_T bytes)
{
	ULONG flags = receive_flags(packets) | level_flag();
	PWSK_DATA_INDICATION list = make_indications(packets);
	SIZE_T accepted_bytes = bytes;
	NTSTATUS status = call.callback<PFN_WSK_RECEIVE_EVENT>()(call.context(), flags, list, bytes,
								 &accepted_bytes);

	if (status == STATUS_PENDING)
		return PORT_PACKET_KEPT;
	if (status != STATUS_SUCCESS)
		accepted_bytes = 0;
	if (accepted_bytes > bytes)
		accepted_bytes = bytes;
	indicating_stopped_ = accepted_bytes < bytes;
	(void)!free_indications(list);
	return accepted_bytes;
}

struct Visit {
	Socket *socket;
	const EventCall *call;
};

int64_t Socket::visit_packets(void *context, port_packet *packets, size_t bytes)
{
	auto *visit = static_cast<const Visit *>(context);

	return visit->socket->offer(*visit->call, packets, bytes);
}

/* A packet where it lies: 1, 0 when there is none, or a failure. */
long long Socket::indicate_in_place(const EventCall &call)
{
	Visit visit = {this, &call};

	return port_socket_visit(transport_, &indication_room, visit_packets, &visit);
}

/* Likewise, some packets, with their memory held. */
long long Socket::indicate_held(const EventCall &call)
{
	Visit visit = {this, &call};

	return port_socket_visit_held(transport_, &indication_room, visit_packets, &visit);
}

/* Hands out what has arrived; nothing, too, when the client does not want it. */
Socket::Indicated Socket::indicate_receive()
{
	if (indicating_stopped_ || !port_socket_has_data(transport_))
		return Indicated::nothing;
	EventCall call(*this, Event::receive);

	if (!call)
		return Indicated::nothing;
	long long indicated = in_place_ ? indicate_in_place(call) : indicate_held(call);

	if (indicated == -PORT_ENOMEM) {
		signal(signal_receive); /* nothing else would bring us here again */
		return Indicated::no_memory;
	}
	return indicated > 0 && !indicating_stopped_ ? Indicated::some : Indicated::nothing;
}

/*
 * What is to be told about the peer's disconnecting: 0, or graceful_indicated, once data ahead of
 * the FIN has been indicated or is being kept back, or abortive_indicated.
 */
UCHAR Socket::disconnect_to_indicate()
{
	if (state_ != State::connected || aborted_)
		return 0;
	switch (port_socket_stream_end(transport_)) {
	case PORT_STREAM_FAILED:
		return abortive_indicated & ~disconnects_indicated_;
	case PORT_STREAM_FINISHED:
		return graceful_indicated & ~disconnects_indicated_;
	default:
		return 0;
	}
}

void Socket::indicate_disconnect(UCHAR what)
{
	if (!what)
		return;
	EventCall call(*this, Event::disconnect);
	if (!call)
		return;
	/* An abortive one is the last. */
	disconnects_indicated_ |= what == abortive_indicated
					  ? graceful_indicated | abortive_indicated
					  : graceful_indicated;
	call.callback<PFN_WSK_DISCONNECT_EVENT>()(
		call.context(),
		level_flag() | (what == abortive_indicated ? WSK_FLAG_ABORTIVE : 0));
}

/* When the advisable amount has changed by a quarter or more, first time included. */
void Socket::indicate_send_backlog()
{
	uint32_t now;

	if (backlog_watched_ &&
	    !port_socket_get_option(transport_, PORT_OPTION_SEND_BUFFER, &now)) {
		backlog_watched_ = false; /* first: who comes after the look sets it again */
		if (send_backlog_is(*this, now))
			backlog_watched_ = true;
	}
	if (!(events_.enabled & WSK_EVENT_SEND_BACKLOG))
		return;
	EventCall call(*this, Event::send_backlog);
	uint32_t ideal;

	if (!call || port_socket_get_option(transport_, PORT_OPTION_SEND_BUFFER, &ideal))
		return;
	ULONG change = ideal > backlog_indicated_ ? ideal - backlog_indicated_
						  : backlog_indicated_ - ideal;
	if (change < ideal / 4 || !change)
		return;
	backlog_indicated_ = ideal;
	call.callback<PFN_WSK_SEND_BACKLOG_EVENT>()(call.context(), ideal);
}

/**
 * WskRelease - Gives back data that WskReceiveEvent retained by returning STATUS_PENDING.
 * @handle: The connection, not closed yet.
 * @indication: A list, linked through Next, of any indications of that socket.
 *
 * Until then the data counts against the connection's receive window.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (no socket, no list, or an indication that is
 *	not one, or was released before).
 * Source: PFN_WSK_RELEASE_DATA_INDICATION_LIST (wsk.h).
 */
NTSTATUS WSKAPI release(PWSK_SOCKET handle, PWSK_DATA_INDICATION indication)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!handle || !indication || !free_indications(indication))
		return request_refuse("WskRelease", nullptr,
				      {STATUS_INVALID_PARAMETER,
				       "the socket or the indication is NULL, or is not retained"});
	Socket::from(handle)->offer_window();
	return STATUS_SUCCESS;
}

} // namespace wsk
