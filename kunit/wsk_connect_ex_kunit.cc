// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskConnectEx: connecting with first data. */
#include "silent_peer.h"
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

constexpr ULONG most = 65535;

/* Connects with data, and checks that the peer gets it, then what is sent later. */
void deliver(struct kunit *test, Client &client, ADDRESS_FAMILY family, Buffer &out, ULONG offset,
	     ULONG length, Site here = HERE)
{
	Listener listener(client, family);
	Caller caller(client, family);
	Socket peer(client);
	Buffer in(most + 1000), later(1000);

	REQUIRE(test, listener.open() && caller.open() && in.valid() && later.valid());
	out.fill();
	later.fill(offset + length);
	expect_done(test, caller.connect_ex(listener.address, out.window(offset, length)), length,
		    here);
	/* The memory is ours again. */
	out.wipe();
	expect_done(test, caller.send(later.all()), 1000, here);
	peer.adopt(listener.accept());
	REQUIRE(test, peer.open());
	expect_done(test, peer.receive(in.window(0, length + 1000), WSK_FLAG_WAITALL),
		    length + 1000, here);
	EXPECT_TRUE(test, in.holds(0, length + 1000, offset));
}

void data_arrives_first(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Buffer out(1000);

	REQUIRE(test, out.valid());
	deliver(test, client, family, out, 0, 1000);
	deliver(test, client, family, out, 999, 1);
}

void as_much_as_can_be(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Buffer out(most);

	REQUIRE(test, out.valid());
	deliver(test, client, family, out, 0, most);
}

void from_a_chain(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Buffer out({100, 1, 5000, 70, 30000});

	REQUIRE(test, out.valid());
	deliver(test, client, family, out, 99, 35000);
}

void without_data(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller none(client, family), empty(client, family);
	WSK_BUF nothing = {nullptr, 0, 0};

	REQUIRE(test, listener.open() && none.open() && empty.open());
	expect_done(test, none.connect_ex(listener.address, nullptr), 0);
	expect_done(test, empty.connect_ex(listener.address, &nothing), 0);
	EXPECT_TRUE(test, none.remote() == listener.address);
	EXPECT_TRUE(test, empty.remote() == listener.address);
}

void peer_reads_late(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	Socket peer(client);
	Buffer out(most), in(most);
	Request connect;

	REQUIRE(test, listener.open() && caller.open() && out.valid() && in.valid());
	expect_ok(test, listener.set(SOL_SOCKET, SO_RCVBUF, 4096));
	expect_ok(test, caller.set(SOL_SOCKET, SO_SNDBUF, 4096));
	out.fill();
	caller.start_connect_ex(connect, listener.address, out.all());
	peer.adopt(listener.accept());
	REQUIRE(test, peer.open());
	/* The connection is there, but not all that was to be sent first. */
	EXPECT_TRUE(test, connect.pending());
	expect_refused(test, caller.send(out.all()), STATUS_INVALID_DEVICE_STATE);
	expect_done(test, peer.receive(in.all(), WSK_FLAG_WAITALL), most);
	EXPECT_TRUE(test, in.holds(0, most, 0));
	expect_done(test, connect.wait(), most);
}

void peer_resets_instead_of_reading(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	Socket peer(client);
	Buffer out(most);
	Request connect;

	REQUIRE(test, listener.open() && caller.open() && out.valid());
	expect_ok(test, listener.set(SOL_SOCKET, SO_RCVBUF, 4096));
	expect_ok(test, caller.set(SOL_SOCKET, SO_SNDBUF, 4096));

	Address before = caller.local();

	caller.start_connect_ex(connect, listener.address, out.all());
	peer.adopt(listener.accept());
	REQUIRE(test, peer.open() && connect.pending());
	expect_done(test, peer.reset());
	expect_failed(test, connect.wait(), STATUS_CONNECTION_RESET);
	/* Bound as before, the wildcard included. */
	EXPECT_TRUE(test, caller.local() == before);
	expect_refused(test, caller.send(out.all()), STATUS_INVALID_DEVICE_STATE);
	peer.close();
	expect_ok(test, caller.set(SOL_SOCKET, SO_SNDBUF, 200000));
	out.fill();
	expect_done(test, caller.connect_ex(listener.address, out.window(0, 100)), 100);

	Buffer in(100);

	peer.adopt(listener.accept());
	expect_done(test, peer.receive(in.all(), WSK_FLAG_WAITALL), 100);
	EXPECT_TRUE(test, in.holds(0, 100, 0));
}

void nobody_listens(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Caller caller(client, family);
	Address address;
	Buffer out(1000);
	{
		Listener listener(client, family);

		REQUIRE(test, listener.open() && caller.open() && out.valid());
		address = listener.address;
	}
	expect_failed(test, caller.connect_ex(address, out.all()), STATUS_CONNECTION_REFUSED);
}

void cancelled_during_the_handshake(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Caller caller(client, family);
	Buffer out(1000);
	USHORT port = 0;
	silent_peer *silent = silent_peer_open(family == AF_INET6, &port);
	Request connect;

	EXPECT_NOT_NULL(test, silent);
	if (caller.open() && silent && out.valid()) {
		caller.start_connect_ex(connect, Address::loopback(family, port), out.all());
		EXPECT_TRUE(test, connect.pending());
		EXPECT_TRUE(test, connect.cancel());
		expect_failed(test, connect.wait(), STATUS_CANCELLED);

		Listener listener(client, family);

		expect_done(test, caller.connect_ex(listener.address, out.all()), 1000);
	}
	caller.close();
	silent_peer_close(silent);
}

