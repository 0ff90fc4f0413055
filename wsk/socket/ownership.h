/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* OwningProcess and OwningThread: whose a socket is. */
#ifndef WSK_SOCKET_OWNERSHIP_H
#define WSK_SOCKET_OWNERSHIP_H

#include <wdm.h>

#include "port/owner.h"
#include "socket/request.h"

namespace wsk
{

/* The arguments; nothing is held by it. */
struct Ownership {
	PEPROCESS process;
	PETHREAD thread;

	/* Whether they are what they should be, as far as can be told. */
	[[nodiscard]] Refusal check() const;

	/* Null when memory is short. */
	[[nodiscard]] port_owner *make() const;
};

} // namespace wsk

#endif
