// SPDX-License-Identifier: MIT OR GPL-2.0
/* Lookaside lists, and the rarer ways to allocate pool. */
#include <ntddk.h>

#include "bridge.h"
#include "nt/driver.h"
#include "nt/pool.h"
#include "port/memory.h"

using namespace wsk;

namespace
{

constexpr ULONG tag = 'slLT';

long blocks()
{
	return pool_usage(driver_of(nullptr), tag).blocks;
}

void keeps_what_comes_back(struct kunit *test)
{
	LOOKASIDE_LIST_EX list;
	long before = blocks();

	ASSERT_STATUS(test,
		      ExInitializeLookasideListEx(&list, nullptr, nullptr, NonPagedPoolNx, 0, 100,
						  tag, 0),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, list.L.Size, 100u);
	PVOID first = ExAllocateFromLookasideListEx(&list);
	PVOID second = ExAllocateFromLookasideListEx(&list);
	ASSERT_NOT_NULL(test, first);
	ASSERT_NOT_NULL(test, second);
	EXPECT_EQ(test, blocks(), before + 2);
	ExFreeToLookasideListEx(&list, first);
	EXPECT_EQ(test, blocks(), before + 2);
	EXPECT_PTR_EQ(test, ExAllocateFromLookasideListEx(&list), first);
	EXPECT_EQ(test, list.L.TotalAllocates, 3u);
	EXPECT_EQ(test, list.L.AllocateMisses, 2u);
	ExFreeToLookasideListEx(&list, first);
	ExFreeToLookasideListEx(&list, second);
	EXPECT_EQ(test, list.L.TotalFrees, 3u);
	ExFlushLookasideListEx(&list);
	EXPECT_EQ(test, blocks(), before);
	first = ExAllocateFromLookasideListEx(&list);
	ASSERT_NOT_NULL(test, first);
	ExFreeToLookasideListEx(&list, first);
	EXPECT_RULES(test, 0, ExDeleteLookasideListEx(&list));
	EXPECT_EQ(test, blocks(), before);
}

/* No more than its depth is kept. */
void does_not_keep_all(struct kunit *test)
{
	constexpr int count = 300;
	static constinit PVOID block[count];
	NPAGED_LOOKASIDE_LIST list;
	long before = blocks();

	ExInitializeNPagedLookasideList(&list, nullptr, nullptr, POOL_NX_ALLOCATION, 1, tag, 0);
	EXPECT_EQ(test, list.L.Size, sizeof(SLIST_ENTRY));
	for (auto &one : block) {
		one = ExAllocateFromNPagedLookasideList(&list);
		ASSERT_NOT_NULL(test, one);
	}
	EXPECT_EQ(test, blocks(), before + count);
	for (auto *one : block)
		ExFreeToNPagedLookasideList(&list, one);
	EXPECT_EQ(test, blocks(), before + list.L.Depth);
	EXPECT_EQ(test, list.L.FreeMisses, static_cast<ULONG>(count - list.L.Depth));
	ExDeleteNPagedLookasideList(&list);
	EXPECT_EQ(test, blocks(), before);
}

void paged(struct kunit *test)
{
	PAGED_LOOKASIDE_LIST list;
	long before = blocks();

	ExInitializePagedLookasideList(&list, nullptr, nullptr, 0, 64, tag, 0);
	PVOID block = ExAllocateFromPagedLookasideList(&list);
	ASSERT_NOT_NULL(test, block);
	ExFreeToPagedLookasideList(&list, block);
	EXPECT_PTR_EQ(test, ExAllocateFromPagedLookasideList(&list), block);
	ExFreeToPagedLookasideList(&list, block);
	ExDeletePagedLookasideList(&list);
	EXPECT_EQ(test, blocks(), before);
}

/* The driver's own functions, with something behind the block. */
struct Own {
	LOOKASIDE_LIST_EX list;
	int allocated, freed;
};

PVOID own_allocate(POOL_TYPE type, SIZE_T size, ULONG own_tag, PLOOKASIDE_LIST_EX list)
{
	CONTAINING_RECORD(list, Own, list)->allocated++;
	return ExAllocatePoolWithTag(type, size + 16, own_tag);
}

VOID own_free(PVOID block, PLOOKASIDE_LIST_EX list)
{
	CONTAINING_RECORD(list, Own, list)->freed++;
	ExFreePoolWithTag(block, tag);
}

constinit int plain_allocated, plain_freed;

PVOID plain_allocate(POOL_TYPE type, SIZE_T size, ULONG own_tag)
{
	plain_allocated++;
	return ExAllocatePoolWithTag(type, size, own_tag);
}

VOID plain_free(PVOID block)
{
	plain_freed++;
	ExFreePoolWithTag(block, tag);
}

void own_functions(struct kunit *test)
{
	NPAGED_LOOKASIDE_LIST plain;
	Own own = {};

	ASSERT_STATUS(test,
		      ExInitializeLookasideListEx(&own.list, own_allocate, own_free, NonPagedPoolNx,
						  0, 32, tag, 0),
		      STATUS_SUCCESS);
	PVOID block = ExAllocateFromLookasideListEx(&own.list);
	ASSERT_NOT_NULL(test, block);
	ExFreeToLookasideListEx(&own.list, block);
	EXPECT_PTR_EQ(test, ExAllocateFromLookasideListEx(&own.list), block);
	EXPECT_EQ(test, own.allocated, 1);
	ExFreeToLookasideListEx(&own.list, block);
	ExDeleteLookasideListEx(&own.list);
	EXPECT_EQ(test, own.freed, 1);

	plain_allocated = plain_freed = 0;
	ExInitializeNPagedLookasideList(&plain, plain_allocate, plain_free, 0, 32, tag, 0);
	block = ExAllocateFromNPagedLookasideList(&plain);
	ASSERT_NOT_NULL(test, block);
	ExFreeToNPagedLookasideList(&plain, block);
	ExDeleteNPagedLookasideList(&plain);
	EXPECT_EQ(test, plain_allocated, 1);
	EXPECT_EQ(test, plain_freed, 1);
}

void no_memory(struct kunit *test)
{
	LOOKASIDE_LIST_EX list;
	NTSTATUS code = STATUS_SUCCESS;

	ExInitializeLookasideListEx(&list, nullptr, nullptr, NonPagedPoolNx,
				    EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE, 32, tag, 0);
	port_alloc_fail(1);
	EXPECT_NULL(test, ExAllocateFromLookasideListEx(&list));
	EXPECT_TRUE(test, port_alloc_fail(0));
	ExDeleteLookasideListEx(&list);

	ExInitializeLookasideListEx(&list, nullptr, nullptr, NonPagedPoolNx,
				    EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL, 32, tag, 0);
	port_alloc_fail(1);
	__try {
		ExAllocateFromLookasideListEx(&list);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		code = GetExceptionCode();
	}
	EXPECT_TRUE(test, port_alloc_fail(0));
	EXPECT_STATUS(test, code, STATUS_INSUFFICIENT_RESOURCES);
	ExDeleteLookasideListEx(&list);
}

void use_at_dispatch(void *context)
{
	auto *list = static_cast<PLOOKASIDE_LIST_EX>(context);
	PVOID block = ExAllocateFromLookasideListEx(list);

	if (block)
		ExFreeToLookasideListEx(list, block);
}

void irql_and_bad_input(struct kunit *test)
{
	NPAGED_LOOKASIDE_LIST general;
	LOOKASIDE_LIST_EX list;

	EXPECT_STATUS(
		test,
		ExInitializeLookasideListEx(&list, nullptr, nullptr, NonPagedPoolNx, 3, 32, tag, 0),
		STATUS_INVALID_PARAMETER_5);
	EXPECT_STATUS(
		test,
		ExInitializeLookasideListEx(&list, nullptr, nullptr, NonPagedPoolNx, 4, 32, tag, 0),
		STATUS_INVALID_PARAMETER_5);
	EXPECT_STATUS(test,
		      ExInitializeLookasideListEx(&list, nullptr, nullptr, NonPagedPoolNx, 0,
						  1ull << 32, tag, 0),
		      STATUS_INVALID_PARAMETER_6);
	EXPECT_RULES(test, 1,
		     ExInitializeNPagedLookasideList(&general, nullptr, nullptr, 1, 32, tag, 0));
	ExInitializeLookasideListEx(&list, nullptr, nullptr, NonPagedPoolNx, 0, 32, tag, 0);
	EXPECT_RULES(test, 0, bridge_run_in_softirq(use_at_dispatch, &list));
	ExDeleteLookasideListEx(&list);
	ExInitializeLookasideListEx(&list, nullptr, nullptr, PagedPool, 0, 32, tag, 0);
	EXPECT_RULES(test, 2, bridge_run_at_dispatch(use_at_dispatch, &list));
	ExDeleteLookasideListEx(&list);
}

void quota_raises(struct kunit *test)
{
	NTSTATUS code = STATUS_SUCCESS;

	port_alloc_fail(1);
	__try {
		ExAllocatePoolWithQuotaTag(NonPagedPoolNx, 32, tag);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		code = GetExceptionCode();
	}
	EXPECT_TRUE(test, port_alloc_fail(0));
	EXPECT_STATUS(test, code, STATUS_INSUFFICIENT_RESOURCES);
	port_alloc_fail(1);
	EXPECT_NULL(test, ExAllocatePoolWithQuotaTag(
				  static_cast<POOL_TYPE>(NonPagedPoolNx |
							 POOL_QUOTA_FAIL_INSTEAD_OF_RAISE),
				  32, tag));
	EXPECT_TRUE(test, port_alloc_fail(0));

	auto *zeroed = static_cast<PUCHAR>(ExAllocatePoolQuotaZero(NonPagedPoolNx, 32, tag));
	ASSERT_NOT_NULL(test, zeroed);
	EXPECT_TRUE(test, RtlIsZeroMemory(zeroed, 32));
	ExFreePoolWithTag(zeroed, tag);
	PVOID untagged = ExAllocatePoolWithQuota(NonPagedPoolNx, 8);
	ASSERT_NOT_NULL(test, untagged);
	ExFreePool(untagged);
}

void with_parameters(struct kunit *test)
{
	POOL_EXTENDED_PARAMETER parameters[2] = {};

	parameters[0].Type = PoolExtendedParameterPriority;
	parameters[0].Priority = HighPoolPriority;
	parameters[1].Type = PoolExtendedParameterNumaNode;
	auto *block =
		static_cast<PUCHAR>(ExAllocatePool3(POOL_FLAG_NON_PAGED, 40, tag, parameters, 2));
	ASSERT_NOT_NULL(test, block);
	EXPECT_TRUE(test, RtlIsZeroMemory(block, 40));
	EXPECT_RULES(test, 0, ExFreePool2(block, tag, parameters, 2));

	parameters[1].Type = PoolExtendedParameterSecurePool;
	EXPECT_NULL(test, ExAllocatePool3(POOL_FLAG_NON_PAGED, 40, tag, parameters, 2));
	parameters[1].Optional = 1;
	block = static_cast<PUCHAR>(ExAllocatePool3(POOL_FLAG_NON_PAGED, 40, tag, parameters, 2));
	ASSERT_NOT_NULL(test, block);
	ExFreePool2(block, tag, nullptr, 0);

	block = static_cast<PUCHAR>(
		ExAllocatePoolPriorityZero(NonPagedPoolNx, 40, tag, LowPoolPriority));
	ASSERT_NOT_NULL(test, block);
	EXPECT_TRUE(test, RtlIsZeroMemory(block, 40));
	ExFreePoolWithTag(block, tag);
}

constexpr bridge_case cases[] = {
	{"a lookaside list keeps what comes back", keeps_what_comes_back},
	{"a lookaside list keeps no more than its depth", does_not_keep_all},
	{"a list of paged pool does the same", paged},
	{"a driver's own functions allocate and free", own_functions},
	{"without memory a list returns NULL, or raises", no_memory},
	{"the list's pool says at which IRQL, and bad input is refused", irql_and_bad_input},
	{"pool with a quota raises unless told not to", quota_raises},
	{"parameters of a block are looked at", with_parameters},
};

} // namespace

BRIDGE_SUITE(ex_lookaside, cases)
