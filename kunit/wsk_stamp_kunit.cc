// SPDX-License-Identifier: MIT OR GPL-2.0
/* SIO_TIMESTAMPING, SIO_GET_TX_TIMESTAMP, and the control messages that go with them. */
#include <mstcpip.h>

#include "wsk_control_kinds.h"
#include "wsk_packet_gate.h"

namespace
{

using namespace wsk::test;

ULONG64 now()
{
	return KeQueryPerformanceCounter(nullptr).QuadPart;
}

Outcome configure(Datagram &socket, ULONG flags, USHORT buffered = 0)
{
	TIMESTAMPING_CONFIG config = {flags, buffered};

	return socket.control(ioctl(SIO_TIMESTAMPING, &config, sizeof(config)));
}

NTSTATUS query(Datagram &socket, ULONG id, ULONG64 *time)
{
	return control_now(socket,
			   ioctl(SIO_GET_TX_TIMESTAMP, &id, sizeof(id), time, sizeof(*time)));
}

struct Two {
	Two(struct kunit *test, ADDRESS_FAMILY family)
		: client(test), sender(client, family), receiver(client, family)
	{
		ready = sender.bind_loopback() && receiver.bind_loopback();
	}

	void send(ULONG id)
	{
		Buffer out(10);
		Messages messages;

		messages.add(SOL_SOCKET, SO_TIMESTAMP_ID, id);
		expect_done(client.test(), sender.send(out.all(), receiver.address, &messages), 10);
	}

