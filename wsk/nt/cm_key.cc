// SPDX-License-Identifier: MIT OR GPL-2.0
/* The registry's keys, through handles. */
#include "nt/cm_key.h"

#include "nt/driver_account.h"
#include "nt/irql.h"
#include "port/log.h"

namespace wsk
{

namespace
{

void drop_key(PVOID body)
{
	registry_put(static_cast<KeyObject *>(body)->key);
}

constinit _OBJECT_TYPE key_type = {"Key", drop_key};

ACCESS_MASK granted(ACCESS_MASK desired)
{
	ACCESS_MASK access = desired & KEY_ALL_ACCESS;

	if (desired & (GENERIC_READ | GENERIC_EXECUTE))
		access |= KEY_READ;
	if (desired & GENERIC_WRITE)
		access |= KEY_WRITE;
	if (desired & (GENERIC_ALL | MAXIMUM_ALLOWED))
		access |= KEY_ALL_ACCESS;
	return access;
}

/* The key that a path begins at, and what is left of the path. */
NTSTATUS start_of(const OBJECT_ATTRIBUTES *attributes, KeyObject *parent, UNICODE_STRING *path,
		  RegistryKey **start)
{
	*path = *attributes->ObjectName;
	if (parent) {
		if (path->Length && path->Buffer[0] == '\\')
			return STATUS_OBJECT_PATH_SYNTAX_BAD;
		*start = parent->key;
		return parent->key->removed ? STATUS_KEY_DELETED : STATUS_SUCCESS;
	}
	if (path->Length < sizeof(WCHAR) || path->Buffer[0] != '\\')
		return STATUS_OBJECT_PATH_SYNTAX_BAD;
	path->Buffer++;
	path->Length -= sizeof(WCHAR);
	*start = registry_root();
	return *start ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* Opens, or makes, the key and gets a reference to it. */
NTSTATUS reach(const OBJECT_ATTRIBUTES *attributes, KeyObject *parent, PULONG disposition,
	       RegistryKey **key)
{
	RegistryGuard guard;
	UNICODE_STRING path;
	RegistryKey *start;
	bool created = false;
	NTSTATUS status = start_of(attributes, parent, &path, &start);

	if (!NT_SUCCESS(status))
		return status;
	if (disposition)
		status = registry_create(start, path, false, key, &created);
	else
		status = registry_find(start, path, key);
	if (!NT_SUCCESS(status))
		return status;
	/* The root has no name, and is nobody's. */
	if (!(*key)->parent)
		return STATUS_OBJECT_NAME_INVALID;
	if (disposition)
		*disposition = created ? REG_CREATED_NEW_KEY : REG_OPENED_EXISTING_KEY;
	registry_get(*key);
	return STATUS_SUCCESS;
}

} // namespace

NTSTATUS key_open_handle(RegistryKey *key, ACCESS_MASK desired, ULONG attributes,
			 DriverAccount *account, PHANDLE handle)
{
	auto *object =
		static_cast<KeyObject *>(object_create(&key_type, sizeof(KeyObject), account));

	if (!object) {
		registry_put(key);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	object->key = key;
	object->access = granted(desired);

	NTSTATUS status = handle_create(object, attributes, handle);

	object_dereference(object);
	return status;
}

NTSTATUS key_open(PHANDLE handle, ACCESS_MASK desired, const OBJECT_ATTRIBUTES *attributes,
		  PULONG disposition, DriverAccount *account)
{
	PVOID parent = nullptr;
	RegistryKey *key;
	NTSTATUS status;

	if (!handle || !attributes || attributes->Length != sizeof(OBJECT_ATTRIBUTES) ||
	    !attributes->ObjectName)
		return STATUS_INVALID_PARAMETER;
	if (attributes->RootDirectory) {
		status = handle_reference(attributes->RootDirectory, &key_type, &parent);
		if (!NT_SUCCESS(status))
			return status;
	}
	status = reach(attributes, static_cast<KeyObject *>(parent), disposition, &key);
	if (parent)
		object_dereference(parent);
	if (!NT_SUCCESS(status))
		return status;
	return key_open_handle(key, desired, attributes->Attributes, account, handle);
}

OpenKey::OpenKey(HANDLE handle, ACCESS_MASK needed)
{
	PVOID body;

	status = handle_reference(handle, &key_type, &body);
	if (!NT_SUCCESS(status))
		return;
	object = static_cast<KeyObject *>(body);
	if ((object->access & needed) != needed)
		status = STATUS_ACCESS_DENIED;
	else if (object->key->removed)
		status = STATUS_KEY_DELETED;
}

OpenKey::~OpenKey()
{
	if (object)
		object_dereference(object);
}

NTSTATUS give_information(PVOID buffer, ULONG length, PULONG result, const void *fixed,
			  ULONG fixed_bytes, const Piece *pieces, size_t count)
{
	auto *out = static_cast<UCHAR *>(buffer);
	ULONG total = fixed_bytes;

	for (size_t i = 0; i < count; i++)
		if (pieces[i].offset + pieces[i].bytes > total)
			total = pieces[i].offset + pieces[i].bytes;
	*result = total;
	if (!out || length < fixed_bytes)
		return STATUS_BUFFER_TOO_SMALL;
	__builtin_memset(out, 0, length < total ? length : total);
	__builtin_memcpy(out, fixed, fixed_bytes);
	for (size_t i = 0; i < count; i++) {
		ULONG room = length > pieces[i].offset ? length - pieces[i].offset : 0;
		ULONG part = pieces[i].bytes < room ? pieces[i].bytes : room;

		if (part)
			__builtin_memcpy(out + pieces[i].offset, pieces[i].data, part);
	}
	return length < total ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

namespace
{

/* Where the caller wants information about a key. */
struct Answer {
	PVOID buffer;
	ULONG length;
	PULONG result;
};

NTSTATUS give_name_of(const RegistryKey *key, const Answer &answer)
{
	ULONG bytes = 0;
	WCHAR *path;

	for (const RegistryKey *at = key; at->parent; at = at->parent)
		bytes += static_cast<ULONG>(sizeof(WCHAR) + at->name.Length);
	path = static_cast<WCHAR *>(port_alloc(bytes, false));
	if (!path)
		return STATUS_INSUFFICIENT_RESOURCES;

	auto *end = reinterpret_cast<UCHAR *>(path) + bytes;

	for (const RegistryKey *at = key; at->parent; at = at->parent) {
		end -= at->name.Length;
		__builtin_memcpy(end, at->name.Buffer, at->name.Length);
		end -= sizeof(WCHAR);
		end[0] = '\\';
		end[1] = 0;
	}

	KEY_NAME_INFORMATION name = {.NameLength = bytes, .Name = {}};
	Piece piece = {offsetof(KEY_NAME_INFORMATION, Name), path, bytes};
	NTSTATUS status = give_information(answer.buffer, answer.length, answer.result, &name,
					   offsetof(KEY_NAME_INFORMATION, Name), &piece, 1);

	port_free(path);
	return status;
}

void raise_to(ULONG *most, ULONG number)
{
	if (number > *most)
		*most = number;
}

KEY_FULL_INFORMATION count(const RegistryKey *key)
{
	KEY_FULL_INFORMATION full = {};

	full.LastWriteTime = key->written;
	full.ClassOffset = offsetof(KEY_FULL_INFORMATION, Class);
	for (const RegistryKey *child = key->children; child; child = child->next) {
		full.SubKeys++;
		raise_to(&full.MaxNameLen, child->name.Length);
	}
	for (const RegistryValue *value = key->values; value; value = value->next) {
		full.Values++;
		raise_to(&full.MaxValueNameLen, value->name.Length);
		raise_to(&full.MaxValueDataLen, value->bytes);
	}
	return full;
}

NTSTATUS give_key(const RegistryKey *key, KEY_INFORMATION_CLASS wanted, const Answer &answer)
{
	KEY_BASIC_INFORMATION basic = {};
	KEY_NODE_INFORMATION node = {};
	KEY_FULL_INFORMATION full;
	Piece name = {0, key->name.Buffer, key->name.Length};

	switch (wanted) {
	case KeyBasicInformation:
		basic.LastWriteTime = key->written;
		basic.NameLength = key->name.Length;
		name.offset = offsetof(KEY_BASIC_INFORMATION, Name);
		return give_information(answer.buffer, answer.length, answer.result, &basic,
					name.offset, &name, 1);
	case KeyNodeInformation:
		node.LastWriteTime = key->written;
		node.ClassOffset = 0xffffffff; /* no class */
		node.NameLength = key->name.Length;
		name.offset = offsetof(KEY_NODE_INFORMATION, Name);
		return give_information(answer.buffer, answer.length, answer.result, &node,
					name.offset, &name, 1);
	case KeyFullInformation:
		full = count(key);
		return give_information(answer.buffer, answer.length, answer.result, &full,
					offsetof(KEY_FULL_INFORMATION, Class), nullptr, 0);
	case KeyNameInformation:
		return give_name_of(key, answer);
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * ZwOpenKey() - Open a key of the registry.
 * @KeyHandle: Receives the handle. Close it with ZwClose().
 * @DesiredAccess: KEY_ rights, without which the handle's functions refuse.
 * @ObjectAttributes: The key's path, from \Registry or below another key (RootDirectory), whatever
 *	the case.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_OBJECT_NAME_INVALID;
 *	STATUS_OBJECT_PATH_SYNTAX_BAD; STATUS_INVALID_HANDLE or STATUS_OBJECT_TYPE_MISMATCH for the
 *	root directory; STATUS_KEY_DELETED; STATUS_INVALID_PARAMETER;
 *	STATUS_INSUFFICIENT_RESOURCES.
 * Source: wdm.h, ZwOpenKey function
 */
extern "C" NTSTATUS ZwOpenKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
			      POBJECT_ATTRIBUTES ObjectAttributes)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return key_open(KeyHandle, DesiredAccess, ObjectAttributes, nullptr,
			driver_of(__builtin_return_address(0)));
}

/**
 * ZwOpenKeyEx() - ZwOpenKey() with options.
 * @KeyHandle: Receives the handle.
 * @DesiredAccess: KEY_ rights.
 * @ObjectAttributes: The key's path.
 * @OpenOptions: Ignored: there are no links, and no transactions.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: As ZwOpenKey().
 * Source: wdm.h, ZwOpenKeyEx function
 */
extern "C" NTSTATUS ZwOpenKeyEx(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
				POBJECT_ATTRIBUTES ObjectAttributes, ULONG)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return key_open(KeyHandle, DesiredAccess, ObjectAttributes, nullptr,
			driver_of(__builtin_return_address(0)));
}

/**
 * ZwCreateKey() - Open a key of the registry, or make it.
 * @KeyHandle: Receives the handle. Close it with ZwClose().
 * @DesiredAccess: KEY_ rights.
 * @ObjectAttributes: The key's path. All but the last of it must be there.
 * @TitleIndex: Ignored.
 * @Class: Ignored: keys have no class.
 * @CreateOptions: REG_OPTION_NON_VOLATILE or REG_OPTION_VOLATILE, which are the same here: every
 *	key is gone when wsk.ko is.
 * @Disposition: Receives REG_CREATED_NEW_KEY or REG_OPENED_EXISTING_KEY, if not NULL.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: As ZwOpenKey(); STATUS_NOT_SUPPORTED for links.
 * Source: wdm.h, ZwCreateKey function
 */
extern "C" NTSTATUS ZwCreateKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
				POBJECT_ATTRIBUTES ObjectAttributes, ULONG, PUNICODE_STRING,
				ULONG CreateOptions, PULONG Disposition)
{
	ULONG own;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (CreateOptions & (REG_OPTION_CREATE_LINK | REG_OPTION_OPEN_LINK))
		return STATUS_NOT_SUPPORTED;
	return key_open(KeyHandle, DesiredAccess, ObjectAttributes,
			Disposition ? Disposition : &own, driver_of(__builtin_return_address(0)));
}

/**
 * ZwDeleteKey() - Delete a key.
 * @KeyHandle: Opened with DELETE. It must still be closed.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_CANNOT_DELETE while there are keys below it;
 *	STATUS_ACCESS_DENIED; STATUS_KEY_DELETED; STATUS_INVALID_HANDLE;
 *	STATUS_OBJECT_TYPE_MISMATCH.
 * Source: wdm.h, ZwDeleteKey function
 */
extern "C" NTSTATUS ZwDeleteKey(HANDLE KeyHandle)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);

