// SPDX-License-Identifier: MIT OR GPL-2.0
/* IRPs: allocation and reuse, and the walk up the stack locations. */
#include <ntddk.h>

#include "bridge.h"
#include "port/memory.h"

namespace
{

/* What a completion routine saw, and what it is to do. */
struct Seen {
	int calls;
	int order; /* of the last call, among all */
	PDEVICE_OBJECT device;
	PIRP irp;
	BOOLEAN pending;
	CHAR location;
	KIRQL irql;
	NTSTATUS answer = STATUS_MORE_PROCESSING_REQUIRED;
	bool mark_pending;
	bool free;
};

constinit int order;

NTSTATUS routine(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	Seen *seen = static_cast<Seen *>(context);

	seen->calls++;
	seen->order = ++order;
	seen->device = device;
	seen->irp = irp;
	seen->pending = irp->PendingReturned;
	seen->location = irp->CurrentLocation;
	seen->irql = KeGetCurrentIrql();
	if (seen->mark_pending && irp->PendingReturned)
		IoMarkIrpPending(irp);
	if (seen->free)
		IoFreeIrp(irp);
	return seen->answer;
}

/* Takes the IRP as a provider does. */
void enter(PIRP irp)
{
	IoSetNextIrpStackLocation(irp);
}

void complete(PIRP irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NETWORK_INCREMENT);
}

void free_irp(void *irp)
{
	IoFreeIrp(static_cast<PIRP>(irp));
}

PIRP make(struct kunit *test, CCHAR stack_size)
{
	PIRP irp = IoAllocateIrp(stack_size, FALSE);

	ASSERT_NOT_NULL(test, irp);
	bridge_defer(test, free_irp, irp);
	return irp;
}

void allocated_irp_is_initialized(struct kunit *test)
{
	PIRP irp = make(test, 3);
	PIO_STACK_LOCATION first = reinterpret_cast<PIO_STACK_LOCATION>(irp + 1);

	EXPECT_EQ(test, reinterpret_cast<ULONG_PTR>(irp) % MEMORY_ALLOCATION_ALIGNMENT, 0u);
	EXPECT_EQ(test, irp->Type, IO_TYPE_IRP);
	EXPECT_EQ(test, irp->Size, IoSizeOfIrp(3));
	EXPECT_EQ(test, irp->StackCount, 3);
	EXPECT_EQ(test, irp->CurrentLocation, 4);
	EXPECT_PTR_EQ(test, IoGetCurrentIrpStackLocation(irp), first + 3);
	EXPECT_PTR_EQ(test, IoGetNextIrpStackLocation(irp), first + 2);
	EXPECT_PTR_EQ(test, irp->ThreadListEntry.Flink, &irp->ThreadListEntry);
	EXPECT_NULL(test, irp->MdlAddress);
	EXPECT_NULL(test, reinterpret_cast<void *>(irp->CancelRoutine));
	EXPECT_FALSE(test, irp->Cancel);
	for (int i = 0; i < 3; i++)
		EXPECT_NULL(test, reinterpret_cast<void *>(first[i].CompletionRoutine));
}

void stack_size_out_of_range(struct kunit *test)
{
	EXPECT_RULES(test, 1, EXPECT_NULL(test, IoAllocateIrp(0, FALSE)));
	EXPECT_RULES(test, 1, EXPECT_NULL(test, IoAllocateIrp(-1, FALSE)));
	EXPECT_RULES(test, 1, EXPECT_NULL(test, IoAllocateIrp(127, FALSE)));
}

void largest_stack(struct kunit *test)
{
	PIRP irp = make(test, 125);
	Seen seen = {};

	EXPECT_EQ(test, irp->CurrentLocation, 126);
	IoSetCompletionRoutine(irp, routine, &seen, TRUE, TRUE, TRUE);
	for (int i = 0; i < 125; i++)
		enter(irp);
	EXPECT_EQ(test, irp->CurrentLocation, 1);
	complete(irp, STATUS_SUCCESS);
	EXPECT_EQ(test, seen.calls, 1);
	EXPECT_EQ(test, irp->CurrentLocation, 126);
}

void no_memory_for_an_irp(struct kunit *test)
{
	make(test, 1); /* the tag's account exists now */
	port_alloc_fail(1);
	EXPECT_NULL(test, IoAllocateIrp(1, FALSE));
	EXPECT_TRUE(test, port_alloc_fail(0));
}

