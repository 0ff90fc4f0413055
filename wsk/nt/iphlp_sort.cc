// SPDX-License-Identifier: MIT OR GPL-2.0
/* CreateSortedAddressPairs: destinations in the order in which they should be tried (RFC 6724). */
#include "nt/iphlp.h"

namespace wsk
{

namespace
{

constexpr ULONG most_destinations = 500;

struct Policy {
	IN6_ADDR prefix;
	UCHAR length;
	UCHAR precedence;
	UCHAR label;
};

/* The default table of RFC 6724, the longest prefixes first. */
constexpr Policy policies[] = {
	{{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}}, 128, 50, 0},
	{{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}}}, 96, 35, 4},
	{{{{0}}}, 96, 1, 3},
	{{{{0x20, 0x01}}}, 32, 5, 5},
	{{{{0x20, 0x02}}}, 16, 30, 2},
	{{{{0x3f, 0xfe}}}, 16, 1, 12},
	{{{{0xfe, 0xc0}}}, 10, 1, 11},
	{{{{0xfc}}}, 7, 3, 13},
	{{{{0}}}, 0, 40, 1},
};

struct Addresses {
	SOCKADDR_IN6 source, destination;
};

UCHAR common_bits(const IN6_ADDR &a, const IN6_ADDR &b)
{
	for (UCHAR i = 0; i < sizeof(a); i++) {
		const unsigned difference = a.s6_bytes[i] ^ b.s6_bytes[i];

		if (difference)
			return static_cast<UCHAR>(8 * i + __builtin_clz(difference) - 24);
	}
	return 128;
}

const Policy &policy_of(const IN6_ADDR &address)
{
	for (const Policy &one : policies)
		if (common_bits(address, one.prefix) >= one.length)
			return one;
	return policies[ARRAYSIZE(policies) - 1];
}

UCHAR scope_of_address(const IN6_ADDR &address)
{
	if (IN6_IS_ADDR_MULTICAST(&address))
		return address.s6_bytes[1] & 0xf;
	if (IN6_IS_ADDR_V4MAPPED(&address)) {
		const auto *ipv4 =
			reinterpret_cast<const IN_ADDR *>(IN6_GET_ADDR_V4MAPPED(&address));

		return IN4_IS_ADDR_LOOPBACK(ipv4) || IN4_IS_ADDR_LINKLOCAL(ipv4) ? ScopeLevelLink
										 : ScopeLevelGlobal;
	}
	if (IN6_IS_ADDR_LINKLOCAL(&address) || IN6_IS_ADDR_LOOPBACK(&address))
		return ScopeLevelLink;
	return IN6_IS_ADDR_SITELOCAL(&address) ? ScopeLevelSite : ScopeLevelGlobal;
}

/* IPv4 destinations are given within IPv6. */
SOCKADDR_INET bare(const SOCKADDR_IN6 &from)
{
	SOCKADDR_INET address = {};

	if (IN6_IS_ADDR_V4MAPPED(&from.sin6_addr)) {
		address.Ipv4.sin_family = AF_INET;
		RtlCopyMemory(&address.Ipv4.sin_addr, IN6_GET_ADDR_V4MAPPED(&from.sin6_addr),
			      sizeof(address.Ipv4.sin_addr));
	} else {
		address.Ipv6 = from;
	}
	return address;
}

/* Unspecified where the destination cannot be reached. */
void find_source(port_net *net, Addresses *pair)
{
	port_address destination = {}, source = {};

	IN6ADDR_SETANY(&pair->source);
	if (!address_of(bare(pair->destination), &destination) ||
	    port_route_source(net, &destination, &source, nullptr))
		return;

	const SOCKADDR_INET found = sockaddr_of(source);

	if (found.si_family == AF_INET)
		IN6ADDR_SETV4MAPPED(&pair->source, &found.Ipv4.sin_addr, {}, 0);
	else
		pair->source = found.Ipv6;
}

