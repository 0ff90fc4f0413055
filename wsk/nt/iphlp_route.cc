// SPDX-License-Identifier: MIT OR GPL-2.0
/* Routes: GetIpForwardTable2 and its kin, and the best one to a destination. */
#include "nt/iphlp.h"
#include "nt/iphlp_route.h"

namespace wsk
{

namespace
{

constexpr ULONG any_metric = ~0u;

NL_ROUTE_PROTOCOL protocol_of(enum port_route_protocol protocol)
{
	switch (protocol) {
	case PORT_ROUTE_KERNEL:
		return RouteProtocolLocal;
	case PORT_ROUTE_STATIC:
	case PORT_ROUTE_ADVERTISED:
		return RouteProtocolNetMgmt;
	case PORT_ROUTE_REDIRECT:
		return RouteProtocolIcmp;
	case PORT_ROUTE_DHCP:
		return RouteProtocolDhcp;
	case PORT_ROUTE_RIP:
		return RouteProtocolRip;
	case PORT_ROUTE_ISIS:
		return RouteProtocolIsIs;
	case PORT_ROUTE_OSPF:
		return RouteProtocolOspf;
	case PORT_ROUTE_BGP:
		return RouteProtocolBgp;
	case PORT_ROUTE_EIGRP:
		return RouteProtocolEigrp;
	default:
		return RouteProtocolOther;
	}
}

NL_ROUTE_ORIGIN origin_of(enum port_route_protocol protocol)
{
	switch (protocol) {
	case PORT_ROUTE_KERNEL:
		return NlroWellKnown;
	case PORT_ROUTE_ADVERTISED:
		return NlroRouterAdvertisement;
	case PORT_ROUTE_DHCP:
		return NlroDHCP;
	default:
		return NlroManual;
	}
}

bool prefix_fits(const IP_ADDRESS_PREFIX &prefix)
{
	return prefix.PrefixLength <= (prefix.Prefix.si_family == AF_INET ? 32 : 128);
}

/* A next hop of family 0 is none, as is one that is all zero. */
bool next_hop_of(const MIB_IPFORWARD_ROW2 &row, port_address *next_hop)
{
	SOCKADDR_INET address = row.NextHop;

	if (!address.si_family)
		address.si_family = row.DestinationPrefix.Prefix.si_family;
	return address_of(address, next_hop) &&
	       address.si_family == row.DestinationPrefix.Prefix.si_family;
}

/* What a row says of itself; STATUS_INVALID_PARAMETER, or STATUS_NOT_FOUND for the interface. */
NTSTATUS read_row(port_net *net, const MIB_IPFORWARD_ROW2 &row, port_route *route)
{
	*route = {};
	if (!address_of(row.DestinationPrefix.Prefix, &route->destination) ||
	    !prefix_fits(row.DestinationPrefix) || !next_hop_of(row, &route->next_hop))
		return STATUS_INVALID_PARAMETER;
	route->prefix_length = row.DestinationPrefix.PrefixLength;
	route->metric = row.Metric == any_metric ? 0 : row.Metric;
	return find_interface(net, row.InterfaceLuid, row.InterfaceIndex, &route->id);
}

NTSTATUS read_routes(port_net *net, ADDRESS_FAMILY family, Rows<port_route> &rows)
{
	return add_families(rows, family, [&](int one, port_route *to, uint32_t room) {
		return port_routes(net, one, to, room);
	});
}

NTSTATUS find_route(port_net *net, const MIB_IPFORWARD_ROW2 &row, port_route *found)
{
	Rows<port_route> rows;
	port_route wanted;
	NTSTATUS status = read_row(net, row, &wanted);

	if (NT_SUCCESS(status))
		status = read_routes(net, row.DestinationPrefix.Prefix.si_family, rows);
	if (!NT_SUCCESS(status))
		return status;
	for (const port_route &one : rows) {
		if (one.id.index != wanted.id.index || one.prefix_length != wanted.prefix_length ||
		    !same_address(one.destination, wanted.destination) ||
		    !same_address(one.next_hop, wanted.next_hop))
			continue;
		*found = one;
		return STATUS_SUCCESS;
	}
	return STATUS_NOT_FOUND;
}

} // namespace

void set_route_row(const port_route &from, MIB_IPFORWARD_ROW2 *to)
{
	*to = {};
	to->InterfaceLuid = luid_of(from.id);
	to->InterfaceIndex = from.id.index;
	to->DestinationPrefix.Prefix = sockaddr_of(from.destination);
	to->DestinationPrefix.PrefixLength = from.prefix_length;
	to->NextHop = sockaddr_of(from.next_hop);
	to->ValidLifetime = to->PreferredLifetime = from.valid_seconds;
	to->Metric = from.metric;
	to->Protocol = protocol_of(from.protocol);
	to->Loopback = from.local;
	to->Immortal = from.valid_seconds == PORT_FOREVER;
	to->Origin = origin_of(from.protocol);
}

} // namespace wsk

using namespace wsk;

