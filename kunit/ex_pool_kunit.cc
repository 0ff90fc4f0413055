// SPDX-License-Identifier: MIT OR GPL-2.0
/* Pool memory: alignment, flags, accounts and broken rules. */
#include <ntddk.h>

#include "bridge.h"
#include "nt/driver_account.h"
#include "nt/pool.h"
#include "port/memory.h"
#include "port/page.h"

using namespace wsk;

namespace
{

constexpr ULONG tag = 'looP';

PoolTag usage(ULONG of = tag)
{
	return pool_usage(driver_of(reinterpret_cast<const void *>(usage)), of);
}

bool is_aligned(const void *block, SIZE_T to)
{
	return reinterpret_cast<ULONG_PTR>(block) % to == 0;
}

bool is_zero(const void *block, SIZE_T bytes)
{
	const UCHAR *byte = static_cast<const UCHAR *>(block);

	for (SIZE_T i = 0; i < bytes; i++)
		if (byte[i])
			return false;
	return true;
}

/* Leaves bytes behind that a block handed out next would show. */
void spoil(SIZE_T bytes)
{
	void *blocks[8];

	for (void *&block : blocks) {
		block = ExAllocatePoolWithTag(NonPagedPoolNx, bytes, tag);
		if (block)
			RtlFillMemory(block, bytes, 0xee);
	}
	for (void *block : blocks)
		if (block)
			ExFreePoolWithTag(block, tag);
}

void alignment(struct kunit *test)
{
	constexpr SIZE_T largest = 5 * PAGE_SIZE;

	for (SIZE_T bytes = 1; bytes < largest; bytes += bytes < 300 ? 1 : 113) {
		UCHAR *block =
			static_cast<UCHAR *>(ExAllocatePoolWithTag(NonPagedPoolNx, bytes, tag));

		ASSERT_NOT_NULL(test, block);
		if (!is_aligned(block, bytes < PAGE_SIZE ? 16 : PAGE_SIZE))
			EXPECT_EQ(test, bytes, 0u); /* says which */
		block[0] = block[bytes - 1] = 1;    /* KASAN: all of it is there */
		ExFreePoolWithTag(block, tag);
	}
}

void cache_alignment(struct kunit *test)
{
	for (SIZE_T bytes = 1; bytes <= 2 * PAGE_SIZE; bytes = bytes * 3 + 1) {
		void *first =
			ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, bytes, tag);
		void *second = ExAllocatePoolWithTag(NonPagedPoolNxCacheAligned, bytes, tag);

		ASSERT_NOT_NULL(test, first);
		ASSERT_NOT_NULL(test, second);
		EXPECT_TRUE(test, is_aligned(first, 64) && is_aligned(second, 64));
		EXPECT_TRUE(test, is_zero(first, bytes));
		RtlFillMemory(first, bytes, 1);
		ExFreePool(first);
		ExFreePool(second);
	}
}

void large_blocks(struct kunit *test)
{
	constexpr SIZE_T sizes[] = {PAGE_SIZE, 64 * 1024, 96 * 1024, 1024 * 1024,
				    5 * 1024 * 1024 + 1};

	for (SIZE_T bytes : sizes) {
		UCHAR *block =
			static_cast<UCHAR *>(ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, tag));
		uint64_t frame;

		ASSERT_NOT_NULL(test, block);
		EXPECT_TRUE(test, is_aligned(block, PAGE_SIZE));
		EXPECT_TRUE(test, is_zero(block, bytes));
		block[0] = block[bytes - 1] = 1;
		EXPECT_TRUE(test, port_kernel_frames(block + bytes - 1, 1, &frame));
		EXPECT_EQ(test, usage().bytes, static_cast<long>(bytes));
		ExFreePoolWithTag(block, tag);
		EXPECT_EQ(test, usage().bytes, 0);
	}
}

void what_is_zeroed(struct kunit *test)
{
	constexpr SIZE_T sizes[] = {1, 40, 200, 1000, PAGE_SIZE, 3 * PAGE_SIZE};

	for (SIZE_T bytes : sizes) {
		spoil(bytes);

		void *zeroed = ExAllocatePool2(POOL_FLAG_PAGED, bytes, tag);
		void *zero_type = ExAllocatePoolZero(NonPagedPoolNx, bytes, tag);
		void *flagged = ExAllocatePoolWithTag(
			static_cast<POOL_TYPE>(NonPagedPoolNx | POOL_ZERO_ALLOCATION), bytes, tag);
		void *plain = ExAllocatePoolUninitialized(NonPagedPoolNx, bytes, tag);
		void *plain_flag =
			ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, bytes, tag);

		EXPECT_TRUE(test, zeroed && is_zero(zeroed, bytes));
		EXPECT_TRUE(test, zero_type && is_zero(zero_type, bytes));
		EXPECT_TRUE(test, flagged && is_zero(flagged, bytes));
		EXPECT_NOT_NULL(test, plain);
		EXPECT_NOT_NULL(test, plain_flag);
		ExFreePool(zeroed);
		ExFreePool(zero_type);
		ExFreePool(flagged);
		ExFreePool(plain);
		ExFreePool(plain_flag);
	}
}

