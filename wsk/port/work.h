/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Deferred work, on the module's own workqueue, in task context. */
#ifndef WSK_PORT_WORK_H
#define WSK_PORT_WORK_H

#include "port/types.h"

PORT_BEGIN

#ifdef PORT_LOCK_DEBUG
enum { PORT_WORK_BYTES = 128 };
#else
enum { PORT_WORK_BYTES = 48 };
#endif

struct port_work {
	uint64_t opaque[PORT_WORK_BYTES / 8];
};

void port_work_init(struct port_work *work, void (*run)(struct port_work *work));

/* Callable in any context. False when it was queued already. The work may free itself in run(). */
bool port_work_queue(struct port_work *work);

/*
 * The same for code of drivers, which may block for long, and on what is queued by the other. But
 * not on the same work, which is not run twice at once.
 */
bool port_work_queue_driver(struct port_work *work);

/* Waits until everything queued before has run. Sleeps; not from a work item. */
void port_work_flush(void);

/* The NT world's own (wsk/nt/ex_work.cc), before the first driver. */
void nt_work_start(void);

PORT_END

#endif
