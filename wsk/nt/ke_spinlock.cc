// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * KSPIN_LOCK. Where Windows would hang or stop, a checked build writes a rule line and goes on:
 * acquiring a lock again on the same processor leaves it as it is, and releasing a free lock does
 * nothing, so that of a recursive pair the outer release is told, too.
 */
#include "nt/irql.h"

#include "nt/level.h"
#include "port/lock.h"

using namespace wsk;

namespace
{

void tell_acquired(const char *function, enum port_ticket_fault fault)
{
	if (fault == PORT_TICKET_RECURSIVE)
		port_log_rule(function, "this processor holds the lock already");
}

void tell_released(const char *function, enum port_ticket_fault fault)
{
	switch (fault) {
	case PORT_TICKET_FREE:
		port_log_rule(function, "the lock is free already");
		break;
	case PORT_TICKET_FOREIGN:
		port_log_rule(function, "another processor acquired the lock");
		break;
	case PORT_TICKET_FINE:
	case PORT_TICKET_RECURSIVE:
		break;
	}
}

void acquire(const char *function, PKSPIN_LOCK lock)
{
	tell_acquired(function, port_ticket_acquire(lock));
}

void release(const char *function, PKSPIN_LOCK lock)
{
	tell_released(function, port_ticket_release(lock));
}

/* Raises the IRQL to DISPATCH_LEVEL first, and returns what it was. */
KIRQL raise_acquire(const char *function, PKSPIN_LOCK lock)
{
	port_ticket_outcome outcome = port_ticket_raise_acquire(lock);

	if (outcome.context == PORT_CONTEXT_HARDIRQ)
		port_log_rule(function, "raises to a level below the current one");
	tell_acquired(function, outcome.fault);
	return level_of(outcome.context);
}

void release_lower(const char *function, PKSPIN_LOCK lock, KIRQL level)
{
	enum port_context before = context_of(level);
	port_ticket_outcome outcome = port_ticket_release_lower(lock, before);

	tell_released(function, outcome.fault);
	if (outcome.context != before)
		KeLowerIrql(level);
}

} // namespace

/**
 * KeAcquireSpinLockRaiseToDpc() - Raise the IRQL to DISPATCH_LEVEL and acquire a spin lock.
 * @SpinLock: The lock, 0 or initialized with KeInitializeSpinLock().
 *
 * KeAcquireSpinLock() is a macro that calls this.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The IRQL to give to KeReleaseSpinLock().
 * Source: wdm.h, KeAcquireSpinLockRaiseToDpc function
 */
extern "C" KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return raise_acquire(__func__, SpinLock);
}

/**
 * KeReleaseSpinLock() - Release a spin lock and lower the IRQL.
 * @SpinLock: The lock.
 * @NewIrql: What acquiring it returned.
 *
 * Context: IRQL = DISPATCH_LEVEL.
 * Source: wdm.h, KeReleaseSpinLock function
 */
extern "C" VOID KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	release_lower(__func__, SpinLock, NewIrql);
}

/**
 * KeAcquireSpinLockAtDpcLevel() - Acquire a spin lock at DISPATCH_LEVEL.
 * @SpinLock: The lock.
 *
 * Context: IRQL >= DISPATCH_LEVEL.
 * Source: wdm.h, KeAcquireSpinLockAtDpcLevel macro
 */
extern "C" VOID KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	acquire(__func__, SpinLock);
}

/**
 * KeReleaseSpinLockFromDpcLevel() - Release a spin lock that was acquired at DISPATCH_LEVEL.
 * @SpinLock: The lock.
 *
 * Context: IRQL >= DISPATCH_LEVEL.
 * Source: wdm.h, KeReleaseSpinLockFromDpcLevel macro
 */
extern "C" VOID KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	release(__func__, SpinLock);
}

/**
 * KeTryToAcquireSpinLockAtDpcLevel() - Acquire a spin lock if it is free.
 * @SpinLock: The lock.
 *
 * Context: IRQL >= DISPATCH_LEVEL.
 * Return: TRUE if it was acquired.
 * Source: wdm.h, KeTryToAcquireSpinLockAtDpcLevel function
 */
extern "C" BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	return port_ticket_try_acquire(SpinLock);
}

