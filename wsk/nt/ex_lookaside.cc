// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Lookaside lists. Blocks that come back are kept up to the list's depth, charged to the driver
 * that allocated them, and freed when the list is deleted.
 */
#include <ntddk.h>

#include "nt/irql.h"
#include "nt/pool.h"

namespace wsk
{

namespace
{

constexpr USHORT default_depth = 64;
constexpr ULONG known_flags =
	EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL | EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE;

bool is_paged(POOL_TYPE type)
{
	return type & PagedPool;
}

void check_irql(const char *function, POOL_TYPE type)
{
	if (KeGetCurrentIrql() > (is_paged(type) ? APC_LEVEL : DISPATCH_LEVEL))
		port_log_rule(function, is_paged(type) ? "called above APC_LEVEL"
						       : "called above DISPATCH_LEVEL");
}

/* `List` has the fields of GENERAL_LOOKASIDE_LAYOUT. */
template <typename List>
void initialize(List *list, POOL_TYPE type, SIZE_T size, ULONG tag)
{
	*list = {};
	InitializeSListHead(&list->ListHead);
	list->Depth = default_depth;
	list->MaximumDepth = EX_MAXIMUM_LOOKASIDE_DEPTH_BASE;
	list->Type = type;
	list->Tag = tag;
	/* What is kept is a list entry. */
	list->Size = static_cast<ULONG>(size < sizeof(SLIST_ENTRY) ? sizeof(SLIST_ENTRY) : size);
	InitializeListHead(&list->ListEntry);
}

template <typename List>
PVOID take_kept(List *list)
{
	InterlockedIncrement(&list->TotalAllocates);

	PVOID kept = InterlockedPopEntrySList(&list->ListHead);

	if (!kept)
		InterlockedIncrement(&list->AllocateMisses);
	return kept;
}

/* False: to be freed. */
template <typename List>
bool keep(List *list, PVOID block)
{
	InterlockedIncrement(&list->TotalFrees);
	if (QueryDepthSList(&list->ListHead) >= list->Depth) {
		InterlockedIncrement(&list->FreeMisses);
		return false;
	}
	InterlockedPushEntrySList(&list->ListHead, static_cast<PSLIST_ENTRY>(block));
	return true;
}

/* Allocates as the driver whose code the caller is. */
PVOID from_pool(POOL_TYPE type, SIZE_T size, ULONG tag, const void *caller)
{
	unsigned options = type & POOL_ZERO_ALLOCATION ? POOL_ZEROED : POOL_PLAIN;
	PVOID block = pool_allocate(size, tag, options, caller);

	if (!block && (type & POOL_RAISE_IF_ALLOCATION_FAILURE))
		__wsk_seh_raise(STATUS_INSUFFICIENT_RESOURCES);
	return block;
}

PVOID allocate(GENERAL_LOOKASIDE *list, const void *caller)
{
	PVOID kept = take_kept(list);

	if (kept)
		return kept;
	if (list->Allocate == ExAllocatePoolWithTag)
		return from_pool(list->Type, list->Size, list->Tag, caller);
	return list->Allocate(list->Type, list->Size, list->Tag);
}

void give_back(GENERAL_LOOKASIDE *list, PVOID block)
{
	list->Free(block);
}

void give_back(PLOOKASIDE_LIST_EX lookaside, PVOID block)
{
	if (lookaside->L.FreeEx)
		lookaside->L.FreeEx(block, lookaside);
	else
		ExFreePool(block);
}

/* Frees what is kept; `owner` is what give_back() knows. */
template <typename Owner, typename List>
void flush(Owner *owner, List *list)
{
	while (PVOID kept = InterlockedPopEntrySList(&list->ListHead))
		give_back(owner, kept);
}

void initialize_general(const char *function, GENERAL_LOOKASIDE *list, PALLOCATE_FUNCTION allocate,
			PFREE_FUNCTION free, ULONG flags, POOL_TYPE type, SIZE_T size, ULONG tag)
{
	constexpr ULONG known = POOL_RAISE_IF_ALLOCATION_FAILURE | POOL_NX_ALLOCATION;

	if (flags & ~known)
		port_log_rule(function, "unknown flags");
	initialize(list, static_cast<POOL_TYPE>(type | (flags & known)), size, tag);
	list->Allocate = allocate ? allocate : ExAllocatePoolWithTag;
	list->Free = free ? free : ExFreePool;
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * ExInitializeLookasideListEx() - Make a lookaside list.
 * @Lookaside: Memory for it, aligned to 16 bytes; ExDeleteLookasideListEx() before it is freed.
 * @Allocate: What allocates blocks, or NULL for the pool. It may make larger blocks.
 * @Free: What frees them, or NULL for the pool.
 * @PoolType: The pool that Allocate is told.
 * @Flags: 0, or with Allocate NULL: EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL to raise
 *	STATUS_INSUFFICIENT_RESOURCES instead of returning NULL;
 *	EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE not to.
 * @Size: The blocks' size; at least 16 bytes are allocated.
 * @Tag: The blocks' tag.
 * @Depth: 0; reserved.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER_5 for other flags, or both;
 *	STATUS_INVALID_PARAMETER_6 for a size that no ULONG holds.
 * Source: wdm.h, ExInitializeLookasideListEx function
 */
extern "C" NTSTATUS ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX Lookaside,
						PALLOCATE_FUNCTION_EX Allocate,
						PFREE_FUNCTION_EX Free, POOL_TYPE PoolType,
						ULONG Flags, SIZE_T Size, ULONG Tag, USHORT)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if ((Flags & ~known_flags) || Flags == known_flags)
		return STATUS_INVALID_PARAMETER_5;
	if (Size > MAXULONG)
		return STATUS_INVALID_PARAMETER_6;
	initialize(
		&Lookaside->L,
		static_cast<POOL_TYPE>(PoolType | (Flags & EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL
							   ? POOL_RAISE_IF_ALLOCATION_FAILURE
							   : 0)),
		Size, Tag);
	Lookaside->L.AllocateEx = Allocate;
	Lookaside->L.FreeEx = Free;
	return STATUS_SUCCESS;
}

/**
 * ExDeleteLookasideListEx() - Free the blocks that a lookaside list keeps.
 * @Lookaside: The list, which must be initialized again before it is used again. Blocks that it has
 *	given out are to be freed as Free would.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExDeleteLookasideListEx function
 */
extern "C" VOID ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	flush(Lookaside, &Lookaside->L);
}

