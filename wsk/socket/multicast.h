/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Handlers of the control codes that set a multicast filter (option_multicast.cc). */
#ifndef WSK_SOCKET_MULTICAST_H
#define WSK_SOCKET_MULTICAST_H

#include "socket/control.h"

namespace wsk
{

Refusal set_multicast_filter(Socket &socket, ControlCall &call); /* an IP_MSFILTER */
Refusal set_group_filter(Socket &socket, ControlCall &call);	 /* a GROUP_FILTER */

} // namespace wsk

#endif
