// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * http_server - a small HTTP/1.1 server on port 8080, over IPv4 and IPv6.
 *
 * A Windows driver: it compiles under Microsoft's driver kit (with netio.lib) as it is. It shows
 *
 *   - conditional accept: a client too many is refused before its connection comes about, in
 *     WskInspectEvent, and WskAbortEvent gives back the place of one that never came;
 *   - connections that receive by callbacks only: WskReceiveEvent retains what it is given,
 * requests are read from there piece by piece, also when several come at once, and what has been
 * read is released; WskDisconnectEvent tells of the end;
 *   - responses that are sent from a chain of two MDLs, a connection's own text and a block of
 * memory that all connections share;
 *   - connections that are kept for the next request, and a thread that closes idle ones;
 *   - unloading at any moment.
 *
 * As in echo_server one function makes every call on a connection's socket: HttpPump, of which one
 * at a time is at work on a connection.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <ntddk.h>
#include <wsk.h>
#include <ws2ipdef.h>

#include "request.h"

#define HTTP_PORT 8080
#define HTTP_TAG 'ptTH'
#define HTTP_MAX_CONNECTIONS 64
#define HTTP_IDLE_SECONDS 15
#define HTTP_BODY_BYTES (16 * PAGE_SIZE)

typedef struct _HTTP_LISTENER {
	PWSK_SOCKET Socket;
	PIRP Irp;
	KEVENT Done;
} HTTP_LISTENER, *PHTTP_LISTENER;

typedef struct _HTTP_SERVER {
	WSK_REGISTRATION Registration;
	WSK_PROVIDER_NPI Provider;
	HTTP_LISTENER Listeners[2];
	PVOID Body;  /* what bodies are made of */
	LONG Places; /* connections that there are, or that have been let through */
	LONG Refused;
	LONG Requests;
	KSPIN_LOCK Lock;
	LIST_ENTRY Connections; /* under the lock */
	LONG ConnectionCount;	/* and one for the server itself */
	KEVENT NoConnections;
	KEVENT Stopping;
	PVOID Thread;
} HTTP_SERVER;

typedef struct _HTTP_CONNECTION {
	LIST_ENTRY Link;
	LONG References; /* the socket, each request, and whoever calls HttpPump */
	PWSK_SOCKET Socket;
	PIRP SendIrp;
	PIRP DisconnectIrp;
	PIRP CloseIrp;
	PMDL TextMdl; /* the response's text, followed by ... */
	PMDL BodyMdl; /* ... the memory that bodies are made of */

	KSPIN_LOCK Lock; /* guards what follows */
	BOOLEAN Pumping;
	BOOLEAN Sending;
	BOOLEAN Answering; /* a response is not sent completely */
	BOOLEAN PeerFinished;
	BOOLEAN Disconnecting;
	BOOLEAN Disconnected;
	BOOLEAN Failed;
	ULONG IdleSeconds;	    /* since a request was complete, or a part of a response sent */
	PWSK_DATA_INDICATION First; /* retained, in order */
	PWSK_DATA_INDICATION *Last;

	/* HttpPump's alone. */
	SIZE_T Consumed; /* of the first indication */
	ULONG RequestLength;
	BOOLEAN TextSent;
	HTTP_RESPONSE Response;
	CHAR Request[HTTP_MAX_REQUEST];
} HTTP_CONNECTION, *PHTTP_CONNECTION;

typedef enum _HTTP_STEP {
	HttpStepNothing,
	HttpStepRead,
	HttpStepSend,
	HttpStepDisconnect,
	HttpStepClose
} HTTP_STEP;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD HttpUnload;
IO_COMPLETION_ROUTINE HttpSendCompleted;
IO_COMPLETION_ROUTINE HttpDisconnectCompleted;
IO_COMPLETION_ROUTINE HttpCloseCompleted;
IO_COMPLETION_ROUTINE HttpListenerCompleted;
KSTART_ROUTINE HttpWatchIdle;