	Client client;
	Datagram sender, receiver;
	bool ready = false;
};

void received(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Buffer in(10);
	Incoming incoming, unstamped;

	REQUIRE(test, two.ready && in.valid());
	expect_ok(test, configure(two.receiver, TIMESTAMPING_FLAG_RX));
	const ULONG64 before = now();

	two.send(1);
	expect_done(test, two.receiver.receive(in.all(), &incoming), 10);
	const ULONG64 after = now();
	const auto *time = incoming.find<ULONG64>(SOL_SOCKET, SO_TIMESTAMP);

	REQUIRE(test, time);
	EXPECT_GE(test, *time, before);
	EXPECT_LE(test, *time, after);
	expect_ok(test, configure(two.receiver, 0));
	two.send(1);
	expect_done(test, two.receiver.receive(in.all(), &unstamped), 10);
	EXPECT_EQ(test, unstamped.length, 0u);
}

void indicated(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	DatagramNotes notes(test);
	Datagram sender(client, family);
	Datagram receiver(client, family, &notes, &DatagramNotes::dispatch);

	REQUIRE(test, sender.bind_loopback() && receiver.bind_loopback());
	expect_ok(test, configure(receiver, TIMESTAMPING_FLAG_RX));
	EXPECT_STATUS(test, receiver.set_events(WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
	const ULONG64 before = now();

	sender.send_stream(receiver.address, 0, 10);
	REQUIRE(test, notes.reach(1));
	UCHAR *control = const_cast<UCHAR *>(notes.seen(0).control);
	const auto *time = static_cast<const ULONG64 *>(
		find_message(reinterpret_cast<PCMSGHDR>(control), notes.seen(0).control_length,
			     SOL_SOCKET, SO_TIMESTAMP, sizeof(ULONG64)));

	REQUIRE(test, time);
	EXPECT_GE(test, *time, before);
	EXPECT_LE(test, *time, now());
}

void sent(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	ULONG64 time = 0;

	REQUIRE(test, two.ready);
	expect_ok(test, configure(two.sender, TIMESTAMPING_FLAG_TX, 4));
	const ULONG64 before = now();

	two.send(77);
	EXPECT_STATUS(test, query(two.sender, 77, &time), STATUS_SUCCESS);
	EXPECT_GE(test, time, before);
	EXPECT_LE(test, time, now());
	/* Once; and nothing of others. */
	EXPECT_STATUS(test, query(two.sender, 77, &time), STATUS_NOT_FOUND);
	EXPECT_STATUS(test, query(two.sender, 78, &time), STATUS_NOT_FOUND);
	/* The queue of what ICMP returned is not touched by it: nothing is received. */
	two.sender.expect_nothing();
}

void in_order(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG count = 5;
	Two two(test, family);
	ULONG64 times[count] = {};

	REQUIRE(test, two.ready);
	expect_ok(test, configure(two.sender, TIMESTAMPING_FLAG_TX, count));
	for (ULONG i = 0; i < count; i++)
		two.send(1000 - i);
	for (ULONG i = 0; i < count; i++)
		EXPECT_STATUS(test, query(two.sender, 1000 - i, &times[i]), STATUS_SUCCESS);
	for (ULONG i = 1; i < count; i++)
		EXPECT_GE(test, times[i], times[i - 1]);
}

void oldest_goes(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	ULONG64 time = 0;

	REQUIRE(test, two.ready);
	expect_ok(test, configure(two.sender, TIMESTAMPING_FLAG_TX, 2));
	for (ULONG id = 1; id <= 3; id++)
		two.send(id);
	EXPECT_STATUS(test, query(two.sender, 1, &time), STATUS_NOT_FOUND);
	EXPECT_STATUS(test, query(two.sender, 2, &time), STATUS_SUCCESS);
	EXPECT_STATUS(test, query(two.sender, 3, &time), STATUS_SUCCESS);
	/* Another table begins empty. */
	two.send(4);
	expect_ok(test, configure(two.sender, TIMESTAMPING_FLAG_TX, 2));
	EXPECT_STATUS(test, query(two.sender, 4, &time), STATUS_NOT_FOUND);
}

void on_its_way(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	ULONG64 time = 0;

	REQUIRE(test, two.ready);
	PacketGate gate(two.receiver.address, IPPROTO_UDP, PACKET_IS_HELD_BACK);

	REQUIRE(test, gate.open());
	expect_ok(test, configure(two.sender, TIMESTAMPING_FLAG_TX, 2));
	two.send(5);
	EXPECT_EQ(test, gate.count(), 1u);
	EXPECT_STATUS(test, query(two.sender, 5, &time), STATUS_DEVICE_NOT_READY);
	EXPECT_EQ(test, time, 0u);
}

void not_asked_for(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	Buffer in(10);
	ULONG64 time = 0;

	REQUIRE(test, two.ready && in.valid());
	two.send(5);
	EXPECT_STATUS(test, query(two.sender, 5, &time), STATUS_NOT_FOUND);
	/* It went as it would have without. */
	expect_done(test, two.receiver.receive(in.all()), 10);
	expect_ok(test, configure(two.sender, TIMESTAMPING_FLAG_TX, 0));
	two.send(6);
	EXPECT_STATUS(test, query(two.sender, 6, &time), STATUS_NOT_FOUND);
}

void at_dispatch_level(struct kunit *test, ADDRESS_FAMILY family)
{
	Two two(test, family);
	NTSTATUS status = STATUS_UNSUCCESSFUL;
	ULONG64 time = 0;

	REQUIRE(test, two.ready);
	expect_ok(test, configure(two.sender, TIMESTAMPING_FLAG_TX, 4));
	two.send(77);
	at_dispatch([&]() { status = query(two.sender, 77, &time); });
	EXPECT_STATUS(test, status, STATUS_SUCCESS);
	EXPECT_GT(test, time, 0u);
}

void bad_configurations(struct kunit *test, ADDRESS_FAMILY family)
{
	TIMESTAMPING_CONFIG config = {4, 0};
	Two two(test, family);
	Caller caller(two.client, family);
	Messages too_short;
	Buffer out(10);
	ULONG id = 1;
	ULONG64 time;

	REQUIRE(test, two.ready && caller.open() && out.valid());
	EXPECT_STATUS(test,
		      two.sender.control(ioctl(SIO_TIMESTAMPING, &config, sizeof(config))).status,
		      STATUS_INVALID_PARAMETER);
	config.Flags = TIMESTAMPING_FLAG_RX;
	expect_refused(test,
		       two.sender.control(ioctl(SIO_TIMESTAMPING, &config, sizeof(config) - 1)),
		       STATUS_INVALID_PARAMETER);
	expect_failed(test, configure(two.sender, TIMESTAMPING_FLAG_TX, MAXUSHORT),
		      STATUS_INVALID_PARAMETER);
	expect_refused(test, caller.control(ioctl(SIO_TIMESTAMPING, &config, sizeof(config))),
		       STATUS_NOT_SUPPORTED);
	expect_refused(
		test,
		caller.control(ioctl(SIO_GET_TX_TIMESTAMP, &id, sizeof(id), &time, sizeof(time))),
		STATUS_NOT_SUPPORTED);
	expect_refused(test,
		       two.sender.control(ioctl(SIO_GET_TX_TIMESTAMP, &id, sizeof(id), &time, 4)),
		       STATUS_BUFFER_TOO_SMALL);
	expect_refused(test,
		       two.sender.control(ioctl(SIO_GET_TX_TIMESTAMP, &id, 3, &time, sizeof(time))),
		       STATUS_INVALID_PARAMETER);
	too_short.put(SOL_SOCKET, SO_TIMESTAMP_ID, &id, 2);
	expect_refused(test, two.sender.send(out.all(), two.receiver.address, &too_short),
		       STATUS_INVALID_PARAMETER);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a datagram tells when it came", received),
	IPV4_AND_IPV6("an indicated datagram tells when it came", indicated),
	IPV4_AND_IPV6("when a datagram left is told once, by its identifier", sent),
	IPV4_AND_IPV6("several are told apart", in_order),
	IPV4_AND_IPV6("the oldest makes room", oldest_goes),
	IPV4_AND_IPV6("what has not left yet is not ready", on_its_way),
	IPV4_AND_IPV6("an identifier without stamping means nothing", not_asked_for),
	IPV4_AND_IPV6("a stamp can be had at DISPATCH_LEVEL", at_dispatch_level),
	IPV4_AND_IPV6("bad configurations and identifiers are refused", bad_configurations),
};

} // namespace

BRIDGE_SUITE(wsk_stamp, cases, .network = true);