void irp_in_memory_of_ones_own(struct kunit *test)
{
	struct {
		IRP irp;
		IO_STACK_LOCATION stack[2];
		UCHAR behind;
	} own;
	Seen seen = {};

	__builtin_memset(&own, 0xa5, sizeof(own));
	IoInitializeIrp(&own.irp, IoSizeOfIrp(2), 2);
	EXPECT_EQ(test, own.irp.Type, IO_TYPE_IRP);
	EXPECT_EQ(test, own.irp.Size, IoSizeOfIrp(2));
	EXPECT_EQ(test, own.irp.StackCount, 2);
	EXPECT_EQ(test, own.irp.CurrentLocation, 3);
	EXPECT_PTR_EQ(test, IoGetNextIrpStackLocation(&own.irp), &own.stack[1]);
	EXPECT_EQ(test, own.stack[0].Control, 0);
	EXPECT_EQ(test, own.behind, 0xa5);

	IoSetCompletionRoutine(&own.irp, routine, &seen, TRUE, TRUE, TRUE);
	enter(&own.irp);
	complete(&own.irp, STATUS_SUCCESS);
	EXPECT_EQ(test, seen.calls, 1);
	EXPECT_RULES(test, 0, IoCleanupIrp(&own.irp));
}

void larger_packet_than_needed(struct kunit *test)
{
	alignas(16) UCHAR memory[sizeof(IRP) + 4 * sizeof(IO_STACK_LOCATION)];
	PIRP irp = reinterpret_cast<PIRP>(memory);

	EXPECT_RULES(test, 0, IoInitializeIrp(irp, sizeof(memory), 1));
	EXPECT_EQ(test, irp->Size, sizeof(memory));
	EXPECT_EQ(test, irp->StackCount, 1);
	IoReuseIrp(irp, STATUS_SUCCESS);
	EXPECT_EQ(test, irp->Size, sizeof(memory));
}

void short_packet(struct kunit *test)
{
	struct {
		IRP irp;
		IO_STACK_LOCATION stack;
		UCHAR behind[sizeof(IO_STACK_LOCATION)];
	} own;

	__builtin_memset(&own, 0xa5, sizeof(own));
	EXPECT_RULES(test, 1, IoInitializeIrp(&own.irp, IoSizeOfIrp(1), 2));
	EXPECT_EQ(test, own.irp.StackCount, 1);
	EXPECT_EQ(test, own.irp.CurrentLocation, 2);
	EXPECT_EQ(test, own.behind[0], 0xa5);

	__builtin_memset(&own, 0xa5, sizeof(own));
	EXPECT_RULES(test, 1, IoInitializeIrp(&own.irp, sizeof(IRP) - 1, 1));
	EXPECT_NE(test, own.irp.Type, IO_TYPE_IRP);
	EXPECT_RULES(test, 1, IoReuseIrp(&own.irp, STATUS_SUCCESS));
}

void reuse(struct kunit *test)
{
	PIRP irp = make(test, 1);
	Seen seen = {};

	IoSetCompletionRoutine(irp, routine, &seen, TRUE, TRUE, TRUE);
	enter(irp);
	irp->Cancel = TRUE;
	irp->AllocationFlags = IRP_QUOTA_CHARGED;
	IoMarkIrpPending(irp);
	complete(irp, STATUS_CANCELLED);
	IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
	EXPECT_STATUS(test, irp->IoStatus.Status, STATUS_UNSUCCESSFUL);
	EXPECT_EQ(test, irp->AllocationFlags, IRP_QUOTA_CHARGED);
	EXPECT_FALSE(test, irp->Cancel);
	EXPECT_FALSE(test, irp->PendingReturned);
	EXPECT_EQ(test, irp->CurrentLocation, 2);
	EXPECT_NULL(test,
		    reinterpret_cast<void *>(IoGetNextIrpStackLocation(irp)->CompletionRoutine));

	IoSetCompletionRoutine(irp, routine, &seen, TRUE, TRUE, TRUE);
	enter(irp);
	complete(irp, STATUS_SUCCESS);
	EXPECT_EQ(test, seen.calls, 2);
	EXPECT_FALSE(test, seen.pending);
}

