// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * WSK as a provider of the Network Module Registrar: what WskRegister and WskCaptureProviderNPI
 * come to for a client that registers there.
 */
#include "nt/nmr.h"
#include "port/log.h"
#include "socket/client.h"

namespace wsk
{

namespace
{

NTSTATUS NTAPI attach_client(HANDLE binding, PVOID, PNPI_REGISTRATION_INSTANCE, PVOID context,
			     const VOID *dispatch, PVOID *provider_context,
			     const VOID **provider_functions)
{
	WSK_CLIENT_NPI npi = {context, static_cast<const WSK_CLIENT_DISPATCH *>(dispatch)};

	if (!npi.Dispatch) {
		port_log_rule("NmrClientAttachProvider", "the client's dispatch table is NULL");
		return STATUS_INVALID_PARAMETER;
	}
	if (!version_supported(npi.Dispatch->Version))
		return STATUS_NOINTERFACE;

	Client *client = new Client(npi, nmr_client_account(binding), binding);

	if (!client)
		return STATUS_INSUFFICIENT_RESOURCES;
	*provider_context = client;
	*provider_functions = &provider_dispatch;
	return STATUS_SUCCESS;
}

/* Pending until the last use has ended: no call is in progress and no socket is open. */
NTSTATUS NTAPI detach_client(PVOID client)
{
	static_cast<Client *>(client)->detach();
	return STATUS_PENDING;
}

VOID NTAPI cleanup_client(PVOID client)
{
	static_cast<Client *>(client)->release();
}

constexpr WSK_PROVIDER_CHARACTERISTICS versions = {provider_version, provider_version};

/* {D0F2A5C4-6A0B-4E4C-9C55-6A3B0C1D7E21}: this implementation. */
constexpr NPI_MODULEID module_id = {
	.Length = sizeof(NPI_MODULEID),
	.Type = MIT_GUID,
	.Guid = {0xd0f2a5c4, 0x6a0b, 0x4e4c, {0x9c, 0x55, 0x6a, 0x3b, 0x0c, 0x1d, 0x7e, 0x21}}};

constexpr NPI_PROVIDER_CHARACTERISTICS characteristics = {
	.Version = 0,
	.Length = sizeof(NPI_PROVIDER_CHARACTERISTICS),
	.ProviderAttachClient = attach_client,
	.ProviderDetachClient = detach_client,
	.ProviderCleanupBindingContext = cleanup_client,
	.ProviderRegistrationInstance = {.Version = 0,
					 .Size = sizeof(NPI_REGISTRATION_INSTANCE),
					 .NpiId = &NPI_WSK_INTERFACE_ID,
					 .ModuleId = &module_id,
					 .Number = 0,
					 .NpiSpecificCharacteristics = &versions}};

constinit HANDLE handle;

} // namespace

bool nmr_provider_start()
{
	return NT_SUCCESS(NmrRegisterProvider(&characteristics, nullptr, &handle));
}

void nmr_provider_stop()
{
	if (NmrDeregisterProvider(handle) == STATUS_PENDING)
		(void)NmrWaitForProviderDeregisterComplete(handle);
}

} // namespace wsk
