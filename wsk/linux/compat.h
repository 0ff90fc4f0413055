/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Differences between kernels. The only reader of probes.h, where HAVE_NAME stands for a probe
 * scripts/probes/name.c that compiled; the only place where releases of Linux are told apart.
 */
#ifndef WSK_LINUX_COMPAT_H
#define WSK_LINUX_COMPAT_H

#include <net/sock.h>

#include "probes.h"

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

#endif
