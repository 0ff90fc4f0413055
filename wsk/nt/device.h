/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Device objects from the inside, their names, and the files that are open on them. */
#ifndef WSK_NT_DEVICE_H
#define WSK_NT_DEVICE_H

#include <ntddk.h>

#include "nt/driver_account.h"
#include "nt/word_lock.h"

namespace wsk
{

struct Name;
class Operation;

/* An object of *IoDeviceObjectType. The driver's extension lies behind it. */
struct Device {
	DEVICE_OBJECT object; /* first: what drivers hold */
	DEVOBJ_EXTENSION extension;
	DriverAccount *account;
	Name *name;    /* null: none, or none any more */
	Device *lower; /* what it is attached to, with a reference */
	bool holds_lower_driver;
	bool deleted; /* takes no new file */
	bool gone;    /* its driver is, too: takes no request */
	Device *next_in_shutdown;
};

/* IoCreateDevice(), with a security descriptor from the pool, which becomes the device's; or none.
 */
NTSTATUS device_create(PDRIVER_OBJECT driver, ULONG extension_size, PCUNICODE_STRING name,
		       DEVICE_TYPE type, ULONG characteristics, bool exclusive,
		       PSECURITY_DESCRIPTOR descriptor, PDEVICE_OBJECT *created);

/* The device behind what a driver calls one; null, and a rule line, when it is none. */
Device *device_of(const char *function, PDEVICE_OBJECT object);

/* After DriverEntry: its devices may be opened. */
void devices_ready(DriverAccount *account);
/* Before a driver's code goes: what it has left cannot be found any more, and then is deleted. */
void devices_abandon(DriverAccount *account);
void devices_delete_abandoned(DriverAccount *account);

/* io_attach.cc: the top of the devices attached to one, with a reference, its driver held. */
Device *device_hold_top(Device *device);
void device_drop_top(Device *top);
/* Both ways. What was attached is on its own then. */
void device_detach_all(Device *device);

/* io_shutdown.cc */
void device_forget_shutdown(Device *device);

/* wdmsec.cc: the permissions of its node, and whether its descriptor allows the access at all. */
uint32_t device_mode(const Device *device);
bool device_allows(const Device *device, ACCESS_MASK access);

/* io_name.cc. A name is found in any case; \DosDevices\X and \??\X are one. */
NTSTATUS name_device(Device *device, PCUNICODE_STRING path);
NTSTATUS name_link(PCUNICODE_STRING path, PCUNICODE_STRING target, DriverAccount *account);
NTSTATUS unname_link(PCUNICODE_STRING path);
void unname_device(Device *device);
void names_abandon(const DriverAccount *account);
void names_forget(const DriverAccount *account);
/* The number of the node that a link has made; -1: none. */
int name_node(PCUNICODE_STRING link);

/*
 * The device that a path, or a node, leads to, counted as opened (device_close() undoes that), and
 * what of the path is left, in memory for port_free().
 */
struct Opened {
	Device *device;
	DriverAccount *held; /* whose module is kept for it; null: nobody's */
	UNICODE_STRING rest;
};
NTSTATUS name_open(PCUNICODE_STRING path, DriverAccount *opener, ACCESS_MASK access,
		   KPROCESSOR_MODE mode, Opened *opened);
NTSTATUS node_open(int node, ACCESS_MASK access, Opened *opened);
/* A device without opening it: with a reference. */
NTSTATUS name_find(PCUNICODE_STRING path, Device **device);
void device_close(Device *device, DriverAccount *held);

/* An object of *IoFileObjectType. */
struct File {
	FILE_OBJECT object; /* first: what drivers hold */
	Device *device;
	DriverAccount *held;
	WordLock lock;
	Operation *operations; /* under way */
	bool cleaned;	       /* IRP_MJ_CLEANUP is on its way or was there: takes no request */
	bool appends;
	WORK_QUEUE_ITEM close;
};

/*
 * Opens what was found, which becomes the file's, also when it fails. References that drivers take
 * are charged to the account.
 */
NTSTATUS file_open(const Opened &opened, ACCESS_MASK access, KPROCESSOR_MODE mode,
		   DriverAccount *account, File **file);
/* A request that cannot fail for want of memory. */
void send_for_certain(File *file, UCHAR major);
/* The last handle is gone: IRP_MJ_CLEANUP, once. */
void file_clean_up(File *file);

} // namespace wsk

#endif
