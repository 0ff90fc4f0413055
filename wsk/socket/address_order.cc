// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The rules of RFC 6724, section 6, but for those that are about single source addresses
 * (deprecated, home, tunnelled): Linux has weighed that when it chose the source.
 */
#include "socket/address_order.h"

#include <ws2ipdef.h>

namespace wsk
{

namespace
{

struct Policy {
	UCHAR prefix[16];
	ULONG bits;
	ULONG precedence;
	ULONG label;
};

/* The default table; the longest prefix that fits counts, so the longer ones come first. */
constexpr Policy policies[] = {
	{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, 50, 0},
	{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 35, 4},
	{{}, 96, 1, 3},
	{{0x20, 0x01}, 32, 5, 5},
	{{0x20, 0x02}, 16, 30, 2},
	{{0x3f, 0xfe}, 16, 1, 12},
	{{0xfe, 0xc0}, 10, 1, 11},
	{{0xfc}, 7, 3, 13},
	{{}, 0, 40, 1},
};

constexpr ULONG link_local = 2, site_local = 5, global = 14;

/* How many bits two addresses have in common at their beginning. */
ULONG common_bits(const UCHAR *one, const UCHAR *other)
{
	ULONG bits = 0;

	while (bits < 128 && !(((one[bits / 8] ^ other[bits / 8]) >> (7 - bits % 8)) & 1))
		bits++;
	return bits;
}

const Policy &policy_of(const UCHAR *address)
{
	const Policy *policy = policies;

	while (common_bits(address, policy->prefix) < policy->bits)
		policy++;
	return *policy;
}

bool is_ipv4(const UCHAR *address)
{
	return policy_of(address).label == 4;
}

ULONG scope_of(const UCHAR *address)
{
	const UCHAR *ipv4 = address + 12;

	if (address[0] == 0xff)
		return address[1] & 0xf;
	if (is_ipv4(address))
		return ipv4[0] == 127 || (ipv4[0] == 169 && ipv4[1] == 254) ? link_local : global;
	if (policy_of(address).bits == 128 || (address[0] == 0xfe && (address[1] & 0xc0) == 0x80))
		return link_local;
	return address[0] == 0xfe && (address[1] & 0xc0) == 0xc0 ? site_local : global;
}

bool scope_matches(const Candidate &one)
{
	return scope_of(one.destination) == scope_of(one.source);
}

bool label_matches(const Candidate &one)
{
	return policy_of(one.destination).label == policy_of(one.source).label;
}

void copy(UCHAR (&to)[16], const port_address &from)
{
	auto *ipv4 = reinterpret_cast<const SOCKADDR_IN *>(&from);
	auto *ipv6 = reinterpret_cast<const SOCKADDR_IN6 *>(&from);

	RtlZeroMemory(to, sizeof(to));
	if (from.family == PORT_AF_INET6) {
		RtlCopyMemory(to, &ipv6->sin6_addr, sizeof(to));
		return;
	}
	to[10] = to[11] = 0xff;
	RtlCopyMemory(to + 12, &ipv4->sin_addr, 4);
}

} // namespace

Candidate make_candidate(const port_address &destination, const port_address *source,
			 ULONG position)
{
	Candidate one = {{}, {}, source != nullptr, position};

	copy(one.destination, destination);
	if (source)
		copy(one.source, *source);
	return one;
}

bool goes_before(const Candidate &one, const Candidate &other)
{
	if (one.reachable != other.reachable)
		return one.reachable;
	if (!one.reachable)
		return one.position < other.position;
	if (scope_matches(one) != scope_matches(other))
		return scope_matches(one);
	if (label_matches(one) != label_matches(other))
		return label_matches(one);
	const ULONG precedence = policy_of(one.destination).precedence;
	const ULONG other_precedence = policy_of(other.destination).precedence;

	if (precedence != other_precedence)
		return precedence > other_precedence;
	const ULONG scope = scope_of(one.destination), other_scope = scope_of(other.destination);

	if (scope != other_scope)
		return scope < other_scope;
	if (is_ipv4(one.destination) == is_ipv4(other.destination)) {
		const ULONG bits = common_bits(one.destination, one.source);
		const ULONG other_bits = common_bits(other.destination, other.source);

		if (bits != other_bits)
			return bits > other_bits;
	}
	return one.position < other.position;
}

} // namespace wsk
