// SPDX-License-Identifier: MIT OR GPL-2.0
/* Options about connecting: SYNs, what ICMP says of them, listeners that pause, longest packets. */
#include <mstcpip.h>

#include "wsk_control_kinds.h"
#include "wsk_inspect_fixture.h"
#include "wsk_packet_gate.h"

namespace
{

using namespace wsk::test;

Outcome set_rto(Socket &socket, USHORT milliseconds, UCHAR retransmissions)
{
	TCP_INITIAL_RTO_PARAMETERS rto = {milliseconds, retransmissions};

	return socket.control(ioctl(SIO_TCP_INITIAL_RTO, &rto, sizeof(rto)));
}

void one_syn(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller once(client, family), again(client, family);

	REQUIRE(test, listener.open() && once.open() && again.open());
	expect_ok(test, once.set(IPPROTO_TCP, TCP_NOSYNRETRIES, 1));
	EXPECT_EQ(test, once.get(IPPROTO_TCP, TCP_NOSYNRETRIES), 1u);
	{
		PacketGate gate(listener.address, IPPROTO_TCP, PACKET_IS_LOST);

		REQUIRE(test, gate.open());
		expect_failed(test, once.connect(listener.address), STATUS_IO_TIMEOUT);
		EXPECT_EQ(test, gate.count(), 1u);
		/* By its other name, and not for ever. */
		expect_ok(test, set_rto(again, 100, TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS));
		EXPECT_EQ(test, again.get(IPPROTO_TCP, TCP_NOSYNRETRIES), 1u);
		expect_failed(test, again.connect(listener.address), STATUS_IO_TIMEOUT);
		EXPECT_EQ(test, gate.count(), 2u);
		expect_ok(test, set_rto(again, 100, 2));
		EXPECT_EQ(test, again.get(IPPROTO_TCP, TCP_NOSYNRETRIES), 0u);
		expect_failed(test, again.connect(listener.address), STATUS_IO_TIMEOUT);
		EXPECT_GE(test, gate.count(), 5u);
	}
	/* Where there is an answer nothing is different. */
	expect_done(test, once.connect(listener.address));
}

void first_timeouts(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller slow(client, family), fast(client, family);
	Request slow_request, fast_request;

	REQUIRE(test, listener.open() && slow.open() && fast.open());
	PacketGate gate(listener.address, IPPROTO_TCP, PACKET_IS_LOST);

	REQUIRE(test, gate.open());
	expect_ok(test, set_rto(slow, 3000, TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS));
	expect_ok(test, set_rto(fast, 200, TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS));
	/* What is not specified stays. */
	expect_ok(test, set_rto(fast, TCP_INITIAL_RTO_UNSPECIFIED_RTT,
				TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS));
	slow.start_connect(slow_request, listener.address);
	fast.start_connect(fast_request, listener.address);
	expect_failed(test, fast_request.wait(), STATUS_IO_TIMEOUT);
	expect_failed(test, slow_request.wait(), STATUS_IO_TIMEOUT);
	EXPECT_LT(test, fast_request.order(), slow_request.order());
	EXPECT_EQ(test, gate.count(), 2u);
}

TCP_INFO_v0 info_of(struct kunit *test, Socket &socket)
{
	TCP_INFO_v0 info = {};
	ULONG version = 0;

	expect_ok(
		test,
		socket.control(ioctl(SIO_TCP_INFO, &version, sizeof(version), &info, sizeof(info))),
		sizeof(info));
	return info;
}

void repeated_syns_are_counted(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	Request request;

	REQUIRE(test, listener.open() && caller.open());
	EXPECT_EQ(test, info_of(test, caller).ConnectionTimeMs, 0u);
	{
		PacketGate gate(listener.address, IPPROTO_TCP, PACKET_IS_LOST);

		REQUIRE(test, gate.open());
		caller.start_connect(request, listener.address);
		EXPECT_EQ(test, gate.count(), 1u);
	}
	expect_done(test, request.wait());
	EXPECT_EQ(test, info_of(test, caller).SynRetrans, 1u);
	EXPECT_GT(test, info_of(test, caller).ConnectionTimeMs, 0u);
}

NTSTATUS icmp_error(Socket &socket, ICMP_ERROR_INFO *info)
{
	return socket
		.control({.type = WskGetOption,
			  .code = TCP_ICMP_ERROR_INFO,
			  .level = IPPROTO_TCP,
			  .output = info,
			  .output_size = sizeof(*info)})
		.status;
}

void icmp_errors(struct kunit *test, ADDRESS_FAMILY family)
{
	const bool ipv4 = family == AF_INET;
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	ICMP_ERROR_INFO info = {};

	REQUIRE(test, listener.open() && caller.open());
	{
		PacketGate gate(listener.address, IPPROTO_TCP, PACKET_REACHES_NO_HOST);

		REQUIRE(test, gate.open());
		/* Without the switch it fails as well, and nothing is kept. */
		expect_failed(test, caller.connect(listener.address), STATUS_HOST_UNREACHABLE);
		EXPECT_STATUS(test, icmp_error(caller, &info), STATUS_NOT_FOUND);
		expect_ok(test, caller.set(IPPROTO_TCP, TCP_FAIL_CONNECT_ON_ICMP_ERROR, 1));
		expect_failed(test, caller.connect(listener.address), STATUS_HOST_UNREACHABLE);
		/* Reading leaves it. */
		for (int i = 0; i < 2; i++) {
			info = {};
			EXPECT_STATUS(test, icmp_error(caller, &info), STATUS_SUCCESS);
			EXPECT_EQ(test, info.protocol, ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
			EXPECT_EQ(test, info.type, ipv4 ? 3 : 1);
			EXPECT_EQ(test, info.code, ipv4 ? 1 : 3);
			EXPECT_EQ(test, info.srcaddress.si_family, family);
		}
		Address loopback = Address::loopback(family);

		EXPECT_TRUE(test,
			    RtlEqualMemory(&info.srcaddress, static_cast<PSOCKADDR>(loopback),
					   ipv4 ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6)));
	}
	/* It was that attempt's. */
	expect_done(test, caller.connect(listener.address));
	EXPECT_STATUS(test, icmp_error(caller, &info), STATUS_NOT_FOUND);
	expect_refused(test, caller.set(IPPROTO_TCP, TCP_ICMP_ERROR_INFO, 1), STATUS_NOT_SUPPORTED);
	expect_refused(test,
		       caller.control({.type = WskGetOption,
				       .code = TCP_ICMP_ERROR_INFO,
				       .level = IPPROTO_TCP,
				       .output = &info,
				       .output_size = sizeof(info) - 1}),
		       STATUS_BUFFER_TOO_SMALL);
}

void connections_survive_icmp(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	Buffer out(10), in(10);
	Socket peer(client);

	REQUIRE(test, listener.open() && caller.open() && out.valid() && in.valid());
	expect_ok(test, caller.set(IPPROTO_TCP, TCP_FAIL_CONNECT_ON_ICMP_ERROR, 1));
	expect_done(test, caller.connect(listener.address));
	peer.adopt(listener.accept());
	REQUIRE(test, peer.open());
	{
		PacketGate gate(listener.address, IPPROTO_TCP, PACKET_REACHES_NO_HOST);

		REQUIRE(test, gate.open());
		expect_done(test, caller.send(out.all()), 10);
		EXPECT_GE(test, gate.count(), 1u);
	}
	expect_done(test, peer.receive(in.all()), 10);
}

/* Whoever comes is turned away, whoever is there stays. */
void expect_pausing(struct kunit *test, Client &client, Socket &listener, Address address)
{
	Buffer out(10), in(10);
	Caller early(client, address.family()), refused(client, address.family());
	Caller late(client, address.family());
	Socket peer(client), late_peer(client);

	REQUIRE(test, early.open() && refused.open() && late.open() && out.valid() && in.valid());
	expect_done(test, early.connect(address));
	EXPECT_EQ(test, listener.get(SOL_SOCKET, SO_PAUSE_ACCEPT), 0u);
	expect_ok(test, listener.set(SOL_SOCKET, SO_PAUSE_ACCEPT, 1));
	expect_ok(test, listener.set(SOL_SOCKET, SO_PAUSE_ACCEPT, 1));
	EXPECT_EQ(test, listener.get(SOL_SOCKET, SO_PAUSE_ACCEPT), 1u);
	expect_failed(test, refused.connect(address), STATUS_CONNECTION_REFUSED);
	expect_failed(test, refused.connect(address), STATUS_CONNECTION_REFUSED);
	peer.adopt(listener.accept());
	expect_done(test, early.send(out.all()), 10);
	expect_done(test, peer.receive(in.all()), 10);
	expect_ok(test, listener.set(SOL_SOCKET, SO_PAUSE_ACCEPT, 0));
	EXPECT_EQ(test, listener.get(SOL_SOCKET, SO_PAUSE_ACCEPT), 0u);
	expect_done(test, late.connect(address));
	late_peer.adopt(listener.accept());
	expect_done(test, late.send(out.all()), 10);
	expect_done(test, late_peer.receive(in.all()), 10);
}

void listener_pauses(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);

