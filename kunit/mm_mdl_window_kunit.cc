// SPDX-License-Identifier: MIT OR GPL-2.0
/* Windows of MDL chains, and the segments that they become. */
#include <ntddk.h>

#include "bridge.h"
#include "nt/mdl.h"
#include "port/net.h"
#include "port/page.h"

using namespace wsk;

namespace
{

constexpr ULONG tag = 'dniW';

/* MDLs of 100, 0, 5000 and 3 bytes, in three blocks of pool. */
struct Chain {
	UCHAR *blocks[3];
	PMDL mdls[4];
};

constexpr ULONG lengths[4] = {100, 0, 5000, 3};
constexpr ULONG total = 5103;

void unmake(void *context)
{
	Chain *chain = static_cast<Chain *>(context);

	for (PMDL mdl : chain->mdls)
		if (mdl)
			IoFreeMdl(mdl);
	for (UCHAR *block : chain->blocks)
		if (block)
			ExFreePoolWithTag(block, tag);
	ExFreePoolWithTag(chain, tag);
}

Chain *make(struct kunit *test)
{
	Chain *chain =
		static_cast<Chain *>(ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*chain), tag));

	ASSERT_NOT_NULL(test, chain);
	bridge_defer(test, unmake, chain);
	for (UCHAR *&block : chain->blocks) {
		block = static_cast<UCHAR *>(ExAllocatePool2(POOL_FLAG_NON_PAGED, 8192, tag));
		ASSERT_NOT_NULL(test, block);
	}
	UCHAR *starts[4] = {chain->blocks[0] + 10, chain->blocks[0] + 200, chain->blocks[1] + 3000,
			    chain->blocks[2] + 4095};
	for (int i = 0; i < 4; i++) {
		chain->mdls[i] = IoAllocateMdl(starts[i], lengths[i], FALSE, FALSE, nullptr);
		ASSERT_NOT_NULL(test, chain->mdls[i]);
		MmBuildMdlForNonPagedPool(chain->mdls[i]);
		if (i)
			chain->mdls[i - 1]->Next = chain->mdls[i];
	}
	return chain;
}

uint64_t physical(const void *address)
{
	uint64_t frame = 0;

	port_kernel_frames(address, 1, &frame);
	return (frame << PAGE_SHIFT) + BYTE_OFFSET(address);
}

uint64_t physical(const port_segment &segment)
{
	return physical(segment.address);
}

/* The physical address of the window's byte, found the slow way. */
uint64_t byte_of(PMDL mdl, SIZE_T position)
{
	while (position >= mdl->ByteCount) {
		position -= mdl->ByteCount;
		mdl = mdl->Next;
	}
	return physical(static_cast<UCHAR *>(MmGetMdlVirtualAddress(mdl)) + position);
}

/* Takes the window apart in rounds of at most `max` segments, and compares each byte's address. */
void check_window(struct kunit *test, PMDL mdl, ULONG offset, SIZE_T length, size_t max)
{
	port_segment segments[8];
	SIZE_T done = 0;
	int wrong = 0;

	ASSERT_TRUE(test, mdl_window_valid(mdl, offset, length));
	while (done < length) {
		const port_vector part = mdl_vector(mdl, offset, done, length, segments, max);
		const SIZE_T before = done;

		ASSERT_TRUE(test, part.count >= 1 && part.count <= max);
		for (size_t i = 0; i < part.count; i++) {
			ASSERT_TRUE(test, segments[i].length);
			for (size_t at = 0; at < segments[i].length; at++, done++)
				if (done >= length ||
				    physical(segments[i]) + at != byte_of(mdl, offset + done))
					wrong++;
		}
		ASSERT_EQ(test, part.length, done - before);
	}
	EXPECT_EQ(test, wrong, 0);
	EXPECT_EQ(test, done, length);
	EXPECT_EQ(test, mdl_vector(mdl, offset, length, length, segments, max).count, 0u);
}

void whole_chain(struct kunit *test)
{
	Chain *chain = make(test);

	for (size_t max = 1; max <= 8; max++)
		check_window(test, chain->mdls[0], 0, total, max);
}

