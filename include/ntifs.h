// SPDX-License-Identifier: MIT OR GPL-2.0
// For file systems and other drivers near to them: all of ntddk.h.

#ifndef _NTIFS_
#define _NTIFS_

#include <ntddk.h>

#ifndef FlagOn
#define FlagOn(_F, _SF) ((_F) & (_SF))
#endif
#ifndef BooleanFlagOn
#define BooleanFlagOn(F, SF) ((BOOLEAN)(((F) & (SF)) != 0))
#endif
#ifndef SetFlag
#define SetFlag(_F, _SF) ((_F) |= (_SF))
#endif
#ifndef ClearFlag
#define ClearFlag(_F, _SF) ((_F) &= ~(_SF))
#endif

#endif
