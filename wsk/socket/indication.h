/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Received data as WskReceiveEvent hands it out: packets of the network's, described by MDLs. */
#ifndef WSK_SOCKET_INDICATION_H
#define WSK_SOCKET_INDICATION_H

#include <wsk.h>

#include "port/packet.h"

namespace wsk
{

/* What an indication takes, beside its packet. */
extern const port_room indication_room;

/* Wraps a list of packets, which then belong to the indications; they have room for these. */
PWSK_DATA_INDICATION make_indications(port_packet *packets);

/* Frees what Next leads to; false where that is no indication, which checked builds find out. */
[[nodiscard]] bool free_indications(PWSK_DATA_INDICATION list);

} // namespace wsk

#endif
