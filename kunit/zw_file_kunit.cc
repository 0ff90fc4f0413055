// SPDX-License-Identifier: MIT OR GPL-2.0
/* Files and events by handle. */
#include <ntddk.h>

#include "bridge.h"
#include "port/memory.h"

namespace
{

#define FILE_NAME L"\\??\\C:\\wsk_kunit.file"

constexpr ACCESS_MASK all = FILE_GENERIC_READ | FILE_GENERIC_WRITE | DELETE | SYNCHRONIZE;
constexpr ULONG plain = FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE;

struct Name {
	UNICODE_STRING text;
	OBJECT_ATTRIBUTES attributes;

	explicit Name(PCWSTR name)
	{
		RtlInitUnicodeString(&text, name);
		InitializeObjectAttributes(&attributes, &text,
					   OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, nullptr,
					   nullptr);
	}
};

NTSTATUS create(PCWSTR name, PHANDLE file, ULONG disposition, ULONG_PTR *outcome = nullptr,
		ACCESS_MASK access = all, ULONG options = plain)
{
	Name where(name);
	IO_STATUS_BLOCK io = {};
	NTSTATUS status = ZwCreateFile(file, access, &where.attributes, &io, nullptr,
				       FILE_ATTRIBUTE_NORMAL, 0, disposition, options, nullptr, 0);

	if (outcome)
		*outcome = io.Information;
	return status;
}

void delete_file(void *)
{
	Name name(FILE_NAME);

	ZwDeleteFile(&name.attributes);
}

void close(void *handle)
{
	ZwClose(handle);
}

/* A fresh file of the case's own. */
HANDLE own_file(struct kunit *test)
{
	HANDLE file = nullptr;

	bridge_defer(test, delete_file, nullptr);
	ASSERT_STATUS(test, create(FILE_NAME, &file, FILE_SUPERSEDE), STATUS_SUCCESS);
	bridge_defer(test, close, file);
	return file;
}

NTSTATUS write(HANDLE file, const char *text, LONGLONG offset = -2)
{
	IO_STATUS_BLOCK io;
	LARGE_INTEGER at;

	at.QuadPart = offset;
	return ZwWriteFile(file, nullptr, nullptr, nullptr, &io, const_cast<char *>(text),
			   static_cast<ULONG>(strlen(text)), &at, nullptr);
}

/* What is read, with a NUL. */
struct Read {
	NTSTATUS status;
	ULONG_PTR bytes;
	char text[64];

