// SPDX-License-Identifier: MIT OR GPL-2.0
/* The provider dispatch: what a client calls without a socket. */
#include "nt/irql.h"
#include "socket/address.h"
#include "socket/client.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

/* Which category the flags name; false for none or several. */
bool category_from_flags(ULONG flags, Category *category)
{
	switch (flags) {
	case WSK_FLAG_LISTEN_SOCKET:
		*category = Category::listen;
		return true;
	case WSK_FLAG_CONNECTION_SOCKET:
		*category = Category::connection;
		return true;
	default:
		return false;
	}
}

bool flags_known(ULONG flags)
{
	return flags == WSK_FLAG_BASIC_SOCKET || flags == WSK_FLAG_LISTEN_SOCKET ||
	       flags == WSK_FLAG_CONNECTION_SOCKET || flags == WSK_FLAG_DATAGRAM_SOCKET ||
	       flags == WSK_FLAG_STREAM_SOCKET;
}

/**
 * WskSocket - Creates a socket.
 * @Client: From WskCaptureProviderNPI().
 * @AddressFamily: AF_INET or AF_INET6.
 * @SocketType: SOCK_STREAM.
 * @Protocol: IPPROTO_TCP.
 * @Flags: The category: WSK_FLAG_LISTEN_SOCKET or WSK_FLAG_CONNECTION_SOCKET.
 * @SocketContext: Handed to the socket's event callbacks.
 * @Dispatch: The category's table of event callbacks, or NULL; stays as long as the socket.
 * @OwningProcess: NULL: the socket lives in the caller's network namespace.
 * @OwningThread: NULL.
 * @SecurityDescriptor: NULL.
 * @Irp: The request; Information is the PWSK_SOCKET.
 *
 * Every event callback is disabled, except those made static. IPv6 sockets do not do IPv4 until
 * IPV6_V6ONLY is cleared.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER (client, Irp or category); STATUS_NOT_SUPPORTED
 *	(family, type, protocol); STATUS_NOT_IMPLEMENTED (other categories, owners and security
 *	descriptors); STATUS_DEVICE_NOT_READY (the client has deregistered);
 *	STATUS_INSUFFICIENT_RESOURCES.
 * Source: PFN_WSK_SOCKET (wsk.h).
 */
NTSTATUS WSKAPI create_socket(PWSK_CLIENT Client, ADDRESS_FAMILY AddressFamily, USHORT SocketType,
			      ULONG Protocol, ULONG Flags, PVOID SocketContext,
			      const VOID *Dispatch, PEPROCESS OwningProcess, PETHREAD OwningThread,
			      PSECURITY_DESCRIPTOR SecurityDescriptor, PIRP Irp)
{
	constexpr const char *function = "WskSocket";

	NT_MAX_IRQL(DISPATCH_LEVEL);
	wsk::Client *client = wsk::Client::from(Client);
	Category category = Category::connection;
	Refusal refusal = request_begin(Irp);

	if (!refusal && !client)
		refusal = {STATUS_INVALID_PARAMETER, "the client is not one that was captured"};
	if (!refusal && !flags_known(Flags))
		refusal = {STATUS_INVALID_PARAMETER, "the flags do not name one category"};
	if (!refusal &&
	    (!port_family(AddressFamily) || SocketType != SOCK_STREAM || Protocol != IPPROTO_TCP) &&
	    category_from_flags(Flags, &category))
		refusal = {STATUS_NOT_SUPPORTED,
			   "the category does not have this family, type and protocol"};
	if (!refusal && (!category_from_flags(Flags, &category) || OwningProcess || OwningThread ||
			 SecurityDescriptor))
		refusal = {STATUS_NOT_IMPLEMENTED, nullptr};
	if (refusal)
		return request_refuse(function, Irp, refusal);
	return Socket::create(function, *client, category, AddressFamily, SocketContext, Dispatch,
			      Irp);
}

