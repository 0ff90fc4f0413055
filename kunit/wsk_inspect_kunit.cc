// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskInspectEvent and WskInspectComplete: what becomes of requests that are decided about. */
#include "wsk_inspect_fixture.h"

namespace
{

using namespace wsk::test;

void request_accepted(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);

	REQUIRE(test, listener.open());
	listener.gate().answer = WskInspectAccept;

	Visitor caller(client, listener);
	Socket peer(client);

	peer.adopt(listener.accept());
	REQUIRE(test, peer.open());
	EXPECT_EQ(test, listener.gate().inspections, 1);
	EXPECT_EQ(test, listener.gate().aborts, 0);

	Gate::Shown &shown = listener.gate().shown[0];

	EXPECT_TRUE(test, shown.local == listener.address);
	EXPECT_TRUE(test, shown.remote == caller.local());
	EXPECT_NE(test, shown.id.Key, 0u);
}

void accepted_connection_works(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);
	Buffer out(1000), in(1000);

	REQUIRE(test, listener.open() && out.valid() && in.valid());
	listener.gate().answer = WskInspectAccept;

	Visitor caller(client, listener);
	Socket peer(client);

	peer.adopt(listener.accept());
	REQUIRE(test, peer.open());
	out.fill();
	expect_done(test, peer.send(out.all()), 1000);
	expect_done(test, caller.receive(in.all(), WSK_FLAG_WAITALL), 1000);
	EXPECT_TRUE(test, in.holds(0, 1000, 0));
}

void request_rejected(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);
	Caller caller(client, family);
	Request accept;

	REQUIRE(test, listener.open() && caller.open());
	listener.gate().answer = WskInspectReject;
	listener.start_accept(accept);
	expect_failed(test, caller.connect(listener.address), STATUS_CONNECTION_REFUSED);
	EXPECT_EQ(test, listener.gate().inspections, 1);
	let_time_pass();
	EXPECT_TRUE(test, accept.pending());
	EXPECT_EQ(test, listener.gate().aborts, 0);
}

/* Starts a connect that the gate holds. */
bool hold(Gated &listener, Caller &caller, Request &connect, LONG inspections = 1)
{
	struct kunit *test = listener.test();
	const bool open = listener.open() && caller.open();

	EXPECT_TRUE(test, open);
	if (!open)
		return false;
	caller.start_connect(connect, listener.address);
	const bool held = listener.gate().reach_inspections(inspections);
	EXPECT_TRUE(test, held);
	return held;
}

void pended_and_accepted(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);
	Caller caller(client, family);
	Request connect, accept;

	REQUIRE(test, hold(listener, caller, connect));
	listener.start_accept(accept);
	let_time_pass();
	EXPECT_TRUE(test, connect.pending());
	EXPECT_TRUE(test, accept.pending());
	EXPECT_EQ(test, listener.gate().inspections, 1);
	expect_done(test, listener.complete(listener.gate().shown[0].id, WskInspectAccept));
	expect_done(test, connect.wait());

	Socket peer(client);

	peer.adopt(accept.wait());
	EXPECT_TRUE(test, peer.open() && peer.remote() == caller.local());
	EXPECT_EQ(test, listener.gate().aborts, 0);
}

void pended_and_rejected(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);
	Caller caller(client, family);
	Request connect;

	REQUIRE(test, hold(listener, caller, connect));
	expect_done(test, listener.complete(listener.gate().shown[0].id, WskInspectReject));
	expect_failed(test, connect.wait(), STATUS_CONNECTION_REFUSED);
	let_time_pass();
	EXPECT_EQ(test, listener.gate().inspections, 1);
	EXPECT_EQ(test, listener.gate().aborts, 0);
}

/* A minute is more than a client's patience, and less than a peer's. */
void held_for_long(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_time_travel(test);

	Client client(test);
	Gated listener(client, family);
	Caller caller(client, family);
	Request connect;

	REQUIRE(test, hold(listener, caller, connect));
	bridge_sleep_ms(60000);
	EXPECT_TRUE(test, connect.pending());
	EXPECT_EQ(test, listener.gate().inspections, 1);
	EXPECT_EQ(test, listener.gate().aborts, 0);
	expect_done(test, listener.complete(listener.gate().shown[0].id, WskInspectAccept));
	expect_done(test, connect.wait());
}

