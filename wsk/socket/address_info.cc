// SPDX-License-Identifier: MIT OR GPL-2.0
/* Names and addresses: WskGetAddressInfo, WskGetNameInfo. */
#include "nt/irql.h"
#include "socket/provider.h"
#include "socket/request.h"

namespace wsk
{

/**
 * WskGetAddressInfo - Resolves a name.
 * @Irp: Completes with STATUS_NOT_IMPLEMENTED: this function has not been built yet.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_NOT_IMPLEMENTED; STATUS_INVALID_PARAMETER without a usable IRP.
 * Source: PFN_WSK_GET_ADDRESS_INFO (wsk.h).
 */
NTSTATUS WSKAPI get_address_info(PWSK_CLIENT, PUNICODE_STRING, PUNICODE_STRING, ULONG, GUID *,
				 PADDRINFOEXW, PADDRINFOEXW *, PEPROCESS, PETHREAD, PIRP Irp)
{
	return request_not_implemented(Irp);
}

/**
 * WskFreeAddressInfo - Frees what WskGetAddressInfo returned: nothing yet.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Source: PFN_WSK_FREE_ADDRESS_INFO (wsk.h).
 */
VOID WSKAPI free_address_info(PWSK_CLIENT, PADDRINFOEXW) {}

/**
 * WskGetNameInfo - Finds the name of an address.
 * @Irp: Completes with STATUS_NOT_IMPLEMENTED: this function has not been built yet.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_NOT_IMPLEMENTED; STATUS_INVALID_PARAMETER without a usable IRP.
 * Source: PFN_WSK_GET_NAME_INFO (wsk.h).
 */
NTSTATUS WSKAPI get_name_info(PWSK_CLIENT, PSOCKADDR, ULONG, PUNICODE_STRING, PUNICODE_STRING,
			      ULONG, PEPROCESS, PETHREAD, PIRP Irp)
{
	return request_not_implemented(Irp);
}

} // namespace wsk
