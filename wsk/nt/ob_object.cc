// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Object references and handles.
 *
 * Handles live in one table, whatever process opened them. Each has a serial number, so that a
 * stale one is told from what took its place.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "nt/object.h"

#include "nt/irql.h"
#include "nt/word_lock.h"
#include "port/memory.h"

namespace wsk
{

namespace
{

constexpr ULONG object_magic = 0x6a624f57; /* "WObj" */

struct alignas(16) ObjectHeader {
	POBJECT_TYPE type;
	DriverAccount *account;
	LONG64 references;
	LONG driver_references; /* of these, those that drivers took */
	ULONG magic;
};

ObjectHeader *header_of(PVOID body)
{
	return static_cast<ObjectHeader *>(body) - 1;
}

/* The header of what a driver takes for an object, or a rule line. */
ObjectHeader *check_object(const char *function, PVOID body)
{
	if (body && header_of(body)->magic == object_magic)
		return header_of(body);
	port_log_rule(function, "not an object");
	return nullptr;
}

struct Handle {
	PVOID body; /* NULL in a free slot */
	HANDLE value;
};

constexpr ULONG few = 32;
constinit Handle first[few];

/*
 * All handles. The first few slots are static; more are allocated, and freed as soon as no handle
 * is open any more.
 */
class HandleTable
{
public:
	NTSTATUS open(PVOID body, bool kernel, PHANDLE handle);
	/* The body that a handle stands for, with a reference; NULL for a bad handle. */
	PVOID reference(HANDLE handle);
	/* Frees the handle, and returns the body with the handle's reference; NULL for a bad one.
	 */
	PVOID close(HANDLE handle);

private:
	/*
	 * A handle survives being cut to 32 bits. From above: whether it is a kernel handle (which
	 * makes it negative, as on Windows), 10 bits of serial number, 19 bits of slot + 1, two
	 * zeros.
	 */
	static constexpr ULONG slot_bits = 19;
	static constexpr ULONG serial_mask = 0x3ff;
	static constexpr ULONG max_slots = (1u << slot_bits) - 1;

	HANDLE encode(ULONG slot, bool kernel);
	Handle *find(HANDLE handle);
	bool grow(ULONG full_capacity);

