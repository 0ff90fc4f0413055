// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Memory descriptor lists. The page frame numbers behind an MDL are real ones: of kernel memory of
 * any kind, or of pinned pages of a process.
 */
#include <ntddk.h>

#include "nt/irql.h"
#include "nt/mdl.h"
#include "nt/pool.h"
#include "port/error.h"
#include "port/log.h"
#include "port/net.h"
#include "port/packet.h"
#include "port/page.h"
#include "port/thread.h"

/* Here the function itself is meant. */
#undef MmProbeAndLockPages

using namespace wsk;

namespace
{

static_assert(sizeof(PFN_NUMBER) == sizeof(uint64_t));
static_assert(PORT_PAGE_SIZE == PAGE_SIZE);

using wsk::mdl_described;
constexpr CSHORT has_address = MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL;

uint64_t *frames(PMDL mdl)
{
	return reinterpret_cast<uint64_t *>(mdl + 1);
}

ULONG page_count(PMDL mdl)
{
	return ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(mdl), mdl->ByteCount);
}

unsigned char *advance(PVOID address, SIZE_T bytes)
{
	return static_cast<unsigned char *>(address) + bytes;
}

SIZE_T smaller(SIZE_T a, SIZE_T b)
{
	return a < b ? a : b;
}

bool is_user(PVOID address)
{
	return port_is_user_address(address);
}

/* Size is a CSHORT, as on Windows, and wraps for MDLs of several MiB: then nobody can compare. */
bool has_room(PMDL mdl, ULONG pages)
{
	SIZE_T size = sizeof(MDL) + static_cast<SIZE_T>(pages) * sizeof(PFN_NUMBER);

	return size > 0x7fff || mdl->Size < 0 || static_cast<SIZE_T>(mdl->Size) >= size;
}

bool fill_kernel_frames(PMDL mdl)
{
	return port_kernel_frames(mdl->StartVa, page_count(mdl), frames(mdl));
}

void unmap(PMDL mdl)
{
	port_unmap(advance(mdl->MappedSystemVa, -static_cast<SIZE_T>(mdl->ByteOffset)));
	mdl->MdlFlags &= ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
	mdl->MappedSystemVa = nullptr;
}

/* A mapping of the MDL's own, not one that a partial MDL has from its source. */
bool owns_mapping(PMDL mdl)
{
	return (mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) &&
	       !(mdl->MdlFlags & MDL_PARENT_MAPPED_SYSTEM_VA);
}

} // namespace

/**
 * MmSizeOfMdl() - The size of an MDL
 * @Base: the address it is to describe
 * @Length: how many bytes from there
 *
 * Context: any IRQL.
 * Return: bytes to allocate for it.
 * Source: wdm.h, MmSizeOfMdl
 */
extern "C" SIZE_T MmSizeOfMdl(PVOID Base, SIZE_T Length)
{
	return sizeof(MDL) +
	       ((BYTE_OFFSET(Base) + Length + PAGE_SIZE - 1) >> PAGE_SHIFT) * sizeof(PFN_NUMBER);
}

/**
 * IoAllocateMdl() - Allocate an MDL for a range of addresses
 * @VirtualAddress: where the range begins; the memory is not touched
 * @Length: its bytes
 * @SecondaryBuffer: whether to append it to the IRP's chain instead of making it the chain
 * @ChargeQuota: ignored
 * @Irp: NULL, or an IRP whose MdlAddress gets it
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: the MDL, or NULL without memory.
 * Source: wdm.h, IoAllocateMdl
 */
extern "C" PMDL IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer,
			      BOOLEAN ChargeQuota, PIRP Irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	UNREFERENCED_PARAMETER(ChargeQuota);

	PMDL mdl = static_cast<PMDL>(pool_allocate(MmSizeOfMdl(VirtualAddress, Length), mdl_tag,
						   POOL_PLAIN, __builtin_return_address(0)));
	if (!mdl)
		return nullptr;
	MmInitializeMdl(mdl, VirtualAddress, Length);
	mdl->Process = nullptr;
	mdl->MappedSystemVa = nullptr;

	if (Irp) {
		PMDL *link = &Irp->MdlAddress;

		while (SecondaryBuffer && *link)
			link = &(*link)->Next;
		*link = mdl;
	}
	return mdl;
}

/**
 * IoFreeMdl() - Free an MDL
 * @Mdl: from IoAllocateMdl(); only this one, not its chain. A partial MDL's own mapping goes with
 *	it; locked pages must have been unlocked.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, IoFreeMdl
 */
