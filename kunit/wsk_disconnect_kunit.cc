// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskDisconnect: graceful and abortive ends. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

void graceful(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);

	REQUIRE(test, pair.connected() && in.valid());
	/* The peer need not answer with its own end. */
	expect_done(test, pair.caller.disconnect());
	expect_done(test, pair.peer.receive(in.all()), 0);
}

void both_sides(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);

	REQUIRE(test, pair.connected() && in.valid());
	expect_done(test, pair.caller.disconnect());
	expect_done(test, pair.peer.disconnect());
	expect_done(test, pair.caller.receive(in.all()), 0);
	expect_done(test, pair.peer.receive(in.all()), 0);
}

void with_last_data(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out({10, 500}), in(1000);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	expect_ok(test, pair.caller.disconnect(out.window(3, 400)));
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 400);
	EXPECT_TRUE(test, in.holds(0, 400, 3));
	expect_done(test, pair.peer.receive(in.all()), 0);
}

void with_empty_buffer(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);
	WSK_BUF empty = {nullptr, 0, 0};

	REQUIRE(test, pair.connected() && in.valid());
	expect_done(test, pair.caller.disconnect(&empty));
	expect_done(test, pair.peer.receive(in.all()), 0);
}

void after_the_sends(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much), last(1000), in(65536);
	Request send, disconnect;

	REQUIRE(test, pair.connected() && out.valid() && last.valid() && in.valid());
	pair.shrink_buffers();
	out.fill();
	last.fill(too_much);
	pair.caller.start_send(send, out.all());
	pair.caller.start_disconnect(disconnect, last.all());
	EXPECT_TRUE(test, send.pending() && disconnect.pending());
	for (SIZE_T got = 0; got < too_much; got += 65536) {
		expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 65536);
		EXPECT_TRUE(test, in.holds(0, 65536, got));
	}
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 1000);
	EXPECT_TRUE(test, in.holds(0, 1000, too_much));
	expect_done(test, pair.peer.receive(in.all()), 0);
	expect_done(test, send.wait(), too_much);
	expect_ok(test, disconnect.wait());
	EXPECT_LT(test, send.order(), disconnect.order());
}

void abortive(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);

	REQUIRE(test, pair.connected() && in.valid());
	expect_done(test, pair.caller.reset());
	expect_failed(test, pair.peer.receive(in.all()), STATUS_CONNECTION_RESET);
}

void abortive_cancels_sends(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much);
	Request first, second;

	REQUIRE(test, pair.connected() && out.valid());
	pair.shrink_buffers();
	pair.caller.start_send(first, out.all());
	pair.caller.start_send(second, out.all());
	EXPECT_TRUE(test, first.pending() && second.pending());
	expect_done(test, pair.caller.reset());

	Outcome outcome = first.wait();

	/* The first may tell how much of it had been handed over. */
	EXPECT_STATUS(test, outcome.status, STATUS_CANCELLED);
	expect_failed(test, second.wait(), STATUS_CANCELLED);
}

void abortive_overtakes_graceful(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much), in(1);
	Request send, graceful;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	pair.shrink_buffers();
	pair.caller.start_send(send, out.all());
	pair.caller.start_disconnect(graceful);
	EXPECT_TRUE(test, graceful.pending());
	expect_done(test, pair.caller.reset());
	expect_failed(test, graceful.wait(), STATUS_CANCELLED);
	EXPECT_STATUS(test, send.wait().status, STATUS_CANCELLED);
}

void abortive_ends_receives(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);
	Request receive;

	REQUIRE(test, pair.connected() && in.valid());
	pair.caller.start_receive(receive, in.all());
	expect_done(test, pair.caller.reset());
	expect_failed(test, receive.wait(), STATUS_CONNECTION_ABORTED);
}

void abortive_after_graceful(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);

	REQUIRE(test, pair.connected() && in.valid());
	expect_done(test, pair.caller.disconnect());
	expect_done(test, pair.caller.reset());
	/* The end was there before the reset; which of them is told first is TCP's business. */
	const Outcome outcome = pair.peer.receive(in.all());

	EXPECT_TRUE(test,
		    outcome.status == STATUS_SUCCESS || outcome.status == STATUS_CONNECTION_RESET);
	EXPECT_EQ(test, outcome.information, (ULONG_PTR)0);
}

