/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The transports that sockets can be made of. */
#ifndef WSK_SOCKET_TRANSPORTS_H
#define WSK_SOCKET_TRANSPORTS_H

#include "socket/control.h"

namespace wsk
{

/* WSK_TRANSPORT_LIST_QUERY: an array of WSK_TRANSPORT. */
Refusal list_transports(ControlCall &call);

} // namespace wsk

#endif
