/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Kernel threads, and the identity of the current task. */
#ifndef WSK_PORT_THREAD_H
#define WSK_PORT_THREAD_H

#include "port/types.h"

PORT_BEGIN

/* Starts a kernel thread that runs start(context) and then ends. 0 or -errno. Sleeps. */
PORT_MUST_CHECK int port_thread_start(void (*start)(void *context), void *context,
				      const char *name);
__attribute__((noreturn)) void port_thread_exit(void);

const void *port_thread_current(void); /* identity only: compare, never dereference */
uint64_t port_thread_current_id(void);
uint64_t port_process_current_id(void);
const void *port_process_current(void);
void port_thread_set_nice(int nice); /* of the current thread, -20 … 19 */

PORT_END

#endif
