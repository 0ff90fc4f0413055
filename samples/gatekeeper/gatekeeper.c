// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * gatekeeper - keeps TCP clients before port 5588 until somebody says whether to let them in.
 *
 * A Windows driver: it compiles under Microsoft's driver kit (with netio.lib) as it is. It shows
 * conditional accept:
 *
 *   - a listening socket with SO_CONDITIONAL_ACCEPT, whose WskInspectEvent callback pends every
 *     connection request: the peer has not been answered yet, and cannot tell that anybody listens;
 *   - WskInspectComplete, from another socket's callback, with an IRP of its own;
 *   - WskAbortEvent, when a peer gave up waiting;
 *   - SIO_WSK_QUERY_INSPECT_ID, which tells which request has become a connection.
 *
 * A connection to port 5589 lets in whoever has waited longest, one to port 5590 sends them away.
 * All three ports take IPv4 and IPv6. Connections are closed at once: the gate is all there is.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <ntddk.h>
#include <wsk.h>
#include <ws2ipdef.h>

#define GATE_PORT 5588
#define GATE_TAG 'etaG'

typedef enum _GATE_DOOR { GateDoor, GateLetIn, GateSendAway, GateDoors } GATE_DOOR;

typedef struct _GATE_LISTENER {
	GATE_DOOR Door;
	PWSK_SOCKET Socket;
	PIRP Irp;
	KEVENT Done;
} GATE_LISTENER, *PGATE_LISTENER;

typedef struct _GATE_VISITOR {
	LIST_ENTRY Link;
	WSK_INSPECT_ID Id;
	USHORT Port; /* the visitor's own */
} GATE_VISITOR, *PGATE_VISITOR;

typedef struct _GATEKEEPER {
	WSK_REGISTRATION Registration;
	WSK_PROVIDER_NPI Provider;
	GATE_LISTENER Listeners[GateDoors];
	KSPIN_LOCK Lock;
	LIST_ENTRY Waiting; /* visitors, under the lock, who came first first */
} GATEKEEPER;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD GateUnload;
IO_COMPLETION_ROUTINE GateCompleted;
IO_COMPLETION_ROUTINE GateDecided;

static GATEKEEPER Gatekeeper;

static USHORT GatePortOf(PSOCKADDR Address)
{
	return RtlUshortByteSwap(((PSOCKADDR_IN6)Address)->sin6_port);
}

/* Ids are compared member by member: there may be anything between and behind them. */
static BOOLEAN GateSameId(const WSK_INSPECT_ID *One, const WSK_INSPECT_ID *Other)
{
	return One->Key == Other->Key && One->SerialNumber == Other->SerialNumber;
}

/* Takes a visitor out of the list: the one of that name, or with NULL the first. */
static PGATE_VISITOR GateTakeVisitor(const WSK_INSPECT_ID *Id)
{
	PGATE_VISITOR Visitor, Found = NULL;
	PLIST_ENTRY Link;
	KIRQL OldIrql;

	KeAcquireSpinLock(&Gatekeeper.Lock, &OldIrql);
	for (Link = Gatekeeper.Waiting.Flink; Link != &Gatekeeper.Waiting; Link = Link->Flink) {
		Visitor = CONTAINING_RECORD(Link, GATE_VISITOR, Link);
		if (Id && !GateSameId(&Visitor->Id, Id))
			continue;
		RemoveEntryList(&Visitor->Link);
		Found = Visitor;
		break;
	}
	KeReleaseSpinLock(&Gatekeeper.Lock, OldIrql);
	return Found;
}

