// SPDX-License-Identifier: MIT OR GPL-2.0
/* Files by handle: what they are, and what can be changed about them. */
#include "nt/zw_file.h"

#include "nt/irql.h"

namespace wsk
{

namespace
{

LARGE_INTEGER time_of(int64_t nanoseconds)
{
	constexpr LONGLONG from_1601_to_1970 = 116444736000000000;
	LARGE_INTEGER time;

	time.QuadPart = nanoseconds / 100 + from_1601_to_1970;
	return time;
}

LARGE_INTEGER large(uint64_t value)
{
	LARGE_INTEGER result;

	result.QuadPart = static_cast<LONGLONG>(value);
	return result;
}

ULONG attributes_of(const port_file_facts &facts)
{
	ULONG attributes = (facts.folder ? FILE_ATTRIBUTE_DIRECTORY : 0) |
			   (facts.read_only ? FILE_ATTRIBUTE_READONLY : 0);

	return attributes ? attributes : FILE_ATTRIBUTE_NORMAL;
}

/* Room for any answer of ZwQueryInformationFile(). */
union Information {
	FILE_BASIC_INFORMATION basic;
	FILE_STANDARD_INFORMATION standard;
	FILE_INTERNAL_INFORMATION internal;
	FILE_POSITION_INFORMATION position;
	FILE_NETWORK_OPEN_INFORMATION network;
};

/* The size of the answer; 0: there is no such class. */
ULONG describe(const FileObject *object, const port_file_facts &facts,
	       FILE_INFORMATION_CLASS wanted, Information *answer)
{
	FILE_BASIC_INFORMATION basic = {};

	/* When a file was made is not kept by every file system: the earlier of two changes. */
	basic.CreationTime = time_of(facts.written < facts.changed ? facts.written : facts.changed);
	basic.LastAccessTime = time_of(facts.accessed);
	basic.LastWriteTime = time_of(facts.written);
	basic.ChangeTime = time_of(facts.changed);
	basic.FileAttributes = attributes_of(facts);
	switch (wanted) {
	case FileBasicInformation:
		answer->basic = basic;
		return sizeof(answer->basic);
	case FileStandardInformation:
		answer->standard = {large(facts.allocated), large(facts.bytes), facts.links,
				    object->delete_at_end, facts.folder};
		return sizeof(answer->standard);
	case FileInternalInformation:
		answer->internal.IndexNumber = large(facts.number);
		return sizeof(answer->internal);
	case FilePositionInformation:
		answer->position.CurrentByteOffset = large(object->position);
		return sizeof(answer->position);
	case FileNetworkOpenInformation:
		answer->network = {basic.CreationTime,	basic.LastAccessTime,	basic.LastWriteTime,
				   basic.ChangeTime,	large(facts.allocated), large(facts.bytes),
				   basic.FileAttributes};
		return sizeof(answer->network);
	default:
		return 0;
	}
}

NTSTATUS resize(FileObject *object, LARGE_INTEGER size, bool only_smaller)
{
	port_file_facts facts;

	if (!(object->access & writing))
		return STATUS_ACCESS_DENIED;
	if (size.QuadPart < 0)
		return STATUS_INVALID_PARAMETER;
	if (only_smaller) {
		int error = port_file_describe(object->file, &facts);

		if (error)
			return file_status(error);
		if (static_cast<uint64_t>(size.QuadPart) >= facts.bytes)
			return STATUS_SUCCESS;
	}
	return file_status(port_file_resize(object->file, static_cast<uint64_t>(size.QuadPart)));
}

NTSTATUS set_disposition(FileObject *object, bool end)
{
	port_file_facts facts;
	int error = port_file_describe(object->file, &facts);

	if (error)
		return file_status(error);
	if (facts.folder)
		return STATUS_NOT_SUPPORTED;
	if (!(object->access & DELETE))
		return STATUS_ACCESS_DENIED;
	object->delete_at_end = end;
	return STATUS_SUCCESS;
}

template <typename Type>
const Type *as(const void *information, ULONG length)
{
	return length >= sizeof(Type) ? static_cast<const Type *>(information) : nullptr;
}

NTSTATUS set(FileObject *object, const void *information, ULONG length,
	     FILE_INFORMATION_CLASS wanted)
{
	switch (wanted) {
	case FilePositionInformation:
		if (auto *position = as<FILE_POSITION_INFORMATION>(information, length)) {
			if (!object->synchronous || position->CurrentByteOffset.QuadPart < 0)
				return STATUS_INVALID_PARAMETER;
			object->position =
				static_cast<uint64_t>(position->CurrentByteOffset.QuadPart);
			return STATUS_SUCCESS;
		}
		return STATUS_INFO_LENGTH_MISMATCH;
	case FileEndOfFileInformation:
		if (auto *end = as<FILE_END_OF_FILE_INFORMATION>(information, length))
			return resize(object, end->EndOfFile, false);
		return STATUS_INFO_LENGTH_MISMATCH;
	case FileAllocationInformation:
		if (auto *allocation = as<FILE_ALLOCATION_INFORMATION>(information, length))
			return resize(object, allocation->AllocationSize, true);
		return STATUS_INFO_LENGTH_MISMATCH;
	case FileDispositionInformation:
		if (auto *disposition = as<FILE_DISPOSITION_INFORMATION>(information, length))
			return set_disposition(object, disposition->DeleteFile);
		return STATUS_INFO_LENGTH_MISMATCH;
	case FileBasicInformation:
	case FileRenameInformation:
	case FileLinkInformation:
		return STATUS_NOT_SUPPORTED;
	default:
		return STATUS_INVALID_INFO_CLASS;
	}
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * ZwQueryInformationFile() - What a file is.
 * @FileHandle: The file.
 * @IoStatusBlock: Receives the status, and the size of the answer.
 * @FileInformation: Receives the answer.
 * @Length: The size of that.
 * @FileInformationClass: FileBasicInformation, FileStandardInformation, FileInternalInformation,
 *	FilePositionInformation or FileNetworkOpenInformation.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INFO_LENGTH_MISMATCH when it does not fit;
 *	STATUS_INVALID_INFO_CLASS; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH;
 *	STATUS_INVALID_PARAMETER.
 * Source: wdm.h, ZwQueryInformationFile function
 */
extern "C" NTSTATUS ZwQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
					   PVOID FileInformation, ULONG Length,
					   FILE_INFORMATION_CLASS FileInformationClass)
{
	port_file_facts facts;
	Information answer;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!IoStatusBlock || !FileInformation)
		return STATUS_INVALID_PARAMETER;

