// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * echo_server - sends back whatever TCP clients send to port 5577, over IPv4 and IPv6.
 *
 * A Windows driver: it compiles under Microsoft's driver kit (with netio.lib) as it is. It shows
 *
 *   - registering with WSK and capturing its provider interface;
 *   - listening sockets whose WskAcceptEvent callback is static, so that no connection is missed;
 *   - connections that work with queued requests only: one receive and several sends outstanding,
 *     no thread, and no memory allocated per request;
 *   - the end of a connection: the peer's half-close is answered when everything has been echoed,
 *     an error closes the socket at once;
 *   - unloading at any moment, connections open and requests outstanding.
 *
 * One function, EchoPump, makes every call on a connection's socket. Whatever happens - a request
 * completes, the driver unloads - changes the connection's state under its lock and then calls
 * EchoPump, which does what the state asks for. Only one EchoPump is at work on a connection at a
 * time: so sends keep the order of the data, completion routines that run inside the call that they
 * complete cannot recurse, and WskCloseSocket never meets another call on its socket.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <ntddk.h>
#include <wsk.h>
#include <ws2ipdef.h>

#define ECHO_PORT 5577
#define ECHO_TAG 'ohcE'
#define ECHO_BUFFER_BYTES (4 * PAGE_SIZE)
#define ECHO_BUFFERS_PER_CONNECTION 4

typedef struct _ECHO_LISTENER {
	PWSK_SOCKET Socket;
	PIRP Irp;
	KEVENT Done;
} ECHO_LISTENER, *PECHO_LISTENER;

typedef struct _ECHO_SERVER {
	WSK_REGISTRATION Registration;
	WSK_PROVIDER_NPI Provider;
	ECHO_LISTENER Listeners[2];
	KSPIN_LOCK Lock;
	LIST_ENTRY Connections; /* under the lock, as the next one */
	LIST_ENTRY Leaving;	/* those that unloading has told to close */
	LONG ConnectionCount;	/* and one for the server itself */
	KEVENT NoConnections;
	LONG64 ConnectionsServed;
	LONG64 BytesEchoed;
} ECHO_SERVER;

typedef struct _ECHO_CONNECTION {
	LIST_ENTRY Link;
	LONG References; /* the socket, each request, and whoever calls EchoPump */
	PWSK_SOCKET Socket;
	PIRP DisconnectIrp;
	PIRP CloseIrp; /* allocated in advance: closing must not fail */

	KSPIN_LOCK Lock; /* guards what follows */
	BOOLEAN Pumping;
	BOOLEAN Receiving;
	BOOLEAN PeerFinished;
	BOOLEAN Disconnecting;
	BOOLEAN Disconnected;
	BOOLEAN Failed;
	ULONG SendsOutstanding;
	ULONG BufferCount;
	LIST_ENTRY FreeBuffers;
	LIST_ENTRY ReceivedBuffers; /* to be sent, in order */
	LONG64 BytesEchoed;
} ECHO_CONNECTION, *PECHO_CONNECTION;

typedef struct _ECHO_BUFFER {
	LIST_ENTRY Link;
	PECHO_CONNECTION Connection;
	PIRP Irp;
	PMDL Mdl;
	PVOID Data;
	SIZE_T Length;
} ECHO_BUFFER, *PECHO_BUFFER;

typedef enum _ECHO_STEP {
	EchoStepNothing,
	EchoStepSend,
	EchoStepReceive,
	EchoStepDisconnect,
	EchoStepClose
} ECHO_STEP;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD EchoUnload;
IO_COMPLETION_ROUTINE EchoReceiveCompleted;
IO_COMPLETION_ROUTINE EchoSendCompleted;
IO_COMPLETION_ROUTINE EchoDisconnectCompleted;
IO_COMPLETION_ROUTINE EchoCloseCompleted;
IO_COMPLETION_ROUTINE EchoListenerCompleted;

static ECHO_SERVER EchoServer;

/* Buffers: an IRP, an MDL and the memory that they describe, for one receive or send at a time. */

