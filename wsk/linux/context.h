/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* port_context() for the files that ask often. */
#ifndef WSK_LINUX_CONTEXT_H
#define WSK_LINUX_CONTEXT_H

#include <linux/irqflags.h>
#include <linux/preempt.h>

#include "port/context.h"

static inline enum port_context context_here(void)
{
	/* in_hardirq() too: handlers may enable interrupts. NMIs run with interrupts disabled. */
	if (irqs_disabled() || in_hardirq())
		return PORT_CONTEXT_HARDIRQ;
	return softirq_count() ? PORT_CONTEXT_SOFTIRQ : PORT_CONTEXT_TASK;
}

#endif
