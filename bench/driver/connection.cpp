// SPDX-License-Identifier: MIT OR GPL-2.0
/* The TCP tasks: by event callbacks, by IRPs that are posted again, and by a thread that waits. */
#include "bench_wsk.h"

namespace
{

/* What is copied, rather than retained until it has been sent. */
constexpr SIZE_T copy_at_most = 2048;
constexpr LONG sends_at_once = 32;

struct Place {
	bench_peer peer;
	bench_task task;
	PWSK_SOCKET socket;
};

Place places[] = {
	{BENCH_EVENT, BENCH_ECHO, nullptr},   {BENCH_EVENT, BENCH_SINK, nullptr},
	{BENCH_EVENT, BENCH_ACCEPT, nullptr}, {BENCH_EVENT, BENCH_SOURCE_AT_ONCE, nullptr},
	{BENCH_REQUEST, BENCH_ECHO, nullptr}, {BENCH_REQUEST, BENCH_SINK, nullptr},
	{BENCH_WAIT, BENCH_ECHO, nullptr},
};

LIST_ENTRY connections;
KSPIN_LOCK connections_lock;
LONG connection_count = 1;
KEVENT no_connections;

class Connection;

/* One send that is under way. */
struct Send {
	SLIST_ENTRY link;
	Connection *owner;
	PIRP irp;
	PWSK_DATA_INDICATION retained; /* what is sent, or null */
};

class Connection
{
public:
	static void *operator new(size_t size) noexcept
	{
		return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, BENCH_TAG);
	}
	static void operator delete(void *memory) { ExFreePoolWithTag(memory, BENCH_TAG); }

	Connection(const Place &place, PWSK_SOCKET socket);
	~Connection();
	bool valid() const { return valid_; }

	bool start();
	void close();
	NTSTATUS received(PWSK_DATA_INDICATION list, SIZE_T bytes);
	void forget();

private:
	const WSK_PROVIDER_CONNECTION_DISPATCH *dispatch() const
	{
		return static_cast<const WSK_PROVIDER_CONNECTION_DISPATCH *>(socket_->Dispatch);
	}

	void send(const WSK_BUF &buffer, PWSK_DATA_INDICATION retained, ULONG flags = 0);
	void count(SIZE_T bytes);
	void burst();
	void post_receive();
	static NTSTATUS NTAPI sent(PDEVICE_OBJECT device, PIRP irp, PVOID context);
	static NTSTATUS NTAPI receive_completed(PDEVICE_OBJECT device, PIRP irp, PVOID context);
	static NTSTATUS NTAPI closed(PDEVICE_OBJECT device, PIRP irp, PVOID context);
	static VOID NTAPI wait_and_echo(PVOID context);

	LIST_ENTRY link_; /* first */
	const Place &place_;
	PWSK_SOCKET socket_;
	PIRP receive_irp_;
	PIRP close_irp_;
	Send sends_[sends_at_once] = {};
	SLIST_HEADER free_;
	LONG sending_ = 0;
	LONG bursts_ = 0;
	LONG closing_ = 0;
	SIZE_T counted_ = 0;
	Block block_;
	bool valid_;
};