static HTTP_SERVER HttpServer;

/* Connections. */

static PMDL HttpDescribe(PVOID Address, ULONG Length)
{
	PMDL Mdl = IoAllocateMdl(Address, Length, FALSE, FALSE, NULL);

	if (Mdl)
		MmBuildMdlForNonPagedPool(Mdl);
	return Mdl;
}

static VOID HttpFreeConnection(PHTTP_CONNECTION Connection)
{
	if (Connection->TextMdl)
		IoFreeMdl(Connection->TextMdl);
	if (Connection->BodyMdl)
		IoFreeMdl(Connection->BodyMdl);
	if (Connection->SendIrp)
		IoFreeIrp(Connection->SendIrp);
	if (Connection->DisconnectIrp)
		IoFreeIrp(Connection->DisconnectIrp);
	if (Connection->CloseIrp)
		IoFreeIrp(Connection->CloseIrp);
	ExFreePoolWithTag(Connection, HTTP_TAG);
}

static VOID HttpForgetConnection(VOID)
{
	if (InterlockedDecrement(&HttpServer.ConnectionCount) == 0)
		KeSetEvent(&HttpServer.NoConnections, IO_NO_INCREMENT, FALSE);
}

static VOID HttpReleaseConnection(PHTTP_CONNECTION Connection)
{
	KIRQL OldIrql;

	/* Under the lock, so that nobody finds a connection in the list that nobody holds. */
	KeAcquireSpinLock(&HttpServer.Lock, &OldIrql);
	if (InterlockedDecrement(&Connection->References) > 0) {
		KeReleaseSpinLock(&HttpServer.Lock, OldIrql);
		return;
	}
	RemoveEntryList(&Connection->Link);
	KeReleaseSpinLock(&HttpServer.Lock, OldIrql);
	HttpFreeConnection(Connection);
	InterlockedDecrement(&HttpServer.Places);
	HttpForgetConnection();
}

static PHTTP_CONNECTION HttpCreateConnection(PWSK_SOCKET Socket)
{
	PHTTP_CONNECTION Connection;
	KIRQL OldIrql;

	Connection = (PHTTP_CONNECTION)ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Connection),
						       HTTP_TAG);
	if (!Connection)
		return NULL;
	Connection->References = 1;
	Connection->Socket = Socket;
	Connection->Last = &Connection->First;
	KeInitializeSpinLock(&Connection->Lock);
	Connection->SendIrp = IoAllocateIrp(1, FALSE);
	Connection->DisconnectIrp = IoAllocateIrp(1, FALSE);
	Connection->CloseIrp = IoAllocateIrp(1, FALSE);
	Connection->TextMdl = HttpDescribe(Connection->Response.Text, HTTP_MAX_RESPONSE);
	Connection->BodyMdl = HttpDescribe(HttpServer.Body, HTTP_BODY_BYTES);
	if (!Connection->SendIrp || !Connection->DisconnectIrp || !Connection->CloseIrp ||
	    !Connection->TextMdl || !Connection->BodyMdl) {
		HttpFreeConnection(Connection);
		return NULL;
	}

	Connection->TextMdl->Next = Connection->BodyMdl;
	InterlockedIncrement(&HttpServer.ConnectionCount);
	KeAcquireSpinLock(&HttpServer.Lock, &OldIrql);
	InsertTailList(&HttpServer.Connections, &Connection->Link);
	KeReleaseSpinLock(&HttpServer.Lock, OldIrql);
	return Connection;
}

/* Reading requests: HttpPump calls these, without the lock. */

static const WSK_PROVIDER_CONNECTION_DISPATCH *HttpDispatch(PHTTP_CONNECTION Connection)
{
	return (const WSK_PROVIDER_CONNECTION_DISPATCH *)Connection->Socket->Dispatch;
}

