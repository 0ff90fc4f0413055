// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Timers that the system allocates, and frees once nobody uses them any more: a KTIMER, a DPC that
 * calls the driver, and what is needed to delete both.
 */
#include "nt/dpc.h"
#include "nt/driver_account.h"
#include "nt/irql.h"
#include "nt/time.h"
#include "port/context.h"
#include "port/log.h"
#include "port/memory.h"

struct _EX_TIMER {
	KTIMER timer; /* first: drivers wait for it */
	KDPC dpc;
	PEXT_CALLBACK callback;
	PVOID context;
	uint64_t period; /* in ns */
	wsk::DriverAccount *account;
	LONG stage;
	EXT_DELETE_PARAMETERS deletion;
	WORK_QUEUE_ITEM work;
};

namespace wsk
{

namespace
{

/* _EX_TIMER.stage: whoever takes it to `ending` has it freed. */
enum : LONG { living, ends_when_expired, ending };

constexpr ULONG known_attributes =
	EX_TIMER_HIGH_RESOLUTION | EX_TIMER_NO_WAKE | static_cast<ULONG>(EX_TIMER_NOTIFICATION);

/* Its DPC neither runs nor is queued, and it is not set. */
void destroy(PEX_TIMER timer)
{
	DriverAccount *account = timer->account;
	EXT_DELETE_PARAMETERS deletion = timer->deletion;

	port_free(timer);
	if (deletion.DeleteCallback)
		deletion.DeleteCallback(deletion.DeleteContext);
	driver_discharge(account, Resource::timers);
	driver_drop(account);
}

VOID destroy_later(PVOID timer)
{
	KeFlushQueuedDpcs();
	destroy(static_cast<PEX_TIMER>(timer));
}

bool may_end(PEX_TIMER timer)
{
	return InterlockedCompareExchange(&timer->stage, ending, ends_when_expired) ==
	       ends_when_expired;
}

VOID call_driver(PKDPC, PVOID context, PVOID, PVOID)
{
	auto *timer = static_cast<PEX_TIMER>(context);

	if (timer->callback)
		timer->callback(timer, timer->context);
	/* Set again after it expired: it ends the next time. */
	if (ReadAcquire(&timer->stage) == ends_when_expired && !timer_pending(&timer->timer) &&
	    may_end(timer))
		ExQueueWorkItem(&timer->work, DelayedWorkQueue);
}

bool is_living(const char *function, PEX_TIMER timer)
{
	if (ReadAcquire(&timer->stage) == living)
		return true;
	port_log_rule(function, "the timer is being deleted");
	return false;
}

} // namespace

ULONGLONG ex_timer_period(PKTIMER timer)
{
	return CONTAINING_RECORD(timer, _EX_TIMER, timer)->period;
}

DriverAccount *ex_timer_account(PKTIMER timer)
{
	return CONTAINING_RECORD(timer, _EX_TIMER, timer)->account;
}

} // namespace wsk

using namespace wsk;

/**
 * ExAllocateTimer() - Make a timer that is not set.
 * @Callback: Called at DISPATCH_LEVEL each time that it expires, or NULL.
 * @CallbackContext: The callback's second argument.
 * @Attributes: EX_TIMER_NOTIFICATION: a notification timer, else a synchronization timer.
 *	EX_TIMER_HIGH_RESOLUTION and EX_TIMER_NO_WAKE exclude each other and make no difference:
 *	all timers are of high resolution, and none wakes the machine.
 *
 * The result can be waited for. ExDeleteTimer() frees it; the driver is charged with it until then.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The timer; NULL without memory, or for other attributes.
 * Source: wdm.h, ExAllocateTimer function
 */
extern "C" PEX_TIMER ExAllocateTimer(PEXT_CALLBACK Callback, PVOID CallbackContext,
				     ULONG Attributes)
{
	constexpr ULONG exclusive = EX_TIMER_HIGH_RESOLUTION | EX_TIMER_NO_WAKE;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if ((Attributes & ~known_attributes) || (Attributes & exclusive) == exclusive) {
		port_log_rule(__func__, "attributes that do not exist, or not together");
		return nullptr;
	}

	auto *timer = static_cast<PEX_TIMER>(port_alloc(sizeof(_EX_TIMER), true));

	if (!timer)
		return nullptr;
	KeInitializeTimerEx(&timer->timer, Attributes & EX_TIMER_NOTIFICATION
						   ? NotificationTimer
						   : SynchronizationTimer);
	timer->timer.TimerType |= timer_is_ex;
	KeInitializeDpc(&timer->dpc, call_driver, timer);
	ExInitializeWorkItem(&timer->work, destroy_later, timer);
	timer->callback = Callback;
	timer->context = CallbackContext;
	timer->account = driver_of(__builtin_return_address(0));
	driver_charge(timer->account, Resource::timers);
	return timer;
}

