// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The UDP tasks: a sink by event callbacks, one that takes several datagrams as one, and a thread
 * that sends many in a call.
 */
#include "bench_wsk.h"

namespace
{

const WSK_PROVIDER_DATAGRAM_DISPATCH *dispatch_of(PWSK_SOCKET socket)
{
	return static_cast<const WSK_PROVIDER_DATAGRAM_DISPATCH *>(socket->Dispatch);
}

const UCHAR *data_of(const WSK_BUF &buffer)
{
	return static_cast<PUCHAR>(MmGetSystemAddressForMdlSafe(buffer.Mdl, NormalPagePriority)) +
	       buffer.Offset;
}

/* Answers with one byte; one at a time is enough for one client. */
class Answer
{
public:
	Answer() : irp_(IoAllocateIrp(1, FALSE)), block_(PAGE_SIZE) {}
	~Answer()
	{
		if (irp_)
			IoFreeIrp(irp_);
	}
	bool valid() const { return irp_ && block_.valid(); }

	void send(PWSK_SOCKET socket, PSOCKADDR to)
	{
		WSK_BUF buffer = block_.part(1);

		IoReuseIrp(irp_, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(irp_, sent, nullptr, TRUE, TRUE, TRUE);
		dispatch_of(socket)->WskSendTo(socket, &buffer, 0, to, 0, nullptr, irp_);
	}

private:
	static NTSTATUS NTAPI sent(PDEVICE_OBJECT, PIRP, PVOID)
	{
		return STATUS_MORE_PROCESSING_REQUIRED;
	}

	PIRP irp_;
	Block block_;
};

/* Takes what comes. */
class Sink : public Pooled
{
public:
	Sink()
		: socket_(open_place(SOCK_DGRAM, WSK_FLAG_DATAGRAM_SOCKET, this, &events,
				     BENCH_PORT(BENCH_EVENT, BENCH_UDP_SINK)))
	{
	}
	~Sink() { close_place(socket_); }
	bool valid() const { return socket_ && answer_.valid(); }

private:
	static NTSTATUS WSKAPI received(PVOID context, ULONG, PWSK_DATAGRAM_INDICATION list)
	{
		auto *self = static_cast<Sink *>(context);

		for (; list; list = list->Next)
			if (list->Buffer.Length && *data_of(list->Buffer) == BENCH_LAST)
				self->answer_.send(self->socket_, list->RemoteAddress);
		return STATUS_SUCCESS;
	}
	static constexpr WSK_CLIENT_DATAGRAM_DISPATCH events = {received};

	Answer answer_;
	PWSK_SOCKET socket_;
};

/* Counts what comes, several datagrams as one where they come so. */
class Counter : public Pooled
{
public:
	Counter()
		: socket_(open_place(SOCK_DGRAM, WSK_FLAG_DATAGRAM_SOCKET, this, &events,
				     BENCH_PORT(BENCH_EVENT, BENCH_UDP_COUNT)))
	{
	}
	~Counter() { close_place(socket_); }
	bool valid() const { return socket_ && answer_.valid(); }

	bool coalesce()
	{
		ULONG most = BENCH_UDP_BURST * BENCH_MESSAGE;
		Call call;

		return call.valid() && NT_SUCCESS(call([&](PIRP irp) {
			       return dispatch_of(socket_)->Basic.WskControlSocket(
				       socket_, WskSetOption, UDP_RECV_MAX_COALESCED_SIZE,
				       IPPROTO_UDP, sizeof(most), &most, 0, nullptr, nullptr, irp);
		       }));
	}

private:
	static NTSTATUS WSKAPI received(PVOID context, ULONG, PWSK_DATAGRAM_INDICATION list)
	{
		auto *self = static_cast<Counter *>(context);

		for (; list; list = list->Next)
			self->take(list);
		return STATUS_SUCCESS;
	}
	void take(PWSK_DATAGRAM_INDICATION datagram)
	{
		if (datagram->Buffer.Length == 1) {
			RtlCopyMemory(&to_, datagram->RemoteAddress, sizeof(to_));
			left_ = BENCH_BURSTS * BENCH_UDP_BURST * BENCH_MESSAGE;
			return;
		}
		left_ -= datagram->Buffer.Length;
		if (!left_)
			answer_.send(socket_, reinterpret_cast<PSOCKADDR>(&to_));
	}
	static constexpr WSK_CLIENT_DATAGRAM_DISPATCH events = {received};

