// SPDX-License-Identifier: MIT OR GPL-2.0
/* Options of SOL_SOCKET. */
#include "port/error.h"
#include "port/original.h"
#include "port/tcp.h"
#include "socket/address.h"
#include "socket/control.h"
#include "socket/security.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

Refusal set_sharing(Socket &socket, ControlCall &call)
{
	return socket.set_sharing(static_cast<Sharing>(call.row->detail), call.read<ULONG>());
}

Refusal get_sharing(Socket &socket, ControlCall &call)
{
	call.write<ULONG>(socket.sharing() == static_cast<Sharing>(call.row->detail));
	return accepted;
}

/* Kept, and without effect: closing is abortive in WSK. */
Refusal set_linger(Socket &socket, ControlCall &call)
{
	socket.set_linger(call.read<ULONG>());
	return accepted;
}

Refusal get_linger(Socket &socket, ControlCall &call)
{
	call.write<ULONG>(socket.linger());
	return accepted;
}

/* Of SO_LINGER's two USHORTs the first one says whether. */
Refusal set_no_linger(Socket &socket, ControlCall &call)
{
	socket.set_linger((socket.linger() & 0xffff0000) | !call.read<ULONG>());
	return accepted;
}

Refusal get_no_linger(Socket &socket, ControlCall &call)
{
	call.write<ULONG>(!(socket.linger() & 0xffff));
	return accepted;
}

Refusal set_events(Socket &socket, ControlCall &call)
{
	Refusal refusal = check_event_control(call.input_size, call.input);

	return refusal ? refusal
		       : socket.control_events(call.read<WSK_EVENT_CALLBACK_CONTROL>(), call.irp);
}

Refusal set_security(Socket &socket, ControlCall &call)
{
	return socket.set_security(call.read<PSECURITY_DESCRIPTOR>());
}

Refusal get_security(Socket &socket, ControlCall &call)
{
	PSECURITY_DESCRIPTOR descriptor = nullptr;
	Refusal refusal = socket.get_security(&descriptor);

	if (!refusal)
		call.write(descriptor);
	return refusal;
}

/* WSK has no other place for urgent data than the stream. */
Refusal set_inline_urgent(Socket &, ControlCall &call)
{
	if (!call.read<ULONG>())
		return {STATUS_NOT_SUPPORTED, nullptr};
	return accepted;
}

Refusal get_inline_urgent(Socket &, ControlCall &call)
{
	call.write<ULONG>(TRUE);
	return accepted;
}

Refusal get_listening(Socket &socket, ControlCall &call)
{
	call.write<ULONG>(socket.state() == State::listening);
	return accepted;
}

Refusal get_type(Socket &socket, ControlCall &call)
{
	call.write<ULONG>(socket.kind().type);
	return accepted;
}

/* What ended the connection, in Winsock's numbers. */
Refusal get_error(Socket &socket, ControlCall &call)
{
	constexpr struct {
		int error;
		ULONG winsock;
	} errors[] = {
		{PORT_ENETUNREACH, 10051},  {PORT_ENETRESET, 10052}, {PORT_ECONNABORTED, 10053},
		{PORT_ECONNRESET, 10054},   {PORT_EPIPE, 10054},     {PORT_ETIMEDOUT, 10060},
		{PORT_ECONNREFUSED, 10061}, {PORT_EHOSTDOWN, 10064}, {PORT_EHOSTUNREACH, 10065},
	};
	constexpr ULONG network_down = 10050;
	int failure = -port_socket_recorded_failure(socket.transport());
	ULONG value = failure ? network_down : 0;

	for (const auto &one : errors)
		if (one.error == failure)
			value = one.winsock;
	call.write(value);
	return accepted;
}

Refusal get_message_size(Socket &socket, ControlCall &call)
{
	constexpr ULONG largest = 65535, udp_header = 8, ipv4_header = 20;
	ULONG size = largest;

	if (socket.kind().type == SOCK_DGRAM)
		size -= udp_header + (socket.family() == AF_INET ? ipv4_header : 0);
	call.write(size);
	return accepted;
}

/* Network namespaces are what compartments are on Windows; a socket stays in its own. */
constexpr ULONG default_compartment = 1;

Refusal set_compartment(Socket &, ControlCall &call)
{
	if (call.read<ULONG>() != default_compartment)
		return {STATUS_NOT_SUPPORTED, nullptr};
	return accepted;
}

Refusal get_compartment(Socket &, ControlCall &call)
{
	call.write(default_compartment);
	return accepted;
}

Refusal set_paused(Socket &socket, ControlCall &call)
{
	port_tcp_pause(socket.transport(), call.read<ULONG>());
	return accepted;
}

Refusal get_paused(Socket &socket, ControlCall &call)
{
	call.write<ULONG>(port_tcp_paused(socket.transport()));
	return accepted;
}

