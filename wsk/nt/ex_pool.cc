// SPDX-License-Identifier: MIT OR GPL-2.0
/* Pool memory: ExAllocatePool… and ExFreePool…. All of it is resident, and none executable. */
#include <ntddk.h>

#include "nt/irql.h"
#include "nt/pool.h"
#include "port/log.h"

using namespace wsk;

namespace
{

/* Bits of a POOL_TYPE. */
constexpr ULONG type_paged = 1;
constexpr ULONG type_cache_aligned = 4;

constexpr ULONG untagged = 0x656e6f4e; /* "None" */

void check_irql(const char *function, bool paged)
{
	if (paged && KeGetCurrentIrql() > APC_LEVEL)
		port_log_rule(function, "paged pool above APC_LEVEL");
	else if (KeGetCurrentIrql() > DISPATCH_LEVEL)
		port_log_rule(function, "called above DISPATCH_LEVEL");
}

void *allocate_by_type(ULONG type, SIZE_T bytes, ULONG tag, const char *function,
		       const void *caller)
{
	unsigned options = POOL_PLAIN;

	check_irql(function, type & type_paged);
	if (!bytes)
		port_log_rule(function, "a block of no bytes");
	if (type & POOL_ZERO_ALLOCATION)
		options |= POOL_ZEROED;
	if (type & type_cache_aligned)
		options |= POOL_ON_CACHE_LINES;

	void *block = pool_allocate(bytes, tag, options, caller);
	if (!block && (type & POOL_RAISE_IF_ALLOCATION_FAILURE))
		__wsk_seh_raise(STATUS_INSUFFICIENT_RESOURCES);
	return block;
}

void *allocate_by_flags(POOL_FLAGS flags, SIZE_T bytes, ULONG tag, const char *function,
			const void *caller)
{
	constexpr POOL_FLAGS kinds =
		POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED;
	constexpr POOL_FLAGS known = kinds | POOL_FLAG_USE_QUOTA | POOL_FLAG_UNINITIALIZED |
				     POOL_FLAG_SESSION | POOL_FLAG_CACHE_ALIGNED |
				     POOL_FLAG_RAISE_ON_FAILURE;
	POOL_FLAGS kind = flags & kinds;
	NTSTATUS status = STATUS_INVALID_PARAMETER;
	void *block = nullptr;

	check_irql(function, flags & POOL_FLAG_PAGED);
	if (static_cast<ULONG>(flags) & ~known)
		port_log_rule(function, "unknown flags");
	else if (!kind || (kind & (kind - 1)))
		port_log_rule(function, "not exactly one kind of pool");
	else if (!bytes)
		port_log_rule(function, "a block of no bytes");
	else if (!tag)
		port_log_rule(function, "no tag");
	else
		status = STATUS_SUCCESS;

	if (NT_SUCCESS(status)) {
		unsigned options = POOL_PLAIN;

		if (!(flags & POOL_FLAG_UNINITIALIZED))
			options |= POOL_ZEROED;
		if (flags & POOL_FLAG_CACHE_ALIGNED)
			options |= POOL_ON_CACHE_LINES;
		block = pool_allocate(bytes, tag, options, caller);
		status = STATUS_INSUFFICIENT_RESOURCES;
	}
	if (!block && (flags & POOL_FLAG_RAISE_ON_FAILURE))
		__wsk_seh_raise(status);
	return block;
}

/* Raises, unless told not to. */
ULONG with_quota(ULONG type)
{
	return type & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE ? type
						       : type | POOL_RAISE_IF_ALLOCATION_FAILURE;
}

} // namespace

/**
 * ExAllocatePoolWithTag() - Allocate a block of pool memory
 * @PoolType: any type; all memory is resident, and none of it executable
 * @NumberOfBytes: its size; a block of 0 bytes is given out, but must not be touched
 * @Tag: up to four characters that name the block's purpose
 *
 * The block is not initialized. It is aligned to 16 bytes, from PAGE_SIZE on to a page.
 *
 * Context: IRQL <= DISPATCH_LEVEL; <= APC_LEVEL for paged pool.
 * Return: the block, or NULL without memory (with POOL_RAISE_IF_ALLOCATION_FAILURE it raises
 * STATUS_INSUFFICIENT_RESOURCES instead).
 * Source: wdm.h, ExAllocatePoolWithTag
 */
extern "C" PVOID ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	return allocate_by_type(PoolType, NumberOfBytes, Tag, __func__,
				__builtin_return_address(0));
}

/**
 * ExAllocatePool() - Allocate a block of pool memory that no tag names
 * @PoolType: as for ExAllocatePoolWithTag()
 * @NumberOfBytes: its size
 *
 * Context: IRQL <= DISPATCH_LEVEL; <= APC_LEVEL for paged pool.
 * Return: as ExAllocatePoolWithTag(); the account shows the block under 'None'.
 * Source: wdm.h, ExAllocatePool
 */
extern "C" PVOID ExAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
	return allocate_by_type(PoolType, NumberOfBytes, untagged, __func__,
				__builtin_return_address(0));
}

/**
 * ExAllocatePool2() - Allocate a block of pool memory, zeroed
 * @Flags: exactly one of POOL_FLAG_NON_PAGED, POOL_FLAG_NON_PAGED_EXECUTE and POOL_FLAG_PAGED, and
 *	any of POOL_FLAG_UNINITIALIZED, POOL_FLAG_CACHE_ALIGNED, POOL_FLAG_RAISE_ON_FAILURE,
 *	POOL_FLAG_USE_QUOTA and POOL_FLAG_SESSION. Unknown flags in the lower half make it fail;
 *	those in the upper half are optional, and ignored.
 * @NumberOfBytes: its size, not 0
 * @Tag: the block's tag, not 0
 *
 * Context: IRQL <= DISPATCH_LEVEL; <= APC_LEVEL for paged pool.
 * Return: the block, or NULL for bad parameters or without memory. POOL_FLAG_RAISE_ON_FAILURE makes
 * that an exception: STATUS_INVALID_PARAMETER, STATUS_INSUFFICIENT_RESOURCES.
 * Source: wdm.h, ExAllocatePool2
 */