static PWSK_DATA_INDICATION HttpFirstIndication(PHTTP_CONNECTION Connection)
{
	PWSK_DATA_INDICATION First;
	KIRQL OldIrql;

	KeAcquireSpinLock(&Connection->Lock, &OldIrql);
	First = Connection->First;
	KeReleaseSpinLock(&Connection->Lock, OldIrql);
	return First;
}

static VOID HttpReleaseFirst(PHTTP_CONNECTION Connection)
{
	PWSK_DATA_INDICATION First;
	KIRQL OldIrql;

	KeAcquireSpinLock(&Connection->Lock, &OldIrql);
	First = Connection->First;
	Connection->First = First->Next;
	if (!Connection->First)
		Connection->Last = &Connection->First;
	KeReleaseSpinLock(&Connection->Lock, OldIrql);

	First->Next = NULL;
	Connection->Consumed = 0;
	HttpDispatch(Connection)->WskRelease(Connection->Socket, First);
}

static VOID HttpSet(PHTTP_CONNECTION Connection, PBOOLEAN Flag)
{
	KIRQL OldIrql;

	KeAcquireSpinLock(&Connection->Lock, &OldIrql);
	*Flag = TRUE;
	KeReleaseSpinLock(&Connection->Lock, OldIrql);
}

/* Reads the indication's bytes into the request, until that is complete. */
static BOOLEAN HttpReadIndication(PHTTP_CONNECTION Connection, PWSK_DATA_INDICATION Indication)
{
	SIZE_T Skip = Connection->Consumed + Indication->Buffer.Offset;
	SIZE_T Left = Indication->Buffer.Length - Connection->Consumed;
	PMDL Mdl = Indication->Buffer.Mdl;
	const CHAR *Bytes;
	ULONG Count, i;

	for (; Left && Mdl; Mdl = Mdl->Next) {
		Count = MmGetMdlByteCount(Mdl);
		if (Skip >= Count) {
			Skip -= Count;
			continue;
		}
		Bytes = (const CHAR *)MmGetSystemAddressForMdlSafe(
			Mdl, NormalPagePriority | MdlMappingNoExecute);
		if (!Bytes) {
			HttpSet(Connection, &Connection->Failed);
			return FALSE;
		}
		for (i = (ULONG)Skip; i < Count && Left; i++, Left--) {
			Connection->Consumed++;
			if (HttpAddByte(Connection->Request, &Connection->RequestLength, Bytes[i]))
				return TRUE;
		}
		Skip = 0;
	}
	return FALSE;
}

/* Reads what is there; begins to answer when that makes a request. */
static VOID HttpRead(PHTTP_CONNECTION Connection)
{
	PWSK_DATA_INDICATION Indication;
	BOOLEAN Complete = FALSE;
	KIRQL OldIrql;

	while (!Complete && (Indication = HttpFirstIndication(Connection)) != NULL) {
		Complete = HttpReadIndication(Connection, Indication);
		if (Connection->Consumed == Indication->Buffer.Length || !Complete)
			HttpReleaseFirst(Connection);
	}
	if (!Complete)
		return;
	HttpAnswer(Connection->Request, Connection->RequestLength,
		   (ULONG)InterlockedIncrement(&HttpServer.Requests), &Connection->Response);
	Connection->RequestLength = 0;
	Connection->TextSent = FALSE;
	KeAcquireSpinLock(&Connection->Lock, &OldIrql);
	Connection->Answering = TRUE;
	Connection->IdleSeconds = 0;
	KeReleaseSpinLock(&Connection->Lock, OldIrql);
}