void reuse_of_a_pending_irp(struct kunit *test)
{
	PIRP irp = make(test, 1);
	Seen seen = {};

	IoSetCompletionRoutine(irp, routine, &seen, TRUE, TRUE, TRUE);
	enter(irp);
	IoMarkIrpPending(irp);
	EXPECT_RULES(test, 1, IoReuseIrp(irp, STATUS_SUCCESS));
	complete(irp, STATUS_SUCCESS);
	EXPECT_EQ(test, seen.calls, 1);
}

void routine_runs_for_what_it_asked(struct kunit *test)
{
	struct {
		NTSTATUS status;
		bool cancel, on_success, on_error, on_cancel, called;
	} const table[] = {
		{STATUS_SUCCESS, false, true, false, false, true},
		{STATUS_SUCCESS, false, false, true, true, false},
		{STATUS_TIMEOUT, false, true, false, false, true}, /* success, too */
		{STATUS_CONNECTION_RESET, false, false, true, false, true},
		{STATUS_CONNECTION_RESET, false, true, false, true, false},
		{STATUS_BUFFER_OVERFLOW, false, true, false, false, false}, /* a warning */
		{STATUS_CANCELLED, true, false, false, true, true},
		{STATUS_CANCELLED, false, false, false, true, false},
		{STATUS_SUCCESS, true, false, false, true, true},
		{STATUS_SUCCESS, true, false, true, false, false},
	};

	for (const auto &row : table) {
		PIRP irp = make(test, 2);
		Seen lower = {}, upper = {};

		IoSetCompletionRoutine(irp, routine, &upper, TRUE, TRUE, TRUE);
		enter(irp);
		IoSetCompletionRoutine(irp, routine, &lower, row.on_success, row.on_error,
				       row.on_cancel);
		enter(irp);
		lower.answer = STATUS_SUCCESS;
		irp->Cancel = row.cancel;
		complete(irp, row.status);
		EXPECT_EQ(test, lower.calls, row.called);
		EXPECT_EQ(test, upper.calls, 1);
	}
}

void pending_returned_follows_the_mark(struct kunit *test)
{
	for (BOOLEAN mark = FALSE; mark <= TRUE; mark++) {
		PIRP irp = make(test, 1);
		Seen seen = {};

		seen.pending = 0x55;
		IoSetCompletionRoutine(irp, routine, &seen, TRUE, TRUE, TRUE);
		enter(irp);
		if (mark)
			IoMarkIrpPending(irp);
		complete(irp, STATUS_SUCCESS);
		EXPECT_EQ(test, seen.pending, mark);
	}
}

void device_argument(struct kunit *test)
{
	PIRP irp = make(test, 2);
	DEVICE_OBJECT device = {};
	Seen lower = {}, upper = {};

	IoSetCompletionRoutine(irp, routine, &upper, TRUE, TRUE, TRUE);
	enter(irp);
	IoGetCurrentIrpStackLocation(irp)->DeviceObject = &device;
	IoSetCompletionRoutine(irp, routine, &lower, TRUE, TRUE, TRUE);
	enter(irp);
	lower.answer = STATUS_SUCCESS;
	complete(irp, STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, lower.device, &device);
	EXPECT_NULL(test, upper.device);
}

void walk_goes_up_in_order(struct kunit *test)
{
	PIRP irp = make(test, 3);
	Seen seen[3] = {};

	for (Seen &level : seen) {
		IoSetCompletionRoutine(irp, routine, &level, TRUE, TRUE, TRUE);
		enter(irp);
	}
	seen[2].answer = seen[1].answer = STATUS_SUCCESS;
	complete(irp, STATUS_SUCCESS);
	EXPECT_LT(test, seen[2].order, seen[1].order);
	EXPECT_LT(test, seen[1].order, seen[0].order);
	/* Each finds its own driver's location current. */
	EXPECT_EQ(test, seen[2].location, 2);
	EXPECT_EQ(test, seen[1].location, 3);
	EXPECT_EQ(test, seen[0].location, 4);
	EXPECT_EQ(test, irp->CurrentLocation, 4);
	EXPECT_PTR_EQ(test, seen[0].irp, irp);
}

