// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskAbortEvent, and what strangers can do to a listener that inspects. */
#include "waiting.h"
#include "wsk_inspect_fixture.h"
#include "wsk_link.h"

namespace
{

using namespace wsk::test;

constexpr USHORT stranger_port = 40000;
constexpr ULONG sequence = 1000;

/* Holds the request of a peer that is not there. */
bool hold_stranger(Gated &listener, USHORT from = stranger_port, LONG inspections = 1)
{
	struct kunit *test = listener.test();
	const bool held = listener.open() && listener.stranger(from) &&
			  listener.gate().reach_inspections(inspections);

	EXPECT_TRUE(test, held);
	return held;
}

void peer_resets(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);

	REQUIRE(test, hold_stranger(listener));

	WSK_INSPECT_ID id = listener.gate().shown[0].id;

	EXPECT_TRUE(test, listener.stranger(stranger_port, RAW_RST, sequence + 1));
	REQUIRE(test, listener.gate().reach_aborts(1));
	EXPECT_TRUE(test, same(listener.gate().aborted[0], id));
	expect_failed(test, listener.complete(id, WskInspectAccept), STATUS_NOT_FOUND);
	expect_failed(test, listener.complete(id, WskInspectReject), STATUS_NOT_FOUND);
}

void reset_of_somebody_else(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);

	REQUIRE(test, hold_stranger(listener));
	EXPECT_TRUE(test, listener.stranger(stranger_port, RAW_RST, sequence + 2));
	EXPECT_TRUE(test, listener.stranger(stranger_port, RAW_RST, sequence));
	EXPECT_TRUE(test, listener.stranger(stranger_port + 1, RAW_RST, sequence + 1));
	/* What comes later has been seen later. */
	REQUIRE(test, hold_stranger(listener, stranger_port + 2, 2));
	EXPECT_EQ(test, listener.gate().aborts, 0);
	expect_done(test, listener.complete(listener.gate().shown[0].id, WskInspectReject));
}

void peer_falls_silent(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_time_travel(test);

	Client client(test);
	Gated listener(client, family);

	REQUIRE(test, hold_stranger(listener));

	WSK_INSPECT_ID id = listener.gate().shown[0].id;

	bridge_sleep_ms(5000);
	EXPECT_EQ(test, listener.gate().aborts, 0);
	REQUIRE(test, listener.gate().reach_aborts(1));
	EXPECT_TRUE(test, same(listener.gate().aborted[0], id));
	expect_failed(test, listener.complete(id, WskInspectAccept), STATUS_NOT_FOUND);
	let_time_pass();
	EXPECT_EQ(test, listener.gate().aborts, 1);

	/* The same peer may come again, under another name. */
	REQUIRE(test, hold_stranger(listener, stranger_port, 2));
	EXPECT_FALSE(test, same(listener.gate().shown[1].id, id));
}

void repeated_request(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);

	REQUIRE(test, hold_stranger(listener));
	for (int i = 0; i < 5; i++)
		EXPECT_TRUE(test, listener.stranger(stranger_port));
	/* Another wish between the same ends is the same request, until it has been decided. */
	EXPECT_TRUE(test, listener.stranger(stranger_port, RAW_SYN, sequence + 77));
	REQUIRE(test, hold_stranger(listener, stranger_port + 1, 2));
	EXPECT_EQ(test, listener.gate().inspections, 2);
}

void dies_after_accept(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);
	Request accept;

	REQUIRE(test, listener.open());
	listener.start_accept(accept);
	/* TCP at the peer's address knows nothing of a SYN, and answers the SYN-ACK with a RST. */
	EXPECT_TRUE(test, listener.stranger(stranger_port, RAW_SYN, sequence, false));
	REQUIRE(test, listener.gate().reach_inspections(1));

	WSK_INSPECT_ID id = listener.gate().shown[0].id;

	expect_done(test, listener.complete(id, WskInspectAccept));
	REQUIRE(test, listener.gate().reach_aborts(1));
	EXPECT_TRUE(test, same(listener.gate().aborted[0], id));
	EXPECT_TRUE(test, accept.pending());
}

void never_established(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_time_travel(test);

	Client client(test);
	Gated listener(client, family);

	REQUIRE(test, listener.open());
	listener.gate().answer = WskInspectAccept;
	REQUIRE(test, hold_stranger(listener));
	REQUIRE(test, listener.gate().reach_aborts(1));
	EXPECT_TRUE(test, same(listener.gate().aborted[0], listener.gate().shown[0].id));
	let_time_pass();
	EXPECT_EQ(test, listener.gate().aborts, 1);
}

void never_after_reject(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);

	REQUIRE(test, listener.open());
	listener.gate().answer = WskInspectReject;
	REQUIRE(test, hold_stranger(listener));
	EXPECT_TRUE(test, listener.stranger(stranger_port, RAW_RST, sequence + 1));
	let_time_pass();
	EXPECT_EQ(test, listener.gate().aborts, 0);
}

