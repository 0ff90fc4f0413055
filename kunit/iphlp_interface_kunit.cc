// SPDX-License-Identifier: MIT OR GPL-2.0
/* Interfaces in the IP Helper: rows, names, stacks, and what of an interface concerns a family. */
#include "iphlp_fixture.h"
#include "nt/driver.h"
#include "nt/pool.h"
#include "port/memory.h"

namespace
{

using namespace wsk::test;

bool equal(const WCHAR *a, const char *b)
{
	while (*a && *a == static_cast<WCHAR>(*b)) {
		a++;
		b++;
	}
	return *a == static_cast<WCHAR>(*b);
}

void a_device_is_a_row(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		Device device;
		MIB_IF_ROW2 row = {};

		REQUIRE(test, device);
		row.InterfaceIndex = device.index();
		REQUIRE(test, NT_SUCCESS(GetIfEntry2(&row)));
		EXPECT_TRUE(test, equal(row.Alias, "wsk0"));
		EXPECT_TRUE(test, equal(row.Description, "wsk0"));
		EXPECT_EQ(test, row.InterfaceLuid.Value, device.luid().Value);
		EXPECT_EQ(test, row.InterfaceLuid.Info.IfType, ULONG64{IF_TYPE_ETHERNET_CSMACD});
		EXPECT_EQ(test, row.Type, ULONG{IF_TYPE_ETHERNET_CSMACD});
		EXPECT_EQ(test, row.Mtu, 1500u);
		EXPECT_EQ(test, row.PhysicalAddressLength, 6u);
		EXPECT_EQ(test, static_cast<int>(row.OperStatus), IfOperStatusUp);
		EXPECT_EQ(test, static_cast<int>(row.AdminStatus), NET_IF_ADMIN_STATUS_UP);
		EXPECT_EQ(test, static_cast<int>(row.MediaType), NdisMedium802_3);
		EXPECT_EQ(test, static_cast<int>(row.AccessType), NET_IF_ACCESS_BROADCAST);
		EXPECT_EQ(test, static_cast<int>(row.MediaConnectState),
			  MediaConnectStateConnected);
		EXPECT_EQ(test, row.TransmitLinkSpeed, NDIS_LINK_SPEED_UNKNOWN);

		EXPECT_TRUE(test, device.set_up(false));
		row = {};
		row.InterfaceLuid = device.luid();
		EXPECT_STATUS(test, GetIfEntry2(&row), STATUS_SUCCESS);
		EXPECT_EQ(test, row.InterfaceIndex, device.index());
		EXPECT_EQ(test, static_cast<int>(row.OperStatus), IfOperStatusDown);
		EXPECT_EQ(test, static_cast<int>(row.AdminStatus), NET_IF_ADMIN_STATUS_DOWN);
	});
}

void the_table_is_of_the_namespace(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		MibTable<MIB_IF_TABLE2> before, after;

		EXPECT_STATUS(test, GetIfTable2(before.receive()), STATUS_SUCCESS);
		REQUIRE(test, before.count() >= 1);
		const MIB_IF_ROW2 *loopback = before.find([](const MIB_IF_ROW2 &row) {
			return row.Type == IF_TYPE_SOFTWARE_LOOPBACK;
		});

		REQUIRE(test, loopback);
		EXPECT_TRUE(test, equal(loopback->Alias, "lo"));
		EXPECT_EQ(test, static_cast<int>(loopback->AccessType), NET_IF_ACCESS_LOOPBACK);
		EXPECT_EQ(test, static_cast<int>(loopback->OperStatus), IfOperStatusUp);

		Device device;

		REQUIRE(test, device);
		EXPECT_STATUS(test, GetIfTable2(after.receive()), STATUS_SUCCESS);
		EXPECT_EQ(test, after.count(), before.count() + 1);
		EXPECT_TRUE(test, after.find([&](const MIB_IF_ROW2 &row) {
			return row.InterfaceIndex == device.index();
		}));
	});
	MibTable<MIB_IF_TABLE2> outside;

	EXPECT_STATUS(test, GetIfTable2(outside.receive()), STATUS_SUCCESS);
	EXPECT_FALSE(test,
		     outside.find([](const MIB_IF_ROW2 &row) { return equal(row.Alias, "wsk0"); }));
}