	REQUIRE(test, listener.open() && caller.open());
	expect_pausing(test, client, listener, listener.address);
	expect_refused(test, caller.set(SOL_SOCKET, SO_PAUSE_ACCEPT, 1), STATUS_NOT_SUPPORTED);
}

void stream_pauses(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Socket stream(client, WSK_FLAG_STREAM_SOCKET, family);

	REQUIRE(test, stream.open());
	expect_done(test, stream.bind(Address::loopback(family)));
	expect_done(test, stream.listen_now());
	expect_pausing(test, client, stream, stream.local());
}

void dual_stack_pauses(struct kunit *test)
{
	Client client(test);
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, AF_INET6);

	REQUIRE(test, listener.open());
	expect_ok(test, listener.set(IPPROTO_IPV6, IPV6_V6ONLY, 0));
	expect_done(test, listener.bind(Address::any(AF_INET6)));
	const USHORT port = listener.local().port();

	expect_pausing(test, client, listener, Address::loopback(AF_INET, port));
	expect_pausing(test, client, listener, Address::loopback(AF_INET6, port));
}

void accepted_outlives_pause(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Buffer out(10), in(10);
	Caller caller(client, family);
	Socket peer(client);

	REQUIRE(test, caller.open() && out.valid() && in.valid());
	{
		Listener listener(client, family);

		REQUIRE(test, listener.open());
		expect_done(test, caller.connect(listener.address));
		expect_ok(test, listener.set(SOL_SOCKET, SO_PAUSE_ACCEPT, 1));
		peer.adopt(listener.accept());
	}
	expect_done(test, caller.send(out.all()), 10);
	expect_done(test, peer.receive(in.all()), 10);
	expect_done(test, peer.disconnect());
	expect_done(test, caller.disconnect());
}

