// SPDX-License-Identifier: MIT OR GPL-2.0
/* MDLs: what they describe, where it is mapped, and parts of them. Windows: mm_mdl_window_kunit. */
#include <ntddk.h>

#include "bridge.h"
#include "port/memory.h"
#include "port/page.h"
#include "port/work.h"

namespace
{

constexpr ULONG tag = 'ldMT';

UCHAR data[3 * PAGE_SIZE]; /* of a module, or of the kernel */

struct Buffer {
	UCHAR *bytes;
	SIZE_T size;
};

void free_block(void *block)
{
	ExFreePoolWithTag(block, tag);
}

UCHAR *allocate(struct kunit *test, SIZE_T bytes)
{
	UCHAR *block = static_cast<UCHAR *>(ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, tag));

	ASSERT_NOT_NULL(test, block);
	bridge_defer(test, free_block, block);
	return block;
}

/* Memory of which no three pages lie in one piece, as those that are allocated one by one may. */
UCHAR *allocate_scattered(struct kunit *test)
{
	constexpr SIZE_T pages = 1280;
	UCHAR *block = allocate(test, pages * PAGE_SIZE);
	uint64_t *frames = reinterpret_cast<uint64_t *>(allocate(test, pages * sizeof(*frames)));

	ASSERT_TRUE(test, port_kernel_frames(block, pages, frames));
	for (SIZE_T i = 0; i < pages; i += 2) {
		const uint64_t first = frames[i];

		if (frames[i + 1] == first + 1) {
			frames[i] = frames[i + 1];
			frames[i + 1] = first;
		}
	}

	void *address = port_map(frames, pages);
	ASSERT_NOT_NULL(test, address);
	bridge_defer(test, port_unmap, address);
	return static_cast<UCHAR *>(address);
}

void free_mdl(void *mdl)
{
	IoFreeMdl(static_cast<PMDL>(mdl));
}

PMDL make(struct kunit *test, PVOID address, ULONG length)
{
	PMDL mdl = IoAllocateMdl(address, length, FALSE, FALSE, nullptr);

	ASSERT_NOT_NULL(test, mdl);
	bridge_defer(test, free_mdl, mdl);
	return mdl;
}

