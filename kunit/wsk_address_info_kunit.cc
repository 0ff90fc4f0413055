// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskGetAddressInfo, as far as it answers itself or refuses, and WskFreeAddressInfo. */
#include "lookup.h"
#include "nt/driver.h"
#include "stand_in.h"

namespace
{

using namespace wsk::test;

void literals(struct kunit *test)
{
	Client client(test);
	StandIn handler("wsk1 failed none\n");

	REQUIRE(test, client.ready());

	Lookup lookup(client);

	expect_done(test, lookup.find({.node = L"192.0.2.7", .service = L"80"}));
	EXPECT_EQ(test, lookup.count(), 1u);
	expect_entry(test, lookup.at(0), ipv4(192, 0, 2, 7, 80));
	EXPECT_NULL(test, lookup.list->ai_canonname);

	expect_done(test, lookup.find({.node = L"2001:db8::5"}));
	EXPECT_EQ(test, lookup.count(), 1u);
	expect_entry(test, lookup.at(0), documentation6(5));

	expect_done(test, lookup.find({.node = L"2001:DB8:0:0:0:0:0:5%7", .service = L"65535"}));
	expect_entry(test, lookup.at(0), documentation6(5, 65535, 7));

	expect_done(test, lookup.find({.node = L"2001:db8::5%lo"}));
	expect_entry(test, lookup.at(0), documentation6(5, 0, 1));

	expect_done(test, lookup.find({.node = L"::ffff:127.0.0.1"}));
	expect_entry(test, lookup.at(0), Address::mapped_loopback());
	EXPECT_EQ(test, handler.questions(), 0);
}

void short_literals(struct kunit *test)
{
	const WCHAR *nodes[] = {L"127.1",      L"127.0.1",	L"2130706433",	L"0x7f000001",
				L"0x7f.0.0.1", L"0177.0.0.0x1", L"017700000001"};
	Client client(test);

	REQUIRE(test, client.ready());
	for (const WCHAR *node : nodes) {
		Lookup lookup(client);

		expect_done(test, lookup.find({.node = node, .hints = hints(AI_NUMERICHOST)}));
		expect_entry(test, lookup.at(0), Address::loopback(AF_INET));
	}
}

void no_literals(struct kunit *test)
{
	const WCHAR *nodes[] = {
		L"1.2.3.4.5",
		L"1.2.3.256",
		L"1.2.3.4 ",
		L" 1.2.3.4",
		L"1..2.3",
		L"1.2.3.",
		L"1.2.3.4294967297",
		L"4294967296",
		L"1.16777216",
		L"256.1",
		L"08.1.1.1",
		L"0x",
		L"1.2.3.0x100",
		L"::g",
		L"1::2::3",
		L":::",
		L"1:2:3:4:5:6:7:8:9",
		L"1:2:3:4:5:6:7",
		L"fe80::1%",
		L"fe80::1%nosuch0",
		L"%1",
		L"12345::",
		L"::1.2.3",
		L"::1.2.3.4.5",
		L"\x0661.2.3.4",
		L"localhost",
		L"[::1]",
		L"fe80::1%4294967296",
		L"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd:eeee",
	};
	Client client(test);
	StandIn handler("wsk1 failed none\n");

	REQUIRE(test, client.ready());
	for (const WCHAR *node : nodes) {
		Lookup lookup(client);

		expect_failed(test, lookup.find({.node = node, .hints = hints(AI_NUMERICHOST)}),
			      STATUS_NO_MATCH);
		EXPECT_NULL(test, lookup.list);
	}
	EXPECT_EQ(test, handler.questions(), 0);
}

void families(struct kunit *test)
{
	Client client(test);

	REQUIRE(test, client.ready());

	Lookup lookup(client);

	expect_done(test, lookup.find({.node = L"127.0.0.1", .hints = hints(0, AF_INET)}));
	expect_entry(test, lookup.at(0), Address::loopback(AF_INET));
	expect_done(test, lookup.find({.node = L"::1", .hints = hints(0, AF_INET6)}));
	expect_entry(test, lookup.at(0), Address::loopback(AF_INET6));
	expect_failed(test, lookup.find({.node = L"127.0.0.1", .hints = hints(0, AF_INET6)}),
		      STATUS_NO_MATCH);
	expect_failed(test, lookup.find({.node = L"::1", .hints = hints(AI_V4MAPPED, AF_INET)}),
		      STATUS_NO_MATCH);
	expect_done(test, lookup.find({.node = L"127.0.0.1",
				       .service = L"9",
				       .hints = hints(AI_V4MAPPED, AF_INET6)}));
	EXPECT_EQ(test, lookup.count(), 1u);
	expect_entry(test, lookup.at(0), Address::mapped_loopback(9));
}

void no_node(struct kunit *test)
{
	Client client(test);

	REQUIRE(test, client.ready());

	Lookup lookup(client);

	expect_done(test, lookup.find({.service = L"7"}));
	EXPECT_EQ(test, lookup.count(), 2u);
	expect_entry(test, lookup.at(0), Address::loopback(AF_INET6, 7));
	expect_entry(test, lookup.at(1), Address::loopback(AF_INET, 7));
	expect_done(test, lookup.find({.node = L"", .service = L"7"}));
	expect_entry(test, lookup.at(0), Address::loopback(AF_INET6, 7));

	expect_done(test, lookup.find({.service = L"7", .hints = hints(AI_PASSIVE)}));
	EXPECT_EQ(test, lookup.count(), 2u);
	expect_entry(test, lookup.at(0), Address::any(AF_INET6, 7));
	expect_entry(test, lookup.at(1), Address::any(AF_INET, 7));

	const ADDRESS_FAMILY families[] = {AF_INET, AF_INET6};

	for (ADDRESS_FAMILY family : families) {
		expect_done(test, lookup.find({.service = L"0", .hints = hints(0, family)}));
		EXPECT_EQ(test, lookup.count(), 1u);
		expect_entry(test, lookup.at(0), Address::loopback(family));
		expect_done(test,
			    lookup.find({.service = L"0", .hints = hints(AI_PASSIVE, family)}));
		EXPECT_EQ(test, lookup.count(), 1u);
		expect_entry(test, lookup.at(0), Address::any(family));
	}
}

void hints_come_back(struct kunit *test)
{
	Client client(test);

	REQUIRE(test, client.ready());

	Lookup lookup(client);

	expect_done(test,
		    lookup.find({.service = L"7", .hints = hints(0, 0, SOCK_DGRAM, IPPROTO_UDP)}));
	EXPECT_EQ(test, lookup.count(), 2u);
	expect_entry(test, lookup.at(0), Address::loopback(AF_INET6, 7), SOCK_DGRAM, IPPROTO_UDP);
	expect_entry(test, lookup.at(1), Address::loopback(AF_INET, 7), SOCK_DGRAM, IPPROTO_UDP);
}

void without_hints(struct kunit *test)
{
	Client client(test);
	UNICODE_STRING node;
	PADDRINFOEXW list = nullptr;
	Request request;

	REQUIRE(test, client.ready());
	request.expect_status_in_information();
	RtlInitUnicodeString(&node, L"127.0.0.1");
	request.issue(test, [&](PIRP irp) {
		return client.provider()->WskGetAddressInfo(client.handle(), &node, nullptr, NS_DNS,
							    nullptr, nullptr, &list, nullptr,
							    nullptr, irp);
	});
	expect_done(test, request.wait());
	expect_entry(test, list, Address::loopback(AF_INET));
	client.provider()->WskFreeAddressInfo(client.handle(), list);
}

void names_of_literals(struct kunit *test)
{
	Client client(test);

	REQUIRE(test, client.ready());
	const INT flags[] = {AI_CANONNAME, AI_FQDN};

	for (INT flag : flags) {
		Lookup lookup(client);

		expect_done(test, lookup.find({.node = L"127.0.0.1", .hints = hints(flag)}));
		REQUIRE(test, lookup.list && lookup.list->ai_canonname);
		EXPECT_MEM_EQ(test, lookup.list->ai_canonname, L"127.0.0.1", 10 * sizeof(WCHAR));
	}
}

void services(struct kunit *test)
{
	Client client(test);
	StandIn handler("wsk1 failed none\n");

	REQUIRE(test, client.ready());

	Lookup lookup(client);

	const WCHAR *too_large[] = {L"65536", L"99999999999999999999"};

	for (const WCHAR *service : too_large)
		expect_failed(test, lookup.find({.node = L"127.0.0.1", .service = service}),
			      STATUS_NO_MATCH);
	const WCHAR *some[] = {L"http", L"8o", L" 80", L"-1", L"+80"};

	for (const WCHAR *service : some)
		expect_failed(test,
			      lookup.find({.node = L"127.0.0.1",
					   .service = service,
					   .hints = hints(AI_NUMERICSERV)}),
			      STATUS_NO_MATCH);
	EXPECT_EQ(test, handler.questions(), 0);
	expect_failed(test, lookup.find({.node = L"127.0.0.1", .service = L"http"}),
		      STATUS_NO_MATCH);
	EXPECT_EQ(test, handler.questions(), 1);
	expect_text(test, handler.question(), "wsk1 address 00000000 0 0 0 127.0.0.1 http");
}

constinit GUID guid = {};
constinit SOCKADDR some_address = {};
constinit WCHAR some_name[] = L"x";
constinit ADDRINFOEXW another = {};

constexpr ADDRINFOEXW hints_with(void (*change)(ADDRINFOEXW &hints))
{
	ADDRINFOEXW changed = {};

	change(changed);
	return changed;
}

constexpr struct {
	Query query;
	NTSTATUS status;
} mistakes[] = {
	{{}, STATUS_INVALID_PARAMETER},
	{{.node = L"", .service = L""}, STATUS_INVALID_PARAMETER},
	{{.node = L"::1", .hints = hints_with([](ADDRINFOEXW &h) { h.ai_addrlen = 16; })},
	 STATUS_INVALID_PARAMETER},
	{{.node = L"::1", .hints = hints_with([](ADDRINFOEXW &h) { h.ai_canonname = some_name; })},
	 STATUS_INVALID_PARAMETER},
	{{.node = L"::1", .hints = hints_with([](ADDRINFOEXW &h) { h.ai_addr = &some_address; })},
	 STATUS_INVALID_PARAMETER},
	{{.node = L"::1", .hints = hints_with([](ADDRINFOEXW &h) { h.ai_blob = &guid; })},
	 STATUS_INVALID_PARAMETER},
	{{.node = L"::1", .hints = hints_with([](ADDRINFOEXW &h) { h.ai_bloblen = 1; })},
	 STATUS_INVALID_PARAMETER},
	{{.node = L"::1", .hints = hints_with([](ADDRINFOEXW &h) { h.ai_provider = &guid; })},
	 STATUS_INVALID_PARAMETER},
	{{.node = L"::1", .hints = hints_with([](ADDRINFOEXW &h) { h.ai_next = &another; })},
	 STATUS_INVALID_PARAMETER},
	{{.node = L"::1", .hints = hints(0x20)}, STATUS_INVALID_PARAMETER},
	{{.node = L"::1", .hints = hints(AI_CANONNAME | AI_FQDN)}, STATUS_INVALID_PARAMETER},
	{{.service = L"1", .hints = hints(AI_CANONNAME)}, STATUS_INVALID_PARAMETER},
	{{.service = L"1", .hints = hints(AI_FQDN)}, STATUS_INVALID_PARAMETER},
	{{.node = L"::1", .hints = hints(AI_SECURE)}, STATUS_NOT_SUPPORTED},
	{{.node = L"::1", .hints = hints(AI_RETURN_PREFERRED_NAMES)}, STATUS_NOT_SUPPORTED},
	{{.node = L"::1", .hints = hints(static_cast<INT>(AI_EXTENDED))}, STATUS_NOT_SUPPORTED},
	{{.node = L"::1", .hints = hints(0, 10)}, STATUS_NOT_SUPPORTED},
	{{.node = L"::1", .hints = hints(0, -1)}, STATUS_NOT_SUPPORTED},
	{{.node = L"::1", .hints = hints(0, 0, SOCK_RDM)}, STATUS_NOT_SUPPORTED},
	{{.node = L"::1", .hints = hints(0, 0, -1)}, STATUS_NOT_SUPPORTED},
	{{.node = L"::1", .hints = hints(0, 0, 0, 256)}, STATUS_NOT_SUPPORTED},
	{{.node = L"::1", .hints = hints(0, 0, 0, -1)}, STATUS_NOT_SUPPORTED},
	{{.node = L"::1", .name_space = NS_WINS}, STATUS_NOT_SUPPORTED},
	{{.node = L"::1", .name_space = 13000}, STATUS_NOT_SUPPORTED},
	{{.node = L"::1", .provider = &guid}, STATUS_NOT_SUPPORTED},
};

void bad_input(struct kunit *test)
{
	Client client(test);

	REQUIRE(test, client.ready());
	for (const auto &mistake : mistakes) {
		Lookup lookup(client);

		expect_refused(test, lookup.find(mistake.query), mistake.status);
		EXPECT_NULL(test, lookup.list);
	}
}

void owners(struct kunit *test)
{
	const PETHREAD thread = reinterpret_cast<PETHREAD>(KeGetCurrentThread());
	Client client(test);

	REQUIRE(test, client.ready());

	Lookup lookup(client);

	expect_refused(test, lookup.find({.node = L"::1", .thread = thread}),
		       STATUS_INVALID_PARAMETER);
	expect_done(test, lookup.find({.node = L"::1", .process = IoGetCurrentProcess()}));
	expect_done(
		test,
		lookup.find({.node = L"::1", .process = IoGetCurrentProcess(), .thread = thread}));
}

void bad_strings(struct kunit *test)
{
	WCHAR buffer[] = L"::1";
	UNICODE_STRING odd = {5, 6, buffer}, bare = {6, 6, nullptr}, good = {6, 6, buffer};
	Client client(test);
	Query query = {};

	REQUIRE(test, client.ready());
	PUNICODE_STRING both[] = {&odd, &bare};

	for (PUNICODE_STRING bad : both) {
		Lookup lookup(client);

		lookup.start(query, bad, nullptr);
		expect_refused(test, lookup.request.wait(), STATUS_INVALID_PARAMETER);
		lookup.start(query, &good, bad);
		expect_refused(test, lookup.request.wait(), STATUS_INVALID_PARAMETER);
	}
}

void no_result(struct kunit *test)
{
	Client client(test);
	UNICODE_STRING node;
	Request request;

	REQUIRE(test, client.ready());
	RtlInitUnicodeString(&node, L"::1");
	request.expect_status_in_information();
	request.issue(test, [&](PIRP irp) {
		return client.provider()->WskGetAddressInfo(client.handle(), &node, nullptr, NS_ALL,
							    nullptr, nullptr, nullptr, nullptr,
							    nullptr, irp);
	});
	expect_refused(test, request.wait(), STATUS_INVALID_PARAMETER);
}

void lists_are_charged(struct kunit *test)
{
	wsk::DriverAccount *account = wsk::driver_of(__builtin_return_address(0));
	const long before = wsk::driver_outstanding(account, wsk::Resource::address_lists);
	Client client(test);

	REQUIRE(test, client.ready());
	{
		Lookup lookup(client);

		expect_done(test, lookup.find({.node = L"::1"}));
		EXPECT_EQ(test, wsk::driver_outstanding(account, wsk::Resource::address_lists),
			  before + 1);
	}
	EXPECT_EQ(test, wsk::driver_outstanding(account, wsk::Resource::address_lists), before);
}

void freeing(struct kunit *test)
{
	Client client(test);

	REQUIRE(test, client.ready());
	EXPECT_RULES(test, 0, client.provider()->WskFreeAddressInfo(client.handle(), nullptr));
	if (!bridge_checked())
		return; /* only checked builds know what they handed out */

	Lookup lookup(client);

	expect_done(test, lookup.find({.service = L"1"}));
	EXPECT_EQ(test, lookup.count(), 2u);
	EXPECT_RULES(test, 1,
		     client.provider()->WskFreeAddressInfo(client.handle(), lookup.list->ai_next));

	PADDRINFOEXW list = lookup.list;

	EXPECT_RULES(test, 1, client.provider()->WskFreeAddressInfo(nullptr, list));
	lookup.list = nullptr;
	EXPECT_RULES(test, 1, client.provider()->WskFreeAddressInfo(client.handle(), list));
}

constexpr bridge_case cases[] = {
	{"addresses are answered without asking", literals},
	{"addresses of fewer parts, and in other bases, are addresses", short_literals},
	{"what is no address is not taken for one", no_literals},
	{"the family decides, and AI_V4MAPPED", families},
	{"no node is the loopback, or with AI_PASSIVE the wildcard", no_node},
	{"type and protocol of the hints come back", hints_come_back},
	{"there need be no hints", without_hints},
	{"an address is its own canonical name", names_of_literals},
	{"ports are numbers up to 65535, other services are asked about", services},
	{"bad input is refused", bad_input},
	{"a thread is named only beside its process", owners},
	{"bad strings are refused", bad_strings},
	{"a call without Result is refused", no_result},
	{"a list is charged to its driver until it is freed", lists_are_charged},
	{"freeing NULL does nothing, freeing twice no harm", freeing},
};

} // namespace

BRIDGE_SUITE(wsk_address_info, cases, .network = true);
