// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskReceiveEvent and WskDisconnectEvent: data without copies, its four outcomes, and the end. */
#include "receive_buffer.h"
#include "waiting.h"
#include "wsk_control_kinds.h"
#include "wsk_packet_gate.h"

namespace
{

using namespace wsk::test;

/* What WskReceiveEvent is to do with what it gets. */
enum class Answer { take, refuse, take_part, keep };

/* The context of a connection socket whose events take notes. */
class StreamNotes
{
public:
	static constexpr LONG most = 32;

	explicit StreamNotes(struct kunit *test) : test_(test)
	{
		KeInitializeEvent(&called_, SynchronizationEvent, FALSE);
	}

	static const WSK_CLIENT_CONNECTION_DISPATCH dispatch;

	/* Set before the event can be called. */
	Answer answer = Answer::take;
	SIZE_T part = 0; /* of the first indication, with Answer::take_part */
	Socket *acts_on = nullptr;
	void (*act)(StreamNotes &notes) = nullptr;
	const receive_buffer *buffer = nullptr;

	/* What has been told so far. */
	volatile LONG receives = 0;
	volatile LONG disconnects = 0;
	volatile LONG64 taken = 0;	/* bytes accepted or kept */
	volatile LONG64 first_size = 0; /* bytes first indicated */
	ULONG disconnect_flags[2] = {};
	LONG64 taken_at_disconnect = -1;
	PWSK_DATA_INDICATION kept[most] = {};
	volatile LONG kept_count = 0;
	NTSTATUS act_status = STATUS_UNSUCCESSFUL;
	int used = -1; /* of the buffer, inside the last indication */
	bool in_order = true;

	template <typename Condition>
	bool wait_until(Condition condition)
	{
		while (!condition())
			if (!wait_for(&called_))
				return condition();
		return true;
	}

	/* Releases the kept lists, the last one first. */
	void release_all(Socket &socket)
	{
		struct kunit *test = test_;

		while (kept_count) {
			PWSK_DATA_INDICATION list = kept[InterlockedDecrement(&kept_count)];

			EXPECT_STATUS(test, socket.connection()->WskRelease(socket.handle(), list),
				      STATUS_SUCCESS);
		}
	}

	/* Whether a window holds what the test stream has at that position. */
	static bool holds(const WSK_BUF &buffer, SIZE_T position);

private:
	static NTSTATUS WSKAPI on_receive(PVOID context, ULONG flags, PWSK_DATA_INDICATION list,
					  SIZE_T bytes, SIZE_T *accepted);
	static NTSTATUS WSKAPI on_disconnect(PVOID context, ULONG flags);

	struct kunit *test_;
	KEVENT called_;
};

const WSK_CLIENT_CONNECTION_DISPATCH StreamNotes::dispatch = {on_receive, on_disconnect, nullptr};

bool StreamNotes::holds(const WSK_BUF &buffer, SIZE_T position)
{
	Buffer expected(4096);
	SIZE_T left = buffer.Length, offset = buffer.Offset;

	for (PMDL mdl = buffer.Mdl; left; mdl = mdl->Next) {
		if (!mdl)
			return false;
		auto *data =
			static_cast<UCHAR *>(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority));
		SIZE_T here = MmGetMdlByteCount(mdl) - offset;

		if (here > left)
			here = left;
		data += offset;
		offset = 0;
		left -= here;
		while (here) {
			SIZE_T now = here < expected.length() ? here : expected.length();

			expected.fill(position);
			if (!RtlEqualMemory(data, &expected[0], now))
				return false;
			data += now;
			here -= now;
			position += now;
		}
	}
	return true;
}

