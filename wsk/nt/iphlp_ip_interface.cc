// SPDX-License-Identifier: MIT OR GPL-2.0
/* What of an interface concerns one family: GetIpInterfaceEntry and its kin. */
#include "nt/iphlp.h"

namespace wsk
{

namespace
{

void set_row(int family, const port_ip_interface &from, MIB_IPINTERFACE_ROW *to)
{
	const bool ipv6 = family == PORT_AF_INET6;

	*to = {};
	to->Family = ipv6 ? AF_INET6 : AF_INET;
	to->InterfaceLuid = luid_of(from.id);
	to->InterfaceIndex = from.id.index;
	to->MaxReassemblySize = 65535;
	to->InterfaceIdentifier = from.identifier;
	to->MinRouterAdvertisementInterval = 200000;
	to->MaxRouterAdvertisementInterval = 600000;
	to->ForwardingEnabled = from.forwarding;
	/* Linux takes packets to any of its addresses on any interface, and sends them from any. */
	to->WeakHostSend = to->WeakHostReceive = TRUE;
	to->UseAutomaticMetric = TRUE;
	to->UseNeighborUnreachabilityDetection = from.neighbor_discovery;
	to->ManagedAddressConfigurationSupported = from.managed_addresses;
	to->OtherStatefulConfigurationSupported = from.other_configuration;
	to->RouterDiscoveryBehavior =
		from.router_discovery ? RouterDiscoveryEnabled : RouterDiscoveryDisabled;
	to->DadTransmits = from.dad_transmits;
	to->BaseReachableTime = from.base_reachable_time;
	to->RetransmitTime = from.retransmit_time;
	to->ReachableTime = from.reachable_time;
	to->PathMtuDiscoveryTimeout = 600000;
	to->LinkLocalAddressBehavior =
		ipv6 && !from.loopback ? LinkLocalAlwaysOn : LinkLocalAlwaysOff;
	to->ZoneIndices[ScopeLevelInterface] = from.id.index;
	to->ZoneIndices[ScopeLevelLink] = from.id.index;
	to->SitePrefixLength = ipv6 ? 64 : 0;
	to->NlMtu = from.mtu;
	to->Connected = from.connected;
	to->SupportsNeighborDiscovery = from.neighbor_discovery;
	to->SupportsRouterDiscovery = ipv6 && !from.loopback;
}

NTSTATUS read_entry(port_net *net, MIB_IPINTERFACE_ROW *row)
{
	const int family = row->Family == AF_INET6 ? PORT_AF_INET6 : PORT_AF_INET;
	Rows<port_ip_interface> rows;
	port_interface_id id = {};
	NTSTATUS status;

	if (row->Family != AF_INET && row->Family != AF_INET6)
		return STATUS_INVALID_PARAMETER;
	status = find_interface(net, row->InterfaceLuid, row->InterfaceIndex, &id);
	if (NT_SUCCESS(status))
		status = rows.add([&](port_ip_interface *to, uint32_t room) {
			return port_ip_interfaces(net, family, id.index, to, room);
		});
	if (NT_SUCCESS(status) && !rows.count())
		status = STATUS_NOT_FOUND;
	if (NT_SUCCESS(status))
		set_row(family, *rows.begin(), row);
	return status;
}

/* What InitializeIpInterfaceEntry() leaves means: as it is. */
constexpr ULONG unchanged = ~0u;
constexpr BOOLEAN unchanged_flag = 0xff;

bool same(ULONG wanted, ULONG is)
{
	return wanted == unchanged || wanted == is;
}

bool same_flag(BOOLEAN wanted, BOOLEAN is)
{
	return wanted == unchanged_flag || !wanted == !is;
}

/* All that Linux has no setting for, or none that a module could change. */
bool asks_for_nothing_else(const MIB_IPINTERFACE_ROW &wanted, const MIB_IPINTERFACE_ROW &is)
{
	return same_flag(wanted.AdvertisingEnabled, is.AdvertisingEnabled) &&
	       same_flag(wanted.WeakHostSend, is.WeakHostSend) &&
	       same_flag(wanted.WeakHostReceive, is.WeakHostReceive) &&
	       same_flag(wanted.UseAutomaticMetric, is.UseAutomaticMetric) &&
	       same_flag(wanted.UseNeighborUnreachabilityDetection,
			 is.UseNeighborUnreachabilityDetection) &&
	       same_flag(wanted.ManagedAddressConfigurationSupported,
			 is.ManagedAddressConfigurationSupported) &&
	       same_flag(wanted.OtherStatefulConfigurationSupported,
			 is.OtherStatefulConfigurationSupported) &&
	       same_flag(wanted.AdvertiseDefaultRoute, is.AdvertiseDefaultRoute) &&
	       same_flag(wanted.DisableDefaultRoutes, is.DisableDefaultRoutes) &&
	       same(wanted.DadTransmits, is.DadTransmits) &&
	       same(wanted.BaseReachableTime, is.BaseReachableTime) &&
	       same(wanted.RetransmitTime, is.RetransmitTime) &&
	       same(wanted.PathMtuDiscoveryTimeout, is.PathMtuDiscoveryTimeout) &&
	       same(wanted.LinkLocalAddressTimeout, is.LinkLocalAddressTimeout) &&
	       same(wanted.Metric, is.Metric) &&
	       same(static_cast<ULONG>(wanted.RouterDiscoveryBehavior),
		    static_cast<ULONG>(is.RouterDiscoveryBehavior)) &&
	       same(static_cast<ULONG>(wanted.LinkLocalAddressBehavior),
		    static_cast<ULONG>(is.LinkLocalAddressBehavior));
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * GetIpInterfaceEntry() - Tells what of an interface concerns a family.
 * @Row: Says which one, by Family and InterfaceLuid or, where that is 0, InterfaceIndex; receives
 *	the rest.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, another family, or no interface is
 *	given); STATUS_NOT_FOUND; STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE
 *	(called above APC_LEVEL).
 * Source: netioapi.h, GetIpInterfaceEntry function
 */
extern "C" NTSTATUS NTAPI GetIpInterfaceEntry(PMIB_IPINTERFACE_ROW Row)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	Net net;

