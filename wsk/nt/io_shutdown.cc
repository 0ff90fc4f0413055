// SPDX-License-Identifier: MIT OR GPL-2.0
/* Devices that want to know when the system goes down. */
#include "nt/irql.h"
#include "nt/object.h"
#include "nt/operation.h"
#include "port/device.h"

using namespace wsk;

namespace
{

/* Those registered last are told first. Each is registered once, and referred to. */
constinit WordLock shutdown_lock;
constinit Device *early, *late;

bool remove_from(Device **list, const Device *device)
{
	while (*list && *list != device)
		list = &(*list)->next_in_shutdown;
	if (!*list)
		return false;
	*list = device->next_in_shutdown;
	return true;
}

NTSTATUS add(const char *function, Device **list, PDEVICE_OBJECT object)
{
	Device *device = device_of(function, object);

	if (!device)
		return STATUS_INVALID_PARAMETER;

	WordGuard guard(shutdown_lock);

	if (device->object.Flags & DO_SHUTDOWN_REGISTERED)
		return STATUS_SUCCESS;
	device->object.Flags |= DO_SHUTDOWN_REGISTERED;
	device->next_in_shutdown = *list;
	*list = device;
	object_reference(device);
	return STATUS_SUCCESS;
}

/* The next to be told, with the list's reference. */
Device *take_next()
{
	WordGuard guard(shutdown_lock);
	Device **list = early ? &early : &late;
	Device *device = *list;

	if (!device)
		return nullptr;
	*list = device->next_in_shutdown;
	device->object.Flags &= ~DO_SHUTDOWN_REGISTERED;
	return device;
}

} // namespace

void wsk::device_forget_shutdown(Device *device)
{
	bool found = false;
	{
		WordGuard guard(shutdown_lock);

		found = remove_from(&early, device) || remove_from(&late, device);
		if (found)
			device->object.Flags &= ~DO_SHUTDOWN_REGISTERED;
	}
	if (found)
		object_dereference(device);
}

void nt_shutdown(void)
{
	while (Device *device = take_next()) {
		{
			Operation operation(nullptr, device, IRP_MJ_SHUTDOWN, KernelMode);

			if (operation.irp())
				operation.send();
		}
		object_dereference(device);
	}
}

/**
 * IoRegisterShutdownNotification() - Ask for IRP_MJ_SHUTDOWN when the system goes down
 * @DeviceObject: The device that gets it, when reboot(2) is called. IoDeleteDevice() ends it, too.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for what is no device, which breaks a rule.
 * Source: wdm.h, IoRegisterShutdownNotification function
 */
extern "C" NTSTATUS IoRegisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return add(__func__, &early, DeviceObject);
}

/**
 * IoRegisterLastChanceShutdownNotification() - Ask for IRP_MJ_SHUTDOWN after all others
 * @DeviceObject: As for IoRegisterShutdownNotification(). Linux' file systems may still be mounted.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: As IoRegisterShutdownNotification().
 * Source: ntddk.h, IoRegisterLastChanceShutdownNotification function
 */
extern "C" NTSTATUS IoRegisterLastChanceShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return add(__func__, &late, DeviceObject);
}

/**
 * IoUnregisterShutdownNotification() - Undo either of the two
 * @DeviceObject: The device; one that was never registered is fine.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Source: wdm.h, IoUnregisterShutdownNotification function
 */
extern "C" VOID IoUnregisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (Device *device = device_of(__func__, DeviceObject))
		device_forget_shutdown(device);
}
