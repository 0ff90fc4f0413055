// SPDX-License-Identifier: MIT OR GPL-2.0
/* The table of control codes. Handlers of more than a few lines are in ioctl_*.cc, by subject. */
#include "socket/ioctl.h"

#include <mstcpip.h>

#include "port/tap.h"
#include "socket/address.h"
#include "socket/multicast.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

/* Extensions are other interfaces than WSK's own, and there are none. */
Refusal register_extension(Socket &, ControlCall &)
{
	return {STATUS_NOT_SUPPORTED, nullptr};
}

/* Which of the two is the row's detail. No input clears the address. */
Refusal set_fixed_address(Socket &socket, ControlCall &call)
{
	bool remote = call.row->detail == SIO_WSK_SET_REMOTE_ADDRESS;
	bool ipv4 = socket.family() == AF_INET;
	port_address address;

	if (!call.input_size) {
		socket.set_fixed_address(remote, nullptr);
		return accepted;
	}
	if (call.input_size < (ipv4 ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6)) ||
	    !address_from_sockaddr(static_cast<const SOCKADDR *>(call.input), socket.family(),
				   &address))
		return {STATUS_INVALID_PARAMETER,
			"the address is short, or not of the socket's family"};
	socket.set_fixed_address(remote, &address);
	return accepted;
}

/* Any socket may be asked whether it is one that was inspected. */
Refusal query_inspect_id(Socket &socket, ControlCall &call)
{
	const WSK_INSPECT_ID *id = socket.inspect_id();

	if (!id)
		return {STATUS_INVALID_DEVICE_REQUEST, nullptr};
	call.write(*id);
	return accepted;
}

/* By the socket's family. */
Refusal set_multicast_loop(Socket &socket, ControlCall &call)
{
	socket.keep_switch(socket.family() == AF_INET ? kept_no_multicast_loop_ipv4
						      : kept_no_multicast_loop_ipv6,
			   !call.read<ULONG>());
	return accepted;
}

/* An interface by its index, which IPv4 has in network byte order in the one, not in the other. */
Refusal set_unicast_interface(Socket &socket, ControlCall &call)
{
	bool ipv4 = socket.family() == AF_INET;
	ULONG index = call.read<ULONG>();

	return outcome(port_socket_set_option(socket.transport(),
					      ipv4 ? PORT_OPTION_IPV4_UNICAST_IF
						   : PORT_OPTION_IPV6_UNICAST_IF,
					      ipv4 ? RtlUlongByteSwap(index) : index));
}

Refusal set_multicast_interface(Socket &socket, ControlCall &call)
{
	constexpr ULONG longest = 0xffffff; /* an IPv4 option takes it as 0.x.y.z */
	bool ipv4 = socket.family() == AF_INET;
	ULONG index = call.read<ULONG>();

	if (ipv4 && index > longest)
		return {STATUS_NO_SUCH_DEVICE, nullptr};
	return outcome(port_socket_set_option(socket.transport(),
					      ipv4 ? PORT_OPTION_IPV4_MULTICAST_IF
						   : PORT_OPTION_IPV6_MULTICAST_IF,
					      ipv4 ? RtlUlongByteSwap(index) : index));
}

Refusal bind_to_interface(Socket &socket, ControlCall &call)
{
	return outcome(port_socket_set_option(socket.transport(), PORT_OPTION_INTERFACE,
					      call.read<ULONG>()));
}

Refusal set_multicast_scope(Socket &socket, ControlCall &call)
{
	return outcome(port_socket_set_option(socket.transport(),
					      socket.family() == AF_INET
						      ? PORT_OPTION_IPV4_MULTICAST_TTL
						      : PORT_OPTION_IPV6_MULTICAST_HOPS,
					      call.read<ULONG>()));
}

/* From very low to normal, as Linux's classes of traffic. */
Refusal set_priority(Socket &socket, ControlCall &call)
{
	constexpr ULONG priorities[] = {2 /* bulk */, 1 /* filler */, 0 /* best effort */};
	ULONG hint = call.read<ULONG>();

	if (hint >= RTL_NUMBER_OF(priorities))
		return {STATUS_INVALID_PARAMETER, "an unknown priority hint"};
	return outcome(
		port_socket_set_option(socket.transport(), PORT_OPTION_PRIORITY, priorities[hint]));
}

Refusal get_processor(Socket &socket, ControlCall &call)
{
	constexpr uint32_t in_group = 64;
	SOCKET_PROCESSOR_AFFINITY affinity = {};
	uint32_t processor = 0, node = 0;
	int error = port_socket_get_option(socket.transport(), PORT_OPTION_PROCESSOR, &processor);

	if (static_cast<LONG>(processor) < 0) /* nothing has arrived yet */
		processor = 0;
	affinity.Processor.Group = static_cast<USHORT>(processor / in_group);
	affinity.Processor.Number = static_cast<UCHAR>(processor % in_group);
	if (!error)
		error = port_socket_get_option(socket.transport(), PORT_OPTION_NUMA_NODE, &node);
	affinity.NumaNodeId = static_cast<USHORT>(node);
	if (!error)
		call.write(affinity);
	return outcome(error);
}

