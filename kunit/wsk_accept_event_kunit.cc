// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskAcceptEvent: connections by callback, enabled per socket or static. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

constexpr ULONG disable_accept = WSK_EVENT_ACCEPT | WSK_EVENT_DISABLE;

/* A listener whose accept event is on, and its notes. */
struct Noted {
	Noted(Client &client, ADDRESS_FAMILY family)
		: notes(client.test()), listener(client, family, &notes, &AcceptNotes::dispatch)
	{
	}
	bool enable()
	{
		struct kunit *test = listener.test();
		const NTSTATUS status = listener.set_events(WSK_EVENT_ACCEPT);

		EXPECT_STATUS(test, status, STATUS_SUCCESS);
		return status == STATUS_SUCCESS;
	}

	AcceptNotes notes;
	Listener listener;
};

void connection_is_announced(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.listener.open() && noted.enable());

	Caller caller(client, noted.listener);

	REQUIRE(test, noted.notes.reach(1));

	auto &seen = noted.notes.seen[0];

	EXPECT_TRUE(test, seen.local == noted.listener.address);
	EXPECT_TRUE(test, seen.remote == caller.local());
	EXPECT_EQ(test, seen.flags & ~WSK_FLAG_AT_DISPATCH_LEVEL, 0u);
	if (seen.flags & WSK_FLAG_AT_DISPATCH_LEVEL)
		EXPECT_EQ(test, seen.irql, DISPATCH_LEVEL);
	EXPECT_LE(test, seen.irql, DISPATCH_LEVEL);

	Socket peer(client);

	peer.adopt(noted.notes.take(0));
	EXPECT_TRUE(test, peer.remote() == caller.local());
}

void accepted_socket_works(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	Buffer out(1000), in(1000);

	REQUIRE(test, noted.listener.open() && noted.enable() && out.valid() && in.valid());

	Caller caller(client, noted.listener);
	Socket peer(client);

	REQUIRE(test, noted.notes.reach(1));
	peer.adopt(noted.notes.take(0));
	out.fill();
	expect_done(test, peer.send(out.all()), 1000);
	expect_done(test, caller.receive(in.all(), WSK_FLAG_WAITALL), 1000);
	EXPECT_TRUE(test, in.holds(0, 1000, 0));
}

void every_connection_is_announced_once(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr LONG count = 8;
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.listener.open() && noted.enable());
	for (LONG i = 0; i < count; i++) {
		Caller caller(client, noted.listener);
		Socket peer(client);

		REQUIRE(test, noted.notes.reach(i + 1));
		EXPECT_EQ(test, noted.notes.calls(), i + 1);
		EXPECT_TRUE(test, noted.notes.seen[i].remote == caller.local());
		peer.adopt(noted.notes.take(i));
	}
}

void waiting_connections_are_announced(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.listener.open());

	Caller one(client, noted.listener), two(client, noted.listener);

	EXPECT_EQ(test, noted.notes.calls(), 0);
	REQUIRE(test, noted.enable());
	REQUIRE(test, noted.notes.reach(2));
	EXPECT_TRUE(test, noted.notes.seen[0].remote == one.local());
	EXPECT_TRUE(test, noted.notes.seen[1].remote == two.local());
}

void off_unless_enabled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.listener.open());

	Caller caller(client, noted.listener);
	Socket peer(client);

	/* A request gets it, so the event did not. */
	peer.adopt(noted.listener.accept());
	EXPECT_TRUE(test, peer.open());
	EXPECT_EQ(test, noted.notes.calls(), 0);
}

void requests_come_first(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	Request accept;

	REQUIRE(test, noted.listener.open());
	noted.listener.start_accept(accept);
	REQUIRE(test, noted.enable());

	Caller first(client, noted.listener);
	Socket peer(client);

	peer.adopt(accept.wait());
	EXPECT_TRUE(test, peer.remote() == first.local());
	EXPECT_EQ(test, noted.notes.calls(), 0);

	Caller second(client, noted.listener);

	REQUIRE(test, noted.notes.reach(1));
	EXPECT_TRUE(test, noted.notes.seen[0].remote == second.local());
}