NTSTATUS lock(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION operation)
{
	NTSTATUS status = STATUS_SUCCESS;

	__try {
		MmProbeAndLockPages(mdl, mode, operation);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	return status;
}

/* Whether the MDL's frames are those of the memory. */
bool has_frames_of(PMDL mdl, PVOID address)
{
	UCHAR *page = static_cast<UCHAR *>(PAGE_ALIGN(address));
	ULONG pages = ADDRESS_AND_SIZE_TO_SPAN_PAGES(address, MmGetMdlByteCount(mdl));
	uint64_t frame;

	for (ULONG i = 0; i < pages; i++, page += PAGE_SIZE)
		if (!port_kernel_frames(page, 1, &frame) || MmGetMdlPfnArray(mdl)[i] != frame)
			return false;
	return true;
}

void new_mdl(struct kunit *test)
{
	UCHAR *block = allocate(test, 3 * PAGE_SIZE);
	PMDL mdl = make(test, block + 100, 2 * PAGE_SIZE);

	EXPECT_EQ(test, MmSizeOfMdl(block + 100, 2 * PAGE_SIZE), sizeof(MDL) + 3 * 8);
	EXPECT_EQ(test, MmSizeOfMdl(block, 2 * PAGE_SIZE), sizeof(MDL) + 2 * 8);
	EXPECT_EQ(test, MmSizeOfMdl(block + 4095, 2), sizeof(MDL) + 2 * 8);
	EXPECT_EQ(test, MmSizeOfMdl(block, 0), sizeof(MDL));
	EXPECT_NULL(test, mdl->Next);
	EXPECT_EQ(test, mdl->MdlFlags, 0);
	EXPECT_EQ(test, mdl->Size, static_cast<CSHORT>(sizeof(MDL) + 3 * 8));
	EXPECT_PTR_EQ(test, mdl->StartVa, block);
	EXPECT_EQ(test, mdl->ByteOffset, 100u);
	EXPECT_EQ(test, MmGetMdlByteCount(mdl), 2u * PAGE_SIZE);
	EXPECT_PTR_EQ(test, MmGetMdlVirtualAddress(mdl), block + 100);
}

void irp_takes_mdls(struct kunit *test)
{
	IRP irp = {};
	PMDL first = IoAllocateMdl(data, 10, FALSE, FALSE, &irp);
	PMDL second = IoAllocateMdl(data, 20, TRUE, FALSE, &irp);
	PMDL third = IoAllocateMdl(data, 30, TRUE, FALSE, &irp);

	EXPECT_PTR_EQ(test, irp.MdlAddress, first);
	EXPECT_PTR_EQ(test, first->Next, second);
	EXPECT_PTR_EQ(test, second->Next, third);
	EXPECT_NULL(test, third->Next);

	PMDL other = IoAllocateMdl(data, 40, FALSE, FALSE, &irp);
	EXPECT_PTR_EQ(test, irp.MdlAddress, other);
	IoFreeMdl(first); /* and not what hangs on it */
	EXPECT_EQ(test, second->ByteCount, 20u);
	IoFreeMdl(second);
	IoFreeMdl(third);
	IoFreeMdl(other);

	irp.MdlAddress = nullptr;
	other = IoAllocateMdl(data, 50, TRUE, FALSE, &irp); /* the first of none */
	EXPECT_PTR_EQ(test, irp.MdlAddress, other);
	IoFreeMdl(other);
}

void no_memory_for_an_mdl(struct kunit *test)
{
	IRP irp = {};

	make(test, data, 1);
	port_alloc_fail(1);
	EXPECT_NULL(test, IoAllocateMdl(data, 1, FALSE, FALSE, &irp));
	EXPECT_TRUE(test, port_alloc_fail(0));
	EXPECT_NULL(test, irp.MdlAddress);
}

void any_kernel_memory(struct kunit *test)
{
	UCHAR stack[64];
	UCHAR *small = allocate(test, 100), *large = allocate_scattered(test);
	const Buffer buffers[] = {
		{small + 3, 90},	{allocate(test, 6 * PAGE_SIZE) + 5, 5 * PAGE_SIZE},
		{large + 9, 0x400000u}, {data + 1, sizeof(data) - 2},
		{stack, sizeof(stack)},
	};

	for (const Buffer &buffer : buffers) {
		PMDL mdl = make(test, buffer.bytes, buffer.size);

		EXPECT_RULES(test, 0, MmBuildMdlForNonPagedPool(mdl));
		EXPECT_EQ(test, mdl->MdlFlags, MDL_SOURCE_IS_NONPAGED_POOL);
		EXPECT_PTR_EQ(test, MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority),
			      buffer.bytes);
		EXPECT_TRUE(test, has_frames_of(mdl, buffer.bytes));
	}
}

void locking_kernel_memory(struct kunit *test)
{
	UCHAR *block = allocate(test, 2 * PAGE_SIZE);
	PMDL mdl = make(test, block + 8, PAGE_SIZE);

	EXPECT_STATUS(test, lock(mdl, KernelMode, IoReadAccess), STATUS_SUCCESS);
	EXPECT_EQ(test, mdl->MdlFlags, MDL_PAGES_LOCKED);
	EXPECT_NULL(test, mdl->Process);
	EXPECT_TRUE(test, has_frames_of(mdl, block));
	MmUnlockPages(mdl);
	EXPECT_EQ(test, mdl->MdlFlags, 0);

	EXPECT_STATUS(test, lock(mdl, KernelMode, IoModifyAccess), STATUS_SUCCESS);
	EXPECT_EQ(test, mdl->MdlFlags, MDL_PAGES_LOCKED | MDL_WRITE_OPERATION);

	UCHAR *mapped = static_cast<UCHAR *>(MmGetSystemAddressForMdlSafe(mdl, HighPagePriority));
	ASSERT_NOT_NULL(test, mapped);
	EXPECT_TRUE(test, mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA);
	mapped[PAGE_SIZE - 1] = 0x77;
	EXPECT_EQ(test, block[8 + PAGE_SIZE - 1], 0x77);
	EXPECT_PTR_EQ(test, MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), mapped);
	MmUnlockPages(mdl);
	EXPECT_EQ(test, mdl->MdlFlags, 0);
	EXPECT_NULL(test, mdl->MappedSystemVa);
}

