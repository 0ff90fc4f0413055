// SPDX-License-Identifier: MIT OR GPL-2.0
/* The registry by paths and tables: what RtlQueryRegistryValues() and its like make of keys. */
#include <ntddk.h>

#include "nt/irql.h"
#include "nt/pool.h"
#include "port/memory.h"

namespace wsk
{

namespace
{

constexpr ULONG string_tag = 'vqxR';

const WCHAR *const bases[RTL_REGISTRY_MAXIMUM] = {
	L"",
	L"\\Registry\\Machine\\System\\CurrentControlSet\\Services",
	L"\\Registry\\Machine\\System\\CurrentControlSet\\Control",
	L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion",
	L"\\Registry\\Machine\\Hardware\\DeviceMap",
	L"\\Registry\\User\\.Default",
};

/* A key opened by what RelativeTo and Path say, and closed again unless it was a handle. */
class RelativeKey
{
public:
	RelativeKey(ULONG relative, PCWSTR path, ACCESS_MASK access, bool create);
	~RelativeKey()
	{
		if (ours && handle)
			ZwClose(handle);
	}
	RelativeKey(const RelativeKey &) = delete;
	RelativeKey &operator=(const RelativeKey &) = delete;

	HANDLE handle = nullptr;
	NTSTATUS status;

private:
	NTSTATUS open(PCWSTR base, PCWSTR path, ACCESS_MASK access, bool create);

	bool ours = true;
};

NTSTATUS open_one(HANDLE root, PUNICODE_STRING name, ACCESS_MASK access, bool create,
		  PHANDLE handle)
{
	OBJECT_ATTRIBUTES attributes;

	InitializeObjectAttributes(&attributes, name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
				   root, nullptr);
	if (create)
		return ZwCreateKey(handle, access, &attributes, 0, nullptr, 0, nullptr);
	return ZwOpenKey(handle, access, &attributes);
}

NTSTATUS RelativeKey::open(PCWSTR base, PCWSTR path, ACCESS_MASK access, bool create)
{
	UNICODE_STRING name;
	HANDLE root = nullptr;

	if (*base) {
		RtlInitUnicodeString(&name, base);
		NTSTATUS found = open_one(nullptr, &name, KEY_ALL_ACCESS, false, &root);
		if (!NT_SUCCESS(found))
			return found;
		while (path && *path == '\\')
			path++;
	}
	NTSTATUS opened = RtlInitUnicodeStringEx(&name, path);
	if (NT_SUCCESS(opened))
		opened = open_one(root, &name, access, create, &handle);
	if (root)
		ZwClose(root);
	return opened;
}

RelativeKey::RelativeKey(ULONG relative, PCWSTR path, ACCESS_MASK access, bool create)
{
	ULONG base = relative & ~(RTL_REGISTRY_HANDLE | RTL_REGISTRY_OPTIONAL);

	if (relative & RTL_REGISTRY_HANDLE) {
		handle = const_cast<PWSTR>(path);
		ours = false;
		status = STATUS_SUCCESS;
	} else if (base >= RTL_REGISTRY_MAXIMUM || (!base && !path)) {
		status = STATUS_INVALID_PARAMETER;
	} else {
		status = open(bases[base], path, access, create);
	}
}

/* A value, whole, in memory of ours. */
class ValueCopy
{
public:
	ValueCopy() = default;
	~ValueCopy() { port_free(full); }
	ValueCopy(const ValueCopy &) = delete;
	ValueCopy &operator=(const ValueCopy &) = delete;

	NTSTATUS read(HANDLE key, PCWSTR name);
	NTSTATUS read(HANDLE key, ULONG index);

	PKEY_VALUE_FULL_INFORMATION full = nullptr;

private:
	template <typename Query>
	NTSTATUS read(Query query);
};

/* With room for the two NULs that a list of strings ends in, even where the data lacks them. */
template <typename Query>
NTSTATUS ValueCopy::read(Query query)
{
	ULONG room = sizeof(*full), bytes;
	NTSTATUS status;

	port_free(full);
	full = nullptr;
	for (;;) {
		full = static_cast<PKEY_VALUE_FULL_INFORMATION>(
			port_alloc(room + 2 * sizeof(WCHAR), true));
		if (!full)
			return STATUS_INSUFFICIENT_RESOURCES;
		status = query(full, room, &bytes);
		if (status != STATUS_BUFFER_OVERFLOW && status != STATUS_BUFFER_TOO_SMALL)
			return status;
		port_free(full);
		room = bytes;
	}
}

NTSTATUS ValueCopy::read(HANDLE key, PCWSTR name)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, name);
	return read([&](PVOID buffer, ULONG room, PULONG bytes) {
		return ZwQueryValueKey(key, &string, KeyValueFullInformation, buffer, room, bytes);
	});
}