Refusal get_original_destination(Socket &socket, ControlCall &call)
{
	const SIZE_T size = socket.family() == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
	port_address original = {};

	if (call.output_size < size)
		return {STATUS_BUFFER_TOO_SMALL, "the output buffer is too small for an address"};
	if (port_socket_original_destination(socket.transport(), &original))
		return {STATUS_NOT_FOUND, nullptr};
	address_to_sockaddr(original, static_cast<SOCKADDR *>(call.output));
	call.written = size;
	return accepted;
}

/* A connection's port is chosen when it is known where it goes. */
Refusal set_reuse_unicast_port(Socket &socket, ControlCall &call)
{
	socket.keep_switch(kept_reuse_unicast_port, call.read<ULONG>());
	if (socket.category() != Category::connection)
		return accepted;
	return outcome(port_socket_set_option(socket.transport(), PORT_OPTION_DEFER_PORT,
					      call.read<ULONG>()));
}

/* The processor that data came in by last: each datagram is asked, or the connection. */
Refusal get_received_processor(Socket &socket, ControlCall &call)
{
	constexpr uint32_t in_group = 64;
	PROCESSOR_NUMBER number = {};
	uint32_t processor = 0;
	int error = 0;

	if (socket.datagram())
		processor = socket.datagram()->last_processor;
	else
		error = port_socket_get_option(socket.transport(), PORT_OPTION_PROCESSOR,
					       &processor);
	if (static_cast<LONG>(processor) < 0) /* nothing has arrived yet */
		processor = 0;
	number.Group = static_cast<USHORT>(processor / in_group);
	number.Number = static_cast<UCHAR>(processor % in_group);
	if (!error)
		call.write(number);
	return outcome(error);
}

/* The addresses, and behind the structure what they point to. */
Refusal get_state(Socket &socket, ControlCall &call)
{
	struct Reply {
		CSADDR_INFO info;
		SOCKADDR_IN6 local, remote;
	};
	Reply reply = {}, *at = static_cast<Reply *>(call.output);
	port_address local = {}, remote = {};
	INT size = socket.family() == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);

	if (call.output_size < sizeof(reply))
		return {STATUS_BUFFER_TOO_SMALL, "the output buffer is too small for addresses"};
	if (!port_socket_local_address(socket.transport(), &local)) {
		address_to_sockaddr(local, reinterpret_cast<SOCKADDR *>(&reply.local));
		reply.info.LocalAddr = {reinterpret_cast<SOCKADDR *>(&at->local), size};
	}
	if (!port_socket_remote_address(socket.transport(), &remote)) {
		address_to_sockaddr(remote, reinterpret_cast<SOCKADDR *>(&reply.remote));
		reply.info.RemoteAddr = {reinterpret_cast<SOCKADDR *>(&at->remote), size};
	}
	reply.info.iSocketType = socket.kind().type;
	reply.info.iProtocol = static_cast<INT>(socket.kind().protocol);
	call.write(reply);
	return accepted;
}

Refusal set_conditional(Socket &socket, ControlCall &call)
{
	return socket.set_conditional(call.read<ULONG>());
}

Refusal get_conditional(Socket &socket, ControlCall &call)
{
	call.write<ULONG>(socket.conditional());
	return accepted;
}

constexpr int reuse = static_cast<int>(Sharing::reuse);
constexpr int exclusive = static_cast<int>(Sharing::exclusive);
constexpr int sharing_rules = rule_switch | rule_before_bind | rule_immediate;

constexpr Control kept_option(LONG name, int scope, KeptSwitch which)
{
	return option(SOL_SOCKET, name, scope, rule_switch | rule_immediate, sizeof(ULONG),
		      set_kept, get_kept, which);
}

constexpr Control number_option(LONG name, int scope, int rules, port_socket_option which)
{
	return option(SOL_SOCKET, name, scope, rules, sizeof(ULONG), set_transport, get_transport,
		      which);
}

