// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskGetLocalAddress. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

void listening(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Address address;

	REQUIRE(test, listener.open());
	expect_ok(test, listener.local_address(address));
	EXPECT_EQ(test, address.family(), family);
	EXPECT_TRUE(test, address.same_host(Address::loopback(family)));
	EXPECT_NE(test, address.port(), 0);
}

void bound(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Caller caller(client, family);
	Address address;

	REQUIRE(test, caller.open());
	expect_ok(test, caller.local_address(address));
	EXPECT_EQ(test, address.family(), family);
	EXPECT_TRUE(test, address.is_wildcard());
	EXPECT_NE(test, address.port(), 0);
}

void connected(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);

	REQUIRE(test, pair.connected());
	EXPECT_TRUE(test, pair.caller.local() == pair.peer.remote());
	EXPECT_TRUE(test, pair.peer.local() == pair.listener.address);
}

void nothing_behind_is_written(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	const SIZE_T size = family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
	UCHAR buffer[64];

	REQUIRE(test, listener.open());
	RtlFillMemory(buffer, sizeof(buffer), 0xee);
	expect_ok(test, listener.local_address(reinterpret_cast<PSOCKADDR>(buffer)));
	EXPECT_EQ(test, reinterpret_cast<PSOCKADDR>(buffer)->sa_family, family);
	/* A client provides room for its own family, not for every one. */
	for (SIZE_T i = size; i < sizeof(buffer); i++)
		EXPECT_EQ(test, buffer[i], 0xee);
}

void unbound(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, family);
	Socket connection(client, WSK_FLAG_CONNECTION_SOCKET, family);
	Address address;

	REQUIRE(test, listener.open() && connection.open());
	expect_refused(test, listener.local_address(address), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, connection.local_address(address), STATUS_INVALID_DEVICE_STATE);
}

void nowhere_to_write(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());
	expect_refused(test, listener.local_address(nullptr), STATUS_INVALID_PARAMETER);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a listening socket tells where", listening),
	IPV4_AND_IPV6("a bound socket tells its port", bound),
	IPV4_AND_IPV6("a connected socket tells what its peer sees", connected),
	IPV4_AND_IPV6("nothing behind the address is written", nothing_behind_is_written),
	IPV4_AND_IPV6("an unbound socket has no address", unbound),
	IPV4_AND_IPV6("a missing buffer is refused", nowhere_to_write),
};

} // namespace

BRIDGE_SUITE(wsk_local_address, cases, .network = true);
