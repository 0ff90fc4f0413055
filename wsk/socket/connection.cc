// SPDX-License-Identifier: MIT OR GPL-2.0
/* Creating, binding, addresses and disconnecting. */
#include "nt/irql.h"
#include "port/option.h"
#include "socket/address.h"
#include "socket/dead.h"
#include "socket/socket.h"
#include "socket/stream.h"

namespace wsk
{

/* A socket whose IRP is still to be given to begin_create(). */
Socket *Socket::make(Client &client, const Kind &kind, PVOID context, const VOID *dispatch,
		     Refusal *refusal)
{
	if (!client.begin_use()) {
		*refusal = {STATUS_DEVICE_NOT_READY, "the client has deregistered"};
		return nullptr;
	}
	bool datagrams = kind.category == Category::datagram;
	DatagramState *state = datagrams ? new DatagramState : nullptr;
	Socket *socket =
		datagrams && !state ? nullptr : new Socket(client, kind, context, dispatch);
	if (!socket) {
		delete state;
		client.end_use();
		*refusal = no_memory;
		return nullptr;
	}
	socket->datagram_ = state;
	return socket;
}

NTSTATUS Socket::begin_create(const char *function, Operation operation, const Ownership &ownership,
			      PIRP irp)
{
	Request::of(irp)->socket = this;
	Request::of(irp)->operation = operation;
	client_->first_socket();
	Refusal refusal = ownership.keep(&owner_, &bound_.descriptor);
	if (refusal) {
		begin_end(nullptr);
		return request_refuse(function, irp, refusal);
	}
	life_irp_ = irp;
	IoMarkIrpPending(irp);
	begin_use(); /* the request's */
	begin_use(); /* ours */
	signal(signal_create);
	end_use();
	return STATUS_PENDING;
}

NTSTATUS Socket::create(const char *function, Client &client, const Kind &kind,
			const Ownership &ownership, PVOID context, const VOID *dispatch, PIRP irp)
{
	Refusal refusal = accepted;
	Socket *socket = make(client, kind, context, dispatch, &refusal);

	return socket ? socket->begin_create(function, Operation::create, ownership, irp)
		      : request_refuse(function, irp, refusal);
}

NTSTATUS Socket::create_connected(const char *function, Client &client, const Kind &kind,
				  const Ownership &ownership, const port_address &local,
				  PVOID context, const VOID *dispatch, PIRP irp)
{
	Refusal refusal = accepted;
	Socket *socket = make(client, kind, context, dispatch, &refusal);

	if (!socket)
		return request_refuse(function, irp, refusal);
	socket->bound_.address = local; /* what the pump is to bind to */
	return socket->begin_create(function, Operation::create_connected, ownership, irp);
}

NTSTATUS Socket::create_transport()
{
	port_socket *transport = nullptr;
	int error = port_socket_create(owner_, port_family(family()), kind_.type, kind_.protocol,
				       &transport_room_, &transport);

	/* Windows' sockets are not dual stack unless asked. */
	if (!error && family() == AF_INET6 && type() != SOCK_RAW)
		error = port_socket_set_option(transport, PORT_OPTION_V6ONLY, 1);
	/* And hear of the groups that they joined, not of those that others did. */
	if (!error && type() != SOCK_STREAM && (family() == AF_INET || type() != SOCK_RAW))
		error = port_socket_set_option(transport, PORT_OPTION_IPV4_MULTICAST_ALL, 0);
	if (!error && type() != SOCK_STREAM && family() == AF_INET6)
		error = port_socket_set_option(transport, PORT_OPTION_IPV6_MULTICAST_ALL, 0);
	if (transport)
		attach_transport(transport);
	return status_from_error(Activity::create, error);
}

/* The socket goes as well: nobody got to know it. */
void Socket::fail_create(PIRP irp, NTSTATUS status)
{
	begin_end(nullptr);
	complete(irp, status);
}

void Socket::serve_create()
{
	PIRP irp = life_irp_;
	NTSTATUS status = create_transport();

	life_irp_ = nullptr;
	if (!NT_SUCCESS(status)) {
		fail_create(irp, status);
		return;
	}
	if (Request::of(irp)->operation == Operation::create) {
		complete(irp, STATUS_SUCCESS, reinterpret_cast<ULONG_PTR>(handle()));
		return;
	}
	status = execute_bind(bound_.address);
	if (!NT_SUCCESS(status)) {
		fail_create(irp, status);
		return;
	}
	put_back(connects_, irp);
	signal(signal_connect);
}

NTSTATUS Socket::execute_bind(const port_address &address)
{
	bool listens = category() == Category::listen;
	uint32_t v6only = 1;

	if (family() == AF_INET6 && port_socket_get_option(transport_, PORT_OPTION_V6ONLY, &v6only))
		v6only = 1;
	bound_.transport = transport_;
	bound_.owner = owner_;
	bound_.address = address;
	bound_.type = kind_.type;
	bound_.dual_stack = !v6only;
	bound_.may_listen = listens || category() == Category::stream;
	/* Before the first connection can come in. */
	NTSTATUS status = begin_inspection();
	if (NT_SUCCESS(status))
		status = sharing_bind(bound_, listens);
	if (!NT_SUCCESS(status))
		end_inspection();
	{
		LockGuard guard(lock_);

		if (!NT_SUCCESS(status))
			state_ = State::unbound;
		else
			state_ = listens ? State::listening : State::bound;
	}
	if (NT_SUCCESS(status) && (listens || datagram_)) {
		start_events();
		signal(signal_accept | signal_receive);
	}
	return status;
}

/* Graceful ones, whose FIN is on its way. */
void Socket::serve_disconnects()
{
	PIRP irp = claim(disconnects_);

	if (!irp)
		return;
	int error = port_socket_shutdown_status(transport_);
	if (error == -PORT_EINPROGRESS)
		put_back(disconnects_, irp);
	else
		complete(irp, status_from_error(Activity::disconnect, error));
}

void Socket::abort_connection()
{
	cancel_all(sends_, STATUS_CANCELLED);
	cancel_all(disconnects_, STATUS_CANCELLED);
	port_socket_reset(transport_);
	signal(signal_receive);
}

NTSTATUS Socket::write_address(bool remote, PSOCKADDR to)
{
	TransportUse transport(*this); /* a listener's pump asks for its connections' */
	port_address address = {};

	if (!transport)
		return STATUS_FILE_FORCED_CLOSED;
	int error = remote ? port_socket_remote_address(transport_, &address)
			   : port_socket_local_address(transport_, &address);

	if (!error)
		address_to_sockaddr(address, to);
	return status_from_error(Activity::control, error);
}

Refusal Socket::admit_bind(Socket &socket, PIRP)
{
	if (socket.state_ != State::unbound)
		return {STATUS_INVALID_DEVICE_STATE, "the socket is bound already"};
	socket.state_ = State::binding;
	return accepted;
}

/* A graceful one. */
Refusal Socket::admit_disconnect(Socket &socket, PIRP)
{
	if (socket.state_ != State::connected || socket.send_ended_ || socket.aborted_)
		return {STATUS_INVALID_DEVICE_STATE,
			"the socket is not connected, or was disconnected before"};
	socket.send_ended_ = true;
	return accepted;
}

Refusal Socket::admit_abort(Socket &socket, PIRP)
{
	if (socket.state_ != State::connected || socket.aborted_)
		return {STATUS_INVALID_DEVICE_STATE,
			"the socket is not connected, or was disconnected before"};
	socket.aborted_ = true;
	return accepted;
}

Refusal Socket::admit_local_address(Socket &socket, PIRP)
{
	if (socket.state_ == State::unbound || socket.state_ == State::binding)
		return {STATUS_INVALID_DEVICE_STATE, "the socket is not bound"};
	return accepted;
}

Refusal Socket::admit_remote_address(Socket &socket, PIRP)
{
	if (socket.state_ != State::connected)
		return {STATUS_INVALID_DEVICE_STATE, "the socket is not connected"};
	return accepted;
}

/* Begins a request whose argument is an address that is read during the call. */
static NTSTATUS submit_address(const char *function, PWSK_SOCKET handle, PSOCKADDR address,
			       ULONG flags, PIRP irp, Operation operation,
			       Socket::Admission admission)
{
	Refusal refusal = request_begin(irp);
	Socket *socket = Socket::from(handle);

	if (!refusal && !socket)
		refusal = {STATUS_INVALID_PARAMETER, "the socket is NULL"};
	if (!refusal && flags)
		refusal = {STATUS_INVALID_PARAMETER, "reserved flags are set"};
	if (!refusal && !address_from_sockaddr(address, socket->family(),
					       &request_arguments<AddressArguments>(irp).address))
		refusal = {STATUS_INVALID_PARAMETER,
			   "the address is NULL or not of the socket's family"};
	if (refusal)
		return request_refuse(function, irp, refusal);
	return socket->submit(function, irp, operation, admission);
}

/* Begins a request that writes an address. */
static NTSTATUS submit_address_query(const char *function, PWSK_SOCKET handle, PSOCKADDR address,
				     PIRP irp, Operation operation, Socket::Admission admission)
{
	Refusal refusal = request_begin(irp);
	Socket *socket = Socket::from(handle);

	if (!refusal && !socket)
		refusal = {STATUS_INVALID_PARAMETER, "the socket is NULL"};
	if (!refusal && !address)
		refusal = {STATUS_INVALID_PARAMETER, "the address buffer is NULL"};
	if (refusal)
		return request_refuse(function, irp, refusal);
	request_arguments<AddressOutput>(irp).address = address;
	return socket->submit(function, irp, operation, admission);
}

/**
 * WskBind - Gives a socket its local address.
 * @handle: A socket of any category but basic that is not bound.
 * @local_address: Of the socket's family; wildcard address and port 0 are allowed, for datagrams
 *	also a multicast address. Read during the call only.
 * @flags: Reserved, 0.
 * @irp: The request.
 *
 * With it a listening socket starts to listen, and a datagram socket to receive; a stream socket
 * has still to be told whether it is to listen or to connect.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER, STATUS_INVALID_DEVICE_STATE (bound already).
 *	The IRP ends in STATUS_SUCCESS, STATUS_ADDRESS_ALREADY_EXISTS,
 *	STATUS_INVALID_ADDRESS_COMPONENT (not an address of this host), STATUS_ACCESS_DENIED,
 *	STATUS_INSUFFICIENT_RESOURCES or STATUS_CANCELLED.
 * Source: PFN_WSK_BIND (wsk.h).
 */
NTSTATUS WSKAPI bind(PWSK_SOCKET handle, PSOCKADDR local_address, ULONG flags, PIRP irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return submit_address("WskBind", handle, local_address, flags, irp, Operation::bind,
			      Socket::admit_bind);
}

/**
 * WskGetLocalAddress - Reads the address that a socket is bound to.
 * @handle: A bound socket.
 * @local_address: Receives it, by the time the IRP completes; room for the socket's family.
 * @irp: The request.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_STATE (not bound).
 * Source: PFN_WSK_GET_LOCAL_ADDRESS (wsk.h).
 */
NTSTATUS WSKAPI get_local_address(PWSK_SOCKET handle, PSOCKADDR local_address, PIRP irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return submit_address_query("WskGetLocalAddress", handle, local_address, irp,
				    Operation::local_address, Socket::admit_local_address);
}

/**
 * WskGetRemoteAddress - Reads the peer's address.
 * @handle: A connected socket.
 * @remote_address: Receives it, by the time the IRP completes; room for the socket's family.
 * @irp: The request.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_STATE (not connected).
 * Source: PFN_WSK_GET_REMOTE_ADDRESS (wsk.h).
 */
NTSTATUS WSKAPI get_remote_address(PWSK_SOCKET handle, PSOCKADDR remote_address, PIRP irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return submit_address_query("WskGetRemoteAddress", handle, remote_address, irp,
				    Operation::remote_address, Socket::admit_remote_address);
}

constinit const WSK_PROVIDER_CONNECTION_DISPATCH connection_dispatch = {
	.Basic = {control_socket, close_socket},
	.WskBind = bind,
	.WskConnect = connect,
	.WskGetLocalAddress = get_local_address,
	.WskGetRemoteAddress = get_remote_address,
	.WskSend = send,
	.WskReceive = receive,
	.WskDisconnect = disconnect,
	.WskRelease = release,
	.WskConnectEx = connect_ex,
	.WskSendEx = send_ex,
	.WskReceiveEx = receive_ex,
};

} // namespace wsk
