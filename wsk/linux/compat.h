/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Differences between kernels. The only reader of probes.h, where HAVE_NAME stands for a probe
 * scripts/probes/name.c that compiled; the only place where releases of Linux are told apart.
 * Included as "compat.h": sparse takes "linux/compat.h" for Linux's own.
 */
#ifndef WSK_LINUX_COMPAT_H
#define WSK_LINUX_COMPAT_H

#include <linux/device.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>
#include <net/inet_sock.h>
#include <net/request_sock.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "probes.h"

#ifdef CONFIG_PREEMPT_RT
#error "DISPATCH_LEVEL is disabled softirqs, which can be preempted there"
#endif

/*
 * Keeps a socket of ours off current->task_frag, which belongs to whoever happens to be running
 * when we are called from reclaim or softirq. Kernels without the field decide by sk_allocation.
 */
static inline void compat_sock_no_task_frag(struct sock *sk)
{
#ifdef HAVE_SOCK_USE_TASK_FRAG
	sk->sk_use_task_frag = false;
#endif
}

/*
 * A kernel socket does not hold its network namespace unless told to; without that the timers of a
 * closed connection outlive it. Connections accepted from it hold theirs in turn.
 */
static inline void compat_sock_hold_net(struct sock *sk)
{
#ifdef HAVE_SK_NET_REFCNT_UPGRADE
	sk_net_refcnt_upgrade(sk);
#else
	struct net *net = sock_net(sk);

#ifdef HAVE_NETNS_TRACKER_PASSIVE
	__netns_tracker_free(net, &sk->ns_tracker, false);
#endif
	sk->sk_net_refcnt = 1;
	get_net_track(net, &sk->ns_tracker, GFP_KERNEL);
	sock_inuse_add(net, 1);
#endif
}

/*
 * Whether closing a kernel socket that does not hold its namespace waits for the end of its timers,
 * so that the namespace can end.
 */
static inline bool compat_sock_timers_end(void)
{
#ifdef HAVE_KERNEL_SOCK_TIMERS_END
	return true;
#else
	return false;
#endif
}

/*
 * A closed sock that does not hold its namespace may outlive it. Its destructor looks at the
 * namespace to drop its tracker; where it keeps the memory of it for that, nothing is to be done.
 */
static inline void compat_sock_forget_net(struct sock *sk)
{
#ifndef HAVE_SK_NET_REFCNT_UPGRADE
#ifdef HAVE_NETNS_TRACKER_PASSIVE
	__netns_tracker_free(sock_net(sk), &sk->ns_tracker, false);
	__netns_tracker_alloc(&init_net, &sk->ns_tracker, false, GFP_KERNEL);
#endif
	sock_net_set(sk, &init_net);
#endif
}

/* Flags of IP sockets, which were bit fields once. */
#ifdef HAVE_INET_TEST_BIT
#define compat_inet_flag(sk, field, NAME) ((bool)inet_test_bit(NAME, sk))
#else
#define compat_inet_flag(sk, field, NAME) ((bool)inet_sk(sk)->field)
#endif

#ifdef HAVE_INET6_TEST_BIT
#define compat_inet6_flag(sk, field, NAME) ((bool)inet6_test_bit(NAME, sk))
#else
#define compat_inet6_flag(sk, field, NAME) ((bool)inet6_sk(sk)->field)
#endif

/* What a class is shown when it is asked for a node's permissions. */
#ifdef HAVE_CLASS_DEVNODE_CONST
typedef const struct device compat_devnode_device;
#else
typedef struct device compat_devnode_device;
#endif

/* Has a function called for each skb that gives memory back which is not its own. */
#ifdef HAVE_UBUF_INFO_OPS
#define COMPAT_UBUF_CALLBACK(name, function) \
	static const struct ubuf_info_ops name = {.complete = (function)}
#define compat_ubuf_set_callback(ubuf, name) ((ubuf)->ops = &(name))
#else
#define COMPAT_UBUF_CALLBACK(name, function) \
	static void (*const name)(struct sk_buff * skb, struct ubuf_info * ubuf, bool) = (function)
#define compat_ubuf_set_callback(ubuf, name) ((ubuf)->callback = (name))
#endif

/* Answers a segment that no socket takes. */
static inline void compat_send_reset(const struct request_sock_ops *ops, struct sk_buff *skb)
{
#ifdef HAVE_SEND_RESET_REASON
	ops->send_reset(NULL, skb, SK_RST_REASON_NOT_SPECIFIED);
#else
	ops->send_reset(NULL, skb);
#endif
}

/* Acknowledges what has come, and tells the window; under the sock's lock. */
static inline void compat_send_ack(struct sock *sk)
{
#ifdef HAVE_SEND_ACK_FLAGS
	__tcp_send_ack(sk, tcp_sk(sk)->rcv_nxt, 0);
#else
	__tcp_send_ack(sk, tcp_sk(sk)->rcv_nxt);
#endif
}

/* Removes a name from its folder, which is locked. */
static inline int compat_unlink(struct file *file, struct inode *folder, struct dentry *dentry)
{
#ifdef HAVE_MNT_IDMAP
	return vfs_unlink(file_mnt_idmap(file), folder, dentry, NULL);
#else
	return vfs_unlink(file_mnt_user_ns(file), folder, dentry, NULL);
#endif
}

/*
 * Something that runs in a softirq of the processor that it was scheduled on: once for all times
 * that it was scheduled before it ran, never twice at once. Any context may schedule it; where
 * bottom halves are enabled, nobody is in a hurry to run it.
 */
#ifdef HAVE_WQ_BH
typedef struct work_struct compat_bottom;
#else
typedef struct tasklet_struct compat_bottom;
#endif

static inline void compat_bottom_init(compat_bottom *bottom, void (*run)(compat_bottom *bottom))
{
#ifdef HAVE_WQ_BH
	INIT_WORK(bottom, run);
#else
	tasklet_setup(bottom, run);
#endif
}

static inline void compat_bottom_schedule(compat_bottom *bottom)
{
#ifdef HAVE_WQ_BH
	queue_work(system_bh_wq, bottom);
#else
	tasklet_schedule(bottom);
#endif
}

/* Waits until it does not run any more. Sleeps. */
static inline void compat_bottom_cancel(compat_bottom *bottom)
{
#ifdef HAVE_WQ_BH
	cancel_work_sync(bottom);
#else
	tasklet_kill(bottom);
#endif
}

#endif
