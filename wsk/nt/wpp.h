/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Software tracing: the control blocks of the drivers that are loaded. */
#ifndef WSK_NT_WPP_H
#define WSK_NT_WPP_H

#include <wsk_wpp.h>

#include "nt/driver_account.h"

namespace wsk
{

/* A driver that is unloaded without WPP_CLEANUP takes its blocks with it. */
void wpp_forget(DriverAccount *account);

/* A message as text, without what Windows' decoder adds. Returns the length. */
size_t wpp_text(char *text, size_t capacity, const char *file, const char *function, ULONG line,
		const char *types, const char *format, va_list arguments);

} // namespace wsk

#endif
