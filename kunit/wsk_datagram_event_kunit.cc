// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskReceiveFromEvent, its outcomes, and WskRelease of datagrams. */
#include "bpf_hook.h"
#include "port/memory.h"
#include "wsk_datagram_fixture.h"

namespace
{

using namespace wsk::test;

/* A bound socket whose event takes notes, off at first; and one that sends to it. */
struct Noted {
	Noted(struct kunit *test, ADDRESS_FAMILY family, ULONG static_events = 0)
		: client(test), notes(test), sender((set_static(static_events), client), family),
		  receiver(client, family, &notes, &DatagramNotes::dispatch)
	{
		notes.acts_on = &receiver;
		ready = sender.bind_loopback() && receiver.bind_loopback();
	}

	void set_static(ULONG mask)
	{
		struct kunit *test = client.test();

		if (mask && client.ready())
			EXPECT_STATUS(test, client.set_static_events(mask), STATUS_SUCCESS);
	}

	bool enable()
	{
		struct kunit *test = client.test();
		const NTSTATUS status = receiver.set_events(WSK_EVENT_RECEIVE_FROM);

		EXPECT_STATUS(test, status, STATUS_SUCCESS);
		return status == STATUS_SUCCESS;
	}

	void send(SIZE_T position, ULONG length)
	{
		sender.send_stream(receiver.address, position, length);
	}

	NTSTATUS release(PWSK_DATAGRAM_INDICATION list)
	{
		return receiver.datagram()->WskRelease(receiver.handle(), list);
	}

