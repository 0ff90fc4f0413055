/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Calls in softirq context, on a processor of one's choice: what DPCs are built on. */
#ifndef WSK_PORT_SOFTIRQ_H
#define WSK_PORT_SOFTIRQ_H

#include "port/types.h"

PORT_BEGIN

/* Numbers of processors are below the limit; not all numbers need to be possible. */
unsigned int port_processor_limit(void);
bool port_processor_possible(unsigned int processor);
bool port_processor_online(unsigned int processor);

/* Memory of a possible processor's own, zeroed when wsk.ko is loaded. */
enum { PORT_PROCESSOR_BYTES = 64 };
void *port_processor_memory(unsigned int processor);

/*
 * Has nt_softirq_run(processor) called in a softirq: on that processor, or on this one while that
 * is offline. Never twice at once for the same processor. Callable in any context; in task context
 * and for this processor, the call has been made when this returns.
 */
void port_softirq_raise(unsigned int processor);

/* Something to be called in a softirq: what an object embeds. */
struct port_bottom {
	void *next;
};

/*
 * Has nt_bottom_run() called for it soon, in a softirq of this processor; not again before that has
 * begun. The caller is in a softirq, or has bottom halves disabled.
 */
void port_bottom_queue(struct port_bottom *bottom);

/* The NT world's (wsk/nt/ke_dpc.cc). */
void nt_softirq_run(unsigned int processor);

/* The NT world's (wsk/socket/pump.cc). */
void nt_bottom_run(struct port_bottom *bottom);

PORT_END

#endif
