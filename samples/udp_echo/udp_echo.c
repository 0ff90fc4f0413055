// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * udp_echo - sends back whatever datagrams come to port 5577, over IPv4 and IPv6.
 *
 * A Windows driver: it compiles under Microsoft's driver kit (with netio.lib) as it is. It shows
 *
 *   - datagrams received by WskReceiveFromEvent and retained: each goes back from the memory in
 * which it arrived, and is released when it has been sent, in whatever order that happens;
 *   - control information: the address that a datagram was sent to becomes the answer's source, so
 *     that a host with several addresses answers from the right one;
 *   - a bound on what is retained, beyond which datagrams are dropped, as networks do;
 *   - unloading: the event is disabled first, then the last answer is waited for, then the sockets
 *     are closed.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <ntddk.h>
#include <wsk.h>
#include <ws2ipdef.h>

#define UDP_ECHO_PORT 5577
#define UDP_ECHO_TAG 'ohcU'
#define UDP_ECHO_MAX_ANSWERS 256

typedef struct _UDP_ECHO_SOCKET {
	PWSK_SOCKET Socket;
	PIRP Irp; /* of the calls that are waited for */
	KEVENT Done;
	BOOLEAN Enabled;
	LONG References; /* answers on their way, and one until unloading */
	KEVENT Idle;
	LONG64 Answered;
	LONG64 Dropped;
} UDP_ECHO_SOCKET, *PUDP_ECHO_SOCKET;

typedef struct _UDP_ECHO_ANSWER {
	PUDP_ECHO_SOCKET Owner;
	PWSK_DATAGRAM_INDICATION Datagram;
	PIRP Irp;
} UDP_ECHO_ANSWER, *PUDP_ECHO_ANSWER;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD UdpEchoUnload;
IO_COMPLETION_ROUTINE UdpEchoAnswered;
IO_COMPLETION_ROUTINE UdpEchoCompleted;

static WSK_REGISTRATION UdpEchoRegistration;
static WSK_PROVIDER_NPI UdpEchoProvider;
static UDP_ECHO_SOCKET UdpEchoSockets[2];

static const WSK_PROVIDER_DATAGRAM_DISPATCH *UdpEchoDispatch(PUDP_ECHO_SOCKET Owner)
{
	return (const WSK_PROVIDER_DATAGRAM_DISPATCH *)Owner->Socket->Dispatch;
}

/* Answers. */

static VOID UdpEchoForget(PUDP_ECHO_SOCKET Owner)
{
	if (InterlockedDecrement(&Owner->References) == 0)
		KeSetEvent(&Owner->Idle, IO_NO_INCREMENT, FALSE);
}

static PUDP_ECHO_ANSWER UdpEchoNewAnswer(PUDP_ECHO_SOCKET Owner)
{
	PUDP_ECHO_ANSWER Answer;

	if (InterlockedIncrement(&Owner->References) > UDP_ECHO_MAX_ANSWERS) {
		UdpEchoForget(Owner);
		return NULL;
	}
	Answer = (PUDP_ECHO_ANSWER)ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Answer),
						   UDP_ECHO_TAG);
	if (Answer)
		Answer->Irp = IoAllocateIrp(1, FALSE);
	if (!Answer || !Answer->Irp) {
		if (Answer)
			ExFreePoolWithTag(Answer, UDP_ECHO_TAG);
		UdpEchoForget(Owner);
		return NULL;
	}
	Answer->Owner = Owner;
	return Answer;
}