NTSTATUS WSKAPI StreamNotes::on_receive(PVOID context, ULONG flags, PWSK_DATA_INDICATION list,
					SIZE_T bytes, SIZE_T *accepted)
{
	auto *self = static_cast<StreamNotes *>(context);
	struct kunit *test = self->test_;
	SIZE_T total = 0;
	NTSTATUS status = STATUS_SUCCESS;

	UNREFERENCED_PARAMETER(flags);
	for (PWSK_DATA_INDICATION node = list; node; node = node->Next) {
		self->in_order = self->in_order && holds(node->Buffer, self->taken + total);
		total += node->Buffer.Length;
	}
	EXPECT_EQ(test, total, bytes);
	EXPECT_EQ(test, *accepted, bytes);
	if (!self->receives)
		self->first_size = bytes;
	switch (self->answer) {
	case Answer::take:
		InterlockedAdd64(&self->taken, bytes);
		break;
	case Answer::take_part:
		*accepted = self->part;
		InterlockedAdd64(&self->taken, self->part);
		break;
	case Answer::refuse:
		status = STATUS_DATA_NOT_ACCEPTED;
		break;
	case Answer::keep:
		if (self->kept_count == most) {
			status = STATUS_DATA_NOT_ACCEPTED;
			break;
		}
		self->kept[self->kept_count] = list;
		InterlockedIncrement(&self->kept_count);
		InterlockedAdd64(&self->taken, bytes);
		status = STATUS_PENDING;
		break;
	}
	if (self->buffer)
		self->used = receive_buffer_used(self->buffer);
	InterlockedIncrement(&self->receives);
	if (self->act)
		self->act(*self);
	KeSetEvent(&self->called_, IO_NO_INCREMENT, FALSE);
	return status;
}

NTSTATUS WSKAPI StreamNotes::on_disconnect(PVOID context, ULONG flags)
{
	auto *self = static_cast<StreamNotes *>(context);
	LONG call = self->disconnects;

	if (call < 2)
		self->disconnect_flags[call] = flags & ~WSK_FLAG_AT_DISPATCH_LEVEL;
	self->taken_at_disconnect = self->taken;
	InterlockedIncrement(&self->disconnects);
	KeSetEvent(&self->called_, IO_NO_INCREMENT, FALSE);
	return STATUS_SUCCESS;
}

/* A connection whose accepted end has notes; its events are off at first. */
struct Noted {
	Noted(Client &client, ADDRESS_FAMILY family)
		: notes(client.test()), listener(client, family), caller(client, family),
		  peer(client)
	{
		Request request;
		const PWSK_SOCKET handle = listener.handle();

		if (!handle || !caller.open())
			return;
		request.issue(client.test(), [&](PIRP irp) {
			return listener.listen()->WskAccept(
				handle, 0, &notes, &StreamNotes::dispatch, nullptr, nullptr, irp);
		});
		expect_done(client.test(), caller.connect(listener.address));
		peer.adopt(request.wait());
		notes.acts_on = &peer;
		ready = peer.open();
	}

	bool enable(ULONG mask = WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT)
	{
		struct kunit *test = peer.test();
		const NTSTATUS status = peer.set_events(mask);

		EXPECT_STATUS(test, status, STATUS_SUCCESS);
		return status == STATUS_SUCCESS;
	}

	StreamNotes notes;
	Listener listener;
	Caller caller;
	Socket peer;
	bool ready = false;
};

/* Sends what a test stream has from a position on. */
void send_stream(struct kunit *test, Socket &socket, SIZE_T position, ULONG length)
{
	Buffer out(length);

	if (!out.valid())
		return;
	out.fill(position);
	expect_done(test, socket.send(out.all()), length);
}

void data_is_indicated(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG total = 200000;
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.ready && noted.enable());
	send_stream(test, noted.caller, 0, 10);
	REQUIRE(test, noted.notes.wait_until([&] { return noted.notes.taken == 10; }));
	send_stream(test, noted.caller, 10, total - 10);
	EXPECT_TRUE(test, noted.notes.wait_until([&] { return noted.notes.taken == total; }));
	EXPECT_TRUE(test, noted.notes.in_order);
	EXPECT_EQ(test, noted.notes.disconnects, 0);
}

void waiting_data_is_indicated_at_once(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.ready);
	send_stream(test, noted.caller, 0, 3000);
	bridge_sleep_ms(20);
	EXPECT_EQ(test, noted.notes.receives, 0);
	REQUIRE(test, noted.enable());
	EXPECT_TRUE(test, noted.notes.wait_until([&] { return noted.notes.taken == 3000; }));
}

void refused_data_waits_for_a_receive(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	Buffer in(400);

	REQUIRE(test, noted.ready && in.valid());
	noted.notes.answer = Answer::refuse;
	REQUIRE(test, noted.enable());
	send_stream(test, noted.caller, 0, 300);
	REQUIRE(test, noted.notes.wait_until([&] { return noted.notes.receives == 1; }));
	send_stream(test, noted.caller, 300, 100);
	bridge_sleep_ms(50);
	EXPECT_EQ(test, noted.notes.receives, 1);
	/* A receive without room re-arms the event, and consumes nothing. */
	expect_done(test, noted.peer.receive(in.none()), 0);
	REQUIRE(test, noted.notes.wait_until([&] { return noted.notes.receives == 2; }));
	noted.notes.answer = Answer::take;
	expect_done(test, noted.peer.receive(in.window(0, 150), WSK_FLAG_WAITALL), 150);
	EXPECT_TRUE(test, in.holds(0, 150, 0));
	/* The rest is indicated, from where the receive left off. */
	noted.notes.taken = 150;
	EXPECT_TRUE(test, noted.notes.wait_until([&] { return noted.notes.receives >= 3; }));
}

