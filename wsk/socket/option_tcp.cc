// SPDX-License-Identifier: MIT OR GPL-2.0
/* Options of IPPROTO_TCP. */
#include <ws2ipdef.h>

#include "port/tcp.h"
#include "socket/address.h"
#include "socket/control.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

/* How long to go on without an acknowledgement: Linux has it in milliseconds, 0 its own choice. */
constexpr ULONG milliseconds_per_second = 1000;
constexpr ULONG longest = 0x7fffffff; /* of Linux's */

Refusal set_timeout(Socket &socket, ControlCall &call, ULONG milliseconds)
{
	UNREFERENCED_PARAMETER(call);
	return outcome(port_socket_set_option(socket.transport(), PORT_OPTION_USER_TIMEOUT,
					      milliseconds > longest ? longest : milliseconds));
}

/* In seconds; all ones is for ever. */
Refusal set_max_rt(Socket &socket, ControlCall &call)
{
	ULONG seconds = call.read<ULONG>();

	return set_timeout(socket, call,
			   seconds > longest / milliseconds_per_second
				   ? longest
				   : seconds * milliseconds_per_second);
}

Refusal get_max_rt(Socket &socket, ControlCall &call)
{
	uint32_t value = 0;
	int error = port_socket_get_option(socket.transport(), PORT_OPTION_USER_TIMEOUT, &value);

	if (!error)
		call.write<ULONG>(value == longest ? MAXULONG : value / milliseconds_per_second);
	return outcome(error);
}

Refusal set_max_rt_ms(Socket &socket, ControlCall &call)
{
	return set_timeout(socket, call, call.read<ULONG>());
}

Refusal get_max_rt_ms(Socket &socket, ControlCall &call)
{
	uint32_t value = 0;
	int error = port_socket_get_option(socket.transport(), PORT_OPTION_USER_TIMEOUT, &value);

	if (!error)
		call.write<ULONG>(value == longest ? MAXULONG : value);
	return outcome(error);
}

Refusal set_no_syn_retries(Socket &socket, ControlCall &call)
{
	uint32_t first_timeout = 0;
	bool one_syn = false;

	port_tcp_get_handshake(socket.transport(), &one_syn, &first_timeout);
	return outcome(
		port_tcp_set_handshake(socket.transport(), call.read<ULONG>(), first_timeout));
}

Refusal get_no_syn_retries(Socket &socket, ControlCall &call)
{
	uint32_t first_timeout = 0;
	bool one_syn = false;

	port_tcp_get_handshake(socket.transport(), &one_syn, &first_timeout);
	call.write<ULONG>(one_syn);
	return accepted;
}

/* Attempts end with what ICMP says on Linux; on, they keep it for TCP_ICMP_ERROR_INFO. */
Refusal set_fail_on_icmp(Socket &socket, ControlCall &call)
{
	socket.keep_switch(kept_fail_connect_on_icmp, call.read<ULONG>());
	return outcome(port_tcp_keep_icmp(socket.transport(), call.read<ULONG>()));
}

Refusal get_icmp_error(Socket &socket, ControlCall &call)
{
	port_icmp_error error = {};
	ICMP_ERROR_INFO info = {};

	if (port_tcp_icmp_error(socket.transport(), &error))
		return {STATUS_NOT_FOUND, nullptr};
	address_to_sockaddr(error.source, reinterpret_cast<SOCKADDR *>(&info.srcaddress));
	info.protocol = error.source.family == PORT_AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	info.type = error.type;
	info.code = error.code;
	call.write(info);
	return accepted;
}

/* Windows' numbers, of those that Linux may have as well. */
constexpr struct {
	ULONG number;
	port_congestion algorithm;
} algorithms[] = {
	{0, PORT_CONGESTION_DEFAULT},
	{2, PORT_CONGESTION_DCTCP},
	{3, PORT_CONGESTION_RENO},
	{4, PORT_CONGESTION_CUBIC},
};

