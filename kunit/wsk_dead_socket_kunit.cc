// SPDX-License-Identifier: MIT OR GPL-2.0
/* A network namespace that goes away under open sockets. */
#include "wsk_datagram_fixture.h"
#include "wsk_space.h"

namespace
{

using namespace wsk::test;

constexpr ULONG listens = WSK_FLAG_LISTEN_SOCKET;
constexpr ULONG connects = WSK_FLAG_CONNECTION_SOCKET;
constexpr NTSTATUS dead = STATUS_FILE_FORCED_CLOSED;

/* What the callbacks of one socket were told. */
struct Told {
	struct kunit *test = nullptr;
	volatile LONG receive = 0, data = 0, disconnect = 0, accept = 0, accepted = 0;
	KEVENT death;
	/* Runs inside the call that tells of the death, or of data. */
	void (*act)(Told &told) = nullptr;
	void *for_act = nullptr;
	PWSK_DATA_INDICATION retained = nullptr;
	PWSK_SOCKET connection = nullptr;

	explicit Told(struct kunit *test) : test(test)
	{
		KeInitializeEvent(&death, NotificationEvent, FALSE);
	}

	void run()
	{
		if (act)
			act(*this);
	}

	static NTSTATUS WSKAPI on_receive(PVOID context, ULONG flags, PWSK_DATA_INDICATION list,
					  SIZE_T bytes, SIZE_T *)
	{
		auto *self = static_cast<Told *>(context);

		if (list) {
			InterlockedIncrement(&self->data);
			self->retained = list;
			self->run();
			return STATUS_PENDING;
		}
		struct kunit *test = self->test;

		EXPECT_EQ(test, bytes, 0ul);
		EXPECT_EQ(test, flags & ~WSK_FLAG_AT_DISPATCH_LEVEL, 0u);
		InterlockedIncrement(&self->receive);
		self->run();
		KeSetEvent(&self->death, IO_NO_INCREMENT, FALSE);
		return STATUS_SUCCESS;
	}

	static NTSTATUS WSKAPI on_disconnect(PVOID context, ULONG)
	{
		InterlockedIncrement(&static_cast<Told *>(context)->disconnect);
		return STATUS_SUCCESS;
	}

	static NTSTATUS WSKAPI on_backlog(PVOID, SIZE_T) { return STATUS_SUCCESS; }

	static NTSTATUS WSKAPI on_accept(PVOID context, ULONG, PSOCKADDR, PSOCKADDR,
					 PWSK_SOCKET socket, PVOID *accepted_context,
					 const WSK_CLIENT_CONNECTION_DISPATCH **dispatch)
	{
		auto *self = static_cast<Told *>(context);

		if (socket) {
			InterlockedIncrement(&self->accepted);
			self->connection = socket;
			*accepted_context = self;
			*dispatch = &connection_table;
			self->run();
			return STATUS_SUCCESS;
		}
		InterlockedIncrement(&self->accept);
		self->run();
		KeSetEvent(&self->death, IO_NO_INCREMENT, FALSE);
		return STATUS_REQUEST_NOT_ACCEPTED;
	}

	static const WSK_CLIENT_CONNECTION_DISPATCH connection_table;
	static const WSK_CLIENT_LISTEN_DISPATCH listen_table;
};

const WSK_CLIENT_CONNECTION_DISPATCH Told::connection_table = {on_receive, on_disconnect,
							       on_backlog};
const WSK_CLIENT_LISTEN_DISPATCH Told::listen_table = {on_accept, nullptr, nullptr};

/* Sockets of each kind in a namespace that ends before they do. */
struct World {
	World(struct kunit *test, ADDRESS_FAMILY family, Told *listener_told = nullptr,
	      Told *caller_told = nullptr)
		: space(test), client(test), listener(client), caller(client), peer(client)
	{
		space.run([&] {
			Socket made(client, listens, family, listener_told, &Told::listen_table);
			Socket also(client, connects, family, caller_told, &Told::connection_table);

			listener.adopt(made.release(), listens);
			caller.adopt(also.release());
		});
		if (!listener.open() || !caller.open())
			return;
		expect_done(test, listener.bind(Address::loopback(family)));
		expect_done(test, caller.bind(Address::any(family)));
		expect_done(test, caller.connect(listener.local()));
		peer.adopt(listener.accept());
	}

