// SPDX-License-Identifier: MIT OR GPL-2.0
/* What kind of address an address is, by the inline functions of ws2ipdef.h and mstcpip.h. */
#include <ntddk.h>
#include <mstcpip.h>

#include "bridge.h"

namespace
{

void ipv4_kinds(struct kunit *test)
{
	struct {
		UCHAR bytes[4];
		NL_ADDRESS_TYPE type;
		SCOPE_LEVEL scope;
	} const all[] = {
		{{0, 0, 0, 0}, NlatUnspecified, ScopeLevelGlobal},
		{{0, 1, 2, 3}, NlatInvalid, ScopeLevelGlobal},
		{{127, 0, 0, 1}, NlatUnicast, ScopeLevelLink},
		{{169, 254, 1, 1}, NlatUnicast, ScopeLevelLink},
		{{192, 0, 2, 1}, NlatUnicast, ScopeLevelGlobal},
		{{224, 0, 0, 251}, NlatMulticast, ScopeLevelLink},
		{{239, 192, 1, 1}, NlatMulticast, ScopeLevelSite},
		{{239, 255, 1, 1}, NlatMulticast, ScopeLevelAdmin},
		{{224, 1, 0, 1}, NlatMulticast, ScopeLevelGlobal},
		{{240, 0, 0, 1}, NlatInvalid, ScopeLevelGlobal},
		{{255, 255, 255, 255}, NlatBroadcast, ScopeLevelLink},
	};

	for (const auto &one : all) {
		EXPECT_EQ(test, static_cast<int>(Ipv4AddressType(one.bytes)), one.type);
		EXPECT_EQ(test, static_cast<int>(Ipv4AddressScope(one.bytes)), one.scope);
		EXPECT_EQ(test, static_cast<int>(NetworkAddressScope(AF_INET, one.bytes)),
			  one.scope);
		EXPECT_EQ(test, INET_IS_ADDR_BROADCAST(AF_INET, one.bytes),
			  one.type == NlatBroadcast);
	}
}

void ipv6_kinds(struct kunit *test)
{
	struct {
		UCHAR bytes[16];
		NL_ADDRESS_TYPE type;
		SCOPE_LEVEL scope;
	} const all[] = {
		{{}, NlatUnspecified, ScopeLevelGlobal},
		{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, NlatUnicast, ScopeLevelLink},
		{{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 1}, NlatUnicast, ScopeLevelLink},
		{{0xfe, 0xc0, 0, 0, 0, 0, 0, 0, 1}, NlatUnicast, ScopeLevelSite},
		{{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 1}, NlatUnicast, ScopeLevelGlobal},
		{{0x20, 1, 0xd, 0xb8}, NlatAnycast, ScopeLevelGlobal},
		{{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe},
		 NlatAnycast,
		 ScopeLevelGlobal},
		{{0xff, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
		 NlatMulticast,
		 ScopeLevelInterface},
		{{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
		 NlatMulticast,
		 ScopeLevelLink},
		{{0xff, 0xe}, NlatMulticast, ScopeLevelGlobal},
		{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1},
		 NlatInvalid,
		 ScopeLevelGlobal},
	};

	for (const auto &one : all) {
		EXPECT_EQ(test, static_cast<int>(Ipv6AddressType(one.bytes)), one.type);
		EXPECT_EQ(test, static_cast<int>(Ipv6AddressScope(one.bytes)), one.scope);
		EXPECT_EQ(test, static_cast<int>(NetworkAddressScope(AF_INET6, one.bytes)),
			  one.scope);
		EXPECT_FALSE(test, INET_IS_ADDR_BROADCAST(AF_INET6, one.bytes));
	}
}

void groups_by_reach(struct kunit *test)
{
	IN6_ADDR group = IN6ADDR_ALLNODESONLINK_INIT;

	EXPECT_TRUE(test, IN6_IS_ADDR_MC_LINKLOCAL(&group));
	EXPECT_FALSE(test, IN6_IS_ADDR_MC_NODELOCAL(&group));
	group.s6_bytes[1] = 1;
	EXPECT_TRUE(test, IN6_IS_ADDR_MC_NODELOCAL(&group));
	group.s6_bytes[1] = 5;
	EXPECT_TRUE(test, IN6_IS_ADDR_MC_SITELOCAL(&group));
	group.s6_bytes[1] = 8;
	EXPECT_TRUE(test, IN6_IS_ADDR_MC_ORGLOCAL(&group));
	group.s6_bytes[1] = 0x1e;
	EXPECT_TRUE(test, IN6_IS_ADDR_MC_GLOBAL(&group));
	group.s6_bytes[0] = 0xfe;
	EXPECT_FALSE(test, IN6_IS_ADDR_MC_GLOBAL(&group));
}

void tunnels(struct kunit *test)
{
	const IN6_ADDR isatap = {{{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0x5e, 0xfe, 192, 0, 2, 1}}};
	const IN6_ADDR sixtofour = {{{0x20, 2, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}};
	const IN6_ADDR teredo = {{{0x20, 1, 0, 0, 192, 0, 2, 1}}};
	const IN6_ADDR translated = {{{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 192, 0, 2, 1}}};
	const UCHAR address[] = {192, 0, 2, 1};

	EXPECT_TRUE(test, IN6_IS_ADDR_ISATAP(&isatap));
	EXPECT_FALSE(test, IN6_IS_ADDR_ISATAP(&sixtofour));
	EXPECT_MEM_EQ(test, IN6_EXTRACT_V4ADDR_FROM_ISATAP(&isatap), address, sizeof(address));
	EXPECT_TRUE(test, IN6_IS_ADDR_6TO4(&sixtofour));
	EXPECT_MEM_EQ(test, IN6_EXTRACT_V4ADDR_FROM_6TO4(&sixtofour), address, sizeof(address));
	EXPECT_TRUE(test, IN6_IS_ADDR_TEREDO(&teredo));
	EXPECT_FALSE(test, IN6_IS_ADDR_TEREDO(&sixtofour));
	EXPECT_TRUE(test, IN6_IS_ADDR_V4TRANSLATED(&translated));
	EXPECT_FALSE(test, IN6_IS_ADDR_V4TRANSLATED(&isatap));
}

void scopes(struct kunit *test)
{
	SOCKADDR_IN6 ipv6 = {};
	SOCKADDR_IN ipv4 = {};

	ipv6.sin6_family = AF_INET6;
	ipv4.sin_family = AF_INET;
	EXPECT_TRUE(test, INETADDR_ISUNSPECIFIED(reinterpret_cast<SOCKADDR *>(&ipv6)));
	EXPECT_TRUE(test, INETADDR_ISUNSPECIFIED(reinterpret_cast<SOCKADDR *>(&ipv4)));
	ipv6.sin6_scope_id = 7;
	EXPECT_FALSE(test, INETADDR_ISUNSPECIFIED(reinterpret_cast<SOCKADDR *>(&ipv6)));
	EXPECT_EQ(test, INETADDR_SCOPE_ID(reinterpret_cast<SOCKADDR *>(&ipv6)).Value, 7u);
	EXPECT_EQ(test, INETADDR_SCOPE_ID(reinterpret_cast<SOCKADDR *>(&ipv4)).Value, 0u);
	ipv4.sin_addr.s_addr = 1;
	EXPECT_FALSE(test, INETADDR_ISUNSPECIFIED(reinterpret_cast<SOCKADDR *>(&ipv4)));
}

constexpr bridge_case cases[] = {
	{"IPv4 addresses have kinds and scopes", ipv4_kinds},
	{"IPv6 addresses have kinds and scopes", ipv6_kinds},
	{"IPv6 groups reach as far as they say", groups_by_reach},
	{"IPv4 addresses are found in those of tunnels", tunnels},
	{"a scope makes an address specified", scopes},
};

} // namespace

BRIDGE_SUITE(inet_address, cases);
