// SPDX-License-Identifier: MIT OR GPL-2.0
/* What a datagram socket is to tell of what it receives, and the options of IPPROTO_UDP. */
#include <mstcpip.h>

#include "nt/time.h"
#include "port/stamp.h"
#include "socket/ioctl.h"
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

/* Whether what comes back makes receives fail. */
bool reports_returned(const Socket &socket)
{
	return socket.kept_switch(kept_udp_connreset) || socket.kept_switch(kept_udp_netreset);
}

Refusal set_told(Socket &socket, ControlCall &call)
{
	bool ipv6 = call.row->detail & of_ipv6, on = call.read<ULONG>();
	USHORT told = static_cast<USHORT>(call.row->detail);

	if (!ipv6 && socket.family() == AF_INET6 && socket.type() == SOCK_RAW)
		return {STATUS_NOT_SUPPORTED, "a raw IPv6 socket has no IPv4 traffic"};
	int error = 0;
	if (told == tell_returned)
		error = port_datagram_set(socket.transport(),
					  ipv6 ? PORT_DATAGRAM_RETURNED_IPV6
					       : PORT_DATAGRAM_RETURNED_IPV4,
					  on || reports_returned(socket));
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

/* IPv4's traffic is in an IPv6 socket, too. */
int return_datagrams(Socket &socket)
{
	const ToldSets told = socket.told();
	bool reports = reports_returned(socket);
	int error = port_datagram_set(socket.transport(), PORT_DATAGRAM_RETURNED_IPV4,
				      reports || (told.ipv4 & tell_returned));

	if (!error && socket.family() == AF_INET6)
		error = port_datagram_set(socket.transport(), PORT_DATAGRAM_RETURNED_IPV6,
					  reports || (told.ipv6 & tell_returned));
	return error;
}

Refusal get_hop_limit(Socket &socket, ControlCall &call)
{
	call.write<ULONG>(socket.datagram()->last_hop_limit);
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
	told_option(IPPROTO_IPV6, IPV6_RECVRTHDR, tell_routing),
	option(IPPROTO_IP, IP_IFLIST, scope_datagram | scope_ipv4, rule_switch, sizeof(ULONG),
	       use_interface_list, is_interface_list_used),
	option(IPPROTO_IP, IP_ADD_IFLIST, scope_datagram | scope_ipv4, 0, sizeof(ULONG),
	       add_interface, nullptr),
	option(IPPROTO_IP, IP_DEL_IFLIST, scope_datagram | scope_ipv4, 0, sizeof(ULONG),
	       remove_interface, nullptr),
	option(IPPROTO_IP, IP_GET_IFLIST, scope_datagram | scope_ipv4, 0, 0, nullptr,
	       get_interfaces),
	option(IPPROTO_IPV6, IPV6_IFLIST, scope_datagram | scope_ipv6, rule_switch, sizeof(ULONG),
	       use_interface_list, is_interface_list_used),
	option(IPPROTO_IPV6, IPV6_ADD_IFLIST, scope_datagram | scope_ipv6, 0, sizeof(ULONG),
	       add_interface, nullptr),
	option(IPPROTO_IPV6, IPV6_DEL_IFLIST, scope_datagram | scope_ipv6, 0, sizeof(ULONG),
	       remove_interface, nullptr),
	option(IPPROTO_IPV6, IPV6_GET_IFLIST, scope_datagram | scope_ipv6, 0, 0, nullptr,
	       get_interfaces),
	option(SOL_SOCKET, SO_RECEIVED_HOPLIMIT, scope_datagram, rule_immediate, sizeof(ULONG),
	       nullptr, get_hop_limit),
	option(IPPROTO_UDP, UDP_SEND_MSG_SIZE, scope_datagram | scope_udp, rule_immediate,
	       sizeof(ULONG), set_segment_size, get_segment_size),
	option(IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, scope_datagram | scope_udp, 0,
	       sizeof(ULONG), set_by_transport, get_by_transport, PORT_DATAGRAM_MOST_COALESCED),
	option(IPPROTO_UDP, UDP_NOCHECKSUM, scope_datagram | scope_udp, rule_switch, sizeof(ULONG),
	       set_by_transport, get_by_transport, PORT_DATAGRAM_NO_CHECKSUM),
};

} // namespace

/* SIO_UDP_CONNRESET and SIO_UDP_NETRESET. */
Refusal set_reports(Socket &socket, ControlCall &call)
{
	socket.keep_switch(call.row->detail, call.read<ULONG>());
	return outcome(return_datagrams(socket));
}

Refusal set_stamps(Socket &socket, ControlCall &call)
{
	const auto config = call.read<TIMESTAMPING_CONFIG>();
	bool received = config.Flags & TIMESTAMPING_FLAG_RX;
	bool sent = config.Flags & TIMESTAMPING_FLAG_TX;

	if (config.Flags & ~(TIMESTAMPING_FLAG_RX | TIMESTAMPING_FLAG_TX))
		return {STATUS_INVALID_PARAMETER, "unknown flags in TIMESTAMPING_CONFIG"};
	int error = port_datagram_stamp(socket.transport(), received,
					sent ? config.TxTimestampsBuffered : 0);
	if (!error)
		socket.set_told(false, tell_time, received);
	return outcome(error);
}

/* Winsock tells who is early that it would have to wait. */
Refusal get_sent_stamp(Socket &socket, ControlCall &call)
{
	uint64_t time = 0;

	switch (port_datagram_sent_at(socket.transport(), call.read<ULONG>(), &time)) {
	case 0:
		call.write<ULONG64>(time / ns_per_unit);
		return accepted;
	case -PORT_EAGAIN:
		return {STATUS_DEVICE_NOT_READY, nullptr};
	default:
		return {STATUS_NOT_FOUND, nullptr};
	}
}

constinit const ControlTable datagram_options = {rows, RTL_NUMBER_OF(rows)};

void Socket::set_told(bool ipv6, USHORT what, bool on)
{
	LockGuard guard(lock_);
	ToldSets sets = datagram_->told;
	USHORT &told = ipv6 ? sets.ipv6 : sets.ipv4;

	told = static_cast<USHORT>(on ? told | what : told & ~what);
	datagram_->told = sets;
}

/* What the client has asked to be told. */
ToldSets Socket::told() const
{
	return datagram_->told;
}

void Socket::set_broadcasts(bool on)
{
	LockGuard guard(lock_);

	datagram_->no_broadcasts = !on;
	choose();
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
