// SPDX-License-Identifier: MIT OR GPL-2.0
/* Multicast options of IPPROTO_IP and IPPROTO_IPV6, and the control codes that set filters. */
#include "socket/multicast.h"

#include <ws2ipdef.h>

#include "nt/pool.h"
#include "port/multicast.h"
#include "socket/address.h"
#include "socket/control.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

constexpr ULONG pool_tag = 'mcsW';

port_membership action_of(const ControlCall &call)
{
	return static_cast<port_membership>(call.row->detail);
}

port_address from_ipv4(IN_ADDR address)
{
	SOCKADDR_IN from = {};
	port_address to = {};

	from.sin_family = AF_INET;
	from.sin_addr = address;
	(void)!address_from_sockaddr(reinterpret_cast<SOCKADDR *>(&from), AF_INET, &to);
	return to;
}

/* An interface is named by one of its addresses, or as 0.x.y.z by its index. */
int find_interface(Socket &socket, IN_ADDR name, uint32_t *interface)
{
	*interface = RtlUlongByteSwap(name.s_addr);
	if (!(*interface >> 24))
		return 0;
	return port_socket_interface_of(socket.transport(), name.s_addr, interface);
}

Refusal change_membership(Socket &socket, ControlCall &call)
{
	IP_MREQ request = call.read<IP_MREQ>();
	port_address group = from_ipv4(request.imr_multiaddr);
	uint32_t interface = 0;
	int error = find_interface(socket, request.imr_interface, &interface);

	if (!error)
		error = port_socket_membership(socket.transport(), action_of(call), interface,
					       &group, nullptr);
	return outcome(error);
}