void nobody_is_inspected(struct kunit *test, ADDRESS_FAMILY family)
{
	static constexpr WSK_CLIENT_LISTEN_DISPATCH dispatch = Gate::dispatch();
	Client client(test);
	Gate gate(test);
	Socket listener(client, WSK_FLAG_LISTEN_SOCKET, family, &gate, &dispatch);
	Caller refused(client, family), late(client, family);

	REQUIRE(test, listener.open() && refused.open() && late.open());
	gate.answer = WskInspectAccept;
	expect_ok(test, listener.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1));
	expect_done(test, listener.bind(Address::loopback(family)));
	expect_ok(test, listener.set(SOL_SOCKET, SO_PAUSE_ACCEPT, 1));
	expect_failed(test, refused.connect(listener.local()), STATUS_CONNECTION_REFUSED);
	EXPECT_EQ(test, gate.inspections, 0);
	expect_ok(test, listener.set(SOL_SOCKET, SO_PAUSE_ACCEPT, 0));
	expect_done(test, late.connect(listener.local()));
	EXPECT_EQ(test, gate.inspections, 1);
}

void congestion(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG dctcp = 2;
	const ULONG unknown[] = {1, 5, 77, ~0u};
	Client client(test);
	Pair pair(client, family);
	Buffer out(1000), in(1000);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	for (ULONG number : unknown)
		EXPECT_STATUS(test,
			      pair.caller.set(IPPROTO_TCP, TCP_CONGESTION_ALGORITHM, number).status,
			      STATUS_NOT_SUPPORTED);
	EXPECT_EQ(test, pair.caller.get(IPPROTO_TCP, TCP_CONGESTION_ALGORITHM), 0u);
	/* Where the kernel has it. */
	const NTSTATUS status =
		pair.caller.set(IPPROTO_TCP, TCP_CONGESTION_ALGORITHM, dctcp).status;

	EXPECT_TRUE(test, status == STATUS_SUCCESS || status == STATUS_NOT_SUPPORTED);
	EXPECT_EQ(test, pair.caller.get(IPPROTO_TCP, TCP_CONGESTION_ALGORITHM),
		  NT_SUCCESS(status) ? dctcp : 0);
	expect_done(test, pair.caller.send(out.all()), out.length());
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), in.length());
	expect_ok(test, pair.caller.set(IPPROTO_TCP, TCP_CONGESTION_ALGORITHM, 0));
	EXPECT_EQ(test, pair.caller.get(IPPROTO_TCP, TCP_CONGESTION_ALGORITHM), 0u);
}

