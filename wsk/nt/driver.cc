// SPDX-License-Identifier: MIT OR GPL-2.0
/* The driver frame: DriverEntry, DriverUnload, and the account of what a driver leaves behind. */
#include <ntddk.h>

#include "nt/cm_registry.h"
#include "nt/cxx_runtime.h"
#include "nt/device.h"
#include "nt/driver_account.h"
#include "nt/dpc.h"
#include "nt/nt_errno.h"
#include "nt/iphlp.h"
#include "nt/irql.h"
#include "nt/word_lock.h"
#include "nt/wpp.h"
#include "port/context.h"
#include "port/error.h"
#include "port/log.h"
#include "port/memory.h"
#include "port/work.h"

namespace wsk
{

namespace
{

/* Code that is no driver's: wsk.ko itself, its tests, and other modules that call it. */
constinit DriverAccount own_account = {.loaded = true, .name = "wsk"};

/*
 * Accounts outlive their drivers, so that whoever frees something late still finds the one that it
 * was charged to. One is taken up again when its driver comes back and nothing was left on it.
 */
constinit DriverAccount *accounts;
constinit WordLock accounts_lock;

constexpr const char *resource_names[] = {
	"system thread",
	"object reference",
	"work item",
	"device object",
	"WSK registration",
	"WSK socket",
	"cached security descriptor",
	"timer",
	"address list",
	"NMR registration",
	"symbolic link",
	"change notification",
};

static_assert(ARRAYSIZE(resource_names) == static_cast<int>(Resource::kinds));

bool same_name(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* Copies what fits, and a terminator; returns the length. */
template <typename Char>
size_t append(Char *to, size_t at, size_t size, const char *text)
{
	for (; *text && at + 1 < size; text++)
		to[at++] = static_cast<unsigned char>(*text);
	to[at] = 0;
	return at;
}

template <size_t size>
void set_string(UNICODE_STRING &string, WCHAR (&buffer)[size], const char *prefix, const char *name)
{
	size_t length = append(buffer, append(buffer, 0, size, prefix), size, name);

	string.Length = static_cast<USHORT>(length * sizeof(WCHAR));
	string.MaximumLength = string.Length + sizeof(WCHAR);
	string.Buffer = buffer;
}

bool is_clean(DriverAccount *account)
{
	for (const long &count : account->resources)
		if (__atomic_load_n(&count, __ATOMIC_RELAXED))
			return false;
	return pool_is_empty(account);
}

DriverAccount *take_account(const char *name)
{
	DriverAccount *fresh = static_cast<DriverAccount *>(port_alloc(sizeof(*fresh), true));

	if (!fresh)
		return nullptr;
	append(fresh->name, 0, sizeof(fresh->name), name);
	fresh->loaded = true;

	accounts_lock.acquire();
	DriverAccount *account = accounts;
	while (account &&
	       (account->loaded || !same_name(account->name, fresh->name) || !is_clean(account)))
		account = account->next;
	if (account) {
		account->loaded = true;
	} else {
		fresh->next = accounts;
		accounts = fresh;
	}
	accounts_lock.release();

	if (!account)
		return fresh;
	port_free(fresh);
	return account;
}

NTSTATUS refuse(PDEVICE_OBJECT, PIRP irp)
{
	irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_INVALID_DEVICE_REQUEST;
}

void prepare(DriverAccount *account, void *module, PDRIVER_INITIALIZE entry)
{
	DRIVER_OBJECT &object = account->object;

	account->unloading = false;
	account->entered = false;
	KeInitializeEvent(&account->changed, SynchronizationEvent, FALSE);
	account->module = {};
	account->module.module = module;

	object = {};
	account->extension = {};
	object.Type = IO_TYPE_DRIVER;
	object.Size = sizeof(object);
	object.DriverExtension = &account->extension;
	object.DriverInit = entry;
	for (PDRIVER_DISPATCH &function : object.MajorFunction)
		function = refuse;
	account->extension.DriverObject = &object;
	set_string(object.DriverName, account->object_name, "\\Driver\\", account->name);
	set_string(account->registry, account->registry_path,
		   "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\", account->name);
	set_string(account->extension.ServiceKeyName, account->service_name, "", account->name);
}

void check_irql_after(const char *function)
{
	if (KeGetCurrentIrql() == PASSIVE_LEVEL)
		return;
	port_log_rule(function, "returned above PASSIVE_LEVEL");
	KeLowerIrql(PASSIVE_LEVEL);
}

long running(const DriverAccount *account)
{
	return __atomic_load_n(&account->holds, __ATOMIC_ACQUIRE) +
	       driver_outstanding(account, Resource::threads);
}

/*
 * The driver's code is about to go. What still runs in it would take the machine down, so it is
 * waited for, aloud: a driver that Windows would stop with a blue screen only keeps rmmod busy.
 */
void wait_until_left(DriverAccount *account)
{
	LARGE_INTEGER ten_seconds;

	ten_seconds.QuadPart = -100000000;
	__atomic_store_n(&account->unloading, true, __ATOMIC_SEQ_CST);
	while (running(account)) {
		if (KeWaitForSingleObject(&account->changed, Executive, KernelMode, FALSE,
					  &ten_seconds) != STATUS_TIMEOUT)
			continue;
		port_logf(PORT_LOG_WARNING,
			  "%s: unloading waits for %ld threads and %ld routines\n", account->name,
			  driver_outstanding(account, Resource::threads),
			  __atomic_load_n(&account->holds, __ATOMIC_RELAXED));
	}
	/* What nobody waits for, and would run after the driver is gone. */
	notifications_end(account);
	timers_end(account);
	dpcs_told(account);
	KeFlushQueuedDpcs();
	/* Work and softirqs that are past the last line that counts. */
	port_work_flush();
	port_quiesce();
}

void retire(DriverAccount *account)
{
	devices_abandon(account);
	modules_abandon(account);
	sockets_abandon(account);
	wait_until_left(account);
	run_destructors(account);
	wpp_forget(account);
	driver_report(account);
	sockets_close_abandoned(account);
	devices_delete_abandoned(account);
	modules_withdraw(account);
	registry_forget(account->name);
	port_driver_unlink(&account->module);

	WordGuard guard(accounts_lock);
	account->loaded = false;
}

void leave(DriverAccount *account)
{
	if (__atomic_load_n(&account->unloading, __ATOMIC_SEQ_CST))
		KeSetEvent(&account->changed, IO_NO_INCREMENT, FALSE);
}

} // namespace

DriverAccount *driver_of(const void *return_address)
{
	port_driver *found = port_driver_find(return_address);

	return found ? CONTAINING_RECORD(found, DriverAccount, module) : &own_account;
}

void driver_charge(DriverAccount *account, Resource resource)
{
	__atomic_add_fetch(&account->resources[static_cast<int>(resource)], 1, __ATOMIC_RELAXED);
}

void driver_discharge(DriverAccount *account, Resource resource)
{
	__atomic_sub_fetch(&account->resources[static_cast<int>(resource)], 1, __ATOMIC_SEQ_CST);
	if (resource == Resource::threads)
		leave(account);
}

long driver_outstanding(const DriverAccount *account, Resource resource)
{
	return __atomic_load_n(&account->resources[static_cast<int>(resource)], __ATOMIC_ACQUIRE);
}

const char *driver_name(const DriverAccount *account)
{
	return account->name;
}

unsigned int driver_report(DriverAccount *account)
{
	unsigned int lines = pool_report(account);

	for (int i = 0; i < static_cast<int>(Resource::kinds); i++) {
		long count = driver_outstanding(account, static_cast<Resource>(i));

		if (!count)
			continue;
		lines++;
		port_logf(PORT_LOG_WARNING, "%s: leaked: %ld %s%s\n", account->name, count,
			  resource_names[i], count == 1 ? "" : "s");
	}
	if (!lines)
		port_logf(PORT_LOG_INFO, "%s: nothing leaked\n", account->name);
	return lines;
}

bool driver_get(DriverAccount *account)
{
	return __atomic_load_n(&account->entered, __ATOMIC_ACQUIRE) &&
	       port_driver_get(&account->module);
}

void driver_put(DriverAccount *account)
{
	port_driver_put(&account->module);
}

void driver_hold(DriverAccount *account)
{
	__atomic_add_fetch(&account->holds, 1, __ATOMIC_RELAXED);
}

void driver_drop(DriverAccount *account)
{
	__atomic_sub_fetch(&account->holds, 1, __ATOMIC_SEQ_CST);
	leave(account);
}

} // namespace wsk

using namespace wsk;

int nt_driver_load(void *module, const char *name, const port_constructors *constructors,
		   void *entry, void **driver)
{
	PDRIVER_INITIALIZE driver_entry = reinterpret_cast<PDRIVER_INITIALIZE>(entry);
	DriverAccount *account = take_account(name);

	if (!account)
		return -PORT_ENOMEM;
	prepare(account, module, driver_entry);
	port_driver_link(&account->module);

	run_constructors(constructors);

	NTSTATUS status = driver_entry(&account->object, &account->registry);
	check_irql_after("DriverEntry");
	if (!NT_SUCCESS(status)) {
		port_logf(PORT_LOG_ERROR, "%s: DriverEntry failed with status 0x%08x\n",
			  account->name, static_cast<unsigned int>(status));
		retire(account);
		return -errno_of(status);
	}
	if (!account->object.DriverUnload) {
		port_logf(PORT_LOG_NOTICE, "%s: has no DriverUnload, so it stays loaded\n",
			  account->name);
		port_driver_pin(&account->module);
	}
	devices_ready(account);
	*driver = account;
	return 0;
}

void nt_driver_unload(void *driver)
{
	DriverAccount *account = static_cast<DriverAccount *>(driver);

	if (account->object.DriverUnload) {
		account->object.DriverUnload(&account->object);
		check_irql_after("DriverUnload");
	}
	retire(account);
}

void nt_driver_exit(void)
{
	driver_report(&own_account);
	pool_forget(&own_account);
	while (accounts) {
		DriverAccount *account = accounts;

		accounts = account->next;
		pool_forget(account);
		port_free(account);
	}
}
