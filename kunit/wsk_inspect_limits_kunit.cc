// SPDX-License-Identifier: MIT OR GPL-2.0
/* Conditional accept where there is no room, no memory, or more headers than usual. */
#include "short_memory.h"
#include "wsk_inspect_fixture.h"
#include "wsk_space.h"

namespace
{

using namespace wsk::test;

constexpr USHORT stranger_port = 4321;

/* As wsk.inspect_held and wsk.inspect_held_total say. */
constexpr LONG held_at_most = 1024;
constexpr int full_listeners = 4;

raw_segment segment_to(Gated &listener, USHORT from)
{
	raw_segment segment = {};

	segment.ipv6 = listener.address.family() == AF_INET6;
	segment.flags = RAW_SYN;
	segment.from = from;
	segment.to = listener.address.port();
	segment.sequence = 1000;
	return segment;
}

/* TCP gets what is let in: it answers, and is told that there is nobody. */
void expect_let_in(struct kunit *test, Gated &listener, const raw_segment &segment, LONG count)
{
	Gate &gate = listener.gate();

	EXPECT_TRUE(test, raw_segment_send(&segment));
	REQUIRE(test, gate.reach_inspections(count));
	EXPECT_EQ(test, gate.shown[count - 1].remote.port(), segment.from);
	expect_done(test, listener.complete(gate.shown[count - 1].id, WskInspectAccept));
	REQUIRE(test, gate.reach_aborts(count));
	EXPECT_TRUE(test, same(gate.aborted[count - 1], gate.shown[count - 1].id));
}

void further_headers(struct kunit *test)
{
	Client client(test);
	Gated listener(client, AF_INET6);

	REQUIRE(test, listener.open());
	raw_segment segment = segment_to(listener, stranger_port);

	segment.with_options = true;
	expect_let_in(test, listener, segment, 1);
	segment.from++;
	segment.with_options = false;
	segment.in_one_piece = true;
	expect_let_in(test, listener, segment, 2);
	segment.from++;
	segment.with_options = true;
	expect_let_in(test, listener, segment, 3);
}

/* The answer to a rejected one finds TCP's header behind the others. */
void further_headers_rejected(struct kunit *test)
{
	Client client(test);
	Gated listener(client, AF_INET6);

	REQUIRE(test, listener.open());
	raw_segment segment = segment_to(listener, stranger_port);

	segment.with_options = segment.in_one_piece = true;
	EXPECT_TRUE(test, raw_segment_send(&segment));
	REQUIRE(test, listener.gate().reach_inspections(1));
	expect_done(test, listener.complete(listener.gate().shown[0].id, WskInspectReject));
	/* The listener goes on. */
	listener.gate().answer = WskInspectReject;
	Caller caller(client, AF_INET6);

	REQUIRE(test, caller.open());
	expect_failed(test, caller.connect(listener.address), STATUS_CONNECTION_REFUSED);
	EXPECT_EQ(test, listener.gate().inspections, 2);
}

/* While nobody accepts, nobody more is shown: TCP would have to drop what was let in. */
void full_queue(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Client client(test);
	Gate gate(test);

	gate.answer = WskInspectAccept;
	net_space_shorten_queues(space.get());
	space.run([&] {
		Socket listener(client, WSK_FLAG_LISTEN_SOCKET, family, &gate, &gate_dispatch);
		Caller first(client, family), second(client, family);
		Socket one(client), other(client);
		Request connect;

		REQUIRE(test, listener.open() && first.open() && second.open());
		expect_ok(test, listener.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, TRUE));
		expect_done(test, listener.bind(Address::loopback(family)));
		Address address = listener.local();

		expect_done(test, first.connect(address));
		second.start_connect(connect, address);
		let_time_pass(3000);
		EXPECT_TRUE(test, connect.pending());
		EXPECT_EQ(test, gate.inspections, 1);
		one.adopt(listener.accept());
		expect_done(test, connect.wait());
		other.adopt(listener.accept());
		EXPECT_EQ(test, gate.inspections, 2);
	});
}

/* All listeners together: who has none of them gets no room by driving out others'. */
void bounded_in_all(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_time_travel(test); /* what is held expires after a while */

	Client client(test);
	Gated first(client, family), second(client, family), third(client, family),
		fourth(client, family), last(client, family);
	Gated *const full[full_listeners] = {&first, &second, &third, &fourth};
	Caller caller(client, family);
	Request connect;

	REQUIRE(test, last.open() && caller.open());
	last.gate().answer = WskInspectAccept;
	for (Gated *listener : full) {
		REQUIRE(test, listener->open());
		for (LONG i = 0; i < held_at_most; i++)
			if (!listener->stranger(static_cast<USHORT>(10000 + i)))
				EXPECT_TRUE(test, false);
		REQUIRE(test, listener->gate().reach_inspections(held_at_most));
	}
	caller.start_connect(connect, last.address);
	EXPECT_EQ(test, last.gate().inspections, 0);
	EXPECT_TRUE(test, connect.pending());
	first.close();
	expect_done(test, connect.wait());
	EXPECT_EQ(test, last.gate().inspections, 1);
	for (Gated *listener : full)
		EXPECT_EQ(test, listener->gate().aborts, 0);
}

/* A SYN that there is no memory to hold is dropped, as one that got lost: its peer tries again. */
void no_memory(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr unsigned int step = 64, most = 1 << 16;

	if (!short_memory_possible())
		bridge_skip(test, "this kernel's allocations cannot be made to fail");

	Client client(test);
	Gated listener(client, family);
	Gate &gate = listener.gate();
	USHORT from = 10000;

	REQUIRE(test, listener.open());
	gate.answer = WskInspectReject;
	for (unsigned int bytes = 0; bytes < most; bytes += step, from++) {
		const LONG before = gate.inspections;

		short_memory_begin_anywhere(bytes);
		(void)!listener.stranger(from);
		const bool failed = short_memory_end();

		if (!failed && gate.inspections == before) /* in the work item, later */
			EXPECT_TRUE(test, gate.reach_inspections(before + 1));
		if (!failed)
			return;
		bridge_sleep_ms(1);
		if (gate.inspections == before) {
			EXPECT_TRUE(test, listener.stranger(from));
			EXPECT_TRUE(test, gate.reach_inspections(before + 1));
		}
	}
	EXPECT_TRUE(test, !"it gets through at last");
}

constexpr bridge_case cases[] = {
	{"a request with further headers is held and let in (IPv6)", further_headers},
	{"a request with further headers is rejected (IPv6)", further_headers_rejected},
	IPV4_AND_IPV6("no request is shown while the accept queue is full", full_queue),
	IPV4_AND_IPV6("the requests of all listeners together are bounded", bounded_in_all),
	IPV4_AND_IPV6("a request that there is no memory for is as if it had been lost", no_memory),
};

} // namespace

BRIDGE_SUITE(wsk_inspect_limits, cases, .network = true);
