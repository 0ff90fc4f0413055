// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Two sockets on one port: who may bind beside whom, by SO_REUSEADDR, SO_EXCLUSIVEADDRUSE and the
 * first one's security descriptor.
 */
#include "wsk_datagram_fixture.h"
#include "wsk_descriptor.h"
#include "wsk_space.h"

namespace
{

using namespace wsk::test;

constexpr ULONG by_default = 0;
constexpr ULONG reuse = SO_REUSEADDR;
constexpr ULONG exclusive = (ULONG)SO_EXCLUSIVEADDRUSE;

/* What a socket brings to a bind, and what messages call it. */
struct Kind {
	const char *name;
	ULONG option;
	bool wildcard;
};

constexpr Kind kinds[] = {
	{"default wildcard", by_default, true},	 {"default specific", by_default, false},
	{"reuse wildcard", reuse, true},	 {"reuse specific", reuse, false},
	{"exclusive wildcard", exclusive, true}, {"exclusive specific", exclusive, false},
};

constexpr NTSTATUS ok = STATUS_SUCCESS;
constexpr NTSTATUS inuse = STATUS_ADDRESS_ALREADY_EXISTS;
constexpr NTSTATUS denied = STATUS_ACCESS_DENIED;
/* The first socket's security descriptor says. */
constexpr NTSTATUS check = STATUS_PENDING;

/* Microsoft's table. Row: who binds second. Column: who was there first. */
constexpr NTSTATUS table[][RTL_NUMBER_OF(kinds)] = {
	{inuse, ok, inuse, ok, inuse, ok},	    {check, inuse, check, denied, denied, inuse},
	{denied, ok, ok, ok, denied, ok},	    {check, denied, ok, ok, denied, denied},
	{inuse, inuse, inuse, inuse, inuse, inuse}, {check, inuse, check, inuse, denied, inuse},
};

/* Sockets that are made of a client and a family, as datagram sockets are. */
struct Listening : Socket {
	Listening(Client &client, ADDRESS_FAMILY family)
		: Socket(client, WSK_FLAG_LISTEN_SOCKET, family)
	{
	}
};

struct Connecting : Socket {
	Connecting(Client &client, ADDRESS_FAMILY family)
		: Socket(client, WSK_FLAG_CONNECTION_SOCKET, family)
	{
	}
};

Address address_of(const Kind &kind, ADDRESS_FAMILY family, USHORT port)
{
	return kind.wildcard ? Address::any(family, port) : Address::loopback(family, port);
}

/* Binds a socket of that kind; port 0 for any. */
NTSTATUS bind(struct kunit *test, Socket &socket, const Kind &kind, ADDRESS_FAMILY family,
	      USHORT port)
{
	if (!socket.open())
		return STATUS_UNSUCCESSFUL;
	if (kind.option != by_default)
		expect_ok(test, socket.set(SOL_SOCKET, kind.option, 1));

	const Outcome outcome = socket.bind(address_of(kind, family, port));

	/* A conflict is nobody's mistake. */
	EXPECT_TRUE(test, outcome.pending);
	EXPECT_EQ(test, outcome.rules, 0ul);
	return outcome.status;
}

/* Every cell, where the first socket has that descriptor, which answers so. */
template <class First, class Second>
void expect_table(struct kunit *test, ADDRESS_FAMILY family, Client &client,
		  PSECURITY_DESCRIPTOR descriptor, NTSTATUS answer)
{
	const bridge_site here = BRIDGE_SITE(false);

	for (ULONG row = 0; row < RTL_NUMBER_OF(kinds); row++)
		for (ULONG column = 0; column < RTL_NUMBER_OF(kinds); column++) {
			First first(client, family);
			Second second(client, family);
			NTSTATUS wanted = table[row][column];

			if (wanted == check)
				wanted = answer;
			REQUIRE(test, first.open() && second.open());
			expect_ok(test, set_security(first, descriptor));
			REQUIRE(test, bind(test, first, kinds[column], family, 0) == ok);

			const NTSTATUS status =
				bind(test, second, kinds[row], family, first.local().port());

			if (status != wanted)
				bridge_fail(test, &here, "%s beside %s: %s, and should be %s",
					    kinds[row].name, kinds[column].name,
					    bridge_status_name(status), bridge_status_name(wanted));
		}
}

/* The tests run as root, which is SYSTEM. */
template <class First, class Second>
void expect_tables(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	UserSid somebody(1000);
	Descriptor refuses(client, somebody, GENERIC_ALL);
	Descriptor grants(client, SeExports->SeLocalSystemSid, GENERIC_READ | GENERIC_WRITE);

	expect_table<First, Second>(test, family, client, nullptr, denied);
	expect_table<First, Second>(test, family, client, refuses.get(), denied);
	expect_table<First, Second>(test, family, client, grants.get(), ok);
}

void listeners(struct kunit *test, ADDRESS_FAMILY family)
{
	expect_tables<Listening, Listening>(test, family);
}

void connections(struct kunit *test, ADDRESS_FAMILY family)
{
	expect_tables<Connecting, Connecting>(test, family);
}

void connections_beside_listeners(struct kunit *test, ADDRESS_FAMILY family)
{
	expect_tables<Listening, Connecting>(test, family);
}

void datagrams(struct kunit *test, ADDRESS_FAMILY family)
{
	expect_tables<Datagram, Datagram>(test, family);
}

/* Binds a default specific listener of that owner beside a default wildcard one. */
NTSTATUS bind_beside(struct kunit *test, Client &client, ADDRESS_FAMILY family,
		     PSECURITY_DESCRIPTOR descriptor, const Owner &owner)
{
	Socket first(client, WSK_FLAG_LISTEN_SOCKET, family, {.descriptor = descriptor});
	Socket second(client, WSK_FLAG_LISTEN_SOCKET, family, owner);

	if (!first.open() || !second.open())
		return STATUS_UNSUCCESSFUL;
	expect_done(test, first.bind(Address::any(family)));
	return second.bind(Address::loopback(family, first.local().port())).status;
}

void the_second_owner_counts(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG user = 1000;
	Process process(test, nullptr, user), other(test, nullptr, user + 1);
	Client client(test);
	UserSid sid(user);
	Descriptor for_user(client, sid, GENERIC_ALL);
	Descriptor for_all(client, SeExports->SeWorldSid, FILE_READ_DATA | FILE_WRITE_DATA);
	Descriptor to_read(client, SeExports->SeWorldSid, GENERIC_READ);
	Descriptor for_admins(client, SeExports->SeAliasAdminsSid, FILE_ALL_ACCESS);
	auto beside = [&](Descriptor &descriptor, const Owner &owner) {
		return bind_beside(test, client, family, descriptor.get(), owner);
	};

	EXPECT_STATUS(test, beside(for_user, process.as_process()), ok);
	EXPECT_STATUS(test, beside(for_user, process.as_thread()), ok);
	EXPECT_STATUS(test, beside(for_user, other.as_process()), denied);
	EXPECT_STATUS(test, beside(for_user, {}), denied);
	EXPECT_STATUS(test, beside(for_all, other.as_process()), ok);
	EXPECT_STATUS(test, beside(for_all, {}), ok);
	EXPECT_STATUS(test, beside(to_read, {}), denied);
	EXPECT_STATUS(test, beside(for_admins, {}), ok);
	EXPECT_STATUS(test, beside(for_admins, {.process = PsInitialSystemProcess}), ok);
	EXPECT_STATUS(test, beside(for_admins, process.as_process()), denied);
}

void other_clients(struct kunit *test, ADDRESS_FAMILY family)
{
	Client one(test), other(test);
	Listener first(one, family);
	Socket second(other, WSK_FLAG_LISTEN_SOCKET, family);

	REQUIRE(test, first.open() && second.open());
	expect_failed(test, second.bind(first.address), inuse);
}

void until_closed(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);

