// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskControlSocket, and the requests that the socket executes one after the other. */
#include "socket/control.h"

#include "nt/irql.h"
#include "port/context.h"
#include "port/log.h"
#include "socket/dead.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

constexpr const char *control_function = "WskControlSocket";

constexpr const ControlTable *tables[] = {
	&socket_options,   &ip_options,	 &multicast_options,
	&datagram_options, &tcp_options, &control_codes,
};

const Control *find_control(ULONG level, ULONG code)
{
	for (const ControlTable *table : tables)
		for (size_t i = 0; i < table->count; i++)
			if (table->rows[i].code == code && table->rows[i].level == level)
				return &table->rows[i];
	return nullptr;
}

ControlHandler handler_of(const Control &row, WSK_CONTROL_SOCKET_TYPE type)
{
	switch (type) {
	case WskSetOption:
		return row.set;
	case WskGetOption:
		return row.get;
	default:
		return row.run;
	}
}

/* A socket of this kind as one bit of each part of a scope. */
int scope_of(const Kind &kind)
{
	int scope = 1 << static_cast<int>(kind.category);

	scope |= kind.type == SOCK_STREAM  ? scope_tcp
		 : kind.type == SOCK_DGRAM ? scope_udp
					   : scope_raw;
	return scope | (kind.family == AF_INET ? scope_ipv4 : scope_ipv6);
}

Refusal check_buffers(const Control &row, WSK_CONTROL_SOCKET_TYPE type, const ControlCall &call)
{
	bool byte_will_do = (row.rules & rule_switch) && call.input_size == sizeof(BOOLEAN);

	if (type != WskGetOption && call.input_size < row.input && !byte_will_do)
		return {STATUS_INVALID_PARAMETER, "the input is missing or too short"};
	if (type != WskSetOption && call.output_size < row.output)
		return {STATUS_BUFFER_TOO_SMALL, "the output buffer is missing or too small"};
	return accepted;
}

/* What does not depend on the socket's state. */
Refusal check_control(const Kind &kind, const Control *row, WSK_CONTROL_SOCKET_TYPE type,
		      const ControlCall &call)
{
	int scope = scope_of(kind);

	if (!row || (type == WskIoctl) != (row->level == no_level))
		return {STATUS_NOT_SUPPORTED, "an unknown option, level or control code"};
	if ((row->scope & scope) != scope)
		return {STATUS_NOT_SUPPORTED, "this kind of socket does not have that control"};
	if (!handler_of(*row, type))
		return {STATUS_NOT_SUPPORTED, "the option cannot be set, or cannot be read"};
	if ((row->rules & rule_pends) && !call.irp)
		return {STATUS_REQUEST_NOT_ACCEPTED, "this control code needs an Irp"};
	if ((row->rules & rule_passive) && port_context() != PORT_CONTEXT_TASK)
		return {STATUS_REQUEST_NOT_ACCEPTED, "called above PASSIVE_LEVEL"};
	return check_buffers(*row, type, call);
}

ULONG read_switch(const ControlCall &call)
{
	if (call.input_size < sizeof(ULONG))
		return call.read<BOOLEAN>() != FALSE;
	return call.read<ULONG>() != 0;
}

Operation operation_of(WSK_CONTROL_SOCKET_TYPE type)
{
	switch (type) {
	case WskSetOption:
		return Operation::set_option;
	case WskGetOption:
		return Operation::get_option;
	default:
		return Operation::ioctl;
	}
}

} // namespace

Refusal outcome(long long error)
{
	return {status_from_error(Activity::control, error), nullptr};
}

Refusal set_transport(Socket &socket, ControlCall &call)
{
	return outcome(port_socket_set_option(socket.transport(),
					      static_cast<port_socket_option>(call.row->detail),
					      call.read<ULONG>()));
}

Refusal get_transport(Socket &socket, ControlCall &call)
{
	uint32_t value = 0;
	int error = port_socket_get_option(
		socket.transport(), static_cast<port_socket_option>(call.row->detail), &value);

	if (!error)
		call.write(value);
	return outcome(error);
}