	/* The namespace goes away, although they are open. */
	void end(struct kunit *test)
	{
		space.drop();
		EXPECT_TRUE(test, net_space_settle());
	}

	bool ready() const { return peer.open(); }

	Space space;
	Client client;
	Socket listener, caller, peer;
};

void requests_that_wait(struct kunit *test, ADDRESS_FAMILY family)
{
	World world(test, family);
	Buffer room(100), much(too_much);
	Request accept, receive, all, drain, send, disconnect;

	REQUIRE(test, world.ready() && room.valid() && much.valid());
	expect_ok(test, world.caller.set(SOL_SOCKET, SO_SNDBUF, 16384));
	expect_ok(test, world.peer.set(SOL_SOCKET, SO_RCVBUF, 16384));
	world.listener.start_accept(accept);
	world.caller.start_receive(receive, room.all());
	world.caller.start_receive(all, room.all(), WSK_FLAG_WAITALL);
	world.caller.start_receive(drain, room.none(), WSK_FLAG_DRAIN);
	world.caller.start_send(send, much.all());
	world.caller.start_disconnect(disconnect);
	EXPECT_TRUE(test, accept.pending() && receive.pending() && send.pending());
	world.end(test);

	Request *const requests[] = {&accept, &receive, &all, &drain, &send, &disconnect};

	for (Request *request : requests)
		expect_failed(test, request->wait(), dead);
}

void part_of_a_receive(struct kunit *test, ADDRESS_FAMILY family)
{
	World world(test, family);
	Buffer some(10), room(100);
	Request receive;

	REQUIRE(test, world.ready() && some.valid() && room.valid());
	world.caller.start_receive(receive, room.all(), WSK_FLAG_WAITALL);
	expect_done(test, world.peer.send(some.all()), 10);
	world.end(test);
	expect_failed(test, receive.wait(), dead);
}

/* Its queue is full: a connect waits. */
void connects_that_wait(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Client client(test);
	Socket listener(client), filler(client), caller(client);
	Address any = Address::any(family), address;
	Request connect, in_one_go;

	net_space_shorten_queues(space.get());
	space.run([&] {
		Socket made(client, listens, family);
		Socket also(client, connects, family);
		Socket third(client, connects, family);

		listener.adopt(made.release(), listens);
		filler.adopt(also.release());
		caller.adopt(third.release());
	});
	REQUIRE(test, listener.open() && filler.open() && caller.open());
	expect_done(test, listener.bind(Address::loopback(family)));
	address = listener.local();
	expect_done(test, filler.bind(any));
	expect_done(test, filler.connect(address));
	expect_done(test, caller.bind(any));
	caller.start_connect(connect, address);
	space.run([&] {
		in_one_go.issue(test, [&](PIRP irp) {
			return client.provider()->WskSocketConnect(
				client.handle(), SOCK_STREAM, IPPROTO_TCP, any, address, 0, nullptr,
				nullptr, nullptr, nullptr, nullptr, irp);
		});
	});
	EXPECT_TRUE(test, connect.pending() && in_one_go.pending());
	space.drop();
	EXPECT_TRUE(test, net_space_settle());
	expect_failed(test, connect.wait(), dead);
	expect_failed(test, in_one_go.wait(), dead);
}

/* Nobody's mistake, so no rule is named; and nothing is left pending. */
void expect_dead(struct kunit *test, const Outcome &outcome, Site here = HERE)
{
	EXPECT_STATUS(test, outcome.status, dead);
	EXPECT_EQ(test, outcome.rules, 0ul);
	if (outcome.pending)
		bridge_fail(test, &here, "a dead socket took a request in");
}

void requests_that_come(struct kunit *test, ADDRESS_FAMILY family)
{
	World world(test, family);
	Buffer data(100);
	Address address;
	ULONG value = 1;

	REQUIRE(test, world.ready() && data.valid());
	world.end(test);
	expect_dead(test, world.listener.bind(Address::loopback(family)));
	expect_dead(test, world.listener.accept());
	expect_dead(test, world.listener.local_address(address));
	expect_dead(test, world.listener.set(SOL_SOCKET, SO_KEEPALIVE, 1));
	expect_dead(test, world.listener.set_events_irp(WSK_EVENT_ACCEPT));
	expect_dead(test, world.caller.connect(Address::loopback(family, 9)));
	expect_dead(test, world.caller.send(data.all()));
	expect_dead(test, world.caller.receive(data.all()));
	expect_dead(test, world.caller.disconnect());
	expect_dead(test, world.caller.reset());
	expect_dead(test, world.caller.local_address(address));
	expect_dead(test, world.caller.remote_address(address));
	expect_dead(test, world.caller.set(SOL_SOCKET, SO_REUSEADDR, 1));
	EXPECT_STATUS(test, world.peer.set_events(WSK_EVENT_RECEIVE), dead);
	EXPECT_STATUS(test, world.peer.set_events(WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE), dead);
	EXPECT_STATUS(test,
		      world.peer.basic()->WskControlSocket(world.peer.handle(), WskSetOption,
							   TCP_NODELAY, IPPROTO_TCP, sizeof(value),
							   &value, 0, nullptr, nullptr, nullptr),
		      dead);
}

void from_above(struct kunit *test, ADDRESS_FAMILY family)
{
	World world(test, family);
	Buffer data(100);
	Request receive, close;

	REQUIRE(test, world.ready() && data.valid());
	world.end(test);
	in_softirq([&] { world.caller.start_receive(receive, data.all()); });
	expect_dead(test, receive.wait());
	at_dispatch([&] { world.caller.start_close(close); });
	expect_done(test, close.wait());
}

/* Sockets that have not come far die, too. */
void in_any_state(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Client client(test);
	Socket fresh(client), bound(client), failed(client), reset(client);
	Address address;

	space.run([&] {
		Socket *const sockets[] = {&fresh, &bound, &failed, &reset};

		for (Socket *socket : sockets) {
			Socket made(client, connects, family);

			socket->adopt(made.release());
		}
	});
	REQUIRE(test, fresh.open() && bound.open() && failed.open() && reset.open());
	expect_done(test, bound.bind(Address::loopback(family)));
	expect_done(test, failed.bind(Address::loopback(family)));
	expect_failed(test, failed.connect(Address::loopback(family, 9)),
		      STATUS_CONNECTION_REFUSED);
	space.drop();
	EXPECT_TRUE(test, net_space_settle());
	expect_dead(test, fresh.bind(Address::loopback(family)));
	expect_dead(test, bound.local_address(address));
	expect_dead(test, failed.connect(Address::loopback(family, 9)));
	expect_dead(test, reset.set(SOL_SOCKET, SO_KEEPALIVE, 1));
}

void each_indication_once(struct kunit *test, ADDRESS_FAMILY family)
{
	Told listener(test), caller(test);
	World world(test, family, &listener, &caller);

	REQUIRE(test, world.ready());
	EXPECT_STATUS(test, world.listener.set_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS);
	EXPECT_STATUS(test,
		      world.caller.set_events(WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT |
					      WSK_EVENT_SEND_BACKLOG),
		      STATUS_SUCCESS);
	world.end(test);
	EXPECT_TRUE(test, wait_for(&listener.death));
	EXPECT_TRUE(test, wait_for(&caller.death));
	world.listener.close();
	world.caller.close();
	EXPECT_EQ(test, listener.accept, 1);
	EXPECT_EQ(test, listener.accepted, 0);
	EXPECT_EQ(test, caller.receive, 1);
	EXPECT_EQ(test, caller.data, 0);
	EXPECT_EQ(test, caller.disconnect, 0);
}

void disabled_ones_are_not_called(struct kunit *test, ADDRESS_FAMILY family)
{
	Told listener(test), caller(test);
	World world(test, family, &listener, &caller);

	REQUIRE(test, world.ready());
	EXPECT_STATUS(test, world.caller.set_events(WSK_EVENT_DISCONNECT), STATUS_SUCCESS);
	EXPECT_STATUS(test, world.listener.set_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS);
	EXPECT_STATUS(test, world.listener.set_events(WSK_EVENT_ACCEPT | WSK_EVENT_DISABLE),
		      STATUS_SUCCESS);
	world.end(test);
	world.listener.close();
	world.caller.close();
	EXPECT_EQ(test, listener.accept, 0);
	EXPECT_EQ(test, caller.receive, 0);
	EXPECT_EQ(test, caller.disconnect, 0);
}

void retained_and_released(struct kunit *test, ADDRESS_FAMILY family)
{
	Told caller(test);
	World world(test, family, nullptr, &caller);
	Buffer data(100);

	REQUIRE(test, world.ready() && data.valid());
	EXPECT_STATUS(test, world.caller.set_events(WSK_EVENT_RECEIVE), STATUS_SUCCESS);
	expect_done(test, world.peer.send(data.all()), 100);
	for (int i = 0; i < 10000 && !caller.data; i++)
		bridge_sleep_ms(1);
	world.end(test);
	EXPECT_TRUE(test, wait_for(&caller.death));
	EXPECT_EQ(test, caller.receive, 1);
	EXPECT_EQ(test, caller.data, 1);
	/* Retained, and given back although the socket is dead. */
	REQUIRE(test, caller.retained);
	EXPECT_STATUS(test,
		      world.caller.connection()->WskRelease(world.caller.handle(), caller.retained),
		      STATUS_SUCCESS);
}

/* Closes the socket in the callback that tells of its death. */
struct Closing {
	Socket *socket;
	Request request;

