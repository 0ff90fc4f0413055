// SPDX-License-Identifier: MIT OR GPL-2.0
/* Options of IPPROTO_IP and IPPROTO_IPV6, but for those of multicast. */
#include <ws2ipdef.h>

#include "socket/control.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

constexpr ULONG no_user_mtu = MAXULONG;

port_socket_option transport_option(const ControlCall &call)
{
	return static_cast<port_socket_option>(call.row->detail);
}

/* IPv4's is in network byte order. */
Refusal set_unicast_if(Socket &socket, ControlCall &call)
{
	return outcome(port_socket_set_option(socket.transport(), transport_option(call),
					      RtlUlongByteSwap(call.read<ULONG>())));
}

Refusal get_unicast_if(Socket &socket, ControlCall &call)
{
	uint32_t index = 0;
	int error = port_socket_get_option(socket.transport(), transport_option(call), &index);

	if (!error)
		call.write<ULONG>(RtlUlongByteSwap(index));
	return outcome(error);
}

/* Microsoft's PMTUD_STATE is not Linux's. */
constexpr UCHAR pmtu_states[IP_PMTUDISC_MAX] = {
	[IP_PMTUDISC_NOT_SET] = PORT_PMTU_WANT,
	[IP_PMTUDISC_DO] = PORT_PMTU_DO,
	[IP_PMTUDISC_DONT] = PORT_PMTU_DONT,
	[IP_PMTUDISC_PROBE] = PORT_PMTU_PROBE,
};

Refusal set_pmtu(Socket &socket, ControlCall &call)
{
	ULONG state = call.read<ULONG>();

	if (state >= IP_PMTUDISC_MAX)
		return {STATUS_INVALID_PARAMETER, "an unknown PMTUD_STATE"};
	return outcome(port_socket_set_option(socket.transport(), transport_option(call),
					      pmtu_states[state]));
}

Refusal get_pmtu(Socket &socket, ControlCall &call)
{
	uint32_t value = 0;
	int error = port_socket_get_option(socket.transport(), transport_option(call), &value);
	ULONG state = 0;

	while (state < IP_PMTUDISC_MAX && pmtu_states[state] != value)
		state++;
	if (!error)
		call.write<ULONG>(state % IP_PMTUDISC_MAX); /* any other is none that was set */
	return outcome(error);
}

/* IP_DONTFRAGMENT is two of those states. */
Refusal set_dont_fragment(Socket &socket, ControlCall &call)
{
	return outcome(port_socket_set_option(socket.transport(), PORT_OPTION_IPV4_PMTU,
					      call.read<ULONG>() ? PORT_PMTU_DO : PORT_PMTU_DONT));
}

Refusal get_dont_fragment(Socket &socket, ControlCall &call)
{
	uint32_t value = 0;
	int error = port_socket_get_option(socket.transport(), PORT_OPTION_IPV4_PMTU, &value);

	if (!error)
		call.write<ULONG>(value == PORT_PMTU_DO);
	return outcome(error);
}

Refusal set_header(Socket &socket, ControlCall &call)
{
	return outcome(port_socket_set_header(socket.transport(),
					      static_cast<port_header>(call.row->detail),
					      call.input, call.input_size));
}

/* As it was set: nothing, where nothing was. */
Refusal get_header(Socket &socket, ControlCall &call)
{
	call.written = port_socket_get_header(socket.transport(),
					      static_cast<port_header>(call.row->detail),
					      call.output, call.output_size);
	if (call.written > call.output_size)
		return too_small;
	return accepted;
}

Refusal set_user_mtu(Socket &socket, ControlCall &call)
{
	ULONG mtu = call.read<ULONG>();

	if (!mtu)
		return {STATUS_INVALID_PARAMETER, "no packet is that short"};
	return outcome(port_socket_set_option(socket.transport(), PORT_OPTION_USER_MTU,
					      mtu == no_user_mtu ? 0 : mtu));
}

Refusal get_user_mtu(Socket &socket, ControlCall &call)
{
	uint32_t mtu = 0;
	int error = port_socket_get_option(socket.transport(), PORT_OPTION_USER_MTU, &mtu);

	if (!error)
		call.write<ULONG>(mtu ? mtu : no_user_mtu);
	return outcome(error);
}

/* Linux has no such levels: what a socket accepts is left to its firewall. */
Refusal set_protection_level(Socket &, ControlCall &call)
{
	switch (call.read<ULONG>()) {
	case PROTECTION_LEVEL_UNRESTRICTED:
	case PROTECTION_LEVEL_EDGERESTRICTED:
	case PROTECTION_LEVEL_RESTRICTED:
	case PROTECTION_LEVEL_DEFAULT:
		return accepted;
	default:
		return {STATUS_INVALID_PARAMETER, "an unknown protection level"};
	}
}

