// SPDX-License-Identifier: MIT OR GPL-2.0
/* Events: notification events stay signalled, synchronization events release one wait. */
#include "nt/dispatcher.h"
#include "nt/irql.h"

using namespace wsk;

/**
 * KeInitializeEvent() - Make an event.
 * @Event: Memory for it; no allocation of its own, nothing to undo.
 * @Type: NotificationEvent or SynchronizationEvent.
 * @State: TRUE if it shall be signalled.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeInitializeEvent function
 */
extern "C" VOID KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
	dispatcher_init(&Event->Header,
			Type == SynchronizationEvent ? DispatcherType::synchronization_event
						     : DispatcherType::notification_event,
			sizeof(*Event), !!State);
}

/**
 * KeSetEvent() - Signal an event, and let waits succeed.
 * @Event: The event. A wait that this call ends may free it before the call returns.
 * @Increment: Priority boost; ignored.
 * @Wait: TRUE if a wait follows at once; no difference here, but for the IRQL.
 *
 * A notification event lets all waits succeed and stays signalled; a synchronization event lets the
 * first wait succeed, if there is one, and is not signalled afterwards.
 *
 * Context: IRQL <= DISPATCH_LEVEL; IRQL <= APC_LEVEL if Wait is TRUE.
 * Return: The previous state: nonzero if it was signalled.
 * Source: wdm.h, KeSetEvent function
 */
extern "C" LONG KeSetEvent(PRKEVENT Event, KPRIORITY, BOOLEAN Wait)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (Wait && KeGetCurrentIrql() == DISPATCH_LEVEL)
		port_log_rule(__func__, "called at DISPATCH_LEVEL with Wait");
	if (!dispatcher_valid(__func__, &Event->Header))
		return 0;
	return dispatcher_signal(&Event->Header, 1);
}

/**
 * KeResetEvent() - Make an event not signalled.
 * @Event: The event.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The previous state: nonzero if it was signalled.
 * Source: wdm.h, KeResetEvent function
 */
extern "C" LONG KeResetEvent(PRKEVENT Event)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!dispatcher_valid(__func__, &Event->Header))
		return 0;
	return dispatcher_signal(&Event->Header, 0);
}

/**
 * KeClearEvent() - Make an event not signalled.
 * @Event: The event.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, KeClearEvent function
 */
extern "C" VOID KeClearEvent(PRKEVENT Event)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (dispatcher_valid(__func__, &Event->Header))
		dispatcher_signal(&Event->Header, 0);
}

/**
 * KeReadStateEvent() - Look at an event.
 * @Event: The event.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: Nonzero if it is signalled.
 * Source: wdm.h, KeReadStateEvent function
 */
extern "C" LONG KeReadStateEvent(PRKEVENT Event)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return ReadAcquire(&Event->Header.SignalState);
}