	Client client;
	DatagramNotes notes;
	Datagram sender, receiver;
	bool ready = false;
};

void datagrams_are_indicated(struct kunit *test, ADDRESS_FAMILY family)
{
	Noted noted(test, family);

	REQUIRE(test, noted.ready && noted.enable());
	noted.send(3, 100);
	REQUIRE(test, noted.notes.reach(1));
	noted.send(5, 1);
	noted.send(7, 20000);
	REQUIRE(test, noted.notes.reach(3));
	const SIZE_T positions[] = {3, 5, 7}, lengths[] = {100, 1, 20000};
	for (LONG i = 0; i < 3; i++) {
		const DatagramNotes::Seen &seen = noted.notes.seen(i);

		EXPECT_EQ(test, seen.position, positions[i]);
		EXPECT_EQ(test, seen.length, lengths[i]);
		EXPECT_TRUE(test, seen.whole);
		EXPECT_TRUE(test, seen.from == noted.sender.address);
		EXPECT_EQ(test, seen.flags, 0u);
		EXPECT_EQ(test, seen.control_length, 0u);
	}
}

void waiting_datagrams_are_indicated(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr LONG count = 40;
	Noted noted(test, family);

	REQUIRE(test, noted.ready);
	for (LONG i = 0; i < count; i++)
		noted.send(i, i);
	bridge_sleep_ms(20);
	EXPECT_EQ(test, noted.notes.calls(), 0);
	REQUIRE(test, noted.enable());
	REQUIRE(test, noted.notes.reach(count));
	/* In order, and several at a time. */
	for (LONG i = 1; i < count; i++) {
		EXPECT_EQ(test, noted.notes.seen(i).length, (SIZE_T)i);
		EXPECT_EQ(test, noted.notes.seen(i).position, (SIZE_T)i);
	}
	EXPECT_LT(test, noted.notes.calls(), count);
}

void refused_datagrams_are_kept(struct kunit *test, ADDRESS_FAMILY family)
{
	Noted noted(test, family);

	REQUIRE(test, noted.ready);
	noted.notes.answer = STATUS_DATA_NOT_ACCEPTED;
	noted.send(1, 10);
	noted.send(2, 20);
	REQUIRE(test, noted.enable());
	REQUIRE(test, noted.notes.reach(2));
	noted.send(3, 30);
	bridge_sleep_ms(20);
	/* The event is off, and a receive does not switch it on. */
	EXPECT_EQ(test, noted.notes.datagrams(), 2);
	EXPECT_EQ(test, noted.receiver.readable(), 10u);
	noted.receiver.expect_stream(1, 10);
	EXPECT_EQ(test, noted.receiver.readable(), 20u);
	bridge_sleep_ms(20);
	EXPECT_EQ(test, noted.notes.datagrams(), 2);
	noted.notes.answer = STATUS_SUCCESS;
	REQUIRE(test, noted.enable());
	REQUIRE(test, noted.notes.reach(4));
	EXPECT_EQ(test, noted.notes.seen(2).position, 2ul);
	EXPECT_EQ(test, noted.notes.seen(2).length, 20ul);
	EXPECT_EQ(test, noted.notes.seen(3).position, 3ul);
	EXPECT_EQ(test, noted.notes.seen(3).length, 30ul);
}

void enabling_while_refusing(struct kunit *test, ADDRESS_FAMILY family)
{
	Noted noted(test, family);

	REQUIRE(test, noted.ready);
	noted.notes.answer = STATUS_DATA_NOT_ACCEPTED;
	noted.notes.act = [](DatagramNotes &notes) {
		notes.answer = STATUS_SUCCESS;
		notes.act = nullptr;
		notes.act_status = notes.acts_on->set_events(WSK_EVENT_RECEIVE_FROM);
	};
	REQUIRE(test, noted.enable());
	noted.send(1, 10);
	/* Whoever enables it before the refusal has been dealt with is not to wait for ever. */
	REQUIRE(test, noted.notes.reach(2));
	EXPECT_STATUS(test, noted.notes.act_status, STATUS_SUCCESS);
	EXPECT_EQ(test, noted.notes.seen(1).position, 1ul);
}

void static_events_drop_what_is_refused(struct kunit *test, ADDRESS_FAMILY family)
{
	Noted noted(test, family, WSK_EVENT_RECEIVE_FROM);

	REQUIRE(test, noted.ready);
	noted.notes.answer = STATUS_DATA_NOT_ACCEPTED;
	noted.send(1, 10);
	REQUIRE(test, noted.notes.reach(1));
	noted.notes.answer = STATUS_SUCCESS;
	noted.send(2, 20);
	REQUIRE(test, noted.notes.reach(2));
	EXPECT_EQ(test, noted.notes.seen(1).position, 2ul);
	EXPECT_STATUS(test, noted.receiver.set_events(WSK_EVENT_RECEIVE_FROM | WSK_EVENT_DISABLE),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, noted.receiver.set_events(WSK_EVENT_RECEIVE_FROM),
		      STATUS_INVALID_PARAMETER);
}

void unknown_answers_drop(struct kunit *test, ADDRESS_FAMILY family)
{
	const NTSTATUS answers[] = {STATUS_DEVICE_NOT_READY, STATUS_UNSUCCESSFUL,
				    STATUS_INSUFFICIENT_RESOURCES};
	Noted noted(test, family);
	LONG count = 0;

	REQUIRE(test, noted.ready && noted.enable());
	for (NTSTATUS answer : answers) {
		noted.notes.answer = answer;
		noted.send(count + 1, 10);
		REQUIRE(test, noted.notes.reach(++count));
		EXPECT_EQ(test, noted.notes.seen(count - 1).position, (SIZE_T)count);
	}
}

void queued_receives_come_first(struct kunit *test, ADDRESS_FAMILY family)
{
	Noted noted(test, family);
	Buffer in(50);
	Request receive;

	REQUIRE(test, noted.ready && in.valid() && noted.enable());
	noted.receiver.start_receive(receive, in.all());
	noted.send(1, 10);
	expect_done(test, receive.wait(), 10);
	noted.send(2, 20);
	REQUIRE(test, noted.notes.reach(1));
	EXPECT_EQ(test, noted.notes.seen(0).position, 2ul);
}

bool holds(PWSK_DATAGRAM_INDICATION node, SIZE_T position)
{
	auto *data = static_cast<UCHAR *>(
		MmGetSystemAddressForMdlSafe(node->Buffer.Mdl, NormalPagePriority));

	return data && data[node->Buffer.Offset] == stream_byte(position);
}

void retained_datagrams_stay(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr LONG count = 6;
	PWSK_DATAGRAM_INDICATION nodes[count] = {};
	Noted noted(test, family);
	LONG kept = 0;

	REQUIRE(test, noted.ready);
	noted.notes.answer = STATUS_PENDING;
	for (LONG i = 0; i < 3; i++)
		noted.send(i, 100);
	REQUIRE(test, noted.enable());
	REQUIRE(test, noted.notes.reach(3));
	for (LONG i = 3; i < count; i++) {
		noted.send(i, 100);
		REQUIRE(test, noted.notes.reach(i + 1));
	}
	for (PWSK_DATAGRAM_INDICATION node = noted.notes.take_kept(); node && kept < count;
	     node = node->Next)
		nodes[kept++] = node;
	REQUIRE(test, kept == count);
	for (LONG i = 0; i < count; i++) {
		EXPECT_TRUE(test, holds(nodes[i], i));
		EXPECT_EQ(test, nodes[i]->Buffer.Length, 100ul);
		nodes[i]->Next = nullptr;
	}
	/* Cut apart, chained anew across the calls, in any order; others stay untouched. */
	nodes[4]->Next = nodes[0];
	nodes[0]->Next = nodes[2];
	EXPECT_STATUS(test, noted.release(nodes[4]), STATUS_SUCCESS);
	EXPECT_TRUE(test, holds(nodes[1], 1) && holds(nodes[3], 3) && holds(nodes[5], 5));
	EXPECT_STATUS(test, noted.release(nodes[5]), STATUS_SUCCESS);
	at_dispatch([&] { EXPECT_STATUS(test, noted.release(nodes[1]), STATUS_SUCCESS); });
	in_softirq([&] { EXPECT_STATUS(test, noted.release(nodes[3]), STATUS_SUCCESS); });
}

void released_inside_the_event(struct kunit *test, ADDRESS_FAMILY family)
{
	Noted noted(test, family);

	REQUIRE(test, noted.ready);
	noted.notes.answer = STATUS_PENDING;
	noted.notes.act = [](DatagramNotes &notes) {
		notes.act_status = notes.acts_on->datagram()->WskRelease(notes.acts_on->handle(),
									 notes.take_kept());
	};
	REQUIRE(test, noted.enable());
	for (LONG i = 1; i < 4; i++) {
		noted.send(i, 10);
		REQUIRE(test, noted.notes.reach(i));
		EXPECT_STATUS(test, noted.notes.act_status, STATUS_SUCCESS);
	}
}

/* What is retained is room that the socket does not have. */
void retained_datagrams_fill_the_buffer(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG size = 1000;
	Noted noted(test, family);

	REQUIRE(test, noted.ready);
	expect_ok(test, noted.receiver.set(SOL_SOCKET, SO_RCVBUF, 8192));
	noted.notes.answer = STATUS_PENDING;
	REQUIRE(test, noted.enable());
	for (LONG i = 0; i < 50; i++)
		noted.send(i, size);
	bridge_sleep_ms(50);
	LONG had_room = noted.notes.datagrams();
	EXPECT_GT(test, had_room, 0);
	EXPECT_LT(test, had_room, 40);
	EXPECT_STATUS(test, noted.release(noted.notes.take_kept()), STATUS_SUCCESS);
	noted.notes.answer = STATUS_SUCCESS;
	noted.send(0, size);
	EXPECT_TRUE(test, noted.notes.reach(had_room + 1));
}

/* Whatever the client calls its own is looked up in checked builds only. */
void wrong_releases(struct kunit *test, ADDRESS_FAMILY family)
{
	Noted noted(test, family);
	WSK_DATAGRAM_INDICATION forged = {};

	REQUIRE(test, noted.ready);
	noted.notes.answer = STATUS_PENDING;
	REQUIRE(test, noted.enable());
	noted.send(0, 10);
	REQUIRE(test, noted.notes.reach(1));
	PWSK_DATAGRAM_INDICATION list = noted.notes.take_kept();
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, noted.release(nullptr), STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, noted.receiver.datagram()->WskRelease(nullptr, list),
				   STATUS_INVALID_PARAMETER));
	if (bridge_checked())
		EXPECT_RULES(test, 1,
			     EXPECT_STATUS(test, noted.release(&forged), STATUS_INVALID_PARAMETER));
	EXPECT_STATUS(test, noted.release(list), STATUS_SUCCESS);
	if (bridge_checked())
		EXPECT_RULES(test, 1,
			     EXPECT_STATUS(test, noted.release(list), STATUS_INVALID_PARAMETER));
}

