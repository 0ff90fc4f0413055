// SPDX-License-Identifier: MIT OR GPL-2.0
#include "io_driver.h"

namespace wsk::test
{

constinit IoDriver io_driver;

namespace
{

VOID cancel(PDEVICE_OBJECT, PIRP irp)
{
	IoReleaseCancelSpinLock(irp->CancelIrql);
	io_driver.held_irp = nullptr;
	finish(irp, STATUS_CANCELLED);
}

NTSTATUS dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

	if (io_driver.count < static_cast<LONG>(sizeof(io_driver.majors)))
		io_driver.majors[io_driver.count++] = stack->MajorFunction;
	io_driver.device = device;
	io_driver.file = stack->FileObject;
	return io_driver.dispatch ? io_driver.dispatch(device, irp) : finish(irp, STATUS_SUCCESS);
}

VOID unload(PDRIVER_OBJECT)
{
	if (io_driver.unload)
		io_driver.unload();
}

NTSTATUS entry(PDRIVER_OBJECT object, PUNICODE_STRING)
{
	io_driver.object = object;
	object->DriverUnload = unload;
	for (PDRIVER_DISPATCH &function : object->MajorFunction)
		function = dispatch;
	return io_driver.entry ? io_driver.entry(object) : STATUS_SUCCESS;
}

void unload_if_loaded(void *)
{
	if (io_driver.account)
		io_driver_unload();
}

} // namespace

bool io_driver_load(struct kunit *test, const char *name)
{
	auto *start = reinterpret_cast<void *>(entry);

	io_driver.account = nullptr;
	KeInitializeEvent(&io_driver.held, SynchronizationEvent, FALSE);
	if (nt_driver_load(nullptr, name, nullptr, start,
			   reinterpret_cast<void **>(&io_driver.account)))
		return false;
	bridge_defer(test, unload_if_loaded, nullptr);
	return true;
}

void io_driver_unload()
{
	DriverAccount *account = io_driver.account;

	io_driver.account = nullptr;
	nt_driver_unload(account);
}

NTSTATUS io_driver_hold(PDEVICE_OBJECT, PIRP irp)
{
	IoMarkIrpPending(irp);
	io_driver.held_irp = irp;
	IoSetCancelRoutine(irp, cancel);
	KeSetEvent(&io_driver.held, IO_NO_INCREMENT, FALSE);
	return STATUS_PENDING;
}

PDEVICE_OBJECT io_driver_device(struct kunit *test, PUNICODE_STRING name, ULONG flags)
{
	PDEVICE_OBJECT device = nullptr;

	ASSERT_STATUS(
		test,
		IoCreateDevice(io_driver.object, 0, name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
		STATUS_SUCCESS);
	device->Flags |= flags;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return device;
}

} // namespace wsk::test
