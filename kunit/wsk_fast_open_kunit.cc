// SPDX-License-Identifier: MIT OR GPL-2.0
/* TCP_FASTOPEN: WskConnectEx's data in the first packet, where everybody agrees. */
#include "fast_open.h"
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

/* The system's setting, for the time of a test. */
class Allowing
{
public:
	explicit Allowing(int bits) : before_(fast_open_allow(bits)) {}
	~Allowing() { fast_open_allow(before_); }
	Allowing(const Allowing &) = delete;
	Allowing &operator=(const Allowing &) = delete;

private:
	int before_;
};

constexpr int both = FAST_OPEN_CLIENT | FAST_OPEN_SERVER;

/*
 * Calls the listener, with data, and checks that all of it arrives, once. True when it was there
 * before the handshake was over.
 */
bool call(struct kunit *test, Client &client, Listener &listener, bool option, ULONG length,
	  Site here = HERE)
{
	const unsigned long before = fast_open_count();
	Caller caller(client, listener.address.family());
	Socket peer(client);
	Buffer out({700, 1500, 65535 - 2200}), in(65535 + 100), later(100);

	if (!caller.open() || !out.valid() || !in.valid() || !later.valid())
		return false;
	out.fill();
	later.fill(length);
	expect_ok(test, caller.set(IPPROTO_TCP, TCP_FASTOPEN, option), 0, here);
	expect_done(test, caller.connect_ex(listener.address, out.window(0, length)), length, here);
	expect_done(test, caller.send(later.all()), 100, here);
	peer.adopt(listener.accept());
	expect_done(test, peer.receive(in.window(0, length + 100), WSK_FLAG_WAITALL), length + 100,
		    here);
	EXPECT_TRUE(test, in.holds(0, length + 100, 0));
	/* And back. */
	expect_done(test, peer.send(later.all()), 100, here);
	expect_done(test, caller.receive(in.window(0, 100), WSK_FLAG_WAITALL), 100, here);
	EXPECT_TRUE(test, caller.remote() == listener.address);
	return fast_open_count() != before;
}

void data_in_the_first_packet(struct kunit *test, ADDRESS_FAMILY family)
{
	Allowing allowing(both);
	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());
	expect_ok(test, listener.set(IPPROTO_TCP, TCP_FASTOPEN, 1));
	/* Whoever has not been here before gets the cookie that it needs. */
	call(test, client, listener, true, 1000);
	EXPECT_TRUE(test, call(test, client, listener, true, 1000));
	/* More than fits: the rest follows. */
	EXPECT_TRUE(test, call(test, client, listener, true, 65535));
	EXPECT_TRUE(test, call(test, client, listener, true, 1));
}

void only_if_the_caller_wants(struct kunit *test, ADDRESS_FAMILY family)
{
	Allowing allowing(both);
	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());
	expect_ok(test, listener.set(IPPROTO_TCP, TCP_FASTOPEN, 1));
	call(test, client, listener, true, 1000);
	EXPECT_FALSE(test, call(test, client, listener, false, 1000));
}

void only_if_the_listener_wants(struct kunit *test, ADDRESS_FAMILY family)
{
	Allowing allowing(both);
	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());
	call(test, client, listener, true, 1000);
	EXPECT_FALSE(test, call(test, client, listener, true, 1000));
	expect_ok(test, listener.set(IPPROTO_TCP, TCP_FASTOPEN, 1));
	call(test, client, listener, true, 1000);
	EXPECT_TRUE(test, call(test, client, listener, true, 1000));
	expect_ok(test, listener.set(IPPROTO_TCP, TCP_FASTOPEN, 0));
	EXPECT_FALSE(test, call(test, client, listener, true, 1000));
}

void only_if_the_system_allows(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());
	expect_ok(test, listener.set(IPPROTO_TCP, TCP_FASTOPEN, 1));
	const int too_few[] = {0, FAST_OPEN_CLIENT, FAST_OPEN_SERVER};

	for (int bits : too_few) {
		Allowing allowing(bits);

		EXPECT_FALSE(test, call(test, client, listener, true, 5000));
		EXPECT_FALSE(test, call(test, client, listener, true, 5000));
	}
}

void nobody_listens(struct kunit *test, ADDRESS_FAMILY family)
{
	Allowing allowing(both);
	Client client(test);
	Caller caller(client, family);
	Address address;
	Buffer out(1000);
	{
		Listener listener(client, family);

		REQUIRE(test, listener.open() && caller.open() && out.valid());
		expect_ok(test, listener.set(IPPROTO_TCP, TCP_FASTOPEN, 1));
		call(test, client, listener, true, 100);
		address = listener.address;
	}
	expect_ok(test, caller.set(IPPROTO_TCP, TCP_FASTOPEN, 1));
	for (int i = 0; i < 2; i++)
		expect_failed(test, caller.connect_ex(address, out.all()),
			      STATUS_CONNECTION_REFUSED);
}

void set_and_read(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Socket fresh(client, WSK_FLAG_STREAM_SOCKET, family);
	Socket *sockets[] = {&pair.listener, &pair.caller, &pair.peer, &fresh};

	REQUIRE(test, pair.connected() && fresh.open());
	for (Socket *socket : sockets) {
		EXPECT_EQ(test, socket->get(IPPROTO_TCP, TCP_FASTOPEN), 0u);
		expect_ok(test, socket->set(IPPROTO_TCP, TCP_FASTOPEN, 1));
		EXPECT_EQ(test, socket->get(IPPROTO_TCP, TCP_FASTOPEN), 1u);
		expect_ok(test, socket->set(IPPROTO_TCP, TCP_FASTOPEN, 0));
		EXPECT_EQ(test, socket->get(IPPROTO_TCP, TCP_FASTOPEN), 0u);
	}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("the first data comes in the first packet", data_in_the_first_packet),
	IPV4_AND_IPV6("not unless the caller has TCP_FASTOPEN", only_if_the_caller_wants),
	IPV4_AND_IPV6("not unless the listener has TCP_FASTOPEN", only_if_the_listener_wants),
	IPV4_AND_IPV6("not unless the system allows it", only_if_the_system_allows),
	IPV4_AND_IPV6("a port without listener refuses it", nobody_listens),
	IPV4_AND_IPV6("TCP_FASTOPEN is set and read on every socket", set_and_read),
};

} // namespace

BRIDGE_SUITE(wsk_fast_open, cases, .network = true);
