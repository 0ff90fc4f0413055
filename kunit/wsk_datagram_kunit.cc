// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskBind, WskSendTo, WskSendMessages and WskReceiveFrom over UDP. */
#include "port/memory.h"
#include "wsk_datagram_fixture.h"

namespace
{

using namespace wsk::test;

/* Two bound sockets. */
struct Two {
	Two(struct kunit *test, ADDRESS_FAMILY family)
		: client(test), sender(client, family), receiver(client, family)
	{
		ready = sender.bind_loopback() && receiver.bind_loopback();
	}

	Client client;
	Datagram sender, receiver;
	bool ready = false;
};

void datagrams_arrive(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Buffer out({10, 3000, 7}), in({1, 5000});
	Incoming incoming;

	REQUIRE(test, two.ready && out.valid() && in.valid());
	EXPECT_NE(test, two.receiver.address.port(), 0);
	out.fill();
	in.wipe();
	/* Windows of chains on both sides. */
	expect_done(test, two.sender.send(out.window(5, 3010), two.receiver.address), 3010);
	expect_done(test, two.receiver.receive(in.all(), &incoming), 3010);
	EXPECT_TRUE(test, in.holds(0, 3010, 5));
	EXPECT_TRUE(test, in.wiped(3010, 1991));
	EXPECT_TRUE(test, incoming.from == two.sender.address);
	EXPECT_EQ(test, incoming.length, 0u);
	EXPECT_EQ(test, incoming.flags, 0u);
}

void a_receive_waits(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Buffer in(100);
	Request receive;

	REQUIRE(test, two.ready && in.valid());
	two.receiver.start_receive(receive, in.all());
	EXPECT_TRUE(test, receive.pending());
	two.sender.send_stream(two.receiver.address, 0, 60);
	expect_done(test, receive.wait(), 60);
	EXPECT_TRUE(test, in.holds(0, 60, 0));
}

void receives_are_served_in_order(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr int count = 5;
	Two two(test, family);
	Buffer in[count] = {Buffer(50), Buffer(50), Buffer(50), Buffer(50), Buffer(50)};
	Request receives[count];

	REQUIRE(test, two.ready);
	for (int i = 0; i < count; i++)
		two.receiver.start_receive(receives[i], in[i].all());
	for (int i = 0; i < count; i++)
		two.sender.send_stream(two.receiver.address, i * 10, 20 + i);
	for (int i = 0; i < count; i++) {
		expect_done(test, receives[i].wait(), 20 + i);
		EXPECT_TRUE(test, in[i].holds(0, 20 + i, i * 10));
		if (i)
			EXPECT_GT(test, receives[i].order(), receives[i - 1].order());
	}
}

void sends_go_out_in_order(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr int count = 16;
	Two two(test, family);
	Buffer out(count);
	Request sends[count];

	REQUIRE(test, two.ready && out.valid());
	out.fill();
	/* At DISPATCH_LEVEL they queue up. */
	at_dispatch([&] {
		for (int i = 0; i < count; i++)
			two.sender.start_send(sends[i], out.window(i, 1), two.receiver.address);
	});
	for (int i = 0; i < count; i++)
		expect_done(test, sends[i].wait(), 1);
	for (int i = 0; i < count; i++)
		two.receiver.expect_stream(i, 1);
}

void an_empty_datagram_is_one(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Incoming incoming;
	Buffer in(10);

	REQUIRE(test, two.ready && in.valid());
	two.sender.send_stream(two.receiver.address, 0, 0);
	two.sender.send_stream(two.receiver.address, 0, 4);
	expect_done(test, two.receiver.receive(in.all(), &incoming), 0);
	EXPECT_TRUE(test, incoming.from == two.sender.address);
	EXPECT_EQ(test, incoming.flags, 0u);
	two.receiver.expect_stream(0, 4);
}

void what_does_not_fit_is_lost(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Incoming incoming;
	Buffer in(100);

	REQUIRE(test, two.ready && in.valid());
	in.wipe();
	two.sender.send_stream(two.receiver.address, 0, 50);
	two.sender.send_stream(two.receiver.address, 3, 60);
	two.sender.send_stream(two.receiver.address, 5, 70);
	two.sender.send_stream(two.receiver.address, 7, 80);
	expect_done(test, two.receiver.receive(in.window(0, 20), &incoming), 20);
	EXPECT_EQ(test, incoming.flags, (ULONG)MSG_TRUNC);
	EXPECT_TRUE(test, in.holds(0, 20, 0));
	EXPECT_TRUE(test, in.wiped(20, 80));
	/* Without flags only the status can tell. */
	expect_failed(test, two.receiver.receive(in.window(0, 30)), STATUS_BUFFER_OVERFLOW, 30);
	EXPECT_TRUE(test, in.holds(0, 30, 3));
	expect_failed(test, two.receiver.receive(in.none()), STATUS_BUFFER_OVERFLOW, 0);
	two.receiver.expect_stream(7, 80);
}

void large_datagrams(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG most = family == AF_INET ? 65507 : 65527;
	Two two(test, family);
	Buffer out(70000), in(70000);

	REQUIRE(test, two.ready && out.valid() && in.valid());
	out.fill();
	expect_done(test, two.sender.send(out.window(0, most), two.receiver.address), most);
	expect_done(test, two.receiver.receive(in.all()), most);
	EXPECT_TRUE(test, in.holds(0, most, 0));
	expect_failed(test, two.sender.send(out.window(0, most + 1), two.receiver.address),
		      STATUS_INVALID_BUFFER_SIZE);
	expect_failed(test, two.sender.send(out.all(), two.receiver.address),
		      STATUS_INVALID_BUFFER_SIZE);
	two.receiver.expect_nothing();
}

/* More pieces than the transport is handed without ado. */
void long_chains(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG pieces = 40, piece = 5, total = pieces * piece;
	Two two(test, family);
	Buffer out(total), in(total);
	WSK_BUF from = {nullptr, 0, total}, to = {nullptr, 0, total};
	PMDL *from_link = &from.Mdl, *to_link = &to.Mdl;

	REQUIRE(test, two.ready && out.valid() && in.valid());
	out.fill();
	for (ULONG i = 0; i < pieces; i++) {
		/* Backwards, so that no two are neighbours. */
		UCHAR *out_at = &out[(pieces - 1 - i) * piece], *in_at = &in[i * piece];

		*from_link = IoAllocateMdl(out_at, piece, FALSE, FALSE, nullptr);
		*to_link = IoAllocateMdl(in_at, piece, FALSE, FALSE, nullptr);
		if (*from_link) {
			MmBuildMdlForNonPagedPool(*from_link);
			from_link = &(*from_link)->Next;
		}
		if (*to_link) {
			MmBuildMdlForNonPagedPool(*to_link);
			to_link = &(*to_link)->Next;
		}
	}
	PMDL chains[] = {from.Mdl, to.Mdl};
	expect_done(test, two.sender.send(&from, two.receiver.address), total);
	expect_done(test, two.receiver.receive(&to), total);
	for (ULONG i = 0; i < pieces; i++)
		EXPECT_TRUE(test, in.holds(i * piece, piece, (pieces - 1 - i) * piece));
	for (PMDL chain : chains)
		while (chain) {
			PMDL next = chain->Next;

			IoFreeMdl(chain);
			chain = next;
		}
}

void messages_go_out_as_datagrams(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Buffer out(100);
	WSK_BUF_LIST third = {nullptr, {}}, second = {&third, {}}, first = {&second, {}};

	REQUIRE(test, two.ready && out.valid());
	out.fill();
	first.Buffer = *out.window(0, 10);
	second.Buffer = *out.none();
	third.Buffer = *out.window(20, 30);
	expect_done(test, two.sender.send_messages(&first, two.receiver.address), 40);
	two.receiver.expect_stream(0, 10);
	two.receiver.expect_stream(0, 0);
	two.receiver.expect_stream(20, 30);
	two.receiver.expect_nothing();
}

void messages_stop_at_a_failure(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Buffer out(70000);
	WSK_BUF_LIST third = {nullptr, {}}, second = {&third, {}}, first = {&second, {}};

	REQUIRE(test, two.ready && out.valid());
	out.fill();
	first.Buffer = *out.window(0, 10);
	second.Buffer = *out.all();
	third.Buffer = *out.window(20, 30);
	expect_failed(test, two.sender.send_messages(&first, two.receiver.address),
		      STATUS_INVALID_BUFFER_SIZE);
	two.receiver.expect_stream(0, 10);
	two.receiver.expect_nothing();
}

/* The stack takes no more than the buffer's worth at a time; the rest waits its turn. */
void a_full_buffer_makes_sends_wait(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr int count = 64;
	constexpr ULONG size = 8000;
	Two two(test, family);
	Buffer out(size);
	Request sends[count];

	REQUIRE(test, two.ready && out.valid());
	out.fill();
	expect_ok(test, two.sender.set(SOL_SOCKET, SO_SNDBUF, 8192));
	expect_ok(test, two.receiver.set(SOL_SOCKET, SO_RCVBUF, 4 * count * size));
	at_dispatch([&] {
		for (Request &send : sends)
			two.sender.start_send(send, out.all(), two.receiver.address);
	});
	for (Request &send : sends)
		expect_done(test, send.wait(), size);
	for (int i = 0; i < count; i++)
		two.receiver.expect_stream(0, size);
}

void wildcard_and_port(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Datagram socket(client, family), peer(client, family);

	REQUIRE(test, socket.open() && peer.bind_loopback());
	expect_done(test, socket.bind(Address::any(family)));

	Address local = socket.local(), to = Address::loopback(family, local.port());

	EXPECT_TRUE(test, local.is_wildcard());
	EXPECT_NE(test, local.port(), 0);
	peer.send_stream(to, 9, 20);
	socket.expect_stream(9, 20);
	socket.send_stream(peer.address, 1, 2);
	peer.expect_stream(1, 2);
	/* TCP and UDP have ports of their own. */
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, family);
	REQUIRE(test, listener.open());
	expect_done(test, listener.bind(Address::any(family, local.port())));
	/* And one UDP socket keeps another out. */
	Datagram second(client, family);
	REQUIRE(test, second.open());
	expect_failed(test, second.bind(Address::any(family, local.port())),
		      STATUS_ADDRESS_ALREADY_EXISTS);
	expect_failed(test, second.bind(Address::foreign(family)),
		      STATUS_INVALID_ADDRESS_COMPONENT);
	expect_done(test, second.bind(Address::any(family)));
}

