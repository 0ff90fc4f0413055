// SPDX-License-Identifier: MIT OR GPL-2.0
/* The part of "traced" that is C++. Copyright (C) 2026 The WSK for Linux authors */
#include "..\Precomp.h"
#include "Listener.tmh"

namespace
{

constexpr ULONG Tag = 'siLT';

const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};

NTSTATUS Completed(PDEVICE_OBJECT, PIRP Irp, PVOID Event)
{
	if (Irp->PendingReturned)
		KeSetEvent(static_cast<PKEVENT>(Event), IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

} // namespace

struct _TRACED_LISTENER {
	WSK_REGISTRATION Registration;
	WSK_PROVIDER_NPI Provider;
	PWSK_SOCKET Socket;
	KEVENT Done;
	IRP Irp;
	IO_STACK_LOCATION Location;

	PIRP Next()
	{
		IoReuseIrp(&Irp, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(&Irp, Completed, &Done, TRUE, TRUE, TRUE);
		return &Irp;
	}

	NTSTATUS Result(NTSTATUS Status)
	{
		if (Status == STATUS_PENDING)
			KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, nullptr);
		return Irp.IoStatus.Status;
	}

	NTSTATUS Open(USHORT Port);
	void Close();
};

NTSTATUS _TRACED_LISTENER::Open(USHORT Port)
{
	SOCKADDR_IN6 Address = {};
	NTSTATUS Status;

	Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = Result(Provider.Dispatch->WskSocket(Provider.Client, AF_INET6, SOCK_STREAM,
						     IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, nullptr,
						     nullptr, nullptr, nullptr, nullptr, Next()));
	if (!NT_SUCCESS(Status)) {
		TraceError(FLAG_NETWORK, "no socket: %!STATUS!", Status);
		return Status;
	}
	Socket = reinterpret_cast<PWSK_SOCKET>(Irp.IoStatus.Information);
	Address.sin6_family = AF_INET6;
	Address.sin6_port = RtlUshortByteSwap(Port);
	TraceEvents(TRACE_LEVEL_VERBOSE, FLAG_NETWORK, "binding to [%!IPV6ADDR!]:%!PORT!",
		    &Address.sin6_addr, Address.sin6_port);
	auto Dispatch = static_cast<const WSK_PROVIDER_LISTEN_DISPATCH *>(Socket->Dispatch);

	return Result(Dispatch->WskBind(Socket, reinterpret_cast<PSOCKADDR>(&Address), 0, Next()));
}

void _TRACED_LISTENER::Close()
{
	if (Socket) {
		auto Dispatch = static_cast<const WSK_PROVIDER_LISTEN_DISPATCH *>(Socket->Dispatch);

		Result(Dispatch->Basic.WskCloseSocket(Socket, Next()));
	}
	if (Provider.Dispatch)
		WskReleaseProviderNPI(&Registration);
	WskDeregister(&Registration);
	IoCleanupIrp(&Irp);
	ExFreePoolWithTag(this, Tag);
}

EXTERN_C NTSTATUS TracedListen(PTRACED_LISTENER *Listener, USHORT Port)
{
	WSK_CLIENT_NPI Client = {nullptr, &ClientDispatch};
	auto New = static_cast<PTRACED_LISTENER>(
		ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(_TRACED_LISTENER), Tag));
	NTSTATUS Status;

	*Listener = nullptr;
	if (!New)
		return STATUS_INSUFFICIENT_RESOURCES;
	KeInitializeEvent(&New->Done, SynchronizationEvent, FALSE);
	IoInitializeIrp(&New->Irp, sizeof(IRP) + sizeof(IO_STACK_LOCATION), 1);
	Status = WskRegister(&Client, &New->Registration);
	if (!NT_SUCCESS(Status)) {
		ExFreePoolWithTag(New, Tag);
		return Status;
	}
	Status = New->Open(Port);
	if (!NT_SUCCESS(Status)) {
		New->Close();
		return Status;
	}
	*Listener = New;
	TraceEvents(TRACE_LEVEL_INFORMATION, FLAG_NETWORK, "state %!TracedState!", TracedListening);
	return STATUS_SUCCESS;
}

EXTERN_C VOID TracedClose(PTRACED_LISTENER Listener)
{
	TraceEntry(FLAG_NETWORK);
	Listener->Close();
}
