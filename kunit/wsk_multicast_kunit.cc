// SPDX-License-Identifier: MIT OR GPL-2.0
/* Membership in multicast groups, by each of its names. */
#include <mstcpip.h>

#include "wsk_control_kinds.h"

namespace
{

using namespace wsk::test;

constexpr ULONG loopback_index = 1;
constexpr ULONG multicast_filter = 0x8004747d;
constexpr ULONG group_filter = 0x8004747e;
constexpr ULONG multicast_filter_query = 0x8004747c;
constexpr ULONG group_filter_query = 0x8004747f;

Address group_of(ADDRESS_FAMILY family, USHORT port = 0)
{
	Address group = Address::any(family, port);

	if (family == AF_INET) {
		group.ipv4()->sin_addr.S_un.S_un_b = {239, 87, 83, 75};
	} else {
		group.ipv6()->sin6_addr.u.Byte[0] = 0xff;
		group.ipv6()->sin6_addr.u.Byte[1] = 0x15;
		group.ipv6()->sin6_addr.u.Byte[15] = 0x57;
	}
	return group;
}

IN_ADDR ipv4_of(Address address)
{
	return address.ipv4()->sin_addr;
}

template <typename T>
Outcome set(Socket &socket, ULONG level, ULONG option, T value, SIZE_T size = sizeof(T))
{
	return socket.control(
		{.code = option, .level = level, .input = &value, .input_size = size});
}

ULONG level_of(ADDRESS_FAMILY family)
{
	return family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
}

GROUP_REQ request_for(ADDRESS_FAMILY family)
{
	GROUP_REQ request = {};
	Address group = group_of(family);

	request.gr_interface = loopback_index;
	RtlCopyMemory(&request.gr_group, static_cast<PSOCKADDR>(group), sizeof(SOCKADDR_IN6));
	return request;
}

GROUP_SOURCE_REQ source_request_for(ADDRESS_FAMILY family, Address source)
{
	GROUP_SOURCE_REQ request = {};
	Address group = group_of(family);

	request.gsr_interface = loopback_index;
	RtlCopyMemory(&request.gsr_group, static_cast<PSOCKADDR>(group), sizeof(SOCKADDR_IN6));
	RtlCopyMemory(&request.gsr_source, static_cast<PSOCKADDR>(source), sizeof(SOCKADDR_IN6));
	return request;
}

/* A receiver at the wildcard address, and a sender whose multicasts go through loopback. */
struct Listeners {
	Datagram receiver, sender;
	Address group;

