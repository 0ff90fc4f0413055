// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * WskGetAddressInfo and WskFreeAddressInfo. The handler program that user space has is shown by
 * scripts/check-vm; here a function stands in for it, behind the same key service.
 */
#include "nt/driver.h"
#include "port/memory.h"
#include "stand_in.h"

namespace
{

using namespace wsk::test;

/* Everything for one call. */
struct Query {
	const WCHAR *node = nullptr;
	const WCHAR *service = nullptr;
	ADDRINFOEXW hints = {};
	ULONG name_space = NS_ALL;
	GUID *provider = nullptr;
	PEPROCESS process = nullptr;
	PETHREAD thread = nullptr;
};

constexpr ADDRINFOEXW hints(INT flags, INT family = AF_UNSPEC, INT type = 0, INT protocol = 0)
{
	ADDRINFOEXW hints = {};

	hints.ai_flags = flags;
	hints.ai_family = family;
	hints.ai_socktype = type;
	hints.ai_protocol = protocol;
	return hints;
}

/* A lookup and its list, which is freed in the end. */
class Lookup
{
public:
	explicit Lookup(Client &client) : client_(client)
	{
		request.expect_status_in_information();
	}
	~Lookup() { free(); }
	Lookup(const Lookup &) = delete;
	Lookup &operator=(const Lookup &) = delete;

	void start(Query query, Site here = HERE)
	{
		UNICODE_STRING node, service;

		RtlInitUnicodeString(&node, query.node);
		RtlInitUnicodeString(&service, query.service);
		start(query, query.node ? &node : nullptr, query.service ? &service : nullptr,
		      here);
	}
	void start(Query &query, PUNICODE_STRING node, PUNICODE_STRING service, Site here = HERE)
	{
		request.issue(
			client_.test(),
			[&](PIRP irp) {
				return client_.provider()->WskGetAddressInfo(
					client_.handle(), node, service, query.name_space,
					query.provider, &query.hints, &list, query.process,
					query.thread, irp);
			},
			here);
	}
	Outcome find(Query query, Site here = HERE)
	{
		free();
		start(query, here);
		return request.wait(here);
	}
	void free()
	{
		client_.provider()->WskFreeAddressInfo(client_.handle(), list);
		list = nullptr;
	}
	ULONG count() const
	{
		ULONG found = 0;

		for (PADDRINFOEXW one = list; one; one = one->ai_next)
			found++;
		return found;
	}
	const ADDRINFOEXW *at(ULONG index) const
	{
		PADDRINFOEXW one = list;

		while (one && index--)
			one = one->ai_next;
		return one;
	}

	Request request;
	PADDRINFOEXW list = nullptr;

private:
	Client &client_;
};

void expect_entry(struct kunit *test, const ADDRINFOEXW *entry, Address wanted, INT type = 0,
		  INT protocol = 0, Site here = HERE)
{
	check_true(test, here, "there is an entry", entry && entry->ai_addr, true);
	if (!entry || !entry->ai_addr)
		return;

	const bool ipv6 = wanted.family() == AF_INET6;
	const SIZE_T length = ipv6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN);

	check_true(test, here, "the family is right", entry->ai_family == wanted.family(), true);
	check_true(test, here, "the length is right", entry->ai_addrlen == length, true);
	check_true(test, here, "the type is right", entry->ai_socktype == type, true);
	check_true(test, here, "the protocol is right", entry->ai_protocol == protocol, true);
	check_true(test, here, "blob and provider are empty",
		   !entry->ai_blob && !entry->ai_bloblen && !entry->ai_provider, true);
	check_memory(test, here, "the address", "what is right", entry->ai_addr,
		     static_cast<PSOCKADDR>(wanted), length);
}

Address ipv4(UCHAR a, UCHAR b, UCHAR c, UCHAR d, USHORT port = 0)
{
	Address address = Address::any(AF_INET, port);

	address.ipv4()->sin_addr.S_un.S_un_b = {a, b, c, d};
	return address;
}

