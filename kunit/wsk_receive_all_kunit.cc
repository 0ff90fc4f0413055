// SPDX-License-Identifier: MIT OR GPL-2.0
/* SIO_RCVALL and its like. */
#include <mstcpip.h>

#include "rcu_reader.h"
#include "wsk_control_kinds.h"

namespace
{

using namespace wsk::test;

constexpr ULONG loopback_index = 1;
constexpr ULONG headers = 28; /* of IPv4 and UDP */
constexpr ULONG own_protocol = 254;

Outcome tap(Socket &socket, ULONG code, ULONG value)
{
	return socket.control(ioctl(code, &value, sizeof(value)));
}

/* Two that talk to each other, and one that overhears them. */
struct Talk {
	explicit Talk(struct kunit *test)
		: client(test), from(client, AF_INET), to(client, AF_INET),
		  raw(client, AF_INET, SOCK_RAW, own_protocol)
	{
		ready = from.bind_loopback() && to.bind_loopback() && raw.bind_loopback();
	}

	/* One datagram is overheard, once, whole. */
	void expect_overheard(ULONG length, Site here = HERE)
	{
		struct kunit *test = client.test();
		Buffer in(200);
		Incoming incoming;

		REQUIRE(test, in.valid());
		from.send_stream(to.address, 0, length, here);
		to.expect_stream(0, length, here);
		expect_done(test, raw.receive(in.all(), &incoming, here), headers + length, here);
		EXPECT_EQ(test, in[0], 0x45);
		EXPECT_EQ(test, in[9], IPPROTO_UDP);
		EXPECT_TRUE(test, in.holds(headers, length, 0));
		EXPECT_TRUE(test, incoming.from.same_host(Address::loopback(AF_INET)));
	}

	void expect_silence(Site here = HERE)
	{
		from.send_stream(to.address, 0, 10, here);
		to.expect_stream(0, 10, here);
		raw.expect_nothing(here);
	}

	/* What raw sockets of the protocol receive; told apart by its length. */
	void say_own(ULONG length, Site here = HERE)
	{
		struct kunit *test = client.test();
		Datagram speaker(client, AF_INET, SOCK_RAW, own_protocol);
		Buffer out(length), in(200);

		REQUIRE(test, speaker.bind_loopback(here) && out.valid() && in.valid());
		expect_done(test,
			    speaker.send(out.all(), Address::loopback(AF_INET), nullptr, here),
			    length, here);
		expect_done(test, raw.receive(in.all(), nullptr, here), 20 + length, here);
	}

