// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * What every function does about the same mistakes: no IRP, an IRP without room, no socket, no
 * client. What is particular to one function is in its own suite.
 */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

/* Sockets in a state in which the functions would work, and arguments that fit. */
struct Stage {
	explicit Stage(struct kunit *test)
		: client(test), fresh(client, WSK_FLAG_CONNECTION_SOCKET, AF_INET),
		  stream(client, WSK_FLAG_STREAM_SOCKET, AF_INET), bound(client, AF_INET),
		  pair(client, AF_INET), data(16)
	{
	}
	bool ready() const
	{
		return fresh.open() && stream.open() && bound.open() && pair.connected();
	}

	Client client;
	Socket fresh;
	Socket stream;
	Caller bound;
	Pair pair;
	Buffer data;
	Address address = Address::loopback(AF_INET);
	ULONG value = 0;
};

/* A function that takes a socket. */
struct SocketCall {
	const char *name;
	Socket &(*socket)(Stage &stage);
	NTSTATUS (*call)(Stage &stage, PWSK_SOCKET socket, PIRP irp);
};

#define CONNECTED [](Stage &stage) -> Socket & { return stage.pair.caller; }
#define LISTENING [](Stage &stage) -> Socket & { return stage.pair.listener; }
#define BOUND [](Stage &stage) -> Socket & { return stage.bound; }
#define FRESH [](Stage &stage) -> Socket & { return stage.fresh; }
#define STREAM [](Stage &stage) -> Socket & { return stage.stream; }

constexpr SocketCall socket_calls[] = {
	{"WskBind", FRESH,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.fresh.connection()->WskBind(socket, stage.address, 0, irp);
	 }},
	{"WskListen", STREAM,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.stream.stream()->WskListen(socket, irp);
	 }},
	{"WskConnect", BOUND,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.bound.connection()->WskConnect(socket, stage.pair.listener.address, 0,
							     irp);
	 }},
	{"WskAccept", LISTENING,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.pair.listener.listen()->WskAccept(socket, 0, nullptr, nullptr,
								nullptr, nullptr, irp);
	 }},
	{"WskGetLocalAddress of a listener", LISTENING,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.pair.listener.listen()->WskGetLocalAddress(socket, stage.address,
									 irp);
	 }},
	{"WskGetLocalAddress", CONNECTED,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.pair.caller.connection()->WskGetLocalAddress(socket, stage.address,
									   irp);
	 }},
	{"WskGetRemoteAddress", CONNECTED,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.pair.caller.connection()->WskGetRemoteAddress(socket, stage.address,
									    irp);
	 }},
	{"WskSend", CONNECTED,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.pair.caller.connection()->WskSend(socket, stage.data.all(), 0, irp);
	 }},
	{"WskReceive", CONNECTED,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.pair.caller.connection()->WskReceive(socket, stage.data.all(), 0,
								   irp);
	 }},
	{"WskDisconnect", CONNECTED,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.pair.caller.connection()->WskDisconnect(socket, nullptr, 0, irp);
	 }},
	{"WskDisconnect, abortive", CONNECTED,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.pair.caller.connection()->WskDisconnect(socket, nullptr,
								      WSK_FLAG_ABORTIVE, irp);
	 }},
	{"WskCloseSocket of a listener", LISTENING,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.pair.listener.basic()->WskCloseSocket(socket, irp);
	 }},
	{"WskCloseSocket", CONNECTED,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.pair.caller.basic()->WskCloseSocket(socket, irp);
	 }},
	{"WskConnectEx", BOUND,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.bound.connection()->WskConnectEx(socket, stage.pair.listener.address,
							       nullptr, 0, irp);
	 }},
	{"WskSendEx", CONNECTED,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.pair.caller.connection()->WskSendEx(socket, stage.data.all(), 0, 0,
								  nullptr, irp);
	 }},
	{"WskReceiveEx", CONNECTED,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.pair.caller.connection()->WskReceiveEx(
			 socket, stage.data.all(), 0, nullptr, nullptr, nullptr, irp);
	 }},
};

NTSTATUS control(Stage &stage, PWSK_SOCKET socket, PIRP irp)
{
	return stage.pair.caller.basic()->WskControlSocket(
		socket, WskGetOption, SO_KEEPALIVE, SOL_SOCKET, 0, nullptr, sizeof(stage.value),
		&stage.value, nullptr, irp);
}

/* A function that takes a client. */
struct ClientCall {
	const char *name;
	NTSTATUS (*call)(Stage &stage, PWSK_CLIENT client, PIRP irp);
	bool names; /* Information is the status */
};

constexpr ClientCall client_calls[] = {
	{"WskSocket",
	 [](Stage &stage, PWSK_CLIENT client, PIRP irp) {
		 return stage.client.provider()->WskSocket(
			 client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET,
			 nullptr, nullptr, nullptr, nullptr, nullptr, irp);
	 },
	 false},
	{"WskSocketConnect",
	 [](Stage &stage, PWSK_CLIENT client, PIRP irp) {
		 return stage.client.provider()->WskSocketConnect(
			 client, SOCK_STREAM, IPPROTO_TCP, stage.address,
			 stage.pair.listener.address, 0, nullptr, nullptr, nullptr, nullptr,
			 nullptr, irp);
	 },
	 false},
	{"WskGetAddressInfo",
	 [](Stage &stage, PWSK_CLIENT client, PIRP irp) {
		 PADDRINFOEXW result;

		 return stage.client.provider()->WskGetAddressInfo(client, nullptr, nullptr, NS_ALL,
								   nullptr, nullptr, &result,
								   nullptr, nullptr, irp);
	 },
	 true},
	{"WskGetNameInfo",
	 [](Stage &stage, PWSK_CLIENT client, PIRP irp) {
		 return stage.client.provider()->WskGetNameInfo(client, stage.address,
								sizeof(SOCKADDR_IN), nullptr,
								nullptr, 0, nullptr, nullptr, irp);
	 },
	 true},
};

