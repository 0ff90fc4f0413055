// SPDX-License-Identifier: MIT OR GPL-2.0
/* Which events can be enabled, when, and which come enabled: each test for each event. */
#include "wsk_event_scene.h"

namespace
{

using namespace wsk::test;

void static_ones(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family, kind.event);

		REQUIRE(test, scene.ready() && scene.settle());
		scene.bring_about();
		scene.check(scene.notes.reach(1), "a static event is not called");
		EXPECT_RULES(test, 2, scene.set(off(kind), STATUS_INVALID_PARAMETER, "disabling");
			     scene.set(kind.event, STATUS_INVALID_PARAMETER, "enabling"));

		Request request;

		scene.subject.start_set_events(request, off(kind));
		scene.check_request(request, false, STATUS_INVALID_PARAMETER, "with an IRP");
	}
}

void static_ones_of_others(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		/* All but the event itself. */
		EventScene scene(test, kind, family,
				 (WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT |
				  WSK_EVENT_SEND_BACKLOG) &
					 ~kind.event);

		REQUIRE(test, scene.ready());
		if (kind.event != WSK_EVENT_SEND_BACKLOG && !scene.listens())
			scene.check(scene.notes.reach(1), "the first backlog was not told");

		const LONG before = scene.notes.calls;

		scene.bring_about();
		bridge_sleep_ms(20);
		scene.check(scene.notes.calls == before, "called although not static");
		scene.set(kind.event, STATUS_SUCCESS, "enabling");
		scene.check(scene.notes.reach(before + 1), "not called after enabling");
	}
}

void too_early(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);

		REQUIRE(test, scene.subject.open());
		EXPECT_RULES(test, 2,
			     scene.set(kind.event, STATUS_INVALID_DEVICE_STATE, "before bind");
			     scene.set(off(kind), STATUS_INVALID_DEVICE_STATE, "before bind"));
		if (scene.listens() && !kind.stream) /* binding is listening */
			continue;
		expect_done(test, scene.subject.bind(Address::loopback(family)));
		EXPECT_RULES(test, 1,
			     scene.set(kind.event, STATUS_INVALID_DEVICE_STATE,
				       "before its role is decided"));
	}
}

void without_function(struct kunit *test, ADDRESS_FAMILY family)
{
	static constexpr WSK_CLIENT_LISTEN_DISPATCH no_accept = {};
	static constexpr WSK_CLIENT_CONNECTION_DISPATCH no_functions = {};
	static constexpr WSK_CLIENT_STREAM_DISPATCH no_halves = {};
	static constexpr WSK_CLIENT_STREAM_DISPATCH empty_halves = {&no_accept, &no_functions};

	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);
		const VOID *tables[3] = {};

		tables[1] = kind.stream	      ? static_cast<const VOID *>(&no_halves)
			    : scene.listens() ? static_cast<const VOID *>(&no_accept)
					      : static_cast<const VOID *>(&no_functions);
		tables[2] = kind.stream ? &empty_halves : tables[1];
		REQUIRE(test, scene.ready());
		for (const VOID *table : tables) {
			Socket socket(scene.client, scene.category(), family, &scene.notes, table);

			REQUIRE(test, socket.open());
			expect_done(test, socket.bind(Address::loopback(family)));
			if (!scene.listens())
				expect_done(test, socket.connect(scene.server.address));
			else if (kind.stream)
				expect_done(test, socket.listen_now());
			EXPECT_RULES(test, 1,
				     scene.check_status("without function",
							socket.set_events(kind.event),
							STATUS_INVALID_PARAMETER));
		}
	}
}

void wrong_masks(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);
		const ULONG wrong[] = {
			0,
			WSK_EVENT_DISABLE,
			1,
			kind.event | 1,
			kind.event | WSK_EVENT_RECEIVE_FROM,
			scene.listens() ? WSK_EVENT_RECEIVE_FROM
					: kind.event | (ULONG)WSK_EVENT_ACCEPT,
			/* One at a time. */
			WSK_EVENT_DISABLE | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT,
		};

		REQUIRE(test, scene.ready());
		for (ULONG mask : wrong)
			EXPECT_RULES(test, 1,
				     scene.set(mask, STATUS_INVALID_PARAMETER, "a wrong mask"));
		scene.set(kind.event, STATUS_SUCCESS, "enabling");
	}
}

/* Connections that a listener passes its events on to. */
void passed_on(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG events[] = {WSK_EVENT_RECEIVE, WSK_EVENT_DISCONNECT, WSK_EVENT_SEND_BACKLOG};

	for (int i = 0; i < 2; i++)
		for (ULONG event : events) {
			EventScene scene(test, event_kinds[i], family);
			EventNotes heir(test);
			Request disconnect;

			REQUIRE(test, scene.ready());
			scene.notes.next = &heir;
			scene.set(event, STATUS_SUCCESS, "passing on");
			scene.set(WSK_EVENT_ACCEPT, STATUS_SUCCESS, "enabling");
			/* It outlives the listener's own event. */
			scene.set(off(event_kinds[i]), STATUS_SUCCESS, "disabling");
			scene.set(WSK_EVENT_ACCEPT, STATUS_SUCCESS, "enabling again");
			EXPECT_RULES(test, 1,
				     scene.set(event | WSK_EVENT_DISABLE, STATUS_INVALID_PARAMETER,
					       "taking back"));
			scene.bring_about();
			REQUIRE(test, scene.notes.reach(1));
			if (event == WSK_EVENT_RECEIVE)
				expect_done(test, scene.other.send(scene.data.all()), 100);
			else if (event == WSK_EVENT_DISCONNECT)
				scene.other.start_disconnect(disconnect);
			scene.check(heir.reach(1), "not passed on to WskAcceptEvent's connection");

			/* WskAccept's connection gets nothing of it. */
			Caller caller(scene.client, family);
			EventNotes none(test);
			Socket accepted(scene.client);
			Request accept;

			accept.issue(test, [&](PIRP irp) {
				PFN_WSK_ACCEPT function =
					event_kinds[i].stream ? scene.subject.stream()->WskAccept
							      : scene.subject.listen()->WskAccept;

				return function(scene.subject.handle(), 0, &none,
						&EventNotes::connect, nullptr, nullptr, irp);
			});
			expect_done(test, caller.connect(scene.subject.local()));
			accepted.adopt(accept.wait());
			expect_done(test, caller.send(scene.data.all()), 100);
			expect_done(test, caller.disconnect());
			bridge_sleep_ms(20);
			scene.check(!none.calls, "passed on to WskAccept's connection");
			/* The heir's callbacks end before it does. */
			scene.subject.close();
			for (PWSK_SOCKET &socket : scene.notes.accepted) {
				Socket one(scene.client);

				one.adopt(socket);
				socket = nullptr;
			}
		}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("every static event starts by itself and stays", static_ones),
	IPV4_AND_IPV6("static events leave the others alone", static_ones_of_others),
	IPV4_AND_IPV6("no event can be enabled too early", too_early),
	IPV4_AND_IPV6("no event can be enabled without its function", without_function),
	IPV4_AND_IPV6("wrong event masks are refused", wrong_masks),
	IPV4_AND_IPV6("connection events are passed on through WskAcceptEvent only", passed_on),
};

} // namespace

BRIDGE_SUITE(wsk_event_enable, cases, .network = true);
