/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Which of several addresses of a host is to be tried first, by RFC 6724. */
#ifndef WSK_SOCKET_ADDRESS_ORDER_H
#define WSK_SOCKET_ADDRESS_ORDER_H

#include <wdm.h>

#include "port/net.h"

namespace wsk
{

/* A destination, and what packets to it would come from. */
struct Candidate {
	UCHAR destination[16]; /* IPv4 mapped into IPv6 */
	UCHAR source[16];
	bool reachable; /* else there is no source */
	ULONG position; /* in the list, as it was given */
};

/* `source`: null where no route leads there. */
Candidate make_candidate(const port_address &destination, const port_address *source,
			 ULONG position);

/* A total order: among equals the list's own counts. */
bool goes_before(const Candidate &one, const Candidate &other);

} // namespace wsk

#endif
