// SPDX-License-Identifier: MIT OR GPL-2.0
/* Unicast addresses: GetUnicastIpAddressTable and its kin. */
#include "nt/iphlp.h"

namespace wsk
{

namespace
{

constexpr UINT8 any_prefix_length = 255;

bool is_link_layer_address(const SOCKADDR_INET &address)
{
	return address.Ipv6.sin6_addr.s6_bytes[11] == 0xff &&
	       address.Ipv6.sin6_addr.s6_bytes[12] == 0xfe;
}

/* Of an identifier that a machine has made itself. */
NL_SUFFIX_ORIGIN own_suffix(const port_interface_address &from, const SOCKADDR_INET &address)
{
	return !from.random && is_link_layer_address(address) ? IpSuffixOriginLinkLayerAddress
							      : IpSuffixOriginRandom;
}

void set_origin(const port_interface_address &from, MIB_UNICASTIPADDRESS_ROW *to)
{
	const bool ipv6 = to->Address.si_family == AF_INET6;

	switch (from.origin) {
	case PORT_ORIGIN_MANUAL:
		to->PrefixOrigin = IpPrefixOriginManual;
		to->SuffixOrigin = IpSuffixOriginManual;
		break;
	case PORT_ORIGIN_WELL_KNOWN:
		to->PrefixOrigin = IpPrefixOriginWellKnown;
		to->SuffixOrigin = ipv6 && IN6_IS_ADDR_LINKLOCAL(&to->Address.Ipv6.sin6_addr)
					   ? own_suffix(from, to->Address)
					   : IpSuffixOriginWellKnown;
		break;
	case PORT_ORIGIN_ROUTER:
		to->PrefixOrigin = IpPrefixOriginRouterAdvertisement;
		to->SuffixOrigin = own_suffix(from, to->Address);
		break;
	case PORT_ORIGIN_LEASE:
		to->PrefixOrigin = IpPrefixOriginDhcp;
		to->SuffixOrigin = IpSuffixOriginDhcp;
		break;
	}
}

NL_DAD_STATE dad_state(const port_interface_address &from)
{
	if (from.duplicate)
		return IpDadStateDuplicate;
	if (from.tentative)
		return IpDadStateTentative;
	return from.preferred_seconds ? IpDadStatePreferred : IpDadStateDeprecated;
}

void set_row(const port_interface_address &from, MIB_UNICASTIPADDRESS_ROW *to)
{
	*to = {};
	to->Address = sockaddr_of(from.address);
	to->InterfaceLuid = luid_of(from.id);
	to->InterfaceIndex = from.id.index;
	set_origin(from, to);
	to->ValidLifetime = from.valid_seconds;
	to->PreferredLifetime = from.preferred_seconds;
	to->OnLinkPrefixLength = from.prefix_length;
	to->DadState = dad_state(from);
	to->ScopeId = scope_of(to->Address);
	KeQuerySystemTime(&to->CreationTimeStamp);
	to->CreationTimeStamp.QuadPart -= static_cast<LONGLONG>(from.age_ms * 10000);
}

NTSTATUS read_addresses(port_net *net, ADDRESS_FAMILY family, Rows<port_interface_address> &rows)
{
	return add_families(rows, family, [&](int one, port_interface_address *to, uint32_t room) {
		return int64_t{port_interface_addresses(net, one, true, to, room)};
	});
}

/* The address that a row means. */
NTSTATUS find_address(port_net *net, const MIB_UNICASTIPADDRESS_ROW &row,
		      port_interface_address *found)
{
	Rows<port_interface_address> rows;
	port_interface_id id = {};
	port_address address = {};
	NTSTATUS status;

	if (!address_of(row.Address, &address))
		return STATUS_INVALID_PARAMETER;
	status = find_interface(net, row.InterfaceLuid, row.InterfaceIndex, &id);
	if (NT_SUCCESS(status))
		status = read_addresses(net, row.Address.si_family, rows);
	if (!NT_SUCCESS(status))
		return status;
	for (const port_interface_address &one : rows) {
		if (one.id.index != id.index || !same_address(one.address, address))
			continue;
		*found = one;
		return STATUS_SUCCESS;
	}
	return STATUS_NOT_FOUND;
}

bool is_unicast(const SOCKADDR_INET &address)
{
	if (address.si_family == AF_INET)
		return !IN4_IS_ADDR_UNSPECIFIED(&address.Ipv4.sin_addr) &&
		       !IN4_IS_ADDR_MULTICAST(&address.Ipv4.sin_addr) &&
		       !IN4_IS_ADDR_BROADCAST(&address.Ipv4.sin_addr);
	return !IN6_IS_ADDR_UNSPECIFIED(&address.Ipv6.sin6_addr) &&
	       !IN6_IS_ADDR_MULTICAST(&address.Ipv6.sin6_addr);
}

UINT8 longest_prefix(const SOCKADDR_INET &address)
{
	return address.si_family == AF_INET ? 32 : 128;
}

} // namespace

NTSTATUS make_unicast_table(port_net *net, ADDRESS_FAMILY family,
			    PMIB_UNICASTIPADDRESS_TABLE *table, const void *caller, bool *stable)
{
	Rows<port_interface_address> rows;
	NTSTATUS status = read_addresses(net, family, rows);

	if (!NT_SUCCESS(status))
		return status;
	*stable = true;
	for (const port_interface_address &one : rows)
		*stable = *stable && !one.tentative;
	return make_table(table, rows, caller, set_row);
}

} // namespace wsk

