// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskControlSocket, and the requests that the socket executes one after the other. */
#include <ws2ipdef.h>

#include "nt/irql.h"
#include "port/context.h"
#include "socket/option.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

constexpr const char *control_function = "WskControlSocket";

/* All values have 32 bits; SO_LINGER's are two USHORTs, whether to linger and for how long. */
constexpr Option options[] = {
	{SOL_SOCKET, static_cast<ULONG>(SO_REUSEADDR), Home::share_address, {}, true, true},
	{SOL_SOCKET, static_cast<ULONG>(SO_EXCLUSIVEADDRUSE), Home::exclusive, {}, true, true},
	{SOL_SOCKET, static_cast<ULONG>(SO_LINGER), Home::linger, {}, false, false},
	{SOL_SOCKET, static_cast<ULONG>(SO_KEEPALIVE), Home::transport, PORT_OPTION_KEEPALIVE, true,
	 false},
	{SOL_SOCKET, static_cast<ULONG>(SO_RCVBUF), Home::transport, PORT_OPTION_RECEIVE_BUFFER,
	 false, false},
	{SOL_SOCKET, static_cast<ULONG>(SO_SNDBUF), Home::transport, PORT_OPTION_SEND_BUFFER, false,
	 false},
	{IPPROTO_TCP, TCP_NODELAY, Home::transport, PORT_OPTION_NODELAY, true, false},
	{IPPROTO_IPV6, IPV6_V6ONLY, Home::transport, PORT_OPTION_V6ONLY, true, true},
};

} // namespace

const Option *find_option(ULONG level, ULONG name)
{
	for (const Option &option : options)
		if (option.level == level && option.name == name)
			return &option;
	return nullptr;
}

Refusal Socket::admit_option(const Option &option, bool set)
{
	if (option.port == PORT_OPTION_V6ONLY && option.home == Home::transport &&
	    family() != AF_INET6)
		return {STATUS_NOT_SUPPORTED, "an option of another address family"};
	if (set && option.before_bind && state_ != State::unbound)
		return {STATUS_INVALID_DEVICE_STATE, "the option is to be set before WskBind"};
	return accepted;
}

Refusal Socket::admit_set_option(Socket &socket, PIRP irp)
{
	return socket.admit_option(*request_arguments<OptionArguments>(irp).option, true);
}

Refusal Socket::admit_get_option(Socket &socket, PIRP irp)
{
	return socket.admit_option(*request_arguments<OptionArguments>(irp).option, false);
}

/* Under the lock. SO_REUSEADDR and SO_EXCLUSIVEADDRUSE exclude each other. */
NTSTATUS Socket::set_sharing(Sharing sharing, bool on)
{
	if (on && bound_.sharing != Sharing::by_default && bound_.sharing != sharing)
		return STATUS_INVALID_PARAMETER;
	if (on)
		bound_.sharing = sharing;
	else if (bound_.sharing == sharing)
		bound_.sharing = Sharing::by_default;
	return STATUS_SUCCESS;
}

NTSTATUS Socket::set_option(const Option &option, ULONG value)
{
	if (option.home == Home::transport)
		return status_from_error(Activity::control,
					 port_socket_set_option(transport_, option.port, value));
	LockGuard guard(lock_);

	switch (option.home) {
	case Home::share_address:
		return set_sharing(Sharing::reuse, value);
	case Home::exclusive:
		return set_sharing(Sharing::exclusive, value);
	case Home::linger:
	case Home::transport:
		linger_ = value;
		break;
	}
	return STATUS_SUCCESS;
}

NTSTATUS Socket::get_option(const Option &option, ULONG *value)
{
	if (option.home == Home::transport)
		return status_from_error(Activity::control,
					 port_socket_get_option(transport_, option.port, value));
	LockGuard guard(lock_);

	switch (option.home) {
	case Home::share_address:
		*value = bound_.sharing == Sharing::reuse;
		break;
	case Home::exclusive:
		*value = bound_.sharing == Sharing::exclusive;
		break;
	case Home::linger:
	case Home::transport:
		*value = linger_;
		break;
	}
	return STATUS_SUCCESS;
}

NTSTATUS Socket::execute_control(PIRP irp, ULONG_PTR *information)
{
	switch (Request::of(irp)->operation) {
	case Operation::bind:
		return execute_bind(request_arguments<AddressArguments>(irp).address);
	case Operation::abort:
		abort_connection();
		return STATUS_SUCCESS;
	case Operation::local_address:
		return write_address(false, request_arguments<AddressOutput>(irp).address);
	case Operation::remote_address:
		return write_address(true, request_arguments<AddressOutput>(irp).address);
	case Operation::set_option: {
		OptionArguments &arguments = request_arguments<OptionArguments>(irp);

		return set_option(*arguments.option, arguments.value);
	}
	case Operation::get_option: {
		OptionArguments &arguments = request_arguments<OptionArguments>(irp);
		NTSTATUS status = get_option(*arguments.option, &arguments.value);

		if (NT_SUCCESS(status)) {
			RtlCopyMemory(arguments.output, &arguments.value, sizeof(arguments.value));
			*information = sizeof(arguments.value);
		}
		return status;
	}
	default:
		return STATUS_NOT_IMPLEMENTED;
	}
}

void Socket::serve_control()
{
	while (PIRP irp = claim(controls_)) {
		ULONG_PTR information = 0;
		NTSTATUS status = execute_control(irp, &information);

		complete(irp, status, information);
	}
}

