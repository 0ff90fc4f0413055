/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* How much of a connection's receive buffer is used. */
#ifndef KUNIT_RECEIVE_BUFFER_H
#define KUNIT_RECEIVE_BUFFER_H

#include "port/types.h"

PORT_BEGIN

struct receive_buffer;

/* Of the end with that port on loopback; ports are in host order. NULL when there is none. */
struct receive_buffer *receive_buffer_of(bool ipv6, uint16_t port, uint16_t peers_port);
/* Memory that counts against it. */
int32_t receive_buffer_used(const struct receive_buffer *buffer);
void receive_buffer_put(struct receive_buffer *buffer);

PORT_END

#endif