Address documentation6(USHORT last, USHORT port = 0, ULONG scope = 0)
{
	Address address = Address::any(AF_INET6, port);
	PSOCKADDR_IN6 ipv6 = address.ipv6();

	ipv6->sin6_addr.u.Byte[0] = 0x20;
	ipv6->sin6_addr.u.Byte[1] = 0x01;
	ipv6->sin6_addr.u.Byte[2] = 0x0d;
	ipv6->sin6_addr.u.Byte[3] = 0xb8;
	ipv6->sin6_addr.u.Byte[15] = static_cast<UCHAR>(last);
	ipv6->sin6_scope_id = scope;
	return address;
}

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

void handler_answers(struct kunit *test)
{
	Client client(test);
	StandIn handler("wsk1 ok\n"
			"canonical gr=C3=BCn.example\n"
			"address 6 1 6 443 20010DB8000000000000000000000009 3\n"
			"address 4 1 6 443 C0000205 0\n"
			"end\n");

	REQUIRE(test, client.ready());

	Lookup lookup(client);

	expect_done(test, lookup.find({.node = L"gr\x00fcn.example",
				       .service = L"https",
				       .hints = hints(AI_CANONNAME | AI_ADDRCONFIG, 0, SOCK_STREAM,
						      IPPROTO_TCP)}));
	expect_text(test, handler.question(),
		    "wsk1 address 00000402 0 1 6 gr=C3=BCn.example https");
	EXPECT_EQ(test, lookup.count(), 2u);
	expect_entry(test, lookup.at(0), documentation6(9, 443, 3), SOCK_STREAM, IPPROTO_TCP);
	expect_entry(test, lookup.at(1), ipv4(192, 0, 2, 5, 443), SOCK_STREAM, IPPROTO_TCP);
	REQUIRE(test, lookup.count() == 2 && lookup.list->ai_canonname);
	EXPECT_MEM_EQ(test, lookup.list->ai_canonname, L"gr\x00fcn.example", 13 * sizeof(WCHAR));
	EXPECT_NULL(test, lookup.at(1)->ai_canonname);
}

void ports_are_ours(struct kunit *test)
{
	Client client(test);
	StandIn handler("wsk1 ok\naddress 4 0 0 0 7F000001 0\nend\n");

	REQUIRE(test, client.ready());

	Lookup lookup(client);

	expect_done(test, lookup.find({.node = L"here", .service = L"8080"}));
	expect_text(test, handler.question(), "wsk1 address 00000000 0 0 0 here *");
	expect_entry(test, lookup.at(0), Address::loopback(AF_INET, 8080));
	expect_done(test, lookup.find({.node = L"here"}));
	expect_entry(test, lookup.at(0), Address::loopback(AF_INET));
	expect_done(test, lookup.find({.service = L"name"}));
	expect_text(test, handler.question(), "wsk1 address 00000000 0 0 0 * name");
}

void flags_are_passed_on(struct kunit *test)
{
	Client client(test);
	StandIn handler("wsk1 failed none\n");

	REQUIRE(test, client.ready());

	Lookup lookup(client);

	expect_failed(test,
		      lookup.find({.node = L"n",
				   .service = L"1",
				   .hints = hints(AI_PASSIVE | AI_FQDN | AI_NUMERICSERV |
							  AI_DNS_ONLY | AI_ALL | AI_ADDRCONFIG |
							  AI_V4MAPPED | AI_NON_AUTHORITATIVE |
							  AI_FILESERVER | AI_DISABLE_IDN_ENCODING,
						  AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)}),
		      STATUS_NO_MATCH);
	expect_text(test, handler.question(), "wsk1 address 000A0D19 6 3 58 n *");
}

