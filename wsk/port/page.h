/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Page frames behind addresses, pinning of user memory, and mappings: what MDLs are made of. */
#ifndef WSK_PORT_PAGE_H
#define WSK_PORT_PAGE_H

#include "port/types.h"

PORT_BEGIN

enum { PORT_PAGE_SHIFT = 12, PORT_PAGE_SIZE = 1 << PORT_PAGE_SHIFT };

/* Where the kernel's linear map of all memory begins. */
extern char *port_linear_map;

static inline char *port_frame_address(uint64_t frame)
{
	return port_linear_map + (frame << PORT_PAGE_SHIFT);
}

/* Whether the address is one a process may use (below the user limit). */
bool port_is_user_address(const void *address);

/*
 * Page frames of `count` pages from a kernel address on (linear map, vmalloc, module, stack); false
 * when nothing is mapped.
 */
bool port_kernel_frames(const void *address, size_t count, uint64_t *frames);

/*
 * Pins `count` pages of the current process from a page-aligned address; 0 or -errno, all or none.
 * Sleeps. The same count and `write` go to port_unpin(), which marks the pages dirty where `write`
 * says that they may have been written, and is callable in softirq.
 */
PORT_MUST_CHECK int port_pin_user(uint64_t address, size_t count, bool write, uint64_t *frames);
void port_unpin(const uint64_t *frames, size_t count, bool write);

/*
 * An address for the frames as one range. Physically contiguous frames (a single one is) have
 * theirs in the linear map, in any context; others need a mapping of their own, made only where
 * the caller may sleep. NULL on failure. port_unmap() is callable in softirq.
 */
PORT_MUST_CHECK void *port_map(const uint64_t *frames, size_t count);
void port_unmap(void *address);

PORT_END

#endif
