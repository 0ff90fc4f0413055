// SPDX-License-Identifier: MIT OR GPL-2.0
/* IoCancelIrp on every kind of request that can be pending. */
#include "silent_peer.h"
#include "waiting.h"
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

void receive_is_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(100), in(100);
	Request receive;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	in.wipe();
	pair.peer.start_receive(receive, in.all());
	EXPECT_TRUE(test, receive.cancel());
	expect_failed(test, receive.wait(), STATUS_CANCELLED);
	/* Nothing goes into its buffer any more, and nothing is lost. */
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 100);
	EXPECT_TRUE(test, in.wiped(0, 100));
	pair.peer.start_receive(receive, in.all(), WSK_FLAG_WAITALL);
	expect_done(test, receive.wait(), 100);
	EXPECT_TRUE(test, in.holds(0, 100, 0));
}

void others_move_up(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(20), in[] = {Buffer(10), Buffer(10), Buffer(10), Buffer(10)};
	Request receives[4];

	REQUIRE(test, pair.connected() && out.valid());
	for (int i = 0; i < 4; i++) {
		REQUIRE(test, in[i].valid());
		pair.peer.start_receive(receives[i], in[i].all(), WSK_FLAG_WAITALL);
	}
	EXPECT_TRUE(test, receives[0].cancel());
	EXPECT_TRUE(test, receives[2].cancel());
	expect_failed(test, receives[0].wait(), STATUS_CANCELLED);
	expect_failed(test, receives[2].wait(), STATUS_CANCELLED);
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 20);
	expect_done(test, receives[1].wait(), 10);
	expect_done(test, receives[3].wait(), 10);
	EXPECT_TRUE(test, in[1].holds(0, 10, 0));
	EXPECT_TRUE(test, in[3].holds(0, 10, 10));
}

void half_filled_receive(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(200), in(200);
	Request receive;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	expect_done(test, pair.caller.send(out.window(0, 70)), 70);
	pair.peer.start_receive(receive, in.all(), WSK_FLAG_WAITALL);
	/* What has been sent may be on its way still. */
	EXPECT_TRUE(test, wait_until([&]() { return in.holds(0, 70, 0); }));
	EXPECT_TRUE(test, receive.pending());
	receive.cancel(); /* false where WSK has it in hand; it ends all the same */
	/* What has been taken out of the stream is told. */
	expect_failed(test, receive.wait(), STATUS_CANCELLED, 70);
	EXPECT_TRUE(test, in.holds(0, 70, 0));
	out.fill(70);
	expect_done(test, pair.caller.send(out.window(0, 130)), 130);
	expect_done(test, pair.peer.receive(in.window(0, 130), WSK_FLAG_WAITALL), 130);
	EXPECT_TRUE(test, in.holds(0, 130, 70));
}

void drain_is_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	WSK_BUF nothing = {nullptr, 0, 0};
	Request drain;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	pair.peer.start_receive(drain, &nothing, WSK_FLAG_DRAIN);
	EXPECT_TRUE(test, drain.cancel());
	expect_failed(test, drain.wait(), STATUS_CANCELLED);
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 10);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 10);
	EXPECT_TRUE(test, in.holds(0, 10, 0));
}

void accept_is_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Request first, second;

	REQUIRE(test, listener.open());
	listener.start_accept(first);
	listener.start_accept(second);
	EXPECT_TRUE(test, first.cancel());
	expect_failed(test, first.wait(), STATUS_CANCELLED);

	Caller caller(client, listener);
	Socket peer(client);

	peer.adopt(second.wait());
	EXPECT_TRUE(test, peer.open());

	/* A connection that comes after a cancelled request waits for the next. */
	listener.start_accept(first);
	EXPECT_TRUE(test, first.cancel());
	expect_failed(test, first.wait(), STATUS_CANCELLED);

	Caller other(client, listener);

	peer.adopt(listener.accept());
	EXPECT_TRUE(test, peer.open());
}