	RegistryGuard guard;
	OpenKey open(KeyHandle, DELETE);

	if (!NT_SUCCESS(open.status))
		return open.status;
	if (open.key()->children)
		return STATUS_CANNOT_DELETE;
	registry_remove(open.key());
	return STATUS_SUCCESS;
}

/**
 * ZwFlushKey() - Write a key to where it lasts.
 * @KeyHandle: The key. The registry is memory: nothing happens.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_KEY_DELETED; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH.
 * Source: wdm.h, ZwFlushKey function
 */
extern "C" NTSTATUS ZwFlushKey(HANDLE KeyHandle)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);

	RegistryGuard guard;
	OpenKey open(KeyHandle, 0);

	return open.status;
}

/**
 * ZwQueryKey() - Information about a key.
 * @KeyHandle: Opened with KEY_QUERY_VALUE, or, for its name, with any right.
 * @KeyInformationClass: KeyBasicInformation, KeyNodeInformation, KeyFullInformation or
 *	KeyNameInformation.
 * @KeyInformation: Receives it.
 * @Length: The size of that.
 * @ResultLength: Receives the size of all there is.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW when only a part of it fitted;
 *	STATUS_BUFFER_TOO_SMALL when not even the fixed part did; STATUS_INVALID_PARAMETER for
 *	another class; STATUS_ACCESS_DENIED; STATUS_KEY_DELETED; STATUS_INVALID_HANDLE;
 *	STATUS_OBJECT_TYPE_MISMATCH; STATUS_INSUFFICIENT_RESOURCES.
 * Source: wdm.h, ZwQueryKey function
 */
