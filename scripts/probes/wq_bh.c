// SPDX-License-Identifier: MIT OR GPL-2.0
/* 6.9 (4cb1ef64609f, "workqueue: Implement BH workqueues to eventually replace tasklets"). */
#include <linux/workqueue.h>

bool probe(struct work_struct *work);
bool probe(struct work_struct *work)
{
	return queue_work(system_bh_wq, work);
}
