/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Handlers of control codes, for the table in ioctl.cc. */
#ifndef WSK_SOCKET_IOCTL_H
#define WSK_SOCKET_IOCTL_H

#include <ws2def.h>

#include "socket/control.h"

namespace wsk
{

/* What SIO_GET_INTERFACE_LIST tells of each IPv4 address. */
struct InterfaceInfo {
	static constexpr ULONG up = 1, broadcasts = 2, loopback = 4, point_to_point = 8,
			       multicast = 16;

	union Address {
		SOCKADDR_IN ipv4;
		UCHAR room[24];
	};

	ULONG flags;
	Address address, broadcast, netmask;
};
static_assert(sizeof(InterfaceInfo) == 76);

/* What SIO_GET_INTERFACE_LIST_EX tells: the addresses lie behind the last one. */
struct InterfaceInfoEx {
	ULONG flags; /* InterfaceInfo's */
	SOCKET_ADDRESS address, broadcast, netmask;
};
static_assert(sizeof(InterfaceInfoEx) == 56);

/* ioctl_tap.cc */
Refusal receive_all(Socket &socket, ControlCall &call);
Refusal receive_all_of_interface(Socket &socket, ControlCall &call);

/* ioctl_sort.cc */
Refusal sort_address_list(Socket &socket, ControlCall &call);

/* option_datagram.cc */
Refusal set_reports(Socket &socket, ControlCall &call);
Refusal set_stamps(Socket &socket, ControlCall &call);
Refusal get_sent_stamp(Socket &socket, ControlCall &call);

/* ioctl_tcp.cc */
Refusal set_keepalive_values(Socket &socket, ControlCall &call);
Refusal get_tcp_info(Socket &socket, ControlCall &call);
Refusal get_size(Socket &socket, ControlCall &call);
Refusal wait_for_send_backlog(Socket &socket, ControlCall &call);
Refusal get_at_mark(Socket &socket, ControlCall &call);
Refusal silence(Socket &socket, ControlCall &call);
Refusal set_initial_rto(Socket &socket, ControlCall &call);
Refusal set_ack_frequency(Socket &socket, ControlCall &call);
Refusal set_loopback_fast_path(Socket &socket, ControlCall &call);

/* ioctl_address.cc */
Refusal get_address_list(Socket &socket, ControlCall &call);
Refusal wait_for_addresses(Socket &socket, ControlCall &call);
Refusal get_routing_interface(Socket &socket, ControlCall &call);
Refusal wait_for_routes(Socket &socket, ControlCall &call);
Refusal get_interface_list(Socket &socket, ControlCall &call);
Refusal get_interface_list_ex(Socket &socket, ControlCall &call);
Refusal get_broadcast_address(Socket &socket, ControlCall &call);

} // namespace wsk

#endif
