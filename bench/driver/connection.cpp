// SPDX-License-Identifier: MIT OR GPL-2.0
/* Connections: from their being accepted to their end. */
#include "connection.h"

namespace
{

Place places[] = {
	{BENCH_EVENT, BENCH_ECHO, make_event_echo, &connection_events, nullptr},
	{BENCH_EVENT, BENCH_SINK, make_event_sink, &connection_events, nullptr},
	{BENCH_EVENT, BENCH_ACCEPT, make_accept, &connection_events, nullptr},
	{BENCH_EVENT, BENCH_SOURCE_AT_ONCE, make_bursts, &connection_events, nullptr},
	{BENCH_EVENT, BENCH_SUPPLY, make_supply, &connection_events, nullptr},
	{BENCH_EVENT, BENCH_TIGHT, make_supply, &connection_events, nullptr},
	{BENCH_EVENT, BENCH_PAIR, make_pair, &connection_events, nullptr},
	{BENCH_REQUEST, BENCH_ECHO, make_request_echo, nullptr, nullptr},
	{BENCH_REQUEST, BENCH_SINK, make_request_sink, nullptr, nullptr},
	{BENCH_WAIT, BENCH_ECHO, make_wait_echo, nullptr, nullptr},
	{BENCH_WAIT, BENCH_SOURCE, make_wait_source, nullptr, nullptr},
};

LIST_ENTRY connections;
KSPIN_LOCK connections_lock;
LONG connection_count = 1;
KEVENT no_connections;

NTSTATUS WSKAPI on_receive(PVOID context, ULONG, PWSK_DATA_INDICATION list, SIZE_T bytes, SIZE_T *)
{
	return list ? static_cast<Connection *>(context)->received(list, bytes) : STATUS_SUCCESS;
}

NTSTATUS WSKAPI on_disconnect(PVOID context, ULONG)
{
	static_cast<Connection *>(context)->disconnected();
	return STATUS_SUCCESS;
}

NTSTATUS WSKAPI on_accept(PVOID context, ULONG, PSOCKADDR, PSOCKADDR, PWSK_SOCKET socket,
			  PVOID *accepted_context,
			  const WSK_CLIENT_CONNECTION_DISPATCH **accepted_dispatch)
{
	const auto *place = static_cast<const Place *>(context);

	if (!socket)
		return STATUS_REQUEST_NOT_ACCEPTED;
	Connection *connection = place->make(socket);
	if (connection && connection->valid() && connection->start()) {
		*accepted_context = connection;
		*accepted_dispatch = place->events;
		return STATUS_SUCCESS;
	}
	if (connection)
		connection->forget();
	return STATUS_REQUEST_NOT_ACCEPTED;
}

const WSK_CLIENT_LISTEN_DISPATCH listen_dispatch = {on_accept, nullptr, nullptr};

/* Inherited by what is accepted. */
bool limit_sends(PWSK_SOCKET socket)
{
	ULONG room = BENCH_TIGHT_BUFFER;
	Call call;

	return call.valid() && NT_SUCCESS(call([&](PIRP irp) {
		       return static_cast<const WSK_PROVIDER_LISTEN_DISPATCH *>(socket->Dispatch)
			       ->Basic.WskControlSocket(socket, WskSetOption, SO_SNDBUF, SOL_SOCKET,
							sizeof(room), &room, 0, nullptr, nullptr,
							irp);
	       }));
}

} // namespace

const WSK_CLIENT_CONNECTION_DISPATCH connection_events = {on_receive, on_disconnect, nullptr};

Connection::Connection(PWSK_SOCKET socket, ULONG sends)
	: socket_(socket), block_(BENCH_CHUNK), close_irp_(IoAllocateIrp(1, FALSE)),
	  valid_(close_irp_ && block_.valid())
{
	InitializeSListHead(&free_);
	for (ULONG i = 0; i < sends; i++) {
		Send &send = sends_[i];

		send.owner = this;
		send.irp = IoAllocateIrp(1, FALSE);
		valid_ = valid_ && send.irp;
		InterlockedPushEntrySList(&free_, &send.link);
	}
	InterlockedIncrement(&connection_count);
	ExInterlockedInsertTailList(&connections, &link_, &connections_lock);
}

Connection::~Connection()
{
	for (Send &send : sends_)
		if (send.irp)
			IoFreeIrp(send.irp);
	if (close_irp_)
		IoFreeIrp(close_irp_);
}

void Connection::forget()
{
	KIRQL irql;

	KeAcquireSpinLock(&connections_lock, &irql);
	RemoveEntryList(&link_);
	KeReleaseSpinLock(&connections_lock, irql);
	delete this;
	if (!InterlockedDecrement(&connection_count))
		KeSetEvent(&no_connections, IO_NO_INCREMENT, FALSE);
}

void Connection::close()
{
	if (!InterlockedExchange(&closing_, 1))
		drop();
}

void Connection::drop()
{
	if (InterlockedDecrement(&holds_))
		return;
	IoSetCompletionRoutine(close_irp_, closed, this, TRUE, TRUE, TRUE);
	dispatch()->Basic.WskCloseSocket(socket_, close_irp_);
}

NTSTATUS NTAPI Connection::closed(PDEVICE_OBJECT, PIRP, PVOID context)
{
	static_cast<Connection *>(context)->forget();
	return STATUS_MORE_PROCESSING_REQUIRED;
}

bool Connection::send(const WSK_BUF &buffer, ULONG flags, PWSK_DATA_INDICATION retained)
{
	PSLIST_ENTRY entry = InterlockedPopEntrySList(&free_);

	if (!entry)
		return false;
	auto *send = CONTAINING_RECORD(entry, Send, link);
	WSK_BUF copy = buffer;

	send->retained = retained;
	IoReuseIrp(send->irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(send->irp, sent, send, TRUE, TRUE, TRUE);
	dispatch()->WskSend(socket_, &copy, flags, send->irp);
	return true;
}

NTSTATUS NTAPI Connection::sent(PDEVICE_OBJECT, PIRP irp, PVOID context)
{
	auto *send = static_cast<Send *>(context);
	Connection *self = send->owner;

	if (send->retained)
		self->dispatch()->WskRelease(self->socket_, send->retained);
	InterlockedPushEntrySList(&self->free_, &send->link);
	if (self->after_send_ && NT_SUCCESS(irp->IoStatus.Status))
		self->after_send_(self);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

bool connections_start()
{
	KeInitializeEvent(&no_connections, NotificationEvent, FALSE);
	KeInitializeSpinLock(&connections_lock);
	InitializeListHead(&connections);
	for (Place &place : places) {
		place.socket = open_place(SOCK_STREAM, WSK_FLAG_LISTEN_SOCKET, &place,
					  &listen_dispatch, BENCH_PORT(place.peer, place.task));
		if (!place.socket || (place.task == BENCH_TIGHT && !limit_sends(place.socket)))
			return false;
	}
	return true;
}

/* The client has closed its connections; the last of ours follow. */
void connections_stop()
{
	for (Place &place : places)
		close_place(place.socket);
	if (InterlockedDecrement(&connection_count))
		KeWaitForSingleObject(&no_connections, Executive, KernelMode, FALSE, nullptr);
}
