// SPDX-License-Identifier: MIT OR GPL-2.0
/* Devices with security descriptors. */
#include <wdmsec.h>

#include "io_driver.h"

#include "nt/sddl.h"
#include "nt/security.h"
#include "port/device.h"
#include "port/error.h"
#include "port/memory.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

int reset(struct kunit *)
{
	io_driver = {};
	return 0;
}

NTSTATUS create(const UNICODE_STRING &sddl, PDEVICE_OBJECT *device)
{
	UNICODE_STRING name = name_of(L"\\Device\\WskSecure");

	return IoCreateDeviceSecure(io_driver.object, 0, &name, FILE_DEVICE_UNKNOWN,
				    FILE_DEVICE_SECURE_OPEN, FALSE, &sddl, nullptr, device);
}

void permissions(struct kunit *test)
{
	struct {
		UNICODE_STRING sddl;
		uint32_t mode;
	} const table[] = {
		{SDDL_DEVOBJ_KERNEL_ONLY, 0},
		{SDDL_DEVOBJ_SYS_ALL, 0600},
		{SDDL_DEVOBJ_SYS_ALL_ADM_ALL, 0600},
		{SDDL_DEVOBJ_SYS_ALL_ADM_RX, 0600},
		{SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R, 0644},
		{SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R, 0644},
		{SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R, 0666},
		{SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX, 0666},
		{name_of(L"D:(A;;GR;;;SY)"), 0400},
		{name_of(L"D:(D;;GW;;;WD)(A;;GA;;;WD)"), 0444},
		{name_of(L"D:(A;;0x3;;;S-1-1-0)"), 0666},
		{name_of(L"O:BAG:SYD:PAI(A;OICI;FRFW;;;S-1-5-32-544)(A;;FR;;;AU)"), 0600},
		{name_of(L"O:SY"), 0666}, /* no list at all: everybody may do everything */
	};

	ASSERT_TRUE(test, io_driver_load(test));
	for (const auto &row : table) {
		PDEVICE_OBJECT device = nullptr;

		EXPECT_STATUS(test, create(row.sddl, &device), STATUS_SUCCESS);
		if (!device)
			continue;
		EXPECT_NOT_NULL(test, device->SecurityDescriptor);
		EXPECT_EQ(test, device_mode(reinterpret_cast<Device *>(device)), row.mode);
		IoDeleteDevice(device);
	}

	/* And without any. */
	PDEVICE_OBJECT plain = io_driver_device(test, nullptr);
	EXPECT_EQ(test, device_mode(reinterpret_cast<Device *>(plain)), 0600u);
	IoDeleteDevice(plain);
}

void mistakes(struct kunit *test)
{
	const UNICODE_STRING table[] = {
		name_of(L"X"),
		name_of(L"D:("),
		name_of(L"D:(A;;GA;;;SY"),
		name_of(L"D:(A;;GA;;SY)"),
		name_of(L"D:(X;;GA;;;SY)"),
		name_of(L"D:(A;XX;GA;;;SY)"),
		name_of(L"D:(A;;XX;;;SY)"),
		name_of(L"D:(A;;GA;;;XX)"),
		name_of(L"D:(A;;0x100000000;;;SY)"),
		name_of(L"D:(A;;GA;;;S-1)"),
		name_of(L"D:(A;;GA;;;S-2-1-0)"),
		name_of(L"D:(A;;GA;;;S-1-5-4294967296)"),
		name_of(L"D:(A;;GA;;;S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16)"),
		name_of(L"D:(A;;GA;;;SY)trailing"),
		name_of(L"O:"),
	};
	PDEVICE_OBJECT device;

	ASSERT_TRUE(test, io_driver_load(test));
	for (const UNICODE_STRING &sddl : table) {
		EXPECT_STATUS(test, create(sddl, &device), STATUS_INVALID_PARAMETER);
		EXPECT_NULL(test, device);
	}
	EXPECT_STATUS(test,
		      IoCreateDeviceSecure(io_driver.object, 0, nullptr, FILE_DEVICE_UNKNOWN, 0,
					   FALSE, &SDDL_DEVOBJ_SYS_ALL, nullptr, &device),
		      STATUS_INVALID_PARAMETER);
	EXPECT_EQ(test, driver_outstanding(io_driver.account, Resource::devices), 0);
}

void upper_bound(struct kunit *test)
{
	UNICODE_STRING name = name_of(L"\\Device\\WskSecure"), link = name_of(L"\\??\\WskSecure");
	PDEVICE_OBJECT device, found;
	PFILE_OBJECT object;
	void *file = nullptr;

	ASSERT_TRUE(test, io_driver_load(test));
	ASSERT_STATUS(test, create(name_of(L"D:P(A;;GR;;;SY)"), &device), STATUS_SUCCESS);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	ASSERT_STATUS(test, IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
	EXPECT_EQ(test, nt_file_open(name_node(&link), PORT_FILE_WRITES, &file), -PORT_EACCES);
	EXPECT_EQ(test, nt_file_open(name_node(&link), PORT_FILE_READS, &file), 0);
	nt_file_close(file);
	/* Drivers may do everything. */
	EXPECT_STATUS(test, IoGetDeviceObjectPointer(&name, GENERIC_ALL, &object, &found),
		      STATUS_SUCCESS);
	ObDereferenceObject(object);
	IoDeleteSymbolicLink(&link);
	IoDeleteDevice(device);
}

void without_memory(struct kunit *test)
{
	PDEVICE_OBJECT device;

	ASSERT_TRUE(test, io_driver_load(test));
	for (unsigned int nth = 1; nth < 20; nth++) {
		NTSTATUS status;

		port_alloc_fail(nth);
		status = create(SDDL_DEVOBJ_SYS_ALL, &device);
		bool failed = port_alloc_fail(0);

		EXPECT_STATUS(test, status,
			      failed ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS);
		if (device)
			IoDeleteDevice(device);
		if (!failed)
			break;
	}
}

constexpr bridge_case cases[] = {
	{"a node's permissions come from the device's descriptor", permissions},
	{"a descriptor that cannot be understood makes no device", mistakes},
	{"what a descriptor grants to nobody, root has not either", upper_bound},
	{"a device with a descriptor is not made without memory", without_memory},
};

} // namespace

BRIDGE_SUITE(wdmsec, cases, .init = reset)
