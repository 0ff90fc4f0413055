// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * port/process.h over struct pid: it stays the same when another thread of the process calls
 * execve(), and outlives the process for as long as it is referenced.
 */
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "port/process.h"

static struct pid *pid_of(struct port_process *process)
{
	return (struct pid *)process;
}

/* What a thread that has been reaped belonged to. */
static struct pid gone = {.count = REFCOUNT_INIT(1)};

static struct port_process *process_of(const struct task_struct *task)
{
	struct pid *pid;

	if (task->flags & PF_KTHREAD)
		return NULL;
	pid = READ_ONCE(task->signal->pids[PIDTYPE_TGID]);
	return (struct port_process *)(pid ?: &gone);
}

struct port_process *port_process_current(void)
{
	return process_of(current);
}

struct port_process *port_process_of_thread(const struct port_thread *thread)
{
	return process_of((const struct task_struct *)thread);
}

void port_process_get(struct port_process *process)
{
	get_pid(pid_of(process));
}

void port_process_put(struct port_process *process)
{
	put_pid(pid_of(process));
}

uint64_t port_process_id(struct port_process *process)
{
	return pid_of(process) == &gone ? 0 : pid_nr(pid_of(process));
}

bool port_process_find(uint64_t id, struct port_process **found)
{
	struct task_struct *task = NULL;
	struct pid *pid = NULL;

	*found = NULL;
	rcu_read_lock();
	if (id <= PID_MAX_LIMIT)
		pid = find_pid_ns(id, &init_pid_ns);
	if (pid)
		task = pid_task(pid, PIDTYPE_TGID);
	if (task && !(task->flags & PF_KTHREAD))
		*found = (struct port_process *)get_pid(pid);
	rcu_read_unlock();
	return task;
}