	Read(HANDLE file, ULONG most, LONGLONG offset = -2) : status(), bytes(), text()
	{
		IO_STATUS_BLOCK io = {};
		LARGE_INTEGER at;

		at.QuadPart = offset;
		status = ZwReadFile(file, nullptr, nullptr, nullptr, &io, text, most, &at, nullptr);
		bytes = io.Information;
	}
};

#define EXPECT_READ(test, read, wanted) EXPECT_EQ(test, strcmp((read).text, wanted), 0)

LONGLONG size_of(HANDLE file)
{
	FILE_STANDARD_INFORMATION standard = {};
	IO_STATUS_BLOCK io;

	ZwQueryInformationFile(file, &io, &standard, sizeof(standard), FileStandardInformation);
	return standard.EndOfFile.QuadPart;
}

void write_and_read(struct kunit *test)
{
	HANDLE file = own_file(test);
	IO_STATUS_BLOCK io;

	EXPECT_STATUS(test, write(file, "Hello, "), STATUS_SUCCESS);
	EXPECT_STATUS(test, write(file, "file"), STATUS_SUCCESS);
	EXPECT_STATUS(test, ZwFlushBuffersFile(file, &io), STATUS_SUCCESS);
	EXPECT_EQ(test, size_of(file), 11);
	EXPECT_STATUS(test, Read(file, 10).status, STATUS_END_OF_FILE);
	EXPECT_READ(test, Read(file, 5, 0), "Hello");
	/* On from there. */
	EXPECT_READ(test, Read(file, 60), ", file");
	EXPECT_EQ(test, Read(file, 60, 9).bytes, 2u);
	EXPECT_STATUS(test, Read(file, 1, 11).status, STATUS_END_OF_FILE);
	EXPECT_STATUS(test, Read(file, 0, 11).status, STATUS_SUCCESS);
	EXPECT_STATUS(test, write(file, "J", 0), STATUS_SUCCESS);
	EXPECT_STATUS(test, write(file, "!", -1), STATUS_SUCCESS);
	EXPECT_READ(test, Read(file, 60, 0), "Jello, file!");
	/* Behind the end: zeros between. */
	EXPECT_STATUS(test, write(file, "x", 20), STATUS_SUCCESS);
	EXPECT_EQ(test, size_of(file), 21);
	EXPECT_EQ(test, Read(file, 60, 12).text[0], 0);
}

void dispositions(struct kunit *test)
{
	HANDLE file;
	ULONG_PTR outcome;
	const struct {
		bool there;
		ULONG disposition;
		NTSTATUS status;
		ULONG_PTR outcome;
		LONGLONG size;
	} table[] = {
		{false, FILE_OPEN, STATUS_OBJECT_NAME_NOT_FOUND, 0, 0},
		{false, FILE_OVERWRITE, STATUS_OBJECT_NAME_NOT_FOUND, 0, 0},
		{false, FILE_CREATE, STATUS_SUCCESS, FILE_CREATED, 0},
		{false, FILE_OPEN_IF, STATUS_SUCCESS, FILE_CREATED, 0},
		{false, FILE_OVERWRITE_IF, STATUS_SUCCESS, FILE_CREATED, 0},
		{false, FILE_SUPERSEDE, STATUS_SUCCESS, FILE_CREATED, 0},
		{true, FILE_OPEN, STATUS_SUCCESS, FILE_OPENED, 3},
		{true, FILE_OPEN_IF, STATUS_SUCCESS, FILE_OPENED, 3},
		{true, FILE_CREATE, STATUS_OBJECT_NAME_COLLISION, 0, 3},
		{true, FILE_OVERWRITE, STATUS_SUCCESS, FILE_OVERWRITTEN, 0},
		{true, FILE_OVERWRITE_IF, STATUS_SUCCESS, FILE_OVERWRITTEN, 0},
		{true, FILE_SUPERSEDE, STATUS_SUCCESS, FILE_SUPERSEDED, 0},
		{true, FILE_MAXIMUM_DISPOSITION + 1, STATUS_INVALID_PARAMETER, 0, 3},
	};

	bridge_defer(test, delete_file, nullptr);
	for (const auto &row : table) {
		delete_file(nullptr);
		if (row.there) {
			ASSERT_STATUS(test, create(FILE_NAME, &file, FILE_CREATE), STATUS_SUCCESS);
			EXPECT_STATUS(test, write(file, "abc"), STATUS_SUCCESS);
			ZwClose(file);
		}
		EXPECT_STATUS(test, create(FILE_NAME, &file, row.disposition, &outcome),
			      row.status);
		if (!NT_SUCCESS(row.status))
			continue;
		EXPECT_EQ(test, outcome, row.outcome);
		EXPECT_EQ(test, size_of(file), row.size);
		ZwClose(file);
	}
}

void names(struct kunit *test)
{
	HANDLE file = own_file(test), again;
	static WCHAR long_name[5000];
	const PCWSTR same[] = {FILE_NAME, L"\\DosDevices\\c:\\wsk_kunit.file",
			       L"\\GLOBAL??\\C:\\wsk_kunit.file", L"\\SystemRoot\\wsk_kunit.file"};
	const struct {
		PCWSTR name;
		NTSTATUS wanted;
	} bad[] = {
		{L"C:\\wsk_kunit.file", STATUS_OBJECT_PATH_NOT_FOUND},
		{L"\\??\\D:\\wsk_kunit.file", STATUS_OBJECT_PATH_NOT_FOUND},
		{L"\\??\\UNC\\server\\share", STATUS_OBJECT_PATH_NOT_FOUND},
		{L"\\??\\C:", STATUS_OBJECT_NAME_INVALID},
		{L"\\??\\C:wsk_kunit.file", STATUS_OBJECT_NAME_INVALID},
		{L"\\Device\\HarddiskVolume1\\x", STATUS_OBJECT_PATH_NOT_FOUND},
		{L"\\SystemRootwsk_kunit.file", STATUS_OBJECT_NAME_INVALID},
		{L"\\??\\C:\\..\\wsk_kunit.file", STATUS_OBJECT_NAME_INVALID},
		{L"\\??\\C:\\.\\wsk_kunit.file", STATUS_OBJECT_NAME_INVALID},
		{L"\\??\\C:\\\\wsk_kunit.file", STATUS_OBJECT_NAME_INVALID},
		{L"\\??\\C:\\dev/null", STATUS_OBJECT_NAME_INVALID},
		{L"\\??\\C:\\wsk_kunit.file:stream", STATUS_OBJECT_NAME_INVALID},
		{L"\\??\\C:\\wsk*", STATUS_OBJECT_NAME_INVALID},
		{L"\\??\\C:\\wsk\xd800", STATUS_OBJECT_NAME_INVALID},
		{L"\\??\\C:\\no_such_folder\\x", STATUS_OBJECT_PATH_NOT_FOUND},
		{L"\\??\\C:\\wsk_kunit.file\\x", STATUS_OBJECT_PATH_NOT_FOUND},
		{L"\\??\\C:\\no_such_file", STATUS_OBJECT_NAME_NOT_FOUND},
		{L"", STATUS_OBJECT_PATH_NOT_FOUND},
		{long_name, STATUS_NAME_TOO_LONG},
	};

	EXPECT_STATUS(test, write(file, "abc"), STATUS_SUCCESS);
	for (PCWSTR name : same) {
		ASSERT_STATUS(test, create(name, &again, FILE_OPEN), STATUS_SUCCESS);
		EXPECT_READ(test, Read(again, 3), "abc");
		ZwClose(again);
	}
	for (size_t i = 0; i + 1 < ARRAYSIZE(long_name); i++)
		long_name[i] = i % 100 == 50 ? '\\' : 'x';
	__builtin_memcpy(long_name, L"\\??\\C:\\", 14);
	for (const auto &row : bad)
		EXPECT_STATUS(test, create(row.name, &again, FILE_OPEN), row.wanted);

	Name odd(FILE_NAME), below(FILE_NAME), no_name(FILE_NAME);
	IO_STATUS_BLOCK io;

	odd.text.Length--;
	EXPECT_STATUS(test, ZwOpenFile(&again, all, &odd.attributes, &io, 0, plain),
		      STATUS_OBJECT_NAME_INVALID);
	below.attributes.RootDirectory = file;
	EXPECT_STATUS(test, ZwOpenFile(&again, all, &below.attributes, &io, 0, plain),
		      STATUS_NOT_SUPPORTED);
	no_name.attributes.ObjectName = nullptr;
	EXPECT_STATUS(test, ZwOpenFile(&again, all, &no_name.attributes, &io, 0, plain),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ZwOpenFile(&again, all, nullptr, &io, 0, plain),
		      STATUS_INVALID_PARAMETER);
}

void options(struct kunit *test)
{
	HANDLE file;
	const struct {
		ACCESS_MASK access;
		ULONG options;
		NTSTATUS wanted;
	} table[] = {
		{all & ~SYNCHRONIZE, plain, STATUS_INVALID_PARAMETER},
		{all, plain | FILE_SYNCHRONOUS_IO_ALERT, STATUS_INVALID_PARAMETER},
		{all & ~DELETE, plain | FILE_DELETE_ON_CLOSE, STATUS_INVALID_PARAMETER},
		{all, plain | FILE_DIRECTORY_FILE, STATUS_INVALID_PARAMETER},
		{all, FILE_OPEN_BY_FILE_ID, STATUS_NOT_SUPPORTED},
		{all, FILE_DIRECTORY_FILE, STATUS_NOT_A_DIRECTORY},
	};

	own_file(test);
	for (const auto &row : table)
		EXPECT_STATUS(test,
			      create(FILE_NAME, &file, FILE_OPEN, nullptr, row.access, row.options),
			      row.wanted);
	EXPECT_STATUS(test,
		      create(L"\\??\\C:\\new", &file, FILE_CREATE, nullptr, FILE_GENERIC_READ,
			     FILE_DIRECTORY_FILE),
		      STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test,
		      create(L"\\??\\C:\\", &file, FILE_OPEN, nullptr, FILE_GENERIC_READ, plain),
		      STATUS_FILE_IS_A_DIRECTORY);
	EXPECT_STATUS(test, create(L"\\??\\C:\\", &file, FILE_OPEN), STATUS_FILE_IS_A_DIRECTORY);
	/* Of folders there is something to know, and nothing to read. */
	ASSERT_STATUS(test,
		      create(L"\\??\\C:\\", &file, FILE_OPEN, nullptr, FILE_GENERIC_READ,
			     FILE_DIRECTORY_FILE),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, Read(file, 1, 0).status, STATUS_FILE_IS_A_DIRECTORY);
	ZwClose(file);
}

void rights(struct kunit *test)
{
	HANDLE file;
	IO_STATUS_BLOCK io;
	FILE_END_OF_FILE_INFORMATION end = {};
	FILE_DISPOSITION_INFORMATION disposition = {TRUE};

	own_file(test);
	ASSERT_STATUS(test,
		      create(FILE_NAME, &file, FILE_OPEN, nullptr, GENERIC_READ | SYNCHRONIZE),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, write(file, "x", 0), STATUS_ACCESS_DENIED);
	EXPECT_STATUS(test, ZwFlushBuffersFile(file, &io), STATUS_ACCESS_DENIED);
	EXPECT_STATUS(test, ZwSetInformationFile(file, &io, &end, 8, FileEndOfFileInformation),
		      STATUS_ACCESS_DENIED);
	EXPECT_STATUS(test,
		      ZwSetInformationFile(file, &io, &disposition, 1, FileDispositionInformation),
		      STATUS_ACCESS_DENIED);
	ZwClose(file);
	ASSERT_STATUS(test,
		      create(FILE_NAME, &file, FILE_OPEN, nullptr, FILE_APPEND_DATA | SYNCHRONIZE),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, Read(file, 1, 0).status, STATUS_ACCESS_DENIED);
	/* Wherever it is written, it is appended. */
	EXPECT_STATUS(test, write(file, "one", 0), STATUS_SUCCESS);
	EXPECT_STATUS(test, write(file, "two", 0), STATUS_SUCCESS);
	EXPECT_EQ(test, size_of(file), 6);
	ZwClose(file);
	ASSERT_STATUS(
		test,
		create(FILE_NAME, &file, FILE_OPEN, nullptr, FILE_READ_ATTRIBUTES | SYNCHRONIZE),
		STATUS_SUCCESS);
	EXPECT_STATUS(test, Read(file, 1, 0).status, STATUS_ACCESS_DENIED);
	EXPECT_EQ(test, size_of(file), 6);
	ZwClose(file);
}

void information(struct kunit *test)
{
	HANDLE file = own_file(test);
	FILE_BASIC_INFORMATION basic = {};
	FILE_STANDARD_INFORMATION standard = {};
	FILE_NETWORK_OPEN_INFORMATION network = {};
	FILE_INTERNAL_INFORMATION internal = {};
	FILE_POSITION_INFORMATION position = {};
	IO_STATUS_BLOCK io = {};
	LARGE_INTEGER now;

	KeQuerySystemTime(&now);
	EXPECT_STATUS(test, write(file, "12345"), STATUS_SUCCESS);
	EXPECT_STATUS(
		test,
		ZwQueryInformationFile(file, &io, &basic, sizeof(basic), FileBasicInformation),
		STATUS_SUCCESS);
	EXPECT_EQ(test, io.Information, sizeof(basic));
	EXPECT_EQ(test, basic.FileAttributes, static_cast<ULONG>(FILE_ATTRIBUTE_NORMAL));
	EXPECT_GT(test, basic.LastWriteTime.QuadPart, now.QuadPart - 600000000);
	EXPECT_LT(test, basic.LastWriteTime.QuadPart, now.QuadPart + 600000000);
	EXPECT_STATUS(test,
		      ZwQueryInformationFile(file, &io, &standard, sizeof(standard),
					     FileStandardInformation),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, standard.EndOfFile.QuadPart, 5);
	EXPECT_EQ(test, standard.NumberOfLinks, 1u);
	EXPECT_FALSE(test, standard.Directory);
	EXPECT_FALSE(test, standard.DeletePending);
	EXPECT_STATUS(test,
		      ZwQueryInformationFile(file, &io, &network, sizeof(network),
					     FileNetworkOpenInformation),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, network.EndOfFile.QuadPart, 5);
	EXPECT_STATUS(test,
		      ZwQueryInformationFile(file, &io, &internal, sizeof(internal),
					     FileInternalInformation),
		      STATUS_SUCCESS);
	EXPECT_NE(test, internal.IndexNumber.QuadPart, 0);
	EXPECT_STATUS(test,
		      ZwQueryInformationFile(file, &io, &position, sizeof(position),
					     FilePositionInformation),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, position.CurrentByteOffset.QuadPart, 5);

	EXPECT_STATUS(
		test,
		ZwQueryInformationFile(file, &io, &basic, sizeof(basic) - 1, FileBasicInformation),
		STATUS_INFO_LENGTH_MISMATCH);
	EXPECT_STATUS(test, ZwQueryInformationFile(file, &io, &basic, 4, FileNameInformation),
		      STATUS_INVALID_INFO_CLASS);
	EXPECT_STATUS(test, ZwQueryInformationFile(file, &io, nullptr, 4, FileBasicInformation),
		      STATUS_INVALID_PARAMETER);
}

void changes(struct kunit *test)
{
	HANDLE file = own_file(test);
	FILE_POSITION_INFORMATION position = {};
	FILE_END_OF_FILE_INFORMATION end = {};
	IO_STATUS_BLOCK io = {};

	EXPECT_STATUS(test, write(file, "0123456789"), STATUS_SUCCESS);
	position.CurrentByteOffset.QuadPart = 4;
	EXPECT_STATUS(test, ZwSetInformationFile(file, &io, &position, 8, FilePositionInformation),
		      STATUS_SUCCESS);
	EXPECT_READ(test, Read(file, 3), "456");
	end.EndOfFile.QuadPart = 6;
	EXPECT_STATUS(test, ZwSetInformationFile(file, &io, &end, 8, FileEndOfFileInformation),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, size_of(file), 6);
	/* Space set aside changes nothing; less than there is cuts. */
	end.EndOfFile.QuadPart = 100;
	EXPECT_STATUS(test, ZwSetInformationFile(file, &io, &end, 8, FileAllocationInformation),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, size_of(file), 6);
	end.EndOfFile.QuadPart = 2;
	EXPECT_STATUS(test, ZwSetInformationFile(file, &io, &end, 8, FileAllocationInformation),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, size_of(file), 2);

	end.EndOfFile.QuadPart = -1;
	EXPECT_STATUS(test, ZwSetInformationFile(file, &io, &end, 8, FileEndOfFileInformation),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ZwSetInformationFile(file, &io, &end, 8, FilePositionInformation),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ZwSetInformationFile(file, &io, &end, 7, FileEndOfFileInformation),
		      STATUS_INFO_LENGTH_MISMATCH);
	EXPECT_STATUS(test, ZwSetInformationFile(file, &io, &end, 8, FileRenameInformation),
		      STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, ZwSetInformationFile(file, &io, &end, 8, FileEaInformation),
		      STATUS_INVALID_INFO_CLASS);
}

void deletion(struct kunit *test)
{
	HANDLE file = nullptr, other;
	FILE_DISPOSITION_INFORMATION disposition = {TRUE};
	IO_STATUS_BLOCK io;
	Name name(FILE_NAME), root(L"\\??\\C:\\");

	bridge_defer(test, delete_file, nullptr);
	ASSERT_STATUS(test, create(FILE_NAME, &file, FILE_CREATE), STATUS_SUCCESS);
	EXPECT_STATUS(test,
		      ZwSetInformationFile(file, &io, &disposition, 1, FileDispositionInformation),
		      STATUS_SUCCESS);
	/* Not before it is closed. */
	ASSERT_STATUS(test, create(FILE_NAME, &other, FILE_OPEN), STATUS_SUCCESS);
	ZwClose(other);
	ZwClose(file);
	EXPECT_STATUS(test, create(FILE_NAME, &file, FILE_OPEN), STATUS_OBJECT_NAME_NOT_FOUND);

	ASSERT_STATUS(
		test,
		create(FILE_NAME, &file, FILE_CREATE, nullptr, all, plain | FILE_DELETE_ON_CLOSE),
		STATUS_SUCCESS);
	ZwClose(file);
	EXPECT_STATUS(test, ZwDeleteFile(&name.attributes), STATUS_OBJECT_NAME_NOT_FOUND);
	EXPECT_STATUS(test, ZwDeleteFile(&root.attributes), STATUS_FILE_IS_A_DIRECTORY);
}

void events_are_set(struct kunit *test)
{
	HANDLE file = own_file(test), event = nullptr, without_position = nullptr;
	IO_STATUS_BLOCK io = {};
	LARGE_INTEGER at = {}, no_time = {};
	char text[4] = "abc";

	ASSERT_STATUS(test,
		      ZwCreateEvent(&event, EVENT_ALL_ACCESS, nullptr, NotificationEvent, TRUE),
		      STATUS_SUCCESS);
	bridge_defer(test, close, event);
	ASSERT_STATUS(test,
		      create(FILE_NAME, &without_position, FILE_OPEN, nullptr, all,
			     FILE_NON_DIRECTORY_FILE),
		      STATUS_SUCCESS);
	bridge_defer(test, close, without_position);
	EXPECT_STATUS(test, ZwClearEvent(event), STATUS_SUCCESS);
	EXPECT_STATUS(
		test,
		ZwWriteFile(without_position, event, nullptr, nullptr, &io, text, 3, &at, nullptr),
		STATUS_SUCCESS);
	EXPECT_STATUS(test, ZwWaitForSingleObject(event, FALSE, &no_time), STATUS_SUCCESS);
	EXPECT_EQ(test, io.Information, 3u);
	/* A failure ends a request as well. */
	at.QuadPart = 3;
	EXPECT_STATUS(
		test,
		ZwReadFile(without_position, event, nullptr, nullptr, &io, text, 3, &at, nullptr),
		STATUS_END_OF_FILE);
	EXPECT_STATUS(test, ZwWaitForSingleObject(event, FALSE, &no_time), STATUS_SUCCESS);
	EXPECT_STATUS(test, io.Status, STATUS_END_OF_FILE);

	const struct {
		HANDLE file, event;
		PIO_STATUS_BLOCK io;
		PVOID buffer;
		LONGLONG at;
		NTSTATUS wanted;
	} table[] = {
		{without_position, nullptr, &io, text, -2, STATUS_INVALID_PARAMETER},
		{file, nullptr, &io, text, -3, STATUS_INVALID_PARAMETER},
		{file, nullptr, nullptr, text, 0, STATUS_INVALID_PARAMETER},
		{file, nullptr, &io, nullptr, 0, STATUS_INVALID_PARAMETER},
		{file, file, &io, text, 0, STATUS_OBJECT_TYPE_MISMATCH},
		{file, &io, &io, text, 0, STATUS_INVALID_HANDLE},
		{event, nullptr, &io, text, 0, STATUS_OBJECT_TYPE_MISMATCH},
		{nullptr, nullptr, &io, text, 0, STATUS_INVALID_HANDLE},
	};
	for (const auto &row : table) {
		at.QuadPart = row.at;
		EXPECT_STATUS(test,
			      ZwReadFile(row.file, row.event, nullptr, nullptr, row.io, row.buffer,
					 3, &at, nullptr),
			      row.wanted);
		EXPECT_STATUS(test,
			      ZwWriteFile(row.file, row.event, nullptr, nullptr, row.io, row.buffer,
					  3, &at, nullptr),
			      row.wanted);
	}
	EXPECT_STATUS(test,
		      ZwReadFile(
			      file, nullptr, [](PVOID, PIO_STATUS_BLOCK, ULONG) {}, nullptr, &io,
			      text, 3, &at, nullptr),
		      STATUS_NOT_SUPPORTED);
}

VOID end_at_once(PVOID)
{
	PsTerminateSystemThread(STATUS_SUCCESS);
}

void events(struct kunit *test)
{
	HANDLE event = nullptr, thread, none = nullptr;
	LARGE_INTEGER no_time = {};
	PKEVENT object;
	Name name(L"\\BaseNamedObjects\\x");
	LONG before = 5;

	ASSERT_STATUS(test,
		      ZwCreateEvent(&event, EVENT_ALL_ACCESS, nullptr, SynchronizationEvent, FALSE),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, ZwWaitForSingleObject(event, FALSE, &no_time), STATUS_TIMEOUT);
	EXPECT_STATUS(test, ZwSetEvent(event, &before), STATUS_SUCCESS);
	EXPECT_EQ(test, before, 0);
	EXPECT_STATUS(test, ZwWaitForSingleObject(event, FALSE, nullptr), STATUS_SUCCESS);
	EXPECT_STATUS(test, ZwWaitForSingleObject(event, FALSE, &no_time), STATUS_TIMEOUT);
	ASSERT_STATUS(test,
		      ObReferenceObjectByHandle(event, EVENT_MODIFY_STATE, *ExEventObjectType,
						KernelMode, reinterpret_cast<PVOID *>(&object),
						nullptr),
		      STATUS_SUCCESS);
	KeSetEvent(object, IO_NO_INCREMENT, FALSE);
	ObDereferenceObject(object);
	EXPECT_STATUS(test, ZwResetEvent(event, &before), STATUS_SUCCESS);
	EXPECT_NE(test, before, 0);
	EXPECT_STATUS(test, ZwClose(event), STATUS_SUCCESS);

	ASSERT_STATUS(test,
		      PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, nullptr, nullptr, nullptr,
					   end_at_once, nullptr),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, ZwSetEvent(thread, nullptr), STATUS_OBJECT_TYPE_MISMATCH);
	EXPECT_STATUS(test, ZwWaitForSingleObject(thread, FALSE, nullptr), STATUS_SUCCESS);
	ZwClose(thread);

