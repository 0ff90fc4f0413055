// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * A control device, as Windows drivers have one: programs open it, send control codes of every
 * method, read and write what it stores, and wait in it. There is a second one, \\.\WskDirect, that
 * reads and writes without copying. tools/control_client.c is a program that uses both.
 */
#include "control.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD DriverUnload;
static DRIVER_DISPATCH Create, Cleanup, Close, ReadWrite, DeviceControl, Flush;

static UNICODE_STRING ControlName = RTL_CONSTANT_STRING(L"\\Device\\WskControl");
static UNICODE_STRING ControlLink = RTL_CONSTANT_STRING(L"\\DosDevices\\WskControl");
static UNICODE_STRING DirectName = RTL_CONSTANT_STRING(L"\\Device\\WskDirect");
static UNICODE_STRING DirectLink = RTL_CONSTANT_STRING(L"\\??\\WskDirect");

static volatile LONG OpenFiles;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS Create(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;

	UNREFERENCED_PARAMETER(DeviceObject);
	if (file->FileName.Length)
		return Complete(Irp, STATUS_OBJECT_NAME_NOT_FOUND, 0);
	/* Something of each file's own. */
	file->FsContext = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(ULONG64), CONTROL_TAG);
	if (!file->FsContext)
		return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	InterlockedIncrement(&OpenFiles);
	return Complete(Irp, STATUS_SUCCESS, FILE_OPENED);
}

static NTSTATUS Cleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	ControlCancelFile((PCONTROL_EXTENSION)DeviceObject->DeviceExtension,
			  IoGetCurrentIrpStackLocation(Irp)->FileObject);
	return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS Close(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	ExFreePoolWithTag(IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext, CONTROL_TAG);
	InterlockedDecrement(&OpenFiles);
	return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS Flush(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	return Complete(Irp, STATUS_SUCCESS, 0);
}

/* Of either device; the buffer is where the device's flags say. */
static NTSTATUS ReadWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PCONTROL_EXTENSION extension = (PCONTROL_EXTENSION)DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	BOOLEAN reads = stack->MajorFunction == IRP_MJ_READ;
	LONGLONG offset = stack->Parameters.Read.ByteOffset.QuadPart;
	ULONG length = stack->Parameters.Read.Length;
	NTSTATUS status = STATUS_SUCCESS;
	PUCHAR buffer = (PUCHAR)Irp->AssociatedIrp.SystemBuffer;

	if (length == 0)
		return Complete(Irp, STATUS_SUCCESS, 0);
	if (DeviceObject->Flags & DO_DIRECT_IO)
		buffer = (PUCHAR)MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority);
	if (!buffer)
		return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);

	ExAcquireFastMutex(&extension->Lock);
	if (!reads && stack->Parameters.Write.ByteOffset.LowPart == FILE_WRITE_TO_END_OF_FILE &&
	    stack->Parameters.Write.ByteOffset.HighPart == -1)
		offset = extension->StoreBytes;
	if (reads) {
		if (offset >= extension->StoreBytes) {
			status = STATUS_END_OF_FILE;
			length = 0;
		} else {
			length = min(length, extension->StoreBytes - (ULONG)offset);
			RtlCopyMemory(buffer, extension->Store + offset, length);
		}
	} else if (offset > CONTROL_STORE_BYTES || length > CONTROL_STORE_BYTES - offset) {
		status = STATUS_DISK_FULL;
		length = 0;
	} else {
		RtlCopyMemory(extension->Store + offset, buffer, length);
		if (extension->StoreBytes < offset + length)
			extension->StoreBytes = (ULONG)offset + length;
	}
	ExReleaseFastMutex(&extension->Lock);
	return Complete(Irp, status, length);
}

static NTSTATUS Reverse(PUCHAR Buffer, ULONG In, ULONG Out, PULONG_PTR Information)
{
	ULONG i;

	if (Out < In)
		return STATUS_BUFFER_TOO_SMALL;
	for (i = 0; i < In / 2; i++) {
		UCHAR byte = Buffer[i];

		Buffer[i] = Buffer[In - 1 - i];
		Buffer[In - 1 - i] = byte;
	}
	*Information = In;
	return STATUS_SUCCESS;
}