/**
 * WskSocketConnect - Creates a connection socket, binds and connects it.
 * @Client: From WskCaptureProviderNPI().
 * @SocketType: SOCK_STREAM.
 * @Protocol: IPPROTO_TCP.
 * @LocalAddress: As for WskBind(); its family is the socket's.
 * @RemoteAddress: As for WskConnect(), of the same family.
 * @Flags: Reserved, 0.
 * @SocketContext: Handed to the socket's event callbacks.
 * @Dispatch: The socket's event callbacks, or NULL; stays as long as the socket.
 * @OwningProcess: NULL.
 * @OwningThread: NULL.
 * @SecurityDescriptor: NULL.
 * @Irp: The request; Information is the PWSK_SOCKET. When it fails, there is no socket.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER (client, Irp, flags, addresses);
 *	STATUS_NOT_SUPPORTED (type, protocol); STATUS_NOT_IMPLEMENTED (owners and security
 *	descriptors); STATUS_DEVICE_NOT_READY (the client has deregistered);
 *	STATUS_INSUFFICIENT_RESOURCES. The IRP ends as those of WskSocket(), WskBind() and
 *	WskConnect() do.
 * Source: PFN_WSK_SOCKET_CONNECT (wsk.h).
 */
NTSTATUS WSKAPI socket_connect(PWSK_CLIENT Client, USHORT SocketType, ULONG Protocol,
			       PSOCKADDR LocalAddress, PSOCKADDR RemoteAddress, ULONG Flags,
			       PVOID SocketContext, const WSK_CLIENT_CONNECTION_DISPATCH *Dispatch,
			       PEPROCESS OwningProcess, PETHREAD OwningThread,
			       PSECURITY_DESCRIPTOR SecurityDescriptor, PIRP Irp)
{
	constexpr const char *function = "WskSocketConnect";

	NT_MAX_IRQL(DISPATCH_LEVEL);
	wsk::Client *client = wsk::Client::from(Client);
	ADDRESS_FAMILY family = LocalAddress ? LocalAddress->sa_family : AF_UNSPEC;
	port_address local = {};
	Refusal refusal = request_begin(Irp);

	if (!refusal && !client)
		refusal = {STATUS_INVALID_PARAMETER, "the client is not one that was captured"};
	if (!refusal && Flags)
		refusal = {STATUS_INVALID_PARAMETER, "reserved flags are set"};
	if (!refusal && (!address_from_sockaddr(LocalAddress, family, &local) ||
			 !address_from_sockaddr(RemoteAddress, family,
						&request_arguments<AddressArguments>(Irp).address)))
		refusal = {STATUS_INVALID_PARAMETER,
			   "an address is NULL, or they are not of one family that there is"};
	if (!refusal && (SocketType != SOCK_STREAM || Protocol != IPPROTO_TCP))
		refusal = {STATUS_NOT_SUPPORTED, "connections do not have this type and protocol"};
	if (!refusal && (OwningProcess || OwningThread || SecurityDescriptor))
		refusal = {STATUS_NOT_IMPLEMENTED, nullptr};
	if (refusal)
		return request_refuse(function, Irp, refusal);
	return Socket::create_connected(function, *client, local, family, SocketContext, Dispatch,
					Irp);
}

NTSTATUS set_static_events(Client &client, SIZE_T size, const VOID *input)
{
	constexpr ULONG known = WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT |
				WSK_EVENT_SEND_BACKLOG | WSK_EVENT_RECEIVE_FROM;
	auto *control = static_cast<const WSK_EVENT_CALLBACK_CONTROL *>(input);
	Refusal refusal = check_event_control(size, input);

	if (refusal)
		return request_refuse("WskControlClient", nullptr, refusal);
	if (!control->EventMask || (control->EventMask & ~known))
		refusal = {STATUS_INVALID_PARAMETER, "an unknown event"};
	else if (control->EventMask & WSK_EVENT_RECEIVE_FROM)
		refusal = {STATUS_NOT_IMPLEMENTED, nullptr};
	else if (!client.set_static_events(control->EventMask))
		refusal = {STATUS_INVALID_DEVICE_STATE,
			   "static events are set once, before the first socket"};
	return refusal ? request_refuse("WskControlClient", nullptr, refusal) : STATUS_SUCCESS;
}