/* Sends the text and as much of the body as one send takes, then more of the body. */
static VOID HttpSend(PHTTP_CONNECTION Connection)
{
	PHTTP_RESPONSE Response = &Connection->Response;
	WSK_BUF Window;
	ULONG Body = min(Response->BodyLength, (ULONG)HTTP_BODY_BYTES);

	if (!Connection->TextSent) {
		/* The text stands at the end of its memory, so that the body follows. */
		Window.Mdl = Connection->TextMdl;
		Window.Offset = HTTP_MAX_RESPONSE - Response->TextLength;
		Window.Length = (SIZE_T)Response->TextLength + Body;
		Connection->TextSent = TRUE;
	} else {
		Window.Mdl = Connection->BodyMdl;
		Window.Offset = 0;
		Window.Length = Body;
	}
	Response->BodyLength -= Body;
	IoReuseIrp(Connection->SendIrp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Connection->SendIrp, HttpSendCompleted, Connection, TRUE, TRUE,
			       TRUE);
	HttpDispatch(Connection)->WskSend(Connection->Socket, &Window, 0, Connection->SendIrp);
}

/* What the connection's state asks for next. Lock held. */
static HTTP_STEP HttpNextStep(PHTTP_CONNECTION Connection)
{
	if (Connection->Failed || (Connection->Disconnected && Connection->PeerFinished))
		return HttpStepClose;
	if (Connection->Sending || Connection->Disconnecting)
		return HttpStepNothing;
	if (Connection->Answering) {
		Connection->Sending = TRUE;
		return HttpStepSend;
	}
	if (Connection->TextSent && Connection->Response.Close) {
		Connection->Disconnecting = TRUE;
		return HttpStepDisconnect;
	}
	if (Connection->First)
		return HttpStepRead;
	if (Connection->PeerFinished) {
		Connection->Disconnecting = TRUE;
		return HttpStepDisconnect;
	}
	return HttpStepNothing;
}

static VOID HttpTakeStep(PHTTP_CONNECTION Connection, HTTP_STEP Step)
{
	switch (Step) {
	case HttpStepRead:
		HttpRead(Connection);
		break;
	case HttpStepSend:
		InterlockedIncrement(&Connection->References);
		HttpSend(Connection);
		break;
	case HttpStepDisconnect:
		InterlockedIncrement(&Connection->References);
		IoSetCompletionRoutine(Connection->DisconnectIrp, HttpDisconnectCompleted,
				       Connection, TRUE, TRUE, TRUE);
		HttpDispatch(Connection)
			->WskDisconnect(Connection->Socket, NULL, 0, Connection->DisconnectIrp);
		break;
	case HttpStepClose:
		/* What is retained goes first: it must not outlive the socket. */
		while (HttpFirstIndication(Connection))
			HttpReleaseFirst(Connection);
		IoSetCompletionRoutine(Connection->CloseIrp, HttpCloseCompleted, Connection, TRUE,
				       TRUE, TRUE);
		HttpDispatch(Connection)
			->Basic.WskCloseSocket(Connection->Socket, Connection->CloseIrp);
		break;
	default:
		break;
	}
}

/* The caller holds a reference, or is a callback of the socket's. */
static VOID HttpPump(PHTTP_CONNECTION Connection)
{
	HTTP_STEP Step;
	KIRQL OldIrql;

	KeAcquireSpinLock(&Connection->Lock, &OldIrql);
	if (Connection->Pumping) {
		/* Whoever is at it looks at the state once more before leaving. */
		KeReleaseSpinLock(&Connection->Lock, OldIrql);
		return;
	}
	Connection->Pumping = TRUE;
	while ((Step = HttpNextStep(Connection)) != HttpStepNothing) {
		KeReleaseSpinLock(&Connection->Lock, OldIrql);
		HttpTakeStep(Connection, Step);
		/* It stays Pumping: there is no socket any more to make calls on. */
		if (Step == HttpStepClose)
			return;
		KeAcquireSpinLock(&Connection->Lock, &OldIrql);
	}
	Connection->Pumping = FALSE;
	KeReleaseSpinLock(&Connection->Lock, OldIrql);
}

/* Sets one of the connection's flags, and sees to what follows. */
static VOID HttpNote(PHTTP_CONNECTION Connection, PBOOLEAN Flag)
{
	HttpSet(Connection, Flag);
	HttpPump(Connection);
}