void pending_mark_rises_past_locations_without_a_routine(struct kunit *test)
{
	PIRP irp = make(test, 3);
	Seen top = {}, middle = {};

	IoSetCompletionRoutine(irp, routine, &top, TRUE, TRUE, TRUE);
	enter(irp);
	IoSetCompletionRoutine(irp, routine, &middle, FALSE, TRUE, FALSE); /* not for success */
	enter(irp);
	enter(irp);
	IoMarkIrpPending(irp);
	complete(irp, STATUS_SUCCESS);
	EXPECT_EQ(test, middle.calls, 0);
	EXPECT_TRUE(test, top.pending);
}

void routine_that_runs_passes_the_mark_on_itself(struct kunit *test)
{
	for (int mark = 0; mark < 2; mark++) {
		PIRP irp = make(test, 2);
		Seen top = {}, lower = {};

		IoSetCompletionRoutine(irp, routine, &top, TRUE, TRUE, TRUE);
		enter(irp);
		IoSetCompletionRoutine(irp, routine, &lower, TRUE, TRUE, TRUE);
		enter(irp);
		lower.answer = STATUS_SUCCESS;
		lower.mark_pending = mark;
		IoMarkIrpPending(irp);
		complete(irp, STATUS_SUCCESS);
		EXPECT_TRUE(test, lower.pending);
		EXPECT_EQ(test, top.pending, mark);
	}
}

void more_processing_stops_and_completion_resumes(struct kunit *test)
{
	PIRP irp = make(test, 2);
	Seen top = {}, lower = {};

	IoSetCompletionRoutine(irp, routine, &top, TRUE, TRUE, TRUE);
	enter(irp);
	IoSetCompletionRoutine(irp, routine, &lower, TRUE, TRUE, TRUE);
	enter(irp);
	complete(irp, STATUS_SUCCESS);
	EXPECT_EQ(test, lower.calls, 1);
	EXPECT_EQ(test, top.calls, 0);
	EXPECT_EQ(test, irp->CurrentLocation, 2);

	complete(irp, STATUS_IO_TIMEOUT);
	EXPECT_EQ(test, lower.calls, 1);
	EXPECT_EQ(test, top.calls, 1);
	EXPECT_STATUS(test, irp->IoStatus.Status, STATUS_IO_TIMEOUT);
}

void routine_may_free_the_irp(struct kunit *test)
{
	PIRP irp = IoAllocateIrp(1, FALSE);
	Seen seen = {};

	ASSERT_NOT_NULL(test, irp);
	seen.free = true;
	IoSetCompletionRoutine(irp, routine, &seen, TRUE, TRUE, TRUE);
	enter(irp);
	IoMarkIrpPending(irp);
	EXPECT_RULES(test, 0, complete(irp, STATUS_SUCCESS)); /* KASAN sees a touch after it */
	EXPECT_EQ(test, seen.calls, 1);
}

void used_location_is_cleared(struct kunit *test)
{
	PIRP irp = make(test, 1);
	Seen seen = {};
	PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);

	IoSetCompletionRoutine(irp, routine, &seen, TRUE, TRUE, TRUE);
	enter(irp);
	stack->Parameters.Others.Argument1 = &seen;
	IoMarkIrpPending(irp);
	complete(irp, STATUS_SUCCESS);
	EXPECT_EQ(test, stack->Control, 0);
	EXPECT_NULL(test, stack->Parameters.Others.Argument1);
	EXPECT_NULL(test, stack->Context);
}

void irp_that_nobody_stops(struct kunit *test)
{
	PIRP irp = make(test, 1);
	Seen seen = {};

	seen.answer = STATUS_SUCCESS;
	IoSetCompletionRoutine(irp, routine, &seen, TRUE, TRUE, TRUE);
	enter(irp);
	EXPECT_RULES(test, 1, complete(irp, STATUS_SUCCESS));
	EXPECT_EQ(test, irp->Type, IO_TYPE_IRP); /* KASAN: it was not freed */
	EXPECT_EQ(test, irp->CurrentLocation, 3);
	EXPECT_RULES(test, 1, complete(irp, STATUS_SUCCESS));
	EXPECT_EQ(test, seen.calls, 1);
}

void completed_twice(struct kunit *test)
{
	PIRP irp = make(test, 1);
	Seen seen = {};

	IoSetCompletionRoutine(irp, routine, &seen, TRUE, TRUE, TRUE);
	enter(irp);
	complete(irp, STATUS_SUCCESS);
	EXPECT_RULES(test, 1, complete(irp, STATUS_SUCCESS));
	EXPECT_EQ(test, seen.calls, 1);
	EXPECT_EQ(test, irp->CurrentLocation, 2);
}

