// SPDX-License-Identifier: MIT OR GPL-2.0
/* The functions of the Network Module Registrar. */
#include "nt/driver.h"
#include "nt/irql.h"
#include "nt/nmr_registrar.h"

using namespace wsk;
using nmr::Role;

static bool well_formed(const NPI_REGISTRATION_INSTANCE &instance)
{
	return instance.NpiId && instance.ModuleId && !instance.Version &&
	       instance.Size >= sizeof(instance);
}

/**
 * NmrRegisterClient() - Registers a client of an interface.
 * @ClientCharacteristics: Who it is, and what the registrar calls; stays until the client has been
 *	deregistered.
 * @ClientContext: Handed to ClientAttachProvider.
 * @NmrClientHandle: Receives the handle, before the first ClientAttachProvider.
 *
 * ClientAttachProvider has been called once for each provider that is there when this returns; for
 * one that comes later it is called from that one's NmrRegisterProvider().
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES.
 * Source: netioddk.h, NmrRegisterClient function
 */
extern "C" NTSTATUS NTAPI NmrRegisterClient(const NPI_CLIENT_CHARACTERISTICS *ClientCharacteristics,
					    PVOID ClientContext, PHANDLE NmrClientHandle)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!ClientCharacteristics || !NmrClientHandle || ClientCharacteristics->Version ||
	    ClientCharacteristics->Length < sizeof(*ClientCharacteristics) ||
	    !ClientCharacteristics->ClientAttachProvider ||
	    !ClientCharacteristics->ClientDetachProvider ||
	    !well_formed(ClientCharacteristics->ClientRegistrationInstance)) {
		port_log_rule(__func__, "an argument is NULL, or a characteristic is missing");
		return STATUS_INVALID_PARAMETER;
	}
	nmr::Characteristics client = {};

	client.role = Role::client;
	client.client = ClientCharacteristics;
	client.context = ClientContext;
	client.account = driver_of(__builtin_return_address(0));
	return nmr::register_module(client, NmrClientHandle);
}

/**
 * NmrDeregisterClient() - Begins the end of a client's registration.
 * @NmrClientHandle: From NmrRegisterClient().
 *
 * Calls ClientDetachProvider and ProviderDetachClient of each binding.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING: NmrWaitForClientDeregisterComplete() is to follow;
 *	STATUS_INVALID_PARAMETER (no such handle, or deregistered before).
 * Source: netioddk.h, NmrDeregisterClient function
 */
extern "C" NTSTATUS NTAPI NmrDeregisterClient(HANDLE NmrClientHandle)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return nmr::deregister(NmrClientHandle, Role::client, __func__);
}

/**
 * NmrWaitForClientDeregisterComplete() - Waits for the end of a client's registration.
 * @NmrClientHandle: From NmrRegisterClient(), deregistered; no handle any more afterwards.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS when every binding is gone; STATUS_INVALID_PARAMETER (no such handle, or
 *	not deregistered).
 * Source: netioddk.h, NmrWaitForClientDeregisterComplete function
 */
extern "C" NTSTATUS NTAPI NmrWaitForClientDeregisterComplete(HANDLE NmrClientHandle)
{
	NT_MAX_IRQL(APC_LEVEL);
	return nmr::wait_until_gone(NmrClientHandle, Role::client, __func__);
}

/**
 * NmrClientAttachProvider() - Attaches a client to the provider that it is being shown.
 * @NmrBindingHandle: What ClientAttachProvider got, in which alone this is called.
 * @ClientBindingContext: Handed to the client's detach and cleanup functions.
 * @ClientDispatch: The client's functions, for the provider.
 * @ProviderBindingContext: Receives what the provider wants to be given in each call.
 * @ProviderDispatch: Receives the provider's functions.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: What ProviderAttachClient returned: after a failure it may be called again;
 *	STATUS_DELETE_PENDING (the provider's driver is being unloaded); STATUS_INVALID_PARAMETER
 *	(no such binding, attached already, or NULL).
 * Source: netioddk.h, NmrClientAttachProvider function
 */