NTSTATUS ValueCopy::read(HANDLE key, ULONG index)
{
	return read([&](PVOID buffer, ULONG room, PULONG bytes) {
		return ZwEnumerateValueKey(key, index, KeyValueFullInformation, buffer, room,
					   bytes);
	});
}

/* A value as it is handed to a driver: its own, or the table's default. */
struct Found {
	PWSTR name;
	ULONG type;
	UCHAR *data;
	ULONG bytes;
};

bool is_text(ULONG type)
{
	return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ;
}

/* Into a UNICODE_STRING, whose buffer may be there or wanted. */
NTSTATUS give_text(const Found &value, PUNICODE_STRING target, const void *caller)
{
	ULONG bytes = value.bytes & ~1u;

	if (bytes > 0xfffe)
		return STATUS_BUFFER_TOO_SMALL;
	if (!target->Buffer) {
		target->Buffer = static_cast<PWCH>(pool_allocate(bytes ? bytes : sizeof(WCHAR),
								 string_tag, POOL_ZEROED, caller));
		if (!target->Buffer)
			return STATUS_NO_MEMORY;
		target->MaximumLength = static_cast<USHORT>(bytes);
	} else if (target->MaximumLength < bytes) {
		return STATUS_BUFFER_TOO_SMALL;
	}
	__builtin_memcpy(target->Buffer, value.data, bytes);
	target->Length = static_cast<USHORT>(bytes);
	if (bytes && value.type != REG_MULTI_SZ && !target->Buffer[bytes / sizeof(WCHAR) - 1])
		target->Length -= sizeof(WCHAR);
	return STATUS_SUCCESS;
}

/*
 * Up to four bytes are stored as they are. For more, the first LONG at the target says what is
 * there: negated, the size of room for the data alone; else that of room for size, type and data.
 */
NTSTATUS give_data(const Found &value, PVOID target)
{
	LONG size = *static_cast<PLONG>(target);
	ULONG *words = static_cast<PULONG>(target);

	if (value.bytes <= sizeof(ULONG)) {
		__builtin_memcpy(target, value.data, value.bytes);
		return STATUS_SUCCESS;
	}
	if (size < 0) {
		if (static_cast<ULONG>(-static_cast<LONGLONG>(size)) < value.bytes)
			return STATUS_BUFFER_TOO_SMALL;
		__builtin_memcpy(target, value.data, value.bytes);
		return STATUS_SUCCESS;
	}
	if (static_cast<ULONG>(size) < value.bytes + 2 * sizeof(ULONG))
		return STATUS_BUFFER_TOO_SMALL;
	words[0] = value.bytes;
	words[1] = value.type;
	__builtin_memcpy(words + 2, value.data, value.bytes);
	return STATUS_SUCCESS;
}

NTSTATUS give_direct(const Found &value, const RTL_QUERY_REGISTRY_TABLE &entry, const void *caller)
{
	ULONG wanted = (entry.DefaultType & RTL_QUERY_REGISTRY_TYPECHECK_MASK) >>
		       RTL_QUERY_REGISTRY_TYPECHECK_SHIFT;

	if ((entry.Flags & RTL_QUERY_REGISTRY_TYPECHECK) && wanted != value.type)
		return STATUS_OBJECT_TYPE_MISMATCH;
	if (is_text(value.type))
		return give_text(value, static_cast<PUNICODE_STRING>(entry.EntryContext), caller);
	return give_data(value, entry.EntryContext);
}

