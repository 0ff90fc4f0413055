// SPDX-License-Identifier: MIT OR GPL-2.0
/* Interfaces as rows: GetIfEntry2, GetIfTable2 and which interface lies on top of which. */
#include "nt/iphlp.h"

namespace wsk
{

namespace
{

constexpr IF_OPER_STATUS states[] = {
	IfOperStatusUp,
	IfOperStatusDown,
	IfOperStatusTesting,
	IfOperStatusUnknown,
	IfOperStatusDormant,
	IfOperStatusNotPresent,
	IfOperStatusLowerLayerDown,
};

NDIS_MEDIUM medium_of(IFTYPE type)
{
	switch (type) {
	case IF_TYPE_ETHERNET_CSMACD:
		return NdisMedium802_3;
	case IF_TYPE_SOFTWARE_LOOPBACK:
		return NdisMediumLoopback;
	case IF_TYPE_TUNNEL:
		return NdisMediumTunnel;
	case IF_TYPE_PPP:
		return NdisMediumWan;
	case IF_TYPE_IEEE80211:
		return NdisMediumNative802_11;
	case IF_TYPE_IEEE1394:
		return NdisMedium1394;
	case IF_TYPE_INFINIBAND:
		return NdisMediumInfiniBand;
	case IF_TYPE_WWANPP:
		return NdisMediumWirelessWan;
	default:
		return NdisMediumIP;
	}
}

NET_IF_ACCESS_TYPE access_of(const port_interface &from)
{
	if (from.loopback)
		return NET_IF_ACCESS_LOOPBACK;
	return from.point_to_point ? NET_IF_ACCESS_POINT_TO_POINT : NET_IF_ACCESS_BROADCAST;
}

/* Linux does not count the bytes of multicasts and broadcasts apart. */
void set_statistics(const port_interface &from, MIB_IF_ROW2 *to)
{
	to->InOctets = to->InUcastOctets = from.received_bytes;
	to->InUcastPkts = from.received_packets - from.received_multicasts;
	to->InNUcastPkts = from.received_multicasts;
	to->InDiscards = from.receive_drops;
	to->InErrors = from.receive_errors;
	to->OutOctets = to->OutUcastOctets = from.sent_bytes;
	to->OutUcastPkts = from.sent_packets;
	to->OutDiscards = from.send_drops;
	to->OutErrors = from.send_errors;
}

void set_row(const port_interface &from, bool statistics, MIB_IF_ROW2 *to)
{
	const bool ethernet = from.id.type == IF_TYPE_ETHERNET_CSMACD;

	*to = {};
	to->InterfaceLuid = luid_of(from.id);
	to->InterfaceIndex = from.id.index;
	to->InterfaceGuid = guid_of(from.id);
	(void)!widen(from.name, to->Alias, ARRAYSIZE(to->Alias));
	(void)!widen(from.alias[0] ? from.alias : from.name, to->Description,
		     ARRAYSIZE(to->Description));
	to->PhysicalAddressLength = from.address_length;
	RtlCopyMemory(to->PhysicalAddress, from.address, sizeof(to->PhysicalAddress));
	RtlCopyMemory(to->PermanentPhysicalAddress, from.permanent_address,
		      sizeof(to->PermanentPhysicalAddress));
	to->Mtu = from.mtu;
	to->Type = from.id.type;
	to->TunnelType = from.id.type == IF_TYPE_TUNNEL ? TUNNEL_TYPE_OTHER : TUNNEL_TYPE_NONE;
	to->MediaType = medium_of(from.id.type);
	to->PhysicalMediumType =
		ethernet && from.hardware ? NdisPhysicalMedium802_3 : NdisPhysicalMediumUnspecified;
	to->AccessType = access_of(from);
	to->DirectionType = NET_IF_DIRECTION_SENDRECEIVE;
	to->InterfaceAndOperStatusFlags.HardwareInterface = from.hardware;
	to->InterfaceAndOperStatusFlags.ConnectorPresent = from.hardware;
	to->InterfaceAndOperStatusFlags.NotMediaConnected = !from.carrier;
	to->OperStatus = states[from.state];
	to->AdminStatus = from.up ? NET_IF_ADMIN_STATUS_UP : NET_IF_ADMIN_STATUS_DOWN;
	to->MediaConnectState =
		from.carrier ? MediaConnectStateConnected : MediaConnectStateDisconnected;
	to->ConnectionType = NET_IF_CONNECTION_DEDICATED;
	to->TransmitLinkSpeed = to->ReceiveLinkSpeed =
		from.speed ? from.speed : NDIS_LINK_SPEED_UNKNOWN;
	if (statistics)
		set_statistics(from, to);
}

NTSTATUS get_entry(MIB_IF_ROW2 *row, bool statistics)
{
	Rows<port_interface> rows;
	port_interface_id id = {};
	Net net;
	NTSTATUS status = find_interface(net, row->InterfaceLuid, row->InterfaceIndex, &id);

	if (NT_SUCCESS(status))
		status = rows.add([&](port_interface *to, uint32_t room) {
			return port_interfaces(net, id.index, to, room);
		});
	if (NT_SUCCESS(status) && !rows.count())
		status = STATUS_NOT_FOUND;
	if (NT_SUCCESS(status))
		set_row(*rows.begin(), statistics, row);
	return status;
}

NTSTATUS get_table(PMIB_IF_TABLE2 *table, bool statistics, const void *caller)
{
	Rows<port_interface> rows;
	Net net;
	NTSTATUS status = rows.add([&](port_interface *to, uint32_t room) {
		return port_interfaces(net, 0, to, room);
	});

	if (!NT_SUCCESS(status))
		return status;
	return make_table(table, rows, caller, [&](const port_interface &from, MIB_IF_ROW2 *to) {
		set_row(from, statistics, to);
	});
}

template <class Table, class Convert>
NTSTATUS get_stack(Table **table, const void *caller, Convert convert)
{
	Rows<port_interface_pair> rows;
	Net net;
	NTSTATUS status = rows.add([&](port_interface_pair *to, uint32_t room) {
		return port_interface_stack(net, to, room);
	});

	return NT_SUCCESS(status) ? make_table(table, rows, caller, convert) : status;
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * GetIfEntry2() - Tells about an interface.
 * @Row: Says which one, by InterfaceLuid or, where that is 0, InterfaceIndex; receives the rest.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, or neither is given); STATUS_NOT_FOUND;
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, GetIfEntry2 function
 */
extern "C" NTSTATUS NTAPI GetIfEntry2(PMIB_IF_ROW2 Row)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	return Row ? get_entry(Row, true) : STATUS_INVALID_PARAMETER;
}

/**
 * GetIfEntry2Ex() - Tells about an interface, with or without its statistics.
 * @Level: MibIfEntryNormal or MibIfEntryNormalWithoutStatistics.
 * @Row: Says which one, by InterfaceLuid or, where that is 0, InterfaceIndex; receives the rest.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, another level, or neither is given);
 *	STATUS_NOT_FOUND; STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above
 *	APC_LEVEL).
 * Source: netioapi.h, GetIfEntry2Ex function
 */
extern "C" NTSTATUS NTAPI GetIfEntry2Ex(MIB_IF_ENTRY_LEVEL Level, PMIB_IF_ROW2 Row)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Row || (Level != MibIfEntryNormal && Level != MibIfEntryNormalWithoutStatistics))
		return STATUS_INVALID_PARAMETER;
	return get_entry(Row, Level == MibIfEntryNormal);
}

