// SPDX-License-Identifier: MIT OR GPL-2.0
/* Raw IP: protocols of the client's own, over IPv4 and IPv6. */
#include "wsk_datagram_fixture.h"

namespace
{

using namespace wsk::test;

constexpr ULONG experimental = 253; /* RFC 3692: for experiments, like this one */
constexpr SIZE_T ipv4_header = 20;

USHORT checksum(Buffer &data, SIZE_T from, SIZE_T to)
{
	ULONG sum = 0;

	for (SIZE_T i = from; i < to; i += 2)
		sum += data[i] << 8 | (i + 1 < to ? data[i + 1] : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (USHORT)~sum;
}

void an_echo_comes_back(struct kunit *test, ADDRESS_FAMILY family)
{
	const bool ipv4 = family == AF_INET;
	const UCHAR request_type = ipv4 ? 8 : 128, reply_type = ipv4 ? 0 : 129;
	const SIZE_T header = ipv4 ? ipv4_header : 0;
	constexpr ULONG size = 40;
	Client client(test);
	Datagram socket(client, family, SOCK_RAW, ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	Address loopback = Address::loopback(family);
	Buffer out(size), in(200);
	Incoming incoming;
	bool replied = false;

	REQUIRE(test, socket.bind_loopback() && out.valid() && in.valid());
	EXPECT_EQ(test, socket.address.port(), 0);
	out.fill();
	out[0] = request_type;
	out[1] = 0;
	out[2] = out[3] = 0;
	if (ipv4) {
		USHORT sum = checksum(out, 0, size);

		out[2] = (UCHAR)(sum >> 8);
		out[3] = (UCHAR)sum;
	}
	expect_done(test, socket.send(out.all(), loopback), size);
	/* A raw socket sees the request as well. */
	for (int i = 0; i < 4 && !replied; i++) {
		const Outcome outcome = socket.receive(in.all(), &incoming);

		expect_done(test, outcome, header + size);
		if (outcome.status != STATUS_SUCCESS)
			return;
		EXPECT_TRUE(test, incoming.from.same_host(loopback));
		replied = in[header] == reply_type && in.holds(header + 4, 1, 4);
	}
	EXPECT_TRUE(test, replied);
}

void any_protocol(struct kunit *test, ADDRESS_FAMILY family)
{
	const SIZE_T header = family == AF_INET ? ipv4_header : 0;
	Client client(test);
	Datagram sender(client, family, SOCK_RAW, experimental),
		receiver(client, family, SOCK_RAW, experimental),
		other(client, family, SOCK_RAW, experimental + 1);
	Address loopback = Address::loopback(family);
	Buffer out(100), in(200);
	Incoming incoming;

	REQUIRE(test, sender.bind_loopback() && receiver.bind_loopback() && other.bind_loopback() &&
			      out.valid() && in.valid());
	out.fill(3);
	expect_done(test, sender.send(out.all(), loopback), 100);
	expect_done(test, receiver.receive(in.all(), &incoming), header + 100);
	EXPECT_TRUE(test, in.holds(header, 1, 3));
	EXPECT_TRUE(test, incoming.from.same_host(loopback));
	EXPECT_EQ(test, incoming.from.port(), 0);
	other.expect_nothing();
}

void raw_datagrams_are_indicated(struct kunit *test, ADDRESS_FAMILY family)
{
	const SIZE_T header = family == AF_INET ? ipv4_header : 0;
	Client client(test);
	DatagramNotes notes(test);
	Datagram sender(client, family, SOCK_RAW, experimental),
		receiver(client, family, SOCK_RAW, experimental, &notes, &DatagramNotes::dispatch);
	Address loopback = Address::loopback(family);
	Buffer out(100);

	REQUIRE(test, sender.bind_loopback() && receiver.bind_loopback() && out.valid());
	notes.answer = STATUS_PENDING;
	EXPECT_STATUS(test, receiver.set_events(WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
	expect_done(test, sender.send(out.all(), loopback), 100);
	REQUIRE(test, notes.reach(1));
	EXPECT_EQ(test, notes.seen(0).length, header + 100);
	EXPECT_STATUS(test, receiver.datagram()->WskRelease(receiver.handle(), notes.take_kept()),
		      STATUS_SUCCESS);
}

/* The remote address of a raw socket has no port. */
void a_raw_peer(struct kunit *test, ADDRESS_FAMILY family)
{
	const SIZE_T header = family == AF_INET ? ipv4_header : 0;
	Client client(test);
	Datagram sender(client, family, SOCK_RAW, experimental),
		receiver(client, family, SOCK_RAW, experimental);
	Address loopback = Address::loopback(family), foreign = Address::foreign(family);
	Buffer out(10), in(100);

	REQUIRE(test,
		sender.bind_loopback() && receiver.bind_loopback() && out.valid() && in.valid());
	expect_ok(test, sender.set_address(SIO_WSK_SET_SENDTO_ADDRESS, loopback));
	expect_ok(test, receiver.set_address(SIO_WSK_SET_REMOTE_ADDRESS, foreign));
	expect_done(test, sender.send(out.all(), nullptr), 10);
	receiver.expect_nothing();
	loopback.set_port(7); /* which means nothing */
	expect_ok(test, receiver.set_address(SIO_WSK_SET_REMOTE_ADDRESS, loopback));
	expect_done(test, sender.send(out.all(), nullptr), 10);
	expect_done(test, receiver.receive(in.all()), header + 10);
}

/* The receiver gets IPv4's header as it was sent, but for the length, the id and the checksum. */
void own_ipv4_header(struct kunit *test)
{
	constexpr ULONG size = ipv4_header + 40;
	Client client(test);
	Datagram sender(client, AF_INET, SOCK_RAW, experimental),
		receiver(client, AF_INET, SOCK_RAW, experimental);
	Address loopback = Address::loopback(AF_INET), other = loopback;
	Buffer out(size), in(200);
	Incoming incoming;

	REQUIRE(test,
		sender.bind_loopback() && receiver.bind_loopback() && out.valid() && in.valid());
	expect_ok(test, sender.set(IPPROTO_IP, IP_HDRINCL, TRUE));
	const UCHAR header[ipv4_header] = {
		0x45, 0x28, 0,	 size, 0x12, 0x34, 0,	0, 77, experimental,
		0,    0,    127, 0,    0,    9,	   127, 0, 0,  1};

	out.fill();
	for (ULONG i = 0; i < ipv4_header; i++)
		out[i] = header[i];
	expect_done(test, sender.send(out.all(), loopback), size);
	expect_done(test, receiver.receive(in.all(), &incoming), size);
	for (ULONG i = 0; i < ipv4_header; i++)
		if (i != 10 && i != 11)
			EXPECT_EQ(test, in[i], header[i]);
	EXPECT_EQ(test, checksum(in, 0, ipv4_header), 0);
	EXPECT_TRUE(test, in.holds(ipv4_header, size - ipv4_header, ipv4_header));
	other.ipv4()->sin_addr.S_un.S_un_b = {127, 0, 0, 9};
	EXPECT_TRUE(test, incoming.from.same_host(other));
	/* Switched off, the same bytes are data. */
	expect_ok(test, sender.set(IPPROTO_IP, IP_HDRINCL, FALSE));
	expect_done(test, sender.send(out.all(), loopback), size);
	expect_done(test, receiver.receive(in.all()), ipv4_header + size);
}

/* IPv6's does not come with the data: the receiver is told of it. */
void own_ipv6_header(struct kunit *test)
{
	constexpr ULONG header = 40, data = 30;
	Client client(test);
	Datagram sender(client, AF_INET6, SOCK_RAW, experimental),
		receiver(client, AF_INET6, SOCK_RAW, experimental);
	Address loopback = Address::loopback(AF_INET6);
	Buffer out(header + data), in(200);
	Incoming incoming;

	REQUIRE(test,
		sender.bind_loopback() && receiver.bind_loopback() && out.valid() && in.valid());
	expect_ok(test, sender.set(IPPROTO_IPV6, IPV6_HDRINCL, TRUE));
	expect_ok(test, receiver.set(IPPROTO_IPV6, IPV6_HOPLIMIT, TRUE));
	expect_ok(test, receiver.set(IPPROTO_IPV6, IPV6_RECVTCLASS, TRUE));
	out.fill();
	for (ULONG i = 0; i < header; i++)
		out[i] = 0;
	out[0] = 0x62; /* version 6, traffic class 0x28 */
	out[1] = 0x80;
	out[5] = data;
	out[6] = experimental;
	out[7] = 77;
	out[23] = out[39] = 1; /* from ::1 to ::1 */
	expect_done(test, sender.send(out.all(), loopback), header + data);
	expect_done(test, receiver.receive(in.all(), &incoming), data);
	EXPECT_TRUE(test, in.holds(0, data, header));

	const auto *hops = incoming.find<INT>(IPPROTO_IPV6, IPV6_HOPLIMIT);
	const auto *traffic_class = incoming.find<INT>(IPPROTO_IPV6, IPV6_TCLASS);

	REQUIRE(test, hops && traffic_class);
	EXPECT_EQ(test, *hops, 77);
	EXPECT_EQ(test, *traffic_class, 0x28);
}

void protocols_that_there_are_not(struct kunit *test, ADDRESS_FAMILY family)
{
	/* 0 stands for none of them; Linux has some above 255 that are not IP's. */
	const ULONG protocols[] = {0, 256, 262, 0xffffffff};
	Client client(test);

	REQUIRE(test, client.ready());
	for (ULONG protocol : protocols) {
		const Outcome outcome = run(test, [&](PIRP irp) {
			return client.provider()->WskSocket(
				client.handle(), family, SOCK_RAW, (ULONG)protocol,
				WSK_FLAG_DATAGRAM_SOCKET, nullptr, nullptr, nullptr, nullptr,
				nullptr, irp);
		});

		EXPECT_STATUS(test, outcome.status, STATUS_NOT_SUPPORTED);
	}
}

/* Linux has raw sockets receive from their first moment on; and then what is for any address. */
void what_came_before_binding(struct kunit *test, ADDRESS_FAMILY family)
{
	const SIZE_T header = family == AF_INET ? ipv4_header : 0;
	Client client(test);
	Datagram sender(client, family, SOCK_RAW, experimental),
		receiver(client, family, SOCK_RAW, experimental);
	Address loopback = Address::loopback(family), other = loopback;
	Buffer early(10), out(20), in(100);
	Request receive;

	REQUIRE(test, sender.bind_loopback() && early.valid() && out.valid() && in.valid());
	out.fill(9);
	if (family == AF_INET)
		other.ipv4()->sin_addr.S_un.S_un_b = {127, 0, 0, 2};
	expect_done(test, sender.send(early.all(), other), 10);
	REQUIRE(test, receiver.bind_loopback());
	receiver.start_receive(receive, in.all());
	EXPECT_TRUE(test, receive.pending());
	expect_done(test, sender.send(out.all(), loopback), 20);
	expect_done(test, receive.wait(), header + 20);
	EXPECT_TRUE(test, in.holds(header, 20, 9));
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("an ICMP echo comes back", an_echo_comes_back),
	IPV4_AND_IPV6("a protocol of one's own arrives at its sockets", any_protocol),
	IPV4_AND_IPV6("what came before the socket was bound is not received",
		      what_came_before_binding),
	IPV4_AND_IPV6("raw datagrams are indicated", raw_datagrams_are_indicated),
	IPV4_AND_IPV6("a raw socket can have a fixed peer", a_raw_peer),
	{"an IPv4 header of one's own is what arrives", own_ipv4_header},
	{"an IPv6 header of one's own is what arrives", own_ipv6_header},
	IPV4_AND_IPV6("there are 255 protocols", protocols_that_there_are_not),
};

} // namespace

BRIDGE_SUITE(wsk_datagram_raw, cases, .network = true);