using namespace wsk;

/**
 * GetUnicastIpAddressEntry() - Tells about an address of this machine.
 * @Row: Says which one, by Address and InterfaceLuid or, where that is 0, InterfaceIndex; receives
 *	the rest.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no IP address, or no interface is given);
 *	STATUS_NOT_FOUND; STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above
 *	APC_LEVEL).
 * Source: netioapi.h, GetUnicastIpAddressEntry function
 */
extern "C" NTSTATUS NTAPI GetUnicastIpAddressEntry(PMIB_UNICASTIPADDRESS_ROW Row)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Row)
		return STATUS_INVALID_PARAMETER;

	port_interface_address found = {};
	Net net;
	NTSTATUS status = find_address(net, *Row, &found);

	if (NT_SUCCESS(status))
		set_row(found, Row);
	return status;
}

/**
 * GetUnicastIpAddressTable() - Tells the addresses of this machine.
 * @Family: AF_INET, AF_INET6, or AF_UNSPEC for both.
 * @Table: Receives a table, which FreeMibTable() frees.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NOT_FOUND (there is none);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, GetUnicastIpAddressTable function
 */
extern "C" NTSTATUS NTAPI GetUnicastIpAddressTable(ADDRESS_FAMILY Family,
						   PMIB_UNICASTIPADDRESS_TABLE *Table)
{
	bool stable;

	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Table || !known_family(Family))
		return STATUS_INVALID_PARAMETER;
	Net net;

	return make_unicast_table(net, Family, Table, __builtin_return_address(0), &stable);
}

/**
 * InitializeUnicastIpAddressEntry() - Fills in a row for CreateUnicastIpAddressEntry().
 * @Row: The row: lifetimes that do not end, no prefix length, and an address that is checked for
 *	duplicates.
 *
 * Context: Any IRQL.
 * Source: netioapi.h, InitializeUnicastIpAddressEntry function
 */
extern "C" VOID NTAPI InitializeUnicastIpAddressEntry(PMIB_UNICASTIPADDRESS_ROW Row)
{
	if (!Row)
		return;
	*Row = {};
	Row->PrefixOrigin = IpPrefixOriginUnchanged;
	Row->SuffixOrigin = IpSuffixOriginUnchanged;
	Row->ValidLifetime = PORT_FOREVER;
	Row->PreferredLifetime = PORT_FOREVER;
	Row->OnLinkPrefixLength = any_prefix_length;
	Row->DadState = IpDadStateInvalid;
}

