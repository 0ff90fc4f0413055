// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskConnect: calling somebody. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

void connects(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());

	Caller caller(client, family);

	expect_done(test, caller.connect(listener.address));
	EXPECT_TRUE(test, caller.remote() == listener.address);
}

void wildcard_becomes_concrete(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);

	REQUIRE(test, listener.open() && caller.open());

	Address before = caller.local();

	EXPECT_TRUE(test, before.is_wildcard());
	EXPECT_NE(test, before.port(), 0);
	expect_done(test, caller.connect(listener.address));

	Address after = caller.local();

	EXPECT_TRUE(test, after.same_host(Address::loopback(family)));
	EXPECT_EQ(test, after.port(), before.port());
}

void bound_address_is_kept(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Socket caller(client, WSK_FLAG_CONNECTION_SOCKET, family);
	Address remote;

	REQUIRE(test, listener.open() && caller.open());
	expect_done(test, caller.bind(Address::loopback(family)));

	Address local = caller.local();

	expect_done(test, caller.connect(listener.address));
	EXPECT_TRUE(test, caller.local() == local);

	Socket peer(client);

	peer.adopt(listener.accept(nullptr, remote));
	EXPECT_TRUE(test, remote == local);
}

void nobody_listens(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Caller caller(client, family);
	Address address;

	{
		Listener listener(client, family);

		REQUIRE(test, listener.open() && caller.open());
		address = listener.address;
	}
	expect_failed(test, caller.connect(address), STATUS_CONNECTION_REFUSED);
	expect_refused(test, caller.remote_address(address), STATUS_INVALID_DEVICE_STATE);
}

void again_after_a_failure(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Caller caller(client, family);
	Listener listener(client, family);
	Address nowhere, before;
	{
		Listener gone(client, family);

		REQUIRE(test, gone.open() && caller.open() && listener.open());
		nowhere = gone.address;
	}
	before = caller.local();
	for (int i = 0; i < 3; i++) {
		expect_failed(test, caller.connect(nowhere), STATUS_CONNECTION_REFUSED);
		/* Its port stays its own, and the wildcard is one again. */
		EXPECT_TRUE(test, caller.local() == before);
	}
	expect_done(test, caller.connect(listener.address));
	EXPECT_EQ(test, caller.local().port(), before.port());
	EXPECT_TRUE(test, caller.remote() == listener.address);
}

void no_way_there(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Caller caller(client, family);

	REQUIRE(test, caller.open());
	/* The test machine has loopback, and at most a network of its own. */
	expect_failed(test, caller.connect(Address::foreign(family, 9)),
		      STATUS_NETWORK_UNREACHABLE);
}

void before_bind(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Socket socket(client, WSK_FLAG_CONNECTION_SOCKET, family);

	REQUIRE(test, listener.open() && socket.open());
	expect_refused(test, socket.connect(listener.address), STATUS_INVALID_DEVICE_STATE);
	/* The mistake can be made good. */
	expect_done(test, socket.bind(Address::any(family)));
	expect_done(test, socket.connect(listener.address));
}

void connected_twice(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	expect_refused(test, pair.caller.connect(pair.listener.address),
		       STATUS_INVALID_DEVICE_STATE);
	/* The connection did not suffer. */
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 10);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 10);
	EXPECT_TRUE(test, in.holds(0, 10, 0));
}

void wrong_arguments(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	const ADDRESS_FAMILY other = family == AF_INET ? AF_INET6 : AF_INET;

	REQUIRE(test, listener.open() && caller.open());
	expect_refused(test, caller.connect(nullptr), STATUS_INVALID_PARAMETER);
	expect_refused(test, caller.connect(Address::loopback(other, 9)), STATUS_INVALID_PARAMETER);
	expect_refused(test, caller.connect(Address::any(AF_UNSPEC, 9)), STATUS_INVALID_PARAMETER);
	expect_refused(test, caller.connect(listener.address, 1), STATUS_INVALID_PARAMETER);
	expect_done(test, caller.connect(listener.address));
}

void many_at_once(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());

	Caller callers[] = {{client, family}, {client, family}, {client, family}, {client, family}};
	Request requests[RTL_NUMBER_OF(callers)];

	for (ULONG i = 0; i < RTL_NUMBER_OF(callers); i++) {
		REQUIRE(test, callers[i].open());
		callers[i].start_connect(requests[i], listener.address);
	}
	for (auto &request : requests)
		expect_done(test, request.wait());
}

void address_may_go_at_once(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	Request request;

	REQUIRE(test, listener.open() && caller.open());
	{
		Address address = listener.address;

		/* At DISPATCH_LEVEL nothing can be finished before the call returns. */
		at_dispatch([&]() { caller.start_connect(request, address); });
		address = Address::foreign(family, 9);
	}
	expect_done(test, request.wait());
	EXPECT_TRUE(test, caller.remote() == listener.address);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a bound socket connects", connects),
	IPV4_AND_IPV6("connecting makes a wildcard address concrete", wildcard_becomes_concrete),
	IPV4_AND_IPV6("a concrete local address is kept", bound_address_is_kept),
	IPV4_AND_IPV6("a port without listener refuses", nobody_listens),
	IPV4_AND_IPV6("a socket may connect again after a failure", again_after_a_failure),
	IPV4_AND_IPV6("a network without route is unreachable", no_way_there),
	IPV4_AND_IPV6("connecting before bind is refused", before_bind),
	IPV4_AND_IPV6("connecting twice is refused", connected_twice),
	IPV4_AND_IPV6("wrong addresses and flags are refused", wrong_arguments),
	IPV4_AND_IPV6("many sockets connect at once", many_at_once),
	IPV4_AND_IPV6("the address is copied during the call", address_may_go_at_once),
};

} // namespace

BRIDGE_SUITE(wsk_connect, cases, .network = true);
