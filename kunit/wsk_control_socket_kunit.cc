// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskControlSocket: options. Its events have a suite of their own, wsk_accept_event. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

constexpr ULONG reuse = SO_REUSEADDR;
constexpr ULONG exclusive = (ULONG)SO_EXCLUSIVEADDRUSE;

/* One option that is on or off. */
struct Switch {
	ULONG level;
	ULONG option;
	ULONG initially;
	bool before_bind;
};

constexpr Switch switches[] = {
	{SOL_SOCKET, SO_KEEPALIVE, 0, false},
	{SOL_SOCKET, reuse, 0, true},
	{SOL_SOCKET, exclusive, 0, true},
	{IPPROTO_TCP, TCP_NODELAY, 0, false},
};

constexpr ULONG both_categories[] = {WSK_FLAG_LISTEN_SOCKET, WSK_FLAG_CONNECTION_SOCKET};

void expect_switch(struct kunit *test, Socket &socket, const Switch &one)
{
	BOOLEAN byte;

	EXPECT_EQ(test, socket.get(one.level, one.option), one.initially);
	expect_ok(test, socket.set(one.level, one.option, !one.initially));
	EXPECT_EQ(test, socket.get(one.level, one.option), (ULONG)!one.initially);
	/* Anything but 0 is on. */
	expect_ok(test, socket.set(one.level, one.option, 0));
	expect_ok(test, socket.set(one.level, one.option, 0x100));
	EXPECT_EQ(test, socket.get(one.level, one.option), 1u);
	/* A BOOLEAN does as well. */
	byte = FALSE;
	expect_ok(test, socket.control({.code = one.option,
					.level = one.level,
					.input = &byte,
					.input_size = sizeof(byte)}));
	EXPECT_EQ(test, socket.get(one.level, one.option), 0u);
	byte = TRUE;
	expect_ok(test, socket.control({.code = one.option,
					.level = one.level,
					.input = &byte,
					.input_size = sizeof(byte)}));
	EXPECT_EQ(test, socket.get(one.level, one.option), 1u);
	expect_ok(test, socket.set(one.level, one.option, one.initially));
}

void switches_switch(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);

	for (ULONG category : both_categories)
		for (const Switch &one : switches) {
			Socket socket(client, category, family);

			REQUIRE(test, socket.open());
			expect_switch(test, socket, one);
		}
}

void switches_on_connections(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);

	REQUIRE(test, pair.connected());
	for (const Switch &one : switches) {
		if (one.before_bind) {
			expect_refused(test, pair.caller.set(one.level, one.option, 1),
				       STATUS_INVALID_DEVICE_STATE);
			EXPECT_EQ(test, pair.caller.get(one.level, one.option), one.initially);
		} else {
			expect_switch(test, pair.caller, one);
			expect_switch(test, pair.peer, one);
		}
	}
}

void too_late(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);

	REQUIRE(test, listener.open() && caller.open());
	for (const Switch &one : switches)
		if (one.before_bind) {
			expect_refused(test, listener.set(one.level, one.option, 1),
				       STATUS_INVALID_DEVICE_STATE);
			expect_refused(test, caller.set(one.level, one.option, 1),
				       STATUS_INVALID_DEVICE_STATE);
		}
}

void buffer_sizes(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG options[] = {SO_RCVBUF, SO_SNDBUF};
	Client client(test);
	Pair pair(client, family);

	REQUIRE(test, pair.connected());
	for (ULONG option : options) {
		EXPECT_GT(test, pair.caller.get(SOL_SOCKET, option), 0u);
		/* What was set is read, not what the system makes of it. */
		expect_ok(test, pair.caller.set(SOL_SOCKET, option, 30000));
		EXPECT_EQ(test, pair.caller.get(SOL_SOCKET, option), 30000u);
		expect_ok(test, pair.listener.set(SOL_SOCKET, option, 40000));
		EXPECT_EQ(test, pair.listener.get(SOL_SOCKET, option), 40000u);
	}
	EXPECT_EQ(test, pair.caller.get(SOL_SOCKET, SO_RCVBUF), 30000u);
}

void large_buffer_sizes(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	constexpr ULONG size = 4u << 20;

	REQUIRE(test, pair.connected());
	/* A driver is trusted more than a process: no sysctl limits it. */
	expect_ok(test, pair.caller.set(SOL_SOCKET, SO_RCVBUF, size));
	EXPECT_EQ(test, pair.caller.get(SOL_SOCKET, SO_RCVBUF), size);
	expect_ok(test, pair.caller.set(SOL_SOCKET, SO_SNDBUF, size));
	EXPECT_EQ(test, pair.caller.get(SOL_SOCKET, SO_SNDBUF), size);
}