void locking_what_is_not_there(struct kunit *test)
{
	/* A hole in the address space, and an address of a process that we are not. */
	PVOID hole = reinterpret_cast<PVOID>(0xdead000000000000),
	      user = reinterpret_cast<PVOID>(64);

	EXPECT_STATUS(test, lock(make(test, hole, 8), KernelMode, IoReadAccess),
		      STATUS_ACCESS_VIOLATION);
	EXPECT_STATUS(test, lock(make(test, user, 8), UserMode, IoWriteAccess),
		      STATUS_ACCESS_VIOLATION);
	EXPECT_STATUS(test, lock(make(test, user, 8), KernelMode, IoReadAccess),
		      STATUS_ACCESS_VIOLATION);

	PMDL mdl = make(test, data, 8);
	EXPECT_STATUS(test, lock(mdl, UserMode, IoReadAccess), STATUS_ACCESS_VIOLATION);
	EXPECT_EQ(test, mdl->MdlFlags, 0);
}

void locking_without_a_try(struct kunit *test)
{
	PMDL mdl = make(test, reinterpret_cast<PVOID>(64), 8);

	EXPECT_RULES(test, 1, MmProbeAndLockPages(mdl, UserMode, IoReadAccess));
	EXPECT_EQ(test, mdl->MdlFlags, 0);
}

/* Also what had to be left to a work item. */
bool is_gone(const void *address)
{
	uint64_t frame;

	port_work_flush();
	return !port_kernel_frames(address, 1, &frame);
}

struct Mapping {
	PMDL mdl;
	UCHAR *address;
};

void map_here(void *context)
{
	Mapping *mapping = static_cast<Mapping *>(context);

	mapping->address = static_cast<UCHAR *>(
		MmGetSystemAddressForMdlSafe(mapping->mdl, NormalPagePriority));
}

void unlock_here(void *mdl)
{
	MmUnlockPages(static_cast<PMDL>(mdl));
}

void mapping_at_dispatch_level(struct kunit *test)
{
	Mapping one = {make(test, allocate(test, 8 * PAGE_SIZE) + 16, 7 * PAGE_SIZE), nullptr};
	Mapping many = {make(test, allocate_scattered(test) + 16, 900 * PAGE_SIZE), nullptr};

	ASSERT_STATUS(test, lock(one.mdl, KernelMode, IoWriteAccess), STATUS_SUCCESS);
	ASSERT_STATUS(test, lock(many.mdl, KernelMode, IoWriteAccess), STATUS_SUCCESS);

	EXPECT_RULES(test, 0, bridge_run_in_softirq(map_here, &one));
	EXPECT_NOT_NULL(test, one.address);

	EXPECT_RULES(test, 0, bridge_run_in_softirq(map_here, &many));
	EXPECT_NULL(test, many.address);
	EXPECT_EQ(test, many.mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA, 0);

	MmUnlockPages(one.mdl);
	MmUnlockPages(many.mdl);
}

