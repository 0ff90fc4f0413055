// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Large sends that leave the host: their memory is the network's until the peer has acknowledged
 * it, which it does not do while the cable is cut.
 */
#include "wsk_link.h"

namespace
{

using namespace wsk::test;

constexpr ULONG large = 256 * 1024;

/* A connection between two namespaces that a cable joins. */
struct Distance {
	Distance(struct kunit *test, ADDRESS_FAMILY family)
		: link(test), client(test), listener(client), sender(client), peer(client),
		  out(large), in(large)
	{
		if (!link.ready() || !out.valid() || !in.valid())
			return;
		out.fill();
		link.near.run([&] {
			Socket made(client, WSK_FLAG_LISTEN_SOCKET, family);

			listener.adopt(made.release(), WSK_FLAG_LISTEN_SOCKET);
		});
		link.far.run([&] {
			Socket made(client, WSK_FLAG_CONNECTION_SOCKET, family);

			sender.adopt(made.release());
		});
		if (!listener.open() || !sender.open())
			return;
		expect_done(test, listener.bind(Link::near_end(family)));
		expect_done(test, sender.bind(Link::far_end(family)));
		expect_done(test, sender.connect(listener.local()));
		peer.adopt(listener.accept());
		expect_ok(test, sender.set(SOL_SOCKET, SO_SNDBUF, 4 * large));
		ready = peer.open();
	}
	~Distance()
	{
		if (is_cut)
			cut(false);
	}

	void cut(bool off)
	{
		net_link_cut(link.near.get(), off);
		is_cut = off;
	}

	/* Sends all of the buffer, and has nobody acknowledge it. */
	void send_unheard(Request &send)
	{
		cut(true);
		sender.start_send(send, out.all());
		bridge_sleep_ms(20);
	}

	void expect_arrival(SIZE_T position = 0)
	{
		struct kunit *test = client.test();

		expect_done(test, peer.receive(in.all(), WSK_FLAG_WAITALL), large);
		EXPECT_TRUE(test, in.holds(0, large, position));
	}

	Link link;
	Client client;
	Socket listener, sender, peer;
	Buffer out, in;
	bool ready = false;
	bool is_cut = false;
};

void they_arrive(struct kunit *test, ADDRESS_FAMILY family)
{
	Distance distance(test, family);
	Request sends[4];

	REQUIRE(test, distance.ready);
	for (Request &send : sends)
		distance.sender.start_send(send, distance.out.all());
	for (Request &send : sends) {
		distance.expect_arrival();
		expect_done(test, send.wait(), large);
	}
}

void in_order(struct kunit *test, ADDRESS_FAMILY family)
{
	Distance distance(test, family);
	Request first, small, empty;

	REQUIRE(test, distance.ready);
	distance.send_unheard(first);
	distance.sender.start_send(small, distance.out.window(0, 100));
	distance.sender.start_send(empty, distance.out.none());
	bridge_sleep_ms(20);
	EXPECT_TRUE(test, first.pending());
	EXPECT_TRUE(test, small.pending());
	EXPECT_TRUE(test, empty.pending());
	distance.cut(false);
	distance.expect_arrival();
	expect_done(test, distance.peer.receive(distance.in.window(0, 100), WSK_FLAG_WAITALL), 100);
	expect_done(test, first.wait(), large);
	expect_done(test, small.wait(), 100);
	expect_done(test, empty.wait(), 0);
	EXPECT_LT(test, first.order(), small.order());
	EXPECT_LT(test, small.order(), empty.order());
}

/* The stack has taken it: there is nothing to cancel. */
void not_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Distance distance(test, family);
	Request send;

	REQUIRE(test, distance.ready);
	distance.send_unheard(send);
	EXPECT_FALSE(test, send.cancel());
	EXPECT_TRUE(test, send.pending());
	distance.cut(false);
	distance.expect_arrival();
	expect_done(test, send.wait(), large);
}

/* Of this one the stack has only a part, whose memory it still has. */
void cancelled_in_the_middle(struct kunit *test, ADDRESS_FAMILY family)
{
	Distance distance(test, family);
	Request send;

	REQUIRE(test, distance.ready);
	expect_ok(test, distance.sender.set(SOL_SOCKET, SO_SNDBUF, large / 8));
	distance.send_unheard(send);
	EXPECT_TRUE(test, send.cancel());
	bridge_sleep_ms(20);
	EXPECT_TRUE(test, send.pending());
	distance.cut(false);
	expect_failed(test, send.wait(), STATUS_CANCELLED);
}

