/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* OwningProcess, OwningThread and SecurityDescriptor: whose a socket is, and who may share it. */
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
	PSECURITY_DESCRIPTOR descriptor; /* cached, or null */

	/* Whether they are what they should be, as far as can be told. */
	[[nodiscard]] Refusal check() const;

	/*
	 * What the socket keeps: the owner, and a reference to the descriptor. STATUS_SUCCESS, or
	 * nothing is kept.
	 */
	[[nodiscard]] Refusal keep(port_owner **owner, PSECURITY_DESCRIPTOR *kept) const;

private:
	port_owner *make() const;
};

} // namespace wsk

#endif
