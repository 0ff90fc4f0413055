// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/thread.h over kthreads. */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "linux/linux.h"
#include "port/thread.h"

/*
 * A kthread's data. A softirq may look at it on top of the thread until the thread is dead, so it
 * is recycled but not freed, and names the task that it is valid for.
 */
struct start {
	struct task_struct *task;
	void (*run)(void *context);
	void *context;
	struct start *next; /* among the unused */
};

static struct start *unused_starts;
static DEFINE_SPINLOCK(unused_lock);

/* Completed once by each thread that ends, from the kernel's own text. */
static DECLARE_COMPLETION(ended);
static atomic_long_t not_seen_ending;

static struct start *take_start(void)
{
	struct start *start;

	spin_lock_bh(&unused_lock);
	start = unused_starts;
	if (start)
		unused_starts = start->next;
	spin_unlock_bh(&unused_lock);
	return start ? start : kzalloc(sizeof(*start), GFP_KERNEL);
}

static void recycle_start(struct start *start)
{
	WRITE_ONCE(start->task, NULL);
	spin_lock_bh(&unused_lock);
	start->next = unused_starts;
	unused_starts = start;
	spin_unlock_bh(&unused_lock);
}

static void see_ended_threads(void)
{
	while (try_wait_for_completion(&ended))
		atomic_long_dec(&not_seen_ending);
}

void port_thread_wait_all(void)
{
	struct start *start;

	while (atomic_long_read(&not_seen_ending)) {
		wait_for_completion(&ended);
		atomic_long_dec(&not_seen_ending);
	}
	while ((start = unused_starts)) {
		unused_starts = start->next;
		kfree(start);
	}
}

static int run_thread(void *data)
{
	struct start *start = data;

	start->run(start->context);
	return 0;
}

static struct start *current_start(void)
{
	struct start *start;

	if (!(current->flags & PF_KTHREAD) || kthread_func(current) != run_thread)
		return NULL;
	start = kthread_data(current);
	return READ_ONCE(start->task) == current ? start : NULL;
}

struct port_thread *port_thread_create(void (*run)(void *context), void *context, const char *name)
{
	struct start *start = take_start();
	struct task_struct *task;

	if (!start)
		return NULL;
	start->run = run;
	start->context = context;
	task = kthread_create(run_thread, start, "%s", name);
	if (IS_ERR(task)) {
		recycle_start(start);
		return NULL;
	}
	WRITE_ONCE(start->task, task);
	get_task_struct(task);
	see_ended_threads();
	atomic_long_inc(&not_seen_ending);
	return (struct port_thread *)task;
}

void port_thread_run(struct port_thread *thread)
{
	wake_up_process((struct task_struct *)thread);
}

uint64_t port_thread_id(struct port_thread *thread)
{
	return task_pid_nr((struct task_struct *)thread);
}

void port_thread_set_nice(struct port_thread *thread, int nice)
{
	set_user_nice((struct task_struct *)thread, nice);
}

void port_thread_get(struct port_thread *thread)
{
	get_task_struct((struct task_struct *)thread);
}

void port_thread_put(struct port_thread *thread)
{
	put_task_struct((struct task_struct *)thread);
}

void port_thread_exit(void (*last)(void *context))
{
	struct start *start = current_start();
	void *context = start->context;

	recycle_start(start);
	last(context);
	kthread_complete_and_exit(&ended, 0);
}

void *port_thread_current_context(void)
{
	struct start *start = current_start();

	return start ? start->context : NULL;
}

struct port_thread *port_thread_current(void)
{
	return (struct port_thread *)current;
}

uint64_t port_thread_current_id(void)
{
	return task_pid_nr(current);
}

void port_thread_current_set_nice(int nice)
{
	set_user_nice(current, nice);
}

void port_thread_yield(void)
{
	cond_resched();
}