static VOID EchoFreeBuffer(PECHO_BUFFER Buffer)
{
	if (Buffer->Mdl)
		IoFreeMdl(Buffer->Mdl);
	if (Buffer->Irp)
		IoFreeIrp(Buffer->Irp);
	if (Buffer->Data)
		ExFreePoolWithTag(Buffer->Data, ECHO_TAG);
	ExFreePoolWithTag(Buffer, ECHO_TAG);
}

static PECHO_BUFFER EchoAllocateBuffer(PECHO_CONNECTION Connection)
{
	PECHO_BUFFER Buffer;

	Buffer = (PECHO_BUFFER)ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Buffer), ECHO_TAG);
	if (!Buffer)
		return NULL;
	Buffer->Connection = Connection;
	Buffer->Data = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED,
				       ECHO_BUFFER_BYTES, ECHO_TAG);
	Buffer->Irp = IoAllocateIrp(1, FALSE);
	if (Buffer->Data)
		Buffer->Mdl = IoAllocateMdl(Buffer->Data, ECHO_BUFFER_BYTES, FALSE, FALSE, NULL);
	if (!Buffer->Irp || !Buffer->Mdl) {
		EchoFreeBuffer(Buffer);
		return NULL;
	}
	MmBuildMdlForNonPagedPool(Buffer->Mdl);
	return Buffer;
}

/* A buffer to receive into, or NULL when all are on their way back to the peer. Lock held. */
static PECHO_BUFFER EchoTakeBuffer(PECHO_CONNECTION Connection)
{
	PECHO_BUFFER Buffer;

	if (!IsListEmpty(&Connection->FreeBuffers))
		return CONTAINING_RECORD(RemoveHeadList(&Connection->FreeBuffers), ECHO_BUFFER,
					 Link);
	if (Connection->BufferCount == ECHO_BUFFERS_PER_CONNECTION)
		return NULL;
	Buffer = EchoAllocateBuffer(Connection);
	if (Buffer)
		Connection->BufferCount++;
	return Buffer;
}

/* Connections. */

static VOID EchoFreeConnection(PECHO_CONNECTION Connection)
{
	while (!IsListEmpty(&Connection->FreeBuffers))
		EchoFreeBuffer(CONTAINING_RECORD(RemoveHeadList(&Connection->FreeBuffers),
						 ECHO_BUFFER, Link));
	while (!IsListEmpty(&Connection->ReceivedBuffers))
		EchoFreeBuffer(CONTAINING_RECORD(RemoveHeadList(&Connection->ReceivedBuffers),
						 ECHO_BUFFER, Link));
	if (Connection->DisconnectIrp)
		IoFreeIrp(Connection->DisconnectIrp);
	if (Connection->CloseIrp)
		IoFreeIrp(Connection->CloseIrp);
	ExFreePoolWithTag(Connection, ECHO_TAG);
}

static VOID EchoForgetConnection(VOID)
{
	if (InterlockedDecrement(&EchoServer.ConnectionCount) == 0)
		KeSetEvent(&EchoServer.NoConnections, IO_NO_INCREMENT, FALSE);
}

static VOID EchoReleaseConnection(PECHO_CONNECTION Connection)
{
	KIRQL OldIrql;

	/* Under the lock, so that EchoStop finds no connection in the list that nobody holds. */
	KeAcquireSpinLock(&EchoServer.Lock, &OldIrql);
	if (InterlockedDecrement(&Connection->References) > 0) {
		KeReleaseSpinLock(&EchoServer.Lock, OldIrql);
		return;
	}
	RemoveEntryList(&Connection->Link);
	EchoServer.BytesEchoed += Connection->BytesEchoed;
	EchoServer.ConnectionsServed++;
	KeReleaseSpinLock(&EchoServer.Lock, OldIrql);
	EchoFreeConnection(Connection);
	EchoForgetConnection();
}

