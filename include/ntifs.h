// SPDX-License-Identifier: MIT OR GPL-2.0
// For file systems and other drivers near to them: all of ntddk.h.

#ifndef _NTIFS_
#define _NTIFS_

#include <ntddk.h>

#endif