/* Says whose turn it is in case of failure. */
template <typename Check>
void with_name(struct kunit *test, const char *name, Check check)
{
	const unsigned long before = bridge_rule_count();
	const NTSTATUS status = check();
	const unsigned long rules = bridge_rule_count() - before;
	const bridge_site here = BRIDGE_SITE(false);

	if (status != STATUS_INVALID_PARAMETER)
		bridge_fail(test, &here, "%s returned %s", name, bridge_status_name(status));
	if (bridge_checked() && rules != 1)
		bridge_fail(test, &here, "%s logged %lu rule lines", name, rules);
}

void no_irp(struct kunit *test)
{
	Stage stage(test);

	REQUIRE(test, stage.ready());
	for (const SocketCall &one : socket_calls)
		with_name(test, one.name,
			  [&]() { return one.call(stage, one.socket(stage).handle(), nullptr); });
	for (const ClientCall &one : client_calls)
		with_name(test, one.name,
			  [&]() { return one.call(stage, stage.client.handle(), nullptr); });
}

void no_stack_location(struct kunit *test)
{
	Stage stage(test);

	REQUIRE(test, stage.ready());
	for (const SocketCall &one : socket_calls)
		with_name(test, one.name, [&]() {
			Request request;

			request.take_last_location();
			request.issue(test, [&](PIRP irp) {
				return one.call(stage, one.socket(stage).handle(), irp);
			});
			/* Once, and before the call has returned. */
			EXPECT_FALSE(test, request.pending());
			return request.wait().status;
		});
	for (const ClientCall &one : client_calls)
		with_name(test, one.name, [&]() {
			Request request;

			if (one.names)
				request.expect_status_in_information();
			request.take_last_location();
			request.issue(test, [&](PIRP irp) {
				return one.call(stage, stage.client.handle(), irp);
			});
			EXPECT_FALSE(test, request.pending());
			return request.wait().status;
		});
	with_name(test, "WskControlSocket", [&]() {
		Request request;

		request.take_last_location();
		request.issue(test, [&](PIRP irp) {
			return control(stage, stage.pair.caller.handle(), irp);
		});
		EXPECT_FALSE(test, request.pending());
		return request.wait().status;
	});
}

void no_socket(struct kunit *test)
{
	Stage stage(test);

	REQUIRE(test, stage.ready());
	for (const SocketCall &one : socket_calls)
		with_name(test, one.name, [&]() {
			return run(test, [&](PIRP irp) { return one.call(stage, nullptr, irp); })
				.status;
		});
	with_name(test, "WskControlSocket", [&]() {
		return run(test, [&](PIRP irp) { return control(stage, nullptr, irp); }).status;
	});
	with_name(test, "WskControlSocket", [&]() { return control(stage, nullptr, nullptr); });
}

void no_client(struct kunit *test)
{
	Stage stage(test);

	REQUIRE(test, stage.ready());
	for (const ClientCall &one : client_calls)
		with_name(test, one.name, [&]() {
			Request request;

			if (one.names)
				request.expect_status_in_information();
			request.issue(test,
				      [&](PIRP irp) { return one.call(stage, nullptr, irp); });
			return request.wait().status;
		});
}

void connection_works(struct kunit *test, Stage &stage)
{
	Buffer in(16);

	stage.data.fill();
	expect_done(test, stage.pair.caller.send(stage.data.all()), 16);
	expect_done(test, stage.pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 16);
	EXPECT_TRUE(test, in.holds(0, 16, 0));
}

void nothing_suffers(struct kunit *test)
{
	Stage stage(test);

	REQUIRE(test, stage.ready());
	for (const SocketCall &one : socket_calls) {
		(void)one.call(stage, one.socket(stage).handle(), nullptr);
		connection_works(test, stage);
	}
}

void nothing_to_release(struct kunit *test)
{
	Stage stage(test);
	WSK_DATA_INDICATION indication = {};

	REQUIRE(test, stage.ready());
	/* No data has been indicated. */
	with_name(test, "WskRelease", [&]() {
		return stage.pair.caller.connection()->WskRelease(stage.pair.caller.handle(),
								  &indication);
	});
	with_name(test, "WskRelease", [&]() {
		return stage.pair.caller.connection()->WskRelease(stage.pair.caller.handle(),
								  nullptr);
	});
	connection_works(test, stage);
}

void a_block_that_never_was_registered(struct kunit *test)
{
	WSK_REGISTRATION registration = {};
	WSK_PROVIDER_NPI npi = {};
	WSK_PROVIDER_CHARACTERISTICS range = {};

	EXPECT_STATUS(test, WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &npi),
		      STATUS_DEVICE_NOT_READY);
	EXPECT_STATUS(test, WskQueryProviderCharacteristics(&registration, &range),
		      STATUS_DEVICE_NOT_READY);
	EXPECT_RULES(test, 1, WskReleaseProviderNPI(&registration));
	EXPECT_RULES(test, 1, WskDeregister(&registration));
}

constexpr bridge_case cases[] = {
	{"a call without IRP is refused", no_irp},
	{"an IRP without stack location is completed once", no_stack_location},
	{"a call without socket is refused", no_socket},
	{"a call without client is refused", no_client},
	{"a connection does not suffer from mistakes", nothing_suffers},
	{"releasing what was never indicated is refused", nothing_to_release},
	{"a block that never was registered is not ready", a_block_that_never_was_registered},
};

} // namespace

BRIDGE_SUITE(wsk_bad_input, cases, .network = true);
