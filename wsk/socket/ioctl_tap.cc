// SPDX-License-Identifier: MIT OR GPL-2.0
/* SIO_RCVALL and its like: raw sockets that are given every packet of an interface. */
#include <mstcpip.h>

#include "port/multicast.h"
#include "port/tap.h"
#include "socket/ioctl.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

port_tap_scope scope_of(const ControlCall &call)
{
	return static_cast<port_tap_scope>(call.row->detail);
}

/* The interface of the address that the socket is bound to, which is one of this host's. */
int bound_interface(Socket &socket, uint32_t *interface)
{
	port_address address = {};
	int error = port_socket_local_address(socket.transport(), &address);
	auto *ipv4 = reinterpret_cast<const SOCKADDR_IN *>(&address);

	if (error)
		return error;
	return port_socket_interface_of(socket.transport(), ipv4->sin_addr.S_un.S_addr, interface);
}

} // namespace

/* A RCVALL_VALUE. */
Refusal receive_all(Socket &socket, ControlCall &call)
{
	ULONG value = call.read<ULONG>();
	uint32_t interface = 0;

	switch (value) {
	case RCVALL_OFF:
		return outcome(port_tap_set(socket.transport(), PORT_TAP_NONE, 0, false));
	case RCVALL_ON:
	case RCVALL_IPLEVEL:
		break;
	case RCVALL_SOCKETLEVELONLY: /* without effect on Windows */
		return accepted;
	default:
		return {STATUS_INVALID_PARAMETER, "an unknown RCVALL_VALUE"};
	}
	if (bound_interface(socket, &interface))
		return {STATUS_INVALID_PARAMETER, "the socket is not bound to one address"};
	return outcome(
		port_tap_set(socket.transport(), scope_of(call), interface, value == RCVALL_ON));
}

/* An interface's index; 0 ends it. */
Refusal receive_all_of_interface(Socket &socket, ControlCall &call)
{
	ULONG index = call.read<ULONG>();

	return outcome(port_tap_set(socket.transport(), index ? scope_of(call) : PORT_TAP_NONE,
				    index, true));
}

} // namespace wsk
