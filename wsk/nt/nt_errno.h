/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The border where a status becomes one of Linux' error numbers. */
#ifndef WSK_NT_ERRNO_H
#define WSK_NT_ERRNO_H

#include <ntdef.h>

namespace wsk
{

/* The errno that comes closest to a status that is no success, above 0. */
int errno_of(NTSTATUS status);

} // namespace wsk

#endif
