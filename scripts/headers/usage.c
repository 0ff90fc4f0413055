// SPDX-License-Identifier: MIT OR GPL-2.0
// What drivers write, in the ways they write it: scripts/check-headers compiles this as C and as
// C++.

#include <ntddk.h>
#include <wsk.h>
#include <ws2ipdef.h>
#include <mstcpip.h>
#include <ntstrsafe.h>
#include <ntintsafe.h>

EXTERN_C_START

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD usage_unload;
IO_COMPLETION_ROUTINE usage_complete;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, usage_unload)
#endif

EXTERN_C_END

#define USAGE_TAG 'gsU '

typedef struct _USAGE_CONTEXT {
	LIST_ENTRY Link;
	KEVENT Event;
	KSPIN_LOCK Lock;
	SLIST_HEADER Free;
	volatile LONG References;
	volatile long Sequence;
	LONG64 Bytes;
	PVOID volatile Owner;
	PWSK_SOCKET Socket;
	IRP Irp;
	IO_STACK_LOCATION Stack;
	__int64 Old;
} USAGE_CONTEXT, *PUSAGE_CONTEXT;

C_ASSERT(FIELD_OFFSET(USAGE_CONTEXT, Stack) - FIELD_OFFSET(USAGE_CONTEXT, Irp) == sizeof(IRP));

static const WSK_CLIENT_DISPATCH usage_client = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION usage_registration;
DECLARE_CONST_UNICODE_STRING(usage_name, L"\\Device\\Usage");
DECLARE_GLOBAL_CONST_UNICODE_STRING(usage_global_name, L"global");
static UNICODE_STRING usage_string = RTL_CONSTANT_STRING(L"text");
static ANSI_STRING usage_ansi = RTL_CONSTANT_STRING("text");

FORCEINLINE VOID usage_reference(_Inout_ PUSAGE_CONTEXT Context)
{
	InterlockedIncrement(&Context->References);
	InsertTailList(&Context->Link, &Context->Link);
}

static __forceinline BOOLEAN usage_release(_In_opt_ PUSAGE_CONTEXT Context)
{
	return (BOOLEAN)(Context && InterlockedDecrement(&Context->References) == 0);
}

static __declspec(align(16)) int usage_aligned;