Refusal get_scalability(Socket &, ControlCall &call)
{
	call.write(RSS_SCALABILITY_INFO{TRUE});
	return accepted;
}

/* The Windows Filtering Platform redirects nothing here. */
Refusal find_no_redirect(Socket &, ControlCall &)
{
	return {STATUS_NOT_FOUND, nullptr};
}

Refusal get_readable(Socket &socket, ControlCall &call)
{
	ULONG length;

	if (!socket.datagram() || !socket.refused_length(&length))
		return get_transport(socket, call);
	call.write(length);
	return accepted;
}

Refusal ignore(Socket &, ControlCall &)
{
	return accepted;
}

/* Winsock's oldest, which have names in user mode's headers only. */
enum : ULONG {
	bytes_readable = 0x4004667f,
	at_mark = 0x40047307,
	interface_list = 0x4004747f,
	interface_list_ex = 0x4004747e,
	multicast_filter_query = 0x8004747c,
	group_filter_query = 0x8004747f,
	send_backlog_query = 0x4004747b,
	send_backlog_change = 0x2000747a,
	multicast_filter = 0x8004747d,
	group_filter = 0x8004747e,
};

constexpr Control tap(ULONG code, port_tap_scope what, ControlHandler run)
{
	return control_code(code, scope_datagram | scope_raw | scope_ipv4, rule_bound,
			    sizeof(ULONG), 0, run, what);
}

