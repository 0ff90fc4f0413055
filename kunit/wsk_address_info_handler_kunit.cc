// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * WskGetAddressInfo, where it asks. The handler program that user space has is shown by
 * scripts/check-vm; here a function stands in for it, behind the same key service.
 */
#include "lookup.h"
#include "port/memory.h"
#include "stand_in.h"

namespace
{

using namespace wsk::test;

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
	{"running out of memory fails the request", memory_is_short},
};

} // namespace

BRIDGE_SUITE(wsk_address_info_handler, cases, .network = true);