_Use_decl_annotations_ NTSTATUS usage_complete(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PUSAGE_CONTEXT context = (PUSAGE_CONTEXT)Context;

	UNREFERENCED_PARAMETER(DeviceObject);
	if (Irp->PendingReturned)
		KeSetEvent(&context->Event, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

_Must_inspect_result_ _IRQL_requires_max_(DISPATCH_LEVEL) static NTSTATUS
	usage_call(IN PUSAGE_CONTEXT Context, __in_opt PMDL Mdl,
		   OUT PULONG_PTR Information OPTIONAL)
{
	PWSK_PROVIDER_CONNECTION_DISPATCH dispatch =
		(PWSK_PROVIDER_CONNECTION_DISPATCH)Context->Socket->Dispatch;
	WSK_BUF buffer = {Mdl, 0, Mdl ? MmGetMdlByteCount(Mdl) : 0};
	LARGE_INTEGER timeout;
	NTSTATUS status;

	IoReuseIrp(&Context->Irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(&Context->Irp, usage_complete, Context, TRUE, TRUE, TRUE);
	status = dispatch->WskSend(Context->Socket, &buffer, WSK_FLAG_NODELAY, &Context->Irp);
	if (status == STATUS_PENDING) {
		timeout.QuadPart = -10 * 1000 * 1000;
		status = KeWaitForSingleObject(&Context->Event, Executive, KernelMode, FALSE,
					       &timeout);
		if (status == STATUS_TIMEOUT)
			IoCancelIrp(&Context->Irp);
	}
	if (ARGUMENT_PRESENT(Information))
		*Information = Context->Irp.IoStatus.Information;
	dispatch->WskCloseSocket(Context->Socket, &Context->Irp);
	dispatch->Basic.WskCloseSocket(Context->Socket, &Context->Irp);
	return ((PWSK_PROVIDER_BASIC_DISPATCH)Context->Socket->Dispatch)
		->WskCloseSocket(Context->Socket, &Context->Irp);
}

static NTSTATUS usage_lock(PVOID Data, ULONG Length, PMDL *Result)
{
	PMDL mdl = IoAllocateMdl(Data, Length, FALSE, FALSE, NULL);
	NTSTATUS status = STATUS_SUCCESS;

	if (!mdl)
		return STATUS_INSUFFICIENT_RESOURCES;
	__try {
		MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
		IoFreeMdl(mdl);
		mdl = NULL;
	}
	*Result = mdl;
	return status;
}

#ifndef __cplusplus
static NTSTATUS usage_keywords(PMDL Mdl)
{
	NTSTATUS status = STATUS_SUCCESS;

	try {
		if (!Mdl)
			leave;
		MmProbeAndLockPages(Mdl, UserMode, IoReadAccess);
	}
	except(EXCEPTION_EXECUTE_HANDLER)
	{
		status = GetExceptionCode();
	}
	try {
		status++;
	} finally {
		status--;
	}
	return status;
}
#endif

static VOID usage_interlocked(PUSAGE_CONTEXT Context)
{
	LONG value = InterlockedCompareExchange(&Context->References, 2, 1);
	PVOID owner = InterlockedExchangePointer(&Context->Owner, Context);

	InterlockedExchange(&Context->Sequence, -1);
	InterlockedOr(&Context->References, value);
	InterlockedAdd64(&Context->Bytes, 4096);
	InterlockedExchangeAdd((PLONG)&Context->References, -1);
	InterlockedBitTestAndSet(&Context->References, 3);
	InterlockedCompareExchangePointer(&Context->Owner, NULL, owner);
	if (ReadAcquire(&Context->References) != ReadNoFence(&Context->References))
		WriteRelease(&Context->References, 0);
	KeMemoryBarrier();
}

static VOID usage_addresses(PSOCKADDR_STORAGE Storage)
{
	SOCKADDR_IN local = {AF_INET, RtlUshortByteSwap(7), IN4ADDR_ANY_INIT, {0}};
	SOCKADDR_IN6 local6 = {AF_INET6, 0, 0, IN6ADDR_ANY_INIT, {0}};
	SOCKADDR_INET either;
	CHAR control[WSA_CMSG_SPACE(sizeof(IN_PKTINFO))];
	WSAMSG message;
	PWSACMSGHDR header;

	local.sin_addr.s_addr = RtlUlongByteSwap(INADDR_LOOPBACK);
	local.sin_addr.S_un.S_un_b.s_b1 = 127;
	local6.sin6_addr.s6_addr[15] = local6.sin6_addr.u.Byte[0];
	either.Ipv4 = local;
	either.si_family = AF_INET6;
	IN6ADDR_SETLOOPBACK(&either.Ipv6);
	INETADDR_SETANY((PSOCKADDR)Storage);
	Storage->ss_family = either.si_family;
	RtlZeroMemory(&message, sizeof(message));
	message.Control.buf = control;
	message.Control.len = sizeof(control);
	for (header = WSA_CMSG_FIRSTHDR(&message); header;
	     header = WSA_CMSG_NXTHDR(&message, header))
		if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO)
			((PIN_PKTINFO)WSA_CMSG_DATA(header))->ipi_ifindex = 0;
}

static VOID usage_thread(PVOID Context)
{
	KIRQL irql;
	KLOCK_QUEUE_HANDLE handle;
	PUSAGE_CONTEXT context = (PUSAGE_CONTEXT)Context;

	KeAcquireSpinLock(&context->Lock, &irql);
	while (!IsListEmpty(&context->Link))
		context = CONTAINING_RECORD(RemoveHeadList(&context->Link), USAGE_CONTEXT, Link);
	KeReleaseSpinLock(&context->Lock, irql);
	KeAcquireInStackQueuedSpinLock(&context->Lock, &handle);
	KeReleaseInStackQueuedSpinLock(&handle);
	InitializeSListHead(&context->Free);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID usage_text(VOID)
{
	CHAR text[64];
	size_t length;
	SIZE_T size;
	ULONG small_size;
	UNICODE_STRING copy;

	RtlStringCbPrintfA(text, sizeof(text), "%wZ %I64u", &usage_name, 1ULL);
	RtlStringCbLengthA(text, sizeof(text), &length);
	RtlSizeTAdd(length, 1, &size);
	RtlSIZETToULong(size, &small_size);
	KdPrint(("%s %Iu\n", text, size));
	DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, "%Z\n", &usage_ansi);
	RtlInitUnicodeString(&copy, L"copy");
	NT_ASSERT(min(length, sizeof(text)) < max(copy.Length, sizeof(text)));
	NT_VERIFY(RtlEqualUnicodeString(&copy, &usage_string, TRUE));
	ASSERTMSG("message", RtlEqualUnicodeString(&copy, &usage_global_name, FALSE));
}

VOID usage_unload(PDRIVER_OBJECT DriverObject)
{
	PAGED_CODE();
	UNREFERENCED_PARAMETER(DriverObject);
	WskDeregister(&usage_registration);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	WSK_CLIENT_NPI client = {NULL, &usage_client};
	WSK_PROVIDER_NPI provider;
	OBJECT_ATTRIBUTES attributes;
	PUSAGE_CONTEXT context;
	PKTHREAD thread = NULL;
	HANDLE handle;
	PMDL mdl;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = usage_unload;
	context =
		(PUSAGE_CONTEXT)ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*context), USAGE_TAG);
	if (!context)
		return STATUS_INSUFFICIENT_RESOURCES;
	InitializeListHead(&context->Link);
	KeInitializeEvent(&context->Event, SynchronizationEvent, FALSE);
	KeInitializeSpinLock(&context->Lock);
	IoInitializeIrp(&context->Irp, IoSizeOfIrp(1), 1);
	InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
	status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL,
				      usage_thread, context);
	if (NT_SUCCESS(status)) {
		ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode,
					  (PVOID *)&thread, NULL);
		ZwClose(handle);
		KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
		ObDereferenceObject(thread);
	}
	status = WskRegister(&client, &usage_registration);
	if (!NT_SUCCESS(status))
		goto out;
	status = WskCaptureProviderNPI(&usage_registration, WSK_INFINITE_WAIT, &provider);
	if (NT_SUCCESS(status)) {
		status = provider.Dispatch->WskSocket(provider.Client, AF_INET6, SOCK_STREAM,
						      IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET,
						      context, NULL, PsGetCurrentProcess(), NULL,
						      NULL, &context->Irp);
		context->Socket = (PWSK_SOCKET)context->Irp.IoStatus.Information;
		WskReleaseProviderNPI(&usage_registration);
	}
	status = usage_lock(&usage_aligned, sizeof(usage_aligned), &mdl);
	if (NT_SUCCESS(status)) {
		SOCKADDR_STORAGE storage = {0};

		RtlCopyMemory(
			MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority | MdlMappingNoExecute),
			&status, sizeof(status));
		status = usage_call(context, mdl, NULL);
		usage_addresses(&storage);
		usage_interlocked(context);
		usage_text();
#ifndef __cplusplus
		usage_keywords(mdl);
#endif
	}
out:
	usage_reference(context);
	if (usage_release(context))
		ExFreePoolWithTag(context, USAGE_TAG);
	return status;
}