void not_accepted(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	Buffer in(16);

	REQUIRE(test, noted.listener.open() && in.valid());
	noted.notes.answer = STATUS_REQUEST_NOT_ACCEPTED;
	REQUIRE(test, noted.enable());

	Caller caller(client, noted.listener);

	REQUIRE(test, noted.notes.reach(1));
	expect_failed(test, caller.receive(in.all()), STATUS_CONNECTION_RESET);

	/* That was one connection; the listener goes on. */
	noted.notes.answer = STATUS_SUCCESS;

	Caller next(client, noted.listener);

	REQUIRE(test, noted.notes.reach(2));
	EXPECT_TRUE(test, noted.notes.seen[1].remote == next.local());
}

void disabled(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.listener.open() && noted.enable());
	EXPECT_STATUS(test, noted.listener.set_events(disable_accept), STATUS_SUCCESS);

	Caller caller(client, noted.listener);
	Socket peer(client);

	peer.adopt(noted.listener.accept());
	EXPECT_TRUE(test, peer.open());
	EXPECT_EQ(test, noted.notes.calls(), 0);
}

void disabled_with_irp(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.listener.open() && noted.enable());
	expect_ok(test, noted.listener.set_events_irp(disable_accept));
	expect_ok(test, noted.listener.set_events_irp(WSK_EVENT_ACCEPT));

	Caller caller(client, noted.listener);

	EXPECT_TRUE(test, noted.notes.reach(1));
}

void enabled_again(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.listener.open() && noted.enable());
	EXPECT_STATUS(test, noted.listener.set_events(disable_accept), STATUS_SUCCESS);

	Caller caller(client, noted.listener);

	EXPECT_EQ(test, noted.notes.calls(), 0);
	REQUIRE(test, noted.enable());
	REQUIRE(test, noted.notes.reach(1));
	EXPECT_TRUE(test, noted.notes.seen[0].remote == caller.local());
}

/* What a callback that disables its own event needs. */
struct SelfDisable {
	Listener *listener;
	Request *request;
	NTSTATUS returned;
	bool completed_inside;
};

void disabled_inside(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);

	REQUIRE(test, noted.listener.open());

	SelfDisable self = {&noted.listener, nullptr, STATUS_UNSUCCESSFUL, false};

	noted.notes.for_act = &self;
	noted.notes.act = [](AcceptNotes &notes, PWSK_SOCKET) {
		auto *self = static_cast<SelfDisable *>(notes.for_act);

		self->returned = self->listener->set_events(disable_accept);
	};
	REQUIRE(test, noted.enable());

	Caller first(client, noted.listener);

	REQUIRE(test, noted.notes.reach(1));
	EXPECT_STATUS(test, self.returned, STATUS_EVENT_PENDING);

	Caller second(client, noted.listener);
	Socket peer(client);

	peer.adopt(noted.listener.accept());
	EXPECT_TRUE(test, peer.remote() == second.local());
	EXPECT_EQ(test, noted.notes.calls(), 1);
}

void disabled_inside_with_irp(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	Request request;

	REQUIRE(test, noted.listener.open());

	SelfDisable self = {&noted.listener, &request, STATUS_SUCCESS, false};

	noted.notes.for_act = &self;
	noted.notes.act = [](AcceptNotes &notes, PWSK_SOCKET) {
		auto *self = static_cast<SelfDisable *>(notes.for_act);

		self->listener->start_set_events(*self->request, disable_accept);
		self->completed_inside = !self->request->pending();
	};
	REQUIRE(test, noted.enable());

	Caller caller(client, noted.listener);

	REQUIRE(test, noted.notes.reach(1));
	expect_done(test, request.wait());
	EXPECT_FALSE(test, self.completed_inside);
}

/* What happens on the accepted socket inside the callback. */
struct UsedInside {
	Client *client;
	Request *send, *receive;
	PWSK_BUF out, in;
};

