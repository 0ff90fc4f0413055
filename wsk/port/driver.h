/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Ported drivers as modules: who is loaded, and whose code an address is. */
#ifndef WSK_PORT_DRIVER_H
#define WSK_PORT_DRIVER_H

#include "port/types.h"

PORT_BEGIN

/* One loaded driver's code, kept by the NT world; linked from its load to its unload. */
struct port_driver {
	void *links[2];
	void *module;	     /* struct module, or null for code built into the kernel */
	uint64_t start, end; /* its code where module is null */
};

/* A driver's static constructors, in the order in which its objects were linked. */
struct port_constructors {
	void (*const *first)(void);
	void (*const *end)(void);
};

void port_driver_link(struct port_driver *driver);
void port_driver_unlink(struct port_driver *driver); /* returns when no lookup sees it. Sleeps. */

/* The linked driver that holds the address, or null. Callable in softirq. */
struct port_driver *port_driver_find(const void *address);

/* Keeps the module from being unloaded, until it is put; false when it is being unloaded. */
PORT_MUST_CHECK bool port_driver_get(struct port_driver *driver);
void port_driver_put(struct port_driver *driver);

/* Keeps the module from being unloaded, for good. */
void port_driver_pin(struct port_driver *driver);

/*
 * The NT half of loading and unloading, which wsk/linux/driver.c calls for the module's glue.
 * First what the registry is to hold for the driver: from a file (NULL: the usual one), and from
 * parameters (or NULL). Then the entry point, which is the driver's DriverEntry. They return 0, and
 * the driver, or -errno.
 */
PORT_MUST_CHECK int nt_driver_configure(const char *name, const char *file, const char *parameters);
PORT_MUST_CHECK int nt_driver_load(void *module, const char *name,
				   const struct port_constructors *constructors, void *entry,
				   void **driver);
void nt_driver_unload(void *driver);

/* The end of wsk.ko, after the last driver's: reports what is left, and ends the accounts. */
void nt_driver_exit(void);
/* The registry's. */
void nt_registry_exit(void);

PORT_END

#endif
