// SPDX-License-Identifier: MIT OR GPL-2.0
/* Addresses in the IP Helper: unicast, multicast and anycast, and sorting destinations. */
#include "iphlp_fixture.h"
#include "net_address.h"
#include "port/memory.h"
#include "port/net.h"

namespace
{

using namespace wsk::test;

auto is(const Device &device, const SOCKADDR_INET &address)
{
	return [&device, address](const auto &row) {
		return row.InterfaceIndex == device.index() && same(row.Address, address);
	};
}

void an_address_comes_and_goes(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);

	space.run([&]() {
		Device device;
		const SOCKADDR_INET address = in_network(family, 100, 1);
		MibTable<MIB_UNICASTIPADDRESS_TABLE> with, without;

		REQUIRE(test, device);
		EXPECT_STATUS(test, add_address(device, family), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetUnicastIpAddressTable(family, with.receive()),
			      STATUS_SUCCESS);
		const MIB_UNICASTIPADDRESS_ROW *row = with.find(is(device, address));

		REQUIRE(test, row);
		EXPECT_EQ(test, row->InterfaceLuid.Value, device.luid().Value);
		EXPECT_EQ(test, row->OnLinkPrefixLength, network_length(family));
		EXPECT_EQ(test, row->ValidLifetime, ~0u);
		EXPECT_EQ(test, row->PreferredLifetime, ~0u);
		EXPECT_EQ(test, static_cast<int>(row->PrefixOrigin), IpPrefixOriginManual);
		EXPECT_EQ(test, static_cast<int>(row->SuffixOrigin), IpSuffixOriginManual);
		EXPECT_EQ(test, static_cast<int>(row->DadState), IpDadStatePreferred);

		MIB_UNICASTIPADDRESS_ROW entry = address_row(device.index(), address);

		EXPECT_STATUS(test, DeleteUnicastIpAddressEntry(&entry), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetUnicastIpAddressEntry(&entry), STATUS_NOT_FOUND);
		EXPECT_STATUS(test, DeleteUnicastIpAddressEntry(&entry), STATUS_NOT_FOUND);
		(void)!NT_SUCCESS(GetUnicastIpAddressTable(family, without.receive()));
		EXPECT_FALSE(test, without.find(is(device, address)));
	});
}

/* One that came from elsewhere, as by ip(8). */
void an_entry_is_found(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);

	space.run([&]() {
		const UCHAR bytes4[] = {198, 51, 100, 7};
		const SOCKADDR_INET address = in_network(family, 100, 7);
		const bool ipv4_family = family == AF_INET;
		MIB_UNICASTIPADDRESS_ROW row = address_row(if_nametoindex("lo"), address);

		EXPECT_STATUS(test, GetUnicastIpAddressEntry(&row), STATUS_NOT_FOUND);
		REQUIRE(test,
			!net_address_change(ipv4_family ? PORT_AF_INET : PORT_AF_INET6,
					    ipv4_family ? bytes4 : address.Ipv6.sin6_addr.s6_bytes,
					    true));
		EXPECT_STATUS(test, GetUnicastIpAddressEntry(&row), STATUS_SUCCESS);
		EXPECT_EQ(test, row.OnLinkPrefixLength, ipv4_family ? 32 : 128);
		EXPECT_EQ(test, row.InterfaceLuid.Info.IfType, ULONG64{IF_TYPE_SOFTWARE_LOOPBACK});
		EXPECT_GT(test, row.CreationTimeStamp.QuadPart, 0);
	});
}

void loopback_is_well_known(struct kunit *test, ADDRESS_FAMILY family)
{
	MIB_UNICASTIPADDRESS_ROW row = {};
	NET_LUID luid = {};

	EXPECT_STATUS(test, ConvertInterfaceNameToLuidA("lo", &luid), STATUS_SUCCESS);
	row.InterfaceLuid = luid;
	row.Address.si_family = family;
	INETADDR_SETLOOPBACK(reinterpret_cast<PSOCKADDR>(&row.Address));
	EXPECT_STATUS(test, GetUnicastIpAddressEntry(&row), STATUS_SUCCESS);
	EXPECT_EQ(test, static_cast<int>(row.PrefixOrigin), IpPrefixOriginWellKnown);
	EXPECT_EQ(test, static_cast<int>(row.SuffixOrigin), IpSuffixOriginWellKnown);
	EXPECT_EQ(test, row.OnLinkPrefixLength, family == AF_INET ? 8 : 128);
}

