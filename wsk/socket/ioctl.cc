// SPDX-License-Identifier: MIT OR GPL-2.0
/* The table of control codes. Handlers of more than a few lines are in ioctl_*.cc, by subject. */
#include "socket/address.h"
#include "socket/control.h"
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
};

} // namespace

constinit const ControlTable control_codes = {rows, RTL_NUMBER_OF(rows)};

} // namespace wsk
