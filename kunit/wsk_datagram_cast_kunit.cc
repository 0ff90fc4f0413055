// SPDX-License-Identifier: MIT OR GPL-2.0
/* Broadcasts and multicasts: who may send them, who gets them, and how that is told. */
#include "wsk_datagram_fixture.h"

namespace
{

using namespace wsk::test;

constexpr ULONG loopback = 0x0100007f;		/* 127.0.0.1 */
constexpr ULONG broadcast_address = 0xffffff7f; /* 127.255.255.255 */
constexpr ULONG group_address = 0x030201ef;	/* 239.1.2.3 */

Address ipv4(ULONG host, USHORT port)
{
	Address address = Address::any(AF_INET, port);

	address.ipv4()->sin_addr.S_un.S_addr = host;
	return address;
}

/* A sender, and a receiver at the wildcard address. */
struct Two {
	explicit Two(struct kunit *test, DatagramNotes *notes = nullptr)
		: client(test), sender(client, AF_INET),
		  receiver(client, AF_INET, notes, notes ? &DatagramNotes::dispatch : nullptr)
	{
		if (!sender.bind_loopback() || !receiver.open())
			return;
		expect_done(test, receiver.bind(Address::any(AF_INET)));
		port = receiver.local().port();
		broadcast = ipv4(broadcast_address, port);
		unicast = ipv4(loopback, port);
		ready = true;
	}

	Client client;
	Datagram sender, receiver;
	Address broadcast, unicast;
	USHORT port = 0;
	bool ready = false;
};

void broadcasts_need_an_option(struct kunit *test)
{
	Two two(test);
	Buffer out(10), in(10);
	Incoming incoming;

	REQUIRE(test, two.ready && out.valid() && in.valid());
	EXPECT_EQ(test, two.sender.get(SOL_SOCKET, SO_BROADCAST), 0u);
	expect_failed(test, two.sender.send(out.all(), two.broadcast), STATUS_ACCESS_DENIED);
	expect_ok(test, two.sender.set(SOL_SOCKET, SO_BROADCAST, 1));
	two.sender.send_stream(two.broadcast, 1, 10);
	expect_done(test, two.receiver.receive(in.all(), &incoming), 10);
	EXPECT_EQ(test, incoming.flags, (ULONG)MSG_BCAST);
	two.sender.send_stream(two.unicast, 2, 10);
	expect_done(test, two.receiver.receive(in.all(), &incoming), 10);
	EXPECT_EQ(test, incoming.flags, 0u);
	expect_ok(test, two.sender.set(SOL_SOCKET, SO_BROADCAST, 0));
	expect_failed(test, two.sender.send(out.all(), two.broadcast), STATUS_ACCESS_DENIED);
}

void broadcasts_can_be_kept_out(struct kunit *test)
{
	Two two(test);

	REQUIRE(test, two.ready);
	expect_ok(test, two.sender.set(SOL_SOCKET, SO_BROADCAST, 1));
	EXPECT_EQ(test, two.receiver.get(IPPROTO_IP, IP_RECEIVE_BROADCAST), 1u);
	expect_ok(test, two.receiver.set(IPPROTO_IP, IP_RECEIVE_BROADCAST, 0));
	EXPECT_EQ(test, two.receiver.get(IPPROTO_IP, IP_RECEIVE_BROADCAST), 0u);
	two.sender.send_stream(two.broadcast, 1, 10);
	two.sender.send_stream(two.unicast, 2, 20);
	two.receiver.expect_stream(2, 20);
	two.receiver.expect_nothing();
	expect_ok(test, two.receiver.set(IPPROTO_IP, IP_RECEIVE_BROADCAST, 1));
	two.sender.send_stream(two.broadcast, 3, 30);
	two.receiver.expect_stream(3, 30);
}

/* The event's flags hold for a whole list. */
void lists_are_of_one_kind(struct kunit *test)
{
	DatagramNotes notes(test);
	Two two(test, &notes);
	const ULONG flags[] = {0, MSG_BCAST, MSG_BCAST, 0, 0, MSG_BCAST};

	REQUIRE(test, two.ready);
	expect_ok(test, two.sender.set(SOL_SOCKET, SO_BROADCAST, 1));
	for (ULONG flag : flags)
		two.sender.send_stream(flag ? two.broadcast : two.unicast, 1, 10);
	EXPECT_STATUS(test, two.receiver.set_events(WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
	REQUIRE(test, notes.reach(RTL_NUMBER_OF(flags)));
	for (LONG i = 0; i < (LONG)RTL_NUMBER_OF(flags); i++) {
		EXPECT_EQ(test, notes.seen(i).flags, flags[i]);
		if (i)
			EXPECT_EQ(test, notes.seen(i).list == notes.seen(i - 1).list,
				  flags[i] == flags[i - 1]);
	}
}

/* Several members on one port: each gets what is sent to the group. */
void members_all_get_it(struct kunit *test)
{
	Client client(test);
	Datagram sender(client, AF_INET), first(client, AF_INET), second(client, AF_INET),
		outsider(client, AF_INET);
	Datagram *receivers[] = {&first, &second, &outsider}, *members[] = {&first, &second};
	IP_MREQ join = {};
	ULONG interface = loopback;
	Buffer in(10);
	Incoming incoming;

	REQUIRE(test, sender.bind_loopback() && first.open() && second.open() && outsider.open() &&
			      in.valid());
	join.imr_multiaddr.S_un.S_addr = group_address;
	join.imr_interface.S_un.S_addr = loopback;
	for (Datagram *receiver : receivers)
		expect_ok(test, receiver->set(SOL_SOCKET, SO_REUSEADDR, 1));
	/* A member may be bound to the group itself. */
	expect_done(test, first.bind(ipv4(group_address, 0)));
	USHORT port = first.local().port();
	expect_done(test, second.bind(ipv4(0, port)));
	expect_done(test, outsider.bind(ipv4(loopback, port)));
	for (Datagram *receiver : members)
		expect_ok(test, receiver->control({.code = IP_ADD_MEMBERSHIP,
						   .level = IPPROTO_IP,
						   .input = &join,
						   .input_size = sizeof(join)}));
	expect_ok(test, sender.set(IPPROTO_IP, IP_MULTICAST_IF, interface));
	Address group = ipv4(group_address, port);
	sender.send_stream(group, 1, 10);
	for (Datagram *receiver : members) {
		expect_done(test, receiver->receive(in.all(), &incoming), 10);
		EXPECT_TRUE(test, in.holds(0, 10, 1));
		EXPECT_EQ(test, incoming.flags, (ULONG)MSG_MCAST);
		EXPECT_TRUE(test, incoming.from == sender.address);
	}
	outsider.expect_nothing();
	expect_ok(test, second.control({.code = IP_DROP_MEMBERSHIP,
					.level = IPPROTO_IP,
					.input = &join,
					.input_size = sizeof(join)}));
	sender.send_stream(group, 2, 10);
	first.expect_stream(2, 10);
}

constexpr bridge_case cases[] = {
	{"broadcasts are sent with SO_BROADCAST only, and told", broadcasts_need_an_option},
	{"broadcasts can be kept out", broadcasts_can_be_kept_out},
	{"datagrams indicated together are of one kind", lists_are_of_one_kind},
	{"every member of a group gets what is sent to it", members_all_get_it},
};

} // namespace

BRIDGE_SUITE(wsk_datagram_cast, cases, .network = true);
