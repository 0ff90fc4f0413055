// SPDX-License-Identifier: MIT OR GPL-2.0
/* Options of SOL_SOCKET. */
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

constexpr int reuse = static_cast<int>(Sharing::reuse);
constexpr int exclusive = static_cast<int>(Sharing::exclusive);

constexpr Control rows[] = {
	option(SOL_SOCKET, SO_WSK_EVENT_CALLBACK, scope_binding, rule_immediate,
	       sizeof(WSK_EVENT_CALLBACK_CONTROL), set_events, nullptr),
	option(SOL_SOCKET, SO_REUSEADDR, scope_binding,
	       rule_switch | rule_before_bind | rule_immediate, sizeof(ULONG), set_sharing,
	       get_sharing, reuse),
	option(SOL_SOCKET, SO_EXCLUSIVEADDRUSE, scope_binding,
	       rule_switch | rule_before_bind | rule_immediate, sizeof(ULONG), set_sharing,
	       get_sharing, exclusive),
	option(SOL_SOCKET, SO_WSK_SECURITY, scope_binding, rule_before_bind | rule_immediate,
	       sizeof(PSECURITY_DESCRIPTOR), set_security, get_security),
	/* Two USHORTs: whether to linger, and for how many seconds. */
	option(SOL_SOCKET, SO_LINGER, scope_tcp, rule_immediate, sizeof(ULONG), set_linger,
	       get_linger),
	option(SOL_SOCKET, SO_KEEPALIVE, scope_tcp, rule_switch, sizeof(ULONG), set_transport,
	       get_transport, PORT_OPTION_KEEPALIVE),
	option(SOL_SOCKET, SO_RCVBUF, scope_all, 0, sizeof(ULONG), set_transport, get_transport,
	       PORT_OPTION_RECEIVE_BUFFER),
	option(SOL_SOCKET, SO_SNDBUF, scope_all, 0, sizeof(ULONG), set_transport, get_transport,
	       PORT_OPTION_SEND_BUFFER),
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