Refusal change_source(Socket &socket, ControlCall &call)
{
	IP_MREQ_SOURCE request = call.read<IP_MREQ_SOURCE>();
	port_address group = from_ipv4(request.imr_multiaddr);
	port_address source = from_ipv4(request.imr_sourceaddr);
	uint32_t interface = 0;
	int error = find_interface(socket, request.imr_interface, &interface);

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

constexpr Refusal wrong_family = {STATUS_INVALID_PARAMETER,
				  "an address is not of the option's family"};

Refusal change_group(Socket &socket, ControlCall &call)
{
	GROUP_REQ request = call.read<GROUP_REQ>();
	port_address group = {};

	if (!read_address(call, request.gr_group, &group))
		return wrong_family;
	return outcome(port_socket_membership(socket.transport(), action_of(call),
					      request.gr_interface, &group, nullptr));
}

Refusal change_group_source(Socket &socket, ControlCall &call)
{
	GROUP_SOURCE_REQ request = call.read<GROUP_SOURCE_REQ>();
	port_address group = {}, source = {};

	if (!read_address(call, request.gsr_group, &group) ||
	    !read_address(call, request.gsr_source, &source))
		return wrong_family;
	return outcome(port_socket_membership(socket.transport(), action_of(call),
					      request.gsr_interface, &group, &source));
}

/* The sources of a filter, read one by one into addresses. */
class Sources
{
public:
	explicit Sources(ULONG count)
		: list_(static_cast<port_address *>(ExAllocatePool2(
			  POOL_FLAG_NON_PAGED, (count + 1) * sizeof(port_address), pool_tag)))
	{
	}
	~Sources()
	{
		if (list_)
			ExFreePoolWithTag(list_, pool_tag);
	}
	Sources(const Sources &) = delete;
	Sources &operator=(const Sources &) = delete;

	explicit operator bool() const { return list_; }
	port_address &operator[](ULONG index) { return list_[index]; }
	const port_address *all() const { return list_; }

private:
	port_address *list_;
};

constexpr Refusal short_list = {STATUS_INVALID_PARAMETER,
				"the input is too short for the sources that it announces"};

/* A mode as it came: it may be none. */
ULONG mode_of(const ControlCall &call, SIZE_T offset)
{
	ULONG mode;

	static_assert(sizeof(mode) == sizeof(MULTICAST_MODE_TYPE));
	RtlCopyMemory(&mode, static_cast<const UCHAR *>(call.input) + offset, sizeof(mode));
	return mode;
}

/* How many whole elements of a size follow a header. */
ULONG room_for(const ControlCall &call, SIZE_T header, SIZE_T element)
{
	return static_cast<ULONG>((call.input_size - header) / element);
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
	number(IPPROTO_IP, IP_MULTICAST_LOOP, scope_datagrams, rule_switch,
	       PORT_OPTION_IPV4_MULTICAST_LOOP),
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
	number(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, scope_datagrams | scope_ipv6, rule_switch,
	       PORT_OPTION_IPV6_MULTICAST_LOOP),
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

Refusal set_multicast_filter(Socket &socket, ControlCall &call)
{
	constexpr SIZE_T header = FIELD_OFFSET(IP_MSFILTER, imsf_slist);
	IP_MSFILTER filter = {};

	RtlCopyMemory(&filter, call.input, header);
	if (filter.imsf_numsrc > room_for(call, header, sizeof(IN_ADDR)))
		return short_list;
	ULONG mode = mode_of(call, FIELD_OFFSET(IP_MSFILTER, imsf_fmode));
	if (mode > MCAST_EXCLUDE)
		return {STATUS_INVALID_PARAMETER, "an unknown filter mode"};
	Sources sources(filter.imsf_numsrc);
	if (!sources)
		return {STATUS_INSUFFICIENT_RESOURCES, nullptr};
	for (ULONG i = 0; i < filter.imsf_numsrc; i++) {
		IN_ADDR source;

		RtlCopyMemory(&source,
			      static_cast<const UCHAR *>(call.input) + header + i * sizeof(source),
			      sizeof(source));
		sources[i] = from_ipv4(source);
	}

	port_address group = from_ipv4(filter.imsf_multiaddr);
	uint32_t interface = 0;
	int error = find_interface(socket, filter.imsf_interface, &interface);
	if (!error)
		error = port_socket_set_sources(socket.transport(), interface, &group,
						mode == MCAST_EXCLUDE, sources.all(),
						filter.imsf_numsrc);
	return outcome(error);
}

Refusal set_group_filter(Socket &socket, ControlCall &call)
{
	constexpr SIZE_T header = FIELD_OFFSET(GROUP_FILTER, gf_slist);
	GROUP_FILTER filter = {};
	port_address group = {};

	RtlCopyMemory(&filter, call.input, header);
	if (filter.gf_numsrc > room_for(call, header, sizeof(SOCKADDR_STORAGE)))
		return short_list;
	ULONG mode = mode_of(call, FIELD_OFFSET(GROUP_FILTER, gf_fmode));
	if (mode > MCAST_EXCLUDE)
		return {STATUS_INVALID_PARAMETER, "an unknown filter mode"};
	ADDRESS_FAMILY family = filter.gf_group.ss_family;
	if (family != socket.family() ||
	    !address_from_sockaddr(reinterpret_cast<SOCKADDR *>(&filter.gf_group), family, &group))
		return wrong_family;
	Sources sources(filter.gf_numsrc);
	if (!sources)
		return {STATUS_INSUFFICIENT_RESOURCES, nullptr};
	for (ULONG i = 0; i < filter.gf_numsrc; i++) {
		SOCKADDR_STORAGE source;

		RtlCopyMemory(&source,
			      static_cast<const UCHAR *>(call.input) + header + i * sizeof(source),
			      sizeof(source));
		if (!address_from_sockaddr(reinterpret_cast<SOCKADDR *>(&source), family,
					   &sources[i]))
			return wrong_family;
	}
	return outcome(port_socket_set_sources(socket.transport(), filter.gf_interface, &group,
					       mode == MCAST_EXCLUDE, sources.all(),
					       filter.gf_numsrc));
}

} // namespace wsk