void used_inside(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	Buffer out(64), in(64), answer(64);
	Request send, receive;

	REQUIRE(test, noted.listener.open() && out.valid() && in.valid() && answer.valid());

	UsedInside use = {&client, &send, &receive, out.all(), in.all()};

	out.fill();
	noted.notes.for_act = &use;
	noted.notes.act = [](AcceptNotes &notes, PWSK_SOCKET accepted) {
		auto *use = static_cast<UsedInside *>(notes.for_act);
		Socket peer(*use->client);

		peer.adopt(accepted);
		peer.start_send(*use->send, use->out);
		peer.start_receive(*use->receive, use->in);
		peer.release();
	};
	REQUIRE(test, noted.enable());

	Caller caller(client, noted.listener);

	REQUIRE(test, noted.notes.reach(1));
	expect_done(test, send.wait(), 64);
	expect_done(test, caller.receive(answer.all(), WSK_FLAG_WAITALL), 64);
	expect_done(test, caller.send(answer.all()), 64);

	const Outcome received = receive.wait();

	expect_done(test, received, received.information);
	EXPECT_TRUE(test, in.holds(0, received.information, 0));
}

struct ClosedInside {
	Socket *socket;
	Request *close;
	bool completed_inside;
};

void listener_closed_inside(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	Request close;

	REQUIRE(test, noted.listener.open());

	ClosedInside closing = {&noted.listener, &close, false};

	noted.notes.for_act = &closing;
	noted.notes.act = [](AcceptNotes &notes, PWSK_SOCKET) {
		auto *closing = static_cast<ClosedInside *>(notes.for_act);

		closing->socket->start_close(*closing->close);
		closing->completed_inside = !closing->close->pending();
	};
	REQUIRE(test, noted.enable());

	Caller caller(client, noted.listener);

	REQUIRE(test, noted.notes.reach(1));
	expect_done(test, close.wait());
	EXPECT_FALSE(test, closing.completed_inside);

	/* Its accepted socket lives on. */
	Socket peer(client);

	peer.adopt(noted.notes.take(0));
	EXPECT_TRUE(test, peer.remote() == caller.local());
}

void accepted_closed_inside(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	Request close;
	Socket peer(client);
	Buffer in(16);

	REQUIRE(test, noted.listener.open() && in.valid());

	ClosedInside closing = {&peer, &close, false};

	noted.notes.for_act = &closing;
	noted.notes.act = [](AcceptNotes &notes, PWSK_SOCKET accepted) {
		auto *closing = static_cast<ClosedInside *>(notes.for_act);

		notes.take(notes.calls());
		closing->socket->adopt(accepted);
		closing->socket->start_close(*closing->close);
	};
	REQUIRE(test, noted.enable());

	Caller caller(client, noted.listener);

	REQUIRE(test, noted.notes.reach(1));
	expect_done(test, close.wait());
	expect_failed(test, caller.receive(in.all()), STATUS_CONNECTION_RESET);
}

void static_event(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);

	REQUIRE(test, client.ready());
	EXPECT_STATUS(test, client.set_static_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS);

	Noted noted(client, family);

	REQUIRE(test, noted.listener.open());

	Caller caller(client, noted.listener);

	REQUIRE(test, noted.notes.reach(1));
	EXPECT_TRUE(test, noted.notes.seen[0].remote == caller.local());
}

void static_event_stays(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);

	REQUIRE(test, client.ready());
	EXPECT_STATUS(test, client.set_static_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS);

	Noted noted(client, family);

	REQUIRE(test, noted.listener.open());
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, noted.listener.set_events(disable_accept),
				   STATUS_INVALID_PARAMETER));
	expect_refused(test, noted.listener.set_events_irp(disable_accept),
		       STATUS_INVALID_PARAMETER);

	Caller caller(client, noted.listener);

	EXPECT_TRUE(test, noted.notes.reach(1));
}

void static_event_without_function(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);

	REQUIRE(test, client.ready());
	EXPECT_STATUS(test, client.set_static_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS);

	/* No table: such a listener is served by requests. */
	Listener listener(client, family);

	REQUIRE(test, listener.open());

	Caller caller(client, listener);
	Socket peer(client);

	peer.adopt(listener.accept());
	EXPECT_TRUE(test, peer.open());
}

