// SPDX-License-Identifier: MIT OR GPL-2.0
/* Device objects: made, named, attached, opened by drivers, left behind. */
#include "io_driver.h"

#include "port/device.h"
#include "port/memory.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

constexpr WCHAR device_text[] = L"\\Device\\WskTest";
constexpr WCHAR link_text[] = L"\\DosDevices\\WskTest";

int reset(struct kunit *)
{
	io_driver = {};
	return 0;
}

void fields(struct kunit *test)
{
	PDEVICE_OBJECT device = nullptr, second = nullptr;

	ASSERT_TRUE(test, io_driver_load(test));
	ASSERT_STATUS(test,
		      IoCreateDevice(io_driver.object, 100, nullptr, FILE_DEVICE_NETWORK,
				     FILE_DEVICE_SECURE_OPEN, TRUE, &device),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, device->Type, IO_TYPE_DEVICE);
	EXPECT_EQ(test, device->Size, sizeof(DEVICE_OBJECT) + 100);
	EXPECT_PTR_EQ(test, device->DriverObject, io_driver.object);
	EXPECT_PTR_EQ(test, io_driver.object->DeviceObject, device);
	EXPECT_EQ(test, device->DeviceType, static_cast<DEVICE_TYPE>(FILE_DEVICE_NETWORK));
	EXPECT_EQ(test, device->Characteristics, static_cast<ULONG>(FILE_DEVICE_SECURE_OPEN));
	EXPECT_EQ(test, device->Flags, static_cast<ULONG>(DO_DEVICE_INITIALIZING | DO_EXCLUSIVE));
	EXPECT_EQ(test, device->StackSize, 1);
	EXPECT_EQ(test, device->ReferenceCount, 0);
	EXPECT_NULL(test, device->AttachedDevice);
	EXPECT_EQ(test, reinterpret_cast<ULONG_PTR>(device->DeviceExtension) % 16, 0u);
	for (int i = 0; i < 100; i++)
		EXPECT_EQ(test, static_cast<PUCHAR>(device->DeviceExtension)[i], 0);
	__builtin_memset(device->DeviceExtension, 1, 100);
	EXPECT_EQ(test, driver_outstanding(io_driver.account, Resource::devices), 1);

	ASSERT_STATUS(test,
		      IoCreateDevice(io_driver.object, 0, nullptr, FILE_DEVICE_UNKNOWN, 0, FALSE,
				     &second),
		      STATUS_SUCCESS);
	EXPECT_NULL(test, second->DeviceExtension);
	EXPECT_PTR_EQ(test, io_driver.object->DeviceObject, second);
	EXPECT_PTR_EQ(test, second->NextDevice, device);
	IoDeleteDevice(device);
	EXPECT_NULL(test, second->NextDevice);
	IoDeleteDevice(second);
	EXPECT_NULL(test, io_driver.object->DeviceObject);
	EXPECT_EQ(test, driver_outstanding(io_driver.account, Resource::devices), 0);
}

void bad_creations(struct kunit *test)
{
	struct {
		UNICODE_STRING name;
		NTSTATUS status;
	} const table[] = {
		{name_of(L"WskTest"), STATUS_OBJECT_PATH_SYNTAX_BAD},
		{{}, STATUS_OBJECT_PATH_SYNTAX_BAD},
		{name_of(L"\\Device\\"), STATUS_OBJECT_NAME_INVALID},
		{name_of(L"\\Device\\WskTest\\"), STATUS_OBJECT_NAME_INVALID},
		{name_of(L"\\"), STATUS_OBJECT_NAME_INVALID},
		{name_of(L"\\Nowhere\\WskTest"), STATUS_OBJECT_PATH_NOT_FOUND},
		{name_of(L"\\Device\\No\\WskTest"), STATUS_OBJECT_PATH_NOT_FOUND},
		{name_of(L"\\device\\wsktest"), STATUS_OBJECT_NAME_COLLISION},
	};
	UNICODE_STRING name = name_of(device_text);
	PDEVICE_OBJECT device;

	ASSERT_TRUE(test, io_driver_load(test));
	PDEVICE_OBJECT first = io_driver_device(test, &name);
	for (const auto &row : table) {
		UNICODE_STRING bad = row.name;

		device = first;
		EXPECT_STATUS(test,
			      IoCreateDevice(io_driver.object, 0, &bad, FILE_DEVICE_UNKNOWN, 0,
					     FALSE, &device),
			      row.status);
		EXPECT_NULL(test, device);
	}
	EXPECT_STATUS(test,
		      IoCreateDevice(io_driver.object, 0x10000, nullptr, FILE_DEVICE_UNKNOWN, 0,
				     FALSE, &device),
		      STATUS_INVALID_PARAMETER);
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test,
				   IoCreateDevice(reinterpret_cast<PDRIVER_OBJECT>(first), 0,
						  nullptr, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
				   STATUS_INVALID_PARAMETER));
	EXPECT_EQ(test, driver_outstanding(io_driver.account, Resource::devices), 1);
	IoDeleteDevice(first);
}

