/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* MDL chains as the socket layer reads them: windows of bytes, and the page frames behind them. */
#ifndef WSK_NT_MDL_H
#define WSK_NT_MDL_H

#include <wdm.h>

struct port_piece;
struct port_segment;

namespace wsk
{

/*
 * Whether the window of `length` bytes that starts `offset` bytes into the chain can be used for
 * a transfer: the offset lies inside the first MDL, the chain is long enough, and every MDL the
 * window touches describes resident memory (locked, non-paged or partial).
 * An empty window is valid whatever the chain, also without one.
 */
bool mdl_window_valid(PMDL mdl, ULONG offset, SIZE_T length);

/*
 * Describes what is left of a valid window after its first `skip` bytes, in at most `max` segments
 * that are physically contiguous each (neighbouring frames are merged). Returns how many segments
 * were filled: 0 only at the window's end. Touches nothing but the MDLs; callable at any IRQL.
 */
size_t mdl_segments(PMDL mdl, ULONG offset, SIZE_T skip, SIZE_T length, struct port_segment *out,
		    size_t max);

/* The bytes that an MDL for a piece takes, with those after it that keep the next one aligned. */
SIZE_T mdl_bytes(const struct port_piece &piece);

/* Makes a chain of MDLs for pieces of the network's memory, one behind the other in the room. */
PMDL mdl_describe(void *room, const struct port_piece *pieces, size_t count);

} // namespace wsk

#endif
