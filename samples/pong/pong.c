// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * pong - answers echo requests of ICMP and ICMPv6, where the system has been told not to.
 *
 * A Windows driver: it compiles under Microsoft's driver kit (with netio.lib) as it is. It shows
 *
 *   - raw sockets: what they receive begins with the IP header on IPv4, and without on IPv6;
 *   - one IRP and one buffer for each socket, which take turns: receive, answer, receive;
 *   - unloading: an IRP that takes turns is cancelled when nobody can be about to reuse it.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <ntddk.h>
#include <wsk.h>
#include <ws2ipdef.h>

#define PONG_TAG 'gnoP'
#define PONG_ROOM 65535

#define ICMP_ECHO_REQUEST 8
#define ICMP_ECHO_REPLY 0
#define ICMP6_ECHO_REQUEST 128
#define ICMP6_ECHO_REPLY 129
#define ICMP_HEADER_LENGTH 8

typedef struct _PONG_SOCKET {
	PWSK_SOCKET Socket;
	ADDRESS_FAMILY Family;
	PIRP Irp;
	KEVENT Done;	 /* a call that is waited for has completed, or the last request */
	KSPIN_LOCK Lock; /* no turn begins, and so no IRP is reused, once it is stopping */
	BOOLEAN Stopping;
	BOOLEAN Running;
	PUCHAR Packet;
	PMDL Mdl; /* describes all of it */
	SOCKADDR_STORAGE Peer;
	LONG64 Answered;
} PONG_SOCKET, *PPONG_SOCKET;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD PongUnload;
IO_COMPLETION_ROUTINE PongCompleted;
IO_COMPLETION_ROUTINE PongReceived;
IO_COMPLETION_ROUTINE PongAnswered;

static WSK_REGISTRATION PongRegistration;
static WSK_PROVIDER_NPI PongProvider;
static PONG_SOCKET PongSockets[2];

static const WSK_PROVIDER_DATAGRAM_DISPATCH *PongDispatch(PPONG_SOCKET Owner)
{
	return (const WSK_PROVIDER_DATAGRAM_DISPATCH *)Owner->Socket->Dispatch;
}

/* Answers: from the completion of one request, the next is made. */

static PIRP PongPrepare(PPONG_SOCKET Owner, PIO_COMPLETION_ROUTINE Routine)
{
	IoReuseIrp(Owner->Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Owner->Irp, Routine, Owner, TRUE, TRUE, TRUE);
	return Owner->Irp;
}

/* The IRP for the next turn; NULL: there is none, and the last one is over. */
static PIRP PongNextTurn(PPONG_SOCKET Owner, PIO_COMPLETION_ROUTINE Routine)
{
	PIRP Irp = NULL;
	KIRQL Irql;

	KeAcquireSpinLock(&Owner->Lock, &Irql);
	if (!Owner->Stopping)
		Irp = PongPrepare(Owner, Routine);
	KeReleaseSpinLock(&Owner->Lock, Irql);
	if (!Irp)
		KeSetEvent(&Owner->Done, IO_NO_INCREMENT, FALSE);
	return Irp;
}

static VOID PongReceive(PPONG_SOCKET Owner)
{
	WSK_BUF Buffer = {Owner->Mdl, 0, PONG_ROOM};
	PIRP Irp = PongNextTurn(Owner, PongReceived);

	if (Irp)
		PongDispatch(Owner)->WskReceiveFrom(Owner->Socket, &Buffer, 0,
						    (PSOCKADDR)&Owner->Peer, NULL, NULL, NULL, Irp);
}

static USHORT PongChecksum(const UCHAR *Bytes, SIZE_T Length)
{
	ULONG Sum = 0;
	SIZE_T i;

	for (i = 0; i + 1 < Length; i += 2)
		Sum += (ULONG)Bytes[i] << 8 | Bytes[i + 1];
	if (Length % 2)
		Sum += (ULONG)Bytes[Length - 1] << 8;
	while (Sum >> 16)
		Sum = (Sum & 0xffff) + (Sum >> 16);
	return (USHORT)~Sum;
}

/* Makes an answer of a question; FALSE: it is none. */
static BOOLEAN PongMakeAnswer(PPONG_SOCKET Owner, SIZE_T Length, PULONG Offset)
{
	PUCHAR Message;
	USHORT Checksum;

	*Offset = 0;
	if (Owner->Family == AF_INET) {
		if (Length < 20)
			return FALSE;
		*Offset = (Owner->Packet[0] & 0xf) * 4;
	}
	if (Length < *Offset + ICMP_HEADER_LENGTH)
		return FALSE;
	Message = Owner->Packet + *Offset;
	if (Message[0] != (Owner->Family == AF_INET ? ICMP_ECHO_REQUEST : ICMP6_ECHO_REQUEST))
		return FALSE;
	Message[2] = Message[3] = 0;
	if (Owner->Family == AF_INET6) {
		/* The stack fills in its checksum, which covers the addresses. */
		Message[0] = ICMP6_ECHO_REPLY;
		return TRUE;
	}
	Message[0] = ICMP_ECHO_REPLY;
	Checksum = PongChecksum(Message, Length - *Offset);
	Message[2] = (UCHAR)(Checksum >> 8);
	Message[3] = (UCHAR)Checksum;
	return TRUE;
}