/**
 * KeAcquireInStackQueuedSpinLock() - Raise the IRQL to DISPATCH_LEVEL and acquire a queued spin
 * lock.
 * @SpinLock: The lock. All spin locks queue here.
 * @LockHandle: The caller's, usually on the stack, until the lock is released.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, KeAcquireInStackQueuedSpinLock function
 */
extern "C" VOID KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	LockHandle->LockQueue.Next = nullptr;
	LockHandle->LockQueue.Lock = SpinLock;
	LockHandle->OldIrql = raise_acquire(__func__, SpinLock);
}

/**
 * KeReleaseInStackQueuedSpinLock() - Release a queued spin lock and lower the IRQL.
 * @LockHandle: The handle that it was acquired with.
 *
 * Context: IRQL = DISPATCH_LEVEL.
 * Source: wdm.h, KeReleaseInStackQueuedSpinLock function
 */
extern "C" VOID KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	release_lower(__func__, LockHandle->LockQueue.Lock, LockHandle->OldIrql);
}

/**
 * KeAcquireInStackQueuedSpinLockAtDpcLevel() - Acquire a queued spin lock at DISPATCH_LEVEL.
 * @SpinLock: The lock.
 * @LockHandle: The caller's, usually on the stack, until the lock is released.
 *
 * Context: IRQL >= DISPATCH_LEVEL.
 * Source: wdm.h, KeAcquireInStackQueuedSpinLockAtDpcLevel function
 */
extern "C" VOID KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock,
							 PKLOCK_QUEUE_HANDLE LockHandle)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	LockHandle->OldIrql = DISPATCH_LEVEL;
	LockHandle->LockQueue.Next = nullptr;
	LockHandle->LockQueue.Lock = SpinLock;
	acquire(__func__, SpinLock);
}

/**
 * KeReleaseInStackQueuedSpinLockFromDpcLevel() - Release a queued spin lock, staying at
 * DISPATCH_LEVEL.
 * @LockHandle: The handle that it was acquired with.
 *
 * Context: IRQL >= DISPATCH_LEVEL.
 * Source: wdm.h, KeReleaseInStackQueuedSpinLockFromDpcLevel function
 */
extern "C" VOID KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	release(__func__, LockHandle->LockQueue.Lock);
}

/**
 * KeAcquireSpinLockForDpc() - Acquire a spin lock in a DPC, threaded or not.
 * @SpinLock: The lock.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The IRQL to give to KeReleaseSpinLockForDpc().
 * Source: wdm.h, KeAcquireSpinLockForDpc function
 */
extern "C" KIRQL KeAcquireSpinLockForDpc(PKSPIN_LOCK SpinLock)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return raise_acquire(__func__, SpinLock);
}

/**
 * KeReleaseSpinLockForDpc() - Release a spin lock of KeAcquireSpinLockForDpc().
 * @SpinLock: The lock.
 * @OldIrql: What acquiring it returned.
 *
 * Context: IRQL = DISPATCH_LEVEL.
 * Source: wdm.h, KeReleaseSpinLockForDpc function
 */
extern "C" VOID KeReleaseSpinLockForDpc(PKSPIN_LOCK SpinLock, KIRQL OldIrql)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	release_lower(__func__, SpinLock, OldIrql);
}

/**
 * KeAcquireInStackQueuedSpinLockForDpc() - Acquire a queued spin lock in a DPC, threaded or not.
 * @SpinLock: The lock.
 * @LockHandle: The caller's, usually on the stack, until the lock is released.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, KeAcquireInStackQueuedSpinLockForDpc function
 */
extern "C" VOID KeAcquireInStackQueuedSpinLockForDpc(PKSPIN_LOCK SpinLock,
						     PKLOCK_QUEUE_HANDLE LockHandle)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	KeAcquireInStackQueuedSpinLock(SpinLock, LockHandle);
}

/**
 * KeReleaseInStackQueuedSpinLockForDpc() - Release a queued spin lock that was acquired in a DPC.
 * @LockHandle: The handle that it was acquired with.
 *
 * Context: IRQL = DISPATCH_LEVEL.
 * Source: wdm.h, KeReleaseInStackQueuedSpinLockForDpc function
 */
extern "C" VOID KeReleaseInStackQueuedSpinLockForDpc(PKLOCK_QUEUE_HANDLE LockHandle)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	KeReleaseInStackQueuedSpinLock(LockHandle);
}
