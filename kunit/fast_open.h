/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What the system allows of TCP Fast Open, and how often it has happened. */
#ifndef KUNIT_FAST_OPEN_H
#define KUNIT_FAST_OPEN_H

#include "port/types.h"

PORT_BEGIN

/* Bits of net.ipv4.tcp_fastopen. */
enum { FAST_OPEN_CLIENT = 1, FAST_OPEN_SERVER = 2 };

/* Sets it, and returns what it was. */
int fast_open_allow(int bits);

/* Connections so far whose first packet's data has been acknowledged. */
unsigned long fast_open_count(void);

PORT_END

#endif
