/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * The registry: a tree of keys in memory, one for the machine, under one lock. What is below a
 * driver's service key goes when the driver is unloaded, everything when wsk.ko is.
 */
#ifndef WSK_NT_CM_REGISTRY_H
#define WSK_NT_CM_REGISTRY_H

#include <wdm.h>
#include <wdm/cm.h>

namespace wsk
{

/* As on Windows, in bytes. */
constexpr size_t max_key_name = 255 * sizeof(WCHAR);
constexpr size_t max_value_name = 16383 * sizeof(WCHAR);
constexpr size_t max_value_data = 1024 * 1024;

struct RegistryValue {
	RegistryValue *next;
	UNICODE_STRING name;
	ULONG type;
	ULONG bytes;
	UCHAR *data;
};

struct RegistryKey {
	RegistryKey *parent;
	RegistryKey *next;     /* among its parent's, by name */
	RegistryKey *children; /* the first */
	RegistryValue *values; /* in the order in which they came */
	LONG references;       /* the tree's, and one for each handle */
	bool removed;
	LARGE_INTEGER written;
	UNICODE_STRING name;
};

/* Holds the registry's lock. PASSIVE_LEVEL. */
class RegistryGuard
{
public:
	RegistryGuard();
	~RegistryGuard();
	RegistryGuard(const RegistryGuard &) = delete;
	RegistryGuard &operator=(const RegistryGuard &) = delete;
};

/* The root, with the keys that every machine has; null when memory is short. All below: locked. */
RegistryKey *registry_root();

/* A key below another by its path. STATUS_OBJECT_NAME_NOT_FOUND, _INVALID, PATH_SYNTAX_BAD. */
NTSTATUS registry_find(RegistryKey *from, UNICODE_STRING path, RegistryKey **found);
/* The same, which makes the last key of the path, or all that are missing. */
NTSTATUS registry_create(RegistryKey *from, UNICODE_STRING path, bool all, RegistryKey **key,
			 bool *created);
/* Takes a key, and all below it, out of the tree. */
void registry_remove(RegistryKey *key);

RegistryValue *registry_value(RegistryKey *key, PCUNICODE_STRING name);
NTSTATUS registry_set(RegistryKey *key, PCUNICODE_STRING name, ULONG type, const void *data,
		      ULONG bytes);
bool registry_remove_value(RegistryKey *key, PCUNICODE_STRING name);

/* References keep a key's memory, whether it is in the tree or not. Any IRQL up to DISPATCH. */
void registry_get(RegistryKey *key);
void registry_put(RegistryKey *key);

/* Reading text that configures a driver (cm_reg_file.cc, cm_parameters.cc): 0, or where it fails.
 */
ULONG registry_read_file(RegistryKey *service, const WCHAR *text, size_t units, NTSTATUS *status);
NTSTATUS registry_read_parameters(RegistryKey *parameters, const WCHAR *text, size_t units);

/* A driver's service key is removed (cm_settings.cc). */
void registry_forget(const char *driver);

} // namespace wsk

#endif