void part_of_the_data_may_be_taken(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	Buffer in(1000);

	REQUIRE(test, noted.ready && in.valid());
	noted.notes.answer = Answer::take_part;
	noted.notes.part = 70;
	send_stream(test, noted.caller, 0, 1000);
	REQUIRE(test, noted.enable());
	REQUIRE(test, noted.notes.wait_until([&] { return noted.notes.receives == 1; }));
	bridge_sleep_ms(20);
	EXPECT_EQ(test, noted.notes.receives, 1);
	noted.notes.answer = Answer::take;
	expect_done(test, noted.peer.receive(in.window(0, 930), WSK_FLAG_WAITALL), 930);
	EXPECT_TRUE(test, in.holds(0, 930, 70));
}

void kept_data_stays_until_released(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	SIZE_T position = 0;

	REQUIRE(test, noted.ready);
	noted.notes.answer = Answer::keep;
	REQUIRE(test, noted.enable());
	for (int i = 0; i < 5; i++) {
		send_stream(test, noted.caller, i * 1000, 1000);
		REQUIRE(test, noted.notes.wait_until(
				      [&] { return noted.notes.taken == (i + 1) * 1000; }));
	}
	for (LONG i = 0; i < noted.notes.kept_count; i++)
		for (PWSK_DATA_INDICATION node = noted.notes.kept[i]; node; node = node->Next) {
			EXPECT_TRUE(test, StreamNotes::holds(node->Buffer, position));
			position += node->Buffer.Length;
		}
	EXPECT_EQ(test, position, 5000ul);
	/* Two lists in one chain, in the wrong order; then the others. */
	REQUIRE(test, noted.notes.kept_count >= 2);
	PWSK_DATA_INDICATION last = noted.notes.kept[1];
	while (last->Next)
		last = last->Next;
	last->Next = noted.notes.kept[0];
	EXPECT_STATUS(test,
		      noted.peer.connection()->WskRelease(noted.peer.handle(), noted.notes.kept[1]),
		      STATUS_SUCCESS);
	for (LONG i = 2; i < noted.notes.kept_count; i++)
		EXPECT_STATUS(test,
			      noted.peer.connection()->WskRelease(noted.peer.handle(),
								  noted.notes.kept[i]),
			      STATUS_SUCCESS);
}

/* It may be gone before the event tells that it was kept. */
void released_inside_the_event(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.ready);
	noted.notes.answer = Answer::keep;
	noted.notes.act = [](StreamNotes &notes) { notes.release_all(*notes.acts_on); };
	REQUIRE(test, noted.enable());
	for (int i = 0; i < 20; i++) {
		send_stream(test, noted.caller, i * 3000, 3000);
		REQUIRE(test, noted.notes.wait_until(
				      [&] { return noted.notes.taken == (i + 1) * 3000; }));
	}
	EXPECT_TRUE(test, noted.notes.in_order);
	EXPECT_TRUE(test, noted.notes.wait_until([&] { return !noted.notes.kept_count; }));
}

void kept_data_holds_the_window(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	Buffer out(too_much);
	Request send;

	REQUIRE(test, noted.ready && out.valid());
	expect_ok(test, noted.peer.set(SOL_SOCKET, SO_RCVBUF, 16384));
	expect_ok(test, noted.caller.set(SOL_SOCKET, SO_SNDBUF, 16384));
	noted.notes.answer = Answer::keep;
	REQUIRE(test, noted.enable());
	out.fill();
	noted.caller.start_send(send, out.all());
	bridge_sleep_ms(300);
	EXPECT_TRUE(test, send.pending());
	EXPECT_LE(test, noted.notes.taken, 200000);
	EXPECT_LE(test, noted.notes.kept_count, StreamNotes::most - 1);
	noted.notes.answer = Answer::take;
	noted.notes.release_all(noted.peer);
	expect_done(test, send.wait(), too_much);
	EXPECT_TRUE(test, noted.notes.wait_until([&] { return noted.notes.taken == too_much; }));
	EXPECT_TRUE(test, noted.notes.in_order);
}

