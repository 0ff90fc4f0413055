// SPDX-License-Identifier: MIT OR GPL-2.0
// Copying between a driver and the process whose request it serves. These raise: use __try.

#ifndef _USERMODE_ACCESSORS_H_
#define _USERMODE_ACCESSORS_H_

#include <wdm.h>

EXTERN_C_START

VOID NTAPI CopyFromUser(VOID *Destination, const VOID *Source, SIZE_T Length);
VOID NTAPI CopyToUser(VOID *Destination, const VOID *Source, SIZE_T Length);

#define CopyFromUser(Destination, Source, Length) \
	__WSK_RAISING((CopyFromUser)(Destination, Source, Length))
#define CopyToUser(Destination, Source, Length) \
	__WSK_RAISING((CopyToUser)(Destination, Source, Length))

EXTERN_C_END

#endif
