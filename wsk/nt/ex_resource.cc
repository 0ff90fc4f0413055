// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Resources: locks for readers and writers that know their owners, so that these may acquire them
 * again, and sleep holding them.
 *
 * An owner has an entry: OwnerEntry, or one of OwnerTable, whose entry 0 holds the table's size. A
 * reader waits only once there is an entry for it, so that whoever releases the resource can hand
 * it over. OwnerEntry is a writer's.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <ntddk.h>

#include "nt/irql.h"
#include "nt/pool.h"
#include "port/context.h"
#include "port/lock.h"

namespace wsk
{

namespace
{

constexpr ULONG table_tag = 'sRxE';

enum class How { exclusive, shared, shared_starve, shared_wait };

/* A thread that waits, on its stack. */
struct Waiter {
	Waiter *next;
	ERESOURCE_THREAD thread;
	KEVENT granted;
};

class ResourceGuard
{
public:
	explicit ResourceGuard(PERESOURCE resource) : resource(resource)
	{
		port_bottom_halves_disable();
		port_ticket_acquire(&resource->SpinLock);
	}
	~ResourceGuard()
	{
		port_ticket_release(&resource->SpinLock);
		port_bottom_halves_enable();
	}
	ResourceGuard(const ResourceGuard &) = delete;
	ResourceGuard &operator=(const ResourceGuard &) = delete;

private:
	PERESOURCE resource;
};

ERESOURCE_THREAD this_thread()
{
	return ExGetCurrentResourceThread();
}

bool is_exclusive(PERESOURCE resource)
{
	return resource->Flag & ResourceOwnedExclusive;
}

ULONG table_size(PERESOURCE resource)
{
	return resource->OwnerTable ? resource->OwnerTable->TableSize : 1;
}

/* The entry that the question is answered with true for, or null. */
template <typename Question>
POWNER_ENTRY find_entry(PERESOURCE resource, Question question)
{
	if (question(&resource->OwnerEntry))
		return &resource->OwnerEntry;
	for (ULONG i = 1; i < table_size(resource); i++)
		if (question(&resource->OwnerTable[i]))
			return &resource->OwnerTable[i];
	return nullptr;
}

POWNER_ENTRY entry_of(PERESOURCE resource, ERESOURCE_THREAD thread)
{
	return find_entry(resource, [=](POWNER_ENTRY entry) {
		return entry->OwnerCount && entry->OwnerThread == thread;
	});
}

/* Whether one more reader can be let in, or wait. */
bool has_room(PERESOURCE resource)
{
	return table_size(resource) >
	       static_cast<ULONG>(resource->ActiveCount) + resource->NumberOfSharedWaiters;
}

void own(POWNER_ENTRY entry, ERESOURCE_THREAD thread)
{
	entry->OwnerThread = thread;
	entry->OwnerCount = 1;
}

void let_reader_in(PERESOURCE resource, ERESOURCE_THREAD thread)
{
	if (POWNER_ENTRY entry = entry_of(resource, thread)) {
		entry->OwnerCount++;
		return;
	}
	own(find_entry(resource, [](POWNER_ENTRY entry) { return !entry->OwnerCount; }), thread);
	resource->ActiveCount++;
}

void let_writer_in(PERESOURCE resource, ERESOURCE_THREAD thread)
{
	own(&resource->OwnerEntry, thread);
	resource->Flag |= ResourceOwnedExclusive;
	resource->ActiveCount = 1;
}

void append(PVOID *list, Waiter *waiter)
{
	auto **last = reinterpret_cast<Waiter **>(list);

	while (*last)
		last = &(*last)->next;
	*last = waiter;
}

/* Lets in all readers that wait. They are to be woken. */
Waiter *let_readers_in(PERESOURCE resource)
{
	auto *first = static_cast<Waiter *>(resource->SharedWaiters);

	resource->SharedWaiters = nullptr;
	resource->NumberOfSharedWaiters = 0;
	for (Waiter *waiter = first; waiter; waiter = waiter->next)
		let_reader_in(resource, waiter->thread);
	return first;
}

/* For a resource that nobody holds any more: readers and writers take turns. */
Waiter *hand_over(PERESOURCE resource, bool was_exclusive)
{
	auto *writer = static_cast<Waiter *>(resource->ExclusiveWaiters);

	if (!writer || (was_exclusive && resource->SharedWaiters))
		return let_readers_in(resource);
	resource->ExclusiveWaiters = writer->next;
	resource->NumberOfExclusiveWaiters--;
	writer->next = nullptr;
	let_writer_in(resource, writer->thread);
	return writer;
}

void wake(Waiter *granted)
{
	while (granted) {
		Waiter *waiter = granted;

		granted = waiter->next;
		KeSetEvent(&waiter->granted, IO_NO_INCREMENT, FALSE);
	}
}

enum class Outcome { acquired, refused, waits, wants_room };

Outcome try_exclusive(const char *function, PERESOURCE resource, bool wait, Waiter *self)
{
	POWNER_ENTRY entry = entry_of(resource, self->thread);

	if (!resource->ActiveCount) {
		let_writer_in(resource, self->thread);
		return Outcome::acquired;
	}
	if (entry && is_exclusive(resource)) {
		entry->OwnerCount++;
		return Outcome::acquired;
	}
	if (wait && entry) {
		port_log_rule(function,
			      "the thread shares the resource, and would wait for itself");
		return Outcome::refused;
	}
	if (!wait)
		return Outcome::refused;
	append(&resource->ExclusiveWaiters, self);
	resource->NumberOfExclusiveWaiters++;
	return Outcome::waits;
}

Outcome try_shared(PERESOURCE resource, How how, bool wait, Waiter *self)
{
	POWNER_ENTRY entry = entry_of(resource, self->thread);
	bool writers_first = resource->NumberOfExclusiveWaiters && how != How::shared_starve;

	if (entry && (is_exclusive(resource) || how != How::shared_wait || !writers_first)) {
		entry->OwnerCount++;
		return Outcome::acquired;
	}
	if (!is_exclusive(resource) && !writers_first) {
		if (!has_room(resource))
			return Outcome::wants_room;
		let_reader_in(resource, self->thread);
		return Outcome::acquired;
	}
	if (!wait)
		return Outcome::refused;
	if (!has_room(resource))
		return Outcome::wants_room;
	append(&resource->SharedWaiters, self);
	resource->NumberOfSharedWaiters++;
	return Outcome::waits;
}

Outcome try_once(const char *function, PERESOURCE resource, How how, bool wait, Waiter *self)
{
	ResourceGuard guard(resource);
	Outcome outcome = how == How::exclusive ? try_exclusive(function, resource, wait, self)
						: try_shared(resource, how, wait, self);

	if (outcome == Outcome::waits)
		resource->ContentionCount++;
	return outcome;
}

/* Twice as many entries; false without memory. */
bool make_room(PERESOURCE resource, const void *caller)
{
	ULONG size = table_size(resource) * 2;
	auto *table = static_cast<POWNER_ENTRY>(
		pool_allocate(size * sizeof(OWNER_ENTRY), table_tag, POOL_ZEROED, caller));
	POWNER_ENTRY unused = table;

	if (!table)
		return false;
	table->TableSize = size;
	{
		ResourceGuard guard(resource);

		if (table_size(resource) < size) {
			for (ULONG i = 1; i < table_size(resource); i++)
				table[i] = resource->OwnerTable[i];
			unused = resource->OwnerTable;
			resource->OwnerTable = table;
		}
	}
	if (unused)
		pool_free(unused, table_tag, "ExAcquireResourceSharedLite");
	return true;
}

BOOLEAN acquire(const char *function, PERESOURCE resource, How how, BOOLEAN wait,
		const void *caller)
{
	bool sleeps = wait && port_context() == PORT_CONTEXT_TASK;
	LARGE_INTEGER pause;
	Waiter self = {};

	if (KeGetCurrentIrql() > APC_LEVEL && (wait || KeGetCurrentIrql() > DISPATCH_LEVEL))
		port_log_rule(function, "called above APC_LEVEL");
	pause.QuadPart = -100000;
	self.thread = this_thread();
	KeInitializeEvent(&self.granted, SynchronizationEvent, FALSE);
	for (;;) {
		switch (try_once(function, resource, how, sleeps, &self)) {
		case Outcome::acquired:
			return TRUE;
		case Outcome::refused:
			return FALSE;
		case Outcome::waits:
			KeWaitForSingleObject(&self.granted, WrResource, KernelMode, FALSE,
					      nullptr);
			return TRUE;
		case Outcome::wants_room:
			if (make_room(resource, caller))
				break;
			if (!sleeps)
				return FALSE;
			/* The caller has been promised the resource. */
			KeDelayExecutionThread(KernelMode, FALSE, &pause);
			break;
		}
	}
}

void release(const char *function, PERESOURCE resource, ERESOURCE_THREAD thread)
{
	Waiter *granted = nullptr;
	bool owned;
	{
		ResourceGuard guard(resource);
		POWNER_ENTRY entry = entry_of(resource, thread);

		owned = entry;
		if (entry && !--entry->OwnerCount) {
			bool was_exclusive = is_exclusive(resource);

			entry->OwnerThread = 0;
			resource->Flag &= static_cast<USHORT>(~ResourceOwnedExclusive);
			if (!--resource->ActiveCount)
				granted = hand_over(resource, was_exclusive);
		}
	}
	if (!owned)
		port_log_rule(function, "the thread has not acquired the resource");
	wake(granted);
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * ExInitializeResourceLite() - Make a resource that nobody holds.
 * @Resource: Resident memory for it, aligned to 8 bytes; ExDeleteResourceLite() before it is freed.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS.
 * Source: wdm.h, ExInitializeResourceLite function
 */
extern "C" NTSTATUS ExInitializeResourceLite(PERESOURCE Resource)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	*Resource = {};
	InitializeListHead(&Resource->SystemResourcesList);
	return STATUS_SUCCESS;
}

/**
 * ExReinitializeResourceLite() - Make a resource again one that nobody holds.
 * @Resource: The resource. One that is held, or waited for, breaks a rule, and is left as it is.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS.
 * Source: wdm.h, ExReinitializeResourceLite function
 */
extern "C" NTSTATUS ExReinitializeResourceLite(PERESOURCE Resource)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	ResourceGuard guard(Resource);

