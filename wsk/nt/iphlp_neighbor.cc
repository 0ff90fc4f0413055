// SPDX-License-Identifier: MIT OR GPL-2.0
/* Neighbours: GetIpNetTable2 and its kin. */
#include "nt/iphlp.h"
#include "port/route.h"

namespace wsk
{

namespace
{

constexpr NL_NEIGHBOR_STATE states[] = {
	NlnsUnreachable, NlnsIncomplete, NlnsProbe,	NlnsDelay,
	NlnsStale,	 NlnsReachable,	 NlnsPermanent,
};

/* Linux asks three times, a second apart; a neighbour is waited for a little longer than that. */
constexpr int resolve_polls = 200;
constexpr LONGLONG poll_interval = -20 * 10000;

void set_row(const port_neighbor &from, MIB_IPNET_ROW2 *to)
{
	*to = {};
	to->Address = sockaddr_of(from.address);
	to->InterfaceIndex = from.id.index;
	to->InterfaceLuid = luid_of(from.id);
	RtlCopyMemory(to->PhysicalAddress, from.link_address, sizeof(to->PhysicalAddress));
	to->PhysicalAddressLength = from.link_address_length;
	to->State = states[from.state];
	to->IsRouter = from.router;
	to->IsUnreachable = from.state == PORT_NEIGHBOR_UNREACHABLE;
	to->ReachabilityTime.LastReachable = from.confirmed_ms;
}

NTSTATUS read_neighbors(port_net *net, ADDRESS_FAMILY family, Rows<port_neighbor> &rows)
{
	return add_families(rows, family, [&](int one, port_neighbor *to, uint32_t room) {
		return port_neighbors(net, one, to, room);
	});
}

NTSTATUS read_row(port_net *net, const MIB_IPNET_ROW2 *row, port_neighbor *neighbor)
{
	*neighbor = {};
	if (!row || !address_of(row->Address, &neighbor->address))
		return STATUS_INVALID_PARAMETER;
	return find_interface(net, row->InterfaceLuid, row->InterfaceIndex, &neighbor->id);
}

NTSTATUS find_neighbor(port_net *net, const port_neighbor &wanted, port_neighbor *found)
{
	const ADDRESS_FAMILY family = sockaddr_of(wanted.address).si_family;
	Rows<port_neighbor> rows;
	NTSTATUS status = read_neighbors(net, family, rows);

	if (!NT_SUCCESS(status))
		return status;
	for (const port_neighbor &one : rows) {
		if (one.id.index != wanted.id.index || !same_address(one.address, wanted.address))
			continue;
		*found = one;
		return STATUS_SUCCESS;
	}
	return STATUS_NOT_FOUND;
}

NTSTATUS write_row(port_net *net, const MIB_IPNET_ROW2 *row, bool replace)
{
	port_neighbor neighbor;
	NTSTATUS status = read_row(net, row, &neighbor);

	if (!NT_SUCCESS(status))
		return status;
	if (row->PhysicalAddressLength > sizeof(neighbor.link_address))
		return STATUS_INVALID_PARAMETER;
	neighbor.link_address_length = row->PhysicalAddressLength;
	RtlCopyMemory(neighbor.link_address, row->PhysicalAddress, row->PhysicalAddressLength);
	return iphlp_status(port_neighbor_add(net, &neighbor, replace));
}

bool is_settled(const port_neighbor &neighbor)
{
	return neighbor.state != PORT_NEIGHBOR_INCOMPLETE;
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * GetIpNetEntry2() - Tells about a neighbour.
 * @Row: Says which one, by Address and InterfaceLuid or, where that is 0, InterfaceIndex; receives
 *	the rest.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no IP address, or no interface is given);
 *	STATUS_NOT_FOUND; STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above
 *	APC_LEVEL).
 * Source: netioapi.h, GetIpNetEntry2 function
 */
extern "C" NTSTATUS NTAPI GetIpNetEntry2(PMIB_IPNET_ROW2 Row)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;

	port_neighbor wanted, found = {};
	Net net;
	NTSTATUS status = read_row(net, Row, &wanted);

	if (NT_SUCCESS(status))
		status = find_neighbor(net, wanted, &found);
	if (NT_SUCCESS(status))
		set_row(found, Row);
	return status;
}

/**
 * GetIpNetTable2() - Tells the neighbours of this machine.
 * @Family: AF_INET, AF_INET6, or AF_UNSPEC for both.
 * @Table: Receives a table, which FreeMibTable() frees.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NOT_FOUND (there is none);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, GetIpNetTable2 function
 */
extern "C" NTSTATUS NTAPI GetIpNetTable2(ADDRESS_FAMILY Family, PMIB_IPNET_TABLE2 *Table)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Table || !known_family(Family))
		return STATUS_INVALID_PARAMETER;

	Rows<port_neighbor> rows;
	Net net;
	NTSTATUS status = read_neighbors(net, Family, rows);

	return NT_SUCCESS(status) ? make_table(Table, rows, __builtin_return_address(0), set_row)
				  : status;
}