	Listeners(struct kunit *test, Client &client)
		: receiver(client, AF_INET), sender(client, AF_INET)
	{
		const ULONG interface = RtlUlongByteSwap(0x7f000001);

		expect_done(test, receiver.bind(Address::any(AF_INET)));
		EXPECT_TRUE(test, sender.bind_loopback());
		expect_ok(test, sender.set(IPPROTO_IP, IP_MULTICAST_IF, interface));
		group = group_of(AF_INET, receiver.local().port());
	}
};

void members_receive(struct kunit *test)
{
	const ULONG interfaces[] = {RtlUlongByteSwap(0x7f000001), RtlUlongByteSwap(loopback_index)};
	Client client(test);
	Listeners sockets(test, client);

	/* By its address, and by its index. */
	for (ULONG interface : interfaces) {
		IP_MREQ request = {};

		request.imr_multiaddr = ipv4_of(sockets.group);
		request.imr_interface.s_addr = interface;
		sockets.sender.send_stream(sockets.group, 0, 10);
		sockets.receiver.expect_nothing();
		expect_ok(test, set(sockets.receiver, IPPROTO_IP, IP_ADD_MEMBERSHIP, request));
		sockets.sender.send_stream(sockets.group, 100, 20);
		sockets.receiver.expect_stream(100, 20);
		expect_ok(test, set(sockets.receiver, IPPROTO_IP, IP_DROP_MEMBERSHIP, request));
	}
	sockets.sender.send_stream(sockets.group, 0, 10);
	sockets.receiver.expect_nothing();
}

void sources_are_chosen(struct kunit *test)
{
	Client client(test);
	Listeners sockets(test, client);
	IP_MREQ_SOURCE wanted = {}, unwanted = {};

	/* Windows has the source before the interface. */
	wanted.imr_multiaddr = unwanted.imr_multiaddr = ipv4_of(sockets.group);
	wanted.imr_interface.s_addr = unwanted.imr_interface.s_addr = RtlUlongByteSwap(0x7f000001);
	wanted.imr_sourceaddr.s_addr = RtlUlongByteSwap(0x7f000001);
	unwanted.imr_sourceaddr.s_addr = RtlUlongByteSwap(0xc6336407);

	expect_ok(test, set(sockets.receiver, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, unwanted));
	sockets.sender.send_stream(sockets.group, 0, 10);
	sockets.receiver.expect_nothing();
	expect_ok(test, set(sockets.receiver, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, wanted));
	sockets.sender.send_stream(sockets.group, 100, 20);
	sockets.receiver.expect_stream(100, 20);
	expect_ok(test, set(sockets.receiver, IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, wanted));
	expect_ok(test, set(sockets.receiver, IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, unwanted));

	IP_MREQ all = {wanted.imr_multiaddr, wanted.imr_interface};

	expect_ok(test, set(sockets.receiver, IPPROTO_IP, IP_ADD_MEMBERSHIP, all));
	expect_ok(test, set(sockets.receiver, IPPROTO_IP, IP_BLOCK_SOURCE, wanted));
	sockets.sender.send_stream(sockets.group, 0, 10);
	sockets.receiver.expect_nothing();
	expect_ok(test, set(sockets.receiver, IPPROTO_IP, IP_UNBLOCK_SOURCE, wanted));
	sockets.sender.send_stream(sockets.group, 100, 20);
	sockets.receiver.expect_stream(100, 20);
}

void filters_replace_sources(struct kunit *test)
{
	Client client(test);
	Listeners sockets(test, client);
	IP_MSFILTER filter = {};
	IP_MREQ member = {ipv4_of(sockets.group), {}};

	member.imr_interface.s_addr = RtlUlongByteSwap(0x7f000001);
	expect_ok(test, set(sockets.receiver, IPPROTO_IP, IP_ADD_MEMBERSHIP, member));
	filter.imsf_multiaddr = member.imr_multiaddr;
	filter.imsf_interface = member.imr_interface;
	filter.imsf_fmode = MCAST_EXCLUDE;
	filter.imsf_numsrc = 1;
	filter.imsf_slist[0] = member.imr_interface;
	expect_ok(test, sockets.receiver.control(ioctl(multicast_filter, &filter, sizeof(filter))));
	sockets.sender.send_stream(sockets.group, 0, 10);
	sockets.receiver.expect_nothing();
	filter.imsf_fmode = MCAST_INCLUDE;
	expect_ok(test, sockets.receiver.control(ioctl(multicast_filter, &filter, sizeof(filter))));
	sockets.sender.send_stream(sockets.group, 100, 20);
	sockets.receiver.expect_stream(100, 20);

	filter.imsf_numsrc = 2;
	EXPECT_STATUS(
		test,
		sockets.receiver.control(ioctl(multicast_filter, &filter, sizeof(filter))).status,
		STATUS_INVALID_PARAMETER);
	filter.imsf_numsrc = ~0u;
	EXPECT_STATUS(
		test,
		sockets.receiver.control(ioctl(multicast_filter, &filter, sizeof(filter))).status,
		STATUS_INVALID_PARAMETER);
	filter.imsf_numsrc = 1;
	filter.imsf_fmode = static_cast<MULTICAST_MODE_TYPE>(2);
	EXPECT_STATUS(
		test,
		sockets.receiver.control(ioctl(multicast_filter, &filter, sizeof(filter))).status,
		STATUS_INVALID_PARAMETER);
}

void groups_of_either_family(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG level = level_of(family);
	Client client(test);
	Datagram socket(client, family);
	const GROUP_REQ group = request_for(family);
	const GROUP_SOURCE_REQ source = source_request_for(family, Address::loopback(family));

	REQUIRE(test, socket.open());
	expect_ok(test, set(socket, level, MCAST_JOIN_GROUP, group));
	EXPECT_FALSE(test, NT_SUCCESS(set(socket, level, MCAST_JOIN_GROUP, group).status));
	expect_ok(test, set(socket, level, MCAST_BLOCK_SOURCE, source));
	expect_ok(test, set(socket, level, MCAST_UNBLOCK_SOURCE, source));
	expect_ok(test, set(socket, level, MCAST_LEAVE_GROUP, group));
	/* What was not joined cannot be left. */
	EXPECT_STATUS(test, set(socket, level, MCAST_LEAVE_GROUP, group).status,
		      STATUS_INVALID_ADDRESS_COMPONENT);
	expect_ok(test, set(socket, level, MCAST_JOIN_SOURCE_GROUP, source));
	expect_ok(test, set(socket, level, MCAST_LEAVE_SOURCE_GROUP, source));
}

void filters_of_either_family(struct kunit *test, ADDRESS_FAMILY family)
{
	const GROUP_REQ group = request_for(family);
	Address source = Address::loopback(family);
	GROUP_FILTER filter = {};
	Client client(test);
	Datagram socket(client, family);

	REQUIRE(test, socket.open());
	expect_ok(test, set(socket, level_of(family), MCAST_JOIN_GROUP, group));
	filter.gf_interface = loopback_index;
	filter.gf_group = group.gr_group;
	filter.gf_fmode = MCAST_EXCLUDE;
	filter.gf_numsrc = 1;
	RtlCopyMemory(&filter.gf_slist[0], static_cast<PSOCKADDR>(source), sizeof(SOCKADDR_IN6));
	expect_ok(test, socket.control(ioctl(group_filter, &filter, sizeof(filter))));
	filter.gf_slist[0].ss_family = AF_UNSPEC;
	EXPECT_STATUS(test, socket.control(ioctl(group_filter, &filter, sizeof(filter))).status,
		      STATUS_INVALID_PARAMETER);
	filter.gf_numsrc = 2;
	EXPECT_STATUS(test, socket.control(ioctl(group_filter, &filter, sizeof(filter))).status,
		      STATUS_INVALID_PARAMETER);
	filter.gf_numsrc = 0;
	filter.gf_group.ss_family = AF_UNSPEC;
	EXPECT_STATUS(test, socket.control(ioctl(group_filter, &filter, sizeof(filter))).status,
		      STATUS_INVALID_PARAMETER);
}

void ipv6_groups(struct kunit *test)
{
	Client client(test);
	Datagram socket(client, AF_INET6);
	IPV6_MREQ request = {};

	REQUIRE(test, socket.open());
	request.ipv6mr_multiaddr = group_of(AF_INET6).ipv6()->sin6_addr;
	request.ipv6mr_interface = loopback_index;
	expect_ok(test, set(socket, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, request));
	expect_ok(test, set(socket, IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, request));
	EXPECT_STATUS(test, set(socket, IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, request).status,
		      STATUS_INVALID_ADDRESS_COMPONENT);
	request.ipv6mr_interface = 9999;
	EXPECT_STATUS(test, set(socket, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, request).status,
		      STATUS_NO_SUCH_DEVICE);
	request.ipv6mr_interface = loopback_index;
	request.ipv6mr_multiaddr.u.Byte[0] = 0x20;
	EXPECT_STATUS(test, set(socket, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, request).status,
		      STATUS_INVALID_PARAMETER);
}

void wrong_requests(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG level = level_of(family);
	Client client(test);
	Datagram socket(client, family);
	Caller caller(client, family);
	GROUP_REQ group = request_for(family);
	GROUP_SOURCE_REQ source = source_request_for(family, Address::any(family));

	REQUIRE(test, socket.open() && caller.open());
	expect_refused(test, set(caller, level, MCAST_JOIN_GROUP, group), STATUS_NOT_SUPPORTED);
	expect_refused(test, set(socket, level, MCAST_JOIN_GROUP, group, sizeof(group) - 1),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, set(socket, level, MCAST_BLOCK_SOURCE, source, sizeof(source) - 1),
		       STATUS_INVALID_PARAMETER);
	group.gr_group.ss_family = AF_UNSPEC;
	EXPECT_STATUS(test, set(socket, level, MCAST_JOIN_GROUP, group).status,
		      STATUS_INVALID_PARAMETER);
	source.gsr_source.ss_family = AF_UNSPEC;
	EXPECT_STATUS(test, set(socket, level, MCAST_JOIN_SOURCE_GROUP, source).status,
		      STATUS_INVALID_PARAMETER);
	/* They cannot be read. */
	expect_refused(test,
		       socket.control({.type = WskGetOption,
				       .code = MCAST_JOIN_GROUP,
				       .level = level,
				       .output = &group,
				       .output_size = sizeof(group)}),
		       STATUS_NOT_SUPPORTED);
}

void filters_are_told(struct kunit *test)
{
	struct {
		IP_MSFILTER head;
		IN_ADDR more[2];
	} filter = {};
	constexpr ULONG header = FIELD_OFFSET(IP_MSFILTER, imsf_slist);
	Client client(test);
	Datagram socket(client, AF_INET);
	IP_MREQ member = {ipv4_of(group_of(AF_INET)), {}};

	REQUIRE(test, socket.open());
	member.imr_interface.s_addr = RtlUlongByteSwap(0x7f000001);
	filter.head.imsf_multiaddr = member.imr_multiaddr;
	filter.head.imsf_interface = member.imr_interface;
	const Control query =
		ioctl(multicast_filter_query, &filter, sizeof(filter), &filter, sizeof(filter));

	/* Of members only. */
	expect_failed(test, socket.control(query), STATUS_INVALID_ADDRESS_COMPONENT);
	expect_ok(test, set(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, member));
	expect_ok(test, socket.control(query), header);
	EXPECT_EQ(test, filter.head.imsf_fmode, MCAST_EXCLUDE);
	EXPECT_EQ(test, filter.head.imsf_numsrc, 0u);
	filter.head.imsf_fmode = MCAST_INCLUDE;
	filter.head.imsf_numsrc = 2;
	filter.head.imsf_slist[0].s_addr = 0x01020304;
	filter.more[0].s_addr = 0x05060708;
	expect_ok(test, socket.control(ioctl(multicast_filter, &filter, sizeof(filter))));
	filter.head.imsf_fmode = MCAST_EXCLUDE;
	filter.head.imsf_numsrc = 0;
	filter.head.imsf_slist[0].s_addr = filter.more[0].s_addr = 0;
	expect_ok(test, socket.control(query), header + 2 * sizeof(IN_ADDR));
	EXPECT_EQ(test, filter.head.imsf_fmode, MCAST_INCLUDE);
	EXPECT_EQ(test, filter.head.imsf_numsrc, 2u);
	EXPECT_EQ(test, filter.head.imsf_slist[0].s_addr + filter.more[0].s_addr,
		  0x01020304u + 0x05060708u);
	const Outcome small = socket.control(
		ioctl(multicast_filter_query, &filter, sizeof(filter), &filter, header + 4));

	EXPECT_STATUS(test, small.status, STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(test, small.information, header + 2 * sizeof(IN_ADDR));
	expect_refused(
		test,
		socket.control(ioctl(multicast_filter_query, &filter, 7, &filter, sizeof(filter))),
		STATUS_INVALID_PARAMETER);
	expect_refused(test,
		       socket.control(ioctl(multicast_filter_query, &filter, sizeof(filter),
					    &filter, header - 1)),
		       STATUS_BUFFER_TOO_SMALL);
	filter.head.imsf_interface.s_addr = 0x09090909;
	expect_failed(test, socket.control(query), STATUS_INVALID_ADDRESS_COMPONENT);
}

void group_filters_are_told(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr SIZE_T header = FIELD_OFFSET(GROUP_FILTER, gf_slist);
	GROUP_FILTER filter = {};
	Address source = Address::foreign(family);
	const GROUP_REQ group = request_for(family);
	Client client(test);
	Datagram socket(client, family);

	REQUIRE(test, socket.open());
	filter.gf_interface = loopback_index;
	filter.gf_group = group.gr_group;
	const Control query =
		ioctl(group_filter_query, &filter, sizeof(filter), &filter, sizeof(filter));

	expect_failed(test, socket.control(query), STATUS_INVALID_ADDRESS_COMPONENT);
	expect_ok(test, set(socket, level_of(family), MCAST_JOIN_GROUP, group));
	expect_ok(test, socket.control(query), header);
	EXPECT_EQ(test, filter.gf_fmode, MCAST_EXCLUDE);
	filter.gf_numsrc = 1;
	RtlCopyMemory(&filter.gf_slist[0], static_cast<PSOCKADDR>(source), sizeof(SOCKADDR_IN6));
	expect_ok(test, socket.control(ioctl(group_filter, &filter, sizeof(filter))));
	RtlZeroMemory(&filter.gf_slist[0], sizeof(filter.gf_slist[0]));
	filter.gf_interface = 0; /* any */
	filter.gf_numsrc = 0;
	expect_ok(test, socket.control(query), sizeof(filter));
	EXPECT_EQ(test, filter.gf_numsrc, 1u);
	EXPECT_TRUE(test, RtlEqualMemory(&filter.gf_slist[0], static_cast<PSOCKADDR>(source),
					 sizeof(SOCKADDR_IN)));
	filter.gf_group.ss_family = AF_UNSPEC;
	EXPECT_STATUS(test, socket.control(query).status, STATUS_INVALID_PARAMETER);
}

void by_index(struct kunit *test)
{
	Client client(test);
	Listeners sockets(test, client);
	IP_MREQ request = {};
	ULONG index = loopback_index, nowhere = 9999;

	request.imr_multiaddr = ipv4_of(sockets.group);
	/* The number itself, and as 0.x.y.z. */
	const ULONG names[] = {loopback_index, RtlUlongByteSwap(loopback_index)};

	expect_ok(test, sockets.sender.set(IPPROTO_IP, IP_MULTICAST_IF, 0));
	expect_ok(test, sockets.sender.control(ioctl(SIO_INDEX_MCASTIF, &index, sizeof(index))));
	EXPECT_EQ(test, sockets.sender.get(IPPROTO_IP, IP_MULTICAST_IF),
		  RtlUlongByteSwap(loopback_index));
	for (ULONG name : names) {
		request.imr_interface.s_addr = name;
		expect_ok(test, sockets.receiver.control(
					ioctl(SIO_INDEX_ADD_MCAST, &request, sizeof(request))));
		sockets.sender.send_stream(sockets.group, 100, 20);
		sockets.receiver.expect_stream(100, 20);
		expect_ok(test, sockets.receiver.control(
					ioctl(SIO_INDEX_DEL_MCAST, &request, sizeof(request))));
		sockets.sender.send_stream(sockets.group, 0, 10);
		sockets.receiver.expect_nothing();
	}
	expect_failed(
		test,
		sockets.receiver.control(ioctl(SIO_INDEX_DEL_MCAST, &request, sizeof(request))),
		STATUS_INVALID_ADDRESS_COMPONENT);
	EXPECT_FALSE(test, NT_SUCCESS(sockets.sender
					      .control(ioctl(SIO_INDEX_MCASTIF, &nowhere,
							     sizeof(nowhere)))
					      .status));
	expect_refused(
		test,
		sockets.receiver.control(ioctl(SIO_INDEX_ADD_MCAST, &request, sizeof(request) - 1)),
		STATUS_INVALID_PARAMETER);
}

constexpr bridge_case cases[] = {
	{"members of a group receive what is sent to it, others do not", members_receive},
	{"sources are let in and kept out", sources_are_chosen},
	{"a filter replaces the sources", filters_replace_sources},
	IPV4_AND_IPV6("groups and sources are named by either family", groups_of_either_family),
	IPV4_AND_IPV6("filters are named by either family", filters_of_either_family),
	{"a filter is told", filters_are_told},
	IPV4_AND_IPV6("filters are told for either family", group_filters_are_told),
	{"groups are joined by the interface's index", by_index},
	{"IPv6's groups are joined by the interface's index", ipv6_groups},
	IPV4_AND_IPV6("wrong memberships are refused", wrong_requests),
};

} // namespace

BRIDGE_SUITE(wsk_multicast, cases, .network = true);
