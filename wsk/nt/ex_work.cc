// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Work items of the executive, and those that the rest of WSK makes of them. They are no work of
 * Linux': it would make one wait for a routine that is still running if that was started by the
 * same item, or by one that has lain in the same memory. So they wait in a list, and each has a
 * turn of one of the runners, which are on the workqueue.
 */
#include <wdm.h>

#include "nt/driver_account.h"
#include "nt/irql.h"
#include "nt/word_lock.h"
#include "port/work.h"

namespace wsk
{

namespace
{

struct Runner {
	port_work work;
	Runner *next; /* among the idle ones */
};

/* That many routines may block at once: as many as the workqueue runs at most. */
constexpr int runner_count = 512;
constinit Runner runners[runner_count];

constinit Runner *idle_runners;
constinit LIST_ENTRY waiting = {&waiting, &waiting};
constinit LONG unserved; /* those of them that found no idle runner */
constinit WordLock lock;

DriverAccount *account_of(PWORKER_THREAD_ROUTINE routine)
{
	return driver_of(reinterpret_cast<const void *>(routine));
}

/* There is one for each turn. It is its driver's again. */
WORK_QUEUE_ITEM take()
{
	WordGuard guard(lock);
	PWORK_QUEUE_ITEM item = CONTAINING_RECORD(RemoveHeadList(&waiting), WORK_QUEUE_ITEM, List);

	item->List.Flink = nullptr;
	return *item;
}

/* Whether the runner has another turn; else it is idle. */
bool goes_on(Runner *runner)
{
	WordGuard guard(lock);

	if (unserved) {
		unserved--;
		return true;
	}
	runner->next = idle_runners;
	idle_runners = runner;
	return false;
}

void check_irql_after_work()
{
	if (KeGetCurrentIrql() == PASSIVE_LEVEL)
		return;
	port_log_rule("WORKER_THREAD_ROUTINE", "returned above PASSIVE_LEVEL");
	KeLowerIrql(PASSIVE_LEVEL);
}

/*
 * One item a turn, so that whoever flushes the workqueue does not wait for what comes later. A
 * runner that is queued before it has left this function is run by the same thread, at once.
 */
void run(port_work *work)
{
	Runner *runner = CONTAINING_RECORD(work, Runner, work);
	const WORK_QUEUE_ITEM item = take();

	item.WorkerRoutine(item.Parameter);
	check_irql_after_work();
	driver_drop(account_of(item.WorkerRoutine));
	if (goes_on(runner))
		port_work_queue_driver(&runner->work);
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
			else
				unserved++;
		}
	}
	if (was_queued) {
		driver_drop(account);
		port_log_rule(__func__, "the work item is queued already, or not initialized");
	} else if (runner) {
		port_work_queue_driver(&runner->work);
	}
}
