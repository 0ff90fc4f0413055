// SPDX-License-Identifier: MIT OR GPL-2.0
/* Routes and neighbours in the IP Helper. */
#include "iphlp_fixture.h"
#include "port/memory.h"
#include "waiting.h"

namespace
{

using namespace wsk::test;

/* In a namespace of its own, with a device that has .1 of network 100. */
template <class Statements>
void with_device(struct kunit *test, ADDRESS_FAMILY family, Statements statements)
{
	Space space(test);

	space.run([&]() {
		Device device;

		REQUIRE(test, device);
		EXPECT_STATUS(test, add_address(device, family), STATUS_SUCCESS);
		statements(device);
	});
}

auto leads_to(const SOCKADDR_INET &network, UINT8 length)
{
	return [network, length](const MIB_IPFORWARD_ROW2 &row) {
		return same(row.DestinationPrefix.Prefix, network) &&
		       row.DestinationPrefix.PrefixLength == length;
	};
}

SOCKADDR_INET network(ADDRESS_FAMILY family, UCHAR net)
{
	return in_network(family, net, 0);
}

void a_route_comes_and_goes(struct kunit *test, ADDRESS_FAMILY family)
{
	with_device(test, family, [&](Device &device) {
		const SOCKADDR_INET to = network(family, 7), by = in_network(family, 100, 2);
		MIB_IPFORWARD_ROW2 row = route_row(device, to, &by);
		MibTable<MIB_IPFORWARD_TABLE2> with, without;

		row.Metric = 300;
		EXPECT_STATUS(test, CreateIpForwardEntry2(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, CreateIpForwardEntry2(&row), STATUS_DUPLICATE_OBJECTID);
		EXPECT_STATUS(test, GetIpForwardTable2(family, with.receive()), STATUS_SUCCESS);
		const MIB_IPFORWARD_ROW2 *found = with.find(leads_to(to, network_length(family)));

		REQUIRE(test, found);
		EXPECT_EQ(test, found->InterfaceLuid.Value, device.luid().Value);
		EXPECT_EQ(test, found->InterfaceIndex, device.index());
		EXPECT_TRUE(test, same(found->NextHop, by));
		EXPECT_EQ(test, found->Metric, 300u);
		EXPECT_EQ(test, static_cast<int>(found->Protocol), RouteProtocolNetMgmt);
		EXPECT_EQ(test, static_cast<int>(found->Origin), NlroManual);
		EXPECT_TRUE(test, found->Immortal);
		EXPECT_FALSE(test, found->Loopback);
		EXPECT_EQ(test, found->ValidLifetime, ~0u);

		row.Metric = 0;
		EXPECT_STATUS(test, GetIpForwardEntry2(&row), STATUS_SUCCESS);
		EXPECT_EQ(test, row.Metric, 300u);
		EXPECT_STATUS(test, DeleteIpForwardEntry2(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, DeleteIpForwardEntry2(&row), STATUS_NOT_FOUND);
		EXPECT_STATUS(test, GetIpForwardEntry2(&row), STATUS_NOT_FOUND);
		EXPECT_STATUS(test, GetIpForwardTable2(family, without.receive()), STATUS_SUCCESS);
		EXPECT_FALSE(test, without.find(leads_to(to, network_length(family))));
	});
}

void an_address_has_routes(struct kunit *test, ADDRESS_FAMILY family)
{
	with_device(test, family, [&](Device &device) {
		MibTable<MIB_IPFORWARD_TABLE2> table;
		const UINT8 whole = family == AF_INET ? 32 : 128;

		/* IPv6's own route follows from a work item. */
		EXPECT_TRUE(test, wait_until([&]() {
				    MibTable<MIB_IPFORWARD_TABLE2> now;

				    (void)GetIpForwardTable2(family, now.receive());
				    return now.find(leads_to(in_network(family, 100, 1), whole));
			    }));
		EXPECT_STATUS(test, GetIpForwardTable2(family, table.receive()), STATUS_SUCCESS);
		const MIB_IPFORWARD_ROW2 *link =
			table.find(leads_to(network(family, 100), network_length(family)));
		const MIB_IPFORWARD_ROW2 *own =
			table.find(leads_to(in_network(family, 100, 1), whole));

		REQUIRE(test, link && own);
		EXPECT_TRUE(test, is_zero(link->NextHop));
		EXPECT_EQ(test, link->NextHop.si_family, family);
		EXPECT_EQ(test, static_cast<int>(link->Protocol), RouteProtocolLocal);
		EXPECT_EQ(test, link->InterfaceIndex, device.index());
		EXPECT_TRUE(test, own->Loopback);
	});
}

void the_best_route(struct kunit *test, ADDRESS_FAMILY family)
{
	with_device(test, family, [&](Device &device) {
		const SOCKADDR_INET to = in_network(family, 7, 1), by = in_network(family, 100, 2);
		const SOCKADDR_INET on_link = in_network(family, 100, 3);
		MIB_IPFORWARD_ROW2 row = route_row(device, network(family, 7), &by), best = {};
		SOCKADDR_INET source = {};

		const NTSTATUS status = GetBestRoute2(nullptr, 0, nullptr, &to, 0, &best, &source);

		EXPECT_TRUE(test, status == STATUS_NETWORK_UNREACHABLE ||
					  status == STATUS_HOST_UNREACHABLE);
		EXPECT_STATUS(test, CreateIpForwardEntry2(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetBestRoute2(nullptr, 0, nullptr, &to, 0, &best, &source),
			      STATUS_SUCCESS);
		EXPECT_TRUE(test, same(best.DestinationPrefix.Prefix, network(family, 7)));
		EXPECT_EQ(test, best.DestinationPrefix.PrefixLength, network_length(family));
		EXPECT_TRUE(test, same(best.NextHop, by));
		EXPECT_EQ(test, best.InterfaceIndex, device.index());
		EXPECT_EQ(test, best.InterfaceLuid.Value, device.luid().Value);
		EXPECT_TRUE(test, same(source, in_network(family, 100, 1)));

		EXPECT_STATUS(test, GetBestRoute2(nullptr, 0, nullptr, &on_link, 0, &best, &source),
			      STATUS_SUCCESS);
		EXPECT_TRUE(test, is_zero(best.NextHop));
		EXPECT_TRUE(test, same(best.DestinationPrefix.Prefix, network(family, 100)));
	});
}

void the_best_route_through_an_interface(struct kunit *test, ADDRESS_FAMILY family)
{
	with_device(test, family, [&](Device &device) {
		Device other("wsk1");
		const SOCKADDR_INET to = in_network(family, 7, 1), by = in_network(family, 100, 2);
		MIB_IPFORWARD_ROW2 first = route_row(device, network(family, 7), &by), best = {};
		SOCKADDR_INET source = {}, from = in_network(family, 101, 1);
		MIB_IPFORWARD_ROW2 second = route_row(other, network(family, 7), nullptr);
		NET_LUID luid = other.luid();

		REQUIRE(test, other);
		EXPECT_STATUS(test, add_address(other, family, 101), STATUS_SUCCESS);
		first.Metric = 10;
		second.Metric = 2000;
		EXPECT_STATUS(test, CreateIpForwardEntry2(&first), STATUS_SUCCESS);
		EXPECT_STATUS(test, CreateIpForwardEntry2(&second), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetBestRoute2(nullptr, 0, nullptr, &to, 0, &best, &source),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, best.InterfaceIndex, device.index());
		EXPECT_EQ(test, best.Metric, 10u);
		EXPECT_STATUS(test, GetBestRoute2(&luid, 0, nullptr, &to, 0, &best, &source),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, best.InterfaceIndex, other.index());
		EXPECT_EQ(test, best.Metric, 2000u);
		EXPECT_TRUE(test, same(source, from));
		best = {};
		EXPECT_STATUS(test,
			      GetBestRoute2(nullptr, other.index(), &from, &to, 0, &best, &source),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, best.InterfaceIndex, other.index());
		EXPECT_TRUE(test, same(source, from));
	});
}

void the_best_route_to_oneself(struct kunit *test, ADDRESS_FAMILY family)
{
	MIB_IPFORWARD_ROW2 best = {};
	SOCKADDR_INET source = {}, to = {}, any = {};

	to.si_family = any.si_family = family;
	INETADDR_SETLOOPBACK(reinterpret_cast<PSOCKADDR>(&to));
	EXPECT_STATUS(test, GetBestRoute2(nullptr, 0, &any, &to, 0, &best, &source),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, best.InterfaceLuid.Info.IfType, ULONG64{IF_TYPE_SOFTWARE_LOOPBACK});
	EXPECT_TRUE(test, same(source, to));
}

void the_metric_is_set(struct kunit *test, ADDRESS_FAMILY family)
{
	with_device(test, family, [&](Device &device) {
		const SOCKADDR_INET by = in_network(family, 100, 2);
		MIB_IPFORWARD_ROW2 row = route_row(device, network(family, 7), &by);
		MibTable<MIB_IPFORWARD_TABLE2> table;
		ULONG routes = 0;

		EXPECT_STATUS(test, SetIpForwardEntry2(&row), STATUS_NOT_FOUND);
		row.Metric = 50;
		EXPECT_STATUS(test, CreateIpForwardEntry2(&row), STATUS_SUCCESS);
		row.Metric = 40;
		EXPECT_STATUS(test, SetIpForwardEntry2(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, SetIpForwardEntry2(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetIpForwardTable2(family, table.receive()), STATUS_SUCCESS);
		for (const MIB_IPFORWARD_ROW2 &one : table) {
			if (!leads_to(network(family, 7), network_length(family))(one))
				continue;
			EXPECT_EQ(test, one.Metric, 40u);
			routes++;
		}
		EXPECT_EQ(test, routes, 1u);
		/* Unless a metric is given, it stays. */
		row.Metric = any_metric;
		EXPECT_STATUS(test, SetIpForwardEntry2(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetIpForwardEntry2(&row), STATUS_SUCCESS);
		EXPECT_EQ(test, row.Metric, 40u);
	});
}

void a_next_hop_out_of_reach(struct kunit *test, ADDRESS_FAMILY family)
{
	with_device(test, family, [&](Device &device) {
		const SOCKADDR_INET by = in_network(family, 99, 2);
		MIB_IPFORWARD_ROW2 row = route_row(device, network(family, 7), &by);
		const NTSTATUS status = CreateIpForwardEntry2(&row);

		EXPECT_TRUE(test, status == STATUS_NETWORK_UNREACHABLE ||
					  status == STATUS_HOST_UNREACHABLE);
	});
}

void bad_routes_are_refused(struct kunit *test, ADDRESS_FAMILY family)
{
	with_device(test, family, [&](Device &device) {
		const SOCKADDR_INET other =
			in_network(family == AF_INET ? AF_INET6 : AF_INET, 1, 1);
		PMIB_IPFORWARD_TABLE2 table = nullptr;
		MIB_IPFORWARD_ROW2 rows[5];

		for (MIB_IPFORWARD_ROW2 &row : rows)
			row = route_row(device, network(family, 7), nullptr);
		rows[0].DestinationPrefix.Prefix.si_family = AF_UNIX;
		rows[1].DestinationPrefix.PrefixLength = family == AF_INET ? 33 : 129;
		rows[2].NextHop = other;
		rows[3].InterfaceIndex = 0;
		rows[4].InterfaceIndex = 0x7fffffff;
		for (ULONG i = 0; i < ARRAYSIZE(rows); i++) {
			const NTSTATUS status =
				i == 4 ? STATUS_NOT_FOUND : STATUS_INVALID_PARAMETER;

			EXPECT_STATUS(test, CreateIpForwardEntry2(&rows[i]), status);
			EXPECT_STATUS(test, SetIpForwardEntry2(&rows[i]), status);
			EXPECT_STATUS(test, DeleteIpForwardEntry2(&rows[i]), status);
			EXPECT_STATUS(test, GetIpForwardEntry2(&rows[i]), status);
		}
		rows[0] = route_row(device, network(family, 7), nullptr);
		rows[0].ValidLifetime = 60;
		EXPECT_STATUS(test, CreateIpForwardEntry2(&rows[0]), STATUS_NOT_SUPPORTED);
		EXPECT_STATUS(test, CreateIpForwardEntry2(nullptr), STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, SetIpForwardEntry2(nullptr), STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, DeleteIpForwardEntry2(nullptr), STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, GetIpForwardEntry2(nullptr), STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, GetIpForwardTable2(AF_UNIX, &table), STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, GetIpForwardTable2(family, nullptr), STATUS_INVALID_PARAMETER);
	});
}

void bad_questions_are_refused(struct kunit *test, ADDRESS_FAMILY family)
{
	const SOCKADDR_INET other = in_network(family == AF_INET ? AF_INET6 : AF_INET, 1, 1);
	SOCKADDR_INET to = in_network(family, 1, 1), source = {}, unknown = {};
	MIB_IPFORWARD_ROW2 best = {};

	unknown.si_family = AF_UNIX;
	EXPECT_STATUS(test, GetBestRoute2(nullptr, 0, nullptr, nullptr, 0, &best, &source),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetBestRoute2(nullptr, 0, nullptr, &to, 0, nullptr, &source),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetBestRoute2(nullptr, 0, nullptr, &to, 0, &best, nullptr),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetBestRoute2(nullptr, 0, nullptr, &unknown, 0, &best, &source),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetBestRoute2(nullptr, 0, &other, &to, 0, &best, &source),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, GetBestRoute2(nullptr, 0x7fffffff, nullptr, &to, 0, &best, &source),
		      STATUS_NOT_FOUND);
}

MIB_IPNET_ROW2 neighbor_row(const Device &device, const SOCKADDR_INET &address, UCHAR last)
{
	const UCHAR physical[] = {2, 0, 0, 0, 0, last};
	MIB_IPNET_ROW2 row = {};

	row.InterfaceIndex = device.index();
	row.Address = address;
	RtlCopyMemory(row.PhysicalAddress, physical, sizeof(physical));
	row.PhysicalAddressLength = sizeof(physical);
	return row;
}

void a_neighbor_comes_and_goes(struct kunit *test, ADDRESS_FAMILY family)
{
	with_device(test, family, [&](Device &device) {
		const SOCKADDR_INET address = in_network(family, 100, 5);
		MIB_IPNET_ROW2 row = neighbor_row(device, address, 5), found = {};
		MibTable<MIB_IPNET_TABLE2> table;

		found = neighbor_row(device, address, 0);
		EXPECT_STATUS(test, GetIpNetEntry2(&found), STATUS_NOT_FOUND);
		EXPECT_STATUS(test, CreateIpNetEntry2(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, CreateIpNetEntry2(&row), STATUS_DUPLICATE_OBJECTID);
		EXPECT_STATUS(test, GetIpNetEntry2(&found), STATUS_SUCCESS);
		EXPECT_EQ(test, found.PhysicalAddressLength, 6u);
		EXPECT_MEM_EQ(test, found.PhysicalAddress, row.PhysicalAddress, 6);
		EXPECT_EQ(test, static_cast<int>(found.State), NlnsPermanent);
		EXPECT_EQ(test, found.InterfaceLuid.Value, device.luid().Value);
		EXPECT_FALSE(test, found.IsUnreachable);

		row = neighbor_row(device, address, 6);
		EXPECT_STATUS(test, SetIpNetEntry2(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetIpNetTable2(family, table.receive()), STATUS_SUCCESS);
		const MIB_IPNET_ROW2 *one = table.find([&](const MIB_IPNET_ROW2 &candidate) {
			return same(candidate.Address, address);
		});

		REQUIRE(test, one);
		EXPECT_EQ(test, one->PhysicalAddress[5], 6);
		EXPECT_STATUS(test, DeleteIpNetEntry2(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetIpNetEntry2(&found), STATUS_NOT_FOUND);
	});
}

void a_neighbor_is_resolved(struct kunit *test)
{
	with_device(test, AF_INET, [&](Device &device) {
		MIB_IPNET_ROW2 row = neighbor_row(device, in_network(AF_INET, 100, 9), 0);
		UCHAR peer[6];

		net_device_peer_address(peer);
		EXPECT_STATUS(test, ResolveIpNetEntry2(&row, nullptr), STATUS_SUCCESS);
		EXPECT_EQ(test, static_cast<int>(row.State), NlnsReachable);
		EXPECT_EQ(test, row.PhysicalAddressLength, 6u);
		EXPECT_MEM_EQ(test, row.PhysicalAddress, peer, sizeof(peer));

		/* What has been learned can be forgotten; what has been said stays. */
		MIB_IPNET_ROW2 said = neighbor_row(device, in_network(AF_INET, 100, 5), 5);

		EXPECT_STATUS(test, CreateIpNetEntry2(&said), STATUS_SUCCESS);
		EXPECT_STATUS(test, FlushIpNetTable2(AF_INET, device.index() + 1), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetIpNetEntry2(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, FlushIpNetTable2(AF_INET, device.index()), STATUS_SUCCESS);
		EXPECT_STATUS(test, GetIpNetEntry2(&row), STATUS_NOT_FOUND);
		EXPECT_STATUS(test, GetIpNetEntry2(&said), STATUS_SUCCESS);
		EXPECT_STATUS(test, ResolveIpNetEntry2(&said, nullptr), STATUS_SUCCESS);
		EXPECT_EQ(test, said.PhysicalAddress[5], 5);
	});
}

void nobody_answers(struct kunit *test, ADDRESS_FAMILY family)
{
	with_device(test, family, [&](Device &device) {
		MIB_IPNET_ROW2 row = neighbor_row(device, in_network(family, 100, 66), 0);

		EXPECT_STATUS(test, ResolveIpNetEntry2(&row, nullptr), STATUS_BAD_NETWORK_NAME);
	});
}

void bad_neighbors_are_refused(struct kunit *test, ADDRESS_FAMILY family)
{
	with_device(test, family, [&](Device &device) {
		const MIB_IPNET_ROW2 good = neighbor_row(device, in_network(family, 100, 5), 5);
		MIB_IPNET_ROW2 unknown = good, nowhere = good, gone = good, longer = good,
			       shorter = good;
		MIB_IPNET_ROW2 *bad[] = {&unknown, &nowhere, nullptr};
		PMIB_IPNET_TABLE2 table = nullptr;

		unknown.Address.si_family = AF_UNIX;
		nowhere.InterfaceIndex = 0;
		gone.InterfaceIndex = 0x7fffffff;
		longer.PhysicalAddressLength = 33;
		shorter.PhysicalAddressLength = 3;
		for (MIB_IPNET_ROW2 *row : bad) {
			EXPECT_STATUS(test, CreateIpNetEntry2(row), STATUS_INVALID_PARAMETER);
			EXPECT_STATUS(test, SetIpNetEntry2(row), STATUS_INVALID_PARAMETER);
			EXPECT_STATUS(test, DeleteIpNetEntry2(row), STATUS_INVALID_PARAMETER);
			EXPECT_STATUS(test, GetIpNetEntry2(row), STATUS_INVALID_PARAMETER);
			EXPECT_STATUS(test, ResolveIpNetEntry2(row, nullptr),
				      STATUS_INVALID_PARAMETER);
		}
		EXPECT_STATUS(test, CreateIpNetEntry2(&gone), STATUS_NOT_FOUND);
		EXPECT_STATUS(test, ResolveIpNetEntry2(&gone, nullptr), STATUS_NOT_FOUND);
		EXPECT_STATUS(test, CreateIpNetEntry2(&longer), STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, CreateIpNetEntry2(&shorter), STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, FlushIpNetTable2(AF_UNIX, 0), STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, GetIpNetTable2(AF_UNIX, &table), STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, GetIpNetTable2(family, nullptr), STATUS_INVALID_PARAMETER);
	});
}

void no_memory(struct kunit *test, ADDRESS_FAMILY family)
{
	for (unsigned int nth = 1;; nth++) {
		PMIB_IPFORWARD_TABLE2 table = nullptr;

		port_alloc_fail(nth);
		const NTSTATUS status = GetIpForwardTable2(family, &table);

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
	IPV4_AND_IPV6("a route comes and goes", a_route_comes_and_goes),
	IPV4_AND_IPV6("an address brings routes", an_address_has_routes),
	IPV4_AND_IPV6("the best route is found, and the source address", the_best_route),
	IPV4_AND_IPV6("the best route through an interface, and from an address",
		      the_best_route_through_an_interface),
	IPV4_AND_IPV6("the best route to oneself is the loopback's", the_best_route_to_oneself),
	IPV4_AND_IPV6("the metric of a route is set", the_metric_is_set),
	IPV4_AND_IPV6("a next hop out of reach is refused", a_next_hop_out_of_reach),
	IPV4_AND_IPV6("bad routes are refused", bad_routes_are_refused),
	IPV4_AND_IPV6("bad questions for the best route are refused", bad_questions_are_refused),
	IPV4_AND_IPV6("a neighbour comes, changes and goes", a_neighbor_comes_and_goes),
	{"a neighbour is resolved, and forgotten", a_neighbor_is_resolved},
	IPV4_AND_IPV6("a neighbour that does not answer has no name", nobody_answers),
	IPV4_AND_IPV6("bad neighbours are refused", bad_neighbors_are_refused),
	IPV4_AND_IPV6("running out of memory fails the call", no_memory),
};

} // namespace

BRIDGE_SUITE(iphlp_route, cases, .network = true);