void waiting_send_is_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much), second(1000), third(1000), in(65536);
	Request sends[3];

	REQUIRE(test, pair.connected() && out.valid() && second.valid() && third.valid());
	REQUIRE(test, in.valid());
	pair.shrink_buffers();
	out.fill();
	second.fill(5);
	third.fill(too_much);
	pair.caller.start_send(sends[0], out.all());
	pair.caller.start_send(sends[1], second.all());
	pair.caller.start_send(sends[2], third.all());
	/* Nothing of the second has been sent: the stream closes over it. */
	sends[1].cancel(); /* FALSE, where the socket is looking at it */
	expect_failed(test, sends[1].wait(), STATUS_CANCELLED);
	for (SIZE_T got = 0; got < too_much; got += 65536) {
		expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 65536);
		EXPECT_TRUE(test, in.holds(0, 65536, got));
	}
	expect_done(test, pair.peer.receive(in.window(0, 1000), WSK_FLAG_WAITALL), 1000);
	EXPECT_TRUE(test, in.holds(0, 1000, too_much));
	expect_done(test, sends[0].wait(), too_much);
	expect_done(test, sends[2].wait(), 1000);
}

void started_send_is_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much);
	Request send;

	REQUIRE(test, pair.connected() && out.valid());
	pair.shrink_buffers();
	pair.caller.start_send(send, out.all());
	EXPECT_TRUE(test, send.pending());
	send.cancel(); /* FALSE, where the socket is looking at it */
	EXPECT_STATUS(test, send.wait().status, STATUS_CANCELLED);
	/* Where the stream stands is unknown now; ending it is all that makes sense. */
	expect_done(test, pair.caller.reset());
}

void disconnect_is_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much);
	Request send, disconnect;

	REQUIRE(test, pair.connected() && out.valid());
	pair.shrink_buffers();
	pair.caller.start_send(send, out.all());
	pair.caller.start_disconnect(disconnect);
	disconnect.cancel(); /* FALSE, where the socket is looking at it */
	expect_failed(test, disconnect.wait(), STATUS_CANCELLED);
	EXPECT_TRUE(test, send.pending());
	expect_done(test, pair.caller.reset());
	EXPECT_STATUS(test, send.wait().status, STATUS_CANCELLED);
}

/* Nothing of it has been sent: it is as if it had never been asked for. */
void sending_goes_on(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much), more(1000), in(65536);
	Request sends[2], disconnect;

	REQUIRE(test, pair.connected() && out.valid() && more.valid() && in.valid());
	pair.shrink_buffers();
	out.fill();
	more.fill(too_much);
	pair.caller.start_send(sends[0], out.all());
	pair.caller.start_disconnect(disconnect);
	EXPECT_TRUE(test, disconnect.cancel());
	expect_failed(test, disconnect.wait(), STATUS_CANCELLED);
	pair.caller.start_send(sends[1], more.all());
	pair.caller.start_disconnect(disconnect);
	for (SIZE_T got = 0; got < too_much; got += 65536) {
		expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 65536);
		EXPECT_TRUE(test, in.holds(0, 65536, got));
	}
	expect_done(test, pair.peer.receive(in.window(0, 1000), WSK_FLAG_WAITALL), 1000);
	EXPECT_TRUE(test, in.holds(0, 1000, too_much));
	expect_done(test, pair.peer.receive(in.all()), 0);
	expect_done(test, sends[0].wait(), too_much);
	expect_done(test, sends[1].wait(), 1000);
	expect_done(test, disconnect.wait());
}

