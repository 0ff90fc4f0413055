// SPDX-License-Identifier: MIT OR GPL-2.0
/* Multicast options of IPPROTO_IP and IPPROTO_IPV6. */
#include "socket/multicast.h"

#include <ws2ipdef.h>

#include "port/multicast.h"
#include "socket/address.h"
#include "socket/control.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

port_membership action_of(const ControlCall &call)
{
	return static_cast<port_membership>(call.row->detail);
}

Refusal change_membership(Socket &socket, ControlCall &call)
{
	IP_MREQ request = call.read<IP_MREQ>();
	port_address group = multicast_address(request.imr_multiaddr);
	uint32_t interface = 0;
	int error = multicast_interface(socket, request.imr_interface, &interface);

	if (!error)
		error = port_socket_membership(socket.transport(), action_of(call), interface,
					       &group, nullptr);
	return outcome(error);
}

Refusal change_source(Socket &socket, ControlCall &call)
{
	IP_MREQ_SOURCE request = call.read<IP_MREQ_SOURCE>();
	port_address group = multicast_address(request.imr_multiaddr);
	port_address source = multicast_address(request.imr_sourceaddr);
	uint32_t interface = 0;
	int error = multicast_interface(socket, request.imr_interface, &interface);

	if (!error)
		error = port_socket_membership(socket.transport(), action_of(call), interface,
					       &group, &source);
	return outcome(error);
}

Refusal change_ipv6_membership(Socket &socket, ControlCall &call)
{
	IPV6_MREQ request = call.read<IPV6_MREQ>();
	SOCKADDR_IN6 from = {};
	port_address group = {};

	from.sin6_family = AF_INET6;
	from.sin6_addr = request.ipv6mr_multiaddr;
	(void)!address_from_sockaddr(reinterpret_cast<SOCKADDR *>(&from), AF_INET6, &group);
	return outcome(port_socket_membership(socket.transport(), action_of(call),
					      request.ipv6mr_interface, &group, nullptr));
}

/* The families' own: the level's. */
bool read_address(const ControlCall &call, const SOCKADDR_STORAGE &from, port_address *to)
{
	ADDRESS_FAMILY family = call.row->level == IPPROTO_IP ? AF_INET : AF_INET6;

	return address_from_sockaddr(reinterpret_cast<const SOCKADDR *>(&from), family, to);
}

Refusal change_group(Socket &socket, ControlCall &call)
{
	GROUP_REQ request = call.read<GROUP_REQ>();
	port_address group = {};

	if (!read_address(call, request.gr_group, &group))
		return multicast_wrong_family;
	return outcome(port_socket_membership(socket.transport(), action_of(call),
					      request.gr_interface, &group, nullptr));
}

Refusal change_group_source(Socket &socket, ControlCall &call)
{
	GROUP_SOURCE_REQ request = call.read<GROUP_SOURCE_REQ>();
	port_address group = {}, source = {};

	if (!read_address(call, request.gsr_group, &group) ||
	    !read_address(call, request.gsr_source, &source))
		return multicast_wrong_family;
	return outcome(port_socket_membership(socket.transport(), action_of(call),
					      request.gsr_interface, &group, &source));
}

/* The receiver's choice on Windows (Socket::judge); what is sent always loops back. */
Refusal set_loop(Socket &socket, ControlCall &call)
{
	if (call.row->level == IPPROTO_IP && socket.family() == AF_INET6 &&
	    socket.type() == SOCK_RAW)
		return {STATUS_NOT_SUPPORTED, "a raw IPv6 socket has no IPv4 traffic"};
	socket.keep_switch(call.row->detail, !call.read<ULONG>());
	return accepted;
}

Refusal get_loop(Socket &socket, ControlCall &call)
{
	call.write<ULONG>(!socket.kept_switch(call.row->detail));
	return accepted;
}

constexpr Control number(ULONG level, LONG name, int scope, int rules, port_socket_option which)
{
	return option(level, name, scope, rules, sizeof(ULONG), set_transport, get_transport,
		      which);
}

constexpr Control membership(LONG name, size_t size, ControlHandler set, port_membership action)
{
	return option(IPPROTO_IP, name, scope_datagrams, 0, size, set, nullptr, action);
}

constexpr Control ipv6_membership(LONG name, size_t size, ControlHandler set,
				  port_membership action)
{
	return option(IPPROTO_IPV6, name, scope_datagrams | scope_ipv6, 0, size, set, nullptr,
		      action);
}

