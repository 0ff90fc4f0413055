// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskSend: streams out of MDL chains. */
#include "tcp_timers.h"
#include "waiting.h"
#include "wsk_control_kinds.h"
#include "wsk_packet_gate.h"

namespace
{

using namespace wsk::test;

void bytes_arrive(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(100), in(100);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 100);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 100);
	EXPECT_TRUE(test, in.holds(0, 100, 0));
	/* And the other way. */
	out.fill(1000);
	expect_done(test, pair.peer.send(out.all()), 100);
	expect_done(test, pair.caller.receive(in.all(), WSK_FLAG_WAITALL), 100);
	EXPECT_TRUE(test, in.holds(0, 100, 1000));
}

void window_of_a_chain(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out({100, 1, 5000, 33}), in(5000);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	/* Starts inside the first MDL and ends inside the third; the fourth is not touched. */
	expect_done(test, pair.caller.send(out.window(40, 4500)), 4500);
	expect_done(test, pair.peer.receive(in.window(0, 4500), WSK_FLAG_WAITALL), 4500);
	EXPECT_TRUE(test, in.holds(0, 4500, 40));
	/* The whole chain, and its last byte. */
	expect_done(test, pair.caller.send(out.window(99, out.length() - 99)), out.length() - 99);
	expect_done(test, pair.peer.receive(in.window(0, 1000), WSK_FLAG_WAITALL), 1000);
	EXPECT_TRUE(test, in.holds(0, 1000, 99));
}

void partial_mdl(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(3 * PAGE_SIZE), in(1000);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();

	PVOID middle = static_cast<UCHAR *>(MmGetMdlVirtualAddress(out.mdl())) + PAGE_SIZE - 10;
	PMDL part = IoAllocateMdl(middle, 1000, FALSE, FALSE, nullptr);

	REQUIRE(test, part);
	IoBuildPartialMdl(out.mdl(), part, middle, 1000);

	WSK_BUF window = {part, 7, 993};

	expect_done(test, pair.caller.send(&window), 993);
	IoFreeMdl(part);
	expect_done(test, pair.peer.receive(in.window(0, 993), WSK_FLAG_WAITALL), 993);
	EXPECT_TRUE(test, in.holds(0, 993, PAGE_SIZE - 10 + 7));
}

void stack_memory(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(64);
	UCHAR on_stack[64];

	REQUIRE(test, pair.connected() && in.valid());
	for (UCHAR i = 0; i < sizeof(on_stack); i++)
		on_stack[i] = i ^ 0x5a;

	PMDL mdl = IoAllocateMdl(on_stack, sizeof(on_stack), FALSE, FALSE, nullptr);

	REQUIRE(test, mdl);
	MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);

	WSK_BUF window = {mdl, 0, sizeof(on_stack)};

	expect_done(test, pair.caller.send(&window), sizeof(on_stack));
	MmUnlockPages(mdl);
	IoFreeMdl(mdl);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), sizeof(on_stack));
	for (UCHAR i = 0; i < sizeof(on_stack); i++)
		EXPECT_EQ(test, in[i], (UCHAR)(i ^ 0x5a));
}

void nothing_to_send(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	WSK_BUF empty = {nullptr, 0, 0};

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	expect_done(test, pair.caller.send(&empty), 0);
	expect_done(test, pair.caller.send(out.none()), 0);
	expect_done(test, pair.caller.send(out.window(10, 0)), 0);
	/* The stream goes on as if nothing had been. */
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 10);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 10);
	EXPECT_TRUE(test, in.holds(0, 10, 0));
}

void large_sends(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much), in(65536);
	Request send;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	pair.shrink_buffers();
	out.fill();
	pair.caller.start_send(send, out.all());
	/* It waits for room, piece by piece. */
	EXPECT_TRUE(test, send.pending());
	for (SIZE_T got = 0; got < too_much; got += 65536) {
		expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 65536);
		EXPECT_TRUE(test, in.holds(0, 65536, got));
	}
	expect_done(test, send.wait(), too_much);
}

