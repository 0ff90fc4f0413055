/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Members of the provider dispatch that have files of their own. */
#ifndef WSK_SOCKET_PROVIDER_H
#define WSK_SOCKET_PROVIDER_H

#include <wsk.h>

namespace wsk
{

/* control_client.cc */
NTSTATUS WSKAPI control_client(PWSK_CLIENT client, ULONG code, SIZE_T input_size, PVOID input,
			       SIZE_T output_size, PVOID output, SIZE_T *output_size_returned,
			       PIRP irp);

/* address_info.cc */
NTSTATUS WSKAPI get_address_info(PWSK_CLIENT client, PUNICODE_STRING node, PUNICODE_STRING service,
				 ULONG name_space, GUID *provider, PADDRINFOEXW hints,
				 PADDRINFOEXW *result, PEPROCESS process, PETHREAD thread,
				 PIRP irp);
VOID WSKAPI free_address_info(PWSK_CLIENT client, PADDRINFOEXW info);

/* name_info.cc */
NTSTATUS WSKAPI get_name_info(PWSK_CLIENT client, PSOCKADDR address, ULONG length,
			      PUNICODE_STRING node, PUNICODE_STRING service, ULONG flags,
			      PEPROCESS process, PETHREAD thread, PIRP irp);

} // namespace wsk

#endif
