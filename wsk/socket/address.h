/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* SOCKADDRs in Windows' numbering, and the seam's. */
#ifndef WSK_SOCKET_ADDRESS_H
#define WSK_SOCKET_ADDRESS_H

#include <wdm.h>
#include <ws2def.h>
#include <ws2ipdef.h>

#include "port/net.h"

namespace wsk
{

/* PORT_AF_… for AF_INET or AF_INET6, else 0. */
[[nodiscard]] int port_family(ADDRESS_FAMILY family);

/* Copies an address; false when it is null or not of the given family. */
[[nodiscard]] bool address_from_sockaddr(const SOCKADDR *from, ADDRESS_FAMILY family,
					 port_address *to);

/* Writes as many bytes as the address's family has. */
void address_to_sockaddr(const port_address &from, SOCKADDR *to);

} // namespace wsk

#endif