/* Returns a connection with two references: the socket's and the caller's. */
static PECHO_CONNECTION EchoCreateConnection(PWSK_SOCKET Socket)
{
	PECHO_CONNECTION Connection;
	PECHO_BUFFER Buffer;
	KIRQL OldIrql;

	Connection = (PECHO_CONNECTION)ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Connection),
						       ECHO_TAG);
	if (!Connection)
		return NULL;
	Connection->References = 2;
	Connection->Socket = Socket;
	KeInitializeSpinLock(&Connection->Lock);
	InitializeListHead(&Connection->FreeBuffers);
	InitializeListHead(&Connection->ReceivedBuffers);
	Connection->DisconnectIrp = IoAllocateIrp(1, FALSE);
	Connection->CloseIrp = IoAllocateIrp(1, FALSE);

	/* With one buffer a connection works; it gets more when it needs them and they are there.
	 */
	Buffer = EchoTakeBuffer(Connection);
	if (Buffer)
		InsertTailList(&Connection->FreeBuffers, &Buffer->Link);
	if (!Connection->DisconnectIrp || !Connection->CloseIrp || !Buffer) {
		EchoFreeConnection(Connection);
		return NULL;
	}

	InterlockedIncrement(&EchoServer.ConnectionCount);
	KeAcquireSpinLock(&EchoServer.Lock, &OldIrql);
	InsertTailList(&EchoServer.Connections, &Connection->Link);
	KeReleaseSpinLock(&EchoServer.Lock, OldIrql);
	return Connection;
}

/* What the connection's state asks for next, and the buffer to do it with. Lock held. */
static ECHO_STEP EchoNextStep(PECHO_CONNECTION Connection, PECHO_BUFFER *Buffer)
{
	if (Connection->Failed || Connection->Disconnected)
		return EchoStepClose;
	if (!IsListEmpty(&Connection->ReceivedBuffers)) {
		*Buffer = CONTAINING_RECORD(RemoveHeadList(&Connection->ReceivedBuffers),
					    ECHO_BUFFER, Link);
		Connection->SendsOutstanding++;
		return EchoStepSend;
	}
	if (!Connection->PeerFinished && !Connection->Receiving) {
		*Buffer = EchoTakeBuffer(Connection);
		if (*Buffer) {
			Connection->Receiving = TRUE;
			return EchoStepReceive;
		}
	}
	if (Connection->PeerFinished && !Connection->SendsOutstanding &&
	    !Connection->Disconnecting) {
		Connection->Disconnecting = TRUE;
		return EchoStepDisconnect;
	}
	return EchoStepNothing;
}

