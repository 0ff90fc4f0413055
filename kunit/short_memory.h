/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Allocations that fail, one or a few at a time, wherever in Linux they are made. */
#ifndef KUNIT_SHORT_MEMORY_H
#define KUNIT_SHORT_MEMORY_H

#include "port/types.h"

PORT_BEGIN

/* Whether this kernel can do it: only one that was built for it. */
bool short_memory_possible(void);

/*
 * Of this thread's allocations from now on, outside of softirqs, the nth one fails, and as many
 * after it as make `count`.
 */
void short_memory_begin(unsigned int nth, unsigned int count);

/* After so many bytes of anybody's the next allocation fails, in softirqs, too. */
void short_memory_begin_anywhere(unsigned int bytes);

/* All succeed again. Whether it came to the one that was to fail. */
bool short_memory_end(void);

PORT_END

#endif
