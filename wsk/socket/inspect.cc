// SPDX-License-Identifier: MIT OR GPL-2.0
/* Conditional accept: connection requests that are shown to the client before they are answered. */
#include "socket/inspect.h"

#include "nt/irql.h"
#include "socket/request.h"

namespace wsk
{

/**
 * WskInspectComplete - Decides about a connection that is held for inspection.
 * @irp: Completes with STATUS_NOT_IMPLEMENTED: this function has not been built yet.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_NOT_IMPLEMENTED; STATUS_INVALID_PARAMETER without a usable IRP.
 * Source: PFN_WSK_INSPECT_COMPLETE (wsk.h).
 */
NTSTATUS WSKAPI inspect_complete(PWSK_SOCKET, PWSK_INSPECT_ID, WSK_INSPECT_ACTION, PIRP irp)
{
	return request_not_implemented(irp);
}

} // namespace wsk
