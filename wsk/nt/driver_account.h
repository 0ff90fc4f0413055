/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* One driver: its module, its driver object, and the account of what it holds. */
#ifndef WSK_NT_DRIVER_ACCOUNT_H
#define WSK_NT_DRIVER_ACCOUNT_H

#include <ntddk.h>

#include "nt/driver.h"
#include "nt/pool.h"
#include "port/driver.h"

namespace wsk
{

struct Destructor;

struct DriverAccount {
	port_driver module; /* first: port_driver_find() returns it */
	DriverAccount *next;
	bool loaded;
	char name[64];

	long resources[static_cast<int>(Resource::kinds)];
	long holds; /* calls into the driver that it cannot know to have returned */
	bool unloading;
	bool entered;	/* DriverEntry has succeeded: others may use its devices */
	KEVENT changed; /* set when a resource or hold goes while unloading */
	PoolTags pool;
	Destructor *destructors; /* of static objects, see cxx_runtime.cc */

	DRIVER_OBJECT object;
	DRIVER_EXTENSION extension;
	WCHAR object_name[8 + 64];    /* \Driver\NAME */
	WCHAR registry_path[64 + 64]; /* \Registry\Machine\…\NAME */
	WCHAR service_name[64];
	UNICODE_STRING registry;
};

/*
 * Unloading waits until every hold is dropped: for completion routines, work and callbacks whose
 * end the driver cannot see.
 */
void driver_hold(DriverAccount *account);
void driver_drop(DriverAccount *account);

/*
 * Keeps the driver's module. False while DriverEntry runs, since a failure would take the module
 * away all the same, and when it is being unloaded. Callable at DISPATCH_LEVEL.
 */
bool driver_get(DriverAccount *account);
void driver_put(DriverAccount *account);

/* Says in one line for each kind what the driver holds. Returns how many kinds. */
unsigned int driver_report(DriverAccount *account);

} // namespace wsk

#endif