void creation_without_memory(struct kunit *test)
{
	UNICODE_STRING name = name_of(device_text), link = name_of(link_text);
	unsigned int failures = 0;

	ASSERT_TRUE(test, io_driver_load(test));
	for (bool failed = true; failed;) {
		PDEVICE_OBJECT device;
		NTSTATUS linked = STATUS_UNSUCCESSFUL;

		port_alloc_fail(++failures);
		NTSTATUS status = IoCreateDevice(io_driver.object, 10, &name, FILE_DEVICE_UNKNOWN,
						 0, FALSE, &device);
		if (NT_SUCCESS(status))
			linked = IoCreateSymbolicLink(&link, &name);
		failed = port_alloc_fail(0);
		if (NT_SUCCESS(linked))
			EXPECT_STATUS(test, IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
		if (NT_SUCCESS(status))
			IoDeleteDevice(device);
		EXPECT_EQ(test, driver_outstanding(io_driver.account, Resource::devices), 0);
	}
	EXPECT_GT(test, failures, 6u);
}

void deleted_device(struct kunit *test)
{
	UNICODE_STRING name = name_of(device_text);

	ASSERT_TRUE(test, io_driver_load(test));
	PDEVICE_OBJECT device = io_driver_device(test, &name);

	ObReferenceObject(device);
	IoDeleteDevice(device);
	EXPECT_RULES(test, 1, IoDeleteDevice(device));
	/* The name is free again; the memory is not yet. */
	PDEVICE_OBJECT next = io_driver_device(test, &name);
	EXPECT_PTR_NE(test, next, device);
	ObDereferenceObject(device);
	IoDeleteDevice(next);
}

void links(struct kunit *test)
{
	UNICODE_STRING name = name_of(device_text), link = name_of(link_text),
		       same = name_of(L"\\??\\wskTEST"), other = name_of(L"\\??\\WskOther"),
		       alias = name_of(L"\\Device\\WskAlias"), relative = name_of(L"WskTest");

	ASSERT_TRUE(test, io_driver_load(test));
	/* A link may come before its device; its node may not. */
	EXPECT_STATUS(test, IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
	EXPECT_LT(test, name_node(&link), 0);
	PDEVICE_OBJECT device = io_driver_device(test, &name);
	EXPECT_GE(test, name_node(&link), 0);
	EXPECT_EQ(test, name_node(&link), name_node(&same));
	EXPECT_LT(test, name_node(&name), 0);

	EXPECT_STATUS(test, IoCreateSymbolicLink(&same, &name), STATUS_OBJECT_NAME_COLLISION);
	EXPECT_STATUS(test, IoCreateSymbolicLink(&relative, &name), STATUS_OBJECT_PATH_SYNTAX_BAD);
	EXPECT_STATUS(test, IoCreateSymbolicLink(&other, &relative), STATUS_INVALID_PARAMETER);

	/* A link to a link, and a link that programs do not see. */
	EXPECT_STATUS(test, IoCreateUnprotectedSymbolicLink(&alias, &same), STATUS_SUCCESS);
	EXPECT_STATUS(test, IoCreateSymbolicLink(&other, &alias), STATUS_SUCCESS);
	EXPECT_GE(test, name_node(&other), 0);
	EXPECT_LT(test, name_node(&alias), 0);
	EXPECT_STATUS(test, IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
	EXPECT_LT(test, name_node(&other), 0);
	EXPECT_STATUS(test, IoDeleteSymbolicLink(&link), STATUS_OBJECT_NAME_NOT_FOUND);
	EXPECT_STATUS(test, IoDeleteSymbolicLink(&name), STATUS_OBJECT_TYPE_MISMATCH);

	EXPECT_STATUS(test, IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
	EXPECT_GE(test, name_node(&other), 0);
	IoDeleteDevice(device);
	EXPECT_LT(test, name_node(&other), 0);
	EXPECT_LT(test, name_node(&link), 0);
	IoDeleteSymbolicLink(&alias);
	IoDeleteSymbolicLink(&other);
	IoDeleteSymbolicLink(&link);
}

void circular_links(struct kunit *test)
{
	UNICODE_STRING one = name_of(L"\\??\\WskOne"), two = name_of(L"\\??\\WskTwo");
	PFILE_OBJECT file;
	PDEVICE_OBJECT device;

	EXPECT_STATUS(test, IoCreateSymbolicLink(&one, &two), STATUS_SUCCESS);
	EXPECT_STATUS(test, IoCreateSymbolicLink(&two, &one), STATUS_SUCCESS);
	EXPECT_LT(test, name_node(&one), 0);
	EXPECT_STATUS(test, IoGetDeviceObjectPointer(&one, FILE_READ_DATA, &file, &device),
		      STATUS_OBJECT_NAME_NOT_FOUND);
	IoDeleteSymbolicLink(&one);
	IoDeleteSymbolicLink(&two);
}

void device_with_a_programs_name(struct kunit *test)
{
	UNICODE_STRING name = name_of(L"\\DosDevices\\Wsk/Direct !"),
		       taken = name_of(L"\\??\\Wsk_Direct__");

	ASSERT_TRUE(test, io_driver_load(test));
	PDEVICE_OBJECT device = io_driver_device(test, &name);
	EXPECT_GE(test, name_node(&name), 0);
	/* Another name that would make the same node gets none. */
	EXPECT_STATUS(test, IoCreateSymbolicLink(&taken, &name), STATUS_SUCCESS);
	EXPECT_LT(test, name_node(&taken), 0);
	IoDeleteSymbolicLink(&taken);
	IoDeleteDevice(device);
}

void made_up_names(struct kunit *test)
{
	PDEVICE_OBJECT one, two;

	ASSERT_TRUE(test, io_driver_load(test));
	ASSERT_STATUS(test,
		      IoCreateDevice(io_driver.object, 0, nullptr, FILE_DEVICE_UNKNOWN,
				     FILE_AUTOGENERATED_DEVICE_NAME, FALSE, &one),
		      STATUS_SUCCESS);
	ASSERT_STATUS(test,
		      IoCreateDevice(io_driver.object, 0, nullptr, FILE_DEVICE_UNKNOWN,
				     FILE_AUTOGENERATED_DEVICE_NAME, FALSE, &two),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, one->Flags & DO_DEVICE_HAS_NAME);
	EXPECT_TRUE(test, two->Flags & DO_DEVICE_HAS_NAME);
	IoDeleteDevice(one);
	IoDeleteDevice(two);
}

void opened_by_a_driver(struct kunit *test)
{
	UNICODE_STRING name = name_of(device_text), link = name_of(link_text),
		       rest = name_of(L"\\DosDevices\\WskTest\\a\\b");
	PFILE_OBJECT file = nullptr;
	PDEVICE_OBJECT found = nullptr;

	ASSERT_TRUE(test, io_driver_load(test));
	PDEVICE_OBJECT device = io_driver_device(test, &name);
	IoCreateSymbolicLink(&link, &name);

	ASSERT_STATUS(test, IoGetDeviceObjectPointer(&rest, FILE_READ_DATA, &file, &found),
		      STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, found, device);
	EXPECT_TRUE(test, io_driver_saw(IRP_MJ_CREATE, IRP_MJ_CLEANUP));
	EXPECT_PTR_EQ(test, io_driver.file, file);
	EXPECT_EQ(test, file->Type, IO_TYPE_FILE);
	EXPECT_PTR_EQ(test, file->DeviceObject, device);
	EXPECT_TRUE(test, file->ReadAccess);
	EXPECT_FALSE(test, file->WriteAccess);
	UNICODE_STRING wanted = name_of(L"\\a\\b");
	EXPECT_TRUE(test, RtlEqualUnicodeString(&file->FileName, &wanted, FALSE));
	EXPECT_EQ(test, device->ReferenceCount, 1);
	EXPECT_STATUS(test, ObReferenceObjectByPointer(file, 0, *IoFileObjectType, KernelMode),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, ObReferenceObjectByPointer(file, 0, *IoDeviceObjectType, KernelMode),
		      STATUS_OBJECT_TYPE_MISMATCH);
	ObDereferenceObject(file);
	EXPECT_TRUE(test, io_driver_saw());
	ObDereferenceObject(file);
	EXPECT_TRUE(test, io_driver_saw(IRP_MJ_CLOSE));
	EXPECT_EQ(test, device->ReferenceCount, 0);
	IoDeleteSymbolicLink(&link);
	IoDeleteDevice(device);
}

void refused_opens(struct kunit *test)
{
	UNICODE_STRING name = name_of(device_text), missing = name_of(L"\\Device\\WskNobody");
	PFILE_OBJECT file, second;
	PDEVICE_OBJECT found, device;

	ASSERT_TRUE(test, io_driver_load(test));
	ASSERT_STATUS(
		test,
		IoCreateDevice(io_driver.object, 0, &name, FILE_DEVICE_UNKNOWN, 0, TRUE, &device),
		STATUS_SUCCESS);
	EXPECT_STATUS(test, IoGetDeviceObjectPointer(&missing, FILE_READ_DATA, &file, &found),
		      STATUS_OBJECT_NAME_NOT_FOUND);
	EXPECT_STATUS(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found),
		      STATUS_NO_SUCH_DEVICE);
	device->Flags &= ~DO_DEVICE_INITIALIZING;

	io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) {
		return finish(irp, STATUS_DEVICE_BUSY);
	};
	EXPECT_STATUS(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found),
		      STATUS_DEVICE_BUSY);
	EXPECT_NULL(test, file);
	EXPECT_TRUE(test, io_driver_saw(IRP_MJ_CREATE));
	EXPECT_EQ(test, device->ReferenceCount, 0);

	/* Exclusive. */
	io_driver.dispatch = nullptr;
	ASSERT_STATUS(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &second, &found),
		      STATUS_ACCESS_DENIED);
	ObDereferenceObject(file);

	for (unsigned int nth = 1; nth < 20; nth++) {
		NTSTATUS status;

		port_alloc_fail(nth);
		status = IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found);
		bool failed = port_alloc_fail(0);
		if (NT_SUCCESS(status))
			ObDereferenceObject(file);
		else
			EXPECT_STATUS(test, status, STATUS_INSUFFICIENT_RESOURCES);
		EXPECT_EQ(test, device->ReferenceCount, 0);
		if (!failed)
			break;
	}
	IoDeleteDevice(device);
}

