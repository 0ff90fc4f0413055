// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Rundown protection: references that can be taken until somebody waits for the last one's end.
 * Bit 0 of the word says that the rundown has begun; the rest counts references until then, and
 * is the address of who waits for the remaining ones, or 0.
 */
#include <ntddk.h>

#include "nt/driver.h"
#include "nt/irql.h"
#include "nt/pool.h"

/* On a cache line of its own. */
struct _EX_RUNDOWN_REF_CACHE_AWARE {
	EX_RUNDOWN_REF reference;
};

namespace wsk
{

namespace
{

constexpr ULONG_PTR active = 1;
constexpr ULONG_PTR one = 2;

/* Who waits, on its stack. */
struct Waiting {
	ULONG_PTR left;
	KEVENT gone;
};

static_assert(alignof(Waiting) > active);

bool change(PEX_RUNDOWN_REF reference, ULONG_PTR from, ULONG_PTR to)
{
	return InterlockedCompareExchange(&reference->Count, to, from) == from;
}

BOOLEAN acquire(PEX_RUNDOWN_REF reference, ULONG count)
{
	for (;;) {
		ULONG_PTR word = ReadNoFence(&reference->Count);

		if (word & active)
			return FALSE;
		if (change(reference, word, word + count * one))
			return TRUE;
	}
}

void release(const char *function, PEX_RUNDOWN_REF reference, ULONG count)
{
	for (;;) {
		ULONG_PTR word = ReadAcquire(&reference->Count);

		if (word & active) {
			auto *waiting = reinterpret_cast<Waiting *>(word & ~active);

			if (!waiting)
				port_log_rule(function, "no reference is left");
			else if (!InterlockedAdd(&waiting->left, 0 - static_cast<ULONG_PTR>(count)))
				KeSetEvent(&waiting->gone, IO_NO_INCREMENT, FALSE);
			return;
		}
		if (word < count * one) {
			port_log_rule(function, "no reference is left");
			return;
		}
		if (change(reference, word, word - count * one))
			return;
	}
}

void wait(const char *function, PEX_RUNDOWN_REF reference)
{
	Waiting self = {};

	if (KeGetCurrentIrql() > APC_LEVEL) {
		port_log_rule(function, "called above APC_LEVEL");
		return;
	}
	KeInitializeEvent(&self.gone, SynchronizationEvent, FALSE);
	for (;;) {
		ULONG_PTR word = ReadNoFence(&reference->Count);

		if (word == active)
			return;
		if (word & active) {
			port_log_rule(function, "somebody waits already");
			return;
		}
		self.left = word / one;
		if (change(reference, word,
			   word ? reinterpret_cast<ULONG_PTR>(&self) | active : active))
			break;
	}
	if (!self.left)
		return;
	KeWaitForSingleObject(&self.gone, WrRundown, KernelMode, FALSE, nullptr);
	WriteRelease(&reference->Count, active);
}

void reinitialize(const char *function, PEX_RUNDOWN_REF reference)
{
	if (ReadAcquire(&reference->Count) != active)
		port_log_rule(function, "the rundown has not ended");
	else
		WriteRelease(&reference->Count, 0);
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * ExInitializeRundownProtection() - Make a rundown reference that nobody has taken.
 * @RunRef: Memory for it; nothing to undo.
 *
 * Context: Any IRQL.
 * Source: wdm.h, ExInitializeRundownProtection function
 */
extern "C" VOID ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
	WriteNoFence(&RunRef->Count, 0);
}

/**
 * ExReInitializeRundownProtection() - Let references be taken again after a rundown.
 * @RunRef: The rundown reference. One whose rundown has not ended breaks a rule, and is left as it
 *	is.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExReInitializeRundownProtection function
 */
extern "C" VOID ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
	NT_MAX_IRQL(APC_LEVEL);
	reinitialize(__func__, RunRef);
}

/**
 * ExAcquireRundownProtection() - Take a reference.
 * @RunRef: The rundown reference.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: FALSE, and nothing taken, if the rundown has begun.
 * Source: wdm.h, ExAcquireRundownProtection function
 */
extern "C" BOOLEAN ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return acquire(RunRef, 1);
}

/**
 * ExAcquireRundownProtectionEx() - Take several references.
 * @RunRef: The rundown reference.
 * @Count: How many.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: FALSE, and nothing taken, if the rundown has begun.
 * Source: wdm.h, ExAcquireRundownProtectionEx function
 */
extern "C" BOOLEAN ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return acquire(RunRef, Count);
}

/**
 * ExReleaseRundownProtection() - Give a reference back.
 * @RunRef: The rundown reference. One of which none is left breaks a rule.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExReleaseRundownProtection function
 */
extern "C" VOID ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	release(__func__, RunRef, 1);
}

/**
 * ExReleaseRundownProtectionEx() - Give several references back.
 * @RunRef: The rundown reference. One of which fewer are left breaks a rule.
 * @Count: How many.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExReleaseRundownProtectionEx function
 */
extern "C" VOID ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	release(__func__, RunRef, Count);
}

/**
 * ExRundownCompleted() - Say that the rundown has ended, so that no reference can be taken.
 * @RunRef: The rundown reference, of which no reference is left.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExRundownCompleted function
 */
extern "C" VOID ExRundownCompleted(PEX_RUNDOWN_REF RunRef)
{
	NT_MAX_IRQL(APC_LEVEL);
	WriteRelease(&RunRef->Count, active);
}