	static void act(Told &told)
	{
		auto *self = static_cast<Closing *>(told.for_act);

		self->socket->start_close(self->request);
	}
};

void closed_inside_the_callback(struct kunit *test, ADDRESS_FAMILY family)
{
	Told listener(test), caller(test);
	World world(test, family, &listener, &caller);
	Closing closing[2] = {{&world.listener, Request()}, {&world.caller, Request()}};

	listener.act = caller.act = Closing::act;
	listener.for_act = &closing[0];
	caller.for_act = &closing[1];
	REQUIRE(test, world.ready());
	EXPECT_STATUS(test, world.listener.set_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS);
	EXPECT_STATUS(test, world.caller.set_events(WSK_EVENT_RECEIVE), STATUS_SUCCESS);
	world.end(test);
	EXPECT_TRUE(test, wait_for(&listener.death));
	EXPECT_TRUE(test, wait_for(&caller.death));
	expect_done(test, closing[0].request.wait());
	expect_done(test, closing[1].request.wait());
}

void drop_space(Told &told)
{
	if (told.for_act)
		static_cast<Space *>(told.for_act)->drop();
	told.for_act = nullptr;
}

/* The end begins inside a callback, and waits for that to return. */
void ends_inside_receive_event(struct kunit *test, ADDRESS_FAMILY family)
{
	Told caller(test);
	World world(test, family, nullptr, &caller);
	Buffer data(100);

	caller.act = drop_space;
	caller.for_act = &world.space;
	REQUIRE(test, world.ready() && data.valid());
	EXPECT_STATUS(test, world.caller.set_events(WSK_EVENT_RECEIVE), STATUS_SUCCESS);
	expect_done(test, world.peer.send(data.all()), 100);
	EXPECT_TRUE(test, wait_for(&caller.death));
	EXPECT_TRUE(test, net_space_settle());
	EXPECT_EQ(test, caller.data, 1);
	EXPECT_EQ(test, caller.receive, 1);
	REQUIRE(test, caller.retained);
	EXPECT_STATUS(test,
		      world.caller.connection()->WskRelease(world.caller.handle(), caller.retained),
		      STATUS_SUCCESS);
}

void ends_inside_accept_event(struct kunit *test, ADDRESS_FAMILY family)
{
	Told listener(test);
	World world(test, family, &listener);
	Socket another(world.client), accepted(world.client);
	Address address;

	REQUIRE(test, world.ready());
	listener.act = drop_space;
	listener.for_act = &world.space;
	world.space.run([&] {
		Socket made(world.client, connects, family);

		another.adopt(made.release());
	});
	REQUIRE(test, another.open());
	expect_done(test, another.bind(Address::any(family)));
	address = world.listener.local();
	EXPECT_STATUS(test, world.listener.set_events(WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE),
		      STATUS_SUCCESS);
	/* It may have been connected, or not yet. */
	const NTSTATUS connected = another.connect(address).status;
	EXPECT_TRUE(test, connected == STATUS_SUCCESS || connected == dead);
	EXPECT_TRUE(test, net_space_settle());
	EXPECT_TRUE(test, wait_for(&listener.death));
	accepted.adopt(listener.connection);
	REQUIRE(test, accepted.open());
	expect_dead(test, accepted.remote_address(address));
	world.listener.close();
	accepted.close();
	EXPECT_EQ(test, listener.accepted, 1);
	EXPECT_EQ(test, listener.accept, 1);
	EXPECT_EQ(test, listener.receive, 1); /* the accepted one inherited the event */
}

struct Dropping {
	Space *space;