/* Calls the driver; for a list of strings once for each, unless it wants the list as it is. */
NTSTATUS give_call(const Found &value, const RTL_QUERY_REGISTRY_TABLE &entry, PVOID context)
{
	bool as_it_is = entry.Flags & RTL_QUERY_REGISTRY_NOEXPAND;
	ULONG type = value.type == REG_EXPAND_SZ && !as_it_is ? REG_SZ : value.type;

	if (type != REG_MULTI_SZ || as_it_is)
		return entry.QueryRoutine(value.name, type, value.data, value.bytes, context,
					  entry.EntryContext);

	auto *text = reinterpret_cast<PWSTR>(value.data);
	auto *end = text + value.bytes / sizeof(WCHAR);

	while (text < end && *text) {
		size_t units = wcsnlen(text, static_cast<size_t>(end - text));
		NTSTATUS status = entry.QueryRoutine(
			value.name, REG_SZ, text, static_cast<ULONG>((units + 1) * sizeof(WCHAR)),
			context, entry.EntryContext);

		if (!NT_SUCCESS(status))
			return status;
		text += units + 1;
	}
	return STATUS_SUCCESS;
}

/* One call of RtlQueryRegistryValues(). */
class Query
{
public:
	Query(HANDLE top_key, PVOID driver_context, const void *return_address)
		: top(top_key), key(top_key), context(driver_context), caller(return_address)
	{
	}
	~Query() { leave(); }
	Query(const Query &) = delete;
	Query &operator=(const Query &) = delete;

	NTSTATUS run(PRTL_QUERY_REGISTRY_TABLE table);

private:
	NTSTATUS one(const RTL_QUERY_REGISTRY_TABLE &entry);
	NTSTATUS enter(const RTL_QUERY_REGISTRY_TABLE &entry);
	NTSTATUS by_name(const RTL_QUERY_REGISTRY_TABLE &entry);
	NTSTATUS all(const RTL_QUERY_REGISTRY_TABLE &entry);
	NTSTATUS give_default(const RTL_QUERY_REGISTRY_TABLE &entry);
	NTSTATUS give(const Found &value, const RTL_QUERY_REGISTRY_TABLE &entry)
	{
		if (entry.Flags & RTL_QUERY_REGISTRY_DIRECT)
			return give_direct(value, entry, caller);
		return give_call(value, entry, context);
	}
	void leave()
	{
		if (key != top && key)
			ZwClose(key);
		key = top;
	}

	HANDLE top, key; /* null: a key below that is not there, and need not be */
	PVOID context;
	const void *caller;
};

NTSTATUS Query::enter(const RTL_QUERY_REGISTRY_TABLE &entry)
{
	UNICODE_STRING name;
	NTSTATUS status;

	leave();
	key = nullptr;
	RtlInitUnicodeString(&name, entry.Name);
	status = open_one(top, &name, KEY_READ | KEY_SET_VALUE, false, &key);
	if (NT_SUCCESS(status))
		return status;
	key = nullptr;
	if (status == STATUS_OBJECT_NAME_NOT_FOUND && !(entry.Flags & RTL_QUERY_REGISTRY_REQUIRED))
		return STATUS_SUCCESS;
	return status;
}

NTSTATUS Query::all(const RTL_QUERY_REGISTRY_TABLE &entry)
{
	ULONG index = 0;

	for (;;) {
		ValueCopy value;
		NTSTATUS status = value.read(key, index);

		if (status == STATUS_NO_MORE_ENTRIES)
			break;
		if (!NT_SUCCESS(status))
			return status;

		/* The name ends in no NUL: its copy does. */
		ULONG units = value.full->NameLength / sizeof(WCHAR);
		auto *name = static_cast<PWSTR>(port_alloc((units + 1) * sizeof(WCHAR), true));

		if (!name)
			return STATUS_INSUFFICIENT_RESOURCES;
		__builtin_memcpy(name, value.full->Name, value.full->NameLength);
		status = give_call({name, value.full->Type,
				    reinterpret_cast<UCHAR *>(value.full) + value.full->DataOffset,
				    value.full->DataLength},
				   entry, context);
		if (NT_SUCCESS(status) && (entry.Flags & RTL_QUERY_REGISTRY_DELETE)) {
			UNICODE_STRING string;

			RtlInitUnicodeString(&string, name);
			ZwDeleteValueKey(key, &string);
		} else {
			index++;
		}
		port_free(name);
		if (!NT_SUCCESS(status))
			return status;
	}
	return !index && (entry.Flags & RTL_QUERY_REGISTRY_REQUIRED) ? STATUS_OBJECT_NAME_NOT_FOUND
								     : STATUS_SUCCESS;
}