/* The id is valid during the call only, and the peer may give up before it is used. */
static WSK_INSPECT_ACTION WSKAPI GateInspectEvent(PVOID SocketContext, PSOCKADDR LocalAddress,
						  PSOCKADDR RemoteAddress,
						  PWSK_INSPECT_ID InspectID)
{
	PGATE_VISITOR Visitor;
	KIRQL OldIrql;

	UNREFERENCED_PARAMETER(SocketContext);
	UNREFERENCED_PARAMETER(LocalAddress);

	if (!InspectID) /* the listening socket is dead */
		return WskInspectReject;
	Visitor = (PGATE_VISITOR)ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Visitor), GATE_TAG);
	if (!Visitor)
		return WskInspectReject;
	Visitor->Id = *InspectID;
	Visitor->Port = GatePortOf(RemoteAddress);
	DbgPrint("gatekeeper: port %d waits\n", Visitor->Port);
	KeAcquireSpinLock(&Gatekeeper.Lock, &OldIrql);
	InsertTailList(&Gatekeeper.Waiting, &Visitor->Link);
	KeReleaseSpinLock(&Gatekeeper.Lock, OldIrql);
	return WskInspectPend;
}

static NTSTATUS WSKAPI GateAbortEvent(PVOID SocketContext, PWSK_INSPECT_ID InspectID)
{
	PGATE_VISITOR Visitor = GateTakeVisitor(InspectID);

	UNREFERENCED_PARAMETER(SocketContext);

	/* Not in the list are those that were let in, and did not come. */
	if (Visitor) {
		DbgPrint("gatekeeper: port %d went away\n", Visitor->Port);
		ExFreePoolWithTag(Visitor, GATE_TAG);
	} else {
		DbgPrint("gatekeeper: somebody who was let in did not come\n");
	}
	return STATUS_SUCCESS;
}

NTSTATUS GateDecided(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Context);

	/* The visitor may have left in the meantime. */
	if (!NT_SUCCESS(Irp->IoStatus.Status))
		DbgPrint("gatekeeper: too late, 0x%08X\n", Irp->IoStatus.Status);
	IoFreeIrp(Irp);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID GateDecide(WSK_INSPECT_ACTION Action)
{
	PWSK_SOCKET Socket = Gatekeeper.Listeners[GateDoor].Socket;
	const WSK_PROVIDER_LISTEN_DISPATCH *Dispatch =
		(const WSK_PROVIDER_LISTEN_DISPATCH *)Socket->Dispatch;
	PGATE_VISITOR Visitor = GateTakeVisitor(NULL);
	PIRP Irp;

	if (!Visitor) {
		DbgPrint("gatekeeper: nobody waits\n");
		return;
	}
	DbgPrint("gatekeeper: port %d is %s\n", Visitor->Port,
		 Action == WskInspectAccept ? "let in" : "sent away");
	Irp = IoAllocateIrp(1, FALSE);
	if (Irp) {
		IoSetCompletionRoutine(Irp, GateDecided, NULL, TRUE, TRUE, TRUE);
		Dispatch->WskInspectComplete(Socket, &Visitor->Id, Action, Irp);
	}
	/* Without an IRP the peer waits until it gives up. */
	ExFreePoolWithTag(Visitor, GATE_TAG);
}

static VOID GateWelcome(PWSK_SOCKET Socket, PSOCKADDR RemoteAddress)
{
	const WSK_PROVIDER_BASIC_DISPATCH *Dispatch =
		(const WSK_PROVIDER_BASIC_DISPATCH *)Socket->Dispatch;
	WSK_INSPECT_ID Id;
	SIZE_T Size;
	NTSTATUS Status;

	Status = Dispatch->WskControlSocket(Socket, WskIoctl, SIO_WSK_QUERY_INSPECT_ID, 0, 0, NULL,
					    sizeof(Id), &Id, &Size, NULL);
	if (NT_SUCCESS(Status))
		DbgPrint("gatekeeper: port %d came in\n", GatePortOf(RemoteAddress));
	else
		DbgPrint("gatekeeper: port %d broke in, 0x%08X\n", GatePortOf(RemoteAddress),
			 Status);
}