void flags_of_pool2(struct kunit *test)
{
	constexpr POOL_FLAGS good[] = {
		POOL_FLAG_NON_PAGED,
		POOL_FLAG_NON_PAGED_EXECUTE,
		POOL_FLAG_PAGED,
		POOL_FLAG_PAGED | POOL_FLAG_SESSION,
		POOL_FLAG_NON_PAGED | POOL_FLAG_USE_QUOTA,
		POOL_FLAG_NON_PAGED | POOL_FLAG_OPTIONAL_START,
		POOL_FLAG_NON_PAGED | POOL_FLAG_OPTIONAL_END,
	};
	constexpr POOL_FLAGS bad[] = {
		0,
		POOL_FLAG_UNINITIALIZED,
		POOL_FLAG_NON_PAGED | POOL_FLAG_PAGED,
		POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE,
		POOL_FLAG_NON_PAGED | POOL_FLAG_RESERVED1,
		POOL_FLAG_NON_PAGED | 0x200,
		POOL_FLAG_NON_PAGED | POOL_FLAG_REQUIRED_END,
	};

	for (POOL_FLAGS flags : good) {
		void *block = nullptr;

		EXPECT_RULES(test, 0, block = ExAllocatePool2(flags, 24, tag));
		EXPECT_NOT_NULL(test, block);
		if (block)
			ExFreePoolWithTag(block, tag);
	}
	for (POOL_FLAGS flags : bad)
		EXPECT_RULES(test, 1, EXPECT_NULL(test, ExAllocatePool2(flags, 24, tag)));
	EXPECT_RULES(test, 1, EXPECT_NULL(test, ExAllocatePool2(POOL_FLAG_NON_PAGED, 0, tag)));
	EXPECT_RULES(test, 1, EXPECT_NULL(test, ExAllocatePool2(POOL_FLAG_NON_PAGED, 24, 0)));
}

void no_bytes(struct kunit *test)
{
	void *block = nullptr;

	EXPECT_RULES(test, 1, block = ExAllocatePoolWithTag(NonPagedPoolNx, 0, tag));
	EXPECT_NOT_NULL(test, block);
	EXPECT_EQ(test, usage().blocks, 1);
	ExFreePoolWithTag(block, tag);
}

/* What begins a page is a block of pages, maybe, and what is behind a piece of memory another's. */
void no_bytes_have_a_place(struct kunit *test)
{
	constexpr int count = 300; /* more than a page has room for */
	PVOID blocks[count] = {};

	EXPECT_RULES(test, count, {
		for (PVOID &block : blocks)
			block = ExAllocatePoolWithTag(NonPagedPoolNx, 0, tag);
	});
	for (PVOID block : blocks) {
		ASSERT_NOT_NULL(test, block);
		EXPECT_NE(test, BYTE_OFFSET(block), 0u);
		ExFreePoolWithTag(block, tag);
	}
}

void accounts(struct kunit *test)
{
	constexpr ULONG own = 'tnuC';
	PoolTag before = usage(own);
	void *small = ExAllocatePoolWithTag(NonPagedPoolNx, 100, own);
	void *large = ExAllocatePoolWithTag(NonPagedPoolNx, 10000, own);

	EXPECT_EQ(test, usage(own).blocks, 2);
	EXPECT_EQ(test, usage(own).bytes, 10100);
	ExFreePoolWithTag(large, own);
	EXPECT_EQ(test, usage(own).blocks, 1);
	EXPECT_EQ(test, usage(own).bytes, 100);
	ExFreePool(small);
	EXPECT_EQ(test, usage(own).blocks, 0);
	EXPECT_EQ(test, usage(own).bytes, 0);
	EXPECT_EQ(test, usage(own).allocations - before.allocations, 2u);
	EXPECT_EQ(test, usage(own).peak_bytes, 10100);
}

void tags_side_by_side(struct kunit *test)
{
	constexpr ULONG count = 3 * POOL_TAG_BUCKETS;
	void *blocks[count];

	for (ULONG i = 0; i < count; i++)
		blocks[i] = ExAllocatePoolWithTag(PagedPool, i + 1, tag + i);
	for (ULONG i = 0; i < count; i++)
		EXPECT_EQ(test, usage(tag + i).bytes, static_cast<long>(i + 1));
	for (ULONG i = 0; i < count; i++)
		ExFreePoolWithTag(blocks[i], tag + i);
	EXPECT_EQ(test, usage(tag + count - 1).blocks, 0);
	EXPECT_EQ(test, usage('reve').blocks, 0); /* nobody ever used it */
}

