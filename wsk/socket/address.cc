// SPDX-License-Identifier: MIT OR GPL-2.0
/* The two worlds' addresses have one layout; only the number of AF_INET6 differs. */
#include "socket/address.h"

namespace wsk
{

static_assert(sizeof(SOCKADDR_IN6) == sizeof(port_address));
static_assert(offsetof(SOCKADDR_IN6, sin6_scope_id) == 24);

int port_family(ADDRESS_FAMILY family)
{
	switch (family) {
	case AF_INET:
		return PORT_AF_INET;
	case AF_INET6:
		return PORT_AF_INET6;
	default:
		return 0;
	}
}

static size_t address_size(int family)
{
	return family == PORT_AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
}

bool address_from_sockaddr(const SOCKADDR *from, ADDRESS_FAMILY family, port_address *to)
{
	if (!from || from->sa_family != family || !port_family(family))
		return false;
	*to = {};
	RtlCopyMemory(to, from, address_size(port_family(family)));
	to->family = port_family(family);
	return true;
}

void address_to_sockaddr(const port_address &from, SOCKADDR *to)
{
	/* Each of a size that the compiler knows. */
	if (from.family == PORT_AF_INET)
		RtlCopyMemory(to, &from, sizeof(SOCKADDR_IN));
	else
		RtlCopyMemory(to, &from, sizeof(SOCKADDR_IN6));
	to->sa_family = from.family == PORT_AF_INET ? AF_INET : AF_INET6;
}

} // namespace wsk
