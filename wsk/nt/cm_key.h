/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Handles of registry keys, and how information about keys and values is given out. */
#ifndef WSK_NT_CM_KEY_H
#define WSK_NT_CM_KEY_H

#include "nt/cm_registry.h"
#include "nt/object.h"
#include "port/memory.h"

namespace wsk
{

struct KeyObject {
	RegistryKey *key;
	ACCESS_MASK access;
};

/* Opens a key by its attributes; with a disposition, makes it where it is missing. */
NTSTATUS key_open(PHANDLE handle, ACCESS_MASK desired, const OBJECT_ATTRIBUTES *attributes,
		  PULONG disposition, DriverAccount *account);

/* A handle for a key, whose reference it takes over, whatever happens. */
NTSTATUS key_open_handle(RegistryKey *key, ACCESS_MASK desired, ULONG attributes,
			 DriverAccount *account, PHANDLE handle);

/* A handle while it is used, under the registry's lock: status says whether it can be. */
class OpenKey
{
public:
	OpenKey(HANDLE handle, ACCESS_MASK needed);
	~OpenKey();
	OpenKey(const OpenKey &) = delete;
	OpenKey &operator=(const OpenKey &) = delete;
	RegistryKey *key() const { return object->key; }

	NTSTATUS status;

private:
	KeyObject *object = nullptr;
};

/* What follows the fixed part of an answer. */
struct Piece {
	ULONG offset;
	const void *data;
	ULONG bytes;
};

NTSTATUS give_information(PVOID buffer, ULONG length, PULONG result, const void *fixed,
			  ULONG fixed_bytes, const Piece *pieces, size_t count);

} // namespace wsk

#endif