struct UserMtu {
	explicit UserMtu(ADDRESS_FAMILY family)
		: level(family == AF_INET ? static_cast<ULONG>(IPPROTO_IP)
					  : static_cast<ULONG>(IPPROTO_IPV6)),
		  code(family == AF_INET ? static_cast<ULONG>(IP_USER_MTU)
					 : static_cast<ULONG>(IPV6_USER_MTU)),
		  mtu(family == AF_INET ? 1000 : 1280), segment(mtu - (family == AF_INET ? 40 : 60))
	{
	}

	ULONG level, code, mtu, segment;
};

void mtu_of_connections(struct kunit *test, ADDRESS_FAMILY family)
{
	const UserMtu option(family);
	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	Socket peer(client);
	Pair pair(client, family);
	Buffer out(5000), in(5000);

	REQUIRE(test,
		listener.open() && caller.open() && pair.connected() && out.valid() && in.valid());
	/* Set before, it is the other side's limit, too. */
	expect_ok(test, caller.set(option.level, option.code, option.mtu));
	expect_done(test, caller.connect(listener.address));
	peer.adopt(listener.accept());
	expect_done(test, caller.send(out.all()), out.length());
	expect_done(test, peer.receive(in.all(), WSK_FLAG_WAITALL), in.length());
	expect_done(test, peer.send(out.all()), out.length());
	EXPECT_LE(test, caller.get(IPPROTO_TCP, TCP_MAXSEG), option.segment);
	EXPECT_LE(test, peer.get(IPPROTO_TCP, TCP_MAXSEG), option.segment);
	/* Set later, it is this side's. */
	const ULONG before = pair.caller.get(IPPROTO_TCP, TCP_MAXSEG);

	EXPECT_GT(test, before, option.segment);
	expect_ok(test, pair.caller.set(option.level, option.code, option.mtu));
	expect_done(test, pair.caller.send(out.all()), out.length());
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), in.length());
	EXPECT_LE(test, pair.caller.get(IPPROTO_TCP, TCP_MAXSEG), option.segment);
	expect_ok(test, pair.caller.set(option.level, option.code, ~0u));
	expect_done(test, pair.caller.send(out.all()), out.length());
	EXPECT_GE(test, pair.caller.get(IPPROTO_TCP, TCP_MAXSEG), before);
}

