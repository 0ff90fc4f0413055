// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * roll_call - whoever asks a group of machines who is there gets an answer from this one.
 *
 * A question is a datagram to 239.255.55.81 or ff15::5581, port 5581, that begins with '?'. The
 * answer goes to the same group, through the interface that the question came in by. Shown are
 * joining a group on each interface, control information in both directions, and a thread for each
 * socket whose WskReceiveFrom is cancelled when the driver is unloaded.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <ntddk.h>
#include <wsk.h>
#include <ws2ipdef.h>
#include <mstcpip.h>

#define ROLL_CALL_PORT 5581
#define ROLL_CALL_TAG 'lloR'

typedef struct _ROLL_CALL {
	SOCKADDR_STORAGE Group;
	PWSK_SOCKET Socket;
	PIRP Irp;
	KEVENT Done;
	PVOID Thread;
	LONG Stopping;
	PMDL Mdl;
	ULONG Answered;
	UCHAR Data[64];
	union {
		CMSGHDR Align;
		UCHAR Room[64];
	} Control;
} ROLL_CALL, *PROLL_CALL;

static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION Registration;
static WSK_PROVIDER_NPI Provider;
static ROLL_CALL Calls[2];

static const WSK_PROVIDER_DATAGRAM_DISPATCH *Dispatch(PROLL_CALL Call)
{
	return (const WSK_PROVIDER_DATAGRAM_DISPATCH *)Call->Socket->Dispatch;
}

/* Requests, one at a time. */