/* Without an IRP: now or never. */
NTSTATUS Socket::control_now(const Option &option, bool set, ULONG *value)
{
	Refusal refusal = accepted;
	{
		LockGuard guard(lock_);

		refusal = admit_option(option, set);
	}
	if (!refusal && option.home == Home::transport && port_context() != PORT_CONTEXT_TASK)
		refusal = {STATUS_REQUEST_NOT_ACCEPTED,
			   "this option needs an Irp at DISPATCH_LEVEL"};
	if (refusal)
		return request_refuse(control_function, nullptr, refusal);
	return set ? set_option(option, *value) : get_option(option, value);
}

/* Reads an option's value; a BOOLEAN may come in a byte. */
static bool read_value(const Option &option, SIZE_T size, const VOID *input, ULONG *value)
{
	if (!input)
		return false;
	if (option.boolean && size == sizeof(BOOLEAN)) {
		*value = *static_cast<const BOOLEAN *>(input) != FALSE;
		return true;
	}
	if (size < sizeof(*value))
		return false;
	RtlCopyMemory(value, input, sizeof(*value));
	if (option.boolean)
		*value = *value != 0;
	return true;
}

static Refusal check_option(const Option *option, WSK_CONTROL_SOCKET_TYPE request,
			    SIZE_T input_size, const VOID *input, SIZE_T output_size,
			    const VOID *output, ULONG *value)
{
	if (!option)
		return {STATUS_NOT_SUPPORTED, "an unknown option or level"};
	if (request == WskSetOption && !read_value(*option, input_size, input, value))
		return {STATUS_INVALID_PARAMETER, "the option's value is missing or too short"};
	if (request == WskGetOption && (!output || output_size < sizeof(*value)))
		return {STATUS_BUFFER_TOO_SMALL, "the output buffer is too small for the option"};
	return accepted;
}

/**
 * WskControlSocket - Sets and gets options, enables and disables event callbacks.
 * @handle: A socket of any category.
 * @request: WskSetOption or WskGetOption; no WskIoctl code is known yet.
 * @code: The option, in Windows' numbers.
 * @level: SOL_SOCKET or a protocol.
 * @input_size: Bytes at @input.
 * @input: The value to set: a ULONG (a BOOLEAN will do for a switch), for SO_LINGER two USHORTs, or
 *	with SO_WSK_EVENT_CALLBACK a WSK_EVENT_CALLBACK_CONTROL.
 * @output_size: Bytes at @output.
 * @output: Receives the value, four bytes.
 * @output_size_returned: Without an IRP: receives the number of bytes written; or NULL.
 * @irp: The request, or NULL: then the call does not return before it is done.
 *
 * Known are SO_REUSEADDR, SO_EXCLUSIVEADDRUSE, SO_KEEPALIVE, SO_RCVBUF, SO_SNDBUF, SO_LINGER and
 * SO_WSK_EVENT_CALLBACK of SOL_SOCKET, TCP_NODELAY of IPPROTO_TCP, and IPV6_V6ONLY of
 * IPPROTO_IPV6. SO_LINGER is stored only: closing a connection is abortive in WSK.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS, STATUS_PENDING; STATUS_EVENT_PENDING (an event is disabled without an
 *	IRP while its callback runs); STATUS_INVALID_PARAMETER; STATUS_BUFFER_TOO_SMALL;
 *	STATUS_NOT_SUPPORTED (unknown option, level or code); STATUS_INVALID_DEVICE_STATE (too late,
 *	or too early); STATUS_REQUEST_NOT_ACCEPTED (no IRP at DISPATCH_LEVEL, for an option that
 *	cannot be had there).
 * Source: PFN_WSK_CONTROL_SOCKET (wsk.h).
 */
NTSTATUS WSKAPI control_socket(PWSK_SOCKET handle, WSK_CONTROL_SOCKET_TYPE request, ULONG code,
			       ULONG level, SIZE_T input_size, PVOID input, SIZE_T output_size,
			       PVOID output, SIZE_T *output_size_returned, PIRP irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	Refusal refusal = irp ? request_begin(irp) : accepted;
	Socket *socket = Socket::from(handle);

	if (!refusal && !socket)
		refusal = {STATUS_INVALID_PARAMETER, "the socket is NULL"};
	if (!refusal && request >= WskControlMax)
		refusal = {STATUS_INVALID_PARAMETER, "an unknown request type"};
	if (!refusal && request == WskIoctl)
		refusal = {STATUS_NOT_SUPPORTED, "an unknown control code"};
	if (refusal)
		return request_refuse(control_function, irp, refusal);
	if (request == WskSetOption && level == SOL_SOCKET && code == SO_WSK_EVENT_CALLBACK) {
		refusal = check_event_control(input_size, input);
		if (refusal)
			return request_refuse(control_function, irp, refusal);
		return socket->control_events(
			*static_cast<const WSK_EVENT_CALLBACK_CONTROL *>(input), irp);
	}

	ULONG value = 0;
	const Option *option = find_option(level, code);
	refusal = check_option(option, request, input_size, input, output_size, output, &value);
	if (refusal)
		return request_refuse(control_function, irp, refusal);
	bool set = request == WskSetOption;
	if (irp) {
		request_arguments<OptionArguments>(irp) = {option, output, value};
		return socket->submit(control_function, irp,
				      set ? Operation::set_option : Operation::get_option,
				      set ? Socket::admit_set_option : Socket::admit_get_option);
	}
	NTSTATUS status = socket->control_now(*option, set, &value);
	if (NT_SUCCESS(status) && !set) {
		RtlCopyMemory(output, &value, sizeof(value));
		if (output_size_returned)
			*output_size_returned = sizeof(value);
	}
	return status;
}

constinit const WSK_PROVIDER_BASIC_DISPATCH basic_dispatch = {
	.WskControlSocket = control_socket,
	.WskCloseSocket = close_socket,
};

} // namespace wsk