/**
 * CreateIpNetEntry2() - Adds a neighbour, which is permanent then.
 * @Row: Address; InterfaceLuid or, where that is 0, InterfaceIndex; and PhysicalAddress.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no IP address, no interface is given, or
 *	a physical address that is too short or too long); STATUS_NOT_FOUND (no such interface);
 *	STATUS_DUPLICATE_OBJECTID; STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE
 *	(called above APC_LEVEL).
 * Source: netioapi.h, CreateIpNetEntry2 function
 */
extern "C" NTSTATUS NTAPI CreateIpNetEntry2(const MIB_IPNET_ROW2 *Row)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	Net net;

	return write_row(net, Row, false);
}

/**
 * SetIpNetEntry2() - Changes a neighbour's physical address, or adds the neighbour.
 * @Row: As for CreateIpNetEntry2().
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no IP address, no interface is given, or
 *	a physical address that is too short or too long); STATUS_NOT_FOUND (no such interface);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, SetIpNetEntry2 function
 */
extern "C" NTSTATUS NTAPI SetIpNetEntry2(PMIB_IPNET_ROW2 Row)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	Net net;

	return write_row(net, Row, true);
}

/**
 * DeleteIpNetEntry2() - Forgets a neighbour.
 * @Row: Says which one, by Address and InterfaceLuid or, where that is 0, InterfaceIndex.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no IP address, or no interface is given);
 *	STATUS_NOT_FOUND; STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above
 *	APC_LEVEL).
 * Source: netioapi.h, DeleteIpNetEntry2 function
 */
extern "C" NTSTATUS NTAPI DeleteIpNetEntry2(const MIB_IPNET_ROW2 *Row)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;

	port_neighbor neighbor;
	Net net;
	NTSTATUS status = read_row(net, Row, &neighbor);

	return NT_SUCCESS(status) ? iphlp_status(port_neighbor_remove(net, &neighbor)) : status;
}

/**
 * FlushIpNetTable2() - Forgets all neighbours that are not permanent.
 * @Family: AF_INET, AF_INET6, or AF_UNSPEC for both.
 * @InterfaceIndex: Whose; 0 for all interfaces'.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES;
 *	STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, FlushIpNetTable2 function
 */
extern "C" NTSTATUS NTAPI FlushIpNetTable2(ADDRESS_FAMILY Family, NET_IFINDEX InterfaceIndex)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!known_family(Family))
		return STATUS_INVALID_PARAMETER;

	Rows<port_neighbor> rows;
	Net net;
	NTSTATUS status = read_neighbors(net, Family, rows);

	if (!NT_SUCCESS(status))
		return status;
	for (const port_neighbor &one : rows) {
		if (one.state == PORT_NEIGHBOR_PERMANENT ||
		    (InterfaceIndex && one.id.index != InterfaceIndex))
			continue;
		/* It may have gone by itself. */
		(void)!port_neighbor_remove(net, &one);
	}
	return STATUS_SUCCESS;
}

/**
 * ResolveIpNetEntry2() - Finds out a neighbour's physical address.
 * @Row: Says which one, by Address and InterfaceLuid or, where that is 0, InterfaceIndex; receives
 *	the rest.
 * @SourceAddress: Ignored: Linux chooses the address to ask from.
 *
 * What is known of a neighbour that is not permanent is forgotten first. Waits for up to four
 * seconds.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no IP address, or no interface is given);
 *	STATUS_NOT_FOUND (no such interface); STATUS_BAD_NETWORK_NAME (nobody answers);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, ResolveIpNetEntry2 function
 */
extern "C" NTSTATUS NTAPI ResolveIpNetEntry2(PMIB_IPNET_ROW2 Row,
					     const SOCKADDR_INET *SourceAddress)
{
	LARGE_INTEGER interval;

	UNREFERENCED_PARAMETER(SourceAddress);
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;

	port_neighbor wanted, found = {};
	Net net;
	NTSTATUS status = read_row(net, Row, &wanted);

	if (!NT_SUCCESS(status))
		return status;
	status = find_neighbor(net, wanted, &found);
	if (NT_SUCCESS(status) && found.state == PORT_NEIGHBOR_PERMANENT) {
		set_row(found, Row);
		return STATUS_SUCCESS;
	}
	if (NT_SUCCESS(status))
		(void)!port_neighbor_remove(net, &wanted);
	status = iphlp_status(port_neighbor_probe(net, &wanted));
	interval.QuadPart = poll_interval;
	for (int polls = 0; NT_SUCCESS(status) && polls < resolve_polls; polls++) {
		status = find_neighbor(net, wanted, &found);
		if (!NT_SUCCESS(status) || is_settled(found))
			break;
		KeDelayExecutionThread(KernelMode, FALSE, &interval);
	}
	if (status == STATUS_NOT_FOUND)
		return STATUS_BAD_NETWORK_NAME;
	if (!NT_SUCCESS(status))
		return status;
	if (!is_settled(found) || found.state == PORT_NEIGHBOR_UNREACHABLE)
		return STATUS_BAD_NETWORK_NAME;
	set_row(found, Row);
	return STATUS_SUCCESS;
}