static VOID EchoStartStep(PECHO_CONNECTION Connection, ECHO_STEP Step, PECHO_BUFFER Buffer)
{
	const WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch =
		(const WSK_PROVIDER_CONNECTION_DISPATCH *)Connection->Socket->Dispatch;
	WSK_BUF Window;

	switch (Step) {
	case EchoStepReceive:
		Window.Mdl = Buffer->Mdl;
		Window.Offset = 0;
		Window.Length = ECHO_BUFFER_BYTES;
		IoReuseIrp(Buffer->Irp, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(Buffer->Irp, EchoReceiveCompleted, Buffer, TRUE, TRUE, TRUE);
		Dispatch->WskReceive(Connection->Socket, &Window, 0, Buffer->Irp);
		break;
	case EchoStepSend:
		Window.Mdl = Buffer->Mdl;
		Window.Offset = 0;
		Window.Length = Buffer->Length;
		IoReuseIrp(Buffer->Irp, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(Buffer->Irp, EchoSendCompleted, Buffer, TRUE, TRUE, TRUE);
		Dispatch->WskSend(Connection->Socket, &Window, 0, Buffer->Irp);
		break;
	case EchoStepDisconnect:
		IoSetCompletionRoutine(Connection->DisconnectIrp, EchoDisconnectCompleted,
				       Connection, TRUE, TRUE, TRUE);
		Dispatch->WskDisconnect(Connection->Socket, NULL, 0, Connection->DisconnectIrp);
		break;
	case EchoStepClose:
		IoSetCompletionRoutine(Connection->CloseIrp, EchoCloseCompleted, Connection, TRUE,
				       TRUE, TRUE);
		Dispatch->WskCloseSocket(Connection->Socket, Connection->CloseIrp);
		break;
	default:
		break;
	}
}

/* The caller holds a reference. */
static VOID EchoPump(PECHO_CONNECTION Connection)
{
	PECHO_BUFFER Buffer = NULL;
	ECHO_STEP Step;
	KIRQL OldIrql;

	KeAcquireSpinLock(&Connection->Lock, &OldIrql);
	if (Connection->Pumping) {
		/* Whoever is at it looks at the state once more before leaving. */
		KeReleaseSpinLock(&Connection->Lock, OldIrql);
		return;
	}
	Connection->Pumping = TRUE;
	for (;;) {
		Step = EchoNextStep(Connection, &Buffer);
		if (Step == EchoStepNothing)
			break;
		/* The request's reference; closing the socket ends, and takes over, its own. */
		if (Step != EchoStepClose)
			InterlockedIncrement(&Connection->References);
		KeReleaseSpinLock(&Connection->Lock, OldIrql);
		EchoStartStep(Connection, Step, Buffer);
		/* It stays Pumping: there is no socket any more to make calls on. */
		if (Step == EchoStepClose)
			return;
		KeAcquireSpinLock(&Connection->Lock, &OldIrql);
	}
	Connection->Pumping = FALSE;
	KeReleaseSpinLock(&Connection->Lock, OldIrql);
}

NTSTATUS EchoReceiveCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PECHO_BUFFER Buffer = (PECHO_BUFFER)Context;
	PECHO_CONNECTION Connection = Buffer->Connection;
	KIRQL OldIrql;

	UNREFERENCED_PARAMETER(DeviceObject);

	KeAcquireSpinLock(&Connection->Lock, &OldIrql);
	Connection->Receiving = FALSE;
	if (NT_SUCCESS(Irp->IoStatus.Status) && Irp->IoStatus.Information) {
		Buffer->Length = Irp->IoStatus.Information;
		InsertTailList(&Connection->ReceivedBuffers, &Buffer->Link);
	} else {
		/* Success without data: the peer has finished sending. */
		if (NT_SUCCESS(Irp->IoStatus.Status))
			Connection->PeerFinished = TRUE;
		else
			Connection->Failed = TRUE;
		InsertTailList(&Connection->FreeBuffers, &Buffer->Link);
	}
	KeReleaseSpinLock(&Connection->Lock, OldIrql);

	EchoPump(Connection);
	EchoReleaseConnection(Connection);
	/* The IRP is ours: the I/O manager must not look at it any more. */
	return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS EchoSendCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PECHO_BUFFER Buffer = (PECHO_BUFFER)Context;
	PECHO_CONNECTION Connection = Buffer->Connection;
	KIRQL OldIrql;

	UNREFERENCED_PARAMETER(DeviceObject);

	KeAcquireSpinLock(&Connection->Lock, &OldIrql);
	Connection->SendsOutstanding--;
	if (NT_SUCCESS(Irp->IoStatus.Status))
		Connection->BytesEchoed += Irp->IoStatus.Information;
	else
		Connection->Failed = TRUE;
	InsertTailList(&Connection->FreeBuffers, &Buffer->Link);
	KeReleaseSpinLock(&Connection->Lock, OldIrql);

	EchoPump(Connection);
	EchoReleaseConnection(Connection);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS EchoDisconnectCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PECHO_CONNECTION Connection = (PECHO_CONNECTION)Context;
	KIRQL OldIrql;

	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);

	KeAcquireSpinLock(&Connection->Lock, &OldIrql);
	Connection->Disconnected = TRUE;
	KeReleaseSpinLock(&Connection->Lock, OldIrql);

	EchoPump(Connection);
	EchoReleaseConnection(Connection);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS EchoCloseCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);

	EchoReleaseConnection((PECHO_CONNECTION)Context);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* A new connection. May run at DISPATCH_LEVEL, and for several connections at once. */
static NTSTATUS WSKAPI EchoAcceptEvent(PVOID SocketContext, ULONG Flags, PSOCKADDR LocalAddress,
				       PSOCKADDR RemoteAddress, PWSK_SOCKET AcceptSocket,
				       PVOID *AcceptSocketContext,
				       const WSK_CLIENT_CONNECTION_DISPATCH **AcceptSocketDispatch)
{
	PECHO_CONNECTION Connection;

	UNREFERENCED_PARAMETER(SocketContext);
	UNREFERENCED_PARAMETER(Flags);
	UNREFERENCED_PARAMETER(LocalAddress);
	UNREFERENCED_PARAMETER(RemoteAddress);

	/* Without a socket: the listening socket has died, and there is nothing to accept. */
	if (!AcceptSocket)
		return STATUS_REQUEST_NOT_ACCEPTED;
	Connection = EchoCreateConnection(AcceptSocket);
	if (!Connection)
		return STATUS_REQUEST_NOT_ACCEPTED;

	/* No callbacks on the connection: it lives on requests. */
	*AcceptSocketContext = NULL;
	*AcceptSocketDispatch = NULL;
	EchoPump(Connection);
	EchoReleaseConnection(Connection);
	return STATUS_SUCCESS;
}