/* The FIN is on its way, while the peer's window is closed. */
void sent_disconnect_is_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much), in(65536);
	Request send, disconnect;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	expect_ok(test, pair.caller.set(SOL_SOCKET, SO_SNDBUF, 2 * too_much));
	expect_ok(test, pair.peer.set(SOL_SOCKET, SO_RCVBUF, 16384));
	pair.caller.start_send(send, out.all());
	expect_done(test, send.wait(), too_much);
	pair.caller.start_disconnect(disconnect);
	EXPECT_TRUE(test, disconnect.pending());
	EXPECT_TRUE(test, disconnect.cancel());
	expect_failed(test, disconnect.wait(), STATUS_CANCELLED);
	expect_refused(test, pair.caller.send(out.window(0, 1)), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, pair.caller.disconnect(), STATUS_INVALID_DEVICE_STATE);
	for (SIZE_T got = 0; got < too_much; got += 65536)
		expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 65536);
	expect_done(test, pair.peer.receive(in.all()), 0);
}

void abort_is_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much), in(65536), mine(10);
	Request send, graceful, receive, abort;

	REQUIRE(test, pair.connected() && out.valid() && in.valid() && mine.valid());
	pair.shrink_buffers();
	pair.caller.start_send(send, out.all());
	pair.caller.start_disconnect(graceful);
	pair.caller.start_receive(receive, mine.all());
	abort.issue(test, [&](PIRP irp) {
		IoCancelIrp(irp);
		return pair.caller.connection()->WskDisconnect(pair.caller.handle(), nullptr,
							       WSK_FLAG_ABORTIVE, irp);
	});
	expect_failed(test, abort.wait(), STATUS_CANCELLED);
	/* All the same it has come to what an abort comes to. */
	EXPECT_STATUS(test, send.wait().status, STATUS_CANCELLED);
	expect_failed(test, graceful.wait(), STATUS_CANCELLED);
	expect_failed(test, receive.wait(), STATUS_CONNECTION_ABORTED);
	pair.peer.expect_reset(in.all());
	expect_refused(test, pair.caller.reset(), STATUS_INVALID_DEVICE_STATE);
}

void queued_abort_is_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);
	Request abort;
	bool cancelled = false;

	REQUIRE(test, pair.connected() && in.valid());
	at_dispatch([&]() {
		pair.caller.start_disconnect(abort, nullptr, WSK_FLAG_ABORTIVE);
		cancelled = abort.cancel();
	});
	/* On another processor it may have been carried out by then. */
	EXPECT_STATUS(test, abort.wait().status, cancelled ? STATUS_CANCELLED : STATUS_SUCCESS);
	expect_failed(test, pair.peer.receive(in.all()), STATUS_CONNECTION_RESET);
}

void connect_is_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Caller caller(client, family);
	USHORT port = 0;
	silent_peer *silent = silent_peer_open(family == AF_INET6, &port);
	Request connect;

	EXPECT_NOT_NULL(test, silent);
	if (caller.open() && silent) {
		caller.start_connect(connect, Address::loopback(family, port));
		EXPECT_TRUE(test, connect.pending());
		expect_refused(test, caller.connect(Address::loopback(family, port)),
			       STATUS_INVALID_DEVICE_STATE);
		EXPECT_TRUE(test, connect.cancel());
		expect_failed(test, connect.wait(), STATUS_CANCELLED);
		/* The attempt is over; the socket is bound as before. */
		Listener listener(client, family);

		expect_done(test, caller.connect(listener.address));
	}
	caller.close();
	silent_peer_close(silent);
}

void connect_ends_with_close(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Caller caller(client, family);
	USHORT port = 0;
	silent_peer *silent = silent_peer_open(family == AF_INET6, &port);
	Request connect, close;

	EXPECT_NOT_NULL(test, silent);
	if (caller.open() && silent) {
		caller.start_connect(connect, Address::loopback(family, port));
		caller.start_close(close);
		expect_done(test, close.wait());
		expect_failed(test, connect.wait(), STATUS_CANCELLED);
		EXPECT_LT(test, connect.order(), close.order());
	}
	caller.close();
	silent_peer_close(silent);
}