void strange_names(struct kunit *test)
{
	Client client(test);
	StandIn handler("wsk1 failed none\n");

	REQUIRE(test, client.ready());

	Lookup lookup(client);

	expect_failed(test, lookup.find({.node = L"a b%c\"d'e\\f$g`h;i|j=k*\n"}), STATUS_NO_MATCH);
	expect_text(test, handler.question(),
		    "wsk1 address 00000000 0 0 0 "
		    "a=20b=25c=22d=27e=5Cf=24g=60h=3Bi=7Cj=3Dk=2A=0A *");
	/* A pair of surrogates is one character. */
	expect_failed(test, lookup.find({.node = L"\xd83d\xde00"}), STATUS_NO_MATCH);
	expect_text(test, handler.question(), "wsk1 address 00000000 0 0 0 =F0=9F=98=80 *");
	EXPECT_EQ(test, handler.questions(), 2);
	/* Halves are none. */
	expect_failed(test, lookup.find({.node = L"a\xd83d"}), STATUS_NO_MATCH);
	expect_failed(test, lookup.find({.node = L"\xde00z"}), STATUS_NO_MATCH);
	expect_failed(test, lookup.find({.node = L"a", .service = L"\xde00z"}), STATUS_NO_MATCH);
	EXPECT_EQ(test, handler.questions(), 2);
}

void strings_end_at_a_nul(struct kunit *test)
{
	WCHAR buffer[] = L"127.0.0.1\0.example";
	UNICODE_STRING node = {sizeof(buffer), sizeof(buffer), buffer};
	Client client(test);
	Query query = {};

	REQUIRE(test, client.ready());

	Lookup lookup(client);

	lookup.start(query, &node, nullptr);
	expect_done(test, lookup.request.wait());
	expect_entry(test, lookup.at(0), Address::loopback(AF_INET));
	lookup.free();
	/* And need not have one. */
	node = {18, 18, buffer};
	buffer[9] = '9';
	lookup.start(query, &node, nullptr);
	expect_done(test, lookup.request.wait());
	expect_entry(test, lookup.at(0), Address::loopback(AF_INET));
}

void long_names(struct kunit *test)
{
	constexpr USHORT most = 1024;
	static WCHAR buffer[most + 1];
	UNICODE_STRING name = {most * sizeof(WCHAR), sizeof(buffer), buffer};
	UNICODE_STRING short_name = {};
	Client client(test);
	StandIn handler("wsk1 failed again\n");
	Query query = {};

	REQUIRE(test, client.ready());
	RtlInitUnicodeString(&short_name, L"n");

	Lookup lookup(client);

	for (WCHAR &unit : buffer)
		unit = '%'; /* three characters of the question */
	lookup.start(query, &name, nullptr);
	expect_failed(test, lookup.request.wait(), STATUS_IO_TIMEOUT);
	EXPECT_EQ(test, handler.questions(), 1);
	name.Length += sizeof(WCHAR);
	lookup.start(query, &name, nullptr);
	expect_failed(test, lookup.request.wait(), STATUS_NO_MATCH);
	name.Length = 32 * sizeof(WCHAR);
	lookup.start(query, &short_name, &name);
	expect_failed(test, lookup.request.wait(), STATUS_NO_MATCH);
	EXPECT_EQ(test, handler.questions(), 1);
	/* As many units, but more bytes. */
	for (WCHAR &unit : buffer)
		unit = 0x4e16;
	name.Length = most * sizeof(WCHAR);
	lookup.start(query, &name, nullptr);
	expect_failed(test, lookup.request.wait(), STATUS_NO_MATCH);
	EXPECT_EQ(test, handler.questions(), 1);
}

void handler_fails(struct kunit *test)
{
	const struct {
		const char *answer;
		NTSTATUS status;
	} failures[] = {
		{"wsk1 failed none\n", STATUS_NO_MATCH},
		{"wsk1 failed again\n", STATUS_IO_TIMEOUT},
		{"wsk1 failed memory\n", STATUS_INSUFFICIENT_RESOURCES},
		{"wsk1 failed unsupported\n", STATUS_NOT_SUPPORTED},
		{"wsk1 failed failed\n", STATUS_UNEXPECTED_NETWORK_ERROR},
		{"wsk1 failed otherwise\n", STATUS_UNEXPECTED_NETWORK_ERROR},
	};
	Client client(test);

	REQUIRE(test, client.ready());
	for (const auto &failure : failures) {
		StandIn handler(failure.answer);
		Lookup lookup(client);

		expect_failed(test, lookup.find({.node = L"name"}), failure.status);
		EXPECT_NULL(test, lookup.list);
	}
}

