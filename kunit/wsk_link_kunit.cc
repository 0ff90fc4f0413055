// SPDX-License-Identifier: MIT OR GPL-2.0
/* What settings of a connection do to what goes out, seen at the other end of a wire. */
#include "wsk_control_kinds.h"
#include "wsk_link.h"

namespace
{

using namespace wsk::test;

/* A caller at the near end, connected to a peer at the far one. */
struct Scene {
	Scene(struct kunit *test, ADDRESS_FAMILY family)
		: link(test), client(test), listener(client), caller(client), peer(client)
	{
		if (!link.ready())
			return;
		link.far.run([&] {
			Socket made(client, WSK_FLAG_LISTEN_SOCKET, family);

			listener.adopt(made.release(), WSK_FLAG_LISTEN_SOCKET);
		});
		link.near.run([&] {
			Socket made(client, WSK_FLAG_CONNECTION_SOCKET, family);

			caller.adopt(made.release());
		});
		if (!listener.open() || !caller.open())
			return;
		expect_done(test, listener.bind(Link::far_end(family)));
		expect_done(test, caller.bind(Link::near_end(family)));
		expect_done(test, caller.connect(listener.local()));
		peer.adopt(listener.accept());
		port = caller.local().port();
	}
	bool ready() const { return peer.open() && port; }

