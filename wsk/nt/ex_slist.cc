// SPDX-License-Identifier: MIT OR GPL-2.0
/* Sequenced lists, which need no lock of the driver's. */
#include <wdm.h>

#include "port/stack.h"

namespace
{

static_assert(sizeof(port_stack) == sizeof(SLIST_HEADER));
static_assert(sizeof(port_stack_entry) == sizeof(SLIST_ENTRY));
static_assert(offsetof(port_stack_entry, next) == offsetof(SLIST_ENTRY, Next));

port_stack *stack_of(PSLIST_HEADER list)
{
	return reinterpret_cast<port_stack *>(list);
}

PSLIST_ENTRY entry_of(port_stack_entry *entry)
{
	return reinterpret_cast<PSLIST_ENTRY>(entry);
}

} // namespace

/**
 * ExpInterlockedPushEntrySList() - Insert an entry at the head of a list.
 * InterlockedPushEntrySList() is a macro for it.
 * @ListHead: The list, initialized with InitializeSListHead().
 * @ListEntry: The entry, aligned to 16 bytes.
 *
 * Context: Any IRQL.
 * Return: The entry that was first before; NULL if the list was empty.
 * Source: wdm.h, InterlockedPushEntrySList function
 */
extern "C" PSLIST_ENTRY ExpInterlockedPushEntrySList(PSLIST_HEADER ListHead, PSLIST_ENTRY ListEntry)
{
	return entry_of(port_stack_push(stack_of(ListHead),
					reinterpret_cast<port_stack_entry *>(ListEntry)));
}

/**
 * ExpInterlockedPopEntrySList() - Remove the first entry of a list.
 * InterlockedPopEntrySList() is a macro for it.
 * @ListHead: The list.
 *
 * Context: Any IRQL.
 * Return: The entry; NULL if the list is empty.
 * Source: wdm.h, InterlockedPopEntrySList function
 */
extern "C" PSLIST_ENTRY ExpInterlockedPopEntrySList(PSLIST_HEADER ListHead)
{
	return entry_of(port_stack_pop(stack_of(ListHead)));
}

/**
 * ExpInterlockedFlushSList() - Remove all entries of a list. InterlockedFlushSList() is a macro for
 * it.
 * @ListHead: The list.
 *
 * Context: Any IRQL.
 * Return: The entries, linked through Next; NULL if the list was empty.
 * Source: wdm.h, InterlockedFlushSList function
 */
extern "C" PSLIST_ENTRY ExpInterlockedFlushSList(PSLIST_HEADER ListHead)
{
	return entry_of(port_stack_take_all(stack_of(ListHead)));
}

/**
 * ExQueryDepthSList() - Count a list's entries.
 * @ListHead: The list.
 *
 * Context: Any IRQL.
 * Return: How many there are.
 * Source: wdm.h, ExQueryDepthSList function
 */
extern "C" USHORT ExQueryDepthSList(PSLIST_HEADER ListHead)
{
	return static_cast<USHORT>(port_stack_depth(stack_of(ListHead)));
}