NTSTATUS UdpEchoAnswered(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PUDP_ECHO_ANSWER Answer = (PUDP_ECHO_ANSWER)Context;
	PUDP_ECHO_SOCKET Owner = Answer->Owner;

	UNREFERENCED_PARAMETER(DeviceObject);

	InterlockedIncrement64(NT_SUCCESS(Irp->IoStatus.Status) ? &Owner->Answered
								: &Owner->Dropped);
	UdpEchoDispatch(Owner)->WskRelease(Owner->Socket, Answer->Datagram);
	IoFreeIrp(Irp);
	ExFreePoolWithTag(Answer, UDP_ECHO_TAG);
	UdpEchoForget(Owner);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/*
 * Sends a retained datagram back to where it came from. Its control information says where it was
 * sent to: the same structure, given to a send, is where that comes from.
 */
static VOID UdpEchoAnswer(PUDP_ECHO_SOCKET Owner, PWSK_DATAGRAM_INDICATION Datagram)
{
	PUDP_ECHO_ANSWER Answer = UdpEchoNewAnswer(Owner);
	WSK_BUF Buffer = Datagram->Buffer;

	if (!Answer) {
		InterlockedIncrement64(&Owner->Dropped);
		UdpEchoDispatch(Owner)->WskRelease(Owner->Socket, Datagram);
		return;
	}
	Answer->Datagram = Datagram;
	IoSetCompletionRoutine(Answer->Irp, UdpEchoAnswered, Answer, TRUE, TRUE, TRUE);
	UdpEchoDispatch(Owner)->WskSendTo(Owner->Socket, &Buffer, 0, Datagram->RemoteAddress,
					  Datagram->ControlInfoLength, Datagram->ControlInfo,
					  Answer->Irp);
}

/* May run at DISPATCH_LEVEL. */
static NTSTATUS WSKAPI UdpEchoReceiveFromEvent(PVOID SocketContext, ULONG Flags,
					       PWSK_DATAGRAM_INDICATION DataIndication)
{
	PUDP_ECHO_SOCKET Owner = (PUDP_ECHO_SOCKET)SocketContext;
	PWSK_DATAGRAM_INDICATION Next;

	/* Without a datagram: the socket has died. What was sent to many is not answered. */
	if (!DataIndication || (Flags & (MSG_BCAST | MSG_MCAST)))
		return STATUS_SUCCESS;

	/* The list is ours now, and is taken apart: each datagram goes its own way. */
	for (; DataIndication; DataIndication = Next) {
		Next = DataIndication->Next;
		DataIndication->Next = NULL;
		UdpEchoAnswer(Owner, DataIndication);
	}
	return STATUS_PENDING;
}

static const WSK_CLIENT_DATAGRAM_DISPATCH UdpEchoClientDatagramDispatch = {UdpEchoReceiveFromEvent};
static const WSK_CLIENT_DISPATCH UdpEchoClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};

/* Sockets. These calls wait for their requests: DriverEntry and UdpEchoUnload may. */

