// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Uses the interface of samples/nmr_provider for as long as that is loaded, from a thread of its
 * own, and lets go of it when it is told to: its detach function does not wait for the thread, but
 * has it say when it is done.
 */
#include <ntddk.h>

#include "../nmr_provider/counter_npi.h"

#define CLIENT_TAG 'tneC'

typedef struct _USE {
	HANDLE Binding;
	PVOID ProviderContext;
	const COUNTER_PROVIDER_DISPATCH *Provider;
	PVOID Thread;
	BOOLEAN Running;
	KEVENT Stop;
} USE;

static HANDLE Registration;
static PVOID EndingThread; /* that has let go of a provider */

static VOID NTAPI Told(PVOID ClientBindingContext, LONG Count)
{
	UNREFERENCED_PARAMETER(ClientBindingContext);
	if (Count == 10)
		DbgPrint("nmr_client: the provider counts\n");
}

static const COUNTER_CLIENT_DISPATCH Dispatch = {Told};

/* Counts until it is told to stop. The detaching is complete when nothing is called any more. */
static VOID Run(PVOID Context)
{
	LARGE_INTEGER Pause;
	USE *Use = Context;
	HANDLE Binding = Use->Binding;

	Pause.QuadPart = -10000; /* a millisecond */
	while (KeWaitForSingleObject(&Use->Stop, Executive, KernelMode, FALSE, &Pause) ==
	       STATUS_TIMEOUT)
		Use->Provider->Count(Use->ProviderContext);
	NmrClientDetachProviderComplete(Binding);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID StartThread(USE *Use)
{
	HANDLE Handle;

	Use->Running = TRUE;
	if (!NT_SUCCESS(
		    PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Run, Use))) {
		Use->Running = FALSE;
		DbgPrint("nmr_client: no thread\n");
		return;
	}
	ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
				  &Use->Thread, NULL);
	ZwClose(Handle);
}

/* It must have left the driver's code before that goes. */
static VOID WaitForThread(VOID)
{
	PVOID Thread = InterlockedExchangePointer(&EndingThread, NULL);

	if (!Thread)
		return;
	KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(Thread);
}

static NTSTATUS NTAPI AttachProvider(HANDLE NmrBindingHandle, PVOID ClientContext,
				     PNPI_REGISTRATION_INSTANCE ProviderRegistrationInstance)
{
	const VOID *Provider;
	NTSTATUS Status;
	USE *Use;

	UNREFERENCED_PARAMETER(ClientContext);
	UNREFERENCED_PARAMETER(ProviderRegistrationInstance);
	WaitForThread(); /* of the provider before */
	Use = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Use), CLIENT_TAG);
	if (!Use)
		return STATUS_INSUFFICIENT_RESOURCES;
	Use->Binding = NmrBindingHandle;
	KeInitializeEvent(&Use->Stop, NotificationEvent, FALSE);
	Status = NmrClientAttachProvider(NmrBindingHandle, Use, &Dispatch, &Use->ProviderContext,
					 &Provider);
	if (!NT_SUCCESS(Status)) {
		ExFreePoolWithTag(Use, CLIENT_TAG);
		return Status;
	}
	Use->Provider = Provider;
	DbgPrint("nmr_client: attached\n");
	/* Without a thread it is attached all the same, and does nothing. */
	StartThread(Use);
	return STATUS_SUCCESS;
}

static NTSTATUS NTAPI DetachProvider(PVOID ClientBindingContext)
{
	USE *Use = ClientBindingContext;

	if (!Use->Running)
		return STATUS_SUCCESS;
	KeSetEvent(&Use->Stop, IO_NO_INCREMENT, FALSE);
	return STATUS_PENDING;
}

/* The thread has said that it is done: as a rule it is the one that calls this. */
static VOID NTAPI CleanupProvider(PVOID ClientBindingContext)
{
	USE *Use = ClientBindingContext;

	EndingThread = Use->Thread;
	ExFreePoolWithTag(Use, CLIENT_TAG);
	DbgPrint("nmr_client: detached\n");
}

static const NPI_MODULEID ModuleId = {
	sizeof(NPI_MODULEID),
	MIT_GUID,
	{{0x3c7e92ad, 0x5b14, 0x4f80, {0x8d, 0x26, 0xe0, 0x19, 0x57, 0xa3, 0x6b, 0xc4}}}};

static const NPI_CLIENT_CHARACTERISTICS Characteristics = {
	0,
	sizeof(NPI_CLIENT_CHARACTERISTICS),
	AttachProvider,
	DetachProvider,
	CleanupProvider,
	{0, sizeof(NPI_REGISTRATION_INSTANCE), &CounterNpiId, &ModuleId, 0, NULL}};

static VOID Unload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
	if (NmrDeregisterClient(Registration) == STATUS_PENDING)
		NmrWaitForClientDeregisterComplete(Registration);
	WaitForThread();
	DbgPrint("nmr_client: unloaded\n");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = Unload;
	return NmrRegisterClient(&Characteristics, NULL, &Registration);
}