void dereference(void *file)
{
	ObDereferenceObject(file);
}

void closed_at_dispatch(struct kunit *test)
{
	UNICODE_STRING name = name_of(device_text);
	PFILE_OBJECT file;
	PDEVICE_OBJECT found;
	static KIRQL irql;

	ASSERT_TRUE(test, io_driver_load(test));
	PDEVICE_OBJECT device = io_driver_device(test, &name);
	ASSERT_STATUS(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found),
		      STATUS_SUCCESS);
	irql = HIGH_LEVEL;
	io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) {
		irql = KeGetCurrentIrql();
		return finish(irp, STATUS_SUCCESS);
	};
	bridge_run_in_softirq(dereference, file);
	EXPECT_TRUE(test, wait_until([&] { return !ReadAcquire(&device->ReferenceCount); }));
	EXPECT_EQ(test, irql, PASSIVE_LEVEL);
	IoDeleteDevice(device);
}

void deleted_while_open(struct kunit *test)
{
	UNICODE_STRING name = name_of(device_text);
	PFILE_OBJECT file;
	PDEVICE_OBJECT found;

	ASSERT_TRUE(test, io_driver_load(test));
	PDEVICE_OBJECT device = io_driver_device(test, &name);
	ASSERT_STATUS(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found),
		      STATUS_SUCCESS);
	IoDeleteDevice(device);
	io_driver_saw();
	ObDereferenceObject(file);
	EXPECT_TRUE(test, io_driver_saw(IRP_MJ_CLOSE));
}

