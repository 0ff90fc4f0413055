/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What the files of the Linux world share among themselves; not part of the seam. */
#ifndef WSK_LINUX_LINUX_H
#define WSK_LINUX_LINUX_H

#include "port/work.h"

struct cred;

/* device.c */
int port_device_init(void);
void port_device_exit(void);

/* inspect.c */
int port_inspect_init(void);
void port_inspect_exit(void);

/* namespace.c */
int port_namespace_init(void);
void port_namespace_exit(void);

/* interface.c: tells the NT world what changes. */
int port_interface_init(void);
void port_interface_exit(void);

/* owner.c; and the rights that a driver acts with, which is trusted */
int port_owner_init(void);
void port_owner_exit(void);
const struct cred *port_kernel_rights(void);

/* memory.c: when no block of port_alloc_brief() is left. */
void port_memory_exit(void);

/* softirq.c */
void port_softirq_init(void);
void port_softirq_exit(void);

/* resolve.c: exit waits until no handler runs any more. */
int port_resolve_init(void);
void port_resolve_exit(void);

/* thread.c: waits until no thread that we made is in our text any more. */
void port_thread_wait_all(void);

/* watch.c */
int port_watch_init(void);
void port_watch_exit(void);

/* page.c */
void port_page_init(void);

/* work.c */
int port_work_init_queues(void);
void port_work_destroy_queues(void);

#endif