void no_handler(struct kunit *test)
{
	const struct {
		int64_t error;
		NTSTATUS status;
	} errors[] = {
		{-PORT_ENOENT, STATUS_DEVICE_NOT_READY},
		{-PORT_ENOMEM, STATUS_INSUFFICIENT_RESOURCES},
		{-PORT_EACCES, STATUS_INVALID_NETWORK_RESPONSE},
	};
	Client client(test);

	REQUIRE(test, client.ready());
	for (const auto &one : errors) {
		StandIn handler(nullptr, one.error);
		Lookup lookup(client);

		expect_failed(test, lookup.find({.node = L"name"}), one.status);
		EXPECT_NULL(test, lookup.list);
	}
}

void nonsense(struct kunit *test)
{
	const char *answers[] = {
		" ",
		"\n",
		"wsk1",
		"wsk1 ok",
		"wsk1 ok\n",
		"wsk1 ok\nend\n",
		"wsk2 ok\naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1  ok\naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1 ok more\naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1 failed\n",
		"wsk1 failed none",
		"wsk1 failed none more\n",
		"wsk1 failed none\nend\n",
		"wsk1 ok\naddress 4 0 0 0 7F000001 0\n",
		"wsk1 ok\naddress 4 0 0 0 7F000001 0\nend",
		"wsk1 ok\naddress 4 0 0 0 7F000001 0\nend\nmore",
		"wsk1 ok\naddress 5 0 0 0 7F000001 0\nend\n",
		"wsk1 ok\naddress 4 4 0 0 7F000001 0\nend\n",
		"wsk1 ok\naddress 4 0 256 0 7F000001 0\nend\n",
		"wsk1 ok\naddress 4 0 0 65536 7F000001 0\nend\n",
		"wsk1 ok\naddress 4 0 0 99999999999 7F000001 0\nend\n",
		"wsk1 ok\naddress 4 0 0 -1 7F000001 0\nend\n",
		"wsk1 ok\naddress 4 0 0 0 7F0000 0\nend\n",
		"wsk1 ok\naddress 4 0 0 0 7F00000100 0\nend\n",
		"wsk1 ok\naddress 4 0 0 0 7f000001 0\nend\n",
		"wsk1 ok\naddress 6 0 0 0 7F000001 0\nend\n",
		"wsk1 ok\naddress 4 0 0 0 7F000001\nend\n",
		"wsk1 ok\naddress 4 0 0 0 7F000001 4294967296\nend\n",
		"wsk1 ok\naddress 4 0 0 0 7F000001 0 0\nend\n",
		"wsk1 ok\naddress 4 0 0 0 7F000001 0\ncanonical a\nend\n",
		"wsk1 ok\ncanonical a\ncanonical b\naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1 ok\ncanonical \naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1 ok\ncanonical a=\naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1 ok\ncanonical a=2\naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1 ok\ncanonical a=2g\naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1 ok\ncanonical a=00b\naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1 ok\ncanonical a=C3\naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1 ok\ncanonical a=C3b\naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1 ok\ncanonical =ED=A0=80\naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1 ok\ncanonical a/b\naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1 ok\ncanonical a b\naddress 4 0 0 0 7F000001 0\nend\n",
		"wsk1 ok\nnode a\nservice b\nend\n",
	};
	Client client(test);

	REQUIRE(test, client.ready());
	for (const char *answer : answers) {
		StandIn handler(answer);
		Lookup lookup(client);
		const Outcome outcome = lookup.find({.node = L"name"});
		const Site here = HERE;

		if (outcome.status != STATUS_INVALID_NETWORK_RESPONSE)
			bridge_fail(test, &here, "\"%s\" is taken for an answer", answer);
		EXPECT_NULL(test, lookup.list);
	}
}

