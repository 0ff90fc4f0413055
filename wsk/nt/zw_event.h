/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Events that are known by handles. */
#ifndef WSK_NT_ZW_EVENT_H
#define WSK_NT_ZW_EVENT_H

#include <wdm.h>

namespace wsk
{

/* The event, with a reference for object_dereference(); or NULL. */
NTSTATUS event_reference(HANDLE handle, PKEVENT *event);

} // namespace wsk

#endif
