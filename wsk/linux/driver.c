// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/driver.h: ported drivers as Linux modules. */
#include <linux/export.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rculist.h>

#include "port/driver.h"

static DEFINE_MUTEX(link_lock);
static LIST_HEAD(linked);

/* struct port_driver as this file sees it. */
struct linked_driver {
	union {
		struct list_head list;
		struct port_driver driver;
	};
};

static_assert(sizeof(struct list_head) == sizeof_field(struct port_driver, links));
static_assert(sizeof(struct linked_driver) == sizeof(struct port_driver));

static struct list_head *links(struct port_driver *driver)
{
	return &container_of(driver, struct linked_driver, driver)->list;
}

void port_driver_link(struct port_driver *driver)
{
	mutex_lock(&link_lock);
	list_add_tail_rcu(links(driver), &linked);
	mutex_unlock(&link_lock);
}

void port_driver_unlink(struct port_driver *driver)
{
	mutex_lock(&link_lock);
	list_del_rcu(links(driver));
	mutex_unlock(&link_lock);
	synchronize_rcu();
}

static bool holds(const struct port_driver *driver, unsigned long address)
{
	if (driver->module)
		return within_module(address, driver->module);
	return address >= driver->start && address < driver->end;
}

struct port_driver *port_driver_find(const void *address)
{
	struct port_driver *found = NULL;
	struct list_head *entry;

	rcu_read_lock();
	for (entry = rcu_dereference(list_next_rcu(&linked)); entry != &linked;
	     entry = rcu_dereference(list_next_rcu(entry))) {
		struct port_driver *driver = (struct port_driver *)entry;

		if (holds(driver, (unsigned long)address)) {
			found = driver;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}

bool port_driver_get(struct port_driver *driver)
{
	return try_module_get(driver->module);
}

void port_driver_put(struct port_driver *driver)
{
	module_put(driver->module);
}

void port_driver_pin(struct port_driver *driver)
{
	__module_get(driver->module);
}

/* What the generated glue of a driver (driver_module.c) calls from its init and exit. */
int wsk_driver_load(struct module *module, const char *name, const char *registry,
		    const char *parameters, const struct port_constructors *constructors,
		    void *entry, void **driver);
void wsk_driver_unload(void *driver);

/**
 * wsk_driver_load() - Run a ported driver's DriverEntry
 * @module: the driver's module, NULL when it is built in
 * @name: the driver's name, as in \Driver\NAME
 * @registry: a file of what the registry is to hold for it; NULL for /etc/wsk/NAME.reg, if it is
 *	there
 * @parameters: values of its key Parameters, as NAME=value,NAME=value, which count more; or NULL
 * @constructors: its static constructors, which run before DriverEntry
 * @entry: its DriverEntry
 * @driver: receives what wsk_driver_unload() wants
 *
 * Context: a module's init function.
 * Return: 0, or the errno that the status of DriverEntry comes closest to; -EINVAL when the file or
 * the parameters cannot be understood, and what reading the file fails with.
 */
int wsk_driver_load(struct module *module, const char *name, const char *registry,
		    const char *parameters, const struct port_constructors *constructors,
		    void *entry, void **driver)
{
	int error = nt_driver_configure(name, registry, parameters);

	if (error)
		return error;
	return nt_driver_load(module, name, constructors, entry, driver);
}
EXPORT_SYMBOL_GPL(wsk_driver_load);

/**
 * wsk_driver_unload() - Run a ported driver's DriverUnload
 * @driver: from wsk_driver_load()
 *
 * Returns when no code of the driver runs any more, and what it left behind has been reported.
 *
 * Context: a module's exit function.
 */
void wsk_driver_unload(void *driver)
{
	nt_driver_unload(driver);
}
EXPORT_SYMBOL_GPL(wsk_driver_unload);
