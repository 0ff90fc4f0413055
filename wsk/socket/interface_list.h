/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The interfaces that a datagram socket receives by, where it does not by all (IP_IFLIST). */
#ifndef WSK_SOCKET_INTERFACE_LIST_H
#define WSK_SOCKET_INTERFACE_LIST_H

#include <wdm.h>

#include "socket/control.h"

namespace wsk
{

struct InterfaceList {
	static constexpr ULONG tag = 'lifW', most = 64;

	bool used; /* else all are in it */
	ULONG count;
	ULONG indexes[most];

	bool holds(ULONG index) const;
	static void *operator new(size_t size) noexcept;
	static void operator delete(void *block);
};

/* Handlers of IP_IFLIST, IP_ADD_IFLIST, IP_DEL_IFLIST and IP_GET_IFLIST, and of IPv6's. */
Refusal use_interface_list(Socket &socket, ControlCall &call);
Refusal is_interface_list_used(Socket &socket, ControlCall &call);
Refusal add_interface(Socket &socket, ControlCall &call);
Refusal remove_interface(Socket &socket, ControlCall &call);
Refusal get_interfaces(Socket &socket, ControlCall &call);

} // namespace wsk

#endif
