// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * A provider of an interface of its own. Clients are other drivers: neither knows the other by
 * name, and either may be loaded first. samples/nmr_client is one.
 */
#include <ntddk.h>

#include "counter_npi.h"

#define COUNTER_TAG 'tnuC'

typedef struct _BINDING {
	PVOID ClientContext;
	const COUNTER_CLIENT_DISPATCH *Client;
	LONG Count;
} BINDING;

static HANDLE Registration;

static LONG NTAPI Count(PVOID ProviderBindingContext)
{
	BINDING *Binding = ProviderBindingContext;
	LONG Number = InterlockedIncrement(&Binding->Count);

	if (Number % 10 == 0)
		Binding->Client->Told(Binding->ClientContext, Number);
	return Number;
}

static const COUNTER_PROVIDER_DISPATCH Dispatch = {Count};

static NTSTATUS NTAPI AttachClient(HANDLE NmrBindingHandle, PVOID ProviderContext,
				   PNPI_REGISTRATION_INSTANCE ClientRegistrationInstance,
				   PVOID ClientBindingContext, const VOID *ClientDispatch,
				   PVOID *ProviderBindingContext, const VOID **ProviderDispatch)
{
	BINDING *Binding;

	UNREFERENCED_PARAMETER(NmrBindingHandle);
	UNREFERENCED_PARAMETER(ProviderContext);
	UNREFERENCED_PARAMETER(ClientRegistrationInstance);
	Binding = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Binding), COUNTER_TAG);
	if (!Binding)
		return STATUS_INSUFFICIENT_RESOURCES;
	Binding->ClientContext = ClientBindingContext;
	Binding->Client = ClientDispatch;
	*ProviderBindingContext = Binding;
	*ProviderDispatch = &Dispatch;
	DbgPrint("nmr_provider: a client is attached\n");
	return STATUS_SUCCESS;
}

/* No call to the client is in progress: it is called from its own calls only. */
static NTSTATUS NTAPI DetachClient(PVOID ProviderBindingContext)
{
	BINDING *Binding = ProviderBindingContext;

	DbgPrint("nmr_provider: a client is detached at %ld\n", Binding->Count);
	return STATUS_SUCCESS;
}

static VOID NTAPI CleanupClient(PVOID ProviderBindingContext)
{
	ExFreePoolWithTag(ProviderBindingContext, COUNTER_TAG);
}

static const NPI_MODULEID ModuleId = {
	sizeof(NPI_MODULEID),
	MIT_GUID,
	{{0x91b0d4f2, 0x08c7, 0x4d13, {0xb6, 0x5a, 0x2f, 0x71, 0xe4, 0x90, 0x3c, 0x18}}}};

static const NPI_PROVIDER_CHARACTERISTICS Characteristics = {
	0,
	sizeof(NPI_PROVIDER_CHARACTERISTICS),
	AttachClient,
	DetachClient,
	CleanupClient,
	{0, sizeof(NPI_REGISTRATION_INSTANCE), &CounterNpiId, &ModuleId, 0, NULL}};

static VOID Unload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
	if (NmrDeregisterProvider(Registration) == STATUS_PENDING)
		NmrWaitForProviderDeregisterComplete(Registration);
	DbgPrint("nmr_provider: unloaded\n");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = Unload;
	return NmrRegisterProvider(&Characteristics, NULL, &Registration);
}