/* The sender need not ask. Linux offers room by itself only where it has sent no FIN. */
void released_room_is_offered_after_a_fin(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG buffer = 16384, first = 1 << 17;
	Client client(test);
	Noted noted(client, family);
	Buffer out(too_much);
	Request send;

	REQUIRE(test, noted.ready && out.valid());
	expect_ok(test, noted.peer.set(SOL_SOCKET, SO_RCVBUF, buffer));
	expect_ok(test, noted.caller.set(SOL_SOCKET, SO_SNDBUF, buffer));
	REQUIRE(test, noted.enable());
	expect_done(test, noted.peer.disconnect());
	/* More than the window that was offered before the buffer was made small. */
	send_stream(test, noted.caller, 0, first);
	REQUIRE(test, noted.notes.wait_until([&] { return noted.notes.taken == first; }));
	noted.notes.answer = Answer::keep;
	out.fill(first);
	noted.caller.start_send(send, out.all());
	EXPECT_TRUE(test, wait_until([&] {
			    return query_tcp_info(test, noted.peer).RcvWnd < buffer / 4;
		    }));
	noted.notes.answer = Answer::take;
	{
		PacketGate questions(noted.listener.address, IPPROTO_TCP, PACKET_IS_LOST);
		PacketGate answers(noted.caller.local(), IPPROTO_TCP, PACKET_PASSES);

		EXPECT_TRUE(test, questions.open() && answers.open());
		noted.notes.release_all(noted.peer);
		EXPECT_TRUE(test, wait_until([&] { return answers.count() > 0; }));
	}
	expect_done(test, send.wait(), too_much);
	EXPECT_TRUE(test,
		    noted.notes.wait_until([&] { return noted.notes.taken == first + too_much; }));
	EXPECT_TRUE(test, noted.notes.in_order);
}

/* In TCP's queue, in the client's hands, or retained by it. */
void data_counts_once(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.ready);
	receive_buffer *buffer = receive_buffer_of(
		family == AF_INET6, noted.listener.address.port(), noted.caller.local().port());
	REQUIRE(test, buffer);
	noted.notes.buffer = buffer;
	noted.notes.answer = Answer::keep;
	send_stream(test, noted.caller, 0, 3000);
	const int used = receive_buffer_used(buffer);
	EXPECT_LT(test, 3000, used);
	EXPECT_TRUE(test, noted.enable());
	EXPECT_TRUE(test, noted.notes.wait_until([&] { return noted.notes.taken == 3000; }));
	EXPECT_EQ(test, noted.notes.used, used);
	/* With which the event's call has returned. */
	expect_done(test, noted.peer.receive(Buffer(1).none()), 0);
	EXPECT_EQ(test, receive_buffer_used(buffer), used);
	noted.notes.release_all(noted.peer);
	EXPECT_EQ(test, receive_buffer_used(buffer), 0);
	receive_buffer_put(buffer);
}

void queued_receives_come_first(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	Buffer in(100);
	Request receive;

	REQUIRE(test, noted.ready && in.valid() && noted.enable());
	noted.peer.start_receive(receive, in.all(), WSK_FLAG_WAITALL);
	noted.notes.taken = 100; /* where the event's stream begins */
	send_stream(test, noted.caller, 0, 250);
	expect_done(test, receive.wait(), 100);
	EXPECT_TRUE(test, in.holds(0, 100, 0));
	EXPECT_TRUE(test, noted.notes.wait_until([&] { return noted.notes.taken == 250; }));
	EXPECT_TRUE(test, noted.notes.in_order);
}

void the_peers_end_comes_after_its_data(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	Buffer in(10);

	REQUIRE(test, noted.ready && in.valid());
	send_stream(test, noted.caller, 0, 50000);
	REQUIRE(test, noted.enable());
	Request disconnect;
	noted.caller.start_disconnect(disconnect);
	REQUIRE(test, noted.notes.wait_until([&] { return noted.notes.disconnects == 1; }));
	EXPECT_EQ(test, noted.notes.taken_at_disconnect, 50000);
	EXPECT_EQ(test, noted.notes.disconnect_flags[0], 0u);
	expect_done(test, disconnect.wait());
	/* The queue tells the same, and the event is not repeated. */
	expect_done(test, noted.peer.receive(in.all()), 0);
	expect_done(test, noted.peer.disconnect());
	EXPECT_EQ(test, noted.notes.disconnects, 1);
}

