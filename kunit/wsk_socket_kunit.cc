// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskSocket: which sockets there are, and the slots that are not built yet. */
#include "busy_poll.h"
#include "wsk_datagram_fixture.h"

namespace
{

using namespace wsk::test;

/* The arguments that the cases vary. */
struct Wanted {
	ADDRESS_FAMILY family = AF_INET;
	USHORT type = SOCK_STREAM;
	ULONG protocol = IPPROTO_TCP;
	ULONG flags = WSK_FLAG_CONNECTION_SOCKET;
};

void start(Client &client, Request &request, const Wanted &wanted)
{
	request.issue(client.test(), [&](PIRP irp) {
		return client.provider()->WskSocket(client.handle(), wanted.family, wanted.type,
						    wanted.protocol, wanted.flags, nullptr, nullptr,
						    nullptr, nullptr, nullptr, irp);
	});
}

Outcome make(Client &client, const Wanted &wanted)
{
	Request request;

	start(client, request, wanted);
	return request.wait();
}

void makes_listening_socket(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket socket(client, WSK_FLAG_LISTEN_SOCKET, family);

	REQUIRE(test, socket.open());
	EXPECT_TRUE(test, socket.basic()->WskControlSocket != nullptr);
	EXPECT_TRUE(test, socket.basic()->WskCloseSocket != nullptr);
	EXPECT_TRUE(test, socket.listen()->WskBind != nullptr);
	EXPECT_TRUE(test, socket.listen()->WskAccept != nullptr);
	EXPECT_TRUE(test, socket.listen()->WskInspectComplete != nullptr);
	EXPECT_TRUE(test, socket.listen()->WskGetLocalAddress != nullptr);
}

void makes_connection_socket(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket socket(client, WSK_FLAG_CONNECTION_SOCKET, family);

	REQUIRE(test, socket.open());
	EXPECT_TRUE(test, socket.basic()->WskControlSocket != nullptr);
	EXPECT_TRUE(test, socket.basic()->WskCloseSocket != nullptr);
	EXPECT_TRUE(test, socket.connection()->WskBind != nullptr);
	EXPECT_TRUE(test, socket.connection()->WskConnect != nullptr);
	EXPECT_TRUE(test, socket.connection()->WskGetLocalAddress != nullptr);
	EXPECT_TRUE(test, socket.connection()->WskGetRemoteAddress != nullptr);
	EXPECT_TRUE(test, socket.connection()->WskSend != nullptr);
	EXPECT_TRUE(test, socket.connection()->WskReceive != nullptr);
	EXPECT_TRUE(test, socket.connection()->WskDisconnect != nullptr);
	EXPECT_TRUE(test, socket.connection()->WskRelease != nullptr);
	EXPECT_TRUE(test, socket.connection()->WskConnectEx != nullptr);
	EXPECT_TRUE(test, socket.connection()->WskSendEx != nullptr);
	EXPECT_TRUE(test, socket.connection()->WskReceiveEx != nullptr);
}

void categories_have_their_tables(struct kunit *test)
{
	Client client(test);
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, AF_INET);
	Socket listener6(client, WSK_FLAG_LISTEN_SOCKET, AF_INET6);
	Socket connection(client, WSK_FLAG_CONNECTION_SOCKET, AF_INET);

	REQUIRE(test, listener.open() && listener6.open() && connection.open());
	EXPECT_PTR_EQ(test, listener.basic(), listener6.basic());
	EXPECT_PTR_NE(test, listener.basic(), connection.basic());
	EXPECT_PTR_NE(test, listener.handle(), listener6.handle());
}

void many_sockets_at_once(struct kunit *test)
{
	Client client(test);
	Request requests[8];

	REQUIRE(test, client.ready());
	for (auto &request : requests)
		start(client, request, {});
	for (auto &request : requests) {
		Socket socket(client);
		const Outcome outcome = request.wait();

		expect_done(test, outcome, outcome.information);
		socket.adopt(outcome);
		EXPECT_TRUE(test, socket.open());
	}
}