	EXPECT_STATUS(test, ZwWaitForSingleObject(nullptr, FALSE, &no_time), STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, ZwSetEvent(nullptr, nullptr), STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, ZwClearEvent(nullptr), STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, ZwResetEvent(nullptr, nullptr), STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, ZwCreateEvent(&none, 0, &name.attributes, NotificationEvent, FALSE),
		      STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, ZwCreateEvent(nullptr, 0, nullptr, NotificationEvent, FALSE),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ZwCreateEvent(&none, 0, nullptr, static_cast<EVENT_TYPE>(7), FALSE),
		      STATUS_INVALID_PARAMETER);
	port_alloc_fail(1);
	EXPECT_STATUS(test, ZwCreateEvent(&none, 0, nullptr, NotificationEvent, FALSE),
		      STATUS_INSUFFICIENT_RESOURCES);
	port_alloc_fail(0);
}

void end_in_softirq(void *object)
{
	ObDereferenceObject(object);
}

void ends_anywhere(struct kunit *test)
{
	HANDLE file;
	PVOID object;

	bridge_defer(test, delete_file, nullptr);
	ASSERT_STATUS(test, create(FILE_NAME, &file, FILE_CREATE), STATUS_SUCCESS);
	ASSERT_STATUS(test,
		      ObReferenceObjectByHandle(file, 0, nullptr, KernelMode, &object, nullptr),
		      STATUS_SUCCESS);
	ZwClose(file);
	EXPECT_RULES(test, 0, bridge_run_in_softirq(end_in_softirq, object));
}

