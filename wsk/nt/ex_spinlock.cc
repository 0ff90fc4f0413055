// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Spin locks for readers and writers: one word that counts the readers. A writer that waits keeps
 * new readers out, so that it gets its turn.
 */
#include <ntddk.h>

#include "nt/irql.h"

namespace
{

constexpr ULONG writer = 0x80000000;
constexpr ULONG writer_waits = 0x40000000;

bool change(PEX_SPIN_LOCK lock, ULONG from, ULONG to)
{
	return static_cast<ULONG>(InterlockedCompareExchange(lock, static_cast<LONG>(to),
							     static_cast<LONG>(from))) == from;
}

ULONG read(PEX_SPIN_LOCK lock)
{
	return static_cast<ULONG>(ReadNoFence(lock));
}

bool try_exclusive(PEX_SPIN_LOCK lock)
{
	ULONG word = read(lock);

	return !(word & ~writer_waits) && change(lock, word, writer);
}

bool try_shared(PEX_SPIN_LOCK lock)
{
	for (;;) {
		ULONG word = read(lock);

		if (word & (writer | writer_waits))
			return false;
		if (change(lock, word, word + 1))
			return true;
	}
}

void acquire_exclusive(PEX_SPIN_LOCK lock)
{
	while (!try_exclusive(lock)) {
		ULONG word = read(lock);

		/* Whoever takes the lock as a writer takes this off; others put it on again. */
		if (word && !(word & writer_waits))
			change(lock, word, word | writer_waits);
		YieldProcessor();
	}
}

void acquire_shared(PEX_SPIN_LOCK lock)
{
	while (!try_shared(lock))
		YieldProcessor();
}

void release_exclusive(const char *function, PEX_SPIN_LOCK lock)
{
	if (!(read(lock) & writer))
		port_log_rule(function, "nobody holds the lock exclusively");
	else
		InterlockedAnd(lock, static_cast<LONG>(~writer));
}

void release_shared(const char *function, PEX_SPIN_LOCK lock)
{
	ULONG word = read(lock);

	if ((word & writer) || !(word & ~writer_waits))
		port_log_rule(function, "nobody shares the lock");
	else
		InterlockedDecrement(lock);
}

} // namespace

/**
 * ExAcquireSpinLockExclusive() - Raise the IRQL to DISPATCH_LEVEL and acquire a lock for writing.
 * @SpinLock: The lock; all zeros is free. Not one that this processor holds.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The IRQL to give to ExReleaseSpinLockExclusive().
 * Source: wdm.h, ExAcquireSpinLockExclusive function
 */
extern "C" KIRQL ExAcquireSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	KIRQL old = KeRaiseIrqlToDpcLevel();

	acquire_exclusive(SpinLock);
	return old;
}

/**
 * ExReleaseSpinLockExclusive() - Release a lock that was acquired for writing, lower the IRQL.
 * @SpinLock: The lock. One that nobody holds so breaks a rule, and is left as it is.
 * @OldIrql: What acquiring it returned.
 *
 * Context: IRQL = DISPATCH_LEVEL.
 * Source: wdm.h, ExReleaseSpinLockExclusive function
 */
extern "C" VOID ExReleaseSpinLockExclusive(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	release_exclusive(__func__, SpinLock);
	KeLowerIrql(OldIrql);
}

/**
 * ExAcquireSpinLockExclusiveAtDpcLevel() - Acquire a lock for writing, at DISPATCH_LEVEL.
 * @SpinLock: The lock.
 *
 * Context: IRQL >= DISPATCH_LEVEL.
 * Source: wdm.h, ExAcquireSpinLockExclusiveAtDpcLevel function
 */
extern "C" VOID ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	acquire_exclusive(SpinLock);
}

/**
 * ExReleaseSpinLockExclusiveFromDpcLevel() - Release a lock that was acquired for writing.
 * @SpinLock: The lock.
 *
 * Context: IRQL >= DISPATCH_LEVEL.
 * Source: wdm.h, ExReleaseSpinLockExclusiveFromDpcLevel function
 */
extern "C" VOID ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	release_exclusive(__func__, SpinLock);
}

/**
 * ExTryAcquireSpinLockExclusiveAtDpcLevel() - Acquire a lock for writing if it is free.
 * @SpinLock: The lock.
 *
 * Context: IRQL >= DISPATCH_LEVEL.
 * Return: TRUE if it was acquired.
 * Source: wdm.h, ExTryAcquireSpinLockExclusiveAtDpcLevel function
 */
extern "C" BOOLEAN ExTryAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	return try_exclusive(SpinLock);
}

/**
 * ExAcquireSpinLockShared() - Raise the IRQL to DISPATCH_LEVEL and acquire a lock for reading.
 * @SpinLock: The lock; all zeros is free. Not one that this processor holds: a writer that waits
 *	keeps new readers out.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The IRQL to give to ExReleaseSpinLockShared().
 * Source: wdm.h, ExAcquireSpinLockShared function
 */
extern "C" KIRQL ExAcquireSpinLockShared(PEX_SPIN_LOCK SpinLock)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	KIRQL old = KeRaiseIrqlToDpcLevel();

	acquire_shared(SpinLock);
	return old;
}

/**
 * ExReleaseSpinLockShared() - Release a lock that was acquired for reading, and lower the IRQL.
 * @SpinLock: The lock. One that nobody holds so breaks a rule, and is left as it is.
 * @OldIrql: What acquiring it returned.
 *
 * Context: IRQL = DISPATCH_LEVEL.
 * Source: wdm.h, ExReleaseSpinLockShared function
 */
extern "C" VOID ExReleaseSpinLockShared(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	release_shared(__func__, SpinLock);
	KeLowerIrql(OldIrql);
}

/**
 * ExAcquireSpinLockSharedAtDpcLevel() - Acquire a lock for reading, at DISPATCH_LEVEL.
 * @SpinLock: The lock.
 *
 * Context: IRQL >= DISPATCH_LEVEL.
 * Source: wdm.h, ExAcquireSpinLockSharedAtDpcLevel function
 */
extern "C" VOID ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	acquire_shared(SpinLock);
}

/**
 * ExReleaseSpinLockSharedFromDpcLevel() - Release a lock that was acquired for reading.
 * @SpinLock: The lock.
 *
 * Context: IRQL >= DISPATCH_LEVEL.
 * Source: wdm.h, ExReleaseSpinLockSharedFromDpcLevel function
 */
extern "C" VOID ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	release_shared(__func__, SpinLock);
}

/**
 * ExTryAcquireSpinLockSharedAtDpcLevel() - Acquire a lock for reading if no writer holds or awaits
 * it.
 * @SpinLock: The lock.
 *
 * Context: IRQL >= DISPATCH_LEVEL.
 * Return: TRUE if it was acquired.
 * Source: wdm.h, ExTryAcquireSpinLockSharedAtDpcLevel function
 */
extern "C" BOOLEAN ExTryAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);
	return try_shared(SpinLock);
}

/**
 * ExTryConvertSharedSpinLockExclusive() - Turn reading into writing, if there is no other reader.
 * @SpinLock: The lock, acquired for reading.
 *
 * Context: IRQL >= DISPATCH_LEVEL.
 * Return: TRUE if the lock is held for writing now; else it is held for reading as before.
 * Source: wdm.h, ExTryConvertSharedSpinLockExclusive function
 */
extern "C" LOGICAL ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
	NT_MIN_IRQL(DISPATCH_LEVEL);

	ULONG word = read(SpinLock);

	return (word & ~writer_waits) == 1 && change(SpinLock, word, writer);
}
