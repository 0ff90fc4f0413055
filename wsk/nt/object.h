/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Objects that drivers hold by reference or by handle. In front of each lies its header; a driver
 * holds the body. What ObReferenceObject() takes is made here, or is Linux' own.
 */
#ifndef WSK_NT_OBJECT_H
#define WSK_NT_OBJECT_H

#include <wdm.h>

#include "nt/driver.h"
#include "port/process.h"
#include "port/thread.h"

struct _OBJECT_TYPE {
	const char *name;
	void (*destroy)(PVOID body); /* the last reference is gone; callable at DISPATCH_LEVEL */
	/* Instead, for what has an end of its own: calls object_free() when it has come. */
	void (*last)(PVOID body) = nullptr;
};

namespace wsk
{

/*
 * A zeroed body with one reference, the caller's own. Handles and references that drivers take are
 * charged to the account. NULL when memory is short.
 */
PVOID object_create(POBJECT_TYPE type, size_t size, DriverAccount *account);

/* Whether it is an object, and of that type. */
bool object_has_type(const void *body, POBJECT_TYPE type);

/* References of wsk.ko's own, which are charged to nobody. */
void object_reference(PVOID body);
void object_dereference(PVOID body);

/* The memory of an object whose type has a `last`. */
void object_free(PVOID body);

/* A reference that a driver will give back with ObDereferenceObject(). */
void object_reference_for_driver(PVOID body);

/*
 * A handle is a reference, given back by ZwClose(). Attributes: OBJ_KERNEL_HANDLE or 0.
 * IRQL = PASSIVE_LEVEL.
 */
NTSTATUS handle_create(PVOID body, ULONG attributes, PHANDLE handle);

/* The object of that type that a handle stands for, with a reference of wsk.ko's own. */
NTSTATUS handle_reference(HANDLE handle, POBJECT_TYPE type, PVOID *body);

/*
 * What Linux made is no object of ours: the address of Linux' own, made odd, so that it cannot be
 * one's. References to it are references to what Linux made.
 */
inline PVOID thread_identity(port_thread *thread)
{
	return reinterpret_cast<PVOID>(reinterpret_cast<ULONG_PTR>(thread) | 1);
}

inline bool is_identity(const void *body)
{
	return reinterpret_cast<ULONG_PTR>(body) & 1;
}

/* Whether the body is the identity, or the object, of a thread. */
bool is_thread(const void *body);

/* ps_process.cc. The System process has no port_process: null. */
PVOID process_identity(port_process *process);
bool is_process(const void *body);
port_process *process_of(const void *process_identity);

/* A thread's own in Linux (ps_thread.cc). */
port_thread *task_of(PETHREAD thread);

} // namespace wsk

#endif