NTSTATUS HttpSendCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PHTTP_CONNECTION Connection = (PHTTP_CONNECTION)Context;
	KIRQL OldIrql;

	UNREFERENCED_PARAMETER(DeviceObject);

	KeAcquireSpinLock(&Connection->Lock, &OldIrql);
	Connection->Sending = FALSE;
	Connection->IdleSeconds = 0;
	if (!NT_SUCCESS(Irp->IoStatus.Status))
		Connection->Failed = TRUE;
	else if (!Connection->Response.BodyLength)
		Connection->Answering = FALSE;
	KeReleaseSpinLock(&Connection->Lock, OldIrql);

	HttpPump(Connection);
	HttpReleaseConnection(Connection);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS HttpDisconnectCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PHTTP_CONNECTION Connection = (PHTTP_CONNECTION)Context;

	UNREFERENCED_PARAMETER(DeviceObject);

	/* The peer's own end is waited for: closing now could take its last words away. */
	HttpNote(Connection, NT_SUCCESS(Irp->IoStatus.Status) ? &Connection->Disconnected
							      : &Connection->Failed);
	HttpReleaseConnection(Connection);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS HttpCloseCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);

	HttpReleaseConnection((PHTTP_CONNECTION)Context);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Callbacks of connections. They may run at DISPATCH_LEVEL. */

static NTSTATUS WSKAPI HttpReceiveEvent(PVOID SocketContext, ULONG Flags,
					PWSK_DATA_INDICATION DataIndication, SIZE_T BytesIndicated,
					SIZE_T *BytesAccepted)
{
	PHTTP_CONNECTION Connection = (PHTTP_CONNECTION)SocketContext;
	KIRQL OldIrql;

	UNREFERENCED_PARAMETER(Flags);
	UNREFERENCED_PARAMETER(BytesIndicated);
	UNREFERENCED_PARAMETER(BytesAccepted);

	/* Without data: the socket has died. */
	if (!DataIndication) {
		HttpNote(Connection, &Connection->Failed);
		return STATUS_SUCCESS;
	}
	KeAcquireSpinLock(&Connection->Lock, &OldIrql);
	*Connection->Last = DataIndication;
	while (*Connection->Last)
		Connection->Last = &(*Connection->Last)->Next;
	KeReleaseSpinLock(&Connection->Lock, OldIrql);
	HttpPump(Connection);
	return STATUS_PENDING;
}

static NTSTATUS WSKAPI HttpDisconnectEvent(PVOID SocketContext, ULONG Flags)
{
	PHTTP_CONNECTION Connection = (PHTTP_CONNECTION)SocketContext;

	HttpNote(Connection,
		 Flags & WSK_FLAG_ABORTIVE ? &Connection->Failed : &Connection->PeerFinished);
	return STATUS_SUCCESS;
}

static const WSK_CLIENT_CONNECTION_DISPATCH HttpConnectionDispatch = {HttpReceiveEvent,
								      HttpDisconnectEvent, NULL};

/* Callbacks of the listening sockets. */

/* A client asks for a connection, and has had no answer yet. */
static WSK_INSPECT_ACTION WSKAPI HttpInspectEvent(PVOID SocketContext, PSOCKADDR LocalAddress,
						  PSOCKADDR RemoteAddress,
						  PWSK_INSPECT_ID InspectID)
{
	UNREFERENCED_PARAMETER(SocketContext);
	UNREFERENCED_PARAMETER(LocalAddress);
	UNREFERENCED_PARAMETER(RemoteAddress);

	/* Without an id: the listening socket has died. */
	if (!InspectID)
		return WskInspectReject;
	if (InterlockedIncrement(&HttpServer.Places) <= HTTP_MAX_CONNECTIONS)
		return WskInspectAccept;
	InterlockedDecrement(&HttpServer.Places);
	InterlockedIncrement(&HttpServer.Refused);
	return WskInspectReject;
}