void closed(struct kunit *test, ADDRESS_FAMILY family)
{
	Distance distance(test, family);
	Request send, close;

	REQUIRE(test, distance.ready);
	distance.send_unheard(send);
	EXPECT_TRUE(test, send.pending());
	distance.sender.start_close(close);
	expect_done(test, send.wait(), large);
	expect_done(test, close.wait());
	EXPECT_LT(test, send.order(), close.order());
}

void closed_in_the_middle(struct kunit *test, ADDRESS_FAMILY family)
{
	Distance distance(test, family);
	Request send, second, close;

	REQUIRE(test, distance.ready);
	expect_ok(test, distance.sender.set(SOL_SOCKET, SO_SNDBUF, large / 8));
	distance.send_unheard(send);
	distance.sender.start_send(second, distance.out.all());
	distance.sender.start_close(close);
	expect_failed(test, send.wait(), STATUS_CANCELLED);
	expect_failed(test, second.wait(), STATUS_CANCELLED);
	expect_done(test, close.wait());
	EXPECT_LT(test, second.order(), close.order());
}

/* The peer has ended its side, and ours is to end after the send. */
void closed_before_the_end(struct kunit *test, ADDRESS_FAMILY family)
{
	Distance distance(test, family);
	Request send, disconnect, close;

	REQUIRE(test, distance.ready);
	expect_ok(test, distance.sender.set(SOL_SOCKET, SO_SNDBUF, large / 8));
	expect_done(test, distance.peer.disconnect());
	expect_done(test, distance.sender.receive(distance.in.all()), 0);
	distance.send_unheard(send);
	distance.sender.start_disconnect(disconnect);
	EXPECT_TRUE(test, send.pending() && disconnect.pending());
	distance.sender.start_close(close);
	expect_failed(test, send.wait(), STATUS_CANCELLED);
	expect_failed(test, disconnect.wait(), STATUS_CANCELLED);
	expect_done(test, close.wait());
}

void reset(struct kunit *test, ADDRESS_FAMILY family)
{
	Distance distance(test, family);
	Request send;

	REQUIRE(test, distance.ready);
	distance.send_unheard(send);
	expect_done(test, distance.sender.reset());
	expect_done(test, send.wait(), large);
}

void reset_by_the_peer(struct kunit *test, ADDRESS_FAMILY family)
{
	Distance distance(test, family);
	Request send;

	REQUIRE(test, distance.ready);
	distance.send_unheard(send);
	/* What the peer sends arrives. */
	expect_done(test, distance.peer.reset());
	expect_done(test, send.wait(), large);
	expect_failed(test, distance.sender.send(distance.out.all()), STATUS_CONNECTION_RESET);
}

void finished(struct kunit *test, ADDRESS_FAMILY family)
{
	Distance distance(test, family);
	Request send, disconnect;

	REQUIRE(test, distance.ready);
	distance.send_unheard(send);
	distance.sender.start_disconnect(disconnect);
	distance.cut(false);
	distance.expect_arrival();
	expect_done(test, distance.peer.receive(distance.in.all()), 0);
	expect_done(test, send.wait(), large);
	expect_done(test, disconnect.wait());
}

void the_namespace_ends(struct kunit *test, ADDRESS_FAMILY family)
{
	Distance distance(test, family);
	Request send;

	REQUIRE(test, distance.ready);
	distance.send_unheard(send);
	distance.is_cut = false;
	distance.link.near.drop();
	distance.link.far.drop();
	/* All of it had been taken. */
	expect_done(test, send.wait(), large);
	distance.listener.close();
	distance.peer.close();
	distance.sender.close();
	EXPECT_TRUE(test, net_space_settle());
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("large sends arrive", they_arrive),
	IPV4_AND_IPV6("small sends complete after the large ones before them", in_order),
	IPV4_AND_IPV6("a send that the stack has taken cannot be cancelled", not_cancelled),
	IPV4_AND_IPV6("a cancelled send completes when its memory is free",
		      cancelled_in_the_middle),
	IPV4_AND_IPV6("closing frees the memory of sends", closed),
	IPV4_AND_IPV6("closing cancels sends that were taken in part", closed_in_the_middle),
	IPV4_AND_IPV6("closing frees it where a disconnect waits and the peer has ended",
		      closed_before_the_end),
	IPV4_AND_IPV6("a reset frees the memory of sends", reset),
	IPV4_AND_IPV6("so does the peer's", reset_by_the_peer),
	IPV4_AND_IPV6("a disconnect follows large sends", finished),
	IPV4_AND_IPV6("the end of the namespace frees the memory of sends", the_namespace_ends),
};

} // namespace

BRIDGE_SUITE(wsk_loan, cases, .network = true);
