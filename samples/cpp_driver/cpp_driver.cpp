// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * cpp_driver - greets whoever connects to port 5578.
 *
 * A Windows driver in C++ that uses what C++ drivers use:
 *
 *   - static objects whose constructors run before DriverEntry, and whose destructors run after
 *     DriverUnload, in two files;
 *   - operator new and delete of its own, with a pool tag, and a placement form that names one;
 *   - virtual functions, templates, lambdas as completion routines and threads;
 *   - objects that own an IRP in their own memory, a socket, a registration;
 *   - a static object of a function, initialized when it is first called;
 *   - of the C++ library, what needs no operating system: std::unique_ptr, std::array, std::atomic.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "cpp_driver.h"

#include <array>

namespace
{

constexpr USHORT GreetingPort = 5578;

Witness FirstWitness("first");

/* A request in its own memory: an IRP, room for its one stack location, and an event. */
class Request
{
public:
	Request()
	{
		KeInitializeEvent(&m_Done, SynchronizationEvent, FALSE);
		IoInitializeIrp(&m_Irp, sizeof(m_Irp) + sizeof(m_Location), 1);
	}
	Request(const Request &) = delete;
	~Request() { IoCleanupIrp(&m_Irp); }

	/* Makes the call, and waits for its end: Run([&](PIRP Irp) { return …(…, Irp); }). */
	template <typename Call>
	NTSTATUS Run(Call &&Start, PKEVENT Stop = nullptr)
	{
		IoReuseIrp(&m_Irp, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(
			&m_Irp,
			[](PDEVICE_OBJECT, PIRP Irp, PVOID Event) -> NTSTATUS {
				if (Irp->PendingReturned)
					KeSetEvent(static_cast<PKEVENT>(Event), IO_NO_INCREMENT,
						   FALSE);
				return STATUS_MORE_PROCESSING_REQUIRED;
			},
			&m_Done, TRUE, TRUE, TRUE);
		if (Start(&m_Irp) == STATUS_PENDING)
			Wait(Stop);
		return m_Irp.IoStatus.Status;
	}

	ULONG_PTR Information() const { return m_Irp.IoStatus.Information; }

private:
	void Wait(PKEVENT Stop)
	{
		std::array<PVOID, 2> Objects = {&m_Done, Stop};

		if (Stop &&
		    KeWaitForMultipleObjects(Objects.size(), Objects.data(), WaitAny, Executive,
					     KernelMode, FALSE, nullptr, nullptr) == STATUS_WAIT_0)
			return;
		if (Stop)
			IoCancelIrp(&m_Irp);
		KeWaitForSingleObject(&m_Done, Executive, KernelMode, FALSE, nullptr);
	}

	KEVENT m_Done;
	IRP m_Irp;
	IO_STACK_LOCATION m_Location; /* must follow the IRP */
};

/* A socket, of the kind that its dispatch table says. */
template <typename Dispatch>
class Socket
{
public:
	explicit Socket(PWSK_SOCKET Handle) : m_Handle(Handle) {}
	Socket(const Socket &) = delete;
	~Socket()
	{
		Request Close;

		Close.Run(
			[this](PIRP Irp) { return Table()->Basic.WskCloseSocket(m_Handle, Irp); });
	}

	const Dispatch *Table() const { return static_cast<const Dispatch *>(m_Handle->Dispatch); }
	PWSK_SOCKET Handle() const { return m_Handle; }

private:
	PWSK_SOCKET m_Handle;
};

using Listener = Socket<WSK_PROVIDER_LISTEN_DISPATCH>;
using Connection = Socket<WSK_PROVIDER_CONNECTION_DISPATCH>;

/* What is said to a client; each kind has words of its own. */
class Greeting
{
public:
	virtual ~Greeting() = default;
	virtual ULONG Write(PCHAR Text, ULONG Size) const = 0;
};

class NumberedGreeting final : public Greeting
{
public:
	explicit NumberedGreeting(ULONG Number) : m_Number(Number) {}

	ULONG Write(PCHAR Text, ULONG Size) const override
	{
		RtlStringCbPrintfA(Text, Size, "Hello from C++, client %lu\r\n", m_Number);
		return static_cast<ULONG>(strlen(Text));
	}

private:
	ULONG m_Number;
};

/* Initialized by the first client. */
ULONG NextNumber()
{
	static Witness Counted("counter");

	return Counted.Count();
}

void Greet(PWSK_SOCKET Handle)
{
	constexpr ULONG TextBytes = 64;
	Connection Client(Handle);
	std::unique_ptr<Greeting> Words(new (ClientTag) NumberedGreeting(NextNumber()));
	std::unique_ptr<CHAR> Text(static_cast<PCHAR>(operator new(TextBytes)));
	Request Sending;

	if (!Words || !Text)
		return;
	PMDL Mdl = IoAllocateMdl(Text.get(), TextBytes, FALSE, FALSE, nullptr);
	if (!Mdl)
		return;
	MmBuildMdlForNonPagedPool(Mdl);

	WSK_BUF Buffer = {Mdl, 0, Words->Write(Text.get(), TextBytes)};
	NTSTATUS Status = Sending.Run(
		[&](PIRP Irp) { return Client.Table()->WskSend(Handle, &Buffer, 0, Irp); });
	if (NT_SUCCESS(Status))
		Sending.Run([&](PIRP Irp) {
			return Client.Table()->WskDisconnect(Handle, nullptr, 0, Irp);
		});
	IoFreeMdl(Mdl);
}

class Server
{
public:
	~Server();
	NTSTATUS Start();

private:
	NTSTATUS Listen();
	void Serve();

