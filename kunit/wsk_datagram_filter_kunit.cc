// SPDX-License-Identifier: MIT OR GPL-2.0
/* Which datagrams reach a socket, and what ICMP messages do to its receives. */
#include <mstcpip.h>

#include "wsk_control_kinds.h"
#include "wsk_packet_gate.h"

namespace
{

using namespace wsk::test;

constexpr ULONG loopback_index = 1;
constexpr ULONG loopback_address = 0x0100007f;
constexpr ULONG group_address = 0x050201ef; /* 239.1.2.5 */

struct Two {
	Two(struct kunit *test, ADDRESS_FAMILY family)
		: client(test), sender(client, family), receiver(client, family),
		  level(family == AF_INET ? static_cast<ULONG>(IPPROTO_IP)
					  : static_cast<ULONG>(IPPROTO_IPV6))
	{
		ready = sender.bind_loopback() && receiver.bind_loopback();
	}

	/* Whether what is sent arrives. */
	void expect_arrival(bool arrives, Site here = HERE)
	{
		sender.send_stream(receiver.address, 3, 20, here);
		if (arrives)
			receiver.expect_stream(3, 20, here);
		else
			receiver.expect_nothing(here);
	}

	Client client;
	Datagram sender, receiver;
	ULONG level;
	bool ready = false;
};

ULONG interfaces(Datagram &socket, ULONG level, ULONG (&indexes)[4], NTSTATUS *status,
		 SIZE_T room = sizeof(indexes))
{
	const Outcome outcome = socket.control({.type = WskGetOption,
						.code = IP_GET_IFLIST,
						.level = level,
						.output = indexes,
						.output_size = room});

	*status = outcome.status;
	return static_cast<ULONG>(outcome.information / sizeof(ULONG));
}

void interface_lists(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	ULONG indexes[4] = {};
	NTSTATUS status;

	/* IPv4 and IPv6 have them at the same numbers. */
	REQUIRE(test, two.ready);
	EXPECT_EQ(test, two.receiver.get(two.level, IP_IFLIST), 0u);
	EXPECT_EQ(test, interfaces(two.receiver, two.level, indexes, &status), 0u);
	EXPECT_STATUS(test, status, STATUS_SUCCESS);
	two.expect_arrival(true);
	expect_ok(test, two.receiver.set(two.level, IP_IFLIST, 1));
	EXPECT_EQ(test, two.receiver.get(two.level, IP_IFLIST), 1u);
	two.expect_arrival(false);
	expect_ok(test, two.receiver.set(two.level, IP_ADD_IFLIST, 4711));
	two.expect_arrival(false);
	expect_ok(test, two.receiver.set(two.level, IP_ADD_IFLIST, loopback_index));
	expect_ok(test, two.receiver.set(two.level, IP_ADD_IFLIST, loopback_index));
	two.expect_arrival(true);
	EXPECT_EQ(test, interfaces(two.receiver, two.level, indexes, &status), 2u);
	EXPECT_EQ(test, indexes[0], 4711u);
	EXPECT_EQ(test, indexes[1], loopback_index);
	EXPECT_EQ(test, interfaces(two.receiver, two.level, indexes, &status, 4), 2u);
	EXPECT_STATUS(test, status, STATUS_BUFFER_OVERFLOW);
	expect_ok(test, two.receiver.set(two.level, IP_DEL_IFLIST, loopback_index));
	two.expect_arrival(false);
	expect_failed(test, two.receiver.set(two.level, IP_DEL_IFLIST, loopback_index),
		      STATUS_NOT_FOUND);
	expect_ok(test, two.receiver.set(two.level, IP_IFLIST, 0));
	two.expect_arrival(true);
}

void full_interface_lists(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG most = 64;
	Two two(test, family);

	REQUIRE(test, two.ready);
	for (ULONG i = 1; i <= most; i++)
		expect_ok(test, two.receiver.set(two.level, IP_ADD_IFLIST, i));
	expect_failed(test, two.receiver.set(two.level, IP_ADD_IFLIST, most + 1),
		      STATUS_INSUFFICIENT_RESOURCES);
	expect_ok(test, two.receiver.set(two.level, IP_DEL_IFLIST, 7));
	expect_ok(test, two.receiver.set(two.level, IP_ADD_IFLIST, most + 1));
}

Address ipv4(ULONG address, USHORT port)
{
	Address result = Address::any(AF_INET, port);

	result.ipv4()->sin_addr.S_un.S_addr = address;
	return result;
}

/* A sender through loopback, and two sockets at one port of which the first is a member. */
struct Group {
	explicit Group(struct kunit *test)
		: client(test), sender(client, AF_INET), member(client, AF_INET),
		  outsider(client, AF_INET)
	{
		IP_MREQ join = {};

		join.imr_multiaddr.S_un.S_addr = group_address;
		join.imr_interface.S_un.S_addr = loopback_address;
		ready = sender.bind_loopback() && member.open() && outsider.open();
		if (!ready)
			return;
		expect_ok(test, sender.set(IPPROTO_IP, IP_MULTICAST_IF, loopback_address));
		expect_ok(test, member.set(SOL_SOCKET, SO_REUSEADDR, 1));
		expect_ok(test, outsider.set(SOL_SOCKET, SO_REUSEADDR, 1));
		expect_done(test, member.bind(Address::any(AF_INET)));
		group = ipv4(group_address, member.local().port());
		expect_done(test, outsider.bind(Address::any(AF_INET, group.port())));
		expect_ok(test, member.control({.code = IP_ADD_MEMBERSHIP,
						.level = IPPROTO_IP,
						.input = &join,
						.input_size = sizeof(join)}));
	}