/* Not accepted: WSK closes the connection again. */
static NTSTATUS WSKAPI GateAcceptEvent(PVOID SocketContext, ULONG Flags, PSOCKADDR LocalAddress,
				       PSOCKADDR RemoteAddress, PWSK_SOCKET AcceptSocket,
				       PVOID *AcceptSocketContext,
				       const WSK_CLIENT_CONNECTION_DISPATCH **AcceptSocketDispatch)
{
	PGATE_LISTENER Listener = (PGATE_LISTENER)SocketContext;

	UNREFERENCED_PARAMETER(Flags);
	UNREFERENCED_PARAMETER(LocalAddress);
	UNREFERENCED_PARAMETER(AcceptSocketContext);
	UNREFERENCED_PARAMETER(AcceptSocketDispatch);

	if (!AcceptSocket) /* the listening socket is dead */
		return STATUS_REQUEST_NOT_ACCEPTED;
	if (Listener->Door == GateDoor)
		GateWelcome(AcceptSocket, RemoteAddress);
	else
		GateDecide(Listener->Door == GateLetIn ? WskInspectAccept : WskInspectReject);
	return STATUS_REQUEST_NOT_ACCEPTED;
}

static const WSK_CLIENT_DISPATCH GateClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static const WSK_CLIENT_LISTEN_DISPATCH GateListenDispatch = {GateAcceptEvent, GateInspectEvent,
							      GateAbortEvent};

/* Listening sockets: requests that are waited for. */

NTSTATUS GateCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);

	KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP GatePrepare(PGATE_LISTENER Listener)
{
	IoReuseIrp(Listener->Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Listener->Irp, GateCompleted, &Listener->Done, TRUE, TRUE, TRUE);
	KeClearEvent(&Listener->Done);
	return Listener->Irp;
}

static NTSTATUS GateFinish(PGATE_LISTENER Listener, NTSTATUS Status)
{
	if (Status == STATUS_PENDING)
		KeWaitForSingleObject(&Listener->Done, Executive, KernelMode, FALSE, NULL);
	return Listener->Irp->IoStatus.Status;
}

static NTSTATUS GateSetOption(PGATE_LISTENER Listener, ULONG Level, ULONG Option, ULONG Value)
{
	const WSK_PROVIDER_BASIC_DISPATCH *Dispatch =
		(const WSK_PROVIDER_BASIC_DISPATCH *)Listener->Socket->Dispatch;

	return GateFinish(Listener,
			  Dispatch->WskControlSocket(Listener->Socket, WskSetOption, Option, Level,
						     sizeof(Value), &Value, 0, NULL, NULL,
						     GatePrepare(Listener)));
}

