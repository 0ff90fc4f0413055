// SPDX-License-Identifier: MIT OR GPL-2.0
/* Control codes about interfaces, and the order of addresses: in namespaces that are made for it.
 */
#include <mstcpip.h>

#include "net_address.h"
#include "port/net.h"
#include "wsk_control_kinds.h"
#include "wsk_space.h"

namespace
{

using namespace wsk::test;

constexpr ULONG interface_list_ex = 0x4004747e;

INT socket_size(ADDRESS_FAMILY family)
{
	return family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
}

/* Adds addresses to a namespace's loopback: what they are is where packets to them come from. */
bool add_address(ADDRESS_FAMILY family, const UCHAR *bytes)
{
	return !net_address_change(family == AF_INET ? PORT_AF_INET : PORT_AF_INET6, bytes, true);
}

Address ipv6_address(const UCHAR (&bytes)[16])
{
	Address address = Address::any(AF_INET6);

	RtlCopyMemory(&address.ipv6()->sin6_addr, bytes, sizeof(bytes));
	return address;
}

template <ULONG count>
void expect_order(struct kunit *test, Socket &socket, Address (&in_order)[count])
{
	struct {
		INT length;
		SOCKET_ADDRESS addresses[count];
	} list = {};
	const INT size = socket_size(in_order[0].family());
	const ULONG shifts[] = {0, 1, count / 2};

	/* The wrong way round, and from the middle. */
	for (ULONG shift : shifts) {
		list.length = static_cast<INT>(count);
		for (ULONG i = 0; i < count; i++)
			list.addresses[i] = {in_order[count - 1 - (i + shift) % count], size};
		EXPECT_STATUS(test,
			      control_now(socket, ioctl(SIO_ADDRESS_LIST_SORT, &list, sizeof(list),
							&list, sizeof(list))),
			      STATUS_SUCCESS);
		for (ULONG i = 0; i < count; i++)
			EXPECT_PTR_EQ(test, list.addresses[i].lpSockaddr,
				      static_cast<PSOCKADDR>(in_order[i]));
	}
}

void address_order(struct kunit *test)
{
	constexpr UCHAR global[16] = {0x24, 0x01, 0, 1};
	constexpr UCHAR unique[16] = {0xfd, 0x57, 0, 1};
	constexpr UCHAR six_to_four[16] = {0x20, 0x02, 192, 0, 2, 1};
	constexpr UCHAR mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 198, 51, 100, 7};
	constexpr UCHAR ipv4[] = {198, 51, 100, 7};
	constexpr UCHAR nowhere[16] = {0x24, 0x01, 0xff, 0xff};
	Client client(test);
	Space space(test);

	space.run([&]() {
		Datagram socket(client, AF_INET6);

		REQUIRE(test, socket.open() && add_address(AF_INET6, global) &&
				      add_address(AF_INET6, unique) &&
				      add_address(AF_INET6, six_to_four) &&
				      add_address(AF_INET, ipv4));
		expect_ok(test, socket.set(IPPROTO_IPV6, IPV6_V6ONLY, 0));
		/* By precedence: loopback, others, IPv4, 6to4, unique local; no route at all. */
		Address in_order[] = {Address::loopback(AF_INET6), ipv6_address(global),
				      ipv6_address(mapped),	   ipv6_address(six_to_four),
				      ipv6_address(unique),	   ipv6_address(nowhere)};

		expect_order(test, socket, in_order);
	});
}

void ipv4_order(struct kunit *test)
{
	constexpr UCHAR link_local[] = {169, 254, 3, 3};
	constexpr UCHAR global[] = {198, 51, 100, 7};
	Client client(test);
	Space space(test);

	space.run([&]() {
		Datagram socket(client, AF_INET);
		Address local = Address::any(AF_INET), far = Address::any(AF_INET);
		Address in_order[] = {local, far, Address::foreign(AF_INET)};

		REQUIRE(test, socket.open() && add_address(AF_INET, link_local) &&
				      add_address(AF_INET, global));
		RtlCopyMemory(&in_order[0].ipv4()->sin_addr, link_local, sizeof(link_local));
		RtlCopyMemory(&in_order[1].ipv4()->sin_addr, global, sizeof(global));
		/* The smaller scope goes first. */
		expect_order(test, socket, in_order);
	});
}