/**
 * ExWaitForRundownProtectionRelease() - Begin the rundown, and wait until no reference is left.
 * @RunRef: The rundown reference. If its rundown has ended, the function returns at once.
 *
 * Context: IRQL <= APC_LEVEL. At DISPATCH_LEVEL nothing is done.
 * Source: wdm.h, ExWaitForRundownProtectionRelease function
 */
extern "C" VOID ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef)
{
	wait(__func__, RunRef);
}

/**
 * ExAllocateCacheAwareRundownProtection() - Make a rundown reference that many processors use.
 * @PoolType: The type of its memory.
 * @PoolTag: The tag of its memory.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: The rundown reference; NULL when memory is short.
 * Source: wdm.h, ExAllocateCacheAwareRundownProtection function
 */
extern "C" PEX_RUNDOWN_REF_CACHE_AWARE ExAllocateCacheAwareRundownProtection(POOL_TYPE,
									     ULONG PoolTag)
{
	NT_MAX_IRQL(APC_LEVEL);
	return static_cast<PEX_RUNDOWN_REF_CACHE_AWARE>(
		pool_allocate(sizeof(_EX_RUNDOWN_REF_CACHE_AWARE), PoolTag,
			      POOL_ZEROED | POOL_ON_CACHE_LINES, __builtin_return_address(0)));
}

/**
 * ExSizeOfRundownProtectionCacheAware() - How much memory
 * ExInitializeRundownProtectionCacheAware() wants.
 *
 * Context: Any IRQL.
 * Return: Bytes.
 * Source: wdm.h, ExSizeOfRundownProtectionCacheAware function
 */
extern "C" SIZE_T ExSizeOfRundownProtectionCacheAware(VOID)
{
	return sizeof(_EX_RUNDOWN_REF_CACHE_AWARE);
}

/**
 * ExInitializeRundownProtectionCacheAware() - Make a rundown reference in memory of the driver's.
 * @RunRefCacheAware: Memory for it; nothing to undo.
 * @RunRefSize: ExSizeOfRundownProtectionCacheAware().
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExInitializeRundownProtectionCacheAware function
 */
extern "C" VOID
ExInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
					SIZE_T RunRefSize)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (RunRefSize < sizeof(*RunRefCacheAware))
		port_log_rule(__func__, "the memory is too small");
	else
		ExInitializeRundownProtection(&RunRefCacheAware->reference);
}

/**
 * ExFreeCacheAwareRundownProtection() - Free what ExAllocateCacheAwareRundownProtection() made.
 * @RunRefCacheAware: The rundown reference, which nobody uses any more.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExFreeCacheAwareRundownProtection function
 */
extern "C" VOID ExFreeCacheAwareRundownProtection(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
	NT_MAX_IRQL(APC_LEVEL);
	pool_free(RunRefCacheAware, 0, __func__);
}

/**
 * ExAcquireRundownProtectionCacheAware() - Take a reference.
 * @RunRefCacheAware: The rundown reference.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: FALSE, and nothing taken, if the rundown has begun.
 * Source: wdm.h, ExAcquireRundownProtectionCacheAware function
 */
extern "C" BOOLEAN
ExAcquireRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return acquire(&RunRefCacheAware->reference, 1);
}

/**
 * ExAcquireRundownProtectionCacheAwareEx() - Take several references.
 * @RunRefCacheAware: The rundown reference.
 * @Count: How many.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: FALSE, and nothing taken, if the rundown has begun.
 * Source: wdm.h, ExAcquireRundownProtectionCacheAwareEx function
 */
extern "C" BOOLEAN
ExAcquireRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, ULONG Count)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return acquire(&RunRefCacheAware->reference, Count);
}

/**
 * ExReleaseRundownProtectionCacheAware() - Give a reference back.
 * @RunRefCacheAware: The rundown reference. One of which none is left breaks a rule.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExReleaseRundownProtectionCacheAware function
 */
extern "C" VOID ExReleaseRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	release(__func__, &RunRefCacheAware->reference, 1);
}

/**
 * ExReleaseRundownProtectionCacheAwareEx() - Give several references back.
 * @RunRefCacheAware: The rundown reference. One of which fewer are left breaks a rule.
 * @Count: How many.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExReleaseRundownProtectionCacheAwareEx function
 */
extern "C" VOID ExReleaseRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
						       ULONG Count)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	release(__func__, &RunRefCacheAware->reference, Count);
}

/**
 * ExRundownCompletedCacheAware() - Say that the rundown has ended.
 * @RunRefCacheAware: The rundown reference, of which no reference is left.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExRundownCompletedCacheAware function
 */
extern "C" VOID ExRundownCompletedCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
	NT_MAX_IRQL(APC_LEVEL);
	WriteRelease(&RunRefCacheAware->reference.Count, active);
}

/**
 * ExReInitializeRundownProtectionCacheAware() - Let references be taken again after a rundown.
 * @RunRefCacheAware: The rundown reference. One whose rundown has not ended breaks a rule.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExReInitializeRundownProtectionCacheAware function
 */
extern "C" VOID
ExReInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
	NT_MAX_IRQL(APC_LEVEL);
	reinitialize(__func__, &RunRefCacheAware->reference);
}

/**
 * ExWaitForRundownProtectionReleaseCacheAware() - Begin the rundown, and wait until no reference is
 * left.
 * @RunRefCacheAware: The rundown reference. If its rundown has ended, the function returns at once.
 *
 * Context: IRQL <= APC_LEVEL. At DISPATCH_LEVEL nothing is done.
 * Source: wdm.h, ExWaitForRundownProtectionReleaseCacheAware function
 */
extern "C" VOID
ExWaitForRundownProtectionReleaseCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
	wait(__func__, &RunRefCacheAware->reference);
}