	Link link;
	Client client;
	Socket listener, caller, peer;
	USHORT port = 0;
};

/* Longer than a delayed acknowledgement, and where time costs nothing than a retransmission. */
void let_timers_expire()
{
	bridge_sleep_ms(bridge_time_is_real() ? 1200 : 30000);
}

void nothing_is_acknowledged(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Watch watch(&scene.link.far, scene.port);
	Buffer out(100);

	REQUIRE(test, scene.ready() && watch.ready() && out.valid());
	expect_ok(test, scene.caller.control(ioctl(SIO_WSK_SET_TCP_SILENT_MODE)));

	const net_watch_seen before = watch.seen();

	expect_done(test, scene.peer.send(out.all()), out.length());
	let_timers_expire();
	EXPECT_EQ(test, watch.seen().packets, before.packets);
	EXPECT_EQ(test, query_tcp_info(test, scene.peer).BytesInFlight, out.length());
	expect_done(test, scene.peer.reset());
	scene.caller.close();
	let_timers_expire();
	EXPECT_EQ(test, watch.seen().packets, before.packets);
}

void only_closing_is_left(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer data(100);

	REQUIRE(test, scene.ready() && data.valid());
	expect_ok(test, scene.caller.control(ioctl(SIO_WSK_SET_TCP_SILENT_MODE)));
	expect_refused(test, scene.caller.send(data.all()), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, scene.caller.receive(data.all()), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, scene.caller.disconnect(), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, scene.caller.reset(), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, scene.caller.control(ioctl(SIO_WSK_SET_TCP_SILENT_MODE)),
		       STATUS_INVALID_DEVICE_STATE);
}

/* Neither FIN nor RST, and nothing of what still waits to be sent. */
void closing_is_silent(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Watch watch(&scene.link.far, scene.port);
	Buffer much(too_much);
	Request stuck;

	REQUIRE(test, scene.ready() && watch.ready() && much.valid());
	expect_ok(test, scene.caller.set(SOL_SOCKET, SO_SNDBUF, 4096));
	expect_ok(test, scene.peer.set(SOL_SOCKET, SO_RCVBUF, 4096));
	scene.caller.start_send(stuck, much.all());
	let_timers_expire();
	EXPECT_TRUE(test, stuck.pending());
	expect_ok(test, scene.caller.control(ioctl(SIO_WSK_SET_TCP_SILENT_MODE)));

	const net_watch_seen before = watch.seen();

	let_timers_expire(); /* the window is not probed any more */
	scene.caller.close();
	expect_failed(test, stuck.wait(), STATUS_CANCELLED);
	let_timers_expire();
	EXPECT_EQ(test, watch.seen().packets, before.packets);
	EXPECT_EQ(test, watch.seen().ends, 0u);
	EXPECT_EQ(test, watch.seen().resets, 0u);
	/* The peer does not know. */
	EXPECT_EQ(test, query_tcp_info(test, scene.peer).State, TCPSTATE_ESTABLISHED);
	expect_done(test, scene.peer.reset());
}

/* What the peer sends later reaches no socket, and is answered as that always is. */
void afterwards_there_is_no_connection(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Watch watch(&scene.link.far, scene.port);
	Buffer data(100);

	REQUIRE(test, scene.ready() && watch.ready() && data.valid());
	expect_ok(test, scene.caller.control(ioctl(SIO_WSK_SET_TCP_SILENT_MODE)));
	scene.caller.close();
	EXPECT_EQ(test, watch.seen().ends + watch.seen().resets, 0u);
	expect_done(test, scene.peer.send(data.all()), data.length());
	let_timers_expire();
	EXPECT_GE(test, watch.seen().resets, 1u); /* it may have been sent again meanwhile */
	expect_failed(test, scene.peer.receive(data.all()), STATUS_CONNECTION_RESET);
}

/* How many segments of one byte each, sent one after the other, are acknowledged at once. */
ULONG acknowledgements(struct kunit *test, Scene &scene, const Watch &watch)
{
	constexpr int count = 10;
	constexpr unsigned int pause_ms = 30; /* less than an acknowledgement may be delayed */
	Buffer byte(1);
	ULONG before = watch.seen().empty;

	for (int i = 0; i < count; i++) {
		expect_done(test, scene.peer.send(byte.all(), WSK_FLAG_NODELAY), 1);
		bridge_sleep_ms(pause_ms);
	}
	return watch.seen().empty - before;
}

/* Whether some are left for later. A busy machine's pauses may be long enough for all of them. */
bool delays(struct kunit *test, Scene &scene, const Watch &watch, ULONG all)
{
	int tries = 5;

	while (tries && acknowledgements(test, scene, watch) >= all)
		tries--;
	return tries;
}

void acknowledgement_frequency(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG all = 10;
	Scene scene(test, family);
	Watch watch(&scene.link.far, scene.port);
	Buffer byte(1);
	UCHAR frequency = 1;

	REQUIRE(test, scene.ready() && watch.ready() && byte.valid());
	/* A connection's first ones are acknowledged at once anyway, as are those after a pause. */
	for (int i = 0; i < 40; i++)
		expect_done(test, scene.peer.send(byte.all(), WSK_FLAG_NODELAY), 1);
	if (!bridge_time_is_real())
		EXPECT_TRUE(test, delays(test, scene, watch, all));
	expect_ok(test, scene.caller.control(ioctl(SIO_TCP_SET_ACK_FREQUENCY, &frequency, 1)));
	EXPECT_GE(test, acknowledgements(test, scene, watch), all);
	frequency = 2;
	expect_ok(test, scene.caller.control(ioctl(SIO_TCP_SET_ACK_FREQUENCY, &frequency, 1)));
	if (!bridge_time_is_real())
		EXPECT_TRUE(test, delays(test, scene, watch, all));
}

/* A hint is the class of traffic that Linux' queues see. */
void priority_hints(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG priorities[] = {2, 1, 0};
	Client client(test);
	Pair pair(client, family);
	Datagram sender(client, family), receiver(client, family);
	Buffer byte(1);

	REQUIRE(test, pair.connected() && sender.bind_loopback() && receiver.bind_loopback() &&
			      byte.valid());
	Watch tcp(nullptr, pair.caller.local().port()), udp(nullptr, sender.address.port());

	REQUIRE(test, tcp.ready() && udp.ready());
	for (ULONG hint = 0; hint < RTL_NUMBER_OF(priorities); hint++) {
		expect_ok(test,
			  pair.caller.control(ioctl(SIO_SET_PRIORITY_HINT, &hint, sizeof(hint))));
		expect_ok(test, sender.control(ioctl(SIO_SET_PRIORITY_HINT, &hint, sizeof(hint))));
		expect_done(test, pair.caller.send(byte.all()), 1);
		expect_done(test, pair.peer.receive(byte.all()), 1);
		sender.send_stream(receiver.address, 0, 1);
		receiver.expect_stream(0, 1);
		EXPECT_EQ(test, tcp.seen().priority, priorities[hint]);
		EXPECT_EQ(test, udp.seen().priority, priorities[hint]);
	}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a silent connection acknowledges nothing", nothing_is_acknowledged),
	IPV4_AND_IPV6("a silent connection can only be closed", only_closing_is_left),
	IPV4_AND_IPV6("a silent connection closes without a FIN or a RST", closing_is_silent),
	IPV4_AND_IPV6("behind a silent close there is no connection any more",
		      afterwards_there_is_no_connection),
	IPV4_AND_IPV6("an acknowledgement frequency of 1 acknowledges every segment at once",
		      acknowledgement_frequency),
	IPV4_AND_IPV6("priority hints are what Linux' queues see", priority_hints),
};

} // namespace

BRIDGE_SUITE(wsk_link, cases, .network = true);