void all_interfaces(struct kunit *test, ADDRESS_FAMILY family)
{
	struct Info {
		ULONG flags;
		SOCKET_ADDRESS address, broadcast, netmask;
	};
	alignas(8) UCHAR buffer[2048] = {};
	Address loopback = Address::loopback(family);
	const SIZE_T size = family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
	Client client(test);

	for (const SocketKind &kind : socket_kinds) {
		AnySocket socket(client, kind, family);
		SIZE_T needed = 0, written = 0;
		bool found = false;

		REQUIRE(test, socket.open());
		EXPECT_STATUS(test, control_now(socket, ioctl(interface_list_ex), &needed),
			      STATUS_BUFFER_OVERFLOW);
		REQUIRE(test, needed >= sizeof(Info) && needed <= sizeof(buffer));
		EXPECT_STATUS(test,
			      control_now(socket,
					  ioctl(interface_list_ex, nullptr, 0, buffer, needed),
					  &written),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, written, needed);
		const auto *infos = reinterpret_cast<const Info *>(buffer);
		const auto *end = reinterpret_cast<const UCHAR *>(infos[0].address.lpSockaddr);

		/* The addresses lie behind the last one. */
		for (const Info *info = infos; reinterpret_cast<const UCHAR *>(info) < end;
		     info++) {
			const auto *at = reinterpret_cast<const UCHAR *>(info->address.lpSockaddr);

			REQUIRE(test, at >= end && at + size <= buffer + needed);
			EXPECT_EQ(test, info->address.iSockaddrLength, static_cast<INT>(size));
			if (!RtlEqualMemory(at, static_cast<PSOCKADDR>(loopback), size))
				continue;
			found = true;
			EXPECT_EQ(test, info->flags & 5, 5u); /* up, loopback */
			if (family == AF_INET)
				EXPECT_EQ(test, info->netmask.lpSockaddr->sa_data[2] & 255, 255);
			else
				EXPECT_NULL(test, info->netmask.lpSockaddr);
		}
		EXPECT_TRUE(test, found);
	}
}

void bound_to_interface(struct kunit *test, ADDRESS_FAMILY family)
{
	ULONG index = 1, nowhere = 9999, none = 0;
	const ULONG name = family == AF_INET ? RtlUlongByteSwap(index) : index;
	Client client(test);
	Datagram from(client, family), to(client, family);
	Caller caller(client, family);

	REQUIRE(test, from.bind_loopback() && to.bind_loopback() && caller.open());
	expect_ok(test, to.control(ioctl(SIO_INDEX_BIND, &index, sizeof(index))));
	from.send_stream(to.address, 0, 100);
	to.expect_stream(0, 100);
	expect_failed(test, to.control(ioctl(SIO_INDEX_BIND, &nowhere, sizeof(nowhere))),
		      STATUS_NO_SUCH_DEVICE);
	expect_ok(test, to.control(ioctl(SIO_INDEX_BIND, &none, sizeof(none))));
	expect_ok(test, caller.control(ioctl(SIO_INDEX_BIND, &index, sizeof(index))));
	expect_refused(test, to.control(ioctl(SIO_INDEX_BIND, &index, 2)),
		       STATUS_INVALID_PARAMETER);
	/* The same as an option, in the option's byte order. */
	ULONG given = name;
	expect_ok(test, from.control(ioctl(SIO_UCAST_IF, &given, sizeof(given))));
	EXPECT_EQ(test,
		  family == AF_INET ? from.get(IPPROTO_IP, IP_UNICAST_IF)
				    : from.get(IPPROTO_IPV6, IPV6_UNICAST_IF),
		  name);
	from.send_stream(to.address, 0, 100);
	to.expect_stream(0, 100);
}

constexpr bridge_case cases[] = {
	{"addresses are sorted by RFC 6724", address_order},
	{"IPv4's addresses are sorted by scope", ipv4_order},
	IPV4_AND_IPV6("interfaces are listed for either family", all_interfaces),
	IPV4_AND_IPV6("a socket is bound to an interface by its index", bound_to_interface),
};

} // namespace

BRIDGE_SUITE(wsk_interface, cases, .network = true);