static NTSTATUS NTAPI RequestCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);
	KeSetEvent(&((PROLL_CALL)Context)->Done, IO_NETWORK_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP NextRequest(PROLL_CALL Call)
{
	KeClearEvent(&Call->Done);
	IoReuseIrp(Call->Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Call->Irp, RequestCompleted, Call, TRUE, TRUE, TRUE);
	return Call->Irp;
}

static NTSTATUS Result(PROLL_CALL Call, NTSTATUS Status)
{
	if (Status == STATUS_PENDING)
		KeWaitForSingleObject(&Call->Done, Executive, KernelMode, FALSE, NULL);
	return Call->Irp->IoStatus.Status;
}

static NTSTATUS SetOption(PROLL_CALL Call, ULONG Level, ULONG Option, PVOID Value, SIZE_T Size)
{
	return Result(Call, Dispatch(Call)->Basic.WskControlSocket(Call->Socket, WskSetOption,
								   Option, Level, Size, Value, 0,
								   NULL, NULL, NextRequest(Call)));
}

/* Answering. */

/* The source is the system's choice, the interface is the question's. */
static VOID KeepInterface(PCMSGHDR Control, ULONG Length)
{
	if (Length < sizeof(*Control))
		return;
	if (Control->cmsg_level == IPPROTO_IP)
		((PIN_PKTINFO)WSA_CMSG_DATA(Control))->ipi_addr.s_addr = INADDR_ANY;
	else
		RtlZeroMemory(&((PIN6_PKTINFO)WSA_CMSG_DATA(Control))->ipi6_addr, sizeof(IN6_ADDR));
}

static VOID Answer(PROLL_CALL Call, ULONG ControlLength)
{
	static const CHAR Text[] = "here";
	WSK_BUF Buffer = {Call->Mdl, 0, sizeof(Text) - 1};

	RtlCopyMemory(Call->Data, Text, sizeof(Text) - 1);
	KeepInterface(&Call->Control.Align, ControlLength);
	if (NT_SUCCESS(Result(
		    Call, Dispatch(Call)->WskSendTo(
				  Call->Socket, &Buffer, 0, (PSOCKADDR)&Call->Group, ControlLength,
				  ControlLength ? &Call->Control.Align : NULL, NextRequest(Call)))))
		Call->Answered++;
}

static VOID Listen(PVOID Context)
{
	PROLL_CALL Call = (PROLL_CALL)Context;
	WSK_BUF Buffer = {Call->Mdl, 0, sizeof(Call->Data)};

	while (!ReadAcquire(&Call->Stopping)) {
		ULONG Length = sizeof(Call->Control), Flags = 0;
		NTSTATUS Status =
			Result(Call, Dispatch(Call)->WskReceiveFrom(Call->Socket, &Buffer, 0, NULL,
								    &Length, &Call->Control.Align,
								    &Flags, NextRequest(Call)));

		if (Status == STATUS_CANCELLED || Status == STATUS_FILE_FORCED_CLOSED)
			break;
		if (NT_SUCCESS(Status) && (Flags & MSG_MCAST) && Call->Irp->IoStatus.Information &&
		    Call->Data[0] == '?')
			Answer(Call, Length);
	}
	PsTerminateSystemThread(STATUS_SUCCESS);
}

/* Joining. */

static NTSTATUS JoinIpv4(PROLL_CALL Call)
{
	static union {
		SOCKET_ADDRESS_LIST List;
		UCHAR Room[2048];
	} Addresses;
	NTSTATUS Status;
	LONG Joined = 0, i;

	Status = Result(Call, Dispatch(Call)->Basic.WskControlSocket(
				      Call->Socket, WskIoctl, SIO_ADDRESS_LIST_QUERY, 0, 0, NULL,
				      sizeof(Addresses), &Addresses, NULL, NextRequest(Call)));
	if (!NT_SUCCESS(Status))
		return Status;
	for (i = 0; i < Addresses.List.iAddressCount; i++) {
		PSOCKADDR_IN Address = (PSOCKADDR_IN)Addresses.List.Address[i].lpSockaddr;
		IP_MREQ Request;

		Request.imr_multiaddr = ((PSOCKADDR_IN)&Call->Group)->sin_addr;
		Request.imr_interface = Address->sin_addr;
		/* An interface may have several addresses, and may do no multicast. */
		if (NT_SUCCESS(SetOption(Call, IPPROTO_IP, IP_ADD_MEMBERSHIP, &Request,
					 sizeof(Request))))
			Joined++;
	}
	DbgPrint("roll_call: IPv4: the group is joined on %ld interfaces\n", Joined);
	return STATUS_SUCCESS;
}

/* The interface is the system's choice. */
static NTSTATUS JoinIpv6(PROLL_CALL Call)
{
	IPV6_MREQ Request;

	RtlZeroMemory(&Request, sizeof(Request));
	Request.ipv6mr_multiaddr = ((PSOCKADDR_IN6)&Call->Group)->sin6_addr;
	return SetOption(Call, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &Request, sizeof(Request));
}

/* From loading to unloading. */

static VOID Close(PROLL_CALL Call)
{
	if (Call->Thread) {
		WriteRelease(&Call->Stopping, 1);
		/* The request may be just about to be issued: then it is not there yet. */
		do {
			LARGE_INTEGER Pause;

			IoCancelIrp(Call->Irp);
			Pause.QuadPart = -100000; /* 10 ms */
			if (KeWaitForSingleObject(Call->Thread, Executive, KernelMode, FALSE,
						  &Pause) != STATUS_TIMEOUT)
				break;
		} while (TRUE);
		ObDereferenceObject(Call->Thread);
	}
	if (Call->Socket)
		Result(Call, Dispatch(Call)->Basic.WskCloseSocket(Call->Socket, NextRequest(Call)));
	if (Call->Irp)
		IoFreeIrp(Call->Irp);
	if (Call->Mdl)
		IoFreeMdl(Call->Mdl);
}

static NTSTATUS StartThread(PROLL_CALL Call)
{
	HANDLE Handle;
	NTSTATUS Status =
		PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Listen, Call);

	if (!NT_SUCCESS(Status))
		return Status;
	ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
				  &Call->Thread, NULL);
	ZwClose(Handle);
	return STATUS_SUCCESS;
}