/**
 * CreateUnicastIpAddressEntry() - Gives an interface an address.
 * @Row: Address; InterfaceLuid or, where that is 0, InterfaceIndex; OnLinkPrefixLength, 255 for a
 *	prefix of the address alone; lifetimes; and IpDadStatePreferred for an IPv6 address that is
 *	not to be checked for duplicates.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no unicast address, no interface is
 *	given, or lifetimes that contradict each other); STATUS_NOT_FOUND (no such interface);
 *	STATUS_DUPLICATE_OBJECTID (it has this address); STATUS_NOT_SUPPORTED (SkipAsSource);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, CreateUnicastIpAddressEntry function
 */
extern "C" NTSTATUS NTAPI CreateUnicastIpAddressEntry(const MIB_UNICASTIPADDRESS_ROW *Row)
{
	port_interface_address address = {};

	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Row || !address_of(Row->Address, &address.address) || !is_unicast(Row->Address))
		return STATUS_INVALID_PARAMETER;
	if (Row->SkipAsSource)
		return STATUS_NOT_SUPPORTED;

	Net net;
	NTSTATUS status = find_interface(net, Row->InterfaceLuid, Row->InterfaceIndex, &address.id);

	if (!NT_SUCCESS(status))
		return status;
	address.prefix_length = Row->OnLinkPrefixLength == any_prefix_length
					? longest_prefix(Row->Address)
					: Row->OnLinkPrefixLength;
	address.valid_seconds = Row->ValidLifetime;
	address.preferred_seconds = Row->PreferredLifetime;
	address.tentative = Row->DadState != IpDadStatePreferred;
	return iphlp_status(port_address_add(net, &address));
}

/**
 * SetUnicastIpAddressEntry() - Changes the lifetimes of an address.
 * @Row: Says which one, by Address and InterfaceLuid or, where that is 0, InterfaceIndex; and
 *	ValidLifetime and PreferredLifetime.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no IP address, no interface is given, or
 *	lifetimes that contradict each other); STATUS_NOT_FOUND; STATUS_NOT_SUPPORTED (another
 *	prefix length, or SkipAsSource); STATUS_INSUFFICIENT_RESOURCES;
 *	STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, SetUnicastIpAddressEntry function
 */
extern "C" NTSTATUS NTAPI SetUnicastIpAddressEntry(const MIB_UNICASTIPADDRESS_ROW *Row)
{
	port_interface_address address = {};

	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Row)
		return STATUS_INVALID_PARAMETER;

	Net net;
	NTSTATUS status = find_address(net, *Row, &address);

	if (!NT_SUCCESS(status))
		return status;
	if (Row->SkipAsSource || (Row->OnLinkPrefixLength != any_prefix_length &&
				  Row->OnLinkPrefixLength != address.prefix_length))
		return STATUS_NOT_SUPPORTED;
	address.valid_seconds = Row->ValidLifetime;
	address.preferred_seconds = Row->PreferredLifetime;
	return iphlp_status(port_address_change(net, &address));
}

/**
 * DeleteUnicastIpAddressEntry() - Takes an address from an interface.
 * @Row: Says which one, by Address and InterfaceLuid or, where that is 0, InterfaceIndex.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no IP address, or no interface is given);
 *	STATUS_NOT_FOUND; STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above
 *	APC_LEVEL).
 * Source: netioapi.h, DeleteUnicastIpAddressEntry function
 */
extern "C" NTSTATUS NTAPI DeleteUnicastIpAddressEntry(const MIB_UNICASTIPADDRESS_ROW *Row)
{
	port_interface_address address = {};

	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Row)
		return STATUS_INVALID_PARAMETER;

	Net net;
	NTSTATUS status = find_address(net, *Row, &address);

	return NT_SUCCESS(status) ? iphlp_status(port_address_remove(net, &address)) : status;
}