void bind_is_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, family);
	Request bind;
	bool cancelled = false;

	REQUIRE(test, listener.open());
	at_dispatch([&]() {
		listener.start_bind(bind, Address::loopback(family));
		cancelled = bind.cancel();
	});
	EXPECT_TRUE(test, cancelled);
	expect_failed(test, bind.wait(), STATUS_CANCELLED);
	/* As if it had never been asked for. */
	expect_done(test, listener.bind(Address::loopback(family)));
}

void create_is_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Request create;
	Socket socket(client);

	REQUIRE(test, client.ready());
	at_dispatch([&]() {
		create.issue(test, [&](PIRP irp) {
			return client.provider()->WskSocket(client.handle(), family, SOCK_STREAM,
							    IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET,
							    nullptr, nullptr, nullptr, nullptr,
							    nullptr, irp);
		});
		create.cancel();
	});

	const Outcome outcome = create.wait();

	EXPECT_TRUE(test, outcome.pending);
	EXPECT_TRUE(test, outcome.status == STATUS_SUCCESS || outcome.status == STATUS_CANCELLED);
	socket.adopt(outcome);
}

void close_is_not_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Request close;

	REQUIRE(test, pair.connected());
	at_dispatch([&]() {
		pair.caller.start_close(close);
		close.cancel();
	});
	expect_done(test, close.wait());
}

void options_are_cancelled_or_done(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Request requests[2];
	ULONG value = 12345;
	Address address;

	REQUIRE(test, listener.open());
	at_dispatch([&]() {
		listener.start_control(requests[0], {.type = WskGetOption,
						     .code = SO_RCVBUF,
						     .output = &value,
						     .output_size = sizeof(value)});
		listener.start_local_address(requests[1], address);
		requests[0].cancel();
		requests[1].cancel();
	});

	const Outcome option = requests[0].wait();
	const Outcome local = requests[1].wait();

	EXPECT_TRUE(test, option.status == STATUS_SUCCESS || option.status == STATUS_CANCELLED);
	EXPECT_TRUE(test, local.status == STATUS_SUCCESS || local.status == STATUS_CANCELLED);
	EXPECT_EQ(test, option.rules + local.rules, 0ul);
	if (option.status == STATUS_CANCELLED)
		EXPECT_EQ(test, value, 12345u);
}

void too_late(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	Request send, receive;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	pair.caller.start_send(send, out.all());
	expect_done(test, send.wait(), 10);
	EXPECT_FALSE(test, send.cancel());
	pair.peer.start_receive(receive, in.all());
	expect_done(test, receive.wait(), 10);
	EXPECT_FALSE(test, receive.cancel());
	/* Reused, the IRP is as good as new. */
	pair.caller.start_send(send, out.all());
	expect_done(test, send.wait(), 10);
}

void before_the_call(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	Request receive, accept;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	/* A watchdog of the client's may fire before the call reaches the socket. */
	receive.issue(test, [&](PIRP irp) {
		IoCancelIrp(irp);
		return pair.peer.connection()->WskReceive(pair.peer.handle(), in.all(), 0, irp);
	});
	expect_failed(test, receive.wait(), STATUS_CANCELLED);
	accept.issue(test, [&](PIRP irp) {
		IoCancelIrp(irp);
		return pair.listener.listen()->WskAccept(pair.listener.handle(), 0, nullptr,
							 nullptr, nullptr, nullptr, irp);
	});
	expect_failed(test, accept.wait(), STATUS_CANCELLED);
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 10);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 10);
	EXPECT_TRUE(test, in.holds(0, 10, 0));
}

/*
 * IoCancelIrp on another processor comes while the pump has the first one in hand: all that it does
 * then is to set Cancel. The pump looks for data because the second one goes.
 */