	if (Resource->ActiveCount)
		port_log_rule(__func__, "the resource is held");
	else
		Resource->ContentionCount = 0;
	return STATUS_SUCCESS;
}

/**
 * ExDeleteResourceLite() - Give back what a resource has allocated.
 * @Resource: The resource. One that is held, or waited for, breaks a rule, and is left as it is.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS.
 * Source: wdm.h, ExDeleteResourceLite function
 */
extern "C" NTSTATUS ExDeleteResourceLite(PERESOURCE Resource)
{
	POWNER_ENTRY table = nullptr;
	bool held;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	{
		ResourceGuard guard(Resource);

		held = Resource->ActiveCount;
		if (!held) {
			table = Resource->OwnerTable;
			Resource->OwnerTable = nullptr;
		}
	}
	if (held)
		port_log_rule(__func__, "the resource is held");
	if (table)
		pool_free(table, table_tag, __func__);
	return STATUS_SUCCESS;
}

/**
 * ExAcquireResourceExclusiveLite() - Acquire a resource for writing.
 * @Resource: The resource. Its writer may acquire it again; a reader cannot become its writer.
 * @Wait: Whether to wait for it.
 *
 * Context: IRQL <= APC_LEVEL, in a critical region.
 * Return: TRUE if it was acquired, as always with Wait, but for a reader, which breaks a rule.
 * Source: wdm.h, ExAcquireResourceExclusiveLite function
 */
extern "C" BOOLEAN ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait)
{
	return acquire(__func__, Resource, How::exclusive, Wait, __builtin_return_address(0));
}