extern "C" NTSTATUS NTAPI NmrClientAttachProvider(HANDLE NmrBindingHandle,
						  PVOID ClientBindingContext,
						  const VOID *ClientDispatch,
						  PVOID *ProviderBindingContext,
						  const VOID **ProviderDispatch)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return nmr::attach_provider(NmrBindingHandle, ClientBindingContext, ClientDispatch,
				    ProviderBindingContext, ProviderDispatch);
}

/**
 * NmrClientDetachProviderComplete() - Ends a ClientDetachProvider that returned STATUS_PENDING.
 * @NmrBindingHandle: The binding.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: netioddk.h, NmrClientDetachProviderComplete function
 */
extern "C" VOID NTAPI NmrClientDetachProviderComplete(HANDLE NmrBindingHandle)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	nmr::complete(NmrBindingHandle, Role::client, __func__);
}

/**
 * NmrRegisterProvider() - Registers a provider of an interface.
 * @ProviderCharacteristics: Who it is, and what the registrar calls; stays until the provider has
 *	been deregistered.
 * @ProviderContext: Handed to ProviderAttachClient.
 * @NmrProviderHandle: Receives the handle.
 *
 * Every client that is there has been shown this provider when this returns.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES.
 * Source: netioddk.h, NmrRegisterProvider function
 */
extern "C" NTSTATUS NTAPI
NmrRegisterProvider(const NPI_PROVIDER_CHARACTERISTICS *ProviderCharacteristics,
		    PVOID ProviderContext, PHANDLE NmrProviderHandle)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!ProviderCharacteristics || !NmrProviderHandle || ProviderCharacteristics->Version ||
	    ProviderCharacteristics->Length < sizeof(*ProviderCharacteristics) ||
	    !ProviderCharacteristics->ProviderAttachClient ||
	    !ProviderCharacteristics->ProviderDetachClient ||
	    !well_formed(ProviderCharacteristics->ProviderRegistrationInstance)) {
		port_log_rule(__func__, "an argument is NULL, or a characteristic is missing");
		return STATUS_INVALID_PARAMETER;
	}
	nmr::Characteristics provider = {};

	provider.role = Role::provider;
	provider.provider = ProviderCharacteristics;
	provider.context = ProviderContext;
	provider.account = driver_of(__builtin_return_address(0));
	return nmr::register_module(provider, NmrProviderHandle);
}

/**
 * NmrDeregisterProvider() - Begins the end of a provider's registration.
 * @NmrProviderHandle: From NmrRegisterProvider().
 *
 * Calls ClientDetachProvider and ProviderDetachClient of each binding.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING: NmrWaitForProviderDeregisterComplete() is to follow;
 *	STATUS_INVALID_PARAMETER (no such handle, or deregistered before).
 * Source: netioddk.h, NmrDeregisterProvider function
 */
extern "C" NTSTATUS NTAPI NmrDeregisterProvider(HANDLE NmrProviderHandle)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return nmr::deregister(NmrProviderHandle, Role::provider, __func__);
}

/**
 * NmrWaitForProviderDeregisterComplete() - Waits for the end of a provider's registration.
 * @NmrProviderHandle: From NmrRegisterProvider(), deregistered; no handle any more afterwards.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS when every binding is gone; STATUS_INVALID_PARAMETER (no such handle, or
 *	not deregistered).
 * Source: netioddk.h, NmrWaitForProviderDeregisterComplete function
 */
extern "C" NTSTATUS NTAPI NmrWaitForProviderDeregisterComplete(HANDLE NmrProviderHandle)
{
	NT_MAX_IRQL(APC_LEVEL);
	return nmr::wait_until_gone(NmrProviderHandle, Role::provider, __func__);
}

/**
 * NmrProviderDetachClientComplete() - Ends a ProviderDetachClient that returned STATUS_PENDING.
 * @NmrBindingHandle: The binding.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: netioddk.h, NmrProviderDetachClientComplete function
 */
extern "C" VOID NTAPI NmrProviderDetachClientComplete(HANDLE NmrBindingHandle)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	nmr::complete(NmrBindingHandle, Role::provider, __func__);
}