void mapping_of_scattered_pages(struct kunit *test)
{
	UCHAR *block = allocate_scattered(test);
	Mapping mapping = {make(test, block + 20, 900 * PAGE_SIZE), nullptr};
	PMDL mdl = mapping.mdl;

	for (ULONG page = 0; page < 901; page++)
		block[page * PAGE_SIZE + 30] = static_cast<UCHAR>(page * 7);
	ASSERT_STATUS(test, lock(mdl, KernelMode, IoWriteAccess), STATUS_SUCCESS);
	map_here(&mapping);
	ASSERT_NOT_NULL(test, mapping.address);
	EXPECT_EQ(test, BYTE_OFFSET(mapping.address), 20u);
	for (ULONG page = 0; page < 900; page++)
		if (mapping.address[page * PAGE_SIZE + 10] != static_cast<UCHAR>(page * 7))
			EXPECT_EQ(test, page, 900u); /* says which */

	/* The end of a mapping cannot wait for IRQL to fall. */
	EXPECT_RULES(test, 0, bridge_run_in_softirq(unlock_here, mdl));
	EXPECT_EQ(test, mdl->MdlFlags, 0);
	EXPECT_TRUE(test, is_gone(mapping.address));

	ASSERT_STATUS(test, lock(mdl, KernelMode, IoReadAccess), STATUS_SUCCESS);
	map_here(&mapping);
	ASSERT_NOT_NULL(test, mapping.address);
	MmUnmapLockedPages(mapping.address, mdl);
	EXPECT_EQ(test, mdl->MdlFlags, MDL_PAGES_LOCKED);
	EXPECT_TRUE(test, is_gone(mapping.address));
	EXPECT_RULES(test, 1, MmUnmapLockedPages(mapping.address, mdl));
	MmUnlockPages(mdl);
}

void partial_of_pool(struct kunit *test)
{
	UCHAR *block = allocate(test, 4 * PAGE_SIZE);
	PMDL source = make(test, block + 50, 3 * PAGE_SIZE);
	PMDL part = make(test, block + 50, 3 * PAGE_SIZE);

	MmBuildMdlForNonPagedPool(source);
	IoBuildPartialMdl(source, part, block + PAGE_SIZE + 10, PAGE_SIZE);
	EXPECT_EQ(test, part->MdlFlags, MDL_PARTIAL | MDL_SOURCE_IS_NONPAGED_POOL);
	EXPECT_EQ(test, part->ByteCount, 1u * PAGE_SIZE);
	EXPECT_EQ(test, part->ByteOffset, 10u);
	EXPECT_PTR_EQ(test, part->StartVa, block + PAGE_SIZE);
	EXPECT_PTR_EQ(test, MmGetSystemAddressForMdlSafe(part, NormalPagePriority),
		      block + PAGE_SIZE + 10);
	EXPECT_TRUE(test, has_frames_of(part, block + PAGE_SIZE + 10));

	/* Again, with all that follows; and a part of that part. */
	MmPrepareMdlForReuse(part);
	IoBuildPartialMdl(source, part, block + 2 * PAGE_SIZE, 0);
	EXPECT_EQ(test, part->ByteCount, PAGE_SIZE + 50u);
	EXPECT_TRUE(test, has_frames_of(part, block + 2 * PAGE_SIZE));

	PMDL inner = make(test, block, PAGE_SIZE);
	IoBuildPartialMdl(part, inner, block + 3 * PAGE_SIZE + 1, 40);
	EXPECT_PTR_EQ(test, MmGetSystemAddressForMdlSafe(inner, NormalPagePriority),
		      block + 3 * PAGE_SIZE + 1);
	EXPECT_TRUE(test, has_frames_of(inner, block + 3 * PAGE_SIZE + 1));
}