/* The memory that the request's MDL describes. */
static NTSTATUS Described(PIRP Irp, BOOLEAN Fill, ULONG In, ULONG Out, PULONG_PTR Information)
{
	ULONG64 sum = 0;
	PUCHAR bytes;
	ULONG i;

	if (!Irp->MdlAddress || MmGetMdlByteCount(Irp->MdlAddress) != Out)
		return STATUS_INVALID_PARAMETER;
	bytes = (PUCHAR)MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority);
	if (!bytes)
		return STATUS_INSUFFICIENT_RESOURCES;
	for (i = 0; i < Out; i++)
		sum += bytes[i];
	if (!Fill) {
		*Information = (ULONG_PTR)sum;
		return STATUS_SUCCESS;
	}
	if (In < 1 || Out < sizeof(sum))
		return STATUS_INVALID_PARAMETER;
	RtlFillMemory(bytes, Out, *(PUCHAR)Irp->AssociatedIrp.SystemBuffer);
	RtlCopyMemory(bytes, &sum, sizeof(sum));
	*Information = Out;
	return STATUS_SUCCESS;
}

/* Locks a part of the process' memory, and gives it an address of the kernel's. */
static PUCHAR Map(PVOID Address, ULONG Length, LOCK_OPERATION Operation, PMDL *Mdl,
		  NTSTATUS *Status)
{
	PUCHAR mapped;

	*Mdl = IoAllocateMdl(Address, Length, FALSE, FALSE, NULL);
	if (!*Mdl) {
		*Status = STATUS_INSUFFICIENT_RESOURCES;
		return NULL;
	}
	__try {
		if (Operation == IoReadAccess)
			ProbeForRead(Address, Length, 1);
		else
			ProbeForWrite(Address, Length, 1);
		MmProbeAndLockPages(*Mdl, UserMode, Operation);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		*Status = GetExceptionCode();
		IoFreeMdl(*Mdl);
		*Mdl = NULL;
		return NULL;
	}
	mapped = (PUCHAR)MmGetSystemAddressForMdlSafe(*Mdl, NormalPagePriority);
	if (!mapped)
		*Status = STATUS_INSUFFICIENT_RESOURCES;
	return mapped;
}

static VOID Unmap(PMDL Mdl)
{
	if (!Mdl)
		return;
	MmUnlockPages(Mdl);
	IoFreeMdl(Mdl);
}

static NTSTATUS Next(PVOID In, ULONG InLength, PVOID Out, ULONG OutLength, PULONG_PTR Information)
{
	ULONG length = min(InLength, OutLength);
	NTSTATUS status = STATUS_SUCCESS;
	PMDL from_mdl = NULL, to_mdl = NULL;
	PUCHAR from, to = NULL;
	ULONG i;

	if (length == 0)
		return STATUS_SUCCESS;
	from = Map(In, length, IoReadAccess, &from_mdl, &status);
	if (from)
		to = Map(Out, length, IoWriteAccess, &to_mdl, &status);
	if (to) {
		for (i = 0; i < length; i++)
			to[i] = from[i] + 1;
		*Information = length;
	}
	Unmap(to_mdl);
	Unmap(from_mdl);
	return status;
}

