// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskGetRemoteAddress. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

void connected(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Address address;

	REQUIRE(test, pair.connected());
	expect_ok(test, pair.caller.remote_address(address));
	EXPECT_EQ(test, address.family(), family);
	EXPECT_TRUE(test, address == pair.listener.address);
	expect_ok(test, pair.peer.remote_address(address));
	EXPECT_EQ(test, address.family(), family);
	EXPECT_TRUE(test, address == pair.caller.local());
}

void nothing_behind_is_written(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	const SIZE_T size = family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
	UCHAR buffer[64];

	REQUIRE(test, pair.connected());
	RtlFillMemory(buffer, sizeof(buffer), 0xee);
	expect_ok(test, pair.caller.remote_address(reinterpret_cast<PSOCKADDR>(buffer)));
	for (SIZE_T i = size; i < sizeof(buffer); i++)
		EXPECT_EQ(test, buffer[i], 0xee);
}

void not_connected(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket unbound(client, WSK_FLAG_CONNECTION_SOCKET, family);
	Caller bound(client, family);
	Address address;

	REQUIRE(test, unbound.open() && bound.open());
	expect_refused(test, unbound.remote_address(address), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, bound.remote_address(address), STATUS_INVALID_DEVICE_STATE);
}

void nowhere_to_write(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);

	REQUIRE(test, pair.connected());
	expect_refused(test, pair.caller.remote_address(nullptr), STATUS_INVALID_PARAMETER);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("both ends of a connection know each other", connected),
	IPV4_AND_IPV6("nothing behind the address is written", nothing_behind_is_written),
	IPV4_AND_IPV6("without connection there is no remote address", not_connected),
	IPV4_AND_IPV6("a missing buffer is refused", nowhere_to_write),
};

} // namespace

BRIDGE_SUITE(wsk_remote_address, cases, .network = true);
