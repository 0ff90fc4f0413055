// SPDX-License-Identifier: MIT OR GPL-2.0
/* As wsk_no_memory: what sends, receives and ends connections. */
#include "wsk_no_memory.h"

namespace
{

using namespace wsk::test;

/* A send that memory is too short for waits for it, as it waits for room. */
void sending(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	constexpr ULONG sizes[] = {100, 30000};
	Client client(test);
	Pair pair(client, family);
	Buffer out(sizes[1]), in(sizes[1]);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	for (ULONG size : sizes)
		for_each_allocation(test, [&](Memory &memory) {
			Request request;

			in.wipe();
			const Outcome outcome = issue_short(memory, request, [&](Request &request) {
				pair.caller.start_send(request, out.window(0, size));
			});

			expect_done(test, outcome, size);
			expect_done(test, pair.peer.receive(in.window(0, size), WSK_FLAG_WAITALL),
				    size);
			EXPECT_TRUE(test, in.holds(0, size, 0));
			return outcome.status;
		});
}

void receiving(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	constexpr ULONG size = 10000;
	Client client(test);
	Pair pair(client, family);
	Buffer out(size), in({size / 2, size / 2});

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	for_each_allocation(test, [&](Memory &memory) {
		Request request;

		in.wipe();
		expect_done(test, pair.caller.send(out.all()), size);
		const Outcome outcome = issue_short(memory, request, [&](Request &request) {
			pair.peer.start_receive(request, in.all(), WSK_FLAG_WAITALL);
		});

		expect_done(test, outcome, size);
		EXPECT_TRUE(test, in.holds(0, size, 0));
		return outcome.status;
	});
}

/* Nothing of a stream is left out. */
struct Told {
	static NTSTATUS WSKAPI on_receive(PVOID context, ULONG, PWSK_DATA_INDICATION list,
					  SIZE_T bytes, SIZE_T *)
	{
		auto *self = static_cast<Told *>(context);

		if (list) {
			InterlockedAdd64(&self->bytes, bytes);
			KeSetEvent(&self->told, IO_NO_INCREMENT, FALSE);
		}
		return STATUS_SUCCESS;
	}
	static NTSTATUS WSKAPI on_disconnect(PVOID context, ULONG)
	{
		auto *self = static_cast<Told *>(context);

		self->bytes_before_end = self->bytes;
		self->ended = true;
		KeSetEvent(&self->told, IO_NO_INCREMENT, FALSE);
		return STATUS_SUCCESS;
	}

	Told() { KeInitializeEvent(&told, SynchronizationEvent, FALSE); }
	bool reach(LONG64 wanted)
	{
		while (bytes < wanted)
			if (!wait_for(&told))
				return false;
		return bytes == wanted;
	}
	bool reach_end()
	{
		while (!ended)
			if (!wait_for(&told))
				return false;
		return true;
	}

	static const WSK_CLIENT_CONNECTION_DISPATCH dispatch;

