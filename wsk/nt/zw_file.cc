// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Files by handle: opened, read and written. Everything is done before a call returns, so nothing
 * pends: what a driver that opened a file for asynchronous use waits for has happened already.
 */
#include "nt/zw_file.h"

#include "nt/irql.h"
#include "nt/zw_event.h"
#include "port/error.h"
#include "port/log.h"
#include "port/memory.h"

namespace wsk
{

namespace
{

void end_file(PVOID body)
{
	auto *object = static_cast<FileObject *>(body);

	if (object->delete_at_end && KeGetCurrentIrql() > PASSIVE_LEVEL)
		port_log_rule("ObDereferenceObject",
			      "a file to be deleted ends above PASSIVE_LEVEL");
	else if (object->delete_at_end)
		(void)!port_file_unlink(object->file);
	port_file_close(object->file);
}

constinit _OBJECT_TYPE file_type = {"File", end_file};

ACCESS_MASK granted(ACCESS_MASK desired)
{
	ACCESS_MASK access = desired & (FILE_ALL_ACCESS | DELETE);

	if (desired & GENERIC_READ)
		access |= FILE_GENERIC_READ;
	if (desired & GENERIC_WRITE)
		access |= FILE_GENERIC_WRITE;
	if (desired & GENERIC_EXECUTE)
		access |= FILE_GENERIC_EXECUTE;
	if (desired & GENERIC_ALL)
		access |= FILE_ALL_ACCESS;
	return access;
}

/* What one ZwCreateFile() asks for. */
struct Opening {
	ACCESS_MASK access;
	ULONG disposition, options;

