// SPDX-License-Identifier: MIT OR GPL-2.0
/* Datagram sockets of IPv6 that do IPv4 as well, once IPV6_V6ONLY is off. */
#include "wsk_datagram_fixture.h"

namespace
{

using namespace wsk::test;

/* One for both, and a peer of each family. */
struct Three {
	explicit Three(struct kunit *test)
		: client(test), both(client, AF_INET6), four(client, AF_INET), six(client, AF_INET6)
	{
		if (!both.open() || !four.bind_loopback() || !six.bind_loopback())
			return;
		expect_ok(test, both.set(IPPROTO_IPV6, IPV6_V6ONLY, 0));
		expect_done(test, both.bind(Address::any(AF_INET6)));
		USHORT port = both.local().port();
		for_four = Address::loopback(AF_INET, port);
		for_six = Address::loopback(AF_INET6, port);
		ready = true;
	}

	Client client;
	Datagram both, four, six;
	Address for_four, for_six;
	bool ready = false;
};

void both_families_arrive(struct kunit *test)
{
	Three three(test);
	Buffer in(10);
	Incoming incoming;

	REQUIRE(test, three.ready && in.valid());
	three.four.send_stream(three.for_four, 1, 10);
	expect_done(test, three.both.receive(in.all(), &incoming), 10);
	EXPECT_TRUE(test, incoming.from == Address::mapped_loopback(three.four.address.port()));
	three.six.send_stream(three.for_six, 1, 10);
	expect_done(test, three.both.receive(in.all(), &incoming), 10);
	EXPECT_TRUE(test, incoming.from == three.six.address);
}

void both_families_are_sent_to(struct kunit *test)
{
	Three three(test);
	Address mapped;

	REQUIRE(test, three.ready);
	mapped = Address::mapped_loopback(three.four.address.port());
	three.both.send_stream(mapped, 1, 10);
	three.four.expect_stream(1, 10);
	three.both.send_stream(three.six.address, 2, 10);
	three.six.expect_stream(2, 10);
}

/* IPv4 traffic has IPPROTO_IP's control messages, and its options. */
void each_family_has_its_forms(struct kunit *test)
{
	Three three(test);
	Buffer in(10);
	Incoming incoming;

	REQUIRE(test, three.ready && in.valid());
	expect_ok(test, three.both.set(IPPROTO_IPV6, IPV6_PKTINFO, 1));
	three.four.send_stream(three.for_four, 1, 10);
	expect_done(test, three.both.receive(in.all(), &incoming), 10);
	EXPECT_EQ(test, incoming.length, 0u);
	expect_ok(test, three.both.set(IPPROTO_IP, IP_PKTINFO, 1));
	expect_ok(test, three.both.set(IPPROTO_IP, IP_RECVTTL, 1));
	three.four.send_stream(three.for_four, 1, 10);
	incoming.length = sizeof(incoming.control);
	expect_done(test, three.both.receive(in.all(), &incoming), 10);
	const auto *info = incoming.find<IN_PKTINFO>(IPPROTO_IP, IP_PKTINFO);
	REQUIRE(test, info);
	EXPECT_EQ(test, info->ipi_addr.S_un.S_addr, 0x0100007fu);
	EXPECT_EQ(test, info->ipi_ifindex, 1u);
	EXPECT_NOT_NULL(test, incoming.find<INT>(IPPROTO_IP, IP_TTL));
	EXPECT_NULL(test, incoming.find<IN6_PKTINFO>(IPPROTO_IPV6, IPV6_PKTINFO));
	three.six.send_stream(three.for_six, 1, 10);
	incoming.length = sizeof(incoming.control);
	expect_done(test, three.both.receive(in.all(), &incoming), 10);
	EXPECT_NOT_NULL(test, incoming.find<IN6_PKTINFO>(IPPROTO_IPV6, IPV6_PKTINFO));
	EXPECT_EQ(test, incoming.length, WSA_CMSG_SPACE(sizeof(IN6_PKTINFO)));
}

void sends_take_either_form(struct kunit *test)
{
	Three three(test);
	Buffer out(10), in(10);
	Address mapped;
	IN6_PKTINFO from_mapped = {};
	IN_PKTINFO from = {};

	REQUIRE(test, three.ready && out.valid() && in.valid());
	mapped = Address::mapped_loopback(three.four.address.port());
	expect_ok(test, three.four.set(IPPROTO_IP, IP_RECVTTL, 1));
	from.ipi_addr.S_un.S_addr = 0x0500007f; /* 127.0.0.5 */
	from_mapped.ipi6_addr = Address::mapped_loopback(0).ipv6()->sin6_addr;
	from_mapped.ipi6_addr.u.Byte[15] = 5;
	Messages ipv4, ipv6;
	ipv4.add(IPPROTO_IP, IP_PKTINFO, from).add(IPPROTO_IP, IP_TTL, INT{6});
	ipv6.add(IPPROTO_IPV6, IPV6_PKTINFO, from_mapped).add(IPPROTO_IPV6, IPV6_HOPLIMIT, INT{6});
	Messages *forms[] = {&ipv4, &ipv6};
	for (Messages *form : forms) {
		Incoming incoming;

		expect_done(test, three.both.send(out.all(), mapped, form), 10);
		expect_done(test, three.four.receive(in.all(), &incoming), 10);
		EXPECT_EQ(test, incoming.from.ipv4()->sin_addr.S_un.S_addr, 0x0500007fu);
		const auto *ttl = incoming.find<INT>(IPPROTO_IP, IP_TTL);
		REQUIRE(test, ttl);
		EXPECT_EQ(test, *ttl, 6);
	}
	/* A source of the other family cannot be. */
	expect_failed(test, three.both.send(out.all(), three.six.address, &ipv4),
		      STATUS_INVALID_PARAMETER);
}

void a_mapped_peer_filters(struct kunit *test)
{
	Three three(test);
	Address mapped;

	REQUIRE(test, three.ready);
	mapped = Address::mapped_loopback(three.four.address.port());
	expect_ok(test, three.both.set_address(SIO_WSK_SET_REMOTE_ADDRESS, mapped));
	three.six.send_stream(three.for_six, 1, 10);
	three.four.send_stream(three.for_four, 2, 20);
	three.both.expect_stream(2, 20);
	three.both.expect_nothing();
}

void only_ipv6_by_default(struct kunit *test)
{
	Client client(test);
	Datagram socket(client, AF_INET6), four(client, AF_INET);
	Buffer out(10);

	REQUIRE(test, socket.open() && four.bind_loopback() && out.valid());
	EXPECT_EQ(test, socket.get(IPPROTO_IPV6, IPV6_V6ONLY), 1u);
	expect_done(test, socket.bind(Address::any(AF_INET6)));
	Address for_four = Address::loopback(AF_INET, socket.local().port());
	four.send_stream(for_four, 1, 10);
	socket.expect_nothing();
	expect_failed(test, socket.send(out.all(), Address::mapped_loopback(four.address.port())),
		      STATUS_NETWORK_UNREACHABLE);
}

void returned_ipv4(struct kunit *test)
{
	Three three(test);
	Buffer in(100);
	Incoming incoming;
	Address nobody;

	REQUIRE(test, three.ready && in.valid());
	{
		Datagram gone(three.client, AF_INET);

		REQUIRE(test, gone.bind_loopback());
		nobody = Address::mapped_loopback(gone.address.port());
	}
	expect_ok(test, three.both.set(IPPROTO_IP, IP_RECVERR, 1));
	three.both.send_stream(nobody, 0, 10);
	expect_done(test, three.both.receive(in.all(), &incoming), 10);
	EXPECT_EQ(test, incoming.flags, (ULONG)MSG_ERRQUEUE);
	EXPECT_TRUE(test, incoming.from == nobody);
	const auto *error = incoming.find<IN_RECVERR>(IPPROTO_IP, IP_RECVERR);
	REQUIRE(test, error);
	EXPECT_EQ(test, error->protocol, IPPROTO_ICMP);
	EXPECT_EQ(test, error->type, 3);
}

constexpr bridge_case cases[] = {
	{"datagrams of both families arrive, IPv4's mapped", both_families_arrive},
	{"datagrams go to both families", both_families_are_sent_to},
	{"IPv4 traffic has IPPROTO_IP's options and forms", each_family_has_its_forms},
	{"a send to IPv4 takes either family's control information", sends_take_either_form},
	{"a fixed remote address may be a mapped one", a_mapped_peer_filters},
	{"a datagram socket does IPv6 alone by default", only_ipv6_by_default},
	{"IPv4's ICMP messages are told on a dual-stack socket", returned_ipv4},
};

} // namespace

BRIDGE_SUITE(wsk_datagram_dual_stack, cases, .network = true);
