// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Every function at DISPATCH_LEVEL: with bottom halves disabled, as under a spin lock, and in a
 * softirq, as in a DPC. Nothing may sleep there, and nothing breaks a rule.
 */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

template <typename Statements>
void raised(bool softirq, const Statements &statements)
{
	if (softirq)
		in_softirq(statements);
	else
		at_dispatch(statements);
}

void level_is_what_it_should_be(struct kunit *test)
{
	KIRQL lock = 0, softirq = 0;

	at_dispatch([&]() { lock = KeGetCurrentIrql(); });
	in_softirq([&]() { softirq = KeGetCurrentIrql(); });
	EXPECT_EQ(test, lock, DISPATCH_LEVEL);
	EXPECT_EQ(test, softirq, DISPATCH_LEVEL);
}

template <bool softirq>
void whole_life(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Request request, accept;
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, family);
	Socket caller(client), peer(client);
	Buffer out(1000), in(1000);
	Address address;

	REQUIRE(test, listener.open() && out.valid() && in.valid());
	raised(softirq, [&]() {
		request.issue(test, [&](PIRP irp) {
			return client.provider()->WskSocket(client.handle(), family, SOCK_STREAM,
							    IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET,
							    nullptr, nullptr, nullptr, nullptr,
							    nullptr, irp);
		});
	});

	const Outcome created = request.wait();

	expect_done(test, created, created.information);
	caller.adopt(created);
	REQUIRE(test, caller.open());

	raised(softirq, [&]() { listener.start_bind(request, Address::loopback(family)); });
	expect_done(test, request.wait());
	raised(softirq, [&]() { caller.start_bind(accept, Address::any(family)); });
	expect_done(test, accept.wait());
	raised(softirq, [&]() { listener.start_local_address(request, address); });
	expect_ok(test, request.wait());

	raised(softirq, [&]() {
		listener.start_accept(accept);
		caller.start_connect(request, address);
	});
	expect_done(test, request.wait());

	const Outcome accepted = accept.wait();

	expect_done(test, accepted, accepted.information);
	peer.adopt(accepted);
	REQUIRE(test, peer.open());
	raised(softirq, [&]() { caller.start_remote_address(request, address); });
	expect_ok(test, request.wait());
	EXPECT_TRUE(test, address == peer.local());

	out.fill();
	raised(softirq, [&]() {
		caller.start_send(request, out.all());
		peer.start_receive(accept, in.all(), WSK_FLAG_WAITALL);
	});
	expect_done(test, request.wait(), 1000);
	expect_done(test, accept.wait(), 1000);
	EXPECT_TRUE(test, in.holds(0, 1000, 0));

	raised(softirq, [&]() { caller.start_disconnect(request); });
	expect_done(test, request.wait());
	raised(softirq, [&]() { peer.start_disconnect(request, nullptr, WSK_FLAG_ABORTIVE); });
	expect_done(test, request.wait());

	raised(softirq, [&]() { caller.start_close(request); });
	expect_done(test, request.wait());
	raised(softirq, [&]() { listener.start_close(request); });
	expect_done(test, request.wait());
}

template <bool softirq>
void options(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	ULONG on = 1, value = 0;
	Request request;

	REQUIRE(test, listener.open());
	raised(softirq, [&]() {
		listener.start_control(
			request, {.code = SO_KEEPALIVE, .input = &on, .input_size = sizeof(on)});
	});
	expect_ok(test, request.wait());
	raised(softirq, [&]() {
		listener.start_control(request, {.type = WskGetOption,
						 .code = SO_KEEPALIVE,
						 .output = &value,
						 .output_size = sizeof(value)});
	});
	expect_ok(test, request.wait(), sizeof(value));
	EXPECT_EQ(test, value, 1u);
}

template <bool softirq>
void events(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	AcceptNotes notes(test);
	Listener listener(client, family, &notes, &AcceptNotes::dispatch);
	NTSTATUS status = STATUS_UNSUCCESSFUL;

	REQUIRE(test, listener.open());
	/* A connection waits already: the callback is due, but not under the caller's lock. */
	Caller caller(client, listener);

	EXPECT_RULES(test, 0,
		     raised(softirq, [&]() { status = listener.set_events(WSK_EVENT_ACCEPT); }));
	EXPECT_STATUS(test, status, STATUS_SUCCESS);
	REQUIRE(test, notes.reach(1));
	EXPECT_RULES(test, 0, raised(softirq, [&]() {
			     status = listener.set_events(WSK_EVENT_ACCEPT | WSK_EVENT_DISABLE);
		     }));
	/* The callback may still be on its way out. */
	EXPECT_TRUE(test, status == STATUS_SUCCESS || status == STATUS_EVENT_PENDING);
}

template <bool softirq>
void mistakes(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Caller caller(client, family);
	Buffer out(10);
	Request request;

	REQUIRE(test, caller.open() && out.valid());
	raised(softirq, [&]() { caller.start_send(request, out.all()); });
	expect_refused(test, request.wait(), STATUS_INVALID_DEVICE_STATE);
	raised(softirq, [&]() { caller.start_bind(request, Address::any(family)); });
	expect_refused(test, request.wait(), STATUS_INVALID_DEVICE_STATE);
	raised(softirq, [&]() { caller.start_connect(request, nullptr); });
	expect_refused(test, request.wait(), STATUS_INVALID_PARAMETER);
}

template <bool softirq>
void many_requests(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr int count = 8;
	Client client(test);
	Pair pair(client, family);
	Buffer out(count * 100), in(count * 100);
	Request sends[count], receives[count];

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	raised(softirq, [&]() {
		for (int i = 0; i < count; i++) {
			pair.peer.start_receive(receives[i], in.window(i * 100, 100),
						WSK_FLAG_WAITALL);
			pair.caller.start_send(sends[i], out.window(i * 100, 100));
		}
	});
	for (int i = 0; i < count; i++) {
		expect_done(test, sends[i].wait(), 100);
		expect_done(test, receives[i].wait(), 100);
	}
	EXPECT_TRUE(test, in.holds(0, count * 100, 0));
}

