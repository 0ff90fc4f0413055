/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Received datagrams as WskReceiveFromEvent hands them out, in the network's own memory. */
#ifndef WSK_SOCKET_DATAGRAM_INDICATION_H
#define WSK_SOCKET_DATAGRAM_INDICATION_H

#include <wsk.h>

#include "port/datagram.h"
#include "socket/control_info.h"

namespace wsk
{

/* Wraps a datagram, which then belongs to the indication; null when memory is short. */
[[nodiscard]] PWSK_DATAGRAM_INDICATION make_datagram_indication(const port_datagram &datagram,
								const ToldSets &told);

/* The datagram in an indication that the client does not have. */
const port_datagram &datagram_of(PWSK_DATAGRAM_INDICATION indication);

/* Frees what Next leads to; false where that is no indication, which checked builds find out. */
[[nodiscard]] bool free_datagram_indications(PWSK_DATAGRAM_INDICATION list);

} // namespace wsk

#endif
