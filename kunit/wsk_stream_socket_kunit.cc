// SPDX-License-Identifier: MIT OR GPL-2.0
/* Stream sockets: bound first, then a listener or a connection, for good. */
#include "silent_peer.h"
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

/* A stream socket bound to a loopback port of the system's choice. */
class Stream : public Socket
{
public:
	Stream(Client &client, ADDRESS_FAMILY family, PVOID context = nullptr,
	       const WSK_CLIENT_STREAM_DISPATCH *dispatch = nullptr, Site here = HERE)
		: Socket(client, WSK_FLAG_STREAM_SOCKET, family, context, dispatch, here)
	{
		if (!open())
			return;
		expect_done(test(), bind(Address::loopback(family), 0, here), 0, here);
		address = local(here);
	}

	Address address;
};

void exchange(struct kunit *test, Socket &one, Socket &other)
{
	Buffer out(3000), in(3000);

	REQUIRE(test, out.valid() && in.valid() && one.open() && other.open());
	out.fill();
	expect_done(test, one.send(out.all()), 3000);
	expect_done(test, other.receive(in.all(), WSK_FLAG_WAITALL), 3000);
	EXPECT_TRUE(test, in.holds(0, 3000, 0));
	in.wipe();
	expect_done(test, other.send(out.all()), 3000);
	expect_done(test, one.receive(in.all(), WSK_FLAG_WAITALL), 3000);
	EXPECT_TRUE(test, in.holds(0, 3000, 0));
}

/* The listener gets the caller's connection. */
void serves(struct kunit *test, Client &client, Socket &listener, Address address)
{
	Caller caller(client, address.family());
	Socket peer(client);
	Address remote;

	REQUIRE(test, caller.open());
	expect_done(test, caller.connect(address));

	const Outcome accepted = listener.accept(nullptr, remote);

	expect_done(test, accepted, accepted.information);
	peer.adopt(accepted);
	EXPECT_TRUE(test, remote == caller.local());
	exchange(test, caller, peer);
}

void has_its_table(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket socket(client, WSK_FLAG_STREAM_SOCKET, family);

	REQUIRE(test, socket.open());

	auto *functions = reinterpret_cast<void *const *>(socket.stream());

	for (ULONG i = 0; i < sizeof(WSK_PROVIDER_STREAM_DISPATCH) / sizeof(void *); i++)
		EXPECT_NOT_NULL(test, functions[i]);
}

void listens(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Stream stream(client, family);

	REQUIRE(test, stream.open());
	expect_done(test, stream.listen_now());
	EXPECT_TRUE(test, stream.local() == stream.address);
	serves(test, client, stream, stream.address);
	serves(test, client, stream, stream.address);
}

void connects(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Stream stream(client, family);
	Socket peer(client);
	Address remote;

	REQUIRE(test, listener.open() && stream.open());
	expect_done(test, stream.connect(listener.address));
	EXPECT_TRUE(test, stream.remote() == listener.address);
	peer.adopt(listener.accept(nullptr, remote));
	EXPECT_TRUE(test, remote == stream.address);
	exchange(test, stream, peer);
	/* The whole of a connection's life. */
	Buffer in(10);
	expect_done(test, stream.disconnect());
	expect_done(test, peer.receive(in.all()), 0);
	expect_done(test, peer.disconnect());
	expect_done(test, stream.receive(in.all()), 0);
}

void connects_to_each_other(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Stream server(client, family), caller(client, family);
	Socket peer(client);
	Buffer data(5000), in(5000);

	REQUIRE(test, server.open() && caller.open() && data.valid() && in.valid());
	data.fill();
	expect_done(test, server.listen_now());
	expect_done(test, caller.connect_ex(server.address, data.all()), 5000);
	peer.adopt(server.accept());
	REQUIRE(test, peer.open());
	expect_done(test, peer.receive(in.all(), WSK_FLAG_WAITALL), 5000);
	EXPECT_TRUE(test, in.holds(0, 5000, 0));
	exchange(test, caller, peer);
}

void bind_does_not_listen(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Stream stream(client, family);
	Caller caller(client, family);

	REQUIRE(test, stream.open() && caller.open());
	expect_failed(test, caller.connect(stream.address), STATUS_CONNECTION_REFUSED);
	expect_done(test, stream.listen_now());
	serves(test, client, stream, stream.address);
}

void before_bind(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket stream(client, WSK_FLAG_STREAM_SOCKET, family);

	REQUIRE(test, stream.open());
	expect_refused(test, stream.listen_now(), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, stream.connect(Address::loopback(family, 9)),
		       STATUS_INVALID_DEVICE_STATE);
	/* The mistake can be made good. */
	expect_done(test, stream.bind(Address::loopback(family)));
	expect_done(test, stream.listen_now());
	serves(test, client, stream, stream.local());
}

