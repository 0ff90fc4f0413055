/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Objects that drivers hold by reference or by handle. In front of each lies its header; a driver
 * holds the body. Made here are threads; what else ObReferenceObject() shall take must be, too.
 */
#ifndef WSK_NT_OBJECT_H
#define WSK_NT_OBJECT_H

#include <wdm.h>

#include "nt/driver.h"

struct _OBJECT_TYPE {
	const char *name;
	void (*destroy)(PVOID body); /* the last reference is gone; callable at DISPATCH_LEVEL */
};

namespace wsk
{

/*
 * A zeroed body with one reference, the caller's own. Handles and references that drivers take are
 * charged to the account. NULL when memory is short.
 */
PVOID object_create(POBJECT_TYPE type, size_t size, DriverAccount *account);

/* References of wsk.ko's own, which are charged to nobody. */
void object_reference(PVOID body);
void object_dereference(PVOID body);

/*
 * A handle is a reference, given back by ZwClose(). Attributes: OBJ_KERNEL_HANDLE or 0.
 * IRQL = PASSIVE_LEVEL.
 */
NTSTATUS handle_create(PVOID body, ULONG attributes, PHANDLE handle);

/*
 * An address that only identifies something that is no object of ours, such as a thread that
 * Linux made: odd, so that it cannot be one's. References to it count nothing.
 */
inline PVOID identity(const void *address)
{
	return reinterpret_cast<PVOID>(reinterpret_cast<ULONG_PTR>(address) | 1);
}

inline bool is_identity(const void *body)
{
	return reinterpret_cast<ULONG_PTR>(body) & 1;
}

} // namespace wsk

#endif