void combined_categories(struct kunit *test)
{
	Client client(test);
	const ULONG wrong[] = {
		WSK_FLAG_LISTEN_SOCKET | WSK_FLAG_CONNECTION_SOCKET,
		WSK_FLAG_DATAGRAM_SOCKET | WSK_FLAG_STREAM_SOCKET,
		0x10,
		WSK_FLAG_CONNECTION_SOCKET | 0x80000000,
		0xffffffff,
	};

	REQUIRE(test, client.ready());
	for (ULONG flags : wrong)
		expect_refused(test, make(client, {.flags = flags}), STATUS_INVALID_PARAMETER);
}

void unknown_family(struct kunit *test)
{
	Client client(test);
	/* 10 is what Linux calls AF_INET6; it must mean nothing here. */
	const ADDRESS_FAMILY wrong[] = {AF_UNSPEC, AF_UNIX, 10, 0xffff};

	REQUIRE(test, client.ready());
	for (ADDRESS_FAMILY family : wrong)
		expect_refused(test, make(client, {.family = family}), STATUS_NOT_SUPPORTED);
}

void unknown_type_or_protocol(struct kunit *test)
{
	Client client(test);
	const Wanted wrong[] = {
		{.type = 0},
		{.type = SOCK_DGRAM},
		{.type = SOCK_RAW},
		{.type = SOCK_SEQPACKET},
		{.type = 0xffff},
		{.protocol = 0},
		{.protocol = IPPROTO_UDP},
		{.protocol = 0xffffffff},
		{.type = SOCK_DGRAM, .protocol = IPPROTO_UDP},
		{.type = SOCK_DGRAM, .protocol = IPPROTO_UDP, .flags = WSK_FLAG_LISTEN_SOCKET},
		{.flags = WSK_FLAG_DATAGRAM_SOCKET},
		{.type = SOCK_RAW, .protocol = IPPROTO_ICMP, .flags = WSK_FLAG_STREAM_SOCKET},
	};

	REQUIRE(test, client.ready());
	for (const Wanted &wanted : wrong)
		expect_refused(test, make(client, wanted), STATUS_NOT_SUPPORTED);
}

void cancelled_before_the_call(struct kunit *test)
{
	Client client(test);
	Request request;
	Socket socket(client);

	REQUIRE(test, client.ready());
	/* Either the socket is made or it is not; nothing may be left over. */
	request.issue(test, [&](PIRP irp) {
		irp->Cancel = TRUE;
		return client.provider()->WskSocket(client.handle(), AF_INET, SOCK_STREAM,
						    IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET,
						    nullptr, nullptr, nullptr, nullptr, nullptr,
						    irp);
	});

	const Outcome outcome = request.wait();

	EXPECT_TRUE(test, outcome.status == STATUS_SUCCESS || outcome.status == STATUS_CANCELLED);
	socket.adopt(outcome);
}

/* It is for tasks that wait; a softirq that looks for more data must not. */
void never_polls_devices(struct kunit *test)
{
	constexpr ULONG time = 50;

	if (!busy_poll_settable())
		bridge_skip(test, "the system's setting is out of reach");
	const ULONG before = busy_poll_set(time);
	Client client(test);
	Datagram datagram(client, AF_INET);
	Pair pair(client, AF_INET);

	busy_poll_set(before);
	REQUIRE(test, datagram.bind_loopback() && pair.connected());
	const USHORT caller = pair.caller.local().port(), listener = pair.listener.address.port();

	EXPECT_EQ(test, busy_poll_of(IPPROTO_UDP, datagram.address.port(), 1), 0u);
	EXPECT_EQ(test, busy_poll_of(IPPROTO_TCP, listener, 0), 0u);
	EXPECT_EQ(test, busy_poll_of(IPPROTO_TCP, listener, caller), 0u);
	EXPECT_EQ(test, busy_poll_of(IPPROTO_TCP, caller, listener), 0u);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a listening socket has its whole table", makes_listening_socket),
	IPV4_AND_IPV6("a connection socket has its whole table", makes_connection_socket),
	{"each category has one table", categories_have_their_tables},
	{"many sockets are made at once", many_sockets_at_once},
	{"categories cannot be combined", combined_categories},
	{"an unknown family is not supported", unknown_family},
	{"an unknown type or protocol is not supported", unknown_type_or_protocol},
	{"an IRP that is cancelled already is completed once", cancelled_before_the_call},
	{"no socket polls network devices", never_polls_devices},
};

} // namespace

BRIDGE_SUITE(wsk_socket, cases, .network = true);