NTSTATUS Query::give_default(const RTL_QUERY_REGISTRY_TABLE &entry)
{
	ULONG type = entry.DefaultType & ~RTL_QUERY_REGISTRY_TYPECHECK_MASK;
	ULONG bytes = entry.DefaultLength;
	auto *text = static_cast<PCWSTR>(entry.DefaultData);

	if (entry.Flags & RTL_QUERY_REGISTRY_REQUIRED)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (type == REG_NONE || !entry.DefaultData)
		return STATUS_SUCCESS;
	/* The length of text may be left out. */
	if (!bytes && type == REG_MULTI_SZ) {
		size_t units = 0;

		while (text[units])
			units += wcslen(text + units) + 1;
		bytes = static_cast<ULONG>((units + 1) * sizeof(WCHAR));
	} else if (!bytes && is_text(type)) {
		bytes = static_cast<ULONG>((wcslen(text) + 1) * sizeof(WCHAR));
	}

	RTL_QUERY_REGISTRY_TABLE unchecked = entry;

	unchecked.Flags &= ~RTL_QUERY_REGISTRY_TYPECHECK;
	return give({entry.Name, type, static_cast<UCHAR *>(entry.DefaultData), bytes}, unchecked);
}

NTSTATUS Query::by_name(const RTL_QUERY_REGISTRY_TABLE &entry)
{
	ValueCopy value;
	NTSTATUS status = key ? value.read(key, entry.Name) : STATUS_OBJECT_NAME_NOT_FOUND;

	if (status == STATUS_OBJECT_NAME_NOT_FOUND)
		return give_default(entry);
	if (!NT_SUCCESS(status))
		return status;
	status = give({entry.Name, value.full->Type,
		       reinterpret_cast<UCHAR *>(value.full) + value.full->DataOffset,
		       value.full->DataLength},
		      entry);
	if (NT_SUCCESS(status) && (entry.Flags & RTL_QUERY_REGISTRY_DELETE)) {
		UNICODE_STRING string;

		RtlInitUnicodeString(&string, entry.Name);
		ZwDeleteValueKey(key, &string);
	}
	return status;
}

NTSTATUS Query::one(const RTL_QUERY_REGISTRY_TABLE &entry)
{
	bool direct = entry.Flags & RTL_QUERY_REGISTRY_DIRECT;
	bool subkey = entry.Flags & RTL_QUERY_REGISTRY_SUBKEY;

	if (direct && (!entry.Name || subkey || entry.QueryRoutine || !entry.EntryContext))
		return STATUS_INVALID_PARAMETER;
	if (entry.Flags & (RTL_QUERY_REGISTRY_TOPKEY | RTL_QUERY_REGISTRY_SUBKEY))
		leave();
	if (subkey) {
		if (!entry.Name)
			return STATUS_INVALID_PARAMETER;
		NTSTATUS status = enter(entry);
		if (!NT_SUCCESS(status) || !key || !entry.QueryRoutine)
			return status;
		return all(entry);
	}
	if (entry.Flags & RTL_QUERY_REGISTRY_NOVALUE)
		return entry.QueryRoutine(nullptr, REG_NONE, nullptr, 0, context,
					  entry.EntryContext);
	if (entry.Name)
		return by_name(entry);
	return key ? all(entry) : STATUS_SUCCESS;
}

