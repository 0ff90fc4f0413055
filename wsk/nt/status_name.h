/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Microsoft's names of statuses. */
#ifndef WSK_NT_STATUS_NAME_H
#define WSK_NT_STATUS_NAME_H

#include <ntdef.h>

namespace wsk
{

/* The name, of the first one where several are the same; null where there is none. */
const char *status_name(NTSTATUS status);

} // namespace wsk

#endif
