/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* A connection of Linux's own, which knows TCP's urgent data. */
#ifndef KUNIT_URGENT_PEER_H
#define KUNIT_URGENT_PEER_H

#include "port/types.h"

PORT_BEGIN

struct urgent_peer;

/* Connects to a loopback port, in host order. Null on failure. */
struct urgent_peer *urgent_peer_open(bool ipv6, uint16_t port);
void urgent_peer_close(struct urgent_peer *peer);

/* Bytes sent, or -errno. With urgent, the last one is. */
int urgent_peer_send(struct urgent_peer *peer, const void *data, size_t length, bool urgent);

/* The urgent byte that has come in, or -errno. */
int urgent_peer_take(struct urgent_peer *peer);

PORT_END

#endif
