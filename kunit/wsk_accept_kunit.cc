// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskAccept: connections by request. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

void waiting_connection(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());

	Caller caller(client, listener);
	Socket peer(client);
	Address local, remote;
	const Outcome accepted = listener.accept(local, remote);

	expect_done(test, accepted, accepted.information);
	peer.adopt(accepted);
	REQUIRE(test, peer.open());
	EXPECT_TRUE(test, local == listener.address);
	EXPECT_TRUE(test, remote == caller.local());
	EXPECT_TRUE(test, peer.local() == local);
	EXPECT_TRUE(test, peer.remote() == remote);
}

void connection_to_come(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Address local, remote;
	Request accept;

	REQUIRE(test, listener.open());
	listener.start_accept(accept, local, remote);
	EXPECT_TRUE(test, accept.pending());

	Caller caller(client, listener);
	Socket peer(client);
	const Outcome accepted = accept.wait();

	expect_done(test, accepted, accepted.information);
	peer.adopt(accepted);
	EXPECT_TRUE(test, local == listener.address);
	EXPECT_TRUE(test, remote == caller.local());
}

void addresses_are_optional(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());

	Caller one(client, listener), two(client, listener);
	Socket first(client), second(client);
	Address address;

	first.adopt(listener.accept(address, nullptr));
	EXPECT_TRUE(test, address == listener.address);
	second.adopt(listener.accept(nullptr, address));
	EXPECT_TRUE(test, address == two.local());
	EXPECT_TRUE(test, first.open() && second.open());
}

void accepted_is_a_connection(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Socket made(client, WSK_FLAG_CONNECTION_SOCKET, family);

	REQUIRE(test, pair.connected() && made.open());
	EXPECT_PTR_EQ(test, pair.peer.connection(), made.connection());
	expect_refused(test, pair.peer.bind(Address::any(family)), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, pair.peer.connect(pair.listener.address), STATUS_INVALID_DEVICE_STATE);
}

void requests_are_served_in_order(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG count = 6;
	Client client(test);
	Listener listener(client, family);
	Address remotes[count];
	Request accepts[count];

	REQUIRE(test, listener.open());
	for (ULONG i = 0; i < count; i++)
		listener.start_accept(accepts[i], nullptr, remotes[i]);
	for (ULONG i = 0; i < count; i++) {
		/* One after the other, so that their order is known. */
		Caller caller(client, listener);
		Socket peer(client);

		peer.adopt(accepts[i].wait());
		REQUIRE(test, peer.open());
		EXPECT_TRUE(test, remotes[i] == caller.local());
		for (ULONG later = i + 1; later < count; later++)
			EXPECT_TRUE(test, accepts[later].pending());
	}
}

void connections_are_delivered_in_order(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());

	Caller callers[] = {{client, listener}, {client, listener}, {client, listener}};

	for (auto &caller : callers) {
		Socket peer(client);
		Address remote;

		peer.adopt(listener.accept(nullptr, remote));
		EXPECT_TRUE(test, remote == caller.local());
	}
}

void accepted_outlives_listener(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(100), in(100);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	pair.listener.close();
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 100);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 100);
	EXPECT_TRUE(test, in.holds(0, 100, 0));
}

void options_are_inherited(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());
	expect_ok(test, listener.set(SOL_SOCKET, SO_KEEPALIVE, 1));
	expect_ok(test, listener.set(SOL_SOCKET, SO_RCVBUF, 20000));

	Caller caller(client, listener);
	Socket peer(client);

	peer.adopt(listener.accept());
	REQUIRE(test, peer.open());
	EXPECT_EQ(test, peer.get(SOL_SOCKET, SO_KEEPALIVE), 1u);
	EXPECT_EQ(test, peer.get(SOL_SOCKET, SO_RCVBUF), 20000u);
}

void caller_that_is_gone(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Buffer in(16);

	REQUIRE(test, listener.open() && in.valid());
	{
		Caller caller(client, listener);

		expect_done(test, caller.reset());
	}

	/* It is delivered all the same, or skipped: the next one comes in either case. */
	Caller caller(client, listener);
	Socket peer(client);
	Address remote;

	peer.adopt(listener.accept(nullptr, remote));
	REQUIRE(test, peer.open());
	if (!(remote == caller.local())) {
		expect_failed(test, peer.receive(in.all()), STATUS_CONNECTION_RESET);
		peer.adopt(listener.accept(nullptr, remote));
		REQUIRE(test, peer.open());
	}
	EXPECT_TRUE(test, remote == caller.local());
}

void before_bind(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket socket(client, WSK_FLAG_LISTEN_SOCKET, family);

	REQUIRE(test, socket.open());
	expect_refused(test, socket.accept(), STATUS_INVALID_DEVICE_STATE);
}

void reserved_flags(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());
	expect_refused(test, listener.accept(nullptr, nullptr, 1), STATUS_INVALID_PARAMETER);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a waiting connection is delivered with its addresses", waiting_connection),
	IPV4_AND_IPV6("a request waits for a connection", connection_to_come),
	IPV4_AND_IPV6("either address may be left out", addresses_are_optional),
	IPV4_AND_IPV6("what is accepted is a connected connection socket",
		      accepted_is_a_connection),
	IPV4_AND_IPV6("many requests are served in their order", requests_are_served_in_order),
	IPV4_AND_IPV6("many connections are delivered in their order",
		      connections_are_delivered_in_order),
	IPV4_AND_IPV6("an accepted socket outlives its listener", accepted_outlives_listener),
	IPV4_AND_IPV6("keep-alive and buffer size are inherited", options_are_inherited),
	IPV4_AND_IPV6("a caller that is gone does not block the next", caller_that_is_gone),
	IPV4_AND_IPV6("accepting before bind is refused", before_bind),
	IPV4_AND_IPV6("reserved flags are refused", reserved_flags),
};

} // namespace

BRIDGE_SUITE(wsk_accept, cases, .network = true);