void accept_event(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);

	REQUIRE(test, listener.open());
	listener.gate().answer = WskInspectAccept;
	EXPECT_STATUS(test, listener.set_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS);

	Visitor caller(client, listener);
	Socket peer(client);
	WSK_INSPECT_ID id = {};

	REQUIRE(test, listener.gate().reach_accepts(1));
	peer.adopt(listener.gate().accepted);
	EXPECT_TRUE(test, peer.remote() == caller.local());
	EXPECT_STATUS(test, query_inspect_id(peer, &id), STATUS_SUCCESS);
	EXPECT_TRUE(test, same(id, listener.gate().shown[0].id));
}

void id_of_connection(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);

	REQUIRE(test, listener.open());
	listener.gate().answer = WskInspectAccept;

	Visitor first(client, listener), second(client, listener);
	Socket one(client), two(client);
	WSK_INSPECT_ID id = {}, other = {};

	one.adopt(listener.accept());
	two.adopt(listener.accept());
	REQUIRE(test, one.open() && two.open());
	EXPECT_STATUS(test, query_inspect_id(one, &id), STATUS_SUCCESS);
	EXPECT_TRUE(test, same(id, listener.gate().shown[0].id));
	at_dispatch([&] { EXPECT_STATUS(test, query_inspect_id(two, &other), STATUS_SUCCESS); });
	EXPECT_TRUE(test, same(other, listener.gate().shown[1].id));
	EXPECT_FALSE(test, same(id, other));

	Control control = {.type = WskIoctl, .code = SIO_WSK_QUERY_INSPECT_ID};

	id = {};
	control.output = &id;
	control.output_size = sizeof(id);
	expect_ok(test, one.control(control), sizeof(id));
	EXPECT_TRUE(test, same(id, listener.gate().shown[0].id));
	control.output_size = sizeof(id) - 1;
	expect_refused(test, one.control(control), STATUS_BUFFER_TOO_SMALL);
}

void no_id(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Gated listener(client, family);
	WSK_INSPECT_ID id = {};

	REQUIRE(test, pair.connected() && listener.open());
	const Socket *sockets[] = {&pair.listener, &pair.caller, &pair.peer, &listener};

	for (const Socket *socket : sockets)
		EXPECT_STATUS(test, query_inspect_id(*socket, &id), STATUS_INVALID_DEVICE_REQUEST);
	EXPECT_EQ(test, id.Key, 0u);
}

void unknown_id(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family), other(client, family);
	Caller caller(client, family), another(client, family);
	Request connect, connect_other;

	REQUIRE(test, hold(listener, caller, connect) && hold(other, another, connect_other));

	WSK_INSPECT_ID id = listener.gate().shown[0].id;
	WSK_INSPECT_ID wrong[] = {id, id, {}, other.gate().shown[0].id};

	wrong[0].Key += 1000;
	wrong[1].SerialNumber++;
	for (const WSK_INSPECT_ID &none : wrong)
		expect_failed(test, listener.complete(none, WskInspectAccept),
			      STATUS_INVALID_PARAMETER);
	EXPECT_TRUE(test, connect.pending() && connect_other.pending());
	expect_done(test, listener.complete(id, WskInspectReject));
	expect_failed(test, connect.wait(), STATUS_CONNECTION_REFUSED);
	EXPECT_TRUE(test, connect_other.pending());
}

void decided_twice(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);
	Caller caller(client, family), other(client, family);
	Request connect, connect_other;

	REQUIRE(test, hold(listener, caller, connect));

	WSK_INSPECT_ID id = listener.gate().shown[0].id;

	expect_done(test, listener.complete(id, WskInspectAccept));
	expect_failed(test, listener.complete(id, WskInspectReject), STATUS_NOT_FOUND);
	expect_done(test, connect.wait());
	expect_failed(test, listener.complete(id, WskInspectReject), STATUS_NOT_FOUND);

	REQUIRE(test, hold(listener, other, connect_other, 2));
	id = listener.gate().shown[1].id;
	expect_done(test, listener.complete(id, WskInspectReject));
	expect_failed(test, listener.complete(id, WskInspectAccept), STATUS_NOT_FOUND);
	expect_failed(test, connect_other.wait(), STATUS_CONNECTION_REFUSED);
}

void wrong_action(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);
	Caller caller(client, family);
	Request connect;

	REQUIRE(test, hold(listener, caller, connect));
	const WSK_INSPECT_ACTION wrong[] = {WskInspectPend, WskInspectMax};

	for (WSK_INSPECT_ACTION action : wrong)
		expect_refused(test, listener.complete(listener.gate().shown[0].id, action),
			       STATUS_INVALID_PARAMETER);
	EXPECT_TRUE(test, connect.pending());
}