/**
 * ExAcquireResourceSharedLite() - Acquire a resource for reading.
 * @Resource: The resource. Whoever holds it already gets it at once; others not while a writer
 *	waits.
 * @Wait: Whether to wait for it.
 *
 * Context: IRQL <= APC_LEVEL, in a critical region.
 * Return: TRUE if it was acquired, as always with Wait.
 * Source: wdm.h, ExAcquireResourceSharedLite function
 */
extern "C" BOOLEAN ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait)
{
	return acquire(__func__, Resource, How::shared, Wait, __builtin_return_address(0));
}

/**
 * ExAcquireSharedStarveExclusive() - Acquire a resource for reading, although a writer waits.
 * @Resource: The resource.
 * @Wait: Whether to wait for it.
 *
 * Context: IRQL <= APC_LEVEL, in a critical region.
 * Return: TRUE if it was acquired, as always with Wait.
 * Source: wdm.h, ExAcquireSharedStarveExclusive function
 */
extern "C" BOOLEAN ExAcquireSharedStarveExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
	return acquire(__func__, Resource, How::shared_starve, Wait, __builtin_return_address(0));
}

/**
 * ExAcquireSharedWaitForExclusive() - Acquire a resource for reading, after writers that wait.
 * @Resource: The resource. Also a reader that holds it already waits for them, and so for ever.
 * @Wait: Whether to wait for it.
 *
 * Context: IRQL <= APC_LEVEL, in a critical region.
 * Return: TRUE if it was acquired, as always with Wait.
 * Source: wdm.h, ExAcquireSharedWaitForExclusive function
 */
