/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Processes: Linux' own objects, one for each thread group. NULL is the process that all kernel
 * threads belong to.
 */
#ifndef WSK_PORT_PROCESS_H
#define WSK_PORT_PROCESS_H

#include "port/thread.h"
#include "port/types.h"

PORT_BEGIN

struct port_process;

/* Nothing here sleeps, and everything is callable in softirq. */

/* No reference: they live as long as the task does, and whoever asks is it. */
struct port_process *port_process_current(void);
struct port_process *port_process_of_thread(const struct port_thread *thread);

void port_process_get(struct port_process *process);
void port_process_put(struct port_process *process);

/* Its number in the initial PID namespace; 0 for the kernel's, and for one that nothing is left of.
 */
uint64_t port_process_id(struct port_process *process);

/* A reference to the process of that number; false when there is none. */
PORT_MUST_CHECK bool port_process_find(uint64_t id, struct port_process **found);

PORT_END

#endif
