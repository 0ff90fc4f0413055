// SPDX-License-Identifier: MIT OR GPL-2.0
/* Multicasts and broadcasts over a wire, between two network namespaces. */
#include "wsk_datagram_fixture.h"
#include "wsk_link.h"

namespace
{

using namespace wsk::test;

ULONG level_of(ADDRESS_FAMILY family)
{
	return family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
}

Address group_of(ADDRESS_FAMILY family, USHORT port)
{
	Address group = Address::any(family, port);

	if (family == AF_INET) {
		group.ipv4()->sin_addr.S_un.S_un_b = {239, 88, 1, 2};
	} else {
		group.ipv6()->sin6_addr.u.Byte[0] = 0xff;
		group.ipv6()->sin6_addr.u.Byte[1] = 0x15;
		group.ipv6()->sin6_addr.u.Byte[15] = 0x88;
	}
	return group;
}

/* A sender at the near end, whose multicasts go out there, and a receiver at the far one. */
struct Scene {
	Scene(struct kunit *test, ADDRESS_FAMILY family)
		: test(test), family(family), link(test), client(test), sender(client, family),
		  receiver(client, family), neighbour(client, family)
	{
		if (!link.ready())
			return;
		move(link.near, sender);
		move(link.far, receiver);
		move(link.near, neighbour);
		if (!sender.open() || !receiver.open() || !neighbour.open())
			return;
		expect_done(test, sender.bind(Link::near_end(family)));
		expect_done(test, receiver.bind(Address::any(family)));
		group = group_of(family, receiver.local().port());
		expect_done(test, neighbour.bind(Address::any(family, group.port())));
		/* IPv4 has interfaces in network order. */
		expect_ok(test, sender.set(level_of(family),
					   family == AF_INET ? IP_MULTICAST_IF : IPV6_MULTICAST_IF,
					   family == AF_INET ? RtlUlongByteSwap(link.near_index())
							     : link.near_index()));
		ready = true;
	}

	void move(Space &space, Datagram &socket)
	{
		space.run([&] {
			Datagram made(client, family);

			socket.adopt(made.release(), WSK_FLAG_DATAGRAM_SOCKET);
		});
	}

	void member(Datagram &socket, ULONG interface, ULONG option, Site here = HERE)
	{
		GROUP_REQ request = {};

		request.gr_interface = interface;
		RtlCopyMemory(&request.gr_group, static_cast<PSOCKADDR>(group),
			      sizeof(SOCKADDR_IN6));
		expect_ok(test,
			  socket.control({.code = option,
					  .level = level_of(family),
					  .input = &request,
					  .input_size = sizeof(request)},
					 here),
			  0, here);
	}

	void source(ULONG option, Address from, Site here = HERE)
	{
		GROUP_SOURCE_REQ request = {};

		request.gsr_interface = link.far_index();
		RtlCopyMemory(&request.gsr_group, static_cast<PSOCKADDR>(group),
			      sizeof(SOCKADDR_IN6));
		RtlCopyMemory(&request.gsr_source, static_cast<PSOCKADDR>(from),
			      sizeof(SOCKADDR_IN6));
		expect_ok(test,
			  receiver.control({.code = option,
					    .level = level_of(family),
					    .input = &request,
					    .input_size = sizeof(request)},
					   here),
			  0, here);
	}

	struct kunit *test;
	ADDRESS_FAMILY family;
	Link link;
	Client client;
	Datagram sender, receiver, neighbour; /* the sender's */
	Address group;
	bool ready = false;
};

void joined_and_left(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer in(100);
	Incoming incoming;

	REQUIRE(test, scene.ready && in.valid());
	scene.sender.send_stream(scene.group, 0, 10);
	scene.receiver.expect_nothing();
	scene.member(scene.receiver, scene.link.far_index(), MCAST_JOIN_GROUP);
	scene.sender.send_stream(scene.group, 100, 20);
	expect_done(test, scene.receiver.receive(in.all(), &incoming), 20);
	EXPECT_TRUE(test, in.holds(0, 20, 100));
	EXPECT_EQ(test, incoming.flags, (ULONG)MSG_MCAST);
	EXPECT_TRUE(test, incoming.from == scene.sender.local());
	scene.member(scene.receiver, scene.link.far_index(), MCAST_LEAVE_GROUP);
	scene.sender.send_stream(scene.group, 0, 10);
	scene.receiver.expect_nothing();
}

void joined_by_the_family_option(struct kunit *test)
{
	Scene scene(test, AF_INET6);
	IPV6_MREQ request = {};
	auto set = [&](ULONG option) {
		expect_ok(test, scene.receiver.control({.code = option,
							.level = IPPROTO_IPV6,
							.input = &request,
							.input_size = sizeof(request)}));
	};

	REQUIRE(test, scene.ready);
	request.ipv6mr_multiaddr = scene.group.ipv6()->sin6_addr;
	request.ipv6mr_interface = scene.link.far_index();
	set(IPV6_ADD_MEMBERSHIP);
	scene.sender.send_stream(scene.group, 100, 20);
	scene.receiver.expect_stream(100, 20);
	set(IPV6_DROP_MEMBERSHIP);
	scene.sender.send_stream(scene.group, 0, 10);
	scene.receiver.expect_nothing();
}

void sources_are_chosen(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);

