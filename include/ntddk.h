// SPDX-License-Identifier: MIT OR GPL-2.0
// For drivers that are not WDM drivers: all of wdm.h.

#ifndef _NTDDK_
#define _NTDDK_

#include <wdm.h>
#include <wdm/table.h>

#endif
