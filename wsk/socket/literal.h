/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Addresses and ports that are written as numbers: nobody need be asked about them. */
#ifndef WSK_SOCKET_LITERAL_H
#define WSK_SOCKET_LITERAL_H

#include <wdm.h>
#include <ws2def.h>
#include <ws2ipdef.h>

namespace wsk
{

struct HostAddress {
	ADDRESS_FAMILY family; /* AF_INET or AF_INET6 */
	UCHAR bytes[16];       /* as they go over the network; four for AF_INET */
	ULONG scope;

	SIZE_T size() const { return family == AF_INET ? 4 : 16; }
};

inline USHORT swap_bytes(USHORT value)
{
	return static_cast<USHORT>(value << 8 | value >> 8);
}

/* Room for either family's address. */
union HostSockaddr {
	SOCKADDR any;
	SOCKADDR_IN ipv4;
	SOCKADDR_IN6 ipv6;
};

/* The port is in the host's order, here and below. */
void sockaddr_of_host(const HostAddress &host, USHORT port, HostSockaddr *to);
SIZE_T sockaddr_size(ADDRESS_FAMILY family);

/* False: another family, or too short for its own. */
[[nodiscard]] bool host_of_sockaddr(const SOCKADDR *from, ULONG length, HostAddress *host,
				    USHORT *port);

/* The address mapped into IPv6: ::ffff:a.b.c.d. */
HostAddress mapped(const HostAddress &ipv4);

/*
 * Dotted IPv4 of four decimal numbers; IPv6, which may have a scope: %3, or %eth0, an interface
 * where the caller is. False: no such address.
 */
[[nodiscard]] bool parse_host(const WCHAR *text, SIZE_T units, HostAddress *host);

enum class PortText { number, too_large, name };
PortText parse_port(const WCHAR *text, SIZE_T units, USHORT *port);

/* With a NUL; the length without it. */
constexpr SIZE_T literal_bytes = 64;
SIZE_T format_host(const HostAddress &host, char text[literal_bytes]);
SIZE_T format_port(USHORT port, char text[literal_bytes]);

} // namespace wsk

#endif
