// SPDX-License-Identifier: MIT OR GPL-2.0
/* wsk.ko's init and exit ladder. Each rung has its mirror below, in reverse order. */
#include <linux/init.h>
#include <linux/module.h>

#include "linux/linux.h"

static int __init wsk_init(void)
{
	return port_work_init_queue();
}

static void __exit wsk_exit(void)
{
	port_thread_wait_all();
	port_work_destroy_queue();
}

/* Before device_initcall, so that built-in drivers find WSK ready. */
#ifdef MODULE
module_init(wsk_init);
#else
fs_initcall_sync(wsk_init);
#endif
module_exit(wsk_exit);

MODULE_DESCRIPTION("Winsock Kernel (WSK) API for Linux");
MODULE_AUTHOR("The WSK for Linux authors");
MODULE_LICENSE("Dual MIT/GPL");
