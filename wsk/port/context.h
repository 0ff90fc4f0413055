/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Which context the processor is in: the ground that IRQL stands on. */
#ifndef WSK_PORT_CONTEXT_H
#define WSK_PORT_CONTEXT_H

#include "port/types.h"

PORT_BEGIN

enum port_context {
	PORT_CONTEXT_TASK,    /* may sleep */
	PORT_CONTEXT_SOFTIRQ, /* softirq, or bottom halves disabled */
	PORT_CONTEXT_HARDIRQ, /* hard interrupt, NMI, or interrupts disabled */
};

enum port_context port_context(void);
void port_bottom_halves_disable(void);
void port_bottom_halves_enable(void);

/* In a softirq handler itself: its level cannot be lowered. Not where code disabled bottom halves.
 */
bool port_in_softirq_handler(void);
/* In an interrupt handler or NMI itself. */
bool port_in_hardirq_handler(void);

void port_interrupts_disable(void);
void port_interrupts_enable(void);
/* For short regions that any context may enter: interrupts off, and back to what they were. */
uint64_t port_interrupts_save(void);
void port_interrupts_restore(uint64_t saved);

/* Number of this processor; it stays true only while bottom halves or interrupts are disabled. */
unsigned int port_processor(void);

/* Bytes of kernel stack the current task has left; a low estimate on an interrupt's stack. */
size_t port_stack_left(void);

/* Waits until every softirq and RCU reader that runs now has ended. Sleeps. */
void port_quiesce(void);

PORT_END

#endif