	for (const Kind &kind : kinds) {
		Socket first(client, WSK_FLAG_LISTEN_SOCKET, family);
		Socket second(client, WSK_FLAG_LISTEN_SOCKET, family);

		REQUIRE(test, bind(test, first, kind, family, 0) == ok);

		const USHORT port = first.local().port();

		first.close();
		EXPECT_STATUS(test, bind(test, second, kind, family, port), ok);
	}
}

void refused_is_not_bound(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener first(client, family);
	Socket second(client, WSK_FLAG_LISTEN_SOCKET, family);
	Socket third(client, WSK_FLAG_LISTEN_SOCKET, family);

	REQUIRE(test, first.open() && second.open() && third.open());
	expect_failed(test, second.bind(first.address), inuse);
	first.close();
	/* The one that was refused does not stand in the third's way. */
	expect_done(test, third.bind(first.address));
}

/* Calls an address, and says whether that listener got the call. */
bool reaches(Client &client, Address address, Socket &listener)
{
	Caller caller(client, address.family());
	Socket peer(client);
	Address remote;

	expect_done(client.test(), caller.connect(address));
	peer.adopt(listener.accept(nullptr, remote));
	return peer.open() && remote == caller.local();
}

void calls_go_to_the_specific(struct kunit *test)
{
	Client client(test);
	Listener specific(client, AF_INET);
	Socket wildcard(client, WSK_FLAG_LISTEN_SOCKET, AF_INET);

	REQUIRE(test, specific.open() && wildcard.open());

	Address other = specific.address;

	other.ipv4()->sin_addr.S_un.S_un_b.s_b4 = 2;
	expect_done(test, wildcard.bind(Address::any(AF_INET, specific.address.port())));
	EXPECT_TRUE(test, reaches(client, specific.address, specific));
	EXPECT_TRUE(test, reaches(client, other, wildcard));
}