extern "C" BOOLEAN ExAcquireSharedWaitForExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
	return acquire(__func__, Resource, How::shared_wait, Wait, __builtin_return_address(0));
}

/**
 * ExEnterCriticalRegionAndAcquireResourceExclusive() - Acquire a resource for writing, in a
 * critical region.
 * @Resource: The resource.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: NULL; nobody may look at it.
 * Source: wdm.h, ExEnterCriticalRegionAndAcquireResourceExclusive function
 */
extern "C" PVOID ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE Resource)
{
	KeEnterCriticalRegion();
	acquire(__func__, Resource, How::exclusive, TRUE, __builtin_return_address(0));
	return nullptr;
}

/**
 * ExEnterCriticalRegionAndAcquireResourceShared() - Acquire a resource for reading, in a critical
 * region.
 * @Resource: The resource.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: NULL; nobody may look at it.
 * Source: wdm.h, ExEnterCriticalRegionAndAcquireResourceShared function
 */
extern "C" PVOID ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE Resource)
{
	KeEnterCriticalRegion();
	acquire(__func__, Resource, How::shared, TRUE, __builtin_return_address(0));
	return nullptr;
}

/**
 * ExEnterCriticalRegionAndAcquireSharedWaitForExclusive() - ExAcquireSharedWaitForExclusive() in a
 * critical region.
 * @Resource: The resource.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: NULL; nobody may look at it.
 * Source: wdm.h, ExEnterCriticalRegionAndAcquireSharedWaitForExclusive function
 */
extern "C" PVOID ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(PERESOURCE Resource)
{
	KeEnterCriticalRegion();
	acquire(__func__, Resource, How::shared_wait, TRUE, __builtin_return_address(0));
	return nullptr;
}

/**
 * ExReleaseResourceLite() - Undo one acquisition by the current thread.
 * @Resource: The resource. One that the thread does not hold breaks a rule, and is left as it is.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExReleaseResourceLite function
 */
extern "C" VOID ExReleaseResourceLite(PERESOURCE Resource)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	release(__func__, Resource, this_thread());
}

/**
 * ExReleaseResourceForThreadLite() - Undo one acquisition by some thread.
 * @Resource: The resource.
 * @ResourceThreadId: ExGetCurrentResourceThread() of the thread, or what
 *	ExSetResourceOwnerPointer() has put in its place.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExReleaseResourceForThreadLite function
 */
extern "C" VOID ExReleaseResourceForThreadLite(PERESOURCE Resource,
					       ERESOURCE_THREAD ResourceThreadId)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	release(__func__, Resource, ResourceThreadId);
}

/**
 * ExReleaseResourceAndLeaveCriticalRegion() - Undo one acquisition, and leave the critical region.
 * @Resource: The resource.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExReleaseResourceAndLeaveCriticalRegion function
 */