/**
 * ExFlushLookasideListEx() - Free the blocks that a lookaside list keeps, and go on using it.
 * @Lookaside: The list.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExFlushLookasideListEx function
 */
extern "C" VOID ExFlushLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	flush(Lookaside, &Lookaside->L);
}

/**
 * ExAllocateFromLookasideListEx() - Get a block of a lookaside list's size.
 * @Lookaside: The list.
 *
 * Context: IRQL <= DISPATCH_LEVEL; <= APC_LEVEL for a list of paged pool.
 * Return: One that was kept, or a fresh one; not initialized. NULL without memory.
 * Source: wdm.h, ExAllocateFromLookasideListEx function
 */
extern "C" PVOID ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
	check_irql(__func__, Lookaside->L.Type);

	PVOID kept = take_kept(&Lookaside->L);

	if (kept)
		return kept;
	if (!Lookaside->L.AllocateEx)
		return from_pool(Lookaside->L.Type, Lookaside->L.Size, Lookaside->L.Tag,
				 __builtin_return_address(0));
	return Lookaside->L.AllocateEx(Lookaside->L.Type, Lookaside->L.Size, Lookaside->L.Tag,
				       Lookaside);
}

/**
 * ExFreeToLookasideListEx() - Give a block back to its lookaside list.
 * @Lookaside: The list.
 * @Entry: The block. It is kept, or freed.
 *
 * Context: IRQL <= DISPATCH_LEVEL; <= APC_LEVEL for a list of paged pool.
 * Source: wdm.h, ExFreeToLookasideListEx function
 */
extern "C" VOID ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PVOID Entry)
{
	check_irql(__func__, Lookaside->L.Type);
	if (!keep(&Lookaside->L, Entry))
		give_back(Lookaside, Entry);
}