/* Whether the first is to be tried before the second, which came earlier. */
bool comes_before(const Addresses &a, const Addresses &b)
{
	const IN6_ADDR &a_to = a.destination.sin6_addr, &b_to = b.destination.sin6_addr;
	const IN6_ADDR &a_from = a.source.sin6_addr, &b_from = b.source.sin6_addr;
	const int a_scope = scope_of_address(a_to), b_scope = scope_of_address(b_to);
	const Policy &a_policy = policy_of(a_to), &b_policy = policy_of(b_to);
	const bool a_reached = !IN6_IS_ADDR_UNSPECIFIED(&a_from);
	const bool b_reached = !IN6_IS_ADDR_UNSPECIFIED(&b_from);

	if (a_reached != b_reached || !a_reached)
		return a_reached && !b_reached;

	const bool a_same_scope = scope_of_address(a_from) == a_scope;
	const bool b_same_scope = scope_of_address(b_from) == b_scope;
	const bool a_same_label = policy_of(a_from).label == a_policy.label;
	const bool b_same_label = policy_of(b_from).label == b_policy.label;

	if (a_same_scope != b_same_scope)
		return a_same_scope;
	if (a_same_label != b_same_label)
		return a_same_label;
	if (a_policy.precedence != b_policy.precedence)
		return a_policy.precedence > b_policy.precedence;
	if (a_scope != b_scope)
		return a_scope < b_scope;
	return common_bits(a_from, a_to) > common_bits(b_from, b_to);
}

void insert_sorted(PSOCKADDR_IN6_PAIR pairs, ULONG count, Addresses *pair)
{
	ULONG at = count;

	while (at && comes_before(*pair, *CONTAINING_RECORD(pairs[at - 1].SourceAddress, Addresses,
							    source))) {
		pairs[at] = pairs[at - 1];
		at--;
	}
	pairs[at] = {&pair->source, &pair->destination};
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * CreateSortedAddressPairs() - Sorts destinations into the order in which to try them.
 * @SourceAddressList: Reserved; NULL.
 * @SourceAddressCount: Reserved; 0.
 * @DestinationAddressList: The destinations; IPv4 ones as ::ffff:a.b.c.d.
 * @DestinationAddressCount: How many: 1 to 500.
 * @AddressSortOptions: Ignored.
 * @SortedAddressPairList: Receives a table, which FreeMibTable() frees: the destinations, each with
 *	the source address to reach it from, which is unspecified for those, at the end, that cannot
 *	be reached.
 * @SortedAddressPairCount: Receives how many.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (a NULL, sources, a number out of range, or a
 *	destination that is no SOCKADDR_IN6); STATUS_INSUFFICIENT_RESOURCES;
 *	STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, CreateSortedAddressPairs function
 */
extern "C" NTSTATUS NTAPI CreateSortedAddressPairs(const PSOCKADDR_IN6 SourceAddressList,
						   ULONG SourceAddressCount,
						   const PSOCKADDR_IN6 DestinationAddressList,
						   ULONG DestinationAddressCount,
						   ULONG AddressSortOptions,
						   PSOCKADDR_IN6_PAIR *SortedAddressPairList,
						   ULONG *SortedAddressPairCount)
{
	UNREFERENCED_PARAMETER(AddressSortOptions);
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (SourceAddressList || SourceAddressCount || !DestinationAddressList ||
	    !DestinationAddressCount || DestinationAddressCount > most_destinations ||
	    !SortedAddressPairList || !SortedAddressPairCount)
		return STATUS_INVALID_PARAMETER;
	for (ULONG i = 0; i < DestinationAddressCount; i++)
		if (DestinationAddressList[i].sin6_family != AF_INET6)
			return STATUS_INVALID_PARAMETER;

	/* The pairs, and behind them what they point to. */
	auto *pairs = static_cast<PSOCKADDR_IN6_PAIR>(pool_allocate(
		DestinationAddressCount * (sizeof(SOCKADDR_IN6_PAIR) + sizeof(Addresses)),
		iphlp_tag, POOL_ZEROED, __builtin_return_address(0)));

	if (!pairs)
		return STATUS_INSUFFICIENT_RESOURCES;

	auto *addresses = reinterpret_cast<Addresses *>(pairs + DestinationAddressCount);
	Net net;

	for (ULONG i = 0; i < DestinationAddressCount; i++) {
		addresses[i].destination = DestinationAddressList[i];
		find_source(net, &addresses[i]);
		insert_sorted(pairs, i, &addresses[i]);
	}
	*SortedAddressPairList = pairs;
	*SortedAddressPairCount = DestinationAddressCount;
	return STATUS_SUCCESS;
}
