/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What C++ drivers need beside their code: constructors before DriverEntry, and their mirror. */
#ifndef WSK_NT_CXX_RUNTIME_H
#define WSK_NT_CXX_RUNTIME_H

#include "nt/driver_account.h"

namespace wsk
{

/* In the order of the table. PASSIVE_LEVEL. */
void run_constructors(const port_constructors *constructors);

/* What __cxa_atexit() was told by the driver, last first; what that adds is run, too. */
void run_destructors(DriverAccount *account);

} // namespace wsk

#endif