void shared_ports(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Datagram first(client, family), second(client, family), third(client, family);

	REQUIRE(test, first.open() && second.open() && third.open());
	expect_ok(test, first.set(SOL_SOCKET, SO_REUSEADDR, 1));
	expect_ok(test, second.set(SOL_SOCKET, SO_REUSEADDR, 1));
	REQUIRE(test, first.bind_loopback());
	expect_done(test, second.bind(first.address));
	expect_failed(test, third.bind(first.address), STATUS_ACCESS_DENIED);
	/* One of the two gets it. */
	Buffer in(10), other(10);
	Request one, two;
	first.start_receive(one, in.all());
	second.start_receive(two, other.all());
	expect_done(test, third.bind(Address::any(family)));
	third.send_stream(first.address, 0, 10);
	bool by_first = false;
	for (int i = 0; i < 1000 && one.pending() && two.pending(); i++)
		bridge_sleep_ms(1);
	by_first = !one.pending();
	expect_done(test, by_first ? one.wait() : two.wait(), 10);
	EXPECT_TRUE(test, (by_first ? in : other).holds(0, 10, 0));
}

void cancelled_receives_take_nothing(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Buffer in(10);
	Request first, second;

	REQUIRE(test, two.ready && in.valid());
	two.receiver.start_receive(first, in.all());
	two.receiver.start_receive(second, in.all());
	EXPECT_TRUE(test, first.cancel());
	expect_failed(test, first.wait(), STATUS_CANCELLED);
	two.sender.send_stream(two.receiver.address, 0, 10);
	expect_done(test, second.wait(), 10);
}