void partial_of_locked_pages(struct kunit *test)
{
	UCHAR *block = allocate_scattered(test);
	PMDL source = make(test, block + 4, 800 * PAGE_SIZE);
	PMDL part = make(test, block + 4, 800 * PAGE_SIZE);

	ASSERT_STATUS(test, lock(source, KernelMode, IoReadAccess), STATUS_SUCCESS);
	IoBuildPartialMdl(source, part, block + 100, 700 * PAGE_SIZE);
	EXPECT_EQ(test, part->MdlFlags, MDL_PARTIAL);

	/* A mapping of its own, which IoFreeMdl and MmPrepareMdlForReuse end. */
	UCHAR *mapped = static_cast<UCHAR *>(MmGetSystemAddressForMdlSafe(part, LowPagePriority));
	ASSERT_NOT_NULL(test, mapped);
	block[100] = 0x11;
	EXPECT_EQ(test, mapped[0], 0x11);
	EXPECT_EQ(test, part->MdlFlags,
		  MDL_PARTIAL | MDL_PARTIAL_HAS_BEEN_MAPPED | MDL_MAPPED_TO_SYSTEM_VA);
	MmPrepareMdlForReuse(part);
	EXPECT_EQ(test, part->MdlFlags, MDL_PARTIAL);
	EXPECT_TRUE(test, is_gone(mapped));

	PMDL freed = IoAllocateMdl(block + 4, 800 * PAGE_SIZE, FALSE, FALSE, nullptr);
	ASSERT_NOT_NULL(test, freed);
	IoBuildPartialMdl(source, freed, block + 100, 700 * PAGE_SIZE);
	mapped = static_cast<UCHAR *>(MmGetSystemAddressForMdlSafe(freed, LowPagePriority));
	ASSERT_NOT_NULL(test, mapped);
	EXPECT_FALSE(test, is_gone(mapped));
	IoFreeMdl(freed);
	EXPECT_TRUE(test, is_gone(mapped));

	/* The source's, where it has one. */
	mapped = static_cast<UCHAR *>(MmGetSystemAddressForMdlSafe(source, LowPagePriority));
	ASSERT_NOT_NULL(test, mapped);
	IoBuildPartialMdl(source, part, block + 100, 5);
	EXPECT_PTR_EQ(test, MmGetSystemAddressForMdlSafe(part, LowPagePriority), mapped + 96);
	EXPECT_TRUE(test, part->MdlFlags & MDL_PARENT_MAPPED_SYSTEM_VA);
	EXPECT_FALSE(test, part->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED);
	EXPECT_RULES(test, 1, MmUnmapLockedPages(part->MappedSystemVa, part));
	EXPECT_RULES(test, 1, MmUnlockPages(part)); /* not its own */
	MmUnlockPages(source);
	EXPECT_TRUE(test, is_gone(mapped));
}

void partial_wrongly(struct kunit *test)
{
	UCHAR *block = allocate(test, 4 * PAGE_SIZE);
	PMDL source = make(test, block, 4 * PAGE_SIZE), small = make(test, block, 10);
	PMDL part = make(test, block, 4 * PAGE_SIZE);

	EXPECT_RULES(test, 1, IoBuildPartialMdl(source, part, block, 10)); /* not built */
	MmBuildMdlForNonPagedPool(source);
	IoBuildPartialMdl(source, part, block, 10);
	EXPECT_RULES(test, 1, IoBuildPartialMdl(source, part, block + 1, 4 * PAGE_SIZE));
	EXPECT_EQ(test, part->ByteCount, 0u);
	EXPECT_RULES(test, 1, IoBuildPartialMdl(source, part, block - 1, 10));
	EXPECT_RULES(test, 1, IoBuildPartialMdl(source, small, block + 4090, 10));
	EXPECT_EQ(test, small->ByteCount, 0u);
	EXPECT_RULES(test, 0, IoBuildPartialMdl(source, small, block + 4080, 10));

	PMDL locked = make(test, block, 10), mapped = make(test, block, 10);
	lock(locked, KernelMode, IoReadAccess);
	EXPECT_RULES(test, 1, IoBuildPartialMdl(source, locked, block, 10));
	IoBuildPartialMdl(locked, mapped, block, 5);
	EXPECT_NOT_NULL(test, MmGetSystemAddressForMdlSafe(mapped, LowPagePriority));
	EXPECT_RULES(test, 1, IoBuildPartialMdl(source, mapped, block, 5));
	EXPECT_EQ(test, mapped->ByteCount, 5u);
	EXPECT_PTR_EQ(test, mapped->MappedSystemVa, block);
	MmUnlockPages(locked);
}

