/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Who owns what: an account per loaded driver, charged by whoever hands something out. */
#ifndef WSK_NT_DRIVER_H
#define WSK_NT_DRIVER_H

#include <wdm.h>

namespace wsk
{

struct DriverAccount;

/* What a driver can leave behind besides pool blocks, IRPs and MDLs, which the pool counts. */
enum class Resource {
	threads,       /* system threads still running */
	references,    /* object references and handles not given back */
	work_items,    /* IoAllocateWorkItem without IoFreeWorkItem */
	devices,       /* IoCreateDevice without IoDeleteDevice */
	registrations, /* WskRegister without WskDeregister */
	sockets,       /* WSK sockets not closed */
	descriptors,   /* security descriptors cached and not released */
	timers,	       /* ExAllocateTimer without ExDeleteTimer */
	address_lists, /* WskGetAddressInfo without WskFreeAddressInfo */
	modules,       /* Nmr registrations whose end was not waited for */
	links,	       /* IoCreateSymbolicLink without IoDeleteSymbolicLink */
	notifications, /* Notify…Change without CancelMibChangeNotify2 */
	kinds
};

/*
 * The account of the driver whose code the address lies in: pass __builtin_return_address(0) of
 * an exported function. Code of no driver (wsk.ko itself, built-in code) shares one account, so
 * the result is never null, and it stays valid for good: store it in what was handed out, and
 * discharge through it when that comes back. Callable at DISPATCH_LEVEL.
 */
DriverAccount *driver_of(const void *return_address);

void driver_charge(DriverAccount *account, Resource resource);
void driver_discharge(DriverAccount *account, Resource resource);
long driver_outstanding(const DriverAccount *account, Resource resource);
const char *driver_name(const DriverAccount *account);

/*
 * The sockets that a driver has left open (wsk/socket/abandoned.cc). First, while it waits to be
 * left: their requests are cancelled, and no callback is called any more. Then, when nothing of it
 * runs: they are closed.
 */
void sockets_abandon(const DriverAccount *account);
void sockets_close_abandoned(const DriverAccount *account);

/*
 * The Nmr registrations that a driver has left standing (wsk/nt/nmr.cc). First: nobody is attached
 * to them any more, and nothing of the driver is called. Then, when WSK has let go of what it had
 * for the driver, they are detached from everybody else, who is waited for.
 */
void modules_abandon(const DriverAccount *account);
void modules_withdraw(DriverAccount *account);

} // namespace wsk

#endif
