// SPDX-License-Identifier: MIT OR GPL-2.0
/* Windows' names of files, and what goes wrong with files. */
#include "nt/zw_file.h"

#include "nt/nt_unicode.h"
#include "port/error.h"
#include "port/memory.h"

namespace wsk
{

namespace
{

constexpr size_t max_path = 4096;

struct {
	int error;
	NTSTATUS status;
} constexpr statuses[] = {
	{PORT_ENOENT, STATUS_OBJECT_NAME_NOT_FOUND},
	{PORT_ENOTDIR, STATUS_OBJECT_PATH_NOT_FOUND},
	{PORT_EEXIST, STATUS_OBJECT_NAME_COLLISION},
	{PORT_EACCES, STATUS_ACCESS_DENIED},
	{PORT_EPERM, STATUS_ACCESS_DENIED},
	{PORT_EISDIR, STATUS_FILE_IS_A_DIRECTORY},
	{PORT_ENOTEMPTY, STATUS_DIRECTORY_NOT_EMPTY},
	{PORT_EROFS, STATUS_MEDIA_WRITE_PROTECTED},
	{PORT_ENOSPC, STATUS_DISK_FULL},
	{PORT_EDQUOT, STATUS_DISK_FULL},
	{PORT_EFBIG, STATUS_FILE_TOO_LARGE},
	{PORT_ENAMETOOLONG, STATUS_NAME_TOO_LONG},
	{PORT_ELOOP, STATUS_NAME_TOO_LONG},
	{PORT_ETXTBSY, STATUS_SHARING_VIOLATION},
	{PORT_EBUSY, STATUS_SHARING_VIOLATION},
	{PORT_EMFILE, STATUS_TOO_MANY_OPENED_FILES},
	{PORT_ENFILE, STATUS_TOO_MANY_OPENED_FILES},
	{PORT_ENOMEM, STATUS_INSUFFICIENT_RESOURCES},
	{PORT_EINVAL, STATUS_INVALID_PARAMETER},
	{PORT_EFAULT, STATUS_ACCESS_VIOLATION},
	{PORT_ENXIO, STATUS_NO_SUCH_DEVICE},
	{PORT_ENODEV, STATUS_NO_SUCH_DEVICE},
	{PORT_EIO, STATUS_UNEXPECTED_IO_ERROR},
};

/* Takes a prefix off a name, whatever its case. */
bool take_prefix(UNICODE_STRING *name, const WCHAR *prefix)
{
	UNICODE_STRING wanted;

	RtlInitUnicodeString(&wanted, prefix);
	if (!RtlPrefixUnicodeString(&wanted, name, TRUE))
		return false;
	name->Buffer += wanted.Length / sizeof(WCHAR);
	name->Length -= wanted.Length;
	return true;
}

/* The folder that a name begins in; what is left of the name begins with a backslash. */
NTSTATUS find_root(UNICODE_STRING *name, const char **root)
{
	if (take_prefix(name, L"\\SystemRoot")) {
		*root = port_file_system_root();
	} else if (take_prefix(name, L"\\??") || take_prefix(name, L"\\DosDevices") ||
		   take_prefix(name, L"\\GLOBAL??")) {
		if (name->Length < 3 * sizeof(WCHAR) || name->Buffer[0] != '\\' ||
		    name->Buffer[2] != ':')
			return STATUS_OBJECT_PATH_NOT_FOUND;
		*root = port_file_drive(
			static_cast<char>(name->Buffer[1] < 0x80 ? name->Buffer[1] : 0));
		name->Buffer += 3;
		name->Length -= 3 * sizeof(WCHAR);
	} else {
		return STATUS_OBJECT_PATH_NOT_FOUND;
	}
	if (!*root)
		return STATUS_OBJECT_PATH_NOT_FOUND;
	return name->Length && name->Buffer[0] == '\\' ? STATUS_SUCCESS
						       : STATUS_OBJECT_NAME_INVALID;
}

bool is_forbidden(WCHAR unit)
{
	return static_cast<uint16_t>(unit) < 0x20 || unit == '/' || unit == ':' || unit == '*' ||
	       unit == '?' || unit == '"' || unit == '<' || unit == '>' || unit == '|';
}

/* One name between backslashes: not empty, and no step to somewhere else. */
bool is_component(const WCHAR *text, size_t units)
{
	if (!units || (units == 1 && text[0] == '.') ||
	    (units == 2 && text[0] == '.' && text[1] == '.'))
		return false;
	for (size_t i = 0; i < units; i++)
		if (is_forbidden(text[i]))
			return false;
	return true;
}

/* \a\b: whether each name is one. A last backslash stands for nothing. */
bool check_names(UNICODE_STRING *name)
{
	size_t units = name->Length / sizeof(WCHAR);

	if (units > 1 && name->Buffer[units - 1] == '\\') {
		name->Length -= sizeof(WCHAR);
		units--;
	}
	if (units == 1)
		return true;
	for (size_t start = 1; start <= units;) {
		size_t end = start;

		while (end < units && name->Buffer[end] != '\\')
			end++;
		if (!is_component(name->Buffer + start, end - start))
			return false;
		start = end + 1;
	}
	return true;
}

} // namespace

NTSTATUS file_status(int64_t error)
{
	if (error >= 0)
		return STATUS_SUCCESS;
	for (const auto &row : statuses)
		if (row.error == -error)
			return row.status;
	return STATUS_UNSUCCESSFUL;
}

NTSTATUS file_path(const OBJECT_ATTRIBUTES *attributes, char **path)
{
	const char *root = nullptr;
	UNICODE_STRING name;

	if (!attributes || attributes->Length != sizeof(OBJECT_ATTRIBUTES) ||
	    !attributes->ObjectName)
		return STATUS_INVALID_PARAMETER;
	if (attributes->RootDirectory)
		return STATUS_NOT_SUPPORTED;
	name = *attributes->ObjectName;
	if (name.Length % sizeof(WCHAR))
		return STATUS_OBJECT_NAME_INVALID;

	NTSTATUS status = find_root(&name, &root);

	if (!NT_SUCCESS(status))
		return status;
	if (!check_names(&name))
		return STATUS_OBJECT_NAME_INVALID;

	auto *text = static_cast<char *>(port_alloc(max_path, false));
	size_t at = strlen(root);

	if (!text)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (at < max_path)
		__builtin_memcpy(text, root, at);

	Conversion result = {};

	if (at < max_path - 1)
		result = convert(text + at, max_path - 1 - at, name.Buffer,
				 name.Length / sizeof(WCHAR));
	if (!result.stored || result.stored < result.needed || result.malformed) {
		port_free(text);
		return result.malformed ? STATUS_OBJECT_NAME_INVALID : STATUS_NAME_TOO_LONG;
	}
	text[at + result.stored] = 0;
	for (char *unit = text + at; *unit; unit++)
		if (*unit == '\\')
			*unit = '/';
	*path = text;
	return STATUS_SUCCESS;
}

} // namespace wsk
