// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskBind: local addresses. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

constexpr ULONG both_categories[] = {WSK_FLAG_LISTEN_SOCKET, WSK_FLAG_CONNECTION_SOCKET};

void port_is_chosen(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);

	for (ULONG category : both_categories) {
		Socket socket(client, category, family);

		REQUIRE(test, socket.open());
		expect_done(test, socket.bind(Address::loopback(family)));

		Address local = socket.local();

		EXPECT_TRUE(test, local.same_host(Address::loopback(family)));
		EXPECT_NE(test, local.port(), 0);
	}
}

void port_can_be_named(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Address address = Address::loopback(family);

	for (ULONG category : both_categories) {
		{
			/* Finds a port that is free. */
			Socket scout(client, category, family);

			REQUIRE(test, scout.open());
			expect_done(test, scout.bind(Address::loopback(family)));
			address = scout.local();
		}

		Socket socket(client, category, family);

		REQUIRE(test, socket.open());
		expect_done(test, socket.bind(address));
		EXPECT_TRUE(test, socket.local() == address);
	}
}

void privileged_ports_are_like_others(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket socket(client, WSK_FLAG_LISTEN_SOCKET, family);

	REQUIRE(test, socket.open());
	expect_done(test, socket.bind(Address::loopback(family, 445)));
}

void wildcard(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket socket(client, WSK_FLAG_LISTEN_SOCKET, family);

	REQUIRE(test, socket.open());
	expect_done(test, socket.bind(Address::any(family)));

	Address local = socket.local();

	EXPECT_TRUE(test, local.is_wildcard());
	EXPECT_NE(test, local.port(), 0);

	/* It listens on every address. */
	Caller caller(client, family);

	expect_done(test, caller.connect(Address::loopback(family, local.port())));
}

void binding_a_listener_listens(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());

	Caller caller(client, listener);

	EXPECT_TRUE(test, caller.remote() == listener.address);
}

void bound_twice(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);

	REQUIRE(test, listener.open() && caller.open());
	expect_refused(test, listener.bind(Address::loopback(family)), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, caller.bind(Address::loopback(family)), STATUS_INVALID_DEVICE_STATE);
	EXPECT_TRUE(test, listener.local() == listener.address);
}

void address_in_use(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Socket second(client, WSK_FLAG_LISTEN_SOCKET, family);

	REQUIRE(test, listener.open() && second.open());
	expect_failed(test, second.bind(listener.address), STATUS_ADDRESS_ALREADY_EXISTS);
	/* The socket is as it was, and can be bound elsewhere. */
	expect_done(test, second.bind(Address::loopback(family)));
	EXPECT_FALSE(test, second.local() == listener.address);
}

void address_is_free_after_close(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Address address;

	{
		Pair pair(client, family);

		REQUIRE(test, pair.connected());
		address = pair.listener.address;
		/* Ends in TIME_WAIT on the listener's port. */
		expect_done(test, pair.peer.disconnect());
		expect_done(test, pair.caller.disconnect());
	}

	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, family);

	REQUIRE(test, listener.open());
	expect_done(test, listener.bind(address));
}

void same_port_on_both_families(struct kunit *test)
{
	Client client(test);
	Listener listener(client, AF_INET6);
	Socket other(client, WSK_FLAG_LISTEN_SOCKET, AF_INET);

	REQUIRE(test, listener.open() && other.open());
	expect_done(test, other.bind(Address::loopback(AF_INET, listener.address.port())));
}

void different_addresses_share_a_port(struct kunit *test)
{
	Client client(test);
	Listener listener(client, AF_INET);
	Socket other(client, WSK_FLAG_LISTEN_SOCKET, AF_INET);

	REQUIRE(test, listener.open() && other.open());

	Address second = listener.address;

	second.ipv4()->sin_addr.S_un.S_un_b.s_b4 = 2;
	expect_done(test, other.bind(second));
	EXPECT_TRUE(test, other.local() == second);
}

void foreign_address(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);

	for (ULONG category : both_categories) {
		Socket socket(client, category, family);

		REQUIRE(test, socket.open());
		expect_failed(test, socket.bind(Address::foreign(family)),
			      STATUS_INVALID_ADDRESS_COMPONENT);
	}
}

void unknown_interface(struct kunit *test)
{
	Client client(test);
	Socket socket(client, WSK_FLAG_LISTEN_SOCKET, AF_INET6);
	Address address = Address::any(AF_INET6);

	REQUIRE(test, socket.open());
	/* fe80::1%9999 */
	address.ipv6()->sin6_addr.u.Byte[0] = 0xfe;
	address.ipv6()->sin6_addr.u.Byte[1] = 0x80;
	address.ipv6()->sin6_addr.u.Byte[15] = 1;
	address.ipv6()->sin6_scope_id = 9999;
	expect_failed(test, socket.bind(address), STATUS_INVALID_ADDRESS_COMPONENT);
}

void other_family(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket socket(client, WSK_FLAG_LISTEN_SOCKET, family);
	const ADDRESS_FAMILY other = family == AF_INET ? AF_INET6 : AF_INET;
	Address unspecified = Address::any(AF_UNSPEC);

	REQUIRE(test, socket.open());
	expect_refused(test, socket.bind(Address::loopback(other)), STATUS_INVALID_PARAMETER);
	expect_refused(test, socket.bind(unspecified), STATUS_INVALID_PARAMETER);
	expect_refused(test, socket.bind(nullptr), STATUS_INVALID_PARAMETER);
}

void reserved_flags(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket socket(client, WSK_FLAG_LISTEN_SOCKET, family);

	REQUIRE(test, socket.open());
	expect_refused(test, socket.bind(Address::loopback(family), 1), STATUS_INVALID_PARAMETER);
	expect_done(test, socket.bind(Address::loopback(family)));
}

void address_may_go_at_once(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket socket(client, WSK_FLAG_LISTEN_SOCKET, family);
	Request request;

	REQUIRE(test, socket.open());
	{
		Address address = Address::loopback(family);

		/* At DISPATCH_LEVEL nothing can be finished before the call returns. */
		at_dispatch([&]() { socket.start_bind(request, address); });
		address = Address::foreign(family);
	}
	expect_done(test, request.wait());
	EXPECT_TRUE(test, socket.local().same_host(Address::loopback(family)));
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("port 0 gets a port", port_is_chosen),
	IPV4_AND_IPV6("a port can be named", port_can_be_named),
	IPV4_AND_IPV6("ports below 1024 are like others", privileged_ports_are_like_others),
	IPV4_AND_IPV6("the wildcard address stands for all", wildcard),
	IPV4_AND_IPV6("binding a listening socket makes it listen", binding_a_listener_listens),
	IPV4_AND_IPV6("binding twice is refused", bound_twice),
	IPV4_AND_IPV6("an address in use exists already", address_in_use),
	IPV4_AND_IPV6("a closed listener's address is free at once", address_is_free_after_close),
	{"both families can use one port", same_port_on_both_families},
	{"different addresses can use one port", different_addresses_share_a_port},
	IPV4_AND_IPV6("an address of another machine is invalid", foreign_address),
	{"an address on an unknown interface is invalid", unknown_interface},
	IPV4_AND_IPV6("an address of another family is refused", other_family),
	IPV4_AND_IPV6("reserved flags are refused", reserved_flags),
	IPV4_AND_IPV6("the address is copied during the call", address_may_go_at_once),
};

} // namespace

BRIDGE_SUITE(wsk_bind, cases, .network = true);