	WordLock lock;
	Handle *slots = first;
	ULONG capacity = few;
	ULONG open_count = 0;
	ULONG next_serial = 0;
};

constinit HandleTable handles;

HANDLE HandleTable::encode(ULONG slot, bool kernel)
{
	ULONG value = (next_serial++ & serial_mask) << (slot_bits + 2) | (slot + 1) << 2;

	if (kernel)
		value |= 1u << 31;
	return reinterpret_cast<HANDLE>(static_cast<LONG_PTR>(static_cast<LONG>(value)));
}

Handle *HandleTable::find(HANDLE handle)
{
	ULONG slot = (reinterpret_cast<ULONG_PTR>(handle) >> 2 & max_slots) - 1;

	if (slot >= capacity || !slots[slot].body || slots[slot].value != handle)
		return nullptr;
	return &slots[slot];
}

/* Doubles the table, unless somebody else did it since it was full. */
bool HandleTable::grow(ULONG full_capacity)
{
	ULONG wanted = full_capacity * 2;
	auto *bigger = static_cast<Handle *>(port_alloc(wanted * sizeof(Handle), true));
	Handle *unused = bigger;

	if (!bigger)
		return false;
	lock.acquire();
	if (capacity == full_capacity) {
		__builtin_memcpy(bigger, slots, capacity * sizeof(Handle));
		unused = slots == first ? nullptr : slots;
		slots = bigger;
		capacity = wanted;
	}
	lock.release();
	port_free(unused);
	return true;
}

NTSTATUS HandleTable::open(PVOID body, bool kernel, PHANDLE handle)
{
	ULONG full_capacity;

	do {
		WordGuard guard(lock);

		for (ULONG slot = 0; slot < capacity; slot++) {
			if (slots[slot].body)
				continue;
			slots[slot].body = body;
			slots[slot].value = *handle = encode(slot, kernel);
			open_count++;
			return STATUS_SUCCESS;
		}
		full_capacity = capacity;
	} while (full_capacity * 2 <= max_slots && grow(full_capacity));
	return STATUS_INSUFFICIENT_RESOURCES;
}

PVOID HandleTable::reference(HANDLE handle)
{
	WordGuard guard(lock);
	Handle *slot = find(handle);

	if (!slot)
		return nullptr;
	object_reference(slot->body);
	return slot->body;
}

PVOID HandleTable::close(HANDLE handle)
{
	Handle *unused = nullptr;
	PVOID body = nullptr;

	lock.acquire();
	if (Handle *slot = find(handle)) {
		body = slot->body;
		slot->body = nullptr;
		if (!--open_count && slots != first) {
			unused = slots;
			slots = first;
			capacity = few;
			__builtin_memset(first, 0, sizeof(first));
		}
	}
	lock.release();
	port_free(unused);
	return body;
}

} // namespace

PVOID object_create(POBJECT_TYPE type, size_t size, DriverAccount *account)
{
	auto *header = static_cast<ObjectHeader *>(port_alloc(sizeof(ObjectHeader) + size, true));

	if (!header)
		return nullptr;
	header->type = type;
	header->account = account;
	header->references = 1;
	header->magic = object_magic;
	return header + 1;
}

bool object_has_type(const void *body, POBJECT_TYPE type)
{
	constexpr ULONG_PTR alignment = alignof(ObjectHeader);

	if (!body || reinterpret_cast<ULONG_PTR>(body) % alignment)
		return false;
	const ObjectHeader *header = static_cast<const ObjectHeader *>(body) - 1;
	return header->magic == object_magic && header->type == type;
}

void object_reference(PVOID body)
{
	InterlockedIncrement64(&header_of(body)->references);
}

void object_dereference(PVOID body)
{
	ObjectHeader *header = header_of(body);

	if (InterlockedDecrement64(&header->references))
		return;
	header->magic = 0;
	if (header->type->last)
		return header->type->last(body);
	header->type->destroy(body);
	port_free(header);
}

void object_free(PVOID body)
{
	port_free(header_of(body));
}

void object_reference_for_driver(PVOID body)
{
	driver_charge(header_of(body)->account, Resource::references);
	InterlockedIncrement(&header_of(body)->driver_references);
	object_reference(body);
}

NTSTATUS handle_create(PVOID body, ULONG attributes, PHANDLE handle)
{
	NTSTATUS status;

	object_reference(body);
	status = handles.open(body, attributes & OBJ_KERNEL_HANDLE, handle);
	if (NT_SUCCESS(status))
		driver_charge(header_of(body)->account, Resource::references);
	else
		object_dereference(body);
	return status;
}

NTSTATUS handle_reference(HANDLE handle, POBJECT_TYPE type, PVOID *body)
{
	*body = handles.reference(handle);
	if (!*body)
		return STATUS_INVALID_HANDLE;
	if (header_of(*body)->type == type)
		return STATUS_SUCCESS;
	object_dereference(*body);
	*body = nullptr;
	return STATUS_OBJECT_TYPE_MISMATCH;
}

namespace
{

/* What a handle stands for that no table holds: the current thread or process. */
PVOID pseudo_object(HANDLE handle)
{
	if (handle == NtCurrentThread())
		return PsGetCurrentThread();
	if (handle == NtCurrentProcess())
		return PsGetCurrentProcess();
	return nullptr;
}

bool has_type(PVOID body, POBJECT_TYPE type)
{
	if (!type)
		return true;
	if (is_identity(body))
		return type == (is_process(body) ? *PsProcessType : *PsThreadType);
	return header_of(body)->type == type;
}

/* An identity's references are those of the thread or the process, on their driver's account. */
void refer(DriverAccount *account, PVOID identity)
{
	if (!is_process(identity))
		port_thread_get(task_of(static_cast<PETHREAD>(identity)));
	else if (port_process *process = process_of(identity))
		port_process_get(process);
	driver_charge(account, Resource::references);
}

/* False: the driver holds no reference to anything. */
bool unrefer(DriverAccount *account, PVOID identity)
{
	if (driver_outstanding(account, Resource::references) <= 0)
		return false;
	driver_discharge(account, Resource::references);
	if (!is_process(identity))
		port_thread_put(task_of(static_cast<PETHREAD>(identity)));
	else if (port_process *process = process_of(identity))
		port_process_put(process);
	return true;
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * ObReferenceObjectByHandle() - Get the object that a handle stands for, and a reference to it.
 * @Handle: From PsCreateSystemThread(), or NtCurrentThread() or NtCurrentProcess().
 * @DesiredAccess: Ignored: drivers may do everything.
 * @ObjectType: *PsThreadType, *PsProcessType, or NULL for any.
 * @AccessMode: UserMode does not accept kernel handles (OBJ_KERNEL_HANDLE).
 * @Object: Receives the object. Give the reference back with ObDereferenceObject().
 * @HandleInformation: Receives the handle's attributes, if not NULL.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH.
 * Source: wdm.h, ObReferenceObjectByHandle function
 */
extern "C" NTSTATUS ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
					      POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
					      PVOID *Object,
					      POBJECT_HANDLE_INFORMATION HandleInformation)
{
	DriverAccount *account = driver_of(__builtin_return_address(0));
	bool kernel_handle = reinterpret_cast<LONG_PTR>(Handle) < 0;
	PVOID body = pseudo_object(Handle);

	NT_MAX_IRQL(PASSIVE_LEVEL);
	*Object = nullptr;
	if (body) {
		kernel_handle = false;
		if (!is_identity(body))
			object_reference(body);
	} else if (!kernel_handle || AccessMode == KernelMode) {
		body = handles.reference(Handle);
	}
	if (!body)
		return STATUS_INVALID_HANDLE;
	if (!has_type(body, ObjectType)) {
		if (!is_identity(body))
			object_dereference(body);
		return STATUS_OBJECT_TYPE_MISMATCH;
	}
	if (is_identity(body)) {
		refer(account, body);
	} else {
		object_reference_for_driver(body);
		object_dereference(body); /* what found it for us */
	}
	if (HandleInformation) {
		HandleInformation->HandleAttributes = kernel_handle ? OBJ_KERNEL_HANDLE : 0;
		HandleInformation->GrantedAccess = DesiredAccess;
	}
	*Object = body;
	return STATUS_SUCCESS;
}

/**
 * ObfReferenceObject() - Take a reference to an object. ObReferenceObject() is a macro for it.
 * @Object: An object of ours, or a process or thread that Linux made.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The new number of references; of no use but for debugging.
 * Source: wdm.h, ObReferenceObject macro
 */
extern "C" LONG_PTR ObfReferenceObject(PVOID Object)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (is_identity(Object)) {
		refer(driver_of(__builtin_return_address(0)), Object);
		return 1;
	}
	if (!check_object(__func__, Object))
		return 0;
	object_reference_for_driver(Object);
	return ReadNoFence64(&header_of(Object)->references);
}

/**
 * ObReferenceObjectByPointer() - Take a reference to an object that is of a type.
 * @Object: An object of ours, or a process or thread that Linux made.
 * @DesiredAccess: Ignored: drivers may do everything.
 * @ObjectType: *PsThreadType, *PsProcessType, or NULL for any.
 * @AccessMode: Ignored.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_TYPE_MISMATCH; STATUS_INVALID_PARAMETER for what is no
 *	object, which breaks a rule.
 * Source: wdm.h, ObReferenceObjectByPointer function
 */
extern "C" NTSTATUS ObReferenceObjectByPointer(PVOID Object, ACCESS_MASK, POBJECT_TYPE ObjectType,
					       KPROCESSOR_MODE)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!is_identity(Object) && !check_object(__func__, Object))
		return STATUS_INVALID_PARAMETER;
	if (!has_type(Object, ObjectType))
		return STATUS_OBJECT_TYPE_MISMATCH;
	if (is_identity(Object))
		refer(driver_of(__builtin_return_address(0)), Object);
	else
		object_reference_for_driver(Object);
	return STATUS_SUCCESS;
}

