// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskSocketConnect: a socket that is connected when one first hears of it. */
#include "silent_peer.h"
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

struct Wanted {
	Address local, remote;
	USHORT type = SOCK_STREAM;
	ULONG protocol = IPPROTO_TCP;
	ULONG flags = 0;
};

void start(Client &client, Request &request, Wanted wanted)
{
	request.issue(client.test(), [&](PIRP irp) {
		return client.provider()->WskSocketConnect(
			client.handle(), wanted.type, wanted.protocol, wanted.local, wanted.remote,
			wanted.flags, nullptr, nullptr, nullptr, nullptr, nullptr, irp);
	});
}

Outcome make(Client &client, Wanted wanted)
{
	Request request;

	start(client, request, wanted);
	return request.wait();
}

void is_connected(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Socket caller(client), peer(client);
	Buffer out(100), in(100);

	REQUIRE(test, listener.open() && out.valid() && in.valid());
	caller.adopt(make(client, {Address::any(family), listener.address}));
	REQUIRE(test, caller.open());
	peer.adopt(listener.accept());
	EXPECT_TRUE(test, caller.remote() == listener.address);
	out.fill();
	expect_done(test, caller.send(out.all()), 100);
	expect_done(test, peer.receive(in.all(), WSK_FLAG_WAITALL), 100);
	EXPECT_TRUE(test, in.holds(0, 100, 0));
}

void works_at_dispatch_level(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Socket caller(client);
	Request request;

	REQUIRE(test, listener.open());
	at_dispatch([&] { start(client, request, {Address::any(family), listener.address}); });
	caller.adopt(request.wait());
	REQUIRE(test, caller.open());
	EXPECT_TRUE(test, caller.remote() == listener.address);
}

/* Each of these would keep WskDeregister waiting if it left a socket behind. */
void leaves_no_socket_on_failure(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	const Address closed = Address::loopback(family, quiet_port);

	REQUIRE(test, client.ready());
	{
		Listener listener(client, family);

		REQUIRE(test, listener.open());
		expect_failed(test, make(client, {listener.address, listener.address}),
			      STATUS_ADDRESS_ALREADY_EXISTS);
	}
	expect_failed(test, make(client, {Address::any(family), closed}),
		      STATUS_CONNECTION_REFUSED);
	expect_failed(test, make(client, {Address::foreign(family), closed}),
		      STATUS_INVALID_ADDRESS_COMPONENT);
}

void can_be_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	uint16_t port = 0;
	silent_peer *peer = silent_peer_open(family == AF_INET6, &port);

	REQUIRE(test, peer);
	{
		Client client(test);
		Request request;

		start(client, request, {Address::any(family), Address::loopback(family, port)});
		bridge_sleep_ms(10);
		EXPECT_TRUE(test, request.pending());
		EXPECT_TRUE(test, request.cancel());
		expect_failed(test, request.wait(), STATUS_CANCELLED);
	}
	silent_peer_close(peer);
}

void wrong_arguments(struct kunit *test, ADDRESS_FAMILY family)
{
	const ADDRESS_FAMILY other = family == AF_INET ? AF_INET6 : AF_INET;
	const Address any = Address::any(family), there = Address::loopback(family, 9);
	Client client(test);

	REQUIRE(test, client.ready());
	expect_refused(test, make(client, {any, Address::loopback(other, 9)}),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, make(client, {Address::any(AF_UNSPEC), there}),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, make(client, {.local = any, .remote = there, .flags = 1}),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, make(client, {.local = any, .remote = there, .type = SOCK_DGRAM}),
		       STATUS_NOT_SUPPORTED);
	expect_refused(test, make(client, {.local = any, .remote = there, .protocol = IPPROTO_UDP}),
		       STATUS_NOT_SUPPORTED);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("the socket comes connected", is_connected),
	IPV4_AND_IPV6("it works at DISPATCH_LEVEL", works_at_dispatch_level),
	IPV4_AND_IPV6("a failure leaves no socket behind", leaves_no_socket_on_failure),
	IPV4_AND_IPV6("it can be cancelled", can_be_cancelled),
	IPV4_AND_IPV6("wrong arguments are refused", wrong_arguments),
};

} // namespace

BRIDGE_SUITE(wsk_socket_connect, cases, .network = true);