extern "C" VOID IoFreeMdl(PMDL Mdl)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!Mdl || !pool_is_live(Mdl, mdl_tag)) {
		port_log_rule(__func__,
			      Mdl ? "not from IoAllocateMdl, or freed already" : "the MDL is NULL");
		return;
	}
	if (Mdl->MdlFlags & MDL_PAGES_LOCKED) {
		port_log_rule(__func__, "the MDL's pages are still locked");
		MmUnlockPages(Mdl);
	}
	if (owns_mapping(Mdl))
		unmap(Mdl);
	pool_free(Mdl, mdl_tag, __func__);
}

/**
 * MmBuildMdlForNonPagedPool() - Fill an MDL in for kernel memory
 * @MemoryDescriptorList: describes memory that stays where it is: pool, a driver's data, a stack
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, MmBuildMdlForNonPagedPool
 */
extern "C" VOID MmBuildMdlForNonPagedPool(PMDL MemoryDescriptorList)
{
	PMDL mdl = MemoryDescriptorList;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (mdl->MdlFlags & mdl_described) {
		port_log_rule(__func__, "the MDL describes its memory already");
		return;
	}
	if (!fill_kernel_frames(mdl)) {
		port_log_rule(__func__, "not memory of the kernel");
		return;
	}
	mdl->Process = nullptr;
	mdl->MappedSystemVa = MmGetMdlVirtualAddress(mdl);
	mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
}

/**
 * MmProbeAndLockPages() - Make an MDL's memory resident
 * @MemoryDescriptorList: describes memory of the kernel, or of the current process
 * @AccessMode: UserMode allows only addresses of the process
 * @Operation: what will be done to the memory; IoReadAccess lets read-only memory pass
 *
 * Raises STATUS_ACCESS_VIOLATION when there is no such memory, or it may not be written to, and
 * STATUS_INSUFFICIENT_RESOURCES without memory: catch both with __try.
 *
 * Context: IRQL <= APC_LEVEL; <= DISPATCH_LEVEL for memory of the kernel.
 * Source: wdm.h, MmProbeAndLockPages
 */
extern "C" VOID MmProbeAndLockPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
				    LOCK_OPERATION Operation)
{
	PMDL mdl = MemoryDescriptorList;
	bool write = Operation != IoReadAccess;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (mdl->MdlFlags & mdl_described) {
		port_log_rule(__func__, "the MDL describes its memory already");
		return;
	}

	if (is_user(mdl->StartVa)) {
		if (KeGetCurrentIrql() > APC_LEVEL) {
			port_log_rule(__func__, "memory of a process, above APC_LEVEL");
			__wsk_seh_raise(STATUS_ACCESS_VIOLATION);
			return;
		}

		int error = port_pin_user(reinterpret_cast<uint64_t>(mdl->StartVa), page_count(mdl),
					  write, frames(mdl));
		if (error) {
			__wsk_seh_raise(error == -PORT_ENOMEM ? STATUS_INSUFFICIENT_RESOURCES
							      : STATUS_ACCESS_VIOLATION);
			return;
		}
		mdl->Process = PsGetCurrentProcess();
	} else {
		if (AccessMode == UserMode || !fill_kernel_frames(mdl)) {
			__wsk_seh_raise(STATUS_ACCESS_VIOLATION);
			return;
		}
		mdl->Process = nullptr;
	}
	mdl->MappedSystemVa = nullptr;
	mdl->MdlFlags |= MDL_PAGES_LOCKED | (write ? MDL_WRITE_OPERATION : 0);
}

/**
 * MmUnlockPages() - Undo MmProbeAndLockPages()
 * @MemoryDescriptorList: the MDL; its system address ends, too
 *
 * Context: IRQL <= DISPATCH_LEVEL, any process.
 * Source: wdm.h, MmUnlockPages
 */
extern "C" VOID MmUnlockPages(PMDL MemoryDescriptorList)
{
	PMDL mdl = MemoryDescriptorList;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!(mdl->MdlFlags & MDL_PAGES_LOCKED)) {
		port_log_rule(__func__, "the MDL's pages are not locked");
		return;
	}
	if (owns_mapping(mdl))
		unmap(mdl);
	if (mdl->Process)
		port_unpin(frames(mdl), page_count(mdl), mdl->MdlFlags & MDL_WRITE_OPERATION);
	mdl->Process = nullptr;
	mdl->MdlFlags &= ~(MDL_PAGES_LOCKED | MDL_WRITE_OPERATION);
}

/**
 * MmMapLockedPagesSpecifyCache() - Give an MDL's pages a system address
 * @MemoryDescriptorList: with its pages locked, or a partial MDL
 * @AccessMode: KernelMode; mapping into a process is not offered
 * @CacheType: ignored: the memory is cached
 * @RequestedAddress: ignored
 * @BugCheckOnFailure: ignored
 * @Priority: ignored
 *
 * Pages that lie side by side have an address already. Others need a mapping, which can only be
 * made below DISPATCH_LEVEL.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: the address of the first byte, or NULL. For UserMode it raises STATUS_NOT_SUPPORTED.
 * Source: wdm.h, MmMapLockedPagesSpecifyCache
 */
