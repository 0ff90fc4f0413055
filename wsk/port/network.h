/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Network namespaces, as whoever asks about interfaces, addresses and routes names them. */
#ifndef WSK_PORT_NETWORK_H
#define WSK_PORT_NETWORK_H

#include "port/types.h"

PORT_BEGIN

struct port_net;

/* A reference to the current process' namespace; a kernel thread's is the initial one. */
struct port_net *port_net_current(void);
void port_net_put(struct port_net *net);

PORT_END

#endif