Refusal set_kept(Socket &socket, ControlCall &call)
{
	socket.keep_switch(call.row->detail, call.read<ULONG>());
	return accepted;
}

Refusal get_kept(Socket &socket, ControlCall &call)
{
	call.write<ULONG>(socket.kept_switch(call.row->detail));
	return accepted;
}

/* Under the lock. */
Refusal Socket::admit_control(const Control &row, bool read)
{
	if (!read && (row.rules & rule_before_bind) && state_ != State::unbound)
		return {STATUS_INVALID_DEVICE_STATE, "the option is to be set before WskBind"};
	if ((row.rules & rule_bound) && (state_ == State::unbound || state_ == State::binding))
		return {STATUS_INVALID_DEVICE_STATE, "the socket is not bound"};
	if ((row.rules & rule_connected) && state_ != State::connected)
		return {STATUS_INVALID_DEVICE_STATE, "the socket is not connected"};
	return accepted;
}

Refusal Socket::admit_control_request(Socket &socket, PIRP irp)
{
	return socket.admit_control(*request_arguments<ControlArguments>(irp).row,
				    Request::of(irp)->operation == Operation::get_option);
}

NTSTATUS Socket::execute_control(PIRP irp, ULONG_PTR *information)
{
	Operation operation = Request::of(irp)->operation;

	switch (operation) {
	case Operation::bind:
		return execute_bind(request_arguments<AddressArguments>(irp).address);
	case Operation::listen:
		return execute_listen();
	case Operation::abort:
		abort_connection();
		return STATUS_SUCCESS;
	case Operation::local_address:
		return write_address(false, request_arguments<AddressOutput>(irp).address);
	case Operation::remote_address:
		return write_address(true, request_arguments<AddressOutput>(irp).address);
	case Operation::inspect:
		return execute_inspect(irp);
	case Operation::set_option:
	case Operation::get_option:
	case Operation::ioctl: {
		const ControlArguments &arguments = request_arguments<ControlArguments>(irp);
		const Control &row = *arguments.row;
		ControlCall call = {.row = &row,
				    .input = arguments.copied() ? arguments.copy : arguments.input,
				    .output = arguments.output,
				    .input_size = arguments.input_size,
				    .output_size = arguments.output_size,
				    .written = 0,
				    .irp = nullptr};
		ControlHandler handler = operation == Operation::set_option   ? row.set
					 : operation == Operation::get_option ? row.get
									      : row.run;
		Refusal refusal = handler(*this, call);

		if (refusal.rule)
			port_log_rule(control_function, refusal.rule);
		*information = call.written;
		return refusal.status;
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

/* In the caller's context: now or never. */
NTSTATUS Socket::control_now(WSK_CONTROL_SOCKET_TYPE type, ControlCall &call, SIZE_T *written)
{
	TransportUse transport(*this);
	const Control &row = *call.row;
	Refusal refusal = accepted;

	if (!transport)
		return request_refuse(control_function, call.irp,
				      {STATUS_FILE_FORCED_CLOSED, nullptr});
	{
		LockGuard guard(lock_);

		if (closing_)
			refusal = {STATUS_INVALID_DEVICE_STATE, "the socket is being closed"};
		else
			refusal = admit_control(row, type == WskGetOption);
	}
	if (!refusal && !(row.rules & rule_immediate) && port_context() != PORT_CONTEXT_TASK)
		refusal = {STATUS_REQUEST_NOT_ACCEPTED,
			   "this control needs an Irp at DISPATCH_LEVEL"};
	if (!refusal)
		refusal = handler_of(row, type)(*this, call);
	if (refusal.status == STATUS_PENDING)
		return STATUS_PENDING;
	if (refusal.rule)
		port_log_rule(control_function, refusal.rule);
	if (call.irp)
		request_complete(call.irp, refusal.status, call.written);
	else if (written)
		*written = call.written;
	return refusal.status;
}

NTSTATUS Socket::control(WSK_CONTROL_SOCKET_TYPE type, ControlCall &call, SIZE_T *written)
{
	ULONG on;

	if (type != WskGetOption && (call.row->rules & rule_switch)) {
		on = read_switch(call);
		call.input = &on;
		call.input_size = sizeof(on);
	}
	if (!call.irp || (call.row->rules & (rule_immediate | rule_passive | rule_pends)))
		return control_now(type, call, written);

	ControlArguments &arguments = request_arguments<ControlArguments>(call.irp);

	arguments.row = call.row;
	arguments.output = call.output;
	arguments.input_size = call.input_size;
	arguments.output_size = call.output_size;
	if (arguments.copied())
		RtlCopyMemory(arguments.copy, call.input, call.input_size);
	else
		arguments.input = call.input;
	return submit(control_function, call.irp, operation_of(type), admit_control_request);
}

/**
 * WskControlSocket - Sets and gets options, enables and disables event callbacks, and more.
 * @handle: A socket of any category.
 * @type: WskSetOption, WskGetOption or WskIoctl.
 * @code: The option or control code, in Windows' numbers.
 * @level: SOL_SOCKET or a protocol; unused with control codes.
 * @input_size: Bytes at @input.
 * @input: What to set. A BOOLEAN will do for a switch that is a ULONG. May be reused when the call
 *	has returned something else than STATUS_PENDING, or the IRP is completed.
 * @output_size: Bytes at @output.
 * @output: Receives what was asked for. May be looked at as soon as @input may be reused.
 * @output_size_returned: Without an IRP: receives the number of bytes written; or NULL.
 * @irp: The request, or NULL: then the call does not return before it is done. Information is the
 *	number of bytes written.
 *
 * Which sockets have which options and control codes, and what they do, is in
 * Documentation/conformance.rst.
 *
 * Context: IRQL <= DISPATCH_LEVEL; PASSIVE_LEVEL for some control codes.
 * Return: STATUS_SUCCESS, STATUS_PENDING; STATUS_EVENT_PENDING (an event is disabled without an
 *	IRP while its callback runs); STATUS_INVALID_PARAMETER; STATUS_BUFFER_TOO_SMALL;
 *	STATUS_BUFFER_OVERFLOW (of a list; the size that it needs is returned);
 *	STATUS_NOT_SUPPORTED (unknown option, level or code, or not of this kind of socket);
 *	STATUS_INVALID_DEVICE_STATE (too late, or too early); STATUS_REQUEST_NOT_ACCEPTED (no IRP
 *	where one is needed, or above the IRQL that it can be had at).
 * Source: PFN_WSK_CONTROL_SOCKET (wsk.h).
 */
NTSTATUS WSKAPI control_socket(PWSK_SOCKET handle, WSK_CONTROL_SOCKET_TYPE type, ULONG code,
			       ULONG level, SIZE_T input_size, PVOID input, SIZE_T output_size,
			       PVOID output, SIZE_T *output_size_returned, PIRP irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	Refusal refusal = irp ? request_begin(irp) : accepted;
	Socket *socket = Socket::from(handle);
	ControlCall call = {.row = find_control(type == WskIoctl ? no_level : level, code),
			    .input = input,
			    .output = output,
			    .input_size = buffer_size(input, input_size),
			    .output_size = buffer_size(output, output_size),
			    .written = 0,
			    .irp = irp};

	if (!refusal && !socket)
		refusal = {STATUS_INVALID_PARAMETER, "the socket is NULL"};
	if (!refusal && type >= WskControlMax)
		refusal = {STATUS_INVALID_PARAMETER, "an unknown request type"};
	if (!refusal)
		refusal = check_control(socket->kind(), call.row, type, call);
	if (refusal)
		return request_refuse(control_function, irp, refusal);
	return socket->control(type, call, output_size_returned);
}

constinit const WSK_PROVIDER_BASIC_DISPATCH basic_dispatch = {
	.WskControlSocket = control_socket,
	.WskCloseSocket = close_socket,
};

} // namespace wsk
