// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * echo_client - talks to an echo server on this machine, over IPv4 and then over IPv6, and reports
 * through DbgPrint whether everything came back.
 *
 * A Windows driver in C++: it compiles under Microsoft's driver kit (with netio.lib) as it is. It
 * shows
 *
 *   - a system thread that does the driver's blocking work, started by DriverEntry and waited for
 *     by DriverUnload;
 *   - requests that one waits for, with IoCancelIrp as the way out when the driver is unloaded;
 *   - a connection that keeps several sends outstanding while it receives;
 *   - the orderly end: disconnect, receive until the peer has finished too, close;
 *   - objects that clean up after themselves, without exceptions and without a C++ library.
 *
 * The server is whatever listens on port 5577: echo_server, or any program that echoes.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <ntddk.h>
#include <wsk.h>
#include <ws2ipdef.h>

namespace
{

constexpr USHORT EchoPort = 5577;
constexpr ULONG ClientTag = 'ClcE';
constexpr SIZE_T BytesToSend = 1024 * 1024;
constexpr SIZE_T BlockBytes = 16 * 1024;
constexpr ULONG BlocksOutstanding = 8;

/* Memory, and the MDL that describes it. */
class Buffer
{
public:
	~Buffer()
	{
		if (m_Mdl)
			IoFreeMdl(m_Mdl);
		if (m_Data)
			ExFreePoolWithTag(m_Data, ClientTag);
	}

	NTSTATUS Allocate(SIZE_T Bytes)
	{
		m_Data =
			static_cast<PUCHAR>(ExAllocatePool2(POOL_FLAG_NON_PAGED, Bytes, ClientTag));
		if (!m_Data)
			return STATUS_INSUFFICIENT_RESOURCES;
		m_Mdl = IoAllocateMdl(m_Data, static_cast<ULONG>(Bytes), FALSE, FALSE, nullptr);
		if (!m_Mdl)
			return STATUS_INSUFFICIENT_RESOURCES;
		MmBuildMdlForNonPagedPool(m_Mdl);
		return STATUS_SUCCESS;
	}

	UCHAR &operator[](SIZE_T Index) { return m_Data[Index]; }
	WSK_BUF Window(SIZE_T Length) const { return {m_Mdl, 0, Length}; }

private:
	PUCHAR m_Data = nullptr;
	PMDL m_Mdl = nullptr;
};

/* An IRP, and the event that its completion sets. Done as long as it has not been prepared. */
class Request
{
public:
	Request() { KeInitializeEvent(&m_Done, NotificationEvent, TRUE); }

	~Request()
	{
		if (m_Irp)
			IoFreeIrp(m_Irp);
	}

	NTSTATUS Allocate()
	{
		m_Irp = IoAllocateIrp(1, FALSE);
		return m_Irp ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
	}

	/* The IRP, ready for one call. */
	PIRP Prepare()
	{
		KeClearEvent(&m_Done);
		IoReuseIrp(m_Irp, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(m_Irp, Completed, this, TRUE, TRUE, TRUE);
		return m_Irp;
	}

	void Wait() { KeWaitForSingleObject(&m_Done, Executive, KernelMode, FALSE, nullptr); }

	/* Waits for the call's end. When Stop is set before, the call is cancelled. */
	NTSTATUS Finish(PKEVENT Stop)
	{
		PVOID Objects[] = {&m_Done, Stop};

		if (KeWaitForMultipleObjects(2, Objects, WaitAny, Executive, KernelMode, FALSE,
					     nullptr, nullptr) != STATUS_WAIT_0)
			IoCancelIrp(m_Irp);
		/* Cancelled or not, the IRP is ours again only when it has completed. */
		Wait();
		return Status();
	}

	bool IsDone() { return KeReadStateEvent(&m_Done) != 0; }
	NTSTATUS Status() const { return m_Irp->IoStatus.Status; }
	ULONG_PTR Information() const { return m_Irp->IoStatus.Information; }

private:
	static NTSTATUS Completed(PDEVICE_OBJECT, PIRP, PVOID Context)
	{
		KeSetEvent(&static_cast<Request *>(Context)->m_Done, IO_NETWORK_INCREMENT, FALSE);
		return STATUS_MORE_PROCESSING_REQUIRED;
	}

	PIRP m_Irp = nullptr;
	KEVENT m_Done;
};

/* The byte at a place in the stream: never the same for two blocks. */
UCHAR Pattern(SIZE_T Offset)
{
	return static_cast<UCHAR>((Offset % 251) ^ (Offset / BlockBytes));
}

/* One connection, from socket to close. */
class Connection
{
public:
	Connection(const WSK_PROVIDER_NPI &Provider, PKEVENT Stop)
		: m_Provider(Provider), m_Stop(Stop)
	{
	}