void cancelled_in_hand(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10), more(10);
	Request first, second, empty;
	PIRP in_hand = nullptr;

	REQUIRE(test, pair.connected() && in.valid() && more.valid());
	first.issue(test, [&](PIRP irp) {
		in_hand = irp;
		return pair.peer.connection()->WskReceive(pair.peer.handle(), in.all(), 0, irp);
	});
	pair.peer.start_receive(second, more.all());
	pair.peer.start_receive(empty, in.none());
	REQUIRE(test, in_hand && empty.pending());
	WriteBooleanNoFence(&in_hand->Cancel, TRUE);
	EXPECT_TRUE(test, second.cancel());
	expect_failed(test, second.wait(), STATUS_CANCELLED);
	expect_failed(test, first.wait(), STATUS_CANCELLED);
	/* Nothing comes from the network, and it needs nothing. */
	expect_done(test, empty.wait(), 0);
}

void cancel_request(void *context)
{
	static_cast<Request *>(context)->cancel();
}

void from_completion_routine(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10), more(10);
	Request first, second;

	REQUIRE(test, pair.connected() && out.valid() && in.valid() && more.valid());
	first.on_completion(cancel_request, &second);
	pair.peer.start_receive(first, in.all(), WSK_FLAG_WAITALL);
	pair.peer.start_receive(second, more.all(), WSK_FLAG_WAITALL);
	expect_done(test, pair.caller.send(out.all()), 10);
	expect_done(test, first.wait(), 10);
	expect_failed(test, second.wait(), STATUS_CANCELLED);
}

void at_dispatch_level(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);
	Request receive;
	bool cancelled = false;

	REQUIRE(test, pair.connected() && in.valid());
	pair.peer.start_receive(receive, in.all());
	in_softirq([&]() { cancelled = receive.cancel(); });
	EXPECT_TRUE(test, cancelled);
	expect_failed(test, receive.wait(), STATUS_CANCELLED);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a cancelled receive takes nothing", receive_is_cancelled),
	IPV4_AND_IPV6("the requests behind a cancelled one move up", others_move_up),
	IPV4_AND_IPV6("a cancelled receive tells what it had", half_filled_receive),
	IPV4_AND_IPV6("a draining receive is cancelled", drain_is_cancelled),
	IPV4_AND_IPV6("a cancelled accept leaves the connection", accept_is_cancelled),
	IPV4_AND_IPV6("a send that waits behind another is cancelled", waiting_send_is_cancelled),
	IPV4_AND_IPV6("a send under way is cancelled", started_send_is_cancelled),
	IPV4_AND_IPV6("a graceful disconnect is cancelled", disconnect_is_cancelled),
	IPV4_AND_IPV6("after a cancelled graceful disconnect sending goes on", sending_goes_on),
	IPV4_AND_IPV6("but not once the FIN is on its way", sent_disconnect_is_cancelled),
	IPV4_AND_IPV6("an abort is carried out though its IRP was cancelled", abort_is_cancelled),
	IPV4_AND_IPV6("also where it is cancelled while it waits", queued_abort_is_cancelled),
	IPV4_AND_IPV6("a connect is cancelled", connect_is_cancelled),
	IPV4_AND_IPV6("closing ends a connect that nobody answers", connect_ends_with_close),
	IPV4_AND_IPV6("a cancelled bind leaves the socket unbound", bind_is_cancelled),
	IPV4_AND_IPV6("a cancelled creation leaves nothing behind", create_is_cancelled),
	IPV4_AND_IPV6("closing cannot be cancelled", close_is_not_cancelled),
	IPV4_AND_IPV6("queries are cancelled or done", options_are_cancelled_or_done),
	IPV4_AND_IPV6("cancelling after completion does nothing", too_late),
	IPV4_AND_IPV6("an IRP cancelled before the call is not queued", before_the_call),
	IPV4_AND_IPV6("the requests behind one that is cancelled in the pump's hands move up",
		      cancelled_in_hand),
	IPV4_AND_IPV6("a completion routine cancels another request", from_completion_routine),
	IPV4_AND_IPV6("requests are cancelled at DISPATCH_LEVEL", at_dispatch_level),
};

} // namespace

BRIDGE_SUITE(wsk_cancel, cases, .network = true);
