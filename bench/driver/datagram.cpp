// SPDX-License-Identifier: MIT OR GPL-2.0
/* The UDP tasks: a sink by event callbacks, and a source that sends many datagrams at a time. */
#include "bench_wsk.h"

namespace
{

PWSK_SOCKET sink, source;

const WSK_PROVIDER_DATAGRAM_DISPATCH *dispatch_of(PWSK_SOCKET socket)
{
	return static_cast<const WSK_PROVIDER_DATAGRAM_DISPATCH *>(socket->Dispatch);
}

/* Sends to whoever asked; one at a time is enough for one client. */
class Sender
{
public:
	static void *operator new(size_t size) noexcept
	{
		return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, BENCH_TAG);
	}
	static void operator delete(void *memory) { ExFreePoolWithTag(memory, BENCH_TAG); }

	Sender() : irp_(IoAllocateIrp(1, FALSE)), block_(PAGE_SIZE)
	{
		for (int i = 0; i < BENCH_UDP_BURST; i++)
			list_[i] = {i + 1 < BENCH_UDP_BURST ? &list_[i + 1] : nullptr,
				    block_.part(BENCH_MESSAGE)};
	}
	~Sender()
	{
		if (irp_)
			IoFreeIrp(irp_);
	}
	bool valid() const { return irp_ && block_.valid(); }

	void answer(PWSK_SOCKET socket, PSOCKADDR to)
	{
		WSK_BUF buffer = block_.part(1);

		IoReuseIrp(irp_, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(irp_, sent, nullptr, TRUE, TRUE, TRUE);
		dispatch_of(socket)->WskSendTo(socket, &buffer, 0, to, 0, nullptr, irp_);
	}

	void bursts(PWSK_SOCKET socket, PSOCKADDR to)
	{
		RtlCopyMemory(&to_, to, sizeof(to_));
		left_ = BENCH_BURSTS;
		socket_ = socket;
		burst();
	}

private:
	void burst()
	{
		IoReuseIrp(irp_, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(irp_, burst_sent, this, TRUE, TRUE, TRUE);
		dispatch_of(socket_)->WskSendMessages(
			socket_, list_, 0, reinterpret_cast<PSOCKADDR>(&to_), 0, nullptr, irp_);
	}
	static NTSTATUS NTAPI sent(PDEVICE_OBJECT, PIRP, PVOID)
	{
		return STATUS_MORE_PROCESSING_REQUIRED;
	}
	static NTSTATUS NTAPI burst_sent(PDEVICE_OBJECT, PIRP irp, PVOID context)
	{
		auto *self = static_cast<Sender *>(context);

		if (--self->left_ && NT_SUCCESS(irp->IoStatus.Status))
			self->burst();
		return STATUS_MORE_PROCESSING_REQUIRED;
	}

	PIRP irp_;
	Block block_;
	WSK_BUF_LIST list_[BENCH_UDP_BURST];
	SOCKADDR_IN to_ = {};
	PWSK_SOCKET socket_ = nullptr;
	int left_ = 0;
};

Sender *sink_sender, *source_sender;

UCHAR first_byte(const WSK_BUF &buffer)
{
	if (!buffer.Length)
		return 0;
	return static_cast<PUCHAR>(
		MmGetSystemAddressForMdlSafe(buffer.Mdl, NormalPagePriority))[buffer.Offset];
}

NTSTATUS WSKAPI on_sink(PVOID, ULONG, PWSK_DATAGRAM_INDICATION list)
{
	for (; list; list = list->Next)
		if (first_byte(list->Buffer) == BENCH_LAST)
			sink_sender->answer(sink, list->RemoteAddress);
	return STATUS_SUCCESS;
}

NTSTATUS WSKAPI on_source(PVOID, ULONG, PWSK_DATAGRAM_INDICATION list)
{
	if (list)
		source_sender->bursts(source, list->RemoteAddress);
	return STATUS_SUCCESS;
}

const WSK_CLIENT_DATAGRAM_DISPATCH sink_dispatch = {on_sink};
const WSK_CLIENT_DATAGRAM_DISPATCH source_dispatch = {on_source};

} // namespace

bool datagrams_start()
{
	sink_sender = new Sender;
	source_sender = new Sender;
	if (!sink_sender || !sink_sender->valid() || !source_sender || !source_sender->valid())
		return false;
	sink = open_place(SOCK_DGRAM, WSK_FLAG_DATAGRAM_SOCKET, nullptr, &sink_dispatch,
			  BENCH_PORT(BENCH_EVENT, BENCH_UDP_SINK));
	source = open_place(SOCK_DGRAM, WSK_FLAG_DATAGRAM_SOCKET, nullptr, &source_dispatch,
			    BENCH_PORT(BENCH_EVENT, BENCH_UDP_SOURCE_AT_ONCE));
	return sink && source;
}

void datagrams_stop()
{
	close_place(sink);
	close_place(source);
	delete sink_sender;
	delete source_sender;
}
