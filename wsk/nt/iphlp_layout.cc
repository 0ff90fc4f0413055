// SPDX-License-Identifier: MIT OR GPL-2.0
// Proof, at compile time, that the IP Helper's rows have their layout of Windows x64. No code.

#include <ntddk.h>
#include <netioapi.h>

#define SIZE(type, size) static_assert(sizeof(type) == (size), #type " has another size")
#define AT(type, field, offset) \
	static_assert(offsetof(type, field) == (offset), #type "." #field " is somewhere else")

SIZE(IFTYPE, 4);
SIZE(MIB_IF_ROW2, 1352);
AT(MIB_IF_ROW2, InterfaceGuid, 12);
AT(MIB_IF_ROW2, Alias, 28);
AT(MIB_IF_ROW2, Description, 542);
AT(MIB_IF_ROW2, PhysicalAddressLength, 1056);
AT(MIB_IF_ROW2, PermanentPhysicalAddress, 1092);
AT(MIB_IF_ROW2, Mtu, 1124);
AT(MIB_IF_ROW2, InterfaceAndOperStatusFlags, 1152);
AT(MIB_IF_ROW2, OperStatus, 1156);
AT(MIB_IF_ROW2, NetworkGuid, 1168);
AT(MIB_IF_ROW2, TransmitLinkSpeed, 1192);
AT(MIB_IF_ROW2, OutQLen, 1344);
AT(MIB_IF_TABLE2, Table, 8);
SIZE(MIB_IFSTACK_ROW, 8);
AT(MIB_IFSTACK_TABLE, Table, 4);
SIZE(MIB_IPINTERFACE_ROW, 168);
AT(MIB_IPINTERFACE_ROW, InterfaceLuid, 8);
AT(MIB_IPINTERFACE_ROW, InterfaceIdentifier, 24);
AT(MIB_IPINTERFACE_ROW, ForwardingEnabled, 41);
AT(MIB_IPINTERFACE_ROW, RouterDiscoveryBehavior, 52);
AT(MIB_IPINTERFACE_ROW, ZoneIndices, 80);
AT(MIB_IPINTERFACE_ROW, NlMtu, 152);
AT(MIB_IPINTERFACE_ROW, ReachableTime, 160);
AT(MIB_IPINTERFACE_ROW, DisableDefaultRoutes, 166);
SIZE(MIB_UNICASTIPADDRESS_ROW, 80);
AT(MIB_UNICASTIPADDRESS_ROW, InterfaceLuid, 32);
AT(MIB_UNICASTIPADDRESS_ROW, OnLinkPrefixLength, 60);
AT(MIB_UNICASTIPADDRESS_ROW, DadState, 64);
AT(MIB_UNICASTIPADDRESS_ROW, CreationTimeStamp, 72);
SIZE(MIB_ANYCASTIPADDRESS_ROW, 48);
AT(MIB_ANYCASTIPADDRESS_ROW, InterfaceIndex, 40);
SIZE(MIB_MULTICASTIPADDRESS_ROW, 48);
AT(MIB_MULTICASTIPADDRESS_ROW, InterfaceIndex, 28);
SIZE(IP_ADDRESS_PREFIX, 32);
SIZE(MIB_IPFORWARD_ROW2, 104);
AT(MIB_IPFORWARD_ROW2, DestinationPrefix, 12);
AT(MIB_IPFORWARD_ROW2, NextHop, 44);
AT(MIB_IPFORWARD_ROW2, ValidLifetime, 76);
AT(MIB_IPFORWARD_ROW2, Protocol, 88);
AT(MIB_IPFORWARD_ROW2, Origin, 100);
SIZE(MIB_IPNET_ROW2, 88);
AT(MIB_IPNET_ROW2, InterfaceIndex, 28);
AT(MIB_IPNET_ROW2, PhysicalAddress, 40);
AT(MIB_IPNET_ROW2, State, 76);
AT(MIB_IPNET_ROW2, Flags, 80);
SIZE(MIB_IPPATH_ROW, 136);
SIZE(MIB_IP_NETWORK_CONNECTION_BANDWIDTH_ESTIMATES, 48);