void used_wrongly(struct kunit *test)
{
	PMDL mdl = make(test, data, 100);

	EXPECT_RULES(test, 1, MmUnlockPages(mdl));
	EXPECT_RULES(test, 1, EXPECT_NULL(test, MmGetSystemAddressForMdlSafe(mdl, 0)));
	EXPECT_RULES(test, 1, IoFreeMdl(nullptr));
	MmBuildMdlForNonPagedPool(mdl);
	EXPECT_RULES(test, 1, MmBuildMdlForNonPagedPool(mdl));
	EXPECT_RULES(test, 1, MmUnlockPages(mdl));
	EXPECT_RULES(test, 1, lock(mdl, KernelMode, IoReadAccess));
	EXPECT_EQ(test, mdl->MdlFlags, MDL_SOURCE_IS_NONPAGED_POOL);
	EXPECT_RULES(test, 1, MmBuildMdlForNonPagedPool(make(test, nullptr, 10)));

	PMDL locked = IoAllocateMdl(data, 100, FALSE, FALSE, nullptr);
	ASSERT_NOT_NULL(test, locked);
	lock(locked, KernelMode, IoReadAccess);
	EXPECT_RULES(test, 1, IoFreeMdl(locked));
	if (bridge_checked())
		EXPECT_RULES(test, 1, IoFreeMdl(locked));
}

void mapping_into_a_process(struct kunit *test)
{
	PMDL mdl = make(test, data, 100);
	NTSTATUS status = STATUS_SUCCESS;

	lock(mdl, KernelMode, IoReadAccess);
	__try {
		MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, nullptr, FALSE,
					     NormalPagePriority);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	EXPECT_STATUS(test, status, STATUS_NOT_SUPPORTED);
	MmUnlockPages(mdl);
}

void mdl_in_memory_of_ones_own(struct kunit *test)
{
	struct {
		MDL mdl;
		PFN_NUMBER frames[2];
	} own;
	UCHAR *block = allocate(test, 2 * PAGE_SIZE);

	__builtin_memset(&own, 0xa5, sizeof(own));
	MmInitializeMdl(&own.mdl, block + 1, PAGE_SIZE);
	EXPECT_STATUS(test, lock(&own.mdl, KernelMode, IoReadAccess), STATUS_SUCCESS);
	EXPECT_TRUE(test, has_frames_of(&own.mdl, block + 1));
	EXPECT_NOT_NULL(test, MmGetSystemAddressForMdlSafe(&own.mdl, NormalPagePriority));
	MmUnlockPages(&own.mdl);
	if (bridge_checked())
		EXPECT_RULES(test, 1, IoFreeMdl(&own.mdl));
}

constexpr bridge_case cases[] = {
	{"a new MDL describes its range and no pages", new_mdl},
	{"an IRP takes MDLs as its chain or at the end of it", irp_takes_mdls},
	{"no memory gives no MDL", no_memory_for_an_mdl},
	{"pool of any size and data and stacks have their frames", any_kernel_memory},
	{"memory of the kernel is locked and mapped and unlocked", locking_kernel_memory},
	{"locking what is not there raises ACCESS_VIOLATION", locking_what_is_not_there},
	{"an exception without a try is a broken rule", locking_without_a_try},
	{"only contiguous pages are mapped at DISPATCH_LEVEL", mapping_at_dispatch_level},
	{"scattered pages are mapped as one range", mapping_of_scattered_pages},
	{"a part of pool has the pool's address", partial_of_pool},
	{"a part of locked pages is mapped on its own or has its source's address",
	 partial_of_locked_pages},
	{"a part that does not fit is a broken rule", partial_wrongly},
	{"using an MDL in the wrong state is a broken rule", used_wrongly},
	{"mapping into a process is refused", mapping_into_a_process},
	{"an MDL in memory of one's own works", mdl_in_memory_of_ones_own},
};

} // namespace

BRIDGE_SUITE(mm_mdl, cases);
