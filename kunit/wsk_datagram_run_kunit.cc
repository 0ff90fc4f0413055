// SPDX-License-Identifier: MIT OR GPL-2.0
/* Messages of one size, which go to the stack as one packet, and datagrams sent in softirqs. */
#include "wsk_datagram_fixture.h"

namespace
{

using namespace wsk::test;

struct Two {
	Two(struct kunit *test, ADDRESS_FAMILY family)
		: client(test), sender(client, family), receiver(client, family), out(70000)
	{
		ready = sender.bind_loopback() && receiver.bind_loopback() && out.valid();
		if (!ready)
			return;
		out.fill();
		expect_ok(test, receiver.set(SOL_SOCKET, SO_RCVBUF, 1u << 20));
	}

	/* Sends messages of these sizes, each from where the one before ends. */
	template <SIZE_T count>
	void send(const ULONG (&sizes)[count])
	{
		WSK_BUF_LIST list[count];
		SIZE_T position = 0;

		for (SIZE_T i = 0; i < count; i++) {
			list[i] = {i + 1 < count ? &list[i + 1] : nullptr,
				   *out.window(static_cast<ULONG>(position), sizes[i])};
			position += sizes[i];
		}
		expect_done(client.test(), sender.send_messages(list, receiver.address), position);
	}

	/* Expects each of them, and nothing else. */
	template <SIZE_T count>
	void expect(const ULONG (&sizes)[count])
	{
		struct kunit *test = client.test();
		Buffer in(70000);
		SIZE_T position = 0;

		REQUIRE(test, in.valid());
		for (ULONG size : sizes) {
			expect_done(test, receiver.receive(in.all()), size);
			EXPECT_TRUE(test, in.holds(0, size, position));
			position += size;
		}
		receiver.expect_nothing();
	}

	Client client;
	Datagram sender, receiver;
	Buffer out;
	bool ready = false;
};

void each_arrives(struct kunit *test, ADDRESS_FAMILY family)
{
	ULONG sizes[80];
	Two two(test, family);

	REQUIRE(test, two.ready);
	/* More than one packet holds. */
	for (ULONG &size : sizes)
		size = 100;
	two.send(sizes);
	two.expect(sizes);
}

void sizes_may_change(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG sizes[] = {100, 100, 40, 100, 200, 200, 200, 0, 1, 1, 0, 0, 300, 20, 20, 7};
	Two two(test, family);

	REQUIRE(test, two.ready);
	two.send(sizes);
	two.expect(sizes);
}

void large_ones_arrive(struct kunit *test, ADDRESS_FAMILY family)
{
	/* The first two are more than a packet holds, the others as much. */
	const ULONG sizes[] = {33000, 33000, 500, 500};
	Two two(test, family);

	REQUIRE(test, two.ready);
	two.send(sizes);
	two.expect(sizes);
}

void they_are_one_packet(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG sizes[] = {100, 100, 100, 30};
	Two two(test, family);
	Buffer in(1000);
	Incoming incoming;

	REQUIRE(test, two.ready && in.valid());
	expect_ok(test, two.receiver.set(IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, 65000));
	two.send(sizes);
	expect_done(test, two.receiver.receive(in.all(), &incoming), 330);
	EXPECT_TRUE(test, in.holds(0, 330, 0));
	const auto *size = incoming.find<ULONG>(IPPROTO_UDP, UDP_COALESCED_INFO);
	REQUIRE(test, size);
	EXPECT_EQ(test, *size, 100u);
}

/* A stack that does not segment gets them one by one. */
void without_the_stacks_help(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG sizes[] = {100, 100, 100, 30, 100};
	Two two(test, family);

	REQUIRE(test, two.ready);
	expect_ok(test, two.sender.set(IPPROTO_UDP, UDP_NOCHECKSUM, 1));
	/* IPv6 insists on checksums where the receiver has not been told otherwise. */
	if (family == AF_INET6)
		expect_ok(test, two.receiver.set(IPPROTO_UDP, UDP_NOCHECKSUM, 1));
	two.send(sizes);
	two.expect(sizes);
}

void a_full_buffer_makes_them_wait(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr SIZE_T count = 64;
	constexpr ULONG size = 4000;
	Two two(test, family);
	WSK_BUF_LIST list[count];
	Request send;

	REQUIRE(test, two.ready);
	for (SIZE_T i = 0; i < count; i++)
		list[i] = {i + 1 < count ? &list[i + 1] : nullptr, *two.out.window(0, size)};
	expect_ok(test, two.sender.set(SOL_SOCKET, SO_SNDBUF, 8192));
	expect_ok(test, two.receiver.set(SOL_SOCKET, SO_RCVBUF, 8 * count * size));
	at_dispatch([&] { two.sender.start_send_messages(send, list, two.receiver.address); });
	expect_done(test, send.wait(), count * size);
	for (SIZE_T i = 0; i < count; i++)
		two.receiver.expect_stream(0, size);
}

/* Answers from inside the event, which is the softirq that brought the datagram. */
struct Answering : DatagramNotes {
	static constexpr ULONG sizes[] = {100, 8000, 20000};

	explicit Answering(struct kunit *test) : DatagramNotes(test), out(20000) {}

	static void answer(DatagramNotes &notes)
	{
		auto *self = static_cast<Answering *>(&notes);
		const LONG which = self->answered++;

		if (which < 3)
			self->acts_on->start_send(self->sends[which],
						  self->out.window(0, sizes[which]), self->to);
	}

	Buffer out;
	Address to;
	Request sends[3];
	LONG answered = 0;
};

void answers_from_the_event(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Answering answering(test);
	Datagram asking(client, family);
	Datagram server(client, family, static_cast<DatagramNotes *>(&answering),
			&DatagramNotes::dispatch);

	REQUIRE(test, answering.out.valid() && asking.bind_loopback() && server.bind_loopback());
	answering.out.fill();
	answering.to = asking.address;
	answering.acts_on = &server;
	answering.act = Answering::answer;
	EXPECT_STATUS(test, server.set_events(WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
	for (LONG i = 0; i < 3; i++) {
		asking.send_stream(server.address, 1, 10);
		REQUIRE(test, answering.reach(i + 1));
		expect_done(test, answering.sends[i].wait(), Answering::sizes[i]);
		asking.expect_stream(0, Answering::sizes[i]);
	}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("messages of one size arrive one by one", each_arrives),
	IPV4_AND_IPV6("messages of many sizes arrive in order", sizes_may_change),
	IPV4_AND_IPV6("messages that no packet holds together arrive", large_ones_arrive),
	IPV4_AND_IPV6("who coalesces gets messages of one size as one", they_are_one_packet),
	IPV4_AND_IPV6("messages do not need the stack's help", without_the_stacks_help),
	IPV4_AND_IPV6("a full buffer makes messages wait", a_full_buffer_makes_them_wait),
	IPV4_AND_IPV6("datagrams are answered from inside the event", answers_from_the_event),
};

} // namespace

BRIDGE_SUITE(wsk_datagram_run, cases, .network = true);
