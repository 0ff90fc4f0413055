// SPDX-License-Identifier: MIT OR GPL-2.0
/* SO_CONDITIONAL_ACCEPT: which listening sockets inspect, and what. */
#include "wsk_inspect_fixture.h"

namespace
{

using namespace wsk::test;

void others_untouched(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);
	Pair pair(client, family);

	REQUIRE(test, listener.open() && pair.connected());
	EXPECT_EQ(test, listener.gate().inspections, 0);

	Caller nobody(client, family);
	Address elsewhere = pair.listener.address;

	pair.listener.close();
	expect_failed(test, nobody.connect(elsewhere), STATUS_CONNECTION_REFUSED);
	EXPECT_EQ(test, listener.gate().inspections, 0);
}

/* Of two listeners at one port, the one with the specific address does not inspect. */
void more_specific_listener(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gate gate(test);
	Listener specific(client, family);
	Socket wildcard(client, WSK_FLAG_LISTEN_SOCKET, family, &gate, &gate_dispatch);
	Caller caller(client, family);

	REQUIRE(test, specific.open() && wildcard.open() && caller.open());
	expect_ok(test, wildcard.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, TRUE));
	expect_done(test, wildcard.bind(Address::any(family, specific.address.port())));
	expect_done(test, caller.connect(specific.address));
	EXPECT_EQ(test, gate.inspections, 0);

	/* The others' callers are for the one that inspects. */
	specific.close();

	Caller next(client, family);
	Request connect;

	REQUIRE(test, next.open());
	next.start_connect(connect, specific.address);
	EXPECT_TRUE(test, gate.reach_inspections(1));
	EXPECT_TRUE(test, gate.shown[0].local == specific.address);
	wildcard.close();
	expect_failed(test, connect.wait(), STATUS_CONNECTION_REFUSED);
}

void dual_stack(struct kunit *test)
{
	Client client(test);
	Gate gate(test);
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, AF_INET6, &gate, &gate_dispatch);
	Caller caller(client, AF_INET);

	REQUIRE(test, listener.open() && caller.open());
	gate.answer = WskInspectAccept;
	expect_ok(test, listener.set(IPPROTO_IPV6, IPV6_V6ONLY, FALSE));
	expect_ok(test, listener.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, TRUE));
	expect_done(test, listener.bind(Address::any(AF_INET6)));

	USHORT port = listener.local().port();
	Socket peer(client);
	WSK_INSPECT_ID id = {};

	expect_done(test, caller.connect(Address::loopback(AF_INET, port)));
	EXPECT_TRUE(test, gate.shown[0].local == Address::mapped_loopback(port));
	EXPECT_TRUE(test, gate.shown[0].remote == Address::mapped_loopback(caller.local().port()));
	peer.adopt(listener.accept());
	REQUIRE(test, peer.open());
	EXPECT_STATUS(test, query_inspect_id(peer, &id), STATUS_SUCCESS);
	EXPECT_TRUE(test, same(id, gate.shown[0].id));

	Caller refused(client, AF_INET);

	gate.answer = WskInspectReject;
	expect_failed(test, refused.connect(Address::loopback(AF_INET, port)),
		      STATUS_CONNECTION_REFUSED);
	listener.close();
}

void option_needs_functions(struct kunit *test)
{
	constexpr WSK_CLIENT_LISTEN_DISPATCH whole = gate_dispatch;
	WSK_CLIENT_LISTEN_DISPATCH no_inspect = whole, no_abort = whole;
	Client client(test);

	no_inspect.WskInspectEvent = nullptr;
	no_abort.WskAbortEvent = nullptr;
	const WSK_CLIENT_LISTEN_DISPATCH *tables[] = {nullptr, &no_inspect, &no_abort};

	for (const WSK_CLIENT_LISTEN_DISPATCH *table : tables) {
		Socket listener(client, WSK_FLAG_LISTEN_SOCKET, AF_INET, nullptr, table);

		REQUIRE(test, listener.open());
		expect_refused(test, listener.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, TRUE),
			       STATUS_INVALID_PARAMETER);
		expect_ok(test, listener.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, FALSE));
	}
}

void option_before_bind(struct kunit *test)
{
	Client client(test);
	Gated listener(client, AF_INET);
	Gate gate(test);
	Listener plain(client, AF_INET, &gate, &gate_dispatch);

	REQUIRE(test, listener.open() && plain.open());
	EXPECT_EQ(test, listener.get(SOL_SOCKET, SO_CONDITIONAL_ACCEPT), 1u);
	EXPECT_EQ(test, plain.get(SOL_SOCKET, SO_CONDITIONAL_ACCEPT), 0u);
	expect_refused(test, listener.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, FALSE),
		       STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, plain.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, TRUE),
		       STATUS_INVALID_DEVICE_STATE);
	plain.close();
}

void option_of_listeners(struct kunit *test)
{
	Client client(test);

	const ULONG categories[] = {WSK_FLAG_CONNECTION_SOCKET, WSK_FLAG_STREAM_SOCKET};

	for (ULONG category : categories) {
		Socket socket(client, category, AF_INET);

		REQUIRE(test, socket.open());
		expect_refused(test, socket.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, TRUE),
			       STATUS_NOT_SUPPORTED);
	}
}

void option_switched_off(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gate gate(test);
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, family, &gate, &gate_dispatch);
	Caller caller(client, family);

	REQUIRE(test, listener.open() && caller.open());
	expect_ok(test, listener.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, TRUE));
	expect_ok(test, listener.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, FALSE));
	expect_done(test, listener.bind(Address::loopback(family)));

	Address address = listener.local();

	expect_done(test, caller.connect(address));
	EXPECT_EQ(test, gate.inspections, 0);
	listener.close();
}

/* The first one fails, and leaves nothing behind that inspects. */
void bound_twice(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener other(client, family);
	Gate gate(test);
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, family, &gate, &gate_dispatch);
	Request connect;
	Caller caller(client, family);

	REQUIRE(test, other.open() && listener.open() && caller.open());
	expect_ok(test, listener.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, TRUE));
	EXPECT_FALSE(test, NT_SUCCESS(listener.bind(other.address).status));
	expect_done(test, listener.bind(Address::loopback(family)));

	Address address = listener.local();

	caller.start_connect(connect, address);
	EXPECT_TRUE(test, gate.reach_inspections(1));
	listener.close();
	expect_failed(test, connect.wait(), STATUS_CONNECTION_REFUSED);
}

const bridge_case cases[] = {
	IPV4_AND_IPV6("what is not for the listener is not inspected", others_untouched),
	IPV4_AND_IPV6("a more specific listener keeps its connections from being inspected",
		      more_specific_listener),
	{"a dual-stack listener inspects requests of both families", dual_stack},
	{"SO_CONDITIONAL_ACCEPT needs both functions", option_needs_functions},
	{"SO_CONDITIONAL_ACCEPT can be read any time, and set before WskBind only",
	 option_before_bind},
	{"SO_CONDITIONAL_ACCEPT belongs to listening sockets", option_of_listeners},
	IPV4_AND_IPV6("SO_CONDITIONAL_ACCEPT can be switched off again", option_switched_off),
	IPV4_AND_IPV6("a bind that failed can be done again", bound_twice),
};

} // namespace

BRIDGE_SUITE(wsk_inspect_listener, cases, .network = true)