/**
 * ExSetTimer() - Set a timer, which ends what it was set to before.
 * @Timer: The timer, not being deleted.
 * @DueTime: As KeSetTimerEx() has it.
 * @Period: Units of 100 ns from one time that it expires to the next; 0 if it shall do so once.
 * @Parameters: NULL, or tolerances, of which no use is made.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE if the timer was set already.
 * Source: wdm.h, ExSetTimer function
 */
extern "C" BOOLEAN ExSetTimer(PEX_TIMER Timer, LONGLONG DueTime, LONGLONG Period,
			      PEXT_SET_PARAMETERS)
{
	constexpr LONGLONG longest = MAXLONGLONG / ns_per_unit;
	LARGE_INTEGER due;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!is_living(__func__, Timer))
		return FALSE;
	if (Period < 0) {
		port_log_rule(__func__, "the period is negative");
		Period = 0;
	}
	due.QuadPart = DueTime;

	bool was_set = timer_cancel(&Timer->timer);

	Timer->period = static_cast<uint64_t>(Period < longest ? Period : longest) * ns_per_unit;
	return timer_set(&Timer->timer, due, &Timer->dpc) || was_set;
}

/**
 * ExCancelTimer() - Have a timer not expire any more.
 * @Timer: The timer. Its callback may still be running.
 * @Parameters: Reserved.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE if it was set; so for a timer with a period until it is cancelled.
 * Source: wdm.h, ExCancelTimer function
 */
extern "C" BOOLEAN ExCancelTimer(PEX_TIMER Timer, PEXT_CANCEL_PARAMETERS)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return timer_cancel(&Timer->timer);
}

/**
 * ExDeleteTimer() - Free a timer, once its callback does not run any more.
 * @Timer: The timer. No other call may name it any more.
 * @Cancel: TRUE: it shall not expire any more. FALSE: if it is set to expire once, it does so
 *	before it is freed. With a period it is cancelled in any case.
 * @Wait: TRUE: free it in the call, which waits for the callback; with Cancel only.
 * @Parameters: NULL, or a callback for when it has been freed, which is called at PASSIVE_LEVEL.
 *
 * Context: IRQL <= APC_LEVEL if Wait is TRUE, else IRQL <= DISPATCH_LEVEL. At DISPATCH_LEVEL it
 *	does not wait.
 * Return: TRUE if the timer was set, and has been cancelled.
 * Source: wdm.h, ExDeleteTimer function
 */
extern "C" BOOLEAN ExDeleteTimer(PEX_TIMER Timer, BOOLEAN Cancel, BOOLEAN Wait,
				 PEXT_DELETE_PARAMETERS Parameters)
{
	bool sleeps = Wait && port_context() == PORT_CONTEXT_TASK;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (Wait && !sleeps)
		port_log_rule(__func__, "waits at DISPATCH_LEVEL");
	if (Wait && !Cancel)
		port_log_rule(__func__, "waits for what it does not cancel");
	if (!is_living(__func__, Timer))
		return FALSE;

	bool cancels = Cancel || Wait || Timer->period;

	driver_hold(Timer->account);
	if (Parameters)
		Timer->deletion = *Parameters;
	if (cancels) {
		bool cancelled = timer_cancel(&Timer->timer);

		WriteRelease(&Timer->stage, ending);
		if (sleeps) {
			KeFlushQueuedDpcs();
			destroy(Timer);
		} else {
			ExQueueWorkItem(&Timer->work, DelayedWorkQueue);
		}
		return cancelled;
	}
	/* From here on its own expiry may free it. */
	InterlockedExchange(&Timer->stage, ends_when_expired);
	if (!timer_pending(&Timer->timer) && may_end(Timer))
		ExQueueWorkItem(&Timer->work, DelayedWorkQueue);
	return FALSE;
}