static NTSTATUS DeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PCONTROL_EXTENSION extension = (PCONTROL_EXTENSION)DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
	ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;
	PVOID buffer = Irp->AssociatedIrp.SystemBuffer;
	NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
	ULONG_PTR information = 0;

	switch (stack->Parameters.DeviceIoControl.IoControlCode) {
	case IOCTL_CONTROL_REVERSE:
		status = Reverse((PUCHAR)buffer, in, out, &information);
		break;
	case IOCTL_CONTROL_FILL:
		status = Described(Irp, TRUE, in, out, &information);
		break;
	case IOCTL_CONTROL_SUM:
		status = Described(Irp, FALSE, in, out, &information);
		break;
	case IOCTL_CONTROL_NEXT:
		status = Next(stack->Parameters.DeviceIoControl.Type3InputBuffer, in,
			      Irp->UserBuffer, out, &information);
		break;
	case IOCTL_CONTROL_WAIT:
		return ControlWait(extension, Irp);
	case IOCTL_CONTROL_POST:
		status = ControlPost(extension, buffer, in);
		break;
	case IOCTL_CONTROL_WHO:
		if (out < 2 * sizeof(ULONG)) {
			status = STATUS_BUFFER_TOO_SMALL;
			break;
		}
		((PULONG)buffer)[0] = IoGetRequestorProcessId(Irp);
		((PULONG)buffer)[1] = IoIs32bitProcess(Irp) ? 32 : 64;
		information = 2 * sizeof(ULONG);
		status = STATUS_SUCCESS;
		break;
	case IOCTL_CONTROL_LONG:
		if (out) {
			RtlFillMemory(buffer, out, 'x');
			information = out;
		}
		status = STATUS_BUFFER_OVERFLOW;
		break;
	case IOCTL_CONTROL_FAIL:
		status = in == sizeof(NTSTATUS) ? *(NTSTATUS *)buffer : STATUS_SUCCESS;
		if (NT_SUCCESS(status))
			status = STATUS_INVALID_PARAMETER;
		break;
	}
	return Complete(Irp, status, information);
}

static VOID DeleteDevice(PDEVICE_OBJECT DeviceObject, PUNICODE_STRING Link)
{
	PCONTROL_EXTENSION extension;

	if (!DeviceObject)
		return;
	extension = (PCONTROL_EXTENSION)DeviceObject->DeviceExtension;
	IoDeleteSymbolicLink(Link);
	if (extension->Store)
		ExFreePoolWithTag(extension->Store, CONTROL_TAG);
	IoDeleteDevice(DeviceObject);
}

static NTSTATUS CreateDevice(PDRIVER_OBJECT DriverObject, PUNICODE_STRING Name,
			     PUNICODE_STRING Link, PCUNICODE_STRING Sddl, ULONG Flags,
			     PDEVICE_OBJECT *DeviceObject)
{
	PCONTROL_EXTENSION extension;
	NTSTATUS status;

	status = IoCreateDeviceSecure(DriverObject, sizeof(CONTROL_EXTENSION), Name,
				      CONTROL_DEVICE_TYPE, FILE_DEVICE_SECURE_OPEN, FALSE, Sddl,
				      NULL, DeviceObject);
	if (!NT_SUCCESS(status))
		return status;
	(*DeviceObject)->Flags |= Flags;
	extension = (PCONTROL_EXTENSION)(*DeviceObject)->DeviceExtension;
	ExInitializeFastMutex(&extension->Lock);
	ControlInitializeQueue(extension);
	extension->Store =
		(PUCHAR)ExAllocatePool2(POOL_FLAG_NON_PAGED, CONTROL_STORE_BYTES, CONTROL_TAG);
	status =
		extension->Store ? IoCreateSymbolicLink(Link, Name) : STATUS_INSUFFICIENT_RESOURCES;
	if (!NT_SUCCESS(status)) {
		DeleteDevice(*DeviceObject, Link);
		*DeviceObject = NULL;
	}
	return status;
}

static PDEVICE_OBJECT ControlDevice, DirectDevice;

static VOID DriverUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
	DeleteDevice(DirectDevice, &DirectLink);
	DeleteDevice(ControlDevice, &ControlLink);
	DbgPrint("control: unloaded with %d files open\n", OpenFiles);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = DriverUnload;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = Create;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = Cleanup;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = Close;
	DriverObject->MajorFunction[IRP_MJ_READ] = ReadWrite;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = ReadWrite;
	DriverObject->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = Flush;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DeviceControl;

	status = CreateDevice(DriverObject, &ControlName, &ControlLink,
			      &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R, DO_BUFFERED_IO, &ControlDevice);
	if (NT_SUCCESS(status))
		status = CreateDevice(DriverObject, &DirectName, &DirectLink,
				      &SDDL_DEVOBJ_SYS_ALL_ADM_ALL, DO_DIRECT_IO, &DirectDevice);
	if (!NT_SUCCESS(status))
		DriverUnload(DriverObject);
	return status;
}