void windows_of_all_kinds(struct kunit *test)
{
	Chain *chain = make(test);
	constexpr ULONG offsets[] = {0, 1, 50, 99};

	for (ULONG offset : offsets)
		for (SIZE_T length = 1; length <= total - offset; length = length * 2 + 1)
			check_window(test, chain->mdls[0], offset, length, 3);
	check_window(test, chain->mdls[2], 4999, 4, 2);
	check_window(test, chain->mdls[0], 99, total - 99, 8);
}

void neighbours_become_one(struct kunit *test)
{
	Chain *chain = make(test);
	port_segment segments[8];
	UCHAR *block = chain->blocks[1];

	/* 5000 bytes over three pages' worth of frames that lie side by side. */
	ASSERT_EQ(test, physical(block) + PAGE_SIZE, physical(block + PAGE_SIZE));
	ASSERT_EQ(test, mdl_vector(chain->mdls[2], 0, 0, 5000, segments, 8).count, 1u);
	EXPECT_EQ(test, segments[0].length, 5000u);
	EXPECT_EQ(test, physical(segments[0]), physical(block + 3000));

	/* Also across MDLs: two halves of one block. */
	PMDL half = IoAllocateMdl(block, 3000, FALSE, FALSE, nullptr);
	ASSERT_NOT_NULL(test, half);
	MmBuildMdlForNonPagedPool(half);
	half->Next = chain->mdls[2];
	EXPECT_EQ(test, mdl_vector(half, 0, 0, 8000, segments, 8).count, 1u);
	EXPECT_EQ(test, segments[0].length, 8000u);
	IoFreeMdl(half);
}

void progress(struct kunit *test)
{
	Chain *chain = make(test);
	port_segment segments[8];

	ASSERT_EQ(test, mdl_vector(chain->mdls[0], 5, 95 + 1000, 95 + 5000, segments, 8).count, 1u);
	EXPECT_EQ(test, physical(segments[0]), physical(chain->blocks[1] + 4000));
	EXPECT_EQ(test, segments[0].length, 4000u);
	EXPECT_EQ(test, mdl_vector(chain->mdls[0], 5, 200, 100, segments, 8).count, 0u);
	EXPECT_EQ(test, mdl_vector(chain->mdls[0], 5, 0, 100, segments, 0).count, 0u);
	EXPECT_EQ(test, mdl_vector(nullptr, 0, 0, 0, segments, 8).count, 0u);
}

void bounds(struct kunit *test)
{
	PMDL chain = make(test)->mdls[0];

	EXPECT_TRUE(test, mdl_window_valid(chain, 0, total));
	EXPECT_FALSE(test, mdl_window_valid(chain, 0, total + 1));
	EXPECT_TRUE(test, mdl_window_valid(chain, 99, total - 99));
	EXPECT_FALSE(test, mdl_window_valid(chain, 99, total - 98));
	EXPECT_FALSE(test, mdl_window_valid(chain, 100, 1)); /* not in the first MDL */
	EXPECT_FALSE(test, mdl_window_valid(chain, 0xffffffff, 1));
	EXPECT_FALSE(test, mdl_window_valid(chain, 0, ~static_cast<SIZE_T>(0)));
	EXPECT_FALSE(test, mdl_window_valid(nullptr, 0, 1));
	EXPECT_FALSE(test, mdl_window_valid(chain->Next, 0, 1)); /* an MDL of no bytes */
}

void empty_windows(struct kunit *test)
{
	PMDL chain = make(test)->mdls[0];

	EXPECT_TRUE(test, mdl_window_valid(nullptr, 0, 0));
	EXPECT_TRUE(test, mdl_window_valid(chain, 0, 0));
	EXPECT_TRUE(test, mdl_window_valid(chain, 100, 0));
}