void completed_wrongly(struct kunit *test)
{
	PIRP irp = make(test, 1);
	Seen seen = {};

	IoSetCompletionRoutine(irp, routine, &seen, TRUE, TRUE, TRUE);
	enter(irp);
	EXPECT_RULES(test, 1, complete(irp, STATUS_PENDING));
	EXPECT_EQ(test, seen.calls, 1);

	IoReuseIrp(irp, STATUS_SUCCESS);
	IoSetCompletionRoutine(irp, routine, &seen, TRUE, TRUE, TRUE);
	enter(irp);
	IoSetCancelRoutine(irp, [](PDEVICE_OBJECT, PIRP) {});
	EXPECT_RULES(test, 1, complete(irp, STATUS_SUCCESS));
	EXPECT_NULL(test, reinterpret_cast<void *>(irp->CancelRoutine));
	EXPECT_EQ(test, seen.calls, 2);

	IRP freed = {};
	EXPECT_RULES(test, 1, complete(&freed, STATUS_SUCCESS));
	EXPECT_RULES(test, 1, IoCompleteRequest(nullptr, IO_NO_INCREMENT));
}

void freed_wrongly(struct kunit *test)
{
	PIRP irp = make(test, 1);
	Seen seen = {};

	EXPECT_RULES(test, 1, IoFreeIrp(nullptr));
	IoSetCompletionRoutine(irp, routine, &seen, TRUE, TRUE, TRUE);
	enter(irp);
	IoMarkIrpPending(irp);
	EXPECT_RULES(test, 1, IoFreeIrp(irp));
	complete(irp, STATUS_SUCCESS); /* still there */
	EXPECT_EQ(test, seen.calls, 1);

	IoReuseIrp(irp, STATUS_SUCCESS);
	IoSetCancelRoutine(irp, [](PDEVICE_OBJECT, PIRP) {});
	EXPECT_RULES(test, 1, IoFreeIrp(irp)); /* queued somewhere */
	IoSetCancelRoutine(irp, nullptr);
}

void freed_twice(struct kunit *test)
{
	struct {
		IRP irp;
		IO_STACK_LOCATION stack;
	} own;

	if (!bridge_checked())
		bridge_skip(test, "only checked builds know the IRPs that are there");

	PIRP irp = IoAllocateIrp(1, FALSE);
	ASSERT_NOT_NULL(test, irp);
	IoFreeIrp(irp);
	EXPECT_RULES(test, 1, IoFreeIrp(irp));
	IoInitializeIrp(&own.irp, sizeof(own), 1);
	EXPECT_RULES(test, 1, IoFreeIrp(&own.irp));
}

void held_routine(struct kunit *test)
{
	PIRP irp = make(test, 2);
	Seen top = {}, lower = {};

	IoSetCompletionRoutine(irp, routine, &top, TRUE, TRUE, TRUE);
	enter(irp);
	ASSERT_STATUS(test,
		      IoSetCompletionRoutineEx(nullptr, irp, routine, &lower, TRUE, FALSE, FALSE),
		      STATUS_SUCCESS);
	enter(irp);
	IoMarkIrpPending(irp);
	lower.answer = STATUS_SUCCESS;
	lower.mark_pending = true;
	complete(irp, STATUS_SUCCESS);
	EXPECT_EQ(test, lower.calls, 1);
	EXPECT_TRUE(test, lower.pending);
	EXPECT_TRUE(test, top.pending);
}

void held_routine_that_does_not_want_the_outcome(struct kunit *test)
{
	PIRP irp = make(test, 2);
	Seen top = {}, lower = {};

	IoSetCompletionRoutine(irp, routine, &top, TRUE, TRUE, TRUE);
	enter(irp);
	ASSERT_STATUS(test,
		      IoSetCompletionRoutineEx(nullptr, irp, routine, &lower, TRUE, FALSE, FALSE),
		      STATUS_SUCCESS);
	enter(irp);
	IoMarkIrpPending(irp);
	complete(irp, STATUS_CONNECTION_RESET); /* kmemleak: what held it is gone all the same */
	EXPECT_EQ(test, lower.calls, 0);
	EXPECT_TRUE(test, top.pending);
}