void a_reset_is_abortive(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.ready && noted.enable());
	expect_done(test, noted.caller.reset());
	REQUIRE(test, noted.notes.wait_until([&] { return noted.notes.disconnects == 1; }));
	EXPECT_EQ(test, noted.notes.disconnect_flags[0], (ULONG)WSK_FLAG_ABORTIVE);
	bridge_sleep_ms(20);
	EXPECT_EQ(test, noted.notes.disconnects, 1);
}

/* Nobody listened to the stack when it came. */
void a_reset_before_the_accept(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	StreamNotes notes(test);
	Listener listener(client, family);
	Request accept;
	Socket peer(client);
	Address caller_address, local, remote;

	REQUIRE(test, listener.open());
	{
		Caller caller(client, listener);

		caller_address = caller.local();
		expect_done(test, caller.reset());
	}
	accept.issue(test, [&](PIRP irp) {
		return listener.listen()->WskAccept(listener.handle(), 0, &notes,
						    &StreamNotes::dispatch, local, remote, irp);
	});
	peer.adopt(accept.wait());
	REQUIRE(test, peer.open());
	EXPECT_TRUE(test, local == listener.address);
	EXPECT_TRUE(test, remote == caller_address);
	EXPECT_TRUE(test, peer.remote() == caller_address);
	EXPECT_STATUS(test, peer.set_events(WSK_EVENT_DISCONNECT), STATUS_SUCCESS);
	REQUIRE(test, notes.wait_until([&] { return notes.disconnects == 1; }));
	EXPECT_EQ(test, notes.disconnect_flags[0], (ULONG)WSK_FLAG_ABORTIVE);
}

void ones_own_end_is_not_told(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.ready && noted.enable());
	expect_done(test, noted.peer.reset());
	bridge_sleep_ms(20);
	EXPECT_EQ(test, noted.notes.disconnects, 0);
}

void disabling_inside_the_event_is_pending(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.ready);
	noted.notes.act = [](StreamNotes &notes) {
		notes.act_status = notes.acts_on->set_events(WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE);
	};
	REQUIRE(test, noted.enable());
	send_stream(test, noted.caller, 0, 10);
	REQUIRE(test, noted.notes.wait_until([&] { return noted.notes.receives == 1; }));
	EXPECT_STATUS(test, noted.notes.act_status, STATUS_EVENT_PENDING);
	send_stream(test, noted.caller, 10, 10);
	bridge_sleep_ms(20);
	EXPECT_EQ(test, noted.notes.receives, 1);
	/* What came meanwhile is indicated when it is enabled again. */
	noted.notes.act = nullptr;
	REQUIRE(test, noted.enable(WSK_EVENT_RECEIVE));
	EXPECT_TRUE(test, noted.notes.wait_until([&] { return noted.notes.taken == 20; }));
}

void closing_inside_the_event_works(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	static Request *close_request;
	Request request;

	REQUIRE(test, noted.ready);
	close_request = &request;
	noted.notes.act = [](StreamNotes &notes) { notes.acts_on->start_close(*close_request); };
	REQUIRE(test, noted.enable());
	send_stream(test, noted.caller, 0, 10);
	REQUIRE(test, noted.notes.wait_until([&] { return noted.notes.receives == 1; }));
	expect_done(test, request.wait());
	EXPECT_EQ(test, noted.notes.receives, 1);
	EXPECT_EQ(test, noted.notes.disconnects, 0);
}

void nothing_can_be_released_twice(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.ready);
	noted.notes.answer = Answer::keep;
	REQUIRE(test, noted.enable());
	send_stream(test, noted.caller, 0, 10);
	REQUIRE(test, noted.notes.wait_until([&] { return noted.notes.kept_count == 1; }));
	PWSK_DATA_INDICATION list = noted.notes.kept[0];
	auto *dispatch = noted.peer.connection();
	const unsigned long rules = bridge_rule_count();

	noted.notes.release_all(noted.peer);
	EXPECT_STATUS(test, dispatch->WskRelease(noted.peer.handle(), list),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, dispatch->WskRelease(noted.peer.handle(), nullptr),
		      STATUS_INVALID_PARAMETER);
	EXPECT_EQ(test, bridge_rule_count(), rules + 2);
}