void no_memory(struct kunit *test)
{
	HANDLE file = nullptr;

	own_file(test);
	/* The path, and the object. */
	for (unsigned int nth = 1; nth <= 2; nth++) {
		port_alloc_fail(nth);
		EXPECT_STATUS(test, create(FILE_NAME, &file, FILE_OPEN),
			      STATUS_INSUFFICIENT_RESOURCES);
	}
	port_alloc_fail(0);
	EXPECT_NULL(test, file);
}

void no_sections(struct kunit *test)
{
	Name name(L"\\Device\\PhysicalMemory");
	HANDLE section = nullptr;
	PVOID base = nullptr;
	SIZE_T size = 0;

	EXPECT_STATUS(test, ZwOpenSection(&section, SECTION_MAP_READ, &name.attributes),
		      STATUS_OBJECT_NAME_NOT_FOUND);
	EXPECT_STATUS(test,
		      ZwMapViewOfSection(section, NtCurrentProcess(), &base, 0, 0, nullptr, &size,
					 ViewUnmap, 0, PAGE_READONLY),
		      STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, ZwUnmapViewOfSection(NtCurrentProcess(), base), STATUS_NOT_MAPPED_VIEW);
	EXPECT_NULL(test, section);
	EXPECT_NULL(test, base);
}

constexpr bridge_case cases[] = {
	{"a file is written and read, at offsets and at its position", write_and_read},
	{"files are made, opened and overwritten as was asked", dispositions},
	{"names lead to Linux' files, and bad ones nowhere", names},
	{"options that contradict each other, or the file, are refused", options},
	{"a handle does what it was opened for", rights},
	{"a file tells about itself", information},
	{"a file is cut and extended, and its position moved", changes},
	{"files are deleted when they are closed, or by name", deletion},
	{"reading and writing set events, and refuse what is none", events_are_set},
	{"events are made, set, cleared and waited for by handle", events},
	{"a file may end in a softirq", ends_anywhere},
	{"there are no sections", no_sections},
	{"without memory no file is opened", no_memory},
};

} // namespace

BRIDGE_SUITE(zw_file, cases)
