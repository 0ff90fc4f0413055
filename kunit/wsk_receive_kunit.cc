// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskReceive: streams into MDL chains. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

void data_that_waits(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(100), in(200);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	in.wipe();
	expect_done(test, pair.caller.send(out.all()), 100);
	/* As much as there is, and nothing behind it is touched. */
	expect_done(test, pair.peer.receive(in.all()), 100);
	EXPECT_TRUE(test, in.holds(0, 100, 0));
	EXPECT_TRUE(test, in.wiped(100, 100));
}

void data_to_come(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(100), in(200);
	Request receive;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	pair.peer.start_receive(receive, in.all());
	EXPECT_TRUE(test, receive.pending());
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 100);
	expect_done(test, receive.wait(), 100);
	EXPECT_TRUE(test, in.holds(0, 100, 0));
}

void what_is_left_stays(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(100), in(100);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 100);
	expect_done(test, pair.peer.receive(in.window(0, 30)), 30);
	EXPECT_TRUE(test, in.holds(0, 30, 0));
	expect_done(test, pair.peer.receive(in.window(0, 1)), 1);
	EXPECT_TRUE(test, in.holds(0, 1, 30));
	expect_done(test, pair.peer.receive(in.all()), 69);
	EXPECT_TRUE(test, in.holds(0, 69, 31));
}

void into_a_chain(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(5000), in({100, 1, 5000, 33});

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	in.wipe();
	expect_done(test, pair.caller.send(out.all()), 5000);
	expect_done(test, pair.peer.receive(in.window(40, 4500), WSK_FLAG_WAITALL), 4500);
	EXPECT_TRUE(test, in.wiped(0, 40));
	EXPECT_TRUE(test, in.holds(40, 4500, 0));
	EXPECT_TRUE(test, in.wiped(4540, in.length() - 4540));
}

void requests_are_filled_in_order(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG count = 4;
	Client client(test);
	Pair pair(client, family);
	Buffer out(100);
	Buffer in[count] = {Buffer(100), Buffer(100), Buffer(100), Buffer(100)};
	Request receives[count];

	REQUIRE(test, pair.connected() && out.valid());
	for (ULONG i = 0; i < count; i++) {
		REQUIRE(test, in[i].valid());
		pair.peer.start_receive(receives[i], in[i].all());
	}
	for (ULONG i = 0; i < count; i++) {
		out.fill(i * 100);
		expect_done(test, pair.caller.send(out.window(0, 50)), 50);
		expect_done(test, receives[i].wait(), 50);
		EXPECT_TRUE(test, in[i].holds(0, 50, i * 100));
		for (ULONG later = i + 1; later < count; later++)
			EXPECT_TRUE(test, receives[later].pending());
	}
}

void one_send_fills_many(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG count = 4;
	Client client(test);
	Pair pair(client, family);
	Buffer out(count * 25);
	Buffer in[count] = {Buffer(25), Buffer(25), Buffer(25), Buffer(25)};
	Request receives[count];

	REQUIRE(test, pair.connected() && out.valid());
	for (ULONG i = 0; i < count; i++) {
		REQUIRE(test, in[i].valid());
		pair.peer.start_receive(receives[i], in[i].all(), WSK_FLAG_WAITALL);
	}
	out.fill();
	expect_done(test, pair.caller.send(out.all()), count * 25);
	for (ULONG i = 0; i < count; i++) {
		expect_done(test, receives[i].wait(), 25);
		EXPECT_TRUE(test, in[i].holds(0, 25, i * 25));
		if (i)
			EXPECT_LT(test, receives[i - 1].order(), receives[i].order());
	}
}

void waits_for_all(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(300), in(300);
	Request receive;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	pair.peer.start_receive(receive, in.all(), WSK_FLAG_WAITALL);
	for (ULONG i = 0; i < 3; i++) {
		EXPECT_TRUE(test, receive.pending());
		out.fill(i * 100);
		expect_done(test, pair.caller.send(out.window(0, 100)), 100);
	}
	expect_done(test, receive.wait(), 300);
	EXPECT_TRUE(test, in.holds(0, 300, 0));
}