NTSTATUS PongReceived(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PPONG_SOCKET Owner = (PPONG_SOCKET)Context;
	SIZE_T Length = Irp->IoStatus.Information;
	WSK_BUF Buffer;
	ULONG Offset;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (!NT_SUCCESS(Irp->IoStatus.Status) || !PongMakeAnswer(Owner, Length, &Offset)) {
		PongReceive(Owner);
		return STATUS_MORE_PROCESSING_REQUIRED;
	}
	Buffer.Mdl = Owner->Mdl;
	Buffer.Offset = Offset;
	Buffer.Length = Length - Offset;
	Irp = PongNextTurn(Owner, PongAnswered);
	if (Irp)
		PongDispatch(Owner)->WskSendTo(Owner->Socket, &Buffer, 0, (PSOCKADDR)&Owner->Peer,
					       0, NULL, Irp);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS PongAnswered(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PPONG_SOCKET Owner = (PPONG_SOCKET)Context;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (NT_SUCCESS(Irp->IoStatus.Status))
		InterlockedIncrement64(&Owner->Answered);
	PongReceive(Owner);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Sockets. These calls wait for their requests: DriverEntry and PongUnload may. */

NTSTATUS PongCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);

	KeSetEvent(&((PPONG_SOCKET)Context)->Done, IO_NETWORK_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS PongFinish(PPONG_SOCKET Owner, NTSTATUS Status)
{
	if (Status == STATUS_PENDING)
		KeWaitForSingleObject(&Owner->Done, Executive, KernelMode, FALSE, NULL);
	return Owner->Irp->IoStatus.Status;
}

static PIRP PongStart(PPONG_SOCKET Owner)
{
	KeClearEvent(&Owner->Done);
	return PongPrepare(Owner, PongCompleted);
}

static VOID PongClose(PPONG_SOCKET Owner)
{
	KIRQL Irql;

	if (Owner->Running) {
		KeClearEvent(&Owner->Done);
		KeAcquireSpinLock(&Owner->Lock, &Irql);
		Owner->Stopping = TRUE;
		KeReleaseSpinLock(&Owner->Lock, Irql);
		/* A turn that is about to begin finds itself cancelled. */
		IoCancelIrp(Owner->Irp);
		KeWaitForSingleObject(&Owner->Done, Executive, KernelMode, FALSE, NULL);
	}
	if (Owner->Socket)
		PongFinish(Owner, PongDispatch(Owner)->Basic.WskCloseSocket(Owner->Socket,
									    PongStart(Owner)));
	if (Owner->Irp)
		IoFreeIrp(Owner->Irp);
	if (Owner->Mdl)
		IoFreeMdl(Owner->Mdl);
	if (Owner->Packet)
		ExFreePoolWithTag(Owner->Packet, PONG_TAG);
}

static NTSTATUS PongOpen(PPONG_SOCKET Owner, ADDRESS_FAMILY Family, ULONG Protocol)
{
	SOCKADDR_STORAGE Any;
	NTSTATUS Status;

	KeInitializeEvent(&Owner->Done, NotificationEvent, FALSE);
	KeInitializeSpinLock(&Owner->Lock);
	Owner->Family = Family;
	Owner->Irp = IoAllocateIrp(1, FALSE);
	Owner->Packet = (PUCHAR)ExAllocatePool2(POOL_FLAG_NON_PAGED, PONG_ROOM, PONG_TAG);
	if (Owner->Packet)
		Owner->Mdl = IoAllocateMdl(Owner->Packet, PONG_ROOM, FALSE, FALSE, NULL);
	if (!Owner->Irp || !Owner->Mdl)
		return STATUS_INSUFFICIENT_RESOURCES;
	MmBuildMdlForNonPagedPool(Owner->Mdl);

	Status = PongFinish(
		Owner, PongProvider.Dispatch->WskSocket(PongProvider.Client, Family, SOCK_RAW,
							Protocol, WSK_FLAG_DATAGRAM_SOCKET, NULL,
							NULL, NULL, NULL, NULL, PongStart(Owner)));
	if (!NT_SUCCESS(Status))
		return Status;
	Owner->Socket = (PWSK_SOCKET)Owner->Irp->IoStatus.Information;

	RtlZeroMemory(&Any, sizeof(Any));
	Any.ss_family = Family;
	Status = PongFinish(Owner, PongDispatch(Owner)->WskBind(Owner->Socket, (PSOCKADDR)&Any, 0,
								PongStart(Owner)));
	if (!NT_SUCCESS(Status))
		return Status;
	Owner->Running = TRUE;
	PongReceive(Owner);
	return STATUS_SUCCESS;
}

static VOID PongStop(VOID)
{
	PongClose(&PongSockets[0]);
	PongClose(&PongSockets[1]);
	WskReleaseProviderNPI(&PongRegistration);
	WskDeregister(&PongRegistration);
}

VOID PongUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);

	PongStop();
	DbgPrint("pong: stopped; %I64d pings answered over IPv4, %I64d over IPv6\n",
		 PongSockets[0].Answered, PongSockets[1].Answered);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	static const WSK_CLIENT_DISPATCH Dispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
	WSK_CLIENT_NPI Client = {NULL, &Dispatch};
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);

	Status = WskRegister(&Client, &PongRegistration);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = WskCaptureProviderNPI(&PongRegistration, WSK_INFINITE_WAIT, &PongProvider);
	if (!NT_SUCCESS(Status)) {
		WskDeregister(&PongRegistration);
		return Status;
	}
	Status = PongOpen(&PongSockets[0], AF_INET, IPPROTO_ICMP);
	if (NT_SUCCESS(Status))
		Status = PongOpen(&PongSockets[1], AF_INET6, IPPROTO_ICMPV6);
	if (!NT_SUCCESS(Status)) {
		DbgPrint("pong: cannot receive, 0x%08X\n", Status);
		PongStop();
		return Status;
	}
	DriverObject->DriverUnload = PongUnload;
	DbgPrint("pong: answering pings, IPv4 and IPv6\n");
	return STATUS_SUCCESS;
}
