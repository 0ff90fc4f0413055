// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Datagrams that are served before they are queued, and those that are queued, beside each other.
 * With wsk.fast_paths=0 all are queued, and everything else is to be the same.
 */
#include "port/datagram.h"
#include "waiting.h"
#include "wsk_datagram_fixture.h"

namespace
{

using namespace wsk::test;

/* How many were not queued, since it was made. */
class Arrivals
{
public:
	bool looked_for() const { return before_ >= 0; }
	LONG64 taken() const { return looked_for() ? port_datagram_arrivals() - before_ : 0; }

private:
	LONG64 before_ = port_datagram_arrivals();
};

/* A bound socket whose event takes notes, off at first; and one that sends to it. */
struct Scene {
	Scene(struct kunit *test, ADDRESS_FAMILY family)
		: client(test), notes(test), sender(client, family),
		  receiver(client, family, &notes, &DatagramNotes::dispatch)
	{
		notes.acts_on = &receiver;
		ready = sender.bind_loopback() && receiver.bind_loopback();
	}

	void enable(struct kunit *test)
	{
		EXPECT_STATUS(test, receiver.set_events(WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
	}

	void send(SIZE_T position, ULONG length = 10)
	{
		sender.send_stream(receiver.address, position, length);
	}

	/* In the order in which they were sent, from 0 on. */
	void expect_in_order(struct kunit *test, LONG count)
	{
		for (LONG i = 0; i < count; i++) {
			EXPECT_EQ(test, notes.seen(i).position, (SIZE_T)i);
			EXPECT_TRUE(test, notes.seen(i).whole);
			EXPECT_TRUE(test, notes.seen(i).from == sender.address);
		}
	}

	Client client;
	DatagramNotes notes;
	Datagram sender, receiver;
	bool ready = false;
};

void comes_without_a_queue(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr LONG count = 20;
	Scene scene(test, family);

	REQUIRE(test, scene.ready);
	scene.enable(test);
	Arrivals arrivals;
	for (LONG i = 0; i < count; i++) {
		scene.send(i, i ? 100 * i : 1);
		REQUIRE(test, scene.notes.reach(i + 1));
	}
	EXPECT_EQ(test, arrivals.taken() > 0, arrivals.looked_for());
	scene.expect_in_order(test, count);
}

void requests_take_it(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer in(50);

	REQUIRE(test, scene.ready && in.valid());
	Arrivals arrivals;
	for (LONG i = 0; i < 10; i++) {
		Incoming incoming;
		Request receive;

		scene.receiver.start_receive(receive, in.all(), &incoming);
		scene.send(i, 20 + i);
		expect_done(test, receive.wait(), 20 + i);
		EXPECT_TRUE(test, in.holds(0, 20 + i, i));
		EXPECT_TRUE(test, incoming.from == scene.sender.address);
	}
	EXPECT_EQ(test, arrivals.taken() > 0, arrivals.looked_for());
	/* Nobody waits for these. */
	LONG64 taken = arrivals.taken();
	scene.send(1);
	scene.send(2);
	scene.receiver.expect_stream(1, 10);
	scene.receiver.expect_stream(2, 10);
	EXPECT_EQ(test, arrivals.taken(), taken);
}

/* What comes while others are served has to wait behind them. */
void queue_comes_first(struct kunit *test, ADDRESS_FAMILY family)
{
	static Scene *in_event;
	Scene scene(test, family);

	REQUIRE(test, scene.ready);
	in_event = &scene;
	for (LONG i = 0; i < 3; i++)
		scene.send(i);
	scene.notes.act = [](DatagramNotes &notes) {
		notes.act = nullptr;
		in_event->send(3);
		in_event->send(4);
	};
	Arrivals arrivals;
	scene.enable(test);
	REQUIRE(test, scene.notes.reach(5));
	EXPECT_EQ(test, arrivals.taken(), 0ll);
	scene.expect_in_order(test, 5);
}

/* What is retained is room that the socket does not have: then the queue's rules hold. */
void full_buffer_queues(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);

	REQUIRE(test, scene.ready);
	expect_ok(test, scene.receiver.set(SOL_SOCKET, SO_RCVBUF, 8192));
	scene.notes.answer = STATUS_PENDING;
	scene.enable(test);
	Arrivals arrivals;
	for (LONG i = 0; i < 50; i++)
		scene.send(i, 1000);
	/* Some come from the queue. */
	EXPECT_TRUE(test, wait_until([&]() { return scene.notes.datagrams() > arrivals.taken(); }));
	bridge_sleep_ms(50);
	const LONG had_room = scene.notes.datagrams();
	const LONG64 taken = arrivals.taken();
	EXPECT_GT(test, had_room, 0);
	EXPECT_LT(test, had_room, 40);
	EXPECT_EQ(test, taken > 0, arrivals.looked_for());
	EXPECT_LT(test, taken, (LONG64)had_room);
	scene.expect_in_order(test, had_room);
	EXPECT_STATUS(test,
		      scene.receiver.datagram()->WskRelease(scene.receiver.handle(),
							    scene.notes.take_kept()),
		      STATUS_SUCCESS);
	scene.notes.answer = STATUS_SUCCESS;
	scene.send(0, 1000);
	EXPECT_TRUE(test, scene.notes.reach(had_room + 1));
}

void refused_come_again(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);

