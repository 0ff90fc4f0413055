/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Kernel threads, and the identity of the current task. */
#ifndef WSK_PORT_THREAD_H
#define WSK_PORT_THREAD_H

#include "port/types.h"

PORT_BEGIN

/* A reference to a task. */
struct port_thread;

/*
 * Makes a kernel thread that will run start(context), which must end in port_thread_exit(). It runs
 * once port_thread_run() was called, which it must be. NULL when memory is short. Sleeps.
 */
PORT_MUST_CHECK struct port_thread *port_thread_create(void (*start)(void *context), void *context,
						       const char *name);
void port_thread_run(struct port_thread *thread);
uint64_t port_thread_id(struct port_thread *thread);
void port_thread_set_nice(struct port_thread *thread, int nice); /* -20 … 19 */
void port_thread_get(struct port_thread *thread);		 /* callable in softirq */
void port_thread_put(struct port_thread *thread);		 /* likewise */

/*
 * Ends the current thread, which port_thread_create() made. When last(context) is called the thread
 * has lost its context already, so that last() may free it.
 */
__attribute__((noreturn)) void port_thread_exit(void (*last)(void *context));

/* The context of the current thread, if port_thread_create() made it; else NULL. Any context. */
void *port_thread_current_context(void);

/* Without a reference: it lives as long as it runs. */
struct port_thread *port_thread_current(void);
uint64_t port_thread_current_id(void);
void port_thread_current_set_nice(int nice);

/* Lets others run. */
void port_thread_yield(void);

PORT_END

#endif