/* One that was let through has gone before it was a connection. */
static NTSTATUS WSKAPI HttpAbortEvent(PVOID SocketContext, PWSK_INSPECT_ID InspectID)
{
	UNREFERENCED_PARAMETER(SocketContext);
	UNREFERENCED_PARAMETER(InspectID);

	InterlockedDecrement(&HttpServer.Places);
	return STATUS_SUCCESS;
}

static NTSTATUS WSKAPI HttpAcceptEvent(PVOID SocketContext, ULONG Flags, PSOCKADDR LocalAddress,
				       PSOCKADDR RemoteAddress, PWSK_SOCKET AcceptSocket,
				       PVOID *AcceptSocketContext,
				       const WSK_CLIENT_CONNECTION_DISPATCH **AcceptSocketDispatch)
{
	PHTTP_CONNECTION Connection;

	UNREFERENCED_PARAMETER(SocketContext);
	UNREFERENCED_PARAMETER(Flags);
	UNREFERENCED_PARAMETER(LocalAddress);
	UNREFERENCED_PARAMETER(RemoteAddress);

	if (!AcceptSocket)
		return STATUS_REQUEST_NOT_ACCEPTED;
	Connection = HttpCreateConnection(AcceptSocket);
	if (!Connection) {
		InterlockedDecrement(&HttpServer.Places);
		return STATUS_REQUEST_NOT_ACCEPTED;
	}
	*AcceptSocketContext = Connection;
	*AcceptSocketDispatch = &HttpConnectionDispatch;
	return STATUS_SUCCESS;
}

static const WSK_CLIENT_LISTEN_DISPATCH HttpListenDispatch = {HttpAcceptEvent, HttpInspectEvent,
							      HttpAbortEvent};
static const WSK_CLIENT_DISPATCH HttpClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};

/* Listening sockets. These calls wait for their requests: DriverEntry and HttpUnload may. */