NTSTATUS Query::run(PRTL_QUERY_REGISTRY_TABLE table)
{
	for (; table->QueryRoutine ||
	       (table->Flags & (RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_DIRECT));
	     table++) {
		NTSTATUS status = one(*table);

		if (!NT_SUCCESS(status))
			return status;
	}
	return STATUS_SUCCESS;
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * RtlQueryRegistryValues() - Values of a key, and of keys below it, as a table wants them.
 * @RelativeTo: An RTL_REGISTRY_ base, or RTL_REGISTRY_HANDLE; with RTL_REGISTRY_OPTIONAL the key
 *	need not be there.
 * @Path: The path from there, or the handle.
 * @QueryTable: Ends in an entry without a routine and flags.
 * @Context: Handed to the routines.
 * @Environment: Ignored: a text with %VARIABLES% is handed over as it is.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND for what is required;
 *	STATUS_OBJECT_TYPE_MISMATCH with RTL_QUERY_REGISTRY_TYPECHECK; STATUS_BUFFER_TOO_SMALL;
 *	STATUS_INVALID_PARAMETER; STATUS_NO_MEMORY; STATUS_INSUFFICIENT_RESOURCES; what a routine
 *	returns, if it is no success.
 * Source: wdm.h, RtlQueryRegistryValues function
 */
extern "C" NTSTATUS RtlQueryRegistryValues(ULONG RelativeTo, PCWSTR Path,
					   PRTL_QUERY_REGISTRY_TABLE QueryTable, PVOID Context,
					   PVOID)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);

	RelativeKey key(RelativeTo, Path, KEY_READ | KEY_SET_VALUE, false);

	if (key.status == STATUS_OBJECT_NAME_NOT_FOUND && (RelativeTo & RTL_REGISTRY_OPTIONAL))
		return STATUS_SUCCESS;
	if (!NT_SUCCESS(key.status))
		return key.status;

	Query query(key.handle, Context, __builtin_return_address(0));

	return query.run(QueryTable);
}

/**
 * RtlWriteRegistryValue() - Set a value of a key, which is made where it is missing.
 * @RelativeTo: An RTL_REGISTRY_ base, or RTL_REGISTRY_HANDLE.
 * @Path: The path from there, or the handle. All but its last key must be there.
 * @ValueName: The value's name; NULL for the unnamed one.
 * @ValueType: A REG_ type.
 * @ValueData: The data.
 * @ValueLength: Its size in bytes.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: As ZwCreateKey() and ZwSetValueKey().
 * Source: wdm.h, RtlWriteRegistryValue function
 */
extern "C" NTSTATUS RtlWriteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName,
					  ULONG ValueType, PVOID ValueData, ULONG ValueLength)
{
	UNICODE_STRING name;

	NT_MAX_IRQL(PASSIVE_LEVEL);

	RelativeKey key(RelativeTo, Path, KEY_SET_VALUE, true);

	if (!NT_SUCCESS(key.status))
		return key.status;
	RtlInitUnicodeString(&name, ValueName);
	return ZwSetValueKey(key.handle, &name, 0, ValueType, ValueData, ValueLength);
}

/**
 * RtlDeleteRegistryValue() - Delete a value of a key.
 * @RelativeTo: An RTL_REGISTRY_ base, or RTL_REGISTRY_HANDLE.
 * @Path: The path from there, or the handle.
 * @ValueName: The value's name; NULL for the unnamed one.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: As ZwOpenKey() and ZwDeleteValueKey().
 * Source: wdm.h, RtlDeleteRegistryValue function
 */
extern "C" NTSTATUS RtlDeleteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName)
{
	UNICODE_STRING name;

	NT_MAX_IRQL(PASSIVE_LEVEL);

	RelativeKey key(RelativeTo, Path, KEY_SET_VALUE, false);

	if (!NT_SUCCESS(key.status))
		return key.status;
	RtlInitUnicodeString(&name, ValueName);
	return ZwDeleteValueKey(key.handle, &name);
}

/**
 * RtlCreateRegistryKey() - Make a key, if it is not there.
 * @RelativeTo: An RTL_REGISTRY_ base, or RTL_REGISTRY_HANDLE, which does nothing.
 * @Path: The path from there. All but its last key must be there.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: As ZwCreateKey().
 * Source: wdm.h, RtlCreateRegistryKey function
 */
extern "C" NTSTATUS RtlCreateRegistryKey(ULONG RelativeTo, PWSTR Path)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);

	RelativeKey key(RelativeTo, Path, KEY_READ, true);

	return key.status;
}

/**
 * RtlCheckRegistryKey() - Whether a key is there.
 * @RelativeTo: An RTL_REGISTRY_ base, or RTL_REGISTRY_HANDLE, which is taken to be.
 * @Path: The path from there.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS if it is; else as ZwOpenKey().
 * Source: wdm.h, RtlCheckRegistryKey function
 */
extern "C" NTSTATUS RtlCheckRegistryKey(ULONG RelativeTo, PWSTR Path)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);

	RelativeKey key(RelativeTo, Path, KEY_READ, false);

	return key.status;
}
