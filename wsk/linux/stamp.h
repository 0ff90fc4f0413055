/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Time stamps of datagrams, for the files that send and receive them. */
#ifndef WSK_LINUX_STAMP_H
#define WSK_LINUX_STAMP_H

#include <linux/skbuff.h>

#include "linux/datagram.h"

/* When a datagram was received; now, where nobody has noted it. */
u64 port_stamp_of(const struct sk_buff *skb);

/* Around sending one whose time is to be kept; false where none are. */
bool port_stamp_expect(struct port_datagram_socket *self, u32 id);
void port_stamp_forget(struct port_datagram_socket *self, u32 id);

/* Takes what has come back out of the error queue; where sk_error_report is called. */
void port_stamps_collect(struct sock *sk);

void port_stamps_init(struct port_socket *socket);
void port_stamps_free(struct port_datagram_socket *self);

#endif