	volatile LONG64 bytes = 0;
	volatile LONG64 bytes_before_end = 0;
	volatile bool ended = false;
	KEVENT told;
};

const WSK_CLIENT_CONNECTION_DISPATCH Told::dispatch = {Told::on_receive, Told::on_disconnect,
						       nullptr};

void receive_event(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	constexpr ULONG size = 10000;
	Client client(test);
	Listener listener(client, family);
	Told told;
	Socket caller(client, WSK_FLAG_CONNECTION_SOCKET, family, &told, &Told::dispatch);
	Socket peer(client);
	Buffer out(size);
	LONG64 sent = 0;

	REQUIRE(test, listener.open() && caller.open() && out.valid());
	expect_done(test, caller.bind(Address::any(family)));
	expect_done(test, caller.connect(listener.address));
	peer.adopt(listener.accept());
	for_each_allocation(test, [&](Memory &memory) {
		expect_done(test, peer.send(out.all()), size);
		sent += size;
		bridge_sleep_ms(10); /* it has all arrived */
		memory.runs_out();
		const NTSTATUS status = caller.set_events(WSK_EVENT_RECEIVE);
		memory.is_back();
		if (status == STATUS_SUCCESS) {
			EXPECT_TRUE(test, told.reach(sent));
			EXPECT_STATUS(test,
				      caller.set_events(WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE),
				      STATUS_SUCCESS);
		}
		return status;
	});
}

/* A second failure meets the second look at what has come, too. */
void end_event(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	constexpr ULONG size = 3000;
	Client client(test);
	Listener listener(client, family);
	Buffer out(size);
	bool ran_out = true;

	REQUIRE(test, listener.open() && out.valid());
	for (unsigned int nth = 1; ran_out && nth < most_allocations; nth++) {
		Memory memory(nth, 2);
		Told told;
		Socket caller(client, WSK_FLAG_CONNECTION_SOCKET, family, &told, &Told::dispatch);
		Socket peer(client);

		REQUIRE(test, caller.open());
		expect_done(test, caller.bind(Address::any(family)));
		expect_done(test, caller.connect(listener.address));
		peer.adopt(listener.accept());
		expect_done(test, peer.send(out.all()), size);
		expect_done(test, peer.disconnect()); /* it has all arrived */
		memory.runs_out();
		const NTSTATUS status = caller.set_events(WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT);
		memory.is_back();
		ran_out = memory.ran_out();
		if (status != STATUS_SUCCESS)
			continue;
		EXPECT_TRUE(test, told.reach_end());
		EXPECT_EQ(test, told.bytes_before_end, size);
	}
	EXPECT_FALSE(test, ran_out);
}

void datagrams(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	constexpr ULONG size = 5000;
	Client client(test);
	Datagram sender(client, family), receiver(client, family);
	Buffer out(size), in(size);

	REQUIRE(test,
		sender.bind_loopback() && receiver.bind_loopback() && out.valid() && in.valid());
	out.fill();
	for_each_allocation(test, [&](Memory &memory) {
		Request request, receive;
		const Outcome outcome = issue_short(memory, request, [&](Request &request) {
			sender.start_send(request, out.all(), receiver.address);
		});

		/* What was sent may be lost on its way. */
		receiver.start_receive(receive, in.all());
		if (outcome.status != STATUS_SUCCESS || receive.pending())
			expect_done(test, sender.send(out.all(), receiver.address), size);
		expect_done(test, receive.wait(), size);
		return outcome.status;
	});
	for_each_allocation(test, [&](Memory &memory) {
		Request request;

		expect_done(test, sender.send(out.all(), receiver.address), size);
		const Outcome outcome = issue_short(memory, request, [&](Request &request) {
			receiver.start_receive(request, in.all());
		});

		return outcome.status;
	});
}

/* A connection whose end cannot be told to the peer is not left half open: it is reset. */
void disconnecting(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	Client client(test);
	Listener listener(client, family);
	Buffer in(1);

	REQUIRE(test, listener.open() && in.valid());
	for_each_allocation(test, [&](Memory &memory) {
		Caller caller(client, listener);
		Socket peer(client);
		Request request;

		peer.adopt(listener.accept());
		const Outcome outcome = issue_short(memory, request, [&](Request &request) {
			caller.start_disconnect(request);
		});
		const Outcome end = peer.receive(in.all());

		if (outcome.status == STATUS_SUCCESS)
			expect_done(test, end, 0);
		else
			EXPECT_STATUS(test, end.status, STATUS_CONNECTION_RESET);
		return outcome.status;
	});
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("sending on a connection, which waits for memory", sending),
	IPV4_AND_IPV6("receiving on a connection", receiving),
	IPV4_AND_IPV6("WskReceiveEvent with data that waits", receive_event),
	IPV4_AND_IPV6("WskDisconnectEvent, which comes after the data", end_event),
	IPV4_AND_IPV6("sending and receiving datagrams", datagrams),
	IPV4_AND_IPV6("disconnecting", disconnecting),
};

} // namespace

BRIDGE_SUITE(wsk_no_memory_transfer, cases, .network = true);
