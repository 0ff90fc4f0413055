/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* MDL chains as the socket layer reads them: windows of bytes, and the page frames behind them. */
#ifndef WSK_NT_MDL_H
#define WSK_NT_MDL_H

#include <wdm.h>

#include "port/net.h"

struct port_piece;

namespace wsk
{

/* An MDL with page frames in it. */
constexpr CSHORT mdl_described = MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL;

/*
 * Whether the window of `length` bytes that starts `offset` bytes into the chain can be used for
 * a transfer: the offset lies inside the first MDL, the chain is long enough, and every MDL the
 * window touches describes resident memory (locked, non-paged or partial).
 * An empty window is valid whatever the chain, also without one.
 */
inline bool mdl_window_valid(PMDL mdl, ULONG offset, SIZE_T length)
{
	bool mdl_chain_valid(PMDL mdl, ULONG offset, SIZE_T length);

	/* Most lie in the first MDL. */
	if (length && mdl && offset < mdl->ByteCount && length <= mdl->ByteCount - offset)
		return mdl->MdlFlags & mdl_described;
	return mdl_chain_valid(mdl, offset, length);
}

/*
 * Describes what is left of a valid window after its first `skip` bytes, in at most `max` segments
 * that are physically contiguous each (neighbouring frames are merged). Returns how many segments
 * were filled: 0 only at the window's end. Touches nothing but the MDLs; callable at any IRQL.
 */
size_t mdl_segments(PMDL mdl, ULONG offset, SIZE_T skip, SIZE_T length, struct port_segment *out,
		    size_t max);

/* The same for a window, not empty, of one page of its first MDL's; false where it is no such. */
inline bool mdl_first_page(PMDL mdl, ULONG offset, SIZE_T length, port_segment *out)
{
	SIZE_T position = mdl->ByteOffset + offset;
	uint32_t in_page = position & (PAGE_SIZE - 1);

	if (offset + length > mdl->ByteCount || in_page + length > PAGE_SIZE)
		return false;
	*out = {MmGetMdlPfnArray(mdl)[position >> PAGE_SHIFT], in_page,
		static_cast<uint32_t>(length)};
	return true;
}

/* The bytes that an MDL for a piece takes, with those after it that keep the next one aligned. */
SIZE_T mdl_bytes(const struct port_piece &piece);

/* Makes a chain of MDLs for pieces of the network's memory, one behind the other in the room. */
PMDL mdl_describe(void *room, const struct port_piece *pieces, size_t count);

} // namespace wsk

#endif
