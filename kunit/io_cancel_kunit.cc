// SPDX-License-Identifier: MIT OR GPL-2.0
/* Cancelling IRPs. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

/* An IRP that a provider of our own holds, and what its cancel routine saw. */
struct Held {
	struct {
		IRP irp;
		IO_STACK_LOCATION stack;
	} packet;
	int cancelled;
	int completed;
	PDEVICE_OBJECT device;
	KIRQL irql;
	BOOLEAN cancel;
	bool routine_gone;
	NTSTATUS status;
};

Held *held_of(PIRP irp)
{
	return CONTAINING_RECORD(irp, Held, packet.irp);
}

NTSTATUS completed(PDEVICE_OBJECT, PIRP irp, PVOID)
{
	held_of(irp)->completed++;
	held_of(irp)->status = irp->IoStatus.Status;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

void note(PDEVICE_OBJECT device, PIRP irp)
{
	Held *held = held_of(irp);

	held->cancelled++;
	held->device = device;
	held->irql = KeGetCurrentIrql();
	held->cancel = irp->Cancel;
	held->routine_gone = !irp->CancelRoutine;
}

void cancel_and_complete(PDEVICE_OBJECT device, PIRP irp)
{
	note(device, irp);
	IoReleaseCancelSpinLock(irp->CancelIrql);
	irp->IoStatus.Status = STATUS_CANCELLED;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

void cancel_only(PDEVICE_OBJECT device, PIRP irp)
{
	note(device, irp);
	IoReleaseCancelSpinLock(irp->CancelIrql);
}

void cancel_and_keep_the_lock(PDEVICE_OBJECT device, PIRP irp)
{
	note(device, irp);
}

PIRP send(Held *held)
{
	PIRP irp = &held->packet.irp;

	IoInitializeIrp(irp, sizeof(held->packet), 1);
	IoSetCompletionRoutine(irp, completed, nullptr, TRUE, TRUE, TRUE);
	IoSetNextIrpStackLocation(irp);
	IoMarkIrpPending(irp);
	return irp;
}

void without_a_routine(struct kunit *test)
{
	Held held = {};
	PIRP irp = send(&held);

	EXPECT_FALSE(test, IoCancelIrp(irp));
	EXPECT_TRUE(test, irp->Cancel);
	EXPECT_EQ(test, held.completed, 0);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

void with_a_routine(struct kunit *test)
{
	Held held = {};
	DEVICE_OBJECT device = {};
	PIRP irp = send(&held);

	IoGetCurrentIrpStackLocation(irp)->DeviceObject = &device;
	EXPECT_NULL(test, reinterpret_cast<void *>(IoSetCancelRoutine(irp, cancel_and_complete)));
	EXPECT_TRUE(test, IoCancelIrp(irp));
	EXPECT_EQ(test, held.cancelled, 1);
	EXPECT_EQ(test, held.irql, DISPATCH_LEVEL);
	EXPECT_EQ(test, irp->CancelIrql, PASSIVE_LEVEL);
	EXPECT_TRUE(test, held.cancel);
	EXPECT_TRUE(test, held.routine_gone);
	EXPECT_PTR_EQ(test, held.device, &device);
	EXPECT_EQ(test, held.completed, 1);
	EXPECT_STATUS(test, held.status, STATUS_CANCELLED);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

void routine_runs_once(struct kunit *test)
{
	Held held = {};
	PIRP irp = send(&held);

	IoSetCancelRoutine(irp, cancel_only);
	EXPECT_TRUE(test, IoCancelIrp(irp));
	EXPECT_FALSE(test, IoCancelIrp(irp));
	EXPECT_EQ(test, held.cancelled, 1);
}

void routine_taken_back(struct kunit *test)
{
	Held held = {};
	PIRP irp = send(&held);

	IoSetCancelRoutine(irp, cancel_only);
	EXPECT_PTR_EQ(test, reinterpret_cast<void *>(IoSetCancelRoutine(irp, nullptr)),
		      reinterpret_cast<void *>(cancel_only));
	EXPECT_FALSE(test, IoCancelIrp(irp));
	EXPECT_EQ(test, held.cancelled, 0);
	/* Whoever lost the race to the cancel routine finds none to take back. */
	EXPECT_NULL(test, reinterpret_cast<void *>(IoSetCancelRoutine(irp, nullptr)));
}

void cancelled_before_it_is_queued(struct kunit *test)
{
	Held held = {};
	PIRP irp = send(&held);

	EXPECT_FALSE(test, IoCancelIrp(irp));
	IoSetCancelRoutine(irp, cancel_only);
	EXPECT_TRUE(test, irp->Cancel);
	EXPECT_NOT_NULL(test, reinterpret_cast<void *>(IoSetCancelRoutine(irp, nullptr)));
	EXPECT_EQ(test, held.cancelled, 0);
}

void cancel(void *irp)
{
	IoCancelIrp(static_cast<PIRP>(irp));
}

void at_dispatch_level(struct kunit *test)
{
	Held held = {};
	PIRP irp = send(&held);

	IoSetCancelRoutine(irp, cancel_and_complete);
	EXPECT_RULES(test, 0, bridge_run_in_softirq(cancel, irp));
	EXPECT_EQ(test, irp->CancelIrql, DISPATCH_LEVEL);
	EXPECT_EQ(test, held.completed, 1);
}

void lock_raises_and_restores(struct kunit *test)
{
	KIRQL irql = HIGH_LEVEL;

	IoAcquireCancelSpinLock(&irql);
	EXPECT_EQ(test, irql, PASSIVE_LEVEL);
	EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	IoReleaseCancelSpinLock(irql);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

void lock_handed_over(struct kunit *test)
{
	KSPIN_LOCK own;
	KIRQL irql;

	/* Drivers hold their queue's lock on, at the IRQL that the cancel lock was taken from. */
	KeInitializeSpinLock(&own);
	IoAcquireCancelSpinLock(&irql);
	KeAcquireSpinLockAtDpcLevel(&own);
	IoReleaseCancelSpinLock(DISPATCH_LEVEL);
	EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeReleaseSpinLock(&own, irql);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

void routine_that_keeps_the_lock(struct kunit *test)
{
	Held held = {};
	PIRP irp = send(&held);

	if (!bridge_checked())
		bridge_skip(test, "the next IoCancelIrp would never return");
	IoSetCancelRoutine(irp, cancel_and_keep_the_lock);
	EXPECT_RULES(test, 1, EXPECT_TRUE(test, IoCancelIrp(irp)));
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	EXPECT_FALSE(test, IoCancelIrp(irp)); /* does not hang */
}

void not_an_irp(struct kunit *test)
{
	Held held = {};
	PIRP irp = send(&held);

	EXPECT_RULES(test, 1, EXPECT_FALSE(test, IoCancelIrp(nullptr)));
	irp->CurrentLocation = irp->StackCount + 2;
	EXPECT_RULES(test, 1, EXPECT_FALSE(test, IoCancelIrp(irp)));
	EXPECT_FALSE(test, irp->Cancel);
	irp->Type = 0;
	EXPECT_RULES(test, 1, EXPECT_FALSE(test, IoCancelIrp(irp)));
	EXPECT_FALSE(test, irp->Cancel);
}

void completed_irp_may_be_cancelled(struct kunit *test)
{
	Held held = {};
	PIRP irp = send(&held);

	irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	EXPECT_RULES(test, 0, EXPECT_FALSE(test, IoCancelIrp(irp)));
	IoReuseIrp(irp, STATUS_SUCCESS);
	EXPECT_FALSE(test, irp->Cancel);
}

void irql_limit(struct kunit *test)
{
	/* One line for the IRQL, and one for the missing IRP. */
	EXPECT_RULES(test, 2, bridge_run_at_high(cancel, nullptr));
}

constexpr bridge_case cases[] = {
	{"cancelling without a routine only marks the IRP", without_a_routine},
	{"cancelling calls the routine with the lock held", with_a_routine},
	{"the cancel routine runs once", routine_runs_once},
	{"a cancel routine taken back does not run", routine_taken_back},
	{"an IRP cancelled before it is queued is noticed", cancelled_before_it_is_queued},
	{"an IRP is cancelled at DISPATCH_LEVEL", at_dispatch_level},
	{"the cancel lock raises the IRQL and restores it", lock_raises_and_restores},
	{"the cancel lock's IRQL can be handed to another lock", lock_handed_over},
	{"a routine that keeps the lock is a broken rule", routine_that_keeps_the_lock},
	{"cancelling what is no IRP is a broken rule", not_an_irp},
	{"an IRP whose routine has run may be cancelled", completed_irp_may_be_cancelled},
	{"the highest IRQL is DISPATCH_LEVEL", irql_limit},
};

} // namespace

BRIDGE_SUITE(io_cancel, cases);