	REQUIRE(test, scene.ready);
	scene.notes.answer = STATUS_DATA_NOT_ACCEPTED;
	scene.enable(test);
	Arrivals arrivals;
	scene.send(0);
	REQUIRE(test, scene.notes.reach(1));
	EXPECT_EQ(test, arrivals.taken(), arrivals.looked_for() ? 1ll : 0ll);
	scene.send(1); /* is queued: the event is off */
	scene.notes.answer = STATUS_SUCCESS;
	scene.receiver.expect_stream(0, 10);
	scene.enable(test);
	REQUIRE(test, scene.notes.reach(2));
	EXPECT_EQ(test, scene.notes.seen(1).position, 1ul);
}

void disabled_inside(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);

	REQUIRE(test, scene.ready);
	scene.notes.act = [](DatagramNotes &notes) {
		notes.act_status =
			notes.acts_on->set_events(WSK_EVENT_RECEIVE_FROM | WSK_EVENT_DISABLE);
	};
	scene.enable(test);
	Arrivals arrivals;
	scene.send(0);
	REQUIRE(test, scene.notes.reach(1));
	EXPECT_STATUS(test, scene.notes.act_status, STATUS_EVENT_PENDING);
	scene.send(1);
	bridge_sleep_ms(20);
	EXPECT_EQ(test, scene.notes.datagrams(), 1);
	EXPECT_EQ(test, arrivals.taken(), arrivals.looked_for() ? 1ll : 0ll);
	scene.receiver.expect_stream(1, 10);
}

void closed_inside(struct kunit *test, ADDRESS_FAMILY family)
{
	static Request *close_request;
	Scene scene(test, family);
	Request close;

	REQUIRE(test, scene.ready);
	close_request = &close;
	scene.notes.act = [](DatagramNotes &notes) { notes.acts_on->start_close(*close_request); };
	scene.enable(test);
	Arrivals arrivals;
	scene.send(0);
	REQUIRE(test, scene.notes.reach(1));
	expect_done(test, close.wait());
	EXPECT_EQ(test, arrivals.taken(), arrivals.looked_for() ? 1ll : 0ll);
	scene.send(1); /* to nobody */
	bridge_sleep_ms(20);
	EXPECT_EQ(test, scene.notes.calls(), 1);
}

/* Those that the stack would not serve to who takes datagrams before the queue. */
void options_end_it(struct kunit *test, ADDRESS_FAMILY family)
{
	const bool ipv4 = family == AF_INET;
	const struct {
		ULONG level, name, value;
	} options[] = {
		{(ULONG)(ipv4 ? IPPROTO_IP : IPPROTO_IPV6),
		 (ULONG)(ipv4 ? IP_RECVERR : IPV6_RECVERR), 1},
		{IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, 5000},
	};

	for (const auto &option : options) {
		Scene scene(test, family);

		REQUIRE(test, scene.ready);
		expect_ok(test, scene.receiver.set(option.level, option.name, option.value));
		scene.enable(test);
		Arrivals arrivals;
		scene.send(0);
		scene.send(1);
		REQUIRE(test, scene.notes.reach(2));
		EXPECT_EQ(test, arrivals.taken(), 0ll);
		scene.expect_in_order(test, 2);
	}
}

/* Sends numbered datagrams, in haste. */
struct Numbered {
	static constexpr LONG total = 600;

