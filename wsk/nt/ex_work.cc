// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Work items of the executive, in memory of drivers' that has room for a list entry only. So they
 * wait in a list, which a fixed number of runners, on the workqueue, works off.
 */
#include <wdm.h>

#include "nt/driver_account.h"
#include "nt/irql.h"
#include "nt/word_lock.h"
#include "nt/work.h"
#include "port/thread.h"
#include "port/work.h"

namespace wsk
{

namespace
{

struct Runner {
	port_work work;
	Runner *next; /* among the idle ones */
};

/* That many routines may block at once. */
constexpr int runner_count = 64;
constinit Runner runners[runner_count];

constinit Runner *idle_runners;
constinit LIST_ENTRY waiting = {&waiting, &waiting};
constinit WordLock lock;

DriverAccount *account_of(PWORKER_THREAD_ROUTINE routine)
{
	return driver_of(reinterpret_cast<const void *>(routine));
}

/* The next item, which is its driver's again; or the runner is idle. */
bool take(Runner *runner, PWORKER_THREAD_ROUTINE *routine, PVOID *parameter)
{
	WordGuard guard(lock);

	if (IsListEmpty(&waiting)) {
		runner->next = idle_runners;
		idle_runners = runner;
		return false;
	}

	PWORK_QUEUE_ITEM item = CONTAINING_RECORD(RemoveHeadList(&waiting), WORK_QUEUE_ITEM, List);

	item->List.Flink = nullptr;
	*routine = item->WorkerRoutine;
	*parameter = item->Parameter;
	return true;
}

void run(port_work *work)
{
	Runner *runner = CONTAINING_RECORD(work, Runner, work);
	PWORKER_THREAD_ROUTINE routine;
	PVOID parameter;

	while (take(runner, &routine, &parameter)) {
		routine(parameter);
		check_irql_after_work();
		driver_drop(account_of(routine));
		port_thread_yield();
	}
}

} // namespace

} // namespace wsk

using namespace wsk;

void nt_work_start(void)
{
	for (Runner &runner : runners) {
		port_work_init(&runner.work, run);
		runner.next = idle_runners;
		idle_runners = &runner;
	}
}

/**
 * ExQueueWorkItem() - Have a routine called by a system thread.
 * @WorkItem: Made by ExInitializeWorkItem(), and not queued; else a rule is broken, and nothing
 *	done. Its routine, which may block, may free it and queue it again. The driver is not
 *	unloaded before the routine has returned.
 * @QueueType: How urgent it is; no difference here.
 *
 * Context: IRQL <= DISPATCH_LEVEL. The routine runs at PASSIVE_LEVEL.
 * Source: wdm.h, ExQueueWorkItem function
 */
extern "C" VOID ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE)
{
	DriverAccount *account = account_of(WorkItem->WorkerRoutine);
	Runner *runner = nullptr;
	bool was_queued;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	driver_hold(account);
	{
		WordGuard guard(lock);

		was_queued = WorkItem->List.Flink;
		if (!was_queued) {
			InsertTailList(&waiting, &WorkItem->List);
			runner = idle_runners;
			if (runner)
				idle_runners = runner->next;
		}
	}
	if (was_queued) {
		driver_drop(account);
		port_log_rule(__func__, "the work item is queued already, or not initialized");
	} else if (runner) {
		port_work_queue_driver(&runner->work);
	}
}
