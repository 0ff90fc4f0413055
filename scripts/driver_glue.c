// SPDX-License-Identifier: MIT OR GPL-2.0
/* The Linux module around a ported driver. scripts/driver.mk compiles it once for each driver. */
#include <linux/init.h>
#include <linux/module.h>

/* From wsk.ko, see wsk/linux/driver.c. */
int wsk_driver_load(struct module *module, const char *name, void *entry, void **driver);
void wsk_driver_unload(void *driver);

/* The driver's, with Windows' types, which have no place here: its address is all that counts. */
void DriverEntry(void);

static void *driver;

static int __init load(void)
{
	return wsk_driver_load(THIS_MODULE, KBUILD_MODNAME, DriverEntry, &driver);
}

static void __exit unload(void)
{
	wsk_driver_unload(driver);
}

module_init(load);
module_exit(unload);

MODULE_LICENSE(WSK_DRIVER_LICENSE);
MODULE_DESCRIPTION(WSK_DRIVER_DESCRIPTION);