constexpr Control rows[] = {
	number(IPPROTO_IP, IP_MULTICAST_IF, scope_datagrams, 0, PORT_OPTION_IPV4_MULTICAST_IF),
	number(IPPROTO_IP, IP_MULTICAST_TTL, scope_datagrams, 0, PORT_OPTION_IPV4_MULTICAST_TTL),
	option(IPPROTO_IP, IP_MULTICAST_LOOP, scope_datagrams, rule_switch | rule_immediate,
	       sizeof(ULONG), set_loop, get_loop, kept_no_multicast_loop_ipv4),
	membership(IP_ADD_MEMBERSHIP, sizeof(IP_MREQ), change_membership, PORT_JOIN_GROUP),
	membership(IP_DROP_MEMBERSHIP, sizeof(IP_MREQ), change_membership, PORT_LEAVE_GROUP),
	membership(IP_ADD_SOURCE_MEMBERSHIP, sizeof(IP_MREQ_SOURCE), change_source,
		   PORT_JOIN_SOURCE),
	membership(IP_DROP_SOURCE_MEMBERSHIP, sizeof(IP_MREQ_SOURCE), change_source,
		   PORT_LEAVE_SOURCE),
	membership(IP_BLOCK_SOURCE, sizeof(IP_MREQ_SOURCE), change_source, PORT_BLOCK_SOURCE),
	membership(IP_UNBLOCK_SOURCE, sizeof(IP_MREQ_SOURCE), change_source, PORT_UNBLOCK_SOURCE),
	membership(MCAST_JOIN_GROUP, sizeof(GROUP_REQ), change_group, PORT_JOIN_GROUP),
	membership(MCAST_LEAVE_GROUP, sizeof(GROUP_REQ), change_group, PORT_LEAVE_GROUP),
	membership(MCAST_BLOCK_SOURCE, sizeof(GROUP_SOURCE_REQ), change_group_source,
		   PORT_BLOCK_SOURCE),
	membership(MCAST_UNBLOCK_SOURCE, sizeof(GROUP_SOURCE_REQ), change_group_source,
		   PORT_UNBLOCK_SOURCE),
	membership(MCAST_JOIN_SOURCE_GROUP, sizeof(GROUP_SOURCE_REQ), change_group_source,
		   PORT_JOIN_SOURCE),
	membership(MCAST_LEAVE_SOURCE_GROUP, sizeof(GROUP_SOURCE_REQ), change_group_source,
		   PORT_LEAVE_SOURCE),

	number(IPPROTO_IPV6, IPV6_MULTICAST_IF, scope_datagrams | scope_ipv6, 0,
	       PORT_OPTION_IPV6_MULTICAST_IF),
	number(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, scope_datagrams | scope_ipv6, 0,
	       PORT_OPTION_IPV6_MULTICAST_HOPS),
	option(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, scope_datagrams | scope_ipv6,
	       rule_switch | rule_immediate, sizeof(ULONG), set_loop, get_loop,
	       kept_no_multicast_loop_ipv6),
	ipv6_membership(IPV6_ADD_MEMBERSHIP, sizeof(IPV6_MREQ), change_ipv6_membership,
			PORT_JOIN_GROUP),
	ipv6_membership(IPV6_DROP_MEMBERSHIP, sizeof(IPV6_MREQ), change_ipv6_membership,
			PORT_LEAVE_GROUP),
	ipv6_membership(MCAST_JOIN_GROUP, sizeof(GROUP_REQ), change_group, PORT_JOIN_GROUP),
	ipv6_membership(MCAST_LEAVE_GROUP, sizeof(GROUP_REQ), change_group, PORT_LEAVE_GROUP),
	ipv6_membership(MCAST_BLOCK_SOURCE, sizeof(GROUP_SOURCE_REQ), change_group_source,
			PORT_BLOCK_SOURCE),
	ipv6_membership(MCAST_UNBLOCK_SOURCE, sizeof(GROUP_SOURCE_REQ), change_group_source,
			PORT_UNBLOCK_SOURCE),
	ipv6_membership(MCAST_JOIN_SOURCE_GROUP, sizeof(GROUP_SOURCE_REQ), change_group_source,
			PORT_JOIN_SOURCE),
	ipv6_membership(MCAST_LEAVE_SOURCE_GROUP, sizeof(GROUP_SOURCE_REQ), change_group_source,
			PORT_LEAVE_SOURCE),
};

} // namespace

constinit const ControlTable multicast_options = {rows, RTL_NUMBER_OF(rows)};

} // namespace wsk