extern "C" VOID ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE Resource)
{
	release(__func__, Resource, this_thread());
	KeLeaveCriticalRegion();
}

/**
 * ExConvertExclusiveToSharedLite() - Turn writing into reading, which lets in readers that wait.
 * @Resource: The resource, acquired for writing; else a rule is broken, and nothing done.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExConvertExclusiveToSharedLite function
 */
extern "C" VOID ExConvertExclusiveToSharedLite(PERESOURCE Resource)
{
	Waiter *granted = nullptr;
	bool writes;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	{
		ResourceGuard guard(Resource);

		writes = is_exclusive(Resource);
		Resource->Flag &= static_cast<USHORT>(~ResourceOwnedExclusive);
		if (writes)
			granted = let_readers_in(Resource);
	}
	if (!writes)
		port_log_rule(__func__, "nobody holds the resource exclusively");
	wake(granted);
}

/**
 * ExSetResourceOwnerPointer() - Give a resource that the current thread holds to another owner.
 * @Resource: The resource.
 * @OwnerPointer: The owner: an address in system memory, with the two lowest bits set.
 *	ExReleaseResourceForThreadLite() then releases it.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExSetResourceOwnerPointer function
 */
extern "C" VOID ExSetResourceOwnerPointer(PERESOURCE Resource, PVOID OwnerPointer)
{
	ExSetResourceOwnerPointerEx(Resource, OwnerPointer, 0);
}

/**
 * ExSetResourceOwnerPointerEx() - Give a resource that the current thread holds to another owner.
 * @Resource: The resource. One that the thread does not hold breaks a rule.
 * @OwnerPointer: The owner: as for ExSetResourceOwnerPointer(), or a thread.
 * @Flags: FLAG_OWNER_POINTER_IS_THREAD if it is a thread.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExSetResourceOwnerPointerEx function
 */
extern "C" VOID ExSetResourceOwnerPointerEx(PERESOURCE Resource, PVOID OwnerPointer, ULONG)
{
	bool owned;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	{
		ResourceGuard guard(Resource);
		POWNER_ENTRY entry = entry_of(Resource, this_thread());

		owned = entry;
		if (entry)
			entry->OwnerThread = reinterpret_cast<ERESOURCE_THREAD>(OwnerPointer);
	}
	if (!owned)
		port_log_rule(__func__, "the thread has not acquired the resource");
}

/**
 * ExIsResourceAcquiredExclusiveLite() - Whether the current thread writes.
 * @Resource: The resource.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE if it has acquired the resource for writing.
 * Source: wdm.h, ExIsResourceAcquiredExclusiveLite function
 */
extern "C" BOOLEAN ExIsResourceAcquiredExclusiveLite(PERESOURCE Resource)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	ResourceGuard guard(Resource);

	return is_exclusive(Resource) && entry_of(Resource, this_thread());
}

/**
 * ExIsResourceAcquiredSharedLite() - How often the current thread has acquired a resource.
 * @Resource: The resource.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The number, for reading or writing; 0 if it does not hold it.
 * Source: wdm.h, ExIsResourceAcquiredSharedLite function
 */
extern "C" ULONG ExIsResourceAcquiredSharedLite(PERESOURCE Resource)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	ResourceGuard guard(Resource);
	POWNER_ENTRY entry = entry_of(Resource, this_thread());

	return entry ? entry->OwnerCount : 0;
}

/**
 * ExGetExclusiveWaiterCount() - How many threads wait to write.
 * @Resource: The resource.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The number.
 * Source: wdm.h, ExGetExclusiveWaiterCount function
 */
extern "C" ULONG ExGetExclusiveWaiterCount(PERESOURCE Resource)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return ReadULongAcquire(&Resource->NumberOfExclusiveWaiters);
}

/**
 * ExGetSharedWaiterCount() - How many threads wait to read.
 * @Resource: The resource.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The number.
 * Source: wdm.h, ExGetSharedWaiterCount function
 */
extern "C" ULONG ExGetSharedWaiterCount(PERESOURCE Resource)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return ReadULongAcquire(&Resource->NumberOfSharedWaiters);
}
