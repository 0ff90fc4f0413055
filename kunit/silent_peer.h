/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* A TCP port on loopback where nobody answers: connecting to it stays pending. */
#ifndef KUNIT_SILENT_PEER_H
#define KUNIT_SILENT_PEER_H

#include "port/types.h"

PORT_BEGIN

struct silent_peer;

/*
 * Null on failure. The port is in host order: 0 for any, else one that others are bound to with
 * SO_REUSEADDR and do not listen at.
 */
struct silent_peer *silent_peer_open(bool ipv6, uint16_t *port);
void silent_peer_close(struct silent_peer *peer);

PORT_END

#endif
