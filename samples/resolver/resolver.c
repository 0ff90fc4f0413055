// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * resolver - looks up names and addresses, and reports through DbgPrint what it finds.
 *
 * A Windows driver in C: it compiles under Microsoft's driver kit (with netio.lib) as it is. It
 * shows
 *
 *   - WskGetAddressInfo with hints, walking its list, and WskFreeAddressInfo;
 *   - WskGetNameInfo both ways: to find names, and to write an address down as numbers;
 *   - a thread of the driver's own that asks, since an answer may take long, and IoCancelIrp as the
 *     way out when the driver is unloaded meanwhile.
 *
 * What is looked up are the tables below. On Linux the answers come from /etc/hosts, DNS and
 * whatever else /etc/nsswitch.conf names.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <ntddk.h>
#include <wsk.h>
#include <ws2ipdef.h>

#define TEXT_CHARS 256

typedef struct _QUESTION {
	PCWSTR Node;
	PCWSTR Service;
	INT Flags;
	INT Family;
	INT SocketType;
} QUESTION;

static const QUESTION Questions[] = {
	{L"localhost", L"7", 0, AF_INET, SOCK_STREAM},
	{L"2001:db8::1", L"80", AI_NUMERICHOST, AF_UNSPEC, SOCK_STREAM},
	{NULL, L"http", AI_PASSIVE, AF_UNSPEC, SOCK_STREAM},
	{L"printer", NULL, AI_CANONNAME, AF_UNSPEC, 0},
	{L"www.wsk.example", L"https", AI_CANONNAME, AF_UNSPEC, SOCK_STREAM},
	{L"printer", NULL, AI_DNS_ONLY, AF_UNSPEC, 0},
	{L"www.wsk.example", L"no-such-service", 0, AF_UNSPEC, SOCK_STREAM},
	{L"unknown.wsk.example", NULL, 0, AF_UNSPEC, 0},
	{L"a name%with \"strange\" characters", NULL, 0, AF_UNSPEC, 0},
	{L"silent.wsk.example", NULL, 0, AF_INET, 0},
};

static const UCHAR Addresses[][4] = {
	{127, 0, 0, 1}, {192, 0, 2, 9}, {203, 0, 113, 80}, {203, 0, 113, 99}};

static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION Registration;
static WSK_PROVIDER_NPI Provider;
static PIRP Irp;
static KEVENT Done;
static KEVENT Stop;
static PVOID Thread;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD DriverUnload;