/* What the upper one of two does: passes on, once it has counted. */
LONG passed;

NTSTATUS pass_on(PDEVICE_OBJECT device, PIRP irp)
{
	PDEVICE_OBJECT lower =
		static_cast<Device *>(static_cast<PVOID>(device))->lower
			? &static_cast<Device *>(static_cast<PVOID>(device))->lower->object
			: nullptr;

	if (!lower)
		return finish(irp, STATUS_SUCCESS, 77);
	passed++;
	IoSkipCurrentIrpStackLocation(irp);
	return IoCallDriver(lower, irp);
}

void attached(struct kunit *test)
{
	UNICODE_STRING name = name_of(device_text);
	PDEVICE_OBJECT below = nullptr;
	PFILE_OBJECT file;
	PDEVICE_OBJECT found;

	ASSERT_TRUE(test, io_driver_load(test));
	io_driver.dispatch = pass_on;
	passed = 0;
	PDEVICE_OBJECT bottom = io_driver_device(test, &name);
	PDEVICE_OBJECT middle = io_driver_device(test, nullptr);
	PDEVICE_OBJECT top = io_driver_device(test, nullptr);

	EXPECT_PTR_EQ(test, IoAttachDeviceToDeviceStack(middle, bottom), bottom);
	EXPECT_STATUS(test, IoAttachDevice(top, &name, &below), STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, below, middle);
	EXPECT_EQ(test, top->StackSize, 3);
	EXPECT_PTR_EQ(test, bottom->AttachedDevice, middle);
	EXPECT_PTR_EQ(test, IoGetAttachedDevice(bottom), top);
	EXPECT_NULL(test, IoAttachDeviceToDeviceStack(middle, bottom)); /* it is attached */

	PDEVICE_OBJECT reference = IoGetAttachedDeviceReference(middle);
	EXPECT_PTR_EQ(test, reference, top);
	ObDereferenceObject(reference);
	reference = IoGetLowerDeviceObject(top);
	EXPECT_PTR_EQ(test, reference, middle);
	ObDereferenceObject(reference);
	EXPECT_NULL(test, IoGetLowerDeviceObject(bottom));

	/* A file on the lowest one goes through all of them. */
	ASSERT_STATUS(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found),
		      STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, found, top);
	EXPECT_PTR_EQ(test, IoGetRelatedDeviceObject(file), top);
	EXPECT_EQ(test, passed, 4); /* IRP_MJ_CREATE and _CLEANUP, two each */
	ObDereferenceObject(file);
	EXPECT_EQ(test, passed, 6);

	IoDetachDevice(middle);
	EXPECT_PTR_EQ(test, IoGetAttachedDevice(bottom), middle);
	EXPECT_RULES(test, 1, IoDetachDevice(middle));
	/* Deleting takes off what is left. */
	IoDeleteDevice(middle);
	EXPECT_NULL(test, bottom->AttachedDevice);
	IoDeleteDevice(top);
	IoDeleteDevice(bottom);
}

