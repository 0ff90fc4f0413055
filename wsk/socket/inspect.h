/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Conditional accept: connection requests that are shown to the client before they are answered. */
#ifndef WSK_SOCKET_INSPECT_H
#define WSK_SOCKET_INSPECT_H

#include <wsk.h>

namespace wsk
{

NTSTATUS WSKAPI inspect_complete(PWSK_SOCKET handle, PWSK_INSPECT_ID id, WSK_INSPECT_ACTION action,
				 PIRP irp);

} // namespace wsk

#endif