	REQUIRE(test, scene.ready);
	Address wanted = Link::near_end(family), unwanted = Address::foreign(family);

	scene.source(MCAST_JOIN_SOURCE_GROUP, unwanted);
	scene.sender.send_stream(scene.group, 0, 10);
	scene.receiver.expect_nothing();
	scene.source(MCAST_JOIN_SOURCE_GROUP, wanted);
	scene.sender.send_stream(scene.group, 100, 20);
	scene.receiver.expect_stream(100, 20);
	scene.source(MCAST_LEAVE_SOURCE_GROUP, wanted);
	scene.sender.send_stream(scene.group, 0, 10);
	scene.receiver.expect_nothing();
	scene.source(MCAST_LEAVE_SOURCE_GROUP, unwanted);

	scene.member(scene.receiver, scene.link.far_index(), MCAST_JOIN_GROUP);
	scene.source(MCAST_BLOCK_SOURCE, wanted);
	scene.sender.send_stream(scene.group, 0, 10);
	scene.receiver.expect_nothing();
	scene.source(MCAST_UNBLOCK_SOURCE, wanted);
	scene.sender.send_stream(scene.group, 100, 20);
	scene.receiver.expect_stream(100, 20);
}

/* Whether it is heard on the sender's own machine, too: the receiver decides, as on Windows. */
void looped_back(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG option = family == AF_INET ? IP_MULTICAST_LOOP : IPV6_MULTICAST_LOOP;
	Scene scene(test, family);

	REQUIRE(test, scene.ready);
	scene.member(scene.neighbour, scene.link.near_index(), MCAST_JOIN_GROUP);
	scene.member(scene.receiver, scene.link.far_index(), MCAST_JOIN_GROUP);
	scene.sender.send_stream(scene.group, 0, 10);
	scene.neighbour.expect_stream(0, 10);
	scene.receiver.expect_stream(0, 10);
	expect_ok(test, scene.neighbour.set(level_of(family), option, 0));
	expect_ok(test, scene.receiver.set(level_of(family), option, 0));
	scene.sender.send_stream(scene.group, 100, 20);
	scene.receiver.expect_stream(100, 20);
	scene.neighbour.expect_nothing();
	expect_ok(test, scene.neighbour.set(level_of(family), option, 1));
	scene.sender.send_stream(scene.group, 7, 30);
	scene.neighbour.expect_stream(7, 30);
}

void broadcasts_arrive(struct kunit *test)
{
	Scene scene(test, AF_INET);
	Buffer in(100);
	Incoming incoming;
	Address to[2];

	REQUIRE(test, scene.ready && in.valid());
	to[0] = to[1] = Address::any(AF_INET, scene.group.port());
	to[0].ipv4()->sin_addr.S_un.S_un_b = {10, 88, 0, 255};
	to[1].ipv4()->sin_addr.S_un.S_addr = INADDR_BROADCAST;
	expect_failed(test, scene.sender.send(in.all(), to[0]), STATUS_ACCESS_DENIED);
	expect_ok(test, scene.sender.set(SOL_SOCKET, SO_BROADCAST, 1));
	scene.sender.send_stream(to[0], 100, 20);
	expect_done(test, scene.receiver.receive(in.all(), &incoming), 20);
	EXPECT_EQ(test, incoming.flags, (ULONG)MSG_BCAST);
	EXPECT_TRUE(test, in.holds(0, 20, 100));
	/* The limited one goes where the socket is told to send. */
	expect_ok(test, scene.sender.set(IPPROTO_IP, IP_UNICAST_IF,
					 RtlUlongByteSwap(scene.link.near_index())));
	scene.sender.send_stream(to[1], 5, 30);
	scene.receiver.expect_stream(5, 30);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("what is sent to a group arrives until it is left", joined_and_left),
	{"IPv6's own option joins and leaves", joined_by_the_family_option},
	IPV4_AND_IPV6("of a group only wanted sources are heard", sources_are_chosen),
	IPV4_AND_IPV6("a receiver hears its own machine's multicasts unless that is off",
		      looped_back),
	{"broadcasts arrive over a wire", broadcasts_arrive},
};

} // namespace

BRIDGE_SUITE(wsk_link_cast, cases, .network = true);