constexpr Control rows[] = {
	control_code(SIO_WSK_REGISTER_EXTENSION, scope_all, rule_immediate,
		     sizeof(WSK_EXTENSION_CONTROL_IN), sizeof(WSK_EXTENSION_CONTROL_OUT),
		     register_extension),
	control_code(SIO_WSK_SET_REMOTE_ADDRESS, scope_datagram, rule_immediate | rule_bound, 0, 0,
		     set_fixed_address, SIO_WSK_SET_REMOTE_ADDRESS),
	control_code(SIO_WSK_SET_SENDTO_ADDRESS, scope_datagram, rule_immediate | rule_bound, 0, 0,
		     set_fixed_address, SIO_WSK_SET_SENDTO_ADDRESS),
	control_code(SIO_WSK_QUERY_INSPECT_ID, scope_all, rule_immediate, 0, sizeof(WSK_INSPECT_ID),
		     query_inspect_id),

	/* TCP */
	control_code(SIO_WSK_QUERY_IDEAL_SEND_BACKLOG, scope_connections, rule_connected, 0,
		     sizeof(SIZE_T), get_size, PORT_OPTION_SEND_BUFFER),
	control_code(send_backlog_query, scope_connections, rule_connected, 0, sizeof(ULONG),
		     get_transport, PORT_OPTION_SEND_BUFFER),
	control_code(send_backlog_change, scope_connections, rule_connected | rule_pends, 0, 0,
		     wait_for_send_backlog),
	control_code(SIO_WSK_QUERY_RECEIVE_BACKLOG, scope_connections, rule_connected, 0,
		     sizeof(SIZE_T), get_size, PORT_OPTION_READABLE),
	control_code(SIO_WSK_SET_TCP_SILENT_MODE, scope_connections, rule_connected, 0, 0, silence),
	control_code(SIO_KEEPALIVE_VALS, scope_tcp, 0, sizeof(struct tcp_keepalive), 0,
		     set_keepalive_values),
	control_code(SIO_TCP_INFO, scope_tcp, 0, sizeof(ULONG), sizeof(TCP_INFO_v0), get_tcp_info),
	control_code(SIO_TCP_INITIAL_RTO, scope_tcp, 0, sizeof(TCP_INITIAL_RTO_PARAMETERS), 0,
		     set_initial_rto),
	control_code(SIO_TCP_SET_ACK_FREQUENCY, scope_tcp, 0, sizeof(UCHAR), 0, set_ack_frequency),
	control_code(SIO_LOOPBACK_FAST_PATH, scope_tcp, rule_passive, sizeof(BOOLEAN), 0,
		     set_loopback_fast_path),
	control_code(SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, scope_connections,
		     rule_passive | rule_connected, 0, 0, find_no_redirect),
	control_code(SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, scope_connections,
		     rule_passive | rule_connected, 0, 0, find_no_redirect),
	control_code(SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, scope_connections, rule_passive, 0, 0,
		     ignore),
	control_code(at_mark, scope_tcp, 0, 0, sizeof(ULONG), get_at_mark),

	/* UDP and raw IP */
	control_code(SIO_UDP_CONNRESET, scope_datagram | scope_udp, rule_switch, sizeof(ULONG), 0,
		     set_reports, kept_udp_connreset),
	control_code(SIO_UDP_NETRESET, scope_datagram | scope_udp, rule_switch, sizeof(ULONG), 0,
		     set_reports, kept_udp_netreset),
	control_code(SIO_TIMESTAMPING, scope_datagram, 0, sizeof(TIMESTAMPING_CONFIG), 0,
		     set_stamps),
	control_code(SIO_GET_TX_TIMESTAMP, scope_datagram, rule_immediate, sizeof(ULONG),
		     sizeof(ULONG64), get_sent_stamp),
	control_code(SIO_MULTIPOINT_LOOPBACK, scope_datagrams, rule_switch | rule_immediate,
		     sizeof(ULONG), 0, set_multicast_loop),
	control_code(SIO_INDEX_MCASTIF, scope_datagrams, 0, sizeof(ULONG), 0,
		     set_multicast_interface),
	control_code(SIO_INDEX_ADD_MCAST, scope_datagrams | scope_ipv4, 0, sizeof(IP_MREQ), 0,
		     change_indexed_membership, PORT_JOIN_GROUP),
	control_code(SIO_INDEX_DEL_MCAST, scope_datagrams | scope_ipv4, 0, sizeof(IP_MREQ), 0,
		     change_indexed_membership, PORT_LEAVE_GROUP),
	control_code(SIO_MULTICAST_SCOPE, scope_datagrams, 0, sizeof(ULONG), 0,
		     set_multicast_scope),
	control_code(multicast_filter, scope_datagrams | scope_ipv4, 0,
		     FIELD_OFFSET(IP_MSFILTER, imsf_slist), 0, set_multicast_filter),
	control_code(multicast_filter_query, scope_datagrams | scope_ipv4, 0,
		     FIELD_OFFSET(IP_MSFILTER, imsf_fmode), FIELD_OFFSET(IP_MSFILTER, imsf_slist),
		     get_multicast_filter),
	control_code(group_filter_query, scope_datagrams, 0, FIELD_OFFSET(GROUP_FILTER, gf_fmode),
		     FIELD_OFFSET(GROUP_FILTER, gf_slist), get_group_filter),
	control_code(group_filter, scope_datagrams, 0, FIELD_OFFSET(GROUP_FILTER, gf_slist), 0,
		     set_group_filter),
	control_code(SIO_GET_BROADCAST_ADDRESS, scope_datagrams | scope_ipv4, rule_immediate, 0,
		     sizeof(SOCKADDR_IN), get_broadcast_address),

	/* Raw IPv4 */
	tap(SIO_RCVALL, PORT_TAP_ALL, receive_all),
	tap(SIO_RCVALL_MCAST, PORT_TAP_MULTICAST, receive_all),
	tap(SIO_RCVALL_IGMPMCAST, PORT_TAP_IGMP, receive_all),
	tap(SIO_RCVALL_IF, PORT_TAP_ALL, receive_all_of_interface),
	tap(SIO_RCVALL_MCAST_IF, PORT_TAP_MULTICAST, receive_all_of_interface),

	/* All */
	control_code(SIO_ADDRESS_LIST_QUERY, scope_all, rule_passive, 0, 0, get_address_list),
	control_code(SIO_ADDRESS_LIST_CHANGE, scope_all, rule_passive | rule_pends, 0, 0,
		     wait_for_addresses),
	control_code(SIO_ADDRESS_LIST_SORT, scope_all, rule_passive,
		     FIELD_OFFSET(SOCKET_ADDRESS_LIST, Address), 0, sort_address_list),
	control_code(SIO_ROUTING_INTERFACE_QUERY, scope_all, 0, sizeof(ADDRESS_FAMILY), 0,
		     get_routing_interface),
	control_code(SIO_ROUTING_INTERFACE_CHANGE, scope_all, rule_pends | rule_immediate,
		     sizeof(ADDRESS_FAMILY), 0, wait_for_routes),
	control_code(interface_list, scope_ipv4, rule_passive, 0, 0, get_interface_list),
	control_code(interface_list_ex, scope_all, rule_passive, 0, 0, get_interface_list_ex),
	control_code(SIO_UCAST_IF, scope_all, 0, sizeof(ULONG), 0, set_unicast_interface),
	control_code(SIO_INDEX_BIND, scope_all, 0, sizeof(ULONG), 0, bind_to_interface),
	control_code(bytes_readable, scope_all, 0, 0, sizeof(ULONG), get_readable,
		     PORT_OPTION_READABLE),
	control_code(SIO_SET_PRIORITY_HINT, scope_all, 0, sizeof(ULONG), 0, set_priority),
	control_code(SIO_QUERY_RSS_PROCESSOR_INFO, scope_all, 0, 0,
		     sizeof(SOCKET_PROCESSOR_AFFINITY), get_processor),
	control_code(SIO_QUERY_RSS_SCALABILITY_INFO, scope_all, rule_immediate, 0,
		     sizeof(RSS_SCALABILITY_INFO), get_scalability),
};

} // namespace

constinit const ControlTable control_codes = {rows, RTL_NUMBER_OF(rows)};

} // namespace wsk