void static_events_need_no_enabling(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);

	REQUIRE(test, client.ready());
	EXPECT_STATUS(test, client.set_static_events(WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT),
		      STATUS_SUCCESS);

	Noted noted(client, family);

	REQUIRE(test, noted.ready);
	send_stream(test, noted.caller, 0, 500);
	EXPECT_TRUE(test, noted.notes.wait_until([&] { return noted.notes.taken == 500; }));
	EXPECT_STATUS(test, noted.peer.set_events(WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE),
		      STATUS_INVALID_PARAMETER);
}

/* WskAcceptEvent's connection gets what its listener passes on; WskAccept's does not. */
struct Passing {
	static NTSTATUS WSKAPI on_accept(PVOID context, ULONG, PSOCKADDR, PSOCKADDR,
					 PWSK_SOCKET accepted, PVOID *accepted_context,
					 const WSK_CLIENT_CONNECTION_DISPATCH **accepted_dispatch)
	{
		auto *self = static_cast<Passing *>(context);

		self->accepted = accepted;
		*accepted_context = self->notes;
		*accepted_dispatch = &StreamNotes::dispatch;
		return STATUS_SUCCESS;
	}
	static constexpr WSK_CLIENT_LISTEN_DISPATCH dispatch = {on_accept, nullptr, nullptr};

	StreamNotes *notes;
	PWSK_SOCKET accepted = nullptr;
};

void a_listener_passes_events_on(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	StreamNotes notes(test);
	Passing passing = {&notes};
	Listener listener(client, family, &passing, &Passing::dispatch);
	Socket peer(client);

	REQUIRE(test, listener.open());
	EXPECT_STATUS(test, listener.set_events(WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, listener.set_events(WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE),
		      STATUS_INVALID_PARAMETER);
	Caller caller(client, listener);
	send_stream(test, caller, 0, 100);
	REQUIRE(test, notes.wait_until([&] { return notes.taken == 100; }));
	peer.adopt(passing.accepted);

	StreamNotes others(test);
	Socket other(client);
	Caller second(client, family);
	Request request;
	const PWSK_SOCKET handle = listener.handle();

	request.issue(test, [&](PIRP irp) {
		return listener.listen()->WskAccept(handle, 0, &others, &StreamNotes::dispatch,
						    nullptr, nullptr, irp);
	});
	expect_done(test, second.connect(listener.address));
	other.adopt(request.wait());
	send_stream(test, second, 0, 100);
	bridge_sleep_ms(20);
	EXPECT_EQ(test, others.receives, 0);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("data is indicated in order, whole", data_is_indicated),
	IPV4_AND_IPV6("data that waits is indicated on enabling",
		      waiting_data_is_indicated_at_once),
	IPV4_AND_IPV6("refused data waits for a receive", refused_data_waits_for_a_receive),
	IPV4_AND_IPV6("a part of the data may be taken", part_of_the_data_may_be_taken),
	IPV4_AND_IPV6("retained data stays until it is released", kept_data_stays_until_released),
	IPV4_AND_IPV6("data may be released before the event has retained it",
		      released_inside_the_event),
	IPV4_AND_IPV6("retained data holds the window back", kept_data_holds_the_window),
	IPV4_AND_IPV6("room of released data is offered after one's own FIN, too",
		      released_room_is_offered_after_a_fin),
	IPV4_AND_IPV6("data counts once against the receive buffer", data_counts_once),
	IPV4_AND_IPV6("queued receives come before the event", queued_receives_come_first),
	IPV4_AND_IPV6("the peer's end is told after its data", the_peers_end_comes_after_its_data),
	IPV4_AND_IPV6("a reset is an abortive disconnect", a_reset_is_abortive),
	IPV4_AND_IPV6("a reset before the accept is one, too", a_reset_before_the_accept),
	IPV4_AND_IPV6("one's own disconnect is not told", ones_own_end_is_not_told),
	IPV4_AND_IPV6("disabling inside the event is pending",
		      disabling_inside_the_event_is_pending),
	IPV4_AND_IPV6("the socket can be closed inside its event", closing_inside_the_event_works),
	IPV4_AND_IPV6("nothing can be released twice", nothing_can_be_released_twice),
	IPV4_AND_IPV6("static events need no enabling", static_events_need_no_enabling),
	IPV4_AND_IPV6("a listener passes events on to WskAcceptEvent's sockets",
		      a_listener_passes_events_on),
};

} // namespace

BRIDGE_SUITE(wsk_stream_event, cases, .network = true);
