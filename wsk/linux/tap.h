/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What port/tap.h leaves to the file that receives datagrams. */
#ifndef WSK_LINUX_TAP_H
#define WSK_LINUX_TAP_H

#include <linux/skbuff.h>

#include "linux/datagram.h"

/* Whether the socket is to have the packet: a tapped one, while it taps. */
bool port_tap_passes(const struct port_datagram_socket *self, const struct sk_buff *skb);

void port_tap_free(struct port_datagram_socket *self);

#endif
