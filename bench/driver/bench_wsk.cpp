// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * bench_wsk - what `make bench` measures: the tasks of ports.h, done by a WSK driver.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "bench_wsk.h"

WSK_PROVIDER_NPI provider;

namespace
{

WSK_REGISTRATION registration;
const WSK_CLIENT_DISPATCH client_dispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};

const WSK_PROVIDER_BASIC_DISPATCH *basic(PWSK_SOCKET socket)
{
	return static_cast<const WSK_PROVIDER_BASIC_DISPATCH *>(socket->Dispatch);
}

/* The third member of the tables of listening and of datagram sockets. */
PFN_WSK_BIND bind_of(PWSK_SOCKET socket)
{
	static_assert(FIELD_OFFSET(WSK_PROVIDER_LISTEN_DISPATCH, WskBind) ==
		      FIELD_OFFSET(WSK_PROVIDER_DATAGRAM_DISPATCH, WskBind));
	return static_cast<const WSK_PROVIDER_LISTEN_DISPATCH *>(socket->Dispatch)->WskBind;
}

NTSTATUS enable_events()
{
	WSK_EVENT_CALLBACK_CONTROL events = {&NPI_WSK_INTERFACE_ID,
					     WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE |
						     WSK_EVENT_DISCONNECT | WSK_EVENT_RECEIVE_FROM};

	return provider.Dispatch->WskControlClient(provider.Client, WSK_SET_STATIC_EVENT_CALLBACKS,
						   sizeof(events), &events, 0, nullptr, nullptr,
						   nullptr);
}

void stop()
{
	idle_stop();
	connections_stop();
	datagrams_stop();
	WskReleaseProviderNPI(&registration);
	WskDeregister(&registration);
}

VOID unload(PDRIVER_OBJECT)
{
	stop();
}

} // namespace

Call::Call() : irp_(IoAllocateIrp(1, FALSE))
{
	KeInitializeEvent(&done_, SynchronizationEvent, FALSE);
}

Call::~Call()
{
	if (irp_)
		IoFreeIrp(irp_);
}

/* One that is not waited for has ended already, and leaves the event as it is for the next. */
NTSTATUS NTAPI Call::completed(PDEVICE_OBJECT, PIRP irp, PVOID context)
{
	if (irp->PendingReturned)
		KeSetEvent(&static_cast<Call *>(context)->done_, IO_NETWORK_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

Block::Block(ULONG size)
	: data(static_cast<PUCHAR>(ExAllocatePool2(POOL_FLAG_NON_PAGED, size, BENCH_TAG))),
	  mdl(data ? IoAllocateMdl(data, size, FALSE, FALSE, nullptr) : nullptr)
{
	if (mdl)
		MmBuildMdlForNonPagedPool(mdl);
}

Block::~Block()
{
	if (mdl)
		IoFreeMdl(mdl);
	if (data)
		ExFreePoolWithTag(data, BENCH_TAG);
}

PWSK_SOCKET open_place(USHORT type, ULONG flags, PVOID context, const VOID *dispatch, USHORT port)
{
	Call call;
	SOCKADDR_IN address = {};

	if (!call.valid())
		return nullptr;
	if (!NT_SUCCESS(call([&](PIRP irp) {
		    return provider.Dispatch->WskSocket(
			    provider.Client, AF_INET, type,
			    type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP, flags, context,
			    dispatch, nullptr, nullptr, nullptr, irp);
	    })))
		return nullptr;
	auto socket = reinterpret_cast<PWSK_SOCKET>(call.information());
	address.sin_family = AF_INET;
	address.sin_port = RtlUshortByteSwap(port);
	if (NT_SUCCESS(call([&](PIRP irp) {
		    return bind_of(socket)(socket, reinterpret_cast<PSOCKADDR>(&address), 0, irp);
	    })))
		return socket;
	close_place(socket);
	return nullptr;
}

void close_place(PWSK_SOCKET socket)
{
	Call call;

	if (socket && call.valid())
		call([&](PIRP irp) { return basic(socket)->WskCloseSocket(socket, irp); });
}

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING)
{
	WSK_CLIENT_NPI client = {nullptr, &client_dispatch};
	NTSTATUS status = WskRegister(&client, &registration);

	if (!NT_SUCCESS(status))
		return status;
	status = WskCaptureProviderNPI(&registration, WSK_INFINITE_WAIT, &provider);
	if (!NT_SUCCESS(status)) {
		WskDeregister(&registration);
		return status;
	}
	status = enable_events();
	if (NT_SUCCESS(status) && !(connections_start() && idle_start() && datagrams_start()))
		status = STATUS_INSUFFICIENT_RESOURCES;
	if (!NT_SUCCESS(status)) {
		stop();
		return status;
	}
	driver->DriverUnload = unload;
	return STATUS_SUCCESS;
}