void memory_that_is_not_resident(struct kunit *test)
{
	Chain *chain = make(test);
	PMDL loose = IoAllocateMdl(chain->blocks[0], 50, FALSE, FALSE, nullptr);
	port_segment run;

	ASSERT_NOT_NULL(test, loose);
	EXPECT_FALSE(test, mdl_window_valid(loose, 0, 10));
	loose->Next = chain->mdls[2];
	EXPECT_FALSE(test, mdl_window_valid(loose, 0, 100));

	/* Behind the window's end nobody looks. */
	chain->mdls[2]->Next = loose;
	loose->Next = nullptr;
	EXPECT_TRUE(test, mdl_window_valid(chain->mdls[0], 0, 5100));
	EXPECT_FALSE(test, mdl_window_valid(chain->mdls[0], 0, 5101));
	chain->mdls[2]->Next = chain->mdls[3];

	__try {
		MmProbeAndLockPages(loose, KernelMode, IoReadAccess);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		EXPECT_STATUS(test, GetExceptionCode(), STATUS_SUCCESS);
	}
	EXPECT_TRUE(test, mdl_window_valid(loose, 0, 50));
	check_window(test, loose, 7, 43, 1);
	/* Its frames only say where it lies. */
	EXPECT_FALSE(test, mdl_first_run(loose, 0, 50, &run));
	MmUnlockPages(loose);
	EXPECT_FALSE(test, mdl_window_valid(loose, 0, 50));
	IoFreeMdl(loose);
}

void parts(struct kunit *test)
{
	Chain *chain = make(test);
	PMDL part = IoAllocateMdl(chain->blocks[1], 8192, FALSE, FALSE, nullptr);

	ASSERT_NOT_NULL(test, part);
	IoBuildPartialMdl(chain->mdls[2], part, chain->blocks[1] + 4090, 20);
	part->Next = chain->mdls[3];
	check_window(test, part, 3, 20, 2);
	IoFreeMdl(part);
}

void large_block(struct kunit *test)
{
	constexpr ULONG size = 5 * 1024 * 1024;
	UCHAR *block = static_cast<UCHAR *>(ExAllocatePool2(POOL_FLAG_NON_PAGED, size, tag));
	PMDL mdl = IoAllocateMdl(block, size, FALSE, FALSE, nullptr);

	if (block && mdl) {
		MmBuildMdlForNonPagedPool(mdl);
		check_window(test, mdl, 77, size - 100, 8);
	}
	IoFreeMdl(mdl);
	ExFreePoolWithTag(block, tag);
}

/* Whether a window, not empty, lies in the MDL, and is described as one then. */
void check_first_run(struct kunit *test, PMDL mdl, ULONG offset, SIZE_T length)
{
	UCHAR *first = static_cast<UCHAR *>(MmGetMdlVirtualAddress(mdl)) + offset;
	const bool fits = offset + length <= mdl->ByteCount;
	port_segment segment = {};

	EXPECT_EQ(test, mdl_first_run(mdl, offset, length, &segment), fits);
	if (!fits)
		return;
	EXPECT_EQ(test, segment.address, static_cast<PVOID>(first));
	EXPECT_EQ(test, segment.length, length);
}

void windows_of_one_mdl(struct kunit *test)
{
	Chain *chain = make(test);
	PMDL part = IoAllocateMdl(chain->blocks[1], 8192, FALSE, FALSE, nullptr);

	ASSERT_NOT_NULL(test, part);
	IoBuildPartialMdl(chain->mdls[2], part, chain->blocks[1] + 4090, 3000);
	PMDL mdls[] = {chain->mdls[0], chain->mdls[2], chain->mdls[3], part};
	for (PMDL mdl : mdls)
		for (ULONG offset = 0; offset < mdl->ByteCount; offset += 1 + offset / 7)
			for (SIZE_T length = 1; length < 5200; length += 1 + length / 5)
				check_first_run(test, mdl, offset, length);
	IoFreeMdl(part);
}

constexpr bridge_case cases[] = {
	{"a whole chain comes back byte for byte", whole_chain},
	{"windows of all kinds come back byte for byte", windows_of_all_kinds},
	{"neighbours in memory become one segment", neighbours_become_one},
	{"a window is taken up again where progress left it", progress},
	{"a window must lie within its chain", bounds},
	{"an empty window needs no chain", empty_windows},
	{"a window's memory must be resident", memory_that_is_not_resident},
	{"parts of MDLs are links like others", parts},
	{"a window of one MDL is known at a glance", windows_of_one_mdl},
	{"a block of scattered pages comes back byte for byte", large_block},
};

} // namespace

BRIDGE_SUITE(mm_mdl_window, cases);