	NTSTATUS check() const;
	unsigned int how() const;
	ULONG outcome(bool created) const;
};

NTSTATUS Opening::check() const
{
	constexpr ULONG synchronous = FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT;
	ULONG mode = options & synchronous;

	if (disposition > FILE_MAXIMUM_DISPOSITION || mode == synchronous ||
	    (mode && !(access & SYNCHRONIZE)) ||
	    ((options & FILE_DELETE_ON_CLOSE) && !(access & DELETE)) ||
	    ((options & FILE_DIRECTORY_FILE) && (options & FILE_NON_DIRECTORY_FILE)))
		return STATUS_INVALID_PARAMETER;
	if (options & FILE_OPEN_BY_FILE_ID)
		return STATUS_NOT_SUPPORTED;
	/* Folders are opened, and not made. */
	if ((options & FILE_DIRECTORY_FILE) && disposition != FILE_OPEN &&
	    disposition != FILE_OPEN_IF)
		return STATUS_NOT_SUPPORTED;
	return STATUS_SUCCESS;
}

unsigned int Opening::how() const
{
	unsigned int how = 0;

	if (access & reading || !(access & writing))
		how |= PORT_FILE_READ;
	if (options & FILE_DIRECTORY_FILE)
		return PORT_FILE_READ;
	if (access & writing)
		how |= PORT_FILE_WRITE;
	if ((access & writing) == FILE_APPEND_DATA)
		how |= PORT_FILE_APPEND;
	if (options & FILE_WRITE_THROUGH)
		how |= PORT_FILE_THROUGH;
	switch (disposition) {
	case FILE_CREATE:
		return how | PORT_FILE_CREATE | PORT_FILE_EXCLUSIVE;
	case FILE_OPEN_IF:
		return how | PORT_FILE_CREATE;
	case FILE_OVERWRITE:
		return how | PORT_FILE_TRUNCATE;
	case FILE_OVERWRITE_IF:
	case FILE_SUPERSEDE:
		return how | PORT_FILE_CREATE | PORT_FILE_TRUNCATE;
	default:
		return how;
	}
}

ULONG Opening::outcome(bool created) const
{
	if (created)
		return FILE_CREATED;
	switch (disposition) {
	case FILE_SUPERSEDE:
		return FILE_SUPERSEDED;
	case FILE_OVERWRITE:
	case FILE_OVERWRITE_IF:
		return FILE_OVERWRITTEN;
	default:
		return FILE_OPENED;
	}
}

/* Whether it is the last name of a path that is missing, or one before. */
NTSTATUS missing(char *path)
{
	char *last = strrchr(path, '/');
	port_file *folder;
	bool created;

	if (last == path)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	*last = 0;
	if (port_file_open(path, PORT_FILE_READ, &folder, &created))
		return STATUS_OBJECT_PATH_NOT_FOUND;
	port_file_close(folder);
	return STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS check_kind(port_file *file, ULONG options)
{
	port_file_facts facts;
	int error = port_file_describe(file, &facts);

	if (error)
		return file_status(error);
	if ((options & FILE_DIRECTORY_FILE) && !facts.folder)
		return STATUS_NOT_A_DIRECTORY;
	if ((options & FILE_NON_DIRECTORY_FILE) && facts.folder)
		return STATUS_FILE_IS_A_DIRECTORY;
	return STATUS_SUCCESS;
}

NTSTATUS open_handle(port_file *file, const Opening &opening, ULONG attributes,
		     DriverAccount *account, PHANDLE handle)
{
	auto *object =
		static_cast<FileObject *>(object_create(&file_type, sizeof(FileObject), account));

	if (!object) {
		port_file_close(file);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	ExInitializePushLock(&object->lock);
	object->file = file;
	object->access = opening.access;
	object->synchronous =
		opening.options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT);

	NTSTATUS status = handle_create(object, attributes, handle);

	if (NT_SUCCESS(status))
		object->delete_at_end = opening.options & FILE_DELETE_ON_CLOSE;
	object_dereference(object);
	return status;
}

NTSTATUS open_file(PHANDLE handle, const Opening &opening, const OBJECT_ATTRIBUTES *attributes,
		   PIO_STATUS_BLOCK io, DriverAccount *account)
{
	bool created = false;
	port_file *file;
	char *path;
	NTSTATUS status = opening.check();

	if (!handle || !io)
		return STATUS_INVALID_PARAMETER;
	if (NT_SUCCESS(status))
		status = file_path(attributes, &path);
	if (!NT_SUCCESS(status))
		return io->Status = status;

	int error = port_file_open(path, opening.how(), &file, &created);

	status = error == -PORT_ENOENT ? missing(path) : file_status(error);
	port_free(path);
	if (NT_SUCCESS(status)) {
		status = check_kind(file, opening.options);
		if (!NT_SUCCESS(status))
			port_file_close(file);
	}
	if (NT_SUCCESS(status))
		status = open_handle(file, opening, attributes->Attributes, account, handle);
	io->Status = status;
	io->Information = NT_SUCCESS(status) ? opening.outcome(created) : 0;
	return status;
}

/* Where a transfer begins: an offset, the file's position, or its end. */
NTSTATUS start_of(FileObject *object, const LARGE_INTEGER *offset, bool write, uint64_t *start)
{
	bool special = offset && offset->HighPart == -1;

	if (!offset || (special && offset->LowPart == FILE_USE_FILE_POINTER_POSITION)) {
		*start = object->position;
		return object->synchronous ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
	}
	if (special && write && offset->LowPart == FILE_WRITE_TO_END_OF_FILE) {
		port_file_facts facts;
		int error = port_file_describe(object->file, &facts);

		*start = facts.bytes;
		return file_status(error);
	}
	if (offset->QuadPart < 0)
		return STATUS_INVALID_PARAMETER;
	*start = static_cast<uint64_t>(offset->QuadPart);
	return STATUS_SUCCESS;
}

/* ZwReadFile() and ZwWriteFile(). */
struct Transfer {
	bool write;
	PVOID buffer;
	ULONG bytes;
	const LARGE_INTEGER *offset;
	PIO_STATUS_BLOCK io;

	NTSTATUS run(HANDLE handle, HANDLE event_handle, PIO_APC_ROUTINE apc);

private:
	NTSTATUS transfer(FileObject *object);
};

NTSTATUS Transfer::transfer(FileObject *object)
{
	uint64_t start;
	NTSTATUS status = start_of(object, offset, write, &start);

	if (!NT_SUCCESS(status))
		return status;

	int64_t done = write ? port_file_write(object->file, buffer, bytes, start)
			     : port_file_read(object->file, buffer, bytes, start);

	if (done < 0)
		return file_status(done);
	if (!write && !done && bytes)
		return STATUS_END_OF_FILE;
	io->Information = static_cast<ULONG_PTR>(done);
	if (object->synchronous)
		object->position = start + static_cast<uint64_t>(done);
	return STATUS_SUCCESS;
}

NTSTATUS Transfer::run(HANDLE handle, HANDLE event_handle, PIO_APC_ROUTINE apc)
{
	PKEVENT event = nullptr;
	NTSTATUS status;

	if (!io || (!buffer && bytes))
		return STATUS_INVALID_PARAMETER;
	if (apc)
		return STATUS_NOT_SUPPORTED;

	OpenFile open(handle, 0);

	if (!NT_SUCCESS(open.status))
		return open.status;
	if (!(open->access & (write ? writing : reading)))
		return STATUS_ACCESS_DENIED;
	if (event_handle) {
		status = event_reference(event_handle, &event);
		if (!NT_SUCCESS(status))
			return status;
		KeClearEvent(event);
	}
	io->Information = 0;
	io->Status = status = transfer(open.operator->());
	if (event) {
		KeSetEvent(event, IO_NO_INCREMENT, FALSE);
		object_dereference(event);
	}
	return status;
}

} // namespace

OpenFile::OpenFile(HANDLE handle, ACCESS_MASK needed)
{
	PVOID body;

	status = handle_reference(handle, &file_type, &body);
	if (!NT_SUCCESS(status))
		return;
	object = static_cast<FileObject *>(body);
	if ((object->access & needed) != needed)
		status = STATUS_ACCESS_DENIED;
	KeEnterCriticalRegion();
	if (object->synchronous)
		ExAcquirePushLockExclusive(&object->lock);
}

OpenFile::~OpenFile()
{
	if (!object)
		return;
	if (object->synchronous)
		ExReleasePushLockExclusive(&object->lock);
	KeLeaveCriticalRegion();
	object_dereference(object);
}

} // namespace wsk

using namespace wsk;

/**
 * ZwCreateFile() - Open a file, or make it.
 * @FileHandle: Receives the handle. Close it with ZwClose().
 * @DesiredAccess: FILE_ rights, without which the handle's functions refuse.
 * @ObjectAttributes: The file's name: \??\C:\… or \DosDevices\C:\… (module parameter c_drive),
 *	\SystemRoot\… (system_root). Names are in Linux' case. No root directory.
 * @IoStatusBlock: Receives the status, and FILE_OPENED, FILE_CREATED, FILE_OVERWRITTEN or
 *	FILE_SUPERSEDED.
 * @AllocationSize: Ignored.
 * @FileAttributes: Ignored: new files are root's (0600).
 * @ShareAccess: Ignored: files are shared, as on Linux.
 * @CreateDisposition: FILE_SUPERSEDE, FILE_OPEN, FILE_CREATE, FILE_OPEN_IF, FILE_OVERWRITE or
 *	FILE_OVERWRITE_IF.
 * @CreateOptions: FILE_ options. Folders are opened, and not made.
 * @EaBuffer: NULL.
 * @EaLength: 0.
 *
 * It is the kernel that opens the file, in the first process' root, whoever calls.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_OBJECT_PATH_NOT_FOUND, also for
 *	other drives and devices; STATUS_OBJECT_NAME_INVALID; STATUS_OBJECT_NAME_COLLISION;
 *	STATUS_ACCESS_DENIED, also for what is neither file nor folder;
 *	STATUS_FILE_IS_A_DIRECTORY; STATUS_NOT_A_DIRECTORY; STATUS_MEDIA_WRITE_PROTECTED;
 *	STATUS_DISK_FULL; STATUS_NAME_TOO_LONG; STATUS_SHARING_VIOLATION for a running program;
 *	STATUS_EAS_NOT_SUPPORTED; STATUS_NOT_SUPPORTED; STATUS_INVALID_PARAMETER;
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_UNEXPECTED_IO_ERROR.
 * Source: wdm.h, ZwCreateFile function
 */
extern "C" NTSTATUS ZwCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
				 POBJECT_ATTRIBUTES ObjectAttributes,
				 PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER AllocationSize,
				 ULONG FileAttributes, ULONG ShareAccess, ULONG CreateDisposition,
				 ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	UNREFERENCED_PARAMETER(AllocationSize);
	UNREFERENCED_PARAMETER(FileAttributes);
	UNREFERENCED_PARAMETER(ShareAccess);
	UNREFERENCED_PARAMETER(EaLength);
	if (EaBuffer)
		return STATUS_EAS_NOT_SUPPORTED;
	return open_file(FileHandle, {granted(DesiredAccess), CreateDisposition, CreateOptions},
			 ObjectAttributes, IoStatusBlock, driver_of(__builtin_return_address(0)));
}

