// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Many connections, cancellations and ends at once. Bounded; the points at which things happen are
 * drawn from a fixed sequence.
 */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

class Dice
{
public:
	explicit Dice(ULONG seed) : state_(seed) {}
	ULONG below(ULONG limit)
	{
		state_ = state_ * 1664525 + 1013904223;
		return (state_ >> 8) % limit;
	}

private:
	ULONG state_;
};

/* One connection, both ends and what is going on there; in the pool, since there are many. */
struct Link {
	static void *operator new(size_t size) noexcept
	{
		return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, tag);
	}
	static void operator delete(void *block) { ExFreePoolWithTag(block, tag); }

	Link(Client &client, ADDRESS_FAMILY family)
		: out(2000), in(2000), caller(client, family), peer(client)
	{
	}
	bool valid() const { return caller.open() && out.valid() && in.valid(); }

	Buffer out, in;
	Caller caller;
	Socket peer;
	Request connect, accept, send, receive, end;
};

template <ULONG count>
struct Links {
	Links(Client &client, ADDRESS_FAMILY family)
	{
		for (Link *&link : all)
			link = new Link(client, family);
	}
	~Links()
	{
		for (Link *link : all)
			delete link;
	}
	Links(const Links &) = delete;
	Links &operator=(const Links &) = delete;
	bool valid() const
	{
		for (Link *link : all)
			if (!link || !link->valid())
				return false;
		return true;
	}
	/* Connects all of them at once. */
	void connect(struct kunit *test, Listener &listener)
	{
		for (Link *link : all) {
			listener.start_accept(link->accept);
			link->caller.start_connect(link->connect, listener.address);
		}
		for (Link *link : all) {
			const Outcome accepted = link->accept.wait();

			expect_done(test, link->connect.wait());
			expect_done(test, accepted, accepted.information);
			link->peer.adopt(accepted);
		}
	}

	Link *all[count];
};

/* Which caller is on the other side of an accepted socket is known by the data only. */
void many_connections(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG count = 100;
	Client client(test);
	Listener listener(client, family);
	Links<count> links(client, family);
	ULONG sum = 0;

	REQUIRE(test, listener.open() && links.valid());
	links.connect(test, listener);
	for (ULONG i = 0; i < count; i++) {
		Link &link = *links.all[i];

		REQUIRE(test, link.peer.open());
		link.out[0] = (UCHAR)i;
		link.peer.start_receive(link.receive, link.in.all(), WSK_FLAG_WAITALL);
		link.caller.start_send(link.send, link.out.all());
	}
	for (ULONG i = 0; i < count; i++) {
		Link &link = *links.all[i];

		expect_done(test, link.send.wait(), 2000);
		expect_done(test, link.receive.wait(), 2000);
		sum += link.in[0];
	}
	EXPECT_EQ(test, sum, count * (count - 1) / 2);
}

void ends_at_any_point(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG count = 24, rounds = 6;
	Dice dice(family);

	for (ULONG round = 0; round < rounds; round++) {
		Client client(test);
		Listener listener(client, family);
		Links<count> links(client, family);

		REQUIRE(test, listener.open() && links.valid());
		links.connect(test, listener);
		for (Link *link : links.all) {
			REQUIRE(test, link->peer.open());
			link->peer.start_receive(link->receive, link->in.all(),
						 dice.below(2) ? WSK_FLAG_WAITALL : 0);
			if (dice.below(2))
				link->caller.start_send(link->send,
							link->out.window(0, dice.below(2000)));
		}
		/* Each in its own way; the destructors close what is left. */
		for (Link *link : links.all) {
			switch (dice.below(6)) {
			case 0:
				link->caller.start_close(link->end);
				break;
			case 1:
				link->peer.start_close(link->end);
				break;
			case 2:
				link->caller.start_disconnect(link->end);
				break;
			case 3:
				link->caller.start_disconnect(link->end, nullptr,
							      WSK_FLAG_ABORTIVE);
				break;
			case 4:
				link->peer.start_disconnect(link->end, nullptr, WSK_FLAG_ABORTIVE);
				break;
			default:
				link->receive.cancel();
				break;
			}
		}
	}
}

void ends_before_the_beginning(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG count = 48;
	Client client(test);
	Listener listener(client, family);
	Links<count> links(client, family);
	Dice dice(family + 1);
	ULONG connected = 0, accepted = 0;

	REQUIRE(test, listener.open() && links.valid());
	for (Link *link : links.all) {
		listener.start_accept(link->accept);
		link->caller.start_connect(link->connect, listener.address);
		switch (dice.below(4)) {
		case 0:
			link->caller.start_close(link->end);
			break;
		case 1:
			link->accept.cancel();
			break;
		case 2:
			link->connect.cancel();
			break;
		default:
			break;
		}
	}
	/* Whoever has not been accepted is when the listener closes. */
	listener.close();
	for (Link *link : links.all) {
		const Outcome outcome = link->accept.wait();

		if (link->connect.wait().status == STATUS_SUCCESS)
			connected++;
		if (outcome.status == STATUS_SUCCESS)
			accepted++;
		else
			EXPECT_STATUS(test, outcome.status, STATUS_CANCELLED);
		link->peer.adopt(outcome);
	}
	EXPECT_GT(test, connected, 0u);
	EXPECT_GT(test, accepted, 0u);
}

/* Sends a stream of `total` bytes in pieces of any size. */
void send_stream(struct kunit *test, Socket &socket, SIZE_T total, ULONG seed)
{
	Buffer out(5000);
	Dice dice(seed);

	REQUIRE(test, out.valid());
	for (SIZE_T sent = 0; sent < total;) {
		SIZE_T size = 1 + dice.below(5000);
		Request send;

		if (size > total - sent)
			size = total - sent;
		out.fill(sent);
		socket.start_send(send, out.window(0, size));
		expect_done(test, send.wait(), size);
		sent += size;
	}
	expect_done(test, socket.disconnect());
}