constexpr Control ip(LONG name, int scope, int rules, port_socket_option which)
{
	return option(IPPROTO_IP, name, scope, rules, sizeof(ULONG), set_transport, get_transport,
		      which);
}

constexpr Control ipv6(LONG name, int scope, int rules, port_socket_option which)
{
	return option(IPPROTO_IPV6, name, (scope & ~scope_families) | scope_ipv6, rules,
		      sizeof(ULONG), set_transport, get_transport, which);
}

/* IPPROTO_IP's are there on IPv6 sockets as well, for their IPv4 traffic. */
constexpr Control rows[] = {
	option(IPPROTO_IP, IP_OPTIONS, scope_all, 0, 0, set_header, get_header,
	       PORT_HEADER_IPV4_OPTIONS),
	option(IPPROTO_IP, IP_USER_MTU, scope_ipv4, 0, sizeof(ULONG), set_user_mtu, get_user_mtu),
	ip(IP_HDRINCL, scope_raw | scope_ipv4, rule_switch, PORT_OPTION_IPV4_HEADER_INCLUDED),
	ip(IP_TOS, scope_all, 0, PORT_OPTION_IPV4_TOS),
	ip(IP_TCLASS, scope_all, 0, PORT_OPTION_IPV4_TOS),
	ip(IP_TTL, scope_all, 0, PORT_OPTION_IPV4_TTL),
	option(IPPROTO_IP, IP_DONTFRAGMENT, scope_all, rule_switch, sizeof(ULONG),
	       set_dont_fragment, get_dont_fragment),
	option(IPPROTO_IP, IP_UNICAST_IF, scope_all, 0, sizeof(ULONG), set_unicast_if,
	       get_unicast_if, PORT_OPTION_IPV4_UNICAST_IF),
	option(IPPROTO_IP, IP_MTU_DISCOVER, scope_all, 0, sizeof(ULONG), set_pmtu, get_pmtu,
	       PORT_OPTION_IPV4_PMTU),
	option(IPPROTO_IP, IP_MTU, scope_ipv4, 0, sizeof(ULONG), nullptr, get_transport,
	       PORT_OPTION_IPV4_MTU),

	option(IPPROTO_IPV6, IPV6_HOPOPTS, scope_ipv6, 0, 0, set_header, get_header,
	       PORT_HEADER_HOP_BY_HOP),
	option(IPPROTO_IPV6, IPV6_RTHDR, scope_ipv6, 0, 0, set_header, get_header,
	       PORT_HEADER_ROUTING),
	option(IPPROTO_IPV6, IPV6_USER_MTU, scope_ipv6, 0, sizeof(ULONG), set_user_mtu,
	       get_user_mtu),
	ipv6(IPV6_V6ONLY, scope_tcp | scope_udp, rule_switch | rule_before_bind,
	     PORT_OPTION_V6ONLY),
	ipv6(IPV6_HDRINCL, scope_raw, rule_switch, PORT_OPTION_IPV6_HEADER_INCLUDED),
	ipv6(IPV6_UNICAST_HOPS, scope_all, 0, PORT_OPTION_IPV6_HOPS),
	ipv6(IPV6_DONTFRAG, scope_all, rule_switch, PORT_OPTION_IPV6_DONT_FRAGMENT),
	option(IPPROTO_IPV6, IPV6_PROTECTION_LEVEL, scope_ipv6, rule_immediate, sizeof(ULONG),
	       set_protection_level, nullptr),
	ipv6(IPV6_CHECKSUM, scope_raw, 0, PORT_OPTION_IPV6_CHECKSUM),
	ipv6(IPV6_UNICAST_IF, scope_all, 0, PORT_OPTION_IPV6_UNICAST_IF),
	ipv6(IPV6_TCLASS, scope_all, 0, PORT_OPTION_IPV6_TCLASS),
	option(IPPROTO_IPV6, IPV6_MTU_DISCOVER, scope_ipv6, 0, sizeof(ULONG), set_pmtu, get_pmtu,
	       PORT_OPTION_IPV6_PMTU),
	option(IPPROTO_IPV6, IPV6_MTU, scope_ipv6, 0, sizeof(ULONG), nullptr, get_transport,
	       PORT_OPTION_IPV6_MTU),
};

} // namespace

constinit const ControlTable ip_options = {rows, RTL_NUMBER_OF(rows)};

} // namespace wsk
