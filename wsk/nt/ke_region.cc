// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Critical and guarded regions, which keep APCs off the thread on Windows. There are no APCs here:
 * regions are only counted, for threads of PsCreateSystemThread(), so that one that is not left can
 * be told.
 */
#include <ntddk.h>

#include "nt/irql.h"
#include "nt/thread.h"

using namespace wsk;

/**
 * KeEnterCriticalRegion() - Begin a region without normal APCs.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, KeEnterCriticalRegion function
 */
extern "C" VOID KeEnterCriticalRegion(VOID)
{
	NT_MAX_IRQL(APC_LEVEL);
	thread_enters(ThreadRegion::critical, 1);
}

/**
 * KeLeaveCriticalRegion() - End a region without normal APCs.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, KeLeaveCriticalRegion function
 */
extern "C" VOID KeLeaveCriticalRegion(VOID)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (!thread_enters(ThreadRegion::critical, -1))
		port_log_rule(__func__, "the thread is in no critical region");
}

/**
 * KeEnterGuardedRegion() - Begin a region without any APCs.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, KeEnterGuardedRegion function
 */
extern "C" VOID KeEnterGuardedRegion(VOID)
{
	NT_MAX_IRQL(APC_LEVEL);
	thread_enters(ThreadRegion::guarded, 1);
}

/**
 * KeLeaveGuardedRegion() - End a region without any APCs.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, KeLeaveGuardedRegion function
 */
extern "C" VOID KeLeaveGuardedRegion(VOID)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (!thread_enters(ThreadRegion::guarded, -1))
		port_log_rule(__func__, "the thread is in no guarded region");
}

/**
 * KeAreApcsDisabled() - Whether the thread is in a critical or guarded region.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE in such a region, above PASSIVE_LEVEL, and in threads that Linux made: those never
 *	get APCs.
 * Source: wdm.h, KeAreApcsDisabled function
 */
extern "C" BOOLEAN KeAreApcsDisabled(VOID)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return KeGetCurrentIrql() > PASSIVE_LEVEL || thread_is_in(ThreadRegion::critical) ||
	       thread_is_in(ThreadRegion::guarded);
}

/**
 * KeAreAllApcsDisabled() - Whether the thread is in a guarded region.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE in such a region, above PASSIVE_LEVEL, and in threads that Linux made: those never
 *	get APCs.
 * Source: wdm.h, KeAreAllApcsDisabled function
 */
extern "C" BOOLEAN KeAreAllApcsDisabled(VOID)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return KeGetCurrentIrql() > PASSIVE_LEVEL || thread_is_in(ThreadRegion::guarded);
}