void wrong_tag(struct kunit *test)
{
	void *block = ExAllocatePoolWithTag(NonPagedPoolNx, 24, tag);

	EXPECT_RULES(test, 1, ExFreePoolWithTag(block, 'rehO'));
	EXPECT_EQ(test, usage().blocks, 0);

	block = ExAllocatePoolWithTag(NonPagedPoolNx, 24, tag);
	EXPECT_RULES(test, 0, ExFreePoolWithTag(block, 0)); /* any */

	/* The bit that once meant "protected" is no part of the name. */
	block = ExAllocatePoolWithTag(NonPagedPoolNx, 24, tag | 0x80000000);
	EXPECT_RULES(test, 0, ExFreePoolWithTag(block, tag));

	block = ExAllocatePool(NonPagedPoolNx, 24);
	EXPECT_EQ(test, usage('enoN').blocks, 1);
	EXPECT_RULES(test, 0, ExFreePoolWithTag(block, 'enoN'));
}

void freed_wrongly(struct kunit *test)
{
	UCHAR *small = static_cast<UCHAR *>(ExAllocatePoolWithTag(NonPagedPoolNx, 200, tag));
	UCHAR *large = static_cast<UCHAR *>(ExAllocatePoolWithTag(NonPagedPoolNx, 9000, tag));

	EXPECT_RULES(test, 1, ExFreePool(nullptr));
	EXPECT_RULES(test, 1, ExFreePool(small + 1));
	if (bridge_checked()) {
		alignas(16) UCHAR stack[64] = {};

		EXPECT_RULES(test, 1, ExFreePool(small + 32));
		EXPECT_RULES(test, 1, ExFreePool(large + PAGE_SIZE));
		EXPECT_RULES(test, 1, ExFreePool(stack + 32));
	}
	EXPECT_EQ(test, usage().blocks, 2);
	ExFreePool(small);
	ExFreePool(large);
	if (bridge_checked()) {
		EXPECT_RULES(test, 1, ExFreePool(small));
		EXPECT_RULES(test, 1, ExFreePoolWithTag(large, tag));
	}
	EXPECT_EQ(test, usage().blocks, 0);
}

void no_memory(struct kunit *test)
{
	constexpr SIZE_T sizes[] = {24, 2 * PAGE_SIZE};

	spoil(24); /* the tag's account exists now */
	for (SIZE_T bytes : sizes) {
		/* A large block takes two allocations: what is known about it, and its pages. */
		for (unsigned int nth = 1; nth <= (bytes < PAGE_SIZE ? 1u : 2u); nth++) {
			port_alloc_fail(nth);
			EXPECT_NULL(test, ExAllocatePoolWithTag(NonPagedPoolNx, bytes, tag));
			EXPECT_TRUE(test, port_alloc_fail(nth));
			EXPECT_NULL(test, ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, tag));
			EXPECT_TRUE(test, port_alloc_fail(nth));
			EXPECT_NULL(test, ExAllocatePoolZero(NonPagedPoolNx, bytes, tag));
			EXPECT_TRUE(test, port_alloc_fail(0));
		}
	}
	EXPECT_EQ(test, usage().blocks, 0);
	EXPECT_NULL(test, ExAllocatePoolWithTag(NonPagedPoolNx, ~static_cast<SIZE_T>(0), tag));
	EXPECT_NULL(test, ExAllocatePoolWithTag(NonPagedPoolNx, 1ull << 50, tag));
}

void no_memory_for_the_account(struct kunit *test)
{
	constexpr ULONG fresh = 'hsrF';

	port_alloc_fail(1);
	EXPECT_NULL(test, ExAllocatePoolWithTag(NonPagedPoolNx, 24, fresh));
	EXPECT_TRUE(test, port_alloc_fail(0));
	EXPECT_EQ(test, usage(fresh).allocations, 0u);
}