void disabling(struct kunit *test, ADDRESS_FAMILY family)
{
	Noted noted(test, family);

	REQUIRE(test, noted.ready);
	noted.notes.act = [](DatagramNotes &notes) {
		notes.act_status =
			notes.acts_on->set_events(WSK_EVENT_RECEIVE_FROM | WSK_EVENT_DISABLE);
	};
	REQUIRE(test, noted.enable());
	noted.send(1, 10);
	REQUIRE(test, noted.notes.reach(1));
	EXPECT_STATUS(test, noted.notes.act_status, STATUS_EVENT_PENDING);
	noted.notes.act = nullptr;
	noted.send(2, 10);
	bridge_sleep_ms(20);
	EXPECT_EQ(test, noted.notes.datagrams(), 1);
	REQUIRE(test, noted.enable());
	REQUIRE(test, noted.notes.reach(2));
	expect_ok(test, noted.receiver.set_events_irp(WSK_EVENT_RECEIVE_FROM | WSK_EVENT_DISABLE));
	noted.send(3, 10);
	bridge_sleep_ms(20);
	EXPECT_EQ(test, noted.notes.datagrams(), 2);
	noted.receiver.expect_stream(3, 10);
}

void enabling_too_early_or_wrong(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	DatagramNotes notes(test);
	static constexpr WSK_CLIENT_DATAGRAM_DISPATCH empty = {};
	Datagram unbound(client, family, &notes, &DatagramNotes::dispatch), nothing(client, family),
		none(client, family, nullptr, &empty);
	const ULONG wrong[] = {0, WSK_EVENT_RECEIVE, WSK_EVENT_ACCEPT, WSK_EVENT_DISABLE,
			       WSK_EVENT_RECEIVE_FROM | WSK_EVENT_DISCONNECT};

	REQUIRE(test, unbound.open() && nothing.bind_loopback() && none.bind_loopback());
	expect_refused(test, unbound.set_events_irp(WSK_EVENT_RECEIVE_FROM),
		       STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, nothing.set_events_irp(WSK_EVENT_RECEIVE_FROM),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, none.set_events_irp(WSK_EVENT_RECEIVE_FROM), STATUS_INVALID_PARAMETER);
	REQUIRE(test, unbound.bind_loopback());
	for (ULONG mask : wrong)
		expect_refused(test, unbound.set_events_irp(mask), STATUS_INVALID_PARAMETER);
}

