// SPDX-License-Identifier: MIT OR GPL-2.0
/* CreateSortedAddressPairs: destinations in the order in which they should be tried. */
#include "nt/iphlp.h"
#include "socket/address_order.h"

namespace wsk
{

namespace
{

constexpr ULONG most_destinations = 500;

/* What a pair points to, and what it is sorted by. */
struct Addresses {
	SOCKADDR_IN6 source, destination;
	Candidate order;
};

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

/* The source is unspecified where the destination cannot be reached. */
void find_source(port_net *net, ULONG position, Addresses *pair)
{
	port_address destination = {}, source = {};
	bool reachable = address_of(bare(pair->destination), &destination) &&
			 !port_route_source(net, &destination, &source, nullptr);

	pair->order = make_candidate(destination, reachable ? &source : nullptr, position);
	IN6ADDR_SETANY(&pair->source);
	if (!reachable)
		return;

	const SOCKADDR_INET found = sockaddr_of(source);

	if (found.si_family == AF_INET)
		IN6ADDR_SETV4MAPPED(&pair->source, &found.Ipv4.sin_addr, {}, 0);
	else
		pair->source = found.Ipv6;
}

void insert_sorted(PSOCKADDR_IN6_PAIR pairs, ULONG count, Addresses *pair)
{
	ULONG at = count;

	while (at &&
	       goes_before(
		       pair->order,
		       CONTAINING_RECORD(pairs[at - 1].SourceAddress, Addresses, source)->order)) {
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
		find_source(net, i, &addresses[i]);
		insert_sorted(pairs, i, &addresses[i]);
	}
	*SortedAddressPairList = pairs;
	*SortedAddressPairCount = DestinationAddressCount;
	return STATUS_SUCCESS;
}
