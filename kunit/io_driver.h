/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* A driver whose dispatch functions are a test's, for the suites of devices. */
#ifndef KUNIT_IO_DRIVER_H
#define KUNIT_IO_DRIVER_H

#include <ntddk.h>

#include "bridge.h"
#include "nt/device.h"
#include "nt/driver_account.h"
#include "port/driver.h"
#include "waiting.h"

namespace wsk::test
{

inline NTSTATUS finish(PIRP irp, NTSTATUS status, ULONG_PTR information = 0)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

template <size_t size>
constexpr UNICODE_STRING name_of(const WCHAR (&text)[size])
{
	return {(size - 1) * sizeof(WCHAR), size * sizeof(WCHAR), const_cast<PWCH>(text)};
}

/* What the driver of the running case does, and has seen. One at a time. */
struct IoDriver {
	DriverAccount *account;
	PDRIVER_OBJECT object;
	/* In DriverEntry, and in DriverUnload. */
	NTSTATUS (*entry)(PDRIVER_OBJECT object);
	void (*unload)();
	/* Each request, after it was noted; none: succeeds. */
	NTSTATUS (*dispatch)(PDEVICE_OBJECT device, PIRP irp);

	/* The major functions that came, in order. */
	UCHAR majors[64];
	LONG count;
	PDEVICE_OBJECT device; /* of the last one */
	PFILE_OBJECT file;
	KEVENT held; /* set when hold() has a request */
	PIRP held_irp;
};

extern IoDriver io_driver;

/* Loads it, under that name; unloaded at the end of the case if it is still there. */
bool io_driver_load(struct kunit *test, const char *name = "devices");
void io_driver_unload();

/* A dispatch function that keeps a request until it is cancelled. */
NTSTATUS io_driver_hold(PDEVICE_OBJECT device, PIRP irp);

/* Whether exactly these came since the last time. */
template <typename... Majors>
bool io_driver_saw(Majors... majors)
{
	const UCHAR wanted[] = {static_cast<UCHAR>(majors)..., 0};
	LONG count = sizeof...(majors);
	bool same = io_driver.count == count &&
		    !__builtin_memcmp(io_driver.majors, wanted, static_cast<size_t>(count));

	io_driver.count = 0;
	return same;
}

/* A device of the driver's, ready. */
PDEVICE_OBJECT io_driver_device(struct kunit *test, PUNICODE_STRING name, ULONG flags = 0);

} // namespace wsk::test

#endif
