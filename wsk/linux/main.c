// SPDX-License-Identifier: MIT OR GPL-2.0
/* wsk.ko's init and exit ladder. Each rung has its mirror below, in reverse order. */
#include <linux/init.h>
#include <linux/module.h>

#include "linux/linux.h"
#include "port/alarm.h"
#include "port/crypto.h"
#include "port/driver.h"
#include "port/provider.h"

static int __init wsk_init(void)
{
	int error;

	port_page_init();
	error = port_work_init_queues();
	if (error)
		return error;
	error = port_owner_init();
	if (error)
		goto destroy_queues;
	error = port_inspect_init();
	if (error)
		goto exit_owner;
	error = port_namespace_init();
	if (error)
		goto exit_inspect;
	error = port_watch_init();
	if (error)
		goto exit_namespace;
	error = port_resolve_init();
	if (error)
		goto exit_watch;
	port_softirq_init();
	nt_timers_start();
	nt_work_start();
	error = provider_start();
	if (error)
		goto stop_timers;
	error = port_interface_init();
	if (error)
		goto stop_provider;
	error = port_device_init();
	if (error)
		goto exit_interface;
	return 0;

exit_interface:
	port_interface_exit();
stop_provider:
	provider_stop();
stop_timers:
	nt_timers_stop();
	port_softirq_exit();
	port_resolve_exit();
exit_watch:
	port_watch_exit();
exit_namespace:
	port_namespace_exit();
	port_memory_exit();
exit_inspect:
	port_inspect_exit();
exit_owner:
	port_owner_exit();
destroy_queues:
	port_work_destroy_queues();
	return error;
}

static void __exit wsk_exit(void)
{
	port_device_exit();
	port_interface_exit();
	provider_stop();
	port_thread_wait_all();
	nt_timers_stop();
	port_softirq_exit();
	port_resolve_exit();
	port_watch_exit();
	port_namespace_exit();
	port_memory_exit();
	port_inspect_exit();
	port_owner_exit();
	port_work_destroy_queues();
	nt_bcrypt_exit();
	nt_registry_exit();
	nt_driver_exit();
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
