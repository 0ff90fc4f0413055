// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskCloseSocket: cancels, waits, resets, and completes last. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

void unused_sockets(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, family);
	Socket connection(client, WSK_FLAG_CONNECTION_SOCKET, family);

	REQUIRE(test, listener.open() && connection.open());
	/* The fixture expects success, through STATUS_PENDING, with Information 0. */
	listener.close();
	connection.close();
}

void bound_sockets(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);

	REQUIRE(test, listener.open() && caller.open());
	listener.close();
	caller.close();
}

void connected_socket(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);
	Request receive;

	REQUIRE(test, pair.connected() && in.valid());
	pair.peer.start_receive(receive, in.all());
	pair.caller.close();
	expect_failed(test, receive.wait(), STATUS_CONNECTION_RESET);
}

void half_disconnected_socket(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	expect_done(test, pair.caller.disconnect());
	expect_done(test, pair.peer.receive(in.all()), 0);
	/* The peer may still send, and so must learn that nobody is there any more. */
	pair.caller.close();
	expect_failed(test, pair.peer.send(out.all()), STATUS_CONNECTION_RESET);
}

void disconnected_socket(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);

	REQUIRE(test, pair.connected() && in.valid());
	expect_done(test, pair.caller.disconnect());
	expect_done(test, pair.peer.disconnect());
	expect_done(test, pair.caller.receive(in.all()), 0);
	pair.caller.close();
	/* No reset disturbs what is over on both sides. */
	expect_done(test, pair.peer.receive(in.all()), 0);
}

void unread_data_is_lost(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	expect_done(test, pair.caller.send(out.all()), 10);
	pair.peer.close();
	expect_failed(test, pair.caller.receive(in.all()), STATUS_CONNECTION_RESET);
}

void cancels_receives(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(30);
	WSK_BUF nothing = {nullptr, 0, 0};
	Request plain, all, drain, close;

	REQUIRE(test, pair.connected() && in.valid());
	pair.caller.start_receive(plain, in.window(0, 10));
	pair.caller.start_receive(all, in.window(10, 10), WSK_FLAG_WAITALL);
	pair.caller.start_receive(drain, &nothing, WSK_FLAG_DRAIN);
	pair.caller.start_close(close);
	expect_done(test, close.wait());
	expect_failed(test, plain.wait(), STATUS_CANCELLED);
	expect_failed(test, all.wait(), STATUS_CANCELLED);
	expect_failed(test, drain.wait(), STATUS_CANCELLED);
	/* Closing completes last of all. */
	EXPECT_LT(test, plain.order(), close.order());
	EXPECT_LT(test, all.order(), close.order());
	EXPECT_LT(test, drain.order(), close.order());
}

void cancels_sends(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much), in(10);
	Request first, second, disconnect, close;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	pair.shrink_buffers();
	pair.caller.start_send(first, out.all());
	pair.caller.start_send(second, out.all());
	pair.caller.start_disconnect(disconnect);
	pair.caller.start_close(close);
	expect_done(test, close.wait());
	EXPECT_STATUS(test, first.wait().status, STATUS_CANCELLED);
	expect_failed(test, second.wait(), STATUS_CANCELLED);
	expect_failed(test, disconnect.wait(), STATUS_CANCELLED);
	EXPECT_LT(test, first.order(), close.order());
	EXPECT_LT(test, second.order(), close.order());
	EXPECT_LT(test, disconnect.order(), close.order());
}

/*
 * The peer has ended its side, and so much of ours is left that the disconnect waits behind it:
 * what the peer has got is not all, and must not look like it.
 */
void never_truncates(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much), in(65536);
	Request send, disconnect;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	expect_done(test, pair.peer.disconnect());
	expect_done(test, pair.caller.receive(in.all()), 0);
	pair.shrink_buffers();
	pair.caller.start_send(send, out.all());
	pair.caller.start_disconnect(disconnect);
	EXPECT_TRUE(test, send.pending() && disconnect.pending());
	pair.caller.close();
	EXPECT_STATUS(test, send.wait().status, STATUS_CANCELLED);
	expect_failed(test, disconnect.wait(), STATUS_CANCELLED);
	pair.peer.expect_reset(in.all());
}

void cancels_accepts(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Request accepts[3], close;

	REQUIRE(test, listener.open());
	for (auto &accept : accepts)
		listener.start_accept(accept);
	listener.start_close(close);
	expect_done(test, close.wait());
	for (auto &accept : accepts) {
		expect_failed(test, accept.wait(), STATUS_CANCELLED);
		EXPECT_LT(test, accept.order(), close.order());
	}
}