/* What a loopback has received, it has counted. */
void statistics_on_demand(struct kunit *test)
{
	MIB_IF_ROW2 row = {};
	MibTable<MIB_IF_TABLE2> without;

	row.InterfaceIndex = if_nametoindex("lo");
	{
		Client client(test);
		Pair pair(client, AF_INET);

		REQUIRE(test, pair.connected());
	}
	EXPECT_STATUS(test, GetIfEntry2Ex(MibIfEntryNormal, &row), STATUS_SUCCESS);
	EXPECT_GT(test, row.InOctets, 0ul);
	EXPECT_STATUS(test, GetIfEntry2Ex(MibIfEntryNormalWithoutStatistics, &row), STATUS_SUCCESS);
	EXPECT_EQ(test, row.InOctets, 0ul);
	EXPECT_EQ(test, row.OutUcastPkts, 0ul);
	EXPECT_STATUS(test, GetIfTable2Ex(MibIfTableNormalWithoutStatistics, without.receive()),
		      STATUS_SUCCESS);
	EXPECT_FALSE(test, without.find([](const MIB_IF_ROW2 &one) { return one.InOctets; }));
}

void names_lead_to_each_other(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		Device device("wsk-name");
		NET_LUID luid = device.luid(), found = {};
		CHAR name[IF_NAMESIZE] = "";
		WCHAR wide[IF_MAX_STRING_SIZE + 1] = {};
		NET_IFINDEX index = 0;
		GUID guid = {};

		REQUIRE(test, device);
		EXPECT_STATUS(test, ConvertInterfaceLuidToIndex(&luid, &index), STATUS_SUCCESS);
		EXPECT_EQ(test, index, device.index());
		EXPECT_STATUS(test, ConvertInterfaceLuidToNameA(&luid, name, sizeof(name)),
			      STATUS_SUCCESS);
		EXPECT_TRUE(test, !__builtin_strcmp(name, "wsk-name"));
		EXPECT_STATUS(test, ConvertInterfaceNameToLuidA(name, &found), STATUS_SUCCESS);
		EXPECT_EQ(test, found.Value, luid.Value);
		found = {};
		EXPECT_STATUS(test, ConvertInterfaceLuidToNameW(&luid, wide, ARRAYSIZE(wide)),
			      STATUS_SUCCESS);
		EXPECT_TRUE(test, equal(wide, "wsk-name"));
		EXPECT_STATUS(test, ConvertInterfaceNameToLuidW(wide, &found), STATUS_SUCCESS);
		EXPECT_EQ(test, found.Value, luid.Value);
		found = {};
		EXPECT_STATUS(test, ConvertInterfaceLuidToAlias(&luid, wide, ARRAYSIZE(wide)),
			      STATUS_SUCCESS);
		EXPECT_TRUE(test, equal(wide, "wsk-name"));
		EXPECT_STATUS(test, ConvertInterfaceAliasToLuid(wide, &found), STATUS_SUCCESS);
		EXPECT_EQ(test, found.Value, luid.Value);
		found = {};
		EXPECT_STATUS(test, ConvertInterfaceLuidToGuid(&luid, &guid), STATUS_SUCCESS);
		EXPECT_STATUS(test, ConvertInterfaceGuidToLuid(&guid, &found), STATUS_SUCCESS);
		EXPECT_EQ(test, found.Value, luid.Value);
		EXPECT_EQ(test, if_nametoindex("wsk-name"), device.index());
		EXPECT_PTR_EQ(test, if_indextoname(device.index(), name), name);
		EXPECT_TRUE(test, !__builtin_strcmp(name, "wsk-name"));
	});
}