/**
 * WskControlClient - Controls that concern the client as a whole.
 * @Client: From WskCaptureProviderNPI().
 * @ControlCode: WSK_SET_STATIC_EVENT_CALLBACKS.
 * @InputSize: Bytes at @InputBuffer.
 * @InputBuffer: A WSK_EVENT_CALLBACK_CONTROL.
 * @OutputSize: Unused.
 * @OutputBuffer: Unused.
 * @OutputSizeReturned: Unused.
 * @Irp: NULL for this code; completed with the result where one is given.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED (unknown interface or
 *	code); STATUS_INVALID_DEVICE_STATE (set before, or a socket exists); STATUS_NOT_IMPLEMENTED
 *	(other codes, and WSK_EVENT_RECEIVE_FROM).
 * Source: PFN_WSK_CONTROL_CLIENT (wsk.h).
 */
NTSTATUS WSKAPI control_client(PWSK_CLIENT Client, ULONG ControlCode, SIZE_T InputSize,
			       PVOID InputBuffer, SIZE_T OutputSize, PVOID OutputBuffer,
			       SIZE_T *OutputSizeReturned, PIRP Irp)
{
	constexpr const char *function = "WskControlClient";

	NT_MAX_IRQL(DISPATCH_LEVEL);
	UNREFERENCED_PARAMETER(OutputSize);
	UNREFERENCED_PARAMETER(OutputBuffer);
	UNREFERENCED_PARAMETER(OutputSizeReturned);
	wsk::Client *client = wsk::Client::from(Client);
	Refusal refusal = Irp ? request_begin(Irp) : accepted;
	NTSTATUS status;

	if (!refusal && !client)
		refusal = {STATUS_INVALID_PARAMETER, "the client is not one that was captured"};
	if (!refusal && (ControlCode < WSK_TRANSPORT_LIST_QUERY || ControlCode > WSK_TDI_BEHAVIOR))
		refusal = {STATUS_NOT_SUPPORTED, "an unknown control code"};
	if (!refusal && ControlCode != WSK_SET_STATIC_EVENT_CALLBACKS)
		refusal = {STATUS_NOT_IMPLEMENTED, nullptr};
	if (refusal)
		return request_refuse(function, Irp, refusal);
	status = set_static_events(*client, InputSize, InputBuffer);
	if (Irp)
		request_complete(Irp, status, 0);
	return status;
}

/**
 * WskGetAddressInfo - Resolves a name.
 * @Irp: Completes with STATUS_NOT_IMPLEMENTED: this function has not been built yet.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_NOT_IMPLEMENTED; STATUS_INVALID_PARAMETER without a usable IRP.
 * Source: PFN_WSK_GET_ADDRESS_INFO (wsk.h).
 */
NTSTATUS WSKAPI get_address_info(PWSK_CLIENT, PUNICODE_STRING, PUNICODE_STRING, ULONG, GUID *,
				 PADDRINFOEXW, PADDRINFOEXW *, PEPROCESS, PETHREAD, PIRP Irp)
{
	return request_not_implemented(Irp);
}

/**
 * WskFreeAddressInfo - Frees what WskGetAddressInfo returned: nothing yet.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Source: PFN_WSK_FREE_ADDRESS_INFO (wsk.h).
 */
VOID WSKAPI free_address_info(PWSK_CLIENT, PADDRINFOEXW) {}

/**
 * WskGetNameInfo - Finds the name of an address.
 * @Irp: Completes with STATUS_NOT_IMPLEMENTED: this function has not been built yet.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_NOT_IMPLEMENTED; STATUS_INVALID_PARAMETER without a usable IRP.
 * Source: PFN_WSK_GET_NAME_INFO (wsk.h).
 */
NTSTATUS WSKAPI get_name_info(PWSK_CLIENT, PSOCKADDR, ULONG, PUNICODE_STRING, PUNICODE_STRING,
			      ULONG, PEPROCESS, PETHREAD, PIRP Irp)
{
	return request_not_implemented(Irp);
}

} // namespace

constinit const WSK_PROVIDER_DISPATCH provider_dispatch = {
	.Version = provider_version,
	.Reserved = 0,
	.WskSocket = create_socket,
	.WskSocketConnect = socket_connect,
	.WskControlClient = control_client,
	.WskGetAddressInfo = get_address_info,
	.WskFreeAddressInfo = free_address_info,
	.WskGetNameInfo = get_name_info,
};

} // namespace wsk
