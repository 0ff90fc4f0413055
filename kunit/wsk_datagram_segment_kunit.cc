// SPDX-License-Identifier: MIT OR GPL-2.0
/* Several datagrams as one: UDP_SEND_MSG_SIZE and UDP_RECV_MAX_COALESCED_SIZE. */
#include "wsk_datagram_fixture.h"
#include "wsk_packet_gate.h"

namespace
{

using namespace wsk::test;

struct Two {
	Two(struct kunit *test, ADDRESS_FAMILY family, DatagramNotes *notes = nullptr)
		: client(test), sender(client, family),
		  receiver(client, family, notes, notes ? &DatagramNotes::dispatch : nullptr),
		  out(70000)
	{
		ready = sender.bind_loopback() && receiver.bind_loopback() && out.valid();
		if (!ready)
			return;
		out.fill();
		expect_ok(test, receiver.set(SOL_SOCKET, SO_RCVBUF, 1u << 20));
	}

	void segment(ULONG size)
	{
		expect_ok(client.test(), sender.set(IPPROTO_UDP, UDP_SEND_MSG_SIZE, size));
	}
	void coalesce(ULONG most)
	{
		expect_ok(client.test(),
			  receiver.set(IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, most));
	}
	void send(ULONG length, Messages *messages = nullptr)
	{
		expect_done(client.test(),
			    sender.send(out.window(0, length), receiver.address, messages), length);
	}

	/* Expects so many bytes, of segments of that size; 0: of one datagram. */
	void expect(SIZE_T position, ULONG length, ULONG segment_size)
	{
		struct kunit *test = client.test();
		Buffer in(70000);
		Incoming incoming;

		if (!in.valid())
			return;
		expect_done(test, receiver.receive(in.all(), &incoming), length);
		EXPECT_TRUE(test, in.holds(0, length, position));
		const auto *size = incoming.find<ULONG>(IPPROTO_UDP, UDP_COALESCED_INFO);
		EXPECT_EQ(test, size ? *size : 0u, segment_size);
		EXPECT_EQ(test, incoming.flags, 0u);
	}

	Client client;
	Datagram sender, receiver;
	Buffer out;
	bool ready = false;
};

void sends_are_segmented(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);

	REQUIRE(test, two.ready);
	EXPECT_EQ(test, two.sender.get(IPPROTO_UDP, UDP_SEND_MSG_SIZE), 0u);
	two.segment(100);
	EXPECT_EQ(test, two.sender.get(IPPROTO_UDP, UDP_SEND_MSG_SIZE), 100u);
	two.send(350);
	for (ULONG i = 0; i < 3; i++)
		two.expect(i * 100, 100, 0);
	two.expect(300, 50, 0);
	/* Exactly one, or less. */
	two.send(100);
	two.expect(0, 100, 0);
	two.send(30);
	two.expect(0, 30, 0);
	two.send(0);
	two.expect(0, 0, 0);
	two.segment(0);
	two.send(350);
	two.expect(0, 350, 0);
	two.receiver.expect_nothing();
}

void a_message_overrides_the_option(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Messages other, none;

	REQUIRE(test, two.ready);
	two.segment(100);
	other.add(IPPROTO_UDP, UDP_SEND_MSG_SIZE, ULONG{200});
	two.send(350, &other);
	two.expect(0, 200, 0);
	two.expect(200, 150, 0);
	none.add(IPPROTO_UDP, UDP_SEND_MSG_SIZE, ULONG{0});
	two.send(350, &none);
	two.expect(0, 350, 0);
}

/* More than the stack takes at a time, in number and in bytes. */
void many_segments(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);

	REQUIRE(test, two.ready);
	two.segment(5);
	two.send(1001);
	for (ULONG i = 0; i < 200; i++)
		two.expect(i * 5, 5, 0);
	two.expect(1000, 1, 0);
	two.segment(40000);
	two.send(70000);
	two.expect(0, 40000, 0);
	two.expect(40000, 30000, 0);
	two.segment(1000);
	two.send(70000);
	for (ULONG i = 0; i < 70; i++)
		two.expect(i * 1000, 1000, 0);
}