	Numbered(Client &client, ADDRESS_FAMILY family, LONG number)
		: sender(client, family), out(2 * sizeof(LONG)), number(number)
	{
		ready = sender.bind_loopback() && out.valid();
	}

	void run(Address to)
	{
		/* Each processor has a queue: what another sends later may arrive sooner. */
		bridge_thread_stay();
		for (LONG i = 0; i < total; i++) {
			Request request;

			put(0, number);
			put(sizeof(LONG), i);
			sender.start_send(request, out.all(), to);
			if (request.wait().status != STATUS_SUCCESS)
				failures++;
			/* A processor alone is to get to the others. */
			if (i % 16 == 15)
				bridge_sleep_ms(1);
		}
		over = true;
	}

	void put(SIZE_T at, LONG value)
	{
		for (SIZE_T i = 0; i < sizeof(value); i++)
			out[at + i] = reinterpret_cast<UCHAR *>(&value)[i];
	}

	Datagram sender;
	Buffer out;
	const LONG number;
	volatile bool over = false;
	LONG failures = 0;
	bool ready = false;
};

/* Counts those that come behind a later one of the same sender. */
struct Order {
	static NTSTATUS WSKAPI on_datagrams(PVOID context, ULONG, PWSK_DATAGRAM_INDICATION list)
	{
		auto *self = static_cast<Order *>(context);

		for (; list; list = list->Next) {
			LONG numbers[2] = {};
			auto *data = static_cast<UCHAR *>(
				MmGetSystemAddressForMdlSafe(list->Buffer.Mdl, NormalPagePriority));

			if (list->Buffer.Length != sizeof(numbers) || !data)
				continue;
			RtlCopyMemory(numbers, data + list->Buffer.Offset, sizeof(numbers));
			LONG &last = self->last[numbers[0] & 1];
			if (numbers[1] <= last)
				InterlockedIncrement(&self->disorder);
			last = numbers[1];
			InterlockedIncrement(&self->count);
		}
		return STATUS_SUCCESS;
	}

	LONG last[2] = {-1, -1};
	volatile LONG disorder = 0, count = 0;
};

/* By both ways, while the event goes on and off; on two processors where there are two. */
void order_of_both_ways(struct kunit *test, ADDRESS_FAMILY family)
{
	static constexpr WSK_CLIENT_DATAGRAM_DISPATCH dispatch = {Order::on_datagrams};
	Order order;
	Client client(test);
	Numbered first(client, family, 0), second(client, family, 1);
	Datagram receiver(client, family, &order, &dispatch);
	Arrivals arrivals;

	REQUIRE(test, first.ready && second.ready && receiver.bind_loopback());
	{
		Thread one(test, [&] { first.run(receiver.address); });
		Thread two(test, [&] { second.run(receiver.address); });

		while (!first.over || !second.over) {
			EXPECT_STATUS(test, receiver.set_events(WSK_EVENT_RECEIVE_FROM),
				      STATUS_SUCCESS);
			bridge_sleep_ms(3);
			expect_ok(test, receiver.set_events_irp(WSK_EVENT_RECEIVE_FROM |
								WSK_EVENT_DISABLE));
			bridge_sleep_ms(1);
		}
	}
	EXPECT_EQ(test, first.failures + second.failures, 0);
	EXPECT_GT(test, order.count, 0);
	EXPECT_EQ(test, order.disorder, 0);
	EXPECT_EQ(test, arrivals.taken() > 0, arrivals.looked_for());
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a datagram is indicated without being queued", comes_without_a_queue),
	IPV4_AND_IPV6("a request that waits takes it without a queue, too", requests_take_it),
	IPV4_AND_IPV6("what is queued comes before what arrives", queue_comes_first),
	IPV4_AND_IPV6("what is retained has arrivals queued, and dropped", full_buffer_queues),
	IPV4_AND_IPV6("an arrival that is refused comes again, in its place", refused_come_again),
	IPV4_AND_IPV6("the event can be disabled inside, and the next is queued", disabled_inside),
	IPV4_AND_IPV6("the socket can be closed inside", closed_inside),
	IPV4_AND_IPV6("options that the queue is needed for have all queued", options_end_it),
	IPV4_AND_IPV6("both ways keep each sender's order", order_of_both_ways),
};

} // namespace

BRIDGE_SUITE(wsk_datagram_arrival, cases, .network = true);
