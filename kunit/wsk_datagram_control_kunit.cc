// SPDX-License-Identifier: MIT OR GPL-2.0
/* Control information of datagrams, received and sent, and the options that switch it on. */
#include "wsk_datagram_fixture.h"

namespace
{

using namespace wsk::test;

constexpr ULONG loopback_interface = 1; /* lo is the first of every network namespace */

struct Two {
	Two(struct kunit *test, ADDRESS_FAMILY family)
		: client(test), sender(client, family), receiver(client, family),
		  level(family == AF_INET ? static_cast<INT>(IPPROTO_IP)
					  : static_cast<INT>(IPPROTO_IPV6))
	{
		ready = sender.bind_loopback() && receiver.bind_loopback();
	}

	/* One datagram goes over. */
	void exchange(Incoming &incoming, Messages *messages = nullptr)
	{
		Buffer out(10), in(10);
		struct kunit *test = client.test();

		if (!out.valid() || !in.valid())
			return;
		incoming.length = sizeof(incoming.control);
		expect_done(test, sender.send(out.all(), receiver.address, messages), 10);
		expect_done(test, receiver.receive(in.all(), &incoming), 10);
	}

	void set(Datagram &socket, ULONG option, ULONG value)
	{
		expect_ok(client.test(), socket.set(level, option, value));
	}