void names_of_nothing_are_refused(struct kunit *test)
{
	NET_LUID luid = {}, other = {};
	CHAR name[IF_NAMESIZE];
	WCHAR wide[IF_NAMESIZE];
	NET_IFINDEX index = 0;
	GUID guid = {};

	other.Value = ~0ul;

	const NET_LUID nobodys[] = {luid, other};

	for (const NET_LUID &none : nobodys) {
		EXPECT_STATUS(test, ConvertInterfaceLuidToIndex(&none, &index),
			      STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, ConvertInterfaceLuidToNameA(&none, name, sizeof(name)),
			      STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, ConvertInterfaceLuidToNameW(&none, wide, ARRAYSIZE(wide)),
			      STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, ConvertInterfaceLuidToAlias(&none, wide, ARRAYSIZE(wide)),
			      STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, ConvertInterfaceLuidToGuid(&none, &guid),
			      STATUS_INVALID_PARAMETER);
	}
	/* An index is not enough: a LUID of another type is another interface's. */
	EXPECT_STATUS(test, ConvertInterfaceIndexToLuid(if_nametoindex("lo"), &luid),
		      STATUS_SUCCESS);
	luid.Info.IfType = IF_TYPE_ETHERNET_CSMACD;
	EXPECT_STATUS(test, ConvertInterfaceLuidToIndex(&luid, &index), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceLuidToIndex(nullptr, &index), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceLuidToIndex(&luid, nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceIndexToLuid(0, &luid), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceIndexToLuid(~0u, &luid), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceIndexToLuid(1, nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceNameToLuidA("no such one", &luid),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceNameToLuidA(nullptr, &luid), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceNameToLuidA("lo", nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceNameToLuidW(L"a name that is much too long", &luid),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceNameToLuidW(nullptr, &luid), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceNameToLuidW(L"lo", nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceAliasToLuid(nullptr, &luid), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceAliasToLuid(L"lo", nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceGuidToLuid(&guid, &luid), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceGuidToLuid(nullptr, &luid), STATUS_INVALID_PARAMETER);
	EXPECT_EQ(test, if_nametoindex("no such one"), 0u);
	EXPECT_EQ(test, if_nametoindex(nullptr), 0u);
	EXPECT_NULL(test, if_indextoname(~0u, name));
	EXPECT_NULL(test, if_indextoname(1, nullptr));
}

void names_need_room(struct kunit *test)
{
	NET_LUID luid = {};
	CHAR name[3];
	WCHAR wide[3];

	EXPECT_STATUS(test, ConvertInterfaceNameToLuidA("lo", &luid), STATUS_SUCCESS);
	EXPECT_STATUS(test, ConvertInterfaceLuidToNameA(&luid, name, 2), STATUS_NO_MEMORY);
	EXPECT_STATUS(test, ConvertInterfaceLuidToNameA(&luid, name, 3), STATUS_SUCCESS);
	EXPECT_STATUS(test, ConvertInterfaceLuidToNameA(&luid, nullptr, 3),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceLuidToNameW(&luid, wide, 2), STATUS_NO_MEMORY);
	EXPECT_STATUS(test, ConvertInterfaceLuidToNameW(&luid, wide, 3), STATUS_SUCCESS);
	EXPECT_STATUS(test, ConvertInterfaceLuidToNameW(&luid, nullptr, 3),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertInterfaceLuidToAlias(&luid, wide, 2), STATUS_NO_MEMORY);
}

void names_at_dispatch_level(struct kunit *test)
{
	EXPECT_RULES(test, 0, {
		bridge_run_at_dispatch(
			[](void *context) {
				auto *test = static_cast<struct kunit *>(context);
				NET_LUID luid = {};
				NET_IFINDEX index = 0;
				CHAR name[IF_NAMESIZE];

				EXPECT_STATUS(test, ConvertInterfaceNameToLuidA("lo", &luid),
					      STATUS_SUCCESS);
				EXPECT_STATUS(test, ConvertInterfaceLuidToIndex(&luid, &index),
					      STATUS_SUCCESS);
				EXPECT_NOT_NULL(test, if_indextoname(index, name));
			},
			test);
	});
}

void tables_not_at_dispatch_level(struct kunit *test)
{
	EXPECT_RULES(test, 4, {
		bridge_run_at_dispatch(
			[](void *context) {
				auto *test = static_cast<struct kunit *>(context);
				PMIB_IF_TABLE2 table = nullptr;
				PMIB_IPFORWARD_TABLE2 routes = nullptr;
				MIB_IF_ROW2 row = {};
				HANDLE handle = nullptr;

				row.InterfaceIndex = 1;
				EXPECT_STATUS(test, GetIfTable2(&table),
					      STATUS_INVALID_DEVICE_STATE);
				EXPECT_STATUS(test, GetIfEntry2(&row), STATUS_INVALID_DEVICE_STATE);
				EXPECT_STATUS(test, GetIpForwardTable2(AF_INET, &routes),
					      STATUS_INVALID_DEVICE_STATE);
				EXPECT_STATUS(test, CancelMibChangeNotify2(handle),
					      STATUS_INVALID_DEVICE_STATE);
			},
			test);
	});
}

void bad_rows_are_refused(struct kunit *test)
{
	MIB_IF_ROW2 row = {};
	MIB_IPINTERFACE_ROW ip_row = {};
	PMIB_IF_TABLE2 table = nullptr;
	PMIB_IPINTERFACE_TABLE ip_table = nullptr;

	EXPECT_STATUS(test, GetIfEntry2(nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetIfEntry2(&row), STATUS_INVALID_PARAMETER);
	row.InterfaceIndex = 0x7fffffff;
	EXPECT_STATUS(test, GetIfEntry2(&row), STATUS_NOT_FOUND);
	EXPECT_STATUS(test, GetIfEntry2Ex(static_cast<MIB_IF_ENTRY_LEVEL>(1), &row),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetIfEntry2Ex(MibIfEntryNormal, nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetIfTable2(nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetIfTable2Ex(static_cast<MIB_IF_TABLE_LEVEL>(3), &table),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetIfStackTable(nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetInvertedIfStackTable(nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetIpInterfaceEntry(nullptr), STATUS_INVALID_PARAMETER);
	ip_row.InterfaceIndex = if_nametoindex("lo");
	EXPECT_STATUS(test, GetIpInterfaceEntry(&ip_row), STATUS_INVALID_PARAMETER);
	ip_row.Family = AF_INET;
	ip_row.InterfaceIndex = 0x7fffffff;
	EXPECT_STATUS(test, GetIpInterfaceEntry(&ip_row), STATUS_NOT_FOUND);
	EXPECT_STATUS(test, SetIpInterfaceEntry(nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, SetIpInterfaceEntry(&ip_row), STATUS_NOT_FOUND);
	EXPECT_STATUS(test, GetIpInterfaceTable(AF_UNIX, &ip_table), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetIpInterfaceTable(AF_INET, nullptr), STATUS_INVALID_PARAMETER);
}

void stacks(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		Device upper("wsk-up"), lower("wsk-low");
		MibTable<MIB_IFSTACK_TABLE> table;
		MibTable<MIB_INVERTEDIFSTACK_TABLE> inverted;
		PMIB_IFSTACK_TABLE none = nullptr;

		REQUIRE(test, upper && lower);
		EXPECT_STATUS(test, GetIfStackTable(&none), STATUS_NOT_FOUND);
		EXPECT_NULL(test, none);
		REQUIRE(test, !net_device_stack(upper.get(), lower.get(), true));
		EXPECT_STATUS(test, GetIfStackTable(table.receive()), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetInvertedIfStackTable(inverted.receive()), STATUS_SUCCESS);
		EXPECT_EQ(test, table.count(), 1u);
		EXPECT_EQ(test, inverted.count(), 1u);
		if (table.count() == 1 && inverted.count() == 1) {
			EXPECT_EQ(test, table.begin()->HigherLayerInterfaceIndex, upper.index());
			EXPECT_EQ(test, table.begin()->LowerLayerInterfaceIndex, lower.index());
			EXPECT_EQ(test, inverted.begin()->LowerLayerInterfaceIndex, lower.index());
			EXPECT_EQ(test, inverted.begin()->HigherLayerInterfaceIndex, upper.index());
		}
		EXPECT_TRUE(test, !net_device_stack(upper.get(), lower.get(), false));
	});
}

void ip_interfaces(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);

	space.run([&]() {
		Device device;
		MIB_IPINTERFACE_ROW row = {};
		MibTable<MIB_IPINTERFACE_TABLE> table;

		REQUIRE(test, device);
		row.Family = family;
		row.InterfaceLuid = device.luid();
		REQUIRE(test, NT_SUCCESS(GetIpInterfaceEntry(&row)));
		EXPECT_EQ(test, row.InterfaceIndex, device.index());
		EXPECT_EQ(test, row.NlMtu, 1500u);
		EXPECT_TRUE(test, row.Connected);
		EXPECT_TRUE(test, row.SupportsNeighborDiscovery);
		EXPECT_FALSE(test, row.ForwardingEnabled);
		EXPECT_EQ(test, row.BaseReachableTime, 30000u);
		EXPECT_EQ(test, row.RetransmitTime, 1000u);
		EXPECT_GT(test, row.ReachableTime, 0u);
		EXPECT_EQ(test, row.ZoneIndices[ScopeLevelLink], device.index());
		EXPECT_STATUS(test, GetIpInterfaceTable(family, table.receive()), STATUS_SUCCESS);
		EXPECT_FALSE(test, table.find([&](const MIB_IPINTERFACE_ROW &one) {
			return one.Family != family;
		}));
		EXPECT_TRUE(test, table.find([&](const MIB_IPINTERFACE_ROW &one) {
			return one.InterfaceIndex == device.index();
		}));
	});
}

void ip_interfaces_of_both(struct kunit *test)
{
	MibTable<MIB_IPINTERFACE_TABLE> table;

	EXPECT_STATUS(test, GetIpInterfaceTable(AF_UNSPEC, table.receive()), STATUS_SUCCESS);
	const ADDRESS_FAMILY families[] = {AF_INET, AF_INET6};

	for (ADDRESS_FAMILY family : families)
		EXPECT_TRUE(test, table.find([&](const MIB_IPINTERFACE_ROW &one) {
			return one.Family == family && one.InterfaceIndex == if_nametoindex("lo");
		}));
}

void mtu_is_set(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);

	space.run([&]() {
		Device device;
		MIB_IPINTERFACE_ROW row;

		REQUIRE(test, device);
		InitializeIpInterfaceEntry(&row);
		row.Family = family;
		row.InterfaceIndex = device.index();
		row.NlMtu = 1400;
		EXPECT_STATUS(test, SetIpInterfaceEntry(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetIpInterfaceEntry(&row), STATUS_SUCCESS);
		EXPECT_EQ(test, row.NlMtu, 1400u);
		/* What has been got can be set. */
		EXPECT_STATUS(test, SetIpInterfaceEntry(&row), STATUS_SUCCESS);
		row.NlMtu = 1000000;
		EXPECT_STATUS(test, SetIpInterfaceEntry(&row), STATUS_INVALID_PARAMETER);
	});
}

void forwarding_is_set(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		Device device;
		MIB_IPINTERFACE_ROW row;

		REQUIRE(test, device);
		InitializeIpInterfaceEntry(&row);
		row.Family = AF_INET;
		row.InterfaceIndex = device.index();
		const BOOLEAN both[] = {TRUE, FALSE};

		for (BOOLEAN on : both) {
			row.ForwardingEnabled = on;
			EXPECT_STATUS(test, SetIpInterfaceEntry(&row), STATUS_SUCCESS);
			row.ForwardingEnabled = !on;
			EXPECT_STATUS(test, GetIpInterfaceEntry(&row), STATUS_SUCCESS);
			EXPECT_EQ(test, row.ForwardingEnabled, on);
		}
		row.Family = AF_INET6;
		EXPECT_STATUS(test, GetIpInterfaceEntry(&row), STATUS_SUCCESS);
		row.ForwardingEnabled = TRUE;
		EXPECT_STATUS(test, SetIpInterfaceEntry(&row), STATUS_NOT_SUPPORTED);
	});
}

void nothing_else_is_set(struct kunit *test)
{
	MIB_IPINTERFACE_ROW row = {}, after = {};

	row.Family = AF_INET;
	row.InterfaceIndex = if_nametoindex("lo");
	EXPECT_STATUS(test, GetIpInterfaceEntry(&row), STATUS_SUCCESS);
	after = row;
	row.NlMtu = 60000;
	row.Metric = 7;
	EXPECT_STATUS(test, SetIpInterfaceEntry(&row), STATUS_NOT_SUPPORTED);
	row.Metric = after.Metric;
	row.WeakHostSend = FALSE;
	EXPECT_STATUS(test, SetIpInterfaceEntry(&row), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, GetIpInterfaceEntry(&row), STATUS_SUCCESS);
	EXPECT_EQ(test, row.NlMtu, after.NlMtu);
}

void tables_belong_to_the_driver(struct kunit *test)
{
	const wsk::DriverAccount *account = wsk::driver_of(__builtin_return_address(0));
	auto blocks = [&]() {
		return wsk::pool_usage(const_cast<wsk::DriverAccount *>(account), 'hpiW').blocks;
	};
	const long before = blocks();
	PMIB_IF_TABLE2 table = nullptr;

	EXPECT_STATUS(test, GetIfTable2(&table), STATUS_SUCCESS);
	EXPECT_EQ(test, blocks(), before + 1);
	FreeMibTable(table);
	EXPECT_EQ(test, blocks(), before);
	EXPECT_RULES(test, 0, FreeMibTable(nullptr));
}

void no_memory(struct kunit *test)
{
	for (unsigned int nth = 1;; nth++) {
		PMIB_IF_TABLE2 table = nullptr;

		port_alloc_fail(nth);
		const NTSTATUS status = GetIfTable2(&table);

		if (!port_alloc_fail(0)) {
			EXPECT_STATUS(test, status, STATUS_SUCCESS);
			EXPECT_GT(test, nth, 1u);
			FreeMibTable(table);
			return;
		}
		EXPECT_STATUS(test, status, STATUS_INSUFFICIENT_RESOURCES);
		EXPECT_NULL(test, table);
	}
}

void masks(struct kunit *test)
{
	ULONG mask = 0;
	UINT8 length = 0;

	for (ULONG bits = 0; bits <= 32; bits++) {
		EXPECT_STATUS(test, ConvertLengthToIpv4Mask(bits, &mask), STATUS_SUCCESS);
		EXPECT_STATUS(test, ConvertIpv4MaskToLength(mask, &length), STATUS_SUCCESS);
		EXPECT_EQ(test, length, bits);
	}
	EXPECT_STATUS(test, ConvertLengthToIpv4Mask(24, &mask), STATUS_SUCCESS);
	EXPECT_EQ(test, mask, RtlUlongByteSwap(0xffffff00));
	EXPECT_STATUS(test, ConvertLengthToIpv4Mask(33, &mask), STATUS_INVALID_PARAMETER);
	EXPECT_EQ(test, mask, INADDR_NONE);
	EXPECT_STATUS(test, ConvertLengthToIpv4Mask(24, nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertIpv4MaskToLength(RtlUlongByteSwap(0xff00ff00), &length),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertIpv4MaskToLength(0, nullptr), STATUS_INVALID_PARAMETER);
}

void one_compartment(struct kunit *test)
{
	NET_IF_COMPARTMENT_SCOPE scope = 7;
	NET_IF_COMPARTMENT_ID id = 7;
	GUID guid = {}, other = {};

	EXPECT_EQ(test, GetCurrentThreadCompartmentId(), ULONG{NET_IF_COMPARTMENT_ID_PRIMARY});
	EXPECT_EQ(test, GetDefaultCompartmentId(), ULONG{NET_IF_COMPARTMENT_ID_PRIMARY});
	EXPECT_EQ(test, GetJobCompartmentId(nullptr), ULONG{NET_IF_COMPARTMENT_ID_PRIMARY});
	EXPECT_EQ(test, GetSessionCompartmentId(0), ULONG{NET_IF_COMPARTMENT_ID_PRIMARY});
	for (NET_IF_COMPARTMENT_ID one = 0; one < 3; one++) {
		const NTSTATUS status = one < 2 ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;

		EXPECT_STATUS(test, SetCurrentThreadCompartmentId(one), status);
		EXPECT_STATUS(test, SetJobCompartmentId(nullptr, one), status);
		EXPECT_STATUS(test, SetSessionCompartmentId(0, one), status);
	}
	GetCurrentThreadCompartmentScope(&scope, &id);
	EXPECT_EQ(test, scope, ULONG{NET_IF_COMPARTMENT_SCOPE_UNSPECIFIED});
	EXPECT_EQ(test, id, ULONG{NET_IF_COMPARTMENT_ID_PRIMARY});
	EXPECT_STATUS(test, SetCurrentThreadCompartmentScope(scope), STATUS_SUCCESS);
	EXPECT_STATUS(test, SetCurrentThreadCompartmentScope(NET_IF_COMPARTMENT_SCOPE_ALL),
		      STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, ConvertCompartmentIdToGuid(1, &guid), STATUS_SUCCESS);
	EXPECT_STATUS(test, ConvertCompartmentGuidToId(&guid, &id), STATUS_SUCCESS);
	EXPECT_EQ(test, id, 1u);
	EXPECT_STATUS(test, ConvertCompartmentIdToGuid(2, &guid), STATUS_NOT_FOUND);
	EXPECT_STATUS(test, ConvertCompartmentGuidToId(&other, &id), STATUS_NOT_FOUND);
	EXPECT_STATUS(test, ConvertCompartmentIdToGuid(1, nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ConvertCompartmentGuidToId(nullptr, &id), STATUS_INVALID_PARAMETER);
}

void nothing_like_it_here(struct kunit *test)
{
	NL_NETWORK_CONNECTIVITY_HINT hint = {};
	MIB_IP_NETWORK_CONNECTION_BANDWIDTH_ESTIMATES estimates = {};
	MIB_ANYCASTIPADDRESS_ROW anycast = {};
	PMIB_IPPATH_TABLE paths = nullptr;
	MIB_IPPATH_ROW path = {};
	GUID guid = {};
	HANDLE handle = nullptr;
	USHORT port = 0;
	ULONG id = 0;

	EXPECT_STATUS(test, GetIpNetworkConnectionBandwidthEstimates(1, AF_INET, &estimates),
		      STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, GetIpPathEntry(&path), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, GetIpPathTable(AF_INET, &paths), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, FlushIpPathTable(AF_INET), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, CreateAnycastIpAddressEntry(&anycast), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, DeleteAnycastIpAddressEntry(&anycast), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, GetTeredoPort(&port), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, NotifyTeredoPortChange(nullptr, nullptr, FALSE, &handle),
		      STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, GetNetworkInformation(&guid, &id, &id, nullptr, 0),
		      STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, SetNetworkInformation(&guid, 1, L"name"), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, GetNetworkConnectivityHint(&hint), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, GetNetworkConnectivityHintForInterface(1, &hint), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, NotifyNetworkConnectivityHintChange(nullptr, nullptr, FALSE, &handle),
		      STATUS_NOT_SUPPORTED);
}

constexpr bridge_case cases[] = {
	{"a device is a row, up and down", a_device_is_a_row},
	{"the table is of the caller's namespace", the_table_is_of_the_namespace},
	{"statistics are told where they are wanted", statistics_on_demand},
	{"each name of an interface leads to the others", names_lead_to_each_other},
	{"names of nothing are refused", names_of_nothing_are_refused},
	{"names need room", names_need_room},
	{"names can be converted at DISPATCH_LEVEL", names_at_dispatch_level},
	{"what sleeps is refused at DISPATCH_LEVEL", tables_not_at_dispatch_level},
	{"bad rows are refused", bad_rows_are_refused},
	{"interfaces on top of others are told both ways", stacks},
	IPV4_AND_IPV6("what of an interface concerns a family is told", ip_interfaces),
	{"both families' interfaces are told at once", ip_interfaces_of_both},
	IPV4_AND_IPV6("the MTU is set", mtu_is_set),
	{"forwarding of IPv4 is set, of IPv6 it is not supported", forwarding_is_set},
	{"nothing else of an interface can be set", nothing_else_is_set},
	{"a table is charged to its driver until it is freed", tables_belong_to_the_driver},
	{"running out of memory fails the call", no_memory},
	{"masks and lengths are converted", masks},
	{"there is one compartment", one_compartment},
	{"what has no meaning here is not supported", nothing_like_it_here},
};

} // namespace

BRIDGE_SUITE(iphlp_interface, cases, .network = true);
