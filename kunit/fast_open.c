// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * kunit/fast_open.h: the sysctl and the counter of the initial network namespace.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <net/ip.h>
#include <net/net_namespace.h>
#include <net/snmp.h>
#include <net/tcp.h>

#include "fast_open.h"

static_assert(FAST_OPEN_CLIENT == TFO_CLIENT_ENABLE);
static_assert(FAST_OPEN_SERVER == TFO_SERVER_ENABLE);

int fast_open_allow(int bits)
{
	return xchg(&init_net.ipv4.sysctl_tcp_fastopen, bits);
}

unsigned long fast_open_count(void)
{
	return snmp_fold_field(init_net.mib.net_statistics, LINUX_MIB_TCPFASTOPENACTIVE);
}
