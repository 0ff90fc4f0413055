// SPDX-License-Identifier: MIT OR GPL-2.0
/* Control codes about this host's addresses, interfaces and routes. */
#include <mstcpip.h>

#include "port/interface.h"
#include "socket/address.h"
#include "socket/change.h"
#include "socket/ioctl.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

constexpr ULONG pool_tag = 'dasW';

constexpr SIZE_T size_of_address(ADDRESS_FAMILY family)
{
	return family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
}

/* The addresses at one moment; addresses may come and go while they are counted. */
class InterfaceAddresses
{
public:
	explicit InterfaceAddresses(Socket &socket)
	{
		port_net *net = port_socket_net(socket.transport());
		int family = port_family(socket.family());
		ULONG room;

		do {
			free();
			room = port_interface_addresses(net, family, false, nullptr, 0);
			list_ = static_cast<port_interface_address *>(ExAllocatePool2(
				POOL_FLAG_NON_PAGED, (room + 1) * sizeof(*list_), pool_tag));
			if (!list_)
				return;
			count_ = port_interface_addresses(net, family, false, list_, room);
		} while (count_ > room);
	}
	~InterfaceAddresses() { free(); }
	InterfaceAddresses(const InterfaceAddresses &) = delete;
	InterfaceAddresses &operator=(const InterfaceAddresses &) = delete;

	explicit operator bool() const { return list_; }
	ULONG count() const { return count_; }
	const port_interface_address &operator[](ULONG index) const { return list_[index]; }

private:
	void free()
	{
		if (list_)
			ExFreePoolWithTag(list_, pool_tag);
		list_ = nullptr;
	}

	port_interface_address *list_ = nullptr;
	ULONG count_ = 0;
};

SOCKADDR_IN ipv4_address(ULONG address)
{
	SOCKADDR_IN result = {};

	result.sin_family = AF_INET;
	result.sin_addr.s_addr = address;
	return result;
}

bool read_sockaddr(Socket &socket, const ControlCall &call, port_address *address)
{
	return call.input_size >= size_of_address(socket.family()) &&
	       address_from_sockaddr(static_cast<const SOCKADDR *>(call.input), socket.family(),
				     address);
}

constexpr Refusal bad_address = {STATUS_INVALID_PARAMETER,
				 "the address is short, or not of the socket's family"};

} // namespace

/* The list, and behind it the addresses that it points to. */
Refusal get_address_list(Socket &socket, ControlCall &call)
{
	InterfaceAddresses addresses(socket);
	SIZE_T each = size_of_address(socket.family());
	SIZE_T list = SIZEOF_SOCKET_ADDRESS_LIST(addresses.count());

	if (!addresses)
		return no_memory;
	/* So that a list of none is a whole structure. */
	if (list < sizeof(SOCKET_ADDRESS_LIST))
		list = sizeof(SOCKET_ADDRESS_LIST);
	call.written = list + addresses.count() * each;
	if (call.output_size < call.written)
		return too_small;

	auto *out = static_cast<UCHAR *>(call.output);
	INT count = static_cast<INT>(addresses.count());

	RtlCopyMemory(out + FIELD_OFFSET(SOCKET_ADDRESS_LIST, iAddressCount), &count,
		      sizeof(count));
	for (ULONG i = 0; i < addresses.count(); i++) {
		auto *sockaddr = reinterpret_cast<SOCKADDR *>(out + list + i * each);
		SOCKET_ADDRESS entry = {sockaddr, static_cast<INT>(each)};

		address_to_sockaddr(addresses[i].address, sockaddr);
		RtlCopyMemory(out + SIZEOF_SOCKET_ADDRESS_LIST(i), &entry, sizeof(entry));
	}
	return accepted;
}

Refusal wait_for_addresses(Socket &socket, ControlCall &call)
{
	return wait_for_change(socket, Change::addresses, 0, call.irp);
}