void all_ends_with_the_stream(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(100), in(300);
	Request receive;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	pair.peer.start_receive(receive, in.all(), WSK_FLAG_WAITALL);
	expect_done(test, pair.caller.send(out.all()), 100);
	expect_done(test, pair.caller.disconnect());
	expect_done(test, receive.wait(), 100);
	EXPECT_TRUE(test, in.holds(0, 100, 0));
}

void all_ends_with_a_reset(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(100), in(300);
	Request receive;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	pair.peer.start_receive(receive, in.all(), WSK_FLAG_WAITALL);
	expect_done(test, pair.caller.send(out.all()), 100);
	expect_done(test, pair.caller.reset());
	expect_failed(test, receive.wait(), STATUS_CONNECTION_RESET);
}

void drains(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(65536), in(10);
	WSK_BUF nothing = {nullptr, 0, 0};
	Request drain;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	pair.peer.start_receive(drain, &nothing, WSK_FLAG_DRAIN);
	/* More than the socket holds: it is really thrown away. */
	for (int i = 0; i < 20; i++)
		expect_done(test, pair.caller.send(out.all()), 65536);
	EXPECT_TRUE(test, drain.pending());
	expect_done(test, pair.caller.disconnect());
	expect_done(test, drain.wait(), 0);
	expect_done(test, pair.peer.receive(in.all()), 0);
}

void draining_ends_with_a_reset(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	WSK_BUF nothing = {nullptr, 0, 0};
	Request drain;

	REQUIRE(test, pair.connected());
	pair.peer.start_receive(drain, &nothing, WSK_FLAG_DRAIN);
	expect_done(test, pair.caller.reset());
	expect_failed(test, drain.wait(), STATUS_CONNECTION_RESET);
}

void nothing_to_receive(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	WSK_BUF empty = {nullptr, 0, 0};

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	expect_done(test, pair.peer.receive(&empty), 0);
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 10);
	/* Takes nothing away. */
	expect_done(test, pair.peer.receive(in.none()), 0);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 10);
	EXPECT_TRUE(test, in.holds(0, 10, 0));
}

void end_of_stream(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	Buffer later[] = {Buffer(10), Buffer(10), Buffer(10)};
	Request receives[RTL_NUMBER_OF(later)];

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	for (ULONG i = 0; i < RTL_NUMBER_OF(later); i++) {
		REQUIRE(test, later[i].valid());
		pair.peer.start_receive(receives[i], later[i].all());
	}
	/* The data first, then the end, for all who wait and for all to come. */
	out.fill();
	expect_done(test, pair.caller.disconnect(out.all()));
	expect_done(test, receives[0].wait(), 10);
	EXPECT_TRUE(test, later[0].holds(0, 10, 0));
	expect_done(test, receives[1].wait(), 0);
	expect_done(test, receives[2].wait(), 0);
	expect_done(test, pair.peer.receive(in.all()), 0);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 0);
	expect_done(test, pair.peer.receive(in.all()), 0);
}

void reset_by_peer(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10), more(10);
	Request first, second;

	REQUIRE(test, pair.connected() && in.valid() && more.valid());
	pair.peer.start_receive(first, in.all());
	pair.peer.start_receive(second, more.all());
	expect_done(test, pair.caller.reset());
	expect_failed(test, first.wait(), STATUS_CONNECTION_RESET);
	expect_failed(test, second.wait(), STATUS_CONNECTION_RESET);
	/* For every later one, not only for the first that asks. */
	expect_failed(test, pair.peer.receive(in.all()), STATUS_CONNECTION_RESET);
	expect_failed(test, pair.peer.receive(in.all()), STATUS_CONNECTION_RESET);
}