	return Row ? read_entry(net, Row) : STATUS_INVALID_PARAMETER;
}

/**
 * GetIpInterfaceTable() - Tells what of all interfaces concerns a family.
 * @Family: AF_INET, AF_INET6, or AF_UNSPEC for both.
 * @Table: Receives a table, which FreeMibTable() frees.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NOT_FOUND (there is none);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, GetIpInterfaceTable function
 */
extern "C" NTSTATUS NTAPI GetIpInterfaceTable(ADDRESS_FAMILY Family, PMIB_IPINTERFACE_TABLE *Table)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Table || !known_family(Family))
		return STATUS_INVALID_PARAMETER;

	Rows<port_ip_interface> rows;
	ULONG ipv4 = 0, done = 0;
	Net net;
	NTSTATUS status =
		add_families(rows, Family, [&](int family, port_ip_interface *to, uint32_t room) {
			const int64_t count = port_ip_interfaces(net, family, 0, to, room);

			if (family == PORT_AF_INET)
				ipv4 = count > 0 ? static_cast<ULONG>(count) : 0;
			return count;
		});

	if (!NT_SUCCESS(status))
		return status;
	return make_table(Table, rows, __builtin_return_address(0),
			  [&](const port_ip_interface &from, MIB_IPINTERFACE_ROW *to) {
				  set_row(done++ < ipv4 ? PORT_AF_INET : PORT_AF_INET6, from, to);
			  });
}

/**
 * InitializeIpInterfaceEntry() - Fills in a row with what SetIpInterfaceEntry() leaves as it is.
 * @Row: The row.
 *
 * Context: Any IRQL.
 * Source: netioapi.h, InitializeIpInterfaceEntry function
 */
extern "C" VOID NTAPI InitializeIpInterfaceEntry(PMIB_IPINTERFACE_ROW Row)
{
	if (!Row)
		return;
	RtlFillMemory(Row, sizeof(*Row), 0xff);
	Row->Family = AF_UNSPEC;
	Row->InterfaceLuid.Value = NET_IFLUID_UNSPECIFIED;
	Row->InterfaceIndex = NET_IFINDEX_UNSPECIFIED;
}

/**
 * SetIpInterfaceEntry() - Changes an interface's MTU or forwarding.
 * @Row: Says which one, by Family and InterfaceLuid or, where that is 0, InterfaceIndex; and what
 *	it is to be like.
 *
 * NlMtu becomes the MTU of the device, and so of both families. ForwardingEnabled can be changed
 * for IPv4.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, another family, no interface is given, or
 *	a size that the device does not take); STATUS_NOT_FOUND; STATUS_NOT_SUPPORTED (something
 *	else is to change; nothing does then); STATUS_INSUFFICIENT_RESOURCES;
 *	STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, SetIpInterfaceEntry function
 */
extern "C" NTSTATUS NTAPI SetIpInterfaceEntry(PMIB_IPINTERFACE_ROW Row)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (!Row)
		return STATUS_INVALID_PARAMETER;

	MIB_IPINTERFACE_ROW is = *Row;
	Net net;
	NTSTATUS status = read_entry(net, &is);

	if (!NT_SUCCESS(status))
		return status;

	const bool forwarding = !same_flag(Row->ForwardingEnabled, is.ForwardingEnabled);

	if (!asks_for_nothing_else(*Row, is) || (forwarding && is.Family != AF_INET))
		return STATUS_NOT_SUPPORTED;
	if (!same(Row->NlMtu, is.NlMtu))
		status = iphlp_status(port_interface_set_mtu(net, is.InterfaceIndex, Row->NlMtu));
	if (NT_SUCCESS(status) && forwarding)
		status = iphlp_status(port_interface_set_forwarding(net, is.InterfaceIndex,
								    Row->ForwardingEnabled));
	return status;
}

/**
 * GetIpNetworkConnectionBandwidthEstimates() - Would tell how much a connection carries.
 * @InterfaceIndex: The interface.
 * @AddressFamily: The family.
 * @BandwidthEstimates: Not written to.
 *
 * Context: Any IRQL.
 * Return: STATUS_NOT_SUPPORTED: Linux keeps no such estimate for an interface.
 * Source: netioapi.h, GetIpNetworkConnectionBandwidthEstimates function
 */
extern "C" NTSTATUS NTAPI GetIpNetworkConnectionBandwidthEstimates(
	NET_IFINDEX InterfaceIndex, ADDRESS_FAMILY AddressFamily,
	PMIB_IP_NETWORK_CONNECTION_BANDWIDTH_ESTIMATES BandwidthEstimates)
{
	UNREFERENCED_PARAMETER(InterfaceIndex);
	UNREFERENCED_PARAMETER(AddressFamily);
	UNREFERENCED_PARAMETER(BandwidthEstimates);
	return STATUS_NOT_SUPPORTED;
}
