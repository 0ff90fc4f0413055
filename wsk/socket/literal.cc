// SPDX-License-Identifier: MIT OR GPL-2.0
/* Reading and writing addresses and ports. */
#include "socket/literal.h"

#include "nt/ip_text.h"
#include "port/resolve.h"

namespace wsk
{

namespace
{

/* Where the digits end; false when there are none, too many, or more than `most`. */
bool read_number(const char *text, SIZE_T length, SIZE_T *at, ULONG most, ULONG *value)
{
	SIZE_T first = *at;
	ULONGLONG sum = 0;

	while (*at < length && text[*at] >= '0' && text[*at] <= '9' && *at - first < 10)
		sum = sum * 10 + (text[(*at)++] - '0');
	*value = static_cast<ULONG>(sum);
	return *at != first && sum <= most;
}

/* Also of fewer parts, and in C's notation: as Windows takes them. */
bool parse_ipv4_host(const char *text, SIZE_T length, UCHAR *bytes)
{
	const char *end = text;

	return parse_ipv4(end, false, bytes) && end == text + length;
}

bool parse_scope(const char *text, SIZE_T length, ULONG *scope)
{
	SIZE_T at = 0;

	if (read_number(text, length, &at, ~0u, scope) && at == length)
		return true;
	*scope = port_interface_index(text, length);
	return *scope != 0;
}

bool parse_ipv6(const char *text, SIZE_T length, HostAddress *host)
{
	SIZE_T address = 0;

	while (address < length && text[address] != '%')
		address++;
	if (!port_parse_ipv6(text, address, host->bytes))
		return false;
	return address == length ||
	       parse_scope(text + address + 1, length - address - 1, &host->scope);
}

SIZE_T append_number(ULONG value, char *text, SIZE_T at)
{
	ULONG divisor = 1;

	while (value / divisor >= 10)
		divisor *= 10;
	for (; divisor; divisor /= 10)
		text[at++] = static_cast<char>('0' + value / divisor % 10);
	text[at] = 0;
	return at;
}

} // namespace

SIZE_T sockaddr_size(ADDRESS_FAMILY family)
{
	return family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
}

void sockaddr_of_host(const HostAddress &host, USHORT port, HostSockaddr *to)
{
	*to = {};
	if (host.family == AF_INET) {
		to->ipv4.sin_family = AF_INET;
		to->ipv4.sin_port = swap_bytes(port);
		RtlCopyMemory(&to->ipv4.sin_addr, host.bytes, 4);
		return;
	}
	to->ipv6 = {};
	to->ipv6.sin6_family = AF_INET6;
	to->ipv6.sin6_port = swap_bytes(port);
	RtlCopyMemory(&to->ipv6.sin6_addr, host.bytes, 16);
	to->ipv6.sin6_scope_id = host.scope;
}

bool host_of_sockaddr(const SOCKADDR *from, ULONG length, HostAddress *host, USHORT *port)
{
	ADDRESS_FAMILY family = length >= sizeof(family) ? from->sa_family : AF_UNSPEC;
	HostSockaddr copy = {};

	if ((family != AF_INET && family != AF_INET6) || length < sockaddr_size(family))
		return false;
	RtlCopyMemory(&copy, from, sockaddr_size(family));
	*host = {};
	host->family = family;
	if (family == AF_INET) {
		*port = swap_bytes(copy.ipv4.sin_port);
		RtlCopyMemory(host->bytes, &copy.ipv4.sin_addr, 4);
		return true;
	}
	*port = swap_bytes(copy.ipv6.sin6_port);
	RtlCopyMemory(host->bytes, &copy.ipv6.sin6_addr, 16);
	host->scope = copy.ipv6.sin6_scope_id;
	return true;
}

HostAddress mapped(const HostAddress &ipv4)
{
	HostAddress host = {.family = AF_INET6, .bytes = {}, .scope = 0};

	host.bytes[10] = host.bytes[11] = 0xff;
	RtlCopyMemory(host.bytes + 12, ipv4.bytes, 4);
	return host;
}

bool parse_host(const WCHAR *text, SIZE_T units, HostAddress *host)
{
	char copy[literal_bytes];

	if (units >= sizeof(copy))
		return false;
	for (SIZE_T i = 0; i < units; i++) {
		/* An address is ASCII; 0 is in none of them. */
		copy[i] = text[i] < 0x80 ? static_cast<char>(text[i]) : 0;
	}
	copy[units] = 0;
	*host = {};
	host->family = AF_INET;
	if (parse_ipv4_host(copy, units, host->bytes))
		return true;
	*host = {};
	host->family = AF_INET6;
	return parse_ipv6(copy, units, host);
}

PortText parse_port(const WCHAR *text, SIZE_T units, USHORT *port)
{
	ULONG value = 0;

	for (SIZE_T i = 0; i < units; i++) {
		if (text[i] < '0' || text[i] > '9')
			return PortText::name;
		if (value <= MAXUSHORT)
			value = value * 10 + (text[i] - '0');
	}
	*port = static_cast<USHORT>(value);
	return value <= MAXUSHORT ? PortText::number : PortText::too_large;
}

SIZE_T format_host(const HostAddress &host, char text[literal_bytes])
{
	SIZE_T length = 0;

	static_assert(literal_bytes >= PORT_ADDRESS_TEXT_BYTES + 11);
	port_format_address(host.bytes, host.size(), text);
	while (text[length])
		length++;
	if (host.scope) {
		text[length++] = '%';
		length = append_number(host.scope, text, length);
	}
	return length;
}

SIZE_T format_port(USHORT port, char text[literal_bytes])
{
	return append_number(port, text, 0);
}

} // namespace wsk