	/* Closing cancels what is outstanding; the buffers must stay until all of it is done. */
	~Connection()
	{
		if (m_Socket)
			Dispatch()->Basic.WskCloseSocket(m_Socket, m_Close.Prepare());
		m_Close.Wait();
		for (Block &Each : m_Blocks)
			Each.Send.Wait();
	}

	Connection(const Connection &) = delete;
	Connection &operator=(const Connection &) = delete;

	NTSTATUS Allocate();
	NTSTATUS Connect(PSOCKADDR Local, PSOCKADDR Remote);
	NTSTATUS Echo();
	NTSTATUS Disconnect();

	SIZE_T BytesReceived() const { return m_Received; }

private:
	struct Block {
		Buffer Memory;
		Request Send;
	};

	const WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch() const
	{
		return static_cast<const WSK_PROVIDER_CONNECTION_DISPATCH *>(m_Socket->Dispatch);
	}

	NTSTATUS StartSends();
	NTSTATUS Receive();

	const WSK_PROVIDER_NPI &m_Provider;
	PKEVENT m_Stop;
	PWSK_SOCKET m_Socket = nullptr;
	Request m_Control; /* everything one waits for */
	Request m_Close;
	Buffer m_Memory;
	Block m_Blocks[BlocksOutstanding];
	SIZE_T m_Sent = 0;
	SIZE_T m_Received = 0;
};

NTSTATUS Connection::Allocate()
{
	NTSTATUS Status = m_Control.Allocate();

	if (NT_SUCCESS(Status))
		Status = m_Close.Allocate();
	if (NT_SUCCESS(Status))
		Status = m_Memory.Allocate(BlockBytes);
	for (Block &Each : m_Blocks) {
		if (NT_SUCCESS(Status))
			Status = Each.Send.Allocate();
		if (NT_SUCCESS(Status))
			Status = Each.Memory.Allocate(BlockBytes);
	}
	return Status;
}

NTSTATUS Connection::Connect(PSOCKADDR Local, PSOCKADDR Remote)
{
	NTSTATUS Status;

	m_Provider.Dispatch->WskSocket(m_Provider.Client, Remote->sa_family, SOCK_STREAM,
				       IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, nullptr, nullptr,
				       nullptr, nullptr, nullptr, m_Control.Prepare());
	Status = m_Control.Finish(m_Stop);
	if (!NT_SUCCESS(Status))
		return Status;
	m_Socket = reinterpret_cast<PWSK_SOCKET>(m_Control.Information());

	/* A connection socket must be bound before it connects. */
	Dispatch()->WskBind(m_Socket, Local, 0, m_Control.Prepare());
	Status = m_Control.Finish(m_Stop);
	if (!NT_SUCCESS(Status))
		return Status;
	Dispatch()->WskConnect(m_Socket, Remote, 0, m_Control.Prepare());
	return m_Control.Finish(m_Stop);
}

/* Sends as long as there is something to send and a block to send it from. */
NTSTATUS Connection::StartSends()
{
	for (Block &Each : m_Blocks) {
		if (m_Sent == BytesToSend)
			break;
		if (!Each.Send.IsDone())
			continue;
		/* Of the send before; a new IRP has a good status. */
		if (!NT_SUCCESS(Each.Send.Status()))
			return Each.Send.Status();

		for (SIZE_T Index = 0; Index < BlockBytes; Index++)
			Each.Memory[Index] = Pattern(m_Sent + Index);
		WSK_BUF Window = Each.Memory.Window(BlockBytes);
		Dispatch()->WskSend(m_Socket, &Window, 0, Each.Send.Prepare());
		m_Sent += BlockBytes;
	}
	return STATUS_SUCCESS;
}

/* Receives what is there, at least one byte, and compares it. */
NTSTATUS Connection::Receive()
{
	WSK_BUF Window = m_Memory.Window(BlockBytes);
	NTSTATUS Status;

	Dispatch()->WskReceive(m_Socket, &Window, 0, m_Control.Prepare());
	Status = m_Control.Finish(m_Stop);
	if (!NT_SUCCESS(Status))
		return Status;
	if (!m_Control.Information())
		return STATUS_GRACEFUL_DISCONNECT;
	for (SIZE_T Index = 0; Index < m_Control.Information(); Index++) {
		if (m_Memory[Index] != Pattern(m_Received + Index)) {
			DbgPrint("echo_client: byte %Iu came back as 0x%02X instead of 0x%02X\n",
				 m_Received + Index, m_Memory[Index], Pattern(m_Received + Index));
			return STATUS_INVALID_NETWORK_RESPONSE;
		}
	}
	m_Received += m_Control.Information();
	return STATUS_SUCCESS;
}

NTSTATUS Connection::Echo()
{
	while (m_Received < BytesToSend) {
		NTSTATUS Status = StartSends();

		if (NT_SUCCESS(Status))
			Status = Receive();
		if (!NT_SUCCESS(Status))
			return Status;
	}
	return STATUS_SUCCESS;
}

/* Finishes sending; the server answers by finishing, too. */
NTSTATUS Connection::Disconnect()
{
	NTSTATUS Status;

	Dispatch()->WskDisconnect(m_Socket, nullptr, 0, m_Control.Prepare());
	Status = m_Control.Finish(m_Stop);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = Receive();
	if (Status == STATUS_GRACEFUL_DISCONNECT)
		return STATUS_SUCCESS;
	return NT_SUCCESS(Status) ? STATUS_INVALID_NETWORK_RESPONSE : Status;
}

/* The driver. */

const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};

WSK_REGISTRATION Registration;
KEVENT StopEvent;
PETHREAD Thread;

void Talk(const WSK_PROVIDER_NPI &Provider, PCSTR Name, PSOCKADDR Local, PSOCKADDR Remote)
{
	ULONGLONG Start = KeQueryInterruptTime();
	Connection Echoing(Provider, &StopEvent);
	NTSTATUS Status = Echoing.Allocate();

	if (NT_SUCCESS(Status))
		Status = Echoing.Connect(Local, Remote);
	if (NT_SUCCESS(Status))
		Status = Echoing.Echo();
	if (NT_SUCCESS(Status))
		Status = Echoing.Disconnect();
	if (NT_SUCCESS(Status))
		DbgPrint("echo_client: %s: %Iu bytes sent, echoed and verified in %I64u ms\n", Name,
			 Echoing.BytesReceived(), (KeQueryInterruptTime() - Start) / 10000);
	else
		DbgPrint("echo_client: %s: failed with 0x%08X after %Iu bytes\n", Name, Status,
			 Echoing.BytesReceived());
}

void TalkToBoth(const WSK_PROVIDER_NPI &Provider)
{
	SOCKADDR_IN Local4 = {}, Remote4 = {};
	SOCKADDR_IN6 Local6 = {}, Remote6 = {};

	Local4.sin_family = Remote4.sin_family = AF_INET;
	Remote4.sin_addr.s_addr = RtlUlongByteSwap(INADDR_LOOPBACK);
	Remote4.sin_port = RtlUshortByteSwap(EchoPort);
	Talk(Provider, "127.0.0.1", reinterpret_cast<PSOCKADDR>(&Local4),
	     reinterpret_cast<PSOCKADDR>(&Remote4));

	Local6.sin6_family = Remote6.sin6_family = AF_INET6;
	Remote6.sin6_addr.u.Byte[15] = 1;
	Remote6.sin6_port = RtlUshortByteSwap(EchoPort);
	Talk(Provider, "::1", reinterpret_cast<PSOCKADDR>(&Local6),
	     reinterpret_cast<PSOCKADDR>(&Remote6));
}

void ClientThread(PVOID)
{
	WSK_PROVIDER_NPI Provider;
	NTSTATUS Status;

	/* While Windows starts, WSK may come up later than its clients. */
	do {
		Status = WskCaptureProviderNPI(&Registration, 1000, &Provider);
	} while (Status == STATUS_DEVICE_NOT_READY && !KeReadStateEvent(&StopEvent));

	if (NT_SUCCESS(Status)) {
		TalkToBoth(Provider);
		WskReleaseProviderNPI(&Registration);
		DbgPrint("echo_client: done\n");
	} else {
		DbgPrint("echo_client: WskCaptureProviderNPI failed with 0x%08X\n", Status);
	}
	PsTerminateSystemThread(Status);
}

VOID ClientUnload(PDRIVER_OBJECT)
{
	KeSetEvent(&StopEvent, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, nullptr);
	ObDereferenceObject(Thread);
	WskDeregister(&Registration);
}

} // namespace

extern "C" DRIVER_INITIALIZE DriverEntry;

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING)
{
	WSK_CLIENT_NPI Client = {nullptr, &ClientDispatch};
	HANDLE Handle;
	NTSTATUS Status;

	KeInitializeEvent(&StopEvent, NotificationEvent, FALSE);
	Status = WskRegister(&Client, &Registration);
	if (!NT_SUCCESS(Status))
		return Status;

	Status = PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, nullptr, nullptr, nullptr,
				      ClientThread, nullptr);
	if (!NT_SUCCESS(Status)) {
		WskDeregister(&Registration);
		return Status;
	}
	/* Of a handle just made this cannot fail. The thread is waited for through its object. */
	NT_VERIFY(
		NT_SUCCESS(ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, nullptr, KernelMode,
						     reinterpret_cast<PVOID *>(&Thread), nullptr)));
	ZwClose(Handle);

	DriverObject->DriverUnload = ClientUnload;
	return STATUS_SUCCESS;
}
