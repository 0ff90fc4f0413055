// SPDX-License-Identifier: MIT OR GPL-2.0
/* IPv6 sockets that do IPv4 as well, once IPV6_V6ONLY is off. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

/* Bound to the wildcard address, for one family or for both. */
void make_listener(Client &client, Socket &socket, bool dual)
{
	struct kunit *test = client.test();

	REQUIRE(test, socket.open());
	if (dual)
		expect_ok(test, socket.set(IPPROTO_IPV6, IPV6_V6ONLY, 0));
	expect_done(test, socket.bind(Address::any(AF_INET6)));
}

void only_ipv6_by_default(struct kunit *test)
{
	Client client(test);
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, AF_INET6);
	Socket four(client, WSK_FLAG_CONNECTION_SOCKET, AF_INET);
	Caller six(client, AF_INET6);

	make_listener(client, listener, false);
	REQUIRE(test, four.open() && six.open());
	/* The system might give it the listener's port, which is free for IPv4. */
	expect_done(test, four.bind(Address::any(AF_INET, quiet_port)));

	const USHORT port = listener.local().port();

	expect_failed(test, four.connect(Address::loopback(AF_INET, port)),
		      STATUS_CONNECTION_REFUSED);
	expect_done(test, six.connect(Address::loopback(AF_INET6, port)));
}

void both_families_connect(struct kunit *test)
{
	Client client(test);
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, AF_INET6);
	Caller four(client, AF_INET), six(client, AF_INET6);
	Socket peer(client);
	Address local, remote;

	make_listener(client, listener, true);
	REQUIRE(test, four.open() && six.open());

	const USHORT port = listener.local().port();

	expect_done(test, six.connect(Address::loopback(AF_INET6, port)));
	peer.adopt(listener.accept(local, remote));
	EXPECT_TRUE(test, remote == six.local());

	expect_done(test, four.connect(Address::loopback(AF_INET, port)));
	peer.adopt(listener.accept(local, remote));
	REQUIRE(test, peer.open());
	/* IPv4 shows in IPv6's form. */
	EXPECT_TRUE(test, local == Address::mapped_loopback(port));
	EXPECT_TRUE(test, remote == Address::mapped_loopback(four.local().port()));
	EXPECT_TRUE(test, peer.local() == local);
	EXPECT_TRUE(test, peer.remote() == remote);
}

void mapped_addresses_in_events(struct kunit *test)
{
	Client client(test);
	AcceptNotes notes(test);
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, AF_INET6, &notes, &AcceptNotes::dispatch);
	Caller four(client, AF_INET);

	make_listener(client, listener, true);
	REQUIRE(test, four.open());
	EXPECT_STATUS(test, listener.set_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS);
	expect_done(test, four.connect(Address::loopback(AF_INET, listener.local().port())));
	REQUIRE(test, notes.reach(1));
	EXPECT_TRUE(test, notes.seen[0].remote == Address::mapped_loopback(four.local().port()));
}

void connects_to_mapped_addresses(struct kunit *test)
{
	Client client(test);
	Listener listener(client, AF_INET);
	Socket caller(client, WSK_FLAG_CONNECTION_SOCKET, AF_INET6);
	Buffer out(100), in(100);
	Socket peer(client);
	Address remote;

	REQUIRE(test, listener.open() && caller.open() && out.valid() && in.valid());
	expect_ok(test, caller.set(IPPROTO_IPV6, IPV6_V6ONLY, 0));
	expect_done(test, caller.bind(Address::any(AF_INET6)));
	expect_done(test, caller.connect(Address::mapped_loopback(listener.address.port())));
	EXPECT_TRUE(test, caller.remote() == Address::mapped_loopback(listener.address.port()));
	peer.adopt(listener.accept(nullptr, remote));
	REQUIRE(test, peer.open());
	EXPECT_TRUE(test, remote == Address::loopback(AF_INET, caller.local().port()));
	out.fill();
	expect_done(test, caller.send(out.all()), 100);
	expect_done(test, peer.receive(in.all(), WSK_FLAG_WAITALL), 100);
	EXPECT_TRUE(test, in.holds(0, 100, 0));
	expect_done(test, peer.reset());
	expect_failed(test, caller.receive(in.all()), STATUS_CONNECTION_RESET);
}

void mapped_addresses_need_dual_stack(struct kunit *test)
{
	Client client(test);
	Listener listener(client, AF_INET);
	Caller caller(client, AF_INET6);

	REQUIRE(test, listener.open() && caller.open());

	const Outcome outcome = caller.connect(Address::mapped_loopback(listener.address.port()));

	EXPECT_TRUE(test, outcome.pending);
	EXPECT_FALSE(test, NT_SUCCESS(outcome.status));
	EXPECT_EQ(test, outcome.rules, 0ul);
}

void ports_are_shared_out(struct kunit *test)
{
	Client client(test);
	Socket six(client, WSK_FLAG_LISTEN_SOCKET, AF_INET6);
	Socket four(client, WSK_FLAG_LISTEN_SOCKET, AF_INET);

	/* A dual-stack wildcard takes the port in both families. */
	make_listener(client, six, true);
	REQUIRE(test, four.open());
	expect_failed(test, four.bind(Address::any(AF_INET, six.local().port())),
		      STATUS_ADDRESS_ALREADY_EXISTS);
}

constexpr bridge_case cases[] = {
	{"an IPv6 listener does not do IPv4 unless told", only_ipv6_by_default},
	{"a dual-stack listener takes both families", both_families_connect},
	{"a dual-stack listener announces mapped addresses", mapped_addresses_in_events},
	{"a dual-stack socket connects to a mapped address", connects_to_mapped_addresses},
	{"a mapped address needs a dual-stack socket", mapped_addresses_need_dual_stack},
	{"a dual-stack wildcard holds the port in both families", ports_are_shared_out},
};

} // namespace

BRIDGE_SUITE(wsk_dual_stack, cases, .network = true);