	OpenFile open(FileHandle, 0);

	if (!NT_SUCCESS(open.status))
		return open.status;

	NTSTATUS status = file_status(port_file_describe(open->file, &facts));

	if (!NT_SUCCESS(status))
		return status;
	__builtin_memset(&answer, 0, sizeof(answer));

	ULONG bytes = describe(open.operator->(), facts, FileInformationClass, &answer);

	if (!bytes)
		return STATUS_INVALID_INFO_CLASS;
	if (Length < bytes)
		return STATUS_INFO_LENGTH_MISMATCH;
	__builtin_memcpy(FileInformation, &answer, bytes);
	IoStatusBlock->Information = bytes;
	return IoStatusBlock->Status = STATUS_SUCCESS;
}

/**
 * ZwSetInformationFile() - Change a file.
 * @FileHandle: The file.
 * @IoStatusBlock: Receives the status.
 * @FileInformation: What is to be.
 * @Length: The size of that.
 * @FileInformationClass: FilePositionInformation (of a file opened with
 *	FILE_SYNCHRONOUS_IO_NONALERT), FileEndOfFileInformation, FileAllocationInformation (which
 *	cuts, and does not set aside), FileDispositionInformation (opened with DELETE; it is deleted
 *	when the last handle and reference is gone, which must be at PASSIVE_LEVEL).
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_INFO_CLASS;
 *	STATUS_NOT_SUPPORTED for times, attributes, new names and links, and for deleting folders;
 *	STATUS_ACCESS_DENIED; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH;
 *	STATUS_INVALID_PARAMETER; STATUS_DISK_FULL; STATUS_FILE_TOO_LARGE.
 * Source: wdm.h, ZwSetInformationFile function
 */
extern "C" NTSTATUS ZwSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
					 PVOID FileInformation, ULONG Length,
					 FILE_INFORMATION_CLASS FileInformationClass)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!IoStatusBlock || !FileInformation)
		return STATUS_INVALID_PARAMETER;

	OpenFile open(FileHandle, 0);

	if (!NT_SUCCESS(open.status))
		return open.status;
	IoStatusBlock->Information = 0;
	return IoStatusBlock->Status =
		       set(open.operator->(), FileInformation, Length, FileInformationClass);
}
