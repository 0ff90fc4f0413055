/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Rtnetlink's messages in the current namespace: too many, too long, or none at all. */
#ifndef KUNIT_NET_NEWS_H
#define KUNIT_NET_NEWS_H

#include "port/types.h"

PORT_BEGIN

/* Messages of so many bytes to all who want to hear of interfaces. They mean nothing. */
PORT_MUST_CHECK bool net_news_send(uint32_t count, uint32_t bytes);

/* The addresses of an interface are not being checked any more, and nobody is told. */
void net_news_withhold(uint32_t index);

PORT_END

#endif
