// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/work.h over the module's workqueue. */
#include <linux/workqueue.h>

#include "linux/linux.h"
#include "port/work.h"

static_assert(sizeof(struct work_struct) <= sizeof(struct port_work));

static struct workqueue_struct *queue;
static struct workqueue_struct *driver_queue;

int port_work_init_queues(void)
{
	/*
	 * Per-CPU, so that work runs where the event fired; WQ_MEM_RECLAIM because block drivers
	 * may sit on top of a socket; an unlimited number of items, one per socket.
	 */
	queue = alloc_workqueue("wsk", WQ_MEM_RECLAIM, 0);
	if (!queue)
		return -ENOMEM;
	/*
	 * Unbound, because drivers' routines may compute for long; as many at once as there may be.
	 * Without WQ_MEM_RECLAIM: where new workers are slow to come, its one rescuer takes all
	 * items, and a routine that waits for a later one would wait for ever.
	 */
	driver_queue = alloc_workqueue("wsk_drivers", WQ_UNBOUND, WQ_MAX_ACTIVE);
	if (!driver_queue) {
		destroy_workqueue(queue);
		return -ENOMEM;
	}
	return 0;
}

void port_work_destroy_queues(void)
{
	destroy_workqueue(driver_queue);
	destroy_workqueue(queue);
}

static void run_work(struct work_struct *work)
{
	struct port_work *self = (struct port_work *)work;
	void (**run)(struct port_work *) = (void *)((char *)self + sizeof(struct work_struct));

	(*run)(self);
}

void port_work_init(struct port_work *work, void (*run)(struct port_work *work))
{
	void (**slot)(struct port_work *) = (void *)((char *)work + sizeof(struct work_struct));

	BUILD_BUG_ON(sizeof(struct work_struct) + sizeof(run) > sizeof(struct port_work));
	INIT_WORK((struct work_struct *)work, run_work);
	*slot = run;
}

bool port_work_queue(struct port_work *work)
{
	return queue_work(queue, (struct work_struct *)work);
}

bool port_work_queue_driver(struct port_work *work)
{
	return queue_work(driver_queue, (struct work_struct *)work);
}

void port_work_flush(void)
{
	flush_workqueue(driver_queue);
	flush_workqueue(queue);
}
