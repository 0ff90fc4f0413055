/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Handlers of control codes about multicast (multicast_filter.cc). */
#ifndef WSK_SOCKET_MULTICAST_H
#define WSK_SOCKET_MULTICAST_H

#include <ws2ipdef.h>

#include "port/multicast.h"
#include "socket/control.h"

namespace wsk
{

constexpr Refusal multicast_wrong_family = {STATUS_INVALID_PARAMETER,
					    "an address is not of the option's family"};

port_address multicast_address(IN_ADDR address);

/* An interface is named by one of its addresses, or as 0.x.y.z by its index. */
int multicast_interface(Socket &socket, IN_ADDR name, uint32_t *interface);

/* An IP_MSFILTER, and a GROUP_FILTER. */
Refusal set_multicast_filter(Socket &socket, ControlCall &call);
Refusal get_multicast_filter(Socket &socket, ControlCall &call);
Refusal set_group_filter(Socket &socket, ControlCall &call);
Refusal get_group_filter(Socket &socket, ControlCall &call);

/* SIO_INDEX_ADD_MCAST and SIO_INDEX_DEL_MCAST: an IP_MREQ whose interface is an index. */
Refusal change_indexed_membership(Socket &socket, ControlCall &call);

} // namespace wsk

#endif