/**
 * ExInitializeNPagedLookasideList() - Make a lookaside list of nonpaged pool.
 * @Lookaside: Memory for it, aligned to 64 bytes; ExDeleteNPagedLookasideList() before it is freed.
 * @Allocate: What allocates blocks, or NULL for the pool.
 * @Free: What frees them, or NULL for the pool.
 * @Flags: 0, POOL_NX_ALLOCATION or POOL_RAISE_IF_ALLOCATION_FAILURE.
 * @Size: The blocks' size; at least 16 bytes are allocated.
 * @Tag: The blocks' tag.
 * @Depth: 0; reserved.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExInitializeNPagedLookasideList function
 */
extern "C" VOID ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside,
						PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
						ULONG Flags, SIZE_T Size, ULONG Tag, USHORT)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	initialize_general(__func__, &Lookaside->L, Allocate, Free, Flags, NonPagedPool, Size, Tag);
}

/**
 * ExDeleteNPagedLookasideList() - Free the blocks that a lookaside list keeps.
 * @Lookaside: The list, which must be initialized again before it is used again.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExDeleteNPagedLookasideList function
 */
extern "C" VOID ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	flush(&Lookaside->L, &Lookaside->L);
}

/**
 * ExAllocateFromNPagedLookasideList() - Get a block of a lookaside list's size.
 * @Lookaside: The list.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: One that was kept, or a fresh one; not initialized. NULL without memory.
 * Source: wdm.h, ExAllocateFromNPagedLookasideList function
 */
extern "C" PVOID ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return allocate(&Lookaside->L, __builtin_return_address(0));
}

/**
 * ExFreeToNPagedLookasideList() - Give a block back to its lookaside list.
 * @Lookaside: The list.
 * @Entry: The block. It is kept, or freed.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExFreeToNPagedLookasideList function
 */
extern "C" VOID ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!keep(&Lookaside->L, Entry))
		give_back(&Lookaside->L, Entry);
}

/**
 * ExInitializePagedLookasideList() - Make a lookaside list of paged pool.
 * @Lookaside: Memory for it, aligned to 64 bytes; ExDeletePagedLookasideList() before it is freed.
 * @Allocate: What allocates blocks, or NULL for the pool.
 * @Free: What frees them, or NULL for the pool.
 * @Flags: 0 or POOL_RAISE_IF_ALLOCATION_FAILURE.
 * @Size: The blocks' size; at least 16 bytes are allocated.
 * @Tag: The blocks' tag.
 * @Depth: 0; reserved.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExInitializePagedLookasideList function
 */
extern "C" VOID ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside,
					       PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
					       ULONG Flags, SIZE_T Size, ULONG Tag, USHORT)
{
	NT_MAX_IRQL(APC_LEVEL);
	initialize_general(__func__, &Lookaside->L, Allocate, Free, Flags, PagedPool, Size, Tag);
}

/**
 * ExDeletePagedLookasideList() - Free the blocks that a lookaside list keeps.
 * @Lookaside: The list, which must be initialized again before it is used again.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExDeletePagedLookasideList function
 */
extern "C" VOID ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
	NT_MAX_IRQL(APC_LEVEL);
	flush(&Lookaside->L, &Lookaside->L);
}

/**
 * ExAllocateFromPagedLookasideList() - Get a block of a lookaside list's size.
 * @Lookaside: The list.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: One that was kept, or a fresh one; not initialized. NULL without memory.
 * Source: wdm.h, ExAllocateFromPagedLookasideList function
 */
extern "C" PVOID ExAllocateFromPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
	NT_MAX_IRQL(APC_LEVEL);
	return allocate(&Lookaside->L, __builtin_return_address(0));
}

/**
 * ExFreeToPagedLookasideList() - Give a block back to its lookaside list.
 * @Lookaside: The list.
 * @Entry: The block. It is kept, or freed.
 *
 * Context: IRQL <= APC_LEVEL.
 * Source: wdm.h, ExFreeToPagedLookasideList function
 */
extern "C" VOID ExFreeToPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (!keep(&Lookaside->L, Entry))
		give_back(&Lookaside->L, Entry);
}
