// SPDX-License-Identifier: MIT OR GPL-2.0
/* Addresses as text. */
#include <ntddk.h>
#include <ws2ipdef.h>
#include <ip2string.h>

#include "bridge.h"

namespace
{

bool equal(PCSTR a, PCSTR b)
{
	return !__builtin_strcmp(a, b);
}

USHORT port(USHORT number)
{
	return RtlUshortByteSwap(number);
}

struct in_addr ipv4(UCHAR a, UCHAR b, UCHAR c, UCHAR d)
{
	struct in_addr address;

	address.S_un.S_un_b.s_b1 = a;
	address.S_un.S_un_b.s_b2 = b;
	address.S_un.S_un_b.s_b3 = c;
	address.S_un.S_un_b.s_b4 = d;
	return address;
}

void ipv4_texts(struct kunit *test)
{
	struct in_addr address = ipv4(192, 0, 2, 255), parsed;
	WCHAR wide[16];
	CHAR text[32];
	PCSTR end;

	EXPECT_PTR_EQ(test, RtlIpv4AddressToStringA(&address, text), text + 11);
	EXPECT_TRUE(test, equal(text, "192.0.2.255"));
	EXPECT_PTR_EQ(test, RtlIpv4AddressToStringW(&address, wide), wide + 11);
	EXPECT_MEM_EQ(test, wide, L"192.0.2.255", 24);
	EXPECT_STATUS(test, RtlIpv4StringToAddressA("192.0.2.255 and more", TRUE, &end, &parsed),
		      STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, &parsed, &address, sizeof(parsed));
	EXPECT_TRUE(test, equal(end, " and more"));
	PCWSTR wide_end;
	EXPECT_STATUS(test, RtlIpv4StringToAddressW(L"192.0.2.255", TRUE, &wide_end, &parsed),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, *wide_end, 0);
	EXPECT_MEM_EQ(test, &parsed, &address, sizeof(parsed));
}

void ipv4_forms(struct kunit *test)
{
	struct {
		PCSTR text;
		bool strict, loose;
		struct in_addr address;
	} const table[] = {
		{"1.2.3.4", true, true, ipv4(1, 2, 3, 4)},
		{"0.0.0.0", true, true, ipv4(0, 0, 0, 0)},
		{"255.255.255.255", true, true, ipv4(255, 255, 255, 255)},
		{"1.2.3", false, true, ipv4(1, 2, 0, 3)},
		{"1.2.772", false, true, ipv4(1, 2, 3, 4)},
		{"1.131844", false, true, ipv4(1, 2, 3, 4)},
		{"16909060", false, true, ipv4(1, 2, 3, 4)},
		{"0x01020304", false, true, ipv4(1, 2, 3, 4)},
		{"0x7f.1", false, true, ipv4(127, 0, 0, 1)},
		{"1.2.3.010", true, true, ipv4(1, 2, 3, 10)},
		{"1.2.3.256", false, false, {}},
		{"1.256.3.4", false, false, {}},
		{"4294967296", false, false, {}},
		{"1.2.3.", false, false, {}},
		{".1.2.3", false, false, {}},
		{"", false, false, {}},
		{"a.b.c.d", false, false, {}},
		{"-1.2.3.4", false, false, {}},
	};

	for (const auto &row : table) {
		struct in_addr parsed;
		PCSTR end;

		EXPECT_EQ(test, NT_SUCCESS(RtlIpv4StringToAddressA(row.text, TRUE, &end, &parsed)),
			  row.strict);
		NTSTATUS status = RtlIpv4StringToAddressA(row.text, FALSE, &end, &parsed);
		EXPECT_EQ(test, NT_SUCCESS(status), row.loose);
		/* Octal is another number, and only without strictness. */
		if (row.loose && !equal(row.text, "1.2.3.010"))
			EXPECT_MEM_EQ(test, &parsed, &row.address, sizeof(parsed));
	}
}

void ipv4_with_ports(struct kunit *test)
{
	struct in_addr address = ipv4(10, 20, 30, 40), parsed;
	USHORT parsed_port;
	CHAR text[INET_ADDRSTRLEN];
	ULONG length = sizeof(text);

	EXPECT_STATUS(test, RtlIpv4AddressToStringExA(&address, port(65535), text, &length),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, equal(text, "10.20.30.40:65535"));
	EXPECT_EQ(test, length, 18u);
	EXPECT_STATUS(test, RtlIpv4AddressToStringExA(&address, 0, text, &length), STATUS_SUCCESS);
	EXPECT_TRUE(test, equal(text, "10.20.30.40"));
	EXPECT_EQ(test, length, 12u);
	length = 11;
	EXPECT_STATUS(test, RtlIpv4AddressToStringExA(&address, 0, text, &length),
		      STATUS_INVALID_PARAMETER);
	EXPECT_EQ(test, length, 12u);
	EXPECT_STATUS(test, RtlIpv4AddressToStringExA(&address, 0, nullptr, &length),
		      STATUS_INVALID_PARAMETER);

	EXPECT_STATUS(test,
		      RtlIpv4StringToAddressExA("10.20.30.40:80", TRUE, &parsed, &parsed_port),
		      STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, &parsed, &address, sizeof(parsed));
	EXPECT_EQ(test, parsed_port, port(80));
	EXPECT_STATUS(test, RtlIpv4StringToAddressExW(L"10.20.30.40", TRUE, &parsed, &parsed_port),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, parsed_port, 0);
	constexpr PCSTR bad_ones[] = {"10.20.30.40:", "10.20.30.40:65536", "10.20.30.40:80x",
				      "10.20.30.40 "};

	for (PCSTR bad : bad_ones)
		EXPECT_STATUS(test, RtlIpv4StringToAddressExA(bad, TRUE, &parsed, &parsed_port),
			      STATUS_INVALID_PARAMETER);
}

void ipv6_texts(struct kunit *test)
{
	struct {
		USHORT words[8];
		PCSTR text;
	} const table[] = {
		{{0, 0, 0, 0, 0, 0, 0, 0}, "::"},
		{{0, 0, 0, 0, 0, 0, 0, 1}, "::1"},
		{{0xfe80, 0, 0, 0, 0, 0, 0, 0}, "fe80::"},
		{{0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xabcd}, "2001:db8::abcd"},
		{{0x2001, 0xdb8, 0, 1, 1, 1, 1, 1}, "2001:db8:0:1:1:1:1:1"},
		{{0x2001, 0, 0, 1, 0, 0, 0, 1}, "2001:0:0:1::1"},
		{{0x2001, 0, 0, 1, 2, 0, 0, 1}, "2001::1:2:0:0:1"},
		{{1, 2, 3, 4, 5, 6, 7, 8}, "1:2:3:4:5:6:7:8"},
		{{1, 2, 3, 4, 5, 6, 0, 0}, "1:2:3:4:5:6::"},
		{{0, 0, 3, 4, 5, 6, 7, 8}, "::3:4:5:6:7:8"},
		{{0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201}, "::ffff:192.0.2.1"},
		{{0, 0, 0, 0, 0, 0, 0xc000, 0x0201}, "::192.0.2.1"},
		{{0, 0, 0, 0, 0xffff, 0, 0xc000, 0x0201}, "::ffff:0:192.0.2.1"},
		{{0xfe80, 0, 0, 0, 0, 0x5efe, 0xc000, 0x0201}, "fe80::5efe:192.0.2.1"},
		{{0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff},
		 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	};

	for (const auto &row : table) {
		struct in6_addr address, parsed;
		CHAR text[INET6_ADDRSTRLEN];
		WCHAR wide[INET6_ADDRSTRLEN];
		PCSTR end;

		for (int i = 0; i < 8; i++)
			address.u.Word[i] = RtlUshortByteSwap(row.words[i]);
		PSTR written = RtlIpv6AddressToStringA(&address, text);

		EXPECT_PTR_EQ(test, written, text + __builtin_strlen(text));
		EXPECT_TRUE(test, equal(text, row.text));
		RtlIpv6AddressToStringW(&address, wide);
		EXPECT_EQ(test, wide[0], static_cast<WCHAR>(text[0]));
		EXPECT_STATUS(test, RtlIpv6StringToAddressA(row.text, &end, &parsed),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, *end, 0);
		EXPECT_MEM_EQ(test, &parsed, &address, sizeof(parsed));
	}
}

void ipv6_forms(struct kunit *test)
{
	struct in6_addr parsed;
	PCSTR end;

	constexpr PCSTR good_ones[] = {"2001:DB8::1",	  "0:0:0:0:0:0:0:1",	 "1::8",
				       "1:2:3:4:5:6:7::", "1:2:3:4:5:6:1.2.3.4", "::1/64",
				       "0001::"};

	for (PCSTR good : good_ones)
		EXPECT_STATUS(test, RtlIpv6StringToAddressA(good, &end, &parsed), STATUS_SUCCESS);
	RtlIpv6StringToAddressA("::1/64", &end, &parsed);
	EXPECT_TRUE(test, equal(end, "/64"));
	constexpr PCSTR bad_ones[] = {"",	 ":",
				      ":1",	 "1",
				      "1:2",	 "1:2:3:4:5:6:7",
				      "12345::", "g::",
				      "fe80",	 "1:2:3:4:5:6:7:1.2.3.4",
				      "::1.2.3", "::1.2.3.256"};

	for (PCSTR bad : bad_ones)
		EXPECT_STATUS(test, RtlIpv6StringToAddressA(bad, &end, &parsed),
			      STATUS_INVALID_PARAMETER);
}

void ipv6_with_ports(struct kunit *test)
{
	struct in6_addr address, parsed;
	CHAR text[INET6_ADDRSTRLEN];
	ULONG length = sizeof(text), scope;
	USHORT parsed_port;
	PCSTR end;

	ASSERT_STATUS(test, RtlIpv6StringToAddressA("fe80::1", &end, &address), STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlIpv6AddressToStringExA(&address, 7, port(443), text, &length),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, equal(text, "[fe80::1%7]:443"));
	EXPECT_EQ(test, length, 16u);
	EXPECT_STATUS(test, RtlIpv6StringToAddressExA(text, &parsed, &scope, &parsed_port),
		      STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, &parsed, &address, sizeof(parsed));
	EXPECT_EQ(test, scope, 7u);
	EXPECT_EQ(test, parsed_port, port(443));
	EXPECT_STATUS(test, RtlIpv6AddressToStringExA(&address, 7, 0, text, &length),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, equal(text, "fe80::1%7"));
	EXPECT_STATUS(test, RtlIpv6StringToAddressExW(L"[fe80::1]", &parsed, &scope, &parsed_port),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, scope, 0u);
	EXPECT_EQ(test, parsed_port, 0);
	length = 3;
	EXPECT_STATUS(test, RtlIpv6AddressToStringExA(&address, 0, 0, text, &length),
		      STATUS_INVALID_PARAMETER);
	EXPECT_EQ(test, length, 8u);
	constexpr PCSTR bad_ones[] = {"[fe80::1",	 "fe80::1]",   "fe80::1%",
				      "fe80::1%x",	 "[fe80::1]:", "[fe80::1]80",
				      "[fe80::1]:65536", "fe80::1 ",   "[fe80::1%4294967296]"};

	for (PCSTR bad : bad_ones)
		EXPECT_STATUS(test, RtlIpv6StringToAddressExA(bad, &parsed, &scope, &parsed_port),
			      STATUS_INVALID_PARAMETER);
}

constexpr bridge_case cases[] = {
	{"IPv4 addresses are written and read", ipv4_texts},
	{"IPv4 addresses are read strictly or not", ipv4_forms},
	{"IPv4 addresses with ports are written and read", ipv4_with_ports},
	{"IPv6 addresses are written in their shortest form, and read", ipv6_texts},
	{"what is no IPv6 address is refused", ipv6_forms},
	{"IPv6 addresses with scopes and ports are written and read", ipv6_with_ports},
};

} // namespace

BRIDGE_SUITE(rtl_ip_string, cases)