static NTSTATUS NTAPI RequestCompleted(PDEVICE_OBJECT DeviceObject, PIRP CompletedIrp,
				       PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(CompletedIrp);
	UNREFERENCED_PARAMETER(Context);
	KeSetEvent(&Done, IO_NETWORK_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED; /* the IRP is ours */
}

static PIRP NextRequest(VOID)
{
	KeClearEvent(&Done);
	IoReuseIrp(Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(Irp, RequestCompleted, NULL, TRUE, TRUE, TRUE);
	return Irp;
}

/* Waits for the answer, or for the order to stop, which cancels the question. */
static NTSTATUS Result(NTSTATUS Status)
{
	PVOID Objects[2] = {&Done, &Stop};

	if (Status != STATUS_PENDING)
		return Status;
	if (KeWaitForMultipleObjects(2, Objects, WaitAny, Executive, KernelMode, FALSE, NULL,
				     NULL) == STATUS_WAIT_1) {
		IoCancelIrp(Irp);
		KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL);
	}
	return Irp->IoStatus.Status;
}

static BOOLEAN Stopping(VOID)
{
	return KeReadStateEvent(&Stop) != 0;
}

static NTSTATUS GetNames(PSOCKADDR Address, SIZE_T Length, ULONG Flags, PWCHAR NodeText,
			 PWCHAR ServiceText)
{
	UNICODE_STRING Node, Service;

	RtlInitEmptyUnicodeString(&Node, NodeText, TEXT_CHARS * sizeof(WCHAR));
	RtlInitEmptyUnicodeString(&Service, ServiceText, TEXT_CHARS * sizeof(WCHAR));
	return Result(Provider.Dispatch->WskGetNameInfo(Provider.Client, Address, (ULONG)Length,
							&Node, &Service, Flags, NULL, NULL,
							NextRequest()));
}

static VOID ShowList(PCWSTR Name, PADDRINFOEXW List)
{
	static WCHAR Node[TEXT_CHARS], Service[TEXT_CHARS];
	PADDRINFOEXW One;

	if (List->ai_canonname)
		DbgPrint("resolver: %ws is %ws\n", Name, List->ai_canonname);
	for (One = List; One; One = One->ai_next) {
		if (NT_SUCCESS(GetNames(One->ai_addr, One->ai_addrlen,
					NI_NUMERICHOST | NI_NUMERICSERV, Node, Service)))
			DbgPrint("resolver: %ws: %ws port %ws, type %d\n", Name, Node, Service,
				 One->ai_socktype);
	}
}

static VOID Ask(const QUESTION *Question)
{
	PCWSTR Name = Question->Node ? Question->Node : L"(this machine)";
	UNICODE_STRING Node, Service;
	PADDRINFOEXW List = NULL;
	ADDRINFOEXW Hints = {0};
	NTSTATUS Status;

	Hints.ai_flags = Question->Flags;
	Hints.ai_family = Question->Family;
	Hints.ai_socktype = Question->SocketType;
	RtlInitUnicodeString(&Node, Question->Node);
	RtlInitUnicodeString(&Service, Question->Service);
	Status = Result(Provider.Dispatch->WskGetAddressInfo(
		Provider.Client, Question->Node ? &Node : NULL, Question->Service ? &Service : NULL,
		NS_ALL, NULL, &Hints, &List, NULL, NULL, NextRequest()));
	if (!NT_SUCCESS(Status)) {
		DbgPrint("resolver: %ws: no address, 0x%08X\n", Name, Status);
		return;
	}
	ShowList(Name, List);
	Provider.Dispatch->WskFreeAddressInfo(Provider.Client, List);
}

static VOID AskBack(const UCHAR *Bytes)
{
	static WCHAR Node[TEXT_CHARS], Service[TEXT_CHARS];
	SOCKADDR_IN Address = {0};
	NTSTATUS Status;

	Address.sin_family = AF_INET;
	Address.sin_port = RtlUshortByteSwap(80);
	RtlCopyMemory(&Address.sin_addr, Bytes, sizeof(Address.sin_addr));
	Status = GetNames((PSOCKADDR)&Address, sizeof(Address), NI_NAMEREQD, Node, Service);
	if (NT_SUCCESS(Status))
		DbgPrint("resolver: %u.%u.%u.%u: %ws, %ws\n", Bytes[0], Bytes[1], Bytes[2],
			 Bytes[3], Node, Service);
	else
		DbgPrint("resolver: %u.%u.%u.%u: no name, 0x%08X\n", Bytes[0], Bytes[1], Bytes[2],
			 Bytes[3], Status);
}

static VOID NTAPI Resolve(PVOID Context)
{
	ULONG i;

	UNREFERENCED_PARAMETER(Context);
	for (i = 0; i < RTL_NUMBER_OF(Addresses) && !Stopping(); i++)
		AskBack(Addresses[i]);
	for (i = 0; i < RTL_NUMBER_OF(Questions) && !Stopping(); i++)
		Ask(&Questions[i]);
	DbgPrint("resolver: done\n");
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS StartThread(VOID)
{
	OBJECT_ATTRIBUTES Attributes;
	NTSTATUS Status;
	HANDLE Handle;

	InitializeObjectAttributes(&Attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
	Status = PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, &Attributes, NULL, NULL, Resolve,
				      NULL);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = ObReferenceObjectByHandle(Handle, SYNCHRONIZE, *PsThreadType, KernelMode, &Thread,
					   NULL);
	ZwClose(Handle);
	return Status;
}

static VOID CleanUp(VOID)
{
	WskReleaseProviderNPI(&Registration);
	WskDeregister(&Registration);
	IoFreeIrp(Irp);
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
	KeSetEvent(&Stop, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(Thread);
	CleanUp();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	WSK_CLIENT_NPI Client = {NULL, &ClientDispatch};
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = DriverUnload;
	KeInitializeEvent(&Done, NotificationEvent, FALSE);
	KeInitializeEvent(&Stop, NotificationEvent, FALSE);
	Irp = IoAllocateIrp(1, FALSE);
	if (!Irp)
		return STATUS_INSUFFICIENT_RESOURCES;

	Status = WskRegister(&Client, &Registration);
	if (!NT_SUCCESS(Status)) {
		IoFreeIrp(Irp);
		return Status;
	}
	Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
	if (!NT_SUCCESS(Status)) {
		WskDeregister(&Registration);
		IoFreeIrp(Irp);
		return Status;
	}
	Status = StartThread();
	if (!NT_SUCCESS(Status))
		CleanUp();
	return Status;
}
