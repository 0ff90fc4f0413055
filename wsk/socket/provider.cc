// SPDX-License-Identifier: MIT OR GPL-2.0
/* The provider dispatch: what a client calls without a socket. */
#include "nt/irql.h"
#include "socket/address.h"
#include "socket/client.h"
#include "socket/provider.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

/**
 * WskSocket - Creates a socket.
 * @Client: From WskCaptureProviderNPI().
 * @AddressFamily: AF_INET or AF_INET6.
 * @SocketType: SOCK_STREAM, SOCK_DGRAM or SOCK_RAW.
 * @Protocol: IPPROTO_TCP, IPPROTO_UDP, or with SOCK_RAW any.
 * @Flags: The category: WSK_FLAG_LISTEN_SOCKET, WSK_FLAG_CONNECTION_SOCKET,
 *	WSK_FLAG_STREAM_SOCKET, WSK_FLAG_DATAGRAM_SOCKET, or 0 for a basic socket.
 * @SocketContext: Handed to the socket's event callbacks.
 * @Dispatch: The category's table of event callbacks, or NULL; stays as long as the socket.
 * @OwningProcess: The socket lives in this process' network namespace and binds with its
 *	credentials. NULL: in the current process' namespace (a kernel thread's is the initial one),
 *	with the kernel's rights, unless @OwningThread is given.
 * @OwningThread: The credentials are this thread's; without @OwningProcess, the namespace, too. Or
 *	NULL.
 * @SecurityDescriptor: From WSK_CACHE_SD: who may bind beside this socket, where Windows' table of
 *	sharing says so. NULL: nobody.
 * @Irp: The request; Information is the PWSK_SOCKET.
 *
 * Every event callback is disabled, except those made static. IPv6 sockets do not do IPv4 until
 * IPV6_V6ONLY is cleared.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER (client, Irp, category or security descriptor);
 *	STATUS_NOT_SUPPORTED (family, type, protocol); STATUS_DEVICE_NOT_READY (the client has
 *	deregistered); STATUS_INSUFFICIENT_RESOURCES. The IRP ends in STATUS_SUCCESS,
 *	STATUS_PROCESS_IS_TERMINATING (the owner has ended) or STATUS_INSUFFICIENT_RESOURCES.
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
	const Ownership ownership = {OwningProcess, OwningThread, SecurityDescriptor};
	Kind kind = {};
	Refusal refusal = request_begin(Irp);

	if (!refusal && !client)
		refusal = {STATUS_INVALID_PARAMETER, "the client is not one that was captured"};
	if (!refusal)
		refusal = find_kind(AddressFamily, SocketType, Protocol, Flags, &kind);
	if (!refusal && kind.category == Category::basic && (SocketContext || Dispatch))
		refusal = {STATUS_INVALID_PARAMETER, "a basic socket has no callbacks"};
	if (!refusal)
		refusal = ownership.check();
	if (refusal)
		return request_refuse(function, Irp, refusal);
	return Socket::create(function, *client, kind, ownership, SocketContext, Dispatch, Irp);
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
 * @OwningProcess: As for WskSocket().
 * @OwningThread: As for WskSocket().
 * @SecurityDescriptor: As for WskSocket().
 * @Irp: The request; Information is the PWSK_SOCKET. When it fails, there is no socket.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER (client, Irp, flags, addresses);
 *	STATUS_NOT_SUPPORTED (type, protocol); STATUS_DEVICE_NOT_READY (the client has
 *	deregistered); STATUS_INSUFFICIENT_RESOURCES. The IRP ends as those of WskSocket(),
 *	WskBind() and WskConnect() do.
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
	const Ownership ownership = {OwningProcess, OwningThread, SecurityDescriptor};
	Kind kind = {};
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
	if (!refusal)
		refusal =
			find_kind(family, SocketType, Protocol, WSK_FLAG_CONNECTION_SOCKET, &kind);
	if (!refusal)
		refusal = ownership.check();
	if (refusal)
		return request_refuse(function, Irp, refusal);
	return Socket::create_connected(function, *client, kind, ownership, local, SocketContext,
					Dispatch, Irp);
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