/* A port that nobody listens at. Whoever is bound later may get it, and call himself. */
Address deserted(Client &client, ADDRESS_FAMILY family)
{
	Listener listener(client, family);

	return listener.address;
}

void failed_connect_commits_to_nothing(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Stream first(client, family), second(client, family);
	Listener listener(client, family);
	const Address nowhere = deserted(client, family);

	REQUIRE(test, first.open() && second.open() && listener.open());
	for (int i = 0; i < 3; i++)
		expect_failed(test, first.connect(Address(nowhere)), STATUS_CONNECTION_REFUSED);
	EXPECT_TRUE(test, first.local() == first.address);
	expect_done(test, first.listen_now());
	serves(test, client, first, first.address);

	expect_failed(test, second.connect(Address(nowhere)), STATUS_CONNECTION_REFUSED);
	expect_done(test, second.connect(listener.address));
	EXPECT_TRUE(test, second.local() == second.address);
}

void cancelled_connect_commits_to_nothing(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Stream stream(client, family);
	USHORT port = 0;
	silent_peer *silent = silent_peer_open(family == AF_INET6, &port);
	Request connect;

	EXPECT_NOT_NULL(test, silent);
	if (stream.open() && silent) {
		stream.start_connect(connect, Address::loopback(family, port));
		EXPECT_TRUE(test, connect.pending());
		expect_refused(test, stream.listen_now(), STATUS_INVALID_DEVICE_STATE);
		at_dispatch([&]() { EXPECT_TRUE(test, connect.cancel()); });
		expect_failed(test, connect.wait(), STATUS_CANCELLED);
		expect_done(test, stream.listen_now());
		serves(test, client, stream, stream.address);
	}
	stream.close();
	silent_peer_close(silent);
}

void cancelled_listen_commits_to_nothing(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Stream stream(client, family);
	Listener listener(client, family);
	Request listen;
	bool cancelled = false;

	REQUIRE(test, stream.open() && listener.open());
	at_dispatch([&]() {
		stream.start_listening(listen);
		cancelled = listen.cancel();
	});
	EXPECT_TRUE(test, cancelled);
	expect_failed(test, listen.wait(), STATUS_CANCELLED);
	expect_done(test, stream.connect(listener.address));
}

void failed_listen_commits_to_nothing(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Stream listens(client, family), connects(client, family);
	Listener listener(client, family);

	REQUIRE(test, listens.open() && connects.open() && listener.open());
	Stream *const streams[] = {&listens, &connects};

	for (Stream *stream : streams) {
		USHORT port = stream->address.port();
		silent_peer *other = silent_peer_open(family == AF_INET6, &port);

		/* Somebody else listens there by now, whom WSK does not know. */
		EXPECT_NOT_NULL(test, other);
		expect_failed(test, stream->listen_now(), STATUS_ADDRESS_ALREADY_EXISTS);
		silent_peer_close(other);
	}
	EXPECT_TRUE(test, listens.local() == listens.address);
	expect_done(test, listens.listen_now());
	serves(test, client, listens, listens.address);
	expect_done(test, connects.connect(listener.address));
}

void works_at_dispatch_level(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Stream server(client, family), caller(client, family);
	Socket peer(client);
	Request listen, accept, connect;

	REQUIRE(test, server.open() && caller.open());
	at_dispatch([&]() { server.start_listening(listen); });
	expect_done(test, listen.wait());
	in_softirq([&]() {
		server.start_accept(accept);
		caller.start_connect(connect, server.address);
	});
	expect_done(test, connect.wait());
	peer.adopt(accept.wait());
	exchange(test, caller, peer);
}

void many_wait(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG count = 64;
	Client client(test);
	Stream stream(client, family);
	PWSK_SOCKET callers[count] = {};

	REQUIRE(test, stream.open());
	expect_done(test, stream.listen_now());
	for (PWSK_SOCKET &handle : callers) {
		Caller caller(client, family);

		if (!caller.open())
			break;
		expect_done(test, caller.connect(stream.address));
		handle = caller.release();
	}
	for (PWSK_SOCKET handle : callers) {
		Socket caller(client), peer(client);

		caller.adopt(handle);
		peer.adopt(stream.accept());
		EXPECT_TRUE(test, peer.open() && peer.remote() == caller.local());
	}
}