	Answer answer_;
	SOCKADDR_IN to_ = {};
	SIZE_T left_ = 0;
	PWSK_SOCKET socket_;
};

/* Sends bursts, each in a call, to the port that is asked for. */
class Source : public Pooled
{
public:
	Source() : block_(PAGE_SIZE)
	{
		HANDLE thread;

		for (int i = 0; i < BENCH_UDP_BURST; i++)
			list_[i] = {i + 1 < BENCH_UDP_BURST ? &list_[i + 1] : nullptr,
				    block_.part(BENCH_MESSAGE)};
		KeInitializeEvent(&asked_, SynchronizationEvent, FALSE);
		KeInitializeEvent(&over_, NotificationEvent, FALSE);
		running_ = NT_SUCCESS(PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, nullptr,
							   nullptr, nullptr, run, this));
		if (running_)
			ZwClose(thread);
		socket_ = open_place(SOCK_DGRAM, WSK_FLAG_DATAGRAM_SOCKET, this, &events,
				     BENCH_PORT(BENCH_EVENT, BENCH_UDP_SOURCE_AT_ONCE));
	}
	~Source()
	{
		close_place(socket_);
		if (!running_)
			return;
		InterlockedExchange(&ending_, 1);
		KeSetEvent(&asked_, IO_NO_INCREMENT, FALSE);
		KeWaitForSingleObject(&over_, Executive, KernelMode, FALSE, nullptr);
	}
	bool valid() const { return running_ && socket_ && block_.valid(); }

private:
	static NTSTATUS WSKAPI received(PVOID context, ULONG, PWSK_DATAGRAM_INDICATION list)
	{
		auto *self = static_cast<Source *>(context);

		if (!list || list->Buffer.Length != sizeof(self->to_.sin_port))
			return STATUS_SUCCESS;
		RtlCopyMemory(&self->to_, list->RemoteAddress, sizeof(self->to_));
		RtlCopyMemory(&self->to_.sin_port, data_of(list->Buffer),
			      sizeof(self->to_.sin_port));
		KeSetEvent(&self->asked_, IO_NETWORK_INCREMENT, FALSE);
		return STATUS_SUCCESS;
	}
	static constexpr WSK_CLIENT_DATAGRAM_DISPATCH events = {received};

	static VOID NTAPI run(PVOID context)
	{
		auto *self = static_cast<Source *>(context);

		self->serve();
		KeSetEvent(&self->over_, IO_NO_INCREMENT, FALSE);
		PsTerminateSystemThread(STATUS_SUCCESS);
	}
	void serve()
	{
		Call call;

		for (;;) {
			KeWaitForSingleObject(&asked_, Executive, KernelMode, FALSE, nullptr);
			if (InterlockedCompareExchange(&ending_, 0, 0) || !call.valid())
				return;
			for (int i = 0; i < BENCH_BURSTS; i++)
				call([&](PIRP irp) {
					return dispatch_of(socket_)->WskSendMessages(
						socket_, list_, 0,
						reinterpret_cast<PSOCKADDR>(&to_), 0, nullptr, irp);
				});
		}
	}

	Block block_;
	WSK_BUF_LIST list_[BENCH_UDP_BURST];
	SOCKADDR_IN to_ = {};
	KEVENT asked_, over_;
	LONG ending_ = 0;
	bool running_;
	PWSK_SOCKET socket_;
};

Sink *sink;
Counter *counter;
Source *source;

} // namespace

bool datagrams_start()
{
	sink = new Sink;
	counter = new Counter;
	source = new Source;
	return sink && sink->valid() && counter && counter->valid() && counter->coalesce() &&
	       source && source->valid();
}

void datagrams_stop()
{
	delete sink;
	delete counter;
	delete source;
}
