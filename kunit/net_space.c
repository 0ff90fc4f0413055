// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * kunit/net_space.h: what the kernel keeps to itself is called by address, which a module has to
 * look up.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <net/net_namespace.h>

#include "net_space.h"

#ifdef MODULE
static void *find(const char *name)
{
	struct kprobe probe = {.symbol_name = name};
	void *address;

	if (register_kprobe(&probe))
		return NULL;
	address = probe.addr;
	unregister_kprobe(&probe);
	/* A probe of a function's first instruction lies behind its landing pad. */
	if (IS_ENABLED(CONFIG_X86_KERNEL_IBT) && *((u32 *)address - 1) == 0xfa1e0ff3)
		address -= 4;
	return address;
}
#define FIND(name) ((typeof(&name))find(#name))
#else
#define FIND(name) (&name)
#endif

struct net_space {
	struct net *net;
};

static DECLARE_WAIT_QUEUE_HEAD(gone_wait);
static atomic_t standing;
static bool watching;

static void on_exit_of_net(struct net *net)
{
	if (net != &init_net && atomic_dec_and_test(&standing))
		wake_up(&gone_wait);
}

static int on_init_of_net(struct net *net)
{
	if (net != &init_net)
		atomic_inc(&standing);
	return 0;
}

static struct pernet_operations watch = {.init = on_init_of_net, .exit = on_exit_of_net};

static int bring_up(struct net *net)
{
	int error;

	rtnl_lock();
	error = dev_change_flags(net->loopback_dev, net->loopback_dev->flags | IFF_UP, NULL);
	rtnl_unlock();
	return error;
}

struct net_space *net_space_make(void)
{
	typeof(&copy_net_ns) copy = FIND(copy_net_ns);
	struct net_space *space = kzalloc(sizeof(*space), GFP_KERNEL);

	if (!copy || !space)
		goto fail;
	if (!watching) {
		if (register_pernet_subsys(&watch))
			goto fail;
		watching = true;
	}
	space->net = copy(CLONE_NEWNET, &init_user_ns, &init_net);
	if (IS_ERR(space->net))
		goto fail;
	if (bring_up(space->net)) {
		put_net(space->net);
		goto fail;
	}
	return space;
fail:
	kfree(space);
	return NULL;
}

/* Nobody inherits it, so it needs no count of its own. */
static void switch_to(struct nsproxy *proxy)
{
	task_lock(current);
	current->nsproxy = proxy;
	task_unlock(current);
}

static struct nsproxy *enter(struct net_space *space)
{
	struct nsproxy *proxy =
		kmemdup(current->nsproxy, sizeof(*proxy), GFP_KERNEL | __GFP_NOFAIL);

	proxy->net_ns = get_net(space->net);
	switch_to(proxy);
	return proxy;
}

/* Whoever looks it up does so under task_lock(), and has gone when it has been replaced. */
static void forget(struct nsproxy *proxy)
{
	put_net(proxy->net_ns);
	kfree(proxy);
}

void net_space_run(struct net_space *space, void (*run)(void *context), void *context)
{
	struct nsproxy *own = current->nsproxy;
	struct nsproxy *proxy = enter(space);

	run(context);
	switch_to(own);
	forget(proxy);
}

struct net *net_space_net(struct net_space *space)
{
	return space->net;
}

void net_space_shorten_queues(struct net_space *space)
{
	WRITE_ONCE(space->net->core.sysctl_somaxconn, 0);
}

void net_space_drop(struct net_space *space)
{
	put_net(space->net);
	kfree(space);
}

bool net_space_settle(void)
{
	bool settled = wait_event_timeout(gone_wait, !atomic_read(&standing), 30 * HZ);

	if (watching && settled) {
		unregister_pernet_subsys(&watch);
		watching = false;
	}
	return settled;
}

struct net_process {
	struct net_space *space;
	uint32_t user;
	void (*run)(void *context);
	void *context;
	struct pid *pid;
	struct nsproxy *proxy; /* while it is in the space, to its last moment */
	typeof(&do_exit) exit;
	struct completion started;
};

static void become(uint32_t user)
{
	struct cred *cred = prepare_creds();

	if (!cred)
		return;
	cred->uid = cred->euid = cred->suid = cred->fsuid = KUIDT_INIT(user);
	if (user) {
		cap_clear(cred->cap_effective);
		cap_clear(cred->cap_permitted);
		cap_clear(cred->cap_inheritable);
	}
	commit_creds(cred);
}

/* The one that the process began with, which others have, too. */
#define DROP(count) _Generic((count), atomic_t * : atomic_dec, refcount_t * : refcount_dec)(count)

/* Ending, it gives one reference up; the other is the joiner's, who has the memory freed. */
static void move_into_space(struct net_process *self)
{
	struct nsproxy *own = current->nsproxy;

	self->proxy = enter(self->space);
	get_nsproxy(self->proxy);
	DROP(&own->count);
}

static int run_process(void *context)
{
	struct net_process *self = context;
	typeof(&do_exit) exit = self->exit;

	become(self->user);
	if (self->space)
		move_into_space(self);
	self->pid = get_pid(task_tgid(current));
	complete(&self->started);
	self->run(self->context);
	exit(0); /* there is no user space to return to */
	return 0;
}

struct net_process *net_process_start(struct net_space *space, uint32_t user,
				      void (*run)(void *context), void *context)
{
	typeof(&user_mode_thread) start = FIND(user_mode_thread);
	struct net_process *self = kzalloc(sizeof(*self), GFP_KERNEL);

	if (!self)
		return NULL;
	self->space = space;
	self->user = user;
	self->run = run;
	self->context = context;
	self->exit = FIND(do_exit);
	init_completion(&self->started);
	if (!start || !self->exit || start(run_process, self, SIGCHLD) < 0) {
		kfree(self);
		return NULL;
	}
	wait_for_completion(&self->started);
	return self;
}

static bool has_ended(struct pid *pid)
{
	bool ended;

	rcu_read_lock();
	ended = !pid_task(pid, PIDTYPE_TGID);
	rcu_read_unlock();
	return ended;
}

void net_process_join(struct net_process *process)
{
	while (!has_ended(process->pid))
		msleep(1);
	put_pid(process->pid);
	if (process->proxy)
		forget(process->proxy);
	kfree(process);
}