void aborted_here(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);

	REQUIRE(test, pair.connected() && in.valid());
	expect_done(test, pair.peer.reset());

	const Outcome outcome = pair.peer.receive(in.all());

	EXPECT_STATUS(test, outcome.status, STATUS_CONNECTION_ABORTED);
	EXPECT_EQ(test, outcome.information, (ULONG_PTR)0);
}

void receives_after_own_disconnect(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	expect_done(test, pair.peer.disconnect());
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 10);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 10);
	EXPECT_TRUE(test, in.holds(0, 10, 0));
	expect_done(test, pair.caller.disconnect());
	expect_done(test, pair.peer.receive(in.all()), 0);
}

void wrong_flags(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG unknown[] = {1, 8, 0x80000000, WSK_FLAG_WAITALL | 0x100};
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);

	REQUIRE(test, pair.connected() && in.valid());
	for (ULONG flags : unknown)
		expect_refused(test, pair.peer.receive(in.all(), flags), STATUS_NOT_SUPPORTED);
	expect_refused(test, pair.peer.receive(in.none(), WSK_FLAG_WAITALL | WSK_FLAG_DRAIN),
		       STATUS_INVALID_PARAMETER);
	/* Draining throws away; it has no use for a buffer. */
	expect_refused(test, pair.peer.receive(in.all(), WSK_FLAG_DRAIN), STATUS_INVALID_PARAMETER);
}

void impossible_windows(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in({100, 50});
	WSK_BUF no_memory = {nullptr, 0, 10};

	REQUIRE(test, pair.connected() && in.valid());
	expect_refused(test, pair.peer.receive(nullptr), STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.peer.receive(&no_memory), STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.peer.receive(in.window(0, 151)), STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.peer.receive(in.window(100, 1)), STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.peer.receive(in.window(0, (SIZE_T)-1)), STATUS_INVALID_PARAMETER);
}

void not_connected(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket unbound(client, WSK_FLAG_CONNECTION_SOCKET, family);
	Caller bound(client, family);
	Buffer in(10);

	REQUIRE(test, unbound.open() && bound.open() && in.valid());
	expect_refused(test, unbound.receive(in.all()), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, bound.receive(in.all()), STATUS_INVALID_DEVICE_STATE);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("data that waits is received at once", data_that_waits),
	IPV4_AND_IPV6("a request waits for data", data_to_come),
	IPV4_AND_IPV6("what a receive leaves stays for the next", what_is_left_stays),
	IPV4_AND_IPV6("data goes into the window of an MDL chain, and nowhere else", into_a_chain),
	IPV4_AND_IPV6("many requests are filled in their order", requests_are_filled_in_order),
	IPV4_AND_IPV6("one send fills many requests", one_send_fills_many),
	IPV4_AND_IPV6("WSK_FLAG_WAITALL waits for a full buffer", waits_for_all),
	IPV4_AND_IPV6("WSK_FLAG_WAITALL ends short with the stream", all_ends_with_the_stream),
	IPV4_AND_IPV6("WSK_FLAG_WAITALL fails with a reset", all_ends_with_a_reset),
	IPV4_AND_IPV6("WSK_FLAG_DRAIN throws everything away until the end", drains),
	IPV4_AND_IPV6("WSK_FLAG_DRAIN fails with a reset", draining_ends_with_a_reset),
	IPV4_AND_IPV6("receiving nothing succeeds with nothing", nothing_to_receive),
	IPV4_AND_IPV6("the end of the stream is told to all", end_of_stream),
	IPV4_AND_IPV6("a reset is told to all", reset_by_peer),
	IPV4_AND_IPV6("after one's own abort there is nothing to receive", aborted_here),
	IPV4_AND_IPV6("receiving goes on after one's own disconnect",
		      receives_after_own_disconnect),
	IPV4_AND_IPV6("wrong flags are refused", wrong_flags),
	IPV4_AND_IPV6("a window beyond its chain is refused", impossible_windows),
	IPV4_AND_IPV6("receiving without connection is refused", not_connected),
};

} // namespace

BRIDGE_SUITE(wsk_receive, cases, .network = true);