void bad_arguments(struct kunit *test)
{
	Client client(test);
	Gated listener(client, AF_INET);
	Listener plain(client, AF_INET);
	Socket unbound(client, WSK_FLAG_LISTEN_SOCKET, AF_INET);
	WSK_INSPECT_ID id = {1, 1};

	REQUIRE(test, listener.open() && plain.open() && unbound.open());
	auto complete = [&](const Socket &socket, PWSK_SOCKET handle, PWSK_INSPECT_ID which) {
		return run(test, [&](PIRP irp) {
			return socket.listen()->WskInspectComplete(handle, which, WskInspectAccept,
								   irp);
		});
	};
	expect_refused(test, complete(listener, nullptr, &id), STATUS_INVALID_PARAMETER);
	expect_refused(test, complete(listener, listener.handle(), nullptr),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, complete(plain, plain.handle(), &id), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, complete(unbound, unbound.handle(), &id), STATUS_INVALID_DEVICE_STATE);
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test,
				   listener.listen()->WskInspectComplete(listener.handle(), &id,
									 WskInspectAccept, nullptr),
				   STATUS_INVALID_PARAMETER));
}

void unknown_answer(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);
	Caller caller(client, family);

	REQUIRE(test, listener.open() && caller.open());
	listener.gate().answer = WskInspectMax;
	/* The line may come during the call or after it. */
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, caller.connect(listener.address).status,
				   STATUS_CONNECTION_REFUSED));
}

/* What the completions of another IRQL need. */
struct Elsewhere {
	Gated &listener;
	Request &request;
};

void completed_elsewhere(struct kunit *test, ADDRESS_FAMILY family,
			 void (*where)(const Elsewhere &elsewhere))
{
	Client client(test);
	Gated listener(client, family);
	Caller caller(client, family);
	Request connect, complete;

	REQUIRE(test, hold(listener, caller, connect));
	where({listener, complete});
	expect_done(test, complete.wait());
	expect_done(test, connect.wait());
}

void complete_first(const Elsewhere &elsewhere)
{
	Gated &listener = elsewhere.listener;

	listener.start_complete(elsewhere.request, listener.gate().shown[0].id, WskInspectAccept);
}

void completed_at_dispatch(struct kunit *test, ADDRESS_FAMILY family)
{
	completed_elsewhere(test, family, [](const Elsewhere &elsewhere) {
		at_dispatch([&] { complete_first(elsewhere); });
	});
}

void completed_in_softirq(struct kunit *test, ADDRESS_FAMILY family)
{
	completed_elsewhere(test, family, [](const Elsewhere &elsewhere) {
		in_softirq([&] { complete_first(elsewhere); });
	});
}

/* The callback decides by a request, and says that it has not decided. */
void completed_inside(struct kunit *test, ADDRESS_FAMILY family)
{
	struct Inside {
		explicit Inside(Gated &which) : listener(which) {}
		Gated &listener;
		Request request;
	};
	Client client(test);
	Gated listener(client, family);
	Inside inside(listener);

	REQUIRE(test, listener.open());
	listener.gate().for_act = &inside;
	listener.gate().act = [](Gate &gate, const WSK_INSPECT_ID &id) {
		auto *inside = static_cast<Inside *>(gate.for_act);

		inside->listener.start_complete(inside->request, id, WskInspectAccept);
	};

	Visitor caller(client, listener);

	expect_done(test, inside.request.wait());
}

void close_with_held(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Gated listener(client, family);
	Caller one(client, family), two(client, family);
	Request connect_one, connect_two;

	REQUIRE(test, hold(listener, one, connect_one) && hold(listener, two, connect_two, 2));
	listener.close();
	expect_failed(test, connect_one.wait(), STATUS_CONNECTION_REFUSED);
	expect_failed(test, connect_two.wait(), STATUS_CONNECTION_REFUSED);
	let_time_pass();
	EXPECT_EQ(test, listener.gate().inspections, 2);
	EXPECT_EQ(test, listener.gate().aborts, 0);
}

struct Closing {
	explicit Closing(Gated *which) : listener(which) {}
	Gated *listener;
	Request request;
};

