// SPDX-License-Identifier: MIT OR GPL-2.0
// The types of Windows' user mode.

#ifndef _MINWINDEF_
#define _MINWINDEF_

#include <windef.h>

#endif
