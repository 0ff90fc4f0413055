/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The IRQL assertions that exported functions begin with. */
#ifndef WSK_NT_IRQL_H
#define WSK_NT_IRQL_H

#include <wdm.h>

#include "port/log.h"

#ifdef CONFIG_WSK_DEBUG
#define NT_MAX_IRQL(level)                                               \
	do {                                                             \
		if (KeGetCurrentIrql() > (level))                        \
			port_log_rule(__func__, "called above " #level); \
	} while (0)
#define NT_MIN_IRQL(level)                                               \
	do {                                                             \
		if (KeGetCurrentIrql() < (level))                        \
			port_log_rule(__func__, "called below " #level); \
	} while (0)
#else
#define NT_MAX_IRQL(level) ((void)0)
#define NT_MIN_IRQL(level) ((void)0)
#endif

#endif