void cancelled_receives_lose_nothing(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr SIZE_T total = 200000;
	constexpr int count = 4;
	Client client(test);
	Pair pair(client, family);
	Buffer in[count] = {Buffer(3000), Buffer(3000), Buffer(3000), Buffer(3000)};
	Request receives[count];
	Dice dice(family + 2);
	SIZE_T got = 0;
	bool ended = false;
	ULONG cancelled = 0;

	REQUIRE(test, pair.connected());
	for (Buffer &one : in)
		REQUIRE(test, one.valid());

	/* Where data comes fast, no other cancellation may be in time. */
	pair.peer.start_receive(receives[0], in[0].window(0, 3000), 0);
	cancelled += receives[0].cancel();
	EXPECT_STATUS(test, receives[0].wait().status, STATUS_CANCELLED);

	Thread sender(test, [&]() { send_stream(test, pair.caller, total, family); });

	/* Requests come and go, and what they report, in their order, is the stream. */
	while (!ended) {
		for (int i = 0; i < count; i++)
			pair.peer.start_receive(receives[i], in[i].window(0, 1 + dice.below(3000)),
						dice.below(2) ? WSK_FLAG_WAITALL : 0);
		for (int i = 0; i < count; i++)
			if (dice.below(2) && receives[dice.below(count)].cancel())
				cancelled++;
		for (int i = 0; i < count; i++) {
			const Outcome outcome = receives[i].wait();

			if (outcome.status != STATUS_SUCCESS)
				EXPECT_STATUS(test, outcome.status, STATUS_CANCELLED);
			else if (!outcome.information)
				ended = true;
			EXPECT_TRUE(test, in[i].holds(0, outcome.information, got));
			got += outcome.information;
		}
		if (got > total)
			break;
	}
	sender.join();
	EXPECT_EQ(test, got, total);
	EXPECT_GT(test, cancelled, 0u);
}

void accepts_and_cancellations(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG calls = 60;
	Client client(test);
	Listener listener(client, family);
	Request accepts[4];
	Dice dice(family + 3);
	ULONG accepted = 0;

	REQUIRE(test, listener.open());

	Thread calling(test, [&]() {
		for (ULONG i = 0; i < calls; i++) {
			Caller caller(client, family);

			expect_done(test, caller.connect(listener.address));
		}
	});

	/* Every connection is delivered to one request, however many give up. */
	for (ULONG turn = 0; turn < 20 * calls && accepted < calls; turn++) {
		for (Request &accept : accepts)
			listener.start_accept(accept);
		bridge_sleep_ms(dice.below(3));
		for (Request &accept : accepts)
			accept.cancel();
		for (Request &accept : accepts) {
			const Outcome outcome = accept.wait();
			Socket peer(client);

			peer.adopt(outcome);
			if (peer.open())
				accepted++;
			else
				EXPECT_STATUS(test, outcome.status, STATUS_CANCELLED);
		}
	}
	calling.join();
	EXPECT_EQ(test, accepted, calls);
}

void cancel_storm(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr int rounds = 300;
	Client client(test);
	Pair pair(client, family);
	Buffer out(64), in(64);
	Request *current = nullptr;
	volatile bool over = false;
	KEVENT gate; /* guards `current`: an IRP is not freed while it is being cancelled */

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	KeInitializeEvent(&gate, SynchronizationEvent, TRUE);

	/* One thread cancels whatever the other starts, at every point of its life. */
	Thread canceller(test, [&]() {
		while (!over) {
			if (!wait_for(&gate))
				return;
			if (current)
				current->cancel();
			KeSetEvent(&gate, IO_NO_INCREMENT, FALSE);
			bridge_sleep_ms(1);
		}
	});

	for (int i = 0; i < rounds && wait_for(&gate); i++) {
		Request receive, send;

		current = &receive;
		KeSetEvent(&gate, IO_NO_INCREMENT, FALSE);
		pair.peer.start_receive(receive, in.all());
		if (i % 3 == 0) {
			pair.caller.start_send(send, out.all());
			expect_done(test, send.wait(), 64);
		}

		const Outcome outcome = receive.wait();

		EXPECT_TRUE(test,
			    outcome.status == STATUS_CANCELLED || outcome.status == STATUS_SUCCESS);
		if (!wait_for(&gate))
			break;
		current = nullptr;
		KeSetEvent(&gate, IO_NO_INCREMENT, FALSE);
	}
	over = true;
	canceller.join();
}

void clients_come_and_go(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr int rounds = 20;

	for (int i = 0; i < rounds; i++) {
		Client client(test);
		Pair pair(client, family);
		Buffer in(64);
		Request receive;

		REQUIRE(test, pair.connected() && in.valid());
		/* Everything is left to the destructors, the pending request included. */
		pair.caller.start_receive(receive, in.all());
	}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a hundred connections at once", many_connections),
	IPV4_AND_IPV6("connections end at any point", ends_at_any_point),
	IPV4_AND_IPV6("connections end before they begin", ends_before_the_beginning),
	IPV4_AND_IPV6("cancelled receives lose nothing", cancelled_receives_lose_nothing),
	IPV4_AND_IPV6("cancelled accepts lose nothing", accepts_and_cancellations),
	IPV4_AND_IPV6("a storm of cancellations", cancel_storm),
	IPV4_AND_IPV6("clients come and go", clients_come_and_go),
};

} // namespace

BRIDGE_SUITE(wsk_stress, cases, .network = true);