extern "C" PVOID ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
	return allocate_by_flags(Flags, NumberOfBytes, Tag, __func__, __builtin_return_address(0));
}

/**
 * ExAllocatePool3() - ExAllocatePool2() with more to say about the block
 * @Flags: as for ExAllocatePool2()
 * @NumberOfBytes: its size, not 0
 * @Tag: the block's tag, not 0
 * @ExtendedParameters: NULL, or a priority or a NUMA node, of which no use is made. There is no
 *	secure pool: a parameter that asks for it, or an unknown one, makes it fail unless it is
 *	optional.
 * @ExtendedParametersCount: how many there are
 *
 * Context: IRQL <= DISPATCH_LEVEL; <= APC_LEVEL for paged pool.
 * Return: as ExAllocatePool2()
 * Source: wdm.h, ExAllocatePool3
 */
extern "C" PVOID ExAllocatePool3(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag,
				 PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
				 ULONG ExtendedParametersCount)
{
	for (ULONG i = 0; i < ExtendedParametersCount; i++) {
		const POOL_EXTENDED_PARAMETER &parameter = ExtendedParameters[i];

		if (parameter.Optional || parameter.Type == PoolExtendedParameterPriority ||
		    parameter.Type == PoolExtendedParameterNumaNode)
			continue;
		if (Flags & POOL_FLAG_RAISE_ON_FAILURE)
			__wsk_seh_raise(STATUS_INVALID_PARAMETER);
		return nullptr;
	}
	return allocate_by_flags(Flags, NumberOfBytes, Tag, __func__, __builtin_return_address(0));
}

/**
 * ExAllocatePoolWithQuotaTag() - Allocate a block of pool memory, or raise
 * @PoolType: as for ExAllocatePoolWithTag(); POOL_QUOTA_FAIL_INSTEAD_OF_RAISE: do not raise
 * @NumberOfBytes: its size
 * @Tag: the block's tag
 *
 * Nobody has a quota; the driver is charged, as always.
 *
 * Context: IRQL <= DISPATCH_LEVEL; <= APC_LEVEL for paged pool.
 * Return: the block. Without memory it raises STATUS_INSUFFICIENT_RESOURCES, or returns NULL.
 * Source: wdm.h, ExAllocatePoolWithQuotaTag
 */
extern "C" PVOID ExAllocatePoolWithQuotaTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	return allocate_by_type(with_quota(PoolType), NumberOfBytes, Tag, __func__,
				__builtin_return_address(0));
}

/**
 * ExAllocatePoolWithQuota() - Allocate a block of pool memory that no tag names, or raise
 * @PoolType: as for ExAllocatePoolWithQuotaTag()
 * @NumberOfBytes: its size
 *
 * Context: IRQL <= DISPATCH_LEVEL; <= APC_LEVEL for paged pool.
 * Return: as ExAllocatePoolWithQuotaTag(); the account shows the block under 'None'.
 * Source: wdm.h, ExAllocatePoolWithQuota
 */
extern "C" PVOID ExAllocatePoolWithQuota(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
	return allocate_by_type(with_quota(PoolType), NumberOfBytes, untagged, __func__,
				__builtin_return_address(0));
}

/**
 * ExAllocatePoolWithTagPriority() - Allocate a block of pool memory, with a priority
 * @PoolType: as for ExAllocatePoolWithTag()
 * @NumberOfBytes: its size
 * @Tag: the block's tag
 * @Priority: no use is made of it
 *
 * Context: IRQL <= DISPATCH_LEVEL; <= APC_LEVEL for paged pool.
 * Return: as ExAllocatePoolWithTag()
 * Source: wdm.h, ExAllocatePoolWithTagPriority
 */
extern "C" PVOID ExAllocatePoolWithTagPriority(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
					       EX_POOL_PRIORITY)
{
	return allocate_by_type(PoolType, NumberOfBytes, Tag, __func__,
				__builtin_return_address(0));
}

/**
 * ExFreePoolWithTag() - Free a block of pool memory
 * @P: from any ExAllocatePool… function
 * @Tag: the tag it was allocated with; 0 is not compared
 *
 * NULL, no block, a block freed before, or another tag: a rule line in checked builds. Windows
 * would stop the machine.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExFreePoolWithTag
 */
extern "C" VOID ExFreePoolWithTag(PVOID P, ULONG Tag)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	pool_free(P, Tag, __func__);
}

/**
 * ExFreePool() - Free a block of pool memory, whatever its tag
 * @P: from any ExAllocatePool… function
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExFreePool
 */
extern "C" VOID ExFreePool(PVOID P)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	pool_free(P, 0, __func__);
}

/**
 * ExFreePool2() - Free a block of ExAllocatePool3()
 * @P: the block
 * @Tag: the tag it was allocated with; 0 is not compared
 * @ExtendedParameters: not looked at
 * @ExtendedParametersCount: not looked at
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, ExFreePool2
 */
extern "C" VOID ExFreePool2(PVOID P, ULONG Tag, PCPOOL_EXTENDED_PARAMETER, ULONG)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	pool_free(P, Tag, __func__);
}
