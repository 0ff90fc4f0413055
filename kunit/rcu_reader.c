// SPDX-License-Identifier: MIT OR GPL-2.0
/* kunit/rcu_reader.h: a thread that keeps its processor busy, since who reads may not sleep. */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "rcu_reader.h"

struct rcu_reader {
	struct task_struct *thread;
	struct completion begun;
	bool reads;
};

static int read_for_a_while(void *context)
{
	struct rcu_reader *reader = context;
	unsigned long end;

	rcu_read_lock();
	WRITE_ONCE(reader->reads, true);
	complete(&reader->begun);
	for (end = jiffies + HZ / 5; time_before(jiffies, end);)
		cpu_relax();
	/* Nobody who waits for readers goes on before this. */
	WRITE_ONCE(reader->reads, false);
	rcu_read_unlock();
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

bool rcu_reader_possible(void)
{
	return num_online_cpus() > 1;
}

struct rcu_reader *rcu_reader_start(void)
{
	struct rcu_reader *reader = kzalloc(sizeof(*reader), GFP_KERNEL);

	if (!reader)
		return NULL;
	init_completion(&reader->begun);
	reader->thread = kthread_create(read_for_a_while, reader, "rcu_reader");
	if (IS_ERR(reader->thread)) {
		kfree(reader);
		return NULL;
	}
	kthread_bind(reader->thread, cpumask_any_but(cpu_online_mask, raw_smp_processor_id()));
	wake_up_process(reader->thread);
	wait_for_completion(&reader->begun);
	return reader;
}

bool rcu_reader_reads(struct rcu_reader *reader)
{
	return READ_ONCE(reader->reads);
}

void rcu_reader_join(struct rcu_reader *reader)
{
	kthread_stop(reader->thread);
	kfree(reader);
}