void no_memory_for_a_held_routine(struct kunit *test)
{
	PIRP irp = make(test, 1);
	Seen seen = {};

	port_alloc_fail(1);
	EXPECT_STATUS(test,
		      IoSetCompletionRoutineEx(nullptr, irp, routine, &seen, TRUE, TRUE, TRUE),
		      STATUS_INSUFFICIENT_RESOURCES);
	EXPECT_TRUE(test, port_alloc_fail(0));
	EXPECT_EQ(test, IoGetNextIrpStackLocation(irp)->Control, 0);
}

void complete_it(void *irp)
{
	complete(static_cast<PIRP>(irp), STATUS_SUCCESS);
}

void completion_in_a_softirq(struct kunit *test)
{
	PIRP irp = make(test, 1);
	Seen seen = {};

	IoSetCompletionRoutine(irp, routine, &seen, TRUE, TRUE, TRUE);
	enter(irp);
	EXPECT_RULES(test, 0, bridge_run_in_softirq(complete_it, irp));
	EXPECT_EQ(test, seen.calls, 1);
	EXPECT_EQ(test, seen.irql, DISPATCH_LEVEL);
}

void allocate_and_free(void *irp)
{
	*static_cast<PIRP *>(irp) = IoAllocateIrp(1, FALSE);
	if (*static_cast<PIRP *>(irp))
		IoFreeIrp(*static_cast<PIRP *>(irp));
}

void reuse_it(void *irp)
{
	IoReuseIrp(static_cast<PIRP>(irp), STATUS_SUCCESS);
}

void irql_limits(struct kunit *test)
{
	PIRP irp = nullptr;

	EXPECT_RULES(test, 0, bridge_run_at_dispatch(allocate_and_free, &irp));
	EXPECT_NOT_NULL(test, irp);
	irp = make(test, 1);
	EXPECT_RULES(test, 1, bridge_run_at_high(reuse_it, irp));
}

constexpr bridge_case cases[] = {
	{"an allocated IRP is initialized", allocated_irp_is_initialized},
	{"a stack size out of range gives no IRP", stack_size_out_of_range},
	{"an IRP with the largest stack goes all the way", largest_stack},
	{"no memory gives no IRP", no_memory_for_an_irp},
	{"an IRP in memory of one's own works", irp_in_memory_of_ones_own},
	{"a packet may be larger than needed", larger_packet_than_needed},
	{"a short packet is a broken rule and not overrun", short_packet},
	{"reuse sets a completed IRP up again", reuse},
	{"reuse of a pending IRP is a broken rule", reuse_of_a_pending_irp},
	{"a routine runs for the outcomes it asked for", routine_runs_for_what_it_asked},
	{"PendingReturned follows the pending mark", pending_returned_follows_the_mark},
	{"the device is that of the location above and NULL at the top", device_argument},
	{"the walk goes up in order", walk_goes_up_in_order},
	{"the pending mark rises past locations whose routine does not run",
	 pending_mark_rises_past_locations_without_a_routine},
	{"a routine that runs passes the pending mark on itself",
	 routine_that_runs_passes_the_mark_on_itself},
	{"MORE_PROCESSING_REQUIRED stops the walk and completing again resumes it",
	 more_processing_stops_and_completion_resumes},
	{"a routine may free the IRP", routine_may_free_the_irp},
	{"a used stack location is cleared", used_location_is_cleared},
	{"an IRP that nobody stops is a broken rule and not freed", irp_that_nobody_stops},
	{"completing twice is a broken rule", completed_twice},
	{"completing wrongly is a broken rule", completed_wrongly},
	{"freeing an IRP in use is a broken rule", freed_wrongly},
	{"freeing an IRP twice is a broken rule", freed_twice},
	{"a held routine runs as others do", held_routine},
	{"a held routine that does not want the outcome lets it pass",
	 held_routine_that_does_not_want_the_outcome},
	{"no memory for a held routine leaves the IRP alone", no_memory_for_a_held_routine},
	{"an IRP completes in a softirq", completion_in_a_softirq},
	{"the highest IRQL is DISPATCH_LEVEL", irql_limits},
};

} // namespace

BRIDGE_SUITE(io_irp, cases);
