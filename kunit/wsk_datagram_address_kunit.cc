// SPDX-License-Identifier: MIT OR GPL-2.0
/* SIO_WSK_SET_REMOTE_ADDRESS and SIO_WSK_SET_SENDTO_ADDRESS. */
#include "wsk_datagram_fixture.h"

namespace
{

using namespace wsk::test;

struct Three {
	Three(struct kunit *test, ADDRESS_FAMILY family)
		: client(test), socket(client, family), peer(client, family),
		  stranger(client, family)
	{
		ready = socket.bind_loopback() && peer.bind_loopback() && stranger.bind_loopback();
	}

	Client client;
	Datagram socket, peer, stranger;
	bool ready = false;
};

constexpr ULONG codes[] = {SIO_WSK_SET_REMOTE_ADDRESS, SIO_WSK_SET_SENDTO_ADDRESS};

void sends_need_an_address(struct kunit *test, ADDRESS_FAMILY family)
{
	Three three(test, family);
	Buffer out(10);

	REQUIRE(test, three.ready && out.valid());
	out.fill();
	for (ULONG code : codes) {
		expect_refused(test, three.socket.send(out.all(), nullptr),
			       STATUS_INVALID_PARAMETER);
		expect_ok(test, three.socket.set_address(code, three.peer.address));
		expect_done(test, three.socket.send(out.all(), nullptr), 10);
		three.peer.expect_stream(0, 10);
		/* For one send it can be another. */
		expect_done(test, three.socket.send(out.all(), three.stranger.address), 10);
		three.stranger.expect_stream(0, 10);
		three.peer.expect_nothing();
		expect_ok(test, three.socket.set_address(code, nullptr));
	}
	expect_refused(test, three.socket.send(out.all(), nullptr), STATUS_INVALID_PARAMETER);
}

void the_remote_address_comes_first(struct kunit *test, ADDRESS_FAMILY family)
{
	Three three(test, family);
	Buffer out(10);

	REQUIRE(test, three.ready && out.valid());
	out.fill();
	expect_ok(test, three.socket.set_address(SIO_WSK_SET_SENDTO_ADDRESS, three.peer.address));
	expect_ok(test,
		  three.socket.set_address(SIO_WSK_SET_REMOTE_ADDRESS, three.stranger.address));
	expect_done(test, three.socket.send(out.all(), nullptr), 10);
	three.stranger.expect_stream(0, 10);
	expect_ok(test, three.socket.set_address(SIO_WSK_SET_REMOTE_ADDRESS, nullptr));
	expect_done(test, three.socket.send(out.all(), nullptr), 10);
	three.peer.expect_stream(0, 10);
}

void the_remote_address_filters(struct kunit *test, ADDRESS_FAMILY family)
{
	Three three(test, family);
	Address before;

	REQUIRE(test, three.ready);
	before = three.socket.local();
	/* What came before it was set, too. */
	three.stranger.send_stream(three.socket.address, 1, 10);
	expect_ok(test, three.socket.set_address(SIO_WSK_SET_REMOTE_ADDRESS, three.peer.address));
	three.stranger.send_stream(three.socket.address, 2, 10);
	three.peer.send_stream(three.socket.address, 3, 10);
	three.socket.expect_stream(3, 10);
	three.socket.expect_nothing();
	/* Sending to a stranger does not make it a friend. */
	three.socket.send_stream(three.stranger.address, 4, 10);
	three.stranger.send_stream(three.socket.address, 5, 10);
	three.socket.expect_nothing();
	EXPECT_TRUE(test, three.socket.local() == before);
	expect_ok(test, three.socket.set_address(SIO_WSK_SET_REMOTE_ADDRESS, nullptr));
	EXPECT_TRUE(test, three.socket.local() == before);
	three.stranger.send_stream(three.socket.address, 6, 10);
	three.socket.expect_stream(6, 10);
}

void the_send_address_does_not_filter(struct kunit *test, ADDRESS_FAMILY family)
{
	Three three(test, family);

	REQUIRE(test, three.ready);
	expect_ok(test, three.socket.set_address(SIO_WSK_SET_SENDTO_ADDRESS, three.peer.address));
	three.stranger.send_stream(three.socket.address, 1, 10);
	three.socket.expect_stream(1, 10);
}

/* A filter does not touch what the socket is bound to. */
void a_wildcard_stays_one(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Datagram socket(client, family), peer(client, family);

	REQUIRE(test, socket.open() && peer.bind_loopback());
	expect_done(test, socket.bind(Address::any(family)));
	expect_ok(test, socket.set_address(SIO_WSK_SET_REMOTE_ADDRESS, peer.address));
	EXPECT_TRUE(test, socket.local().is_wildcard());
	expect_ok(test, socket.set_address(SIO_WSK_SET_REMOTE_ADDRESS, nullptr));
	EXPECT_TRUE(test, socket.local().is_wildcard());
}

void wrong_input(struct kunit *test, ADDRESS_FAMILY family)
{
	Three three(test, family);
	Datagram unbound(three.client, family);
	Caller caller(three.client, family);
	Address other = Address::loopback(family == AF_INET ? AF_INET6 : AF_INET, 9);

	const SIZE_T sizes[] = {1, 2, 15, family == AF_INET ? 15u : 27u};

	REQUIRE(test, three.ready && unbound.open() && caller.open());
	for (ULONG code : codes) {
		expect_refused(test, unbound.set_address(code, three.peer.address),
			       STATUS_INVALID_DEVICE_STATE);
		expect_refused(test, three.socket.set_address(code, other),
			       STATUS_INVALID_PARAMETER);
		for (SIZE_T size : sizes)
			expect_refused(test,
				       three.socket.control({.type = WskIoctl,
							     .code = code,
							     .level = 0,
							     .input = three.peer.address,
							     .input_size = size}),
				       STATUS_INVALID_PARAMETER);
		/* Other categories do not have them. */
		const Outcome elsewhere = caller.control({.type = WskIoctl,
							  .code = code,
							  .level = 0,
							  .input = three.peer.address,
							  .input_size = sizeof(SOCKADDR_IN6)});
		EXPECT_FALSE(test, NT_SUCCESS(elsewhere.status));
		EXPECT_FALSE(test, elsewhere.pending);
	}
}

void at_dispatch_level(struct kunit *test, ADDRESS_FAMILY family)
{
	Three three(test, family);
	Request request;

	REQUIRE(test, three.ready);
	at_dispatch([&] {
		three.socket.start_control(request, {.type = WskIoctl,
						     .code = SIO_WSK_SET_REMOTE_ADDRESS,
						     .level = 0,
						     .input = three.peer.address,
						     .input_size = family == AF_INET
									   ? sizeof(SOCKADDR_IN)
									   : sizeof(SOCKADDR_IN6)});
	});
	expect_ok(test, request.wait());
	three.stranger.send_stream(three.socket.address, 1, 10);
	three.peer.send_stream(three.socket.address, 2, 10);
	three.socket.expect_stream(2, 10);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a fixed address is where sends go by default", sends_need_an_address),
	IPV4_AND_IPV6("the remote address comes before the send-to address",
		      the_remote_address_comes_first),
	IPV4_AND_IPV6("the remote address keeps everybody else out", the_remote_address_filters),
	IPV4_AND_IPV6("the send-to address keeps nobody out", the_send_address_does_not_filter),
	IPV4_AND_IPV6("a wildcard address stays one", a_wildcard_stays_one),
	IPV4_AND_IPV6("a fixed address is of the socket's family, and whole", wrong_input),
	IPV4_AND_IPV6("a fixed address can be set at DISPATCH_LEVEL", at_dispatch_level),
};

} // namespace

BRIDGE_SUITE(wsk_datagram_address, cases, .network = true);