void messages_are_segmented(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	WSK_BUF_LIST second = {}, first = {&second, {}};

	REQUIRE(test, two.ready);
	two.segment(100);
	first.Buffer = *two.out.window(0, 150);
	second.Buffer = *two.out.window(150, 100);
	expect_done(test, two.sender.send_messages(&first, two.receiver.address), 250);
	two.expect(0, 100, 0);
	two.expect(100, 50, 0);
	two.expect(150, 100, 0);
}

void sizes_that_are_none(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);

	REQUIRE(test, two.ready);
	expect_refused(test, two.sender.set(IPPROTO_UDP, UDP_SEND_MSG_SIZE, 65536),
		       STATUS_INVALID_PARAMETER);
	EXPECT_EQ(test, two.sender.get(IPPROTO_UDP, UDP_SEND_MSG_SIZE), 0u);
}

void receives_are_coalesced(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);

	REQUIRE(test, two.ready);
	EXPECT_EQ(test, two.receiver.get(IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE), 0u);
	two.coalesce(65535);
	EXPECT_EQ(test, two.receiver.get(IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE), 65535u);
	two.segment(100);
	two.send(350);
	two.expect(0, 350, 100);
	/* One alone is one. */
	two.send(80);
	two.expect(0, 80, 0);
}

void no_more_than_wanted(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);

	REQUIRE(test, two.ready);
	two.segment(100);
	two.coalesce(250);
	two.send(550);
	two.expect(0, 200, 100);
	two.expect(200, 200, 100);
	two.expect(400, 150, 100);
	/* Less than two segments: each comes alone. */
	two.coalesce(199);
	two.send(250);
	two.expect(0, 100, 0);
	two.expect(100, 100, 0);
	two.expect(200, 50, 0);
}

/* What was coalesced already reaches nobody who does not want it any more. */
void switched_off(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);

	REQUIRE(test, two.ready);
	two.segment(100);
	two.coalesce(65535);
	two.send(250);
	two.coalesce(0);
	two.expect(0, 100, 0);
	two.expect(100, 100, 0);
	two.expect(200, 50, 0);
	two.send(150);
	two.expect(0, 100, 0);
	two.expect(100, 50, 0);
}

void closing_amid_segments(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);

	REQUIRE(test, two.ready);
	two.segment(100);
	two.coalesce(100);
	two.send(1000);
	two.expect(0, 100, 0);
	two.receiver.close();
}