	Client client;
	Datagram from, to, raw;
	bool ready;
};

void everything(struct kunit *test)
{
	const ULONG values[] = {RCVALL_ON, RCVALL_IPLEVEL, RCVALL_ON};
	Talk talk(test);

	REQUIRE(test, talk.ready);
	talk.expect_silence();
	talk.say_own(5);
	for (ULONG value : values) {
		expect_ok(test, tap(talk.raw, SIO_RCVALL, value));
		talk.expect_overheard(10);
		/* Its own come once, too. */
		talk.say_own(7);
		talk.expect_overheard(11);
	}
	/* Windows does nothing about this one. */
	expect_ok(test, tap(talk.raw, SIO_RCVALL, RCVALL_SOCKETLEVELONLY));
	talk.expect_overheard(12);
	expect_ok(test, tap(talk.raw, SIO_RCVALL, RCVALL_OFF));
	talk.expect_silence();
	talk.say_own(5);
}

void by_interface(struct kunit *test)
{
	Talk talk(test);
	Datagram anywhere(talk.client, AF_INET, SOCK_RAW, own_protocol);
	Buffer in(200);

	REQUIRE(test, talk.ready && anywhere.open() && in.valid());
	/* The address that it is bound to does not matter. */
	expect_done(test, anywhere.bind(Address::any(AF_INET)));
	expect_ok(test, tap(anywhere, SIO_RCVALL_IF, loopback_index));
	talk.from.send_stream(talk.to.address, 0, 10);
	expect_done(test, anywhere.receive(in.all()), headers + 10);
	expect_failed(test, tap(anywhere, SIO_RCVALL_IF, 9999), STATUS_NO_SUCH_DEVICE);
	expect_ok(test, tap(anywhere, SIO_RCVALL_IF, 0));
	talk.from.send_stream(talk.to.address, 0, 10);
	anywhere.expect_nothing();
}

void multicasts_only(struct kunit *test)
{
	const ULONG loopback = 0x0100007f;
	Talk talk(test);
	Address group = Address::any(AF_INET, 4711);
	Buffer in(200);

	REQUIRE(test, talk.ready && in.valid());
	group.ipv4()->sin_addr.S_un.S_un_b = {239, 87, 83, 76};
	expect_ok(test, talk.from.set(IPPROTO_IP, IP_MULTICAST_IF, loopback));
	expect_ok(test, tap(talk.raw, SIO_RCVALL_MCAST, RCVALL_ON));
	talk.expect_silence();
	/* Nobody has joined. */
	talk.from.send_stream(group, 0, 13);
	expect_done(test, talk.raw.receive(in.all()), headers + 13);
	EXPECT_EQ(test, in[16], 239);
	expect_ok(test, tap(talk.raw, SIO_RCVALL_IGMPMCAST, RCVALL_ON));
	talk.from.send_stream(group, 0, 13);
	talk.expect_silence();
	expect_ok(test, tap(talk.raw, SIO_RCVALL_MCAST_IF, loopback_index));
	talk.from.send_stream(group, 0, 14);
	expect_done(test, talk.raw.receive(in.all()), headers + 14);
}

/* What can be seen of IP_USER_MTU only on the way. */
void short_fragments(struct kunit *test)
{
	constexpr ULONG mtu = 1000, length = 3000;
	Talk talk(test);
	SIZE_T data = 0;

	REQUIRE(test, talk.ready);
	expect_ok(test, talk.from.set(IPPROTO_IP, IP_USER_MTU, mtu));
	expect_ok(test, tap(talk.raw, SIO_RCVALL, RCVALL_ON));
	talk.from.send_stream(talk.to.address, 0, length);
	talk.to.expect_stream(0, length);
	while (data < length + 8) {
		Buffer in(4000);
		const Outcome outcome = talk.raw.receive(in.all());

		REQUIRE(test, outcome.status == STATUS_SUCCESS && outcome.information > 20);
		EXPECT_LE(test, outcome.information, mtu);
		data += outcome.information - 20;
	}
	EXPECT_EQ(test, data, length + 8u);
	expect_ok(test, talk.from.set(IPPROTO_IP, IP_USER_MTU, ~0u));
	talk.expect_overheard(150);
}

/* Whoever sends a packet may be about to look at the sockets that mark theirs. */
void closing_waits_for_packets(struct kunit *test)
{
	if (!rcu_reader_possible())
		bridge_skip(test, "there is no other processor");

	Client client(test);
	Datagram socket(client, AF_INET);

	REQUIRE(test, socket.bind_loopback());
	expect_ok(test, socket.set(IPPROTO_IP, IP_USER_MTU, 1000));

	rcu_reader *reader = rcu_reader_start();

	REQUIRE(test, reader);
	socket.close();
	EXPECT_FALSE(test, rcu_reader_reads(reader));
	rcu_reader_join(reader);
}

void closing(struct kunit *test)
{
	constexpr int rounds = 10;
	Talk talk(test);

	REQUIRE(test, talk.ready);
	for (int i = 0; i < rounds; i++) {
		Datagram raw(talk.client, AF_INET, SOCK_RAW, own_protocol);
		Buffer in(200);
		Request request;

		REQUIRE(test, raw.bind_loopback() && in.valid());
		expect_ok(test, tap(raw, SIO_RCVALL, RCVALL_ON));
		talk.from.send_stream(talk.to.address, 0, 10);
		talk.to.expect_stream(0, 10);
		if (i % 2)
			raw.start_receive(request, in.all());
		raw.close();
		if (i % 2)
			(void)request.wait();
	}
}

void wrong_requests(struct kunit *test)
{
	const ULONG codes[] = {SIO_RCVALL, SIO_RCVALL_MCAST, SIO_RCVALL_IGMPMCAST, SIO_RCVALL_IF,
			       SIO_RCVALL_MCAST_IF};
	Talk talk(test);
	Datagram unbound(talk.client, AF_INET, SOCK_RAW, own_protocol);
	Datagram anywhere(talk.client, AF_INET, SOCK_RAW, own_protocol);
	Datagram six(talk.client, AF_INET6, SOCK_RAW, own_protocol);
	Caller caller(talk.client, AF_INET);

	REQUIRE(test, talk.ready && unbound.open() && anywhere.open() && six.bind_loopback() &&
			      caller.open());
	expect_done(test, anywhere.bind(Address::any(AF_INET)));
	for (ULONG code : codes) {
		ULONG value = 1;

		expect_refused(test, tap(unbound, code, 1), STATUS_INVALID_DEVICE_STATE);
		expect_refused(test, tap(six, code, 1), STATUS_NOT_SUPPORTED);
		expect_refused(test, tap(talk.from, code, 1), STATUS_NOT_SUPPORTED);
		expect_refused(test, tap(caller, code, 1), STATUS_NOT_SUPPORTED);
		expect_refused(test, talk.raw.control(ioctl(code, &value, 3)),
			       STATUS_INVALID_PARAMETER);
	}
	EXPECT_STATUS(test, tap(talk.raw, SIO_RCVALL, 4).status, STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, tap(anywhere, SIO_RCVALL, RCVALL_ON).status, STATUS_INVALID_PARAMETER);
	talk.expect_silence();
}

constexpr bridge_case cases[] = {
	{"SIO_RCVALL gives a raw socket every packet of its interface, once", everything},
	{"an interface is named by its index", by_interface},
	{"multicasts, or IGMP, alone are received", multicasts_only},
	{"a user's MTU limits IPv4's fragments", short_fragments},
	{"closing a socket with an MTU waits for packets on their way", closing_waits_for_packets},
	{"a socket that receives everything is closed", closing},
	{"wrong requests are refused", wrong_requests},
};

} // namespace

BRIDGE_SUITE(wsk_receive_all, cases, .network = true);