void resets_waiting_connections(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Buffer in(10);

	REQUIRE(test, listener.open() && in.valid());

	Caller one(client, listener), two(client, listener);

	listener.close();
	expect_failed(test, one.receive(in.all()), STATUS_CONNECTION_RESET);
	expect_failed(test, two.receive(in.all()), STATUS_CONNECTION_RESET);
}

struct ClosesInside {
	Socket *socket;
	Request *close;
};

void close_in_completion_routine(void *context)
{
	auto *closes = static_cast<ClosesInside *>(context);

	closes->socket->start_close(*closes->close);
}

void from_completion_routine(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	Request receive, close;
	ClosesInside closes = {&pair.peer, &close};

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	receive.on_completion(close_in_completion_routine, &closes);
	pair.peer.start_receive(receive, in.all());
	expect_done(test, pair.caller.send(out.all()), 10);
	expect_done(test, receive.wait(), 10);
	expect_done(test, close.wait());
	EXPECT_LT(test, receive.order(), close.order());
}

void from_its_last_completion_routine(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(20);
	Request first, second, close;
	ClosesInside closes = {&pair.caller, &close};

	REQUIRE(test, pair.connected() && in.valid());
	/* The routine runs because the connection is reset, with more requests behind it. */
	first.on_completion(close_in_completion_routine, &closes);
	pair.caller.start_receive(first, in.window(0, 10));
	pair.caller.start_receive(second, in.window(10, 10));
	expect_done(test, pair.peer.reset());
	expect_failed(test, first.wait(), STATUS_CONNECTION_RESET);

	const Outcome outcome = second.wait();

	EXPECT_TRUE(test, outcome.status == STATUS_CONNECTION_RESET ||
				  outcome.status == STATUS_CANCELLED);
	expect_done(test, close.wait());
	EXPECT_LT(test, second.order(), close.order());
}

void with_a_connect_under_way(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	Request connect, close;

	REQUIRE(test, listener.open() && caller.open());
	at_dispatch([&]() {
		caller.start_connect(connect, listener.address);
		caller.start_close(close);
	});
	expect_done(test, close.wait());

	const Outcome outcome = connect.wait();

	EXPECT_TRUE(test, outcome.status == STATUS_CANCELLED || outcome.status == STATUS_SUCCESS);
	EXPECT_LT(test, connect.order(), close.order());
}

void with_a_bind_under_way(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, family);
	Request bind, close;

	REQUIRE(test, listener.open());
	at_dispatch([&]() {
		listener.start_bind(bind, Address::loopback(family));
		listener.start_close(close);
	});
	expect_done(test, close.wait());

	const Outcome outcome = bind.wait();

	EXPECT_TRUE(test, outcome.status == STATUS_CANCELLED || outcome.status == STATUS_SUCCESS);
	EXPECT_LT(test, bind.order(), close.order());
}

void both_ends_at_once(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);

	for (int i = 0; i < 10; i++) {
		Pair pair(client, family);
		Request one, other;

		REQUIRE(test, pair.connected());
		pair.caller.start_close(one);
		pair.peer.start_close(other);
		pair.listener.close();
		expect_done(test, one.wait());
		expect_done(test, other.wait());
	}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("an unused socket closes", unused_sockets),
	IPV4_AND_IPV6("a bound socket closes", bound_sockets),
	IPV4_AND_IPV6("closing resets a connection", connected_socket),
	IPV4_AND_IPV6("closing resets a connection that one side has ended",
		      half_disconnected_socket),
	IPV4_AND_IPV6("closing after both sides ended resets nothing", disconnected_socket),
	IPV4_AND_IPV6("closing with unread data resets", unread_data_is_lost),
	IPV4_AND_IPV6("closing cancels receives, and completes last", cancels_receives),
	IPV4_AND_IPV6("closing cancels sends and disconnects, and completes last", cancels_sends),
	IPV4_AND_IPV6("closing with a disconnect that waits resets, though the peer has ended",
		      never_truncates),
	IPV4_AND_IPV6("closing cancels accepts, and completes last", cancels_accepts),
	IPV4_AND_IPV6("closing a listener resets who waits", resets_waiting_connections),
	IPV4_AND_IPV6("a completion routine closes its socket", from_completion_routine),
	IPV4_AND_IPV6("a completion routine closes with requests behind it",
		      from_its_last_completion_routine),
	IPV4_AND_IPV6("closing ends a connect under way", with_a_connect_under_way),
	IPV4_AND_IPV6("closing waits for a bind under way", with_a_bind_under_way),
	IPV4_AND_IPV6("both ends close at once", both_ends_at_once),
};

} // namespace

BRIDGE_SUITE(wsk_close_socket, cases, .network = true);
