// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Stream sockets share addresses by the table that wsk_sharing_kunit.cc holds listening sockets to,
 * bound or listening.
 */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

/* What a socket brings to a bind. */
struct Kind {
	const char *name;
	ULONG option; /* 0: none */
	bool wildcard;
};

constexpr Kind kinds[] = {
	{"default wildcard", 0, true},
	{"default specific", 0, false},
	{"reuse wildcard", SO_REUSEADDR, true},
	{"reuse specific", SO_REUSEADDR, false},
	{"exclusive wildcard", (ULONG)SO_EXCLUSIVEADDRUSE, true},
	{"exclusive specific", (ULONG)SO_EXCLUSIVEADDRUSE, false},
};

/* Binds a socket of that kind; port 0 for any. */
NTSTATUS bind(struct kunit *test, Socket &socket, const Kind &kind, ADDRESS_FAMILY family,
	      USHORT port)
{
	Address address =
		kind.wildcard ? Address::any(family, port) : Address::loopback(family, port);

	if (!socket.open())
		return STATUS_UNSUCCESSFUL;
	if (kind.option)
		expect_ok(test, socket.set(SOL_SOCKET, kind.option, 1));
	return socket.bind(address).status;
}

/* What becomes of the second one's bind. */
NTSTATUS beside(struct kunit *test, Client &client, ADDRESS_FAMILY family, const Kind &second,
		ULONG second_category, const Kind &first, ULONG first_category)
{
	Socket one(client, first_category, family), other(client, second_category, family);

	if (bind(test, one, first, family, 0) != STATUS_SUCCESS)
		return STATUS_UNSUCCESSFUL;

	const NTSTATUS status = bind(test, other, second, family, one.local().port());

	if (status != STATUS_SUCCESS)
		return status;
	/* Both can listen, the second one first. */
	if (second_category == WSK_FLAG_STREAM_SOCKET)
		expect_done(test, other.listen_now());
	if (first_category == WSK_FLAG_STREAM_SOCKET)
		expect_done(test, one.listen_now());
	return status;
}

void as_listeners_do(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG listen = WSK_FLAG_LISTEN_SOCKET, stream = WSK_FLAG_STREAM_SOCKET;
	const bridge_site here = BRIDGE_SITE(false);
	Client client(test);

	for (const Kind &second : kinds)
		for (const Kind &first : kinds) {
			const NTSTATUS wanted =
				beside(test, client, family, second, listen, first, listen);
			const NTSTATUS got[] = {
				beside(test, client, family, second, stream, first, stream),
				beside(test, client, family, second, stream, first, listen),
				beside(test, client, family, second, listen, first, stream),
			};

			for (NTSTATUS status : got)
				if (status != wanted)
					bridge_fail(test, &here, "%s beside %s: %s; listeners: %s",
						    second.name, first.name,
						    bridge_status_name(status),
						    bridge_status_name(wanted));
		}
}

void calls_go_to_the_specific(struct kunit *test)
{
	Client client(test);
	Socket specific(client, WSK_FLAG_STREAM_SOCKET, AF_INET);
	Socket wildcard(client, WSK_FLAG_STREAM_SOCKET, AF_INET);
	Socket peer(client);

	REQUIRE(test, specific.open() && wildcard.open());
	expect_done(test, specific.bind(Address::loopback(AF_INET)));

	Address address = specific.local(), other = address;

	other.ipv4()->sin_addr.S_un.S_un_b.s_b4 = 2;
	expect_done(test, wildcard.bind(Address::any(AF_INET, address.port())));
	expect_done(test, wildcard.listen_now());
	expect_done(test, specific.listen_now());

	Caller one(client, AF_INET), two(client, AF_INET);

	expect_done(test, one.connect(address));
	expect_done(test, two.connect(other));
	peer.adopt(specific.accept());
	EXPECT_TRUE(test, peer.open() && peer.remote() == one.local());
	peer.adopt(wildcard.accept());
	EXPECT_TRUE(test, peer.open() && peer.remote() == two.local());
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("stream sockets share as listening sockets do, and both can listen",
		      as_listeners_do),
	{"a call goes to the specific stream socket, others to the wildcard",
	 calls_go_to_the_specific},
};

} // namespace

BRIDGE_SUITE(wsk_stream_sharing, cases, .network = true);