Refusal get_routing_interface(Socket &socket, ControlCall &call)
{
	port_address destination = {}, source = {};

	if (!read_sockaddr(socket, call, &destination))
		return bad_address;
	if (call.output_size < size_of_address(socket.family()))
		return {STATUS_BUFFER_TOO_SMALL, "the output buffer is too small for an address"};
	int error = port_route_source(port_socket_net(socket.transport()), &destination, &source,
				      nullptr);

	if (!error) {
		address_to_sockaddr(source, static_cast<SOCKADDR *>(call.output));
		call.written = size_of_address(socket.family());
	}
	return outcome(error);
}

Refusal wait_for_routes(Socket &socket, ControlCall &call)
{
	port_address destination = {};

	if (!read_sockaddr(socket, call, &destination))
		return bad_address;
	return wait_for_route(socket, static_cast<const SOCKADDR *>(call.input), call.irp);
}

static ULONG flags_of(const port_interface_address &one)
{
	return (one.up ? InterfaceInfo::up : 0) | (one.broadcast ? InterfaceInfo::broadcasts : 0) |
	       (one.loopback ? InterfaceInfo::loopback : 0) |
	       (one.point_to_point ? InterfaceInfo::point_to_point : 0) |
	       (one.multicast ? InterfaceInfo::multicast : 0);
}

Refusal get_interface_list(Socket &socket, ControlCall &call)
{
	InterfaceAddresses addresses(socket);

	if (!addresses)
		return no_memory;
	call.written = addresses.count() * sizeof(InterfaceInfo);
	if (call.output_size < call.written)
		return too_small;
	for (ULONG i = 0; i < addresses.count(); i++) {
		const port_interface_address &one = addresses[i];
		InterfaceInfo info = {};
		SOCKADDR_IN address = {};

		address_to_sockaddr(one.address, reinterpret_cast<SOCKADDR *>(&address));
		info.flags = flags_of(one);
		info.address.ipv4 = address;
		info.broadcast.ipv4 = ipv4_address(one.broadcast);
		info.netmask.ipv4 = ipv4_address(one.netmask);
		RtlCopyMemory(static_cast<UCHAR *>(call.output) + i * sizeof(info), &info,
			      sizeof(info));
	}
	return accepted;
}

/* Either family's; IPv6 knows no broadcasts, and has prefixes instead of masks. */
Refusal get_interface_list_ex(Socket &socket, ControlCall &call)
{
	struct Sockaddrs {
		SOCKADDR_IN6 address;
		SOCKADDR_IN broadcast, netmask;
	};
	InterfaceAddresses addresses(socket);

	if (!addresses)
		return no_memory;
	const ULONG count = addresses.count();
	auto *out = static_cast<UCHAR *>(call.output);
	auto *behind = reinterpret_cast<Sockaddrs *>(out + count * sizeof(InterfaceInfoEx));

	call.written = count * (sizeof(InterfaceInfoEx) + sizeof(Sockaddrs));
	if (call.output_size < call.written)
		return too_small;
	for (ULONG i = 0; i < count; i++) {
		const port_interface_address &one = addresses[i];
		InterfaceInfoEx info = {
			.flags = flags_of(one),
			.address = {reinterpret_cast<SOCKADDR *>(&behind[i].address),
				    static_cast<INT>(size_of_address(socket.family()))},
			.broadcast = {},
			.netmask = {}};
		Sockaddrs sockaddrs = {};

		address_to_sockaddr(one.address, reinterpret_cast<SOCKADDR *>(&sockaddrs.address));
		if (socket.family() == AF_INET) {
			sockaddrs.broadcast = ipv4_address(one.broadcast);
			sockaddrs.netmask = ipv4_address(one.netmask);
			info.broadcast = {reinterpret_cast<SOCKADDR *>(&behind[i].broadcast),
					  sizeof(SOCKADDR_IN)};
			info.netmask = {reinterpret_cast<SOCKADDR *>(&behind[i].netmask),
					sizeof(SOCKADDR_IN)};
		}
		RtlCopyMemory(out + i * sizeof(info), &info, sizeof(info));
		RtlCopyMemory(&behind[i], &sockaddrs, sizeof(sockaddrs));
	}
	return accepted;
}

Refusal get_broadcast_address(Socket &, ControlCall &call)
{
	call.write(ipv4_address(INADDR_BROADCAST));
	return accepted;
}

} // namespace wsk