extern "C" NTSTATUS ZwQueryKey(HANDLE KeyHandle, KEY_INFORMATION_CLASS KeyInformationClass,
			       PVOID KeyInformation, ULONG Length, PULONG ResultLength)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!ResultLength)
		return STATUS_INVALID_PARAMETER;

	RegistryGuard guard;
	OpenKey open(KeyHandle, KeyInformationClass == KeyNameInformation ? 0 : KEY_QUERY_VALUE);

	if (!NT_SUCCESS(open.status))
		return open.status;
	return give_key(open.key(), KeyInformationClass, {KeyInformation, Length, ResultLength});
}

/**
 * ZwEnumerateKey() - Information about one of the keys below a key.
 * @KeyHandle: Opened with KEY_ENUMERATE_SUB_KEYS.
 * @Index: Which, from 0, in the order of their names.
 * @KeyInformationClass: KeyBasicInformation, KeyNodeInformation or KeyFullInformation.
 * @KeyInformation: Receives it.
 * @Length: The size of that.
 * @ResultLength: Receives the size of all there is.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: As ZwQueryKey(); STATUS_NO_MORE_ENTRIES.
 * Source: wdm.h, ZwEnumerateKey function
 */
extern "C" NTSTATUS ZwEnumerateKey(HANDLE KeyHandle, ULONG Index,
				   KEY_INFORMATION_CLASS KeyInformationClass, PVOID KeyInformation,
				   ULONG Length, PULONG ResultLength)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!ResultLength || KeyInformationClass == KeyNameInformation)
		return STATUS_INVALID_PARAMETER;

	RegistryGuard guard;
	OpenKey open(KeyHandle, KEY_ENUMERATE_SUB_KEYS);

	if (!NT_SUCCESS(open.status))
		return open.status;

	RegistryKey *child = open.key()->children;

	while (child && Index--)
		child = child->next;
	if (!child)
		return STATUS_NO_MORE_ENTRIES;
	return give_key(child, KeyInformationClass, {KeyInformation, Length, ResultLength});
}

