// SPDX-License-Identifier: MIT OR GPL-2.0
/* Events that are known by handles. */
#include "nt/zw_event.h"

#include <wdm/file.h>

#include "nt/irql.h"
#include "nt/object.h"

namespace wsk
{

namespace
{

void end_event(PVOID) {}

constinit _OBJECT_TYPE event_type = {"Event", end_event};
constinit POBJECT_TYPE event_type_pointer = &event_type;

/* An event while it is used. */
class OpenEvent
{
public:
	explicit OpenEvent(HANDLE handle) : status(event_reference(handle, &event)) {}
	~OpenEvent()
	{
		if (event)
			object_dereference(event);
	}
	OpenEvent(const OpenEvent &) = delete;
	OpenEvent &operator=(const OpenEvent &) = delete;

	PKEVENT event = nullptr;
	const NTSTATUS status;
};

} // namespace

NTSTATUS event_reference(HANDLE handle, PKEVENT *event)
{
	PVOID body;
	NTSTATUS status = handle_reference(handle, &event_type, &body);

	*event = static_cast<PKEVENT>(body);
	return status;
}

} // namespace wsk

using namespace wsk;

/**
 * ExEventObjectType - The type of events with handles, for ObReferenceObjectByHandle().
 *
 * Source: wdm.h, ExEventObjectType
 */
extern "C" POBJECT_TYPE *ExEventObjectType;
constinit POBJECT_TYPE *ExEventObjectType = &event_type_pointer;

/**
 * ZwCreateEvent() - Make an event with a handle.
 * @EventHandle: Receives the handle. ObReferenceObjectByHandle() makes a PKEVENT of it.
 * @DesiredAccess: Ignored: drivers may do everything.
 * @ObjectAttributes: NULL, or attributes of the handle, of which OBJ_KERNEL_HANDLE counts.
 * @EventType: NotificationEvent or SynchronizationEvent.
 * @InitialState: TRUE for an event that is set.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED for an event with a name;
 *	STATUS_INSUFFICIENT_RESOURCES.
 * Source: ntifs.h, ZwCreateEvent function
 */
extern "C" NTSTATUS ZwCreateEvent(PHANDLE EventHandle, ACCESS_MASK,
				  POBJECT_ATTRIBUTES ObjectAttributes, EVENT_TYPE EventType,
				  BOOLEAN InitialState)
{
	DriverAccount *account = driver_of(__builtin_return_address(0));

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!EventHandle || (EventType != NotificationEvent && EventType != SynchronizationEvent))
		return STATUS_INVALID_PARAMETER;
	if (ObjectAttributes && ObjectAttributes->ObjectName)
		return STATUS_NOT_SUPPORTED;

	auto *event = static_cast<PKEVENT>(object_create(&event_type, sizeof(KEVENT), account));

	if (!event)
		return STATUS_INSUFFICIENT_RESOURCES;
	KeInitializeEvent(event, EventType, InitialState);

	NTSTATUS status = handle_create(event, ObjectAttributes ? ObjectAttributes->Attributes : 0,
					EventHandle);

	object_dereference(event);
	return status;
}

/**
 * ZwSetEvent() - Set an event.
 * @EventHandle: From ZwCreateEvent().
 * @PreviousState: Receives the state before, if not NULL.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH.
 * Source: ntifs.h, ZwSetEvent function
 */
extern "C" NTSTATUS ZwSetEvent(HANDLE EventHandle, PLONG PreviousState)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);

	OpenEvent open(EventHandle);

	if (!NT_SUCCESS(open.status))
		return open.status;

	LONG state = KeSetEvent(open.event, IO_NO_INCREMENT, FALSE);

	if (PreviousState)
		*PreviousState = state;
	return STATUS_SUCCESS;
}

/**
 * ZwClearEvent() - Clear an event.
 * @EventHandle: From ZwCreateEvent().
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH.
 * Source: ntifs.h, NtClearEvent function
 */
extern "C" NTSTATUS ZwClearEvent(HANDLE EventHandle)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);

	OpenEvent open(EventHandle);

	if (NT_SUCCESS(open.status))
		KeClearEvent(open.event);
	return open.status;
}

/**
 * ZwResetEvent() - Clear an event, and tell what it was.
 * @EventHandle: From ZwCreateEvent().
 * @PreviousState: Receives the state before, if not NULL.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH.
 * Source: ntifs.h, NtResetEvent function
 */
extern "C" NTSTATUS ZwResetEvent(HANDLE EventHandle, PLONG PreviousState)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);

	OpenEvent open(EventHandle);

	if (!NT_SUCCESS(open.status))
		return open.status;

	LONG state = KeResetEvent(open.event);

	if (PreviousState)
		*PreviousState = state;
	return STATUS_SUCCESS;
}

/**
 * ZwWaitForSingleObject() - Wait for what a handle stands for: an event, or a thread's end.
 * @Handle: From ZwCreateEvent() or PsCreateSystemThread().
 * @Alertable: Ignored, as there are no alerts.
 * @Timeout: As for KeWaitForSingleObject().
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_TIMEOUT; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH for
 *	what cannot be waited for.
 * Source: ntifs.h, ZwWaitForSingleObject function
 */
extern "C" NTSTATUS ZwWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
	PVOID object;

	NT_MAX_IRQL(PASSIVE_LEVEL);

	NTSTATUS status = event_reference(Handle, reinterpret_cast<PKEVENT *>(&object));

	if (status == STATUS_OBJECT_TYPE_MISMATCH)
		status = handle_reference(Handle, *PsThreadType, &object);
	if (!NT_SUCCESS(status))
		return status;
	status = KeWaitForSingleObject(object, UserRequest, KernelMode, Alertable, Timeout);
	object_dereference(object);
	return status;
}
