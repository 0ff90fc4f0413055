// SPDX-License-Identifier: MIT OR GPL-2.0
/* IRPs of every origin: the client's own, in its own memory, or passed down to it. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

/* One level's completion routine, and what it saw. */
struct Level {
	NTSTATUS answer;
	LONG calls;
	BOOLEAN pending_returned;
	NTSTATUS status;
	KEVENT called;

	explicit Level(NTSTATUS answer)
		: answer(answer), calls(0), pending_returned(0xee), status(0)
	{
		KeInitializeEvent(&called, NotificationEvent, FALSE);
	}
	static NTSTATUS NTAPI routine(PDEVICE_OBJECT, PIRP irp, PVOID context)
	{
		auto *self = static_cast<Level *>(context);
		const NTSTATUS answer = self->answer;

		self->calls++;
		self->pending_returned = irp->PendingReturned;
		self->status = irp->IoStatus.Status;
		if (answer != STATUS_MORE_PROCESSING_REQUIRED && irp->PendingReturned)
			IoMarkIrpPending(irp);
		KeSetEvent(&self->called, IO_NO_INCREMENT, FALSE);
		return answer;
	}
};

NTSTATUS receive(Socket &socket, PIRP irp, Buffer &in)
{
	return socket.connection()->WskReceive(socket.handle(), in.all(), 0, irp);
}

void in_the_clients_memory(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	struct {
		IRP irp;
		IO_STACK_LOCATION location;
	} own;
	Level level(STATUS_MORE_PROCESSING_REQUIRED);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	RtlFillMemory(&own, sizeof(own), 0xcc);
	IoInitializeIrp(&own.irp, IoSizeOfIrp(1), 1);
	for (LONG round = 1; round <= 3; round++) {
		IoSetCompletionRoutine(&own.irp, Level::routine, &level, TRUE, TRUE, TRUE);
		out.fill(round);
		EXPECT_STATUS(test, receive(pair.peer, &own.irp, in), STATUS_PENDING);
		expect_done(test, pair.caller.send(out.all()), 10);
		REQUIRE(test, wait_for(&level.called));
		EXPECT_EQ(test, level.calls, round);
		EXPECT_EQ(test, level.pending_returned, TRUE);
		EXPECT_STATUS(test, own.irp.IoStatus.Status, STATUS_SUCCESS);
		EXPECT_EQ(test, own.irp.IoStatus.Information, (ULONG_PTR)10);
		EXPECT_TRUE(test, in.holds(0, 10, round));
		KeClearEvent(&level.called);
		IoReuseIrp(&own.irp, STATUS_SUCCESS);
	}
}

/* A driver stack of two: ours on top, and the WSK client below it that passes the IRP on. */
struct PassedDown {
	explicit PassedDown(NTSTATUS lower_answer)
		: upper(STATUS_MORE_PROCESSING_REQUIRED), lower(lower_answer),
		  irp(IoAllocateIrp(3, FALSE))
	{
		if (!irp)
			return;
		IoSetCompletionRoutine(irp, Level::routine, &upper, TRUE, TRUE, TRUE);
		IoSetNextIrpStackLocation(irp);
	}
	~PassedDown()
	{
		if (irp)
			IoFreeIrp(irp);
	}
	void set_lower() { IoSetCompletionRoutine(irp, Level::routine, &lower, TRUE, TRUE, TRUE); }

	Level upper, lower;
	PIRP irp;
};

void completion_goes_up(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	PassedDown passed(STATUS_SUCCESS);

	REQUIRE(test, pair.connected() && out.valid() && in.valid() && passed.irp);
	passed.set_lower();
	EXPECT_STATUS(test, receive(pair.peer, passed.irp, in), STATUS_PENDING);
	expect_done(test, pair.caller.send(out.all()), 10);
	REQUIRE(test, wait_for(&passed.upper.called));
	EXPECT_EQ(test, passed.lower.calls, 1);
	EXPECT_EQ(test, passed.upper.calls, 1);
	EXPECT_EQ(test, passed.lower.pending_returned, TRUE);
	EXPECT_EQ(test, passed.upper.pending_returned, TRUE);
	EXPECT_EQ(test, passed.irp->IoStatus.Information, (ULONG_PTR)10);
}

void without_routine(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	PassedDown passed(STATUS_SUCCESS);

	REQUIRE(test, pair.connected() && out.valid() && in.valid() && passed.irp);
	/* The client has no interest in the result; whoever is above it gets it. */
	EXPECT_STATUS(test, receive(pair.peer, passed.irp, in), STATUS_PENDING);
	expect_done(test, pair.caller.send(out.all()), 10);
	REQUIRE(test, wait_for(&passed.upper.called));
	EXPECT_EQ(test, passed.upper.calls, 1);
	EXPECT_EQ(test, passed.upper.pending_returned, TRUE);
	EXPECT_STATUS(test, passed.upper.status, STATUS_SUCCESS);
}