void closing_inside_the_event(struct kunit *test, ADDRESS_FAMILY family)
{
	Noted noted(test, family);
	static Request *close_request;
	Request close;

	REQUIRE(test, noted.ready);
	close_request = &close;
	noted.notes.act = [](DatagramNotes &notes) { notes.acts_on->start_close(*close_request); };
	REQUIRE(test, noted.enable());
	noted.send(1, 10);
	REQUIRE(test, noted.notes.reach(1));
	expect_done(test, close.wait());
	bridge_sleep_ms(20);
	EXPECT_EQ(test, noted.notes.calls(), 1);
}

/* The list outlives the socket where a driver is late; nothing of it may be touched by closing. */
void closing_with_refused_and_retained(struct kunit *test, ADDRESS_FAMILY family)
{
	Noted noted(test, family);

	REQUIRE(test, noted.ready);
	noted.notes.answer = STATUS_PENDING;
	REQUIRE(test, noted.enable());
	noted.send(1, 10);
	REQUIRE(test, noted.notes.reach(1));
	noted.notes.answer = STATUS_DATA_NOT_ACCEPTED;
	noted.send(2, 20);
	REQUIRE(test, noted.notes.reach(2));
	PWSK_DATAGRAM_INDICATION list = noted.notes.take_kept();
	EXPECT_TRUE(test, holds(list, 1));
	EXPECT_STATUS(test, noted.release(list), STATUS_SUCCESS);
	noted.receiver.close();
}