static const WSK_CLIENT_LISTEN_DISPATCH EchoListenDispatch = {EchoAcceptEvent, NULL, NULL};
static const WSK_CLIENT_DISPATCH EchoClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};

/* Listening sockets. These calls wait for their requests: DriverEntry and EchoUnload may. */

NTSTATUS EchoListenerCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);

	KeSetEvent(&((PECHO_LISTENER)Context)->Done, IO_NETWORK_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP EchoPrepare(PECHO_LISTENER Listener)
{
	KeClearEvent(&Listener->Done);
	IoReuseIrp(Listener->Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Listener->Irp, EchoListenerCompleted, Listener, TRUE, TRUE, TRUE);
	return Listener->Irp;
}

static NTSTATUS EchoFinish(PECHO_LISTENER Listener, NTSTATUS Status)
{
	if (Status == STATUS_PENDING)
		KeWaitForSingleObject(&Listener->Done, Executive, KernelMode, FALSE, NULL);
	return Listener->Irp->IoStatus.Status;
}

static VOID EchoCloseListener(PECHO_LISTENER Listener)
{
	const WSK_PROVIDER_BASIC_DISPATCH *Dispatch;

	if (Listener->Socket) {
		Dispatch = (const WSK_PROVIDER_BASIC_DISPATCH *)Listener->Socket->Dispatch;
		EchoFinish(Listener,
			   Dispatch->WskCloseSocket(Listener->Socket, EchoPrepare(Listener)));
		Listener->Socket = NULL;
	}
	if (Listener->Irp) {
		IoFreeIrp(Listener->Irp);
		Listener->Irp = NULL;
	}
}

static NTSTATUS EchoListen(PECHO_LISTENER Listener, PSOCKADDR Address)
{
	const WSK_PROVIDER_LISTEN_DISPATCH *Dispatch;
	ULONG KeepAlive = 1;
	NTSTATUS Status;

	KeInitializeEvent(&Listener->Done, NotificationEvent, FALSE);
	Listener->Irp = IoAllocateIrp(1, FALSE);
	if (!Listener->Irp)
		return STATUS_INSUFFICIENT_RESOURCES;

	Status = EchoFinish(Listener,
			    EchoServer.Provider.Dispatch->WskSocket(
				    EchoServer.Provider.Client, Address->sa_family, SOCK_STREAM,
				    IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, NULL, &EchoListenDispatch,
				    NULL, NULL, NULL, EchoPrepare(Listener)));
	if (!NT_SUCCESS(Status))
		return Status;
	Listener->Socket = (PWSK_SOCKET)Listener->Irp->IoStatus.Information;
	Dispatch = (const WSK_PROVIDER_LISTEN_DISPATCH *)Listener->Socket->Dispatch;

	/* Accepted connections inherit it: peers that have vanished are found out. */
	Status = EchoFinish(Listener,
			    Dispatch->WskControlSocket(Listener->Socket, WskSetOption, SO_KEEPALIVE,
						       SOL_SOCKET, sizeof(KeepAlive), &KeepAlive, 0,
						       NULL, NULL, EchoPrepare(Listener)));
	if (!NT_SUCCESS(Status))
		return Status;

	/* From here on EchoAcceptEvent is called. */
	return EchoFinish(Listener,
			  Dispatch->WskBind(Listener->Socket, Address, 0, EchoPrepare(Listener)));
}

static NTSTATUS EchoListenEverywhere(VOID)
{
	SOCKADDR_IN Ipv4;
	SOCKADDR_IN6 Ipv6;
	NTSTATUS Status;

	RtlZeroMemory(&Ipv4, sizeof(Ipv4));
	Ipv4.sin_family = AF_INET;
	Ipv4.sin_port = RtlUshortByteSwap(ECHO_PORT);
	Status = EchoListen(&EchoServer.Listeners[0], (PSOCKADDR)&Ipv4);
	if (!NT_SUCCESS(Status))
		return Status;

	/* An IPv6 socket of Windows does not take IPv4 connections, unless asked to. */
	RtlZeroMemory(&Ipv6, sizeof(Ipv6));
	Ipv6.sin6_family = AF_INET6;
	Ipv6.sin6_port = RtlUshortByteSwap(ECHO_PORT);
	return EchoListen(&EchoServer.Listeners[1], (PSOCKADDR)&Ipv6);
}

/* Closes everything, in the order in which nothing new can come up behind. */
static VOID EchoStop(VOID)
{
	PECHO_CONNECTION Connection;
	KIRQL OldIrql;

	EchoCloseListener(&EchoServer.Listeners[0]);
	EchoCloseListener(&EchoServer.Listeners[1]);

	for (;;) {
		KeAcquireSpinLock(&EchoServer.Lock, &OldIrql);
		if (IsListEmpty(&EchoServer.Connections)) {
			KeReleaseSpinLock(&EchoServer.Lock, OldIrql);
			break;
		}
		Connection = CONTAINING_RECORD(RemoveHeadList(&EchoServer.Connections),
					       ECHO_CONNECTION, Link);
		InsertTailList(&EchoServer.Leaving, &Connection->Link);
		InterlockedIncrement(&Connection->References);
		KeReleaseSpinLock(&EchoServer.Lock, OldIrql);

		KeAcquireSpinLock(&Connection->Lock, &OldIrql);
		Connection->Failed = TRUE;
		KeReleaseSpinLock(&Connection->Lock, OldIrql);
		EchoPump(Connection);
		EchoReleaseConnection(Connection);
	}

	EchoForgetConnection();
	KeWaitForSingleObject(&EchoServer.NoConnections, Executive, KernelMode, FALSE, NULL);
	WskReleaseProviderNPI(&EchoServer.Registration);
	WskDeregister(&EchoServer.Registration);
}

VOID EchoUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);

	EchoStop();
	DbgPrint("echo_server: stopped; %I64d bytes echoed in %I64d connections\n",
		 EchoServer.BytesEchoed, EchoServer.ConnectionsServed);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	WSK_CLIENT_NPI Client = {NULL, &EchoClientDispatch};
	WSK_EVENT_CALLBACK_CONTROL Events = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_ACCEPT};
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);

	KeInitializeSpinLock(&EchoServer.Lock);
	InitializeListHead(&EchoServer.Connections);
	InitializeListHead(&EchoServer.Leaving);
	EchoServer.ConnectionCount = 1;
	KeInitializeEvent(&EchoServer.NoConnections, NotificationEvent, FALSE);

	Status = WskRegister(&Client, &EchoServer.Registration);
	if (!NT_SUCCESS(Status)) {
		DbgPrint("echo_server: WskRegister failed with 0x%08X\n", Status);
		return Status;
	}
	Status = WskCaptureProviderNPI(&EchoServer.Registration, WSK_INFINITE_WAIT,
				       &EchoServer.Provider);
	if (!NT_SUCCESS(Status)) {
		DbgPrint("echo_server: WskCaptureProviderNPI failed with 0x%08X\n", Status);
		WskDeregister(&EchoServer.Registration);
		return Status;
	}

	/* Accept events are on as soon as a listening socket is bound. */
	Status = EchoServer.Provider.Dispatch->WskControlClient(
		EchoServer.Provider.Client, WSK_SET_STATIC_EVENT_CALLBACKS, sizeof(Events), &Events,
		0, NULL, NULL, NULL);
	if (NT_SUCCESS(Status))
		Status = EchoListenEverywhere();
	if (!NT_SUCCESS(Status)) {
		DbgPrint("echo_server: cannot listen on port %d, 0x%08X\n", ECHO_PORT, Status);
		EchoStop();
		return Status;
	}

	DriverObject->DriverUnload = EchoUnload;
	DbgPrint("echo_server: listening on port %d, IPv4 and IPv6\n", ECHO_PORT);
	return STATUS_SUCCESS;
}