/**
 * ObfDereferenceObject() - Give a reference back. ObDereferenceObject() is a macro for it.
 * @Object: The object. More references given back than taken break a rule, and change nothing.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The number of references left; of no use but for debugging.
 * Source: wdm.h, ObDereferenceObject macro
 */
extern "C" LONG_PTR ObfDereferenceObject(PVOID Object)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (is_identity(Object)) {
		if (!unrefer(driver_of(__builtin_return_address(0)), Object))
			port_log_rule(__func__, "more references are given back than were taken");
		return 1;
	}

	ObjectHeader *header = check_object(__func__, Object);

	if (!header)
		return 0;
	if (InterlockedDecrement(&header->driver_references) < 0) {
		InterlockedIncrement(&header->driver_references);
		port_log_rule(__func__, "more references are given back than were taken");
		return ReadNoFence64(&header->references);
	}
	driver_discharge(header->account, Resource::references);

	LONG_PTR left = ReadNoFence64(&header->references) - 1;

	object_dereference(Object);
	return left;
}

/**
 * ZwClose() - Close a handle.
 * @Handle: The handle. The object lives on while references to it are held.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE, which breaks a rule.
 * Source: wdm.h, ZwClose function
 */
extern "C" NTSTATUS ZwClose(HANDLE Handle)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (Handle == NtCurrentThread() || Handle == NtCurrentProcess())
		return STATUS_SUCCESS;

	PVOID body = handles.close(Handle);

	if (!body) {
		port_log_rule(__func__, "not an open handle");
		return STATUS_INVALID_HANDLE;
	}
	driver_discharge(header_of(body)->account, Resource::references);
	object_dereference(body);
	return STATUS_SUCCESS;
}
