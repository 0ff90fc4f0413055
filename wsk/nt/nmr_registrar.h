/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What the Network Module Registrar's functions are made of. */
#ifndef WSK_NT_NMR_REGISTRAR_H
#define WSK_NT_NMR_REGISTRAR_H

#include <netioddk.h>

#include "nt/driver.h"

namespace wsk::nmr
{

enum class Role { client, provider };

/* What a module registers with. */
struct Characteristics {
	Role role;
	const NPI_CLIENT_CHARACTERISTICS *client; /* one of the two, by role */
	const NPI_PROVIDER_CHARACTERISTICS *provider;
	PVOID context;
	DriverAccount *account;

	const NPI_REGISTRATION_INSTANCE &instance() const
	{
		return role == Role::client ? client->ClientRegistrationInstance
					    : provider->ProviderRegistrationInstance;
	}
};

/* Lists the module, and brings it together with all that are there. */
NTSTATUS register_module(const Characteristics &characteristics, PHANDLE handle);

/* FUNCTION is the caller's name, for the log. */
NTSTATUS deregister(HANDLE handle, Role role, const char *function);
NTSTATUS wait_until_gone(HANDLE handle, Role role, const char *function);

/* A detach that was pending has been carried out by this side. */
void complete(HANDLE binding, Role role, const char *function);

NTSTATUS attach_provider(HANDLE binding, PVOID client_context, const VOID *client_dispatch,
			 PVOID *provider_context, const VOID **provider_dispatch);

} // namespace wsk::nmr

#endif
