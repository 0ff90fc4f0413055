// SPDX-License-Identifier: MIT OR GPL-2.0
/* Mutexes: owned by a thread, which may acquire them again. KeWaitFor… acquires. */
#include "nt/dispatcher.h"
#include "nt/irql.h"
#include "nt/thread.h"

using namespace wsk;

/**
 * KeInitializeMutex() - Make a mutex that nobody owns.
 * @Mutex: Memory for it; nothing to undo.
 * @Level: Reserved.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeInitializeMutex function
 */
extern "C" VOID KeInitializeMutex(PRKMUTEX Mutex, ULONG)
{
	dispatcher_init(&Mutex->Header, DispatcherType::mutant, sizeof(*Mutex), 1);
	InitializeListHead(&Mutex->MutantListEntry);
	Mutex->OwnerThread = nullptr;
	Mutex->MutantFlags = 0;
	Mutex->ApcDisable = 1;
}

/**
 * KeReleaseMutex() - Undo one acquisition of a mutex by the current thread.
 * @Mutex: The mutex. Who acquires it next may free it before the call returns.
 * @Wait: TRUE if a wait follows at once; no difference here, but for the IRQL.
 *
 * For a thread that does not own it Windows raises STATUS_MUTANT_NOT_OWNED. Here a rule is broken,
 * and nothing is released.
 *
 * Context: IRQL <= DISPATCH_LEVEL; IRQL <= APC_LEVEL if Wait is TRUE. In the thread that owns it.
 * Return: The previous state: 0 if the mutex is free now; negative if it is still owned; 1 if
 *	nobody owned it.
 * Source: wdm.h, KeReleaseMutex function
 */
extern "C" LONG KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait)
{
	LONG previous;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (Wait && KeGetCurrentIrql() == DISPATCH_LEVEL)
		port_log_rule(__func__, "called at DISPATCH_LEVEL with Wait");
	if (!dispatcher_valid(__func__, &Mutex->Header))
		return 0;

	PKTHREAD thread = KeGetCurrentThread();
	bool owned;
	{
		DispatcherGuard guard(&Mutex->Header);

		previous = Mutex->Header.SignalState;
		owned = Mutex->OwnerThread == thread;
		if (owned) {
			Mutex->Header.SignalState = previous + 1;
			if (!previous) {
				Mutex->OwnerThread = nullptr;
				guard.satisfy();
			}
		}
	}
	if (owned)
		thread_holds_mutexes(-1);
	else
		port_log_rule(__func__, "the current thread does not own the mutex");
	return previous;
}

/**
 * KeReadStateMutex() - Look at a mutex.
 * @Mutex: The mutex.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: 1 if it is free, else 0 or negative.
 * Source: wdm.h, KeReadStateMutex function
 */
extern "C" LONG KeReadStateMutex(PRKMUTEX Mutex)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return ReadAcquire(&Mutex->Header.SignalState);
}