void sends_keep_their_order(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG count = 12, size = 20000;
	Client client(test);
	Pair pair(client, family);
	Buffer out(count * size), in(size);
	WSK_BUF windows[count];
	Request sends[count];

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	pair.shrink_buffers();
	out.fill();

	Buffer parts[count] = {Buffer(size), Buffer(size), Buffer(size), Buffer(size),
			       Buffer(size), Buffer(size), Buffer(size), Buffer(size),
			       Buffer(size), Buffer(size), Buffer(size), Buffer(size)};

	for (ULONG i = 0; i < count; i++) {
		REQUIRE(test, parts[i].valid());
		parts[i].fill(i * size);
		/* The WSK_BUF itself may be gone, or reused, after the call. */
		windows[0] = *parts[i].all();
		pair.caller.start_send(sends[i], &windows[0]);
	}
	for (ULONG i = 0; i < count; i++) {
		expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), size);
		EXPECT_TRUE(test, in.holds(0, size, i * size));
	}
	for (ULONG i = 0; i < count; i++) {
		expect_done(test, sends[i].wait(), size);
		if (i)
			EXPECT_LT(test, sends[i - 1].order(), sends[i].order());
	}
}

/* Queued together, and so handed to the stack together: of all sizes, with all flags. */
void many_small_sends(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG count = 60, most = 3000;
	constexpr ULONG sizes[] = {1, 64, 0, most, 64, 64, 1000, 5, 0, 17};
	constexpr ULONG flags[] = {0, 0, 0, WSK_FLAG_NODELAY, 0, WSK_FLAG_OOB, 0};
	Client client(test);
	Pair pair(client, family);
	Buffer out(count * most), in(count * most);
	Request sends[count];
	ULONG position = 0;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	at_dispatch([&] {
		for (ULONG i = 0; i < count; i++) {
			const ULONG size = sizes[i % RTL_NUMBER_OF(sizes)];

			pair.caller.start_send(sends[i], out.window(position, size),
					       flags[i % RTL_NUMBER_OF(flags)]);
			position += size;
		}
	});
	expect_done(test, pair.peer.receive(in.window(0, position), WSK_FLAG_WAITALL), position);
	EXPECT_TRUE(test, in.holds(0, position, 0));
	for (ULONG i = 0; i < count; i++) {
		expect_done(test, sends[i].wait(), sizes[i % RTL_NUMBER_OF(sizes)]);
		if (i)
			EXPECT_LT(test, sends[i - 1].order(), sends[i].order());
	}
}

/* Whatever part of them the stack took: those that were not taken whole are told by their IRPs. */
void closing_amid_small_sends(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG count = 40, size = 5000;
	Client client(test);
	Pair pair(client, family);
	Buffer out(size);
	Request sends[count];
	bool failed = false;

	REQUIRE(test, pair.connected() && out.valid());
	pair.shrink_buffers();
	at_dispatch([&] {
		for (Request &send : sends)
			pair.caller.start_send(send, out.all());
	});
	pair.caller.close();
	for (Request &send : sends) {
		const Outcome outcome = send.wait();

		if (outcome.status == STATUS_SUCCESS)
			EXPECT_TRUE(test, !failed);
		else
			EXPECT_STATUS(test, outcome.status, STATUS_CANCELLED);
		failed = failed || outcome.status != STATUS_SUCCESS;
	}
	EXPECT_TRUE(test, failed);
}

void without_delay(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(100), in(100);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	expect_done(test, pair.caller.send(out.all(), WSK_FLAG_NODELAY), 100);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 100);
	EXPECT_TRUE(test, in.holds(0, 100, 0));
}

/*
 * Linux collects what is sent while a device has earlier segments. When it has them no more, what
 * was not to be delayed does not wait for their acknowledgement, wherever it was sent from.
 */
