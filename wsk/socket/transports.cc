// SPDX-License-Identifier: MIT OR GPL-2.0
/* The transports that sockets can be made of: what this kernel has of what WSK knows. */
#include "socket/transports.h"

#include "port/interface.h"
#include "socket/address.h"
#include "socket/client.h"

namespace wsk
{

namespace
{

/* The providers of Winsock's catalogue. */
constexpr GUID ipv4_provider = {
	0xe70f1aa0, 0xab8b, 0x11cf, {0x8c, 0xa3, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}};
constexpr GUID ipv6_provider = {
	0xf9eab0c0, 0x26d4, 0x11d0, {0xbb, 0xbf, 0x00, 0xaa, 0x00, 0x6c, 0x34, 0xe4}};

constexpr WSK_TRANSPORT transport(ADDRESS_FAMILY family, USHORT type, ULONG protocol)
{
	return {.Version = provider_version,
		.SocketType = type,
		.Protocol = protocol,
		.AddressFamily = family,
		.ProviderId = family == AF_INET ? ipv4_provider : ipv6_provider};
}

/* Raw sockets take any protocol: 0. */
constexpr WSK_TRANSPORT transports[] = {
	transport(AF_INET, SOCK_STREAM, IPPROTO_TCP),
	transport(AF_INET, SOCK_DGRAM, IPPROTO_UDP),
	transport(AF_INET, SOCK_RAW, 0),
	transport(AF_INET6, SOCK_STREAM, IPPROTO_TCP),
	transport(AF_INET6, SOCK_DGRAM, IPPROTO_UDP),
	transport(AF_INET6, SOCK_RAW, 0),
};

bool exists(const WSK_TRANSPORT &one)
{
	return port_family_exists(port_family(one.AddressFamily));
}

} // namespace

Refusal list_transports(ControlCall &call)
{
	auto *out = static_cast<UCHAR *>(call.output);

	for (const WSK_TRANSPORT &one : transports)
		if (exists(one))
			call.written += sizeof(one);
	if (call.output_size < call.written)
		return too_small;
	for (const WSK_TRANSPORT &one : transports)
		if (exists(one)) {
			RtlCopyMemory(out, &one, sizeof(one));
			out += sizeof(one);
		}
	return accepted;
}

} // namespace wsk