/**
 * IoOpenDriverRegistryKey() - Open the key of a driver's parameters.
 * @DriverObject: The driver.
 * @RegKeyType: DriverRegKeyParameters; DriverRegKeyPersistentState is a key beside it, which lasts
 *	no longer than the driver.
 * @DesiredAccess: KEY_ rights.
 * @Flags: 0.
 * @DriverRegKey: Receives a kernel handle. Close it with ZwClose().
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED for state that drivers
 *	share; STATUS_INSUFFICIENT_RESOURCES.
 * Source: wdm.h, IoOpenDriverRegistryKey function
 */
extern "C" NTSTATUS IoOpenDriverRegistryKey(PDRIVER_OBJECT DriverObject,
					    DRIVER_REGKEY_TYPE RegKeyType,
					    ACCESS_MASK DesiredAccess, ULONG Flags,
					    PHANDLE DriverRegKey)
{
	DriverAccount *account = driver_of(__builtin_return_address(0));
	UNICODE_STRING path, name;
	RegistryKey *key = nullptr;
	NTSTATUS status;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!DriverObject || !DriverRegKey || Flags)
		return STATUS_INVALID_PARAMETER;
	if (RegKeyType == DriverRegKeySharedPersistentState)
		return STATUS_NOT_SUPPORTED;
	if (RegKeyType != DriverRegKeyParameters && RegKeyType != DriverRegKeyPersistentState)
		return STATUS_INVALID_PARAMETER;
	path = CONTAINING_RECORD(DriverObject, DriverAccount, object)->registry;
	path.Buffer++;
	path.Length -= sizeof(WCHAR);
	RtlInitUnicodeString(&name,
			     RegKeyType == DriverRegKeyParameters ? L"Parameters" : L"State");
	{
		RegistryGuard guard;
		RegistryKey *root = registry_root();
		bool created;

		status = root ? registry_create(root, path, true, &key, &created)
			      : STATUS_INSUFFICIENT_RESOURCES;
		if (NT_SUCCESS(status))
			status = registry_create(key, name, true, &key, &created);
		if (NT_SUCCESS(status))
			registry_get(key);
	}
	if (!NT_SUCCESS(status))
		return status;
	return key_open_handle(key, DesiredAccess, OBJ_KERNEL_HANDLE, account, DriverRegKey);
}