void functions_missing(struct kunit *test, ADDRESS_FAMILY family)
{
	static constexpr WSK_CLIENT_LISTEN_DISPATCH empty = {};
	Client client(test);
	Listener no_table(client, family), no_function(client, family, nullptr, &empty);

	REQUIRE(test, no_table.open() && no_function.open());
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, no_table.set_events(WSK_EVENT_ACCEPT),
				   STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, no_function.set_events(WSK_EVENT_ACCEPT),
				   STATUS_INVALID_PARAMETER));
	expect_refused(test, no_function.set_events_irp(WSK_EVENT_ACCEPT),
		       STATUS_INVALID_PARAMETER);
}

void events_that_do_not_fit(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Noted noted(client, family);
	Caller caller(client, family);
	const ULONG wrong[] = {
		0, WSK_EVENT_RECEIVE_FROM, WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE_FROM,
		1, WSK_EVENT_DISABLE,	   WSK_EVENT_DISABLE | WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE,
	};

	REQUIRE(test, noted.listener.open() && caller.open());
	for (ULONG mask : wrong)
		expect_refused(test, noted.listener.set_events_irp(mask), STATUS_INVALID_PARAMETER);
	expect_refused(test, caller.set_events_irp(WSK_EVENT_ACCEPT), STATUS_INVALID_PARAMETER);
}

void other_interface(struct kunit *test, ADDRESS_FAMILY family)
{
	static constexpr GUID other = {0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
	const GUID copy = NPI_WSK_INTERFACE_ID;
	Client client(test);
	Noted noted(client, family);
	WSK_EVENT_CALLBACK_CONTROL events = {&other, WSK_EVENT_ACCEPT};
	const Control control = {
		.code = SO_WSK_EVENT_CALLBACK, .input = &events, .input_size = sizeof(events)};

	REQUIRE(test, noted.listener.open());
	expect_refused(test, noted.listener.control(control), STATUS_NOT_SUPPORTED);
	events.NpiId = nullptr;
	expect_refused(test, noted.listener.control(control), STATUS_NOT_SUPPORTED);
	/* Known by what it is, not by where it lies. */
	events.NpiId = &copy;
	expect_ok(test, noted.listener.control(control));
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a connection is announced with its addresses", connection_is_announced),
	IPV4_AND_IPV6("the announced socket sends", accepted_socket_works),
	IPV4_AND_IPV6("every connection is announced once", every_connection_is_announced_once),
	IPV4_AND_IPV6("enabling announces who waits already", waiting_connections_are_announced),
	IPV4_AND_IPV6("the event is off unless enabled", off_unless_enabled),
	IPV4_AND_IPV6("accept requests come before the event", requests_come_first),
	IPV4_AND_IPV6("STATUS_REQUEST_NOT_ACCEPTED resets the connection", not_accepted),
	IPV4_AND_IPV6("a disabled event is not called", disabled),
	IPV4_AND_IPV6("events are disabled and enabled with an IRP, too", disabled_with_irp),
	IPV4_AND_IPV6("enabling again announces what came meanwhile", enabled_again),
	IPV4_AND_IPV6("disabling inside the callback is pending", disabled_inside),
	IPV4_AND_IPV6("an IRP that disables inside the callback completes after it",
		      disabled_inside_with_irp),
	IPV4_AND_IPV6("the socket can be used inside the callback", used_inside),
	IPV4_AND_IPV6("the listener can be closed inside the callback", listener_closed_inside),
	IPV4_AND_IPV6("the accepted socket can be closed inside the callback",
		      accepted_closed_inside),
	IPV4_AND_IPV6("a static event starts with bind", static_event),
	IPV4_AND_IPV6("a static event cannot be disabled", static_event_stays),
	IPV4_AND_IPV6("a static event without function is left to requests",
		      static_event_without_function),
	IPV4_AND_IPV6("an event without function cannot be enabled", functions_missing),
	IPV4_AND_IPV6("events of other categories are refused", events_that_do_not_fit),
	{"the interface is known by its identifier",
	 [](struct kunit *test) { other_interface(test, AF_INET); }},
};

} // namespace

BRIDGE_SUITE(wsk_accept_event, cases, .network = true);
