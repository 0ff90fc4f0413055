// SPDX-License-Identifier: MIT OR GPL-2.0
/* Datagram sockets that are closed, cancelled and released while others send to them. Bounded. */
#include "wsk_datagram_fixture.h"

namespace
{

using namespace wsk::test;

/* Sends to an address until told to stop. */
struct Flood {
	Flood(Client &client, ADDRESS_FAMILY family) : sender(client, family), out(500)
	{
		ready = sender.bind_loopback() && out.valid();
	}

	void run(Address to)
	{
		while (!stop) {
			Request request;

			sender.start_send(request, out.all(), to);
			const Outcome outcome = request.wait();
			if (outcome.status != STATUS_SUCCESS)
				failures++;
			/* A processor alone is to get to the others. */
			if (++sent % 16 == 0)
				bridge_sleep_ms(1);
		}
	}

	Datagram sender;
	Buffer out;
	volatile bool stop = false;
	LONG sent = 0, failures = 0;
	bool ready = false;
};

/* A receiver at a port of one's choice. */
bool bind_to(Datagram &socket, Address &address)
{
	return socket.open() && socket.bind(address).status == STATUS_SUCCESS;
}

void closing_amid_traffic(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr int rounds = 40, receives = 4;
	Client client(test);
	DatagramNotes notes(test);
	Flood flood(client, family);
	Address address;

	{
		Datagram first(client, family);

		REQUIRE(test, flood.ready && first.bind_loopback());
		address = first.address;
	}
	Thread thread(test, [&] { flood.run(address); });
	for (int round = 0; round < rounds; round++) {
		Buffer in(500);
		Request pending[receives];
		Datagram receiver(client, family, &notes, &DatagramNotes::dispatch);

		if (!in.valid() || !bind_to(receiver, address))
			break;
		if (round % 2)
			EXPECT_STATUS(test, receiver.set_events(WSK_EVENT_RECEIVE_FROM),
				      STATUS_SUCCESS);
		for (Request &request : pending)
			receiver.start_receive(request, in.window(0, 500));
		if (round % 3 == 0)
			pending[1].cancel();
		if (round % 4 == 0)
			pending[0].wait();
		receiver.close();
		for (Request &request : pending) {
			const Outcome outcome = request.wait();

			EXPECT_TRUE(test, outcome.status == STATUS_SUCCESS ||
						  outcome.status == STATUS_CANCELLED);
		}
	}
	flood.stop = true;
	thread.join();
	EXPECT_GT(test, flood.sent, 0);
	EXPECT_EQ(test, flood.failures, 0);
}

/* One thread retains, another releases, and a third sends. */
void releasing_elsewhere(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr LONG wanted = 300;
	struct Keeper {
		static NTSTATUS WSKAPI keep(PVOID context, ULONG, PWSK_DATAGRAM_INDICATION list)
		{
			auto *self = static_cast<Keeper *>(context);
			KIRQL irql;

			if (!list)
				return STATUS_SUCCESS;
			for (PWSK_DATAGRAM_INDICATION node = list; node; node = node->Next)
				InterlockedIncrement(&self->count);
			KeAcquireSpinLock(&self->lock, &irql);
			PWSK_DATAGRAM_INDICATION last = list;
			while (last->Next)
				last = last->Next;
			last->Next = self->kept;
			self->kept = list;
			KeReleaseSpinLock(&self->lock, irql);
			return STATUS_PENDING;
		}
		PWSK_DATAGRAM_INDICATION take()
		{
			KIRQL irql;

			KeAcquireSpinLock(&lock, &irql);
			PWSK_DATAGRAM_INDICATION list = kept;
			kept = nullptr;
			KeReleaseSpinLock(&lock, irql);
			return list;
		}

		KSPIN_LOCK lock = 0;
		PWSK_DATAGRAM_INDICATION kept = nullptr;
		volatile LONG count = 0;
	} keeper;
	static constexpr WSK_CLIENT_DATAGRAM_DISPATCH dispatch = {Keeper::keep};
	Client client(test);
	Flood flood(client, family);
	Datagram receiver(client, family, &keeper, &dispatch);

	REQUIRE(test, flood.ready && receiver.bind_loopback());
	EXPECT_STATUS(test, receiver.set_events(WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
	Thread thread(test, [&] { flood.run(receiver.address); });
	auto release = [&] {
		if (PWSK_DATAGRAM_INDICATION list = keeper.take())
			EXPECT_STATUS(test,
				      receiver.datagram()->WskRelease(receiver.handle(), list),
				      STATUS_SUCCESS);
	};
	for (ULONG waited = 0; keeper.count < wanted && waited < patience_ms; waited++) {
		release();
		bridge_sleep_ms(1);
	}
	EXPECT_GE(test, keeper.count, wanted);
	flood.stop = true;
	thread.join();
	expect_ok(test, receiver.set_events_irp(WSK_EVENT_RECEIVE_FROM | WSK_EVENT_DISABLE));
	release();
}

/* Options, fixed addresses and events change while datagrams come. */
void changing_amid_traffic(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	DatagramNotes notes(test);
	Flood flood(client, family);
	Datagram receiver(client, family, &notes, &DatagramNotes::dispatch);
	const ULONG level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;

	REQUIRE(test, flood.ready && receiver.bind_loopback());
	Thread thread(test, [&] { flood.run(receiver.address); });
	for (int round = 0; round < 50; round++) {
		expect_ok(test, receiver.set(level, IP_PKTINFO, round & 1));
		expect_ok(test, receiver.set(IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE,
					     round & 2 ? 4000 : 0));
		EXPECT_STATUS(test, receiver.set_events(WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
		expect_ok(test, receiver.set_address(SIO_WSK_SET_REMOTE_ADDRESS,
						     round & 4 ? (PSOCKADDR)flood.sender.address
							       : nullptr));
		bridge_sleep_ms(1);
		notes.answer = round & 8 ? STATUS_DATA_NOT_ACCEPTED : STATUS_SUCCESS;
		expect_ok(test,
			  receiver.set_events_irp(WSK_EVENT_RECEIVE_FROM | WSK_EVENT_DISABLE));
	}
	flood.stop = true;
	thread.join();
	EXPECT_EQ(test, flood.failures, 0);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("closing amid traffic completes every request", closing_amid_traffic),
	IPV4_AND_IPV6("one thread releases what another retains", releasing_elsewhere),
	IPV4_AND_IPV6("everything can change amid traffic", changing_amid_traffic),
};

} // namespace

BRIDGE_SUITE(wsk_datagram_stress, cases, .network = true);