void long_answers(struct kunit *test)
{
	static char answer[PORT_RESOLVE_ANSWER_BYTES + 2];
	constexpr char line[] = "address 4 0 0 0 7F000001 0\n";
	Client client(test);
	SIZE_T length = 0;

	REQUIRE(test, client.ready());
	for (const char *head = "wsk1 ok\n"; *head; head++)
		answer[length++] = *head;
	for (int lines = 0; lines < 256; lines++)
		for (const char *at = line; *at; at++)
			answer[length++] = *at;

	const SIZE_T lines_end = length;

	for (const char *end = "end\n"; *end; end++)
		answer[length++] = *end;
	{
		StandIn handler(answer);
		Lookup lookup(client);

		expect_done(test, lookup.find({.node = L"name"}));
		EXPECT_EQ(test, lookup.count(), 256u);
	}
	length = lines_end;
	for (const char *at = line; *at; at++)
		answer[length++] = *at;
	for (const char *end = "end\n"; *end; end++)
		answer[length++] = *end;
	{
		StandIn handler(answer);
		Lookup lookup(client);

		expect_failed(test, lookup.find({.node = L"name"}),
			      STATUS_INVALID_NETWORK_RESPONSE);
	}
	while (length < PORT_RESOLVE_ANSWER_BYTES + 1)
		answer[length++] = ' ';
	StandIn handler(answer);
	Lookup lookup(client);

	expect_failed(test, lookup.find({.node = L"name"}), STATUS_INVALID_NETWORK_RESPONSE);
}

constexpr char loopback_answer[] = "wsk1 ok\naddress 4 0 0 0 7F000001 0\nend\n";

void cancelled_while_asking(struct kunit *test)
{
	Client client(test);
	StandIn handler(loopback_answer);

	REQUIRE(test, client.ready());
	handler.hold_back();
	{
		Lookup lookup(client);

		lookup.start({.node = L"name"});
		EXPECT_TRUE(test, handler.was_asked());
		EXPECT_TRUE(test, lookup.request.pending());
		EXPECT_TRUE(test, lookup.request.cancel());
		/* At once, though the handler still thinks. */
		EXPECT_FALSE(test, lookup.request.pending());
		expect_failed(test, lookup.request.wait(), STATUS_CANCELLED);
		handler.answer_now();
		EXPECT_NULL(test, lookup.list);
	}
	/* The next one gets its own answer. */
	Lookup lookup(client);

	expect_done(test, lookup.find({.node = L"name"}));
	EXPECT_EQ(test, lookup.count(), 1u);
}

void cancelled_before(struct kunit *test)
{
	Client client(test);
	StandIn handler(loopback_answer);
	UNICODE_STRING node;
	PADDRINFOEXW list = nullptr;
	Request request;

	REQUIRE(test, client.ready());
	RtlInitUnicodeString(&node, L"name");
	request.expect_status_in_information();
	request.issue(test, [&](PIRP irp) {
		IoCancelIrp(irp);
		return client.provider()->WskGetAddressInfo(client.handle(), &node, nullptr, NS_ALL,
							    nullptr, nullptr, &list, nullptr,
							    nullptr, irp);
	});
	expect_failed(test, request.wait(), STATUS_CANCELLED);
	EXPECT_NULL(test, list);
	EXPECT_EQ(test, handler.questions(), 0);
}

void several_at_once(struct kunit *test)
{
	Client client(test);
	StandIn handler(loopback_answer);

	REQUIRE(test, client.ready());
	handler.hold_back();
	{
		Lookup one(client), two(client), three(client);

		one.start({.node = L"one"});
		two.start({.node = L"two"});
		three.start({.node = L"three"});
		/* None waits for another. */
		EXPECT_TRUE(test, handler.was_asked(3));
		EXPECT_TRUE(test, two.request.cancel());
		expect_failed(test, two.request.wait(), STATUS_CANCELLED);
		handler.answer_now();
		expect_done(test, one.request.wait());
		expect_done(test, three.request.wait());
		EXPECT_EQ(test, one.count(), 1u);
		EXPECT_EQ(test, three.count(), 1u);
	}
}

/* A registration that is deregistered on another thread. */
struct Leaver {
	WSK_REGISTRATION registration;
	KEVENT gone;
};

