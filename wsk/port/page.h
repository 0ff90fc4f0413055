/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Page frames behind addresses, pinning of user memory, and mappings: what MDLs are made of. */
#ifndef WSK_PORT_PAGE_H
#define WSK_PORT_PAGE_H

#include "port/types.h"

PORT_BEGIN

enum { PORT_PAGE_SHIFT = 12, PORT_PAGE_SIZE = 1 << PORT_PAGE_SHIFT };

/* Whether the address is one a process may use (below the user limit). */
bool port_is_user_address(const void *address);

/* Page frame of a kernel address (linear map, vmalloc, module, stack); false when nothing is mapped. */
bool port_kernel_frame(const void *address, uint64_t *frame);

/* Pins `count` pages of the current process from a page-aligned address; 0 or -errno, all or none. */
PORT_MUST_CHECK int port_pin_user(uint64_t address, size_t count, bool write, uint64_t *frames);
void port_unpin(const uint64_t *frames, size_t count, bool dirty);

/* Takes, and drops, a reference on each frame's page (kernel memory that an MDL locks). */
void *port_map(const uint64_t *frames, size_t count); /* NULL on failure; may sleep if count > 1 */
void port_unmap(void *address, size_t count);

PORT_END

#endif