void both_families_at_once(struct kunit *test)
{
	MibTable<MIB_UNICASTIPADDRESS_TABLE> table;
	const ADDRESS_FAMILY families[] = {AF_INET, AF_INET6};

	EXPECT_STATUS(test, GetUnicastIpAddressTable(AF_UNSPEC, table.receive()), STATUS_SUCCESS);
	for (ADDRESS_FAMILY family : families)
		EXPECT_TRUE(test, table.find([&](const MIB_UNICASTIPADDRESS_ROW &row) {
			return row.Address.si_family == family;
		}));
}

void an_address_is_given_once(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);

	space.run([&]() {
		Device device;

		REQUIRE(test, device);
		EXPECT_STATUS(test, add_address(device, family), STATUS_SUCCESS);
		EXPECT_STATUS(test, add_address(device, family), STATUS_DUPLICATE_OBJECTID);
	});
}

void lifetimes_are_set(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);

	space.run([&]() {
		Device device;
		MIB_UNICASTIPADDRESS_ROW row;

		REQUIRE(test, device);
		EXPECT_STATUS(test, add_address(device, family), STATUS_SUCCESS);
		row = address_row(device.index(), in_network(family, 100, 1));
		row.ValidLifetime = 7200;
		row.PreferredLifetime = 3600;
		EXPECT_STATUS(test, SetUnicastIpAddressEntry(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetUnicastIpAddressEntry(&row), STATUS_SUCCESS);
		EXPECT_LE(test, row.ValidLifetime, 7200u);
		EXPECT_GT(test, row.ValidLifetime, 7000u);
		EXPECT_LE(test, row.PreferredLifetime, 3600u);
		EXPECT_EQ(test, static_cast<int>(row.PrefixOrigin), IpPrefixOriginDhcp);
		row.PreferredLifetime = 0;
		EXPECT_STATUS(test, SetUnicastIpAddressEntry(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetUnicastIpAddressEntry(&row), STATUS_SUCCESS);
		EXPECT_EQ(test, static_cast<int>(row.DadState), IpDadStateDeprecated);

		row.PreferredLifetime = row.ValidLifetime + 1;
		EXPECT_STATUS(test, SetUnicastIpAddressEntry(&row), STATUS_INVALID_PARAMETER);
		row.PreferredLifetime = 0;
		row.OnLinkPrefixLength = network_length(family) - 1;
		EXPECT_STATUS(test, SetUnicastIpAddressEntry(&row), STATUS_NOT_SUPPORTED);
		row.OnLinkPrefixLength = 255;
		row.SkipAsSource = TRUE;
		EXPECT_STATUS(test, SetUnicastIpAddressEntry(&row), STATUS_NOT_SUPPORTED);
	});
}

void a_prefix_of_the_address_alone(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);

	space.run([&]() {
		Device device;
		MIB_UNICASTIPADDRESS_ROW row;

		REQUIRE(test, device);
		row = address_row(device.index(), in_network(family, 100, 1));
		row.OnLinkPrefixLength = 255;
		EXPECT_STATUS(test, CreateUnicastIpAddressEntry(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetUnicastIpAddressEntry(&row), STATUS_SUCCESS);
		EXPECT_EQ(test, row.OnLinkPrefixLength, family == AF_INET ? 32 : 128);
	});
}

void duplicates_are_looked_for(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		Device device;
		MIB_UNICASTIPADDRESS_ROW row;

		REQUIRE(test, device);
		row = address_row(device.index(), in_network(AF_INET6, 100, 1));
		row.DadState = IpDadStateInvalid;
		EXPECT_STATUS(test, CreateUnicastIpAddressEntry(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetUnicastIpAddressEntry(&row), STATUS_SUCCESS);
		EXPECT_EQ(test, static_cast<int>(row.DadState), IpDadStateTentative);
	});
}