void deregistering_waits(struct kunit *test)
{
	constexpr WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};
	WSK_CLIENT_NPI client = {nullptr, &dispatch};
	WSK_PROVIDER_NPI provider;
	StandIn handler(loopback_answer);
	PADDRINFOEXW list = nullptr;
	UNICODE_STRING node;
	Request request;
	Leaver leaver;

	RtlInitUnicodeString(&node, L"name");
	KeInitializeEvent(&leaver.gone, NotificationEvent, FALSE);
	REQUIRE(test, WskRegister(&client, &leaver.registration) == STATUS_SUCCESS);
	EXPECT_STATUS(test, WskCaptureProviderNPI(&leaver.registration, WSK_NO_WAIT, &provider),
		      STATUS_SUCCESS);
	handler.hold_back();
	request.expect_status_in_information();
	request.issue(test, [&](PIRP irp) {
		return provider.Dispatch->WskGetAddressInfo(provider.Client, &node, nullptr, NS_ALL,
							    nullptr, nullptr, &list, nullptr,
							    nullptr, irp);
	});
	EXPECT_TRUE(test, handler.was_asked());
	WskReleaseProviderNPI(&leaver.registration);

	bridge_thread *thread = bridge_thread_start(
		[](void *context) {
			auto *self = static_cast<Leaver *>(context);

			WskDeregister(&self->registration);
			KeSetEvent(&self->gone, IO_NO_INCREMENT, FALSE);
		},
		&leaver);

	EXPECT_NOT_NULL(test, thread);
	bridge_sleep_ms(50);
	EXPECT_FALSE(test, KeReadStateEvent(&leaver.gone));
	EXPECT_TRUE(test, request.cancel());
	expect_failed(test, request.wait(), STATUS_CANCELLED);
	/* It waits for the IRP, and not for the handler. */
	EXPECT_TRUE(test, wait_for(&leaver.gone));
	handler.answer_now();
	bridge_thread_join(thread);
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

void memory_is_short(struct kunit *test)
{
	Client client(test);
	StandIn handler(loopback_answer);

	REQUIRE(test, client.ready());
	for (unsigned int nth = 1; nth < 4; nth++) {
		Lookup lookup(client);

		port_alloc_fail(nth);

		const Outcome outcome = lookup.find({.node = L"name"});

		/* The list, and what asks for it. */
		if (port_alloc_fail(0))
			expect_failed(test, outcome, STATUS_INSUFFICIENT_RESOURCES);
		else
			expect_done(test, outcome);
	}
	Lookup lookup(client);

	port_alloc_fail(1);
	expect_failed(test, lookup.find({.node = L"::1"}), STATUS_INSUFFICIENT_RESOURCES);
	port_alloc_fail(0);
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
	{"the handler's list comes in its order", handler_answers},
	{"a port given as a number goes with each address", ports_are_ours},
	{"the handler is told flags, family, type and protocol", flags_are_passed_on},
	{"names may hold any character", strange_names},
	{"a name ends at its NUL, or at its Length", strings_end_at_a_nul},
	{"names longer than there can be have no match", long_names},
	{"each failure of the handler has its status", handler_fails},
	{"without a handler the device is not ready", no_handler},
	{"nonsense is no answer", nonsense},
	{"an answer has at most 256 addresses and 16 KiB", long_answers},
	{"cancelling completes at once, and a late answer is dropped", cancelled_while_asking},
	{"an IRP that is cancelled already asks nobody", cancelled_before},
	{"several questions are asked at once", several_at_once},
	{"deregistering waits for the request", deregistering_waits},
	{"bad input is refused", bad_input},
	{"a thread is named only beside its process", owners},
	{"bad strings are refused", bad_strings},
	{"a call without Result is refused", no_result},
	{"a list is charged to its driver until it is freed", lists_are_charged},
	{"freeing NULL does nothing, freeing twice no harm", freeing},
	{"running out of memory fails the request", memory_is_short},
};

} // namespace

BRIDGE_SUITE(wsk_address_info, cases, .network = true);