/**
 * ZwOpenFile() - Open a file that is there.
 * @FileHandle: Receives the handle.
 * @DesiredAccess: FILE_ rights.
 * @ObjectAttributes: As for ZwCreateFile().
 * @IoStatusBlock: Receives the status, and FILE_OPENED.
 * @ShareAccess: Ignored.
 * @OpenOptions: FILE_ options.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: As ZwCreateFile().
 * Source: wdm.h, ZwOpenFile function
 */
extern "C" NTSTATUS ZwOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
			       POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
			       ULONG, ULONG OpenOptions)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return open_file(FileHandle, {granted(DesiredAccess), FILE_OPEN, OpenOptions},
			 ObjectAttributes, IoStatusBlock, driver_of(__builtin_return_address(0)));
}

/**
 * ZwReadFile() - Read from a file.
 * @FileHandle: Opened with FILE_READ_DATA.
 * @Event: An event's handle, set when it is done; or NULL.
 * @ApcRoutine: NULL.
 * @ApcContext: Ignored.
 * @IoStatusBlock: Receives the status, and how many bytes were read.
 * @Buffer: Receives them.
 * @Length: How many at most.
 * @ByteOffset: From where. NULL, or -2 (FILE_USE_FILE_POINTER_POSITION): from the position, which a
 *	file opened with FILE_SYNCHRONOUS_IO_NONALERT has.
 * @Key: Ignored: there are no locks of ranges.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS, never STATUS_PENDING; STATUS_END_OF_FILE; STATUS_ACCESS_DENIED;
 *	STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH; STATUS_FILE_IS_A_DIRECTORY;
 *	STATUS_NOT_SUPPORTED for an APC; STATUS_INVALID_PARAMETER; STATUS_UNEXPECTED_IO_ERROR.
 * Source: wdm.h, ZwReadFile function
 */