void large_send(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much), in(65536);
	Request send;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	in_softirq([&]() { pair.caller.start_send(send, out.all()); });
	for (SIZE_T got = 0; got < too_much; got += 65536) {
		expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 65536);
		EXPECT_TRUE(test, in.holds(0, 65536, got));
	}
	expect_done(test, send.wait(), too_much);
}

void under_a_spin_lock(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	Request send, receive;
	KSPIN_LOCK lock;
	KIRQL irql;
	bool completed_inside;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	KeInitializeSpinLock(&lock);
	KeAcquireSpinLock(&lock, &irql);
	pair.peer.start_receive(receive, in.all());
	pair.caller.start_send(send, out.all());
	/* A completion routine that takes the same lock must not run on this stack. */
	completed_inside = !send.pending() || !receive.pending();
	KeReleaseSpinLock(&lock, irql);
	EXPECT_FALSE(test, completed_inside);
	expect_done(test, send.wait(), 10);
	expect_done(test, receive.wait(), 10);
}

void note_level(void *level)
{
	*static_cast<KIRQL *>(level) = KeGetCurrentIrql();
}

/* Whether softirqs serve sockets is a parameter of the module: what the network brings shows it. */
void served_without_a_hop(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	Request send, receive;
	KIRQL received = PASSIVE_LEVEL, sent = HIGH_LEVEL;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	receive.on_completion(note_level, &received);
	pair.peer.start_receive(receive, in.all());
	expect_done(test, pair.caller.send(out.all()), 10);
	expect_done(test, receive.wait(), 10);

	send.on_completion(note_level, &sent);
	in_softirq([&]() { pair.caller.start_send(send, out.all()); });
	expect_done(test, send.wait(), 10);
	EXPECT_EQ(test, sent, received);
}

/* Those that follow it wait for their turn, however small they are. */
void large_copies_in_a_task(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG large = 64 * 1024, small = 10;
	Client client(test);
	Pair pair(client, family);
	Buffer out(large + small), in(large + small);
	Request first, second;
	KIRQL level = HIGH_LEVEL;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	first.on_completion(note_level, &level);
	in_softirq([&]() {
		pair.caller.start_send(first, out.window(0, large));
		pair.caller.start_send(second, out.window(large, small));
	});
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), large + small);
	EXPECT_TRUE(test, in.holds(0, large + small, 0));
	expect_done(test, first.wait(), large);
	expect_done(test, second.wait(), small);
	EXPECT_LT(test, first.order(), second.order());
	EXPECT_EQ(test, level, PASSIVE_LEVEL);
}

/* Counts completions, and knows what the count was when a DPC ran. */
struct Count {
	volatile LONG done;
	LONG when_dpc_ran;
};

void count_one(void *count)
{
	InterlockedIncrement(&static_cast<Count *>(count)->done);
}

VOID look_at_count(PKDPC, PVOID context, PVOID, PVOID)
{
	auto *count = static_cast<Count *>(context);

	count->when_dpc_ran = count->done;
}

/* What comes after them in the same softirq need not wait until all have been served. */
void many_sockets(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr int most = 80;
	Client client(test);
	Listener listener(client, family);
	Buffer out(10);
	PWSK_SOCKET handles[most];
	Request sends[most];
	Count count = {};
	KDPC dpc;

	REQUIRE(test, listener.open() && out.valid());
	for (int i = 0; i < most; i++) {
		handles[i] = Caller(client, listener).release();
		sends[i].on_completion(count_one, &count);
	}
	KeInitializeDpc(&dpc, look_at_count, &count);
	in_softirq([&]() {
		for (int i = 0; i < most; i++) {
			Socket socket(client);

			socket.adopt(handles[i]);
			socket.start_send(sends[i], out.all());
			handles[i] = socket.release();
		}
		KeInsertQueueDpc(&dpc, nullptr, nullptr);
	});
	KeFlushQueuedDpcs();
	EXPECT_LT(test, count.when_dpc_ran, most);
	for (int i = 0; i < most; i++) {
		Socket socket(client);

		expect_done(test, sends[i].wait(), 10);
		socket.adopt(handles[i]);
	}
	EXPECT_EQ(test, count.done, most);
}

#define AT_BOTH_KINDS(sentence, function)                          \
	IPV4_AND_IPV6(sentence ", under a lock", function<false>), \
		IPV4_AND_IPV6(sentence ", in a softirq", function<true>)

constexpr bridge_case cases[] = {
	{"both kinds are DISPATCH_LEVEL", level_is_what_it_should_be},
	AT_BOTH_KINDS("a connection from creation to close", whole_life),
	AT_BOTH_KINDS("options are set and read", options),
	AT_BOTH_KINDS("events are enabled and disabled", events),
	AT_BOTH_KINDS("mistakes are refused", mistakes),
	AT_BOTH_KINDS("many requests keep their order", many_requests),
	IPV4_AND_IPV6("a send larger than all buffers", large_send),
	IPV4_AND_IPV6("no completion routine runs under the caller's lock", under_a_spin_lock),
	IPV4_AND_IPV6("a request made in a softirq is served in one", served_without_a_hop),
	IPV4_AND_IPV6("but a large send is copied in a task", large_copies_in_a_task),
	IPV4_AND_IPV6("many sockets served in a softirq leave room for a DPC", many_sockets),
};

} // namespace

BRIDGE_SUITE(wsk_dispatch_level, cases, .network = true);
