/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What the module's init and exit call in the NT world (wsk/socket/registration.cc). */
#ifndef WSK_PORT_PROVIDER_H
#define WSK_PORT_PROVIDER_H

#include "port/types.h"

PORT_BEGIN

PORT_MUST_CHECK int provider_start(void);
void provider_stop(void);

/*
 * Addresses, or routes, of a family have changed in a namespace (as port_socket_net() names it).
 * In any context but a hard interrupt's; does not sleep. (wsk/socket/change.cc)
 */
enum { PORT_CHANGED_ADDRESSES = 1, PORT_CHANGED_ROUTES = 2 };
void provider_network_changed(const void *net, int family, uint32_t changes);

PORT_END

#endif
