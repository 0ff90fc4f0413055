// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * kunit/bpf_hook.h: the switches by which the stack knows whether there are programs.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <linux/bpf-cgroup.h>
#include <linux/jump_label.h>

#include "bpf_hook.h"

bool bpf_hook_possible(void)
{
	return IS_ENABLED(CONFIG_CGROUP_BPF);
}

void bpf_hook_use(bool ipv6, bool on)
{
#ifdef CONFIG_CGROUP_BPF
	struct static_key_false *key =
		&cgroup_bpf_enabled_key[ipv6 ? CGROUP_UDP6_SENDMSG : CGROUP_UDP4_SENDMSG];

	if (on)
		static_branch_inc(key);
	else
		static_branch_dec(key);
#endif
}