/* A connection that waits to be accepted has not died, however long that takes. */
void unaccepted_is_alive(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);

	REQUIRE(test, listener.open());
	listener.gate().answer = WskInspectAccept;

	Visitor caller(client, listener);

	let_time_pass(200000);
	EXPECT_EQ(test, listener.gate().aborts, 0);

	Socket peer(client);
	WSK_INSPECT_ID id = {};

	peer.adopt(listener.accept());
	REQUIRE(test, peer.open());
	EXPECT_STATUS(test, query_inspect_id(peer, &id), STATUS_SUCCESS);
	EXPECT_TRUE(test, same(id, listener.gate().shown[0].id));
}

/* Its owner has been told that nothing will come of it: so nothing does. */
void reset_before_accept(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);
	Request accept;

	REQUIRE(test, listener.open());
	listener.gate().answer = WskInspectAccept;

	Visitor caller(client, listener);

	expect_done(test, caller.reset());
	REQUIRE(test, listener.gate().reach_aborts(1));
	EXPECT_TRUE(test, same(listener.gate().aborted[0], listener.gate().shown[0].id));
	listener.start_accept(accept);
	let_time_pass(2000);
	EXPECT_TRUE(test, accept.pending());
}

struct Closing {
	explicit Closing(Gated *which) : listener(which) {}
	Gated *listener;
	Request request;
};

void close_inside_abort(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);
	Closing closing(&listener);

	REQUIRE(test, hold_stranger(listener) && hold_stranger(listener, stranger_port + 1, 2));
	listener.gate().for_act = &closing;
	listener.gate().act_on_abort = [](Gate &gate) {
		auto *closing = static_cast<Closing *>(gate.for_act);

		closing->listener->start_close(closing->request);
	};
	EXPECT_TRUE(test, listener.stranger(stranger_port, RAW_RST, sequence + 1));
	EXPECT_TRUE(test, listener.stranger(stranger_port + 1, RAW_RST, sequence + 1));
	REQUIRE(test, listener.gate().reach_aborts(1));
	expect_done(test, closing.request.wait());
	let_time_pass();
	EXPECT_EQ(test, listener.gate().aborts, 1);
}

void close_while_let_in(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);

	REQUIRE(test, listener.open());
	listener.gate().answer = WskInspectAccept;
	REQUIRE(test, hold_stranger(listener));
	listener.close();
	let_time_pass();
	EXPECT_EQ(test, listener.gate().aborts, 0);
}

/* As wsk.inspect_held says. */
constexpr LONG held_at_most = 1024;

void flood(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);
	Caller caller(client, family);
	Request connect;

	REQUIRE(test, listener.open() && caller.open());
	/* A real peer, which sends its SYN again before the strangers come. */
	Watch watch(nullptr, caller.local().port());

	REQUIRE(test, watch.ready());
	caller.start_connect(connect, listener.address);
	REQUIRE(test, listener.gate().reach_inspections(1));
	EXPECT_TRUE(test, wait_until([&] { return watch.seen().packets >= 2; }));
	net_backlog_drain(); /* and it has been seen by the listener, too */
	for (LONG i = 0; i < held_at_most - 1; i++)
		EXPECT_TRUE(test, listener.stranger(10000 + i));
	REQUIRE(test, listener.gate().reach_inspections(held_at_most));
	EXPECT_EQ(test, listener.gate().aborts, 0);

	/* One more, and the oldest peer that has shown no sign of life gives way. */
	EXPECT_TRUE(test, listener.stranger(9000));
	REQUIRE(test, listener.gate().reach_inspections(held_at_most + 1));
	REQUIRE(test, listener.gate().reach_aborts(1));
	EXPECT_TRUE(test, same(listener.gate().aborted[0], listener.gate().shown[1].id));
	expect_done(test, listener.complete(listener.gate().shown[0].id, WskInspectAccept));
	expect_done(test, connect.wait());
}

/* The next one, which is in order, is the first to be shown. */
void damaged(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);

	REQUIRE(test, listener.open());

	raw_segment segment = {.ipv6 = family == AF_INET6,
			       .silent = true,
			       .damaged = true,
			       .in_pieces = false,
			       .in_one_piece = false,
			       .with_options = false,
			       .flags = RAW_SYN,
			       .from = stranger_port,
			       .to = listener.address.port(),
			       .sequence = sequence};

	EXPECT_TRUE(test, raw_segment_send(&segment));
	segment.damaged = false;
	segment.from++;
	const UCHAR no_requests[] = {RAW_ACK, RAW_SYN | RAW_ACK, RAW_SYN | RAW_RST, RAW_RST, 0};

	for (UCHAR flags : no_requests) {
		segment.flags = flags;
		EXPECT_TRUE(test, raw_segment_send(&segment));
	}
	REQUIRE(test, hold_stranger(listener, stranger_port + 2));
	EXPECT_EQ(test, listener.gate().shown[0].remote.port(), stranger_port + 2);
	EXPECT_EQ(test, listener.gate().inspections, 1);
}

