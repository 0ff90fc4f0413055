/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* MDL chains as the socket layer reads them: windows of bytes, and the memory behind them. */
#ifndef WSK_NT_MDL_H
#define WSK_NT_MDL_H

#include <wdm.h>

#include "port/net.h"
#include "port/page.h"

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
 * Where the MDL's bytes lie one behind the other in the kernel's linear map; null where they do
 * not, or nobody knows. Pool memory of other maps is found by its frames, as locked memory is.
 */
inline char *mdl_linear(PMDL mdl)
{
	char *address = static_cast<char *>(mdl->MappedSystemVa);

	if (!(mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL) ||
	    address != port_frame_address(*MmGetMdlPfnArray(mdl)) + mdl->ByteOffset)
		return nullptr;
	return address;
}

/* One segment for a window, not empty, of its first MDL's; false where one does not do. */
inline bool mdl_first_run(PMDL mdl, ULONG offset, SIZE_T length, port_segment *out)
{
	char *address = mdl_linear(mdl);

	if (!address || offset + length > mdl->ByteCount)
		return false;
	*out = {address + offset, length};
	return true;
}

/* As mdl_vector(), for windows of any kind. */
port_vector mdl_chain_vector(PMDL mdl, ULONG offset, SIZE_T skip, SIZE_T length, port_segment *out,
			     size_t max);

/*
 * Describes what is left of a valid window after its first `skip` bytes, in at most `max` segments
 * (neighbours in memory are merged): nothing only at the window's end. Touches nothing but the
 * MDLs; callable at any IRQL.
 */
inline port_vector mdl_vector(PMDL mdl, ULONG offset, SIZE_T skip, SIZE_T length, port_segment *out,
			      size_t max)
{
	/* Most are one run of their first MDL's. */
	if (!skip && length && max && mdl_first_run(mdl, offset, length, out))
		return {out, 1, length};
	return mdl_chain_vector(mdl, offset, skip, length, out, max);
}

/* The bytes that an MDL for a piece takes, with those after it that keep the next one aligned. */
SIZE_T mdl_bytes(const struct port_piece &piece);

/* Makes a chain of MDLs for pieces of the network's memory, one behind the other in the room. */
PMDL mdl_describe(void *room, const struct port_piece *pieces, size_t count);

} // namespace wsk

#endif