void the_event_gets_them_coalesced(struct kunit *test, ADDRESS_FAMILY family)
{
	DatagramNotes notes(test);
	Two two(test, family, &notes);

	REQUIRE(test, two.ready);
	two.segment(100);
	two.coalesce(200);
	notes.answer = STATUS_PENDING;
	EXPECT_STATUS(test, two.receiver.set_events(WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
	two.send(250);
	REQUIRE(test, notes.reach(2));
	const DatagramNotes::Seen &first = notes.seen(0), &second = notes.seen(1);
	EXPECT_EQ(test, first.length, 200ul);
	EXPECT_EQ(test, second.length, 50ul);
	EXPECT_TRUE(test, first.whole && second.whole);
	const auto *size = static_cast<const ULONG *>(
		find_message(reinterpret_cast<PCMSGHDR>(const_cast<UCHAR *>(first.control)),
			     first.control_length, IPPROTO_UDP, UDP_COALESCED_INFO, sizeof(ULONG)));
	REQUIRE(test, size);
	EXPECT_EQ(test, *size, 100u);
	EXPECT_EQ(test, second.control_length, 0u);
	/* They share memory that each of them keeps. */
	PWSK_DATAGRAM_INDICATION list = notes.take_kept(), last = list;
	while (last->Next)
		last = last->Next;
	PWSK_DATAGRAM_INDICATION alone = list;
	if (list->Next == last) {
		list->Next = nullptr;
		EXPECT_STATUS(test,
			      two.receiver.datagram()->WskRelease(two.receiver.handle(), last),
			      STATUS_SUCCESS);
		auto *data = static_cast<UCHAR *>(
			MmGetSystemAddressForMdlSafe(alone->Buffer.Mdl, NormalPagePriority));
		EXPECT_EQ(test, data[alone->Buffer.Offset], stream_byte(0));
	}
	EXPECT_STATUS(test, two.receiver.datagram()->WskRelease(two.receiver.handle(), alone),
		      STATUS_SUCCESS);
}

/* A stack that does not segment: WSK does. */
void segmented_without_help(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);

	REQUIRE(test, two.ready);
	EXPECT_EQ(test, two.sender.get(IPPROTO_UDP, UDP_NOCHECKSUM), 0u);
	expect_ok(test, two.sender.set(IPPROTO_UDP, UDP_NOCHECKSUM, 1));
	EXPECT_EQ(test, two.sender.get(IPPROTO_UDP, UDP_NOCHECKSUM), 1u);
	two.segment(100);
	/* IPv6 insists on checksums where the receiver has not been told otherwise. */
	if (family == AF_INET6)
		expect_ok(test, two.receiver.set(IPPROTO_UDP, UDP_NOCHECKSUM, 1));
	two.send(250);
	two.expect(0, 100, 0);
	two.expect(100, 100, 0);
	two.expect(200, 50, 0);
}

/* A long datagram of a virtual machine's, which is told how to split it; but it is one. */
void one_that_nobody_split(struct kunit *test, ADDRESS_FAMILY family)
{
	const bool ipv4 = family == AF_INET;
	Two two(test, family);

	REQUIRE(test, two.ready);
	PacketGate gate(two.receiver.address, IPPROTO_UDP, PACKET_IS_NOT_SPLIT);

	REQUIRE(test, gate.open());
	expect_ok(test, two.receiver.set(ipv4 ? IPPROTO_IP : IPPROTO_IPV6,
					 ipv4 ? IP_RECVERR : IPV6_RECVERR, TRUE));
	two.send(4000);
	two.expect(0, 4000, 0);
	two.coalesce(65535);
	two.send(4000);
	two.expect(0, 4000, 0);
	EXPECT_EQ(test, gate.count(), 2u);
}

void readable_is_what_a_receive_gets(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);

	REQUIRE(test, two.ready);
	EXPECT_EQ(test, two.receiver.readable(), 0u);
	two.segment(100);
	two.coalesce(250);
	two.send(550);
	EXPECT_EQ(test, two.receiver.readable(), 200u);
	two.expect(0, 200, 100);
	EXPECT_EQ(test, two.receiver.readable(), 200u);
	two.expect(200, 200, 100);
	EXPECT_EQ(test, two.receiver.readable(), 150u);
	two.coalesce(0);
	EXPECT_EQ(test, two.receiver.readable(), 100u);
	two.expect(400, 100, 0);
	EXPECT_EQ(test, two.receiver.readable(), 50u);
	two.expect(500, 50, 0);
	EXPECT_EQ(test, two.receiver.readable(), 0u);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a send is segmented into datagrams of a size", sends_are_segmented),
	IPV4_AND_IPV6("a control message overrides the option", a_message_overrides_the_option),
	IPV4_AND_IPV6("there may be more segments than the stack takes", many_segments),
	IPV4_AND_IPV6("messages are segmented one by one", messages_are_segmented),
	IPV4_AND_IPV6("a segment is no longer than a datagram", sizes_that_are_none),
	IPV4_AND_IPV6("datagrams are received coalesced by who wants it", receives_are_coalesced),
	IPV4_AND_IPV6("no more is coalesced than is wanted", no_more_than_wanted),
	IPV4_AND_IPV6("coalescing can be switched off at any time", switched_off),
	IPV4_AND_IPV6("closing frees what was not handed out", closing_amid_segments),
	IPV4_AND_IPV6("coalesced datagrams are indicated and retained",
		      the_event_gets_them_coalesced),
	IPV4_AND_IPV6("segmenting does not need the stack", segmented_without_help),
	IPV4_AND_IPV6("a long datagram that nobody split is one", one_that_nobody_split),
	IPV4_AND_IPV6("as many bytes are readable as a receive would get",
		      readable_is_what_a_receive_gets),
};

} // namespace

BRIDGE_SUITE(wsk_datagram_segment, cases, .network = true);
