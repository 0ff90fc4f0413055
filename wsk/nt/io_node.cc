// SPDX-License-Identifier: MIT OR GPL-2.0
/* What programs do with a node: system calls become requests, and statuses error numbers. */
#include "nt/nt_errno.h"
#include "nt/object.h"
#include "nt/operation.h"
#include "port/device.h"
#include "port/error.h"
#include "port/log.h"

using namespace wsk;

namespace
{

File *file_of(void *file)
{
	return static_cast<File *>(file);
}

PVOID pointer(uint64_t address)
{
	return reinterpret_cast<PVOID>(address);
}

/* A request that a signal has ended may be begun again; a success stays one. */
int result(const Operation &operation, NTSTATUS status)
{
	if (NT_SUCCESS(status))
		return 0;
	if (status == STATUS_CANCELLED && operation.was_interrupted())
		return -PORT_ERESTARTSYS;
	return -errno_of(status);
}

/* What is no request of this device's: ioctl() has a word of its own for it. */
int transfer_result(const Operation &operation, NTSTATUS status)
{
	return status == STATUS_INVALID_DEVICE_REQUEST ? -PORT_EINVAL : result(operation, status);
}

int64_t transfer(File *file, UCHAR major, uint64_t owner, uint64_t buffer, uint32_t bytes,
		 LARGE_INTEGER offset)
{
	Operation operation(file, nullptr, major, UserMode);
	PIRP irp = operation.irp();

	if (!irp)
		return -PORT_ENOMEM;

	NTSTATUS status =
		irp_set_transfer(irp, operation.device_flags(), pointer(buffer), bytes, offset);

	if (!NT_SUCCESS(status))
		return -errno_of(status);
	status = operation.send_for_program(owner);
	if (status == STATUS_FILE_CLOSED)
		return -PORT_EBADF;
	status = irp_take_buffers(irp);
	if (major == IRP_MJ_READ && status == STATUS_END_OF_FILE)
		return 0;
	/* What was read or written counts, also with a warning. */
	if (NT_ERROR(status))
		return transfer_result(operation, status);
	return irp->IoStatus.Information < bytes ? irp->IoStatus.Information : bytes;
}

/* The rights that the code asks for must be those that the file was opened with. */
bool may_control(const File *file, ULONG code)
{
	ULONG wanted = code >> 14 & 3;

	return !(wanted & FILE_READ_ACCESS && !file->object.ReadAccess) &&
	       !(wanted & FILE_WRITE_ACCESS && !file->object.WriteAccess);
}

} // namespace

int nt_file_open(int node, unsigned int access, void **opened_file)
{
	ACCESS_MASK mask = SYNCHRONIZE | FILE_READ_ATTRIBUTES;
	Opened opened;
	File *file;

	if (access & PORT_FILE_READS)
		mask |= FILE_GENERIC_READ;
	if (access & PORT_FILE_WRITES)
		mask |= FILE_GENERIC_WRITE;

	NTSTATUS status = node_open(node, mask, &opened);

	if (!NT_SUCCESS(status))
		return -errno_of(status);
	status = file_open(opened, mask, UserMode, opened.device->account, &file);
	if (!NT_SUCCESS(status))
		return status == STATUS_INVALID_DEVICE_REQUEST ? -PORT_ENXIO : -errno_of(status);
	*opened_file = file;
	return 0;
}

int nt_file_control(void *opened_file, uint64_t owner, struct port_control *control)
{
	File *file = file_of(opened_file);
	Operation operation(file, nullptr, IRP_MJ_DEVICE_CONTROL, UserMode);
	PIRP irp = operation.irp();
	NTSTATUS status = STATUS_SUCCESS;

	if (!irp)
		status = STATUS_INSUFFICIENT_RESOURCES;
	else if (!may_control(file, control->code))
		status = STATUS_ACCESS_DENIED;
	else
		status = irp_set_control(irp, control->code, pointer(control->input),
					 control->input_length, pointer(control->output),
					 control->output_length);
	if (NT_SUCCESS(status)) {
		status = operation.send_for_program(owner);
		if (status != STATUS_FILE_CLOSED)
			status = irp_take_buffers(irp);
		control->information = irp->IoStatus.Information;
	}
	control->status = status;
	return result(operation, status);
}

int64_t nt_file_read(void *file, uint64_t owner, uint64_t to, uint32_t bytes, int64_t offset)
{
	LARGE_INTEGER from;

	from.QuadPart = offset;
	return transfer(file_of(file), IRP_MJ_READ, owner, to, bytes, from);
}

/* Offset -1 is the end, wherever that is. */
int64_t nt_file_write(void *file, uint64_t owner, uint64_t from, uint32_t bytes, int64_t offset)
{
	LARGE_INTEGER to;

	to.QuadPart = offset;
	return transfer(file_of(file), IRP_MJ_WRITE, owner, from, bytes, to);
}

int nt_file_flush(void *file, uint64_t owner)
{
	Operation operation(file_of(file), nullptr, IRP_MJ_FLUSH_BUFFERS, UserMode);

	if (!operation.irp())
		return -PORT_ENOMEM;
	return transfer_result(operation, operation.send_for_program(owner));
}

size_t nt_file_requests(void *file, uint64_t owner)
{
	return Operation::count(file_of(file), owner);
}

void nt_file_abandon(void *file)
{
	file_clean_up(file_of(file));
	Operation::abandon_all(file_of(file));
}

void nt_file_close(void *file)
{
	file_clean_up(file_of(file));
	object_dereference(file);
}