void shares_options_with_its_connections(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Stream stream(client, family);
	Socket peer(client);

	REQUIRE(test, stream.open());
	expect_ok(test, stream.set(SOL_SOCKET, SO_KEEPALIVE, 1));
	expect_ok(test, stream.set(SOL_SOCKET, SO_RCVBUF, 33333));
	expect_done(test, stream.listen_now());
	expect_ok(test, stream.set(IPPROTO_TCP, TCP_NODELAY, 1));

	Caller caller(client, family);

	expect_done(test, caller.connect(stream.address));
	peer.adopt(stream.accept());
	REQUIRE(test, peer.open());
	EXPECT_EQ(test, peer.get(SOL_SOCKET, SO_KEEPALIVE), 1u);
	EXPECT_EQ(test, peer.get(SOL_SOCKET, SO_RCVBUF), 33333u);
	EXPECT_EQ(test, peer.get(IPPROTO_TCP, TCP_NODELAY), 1u);
	EXPECT_EQ(test, stream.get(SOL_SOCKET, SO_RCVBUF), 33333u);
}

void closes_in_every_state(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket unbound(client, WSK_FLAG_STREAM_SOCKET, family);
	Stream bound(client, family), listening(client, family), connected(client, family),
		failed(client, family);
	Request accepts[2], receive, closes[5];
	Buffer in(10);
	Socket *all[] = {&unbound, &bound, &listening, &connected, &failed};

	for (Socket *one : all)
		REQUIRE(test, one->open());
	expect_failed(test, failed.connect(deserted(client, family)), STATUS_CONNECTION_REFUSED);
	expect_done(test, listening.listen_now());
	expect_done(test, connected.connect(listening.address));
	{
		Socket peer(client);

		peer.adopt(listening.accept());
		listening.start_accept(accepts[0]);
		listening.start_accept(accepts[1]);
		connected.start_receive(receive, in.all());
		for (ULONG i = 0; i < RTL_NUMBER_OF(all); i++)
			all[i]->start_close(closes[i]);
		for (Request &close : closes)
			expect_done(test, close.wait());
		expect_failed(test, accepts[0].wait(), STATUS_CANCELLED);
		expect_failed(test, accepts[1].wait(), STATUS_CANCELLED);
		expect_failed(test, receive.wait(), STATUS_CANCELLED);
		/* It was a connection, so that was a reset. */
		expect_failed(test, peer.receive(in.all()), STATUS_CONNECTION_RESET);
	}
	/* Nothing is in the way of who comes next. */
	Stream next(client, family);
	expect_done(test, next.listen_now());
}

void restarts_while_connections_linger(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket peer(client);
	Address address;
	Buffer in(10);
	{
		Stream stream(client, family);
		Caller caller(client, family);

		REQUIRE(test, stream.open() && caller.open());
		address = stream.address;
		expect_done(test, stream.listen_now());
		expect_done(test, caller.connect(address));
		peer.adopt(stream.accept());
		/* The server's side ends first, so its port has to wait for a while. */
		expect_done(test, peer.disconnect());
		expect_done(test, caller.receive(in.all()), 0);
		expect_done(test, caller.disconnect());
		expect_done(test, peer.receive(in.all()), 0);
		peer.close();
	}
	Socket again(client, WSK_FLAG_STREAM_SOCKET, family);

	REQUIRE(test, again.open());
	expect_done(test, again.bind(address));
	expect_done(test, again.listen_now());
	serves(test, client, again, address);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a stream socket has its whole table", has_its_table),
	IPV4_AND_IPV6("a bound stream socket listens", listens),
	IPV4_AND_IPV6("a bound stream socket connects", connects),
	IPV4_AND_IPV6("stream sockets connect to each other", connects_to_each_other),
	IPV4_AND_IPV6("binding does not listen", bind_does_not_listen),
	IPV4_AND_IPV6("neither role can be had before bind", before_bind),
	IPV4_AND_IPV6("a connect that failed commits to nothing",
		      failed_connect_commits_to_nothing),
	IPV4_AND_IPV6("a cancelled connect commits to nothing",
		      cancelled_connect_commits_to_nothing),
	IPV4_AND_IPV6("a listen that failed commits to nothing", failed_listen_commits_to_nothing),
	IPV4_AND_IPV6("a cancelled listen commits to nothing", cancelled_listen_commits_to_nothing),
	IPV4_AND_IPV6("both roles work from DISPATCH_LEVEL", works_at_dispatch_level),
	IPV4_AND_IPV6("many connections can wait", many_wait),
	IPV4_AND_IPV6("options are set in either role and passed on",
		      shares_options_with_its_connections),
	IPV4_AND_IPV6("a stream socket closes in every state", closes_in_every_state),
	IPV4_AND_IPV6("a listening stream socket restarts while connections linger",
		      restarts_while_connections_linger),
};

} // namespace

BRIDGE_SUITE(wsk_stream_socket, cases, .network = true);