void without_delay_behind_a_device(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(100);
	Request first, second;

	REQUIRE(test, pair.connected() && out.valid());
	const int early = tcp_timers_set_early(0);
	{
		PacketGate gate(pair.listener.address, IPPROTO_TCP, PACKET_WAITS);

		EXPECT_TRUE(test, gate.open());
		pair.caller.start_send(first, out.window(0, 60));
		expect_done(test, first.wait(), 60);
		in_softirq([&] {
			pair.caller.start_send(second, out.window(60, 40), WSK_FLAG_NODELAY);
		});
		expect_done(test, second.wait(), 40);
		gate.lose();
		/* Nothing is acknowledged. */
		EXPECT_TRUE(test, wait_until([&] {
				    return query_tcp_info(test, pair.caller).BytesInFlight == 100;
			    }));
	}
	tcp_timers_set_early(early);
	expect_done(test, pair.peer.receive(Buffer(100).all(), WSK_FLAG_WAITALL), 100);
}

void unsupported_flags(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG wrong[] = {4, 8, WSK_FLAG_OOB | 4, 0x80000000, 0xffffffff};
	Client client(test);
	Pair pair(client, family);
	Buffer out(100);

	REQUIRE(test, pair.connected() && out.valid());
	for (ULONG flags : wrong)
		expect_refused(test, pair.caller.send(out.all(), flags), STATUS_NOT_SUPPORTED);
}

void impossible_windows(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out({100, 50});
	WSK_BUF no_memory = {nullptr, 0, 10};

	REQUIRE(test, pair.connected() && out.valid());
	expect_refused(test, pair.caller.send(nullptr), STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.caller.send(&no_memory), STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.caller.send(out.window(0, 151)), STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.caller.send(out.window(1, 150)), STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.caller.send(out.window(100, 1)), STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.caller.send(out.window(0, (SIZE_T)-1)), STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.caller.send(out.window(0xffffffff, 2)), STATUS_INVALID_PARAMETER);
}

void not_connected(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket unbound(client, WSK_FLAG_CONNECTION_SOCKET, family);
	Caller bound(client, family);
	Buffer out(10);

	REQUIRE(test, unbound.open() && bound.open() && out.valid());
	expect_refused(test, unbound.send(out.all()), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, bound.send(out.all()), STATUS_INVALID_DEVICE_STATE);
}

void after_own_disconnect(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10);

	REQUIRE(test, pair.connected() && out.valid());
	expect_done(test, pair.caller.disconnect());
	expect_refused(test, pair.caller.send(out.all()), STATUS_INVALID_DEVICE_STATE);
}

void after_the_peer_finished(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	expect_done(test, pair.peer.disconnect());
	expect_done(test, pair.caller.receive(in.all()), 0);
	/* Half of the connection is still there. */
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 10);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 10);
	EXPECT_TRUE(test, in.holds(0, 10, 0));
}

void after_reset(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	expect_done(test, pair.peer.reset());
	expect_failed(test, pair.caller.receive(in.all()), STATUS_CONNECTION_RESET);
	expect_failed(test, pair.caller.send(out.all()), STATUS_CONNECTION_RESET);
	expect_failed(test, pair.caller.send(out.all()), STATUS_CONNECTION_RESET);
}

void reset_while_waiting(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(too_much);
	Request first, second;

	REQUIRE(test, pair.connected() && out.valid());
	pair.shrink_buffers();
	pair.caller.start_send(first, out.all());
	pair.caller.start_send(second, out.all());
	EXPECT_TRUE(test, first.pending() && second.pending());
	expect_done(test, pair.peer.reset());
	expect_failed(test, first.wait(), STATUS_CONNECTION_RESET);
	expect_failed(test, second.wait(), STATUS_CONNECTION_RESET);
}

/* Sends one block after the other, each from the completion routine of the one before. */
struct Chainer {
	static constexpr LONG count = 20;
	Socket *socket;
	Buffer *data;
	PIRP irp;
	KEVENT done;
	LONG left;
	NTSTATUS worst;

	NTSTATUS next()
	{
		IoReuseIrp(irp, STATUS_SUCCESS);
		IoSetCompletionRoutine(irp, sent, this, TRUE, TRUE, TRUE);
		return socket->connection()->WskSend(socket->handle(), data->all(), 0, irp);
	}
	static NTSTATUS NTAPI sent(PDEVICE_OBJECT, PIRP irp, PVOID context)
	{
		auto *self = static_cast<Chainer *>(context);

		if (!NT_SUCCESS(irp->IoStatus.Status))
			self->worst = irp->IoStatus.Status;
		if (--self->left && NT_SUCCESS(irp->IoStatus.Status))
			(void)self->next();
		else
			KeSetEvent(&self->done, IO_NO_INCREMENT, FALSE);
		return STATUS_MORE_PROCESSING_REQUIRED;
	}
};