static NTSTATUS GateListen(PGATE_LISTENER Listener, GATE_DOOR Door)
{
	const WSK_PROVIDER_LISTEN_DISPATCH *Dispatch;
	SOCKADDR_IN6 Address;
	NTSTATUS Status;

	Listener->Door = Door;
	KeInitializeEvent(&Listener->Done, NotificationEvent, FALSE);
	Listener->Irp = IoAllocateIrp(1, FALSE);
	if (!Listener->Irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	Status = GateFinish(Listener,
			    Gatekeeper.Provider.Dispatch->WskSocket(
				    Gatekeeper.Provider.Client, AF_INET6, SOCK_STREAM, IPPROTO_TCP,
				    WSK_FLAG_LISTEN_SOCKET, Listener, &GateListenDispatch, NULL,
				    NULL, NULL, GatePrepare(Listener)));
	if (!NT_SUCCESS(Status))
		return Status;
	Listener->Socket = (PWSK_SOCKET)Listener->Irp->IoStatus.Information;

	/* IPv4, too. */
	Status = GateSetOption(Listener, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	/* Before binding: the socket listens from then on. */
	if (NT_SUCCESS(Status) && Door == GateDoor)
		Status = GateSetOption(Listener, SOL_SOCKET, (ULONG)SO_CONDITIONAL_ACCEPT, 1);
	if (!NT_SUCCESS(Status))
		return Status;

	RtlZeroMemory(&Address, sizeof(Address));
	Address.sin6_family = AF_INET6;
	Address.sin6_port = RtlUshortByteSwap((USHORT)(GATE_PORT + Door));
	Dispatch = (const WSK_PROVIDER_LISTEN_DISPATCH *)Listener->Socket->Dispatch;
	return GateFinish(Listener, Dispatch->WskBind(Listener->Socket, (PSOCKADDR)&Address, 0,
						      GatePrepare(Listener)));
}

static VOID GateCloseListener(PGATE_LISTENER Listener)
{
	const WSK_PROVIDER_BASIC_DISPATCH *Dispatch;

	if (Listener->Socket) {
		Dispatch = (const WSK_PROVIDER_BASIC_DISPATCH *)Listener->Socket->Dispatch;
		GateFinish(Listener,
			   Dispatch->WskCloseSocket(Listener->Socket, GatePrepare(Listener)));
		Listener->Socket = NULL;
	}
	if (Listener->Irp) {
		IoFreeIrp(Listener->Irp);
		Listener->Irp = NULL;
	}
}

/* The door last: the others use its socket. Whoever still waits there is refused by WSK. */
static VOID GateStop(VOID)
{
	PGATE_VISITOR Visitor;
	int Door;

	for (Door = GateDoors - 1; Door >= GateDoor; Door--)
		GateCloseListener(&Gatekeeper.Listeners[Door]);
	while ((Visitor = GateTakeVisitor(NULL)) != NULL)
		ExFreePoolWithTag(Visitor, GATE_TAG);
	WskReleaseProviderNPI(&Gatekeeper.Registration);
	WskDeregister(&Gatekeeper.Registration);
}

VOID GateUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);

	GateStop();
	DbgPrint("gatekeeper: stopped\n");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	WSK_CLIENT_NPI Client = {NULL, &GateClientDispatch};
	WSK_EVENT_CALLBACK_CONTROL Events = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_ACCEPT};
	NTSTATUS Status;
	int Door;

	UNREFERENCED_PARAMETER(RegistryPath);

	KeInitializeSpinLock(&Gatekeeper.Lock);
	InitializeListHead(&Gatekeeper.Waiting);

	Status = WskRegister(&Client, &Gatekeeper.Registration);
	if (!NT_SUCCESS(Status)) {
		DbgPrint("gatekeeper: WskRegister failed with 0x%08X\n", Status);
		return Status;
	}
	Status = WskCaptureProviderNPI(&Gatekeeper.Registration, WSK_INFINITE_WAIT,
				       &Gatekeeper.Provider);
	if (!NT_SUCCESS(Status)) {
		DbgPrint("gatekeeper: WskCaptureProviderNPI failed with 0x%08X\n", Status);
		WskDeregister(&Gatekeeper.Registration);
		return Status;
	}

	/* Accept events are on as soon as a listening socket is bound; inspect events need no such
	 * thing. */
	Status = Gatekeeper.Provider.Dispatch->WskControlClient(
		Gatekeeper.Provider.Client, WSK_SET_STATIC_EVENT_CALLBACKS, sizeof(Events), &Events,
		0, NULL, NULL, NULL);
	for (Door = GateDoor; NT_SUCCESS(Status) && Door < GateDoors; Door++)
		Status = GateListen(&Gatekeeper.Listeners[Door], (GATE_DOOR)Door);
	if (!NT_SUCCESS(Status)) {
		DbgPrint("gatekeeper: cannot listen, 0x%08X\n", Status);
		GateStop();
		return Status;
	}

	DriverObject->DriverUnload = GateUnload;
	DbgPrint("gatekeeper: keeping port %d\n", GATE_PORT);
	return STATUS_SUCCESS;
}
