// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Fast mutexes, which are guarded mutexes, too: owned by a thread, and not recursive. A mutex is
 * handed to the thread that waits: Count is 1 when it is free, and lower by one for its owner and
 * for each that waits.
 */
#include <ntddk.h>

#include "nt/irql.h"

namespace
{

bool owned_here(PFAST_MUTEX mutex)
{
	return ReadPointerNoFence(&mutex->Owner) == KeGetCurrentThread();
}

void acquire(const char *function, PFAST_MUTEX mutex)
{
	if (owned_here(mutex)) {
		port_log_rule(function, "the current thread owns the mutex already");
		return;
	}
	if (InterlockedDecrement(&mutex->Count) < 0) {
		InterlockedIncrement(&mutex->Contention);
		/* Fails at DISPATCH_LEVEL only, which the wait tells. */
		if (KeWaitForSingleObject(&mutex->Event, WrFastMutex, KernelMode, FALSE, nullptr) !=
		    STATUS_SUCCESS) {
			InterlockedIncrement(&mutex->Count);
			return;
		}
	}
	WritePointerNoFence(&mutex->Owner, KeGetCurrentThread());
}

BOOLEAN try_to_acquire(PFAST_MUTEX mutex)
{
	if (InterlockedCompareExchange(&mutex->Count, 0, 1) != 1)
		return FALSE;
	WritePointerNoFence(&mutex->Owner, KeGetCurrentThread());
	return TRUE;
}

void release(const char *function, PFAST_MUTEX mutex)
{
	if (!owned_here(mutex)) {
		port_log_rule(function, "the current thread does not own the mutex");
		return;
	}
	WritePointerNoFence(&mutex->Owner, nullptr);
	/* Whoever acquires it, if nobody waits, may free it. */
	if (InterlockedIncrement(&mutex->Count) <= 0)
		KeSetEvent(&mutex->Event, IO_NO_INCREMENT, FALSE);
}

} // namespace

/**
 * ExAcquireFastMutex() - Acquire a fast mutex, waiting for it.
 * @FastMutex: Made by ExInitializeFastMutex(). One that the thread owns already breaks a rule, and
 *	is left as it is.
 *
 * Context: IRQL <= APC_LEVEL. It does not change, as APC_LEVEL is the same as PASSIVE_LEVEL.
 * Source: wdm.h, ExAcquireFastMutex function
 */
extern "C" VOID ExAcquireFastMutex(PFAST_MUTEX FastMutex)
{
	NT_MAX_IRQL(APC_LEVEL);
	acquire(__func__, FastMutex);
}

/**
 * ExReleaseFastMutex() - Release a fast mutex, to the thread that has waited longest.
 * @FastMutex: Owned by the current thread; else a rule is broken, and nothing done.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExReleaseFastMutex function
 */
extern "C" VOID ExReleaseFastMutex(PFAST_MUTEX FastMutex)
{
	NT_MAX_IRQL(APC_LEVEL);
	release(__func__, FastMutex);
}

/**
 * ExTryToAcquireFastMutex() - Acquire a fast mutex if it is free.
 * @FastMutex: The mutex.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: TRUE if it was acquired.
 * Source: wdm.h, ExTryToAcquireFastMutex function
 */
extern "C" BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex)
{
	NT_MAX_IRQL(APC_LEVEL);
	return try_to_acquire(FastMutex);
}

/**
 * ExAcquireFastMutexUnsafe() - ExAcquireFastMutex() in a region that is critical already.
 * @FastMutex: The mutex.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExAcquireFastMutexUnsafe function
 */
extern "C" VOID ExAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
	NT_MAX_IRQL(APC_LEVEL);
	acquire(__func__, FastMutex);
}

/**
 * ExReleaseFastMutexUnsafe() - Release a mutex of ExAcquireFastMutexUnsafe().
 * @FastMutex: Owned by the current thread.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExReleaseFastMutexUnsafe function
 */
extern "C" VOID ExReleaseFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
	NT_MAX_IRQL(APC_LEVEL);
	release(__func__, FastMutex);
}

/**
 * KeInitializeGuardedMutex() - Make a guarded mutex that nobody owns.
 * @Mutex: Resident memory for it; nothing to undo.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeInitializeGuardedMutex function
 */
extern "C" VOID KeInitializeGuardedMutex(PKGUARDED_MUTEX Mutex)
{
	ExInitializeFastMutex(Mutex);
}

/**
 * KeAcquireGuardedMutex() - Enter a guarded region and acquire a guarded mutex.
 * @Mutex: The mutex. One that the thread owns already breaks a rule, and is left as it is.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, KeAcquireGuardedMutex function
 */
extern "C" VOID KeAcquireGuardedMutex(PKGUARDED_MUTEX Mutex)
{
	KeEnterGuardedRegion();
	acquire(__func__, Mutex);
}

/**
 * KeReleaseGuardedMutex() - Release a guarded mutex and leave the guarded region.
 * @Mutex: Owned by the current thread; else a rule is broken, and it is left as it is.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, KeReleaseGuardedMutex function
 */
extern "C" VOID KeReleaseGuardedMutex(PKGUARDED_MUTEX Mutex)
{
	release(__func__, Mutex);
	KeLeaveGuardedRegion();
}

/**
 * KeTryToAcquireGuardedMutex() - Acquire a guarded mutex, in a guarded region, if it is free.
 * @Mutex: The mutex.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: TRUE if it was acquired; else no region was entered.
 * Source: wdm.h, KeTryToAcquireGuardedMutex function
 */
extern "C" BOOLEAN KeTryToAcquireGuardedMutex(PKGUARDED_MUTEX Mutex)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (!try_to_acquire(Mutex))
		return FALSE;
	KeEnterGuardedRegion();
	return TRUE;
}

/**
 * KeAcquireGuardedMutexUnsafe() - Acquire a guarded mutex, in a region that is guarded already.
 * @Mutex: The mutex.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, KeAcquireGuardedMutexUnsafe function
 */
extern "C" VOID KeAcquireGuardedMutexUnsafe(PKGUARDED_MUTEX Mutex)
{
	NT_MAX_IRQL(APC_LEVEL);
	acquire(__func__, Mutex);
}

/**
 * KeReleaseGuardedMutexUnsafe() - Release a mutex of KeAcquireGuardedMutexUnsafe().
 * @Mutex: Owned by the current thread.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, KeReleaseGuardedMutexUnsafe function
 */
extern "C" VOID KeReleaseGuardedMutexUnsafe(PKGUARDED_MUTEX Mutex)
{
	NT_MAX_IRQL(APC_LEVEL);
	release(__func__, Mutex);
}
