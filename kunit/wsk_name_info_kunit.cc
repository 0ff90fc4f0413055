// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskGetNameInfo, with a function that stands in for the handler program. */
#include "stand_in.h"

namespace
{

using namespace wsk::test;

/* A string to be filled, between guards. */
class Text
{
public:
	explicit Text(USHORT units = 64)
	{
		for (WCHAR &unit : buffer_)
			unit = guard;
		string.MaximumLength = units * sizeof(WCHAR);
	}
	Text(const Text &) = delete;
	Text &operator=(const Text &) = delete;

	operator PUNICODE_STRING() { return &string; }

	void expect(struct kunit *test, const WCHAR *wanted, Site here = HERE)
	{
		SIZE_T length = 0;

		while (wanted[length])
			length++;
		check_true(test, here, "Length counts no NUL",
			   string.Length == length * sizeof(WCHAR), true);
		check_memory(test, here, "the text", "what is right", string.Buffer, wanted,
			     (length + 1) * sizeof(WCHAR));
		check_true(test, here, "nothing is written behind the NUL",
			   buffer_[length + 1] == guard, true);
	}
	bool untouched() const { return !string.Length && buffer_[0] == guard; }

private:
	static constexpr WCHAR guard = 0xeeee;
	WCHAR buffer_[66];

public:
	UNICODE_STRING string = {0, 0, buffer_};
};

struct Query {
	ULONG length = 0; /* 0: what the family has */
	ULONG flags = 0;
	PEPROCESS process = nullptr;
	PETHREAD thread = nullptr;
};

void start(Client &client, Request &request, PSOCKADDR address, PUNICODE_STRING node,
	   PUNICODE_STRING service, Query query = {}, Site here = HERE)
{
	if (!query.length)
		query.length =
			address->sa_family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
	request.expect_status_in_information();
	request.issue(
		client.test(),
		[&](PIRP irp) {
			return client.provider()->WskGetNameInfo(
				client.handle(), address, query.length, node, service, query.flags,
				query.process, query.thread, irp);
		},
		here);
}

Outcome find(Client &client, PSOCKADDR address, PUNICODE_STRING node, PUNICODE_STRING service,
	     Query query = {}, Site here = HERE)
{
	Request request;

	start(client, request, address, node, service, query, here);
	return request.wait(here);
}

constexpr ULONG numeric = NI_NUMERICHOST | NI_NUMERICSERV;

void numbers(struct kunit *test)
{
	Client client(test);
	StandIn handler("wsk1 failed none\n");

	REQUIRE(test, client.ready());

	struct {
		Address address;
		const WCHAR *node, *service;
	} rows[] = {
		{Address::loopback(AF_INET, 80), L"127.0.0.1", L"80"},
		{Address::any(AF_INET), L"0.0.0.0", L"0"},
		{Address::foreign(AF_INET, 65535), L"203.0.113.1", L"65535"},
		{Address::loopback(AF_INET6, 443), L"::1", L"443"},
		{Address::any(AF_INET6, 10), L"::", L"10"},
		{Address::foreign(AF_INET6, 9), L"2001:db8:ffff::1", L"9"},
		{Address::mapped_loopback(1), L"::ffff:127.0.0.1", L"1"},
		{Address::loopback(AF_INET6), L"::1%4294967295", L"0"},
	};

	rows[ARRAYSIZE(rows) - 1].address.ipv6()->sin6_scope_id = 0xffffffff;
	for (auto &row : rows) {
		Text node, service;

		expect_done(test, find(client, row.address, node, service, {.flags = numeric}));
		node.expect(test, row.node);
		service.expect(test, row.service);
	}
	EXPECT_EQ(test, handler.questions(), 0);
}

void one_of_two(struct kunit *test)
{
	Client client(test);
	StandIn handler("wsk1 failed none\n");
	Address address = Address::loopback(AF_INET, 21);

	REQUIRE(test, client.ready());

	Text node, service;

	/* NI_NAMEREQD is about nodes. */
	expect_done(test, find(client, address, nullptr, service,
			       {.flags = NI_NUMERICSERV | NI_NAMEREQD}));
	service.expect(test, L"21");
	expect_done(test, find(client, address, node, nullptr, {.flags = NI_NUMERICHOST}));
	node.expect(test, L"127.0.0.1");
	EXPECT_EQ(test, handler.questions(), 0);
	expect_done(test, find(client, address, nullptr, service));
	expect_text(test, handler.question(), "wsk1 name 00000000 4 7F000001 0 21 * service");
	expect_done(test, find(client, address, node, nullptr));
	expect_text(test, handler.question(), "wsk1 name 00000000 4 7F000001 0 21 node *");
}

void handler_answers(struct kunit *test)
{
	Client client(test);
	StandIn handler("wsk1 ok\nnode b=C3=BCro.example\nservice http\nend\n");
	Address address = Address::loopback(AF_INET6, 80);
	Text node, service;

	REQUIRE(test, client.ready());
	address.ipv6()->sin6_scope_id = 3;
	expect_done(test, find(client, address, node, service,
			       {.flags = NI_NOFQDN | NI_DGRAM | NI_NAMEREQD}));
	expect_text(test, handler.question(),
		    "wsk1 name 00000011 6 00000000000000000000000000000001 3 80 node service");
	node.expect(test, L"b\x00fcro.example");
	service.expect(test, L"http");
}

void numbers_stand_for_names(struct kunit *test)
{
	Client client(test);
	Address address = Address::loopback(AF_INET, 80);

	REQUIRE(test, client.ready());
	{
		StandIn handler("wsk1 ok\nnode *\nservice http\nend\n");
		Text node, service;

		expect_done(test, find(client, address, node, service));
		node.expect(test, L"127.0.0.1");
		service.expect(test, L"http");
	}
	{
		StandIn handler("wsk1 ok\nnode name\nservice *\nend\n");
		Text node, service;

		expect_done(test, find(client, address, node, service, {.flags = NI_NAMEREQD}));
		node.expect(test, L"name");
		service.expect(test, L"80");
	}
	const char *answers[] = {"wsk1 failed none\n", "wsk1 failed again\n"};

	for (const char *answer : answers) {
		StandIn handler(answer);
		Text node, service;

		expect_done(test, find(client, address, node, service));
		node.expect(test, L"127.0.0.1");
		service.expect(test, L"80");
	}
	StandIn handler(nullptr, -PORT_ENOENT);
	Text node, service;

	expect_done(test, find(client, address, node, service));
	node.expect(test, L"127.0.0.1");
	service.expect(test, L"80");
}

void names_required(struct kunit *test)
{
	const struct {
		const char *answer;
		int64_t error;
		NTSTATUS status;
	} rows[] = {
		{"wsk1 ok\nnode *\nservice http\nend\n", 0, STATUS_NO_MATCH},
		{"wsk1 failed none\n", 0, STATUS_NO_MATCH},
		{"wsk1 failed again\n", 0, STATUS_IO_TIMEOUT},
		{"wsk1 failed memory\n", 0, STATUS_INSUFFICIENT_RESOURCES},
		{"wsk1 failed failed\n", 0, STATUS_UNEXPECTED_NETWORK_ERROR},
		{nullptr, -PORT_ENOENT, STATUS_DEVICE_NOT_READY},
	};
	Client client(test);
	Address address = Address::loopback(AF_INET, 80);

	REQUIRE(test, client.ready());
	for (const auto &row : rows) {
		StandIn handler(row.answer, row.error);
		Text node, service;

		expect_failed(test, find(client, address, node, service, {.flags = NI_NAMEREQD}),
			      row.status);
		EXPECT_TRUE(test, node.untouched());
		EXPECT_TRUE(test, service.untouched());
	}
	Text node;

	/* A number is no name. */
	expect_failed(test,
		      find(client, address, node, nullptr, {.flags = NI_NAMEREQD | NI_NUMERICHOST}),
		      STATUS_NO_MATCH);
}

void small_buffers(struct kunit *test)
{
	Client client(test);
	Address address = Address::loopback(AF_INET, 80);

	REQUIRE(test, client.ready());
	{
		/* With the NUL they need 10 and 3. */
		Text node(10), service(3), less_node(9), less_service(2), none(0);

		expect_done(test, find(client, address, node, service, {.flags = numeric}));
		node.expect(test, L"127.0.0.1");
		service.expect(test, L"80");
		Text *both[] = {&less_node, &none};

		for (Text *small : both) {
			Text whole;

			expect_failed(test,
				      find(client, address, *small, whole, {.flags = numeric}),
				      STATUS_BUFFER_TOO_SMALL);
			EXPECT_TRUE(test, small->untouched());
			EXPECT_TRUE(test, whole.untouched());
		}
		Text whole;

		expect_failed(test, find(client, address, whole, less_service, {.flags = numeric}),
			      STATUS_BUFFER_TOO_SMALL);
		EXPECT_TRUE(test, whole.untouched());
		EXPECT_TRUE(test, less_service.untouched());
	}
	StandIn handler("wsk1 ok\nnode =C3=BC=F0=9F=98=80\nservice *\nend\n");
	Text node(4), less(3);

	/* Three units of UTF-16, a pair among them. */
	expect_done(test, find(client, address, node, nullptr));
	node.expect(test, L"\x00fc\xd83d\xde00");
	expect_failed(test, find(client, address, less, nullptr), STATUS_BUFFER_TOO_SMALL);
	EXPECT_TRUE(test, less.untouched());
}

void nonsense(struct kunit *test)
{
	const char *answers[] = {
		" ",
		"wsk1 ok\n",
		"wsk1 ok\nend\n",
		"wsk1 ok\nnode a\nend\n",
		"wsk1 ok\nservice a\nnode b\nend\n",
		"wsk1 ok\nnode a\nservice b\n",
		"wsk1 ok\nnode a\nservice b\nend\nmore",
		"wsk1 ok\nnode \nservice b\nend\n",
		"wsk1 ok\nnode a b\nservice b\nend\n",
		"wsk1 ok\nnode =FF\nservice b\nend\n",
		"wsk1 ok\nnode a\nservice =00\nend\n",
		"wsk1 ok\nnode a\nnode b\nservice b\nend\n",
		"wsk1 ok\naddress 4 0 0 0 7F000001 0\nend\n",
	};
	Client client(test);
	Address address = Address::loopback(AF_INET, 80);

	REQUIRE(test, client.ready());
	for (const char *answer : answers) {
		StandIn handler(answer);
		Text node, service;
		const Outcome outcome = find(client, address, node, service);
		const Site here = HERE;

		if (outcome.status != STATUS_INVALID_NETWORK_RESPONSE)
			bridge_fail(test, &here, "\"%s\" is taken for an answer", answer);
		EXPECT_TRUE(test, node.untouched());
		EXPECT_TRUE(test, service.untouched());
	}
}

void cancelled(struct kunit *test)
{
	Client client(test);
	Address address = Address::loopback(AF_INET, 80);
	StandIn handler("wsk1 ok\nnode name\nservice http\nend\n");
	Text node, service;

	REQUIRE(test, client.ready());
	handler.hold_back();
	{
		Request request;

		start(client, request, address, node, service);
		EXPECT_TRUE(test, handler.was_asked());
		EXPECT_TRUE(test, request.cancel());
		expect_failed(test, request.wait(), STATUS_CANCELLED);
	}
	handler.answer_now();
	expect_done(test, find(client, address, nullptr, service));
	service.expect(test, L"http");
	EXPECT_TRUE(test, node.untouched());
}

void bad_input(struct kunit *test)
{
	Client client(test);
	Address ipv4 = Address::loopback(AF_INET, 80), ipv6 = Address::loopback(AF_INET6, 80),
		linux_ipv6 = Address::any(10), unspecified = Address::any(AF_UNSPEC);
	const PETHREAD thread = reinterpret_cast<PETHREAD>(KeGetCurrentThread());
	UNICODE_STRING bare = {0, 16, nullptr};
	Text node, service;
	const struct {
		PSOCKADDR address;
		PUNICODE_STRING node, service;
		Query query;
		NTSTATUS status;
	} mistakes[] = {
		{nullptr, node, service, {.length = 16}, STATUS_INVALID_PARAMETER},
		{ipv4, nullptr, nullptr, {}, STATUS_INVALID_PARAMETER},
		{ipv4, &bare, service, {}, STATUS_INVALID_PARAMETER},
		{ipv4, node, &bare, {}, STATUS_INVALID_PARAMETER},
		{ipv4, node, service, {.flags = 0x20}, STATUS_INVALID_PARAMETER},
		{ipv4, node, service, {.length = 1}, STATUS_INVALID_PARAMETER},
		{ipv4, node, service, {.length = 15}, STATUS_INVALID_PARAMETER},
		{ipv6, node, service, {.length = 16}, STATUS_INVALID_PARAMETER},
		{ipv6, node, service, {.length = 129}, STATUS_INVALID_PARAMETER},
		{ipv4, node, service, {.thread = thread}, STATUS_INVALID_PARAMETER},
		{linux_ipv6, node, service, {.length = 28}, STATUS_NOT_SUPPORTED},
		{unspecified, node, service, {.length = 28}, STATUS_NOT_SUPPORTED},
	};

	REQUIRE(test, client.ready());
	for (const auto &mistake : mistakes) {
		expect_refused(
			test,
			find(client, mistake.address, mistake.node, mistake.service, mistake.query),
			mistake.status);
		EXPECT_TRUE(test, node.untouched());
		EXPECT_TRUE(test, service.untouched());
	}
	expect_done(test, find(client, ipv4, node, nullptr,
			       {.flags = NI_NUMERICHOST,
				.process = IoGetCurrentProcess(),
				.thread = thread}));
}

void storage_is_long_enough(struct kunit *test)
{
	Client client(test);
	SOCKADDR_STORAGE storage = {};
	Text node;

	REQUIRE(test, client.ready());
	RtlCopyMemory(&storage, static_cast<PSOCKADDR>(Address::loopback(AF_INET)),
		      sizeof(SOCKADDR_IN));
	expect_done(test, find(client, reinterpret_cast<PSOCKADDR>(&storage), node, nullptr,
			       {.length = sizeof(storage), .flags = NI_NUMERICHOST}));
	node.expect(test, L"127.0.0.1");
}

constexpr bridge_case cases[] = {
	{"numbers are told without asking", numbers},
	{"either of the two may be left out", one_of_two},
	{"the handler's names come as UTF-16", handler_answers},
	{"a number stands for what has no name", numbers_stand_for_names},
	{"with NI_NAMEREQD a node without name has no match", names_required},
	{"what does not fit with its NUL is not written at all", small_buffers},
	{"nonsense is no answer", nonsense},
	{"cancelling completes at once, and a late answer is dropped", cancelled},
	{"bad input is refused", bad_input},
	{"a SOCKADDR_STORAGE may hold the address", storage_is_long_enough},
};

} // namespace

BRIDGE_SUITE(wsk_name_info, cases, .network = true);