static NTSTATUS Open(PROLL_CALL Call, ADDRESS_FAMILY Family)
{
	SOCKADDR_STORAGE Any = {0};
	ULONG On = TRUE;
	NTSTATUS Status;

	KeInitializeEvent(&Call->Done, NotificationEvent, FALSE);
	Call->Irp = IoAllocateIrp(1, FALSE);
	Call->Mdl = IoAllocateMdl(Call->Data, sizeof(Call->Data), FALSE, FALSE, NULL);
	if (!Call->Irp || !Call->Mdl)
		return STATUS_INSUFFICIENT_RESOURCES;
	MmBuildMdlForNonPagedPool(Call->Mdl);

	Status = Result(Call,
			Provider.Dispatch->WskSocket(Provider.Client, Family, SOCK_DGRAM,
						     IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL,
						     NULL, NULL, NULL, NULL, NextRequest(Call)));
	if (!NT_SUCCESS(Status))
		return Status;
	Call->Socket = (PWSK_SOCKET)Call->Irp->IoStatus.Information;
	Any.ss_family = Family;
	((PSOCKADDR_IN)&Any)->sin_port =
		RtlUshortByteSwap(ROLL_CALL_PORT); /* IPv6's is there, too */
	Status = Result(
		Call, Dispatch(Call)->WskBind(Call->Socket, (PSOCKADDR)&Any, 0, NextRequest(Call)));
	if (NT_SUCCESS(Status))
		Status = Family == AF_INET
				 ? SetOption(Call, IPPROTO_IP, IP_PKTINFO, &On, sizeof(On))
				 : SetOption(Call, IPPROTO_IPV6, IPV6_PKTINFO, &On, sizeof(On));
	if (NT_SUCCESS(Status))
		Status = Family == AF_INET ? JoinIpv4(Call) : JoinIpv6(Call);
	return NT_SUCCESS(Status) ? StartThread(Call) : Status;
}

static NTSTATUS OpenBoth(VOID)
{
	PSOCKADDR_IN Ipv4 = (PSOCKADDR_IN)&Calls[0].Group;
	PSOCKADDR_IN6 Ipv6 = (PSOCKADDR_IN6)&Calls[1].Group;
	NTSTATUS Status;

	Ipv4->sin_family = AF_INET;
	Ipv4->sin_port = RtlUshortByteSwap(ROLL_CALL_PORT);
	Ipv4->sin_addr.s_addr = RtlUlongByteSwap(0xefff3751); /* 239.255.55.81 */
	Ipv6->sin6_family = AF_INET6;
	Ipv6->sin6_port = RtlUshortByteSwap(ROLL_CALL_PORT);
	Ipv6->sin6_addr.s6_bytes[0] = 0xff;
	Ipv6->sin6_addr.s6_bytes[1] = 0x15;
	Ipv6->sin6_addr.s6_bytes[14] = 0x55;
	Ipv6->sin6_addr.s6_bytes[15] = 0x81;
	Status = Open(&Calls[0], AF_INET);
	return NT_SUCCESS(Status) ? Open(&Calls[1], AF_INET6) : Status;
}

static VOID Stop(VOID)
{
	Close(&Calls[0]);
	Close(&Calls[1]);
	WskReleaseProviderNPI(&Registration);
	WskDeregister(&Registration);
}

static VOID Unload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
	Stop();
	DbgPrint("roll_call: %lu questions answered over IPv4, %lu over IPv6\n", Calls[0].Answered,
		 Calls[1].Answered);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	WSK_CLIENT_NPI Client = {NULL, &ClientDispatch};
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = Unload;
	Status = WskRegister(&Client, &Registration);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
	if (!NT_SUCCESS(Status)) {
		WskDeregister(&Registration);
		return Status;
	}
	Status = OpenBoth();
	if (!NT_SUCCESS(Status)) {
		DbgPrint("roll_call: cannot listen, 0x%08X\n", Status);
		Stop();
		return Status;
	}
	DbgPrint("roll_call: listening\n");
	return STATUS_SUCCESS;
}