void attaching_fails(struct kunit *test)
{
	UNICODE_STRING missing = name_of(L"\\Device\\WskNobody");
	PDEVICE_OBJECT below;

	ASSERT_TRUE(test, io_driver_load(test));
	PDEVICE_OBJECT lower = io_driver_device(test, nullptr, DO_DEVICE_INITIALIZING);
	PDEVICE_OBJECT upper = io_driver_device(test, nullptr);

	lower->Flags |= DO_DEVICE_INITIALIZING;
	EXPECT_NULL(test, IoAttachDeviceToDeviceStack(upper, lower));
	EXPECT_STATUS(test, IoAttachDeviceToDeviceStackSafe(upper, lower, &below),
		      STATUS_NO_SUCH_DEVICE);
	EXPECT_STATUS(test, IoAttachDevice(upper, &missing, &below), STATUS_OBJECT_NAME_NOT_FOUND);
	EXPECT_NULL(test, IoAttachDeviceToDeviceStack(upper, upper));
	EXPECT_RULES(test, 1, EXPECT_NULL(test, IoAttachDeviceToDeviceStack(upper, nullptr)));
	IoDeleteDevice(lower);
	IoDeleteDevice(upper);
}

void shutdown(struct kunit *test)
{
	static PDEVICE_OBJECT told[3];
	static int count;

	ASSERT_TRUE(test, io_driver_load(test));
	PDEVICE_OBJECT one = io_driver_device(test, nullptr), two = io_driver_device(test, nullptr),
		       last = io_driver_device(test, nullptr),
		       none = io_driver_device(test, nullptr);

	count = 0;
	io_driver.dispatch = [](PDEVICE_OBJECT device, PIRP irp) {
		if (count < 3)
			told[count++] = device;
		return finish(irp, STATUS_SUCCESS);
	};
	EXPECT_STATUS(test, IoRegisterLastChanceShutdownNotification(last), STATUS_SUCCESS);
	EXPECT_STATUS(test, IoRegisterShutdownNotification(one), STATUS_SUCCESS);
	EXPECT_STATUS(test, IoRegisterShutdownNotification(one), STATUS_SUCCESS);
	EXPECT_STATUS(test, IoRegisterShutdownNotification(two), STATUS_SUCCESS);
	EXPECT_STATUS(test, IoRegisterShutdownNotification(none), STATUS_SUCCESS);
	EXPECT_TRUE(test, none->Flags & DO_SHUTDOWN_REGISTERED);
	IoUnregisterShutdownNotification(none);
	EXPECT_FALSE(test, none->Flags & DO_SHUTDOWN_REGISTERED);
	IoUnregisterShutdownNotification(none);
	nt_shutdown();
	EXPECT_TRUE(test, io_driver_saw(IRP_MJ_SHUTDOWN, IRP_MJ_SHUTDOWN, IRP_MJ_SHUTDOWN));
	EXPECT_PTR_EQ(test, told[0], two);
	EXPECT_PTR_EQ(test, told[1], one);
	EXPECT_PTR_EQ(test, told[2], last);

	/* Deleting ends it, too. */
	EXPECT_STATUS(test, IoRegisterShutdownNotification(one), STATUS_SUCCESS);
	const PDEVICE_OBJECT all[] = {one, two, last, none};
	for (PDEVICE_OBJECT device : all)
		IoDeleteDevice(device);
	nt_shutdown();
	EXPECT_TRUE(test, io_driver_saw());
}

