/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The Network Module Registrar, from the inside. */
#ifndef WSK_NT_NMR_H
#define WSK_NT_NMR_H

#include <netioddk.h>

#include "nt/driver.h"

namespace wsk
{

/* Whose the client of a binding is. In its provider's ProviderAttachClient only. */
DriverAccount *nmr_client_account(HANDLE binding);

} // namespace wsk

#endif