void mtu_of_datagrams(struct kunit *test, ADDRESS_FAMILY family)
{
	const UserMtu option(family);
	const ULONG dont_fragment = family == AF_INET ? static_cast<ULONG>(IP_DONTFRAGMENT)
						      : static_cast<ULONG>(IPV6_DONTFRAG);
	Client client(test);
	Datagram from(client, family), to(client, family);
	Buffer large(3000);

	REQUIRE(test, from.bind_loopback() && to.bind_loopback() && large.valid());
	expect_ok(test, from.set(option.level, option.code, option.mtu));
	/* In pieces. */
	from.send_stream(to.address, 0, 3000);
	to.expect_stream(0, 3000);
	expect_ok(test, from.set(option.level, dont_fragment, 1));
	expect_failed(test, from.send(large.all(), to.address), STATUS_INVALID_BUFFER_SIZE);
	from.send_stream(to.address, 5, option.mtu - 48);
	to.expect_stream(5, option.mtu - 48);
	expect_failed(test, from.send(large.window(0, option.mtu - 27), to.address),
		      STATUS_INVALID_BUFFER_SIZE);
	expect_ok(test, from.set(option.level, option.code, ~0u));
	from.send_stream(to.address, 6, 3000);
	to.expect_stream(6, 3000);
}

void ports_are_chosen_late(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Listener listener(client, family);
	Socket late(client, WSK_FLAG_CONNECTION_SOCKET, family);
	Socket other(client, WSK_FLAG_CONNECTION_SOCKET, family);

	REQUIRE(test, listener.open() && late.open() && other.open());
	expect_ok(test, late.set(SOL_SOCKET, SO_REUSE_UNICASTPORT, 1));
	expect_ok(test, other.set(SOL_SOCKET, SO_REUSE_UNICASTPORT, 1));
	expect_done(test, late.bind(Address::loopback(family)));
	expect_done(test, other.bind(Address::loopback(family)));
	EXPECT_EQ(test, late.local().port(), 0);
	/* A failure leaves it as it was. */
	{
		PacketGate gate(listener.address, IPPROTO_TCP, PACKET_REACHES_NO_HOST);

		REQUIRE(test, gate.open());
		expect_failed(test, late.connect(listener.address), STATUS_HOST_UNREACHABLE);
	}
	expect_done(test, late.connect(listener.address));
	expect_done(test, other.connect(listener.address));
	EXPECT_NE(test, late.local().port(), 0);
	EXPECT_NE(test, late.local().port(), other.local().port());
}

void ports_are_random(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr int count = 6;
	USHORT ports[count] = {};
	int in_a_row = 0;
	Client client(test);

	for (USHORT &port : ports) {
		Datagram socket(client, family);

		REQUIRE(test, socket.bind_loopback());
		port = socket.address.port();
	}
	for (int i = 1; i < count; i++)
		in_a_row += ports[i] - ports[i - 1] == 1 || ports[i] - ports[i - 1] == 2;
	EXPECT_LT(test, in_a_row, count - 1);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("TCP_NOSYNRETRIES sends one SYN", one_syn),
	IPV4_AND_IPV6("the first SYN is waited for as long as was said", first_timeouts),
	IPV4_AND_IPV6("repeated SYNs are counted", repeated_syns_are_counted),
	IPV4_AND_IPV6("what ICMP said of an attempt to connect is kept", icmp_errors),
	IPV4_AND_IPV6("a connection survives what ICMP says", connections_survive_icmp),
	IPV4_AND_IPV6("a listener that pauses turns everybody away", listener_pauses),
	IPV4_AND_IPV6("a stream socket that pauses turns everybody away", stream_pauses),
	{"a dual-stack listener pauses for both families", dual_stack_pauses},
	IPV4_AND_IPV6("what was accepted outlives a listener that pauses", accepted_outlives_pause),
	IPV4_AND_IPV6("nobody is inspected while a listener pauses", nobody_is_inspected),
	IPV4_AND_IPV6("congestion algorithms are Windows' numbers", congestion),
	IPV4_AND_IPV6("a user's MTU limits segments", mtu_of_connections),
	IPV4_AND_IPV6("a user's MTU limits what is not fragmented", mtu_of_datagrams),
	IPV4_AND_IPV6("SO_REUSE_UNICASTPORT chooses the port to connect", ports_are_chosen_late),
	IPV4_AND_IPV6("ports of the system's choice are random", ports_are_random),
};

} // namespace

BRIDGE_SUITE(wsk_handshake, cases, .network = true);
