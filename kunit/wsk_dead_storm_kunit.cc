// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * A namespace ends while requests of every kind wait in its sockets, and others cancel them and
 * close the sockets. Bounded; what happens is drawn from a fixed sequence.
 */
#include "wsk_control_kinds.h"
#include "wsk_space.h"

namespace
{

using namespace wsk::test;

constexpr ULONG send_backlog_change = 0x2000747a;
constexpr int rounds = 25;

class Dice
{
public:
	explicit Dice(ULONG seed) : state_(seed) {}
	ULONG below(ULONG limit)
	{
		state_ = state_ * 1664525 + 1013904223;
		return (state_ >> 8) % limit;
	}

private:
	ULONG state_;
};

/* A request of each kind, waiting. */
struct Scene {
	enum {
		accept,
		connect,
		receive,
		receive_all,
		send,
		disconnect,
		receive_from,
		receive_raw,
		addresses,
		routes,
		backlog,
		count
	};

	Scene(struct kunit *test, ADDRESS_FAMILY family)
		: test(test), family(family), space(test), client(test), full(client),
		  listener(client), filler(client), waiting(client), caller(client), peer(client),
		  udp(client, family), raw(client, family), out(too_much), in(100)
	{
		/* One connection that nobody accepts fills a queue. */
		net_space_shorten_queues(space.get());
		Socket *const listeners[] = {&full, &listener};
		Socket *const connections[] = {&filler, &waiting, &caller};

		for (Socket *socket : listeners)
			make(*socket, WSK_FLAG_LISTEN_SOCKET);
		for (Socket *socket : connections)
			make(*socket, WSK_FLAG_CONNECTION_SOCKET);
		make_datagram(udp, SOCK_DGRAM, IPPROTO_UDP);
		make_datagram(raw, SOCK_RAW, 253); /* for experiments */
		if (!full.open() || !listener.open() || !filler.open() || !waiting.open() ||
		    !caller.open() || !udp.open() || !raw.open() || !out.valid() || !in.valid())
			return;
		for (Socket *socket : listeners)
			expect_done(test, socket->bind(Address::loopback(family)));
		for (Socket *socket : connections)
			expect_done(test, socket->bind(Address::any(family)));
		expect_done(test, raw.bind(Address::loopback(family)));
		expect_done(test, filler.connect(full.local()));
		expect_done(test, caller.connect(listener.local()));
		peer.adopt(listener.accept());
		if (!peer.open() || !udp.bind_loopback())
			return;
		expect_ok(test, caller.set(SOL_SOCKET, SO_SNDBUF, 16384));
		expect_ok(test, peer.set(SOL_SOCKET, SO_RCVBUF, 16384));
		start();
		ready = true;
	}

	void make(Socket &socket, ULONG category)
	{
		space.run([&] {
			Socket made(client, category, family);

			socket.adopt(made.release(), category);
		});
	}
	void make_datagram(Datagram &socket, USHORT type, ULONG protocol)
	{
		space.run([&] {
			Datagram made(client, family, type, protocol);

			socket.adopt(made.release(), WSK_FLAG_DATAGRAM_SOCKET);
		});
	}

	void start()
	{
		full_address = full.local();
		destination = Address::foreign(family);
		listener.start_accept(requests[accept]);
		waiting.start_connect(requests[connect], full_address);
		caller.start_control(requests[addresses], ioctl(SIO_ADDRESS_LIST_CHANGE));
		caller.start_control(
			requests[routes],
			ioctl(SIO_ROUTING_INTERFACE_CHANGE, static_cast<PSOCKADDR>(destination),
			      family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6)));
		caller.start_control(requests[backlog], ioctl(send_backlog_change));
		caller.start_receive(requests[receive], in.all());
		caller.start_receive(requests[receive_all], in.all(), WSK_FLAG_WAITALL);
		caller.start_send(requests[send], out.all());
		caller.start_disconnect(requests[disconnect]);
		udp.start_receive(requests[receive_from], in.all());
		raw.start_receive(requests[receive_raw], in.all());
	}

	/* What is done while the namespace goes. */
	void disturb(Dice &dice)
	{
		Socket *const sockets[] = {&full,   &listener, &filler, &waiting,
					   &caller, &peer,     &udp,	&raw};

		for (int i = 0; i < 6; i++) {
			switch (dice.below(4)) {
			case 0:
				requests[dice.below(count)].cancel();
				break;
			case 1:
				sockets[dice.below(RTL_NUMBER_OF(sockets))]->close();
				break;
			case 2:
				if (peer.open())
					peer.send(in.window(0, 10));
				break;
			default:
				bridge_sleep_ms(1);
			}
		}
	}

	struct kunit *test;
	ADDRESS_FAMILY family;
	Space space;
	Client client;
	Socket full, listener, filler, waiting, caller, peer;
	Datagram udp, raw;
	Buffer out, in;
	Address full_address, destination;
	Request requests[count];
	bool ready = false;
};

/* Addresses and routes go, too, and the queue that was full empties: those requests may succeed. */
bool may_succeed(int which)
{
	switch (which) {
	case Scene::addresses:
	case Scene::routes:
	case Scene::backlog:
	case Scene::connect:
	case Scene::accept:
	case Scene::receive:
	case Scene::send:
	case Scene::disconnect:
		return true;
	default:
		return false;
	}
}

void expect_ended(struct kunit *test, int which, NTSTATUS status, Site here = HERE)
{
	const bool failed = status == STATUS_FILE_FORCED_CLOSED || status == STATUS_CANCELLED ||
			    status == STATUS_CONNECTION_RESET ||
			    status == STATUS_CONNECTION_REFUSED ||
			    status == STATUS_CONNECTION_ABORTED;

	if (!failed && !(may_succeed(which) && status == STATUS_SUCCESS))
		bridge_fail(test, &here, "request %d: %s", which, bridge_status_name(status));
}

void undisturbed(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);

	REQUIRE(test, scene.ready);
	for (Request &request : scene.requests)
		EXPECT_TRUE(test, request.pending());
	scene.space.drop();
	EXPECT_TRUE(test, net_space_settle());
	for (int i = 0; i < Scene::count; i++) {
		const NTSTATUS status = scene.requests[i].wait().status;

		EXPECT_TRUE(test, status == STATUS_FILE_FORCED_CLOSED ||
					  ((i == Scene::addresses || i == Scene::routes) &&
					   status == STATUS_SUCCESS));
	}
}

void disturbed(struct kunit *test, ADDRESS_FAMILY family)
{
	Dice dice(family);

	for (int round = 0; round < rounds; round++) {
		Scene scene(test, family);
		const ULONG pause = dice.below(3);

		REQUIRE(test, scene.ready);
		{
			Thread dropper(test, [&] {
				if (pause)
					bridge_sleep_ms(pause);
				scene.space.drop();
			});

			scene.disturb(dice);
		}
		EXPECT_TRUE(test, net_space_settle());
		for (int i = 0; i < Scene::count; i++)
			expect_ended(test, i, scene.requests[i].wait().status);
	}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("requests of every kind end with their namespace", undisturbed),
	IPV4_AND_IPV6("they do while others are cancelled, and sockets closed", disturbed),
};

} // namespace

BRIDGE_SUITE(wsk_dead_storm, cases, .network = true);