/**
 * GetIfTable2() - Tells about all interfaces.
 * @Table: Receives a table, which FreeMibTable() frees.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES;
 *	STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, GetIfTable2 function
 */
extern "C" NTSTATUS NTAPI GetIfTable2(PMIB_IF_TABLE2 *Table)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	return Table ? get_table(Table, true, __builtin_return_address(0))
		     : STATUS_INVALID_PARAMETER;
}

/**
 * GetIfTable2Ex() - Tells about all interfaces, with or without their statistics.
 * @Level: MibIfTableNormal, MibIfTableRaw, which is the same here, or
 *	MibIfTableNormalWithoutStatistics.
 * @Table: Receives a table, which FreeMibTable() frees.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES;
 *	STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, GetIfTable2Ex function
 */
extern "C" NTSTATUS NTAPI GetIfTable2Ex(MIB_IF_TABLE_LEVEL Level, PMIB_IF_TABLE2 *Table)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Table || Level < MibIfTableNormal || Level > MibIfTableNormalWithoutStatistics)
		return STATUS_INVALID_PARAMETER;
	return get_table(Table, Level != MibIfTableNormalWithoutStatistics,
			 __builtin_return_address(0));
}

/**
 * GetIfStackTable() - Tells which interfaces lie on top of others.
 * @Table: Receives a table, which FreeMibTable() frees.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NOT_FOUND (none does);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, GetIfStackTable function
 */
extern "C" NTSTATUS NTAPI GetIfStackTable(PMIB_IFSTACK_TABLE *Table)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Table)
		return STATUS_INVALID_PARAMETER;
	return get_stack(Table, __builtin_return_address(0),
			 [](const port_interface_pair &from, MIB_IFSTACK_ROW *to) {
				 to->HigherLayerInterfaceIndex = from.upper;
				 to->LowerLayerInterfaceIndex = from.lower;
			 });
}

/**
 * GetInvertedIfStackTable() - Tells which interfaces lie below others.
 * @Table: Receives a table, which FreeMibTable() frees.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NOT_FOUND (none does);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, GetInvertedIfStackTable function
 */
extern "C" NTSTATUS NTAPI GetInvertedIfStackTable(PMIB_INVERTEDIFSTACK_TABLE *Table)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Table)
		return STATUS_INVALID_PARAMETER;
	return get_stack(Table, __builtin_return_address(0),
			 [](const port_interface_pair &from, MIB_INVERTEDIFSTACK_ROW *to) {
				 to->LowerLayerInterfaceIndex = from.lower;
				 to->HigherLayerInterfaceIndex = from.upper;
			 });
}