void sends_from_completion_routines(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(1000), in(1000);
	Chainer chain = {&pair.caller, &out,	       IoAllocateIrp(1, FALSE),
			 {},	       Chainer::count, STATUS_SUCCESS};

	KeInitializeEvent(&chain.done, NotificationEvent, FALSE);
	REQUIRE(test, chain.irp);
	if (pair.connected() && out.valid() && in.valid()) {
		out.fill();
		(void)chain.next();
		for (LONG i = 0; i < Chainer::count; i++) {
			expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 1000);
			EXPECT_TRUE(test, in.holds(0, 1000, 0));
		}
		EXPECT_TRUE(test, wait_for(&chain.done));
		EXPECT_STATUS(test, chain.worst, STATUS_SUCCESS);
	}
	IoFreeIrp(chain.irp);
}

struct TwoSends {
	Socket *socket;
	Buffer *out;
	Request large, empty;
};

void start_two(void *context)
{
	auto *sends = static_cast<TwoSends *>(context);

	sends->socket->start_send(sends->large, sends->out->all());
	sends->socket->start_send(sends->empty, sends->out->none());
}

/*
 * TCP keeps the end of a send back that another follows. They are queued by a completion routine,
 * so that both are there when the pump, which is below it, goes on.
 */
void nothing_follows(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG large = 16384; /* goes alone */
	Client client(test);
	Pair pair(client, family);
	Buffer out(large), in(large);
	TwoSends sends = {&pair.caller, &out, Request(), Request()};
	Request first;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	first.on_completion(start_two, &sends);
	pair.caller.start_send(first, out.none());
	/* All of it has been done in that call: */
	EXPECT_FALSE(test, first.pending() || sends.large.pending() || sends.empty.pending());
	EXPECT_EQ(test, query_tcp_info(test, pair.caller).BytesOut, (ULONG64)large);
	expect_done(test, first.wait(), 0);
	expect_done(test, sends.large.wait(), large);
	expect_done(test, sends.empty.wait(), 0);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), large);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("what is sent arrives", bytes_arrive),
	IPV4_AND_IPV6("a window of an MDL chain is sent", window_of_a_chain),
	IPV4_AND_IPV6("a partial MDL is sent", partial_mdl),
	IPV4_AND_IPV6("locked stack memory is sent", stack_memory),
	IPV4_AND_IPV6("sending nothing succeeds with nothing", nothing_to_send),
	IPV4_AND_IPV6("a send larger than all buffers completes when all is sent", large_sends),
	IPV4_AND_IPV6("many sends keep their order", sends_keep_their_order),
	IPV4_AND_IPV6("small sends of all kinds keep their order", many_small_sends),
	IPV4_AND_IPV6("closing ends small sends in their order", closing_amid_small_sends),
	IPV4_AND_IPV6("WSK_FLAG_NODELAY sends", without_delay),
	IPV4_AND_IPV6("WSK_FLAG_NODELAY sends once a device's queue is empty",
		      without_delay_behind_a_device),
	IPV4_AND_IPV6("other flags are not supported", unsupported_flags),
	IPV4_AND_IPV6("a window beyond its chain is refused", impossible_windows),
	IPV4_AND_IPV6("sending without connection is refused", not_connected),
	IPV4_AND_IPV6("sending after one's own disconnect is refused", after_own_disconnect),
	IPV4_AND_IPV6("sending works after the peer has finished", after_the_peer_finished),
	IPV4_AND_IPV6("sending after a reset fails", after_reset),
	IPV4_AND_IPV6("a reset fails the sends that wait", reset_while_waiting),
	IPV4_AND_IPV6("completion routines send on", sends_from_completion_routines),
	IPV4_AND_IPV6("what a send that brings nothing follows is not kept back", nothing_follows),
};

} // namespace

BRIDGE_SUITE(wsk_send, cases, .network = true);
