// SPDX-License-Identifier: MIT OR GPL-2.0
/* The registry's tree. */
#include "nt/cm_registry.h"

#include "port/driver.h"
#include "port/memory.h"

namespace wsk
{

namespace
{

constinit EX_PUSH_LOCK registry_lock;
constinit RegistryKey root = {.references = 1};

/* What is there before anybody wrote anything. */
const WCHAR *const base_keys[] = {
	L"REGISTRY\\MACHINE\\SYSTEM\\CurrentControlSet\\Services",
	L"REGISTRY\\MACHINE\\SYSTEM\\CurrentControlSet\\Control",
	L"REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
	L"REGISTRY\\MACHINE\\HARDWARE\\DEVICEMAP",
	L"REGISTRY\\USER\\.DEFAULT",
};

void free_value(RegistryValue *value)
{
	port_free(value);
}

void free_key(RegistryKey *key)
{
	while (RegistryValue *value = key->values) {
		key->values = value->next;
		free_value(value);
	}
	port_free(key);
}

void touch(RegistryKey *key)
{
	KeQuerySystemTime(&key->written);
}

/* A copy of a string's characters, behind an object. */
void set_name(UNICODE_STRING *name, void *memory, PCUNICODE_STRING source)
{
	name->Buffer = static_cast<PWCH>(memory);
	name->Length = name->MaximumLength = source->Length;
	__builtin_memcpy(memory, source->Buffer, source->Length);
}

/* Where in the sorted list a key of that name is, or would be. */
RegistryKey **place_of(RegistryKey *parent, PCUNICODE_STRING name, bool *there)
{
	RegistryKey **link = &parent->children;
	LONG order = -1;

	for (; *link; link = &(*link)->next) {
		order = RtlCompareUnicodeString(name, &(*link)->name, TRUE);
		if (order <= 0)
			break;
	}
	*there = *link && !order;
	return link;
}

RegistryKey *add_key(RegistryKey *parent, RegistryKey **link, PCUNICODE_STRING name)
{
	auto *key =
		static_cast<RegistryKey *>(port_alloc(sizeof(RegistryKey) + name->Length, true));

	if (!key)
		return nullptr;
	set_name(&key->name, key + 1, name);
	key->references = 1;
	key->parent = parent;
	key->next = *link;
	*link = key;
	touch(key);
	touch(parent);
	return key;
}

/* Splits the first name off a path; false when there is none any more. */
bool next_name(UNICODE_STRING *path, UNICODE_STRING *name)
{
	size_t units = path->Length / sizeof(WCHAR), length = 0;

	if (!units)
		return false;
	while (length < units && path->Buffer[length] != '\\')
		length++;
	name->Buffer = path->Buffer;
	name->Length = name->MaximumLength = static_cast<USHORT>(length * sizeof(WCHAR));
	if (length < units)
		length++;
	path->Buffer += length;
	path->Length -= static_cast<USHORT>(length * sizeof(WCHAR));
	return true;
}

NTSTATUS walk(RegistryKey *from, UNICODE_STRING path, bool create_last, bool create_all,
	      RegistryKey **found, bool *created)
{
	UNICODE_STRING name;
	RegistryKey *key = from;

	*created = false;
	if (path.Length % sizeof(WCHAR))
		return STATUS_OBJECT_NAME_INVALID;
	while (next_name(&path, &name)) {
		bool there;

		if (!name.Length)
			return STATUS_OBJECT_PATH_SYNTAX_BAD;
		if (name.Length > max_key_name)
			return STATUS_OBJECT_NAME_INVALID;

		RegistryKey **link = place_of(key, &name, &there);

		if (!there) {
			if (!create_all && (!create_last || path.Length))
				return STATUS_OBJECT_NAME_NOT_FOUND;
			if (!add_key(key, link, &name))
				return STATUS_INSUFFICIENT_RESOURCES;
			*created = true;
		}
		key = *link;
	}
	*found = key;
	return STATUS_SUCCESS;
}

RegistryValue **find_value(RegistryKey *key, PCUNICODE_STRING name)
{
	RegistryValue **link = &key->values;

	while (*link && !RtlEqualUnicodeString(&(*link)->name, name, TRUE))
		link = &(*link)->next;
	return link;
}

RegistryValue *make_value(PCUNICODE_STRING name, ULONG type, const void *data, ULONG bytes)
{
	size_t name_bytes = (name->Length + 7u) & ~7u;
	auto *value = static_cast<RegistryValue *>(
		port_alloc(sizeof(RegistryValue) + name_bytes + bytes, false));

	if (!value)
		return nullptr;
	value->next = nullptr;
	set_name(&value->name, value + 1, name);
	value->type = type;
	value->bytes = bytes;
	value->data = reinterpret_cast<UCHAR *>(value + 1) + name_bytes;
	if (bytes)
		__builtin_memcpy(value->data, data, bytes);
	return value;
}

} // namespace

RegistryGuard::RegistryGuard()
{
	KeEnterCriticalRegion();
	ExAcquirePushLockExclusive(&registry_lock);
}

RegistryGuard::~RegistryGuard()
{
	ExReleasePushLockExclusive(&registry_lock);
	KeLeaveCriticalRegion();
}

RegistryKey *registry_root()
{
	static constinit bool complete;

	/* Made when first wanted, and again what was missing for want of memory. */
	if (complete && root.children)
		return &root;
	for (const WCHAR *path : base_keys) {
		UNICODE_STRING name;
		RegistryKey *key;
		bool created;

		RtlInitUnicodeString(&name, path);
		if (!NT_SUCCESS(walk(&root, name, true, true, &key, &created)))
			return nullptr;
	}
	complete = true;
	return &root;
}

NTSTATUS registry_find(RegistryKey *from, UNICODE_STRING path, RegistryKey **found)
{
	bool created;

	return walk(from, path, false, false, found, &created);
}

NTSTATUS registry_create(RegistryKey *from, UNICODE_STRING path, bool all, RegistryKey **key,
			 bool *created)
{
	return walk(from, path, true, all, key, created);
}

/* By loops, not recursion: a tree may be deep. */
void registry_remove(RegistryKey *key)
{
	RegistryKey *end = key->parent, *at = key;
	bool there;

	*place_of(key->parent, &key->name, &there) = key->next;
	touch(end);
	while (at != end) {
		if (RegistryKey *child = at->children) {
			at->children = child->next;
			at = child;
			continue;
		}

		RegistryKey *parent = at->parent;

		at->removed = true;
		at->parent = nullptr;
		registry_put(at);
		at = parent;
	}
}

RegistryValue *registry_value(RegistryKey *key, PCUNICODE_STRING name)
{
	return *find_value(key, name);
}

NTSTATUS registry_set(RegistryKey *key, PCUNICODE_STRING name, ULONG type, const void *data,
		      ULONG bytes)
{
	if (name->Length > max_value_name || bytes > max_value_data)
		return STATUS_INVALID_PARAMETER;

	RegistryValue *value = make_value(name, type, data, bytes);

	if (!value)
		return STATUS_INSUFFICIENT_RESOURCES;

	RegistryValue **link = find_value(key, name), *old = *link;

	if (old) {
		value->next = old->next;
		free_value(old);
	}
	*link = value;
	touch(key);
	return STATUS_SUCCESS;
}

bool registry_remove_value(RegistryKey *key, PCUNICODE_STRING name)
{
	RegistryValue **link = find_value(key, name), *value = *link;

	if (!value)
		return false;
	*link = value->next;
	free_value(value);
	touch(key);
	return true;
}

void registry_get(RegistryKey *key)
{
	InterlockedIncrement(&key->references);
}

void registry_put(RegistryKey *key)
{
	if (!InterlockedDecrement(&key->references))
		free_key(key);
}

} // namespace wsk

void nt_registry_exit(void)
{
	wsk::RegistryGuard guard;

	while (wsk::root.children)
		wsk::registry_remove(wsk::root.children);
}
