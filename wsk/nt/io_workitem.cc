// SPDX-License-Identifier: MIT OR GPL-2.0
/* Work items of the I/O manager: the driver is not unloaded while one is queued or runs. */
#include <wdm.h>

#include "nt/driver_account.h"
#include "nt/irql.h"
#include "port/memory.h"

struct _IO_WORKITEM {
	WORK_QUEUE_ITEM work;
	PVOID object;
	PIO_WORKITEM_ROUTINE routine; /* one of the two */
	PIO_WORKITEM_ROUTINE_EX routine_ex;
	PVOID context;
	wsk::DriverAccount *account;
	LONG queued;
};

namespace wsk
{

namespace
{

VOID run(PVOID parameter)
{
	auto *item = static_cast<PIO_WORKITEM>(parameter);
	DriverAccount *account = item->account;
	PIO_WORKITEM_ROUTINE routine = item->routine;
	PIO_WORKITEM_ROUTINE_EX routine_ex = item->routine_ex;
	PVOID context = item->context;

	/* The routine may queue the item again, and free it. */
	WriteRelease(&item->queued, 0);
	if (routine)
		routine(static_cast<PDEVICE_OBJECT>(item->object), context);
	else
		routine_ex(item->object, context, item);
	driver_drop(account);
}

void initialize(PIO_WORKITEM item, PVOID object, DriverAccount *account)
{
	*item = {};
	ExInitializeWorkItem(&item->work, run, item);
	item->object = object;
	item->account = account;
}

bool queue(PIO_WORKITEM item, PIO_WORKITEM_ROUTINE routine, PIO_WORKITEM_ROUTINE_EX routine_ex,
	   PVOID context)
{
	if (InterlockedExchange(&item->queued, 1))
		return false;
	item->routine = routine;
	item->routine_ex = routine_ex;
	item->context = context;
	driver_hold(item->account);
	ExQueueWorkItem(&item->work, DelayedWorkQueue);
	return true;
}

bool is_idle(const char *function, PIO_WORKITEM item)
{
	if (!ReadAcquire(&item->queued))
		return true;
	port_log_rule(function, "the work item is queued");
	return false;
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * IoAllocateWorkItem() - Make a work item.
 * @DeviceObject: The routine's first argument; nothing else is done with it.
 *
 * The driver that calls this is charged with the item until IoFreeWorkItem().
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The work item; NULL when memory is short.
 * Source: wdm.h, IoAllocateWorkItem function
 */
extern "C" PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	auto *item = static_cast<PIO_WORKITEM>(port_alloc(sizeof(_IO_WORKITEM), false));

	if (!item)
		return nullptr;
	initialize(item, DeviceObject, driver_of(__builtin_return_address(0)));
	driver_charge(item->account, Resource::work_items);
	return item;
}

/**
 * IoFreeWorkItem() - Free a work item of IoAllocateWorkItem().
 * @IoWorkItem: The work item, not queued. Its own routine may free it. One that is queued is kept,
 *	which breaks a rule.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, IoFreeWorkItem function
 */
extern "C" VOID IoFreeWorkItem(PIO_WORKITEM IoWorkItem)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!is_idle(__func__, IoWorkItem))
		return;

	DriverAccount *account = IoWorkItem->account;

	port_free(IoWorkItem);
	driver_discharge(account, Resource::work_items);
}

/**
 * IoSizeofWorkItem() - How much memory IoInitializeWorkItem() wants.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: Bytes.
 * Source: wdm.h, IoSizeofWorkItem function
 */
extern "C" ULONG IoSizeofWorkItem(VOID)
{
	return sizeof(_IO_WORKITEM);
}

/**
 * IoInitializeWorkItem() - Make a work item in memory of the driver's.
 * @IoObject: The routine's first argument: a device or driver object.
 * @IoWorkItem: IoSizeofWorkItem() bytes, resident.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, IoInitializeWorkItem function
 */
extern "C" VOID IoInitializeWorkItem(PVOID IoObject, PIO_WORKITEM IoWorkItem)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	initialize(IoWorkItem, IoObject, driver_of(__builtin_return_address(0)));
}

/**
 * IoUninitializeWorkItem() - Undo IoInitializeWorkItem().
 * @IoWorkItem: The work item. One that is queued breaks a rule.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, IoUninitializeWorkItem function
 */
extern "C" VOID IoUninitializeWorkItem(PIO_WORKITEM IoWorkItem)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	is_idle(__func__, IoWorkItem);
}

/**
 * IoQueueWorkItem() - Have a routine called by a system thread.
 * @IoWorkItem: The work item, not queued; else a rule is broken, and nothing done.
 * @WorkerRoutine: Called with the item's device object. The driver is not unloaded before it has
 *	returned. It may block, queue the item again, and free it.
 * @QueueType: How urgent it is; no difference here.
 * @Context: The routine's second argument.
 *
 * Context: IRQL <= DISPATCH_LEVEL. The routine runs at PASSIVE_LEVEL.
 * Source: wdm.h, IoQueueWorkItem function
 */
extern "C" VOID IoQueueWorkItem(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE WorkerRoutine,
				WORK_QUEUE_TYPE, PVOID Context)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!queue(IoWorkItem, WorkerRoutine, nullptr, Context))
		port_log_rule(__func__, "the work item is queued already");
}

/**
 * IoQueueWorkItemEx() - Have a routine called by a system thread, with its work item.
 * @IoWorkItem: As for IoQueueWorkItem().
 * @WorkerRoutine: Called with the item's object, the context and the item.
 * @QueueType: As for IoQueueWorkItem().
 * @Context: The routine's second argument.
 *
 * Context: IRQL <= DISPATCH_LEVEL. The routine runs at PASSIVE_LEVEL.
 * Source: wdm.h, IoQueueWorkItemEx function
 */
extern "C" VOID IoQueueWorkItemEx(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
				  WORK_QUEUE_TYPE, PVOID Context)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!queue(IoWorkItem, nullptr, WorkerRoutine, Context))
		port_log_rule(__func__, "the work item is queued already");
}

/**
 * IoTryQueueWorkItem() - IoQueueWorkItemEx() for an item that may be queued already.
 * @IoWorkItem: As for IoQueueWorkItem().
 * @WorkerRoutine: As for IoQueueWorkItemEx().
 * @QueueType: As for IoQueueWorkItem().
 * @Context: The routine's second argument.
 *
 * Context: IRQL <= DISPATCH_LEVEL. The routine runs at PASSIVE_LEVEL.
 * Return: FALSE, and nothing done, if it is queued already.
 * Source: ntddk.h, IoTryQueueWorkItem function
 */
extern "C" BOOLEAN IoTryQueueWorkItem(PIO_WORKITEM IoWorkItem,
				      PIO_WORKITEM_ROUTINE_EX WorkerRoutine, WORK_QUEUE_TYPE,
				      PVOID Context)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return queue(IoWorkItem, nullptr, WorkerRoutine, Context);
}