/* The level at which the answer's request is completed. */
void answer_inside_the_event(struct kunit *test, ADDRESS_FAMILY family, KIRQL *level)
{
	Noted noted(test, family);
	static Address reply_to;
	static Request *reply_request;
	static Buffer *reply_buffer;
	Request reply;
	Buffer out(30);

	REQUIRE(test, noted.ready && out.valid());
	reply.on_completion(
		[](void *context) { *static_cast<KIRQL *>(context) = KeGetCurrentIrql(); }, level);
	out.fill(4);
	reply_to = noted.sender.address;
	reply_request = &reply;
	reply_buffer = &out;
	noted.notes.act = [](DatagramNotes &notes) {
		notes.acts_on->start_send(*reply_request, reply_buffer->all(), reply_to);
	};
	REQUIRE(test, noted.enable());
	noted.send(1, 10);
	REQUIRE(test, noted.notes.reach(1));
	expect_done(test, reply.wait(), 30);
	noted.sender.expect_stream(4, 30);
}

void sending_inside_the_event(struct kunit *test, ADDRESS_FAMILY family)
{
	KIRQL level;

	answer_inside_the_event(test, family, &level);
}

/* Linux locks the socket for them, which may sleep. */
void programs_that_see_what_is_sent(struct kunit *test, ADDRESS_FAMILY family)
{
	KIRQL level = HIGH_LEVEL;

	if (!bpf_hook_possible())
		bridge_skip(test, "this kernel runs no BPF programs for cgroups");
	bpf_hook_use(family == AF_INET6, true);
	answer_inside_the_event(test, family, &level);
	bpf_hook_use(family == AF_INET6, false);
	EXPECT_EQ(test, level, PASSIVE_LEVEL);
}

void short_memory_loses_datagrams(struct kunit *test, ADDRESS_FAMILY family)
{
	Noted noted(test, family);

	REQUIRE(test, noted.ready);
	noted.send(1, 10);
	noted.send(2, 20);
	port_alloc_fail(1);
	REQUIRE(test, noted.enable());
	REQUIRE(test, noted.notes.reach(1));
	EXPECT_TRUE(test, port_alloc_fail(0));
	EXPECT_EQ(test, noted.notes.seen(0).position, 2ul);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("datagrams are indicated whole, with their sender", datagrams_are_indicated),
	IPV4_AND_IPV6("datagrams that wait are indicated on enabling",
		      waiting_datagrams_are_indicated),
	IPV4_AND_IPV6("refused datagrams are kept, and the event is off",
		      refused_datagrams_are_kept),
	IPV4_AND_IPV6("enabling the event while it refuses is not lost", enabling_while_refusing),
	IPV4_AND_IPV6("a static event stays on, and drops what is refused",
		      static_events_drop_what_is_refused),
	IPV4_AND_IPV6("an unknown answer drops the datagrams", unknown_answers_drop),
	IPV4_AND_IPV6("queued receives come before the event", queued_receives_come_first),
	IPV4_AND_IPV6("retained datagrams are released in any order", retained_datagrams_stay),
	IPV4_AND_IPV6("datagrams can be released inside the event", released_inside_the_event),
	IPV4_AND_IPV6("retained datagrams fill the receive buffer",
		      retained_datagrams_fill_the_buffer),
	IPV4_AND_IPV6("nothing can be released that is not retained", wrong_releases),
	IPV4_AND_IPV6("the event can be disabled, inside it too", disabling),
	IPV4_AND_IPV6("the event needs a bound socket and a function", enabling_too_early_or_wrong),
	IPV4_AND_IPV6("the socket can be closed inside its event", closing_inside_the_event),
	IPV4_AND_IPV6("closing frees what was refused", closing_with_refused_and_retained),
	IPV4_AND_IPV6("datagrams can be sent inside the event", sending_inside_the_event),
	IPV4_AND_IPV6("no softirq sends while BPF programs see what is sent",
		      programs_that_see_what_is_sent),
	IPV4_AND_IPV6("short memory loses the datagram, not the next",
		      short_memory_loses_datagrams),
};

} // namespace

BRIDGE_SUITE(wsk_datagram_event, cases, .network = true);
