// SPDX-License-Identifier: MIT OR GPL-2.0
/* Devices on top of devices: what is sent to the lowest one goes to the top. */
#include "nt/device.h"
#include "nt/irql.h"
#include "nt/object.h"

using namespace wsk;

namespace wsk
{

namespace
{

constinit WordLock attach_lock;

Device *above(const Device *device)
{
	return reinterpret_cast<Device *>(device->object.AttachedDevice);
}

Device *top_of(Device *device)
{
	while (Device *upper = above(device))
		device = upper;
	return device;
}

/* What is to be given back when a device has been taken off another, outside the lock. */
struct Loose {
	Device *lower = nullptr;
	bool holds_driver = false;

	void give_back()
	{
		if (!lower)
			return;
		if (holds_driver)
			driver_put(lower->account);
		object_dereference(lower);
	}
};

Loose take_off(Device *upper)
{
	Loose loose = {upper->lower, upper->holds_lower_driver};

	if (upper->lower)
		upper->lower->object.AttachedDevice = nullptr;
	upper->lower = nullptr;
	upper->holds_lower_driver = false;
	return loose;
}

/* On top of whatever is attached already; null when that cannot be. */
Device *attach(Device *source, Device *target)
{
	WordGuard guard(attach_lock);
	Device *top = top_of(target);
	bool foreign = top->account != source->account;

	if (source->lower || above(source) || top == source || top->deleted ||
	    top->object.Flags & DO_DEVICE_INITIALIZING)
		return nullptr;
	if (foreign && !driver_get(top->account))
		return nullptr;
	object_reference(top);
	source->lower = top;
	source->holds_lower_driver = foreign;
	source->object.StackSize = static_cast<CCHAR>(top->object.StackSize + 1);
	source->object.AlignmentRequirement = top->object.AlignmentRequirement;
	source->object.SectorSize = top->object.SectorSize;
	top->object.AttachedDevice = &source->object;
	return top;
}

} // namespace

Device *device_hold_top(Device *device)
{
	WordGuard guard(attach_lock);
	Device *top = top_of(device);

	object_reference(top);
	driver_hold(top->account);
	return top;
}

void device_drop_top(Device *top)
{
	DriverAccount *account = top->account;

	object_dereference(top);
	driver_drop(account);
}

void device_detach_all(Device *device)
{
	Loose from_above, from_below;
	{
		WordGuard guard(attach_lock);

		if (Device *upper = above(device))
			from_above = take_off(upper);
		from_below = take_off(device);
	}
	from_above.give_back();
	from_below.give_back();
}

} // namespace wsk

/**
 * IoAttachDeviceToDeviceStackSafe() - Put a device on top of another, before requests can find it
 * @SourceDevice: A device of the driver's own, without a name, attached to nothing.
 * @TargetDevice: The other one, or what is on top of it.
 * @AttachedToDeviceObject: NULL at first; receives what SourceDevice is attached to, to which the
 *	driver passes requests on.
 *
 * The other driver is not unloaded before IoDetachDevice().
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_NO_SUCH_DEVICE when the target is not ready, is being deleted, or
 *	SourceDevice is attached already.
 * Source: wdm.h, IoAttachDeviceToDeviceStackSafe function
 */
extern "C" NTSTATUS IoAttachDeviceToDeviceStackSafe(PDEVICE_OBJECT SourceDevice,
						    PDEVICE_OBJECT TargetDevice,
						    PDEVICE_OBJECT *AttachedToDeviceObject)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	Device *source = device_of(__func__, SourceDevice);
	Device *target = device_of(__func__, TargetDevice);
	Device *lower = source && target ? attach(source, target) : nullptr;

	*AttachedToDeviceObject = lower ? &lower->object : nullptr;
	return lower ? STATUS_SUCCESS : STATUS_NO_SUCH_DEVICE;
}

/**
 * IoAttachDeviceToDeviceStack() - Put a device on top of another
 * @SourceDevice: As for IoAttachDeviceToDeviceStackSafe().
 * @TargetDevice: As for IoAttachDeviceToDeviceStackSafe().
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: What SourceDevice is attached to; NULL where that fails.
 * Source: wdm.h, IoAttachDeviceToDeviceStack function
 */