	static void run(void *context) { static_cast<Dropping *>(context)->space->drop(); }
};

void ends_inside_a_completion_routine(struct kunit *test, ADDRESS_FAMILY family)
{
	World world(test, family);
	Dropping dropping = {&world.space};
	Buffer data(100), room(100);
	Request receive, next;

	REQUIRE(test, world.ready() && data.valid() && room.valid());
	receive.on_completion(Dropping::run, &dropping);
	world.caller.start_receive(receive, room.all());
	world.caller.start_receive(next, room.all());
	expect_done(test, world.peer.send(data.all()), 100);
	expect_done(test, receive.wait(), 100);
	EXPECT_TRUE(test, net_space_settle());
	expect_failed(test, next.wait(), dead);
}

void static_events_tell_too(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Client client(test);
	Told listener(test);
	Socket socket(client);

	EXPECT_STATUS(test, client.set_static_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS);
	space.run([&] {
		Socket made(client, listens, family, &listener, &Told::listen_table);

		socket.adopt(made.release(), listens);
	});
	REQUIRE(test, socket.open());
	expect_done(test, socket.bind(Address::loopback(family)));
	space.drop();
	EXPECT_TRUE(test, net_space_settle());
	EXPECT_TRUE(test, wait_for(&listener.death));
	socket.close();
	EXPECT_EQ(test, listener.accept, 1);
}

void others_do_not_notice(struct kunit *test, ADDRESS_FAMILY family)
{
	World world(test, family);
	Pair pair(world.client, family);
	Buffer sent(100), received(100);
	Request receive, accept;

	REQUIRE(test, world.ready() && pair.connected() && sent.valid() && received.valid());
	pair.caller.start_receive(receive, received.all(), WSK_FLAG_WAITALL);
	pair.listener.start_accept(accept);
	world.end(test);
	EXPECT_TRUE(test, receive.pending() && accept.pending());
	sent.fill();
	expect_done(test, pair.peer.send(sent.all()), 100);
	expect_done(test, receive.wait(), 100);
	EXPECT_TRUE(test, received.holds(0, 100, 0));
}

/* What a datagram socket's callback was told. */
struct DatagramTold {
	struct kunit *test;
	volatile LONG deaths = 0;
	PWSK_DATAGRAM_INDICATION retained = nullptr;
	KEVENT death;

