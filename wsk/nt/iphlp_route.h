/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Routes as Windows' rows. */
#ifndef WSK_NT_IPHLP_ROUTE_H
#define WSK_NT_IPHLP_ROUTE_H

#include <netioapi.h>

#include "port/route.h"

namespace wsk
{

void set_route_row(const port_route &from, MIB_IPFORWARD_ROW2 *to);

} // namespace wsk

#endif