void lingering(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	USHORT linger[] = {1, 5}, read[2] = {}; /* whether, and for how many seconds */
	Buffer in(10);

	REQUIRE(test, pair.connected() && in.valid());
	expect_ok(test,
		  pair.caller.control(
			  {.code = SO_LINGER, .input = linger, .input_size = sizeof(linger)}));
	expect_ok(test,
		  pair.caller.control({.type = WskGetOption,
				       .code = SO_LINGER,
				       .output = read,
				       .output_size = sizeof(read)}),
		  sizeof(read));
	EXPECT_EQ(test, read[0], 1);
	EXPECT_EQ(test, read[1], 5);
	/* Closing is abortive all the same. */
	pair.caller.close();
	expect_failed(test, pair.peer.receive(in.all()), STATUS_CONNECTION_RESET);
}

void only_v6(struct kunit *test)
{
	Client client(test);

	for (ULONG category : both_categories) {
		Socket socket(client, category, AF_INET6), other(client, category, AF_INET);

		REQUIRE(test, socket.open() && other.open());
		expect_switch(test, socket, {IPPROTO_IPV6, IPV6_V6ONLY, 1, true});
		expect_done(test, socket.bind(Address::loopback(AF_INET6)));
		expect_refused(test, socket.set(IPPROTO_IPV6, IPV6_V6ONLY, 0),
			       STATUS_INVALID_DEVICE_STATE);
		expect_refused(test, other.set(IPPROTO_IPV6, IPV6_V6ONLY, 0), STATUS_NOT_SUPPORTED);
	}
}

void sharing_excludes_itself(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG options[][2] = {{reuse, exclusive}, {exclusive, reuse}};
	Client client(test);

	/* Which addresses are shared, and with whom, is in the suite wsk_sharing. */
	for (const auto &order : options) {
		Socket socket(client, WSK_FLAG_LISTEN_SOCKET, family);

		REQUIRE(test, socket.open());
		expect_ok(test, socket.set(SOL_SOCKET, order[0], 1));
		EXPECT_STATUS(test, socket.set(SOL_SOCKET, order[1], 1).status,
			      STATUS_INVALID_PARAMETER);
		expect_ok(test, socket.set(SOL_SOCKET, order[0], 0));
		expect_ok(test, socket.set(SOL_SOCKET, order[1], 1));
		EXPECT_EQ(test, socket.get(SOL_SOCKET, order[0]), 0u);
		EXPECT_EQ(test, socket.get(SOL_SOCKET, order[1]), 1u);
	}
}

void without_irp(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	ULONG on = 1, value = ~0u;
	SIZE_T size = ~(SIZE_T)0;

	REQUIRE(test, listener.open());

	const WSK_PROVIDER_BASIC_DISPATCH *table = listener.basic();

	EXPECT_RULES(test, 0,
		     EXPECT_STATUS(test,
				   table->WskControlSocket(listener.handle(), WskSetOption,
							   SO_KEEPALIVE, SOL_SOCKET, sizeof(on),
							   &on, 0, nullptr, nullptr, nullptr),
				   STATUS_SUCCESS));
	EXPECT_STATUS(test,
		      table->WskControlSocket(listener.handle(), WskGetOption, SO_KEEPALIVE,
					      SOL_SOCKET, 0, nullptr, sizeof(value), &value, &size,
					      nullptr),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, value, 1u);
	EXPECT_EQ(test, size, sizeof(value));
	/* The size may be of no interest. */
	EXPECT_STATUS(test,
		      table->WskControlSocket(listener.handle(), WskGetOption, SO_KEEPALIVE,
					      SOL_SOCKET, 0, nullptr, sizeof(value), &value,
					      nullptr, nullptr),
		      STATUS_SUCCESS);
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test,
				   table->WskControlSocket(listener.handle(), WskSetOption, 0x7777,
							   SOL_SOCKET, sizeof(on), &on, 0, nullptr,
							   nullptr, nullptr),
				   STATUS_NOT_SUPPORTED));
}