void left_behind(struct kunit *test)
{
	UNICODE_STRING name = name_of(device_text), link = name_of(link_text);
	char log[1000];

	ASSERT_TRUE(test, io_driver_load(test, "forgetful"));
	PDEVICE_OBJECT device = io_driver_device(test, &name);
	EXPECT_STATUS(test, name_link(&link, &name, io_driver.account), STATUS_SUCCESS);
	EXPECT_STATUS(test, IoRegisterShutdownNotification(device), STATUS_SUCCESS);
	EXPECT_GE(test, name_node(&link), 0);
	/* Somebody still has a pointer. */
	ObReferenceObject(device);

	bridge_log_mark();
	io_driver_unload();
	bridge_log_read(log, sizeof(log));
	EXPECT_NOT_NULL(test, strstr(log, "forgetful: leaked: 1 device object"));
	EXPECT_NOT_NULL(test, strstr(log, "forgetful: leaked: 1 symbolic link"));
	EXPECT_LT(test, name_node(&link), 0);
	nt_shutdown();

	PIRP irp = IoAllocateIrp(1, FALSE);
	ASSERT_NOT_NULL(test, irp);
	IoSetCompletionRoutine(
		irp,
		[](PDEVICE_OBJECT, PIRP, PVOID) -> NTSTATUS {
			return STATUS_MORE_PROCESSING_REQUIRED;
		},
		nullptr, TRUE, TRUE, TRUE);
	io_driver_saw();
	EXPECT_STATUS(test, IoCallDriver(device, irp), STATUS_NO_SUCH_DEVICE);
	EXPECT_TRUE(test, io_driver_saw());
	IoFreeIrp(irp);
	ObDereferenceObject(device);

	/* The names are free. */
	ASSERT_TRUE(test, io_driver_load(test, "forgetful"));
	device = io_driver_device(test, &name);
	EXPECT_STATUS(test, IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
	IoDeleteSymbolicLink(&link);
	IoDeleteDevice(device);
}

void ready_after_entry(struct kunit *test)
{
	io_driver.entry = [](PDRIVER_OBJECT object) {
		UNICODE_STRING name = name_of(device_text);
		PDEVICE_OBJECT device;
		PFILE_OBJECT file;

		IoCreateDevice(object, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
		/* Drivers clear it, though they need not: it is too early for others all the same.
		 */
		device->Flags &= ~DO_DEVICE_INITIALIZING;
		return IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device) ==
				       STATUS_NO_SUCH_DEVICE
			       ? STATUS_SUCCESS
			       : STATUS_UNSUCCESSFUL;
	};
	ASSERT_TRUE(test, io_driver_load(test));
	PDEVICE_OBJECT device = io_driver.object->DeviceObject;
	ASSERT_NOT_NULL(test, device);
	EXPECT_FALSE(test, device->Flags & DO_DEVICE_INITIALIZING);
	IoDeleteDevice(device);
}

void failed_entry(struct kunit *test)
{
	io_driver.entry = [](PDRIVER_OBJECT object) {
		UNICODE_STRING name = name_of(device_text);
		PDEVICE_OBJECT device;

		IoCreateDevice(object, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
		return STATUS_DEVICE_BUSY;
	};
	EXPECT_FALSE(test, io_driver_load(test));
	/* What it has left is gone, the name included. */
	io_driver.entry = nullptr;
	ASSERT_TRUE(test, io_driver_load(test));
	UNICODE_STRING name = name_of(device_text);
	IoDeleteDevice(io_driver_device(test, &name));
}

constexpr bridge_case cases[] = {
	{"a device has what it was created with", fields},
	{"a device that cannot be created says why", bad_creations},
	{"creating a device and a link without memory fails and leaves nothing",
	 creation_without_memory},
	{"a deleted device frees its name, and its memory with the last reference", deleted_device},
	{"a link for programs has a node while it leads to a device", links},
	{"links that lead to each other lead nowhere", circular_links},
	{"a device can have a name for programs itself", device_with_a_programs_name},
	{"a name is made up where one is asked for", made_up_names},
	{"a driver opens a device by name, and closes it with the last reference",
	 opened_by_a_driver},
	{"a device that cannot be opened says why", refused_opens},
	{"a file whose last reference is given back at DISPATCH_LEVEL is closed at PASSIVE_LEVEL",
	 closed_at_dispatch},
	{"a device that is deleted while it is open serves its files to their end",
	 deleted_while_open},
	{"requests go to the top of attached devices", attached},
	{"a device that cannot be attached to is left alone", attaching_fails},
	{"devices are told of the system's end, the last registered first", shutdown},
	{"what an unloaded driver leaves is reported, and takes no request", left_behind},
	{"a device made in DriverEntry can be opened when that has succeeded", ready_after_entry},
	{"nothing is left of a device when DriverEntry fails", failed_entry},
};

} // namespace

BRIDGE_SUITE(io_device, cases, .init = reset)