Connection::Connection(const Place &place, PWSK_SOCKET socket)
	: place_(place), socket_(socket), receive_irp_(IoAllocateIrp(1, FALSE)),
	  close_irp_(IoAllocateIrp(1, FALSE)), block_(BENCH_CHUNK),
	  valid_(receive_irp_ && close_irp_ && block_.valid())
{
	InitializeSListHead(&free_);
	for (Send &send : sends_) {
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
	if (receive_irp_)
		IoFreeIrp(receive_irp_);
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
	if (InterlockedExchange(&closing_, 1))
		return;
	IoSetCompletionRoutine(close_irp_, closed, this, TRUE, TRUE, TRUE);
	dispatch()->Basic.WskCloseSocket(socket_, close_irp_);
}

NTSTATUS NTAPI Connection::closed(PDEVICE_OBJECT, PIRP, PVOID context)
{
	static_cast<Connection *>(context)->forget();
	return STATUS_MORE_PROCESSING_REQUIRED;
}

void Connection::send(const WSK_BUF &buffer, PWSK_DATA_INDICATION retained, ULONG flags)
{
	auto *send = CONTAINING_RECORD(InterlockedPopEntrySList(&free_), Send, link);
	WSK_BUF copy = buffer;

	send->retained = retained;
	InterlockedIncrement(&sending_);
	IoReuseIrp(send->irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(send->irp, sent, send, TRUE, TRUE, TRUE);
	dispatch()->WskSend(socket_, &copy, flags, send->irp);
}

NTSTATUS NTAPI Connection::sent(PDEVICE_OBJECT, PIRP irp, PVOID context)
{
	auto *send = static_cast<Send *>(context);
	Connection *self = send->owner;
	bool good = NT_SUCCESS(irp->IoStatus.Status);

	if (send->retained)
		self->dispatch()->WskRelease(self->socket_, send->retained);
	InterlockedPushEntrySList(&self->free_, &send->link);
	if (InterlockedDecrement(&self->sending_) || !good)
		return STATUS_MORE_PROCESSING_REQUIRED;
	if (self->place_.task == BENCH_SOURCE_AT_ONCE)
		self->burst();
	else if (self->place_.peer == BENCH_REQUEST && self->place_.task == BENCH_ECHO)
		self->post_receive();
	return STATUS_MORE_PROCESSING_REQUIRED;
}

void Connection::count(SIZE_T bytes)
{
	counted_ += bytes;
	if (counted_ < BENCH_UNIT)
		return;
	counted_ -= BENCH_UNIT;
	send(block_.part(1), nullptr);
}

/* The next burst of small sends, all of which are queued before the first can complete. */
void Connection::burst()
{
	if (!bursts_)
		return;
	bursts_--;
	InterlockedIncrement(&sending_);
	for (int i = 0; i < BENCH_TCP_BURST; i++)
		send(block_.part(BENCH_MESSAGE), nullptr,
		     i + 1 == BENCH_TCP_BURST ? WSK_FLAG_NODELAY : 0);
	if (!InterlockedDecrement(&sending_))
		burst();
}

NTSTATUS Connection::received(PWSK_DATA_INDICATION list, SIZE_T bytes)
{
	switch (place_.task) {
	case BENCH_SINK:
		count(bytes);
		return STATUS_SUCCESS;
	case BENCH_SOURCE_AT_ONCE:
		bursts_ = BENCH_BURSTS;
		burst();
		return STATUS_SUCCESS;
	case BENCH_ECHO:
		break;
	default:
		return STATUS_SUCCESS;
	}
	if (bytes <= copy_at_most && !sending_ && !list->Next && !list->Buffer.Mdl->Next) {
		RtlCopyMemory(block_.data,
			      static_cast<PUCHAR>(MmGetSystemAddressForMdlSafe(
				      list->Buffer.Mdl, NormalPagePriority)) +
				      list->Buffer.Offset,
			      bytes);
		send(block_.part(bytes), nullptr);
		return STATUS_SUCCESS;
	}
	while (list) {
		PWSK_DATA_INDICATION first = list;

		list = first->Next;
		first->Next = nullptr;
		send(first->Buffer, first);
	}
	return STATUS_PENDING;
}

void Connection::post_receive()
{
	WSK_BUF buffer = block_.part(BENCH_CHUNK);

	IoReuseIrp(receive_irp_, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(receive_irp_, receive_completed, this, TRUE, TRUE, TRUE);
	dispatch()->WskReceive(socket_, &buffer, 0, receive_irp_);
}

NTSTATUS NTAPI Connection::receive_completed(PDEVICE_OBJECT, PIRP irp, PVOID context)
{
	auto *self = static_cast<Connection *>(context);
	SIZE_T bytes = irp->IoStatus.Information;

	if (!NT_SUCCESS(irp->IoStatus.Status) || !bytes) {
		self->close();
		return STATUS_MORE_PROCESSING_REQUIRED;
	}
	if (self->place_.task == BENCH_ECHO) {
		self->send(self->block_.part(bytes), nullptr);
	} else {
		self->count(bytes);
		self->post_receive();
	}
	return STATUS_MORE_PROCESSING_REQUIRED;
}

VOID NTAPI Connection::wait_and_echo(PVOID context)
{
	auto *self = static_cast<Connection *>(context);
	{
		Call call;
		WSK_BUF buffer;

		while (call.valid()) {
			buffer = self->block_.part(BENCH_CHUNK);
			NTSTATUS status = call([&](PIRP irp) {
				return self->dispatch()->WskReceive(self->socket_, &buffer, 0, irp);
			});
			if (!NT_SUCCESS(status) || !call.information())
				break;
			buffer = self->block_.part(call.information());
			if (!NT_SUCCESS(call([&](PIRP irp) {
				    return self->dispatch()->WskSend(self->socket_, &buffer, 0,
								     irp);
			    })))
				break;
		}
	}
	self->close();
	PsTerminateSystemThread(STATUS_SUCCESS);
}

bool Connection::start()
{
	HANDLE thread;

	if (place_.peer == BENCH_REQUEST)
		post_receive();
	if (place_.peer != BENCH_WAIT)
		return true;
	if (!NT_SUCCESS(PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, nullptr, nullptr, nullptr,
					     wait_and_echo, this)))
		return false;
	ZwClose(thread);
	return true;
}

NTSTATUS WSKAPI on_receive(PVOID context, ULONG, PWSK_DATA_INDICATION list, SIZE_T bytes, SIZE_T *)
{
	return list ? static_cast<Connection *>(context)->received(list, bytes) : STATUS_SUCCESS;
}

NTSTATUS WSKAPI on_disconnect(PVOID context, ULONG)
{
	static_cast<Connection *>(context)->close();
	return STATUS_SUCCESS;
}

const WSK_CLIENT_CONNECTION_DISPATCH event_dispatch = {on_receive, on_disconnect, nullptr};

NTSTATUS WSKAPI on_accept(PVOID context, ULONG, PSOCKADDR, PSOCKADDR, PWSK_SOCKET socket,
			  PVOID *accepted_context,
			  const WSK_CLIENT_CONNECTION_DISPATCH **accepted_dispatch)
{
	auto *place = static_cast<const Place *>(context);

	if (!socket)
		return STATUS_REQUEST_NOT_ACCEPTED;
	auto *connection = new Connection(*place, socket);
	if (connection && connection->valid() && connection->start()) {
		*accepted_context = connection;
		*accepted_dispatch = place->peer == BENCH_EVENT ? &event_dispatch : nullptr;
		return STATUS_SUCCESS;
	}
	if (connection)
		connection->forget();
	return STATUS_REQUEST_NOT_ACCEPTED;
}

const WSK_CLIENT_LISTEN_DISPATCH listen_dispatch = {on_accept, nullptr, nullptr};

} // namespace

bool connections_start()
{
	KeInitializeEvent(&no_connections, NotificationEvent, FALSE);
	KeInitializeSpinLock(&connections_lock);
	InitializeListHead(&connections);
	for (Place &place : places) {
		place.socket = open_place(SOCK_STREAM, WSK_FLAG_LISTEN_SOCKET, &place,
					  &listen_dispatch, BENCH_PORT(place.peer, place.task));
		if (!place.socket)
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