	explicit DatagramTold(struct kunit *test) : test(test)
	{
		KeInitializeEvent(&death, NotificationEvent, FALSE);
	}

	static NTSTATUS WSKAPI on_receive(PVOID context, ULONG flags, PWSK_DATAGRAM_INDICATION list)
	{
		auto *self = static_cast<DatagramTold *>(context);
		struct kunit *test = self->test;

		if (list) {
			self->retained = list;
			return STATUS_PENDING;
		}
		EXPECT_EQ(test, flags & ~WSK_FLAG_AT_DISPATCH_LEVEL, 0u);
		InterlockedIncrement(&self->deaths);
		KeSetEvent(&self->death, IO_NO_INCREMENT, FALSE);
		return STATUS_SUCCESS;
	}

	static const WSK_CLIENT_DATAGRAM_DISPATCH table;
};

const WSK_CLIENT_DATAGRAM_DISPATCH DatagramTold::table = {on_receive};

/* Replaces a socket by one of its kind that is in the namespace. */
void move_into(Space &space, Client &client, Datagram &socket, ADDRESS_FAMILY family, USHORT type,
	       ULONG protocol, DatagramTold *told = nullptr)
{
	space.run([&] {
		Datagram made(client, family, type, protocol, told, &DatagramTold::table);

		socket.adopt(made.release(), WSK_FLAG_DATAGRAM_SOCKET);
	});
}

void datagram_sockets(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Client client(test);
	Datagram waits(client, family), indicates(client, family), raw(client, family);
	DatagramTold told(test);
	Buffer data(100), room(100);
	Request first, second, of_raw;
	Address to;

	move_into(space, client, waits, family, SOCK_DGRAM, IPPROTO_UDP);
	move_into(space, client, indicates, family, SOCK_DGRAM, IPPROTO_UDP, &told);
	move_into(space, client, raw, family, SOCK_RAW, 253); /* for experiments */
	REQUIRE(test, waits.bind_loopback() && indicates.bind_loopback() && data.valid());
	expect_done(test, raw.bind(Address::loopback(family)));
	EXPECT_STATUS(test, indicates.set_events(WSK_EVENT_RECEIVE_FROM), STATUS_SUCCESS);
	to = indicates.address;
	expect_done(test, waits.send(data.all(), to), 100);
	waits.start_receive(first, room.all());
	waits.start_receive(second, room.all());
	raw.start_receive(of_raw, room.all());
	space.drop();
	EXPECT_TRUE(test, net_space_settle());
	expect_failed(test, first.wait(), dead);
	expect_failed(test, second.wait(), dead);
	expect_failed(test, of_raw.wait(), dead);
	EXPECT_TRUE(test, wait_for(&told.death));
	expect_dead(test, waits.send(data.all(), to));
	expect_dead(test, waits.receive(room.all()));
	expect_dead(test, raw.send(data.all(), to));
	EXPECT_STATUS(test, indicates.set_events(WSK_EVENT_RECEIVE_FROM), dead);
	if (told.retained)
		EXPECT_STATUS(test,
			      indicates.datagram()->WskRelease(indicates.handle(), told.retained),
			      STATUS_SUCCESS);
	indicates.close();
	EXPECT_EQ(test, told.deaths, 1);
}

/* Closed ones, whatever TCP still has to do for them, hold nothing up. */
void closed_before(struct kunit *test, ADDRESS_FAMILY family)
{
	for (int way = 0; way < 3; way++) {
		World world(test, family);
		Buffer data(100);

		REQUIRE(test, world.ready() && data.valid());
		if (way == 1)
			expect_done(test, world.peer.send(data.all()), 100);
		if (way == 2) {
			expect_done(test, world.caller.disconnect());
			expect_done(test, world.peer.disconnect());
		}
		world.caller.close();
		world.peer.close();
		world.listener.close();
		world.end(test);
	}
}

/* Closing, accepting and sending race with the end. */
void closed_meanwhile(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr int rounds = 20;

	for (int round = 0; round < rounds; round++) {
		World world(test, family);
		Buffer data(100), room(100);
		Request receive, accept;

		REQUIRE(test, world.ready() && data.valid() && room.valid());
		world.caller.start_receive(receive, room.all());
		world.listener.start_accept(accept);
		{
			Thread dropper(test, [&] { world.space.drop(); });

			if (round % 2)
				world.peer.send(data.all());
			world.caller.close();
			world.listener.close();
			world.peer.close();
		}
		EXPECT_TRUE(test, net_space_settle());
		/* Whoever came first has decided. */
		Request *const requests[] = {&receive, &accept};

		for (Request *request : requests) {
			const Outcome outcome = request->wait();

			EXPECT_TRUE(test, outcome.status == dead ||
						  outcome.status == STATUS_CANCELLED ||
						  outcome.status == STATUS_SUCCESS);
		}
	}
}

/* Making sockets races with the end of the process that is to own them. */
void made_meanwhile(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr int rounds = 20;

	for (int round = 0; round < rounds; round++) {
		Space space(test);
		Client client(test);
		Process process(test, space.get(), 0);
		PEPROCESS owner = process.process;
		Request request;
		Socket socket(client);

		ObReferenceObject(owner);
		space.drop();
		{
			Thread ender(test, [&] { process.end(); });

			request.issue(test, [&](PIRP irp) {
				return client.provider()->WskSocket(
					client.handle(), family, SOCK_STREAM, IPPROTO_TCP, connects,
					nullptr, nullptr, owner, nullptr, nullptr, irp);
			});
		}
		const Outcome outcome = request.wait();

		ObDereferenceObject(owner);
		EXPECT_TRUE(test, outcome.status == STATUS_SUCCESS ||
					  outcome.status == STATUS_PROCESS_IS_TERMINATING);
		socket.adopt(outcome);
		EXPECT_TRUE(test, net_space_settle());
		if (!socket.open())
			continue;
		/* It was made where the process was. */
		EXPECT_STATUS(test, socket.bind(Address::loopback(family)).status, dead);
	}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("requests that wait fail when the namespace goes", requests_that_wait),
	IPV4_AND_IPV6("a receive that has a part fails, too", part_of_a_receive),
	IPV4_AND_IPV6("connects that wait fail", connects_that_wait),
	IPV4_AND_IPV6("every request that comes later fails", requests_that_come),
	IPV4_AND_IPV6("dead sockets can be called at DISPATCH_LEVEL", from_above),
	IPV4_AND_IPV6("sockets die in any state", in_any_state),
	IPV4_AND_IPV6("each enabled indication tells of it once", each_indication_once),
	IPV4_AND_IPV6("disabled ones do not", disabled_ones_are_not_called),
	IPV4_AND_IPV6("static ones do", static_events_tell_too),
	IPV4_AND_IPV6("what was retained can be released afterwards", retained_and_released),
	IPV4_AND_IPV6("a socket can be closed while it tells of its death",
		      closed_inside_the_callback),
	IPV4_AND_IPV6("a namespace can go inside WskReceiveEvent", ends_inside_receive_event),
	IPV4_AND_IPV6("a namespace can go inside WskAcceptEvent", ends_inside_accept_event),
	IPV4_AND_IPV6("a namespace can go inside a completion routine",
		      ends_inside_a_completion_routine),
	IPV4_AND_IPV6("datagram and raw sockets die as others do", datagram_sockets),
	IPV4_AND_IPV6("sockets of other namespaces do not notice", others_do_not_notice),
	IPV4_AND_IPV6("closed sockets do not hold a namespace up", closed_before),
	IPV4_AND_IPV6("sockets are closed while their namespace goes", closed_meanwhile),
	IPV4_AND_IPV6("sockets are made while their namespace goes", made_meanwhile),
};

} // namespace

BRIDGE_SUITE(wsk_dead_socket, cases, .network = true);