NTSTATUS HttpListenerCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);

	KeSetEvent(&((PHTTP_LISTENER)Context)->Done, IO_NETWORK_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP HttpPrepare(PHTTP_LISTENER Listener)
{
	KeClearEvent(&Listener->Done);
	IoReuseIrp(Listener->Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Listener->Irp, HttpListenerCompleted, Listener, TRUE, TRUE, TRUE);
	return Listener->Irp;
}

static NTSTATUS HttpFinish(PHTTP_LISTENER Listener, NTSTATUS Status)
{
	if (Status == STATUS_PENDING)
		KeWaitForSingleObject(&Listener->Done, Executive, KernelMode, FALSE, NULL);
	return Listener->Irp->IoStatus.Status;
}

static VOID HttpCloseListener(PHTTP_LISTENER Listener)
{
	const WSK_PROVIDER_LISTEN_DISPATCH *Dispatch;

	if (Listener->Socket) {
		Dispatch = (const WSK_PROVIDER_LISTEN_DISPATCH *)Listener->Socket->Dispatch;
		HttpFinish(Listener,
			   Dispatch->Basic.WskCloseSocket(Listener->Socket, HttpPrepare(Listener)));
		Listener->Socket = NULL;
	}
	if (Listener->Irp) {
		IoFreeIrp(Listener->Irp);
		Listener->Irp = NULL;
	}
}

static NTSTATUS HttpListen(PHTTP_LISTENER Listener, PSOCKADDR Address)
{
	const WSK_PROVIDER_LISTEN_DISPATCH *Dispatch;
	ULONG Conditional = 1;
	NTSTATUS Status;

	KeInitializeEvent(&Listener->Done, NotificationEvent, FALSE);
	Listener->Irp = IoAllocateIrp(1, FALSE);
	if (!Listener->Irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	Status = HttpFinish(Listener,
			    HttpServer.Provider.Dispatch->WskSocket(
				    HttpServer.Provider.Client, Address->sa_family, SOCK_STREAM,
				    IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, NULL, &HttpListenDispatch,
				    NULL, NULL, NULL, HttpPrepare(Listener)));
	if (!NT_SUCCESS(Status))
		return Status;
	Listener->Socket = (PWSK_SOCKET)Listener->Irp->IoStatus.Information;
	Dispatch = (const WSK_PROVIDER_LISTEN_DISPATCH *)Listener->Socket->Dispatch;
	Status = HttpFinish(Listener, Dispatch->Basic.WskControlSocket(
					      Listener->Socket, WskSetOption, SO_CONDITIONAL_ACCEPT,
					      SOL_SOCKET, sizeof(Conditional), &Conditional, 0,
					      NULL, NULL, HttpPrepare(Listener)));
	if (!NT_SUCCESS(Status))
		return Status;
	return HttpFinish(Listener,
			  Dispatch->WskBind(Listener->Socket, Address, 0, HttpPrepare(Listener)));
}

static NTSTATUS HttpListenEverywhere(VOID)
{
	SOCKADDR_IN Ipv4;
	SOCKADDR_IN6 Ipv6;
	NTSTATUS Status;

	RtlZeroMemory(&Ipv4, sizeof(Ipv4));
	Ipv4.sin_family = AF_INET;
	Ipv4.sin_port = RtlUshortByteSwap(HTTP_PORT);
	Status = HttpListen(&HttpServer.Listeners[0], (PSOCKADDR)&Ipv4);
	if (!NT_SUCCESS(Status))
		return Status;
	RtlZeroMemory(&Ipv6, sizeof(Ipv6));
	Ipv6.sin6_family = AF_INET6;
	Ipv6.sin6_port = RtlUshortByteSwap(HTTP_PORT);
	return HttpListen(&HttpServer.Listeners[1], (PSOCKADDR)&Ipv6);
}

/* Idle connections, and the end. */

/* A connection that a pass over the list has not visited, referenced, or NULL. */
static PHTTP_CONNECTION HttpNextVisit(PLIST_ENTRY Visited)
{
	PHTTP_CONNECTION Connection = NULL;
	KIRQL OldIrql;

	KeAcquireSpinLock(&HttpServer.Lock, &OldIrql);
	if (!IsListEmpty(&HttpServer.Connections)) {
		Connection = CONTAINING_RECORD(RemoveHeadList(&HttpServer.Connections),
					       HTTP_CONNECTION, Link);
		InsertTailList(Visited, &Connection->Link);
		InterlockedIncrement(&Connection->References);
	}
	KeReleaseSpinLock(&HttpServer.Lock, OldIrql);
	return Connection;
}

static VOID HttpEndPass(PLIST_ENTRY Visited)
{
	KIRQL OldIrql;

	KeAcquireSpinLock(&HttpServer.Lock, &OldIrql);
	while (!IsListEmpty(Visited))
		InsertTailList(&HttpServer.Connections, RemoveHeadList(Visited));
	KeReleaseSpinLock(&HttpServer.Lock, OldIrql);
}

/* Gives up the connections that have been idle for so many seconds; 0: all of them. */
static VOID HttpGiveUp(ULONG Seconds)
{
	PHTTP_CONNECTION Connection;
	LIST_ENTRY Visited;
	BOOLEAN Idle;
	KIRQL OldIrql;

	InitializeListHead(&Visited);
	while ((Connection = HttpNextVisit(&Visited)) != NULL) {
		KeAcquireSpinLock(&Connection->Lock, &OldIrql);
		Idle = Connection->IdleSeconds++ >= Seconds;
		KeReleaseSpinLock(&Connection->Lock, OldIrql);
		if (Idle)
			HttpNote(Connection, &Connection->Failed);
		HttpReleaseConnection(Connection);
	}
	HttpEndPass(&Visited);
}

VOID HttpWatchIdle(PVOID Context)
{
	LARGE_INTEGER Second;

	UNREFERENCED_PARAMETER(Context);

	Second.QuadPart = -10000000;
	while (KeWaitForSingleObject(&HttpServer.Stopping, Executive, KernelMode, FALSE, &Second) ==
	       STATUS_TIMEOUT)
		HttpGiveUp(HTTP_IDLE_SECONDS);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS HttpStartThread(VOID)
{
	HANDLE Handle;
	NTSTATUS Status;

	Status = PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, HttpWatchIdle,
				      NULL);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, NULL, KernelMode,
					   &HttpServer.Thread, NULL);
	ZwClose(Handle);
	return Status;
}

static VOID HttpStop(VOID)
{
	if (HttpServer.Thread) {
		KeSetEvent(&HttpServer.Stopping, IO_NO_INCREMENT, FALSE);
		KeWaitForSingleObject(HttpServer.Thread, Executive, KernelMode, FALSE, NULL);
		ObDereferenceObject(HttpServer.Thread);
	}
	HttpCloseListener(&HttpServer.Listeners[0]);
	HttpCloseListener(&HttpServer.Listeners[1]);
	HttpGiveUp(0);
	HttpForgetConnection();
	KeWaitForSingleObject(&HttpServer.NoConnections, Executive, KernelMode, FALSE, NULL);
	WskReleaseProviderNPI(&HttpServer.Registration);
	WskDeregister(&HttpServer.Registration);
	ExFreePoolWithTag(HttpServer.Body, HTTP_TAG);
}

VOID HttpUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);

	HttpStop();
	DbgPrint("http_server: stopped; %d requests answered, %d clients too many refused\n",
		 HttpServer.Requests, HttpServer.Refused);
}