NTSTATUS UdpEchoCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);

	KeSetEvent(&((PUDP_ECHO_SOCKET)Context)->Done, IO_NETWORK_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP UdpEchoPrepare(PUDP_ECHO_SOCKET Owner)
{
	KeClearEvent(&Owner->Done);
	IoReuseIrp(Owner->Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Owner->Irp, UdpEchoCompleted, Owner, TRUE, TRUE, TRUE);
	return Owner->Irp;
}

static NTSTATUS UdpEchoFinish(PUDP_ECHO_SOCKET Owner, NTSTATUS Status)
{
	if (Status == STATUS_PENDING)
		KeWaitForSingleObject(&Owner->Done, Executive, KernelMode, FALSE, NULL);
	return Owner->Irp->IoStatus.Status;
}

static NTSTATUS UdpEchoSetOption(PUDP_ECHO_SOCKET Owner, ULONG Level, ULONG Option, ULONG Value)
{
	return UdpEchoFinish(Owner,
			     UdpEchoDispatch(Owner)->Basic.WskControlSocket(
				     Owner->Socket, WskSetOption, Option, Level, sizeof(Value),
				     &Value, 0, NULL, NULL, UdpEchoPrepare(Owner)));
}

static NTSTATUS UdpEchoControlEvent(PUDP_ECHO_SOCKET Owner, ULONG Mask)
{
	WSK_EVENT_CALLBACK_CONTROL Events = {&NPI_WSK_INTERFACE_ID, Mask};

	return UdpEchoFinish(Owner, UdpEchoDispatch(Owner)->Basic.WskControlSocket(
					    Owner->Socket, WskSetOption, SO_WSK_EVENT_CALLBACK,
					    SOL_SOCKET, sizeof(Events), &Events, 0, NULL, NULL,
					    UdpEchoPrepare(Owner)));
}

static VOID UdpEchoClose(PUDP_ECHO_SOCKET Owner)
{
	if (Owner->Socket) {
		/* No further datagrams; when the disabling is complete, no callback runs. */
		if (Owner->Enabled)
			UdpEchoControlEvent(Owner, WSK_EVENT_RECEIVE_FROM | WSK_EVENT_DISABLE);
		UdpEchoForget(Owner);
		KeWaitForSingleObject(&Owner->Idle, Executive, KernelMode, FALSE, NULL);
		UdpEchoFinish(Owner, UdpEchoDispatch(Owner)->Basic.WskCloseSocket(
					     Owner->Socket, UdpEchoPrepare(Owner)));
		Owner->Socket = NULL;
	}
	if (Owner->Irp) {
		IoFreeIrp(Owner->Irp);
		Owner->Irp = NULL;
	}
}

static NTSTATUS UdpEchoOpen(PUDP_ECHO_SOCKET Owner, PSOCKADDR Address)
{
	NTSTATUS Status;

	KeInitializeEvent(&Owner->Done, NotificationEvent, FALSE);
	KeInitializeEvent(&Owner->Idle, NotificationEvent, FALSE);
	Owner->References = 1;
	Owner->Irp = IoAllocateIrp(1, FALSE);
	if (!Owner->Irp)
		return STATUS_INSUFFICIENT_RESOURCES;

	Status = UdpEchoFinish(Owner, UdpEchoProvider.Dispatch->WskSocket(
					      UdpEchoProvider.Client, Address->sa_family,
					      SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET,
					      Owner, &UdpEchoClientDatagramDispatch, NULL, NULL,
					      NULL, UdpEchoPrepare(Owner)));
	if (!NT_SUCCESS(Status))
		return Status;
	Owner->Socket = (PWSK_SOCKET)Owner->Irp->IoStatus.Information;
	Status = UdpEchoFinish(Owner, UdpEchoDispatch(Owner)->WskBind(Owner->Socket, Address, 0,
								      UdpEchoPrepare(Owner)));
	if (NT_SUCCESS(Status))
		Status = Address->sa_family == AF_INET
				 ? UdpEchoSetOption(Owner, IPPROTO_IP, IP_PKTINFO, TRUE)
				 : UdpEchoSetOption(Owner, IPPROTO_IPV6, IPV6_PKTINFO, TRUE);
	if (NT_SUCCESS(Status))
		Status = UdpEchoControlEvent(Owner, WSK_EVENT_RECEIVE_FROM);
	Owner->Enabled = NT_SUCCESS(Status);
	return Status;
}

static NTSTATUS UdpEchoOpenBoth(VOID)
{
	SOCKADDR_IN Ipv4;
	SOCKADDR_IN6 Ipv6;
	NTSTATUS Status;

	RtlZeroMemory(&Ipv4, sizeof(Ipv4));
	Ipv4.sin_family = AF_INET;
	Ipv4.sin_port = RtlUshortByteSwap(UDP_ECHO_PORT);
	Status = UdpEchoOpen(&UdpEchoSockets[0], (PSOCKADDR)&Ipv4);
	if (!NT_SUCCESS(Status))
		return Status;
	RtlZeroMemory(&Ipv6, sizeof(Ipv6));
	Ipv6.sin6_family = AF_INET6;
	Ipv6.sin6_port = RtlUshortByteSwap(UDP_ECHO_PORT);
	return UdpEchoOpen(&UdpEchoSockets[1], (PSOCKADDR)&Ipv6);
}

static VOID UdpEchoStop(VOID)
{
	UdpEchoClose(&UdpEchoSockets[0]);
	UdpEchoClose(&UdpEchoSockets[1]);
	WskReleaseProviderNPI(&UdpEchoRegistration);
	WskDeregister(&UdpEchoRegistration);
}

VOID UdpEchoUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);

	UdpEchoStop();
	DbgPrint("udp_echo: stopped; %I64d datagrams echoed, %I64d dropped\n",
		 UdpEchoSockets[0].Answered + UdpEchoSockets[1].Answered,
		 UdpEchoSockets[0].Dropped + UdpEchoSockets[1].Dropped);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	WSK_CLIENT_NPI Client = {NULL, &UdpEchoClientDispatch};
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);

	Status = WskRegister(&Client, &UdpEchoRegistration);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = WskCaptureProviderNPI(&UdpEchoRegistration, WSK_INFINITE_WAIT, &UdpEchoProvider);
	if (!NT_SUCCESS(Status)) {
		WskDeregister(&UdpEchoRegistration);
		return Status;
	}
	Status = UdpEchoOpenBoth();
	if (!NT_SUCCESS(Status)) {
		DbgPrint("udp_echo: cannot receive on port %d, 0x%08X\n", UDP_ECHO_PORT, Status);
		UdpEchoStop();
		return Status;
	}
	DriverObject->DriverUnload = UdpEchoUnload;
	DbgPrint("udp_echo: receiving on port %d, IPv4 and IPv6\n", UDP_ECHO_PORT);
	return STATUS_SUCCESS;
}