	Client client;
	Datagram sender, receiver;
	INT level;
	bool ready = false;
};

/* An option, and what it makes appear. */
struct Switch {
	LONG ipv4_option, ipv4_type;
	SIZE_T ipv4_size;
	LONG ipv6_option, ipv6_type;
	SIZE_T ipv6_size;
};

constexpr Switch switches[] = {
	{IP_PKTINFO, IP_PKTINFO, 8, IPV6_PKTINFO, IPV6_PKTINFO, 20},
	{IP_PKTINFO_EX, IP_PKTINFO_EX, 12, IPV6_PKTINFO_EX, IPV6_PKTINFO_EX, 24},
	{IP_RECVTTL, IP_TTL, 4, IPV6_HOPLIMIT, IPV6_HOPLIMIT, 4},
	{IP_RECVTOS, IP_TOS, 4, IPV6_RECVTCLASS, IPV6_TCLASS, 4},
	{IP_ECN, IP_ECN, 4, IPV6_ECN, IPV6_ECN, 4},
	{IP_RECVIF, IP_RECVIF, 4, IPV6_RECVIF, IPV6_RECVIF, 4},
	{IP_RECVDSTADDR, IP_RECVDSTADDR, 4, IPV6_RECVDSTADDR, IPV6_RECVDSTADDR, 16},
};

void options_switch_information_on(struct kunit *test, ADDRESS_FAMILY family)
{
	const bool ipv4 = family == AF_INET;
	Two two(test, family);

	REQUIRE(test, two.ready);
	for (const Switch &one : switches) {
		const LONG option = ipv4 ? one.ipv4_option : one.ipv6_option;
		const LONG type = ipv4 ? one.ipv4_type : one.ipv6_type;
		const SIZE_T size = ipv4 ? one.ipv4_size : one.ipv6_size;
		Incoming incoming;

		EXPECT_EQ(test, two.receiver.get(two.level, option), 0u);
		two.set(two.receiver, option, 1);
		EXPECT_EQ(test, two.receiver.get(two.level, option), 1u);
		two.exchange(incoming);
		EXPECT_EQ(test, incoming.flags, 0u);
		EXPECT_EQ(test, incoming.length, WSA_CMSG_SPACE(size));
		EXPECT_NOT_NULL(test, find_message(reinterpret_cast<PCMSGHDR>(incoming.control),
						   incoming.length, two.level, type, size));
		two.set(two.receiver, option, 0);
		EXPECT_EQ(test, two.receiver.get(two.level, option), 0u);
		two.exchange(incoming);
		EXPECT_EQ(test, incoming.length, 0u);
	}
}

void values_of_ipv4(struct kunit *test)
{
	Two two(test, AF_INET);
	Incoming incoming;

	REQUIRE(test, two.ready);
	for (const Switch &one : switches)
		two.set(two.receiver, one.ipv4_option, 1);
	Messages messages;
	messages.add(IPPROTO_IP, IP_TTL, INT{7}).add(IPPROTO_IP, IP_TOS, INT{0x2e});
	two.exchange(incoming, &messages);
	const auto *info = incoming.find<IN_PKTINFO>(IPPROTO_IP, IP_PKTINFO);
	const auto *info_ex = incoming.find<IN_PKTINFO_EX>(IPPROTO_IP, IP_PKTINFO_EX);
	const auto *ttl = incoming.find<INT>(IPPROTO_IP, IP_TTL);
	const auto *tos = incoming.find<INT>(IPPROTO_IP, IP_TOS);
	const auto *ecn = incoming.find<INT>(IPPROTO_IP, IP_ECN);
	const auto *interface = incoming.find<ULONG>(IPPROTO_IP, IP_RECVIF);
	const auto *destination = incoming.find<IN_ADDR>(IPPROTO_IP, IP_RECVDSTADDR);
	REQUIRE(test, info && info_ex && ttl && tos && ecn && interface && destination);
	EXPECT_EQ(test, info->ipi_addr.S_un.S_addr, 0x0100007fu);
	EXPECT_EQ(test, info->ipi_ifindex, loopback_interface);
	EXPECT_EQ(test, info_ex->pkt_info.ipi_addr.S_un.S_addr, 0x0100007fu);
	EXPECT_EQ(test, info_ex->pkt_info.ipi_ifindex, loopback_interface);
	EXPECT_EQ(test, info_ex->scope_id.Value, 0u);
	EXPECT_EQ(test, *ttl, 7);
	EXPECT_EQ(test, *tos, 0x2e);
	EXPECT_EQ(test, *ecn, 2);
	EXPECT_EQ(test, *interface, loopback_interface);
	EXPECT_EQ(test, destination->S_un.S_addr, 0x0100007fu);
}

void values_of_ipv6(struct kunit *test)
{
	Two two(test, AF_INET6);
	Incoming incoming;
	Address loopback = Address::loopback(AF_INET6);

	REQUIRE(test, two.ready);
	for (const Switch &one : switches)
		two.set(two.receiver, one.ipv6_option, 1);
	Messages messages;
	messages.add(IPPROTO_IPV6, IPV6_HOPLIMIT, INT{9}).add(IPPROTO_IPV6, IPV6_TCLASS, INT{0x2d});
	two.exchange(incoming, &messages);
	const auto *info = incoming.find<IN6_PKTINFO>(IPPROTO_IPV6, IPV6_PKTINFO);
	const auto *info_ex = incoming.find<IN6_PKTINFO_EX>(IPPROTO_IPV6, IPV6_PKTINFO_EX);
	const auto *hops = incoming.find<INT>(IPPROTO_IPV6, IPV6_HOPLIMIT);
	const auto *traffic_class = incoming.find<INT>(IPPROTO_IPV6, IPV6_TCLASS);
	const auto *ecn = incoming.find<INT>(IPPROTO_IPV6, IPV6_ECN);
	const auto *interface = incoming.find<ULONG>(IPPROTO_IPV6, IPV6_RECVIF);
	const auto *destination = incoming.find<IN6_ADDR>(IPPROTO_IPV6, IPV6_RECVDSTADDR);
	REQUIRE(test, info && info_ex && hops && traffic_class && ecn && interface && destination);
	EXPECT_MEM_EQ(test, &info->ipi6_addr, &loopback.ipv6()->sin6_addr, sizeof(IN6_ADDR));
	EXPECT_EQ(test, info->ipi6_ifindex, loopback_interface);
	EXPECT_MEM_EQ(test, &info_ex->pkt_info, info, sizeof(*info));
	EXPECT_EQ(test, info_ex->scope_id.Value, 0u);
	EXPECT_EQ(test, *hops, 9);
	EXPECT_EQ(test, *traffic_class, 0x2d);
	EXPECT_EQ(test, *ecn, 1);
	EXPECT_EQ(test, *interface, loopback_interface);
	EXPECT_MEM_EQ(test, destination, &loopback.ipv6()->sin6_addr, sizeof(IN6_ADDR));
}

/* The low two bits of the traffic class may be set alone; the others are the socket's. */
void ecn_alone(struct kunit *test, ADDRESS_FAMILY family)
{
	const bool ipv4 = family == AF_INET;
	Two two(test, family);
	Incoming incoming;
	Messages messages, both;

	REQUIRE(test, two.ready);
	two.set(two.receiver, ipv4 ? IP_RECVTOS : IPV6_RECVTCLASS, 1);
	messages.add(two.level, ipv4 ? IP_ECN : IPV6_ECN, INT{1});
	two.exchange(incoming, &messages);
	const auto *seen = incoming.find<INT>(two.level, ipv4 ? IP_TOS : IPV6_TCLASS);
	REQUIRE(test, seen);
	EXPECT_EQ(test, *seen, 1);
	both.add(two.level, ipv4 ? IP_ECN : IPV6_ECN, INT{2})
		.add(two.level, ipv4 ? IP_TOS : IPV6_TCLASS, INT{0x40});
	two.exchange(incoming, &both);
	seen = incoming.find<INT>(two.level, ipv4 ? IP_TOS : IPV6_TCLASS);
	REQUIRE(test, seen);
	EXPECT_EQ(test, *seen, 0x42);
}

/* A source address of the sender's choice: a reply from the address that was asked. */
void a_source_is_chosen(struct kunit *test)
{
	Client client(test);
	Datagram sender(client, AF_INET), receiver(client, AF_INET);
	Buffer out(10), in(10);
	Incoming incoming;
	Messages messages;
	IN_PKTINFO info = {};

	REQUIRE(test, sender.open() && receiver.bind_loopback() && out.valid() && in.valid());
	expect_done(test, sender.bind(Address::any(AF_INET)));
	info.ipi_addr.S_un.S_addr = 0x0500007f; /* 127.0.0.5 */
	messages.add(IPPROTO_IP, IP_PKTINFO, info);
	expect_done(test, sender.send(out.all(), receiver.address, &messages), 10);
	expect_done(test, receiver.receive(in.all(), &incoming), 10);
	EXPECT_EQ(test, incoming.from.ipv4()->sin_addr.S_un.S_addr, 0x0500007fu);
	/* An interface alone. */
	Messages by_interface;
	info.ipi_addr.S_un.S_addr = 0;
	info.ipi_ifindex = loopback_interface;
	by_interface.add(IPPROTO_IP, IP_PKTINFO, info);
	expect_done(test, sender.send(out.all(), receiver.address, &by_interface), 10);
	expect_done(test, receiver.receive(in.all(), &incoming), 10);
	EXPECT_TRUE(test, incoming.from.same_host(Address::loopback(AF_INET)));
	/* One that this host does not have. */
	Messages foreign;
	info.ipi_addr = Address::foreign(AF_INET).ipv4()->sin_addr;
	info.ipi_ifindex = 0;
	foreign.add(IPPROTO_IP, IP_PKTINFO, info);
	const Outcome outcome = sender.send(out.all(), receiver.address, &foreign);
	EXPECT_FALSE(test, NT_SUCCESS(outcome.status));
	EXPECT_TRUE(test, outcome.pending);
}

void a_source_is_chosen_in_ipv6(struct kunit *test)
{
	Client client(test);
	Datagram sender(client, AF_INET6), receiver(client, AF_INET6);
	Buffer out(10), in(10);
	Incoming incoming;
	Messages messages, foreign;
	IN6_PKTINFO info = {};

	REQUIRE(test, sender.open() && receiver.bind_loopback() && out.valid() && in.valid());
	expect_done(test, sender.bind(Address::any(AF_INET6)));
	info.ipi6_addr = Address::loopback(AF_INET6).ipv6()->sin6_addr;
	info.ipi6_ifindex = loopback_interface;
	messages.add(IPPROTO_IPV6, IPV6_PKTINFO, info);
	expect_done(test, sender.send(out.all(), receiver.address, &messages), 10);
	expect_done(test, receiver.receive(in.all(), &incoming), 10);
	EXPECT_TRUE(test, incoming.from.same_host(Address::loopback(AF_INET6)));
	info.ipi6_addr = Address::foreign(AF_INET6).ipv6()->sin6_addr;
	foreign.add(IPPROTO_IPV6, IPV6_PKTINFO, info);
	const Outcome outcome = sender.send(out.all(), receiver.address, &foreign);
	EXPECT_FALSE(test, NT_SUCCESS(outcome.status));
	EXPECT_TRUE(test, outcome.pending);
}

void empty_options_are_ignored(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Incoming incoming;
	Messages messages;

	REQUIRE(test, two.ready);
	messages.put(two.level, family == AF_INET ? IP_OPTIONS : IPV6_RTHDR, "", 0);
	two.exchange(incoming, &messages);
}

void little_room(struct kunit *test, ADDRESS_FAMILY family)
{
	const bool ipv4 = family == AF_INET;
	Two two(test, family);
	Buffer out(10), in(10);
	const ULONG info = ipv4 ? 24 : 40; /* with padding: 16 + 8, 16 + 20 + 4 */

	REQUIRE(test, two.ready && out.valid() && in.valid());
	two.set(two.receiver, ipv4 ? IP_PKTINFO : IPV6_PKTINFO, 1);
	two.set(two.receiver, ipv4 ? IP_RECVTTL : IPV6_HOPLIMIT, 1);
	struct {
		ULONG room, used, flags;
	} const cases[] = {
		{0, 0, MSG_CTRUNC},
		{15, 0, MSG_CTRUNC},
		{info - (ipv4 ? 1 : 5), 0, MSG_CTRUNC},
		{info, info, MSG_CTRUNC},
		{info + 19, info, MSG_CTRUNC},
		{info + 20, info + 20, 0}, /* the last one needs no padding */
		{info + 24, info + 24, 0},
		{info + 30, info + 24, 0},
	};
	for (const auto &one : cases) {
		Incoming incoming;

		incoming.length = one.room;
		incoming.control[one.room] = 0xee;
		expect_done(test, two.sender.send(out.all(), two.receiver.address), 10);
		expect_done(test, two.receiver.receive(in.all(), &incoming), 10);
		EXPECT_EQ(test, incoming.length, one.used);
		EXPECT_EQ(test, incoming.flags, one.flags);
		EXPECT_EQ(test, incoming.control[one.room], 0xee);
	}
}

void flags_without_information(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Buffer out(10), in(5);
	ULONG flags = ~0u;
	Request request;

	REQUIRE(test, two.ready && out.valid() && in.valid());
	two.set(two.receiver, family == AF_INET ? IP_PKTINFO : IPV6_PKTINFO, 1);
	expect_done(test, two.sender.send(out.all(), two.receiver.address), 10);
	/* Nobody asked for what is missing. */
	request.issue(test, [&](PIRP irp) {
		return two.receiver.datagram()->WskReceiveFrom(
			two.receiver.handle(), in.all(), 0, nullptr, nullptr, nullptr, &flags, irp);
	});
	expect_done(test, request.wait(), 5);
	EXPECT_EQ(test, flags, (ULONG)MSG_TRUNC);
}

void the_event_tells_as_well(struct kunit *test, ADDRESS_FAMILY family)
{
	const bool ipv4 = family == AF_INET;
	Client client(test);
	DatagramNotes notes(test);
	Datagram sender(client, family), receiver(client, family, &notes, &DatagramNotes::dispatch);
	const INT level = ipv4 ? static_cast<INT>(IPPROTO_IP) : static_cast<INT>(IPPROTO_IPV6);

	REQUIRE(test, sender.bind_loopback() && receiver.bind_loopback());
	expect_ok(test, receiver.set(level, ipv4 ? IP_PKTINFO : IPV6_PKTINFO, 1));
	expect_ok(test, receiver.set(level, ipv4 ? IP_ECN : IPV6_ECN, 1));
	EXPECT_STATUS(test, receiver.set_events(WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
	sender.send_stream(receiver.address, 0, 10);
	REQUIRE(test, notes.reach(1));
	const DatagramNotes::Seen &seen = notes.seen(0);
	auto *chain = reinterpret_cast<PCMSGHDR>(const_cast<UCHAR *>(seen.control));
	EXPECT_EQ(test, seen.control_length,
		  WSA_CMSG_SPACE(ipv4 ? sizeof(IN_PKTINFO) : sizeof(IN6_PKTINFO)) +
			  WSA_CMSG_SPACE(sizeof(INT)));
	EXPECT_NOT_NULL(test, find_message(chain, seen.control_length, level,
					   ipv4 ? IP_PKTINFO : IPV6_PKTINFO,
					   ipv4 ? sizeof(IN_PKTINFO) : sizeof(IN6_PKTINFO)));
	EXPECT_NOT_NULL(test, find_message(chain, seen.control_length, level,
					   ipv4 ? IP_ECN : IPV6_ECN, sizeof(INT)));
}

/* What a closed port answers comes back to who wants it. */
void returned_datagrams(struct kunit *test, ADDRESS_FAMILY family)
{
	const bool ipv4 = family == AF_INET;
	Two two(test, family);
	Address nobody;
	Buffer in(100);
	Incoming incoming;

	REQUIRE(test, two.ready && in.valid());
	{
		Datagram gone(two.client, family);

		REQUIRE(test, gone.bind_loopback());
		nobody = gone.address;
	}
	two.set(two.sender, ipv4 ? IP_RECVERR : IPV6_RECVERR, 1);
	two.sender.send_stream(nobody, 0, 10);
	expect_done(test, two.sender.receive(in.all(), &incoming), 10);
	EXPECT_TRUE(test, in.holds(0, 10, 0));
	EXPECT_EQ(test, incoming.flags, (ULONG)MSG_ERRQUEUE);
	EXPECT_TRUE(test, incoming.from == nobody);
	const auto *error = incoming.find<IN_RECVERR>(two.level, ipv4 ? IP_RECVERR : IPV6_RECVERR);
	REQUIRE(test, error);
	EXPECT_EQ(test, error->protocol, ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	EXPECT_EQ(test, error->type, ipv4 ? 3 : 1);
	EXPECT_EQ(test, error->code, ipv4 ? 3 : 4);
	/* Nothing else fails. */
	two.sender.send_stream(two.receiver.address, 1, 20);
	two.receiver.expect_stream(1, 20);
	two.sender.send_stream(nobody, 0, 10);
	two.set(two.sender, ipv4 ? IP_RECVERR : IPV6_RECVERR, 0);
	two.sender.expect_nothing();
}

/* A chain that a driver may have built wrong. */
struct BadChain {
	const char *what;
	INT level, type;
	SIZE_T size;   /* of the data */
	LONG64 value;  /* its first bytes */
	LONG wrong_by; /* what cmsg_len is too long by */
};

constexpr BadChain bad_chains[] = {
	{"unknown level", 255, 1, 4, 1, 0},
	{"negative level", -1, 1, 4, 1, 0},
	{"SOL_SOCKET", SOL_SOCKET, 1, 4, 1, 0},
	{"unknown type", IPPROTO_IP, 200, 4, 1, 0},
	{"type beyond a byte", IPPROTO_IP, 256 + IP_TTL, 4, 1, 0},
	{"short IP_PKTINFO", IPPROTO_IP, IP_PKTINFO, 7, 0, 0},
	{"short IPV6_PKTINFO", IPPROTO_IPV6, IPV6_PKTINFO, 19, 0, 0},
	{"short IP_TTL", IPPROTO_IP, IP_TTL, 3, 1, 0},
	{"IP_TTL 0", IPPROTO_IP, IP_TTL, 4, 0, 0},
	{"IP_TTL 256", IPPROTO_IP, IP_TTL, 4, 256, 0},
	{"IPV6_HOPLIMIT 256", IPPROTO_IPV6, IPV6_HOPLIMIT, 4, 256, 0},
	{"IPV6_HOPLIMIT -2", IPPROTO_IPV6, IPV6_HOPLIMIT, 4, -2, 0},
	{"IP_TOS 256", IPPROTO_IP, IP_TOS, 4, 256, 0},
	{"IP_TOS -1", IPPROTO_IP, IP_TOS, 4, -1, 0},
	{"IP_ECN 4", IPPROTO_IP, IP_ECN, 4, 4, 0},
	{"UDP_SEND_MSG_SIZE 65536", IPPROTO_UDP, UDP_SEND_MSG_SIZE, 4, 65536, 0},
	{"short UDP_SEND_MSG_SIZE", IPPROTO_UDP, UDP_SEND_MSG_SIZE, 2, 100, 0},
	{"IP_OPTIONS that are some", IPPROTO_IP, IP_OPTIONS, 4, 1, 0},
	{"IPV6_RTHDR that is one", IPPROTO_IPV6, IPV6_RTHDR, 8, 1, 0},
	{"cmsg_len beyond the end", IPPROTO_IP, IP_TTL, 8, 1, 8},
	{"cmsg_len shorter than a header", IPPROTO_IP, IP_TTL, 4, 1, -5},
	{"cmsg_len 0", IPPROTO_IP, IP_TTL, 4, 1, -20},
};

void wrong_chains_are_refused(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Buffer out(10);
	WSK_BUF_LIST list = {};

	REQUIRE(test, two.ready && out.valid());
	list.Buffer = *out.all();
	for (const BadChain &bad : bad_chains) {
		UCHAR data[32] = {};
		Messages messages;
		const bridge_site here = BRIDGE_SITE(false);

		RtlCopyMemory(data, &bad.value, sizeof(bad.value));
		messages.put(bad.level, bad.type, data, bad.size);
		messages.chain()->cmsg_len += bad.wrong_by;
		const Outcome outcome = two.sender.send(out.all(), two.receiver.address, &messages);
		if (outcome.status != STATUS_INVALID_PARAMETER)
			bridge_fail(test, &here, "%s", bad.what);
		expect_refused(test, outcome, STATUS_INVALID_PARAMETER);
		expect_refused(test,
			       two.sender.send_messages(&list, two.receiver.address, &messages),
			       STATUS_INVALID_PARAMETER);
	}
	two.receiver.expect_nothing();
}

/* The chain lies on the caller's stack, and is gone when the send is made. */
void the_chain_is_read_during_the_call(struct kunit *test, ADDRESS_FAMILY family)
{
	const bool ipv4 = family == AF_INET;
	Two two(test, family);
	Buffer out(10), in(10);
	Incoming incoming;
	Request send;

	REQUIRE(test, two.ready && out.valid() && in.valid());
	two.set(two.receiver, ipv4 ? IP_RECVTTL : IPV6_HOPLIMIT, 1);
	at_dispatch([&] {
		Messages messages;

		messages.add(two.level, ipv4 ? IP_TTL : IPV6_HOPLIMIT, INT{5});
		two.sender.start_send(send, out.all(), two.receiver.address, &messages);
		messages = {};
	});
	expect_done(test, send.wait(), 10);
	expect_done(test, two.receiver.receive(in.all(), &incoming), 10);
	const auto *ttl = incoming.find<INT>(two.level, ipv4 ? IP_TTL : IPV6_HOPLIMIT);
	REQUIRE(test, ttl);
	EXPECT_EQ(test, *ttl, 5);
}

void other_categories_have_no_such_options(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Caller caller(client, family);
	Datagram socket(client, AF_INET);

	REQUIRE(test, caller.open() && socket.open());
	expect_refused(test, caller.set(IPPROTO_IP, IP_PKTINFO, 1), STATUS_NOT_SUPPORTED);
	expect_refused(test, caller.set(IPPROTO_UDP, UDP_SEND_MSG_SIZE, 100), STATUS_NOT_SUPPORTED);
	expect_refused(test, socket.set(IPPROTO_IPV6, IPV6_PKTINFO, 1), STATUS_NOT_SUPPORTED);
	expect_refused(test, socket.set(IPPROTO_UDP, UDP_CHECKSUM_COVERAGE, 8),
		       STATUS_NOT_SUPPORTED);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("options switch control information on, and off",
		      options_switch_information_on),
	{"control information of IPv4 is Windows'", values_of_ipv4},
	{"control information of IPv6 is Windows'", values_of_ipv6},
	IPV4_AND_IPV6("ECN can be set beside the traffic class", ecn_alone),
	{"a send chooses its source address and interface", a_source_is_chosen},
	{"a send chooses its source address and interface, in IPv6", a_source_is_chosen_in_ipv6},
	IPV4_AND_IPV6("empty options and routing headers are ignored", empty_options_are_ignored),
	IPV4_AND_IPV6("control information that does not fit is told", little_room),
	IPV4_AND_IPV6("flags come without control information, too", flags_without_information),
	IPV4_AND_IPV6("the event tells control information as well", the_event_tells_as_well),
	IPV4_AND_IPV6("what an ICMP message is about comes back to who wants it",
		      returned_datagrams),
	IPV4_AND_IPV6("control information that is wrong is refused", wrong_chains_are_refused),
	IPV4_AND_IPV6("control information is read during the call",
		      the_chain_is_read_during_the_call),
	IPV4_AND_IPV6("other sockets do not have these options",
		      other_categories_have_no_such_options),
};

} // namespace

BRIDGE_SUITE(wsk_datagram_control, cases, .network = true);