void close_inside(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);

	const WSK_INSPECT_ACTION answers[] = {WskInspectAccept, WskInspectReject, WskInspectPend};

	for (WSK_INSPECT_ACTION answer : answers) {
		Gated listener(client, family);
		Caller caller(client, family);
		Closing closing(&listener);

		REQUIRE(test, listener.open() && caller.open());
		listener.gate().answer = answer;
		listener.gate().for_act = &closing;
		listener.gate().act = [](Gate &gate, const WSK_INSPECT_ID &) {
			auto *closing = static_cast<Closing *>(gate.for_act);

			closing->listener->start_close(closing->request);
		};
		expect_failed(test, caller.connect(listener.address), STATUS_CONNECTION_REFUSED);
		expect_done(test, closing.request.wait());
		EXPECT_EQ(test, listener.gate().inspections, 1);
		EXPECT_EQ(test, listener.gate().aborts, 0);
	}
}

/* Every third one is rejected, and the others wait for it. */
void many_at_once(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr LONG count = 24;
	struct One {
		One(Client &client, ADDRESS_FAMILY family) : caller(client, family) {}
		static void *operator new(size_t size) noexcept
		{
			return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, tag);
		}
		static void operator delete(void *block) { ExFreePoolWithTag(block, tag); }
		Caller caller;
		Request connect;
	};
	Client client(test);
	Gated listener(client, family);
	One *ones[count] = {};
	LONG refused = 0, connected = 0;

	REQUIRE(test, listener.open());
	for (One *&one : ones) {
		one = new One(client, family);
		ASSERT_TRUE(test, one);
		one->caller.start_connect(one->connect, listener.address);
	}
	EXPECT_TRUE(test, listener.gate().reach_inspections(count));
	for (LONG i = 0; i < count; i++)
		expect_done(test, listener.complete(listener.gate().shown[i].id,
						    i % 3 ? WskInspectAccept : WskInspectReject));
	for (One *one : ones) {
		const NTSTATUS status = one->connect.wait().status;

		refused += status == STATUS_CONNECTION_REFUSED;
		connected += status == STATUS_SUCCESS;
	}
	EXPECT_EQ(test, refused, count / 3);
	EXPECT_EQ(test, connected, count - count / 3);
	for (LONG i = 0; i < connected; i++) {
		Socket peer(client);

		peer.adopt(listener.accept());
		EXPECT_TRUE(test, peer.open());
	}
	for (One *one : ones)
		delete one;
}

const bridge_case cases[] = {
	IPV4_AND_IPV6("a request that is accepted becomes a connection", request_accepted),
	IPV4_AND_IPV6("an inspected connection carries data", accepted_connection_works),
	IPV4_AND_IPV6("a request that is rejected is refused to the peer, and never heard of again",
		      request_rejected),
	IPV4_AND_IPV6("a pended request waits until it is accepted", pended_and_accepted),
	IPV4_AND_IPV6("a pended request waits until it is rejected", pended_and_rejected),
	IPV4_AND_IPV6("a request is held as long as its peer goes on sending SYNs", held_for_long),
	IPV4_AND_IPV6("WskAcceptEvent delivers an inspected connection", accept_event),
	IPV4_AND_IPV6("SIO_WSK_QUERY_INSPECT_ID names the request that became the connection",
		      id_of_connection),
	IPV4_AND_IPV6("SIO_WSK_QUERY_INSPECT_ID fails on sockets that were not inspected", no_id),
	IPV4_AND_IPV6("an id that the socket never gave out is told from one that it did",
		      unknown_id),
	IPV4_AND_IPV6("a request is decided once", decided_twice),
	IPV4_AND_IPV6("WskInspectComplete takes no other actions than accept and reject",
		      wrong_action),
	{"WskInspectComplete refuses bad arguments and sockets that do not inspect", bad_arguments},
	IPV4_AND_IPV6("an answer that is no action rejects", unknown_answer),
	IPV4_AND_IPV6("WskInspectComplete works at DISPATCH_LEVEL", completed_at_dispatch),
	IPV4_AND_IPV6("WskInspectComplete works in a softirq", completed_in_softirq),
	IPV4_AND_IPV6("WskInspectComplete may be called inside WskInspectEvent", completed_inside),
	IPV4_AND_IPV6("closing the listener refuses what it holds, without a callback",
		      close_with_held),
	IPV4_AND_IPV6("the listener may be closed inside WskInspectEvent", close_inside),
	IPV4_AND_IPV6("many requests at once are each decided on their own", many_at_once),
};

} // namespace

BRIDGE_SUITE(wsk_inspect, cases, .network = true)