void closing_cancels_what_waits(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Buffer in(10);
	Request first, second, close;

	REQUIRE(test, two.ready && in.valid());
	two.receiver.start_receive(first, in.all());
	two.receiver.start_receive(second, in.all());
	two.receiver.start_close(close);
	expect_failed(test, first.wait(), STATUS_CANCELLED);
	expect_failed(test, second.wait(), STATUS_CANCELLED);
	expect_done(test, close.wait());
	EXPECT_GT(test, close.order(), first.order());
	EXPECT_GT(test, close.order(), second.order());
}

void works_at_dispatch_level(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Datagram sender(client, family), receiver(client, family);
	Request bind, receive, send, messages, query, close;
	Address any = Address::loopback(family), local;
	Buffer out(10), in(10);
	WSK_BUF_LIST list = {};

	REQUIRE(test, sender.open() && receiver.bind_loopback() && out.valid() && in.valid());
	out.fill();
	at_dispatch([&] { sender.start_bind(bind, any); });
	expect_done(test, bind.wait());
	at_dispatch([&] {
		sender.start_local_address(query, local);
		receiver.start_receive(receive, in.all());
		sender.start_send(send, out.all(), receiver.address);
	});
	expect_done(test, query.wait());
	expect_done(test, send.wait(), 10);
	expect_done(test, receive.wait(), 10);
	EXPECT_TRUE(test, in.holds(0, 10, 0));
	list.Buffer = *out.all();
	in_softirq([&] { sender.start_send_messages(messages, &list, receiver.address); });
	expect_done(test, messages.wait(), 10);
	receiver.expect_stream(0, 10);
	in_softirq([&] { sender.start_close(close); });
	expect_done(test, close.wait());
}

