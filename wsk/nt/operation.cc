// SPDX-License-Identifier: MIT OR GPL-2.0
/* Requests whose sender waits: how they begin, how they are cancelled, and how they end. */
#include "nt/operation.h"

#include "nt/irql.h"
#include "port/device.h"
#include "port/log.h"

namespace wsk
{

void irp_end_awaited(PIRP irp)
{
	Operation::complete(irp);
}

Operation::Operation(File *file, Device *device, UCHAR major, KPROCESSOR_MODE mode)
	: file_(file), top_(device_hold_top(device ? device : file->device)), major_(major),
	  compat_(mode == UserMode && port_process_is_compat())
{
	irp_ = irp_allocate(top_->object.StackSize, irp_is_awaited, nullptr);
	port_waiter_init(&waiter_);
	if (!irp_)
		return;
	irp_->RequestorMode = mode;
	irp_->UserIosb = &iosb_;
	irp_->Tail.Overlay.Thread = PsGetCurrentThread();
	irp_->Tail.Overlay.OriginalFileObject = file ? &file->object : nullptr;
	stack()->MajorFunction = major;
	stack()->FileObject = irp_->Tail.Overlay.OriginalFileObject;
}

Operation::~Operation()
{
	if (irp_)
		irp_free(irp_);
	device_drop_top(top_);
}

bool Operation::is_compat(PIRP irp)
{
	return CONTAINING_RECORD(irp->UserIosb, Operation, iosb_)->compat_;
}

/* In whatever context the driver completes it. The last thing done to the operation is to wake. */
void Operation::complete(PIRP irp)
{
	Operation *operation = CONTAINING_RECORD(irp->UserIosb, Operation, iosb_);

	operation->pending_returned_ = irp->PendingReturned;
	operation->iosb_ = irp->IoStatus;
	__atomic_store_n(&operation->completed_, true, __ATOMIC_RELEASE);
	port_waiter_wake(&operation->waiter_);
}

NTSTATUS Operation::send()
{
	return wait(IofCallDriver(&top_->object, irp_), false);
}

NTSTATUS Operation::send_for_program(uint64_t owner)
{
	owner_ = owner;
	if (!enlist())
		return STATUS_FILE_CLOSED;

	NTSTATUS status = wait(IofCallDriver(&top_->object, irp_), true);

	delist();
	return status;
}

bool Operation::enlist()
{
	WordGuard guard(file_->lock);

	if (file_->cleaned)
		return false;
	next_ = file_->operations;
	file_->operations = this;
	return true;
}

void Operation::delist()
{
	WordGuard guard(file_->lock);
	Operation **link = &file_->operations;

	while (*link != this)
		link = &(*link)->next_;
	*link = next_;
}

size_t Operation::count(File *file, uint64_t owner)
{
	WordGuard guard(file->lock);
	size_t found = 0;

	for (Operation *operation = file->operations; operation; operation = operation->next_)
		found += operation->owner_ == owner;
	return found;
}

/* The cancelling itself is done by the threads that wait. */
void Operation::abandon_all(File *file)
{
	WordGuard guard(file->lock);

	for (Operation *operation = file->operations; operation; operation = operation->next_) {
		__atomic_store_n(&operation->abandoned_, true, __ATOMIC_RELAXED);
		port_waiter_interrupt(&operation->waiter_);
	}
}

/*
 * The IRP and this stack are the driver's until it has completed the IRP, whatever it returned, and
 * whoever is to be killed.
 */
NTSTATUS Operation::wait(NTSTATUS returned, bool interruptible)
{
	constexpr uint64_t ten_seconds = 10'000'000'000;
	unsigned int seconds = 0;

	if (returned != STATUS_PENDING && !__atomic_load_n(&completed_, __ATOMIC_ACQUIRE))
		port_log_rule("DRIVER_DISPATCH", "returned without completing the IRP");
	if (interruptible && !port_waiter_sleep_interruptible(&waiter_)) {
		cancelled_ = true;
		IoCancelIrp(irp_);
	}
	while (!port_waiter_sleep(&waiter_, PORT_CLOCK_MONOTONIC,
				  interruptible && !cancelled_
					  ? PORT_WAIT_FOREVER
					  : port_time_monotonic() + ten_seconds)) {
		seconds += 10;
		complain(seconds);
	}
	check_answer(returned);
	return iosb_.Status;
}

void Operation::check_answer(NTSTATUS returned)
{
	const char *function = "DRIVER_DISPATCH";

	if (returned == STATUS_PENDING && !pending_returned_)
		port_log_rule(function, "returned STATUS_PENDING without IoMarkIrpPending");
	else if (returned != STATUS_PENDING && pending_returned_)
		port_log_rule(function, "marked the IRP pending, and returned another status");
	else if (returned != STATUS_PENDING && returned != iosb_.Status)
		port_log_rule(function, "returned another status than the IRP has");
}

void Operation::complain(unsigned int seconds)
{
	port_logf(
		PORT_LOG_WARNING,
		"%s: process %lu waits for a request (IRP_MJ 0x%02x) that the driver has not %s for "
		"%u seconds\n",
		driver_name(top_->account),
		reinterpret_cast<unsigned long>(PsGetCurrentProcessId()), major_,
		cancelled_ ? "given up" : "completed", seconds);
}

} // namespace wsk

using namespace wsk;

/**
 * IoIs32bitProcess() - Whether a request comes from a program of 32 bits
 * @Irp: The request; NULL stands for the current thread's system call.
 *
 * Structures that hold pointers have another layout there.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: TRUE for a 32-bit system call; FALSE for requests of drivers.
 * Source: ntddk.h, IoIs32bitProcess function
 */
extern "C" BOOLEAN IoIs32bitProcess(PIRP Irp)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (!Irp)
		return port_process_is_compat();
	return (Irp->AllocationFlags & irp_is_awaited) && Operation::is_compat(Irp);
}