	WSK_CLIENT_DISPATCH m_ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};
	WSK_REGISTRATION m_Registration = {};
	WSK_PROVIDER_NPI m_Provider = {};
	BOOLEAN m_Registered = FALSE;
	BOOLEAN m_Captured = FALSE;
	std::unique_ptr<Listener> m_Listener;
	KEVENT m_Stop = {};
	PVOID m_Thread = nullptr;
};

NTSTATUS Server::Listen()
{
	SOCKADDR_IN Address = {};
	Request Opening;
	NTSTATUS Status;

	Status = Opening.Run([&](PIRP Irp) {
		return m_Provider.Dispatch->WskSocket(m_Provider.Client, AF_INET, SOCK_STREAM,
						      IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, nullptr,
						      nullptr, nullptr, nullptr, nullptr, Irp);
	});
	if (!NT_SUCCESS(Status))
		return Status;
	PWSK_SOCKET Handle = reinterpret_cast<PWSK_SOCKET>(Opening.Information());
	m_Listener.reset(new (ClientTag) Listener(Handle));
	if (!m_Listener) {
		Listener CloseIt(Handle);

		return STATUS_INSUFFICIENT_RESOURCES;
	}

	Address.sin_family = AF_INET;
	Address.sin_port = RtlUshortByteSwap(GreetingPort);
	return Opening.Run([&](PIRP Irp) {
		return m_Listener->Table()->WskBind(Handle, reinterpret_cast<PSOCKADDR>(&Address),
						    0, Irp);
	});
}

void Server::Serve()
{
	Request Accepting;

	while (!KeReadStateEvent(&m_Stop)) {
		NTSTATUS Status = Accepting.Run(
			[&](PIRP Irp) {
				return m_Listener->Table()->WskAccept(m_Listener->Handle(), 0,
								      nullptr, nullptr, nullptr,
								      nullptr, Irp);
			},
			&m_Stop);

		if (NT_SUCCESS(Status))
			Greet(reinterpret_cast<PWSK_SOCKET>(Accepting.Information()));
	}
}

NTSTATUS Server::Start()
{
	WSK_CLIENT_NPI Client = {nullptr, &m_ClientDispatch};
	HANDLE Thread;
	NTSTATUS Status;

	KeInitializeEvent(&m_Stop, NotificationEvent, FALSE);
	Status = WskRegister(&Client, &m_Registration);
	if (!NT_SUCCESS(Status))
		return Status;
	m_Registered = TRUE;
	Status = WskCaptureProviderNPI(&m_Registration, WSK_INFINITE_WAIT, &m_Provider);
	if (!NT_SUCCESS(Status))
		return Status;
	m_Captured = TRUE;
	Status = Listen();
	if (!NT_SUCCESS(Status))
		return Status;

	Status = PsCreateSystemThread(
		&Thread, THREAD_ALL_ACCESS, nullptr, nullptr, nullptr,
		[](PVOID Context) {
			static_cast<Server *>(Context)->Serve();
			PsTerminateSystemThread(STATUS_SUCCESS);
		},
		this);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = ObReferenceObjectByHandle(Thread, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
					   &m_Thread, nullptr);
	ZwClose(Thread);
	return Status;
}

Server::~Server()
{
	KeSetEvent(&m_Stop, IO_NO_INCREMENT, FALSE);
	if (m_Thread) {
		KeWaitForSingleObject(m_Thread, Executive, KernelMode, FALSE, nullptr);
		ObDereferenceObject(m_Thread);
	}
	m_Listener.reset(nullptr);
	if (m_Captured)
		WskReleaseProviderNPI(&m_Registration);
	if (m_Registered)
		WskDeregister(&m_Registration);
}

std::unique_ptr<Server> TheServer;

} // namespace

extern "C" VOID Unload(PDRIVER_OBJECT)
{
	TheServer.reset(nullptr);
	DbgPrint("cpp_driver: unloaded\n");
}

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING)
{
	DbgPrint("cpp_driver: %lu witnesses before DriverEntry\n", Witness::Alive());
	TheServer.reset(new (ClientTag) Server);
	if (!TheServer)
		return STATUS_INSUFFICIENT_RESOURCES;
	NTSTATUS Status = TheServer->Start();
	if (!NT_SUCCESS(Status)) {
		TheServer.reset(nullptr);
		return Status;
	}
	DriverObject->DriverUnload = Unload;
	DbgPrint("cpp_driver: listening on port %u\n", GreetingPort);
	return Status;
}
