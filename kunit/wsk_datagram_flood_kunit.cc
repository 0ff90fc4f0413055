// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Many datagrams that nobody is to get, queued in front of one that is wanted. Whoever looks for
 * that one drops a few hundred at most, and leaves the others to the worker.
 */
#include "wsk_datagram_fixture.h"

namespace
{

using namespace wsk::test;

constexpr ULONG unwanted = 700; /* more than a pump's eight rounds drop, of 64 each */

/* Where something ran. */
struct Place {
	PETHREAD thread = nullptr;
	KIRQL irql = HIGH_LEVEL;
	KEVENT reached;

	Place() { KeInitializeEvent(&reached, NotificationEvent, FALSE); }
	static void note(void *context)
	{
		auto *self = static_cast<Place *>(context);

		self->thread = PsGetCurrentThread();
		self->irql = KeGetCurrentIrql();
		KeSetEvent(&self->reached, IO_NO_INCREMENT, FALSE);
	}
	static NTSTATUS WSKAPI on_receive_from(PVOID context, ULONG, PWSK_DATAGRAM_INDICATION)
	{
		note(context);
		return STATUS_SUCCESS;
	}
};

constexpr WSK_CLIENT_DATAGRAM_DISPATCH places = {Place::on_receive_from};

struct Flood {
	Flood(struct kunit *test, ADDRESS_FAMILY family)
		: client(test), stranger(client, family), sender(client, family),
		  receiver(client, family, &place, &places), in(20)
	{
		ready = stranger.bind_loopback() && sender.bind_loopback() &&
			receiver.bind_loopback() && in.valid();
		if (ready)
			expect_ok(test, receiver.set(SOL_SOCKET, SO_RCVBUF, 1u << 22));
	}

	/* One of a byte each, which the receiver has no use for; then the one that is wanted. */
	void fill(struct kunit *test)
	{
		Buffer out(unwanted);

		expect_ok(test, receiver.set_address(SIO_WSK_SET_REMOTE_ADDRESS, sender.address));
		expect_ok(test, stranger.set(IPPROTO_UDP, UDP_SEND_MSG_SIZE, 1));
		REQUIRE(test, out.valid());
		expect_done(test, stranger.send(out.all(), receiver.address), unwanted);
		sender.send_stream(receiver.address, 5, 10);
	}

	/*
	 * Those are damaged. A socket that is told what ICMP returns gets them into its queue,
	 * unless they are so short that Linux looks at once.
	 */
	void fill_damaged(struct kunit *test)
	{
		constexpr ULONG length = 128;
		Datagram raw(client, AF_INET, SOCK_RAW, 255);
		const USHORT port = receiver.address.port();
		const UCHAR high = static_cast<UCHAR>(port >> 8), low = static_cast<UCHAR>(port);
		const UCHAR packet[length] = {0x45, 0,		 0,    length, 0,    0,	  0,	0,
					      64,   IPPROTO_UDP, 0,    0,      127,  0,	  0,	1,
					      127,  0,		 0,    1,      high, low, high, low,
					      0,    length - 20, 0x12, 0x34};
		Buffer out(length);

		expect_ok(test, receiver.set(IPPROTO_IP, IP_RECVERR, TRUE));
		REQUIRE(test, raw.bind_loopback() && out.valid());
		expect_ok(test, raw.set(IPPROTO_IP, IP_HDRINCL, TRUE));
		for (ULONG i = 0; i < length; i++)
			out[i] = packet[i];
		Address loopback = Address::loopback(AF_INET);
		for (ULONG i = 1; i < unwanted; i++) {
			Request request;

			raw.start_send(request, out.all(), loopback);
			expect_done(test, request.wait(), length);
		}
		expect_done(test, raw.send(out.all(), loopback), length); /* waits for all */
		sender.send_stream(receiver.address, 5, 10);
	}

	/* Asks for one here, or in a softirq; others do what there is to do. */
	void expect_wanted(struct kunit *test, bool softirq)
	{
		Request receive;
		auto start = [&] { receiver.start_receive(receive, in.all()); };

		receive.on_completion(Place::note, &place);
		if (softirq)
			in_softirq(start);
		else
			start();
		expect_done(test, receive.wait(), 10);
		EXPECT_TRUE(test, in.holds(0, 10, 5));
		EXPECT_EQ(test, place.irql, PASSIVE_LEVEL);
	}

	Place place;
	Client client;
	Datagram stranger, sender, receiver;
	Buffer in;
	bool ready = false;
};

void a_caller_is_not_kept(struct kunit *test, ADDRESS_FAMILY family)
{
	Flood flood(test, family);

	REQUIRE(test, flood.ready);
	flood.fill(test);
	flood.expect_wanted(test, false);
	EXPECT_PTR_NE(test, flood.place.thread, PsGetCurrentThread());
}

void a_softirq_is_not_kept(struct kunit *test, ADDRESS_FAMILY family)
{
	Flood flood(test, family);

	REQUIRE(test, flood.ready);
	flood.fill(test);
	flood.expect_wanted(test, true);
}

void an_event_is_called_by_others(struct kunit *test, ADDRESS_FAMILY family)
{
	Flood flood(test, family);

	REQUIRE(test, flood.ready);
	flood.fill(test);
	EXPECT_STATUS(test, flood.receiver.set_events(WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
	EXPECT_TRUE(test, wait_for(&flood.place.reached));
	EXPECT_EQ(test, flood.place.irql, PASSIVE_LEVEL);
	EXPECT_PTR_NE(test, flood.place.thread, PsGetCurrentThread());
}

void damaged_ones_count(struct kunit *test)
{
	Flood flood(test, AF_INET);

	REQUIRE(test, flood.ready);
	flood.fill_damaged(test);
	flood.expect_wanted(test, true);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("unwanted datagrams do not keep who asks for one", a_caller_is_not_kept),
	IPV4_AND_IPV6("unwanted datagrams do not keep a softirq", a_softirq_is_not_kept),
	IPV4_AND_IPV6("unwanted datagrams do not keep who enables the event",
		      an_event_is_called_by_others),
	{"damaged datagrams do not keep a softirq", damaged_ones_count},
};

} // namespace

BRIDGE_SUITE(wsk_datagram_flood, cases, .network = true);