void bad_rows_are_refused(struct kunit *test, ADDRESS_FAMILY family)
{
	const NET_IFINDEX loopback = if_nametoindex("lo");
	const SOCKADDR_INET address = in_network(family, 100, 9);
	MIB_UNICASTIPADDRESS_ROW rows[6];
	PMIB_UNICASTIPADDRESS_TABLE table = nullptr;

	for (MIB_UNICASTIPADDRESS_ROW &row : rows)
		row = address_row(loopback, address);
	rows[0].Address.si_family = AF_UNIX;
	rows[1].InterfaceIndex = 0;
	rows[2].InterfaceIndex = 0x7fffffff;
	rows[3].Address = {};
	rows[3].Address.si_family = family;
	rows[4].OnLinkPrefixLength = 200;
	rows[5].ValidLifetime = 1;
	const NTSTATUS creating[] = {
		STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER, STATUS_NOT_FOUND,
		STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER,
	};
	const NTSTATUS finding[] = {
		STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER, STATUS_NOT_FOUND,
		STATUS_NOT_FOUND,	  STATUS_NOT_FOUND,	    STATUS_NOT_FOUND,
	};

	for (ULONG i = 0; i < ARRAYSIZE(rows); i++) {
		EXPECT_STATUS(test, CreateUnicastIpAddressEntry(&rows[i]), creating[i]);
		EXPECT_STATUS(test, SetUnicastIpAddressEntry(&rows[i]), finding[i]);
		EXPECT_STATUS(test, DeleteUnicastIpAddressEntry(&rows[i]), finding[i]);
		EXPECT_STATUS(test, GetUnicastIpAddressEntry(&rows[i]), finding[i]);
	}
	EXPECT_STATUS(test, CreateUnicastIpAddressEntry(nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, SetUnicastIpAddressEntry(nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, DeleteUnicastIpAddressEntry(nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetUnicastIpAddressEntry(nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetUnicastIpAddressTable(family, nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetUnicastIpAddressTable(AF_UNIX, &table), STATUS_INVALID_PARAMETER);
}

void another_namespace_has_its_own(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	bool is_there = true;

	space.run([&]() {
		Device device;

		REQUIRE(test, device);
		EXPECT_STATUS(test, add_address(device, family), STATUS_SUCCESS);
	});
	MibTable<MIB_UNICASTIPADDRESS_TABLE> table;

	(void)!NT_SUCCESS(GetUnicastIpAddressTable(family, table.receive()));
	is_there = table.find([&](const MIB_UNICASTIPADDRESS_ROW &row) {
		return same(row.Address, in_network(family, 100, 1));
	});
	EXPECT_FALSE(test, is_there);
}

void groups(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);

	space.run([&]() {
		Device device;
		MibTable<MIB_MULTICASTIPADDRESS_TABLE> table;
		SOCKADDR_INET all_hosts = ipv4(224, 0, 0, 1);
		MIB_MULTICASTIPADDRESS_ROW row = {};

		REQUIRE(test, device);
		if (family == AF_INET6) {
			all_hosts = ipv6(0, 0);
			all_hosts.Ipv6.sin6_addr = IN6_ADDR IN6ADDR_ALLNODESONLINK_INIT;
		}
		EXPECT_STATUS(test, GetMulticastIpAddressTable(family, table.receive()),
			      STATUS_SUCCESS);
		EXPECT_TRUE(test, table.find(is(device, all_hosts)));
		row.Address = all_hosts;
		row.InterfaceIndex = device.index();
		EXPECT_STATUS(test, GetMulticastIpAddressEntry(&row), STATUS_SUCCESS);
		EXPECT_EQ(test, row.InterfaceLuid.Value, device.luid().Value);
		row.Address = in_network(family, 1, 1);
		EXPECT_STATUS(test, GetMulticastIpAddressEntry(&row), STATUS_NOT_FOUND);
		row.InterfaceLuid.Value = row.InterfaceIndex = 0;
		EXPECT_STATUS(test, GetMulticastIpAddressEntry(&row), STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, GetMulticastIpAddressEntry(nullptr), STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, GetMulticastIpAddressTable(family, nullptr),
			      STATUS_INVALID_PARAMETER);
	});
}

void no_anycast(struct kunit *test, ADDRESS_FAMILY family)
{
	PMIB_ANYCASTIPADDRESS_TABLE table = nullptr;
	MIB_ANYCASTIPADDRESS_ROW row = {};

	EXPECT_STATUS(test, GetAnycastIpAddressTable(family, &table), STATUS_NOT_FOUND);
	EXPECT_NULL(test, table);
	row.Address = in_network(family, 1, 1);
	row.InterfaceIndex = if_nametoindex("lo");
	EXPECT_STATUS(test, GetAnycastIpAddressEntry(&row), STATUS_NOT_FOUND);
	EXPECT_STATUS(test, GetAnycastIpAddressEntry(nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetAnycastIpAddressTable(AF_UNIX, &table), STATUS_INVALID_PARAMETER);
}

SOCKADDR_IN6 within_ipv6(const SOCKADDR_INET &address)
{
	SOCKADDR_IN6 result = address.Ipv6;

	if (address.si_family == AF_INET)
		IN6ADDR_SETV4MAPPED(&result, &address.Ipv4.sin_addr, {}, 0);
	return result;
}

void destinations_are_sorted(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		Device device;
		PSOCKADDR_IN6_PAIR pairs = nullptr;
		ULONG count = 0;

		REQUIRE(test, device);
		EXPECT_STATUS(test, add_address(device, AF_INET), STATUS_SUCCESS);
		EXPECT_STATUS(test, add_address(device, AF_INET6), STATUS_SUCCESS);

		/* Out of reach; IPv4; IPv6 that is unique to its site; the loopback. */
		SOCKADDR_IN6 destinations[] = {
			within_ipv6(ipv4(203, 0, 113, 1)),
			within_ipv6(in_network(AF_INET6, 100, 2)),
			within_ipv6(in_network(AF_INET, 100, 2)),
			{},
		};
		const ULONG order[] = {3, 2, 1, 0};

		IN6ADDR_SETLOOPBACK(&destinations[3]);
		EXPECT_STATUS(test,
			      CreateSortedAddressPairs(nullptr, 0, destinations,
						       ARRAYSIZE(destinations), 0, &pairs, &count),
			      STATUS_SUCCESS);
		REQUIRE(test, count == ARRAYSIZE(order));
		for (ULONG i = 0; i < count; i++)
			EXPECT_TRUE(test, IN6ADDR_ISEQUAL(pairs[i].DestinationAddress,
							  &destinations[order[i]]));
		EXPECT_TRUE(test, IN6ADDR_ISLOOPBACK(pairs[0].SourceAddress));
		const SOCKADDR_IN6 own4 = within_ipv6(in_network(AF_INET, 100, 1));
		const SOCKADDR_IN6 own6 = within_ipv6(in_network(AF_INET6, 100, 1));

		EXPECT_TRUE(test, IN6ADDR_ISEQUAL(pairs[1].SourceAddress, &own4));
		EXPECT_TRUE(test, IN6ADDR_ISEQUAL(pairs[2].SourceAddress, &own6));
		EXPECT_TRUE(test, IN6ADDR_ISANY(pairs[3].SourceAddress));
		FreeMibTable(pairs);
	});
}

void nothing_to_sort(struct kunit *test)
{
	SOCKADDR_IN6 one = within_ipv6(ipv4(127, 0, 0, 1)), other = {};
	PSOCKADDR_IN6_PAIR pairs = nullptr;
	ULONG count = 0;

	EXPECT_STATUS(test, CreateSortedAddressPairs(&one, 1, &one, 1, 0, &pairs, &count),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, CreateSortedAddressPairs(nullptr, 0, nullptr, 1, 0, &pairs, &count),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, CreateSortedAddressPairs(nullptr, 0, &one, 0, 0, &pairs, &count),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, CreateSortedAddressPairs(nullptr, 0, &one, 501, 0, &pairs, &count),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, CreateSortedAddressPairs(nullptr, 0, &one, 1, 0, nullptr, &count),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, CreateSortedAddressPairs(nullptr, 0, &one, 1, 0, &pairs, nullptr),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, CreateSortedAddressPairs(nullptr, 0, &other, 1, 0, &pairs, &count),
		      STATUS_INVALID_PARAMETER);
}

/* Whatever allocation fails, and nothing has changed then. */
void no_memory(struct kunit *test, ADDRESS_FAMILY family)
{
	for (unsigned int nth = 1;; nth++) {
		PMIB_UNICASTIPADDRESS_TABLE table = nullptr;

		port_alloc_fail(nth);
		const NTSTATUS status = GetUnicastIpAddressTable(family, &table);

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

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("an address comes and goes", an_address_comes_and_goes),
	IPV4_AND_IPV6("an address that came from elsewhere is found", an_entry_is_found),
	IPV4_AND_IPV6("the loopback's address is well known", loopback_is_well_known),
	{"both families' addresses are told at once", both_families_at_once},
	IPV4_AND_IPV6("an address is given once", an_address_is_given_once),
	IPV4_AND_IPV6("lifetimes are set, and nothing else", lifetimes_are_set),
	IPV4_AND_IPV6("without a length the prefix is the address", a_prefix_of_the_address_alone),
	{"an address is looked for elsewhere unless it is said to be preferred",
	 duplicates_are_looked_for},
	IPV4_AND_IPV6("bad rows are refused", bad_rows_are_refused),
	IPV4_AND_IPV6("another namespace has its own addresses", another_namespace_has_its_own),
	IPV4_AND_IPV6("groups are told", groups),
	IPV4_AND_IPV6("there are no anycast addresses", no_anycast),
	{"destinations are sorted", destinations_are_sorted},
	{"what cannot be sorted is refused", nothing_to_sort},
	IPV4_AND_IPV6("running out of memory fails the call", no_memory),
};

} // namespace

BRIDGE_SUITE(iphlp_address, cases, .network = true);