extern "C" NTSTATUS ZwReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID,
			       PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
			       PLARGE_INTEGER ByteOffset, PULONG)
{
	Transfer transfer = {false, Buffer, Length, ByteOffset, IoStatusBlock};

	NT_MAX_IRQL(PASSIVE_LEVEL);
	return transfer.run(FileHandle, Event, ApcRoutine);
}

/**
 * ZwWriteFile() - Write to a file.
 * @FileHandle: Opened with FILE_WRITE_DATA or FILE_APPEND_DATA; with the latter alone all goes to
 *	the end.
 * @Event: An event's handle, set when it is done; or NULL.
 * @ApcRoutine: NULL.
 * @ApcContext: Ignored.
 * @IoStatusBlock: Receives the status, and how many bytes were written.
 * @Buffer: The bytes.
 * @Length: How many.
 * @ByteOffset: To where; as for ZwReadFile(), or -1 (FILE_WRITE_TO_END_OF_FILE).
 * @Key: Ignored.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: As ZwReadFile(); STATUS_DISK_FULL; STATUS_FILE_TOO_LARGE.
 * Source: wdm.h, ZwWriteFile function
 */
extern "C" NTSTATUS ZwWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID,
				PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
				PLARGE_INTEGER ByteOffset, PULONG)
{
	Transfer transfer = {true, Buffer, Length, ByteOffset, IoStatusBlock};

	NT_MAX_IRQL(PASSIVE_LEVEL);
	return transfer.run(FileHandle, Event, ApcRoutine);
}

/**
 * ZwFlushBuffersFile() - Have what was written put on the disk.
 * @FileHandle: Opened with FILE_WRITE_DATA or FILE_APPEND_DATA.
 * @IoStatusBlock: Receives the status.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_ACCESS_DENIED; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH;
 *	STATUS_INVALID_PARAMETER; STATUS_DISK_FULL; STATUS_UNEXPECTED_IO_ERROR.
 * Source: ntifs.h, ZwFlushBuffersFile function
 */
extern "C" NTSTATUS ZwFlushBuffersFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!IoStatusBlock)
		return STATUS_INVALID_PARAMETER;

	OpenFile open(FileHandle, 0);

	if (!NT_SUCCESS(open.status))
		return open.status;
	if (!(open->access & writing))
		return STATUS_ACCESS_DENIED;
	IoStatusBlock->Information = 0;
	return IoStatusBlock->Status = file_status(port_file_flush(open->file));
}

/**
 * ZwDeleteFile() - Delete a file by its name.
 * @ObjectAttributes: As for ZwCreateFile().
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: As ZwOpenFile(); STATUS_FILE_IS_A_DIRECTORY for a folder.
 * Source: ntifs.h, ZwDeleteFile function
 */
extern "C" NTSTATUS ZwDeleteFile(POBJECT_ATTRIBUTES ObjectAttributes)
{
	IO_STATUS_BLOCK io;
	HANDLE handle;

	NT_MAX_IRQL(PASSIVE_LEVEL);

	NTSTATUS status = open_file(
		&handle, {DELETE, FILE_OPEN, FILE_NON_DIRECTORY_FILE | FILE_DELETE_ON_CLOSE},
		ObjectAttributes, &io, driver_of(__builtin_return_address(0)));

	return NT_SUCCESS(status) ? ZwClose(handle) : status;
}