constexpr Control rows[] = {
	option(SOL_SOCKET, SO_WSK_EVENT_CALLBACK, scope_binding, rule_immediate,
	       sizeof(WSK_EVENT_CALLBACK_CONTROL), set_events, nullptr),
	option(SOL_SOCKET, SO_REUSEADDR, scope_binding, sharing_rules, sizeof(ULONG), set_sharing,
	       get_sharing, reuse),
	option(SOL_SOCKET, SO_EXCLUSIVEADDRUSE, scope_binding, sharing_rules, sizeof(ULONG),
	       set_sharing, get_sharing, exclusive),
	/* Multicast receivers that share a port share it as others do. */
	option(SOL_SOCKET, SO_REUSE_MULTICASTPORT, scope_datagram | scope_udp, sharing_rules,
	       sizeof(ULONG), set_sharing, get_sharing, reuse),
	option(SOL_SOCKET, SO_WSK_SECURITY, scope_binding, rule_before_bind | rule_immediate,
	       sizeof(PSECURITY_DESCRIPTOR), set_security, get_security),
	option(SOL_SOCKET, SO_LINGER, scope_tcp, rule_immediate, sizeof(ULONG), set_linger,
	       get_linger),
	option(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, scope_listen,
	       rule_switch | rule_before_bind | rule_immediate, sizeof(ULONG), set_conditional,
	       get_conditional),
	option(SOL_SOCKET, SO_DONTLINGER, scope_tcp, rule_switch | rule_immediate, sizeof(ULONG),
	       set_no_linger, get_no_linger),
	number_option(SO_KEEPALIVE, scope_tcp, rule_switch, PORT_OPTION_KEEPALIVE),
	number_option(SO_RCVBUF, scope_all, 0, PORT_OPTION_RECEIVE_BUFFER),
	number_option(SO_SNDBUF, scope_all, 0, PORT_OPTION_SEND_BUFFER),
	number_option(SO_BROADCAST, scope_datagrams, rule_switch, PORT_OPTION_BROADCAST),
	option(SOL_SOCKET, SO_OOBINLINE, scope_tcp, rule_switch | rule_immediate, sizeof(ULONG),
	       set_inline_urgent, get_inline_urgent),
	kept_option(SO_DEBUG, scope_all, kept_debug),
	kept_option(SO_DONTROUTE, scope_all, kept_dont_route),
	kept_option(SO_USELOOPBACK, scope_all, kept_use_loopback),
	kept_option(SO_RANDOMIZE_PORT, scope_all, kept_randomize_port),
	kept_option(SO_PORT_SCALABILITY, scope_tcp, kept_port_scalability),
	option(SOL_SOCKET, SO_REUSE_UNICASTPORT, scope_tcp, rule_switch, sizeof(ULONG),
	       set_reuse_unicast_port, get_kept, kept_reuse_unicast_port),
	option(SOL_SOCKET, SO_PAUSE_ACCEPT, scope_listen | scope_stream, rule_switch, sizeof(ULONG),
	       set_paused, get_paused),
	/* It has had several levels. */
	option(SOL_SOCKET, SO_ORIGINAL_DST, scope_connections, rule_connected, 0, nullptr,
	       get_original_destination),
	option(SOL_IP, SO_ORIGINAL_DST, scope_connections | scope_ipv4, rule_connected, 0, nullptr,
	       get_original_destination),
	option(SOL_IPV6, SO_ORIGINAL_DST, scope_connections | scope_ipv6, rule_connected, 0,
	       nullptr, get_original_destination),
	option(SOL_SOCKET, SO_ACCEPTCONN, scope_all, rule_immediate, sizeof(ULONG), nullptr,
	       get_listening),
	option(SOL_SOCKET, SO_TYPE, scope_all, rule_immediate, sizeof(ULONG), nullptr, get_type),
	option(SOL_SOCKET, SO_ERROR, scope_all, rule_immediate, sizeof(ULONG), nullptr, get_error),
	option(SOL_SOCKET, SO_MAX_MSG_SIZE, scope_datagrams, rule_immediate, sizeof(ULONG), nullptr,
	       get_message_size),
	option(SOL_SOCKET, SO_COMPARTMENT_ID, scope_all, rule_immediate, sizeof(ULONG),
	       set_compartment, get_compartment),
	option(SOL_SOCKET, SO_RECEIVED_PROCESSOR, scope_all, rule_immediate,
	       sizeof(PROCESSOR_NUMBER), nullptr, get_received_processor),
	option(SOL_SOCKET, SO_BSP_STATE, scope_all, 0, sizeof(CSADDR_INFO), nullptr, get_state),
};

} // namespace

constinit const ControlTable socket_options = {rows, RTL_NUMBER_OF(rows)};

/* They exclude each other. */
Refusal Socket::set_sharing(Sharing sharing, bool on)
{
	LockGuard guard(lock_);

	if (on && bound_.sharing != Sharing::by_default && bound_.sharing != sharing)
		return {STATUS_INVALID_PARAMETER,
			"SO_REUSEADDR and SO_EXCLUSIVEADDRUSE exclude each other"};
	if (on)
		bound_.sharing = sharing;
	else if (bound_.sharing == sharing)
		bound_.sharing = Sharing::by_default;
	return accepted;
}

/* Before binding, after which the descriptor is looked at without the lock. */
Refusal Socket::set_security(PSECURITY_DESCRIPTOR descriptor)
{
	PSECURITY_DESCRIPTOR unused = descriptor;
	Refusal refusal = accepted;

	if (descriptor && !security_take(descriptor))
		return {STATUS_INVALID_PARAMETER,
			"the security descriptor is none of WSK_CACHE_SD"};
	{
		LockGuard guard(lock_);

		if (state_ == State::unbound) {
			unused = bound_.descriptor;
			bound_.descriptor = descriptor;
		} else {
			refusal = {STATUS_INVALID_DEVICE_STATE,
				   "the option is to be set before WskBind"};
		}
	}
	security_give_back(unused);
	return refusal;
}

Refusal Socket::get_security(PSECURITY_DESCRIPTOR *descriptor)
{
	LockGuard guard(lock_); /* it cannot be replaced meanwhile */

	return security_share(*client_, bound_.descriptor, descriptor);
}

} // namespace wsk
