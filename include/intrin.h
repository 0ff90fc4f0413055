// SPDX-License-Identifier: MIT OR GPL-2.0
// The compiler's intrinsics.

#ifndef _INC_INTRIN
#define _INC_INTRIN

#include <wdm/bits.h>
#include <wdm/interlocked.h>

#endif
