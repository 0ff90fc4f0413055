/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Which context the processor is in: the ground that IRQL stands on. */
#ifndef WSK_PORT_CONTEXT_H
#define WSK_PORT_CONTEXT_H

#include "port/types.h"

PORT_BEGIN

enum port_context {
	PORT_CONTEXT_TASK, /* may sleep */
	PORT_CONTEXT_SOFTIRQ, /* softirq, or bottom halves disabled */
	PORT_CONTEXT_HARDIRQ, /* hard interrupt, NMI, or interrupts disabled */
};

enum port_context port_context(void);
void port_bottom_halves_disable(void);
void port_bottom_halves_enable(void);

/* Bytes of kernel stack the current task has left. */
size_t port_stack_left(void);

/* Waits until every softirq and RCU reader that runs now has ended. Sleeps. */
void port_quiesce(void);

PORT_END

#endif