extern "C" PVOID MmMapLockedPagesSpecifyCache(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
					      MEMORY_CACHING_TYPE CacheType, PVOID RequestedAddress,
					      ULONG BugCheckOnFailure, ULONG Priority)
{
	PMDL mdl = MemoryDescriptorList;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	UNREFERENCED_PARAMETER(CacheType);
	UNREFERENCED_PARAMETER(RequestedAddress);
	UNREFERENCED_PARAMETER(BugCheckOnFailure);
	UNREFERENCED_PARAMETER(Priority);
	if (AccessMode != KernelMode) {
		__wsk_seh_raise(STATUS_NOT_SUPPORTED);
		return nullptr;
	}
	if (!(mdl->MdlFlags & mdl_described)) {
		port_log_rule(__func__, "the MDL's pages are not locked");
		return nullptr;
	}
	if (mdl->MdlFlags & has_address) {
		port_log_rule(__func__, "the MDL has a system address already");
		return mdl->MappedSystemVa;
	}

	void *base = page_count(mdl) ? port_map(frames(mdl), page_count(mdl)) : nullptr;
	if (!base)
		return nullptr;
	mdl->MappedSystemVa = advance(base, mdl->ByteOffset);
	mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
	if (mdl->MdlFlags & MDL_PARTIAL)
		mdl->MdlFlags |= MDL_PARTIAL_HAS_BEEN_MAPPED;
	return mdl->MappedSystemVa;
}

/**
 * MmMapLockedPages() - Give an MDL's pages a system address
 * @MemoryDescriptorList: with its pages locked, or a partial MDL
 * @AccessMode: KernelMode
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: as MmMapLockedPagesSpecifyCache(), which Windows wants instead.
 * Source: wdm.h, MmMapLockedPages
 */
extern "C" PVOID MmMapLockedPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode)
{
	return MmMapLockedPagesSpecifyCache(MemoryDescriptorList, AccessMode, MmCached, nullptr,
					    TRUE, NormalPagePriority);
}

/**
 * MmUnmapLockedPages() - Undo MmMapLockedPagesSpecifyCache()
 * @BaseAddress: the address it returned
 * @MemoryDescriptorList: the MDL
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, MmUnmapLockedPages
 */
extern "C" VOID MmUnmapLockedPages(PVOID BaseAddress, PMDL MemoryDescriptorList)
{
	PMDL mdl = MemoryDescriptorList;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!owns_mapping(mdl) || mdl->MappedSystemVa != BaseAddress) {
		port_log_rule(__func__, "not the address that this MDL was mapped at");
		return;
	}
	unmap(mdl);
}

/**
 * IoBuildPartialMdl() - Describe a part of what another MDL describes
 * @SourceMdl: filled in already
 * @TargetMdl: with room for the part's pages
 * @VirtualAddress: where the part begins, in the address space of the source's virtual address
 * @Length: its bytes; 0 stands for all that follow
 *
 * The part has a system address if the source has one, and is valid as long as the source is.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h, IoBuildPartialMdl
 */
extern "C" VOID IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress,
				  ULONG Length)
{
	ULONG_PTR begin = reinterpret_cast<ULONG_PTR>(MmGetMdlVirtualAddress(SourceMdl));
	ULONG_PTR skipped = reinterpret_cast<ULONG_PTR>(VirtualAddress) - begin;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (TargetMdl->MdlFlags & MDL_PAGES_LOCKED) {
		port_log_rule(__func__, "the target's pages are locked");
		return;
	}
	if (owns_mapping(TargetMdl)) {
		port_log_rule(__func__,
			      "the target is mapped: MmPrepareMdlForReuse() was left out");
		unmap(TargetMdl);
	}
	/* Until it is filled in: what fails below must not leave the last part's pages behind. */
	TargetMdl->ByteCount = 0;

	if (skipped > SourceMdl->ByteCount || Length > SourceMdl->ByteCount - skipped) {
		port_log_rule(__func__, "the part lies outside of the source");
		return;
	}
	if (!(SourceMdl->MdlFlags & mdl_described)) {
		port_log_rule(__func__, "the source's pages are not locked");
		return;
	}
	if (!Length)
		Length = static_cast<ULONG>(SourceMdl->ByteCount - skipped);

	ULONG pages = ADDRESS_AND_SIZE_TO_SPAN_PAGES(VirtualAddress, Length);
	if (!has_room(TargetMdl, pages)) {
		port_log_rule(__func__, "the target has no room for so many pages");
		return;
	}

	TargetMdl->Process = SourceMdl->Process;
	TargetMdl->StartVa = PAGE_ALIGN(VirtualAddress);
	TargetMdl->ByteOffset = BYTE_OFFSET(VirtualAddress);
	TargetMdl->ByteCount = Length;
	TargetMdl->MdlFlags &= MDL_ALLOCATED_FIXED_SIZE;
	TargetMdl->MdlFlags |= MDL_PARTIAL;
	TargetMdl->MdlFlags |= SourceMdl->MdlFlags &
			       (MDL_SOURCE_IS_NONPAGED_POOL | MDL_IO_SPACE | MDL_IO_PAGE_READ);
	TargetMdl->MappedSystemVa = nullptr;
	if (SourceMdl->MdlFlags & has_address)
		TargetMdl->MappedSystemVa = advance(SourceMdl->MappedSystemVa, skipped);
	if (SourceMdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)
		TargetMdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA | MDL_PARENT_MAPPED_SYSTEM_VA;

	ULONG first = static_cast<ULONG>((SourceMdl->ByteOffset + skipped) >> PAGE_SHIFT);
	for (ULONG i = 0; i < pages; i++)
		frames(TargetMdl)[i] = frames(SourceMdl)[first + i];
}