/**
 * GetIpForwardEntry2() - Tells about a route.
 * @Row: Says which one, by DestinationPrefix, NextHop and InterfaceLuid or, where that is 0,
 *	InterfaceIndex; receives the rest.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no prefix, a next hop of another family,
 *	or no interface is given); STATUS_NOT_FOUND; STATUS_INSUFFICIENT_RESOURCES;
 *	STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, GetIpForwardEntry2 function
 */
extern "C" NTSTATUS NTAPI GetIpForwardEntry2(PMIB_IPFORWARD_ROW2 Row)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Row)
		return STATUS_INVALID_PARAMETER;

	port_route found = {};
	Net net;
	NTSTATUS status = find_route(net, *Row, &found);

	if (NT_SUCCESS(status))
		set_route_row(found, Row);
	return status;
}

/**
 * GetIpForwardTable2() - Tells the routes of this machine: those of Linux' main and local table.
 * @Family: AF_INET, AF_INET6, or AF_UNSPEC for both.
 * @Table: Receives a table, which FreeMibTable() frees.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NOT_FOUND (there is none);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, GetIpForwardTable2 function
 */
extern "C" NTSTATUS NTAPI GetIpForwardTable2(ADDRESS_FAMILY Family, PMIB_IPFORWARD_TABLE2 *Table)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Table || !known_family(Family))
		return STATUS_INVALID_PARAMETER;

	Rows<port_route> rows;
	Net net;
	NTSTATUS status = read_routes(net, Family, rows);

	return NT_SUCCESS(status)
		       ? make_table(Table, rows, __builtin_return_address(0), set_route_row)
		       : status;
}

/**
 * InitializeIpForwardEntry() - Fills in a row for CreateIpForwardEntry2().
 * @Row: The row: lifetimes that do not end, and the metric that Linux chooses.
 *
 * Context: Any IRQL.
 * Source: netioapi.h, InitializeIpForwardEntry function
 */
extern "C" VOID NTAPI InitializeIpForwardEntry(PMIB_IPFORWARD_ROW2 Row)
{
	if (!Row)
		return;
	*Row = {};
	Row->ValidLifetime = PORT_FOREVER;
	Row->PreferredLifetime = PORT_FOREVER;
	Row->Metric = any_metric;
	Row->Protocol = RouteProtocolNetMgmt;
	Row->Loopback = Row->AutoconfigureAddress = Row->Publish = Row->Immortal = TRUE;
}

/**
 * CreateIpForwardEntry2() - Adds a route to Linux' main table.
 * @Row: DestinationPrefix; NextHop, which is zero for a destination on the link; InterfaceLuid or,
 *	where that is 0, InterfaceIndex; and Metric, ULONG_MAX for the one that Linux chooses.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no prefix, bits set behind it, a next hop
 *	of another family, or no interface is given); STATUS_NOT_FOUND (no such interface);
 *	STATUS_DUPLICATE_OBJECTID (there is one with this prefix and metric);
 *	STATUS_NETWORK_UNREACHABLE or STATUS_HOST_UNREACHABLE (the next hop cannot be reached, or
 *	the interface is down); STATUS_NOT_SUPPORTED (a lifetime that ends);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, CreateIpForwardEntry2 function
 */
extern "C" NTSTATUS NTAPI CreateIpForwardEntry2(const MIB_IPFORWARD_ROW2 *Row)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Row)
		return STATUS_INVALID_PARAMETER;

	port_route route;
	Net net;
	NTSTATUS status = read_row(net, *Row, &route);

	if (!NT_SUCCESS(status))
		return status;
	if (Row->ValidLifetime != PORT_FOREVER)
		return STATUS_NOT_SUPPORTED;
	return iphlp_status(port_route_add(net, &route));
}

/**
 * SetIpForwardEntry2() - Changes the metric of a route.
 * @Route: Says which one, by DestinationPrefix, NextHop and InterfaceLuid or, where that is 0,
 *	InterfaceIndex; and Metric.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no prefix, a next hop of another family,
 *	or no interface is given); STATUS_NOT_FOUND; STATUS_DUPLICATE_OBJECTID (another route has
 *	that metric); STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above
 *	APC_LEVEL).
 * Source: netioapi.h, SetIpForwardEntry2 function
 */
extern "C" NTSTATUS NTAPI SetIpForwardEntry2(const MIB_IPFORWARD_ROW2 *Route)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Route)
		return STATUS_INVALID_PARAMETER;

	port_route is = {};
	Net net;
	NTSTATUS status = find_route(net, *Route, &is);

	if (!NT_SUCCESS(status) || Route->Metric == any_metric || Route->Metric == is.metric)
		return status;
	/* Linux tells routes apart by their metric: the new one first, so that there is one. */
	port_route wanted = is;

	wanted.metric = Route->Metric;
	status = iphlp_status(port_route_add(net, &wanted));
	return NT_SUCCESS(status) ? iphlp_status(port_route_remove(net, &is)) : status;
}

