// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The Linux module around a ported driver. scripts/driver.mk compiles it twice for each: what it
 * links first, and, with WSK_DRIVER_END, last. Between the two lie the constructors of the driver's
 * static objects, which the kernel would not run.
 */
#include <linux/init.h>
#include <linux/module.h>

typedef void (*constructor)(void);

#ifdef WSK_DRIVER_END

extern constructor wsk_constructors_end[];
constructor wsk_constructors_end[0] __section("wsk_constructors");

#else

/* From wsk.ko, see wsk/port/driver.h and wsk/linux/driver.c. */
struct port_constructors {
	const constructor *first;
	const constructor *end;
};

int wsk_driver_load(struct module *module, const char *name, const char *registry,
		    const char *parameters, const struct port_constructors *constructors,
		    void *entry, void **driver);
void wsk_driver_unload(void *driver);

/* The driver's, with Windows' types, which have no place here: its address is all that counts. */
void DriverEntry(void);

extern constructor wsk_constructors_end[];
static constructor first_constructor[0] __section("wsk_constructors");

/* C++ code names it when it registers a destructor. A kernel that is a program has one. */
extern void *__dso_handle;
void *__dso_handle __weak;

/* What the driver finds in the registry. */
static char *registry;
module_param(registry, charp, 0444);
MODULE_PARM_DESC(registry, "file of registry values for this driver (/etc/wsk/NAME.reg, if there)");

static char *parameters;
module_param(parameters, charp, 0444);
MODULE_PARM_DESC(parameters, "values of its key Parameters, which count more: Port=7000,Name=abc");

static void *driver;

static int __init load(void)
{
	const struct port_constructors constructors = {first_constructor, wsk_constructors_end};

	return wsk_driver_load(THIS_MODULE, KBUILD_MODNAME, registry, parameters, &constructors,
			       DriverEntry, &driver);
}

static void __exit unload(void)
{
	wsk_driver_unload(driver);
}

module_init(load);
module_exit(unload);

MODULE_LICENSE(WSK_DRIVER_LICENSE);
MODULE_DESCRIPTION(WSK_DRIVER_DESCRIPTION);

#endif