void client_stops_the_completion(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	PassedDown passed(STATUS_MORE_PROCESSING_REQUIRED);

	REQUIRE(test, pair.connected() && out.valid() && in.valid() && passed.irp);
	passed.set_lower();
	EXPECT_STATUS(test, receive(pair.peer, passed.irp, in), STATUS_PENDING);
	expect_done(test, pair.caller.send(out.all()), 10);
	REQUIRE(test, wait_for(&passed.lower.called));
	EXPECT_EQ(test, passed.upper.calls, 0);
	/* It completes the IRP itself, when it wants. */
	passed.irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(passed.irp, IO_NO_INCREMENT);
	EXPECT_EQ(test, passed.upper.calls, 1);
}

void refusals_go_up(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Caller caller(client, family);
	Buffer in(10);
	PassedDown passed(STATUS_SUCCESS);

	REQUIRE(test, caller.open() && in.valid() && passed.irp);
	passed.set_lower();
	EXPECT_RULES(
		test, 1,
		EXPECT_STATUS(test, receive(caller, passed.irp, in), STATUS_INVALID_DEVICE_STATE));
	EXPECT_EQ(test, passed.lower.calls, 1);
	EXPECT_EQ(test, passed.upper.calls, 1);
	EXPECT_EQ(test, passed.lower.pending_returned, FALSE);
	EXPECT_EQ(test, passed.upper.pending_returned, FALSE);
	EXPECT_STATUS(test, passed.upper.status, STATUS_INVALID_DEVICE_STATE);
}

void routines_are_conditional(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	PassedDown passed(STATUS_SUCCESS);

	REQUIRE(test, pair.connected() && out.valid() && in.valid() && passed.irp);
	/* Only for errors and cancellations; this is neither. */
	IoSetCompletionRoutine(passed.irp, Level::routine, &passed.lower, FALSE, TRUE, TRUE);
	EXPECT_STATUS(test, receive(pair.peer, passed.irp, in), STATUS_PENDING);
	expect_done(test, pair.caller.send(out.all()), 10);
	REQUIRE(test, wait_for(&passed.upper.called));
	EXPECT_EQ(test, passed.lower.calls, 0);
	EXPECT_EQ(test, passed.upper.calls, 1);
}

struct SelfFreeing {
	KEVENT freed;

	static NTSTATUS NTAPI routine(PDEVICE_OBJECT, PIRP irp, PVOID context)
	{
		IoFreeIrp(irp);
		KeSetEvent(&static_cast<SelfFreeing *>(context)->freed, IO_NO_INCREMENT, FALSE);
		return STATUS_MORE_PROCESSING_REQUIRED;
	}
};

void freed_in_its_routine(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10);
	SelfFreeing freeing;

	REQUIRE(test, pair.connected() && out.valid());
	KeInitializeEvent(&freeing.freed, SynchronizationEvent, FALSE);
	for (int i = 0; i < 3; i++) {
		PIRP irp = IoAllocateIrp(1, FALSE);

		REQUIRE(test, irp);
		IoSetCompletionRoutine(irp, SelfFreeing::routine, &freeing, TRUE, TRUE, TRUE);
		EXPECT_STATUS(
			test,
			pair.caller.connection()->WskSend(pair.caller.handle(), out.all(), 0, irp),
			STATUS_PENDING);
		EXPECT_TRUE(test, wait_for(&freeing.freed));
	}
}

void more_locations_than_needed(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10);
	Request request(5);

	REQUIRE(test, pair.connected() && out.valid());
	for (int i = 0; i < 3; i++) {
		pair.caller.start_send(request, out.all());
		expect_done(test, request.wait(), 10);
	}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("an IRP in the client's memory is used again and again",
		      in_the_clients_memory),
	IPV4_AND_IPV6("the completion of an IRP passed down goes up", completion_goes_up),
	IPV4_AND_IPV6("an IRP passed down without routine is pending above", without_routine),
	IPV4_AND_IPV6("a client stops the completion and resumes it", client_stops_the_completion),
	IPV4_AND_IPV6("a refusal of an IRP passed down goes up", refusals_go_up),
	IPV4_AND_IPV6("completion routines may be conditional", routines_are_conditional),
	IPV4_AND_IPV6("an IRP is freed in its completion routine", freed_in_its_routine),
	IPV4_AND_IPV6("an IRP may have more stack locations than needed",
		      more_locations_than_needed),
};

} // namespace

BRIDGE_SUITE(wsk_irp, cases, .network = true);