/* IPv6 puts fragments together where nobody can hold them any more. */
void in_pieces(struct kunit *test)
{
	Client client(test);
	Gated listener(client, AF_INET6);
	Request accept;

	REQUIRE(test, listener.open());
	listener.start_accept(accept);

	raw_segment segment = {.ipv6 = true,
			       .silent = false,
			       .damaged = false,
			       .in_pieces = true,
			       .in_one_piece = false,
			       .with_options = false,
			       .flags = RAW_SYN,
			       .from = stranger_port,
			       .to = listener.address.port(),
			       .sequence = sequence};

	EXPECT_TRUE(test, raw_segment_send(&segment));
	REQUIRE(test, hold_stranger(listener, stranger_port + 1));
	EXPECT_EQ(test, listener.gate().shown[0].remote.port(), stranger_port + 1);
	EXPECT_TRUE(test, accept.pending());
}

void other_namespace(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Client client(test);
	Gate gate(test);

	space.run([&] {
		Socket listener(client, WSK_FLAG_LISTEN_SOCKET, family, &gate, &gate_dispatch);
		Caller caller(client, family);

		REQUIRE(test, listener.open() && caller.open());
		gate.answer = WskInspectReject;
		expect_ok(test, listener.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, TRUE));
		expect_done(test, listener.bind(Address::loopback(family)));

		Address address = listener.local();

		expect_failed(test, caller.connect(address), STATUS_CONNECTION_REFUSED);
	});
	EXPECT_EQ(test, gate.inspections, 1);
}

void namespace_ends(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Client client(test);
	Gate gate(test);
	Socket listener(client), caller(client);
	Request connect;

	space.run([&] {
		Socket made(client, WSK_FLAG_LISTEN_SOCKET, family, &gate, &gate_dispatch);
		Caller also(client, family);

		listener.adopt(made.release(), WSK_FLAG_LISTEN_SOCKET);
		caller.adopt(also.release());
	});
	REQUIRE(test, listener.open() && caller.open());
	expect_ok(test, listener.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, TRUE));
	expect_done(test, listener.bind(Address::loopback(family)));
	caller.start_connect(connect, listener.local());
	REQUIRE(test, gate.reach_inspections(1));
	space.drop();
	EXPECT_TRUE(test, net_space_settle());
	REQUIRE(test, gate.reach_deaths(1));

	WSK_INSPECT_ID id = gate.shown[0].id;
	Outcome outcome = run(test, [&](PIRP irp) {
		return listener.listen()->WskInspectComplete(listener.handle(), &id,
							     WskInspectAccept, irp);
	});

	EXPECT_STATUS(test, outcome.status, STATUS_FILE_FORCED_CLOSED);
	EXPECT_FALSE(test, NT_SUCCESS(connect.wait().status));
	listener.close();
	EXPECT_EQ(test, gate.deaths, 1);
	EXPECT_EQ(test, gate.aborts, 0);
}

const bridge_case cases[] = {
	IPV4_AND_IPV6("a held request is aborted when its peer resets it", peer_resets),
	IPV4_AND_IPV6("a reset with another number, or of another peer, aborts nothing",
		      reset_of_somebody_else),
	IPV4_AND_IPV6("a held request is aborted when its peer falls silent", peer_falls_silent),
	IPV4_AND_IPV6("a SYN that is sent again is the same request", repeated_request),
	IPV4_AND_IPV6("an accepted request is aborted when its handshake fails", dies_after_accept),
	IPV4_AND_IPV6("an accepted request is aborted when its peer never answers",
		      never_established),
	IPV4_AND_IPV6("a rejected request is never aborted", never_after_reject),
	IPV4_AND_IPV6("a connection that is not accepted for minutes is not aborted",
		      unaccepted_is_alive),
	IPV4_AND_IPV6("a connection that is reset before it is accepted is aborted, not delivered",
		      reset_before_accept),
	IPV4_AND_IPV6("the listener may be closed inside WskAbortEvent", close_inside_abort),
	IPV4_AND_IPV6("closing the listener ends what was accepted, without a callback",
		      close_while_let_in),
	IPV4_AND_IPV6("a flood of requests drives out strangers, and no peer that is there", flood),
	IPV4_AND_IPV6("segments that are damaged, or no requests, are not inspected", damaged),
	{"a request in fragments is dropped (IPv6)", in_pieces},
	IPV4_AND_IPV6("a listener inspects in its own namespace", other_namespace),
	IPV4_AND_IPV6("a listener that inspects is told once that its namespace has gone",
		      namespace_ends),
};

} // namespace

BRIDGE_SUITE(wsk_inspect_abort, cases, .network = true)