void unknown_options(struct kunit *test, ADDRESS_FAMILY family)
{
	const struct {
		ULONG level, option;
	} unknown[] = {
		{SOL_SOCKET, 0},       {SOL_SOCKET, 0x7777},
		{SOL_SOCKET, 9},   /* Linux's SO_KEEPALIVE */
		{1, SO_KEEPALIVE}, /* Linux's SOL_SOCKET */
		{IPPROTO_TCP, 0x7777}, {0x12345, SO_KEEPALIVE},
	};
	Client client(test);
	Listener listener(client, family);
	ULONG value = 0;

	REQUIRE(test, listener.open());
	for (const auto &one : unknown) {
		expect_refused(test, listener.set(one.level, one.option, 1), STATUS_NOT_SUPPORTED);
		expect_refused(test,
			       listener.control({.type = WskGetOption,
						 .code = one.option,
						 .level = one.level,
						 .output = &value,
						 .output_size = sizeof(value)}),
			       STATUS_NOT_SUPPORTED);
	}
}

void wrong_sizes(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	ULONG value = 1;

	REQUIRE(test, listener.open());
	expect_refused(test, listener.control({.code = SO_KEEPALIVE}), STATUS_INVALID_PARAMETER);
	expect_refused(test, listener.control({.code = SO_KEEPALIVE, .input_size = sizeof(value)}),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, listener.control({.code = SO_KEEPALIVE, .input = &value}),
		       STATUS_INVALID_PARAMETER);
	/* A byte will do for a switch, but not for a number. */
	expect_refused(test,
		       listener.control({.code = SO_RCVBUF, .input = &value, .input_size = 1}),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test,
		       listener.control({.code = SO_RCVBUF, .input = &value, .input_size = 3}),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, listener.control({.type = WskGetOption, .code = SO_KEEPALIVE}),
		       STATUS_BUFFER_TOO_SMALL);
	expect_refused(test,
		       listener.control({.type = WskGetOption,
					 .code = SO_RCVBUF,
					 .output = &value,
					 .output_size = 2}),
		       STATUS_BUFFER_TOO_SMALL);
	expect_refused(test, listener.control({.code = SO_WSK_EVENT_CALLBACK}),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test,
		       listener.control({.code = SO_WSK_EVENT_CALLBACK,
					 .input = &value,
					 .input_size = sizeof(value)}),
		       STATUS_INVALID_PARAMETER);
}

void more_room_than_needed(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	ULONG values[4] = {1, 0xeeeeeeee, 0xeeeeeeee, 0xeeeeeeee};

	REQUIRE(test, listener.open());
	expect_ok(test,
		  listener.control(
			  {.code = SO_KEEPALIVE, .input = values, .input_size = sizeof(values)}));
	values[0] = 0;
	expect_ok(test,
		  listener.control({.type = WskGetOption,
				    .code = SO_KEEPALIVE,
				    .output = values,
				    .output_size = sizeof(values)}),
		  sizeof(ULONG));
	EXPECT_EQ(test, values[0], 1u);
	EXPECT_EQ(test, values[1], 0xeeeeeeeeu);
}

void other_request_types(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	ULONG value = 0;

	REQUIRE(test, listener.open());
	expect_refused(test,
		       listener.control({.type = WskIoctl,
					 .code = 0x12345678,
					 .level = 0,
					 .input = &value,
					 .input_size = sizeof(value)}),
		       STATUS_NOT_SUPPORTED);
	expect_refused(test,
		       listener.control({.type = WskControlMax,
					 .code = SO_KEEPALIVE,
					 .input = &value,
					 .input_size = sizeof(value)}),
		       STATUS_INVALID_PARAMETER);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("switches can be read and set", switches_switch),
	IPV4_AND_IPV6("switches can be read and set on connections", switches_on_connections),
	IPV4_AND_IPV6("options about sharing are refused after bind", too_late),
	IPV4_AND_IPV6("buffer sizes read as they were set", buffer_sizes),
	IPV4_AND_IPV6("buffer sizes may be large", large_buffer_sizes),
	IPV4_AND_IPV6("SO_LINGER is kept, and changes nothing", lingering),
	{"IPV6_V6ONLY is on, and IPv6's only", only_v6},
	IPV4_AND_IPV6("an address is shared or exclusive, not both", sharing_excludes_itself),
	IPV4_AND_IPV6("options are read and set without an IRP, too", without_irp),
	IPV4_AND_IPV6("unknown options and levels are not supported", unknown_options),
	IPV4_AND_IPV6("buffers that are too small are refused", wrong_sizes),
	IPV4_AND_IPV6("buffers may be larger than needed", more_room_than_needed),
	IPV4_AND_IPV6("unknown control codes and request types are refused", other_request_types),
};

} // namespace

BRIDGE_SUITE(wsk_control_socket, cases, .network = true);