NTSTATUS raised_by(POOL_FLAGS flags, SIZE_T bytes, unsigned int fail)
{
	NTSTATUS status = STATUS_SUCCESS;
	void *block = nullptr;

	port_alloc_fail(fail);
	__try {
		block = ExAllocatePool2(flags, bytes, tag);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	port_alloc_fail(0);
	if (block)
		ExFreePool(block);
	return status;
}

void raising(struct kunit *test)
{
	constexpr POOL_FLAGS raise = POOL_FLAG_NON_PAGED | POOL_FLAG_RAISE_ON_FAILURE;
	NTSTATUS status = STATUS_SUCCESS;

	spoil(24);
	EXPECT_STATUS(test, raised_by(raise, 24, 0), STATUS_SUCCESS);
	EXPECT_STATUS(test, raised_by(raise, 24, 1), STATUS_INSUFFICIENT_RESOURCES);
	EXPECT_STATUS(test, raised_by(POOL_FLAG_NON_PAGED, 24, 1), STATUS_SUCCESS);
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, raised_by(raise, 0, 0), STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, raised_by(raise | POOL_FLAG_RESERVED1, 24, 0),
				   STATUS_INVALID_PARAMETER));

	port_alloc_fail(1);
	__try {
		ExAllocatePoolWithTag(
			static_cast<POOL_TYPE>(NonPagedPoolNx | POOL_RAISE_IF_ALLOCATION_FAILURE),
			24, tag);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	port_alloc_fail(0);
	EXPECT_STATUS(test, status, STATUS_INSUFFICIENT_RESOURCES);
}

void allocate_here(void *block)
{
	*static_cast<void **>(block) = ExAllocatePool2(POOL_FLAG_NON_PAGED, 3 * PAGE_SIZE, tag);
}

void allocate_paged_here(void *block)
{
	*static_cast<void **>(block) = ExAllocatePoolWithTag(PagedPool, 24, tag);
}

void free_here(void *block)
{
	ExFreePool(block);
}

void in_a_softirq(struct kunit *test)
{
	void *block = nullptr;

	EXPECT_RULES(test, 0, bridge_run_in_softirq(allocate_here, &block));
	ASSERT_NOT_NULL(test, block);
	EXPECT_RULES(test, 0, bridge_run_in_softirq(free_here, block));
	block = ExAllocatePoolWithTag(NonPagedPoolNx, 5 * 1024 * 1024, tag);
	ASSERT_NOT_NULL(test, block);
	EXPECT_RULES(test, 0, bridge_run_in_softirq(free_here, block));
	EXPECT_EQ(test, usage().blocks, 0);
}

void paged_at_dispatch_level(struct kunit *test)
{
	void *block = nullptr;

	EXPECT_RULES(test, 1, bridge_run_at_dispatch(allocate_paged_here, &block));
	ASSERT_NOT_NULL(test, block);
	ExFreePoolWithTag(block, tag);
}

/* Several threads at once, on tags that none has used before. */
constexpr ULONG busy_tag = 'ysuB';

void churn(void *failures)
{
	for (unsigned int i = 0; i < 2000; i++) {
		SIZE_T bytes = (i * 37) % 6000 + 1;
		UCHAR *block = static_cast<UCHAR *>(
			ExAllocatePoolWithTag(NonPagedPoolNx, bytes, busy_tag + i % 7));

		if (!block) {
			__atomic_add_fetch(static_cast<int *>(failures), 1, __ATOMIC_RELAXED);
			continue;
		}
		block[0] = block[bytes - 1] = static_cast<UCHAR>(i);
		ExFreePoolWithTag(block, busy_tag + i % 7);
	}
}

void many_threads(struct kunit *test)
{
	bridge_thread *threads[4];
	int failures = 0;

	for (bridge_thread *&thread : threads)
		thread = bridge_thread_start(churn, &failures);
	for (bridge_thread *thread : threads)
		if (thread)
			bridge_thread_join(thread);
	EXPECT_EQ(test, failures, 0);
	for (ULONG i = 0; i < 7; i++) {
		EXPECT_EQ(test, usage(busy_tag + i).blocks, 0);
		EXPECT_EQ(test, usage(busy_tag + i).bytes, 0);
	}
	EXPECT_GE(test, usage(busy_tag).allocations, 4u * 2000 / 7);
}

constexpr bridge_case cases[] = {
	{"blocks are aligned to 16 bytes and from a page on to pages", alignment},
	{"cache-aligned blocks begin on a cache line", cache_alignment},
	{"large blocks have pages behind all of their bytes", large_blocks},
	{"only some functions hand out zeroes", what_is_zeroed},
	{"ExAllocatePool2 wants exactly one kind of pool and no unknown flag", flags_of_pool2},
	{"a block of no bytes is a broken rule but a block", no_bytes},
	{"a block of no bytes does not begin where another block may", no_bytes_have_a_place},
	{"a tag's account follows its blocks", accounts},
	{"many tags live side by side", tags_side_by_side},
	{"freeing with another tag is a broken rule", wrong_tag},
	{"freeing what is no block is a broken rule", freed_wrongly},
	{"no memory gives no block", no_memory},
	{"no memory for a new account gives no block", no_memory_for_the_account},
	{"a block that was to be had is raised about", raising},
	{"blocks come and go in a softirq", in_a_softirq},
	{"paged pool at DISPATCH_LEVEL is a broken rule", paged_at_dispatch_level},
	{"accounts of many threads add up", many_threads},
};

} // namespace

BRIDGE_SUITE(ex_pool, cases);