namespace wsk
{

bool mdl_chain_valid(PMDL mdl, ULONG offset, SIZE_T length)
{
	if (!length)
		return true;
	if (!mdl || offset >= mdl->ByteCount)
		return false;
	for (; mdl; mdl = mdl->Next) {
		SIZE_T here = mdl->ByteCount - offset;

		if (!(mdl->MdlFlags & mdl_described))
			return false;
		if (length <= here)
			return true;
		length -= here;
		offset = 0;
	}
	return false;
}

namespace
{

/* Segments that are being filled in. */
struct Filling {
	port_segment *const segments;
	const size_t room;
	size_t count = 0;
	size_t length = 0;

	/* False when there is no room left. */
	bool add(char *address, SIZE_T bytes)
	{
		port_segment *last = count ? &segments[count - 1] : nullptr;

		if (last && address == static_cast<char *>(last->address) + last->length)
			last->length += bytes;
		else if (count == room)
			return false;
		else
			segments[count++] = {address, bytes};
		length += bytes;
		return true;
	}

	/* Bytes of an MDL's, found by its frames. */
	bool add_pages(PMDL mdl, SIZE_T skip, SIZE_T bytes)
	{
		SIZE_T position = mdl->ByteOffset + skip;

		while (bytes) {
			ULONG in_page = BYTE_OFFSET(position);
			SIZE_T here = smaller(PAGE_SIZE - in_page, bytes);

			if (!add(port_frame_address(frames(mdl)[position >> PAGE_SHIFT]) + in_page,
				 here))
				return false;
			position += here;
			bytes -= here;
		}
		return true;
	}
};

} // namespace

port_vector mdl_chain_vector(PMDL mdl, ULONG offset, SIZE_T skip, SIZE_T length, port_segment *out,
			     size_t max)
{
	Filling filling = {out, max};
	SIZE_T left = length > skip ? length - skip : 0;

	skip += offset;
	for (bool room = true; room && left && mdl; mdl = mdl->Next) {
		if (skip >= mdl->ByteCount) {
			skip -= mdl->ByteCount;
			continue;
		}
		SIZE_T here = smaller(mdl->ByteCount - skip, left);
		char *linear = mdl_linear(mdl);

		room = linear ? filling.add(linear + skip, here)
			      : filling.add_pages(mdl, skip, here);
		left -= here;
		skip = 0;
	}
	return {out, filling.count, filling.length};
}

static SIZE_T bytes_for(ULONG pages)
{
	return (sizeof(MDL) + pages * sizeof(PFN_NUMBER) + alignof(MDL) - 1) & ~(alignof(MDL) - 1);
}

SIZE_T mdl_bytes(const port_piece &piece)
{
	return bytes_for(ADDRESS_AND_SIZE_TO_SPAN_PAGES(piece.address, piece.length));
}

PMDL mdl_describe(void *room, const port_piece *pieces, size_t count)
{
	PMDL first = nullptr, *link = &first;

	for (size_t i = 0; i < count; i++) {
		PMDL mdl = static_cast<PMDL>(room);

		MmInitializeMdl(mdl, pieces[i].address, pieces[i].length);
		const ULONG pages = page_count(mdl);
		for (ULONG page = 0; page < pages; page++)
			frames(mdl)[page] = pieces[i].frame + page;
		mdl->MdlFlags = MDL_SOURCE_IS_NONPAGED_POOL;
		mdl->Process = nullptr;
		mdl->MappedSystemVa = pieces[i].address;
		room = advance(room, bytes_for(pages));
		*link = mdl;
		link = &mdl->Next;
	}
	return first;
}

} // namespace wsk
