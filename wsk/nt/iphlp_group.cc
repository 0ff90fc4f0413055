// SPDX-License-Identifier: MIT OR GPL-2.0
/* Multicast and anycast addresses: rows that say which interface listens to them. */
#include "nt/iphlp.h"

namespace wsk
{

namespace
{

using Fill = int64_t (*)(port_net *net, int family, port_group_address *to, uint32_t room);

template <class Row>
void set_row(const port_group_address &from, Row *to)
{
	*to = {};
	to->Address = sockaddr_of(from.address);
	to->InterfaceLuid = luid_of(from.id);
	to->InterfaceIndex = from.id.index;
	to->ScopeId = scope_of(to->Address);
}

NTSTATUS read(port_net *net, ADDRESS_FAMILY family, Fill fill, Rows<port_group_address> &rows)
{
	return add_families(rows, family, [&](int one, port_group_address *to, uint32_t room) {
		return fill(net, one, to, room);
	});
}

template <class Table>
NTSTATUS get_table(const char *function, ADDRESS_FAMILY family, Table **table, Fill fill,
		   const void *caller)
{
	if (!iphlp_may_sleep(function))
		return iphlp_must_not_sleep;
	if (!table || !known_family(family))
		return STATUS_INVALID_PARAMETER;

	Rows<port_group_address> rows;
	Net net;
	NTSTATUS status = read(net, family, fill, rows);

	return NT_SUCCESS(status) ? make_table(table, rows, caller,
					       [](const port_group_address &from, auto *to) {
						       set_row(from, to);
					       })
				  : status;
}

template <class Row>
NTSTATUS get_entry(const char *function, Row *row, Fill fill)
{
	if (!iphlp_may_sleep(function))
		return iphlp_must_not_sleep;

	Rows<port_group_address> rows;
	port_interface_id id = {};
	port_address address = {};
	Net net;
	NTSTATUS status;

	if (!row || !address_of(row->Address, &address))
		return STATUS_INVALID_PARAMETER;
	status = find_interface(net, row->InterfaceLuid, row->InterfaceIndex, &id);
	if (NT_SUCCESS(status))
		status = read(net, row->Address.si_family, fill, rows);
	if (!NT_SUCCESS(status))
		return status;
	for (const port_group_address &one : rows) {
		if (one.id.index != id.index || !same_address(one.address, address))
			continue;
		set_row(one, row);
		return STATUS_SUCCESS;
	}
	return STATUS_NOT_FOUND;
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * GetMulticastIpAddressEntry() - Tells whether an interface listens to a group.
 * @Row: Says which one, by Address and InterfaceLuid or, where that is 0, InterfaceIndex; receives
 *	the rest.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no IP address, or no interface is given);
 *	STATUS_NOT_FOUND; STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above
 *	APC_LEVEL).
 * Source: netioapi.h, GetMulticastIpAddressEntry function
 */
extern "C" NTSTATUS NTAPI GetMulticastIpAddressEntry(PMIB_MULTICASTIPADDRESS_ROW Row)
{
	return get_entry(__func__, Row, port_multicast_addresses);
}

/**
 * GetMulticastIpAddressTable() - Tells which interface listens to which groups.
 * @Family: AF_INET, AF_INET6, or AF_UNSPEC for both.
 * @Table: Receives a table, which FreeMibTable() frees.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NOT_FOUND (there is none);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, GetMulticastIpAddressTable function
 */
extern "C" NTSTATUS NTAPI GetMulticastIpAddressTable(ADDRESS_FAMILY Family,
						     PMIB_MULTICASTIPADDRESS_TABLE *Table)
{
	return get_table(__func__, Family, Table, port_multicast_addresses,
			 __builtin_return_address(0));
}

/**
 * GetAnycastIpAddressEntry() - Tells whether an interface has an anycast address.
 * @Row: Says which one, by Address and InterfaceLuid or, where that is 0, InterfaceIndex; receives
 *	the rest.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, no IP address, or no interface is given);
 *	STATUS_NOT_FOUND; STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above
 *	APC_LEVEL).
 * Source: netioapi.h, GetAnycastIpAddressEntry function
 */
extern "C" NTSTATUS NTAPI GetAnycastIpAddressEntry(PMIB_ANYCASTIPADDRESS_ROW Row)
{
	return get_entry(__func__, Row, port_anycast_addresses);
}

/**
 * GetAnycastIpAddressTable() - Tells the anycast addresses of this machine; IPv4 has none.
 * @Family: AF_INET, AF_INET6, or AF_UNSPEC for both.
 * @Table: Receives a table, which FreeMibTable() frees.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NOT_FOUND (there is none);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, GetAnycastIpAddressTable function
 */
extern "C" NTSTATUS NTAPI GetAnycastIpAddressTable(ADDRESS_FAMILY Family,
						   PMIB_ANYCASTIPADDRESS_TABLE *Table)
{
	return get_table(__func__, Family, Table, port_anycast_addresses,
			 __builtin_return_address(0));
}

/**
 * CreateAnycastIpAddressEntry() - Would give an interface an anycast address.
 * @Row: The row.
 *
 * Context: Any IRQL.
 * Return: STATUS_NOT_SUPPORTED: on Linux a socket joins one (IPV6_JOIN_ANYCAST).
 * Source: netioapi.h, CreateAnycastIpAddressEntry function
 */
extern "C" NTSTATUS NTAPI CreateAnycastIpAddressEntry(const MIB_ANYCASTIPADDRESS_ROW *Row)
{
	UNREFERENCED_PARAMETER(Row);
	return STATUS_NOT_SUPPORTED;
}

/**
 * DeleteAnycastIpAddressEntry() - Would take an anycast address from an interface.
 * @Row: The row.
 *
 * Context: Any IRQL.
 * Return: STATUS_NOT_SUPPORTED, as CreateAnycastIpAddressEntry().
 * Source: netioapi.h, DeleteAnycastIpAddressEntry function
 */
extern "C" NTSTATUS NTAPI DeleteAnycastIpAddressEntry(const MIB_ANYCASTIPADDRESS_ROW *Row)
{
	UNREFERENCED_PARAMETER(Row);
	return STATUS_NOT_SUPPORTED;
}