/* What a port that nobody has answers is about one datagram, not about the next. */
void refusals_fail_nothing(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Address nobody;
	Buffer in(10);
	Request receive;

	REQUIRE(test, two.ready && in.valid());
	{
		Datagram gone(two.client, family);

		REQUIRE(test, gone.bind_loopback());
		nobody = gone.address;
	}
	two.sender.start_receive(receive, in.all());
	for (int i = 0; i < 3; i++)
		two.sender.send_stream(nobody, 0, 10);
	expect_ok(test, two.sender.set_address(SIO_WSK_SET_REMOTE_ADDRESS, nobody));
	for (int i = 0; i < 3; i++)
		two.sender.send_stream(nobody, 0, 10);
	EXPECT_TRUE(test, receive.pending());
	expect_ok(test, two.sender.set_address(SIO_WSK_SET_REMOTE_ADDRESS, nullptr));
	two.receiver.send_stream(two.sender.address, 0, 10);
	expect_done(test, receive.wait(), 10);
}

/* Each allocation of a round trip is made to fail in turn: nothing is lost but datagrams. */
void short_memory(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Buffer out(100), in(100);
	const INT ttl = 3;
	Messages control;

	REQUIRE(test, two.ready && out.valid() && in.valid());
	control.add(family == AF_INET ? INT{IPPROTO_IP} : INT{IPPROTO_IPV6},
		    family == AF_INET ? IP_TTL : IPV6_HOPLIMIT, ttl);
	for (unsigned int nth = 1; nth < 8; nth++) {
		Request receive, send;

		two.receiver.start_receive(receive, in.all());
		port_alloc_fail(nth);
		two.sender.start_send(send, out.all(), two.receiver.address, &control);
		const Outcome outcome = send.wait();
		port_alloc_fail(0);
		if (outcome.status != STATUS_SUCCESS)
			EXPECT_STATUS(test, outcome.status, STATUS_INSUFFICIENT_RESOURCES);
		else
			expect_done(test, receive.wait(), 100);
	}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("datagrams arrive whole, with their sender", datagrams_arrive),
	IPV4_AND_IPV6("a receive waits for a datagram", a_receive_waits),
	IPV4_AND_IPV6("receives are served in the order of the calls",
		      receives_are_served_in_order),
	IPV4_AND_IPV6("sends go out in the order of the calls", sends_go_out_in_order),
	IPV4_AND_IPV6("an empty datagram is a datagram", an_empty_datagram_is_one),
	IPV4_AND_IPV6("what does not fit the buffer is lost, and told", what_does_not_fit_is_lost),
	IPV4_AND_IPV6("datagrams may be as large as the protocol allows", large_datagrams),
	IPV4_AND_IPV6("chains of many MDLs are one datagram", long_chains),
	IPV4_AND_IPV6("messages go out as datagrams, one a node", messages_go_out_as_datagrams),
	IPV4_AND_IPV6("messages stop at the first failure", messages_stop_at_a_failure),
	IPV4_AND_IPV6("sends wait for room in the send buffer", a_full_buffer_makes_sends_wait),
	IPV4_AND_IPV6("a socket can be bound to the wildcard address", wildcard_and_port),
	IPV4_AND_IPV6("a port can be shared", shared_ports),
	IPV4_AND_IPV6("a cancelled receive takes nothing", cancelled_receives_take_nothing),
	IPV4_AND_IPV6("closing cancels what waits, and completes last", closing_cancels_what_waits),
	IPV4_AND_IPV6("every function works at DISPATCH_LEVEL", works_at_dispatch_level),
	IPV4_AND_IPV6("an unreachable port fails neither sends nor receives",
		      refusals_fail_nothing),
	IPV4_AND_IPV6("short memory loses datagrams, and nothing else", short_memory),
};

} // namespace

BRIDGE_SUITE(wsk_datagram, cases, .network = true);
