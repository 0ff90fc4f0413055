// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * port/owner.h over credentials and network namespaces. What belongs to another process is looked
 * up when a socket is made: another task's namespaces are behind a lock that softirqs do not take.
 */
#include <linux/cred.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "linux/linux.h"
#include "linux/port_owner.h"
#include "port/owner.h"

/* Sockets of the kernel's: Windows has no privileged ports, and a driver is trusted. */
static const struct cred *rights;

int port_owner_init(void)
{
	rights = prepare_kernel_cred(&init_task);
	return rights ? 0 : -ENOMEM;
}

void port_owner_exit(void)
{
	put_cred(rights);
}

const struct cred *port_kernel_rights(void)
{
	return rights;
}

static struct port_owner *make(struct net *net, const struct cred *cred)
{
	struct port_owner *self = kzalloc(sizeof(*self), GFP_ATOMIC | __GFP_NOWARN);

	if (!self)
		return NULL;
	if (net)
		self->net = get_net(net);
	if (cred)
		self->user = get_cred(cred);
	self->rights = get_cred(rights);
	return self;
}

static struct task_struct *get_task(struct port_thread *thread)
{
	return thread ? get_task_struct((struct task_struct *)thread) : NULL;
}

struct port_owner *port_owner_kernel(struct port_thread *thread)
{
	struct port_owner *self = make(&init_net, thread ? NULL : rights);

	if (self)
		self->thread = get_task(thread);
	return self;
}

struct port_owner *port_owner_current(void)
{
	if (!in_task() || !current->nsproxy)
		return port_owner_kernel(NULL);
	return make(current->nsproxy->net_ns, current_cred());
}

struct port_owner *port_owner_of(struct port_process *process, struct port_thread *thread)
{
	struct port_owner *self = make(NULL, NULL);

	if (!self)
		return NULL;
	self->process = get_pid((struct pid *)process);
	self->thread = get_task(thread);
	return self;
}

void port_owner_put(struct port_owner *owner)
{
	if (!owner)
		return;
	if (owner->net)
		put_net(owner->net);
	put_cred(owner->user);
	put_cred(owner->rights);
	put_pid(owner->process);
	if (owner->thread)
		put_task_struct(owner->thread);
	kfree(owner);
}

static uint32_t user_of(const struct cred *cred)
{
	return from_kuid_munged(&init_user_ns, cred->fsuid);
}

uint32_t port_owner_user(const struct port_owner *owner)
{
	return owner->user ? user_of(owner->user) : 0;
}

struct port_token *port_token_current(void)
{
	return (struct port_token *)get_cred(in_task() ? current_cred() : rights);
}

void port_token_put(struct port_token *token)
{
	put_cred((const struct cred *)token);
}

uint32_t port_token_user(const struct port_token *token)
{
	return user_of((const struct cred *)token);
}

/* A reference to the namespace of a task that has not begun to end; else NULL. */
static struct net *net_of(struct task_struct *task)
{
	struct net *net = NULL;

	task_lock(task);
	if (task->nsproxy)
		net = get_net(task->nsproxy->net_ns);
	task_unlock(task);
	return net;
}

/* The first thread may have ended before the others. */
static struct net *net_of_process(struct pid *process, const struct cred **cred)
{
	struct task_struct *leader, *task;
	struct net *net = NULL;

	rcu_read_lock();
	leader = pid_task(process, PIDTYPE_TGID);
	if (leader) {
		for_each_thread(leader, task)
		{
			net = net_of(task);
			if (!net)
				continue;
			*cred = get_task_cred(task);
			break;
		}
	}
	rcu_read_unlock();
	return net;
}

static int look_up(struct port_owner *owner)
{
	const struct cred *cred = NULL;

	if (owner->process)
		owner->net = net_of_process(owner->process, &cred);
	else if (!owner->net)
		owner->net = net_of(owner->thread);
	if (!owner->net)
		return -ESRCH;
	if (owner->thread) {
		put_cred(cred);
		cred = get_task_cred(owner->thread);
	}
	owner->user = cred;
	put_cred(owner->rights);
	owner->rights = get_cred(cred);
	return 0;
}

int port_owner_settle(struct port_owner *owner)
{
	return owner->user ? 0 : look_up(owner);
}

void port_owner_leave_net(struct port_owner *owner)
{
	put_net(owner->net);
	owner->net = NULL;
}
