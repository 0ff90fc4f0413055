// SPDX-License-Identifier: MIT OR GPL-2.0
// What every kernel driver includes: the NT kernel's functions, objects and macros.

#ifndef _WDMDDK_
#define _WDMDDK_

#include <ntdef.h>
#include <ntstatus.h>
#include <string.h>
#include <wdm/types.h>
#include <wdm/bits.h>
#include <wdm/interlocked.h>
#include <wdm/rtl.h>
#include <wdm/dbg.h>
#include <wdm/seh.h>
#include <wdm/ke.h>
#include <wdm/processor.h>
#include <wdm/dpc.h>
#include <wdm/work.h>
#include <wdm/lock.h>
#include <wdm/resource.h>
#include <wdm/mm.h>
#include <wdm/slist.h>
#include <wdm/ex.h>
#include <wdm/lookaside.h>
#include <wdm/rundown.h>
#include <wdm/io.h>
#include <wdm/csq.h>
#include <wdm/device.h>
#include <wdm/cm.h>
#include <wdm/ps.h>
#include <wdm/file.h>
#include <wdm/section.h>
#include <wdm/se.h>
#include <wdm/system.h>
#include <wdm/time.h>
#include <wdm/bitmap.h>
#include <wdm/hash.h>

#if !defined(NOMINMAX) && !defined(__cplusplus)
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#endif

/* #pragma alloc_text and its like are ignored; a driver asks for them by this name. */
#define ALLOC_PRAGMA 1
#define ALLOC_DATA_PRAGMA 1

#endif
