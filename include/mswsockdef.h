// SPDX-License-Identifier: MIT OR GPL-2.0
// Microsoft's extensions of Winsock.

#ifndef _MSWSOCKDEF_
#define _MSWSOCKDEF_

#include <ws2def.h>

EXTERN_C_START

#define SIO_SET_COMPATIBILITY_MODE _WSAIOW(IOC_VENDOR, 300)

EXTERN_C_END

#endif
