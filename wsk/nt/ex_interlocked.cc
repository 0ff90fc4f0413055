// SPDX-License-Identifier: MIT OR GPL-2.0
/* Lists guarded by a spin lock that any IRQL may take: interrupts are disabled meanwhile. */
#include <wdm.h>

#include "port/context.h"
#include "port/lock.h"
#include "port/log.h"

namespace
{

class InterlockedGuard
{
public:
	InterlockedGuard(const char *function, PKSPIN_LOCK lock)
		: lock(lock), interrupts(port_interrupts_save()),
		  held(port_ticket_acquire(lock) == PORT_TICKET_RECURSIVE)
	{
		if (held)
			port_log_rule(function, "this processor holds the lock already");
	}
	~InterlockedGuard()
	{
		if (!held)
			port_ticket_release(lock);
		port_interrupts_restore(interrupts);
	}
	InterlockedGuard(const InterlockedGuard &) = delete;
	InterlockedGuard &operator=(const InterlockedGuard &) = delete;

private:
	const PKSPIN_LOCK lock;
	const uint64_t interrupts;
	const bool held; /* by the caller, who will release it */
};

} // namespace

/**
 * ExInterlockedInsertHeadList() - Insert an entry at the head of a list.
 * @ListHead: The list.
 * @ListEntry: The entry.
 * @Lock: The spin lock that guards the list, held by nobody here. Where the list is used with
 *	interrupts enabled, too, only the ExInterlocked functions may use the lock.
 *
 * Context: Any IRQL.
 * Return: The entry that was first before; NULL if the list was empty.
 * Source: wdm.h, ExInterlockedInsertHeadList function
 */
extern "C" PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
						   PKSPIN_LOCK Lock)
{
	InterlockedGuard guard(__func__, Lock);
	PLIST_ENTRY first = ListHead->Flink;

	InsertHeadList(ListHead, ListEntry);
	return first == ListHead ? nullptr : first;
}

/**
 * ExInterlockedInsertTailList() - Insert an entry at the tail of a list.
 * @ListHead: The list.
 * @ListEntry: The entry.
 * @Lock: The spin lock that guards the list; not one that the caller holds.
 *
 * Context: Any IRQL.
 * Return: The entry that was last before; NULL if the list was empty.
 * Source: wdm.h, ExInterlockedInsertTailList function
 */
extern "C" PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
						   PKSPIN_LOCK Lock)
{
	InterlockedGuard guard(__func__, Lock);
	PLIST_ENTRY last = ListHead->Blink;

	InsertTailList(ListHead, ListEntry);
	return last == ListHead ? nullptr : last;
}

/**
 * ExInterlockedRemoveHeadList() - Remove the first entry of a list.
 * @ListHead: The list.
 * @Lock: The spin lock that guards the list; not one that the caller holds.
 *
 * Context: Any IRQL.
 * Return: The entry; NULL if the list was empty.
 * Source: wdm.h, ExInterlockedRemoveHeadList function
 */
extern "C" PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
	InterlockedGuard guard(__func__, Lock);

	return IsListEmpty(ListHead) ? nullptr : RemoveHeadList(ListHead);
}

/**
 * ExInterlockedPushEntryList() - Insert an entry at the head of a singly linked list.
 * @ListHead: The list.
 * @ListEntry: The entry.
 * @Lock: The spin lock that guards the list; not one that the caller holds.
 *
 * Context: Any IRQL.
 * Return: The entry that was first before; NULL if the list was empty.
 * Source: wdm.h, ExInterlockedPushEntryList function
 */
extern "C" PSINGLE_LIST_ENTRY ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY ListHead,
							 PSINGLE_LIST_ENTRY ListEntry,
							 PKSPIN_LOCK Lock)
{
	InterlockedGuard guard(__func__, Lock);
	PSINGLE_LIST_ENTRY first = ListHead->Next;

	PushEntryList(ListHead, ListEntry);
	return first;
}

/**
 * ExInterlockedPopEntryList() - Remove the first entry of a singly linked list.
 * @ListHead: The list.
 * @Lock: The spin lock that guards the list; not one that the caller holds.
 *
 * Context: Any IRQL.
 * Return: The entry; NULL if the list was empty.
 * Source: wdm.h, ExInterlockedPopEntryList function
 */
extern "C" PSINGLE_LIST_ENTRY ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY ListHead,
							PKSPIN_LOCK Lock)
{
	InterlockedGuard guard(__func__, Lock);

	return PopEntryList(ListHead);
}

/**
 * ExInterlockedAddLargeInteger() - Add to a 64-bit number.
 * @Addend: The number.
 * @Increment: What to add.
 * @Lock: The spin lock that guards the number; not one that the caller holds.
 *
 * Context: Any IRQL.
 * Return: The number before.
 * Source: wdm.h, ExInterlockedAddLargeInteger function
 */
extern "C" LARGE_INTEGER ExInterlockedAddLargeInteger(PLARGE_INTEGER Addend,
						      LARGE_INTEGER Increment, PKSPIN_LOCK Lock)
{
	InterlockedGuard guard(__func__, Lock);
	LARGE_INTEGER before = *Addend;

	Addend->QuadPart = static_cast<LONGLONG>(static_cast<ULONGLONG>(before.QuadPart) +
						 static_cast<ULONGLONG>(Increment.QuadPart));
	return before;
}

/**
 * ExInterlockedAddUlong() - Add to a 32-bit number.
 * @Addend: The number.
 * @Increment: What to add.
 * @Lock: The spin lock that guards the number; not one that the caller holds.
 *
 * Context: Any IRQL.
 * Return: The number before.
 * Source: wdm.h, ExInterlockedAddUlong function
 */
extern "C" ULONG ExInterlockedAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock)
{
	InterlockedGuard guard(__func__, Lock);
	ULONG before = *Addend;

	*Addend = before + Increment;
	return before;
}
