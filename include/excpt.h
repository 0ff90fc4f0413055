// SPDX-License-Identifier: MIT OR GPL-2.0
// Structured exception handling.

#ifndef _INC_EXCPT
#define _INC_EXCPT

#include <wdm/seh.h>

#endif
