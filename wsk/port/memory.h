/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Kernel memory. Every allocation here may fail, and none sleeps where the caller may not. */
#ifndef WSK_PORT_MEMORY_H
#define WSK_PORT_MEMORY_H

#include "port/types.h"

PORT_BEGIN

/*
 * Zeroed when asked, and aligned to a power of two up to the page size: 16 satisfies every NT type.
 * The block ends where it was asked to, so that KASAN sees an overrun of one byte. Callable in
 * softirq: allocates without sleeping there.
 */
PORT_MUST_CHECK void *port_alloc_aligned(size_t bytes, size_t alignment, bool zero);
static inline PORT_MUST_CHECK void *port_alloc(size_t bytes, bool zero)
{
	return port_alloc_aligned(bytes, 16, zero);
}
void port_free(void *block);

/*
 * For blocks that are mostly given back in the softirq that asked for them: the processor's last
 * one is its next one. What is in them is undefined; `bytes` are those that were asked for.
 */
PORT_MUST_CHECK void *port_alloc_brief(size_t bytes);
void port_free_brief(void *block, size_t bytes);

/*
 * Whole pages, page aligned; physically contiguous where the size allows it, so that the network
 * stack can refer to them (sendpage_ok). Larger ones only where the caller may sleep.
 */
PORT_MUST_CHECK void *port_alloc_pages(size_t bytes, bool zero);
void port_free_pages(void *block, size_t bytes);

/*
 * Tests make the nth allocation from now fail (1 is the next one), whoever makes it; 0 disarms.
 * Returns whether the failure armed before has happened. In checked builds, and with the tests.
 */
bool port_alloc_fail(unsigned int nth);

PORT_END

#endif