extern "C" PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT SourceDevice,
						      PDEVICE_OBJECT TargetDevice)
{
	PDEVICE_OBJECT lower;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	IoAttachDeviceToDeviceStackSafe(SourceDevice, TargetDevice, &lower);
	return lower;
}

/**
 * IoAttachDevice() - Put a device on top of another, which is named
 * @SourceDevice: As for IoAttachDeviceToDeviceStackSafe().
 * @TargetDevice: The other one's name, or a symbolic link.
 * @AttachedDevice: Receives what SourceDevice is attached to.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_NO_SUCH_DEVICE as IoAttachDeviceToDeviceStackSafe();
 *	STATUS_OBJECT_NAME_NOT_FOUND; STATUS_INSUFFICIENT_RESOURCES.
 * Source: wdm.h, IoAttachDevice function
 */
extern "C" NTSTATUS IoAttachDevice(PDEVICE_OBJECT SourceDevice, PUNICODE_STRING TargetDevice,
				   PDEVICE_OBJECT *AttachedDevice)
{
	Device *target;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	*AttachedDevice = nullptr;

	NTSTATUS status = name_find(TargetDevice, &target);

	if (!NT_SUCCESS(status))
		return status;
	status = IoAttachDeviceToDeviceStackSafe(SourceDevice, &target->object, AttachedDevice);
	object_dereference(target);
	return status;
}

/**
 * IoDetachDevice() - Take off what is attached to a device
 * @TargetDevice: What IoAttachDevice() and its like returned. One that nothing is attached to
 *	breaks a rule.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, IoDetachDevice function
 */
extern "C" VOID IoDetachDevice(PDEVICE_OBJECT TargetDevice)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	Device *target = device_of(__func__, TargetDevice);
	Loose loose;

	if (!target)
		return;
	{
		WordGuard guard(attach_lock);

		if (Device *upper = above(target))
			loose = take_off(upper);
	}
	if (!loose.lower)
		port_log_rule(__func__, "nothing is attached to the device");
	loose.give_back();
}

/**
 * IoGetAttachedDevice() - The top of the devices that are attached to one
 * @DeviceObject: The device.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The device on top, maybe DeviceObject itself; without a reference.
 * Source: ntifs.h, IoGetAttachedDevice function
 */
extern "C" PDEVICE_OBJECT IoGetAttachedDevice(PDEVICE_OBJECT DeviceObject)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	Device *device = device_of(__func__, DeviceObject);
	WordGuard guard(attach_lock);

	return device ? &top_of(device)->object : nullptr;
}

/**
 * IoGetAttachedDeviceReference() - The top of the devices that are attached to one, to keep
 * @DeviceObject: The device.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The device on top, with a reference for ObDereferenceObject().
 * Source: wdm.h, IoGetAttachedDeviceReference function
 */
extern "C" PDEVICE_OBJECT IoGetAttachedDeviceReference(PDEVICE_OBJECT DeviceObject)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	Device *device = device_of(__func__, DeviceObject);
	WordGuard guard(attach_lock);

	if (!device)
		return nullptr;

	Device *top = top_of(device);

	object_reference_for_driver(top);
	return &top->object;
}

/**
 * IoGetLowerDeviceObject() - What a device is attached to
 * @DeviceObject: The device.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The lower device, with a reference for ObDereferenceObject(); NULL: none.
 * Source: ntifs.h, IoGetLowerDeviceObject function
 */
extern "C" PDEVICE_OBJECT IoGetLowerDeviceObject(PDEVICE_OBJECT DeviceObject)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	Device *device = device_of(__func__, DeviceObject);
	WordGuard guard(attach_lock);

	if (!device || !device->lower)
		return nullptr;
	object_reference_for_driver(device->lower);
	return &device->lower->object;
}

/**
 * IoGetRelatedDeviceObject() - Where requests for a file are sent
 * @FileObject: The file.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The top of the devices that are attached to the file's; without a reference.
 * Source: wdm.h, IoGetRelatedDeviceObject function
 */
extern "C" PDEVICE_OBJECT IoGetRelatedDeviceObject(PFILE_OBJECT FileObject)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return IoGetAttachedDevice(FileObject->DeviceObject);
}