/**
 * DeleteIpForwardEntry2() - Removes a route from Linux' main table.
 * @Row: Says which one, by DestinationPrefix, NextHop and InterfaceLuid or, where that is 0,
 *	InterfaceIndex.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no prefix, a next hop of another family,
 *	or no interface is given); STATUS_NOT_FOUND; STATUS_INSUFFICIENT_RESOURCES;
 *	STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, DeleteIpForwardEntry2 function
 */
extern "C" NTSTATUS NTAPI DeleteIpForwardEntry2(const MIB_IPFORWARD_ROW2 *Row)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Row)
		return STATUS_INVALID_PARAMETER;

	port_route found = {};
	Net net;
	NTSTATUS status = find_route(net, *Row, &found);

	return NT_SUCCESS(status) ? iphlp_status(port_route_remove(net, &found)) : status;
}

/**
 * GetBestRoute2() - Tells which route leads to a destination, and from which address.
 * @InterfaceLuid: The interface to leave through; NULL or 0 for InterfaceIndex.
 * @InterfaceIndex: The interface to leave through; 0 for any.
 * @SourceAddress: The address to leave with; NULL, family 0 or an address that is zero for any.
 * @DestinationAddress: The destination.
 * @AddressSortOptions: Ignored.
 * @BestRoute: Receives the route.
 * @BestSourceAddress: Receives the address to leave with.
 *
 * Linux' policy rules count, so the route may be in a table that GetIpForwardTable2() does not
 * show.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (a NULL, no IP address, two families, or a
 *	source that no interface has); STATUS_NOT_FOUND (no such interface);
 *	STATUS_NETWORK_UNREACHABLE, STATUS_HOST_UNREACHABLE or STATUS_ACCESS_DENIED (no route
 *	leads there);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, GetBestRoute2 function
 */
extern "C" NTSTATUS NTAPI GetBestRoute2(NET_LUID *InterfaceLuid, NET_IFINDEX InterfaceIndex,
					const SOCKADDR_INET *SourceAddress,
					const SOCKADDR_INET *DestinationAddress,
					ULONG AddressSortOptions, PMIB_IPFORWARD_ROW2 BestRoute,
					SOCKADDR_INET *BestSourceAddress)
{
	const NET_LUID luid = InterfaceLuid ? *InterfaceLuid : NET_LUID{};
	port_address destination = {}, source = {}, best_source = {};
	port_interface_id id = {};
	port_route route = {};

	UNREFERENCED_PARAMETER(AddressSortOptions);
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!DestinationAddress || !BestRoute || !BestSourceAddress ||
	    !address_of(*DestinationAddress, &destination))
		return STATUS_INVALID_PARAMETER;
	if (SourceAddress && SourceAddress->si_family &&
	    (!address_of(*SourceAddress, &source) || source.family != destination.family))
		return STATUS_INVALID_PARAMETER;
	if (source.family && INETADDR_ISANY(reinterpret_cast<const SOCKADDR *>(SourceAddress)))
		source = {};

	Net net;
	NTSTATUS status = STATUS_SUCCESS;

	if (luid.Value || InterfaceIndex)
		status = find_interface(net, luid, InterfaceIndex, &id);
	if (NT_SUCCESS(status))
		status = iphlp_status(port_route_find(net, id.index, &source, &destination, &route,
						      &best_source));
	if (!NT_SUCCESS(status))
		return status;
	set_route_row(route, BestRoute);
	*BestSourceAddress = sockaddr_of(best_source);
	return STATUS_SUCCESS;
}

/**
 * GetIpPathEntry() - Would tell what is known of a path.
 * @Row: The row.
 *
 * Context: Any IRQL.
 * Return: STATUS_NOT_SUPPORTED: Linux shows no list of paths.
 * Source: netioapi.h, GetIpPathEntry function
 */
extern "C" NTSTATUS NTAPI GetIpPathEntry(PMIB_IPPATH_ROW Row)
{
	UNREFERENCED_PARAMETER(Row);
	return STATUS_NOT_SUPPORTED;
}

/**
 * GetIpPathTable() - Would tell what is known of all paths.
 * @Family: The family.
 * @Table: Not written to.
 *
 * Context: Any IRQL.
 * Return: STATUS_NOT_SUPPORTED, as GetIpPathEntry().
 * Source: netioapi.h, GetIpPathTable function
 */
extern "C" NTSTATUS NTAPI GetIpPathTable(ADDRESS_FAMILY Family, PMIB_IPPATH_TABLE *Table)
{
	UNREFERENCED_PARAMETER(Family);
	UNREFERENCED_PARAMETER(Table);
	return STATUS_NOT_SUPPORTED;
}

/**
 * FlushIpPathTable() - Would forget what is known of all paths.
 * @Family: The family.
 *
 * Context: Any IRQL.
 * Return: STATUS_NOT_SUPPORTED, as GetIpPathEntry().
 * Source: netioapi.h, FlushIpPathTable function
 */
extern "C" NTSTATUS NTAPI FlushIpPathTable(ADDRESS_FAMILY Family)
{
	UNREFERENCED_PARAMETER(Family);
	return STATUS_NOT_SUPPORTED;
}