void cancelled_during_the_data(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	Socket peer(client);
	Buffer out(most), in(most);
	Request connect;

	REQUIRE(test, listener.open() && caller.open() && out.valid() && in.valid());
	expect_ok(test, listener.set(SOL_SOCKET, SO_RCVBUF, 4096));
	expect_ok(test, caller.set(SOL_SOCKET, SO_SNDBUF, 4096));
	caller.start_connect_ex(connect, listener.address, out.all());
	peer.adopt(listener.accept());
	REQUIRE(test, peer.open() && connect.pending());
	connect.cancel(); /* FALSE, where the socket is looking at it */
	expect_failed(test, connect.wait(), STATUS_CANCELLED);
	/* What had been sent may be read; then comes the reset. */
	expect_failed(test, peer.receive(in.all(), WSK_FLAG_WAITALL), STATUS_CONNECTION_RESET);
}

void closed_meanwhile(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	Socket peer(client);
	Buffer out(most);
	Request connect, close;

	REQUIRE(test, listener.open() && caller.open() && out.valid());
	expect_ok(test, listener.set(SOL_SOCKET, SO_RCVBUF, 4096));
	expect_ok(test, caller.set(SOL_SOCKET, SO_SNDBUF, 4096));
	caller.start_connect_ex(connect, listener.address, out.all());
	peer.adopt(listener.accept());
	REQUIRE(test, peer.open() && connect.pending());
	caller.start_close(close);
	expect_failed(test, connect.wait(), STATUS_CANCELLED);
	expect_done(test, close.wait());
	EXPECT_LT(test, connect.order(), close.order());
}

void closed_in_its_completion_routine(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	Buffer out(1000);
	Request connect, close;
	struct Both {
		Socket *socket;
		Request *close;
	} both = {&caller, &close};

	REQUIRE(test, listener.open() && caller.open() && out.valid());
	connect.on_completion(
		[](void *context) {
			auto *both = static_cast<Both *>(context);

			both->socket->start_close(*both->close);
		},
		&both);
	caller.start_connect_ex(connect, listener.address, out.all());
	expect_done(test, connect.wait(), 1000);
	expect_done(test, close.wait());
}

void at_dispatch_level(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	Socket peer(client);
	Buffer out(most), in(most);
	Request connect;

	REQUIRE(test, listener.open() && caller.open() && out.valid() && in.valid());
	out.fill();
	at_dispatch([&]() { caller.start_connect_ex(connect, listener.address, out.all()); });
	peer.adopt(listener.accept());
	REQUIRE(test, peer.open());
	expect_done(test, peer.receive(in.all(), WSK_FLAG_WAITALL), most);
	EXPECT_TRUE(test, in.holds(0, most, 0));
	expect_done(test, connect.wait(), most);
}

void wrong_arguments(struct kunit *test, ADDRESS_FAMILY family)
{
	const ADDRESS_FAMILY other = family == AF_INET ? AF_INET6 : AF_INET;
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	Buffer out(most + 1);
	WSK_BUF no_mdl = {nullptr, 0, 1};

	REQUIRE(test, listener.open() && caller.open() && out.valid());
	expect_refused(test, caller.connect_ex(listener.address, nullptr, 1),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, caller.connect_ex(nullptr, nullptr), STATUS_INVALID_PARAMETER);
	expect_refused(test, caller.connect_ex(Address::loopback(other, 9), nullptr),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, caller.connect_ex(listener.address, out.all()),
		       STATUS_BUFFER_OVERFLOW);
	expect_refused(test, caller.connect_ex(listener.address, out.window(2, most)),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, caller.connect_ex(listener.address, &no_mdl),
		       STATUS_INVALID_PARAMETER);
	/* None of it did the socket any harm. */
	expect_done(test, caller.connect_ex(listener.address, out.window(0, 10)), 10);
	expect_refused(test, caller.connect_ex(listener.address, nullptr),
		       STATUS_INVALID_DEVICE_STATE);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("the first data arrives before what is sent later", data_arrives_first),
	IPV4_AND_IPV6("65535 bytes can be sent first", as_much_as_can_be),
	IPV4_AND_IPV6("the first data may be a window of a chain", from_a_chain),
	IPV4_AND_IPV6("there need be no first data", without_data),
	IPV4_AND_IPV6("the request completes when all data has been taken", peer_reads_late),
	IPV4_AND_IPV6("a reset during the data fails the request, and the socket can be used again",
		      peer_resets_instead_of_reading),
	IPV4_AND_IPV6("a port without listener refuses, data or not", nobody_listens),
	IPV4_AND_IPV6("cancelling during the handshake leaves the socket bound",
		      cancelled_during_the_handshake),
	IPV4_AND_IPV6("cancelling during the data resets the connection",
		      cancelled_during_the_data),
	IPV4_AND_IPV6("closing cancels it, and completes last", closed_meanwhile),
	IPV4_AND_IPV6("its completion routine can close the socket",
		      closed_in_its_completion_routine),
	IPV4_AND_IPV6("it works from DISPATCH_LEVEL", at_dispatch_level),
	IPV4_AND_IPV6("wrong arguments are refused", wrong_arguments),
};

} // namespace

BRIDGE_SUITE(wsk_connect_ex, cases, .network = true);