	Client client;
	Datagram sender, member, outsider;
	Address group;
	bool ready;
};

void only_members(struct kunit *test)
{
	Group group(test);

	REQUIRE(test, group.ready);
	group.sender.send_stream(group.group, 5, 10);
	group.member.expect_stream(5, 10);
	group.outsider.expect_nothing();
}

void receivers_loop(struct kunit *test)
{
	ULONG off = 0;
	Group group(test);

	REQUIRE(test, group.ready);
	/* The sender's setting does not matter. */
	expect_ok(test, group.sender.set(IPPROTO_IP, IP_MULTICAST_LOOP, 0));
	group.sender.send_stream(group.group, 5, 10);
	group.member.expect_stream(5, 10);
	expect_ok(test, group.member.set(IPPROTO_IP, IP_MULTICAST_LOOP, 0));
	group.sender.send_stream(group.group, 6, 10);
	group.member.expect_nothing();
	/* What is sent to itself is no multicast. */
	Address self = Address::loopback(AF_INET, group.group.port());
	expect_ok(test, group.outsider.set(IPPROTO_IP, IP_MULTICAST_LOOP, 1));
	group.outsider.close();
	group.sender.send_stream(self, 7, 10);
	group.member.expect_stream(7, 10);
	expect_ok(test, group.member.set(IPPROTO_IP, IP_MULTICAST_LOOP, 1));
	group.sender.send_stream(group.group, 8, 10);
	group.member.expect_stream(8, 10);
	expect_ok(test, group.member.control(ioctl(SIO_MULTIPOINT_LOOPBACK, &off, sizeof(off))));
	EXPECT_EQ(test, group.member.get(IPPROTO_IP, IP_MULTICAST_LOOP), 0u);
	group.sender.send_stream(group.group, 9, 10);
	group.member.expect_nothing();
}

Outcome report(Datagram &socket, ULONG code, ULONG on)
{
	return socket.control(ioctl(code, &on, sizeof(on)));
}

/* A loopback port that nobody is at. */
Address closed_port(Client &client, ADDRESS_FAMILY family)
{
	Datagram socket(client, family);

	(void)socket.bind_loopback();
	return socket.address;
}

void ports_unreachable(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Address nobody = closed_port(two.client, family);
	Buffer in(20);
	Request first, second;

	REQUIRE(test, two.ready && in.valid());
	/* Off at first: nothing comes of it. */
	two.receiver.send_stream(nobody, 0, 10);
	two.receiver.expect_nothing();
	expect_ok(test, report(two.receiver, SIO_UDP_CONNRESET, 1));
	two.receiver.start_receive(first, in.all());
	two.receiver.send_stream(nobody, 0, 10);
	expect_failed(test, first.wait(), STATUS_PORT_UNREACHABLE);
	/* It was news, not the end. */
	two.expect_arrival(true);
	/* Whoever is late is told as well. */
	two.receiver.send_stream(nobody, 0, 10);
	two.receiver.start_receive(second, in.all());
	expect_failed(test, second.wait(), STATUS_PORT_UNREACHABLE);
	/* The other report is not meant, and IP_RECVERR tells more. */
	expect_ok(test, report(two.receiver, SIO_UDP_NETRESET, 1));
	expect_ok(test, two.receiver.set(two.level, IP_RECVERR, 1));
	two.receiver.send_stream(nobody, 3, 10);
	two.receiver.expect_stream(3, 10);
	expect_ok(test, two.receiver.set(two.level, IP_RECVERR, 0));
	expect_ok(test, report(two.receiver, SIO_UDP_CONNRESET, 0));
	two.receiver.send_stream(nobody, 0, 10);
	two.receiver.expect_nothing();
	expect_ok(test, report(two.receiver, SIO_UDP_NETRESET, 0));
	two.receiver.send_stream(nobody, 0, 10);
	two.expect_arrival(true);
}

void hops_exceeded(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Buffer in(20);
	Request request;

	REQUIRE(test, two.ready && in.valid());
	PacketGate gate(two.receiver.address, IPPROTO_UDP, PACKET_HAS_NO_HOPS_LEFT);

	REQUIRE(test, gate.open());
	expect_ok(test, report(two.sender, SIO_UDP_CONNRESET, 1));
	two.sender.send_stream(two.receiver.address, 0, 10);
	two.sender.expect_nothing();
	expect_ok(test, report(two.sender, SIO_UDP_NETRESET, 1));
	two.sender.start_receive(request, in.all());
	two.sender.send_stream(two.receiver.address, 0, 10);
	expect_failed(test, request.wait(), STATUS_HOPLIMIT_EXCEEDED);
	EXPECT_EQ(test, gate.count(), 2u);
}

void event_is_not_failed(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	DatagramNotes notes(test);
	Datagram socket(client, family, &notes, &DatagramNotes::dispatch);
	Datagram peer(client, family);
	Address nobody = closed_port(client, family);

	REQUIRE(test, socket.bind_loopback() && peer.bind_loopback());
	expect_ok(test, report(socket, SIO_UDP_CONNRESET, 1));
	EXPECT_STATUS(test, socket.set_events(WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
	socket.send_stream(nobody, 0, 10);
	peer.send_stream(socket.address, 3, 20);
	EXPECT_TRUE(test, notes.reach(1));
	EXPECT_EQ(test, notes.seen(0).length, 20u);
}

void what_came_last(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	PROCESSOR_NUMBER processor = {9, 9, 9};
	Messages messages;
	Buffer out(10), in(10);

	REQUIRE(test, two.ready && out.valid() && in.valid());
	EXPECT_EQ(test, two.receiver.get(SOL_SOCKET, SO_RECEIVED_HOPLIMIT), 0u);
	messages.add(static_cast<INT>(two.level),
		     family == AF_INET ? static_cast<INT>(IP_TTL) : static_cast<INT>(IPV6_HOPLIMIT),
		     INT{7});
	expect_done(test, two.sender.send(out.all(), two.receiver.address, &messages), 10);
	expect_done(test, two.receiver.receive(in.all()), 10);
	EXPECT_EQ(test, two.receiver.get(SOL_SOCKET, SO_RECEIVED_HOPLIMIT), 7u);
	expect_ok(test,
		  two.receiver.control({.type = WskGetOption,
					.code = SO_RECEIVED_PROCESSOR,
					.output = &processor,
					.output_size = sizeof(processor)}),
		  sizeof(processor));
	EXPECT_LT(test, KeGetProcessorIndexFromNumber(&processor),
		  KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS));
	expect_refused(test, two.receiver.set(SOL_SOCKET, SO_RECEIVED_HOPLIMIT, 7),
		       STATUS_NOT_SUPPORTED);
}

USHORT checksum(const UCHAR *bytes, ULONG count, ULONG sum)
{
	for (ULONG i = 0; i < count; i += 2)
		sum += static_cast<ULONG>(bytes[i]) << 8 | bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return static_cast<USHORT>(~sum);
}

/* A datagram of four bytes behind a routing header that has nowhere left to go. */
void routing_headers(struct kunit *test)
{
	constexpr ULONG udp = 48, length = 60;
	constexpr UCHAR routing[8] = {IPPROTO_UDP, 0, 0, 0, 0, 0, 0, 0};
	Client client(test);
	Datagram raw(client, AF_INET6, SOCK_RAW, 255), receiver(client, AF_INET6);
	Incoming incoming, silent;
	UCHAR packet[length] = {0x60, 0, 0, 0, 0, length - 40, 43 /* routing */, 64};
	Buffer out(length), in(4);

	REQUIRE(test, raw.bind_loopback() && receiver.bind_loopback() && out.valid() && in.valid());
	const USHORT port = receiver.address.port();

	packet[23] = packet[39] = 1; /* ::1, twice */
	RtlCopyMemory(packet + 40, routing, sizeof(routing));
	packet[udp] = packet[udp + 2] = static_cast<UCHAR>(port >> 8);
	packet[udp + 1] = packet[udp + 3] = static_cast<UCHAR>(port);
	packet[udp + 5] = length - udp;
	const USHORT sum = checksum(packet + 8, 32, (length - udp) + IPPROTO_UDP);
	const USHORT whole = checksum(packet + udp, length - udp, static_cast<USHORT>(~sum));

	packet[udp + 6] = static_cast<UCHAR>(whole >> 8);
	packet[udp + 7] = static_cast<UCHAR>(whole);
	for (ULONG i = 0; i < length; i++)
		out[i] = packet[i];
	expect_ok(test, raw.set(IPPROTO_IPV6, IPV6_HDRINCL, 1));
	expect_ok(test, receiver.set(IPPROTO_IPV6, IPV6_RECVRTHDR, 1));
	EXPECT_EQ(test, receiver.get(IPPROTO_IPV6, IPV6_RECVRTHDR), 1u);
	expect_done(test, raw.send(out.all(), Address::loopback(AF_INET6)), length);
	expect_done(test, receiver.receive(in.all(), &incoming), 4);
	const void *told = find_message(reinterpret_cast<PCMSGHDR>(incoming.control),
					incoming.length, IPPROTO_IPV6, IPV6_RTHDR, sizeof(routing));

	REQUIRE(test, told);
	EXPECT_TRUE(test, RtlEqualMemory(told, routing, sizeof(routing)));
	expect_ok(test, receiver.set(IPPROTO_IPV6, IPV6_RECVRTHDR, 0));
	expect_done(test, raw.send(out.all(), Address::loopback(AF_INET6)), length);
	expect_done(test, receiver.receive(in.all(), &silent), 4);
	EXPECT_EQ(test, silent.length, 0u);
	/* Datagrams without one have nothing to tell. */
	expect_ok(test, receiver.set(IPPROTO_IPV6, IPV6_RECVRTHDR, 1));
	Datagram sender(client, AF_INET6);
	Incoming plain;
	Buffer four(4);

	REQUIRE(test, sender.bind_loopback() && four.valid());
	expect_done(test, sender.send(four.all(), receiver.address), 4);
	expect_done(test, receiver.receive(in.all(), &plain), 4);
	EXPECT_EQ(test, plain.length, 0u);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a list of interfaces decides what arrives", interface_lists),
	IPV4_AND_IPV6("a list of interfaces has its limits", full_interface_lists),
	{"groups that others joined are not heard", only_members},
	{"the receiver decides whether a group hears its own host", receivers_loop},
	IPV4_AND_IPV6("an unreachable port fails a receive, where that is wanted",
		      ports_unreachable),
	IPV4_AND_IPV6("an exceeded hop limit fails a receive, where that is wanted", hops_exceeded),
	IPV4_AND_IPV6("what fails receives does not disturb the event", event_is_not_failed),
	IPV4_AND_IPV6("hop limit and processor of the last datagram are told", what_came_last),
	{"IPv6's routing headers are told", routing_headers},
};

} // namespace

BRIDGE_SUITE(wsk_datagram_filter, cases, .network = true);
