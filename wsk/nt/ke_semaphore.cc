// SPDX-License-Identifier: MIT OR GPL-2.0
/* Counting semaphores. */
#include "nt/dispatcher.h"
#include "nt/irql.h"

using namespace wsk;

/**
 * KeInitializeSemaphore() - Make a semaphore.
 * @Semaphore: Memory for it; nothing to undo.
 * @Count: How many waits succeed before one must wait.
 * @Limit: The highest count that it can have; positive.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeInitializeSemaphore function
 */
extern "C" VOID KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit)
{
	if (Limit <= 0 || Count < 0 || Count > Limit)
		port_log_rule(__func__, "Count and Limit do not go together");
	dispatcher_init(&Semaphore->Header, DispatcherType::semaphore, sizeof(*Semaphore), Count);
	Semaphore->Limit = Limit;
}

/**
 * KeReleaseSemaphore() - Raise a semaphore's count, and let as many waits succeed.
 * @Semaphore: The semaphore.
 * @Increment: Priority boost; ignored.
 * @Adjustment: How much; positive.
 * @Wait: TRUE if a wait follows at once; no difference here, but for the IRQL.
 *
 * Above the limit Windows raises STATUS_SEMAPHORE_LIMIT_EXCEEDED. Here a rule is broken, and the
 * count stays as it was.
 *
 * Context: IRQL <= DISPATCH_LEVEL; IRQL <= APC_LEVEL if Wait is TRUE.
 * Return: The previous count.
 * Source: wdm.h, KeReleaseSemaphore function
 */
extern "C" LONG KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY, LONG Adjustment, BOOLEAN Wait)
{
	LONG previous;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (Wait && KeGetCurrentIrql() == DISPATCH_LEVEL)
		port_log_rule(__func__, "called at DISPATCH_LEVEL with Wait");
	if (!dispatcher_valid(__func__, &Semaphore->Header))
		return 0;

	bool fits;
	{
		DispatcherGuard guard(&Semaphore->Header);

		previous = Semaphore->Header.SignalState;
		fits = Adjustment > 0 && Adjustment <= Semaphore->Limit - previous;
		if (fits) {
			Semaphore->Header.SignalState = previous + Adjustment;
			guard.satisfy();
		}
	}
	if (!fits)
		port_log_rule(__func__, "the count would exceed the limit, or not grow");
	return previous;
}

/**
 * KeReadStateSemaphore() - Look at a semaphore's count.
 * @Semaphore: The semaphore.
 *
 * Context: Any IRQL.
 * Return: The count; 0 if it is not signalled.
 * Source: wdm.h, KeReadStateSemaphore function
 */
extern "C" LONG KeReadStateSemaphore(PRKSEMAPHORE Semaphore)
{
	return ReadAcquire(&Semaphore->Header.SignalState);
}