Refusal set_congestion(Socket &socket, ControlCall &call)
{
	for (const auto &one : algorithms) {
		if (one.number != call.read<ULONG>())
			continue;
		int error = port_tcp_set_congestion(socket.transport(), one.algorithm);

		if (error == -PORT_ENOENT)
			return {STATUS_NOT_SUPPORTED, nullptr};
		return outcome(error);
	}
	return {STATUS_NOT_SUPPORTED, "a congestion algorithm that Linux does not have"};
}

Refusal get_congestion(Socket &socket, ControlCall &call)
{
	port_congestion algorithm = port_tcp_congestion(socket.transport());

	for (const auto &one : algorithms)
		if (one.algorithm == algorithm)
			call.write(one.number);
	return accepted;
}

/* There is no offload that could be preferred. */
Refusal set_offload_preference(Socket &, ControlCall &call)
{
	if (call.read<ULONG>() > TCP_OFFLOAD_PREFERRED)
		return {STATUS_INVALID_PARAMETER, "an unknown offload preference"};
	return accepted;
}

Refusal get_offload_preference(Socket &, ControlCall &call)
{
	call.write<ULONG>(TCP_OFFLOAD_NO_PREFERENCE);
	return accepted;
}

constexpr Control number(LONG name, int rules, port_socket_option which)
{
	return option(IPPROTO_TCP, name, scope_tcp, rules, sizeof(ULONG), set_transport,
		      get_transport, which);
}

constexpr Control kept(LONG name, KeptSwitch which)
{
	return option(IPPROTO_TCP, name, scope_tcp, rule_switch | rule_immediate, sizeof(ULONG),
		      set_kept, get_kept, which);
}

constexpr Control rows[] = {
	number(TCP_NODELAY, rule_switch, PORT_OPTION_NODELAY),
	number(TCP_KEEPALIVE, 0, PORT_OPTION_KEEP_IDLE),
	number(TCP_KEEPINTVL, 0, PORT_OPTION_KEEP_INTERVAL),
	number(TCP_KEEPCNT, 0, PORT_OPTION_KEEP_COUNT),
	number(TCP_FASTOPEN, rule_switch, PORT_OPTION_FAST_OPEN),
	option(IPPROTO_TCP, TCP_MAXSEG, scope_tcp, 0, sizeof(ULONG), nullptr, get_transport,
	       PORT_OPTION_SEGMENT_SIZE),
	option(IPPROTO_TCP, TCP_MAXRT, scope_tcp, 0, sizeof(ULONG), set_max_rt, get_max_rt),
	option(IPPROTO_TCP, TCP_MAXRTMS, scope_tcp, 0, sizeof(ULONG), set_max_rt_ms, get_max_rt_ms),
	option(IPPROTO_TCP, TCP_NOSYNRETRIES, scope_tcp, rule_switch, sizeof(ULONG),
	       set_no_syn_retries, get_no_syn_retries),
	option(IPPROTO_TCP, TCP_FAIL_CONNECT_ON_ICMP_ERROR, scope_tcp, rule_switch, sizeof(ULONG),
	       set_fail_on_icmp, get_kept, kept_fail_connect_on_icmp),
	option(IPPROTO_TCP, TCP_ICMP_ERROR_INFO, scope_connections, 0, sizeof(ICMP_ERROR_INFO),
	       nullptr, get_icmp_error),
	option(IPPROTO_TCP, TCP_CONGESTION_ALGORITHM, scope_tcp, 0, sizeof(ULONG), set_congestion,
	       get_congestion),
	option(IPPROTO_TCP, TCP_OFFLOAD_PREFERENCE, scope_tcp, rule_immediate, sizeof(ULONG),
	       set_offload_preference, get_offload_preference),
	kept(TCP_EXPEDITED_1122, kept_expedited_1122),
	kept(TCP_STDURG, kept_stdurg),
	kept(TCP_BSDURGENT, kept_bsdurgent),
	kept(TCP_TIMESTAMPS, kept_timestamps),
	kept(TCP_DELAY_FIN_ACK, kept_delay_fin_ack),
};

} // namespace

constinit const ControlTable tcp_options = {rows, RTL_NUMBER_OF(rows)};

} // namespace wsk
