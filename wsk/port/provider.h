/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What the module's init and exit call in the NT world (wsk/socket/registration.cc). */
#ifndef WSK_PORT_PROVIDER_H
#define WSK_PORT_PROVIDER_H

#include "port/types.h"

PORT_BEGIN

void provider_start(void);
void provider_stop(void);

PORT_END

#endif