/* Which events connections start with: those of the client as a whole. */
static NTSTATUS HttpEnableEvents(VOID)
{
	WSK_EVENT_CALLBACK_CONTROL Events = {
		&NPI_WSK_INTERFACE_ID, WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT};

	return HttpServer.Provider.Dispatch->WskControlClient(
		HttpServer.Provider.Client, WSK_SET_STATIC_EVENT_CALLBACKS, sizeof(Events), &Events,
		0, NULL, NULL, NULL);
}

static NTSTATUS HttpRegister(VOID)
{
	WSK_CLIENT_NPI Client = {NULL, &HttpClientDispatch};
	NTSTATUS Status;

	Status = WskRegister(&Client, &HttpServer.Registration);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = WskCaptureProviderNPI(&HttpServer.Registration, WSK_INFINITE_WAIT,
				       &HttpServer.Provider);
	if (!NT_SUCCESS(Status))
		WskDeregister(&HttpServer.Registration);
	return Status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);

	KeInitializeSpinLock(&HttpServer.Lock);
	InitializeListHead(&HttpServer.Connections);
	HttpServer.ConnectionCount = 1;
	KeInitializeEvent(&HttpServer.NoConnections, NotificationEvent, FALSE);
	KeInitializeEvent(&HttpServer.Stopping, NotificationEvent, FALSE);
	HttpServer.Body = ExAllocatePool2(POOL_FLAG_NON_PAGED, HTTP_BODY_BYTES, HTTP_TAG);
	if (!HttpServer.Body)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlFillMemory(HttpServer.Body, HTTP_BODY_BYTES, 'w');

	Status = HttpRegister();
	if (!NT_SUCCESS(Status)) {
		ExFreePoolWithTag(HttpServer.Body, HTTP_TAG);
		return Status;
	}
	Status = HttpEnableEvents();
	if (NT_SUCCESS(Status))
		Status = HttpStartThread();
	if (NT_SUCCESS(Status))
		Status = HttpListenEverywhere();
	if (!NT_SUCCESS(Status)) {
		DbgPrint("http_server: cannot serve on port %d, 0x%08X\n", HTTP_PORT, Status);
		HttpStop();
		return Status;
	}
	DriverObject->DriverUnload = HttpUnload;
	DbgPrint("http_server: serving on port %d, IPv4 and IPv6\n", HTTP_PORT);
	return STATUS_SUCCESS;
}