void dual_stack_beside_ipv4(struct kunit *test)
{
	Client client(test);
	Socket dual(client, WSK_FLAG_LISTEN_SOCKET, AF_INET6);
	Socket four(client, WSK_FLAG_LISTEN_SOCKET, AF_INET);
	Socket six(client, WSK_FLAG_LISTEN_SOCKET, AF_INET6);

	REQUIRE(test, dual.open() && four.open() && six.open());
	expect_ok(test, dual.set(IPPROTO_IPV6, IPV6_V6ONLY, 0));
	expect_done(test, dual.bind(Address::any(AF_INET6)));

	const USHORT port = dual.local().port();

	/* Its wildcard is both families'. */
	expect_failed(test, four.bind(Address::any(AF_INET, port)), inuse);
	expect_failed(test, four.bind(Address::loopback(AF_INET, port)), denied);
	expect_failed(test, six.bind(Address::any(AF_INET6, port)), inuse);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("listeners share by Windows' table", listeners),
	IPV4_AND_IPV6("connection sockets share by Windows' table", connections),
	IPV4_AND_IPV6("so do connection sockets beside listeners", connections_beside_listeners),
	IPV4_AND_IPV6("datagram sockets share by Windows' table", datagrams),
	IPV4_AND_IPV6("the second socket's owner asks the first one's security descriptor",
		      the_second_owner_counts),
	IPV4_AND_IPV6("the table holds between clients", other_clients),
	IPV4_AND_IPV6("a closed socket is in nobody's way", until_closed),
	IPV4_AND_IPV6("a refused socket is in nobody's way", refused_is_not_bound),
	{"a call goes to the specific address, others to the wildcard", calls_go_to_the_specific},
	{"a dual-stack wildcard is in the way of both families", dual_stack_beside_ipv4},
};

} // namespace

BRIDGE_SUITE(wsk_sharing, cases, .network = true);
