// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * File objects: opened with IRP_MJ_CREATE, cleaned up with IRP_MJ_CLEANUP when the last handle is
 * gone, closed with IRP_MJ_CLOSE when the last reference is. A program's file is one handle.
 */
#include "nt/irql.h"
#include "nt/object.h"
#include "nt/operation.h"
#include "port/device.h"
#include "port/memory.h"

namespace wsk
{

namespace
{

void close_file(File *file)
{
	send_for_certain(file, IRP_MJ_CLOSE);
	device_close(file->device, file->held);
	port_free(file->object.FileName.Buffer);
	object_free(file);
}

VOID close_later(PVOID file)
{
	close_file(static_cast<File *>(file));
}

/* Wherever the last reference was given back. */
void end_file(PVOID body)
{
	File *file = static_cast<File *>(body);

	if (KeGetCurrentIrql() == PASSIVE_LEVEL)
		return close_file(file);
	ExInitializeWorkItem(&file->close, close_later, file);
	ExQueueWorkItem(&file->close, DelayedWorkQueue);
}

constinit _OBJECT_TYPE file_type = {"File", nullptr, end_file};
constinit POBJECT_TYPE file_type_pointer = &file_type;

void initialize(File *file, const Opened &opened, ACCESS_MASK access)
{
	FILE_OBJECT &object = file->object;

	object.Type = IO_TYPE_FILE;
	object.Size = sizeof(object);
	object.DeviceObject = &opened.device->object;
	object.FileName = opened.rest;
	object.ReadAccess = !!(access & (FILE_READ_DATA | FILE_EXECUTE));
	object.WriteAccess = !!(access & (FILE_WRITE_DATA | FILE_APPEND_DATA));
	object.DeleteAccess = !!(access & DELETE);
	object.SharedRead = object.SharedWrite = object.SharedDelete = TRUE;
	InitializeListHead(&object.IrpList);
	KeInitializeEvent(&object.Lock, SynchronizationEvent, FALSE);
	KeInitializeEvent(&object.Event, NotificationEvent, FALSE);
	file->device = opened.device;
	file->held = opened.held;
}

void give_up(const Opened &opened)
{
	device_close(opened.device, opened.held);
	port_free(opened.rest.Buffer);
}

NTSTATUS send_create(File *file, ACCESS_MASK access, KPROCESSOR_MODE mode)
{
	Operation operation(file, nullptr, IRP_MJ_CREATE, mode);
	ACCESS_STATE state = {};
	IO_SECURITY_CONTEXT context = {nullptr, &state, access, FILE_NON_DIRECTORY_FILE};

	if (!operation.irp())
		return STATUS_INSUFFICIENT_RESOURCES;
	state.OriginalDesiredAccess = state.PreviouslyGrantedAccess = access;
	state.SecurityDescriptor = file->object.DeviceObject->SecurityDescriptor;
	SeCaptureSubjectContext(&state.SubjectSecurityContext);
	operation.irp()->Flags |= IRP_CREATE_OPERATION | IRP_SYNCHRONOUS_API;
	operation.stack()->Parameters.Create.SecurityContext = &context;
	operation.stack()->Parameters.Create.Options = FILE_OPEN << 24 | FILE_NON_DIRECTORY_FILE;
	operation.stack()->Parameters.Create.ShareAccess =
		FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

	NTSTATUS status = mode == KernelMode ? operation.send() : operation.send_for_program(0);

	SeReleaseSubjectContext(&state.SubjectSecurityContext);
	return status;
}

} // namespace

NTSTATUS file_open(const Opened &opened, ACCESS_MASK access, KPROCESSOR_MODE mode,
		   DriverAccount *account, File **made)
{
	auto *file = static_cast<File *>(object_create(&file_type, sizeof(File), account));

	if (!file) {
		give_up(opened);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	initialize(file, opened, access);

	NTSTATUS status = send_create(file, access, mode);

	if (NT_SUCCESS(status)) {
		file->object.Flags |= FO_HANDLE_CREATED;
		*made = file;
		return STATUS_SUCCESS;
	}
	/* Never opened, so that there is nothing to close. */
	give_up(opened);
	object_free(file);
	return status;
}

/* What has no way to fail is sent when there is memory. */
void send_for_certain(File *file, UCHAR major)
{
	for (;;) {
		Operation operation(file, nullptr, major, KernelMode);
		LARGE_INTEGER moment;

		if (operation.irp()) {
			operation.irp()->Flags |= IRP_CLOSE_OPERATION | IRP_SYNCHRONOUS_API;
			operation.send();
			return;
		}
		moment.QuadPart = -100'000;
		KeDelayExecutionThread(KernelMode, FALSE, &moment);
	}
}

void file_clean_up(File *file)
{
	{
		WordGuard guard(file->lock);

		if (file->cleaned)
			return;
		file->cleaned = true;
	}
	send_for_certain(file, IRP_MJ_CLEANUP);
	file->object.Flags |= FO_CLEANUP_COMPLETE;
}

} // namespace wsk

using namespace wsk;

/**
 * IoFileObjectType - The type of file objects, for ObReferenceObjectByPointer().
 *
 * Source: wdm.h, IoFileObjectType
 */
extern "C" POBJECT_TYPE *IoFileObjectType;
constinit POBJECT_TYPE *IoFileObjectType = &file_type_pointer;

/**
 * IoGetDeviceObjectPointer() - Open a device of this or of another driver
 * @ObjectName: Its name, or a symbolic link; what follows it is FileObject->FileName.
 * @DesiredAccess: FILE_READ_DATA and so on.
 * @FileObject: Receives the file, with a reference for ObDereferenceObject(), which closes it.
 * @DeviceObject: Receives where to send requests: the top of the devices that are attached; without
 *	a reference.
 *
 * IRP_MJ_CREATE is sent, and IRP_MJ_CLEANUP at once, since no handle is kept. As long as the file
 * is open, another driver's module cannot be unloaded.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_NO_SUCH_DEVICE when it is not ready
 *	yet, or about to go; STATUS_ACCESS_DENIED for one that is exclusive, and open;
 *	STATUS_INSUFFICIENT_RESOURCES; what the driver answers.
 * Source: wdm.h, IoGetDeviceObjectPointer function
 */
extern "C" NTSTATUS IoGetDeviceObjectPointer(PUNICODE_STRING ObjectName, ACCESS_MASK DesiredAccess,
					     PFILE_OBJECT *FileObject, PDEVICE_OBJECT *DeviceObject)
{
	DriverAccount *account = driver_of(__builtin_return_address(0));
	ACCESS_MASK access = DesiredAccess;
	Opened opened;
	File *file;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	*FileObject = nullptr;
	*DeviceObject = nullptr;
	RtlMapGenericMask(&access, IoGetFileObjectGenericMapping());

	NTSTATUS status = name_open(ObjectName, account, access, KernelMode, &opened);

	if (!NT_SUCCESS(status))
		return status;
	status = file_open(opened, access, KernelMode, account, &file);
	if (!NT_SUCCESS(status))
		return status;
	file_clean_up(file);
	object_reference_for_driver(file);
	object_dereference(file);
	*FileObject = &file->object;
	*DeviceObject = IoGetRelatedDeviceObject(&file->object);
	return STATUS_SUCCESS;
}