void abortive_with_data(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	expect_refused(test, pair.caller.disconnect(out.all(), WSK_FLAG_ABORTIVE),
		       STATUS_INVALID_PARAMETER);
	/* The connection did not suffer. */
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 10);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 10);
}

void graceful_twice(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);

	REQUIRE(test, pair.connected());
	expect_done(test, pair.caller.disconnect());
	expect_refused(test, pair.caller.disconnect(), STATUS_INVALID_DEVICE_STATE);
}

void graceful_twice_at_once(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much);
	Request send, disconnect;

	REQUIRE(test, pair.connected() && out.valid());
	pair.shrink_buffers();
	pair.caller.start_send(send, out.all());
	pair.caller.start_disconnect(disconnect);
	expect_refused(test, pair.caller.disconnect(), STATUS_INVALID_DEVICE_STATE);
	/* Sends are over, too, though the end has not been sent yet. */
	expect_refused(test, pair.caller.send(out.window(0, 1)), STATUS_INVALID_DEVICE_STATE);
	expect_done(test, pair.caller.reset());
	expect_failed(test, disconnect.wait(), STATUS_CANCELLED);
}

void peer_resets_instead(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much);
	Request send, disconnect;

	REQUIRE(test, pair.connected() && out.valid());
	pair.shrink_buffers();
	pair.caller.start_send(send, out.all());
	pair.caller.start_disconnect(disconnect);
	EXPECT_TRUE(test, disconnect.pending());
	expect_done(test, pair.peer.reset());
	expect_failed(test, send.wait(), STATUS_CONNECTION_RESET);
	expect_failed(test, disconnect.wait(), STATUS_CONNECTION_RESET);
}

void not_connected(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket unbound(client, WSK_FLAG_CONNECTION_SOCKET, family);
	Caller bound(client, family);

	REQUIRE(test, unbound.open() && bound.open());
	expect_refused(test, unbound.disconnect(), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, bound.disconnect(), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, bound.reset(), STATUS_INVALID_DEVICE_STATE);
}

void wrong_arguments(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10);

	REQUIRE(test, pair.connected() && out.valid());
	expect_refused(test, pair.caller.disconnect(nullptr, 2), STATUS_NOT_SUPPORTED);
	expect_refused(test, pair.caller.disconnect(nullptr, 0x80000001), STATUS_NOT_SUPPORTED);
	expect_refused(test, pair.caller.disconnect(out.window(0, 11)), STATUS_INVALID_PARAMETER);
	expect_done(test, pair.caller.disconnect());
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a graceful disconnect ends the peer's stream", graceful),
	IPV4_AND_IPV6("both sides disconnect", both_sides),
	IPV4_AND_IPV6("a graceful disconnect sends its buffer first", with_last_data),
	IPV4_AND_IPV6("a graceful disconnect may bring an empty buffer", with_empty_buffer),
	IPV4_AND_IPV6("a graceful disconnect waits for the sends before it", after_the_sends),
	IPV4_AND_IPV6("an abortive disconnect resets the connection", abortive),
	IPV4_AND_IPV6("an abortive disconnect cancels the sends", abortive_cancels_sends),
	IPV4_AND_IPV6("an abortive disconnect overtakes a graceful one",
		      abortive_overtakes_graceful),
	IPV4_AND_IPV6("an abortive disconnect ends the receives", abortive_ends_receives),
	IPV4_AND_IPV6("an abortive disconnect may follow a graceful one", abortive_after_graceful),
	IPV4_AND_IPV6("an abortive disconnect with a buffer is refused", abortive_with_data),
	IPV4_AND_IPV6("a second graceful disconnect is refused", graceful_twice),
	IPV4_AND_IPV6("after a pending graceful disconnect nothing is accepted",
		      graceful_twice_at_once),
	IPV4_AND_IPV6("the peer's reset fails a graceful disconnect", peer_resets_instead),
	IPV4_AND_IPV6("disconnecting without connection is refused", not_connected),
	IPV4_AND_IPV6("wrong flags and windows are refused", wrong_arguments),
};

} // namespace

BRIDGE_SUITE(wsk_disconnect, cases, .network = true);
