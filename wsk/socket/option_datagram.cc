// SPDX-License-Identifier: MIT OR GPL-2.0
/* What a datagram socket is to tell of what it receives, and the options of IPPROTO_UDP. */
#include <ws2ipdef.h>

#include "socket/control.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

constexpr ULONG most_segment = 0xffff;

/* A row's detail: a bit of Told, and which protocol's set it is in. */
constexpr ULONG of_ipv6 = 0x10000;

/* What the transport has to be told, too. */
constexpr ULONG told_by_transport =
	tell_packet_info | tell_packet_info_ex | tell_interface | tell_returned;

Refusal set_told(Socket &socket, ControlCall &call)
{
	bool ipv6 = call.row->detail & of_ipv6, on = call.read<ULONG>();
	USHORT told = static_cast<USHORT>(call.row->detail);

	if (!ipv6 && socket.family() == AF_INET6 && socket.type() == SOCK_RAW)
		return {STATUS_NOT_SUPPORTED, "a raw IPv6 socket has no IPv4 traffic"};
	int error = 0;
	if (told == tell_returned)
		error = port_datagram_set(
			socket.transport(),
			ipv6 ? PORT_DATAGRAM_RETURNED_IPV6 : PORT_DATAGRAM_RETURNED_IPV4, on);
	else if (!ipv6 && on && (told & told_by_transport))
		error = port_datagram_set(socket.transport(), PORT_DATAGRAM_INTERFACE, on);
	if (!error)
		socket.set_told(ipv6, told, on);
	return outcome(error);
}

Refusal get_told(Socket &socket, ControlCall &call)
{
	const ToldSets told = socket.told();
	USHORT set = call.row->detail & of_ipv6 ? told.ipv6 : told.ipv4;

	call.write<ULONG>((set & static_cast<USHORT>(call.row->detail)) != 0);
	return accepted;
}

Refusal set_broadcasts(Socket &socket, ControlCall &call)
{
	socket.set_broadcasts(call.read<ULONG>());
	return accepted;
}

Refusal get_broadcasts(Socket &socket, ControlCall &call)
{
	call.write<ULONG>(socket.broadcasts());
	return accepted;
}

Refusal set_segment_size(Socket &socket, ControlCall &call)
{
	if (call.read<ULONG>() > most_segment)
		return {STATUS_INVALID_PARAMETER, "no datagram is that long"};
	socket.set_segment_size(call.read<ULONG>());
	return accepted;
}

Refusal get_segment_size(Socket &socket, ControlCall &call)
{
	call.write(socket.segment_size());
	return accepted;
}

/* The row's detail is the transport's option. */
Refusal set_by_transport(Socket &socket, ControlCall &call)
{
	return outcome(port_datagram_set(socket.transport(),
					 static_cast<port_datagram_option>(call.row->detail),
					 call.read<ULONG>()));
}

Refusal get_by_transport(Socket &socket, ControlCall &call)
{
	call.write<ULONG>(port_datagram_get(socket.transport(),
					    static_cast<port_datagram_option>(call.row->detail)));
	return accepted;
}

constexpr Control told_option(ULONG level, long long name, USHORT told)
{
	bool ipv6 = level == IPPROTO_IPV6;
	int rules = rule_switch | (told & told_by_transport ? 0 : rule_immediate);

	return option(level, name, scope_datagram | (ipv6 ? scope_ipv6 : scope_families), rules,
		      sizeof(ULONG), set_told, get_told, told | (ipv6 ? of_ipv6 : 0));
}

constexpr Control rows[] = {
	told_option(IPPROTO_IP, IP_PKTINFO, tell_packet_info),
	told_option(IPPROTO_IP, IP_PKTINFO_EX, tell_packet_info_ex),
	told_option(IPPROTO_IP, IP_HOPLIMIT, tell_hop_limit),
	told_option(IPPROTO_IP, IP_RECVTOS, tell_traffic_class),
	told_option(IPPROTO_IP, IP_ECN, tell_ecn),
	told_option(IPPROTO_IP, IP_RECVIF, tell_interface),
	told_option(IPPROTO_IP, IP_RECVDSTADDR, tell_destination),
	told_option(IPPROTO_IP, IP_RECVERR, tell_returned),
	option(IPPROTO_IP, IP_RECEIVE_BROADCAST, scope_datagram, rule_switch | rule_immediate,
	       sizeof(ULONG), set_broadcasts, get_broadcasts),
	told_option(IPPROTO_IPV6, IPV6_PKTINFO, tell_packet_info),
	told_option(IPPROTO_IPV6, IPV6_PKTINFO_EX, tell_packet_info_ex),
	told_option(IPPROTO_IPV6, IPV6_HOPLIMIT, tell_hop_limit),
	told_option(IPPROTO_IPV6, IPV6_RECVTCLASS, tell_traffic_class),
	told_option(IPPROTO_IPV6, IPV6_ECN, tell_ecn),
	told_option(IPPROTO_IPV6, IPV6_RECVIF, tell_interface),
	told_option(IPPROTO_IPV6, IPV6_RECVDSTADDR, tell_destination),
	told_option(IPPROTO_IPV6, IPV6_RECVERR, tell_returned),
	option(IPPROTO_UDP, UDP_SEND_MSG_SIZE, scope_datagram | scope_udp, rule_immediate,
	       sizeof(ULONG), set_segment_size, get_segment_size),
	option(IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, scope_datagram | scope_udp, 0,
	       sizeof(ULONG), set_by_transport, get_by_transport, PORT_DATAGRAM_MOST_COALESCED),
	option(IPPROTO_UDP, UDP_NOCHECKSUM, scope_datagram | scope_udp, rule_switch, sizeof(ULONG),
	       set_by_transport, get_by_transport, PORT_DATAGRAM_NO_CHECKSUM),
};

} // namespace

constinit const ControlTable datagram_options = {rows, RTL_NUMBER_OF(rows)};

void Socket::set_told(bool ipv6, USHORT what, bool on)
{
	LockGuard guard(lock_);
	USHORT &told = ipv6 ? datagram_->told.ipv6 : datagram_->told.ipv4;

	told = static_cast<USHORT>(on ? told | what : told & ~what);
}

/* What the client has asked to be told. */
ToldSets Socket::told()
{
	LockGuard guard(lock_);

	return datagram_->told;
}

void Socket::set_broadcasts(bool on)
{
	LockGuard guard(lock_);

	datagram_->no_broadcasts = !on;
}

bool Socket::broadcasts()
{
	LockGuard guard(lock_);

	return !datagram_->no_broadcasts;
}

void Socket::set_segment_size(ULONG size)
{
	LockGuard guard(lock_);

	datagram_->segment_size = size;
}

ULONG Socket::segment_size()
{
	LockGuard guard(lock_);

	return datagram_->segment_size;
}

} // namespace wsk
