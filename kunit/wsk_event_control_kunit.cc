// SPDX-License-Identifier: MIT OR GPL-2.0
/* Disabling events, and closing, each while a call runs or none does: each test for each event. */
#include "wsk_event_scene.h"

namespace
{

using namespace wsk::test;

void off_at_first(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);

		REQUIRE(test, scene.ready());
		scene.bring_about();
		bridge_sleep_ms(20);
		scene.check(!scene.notes.calls, "called although it was never enabled");
		/* What came about meanwhile is told now. */
		scene.set(kind.event, STATUS_SUCCESS, "enabling");
		scene.check(scene.notes.reach(1), "not called after enabling");
	}
}

void called_once_for_each(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);

		REQUIRE(test, scene.enabled());
		scene.bring_about();
		scene.check(scene.notes.reach(1), "not called");
		bridge_sleep_ms(20);
		scene.check(scene.notes.calls == 1, "called more than once");
	}
}

void disabled_while_idle(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);

		REQUIRE(test, scene.enabled());
		scene.set(off(kind), STATUS_SUCCESS, "disabling while no call runs");
		scene.bring_about();
		bridge_sleep_ms(20);
		scene.check(!scene.notes.calls, "called although disabled");
		scene.set(kind.event, STATUS_SUCCESS, "enabling again");
		scene.check(scene.notes.reach(1), "not called after enabling again");
	}
}

void disabled_while_idle_with_irp(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);
		Request disable, again;

		REQUIRE(test, scene.enabled());
		scene.subject.start_set_events(disable, off(kind));
		scene.check_request(disable, false, STATUS_SUCCESS, "disabling with an IRP");
		/* Twice is no mistake. */
		scene.subject.start_set_events(again, off(kind));
		scene.check_request(again, false, STATUS_SUCCESS, "disabling again with an IRP");
		scene.bring_about();
		bridge_sleep_ms(20);
		scene.check(!scene.notes.calls, "called although disabled");
	}
}

void disabled_during_a_call(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);

		REQUIRE(test, scene.ready());
		scene.during_a_call([&]() {
			scene.set(off(kind), STATUS_EVENT_PENDING, "disabling while a call runs");
			scene.check(!scene.notes.returned, "the call has returned");
		});
		bridge_sleep_ms(20);
		scene.check(scene.notes.calls == 1 && scene.notes.returned == 1,
			    "called after disabling");
		scene.set(off(kind), STATUS_SUCCESS, "disabling after the call has returned");
	}
}

void disabled_during_a_call_with_irp(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);
		Request disable, second;

		REQUIRE(test, scene.ready());
		scene.during_a_call([&]() {
			scene.subject.start_set_events(disable, off(kind));
			scene.check(disable.pending(), "the IRP does not wait for the call");
			/* One waits already. */
			scene.subject.start_set_events(second, off(kind));
			scene.check_request(second, false, STATUS_INVALID_DEVICE_STATE,
					    "a second IRP");
		});
		scene.check_request(disable, true, STATUS_SUCCESS, "the IRP");
		scene.check(scene.notes.calls == 1 && scene.notes.returned == 1,
			    "the IRP completed before the call returned");
	}
}

/* What a callback needs that disables its own event, or closes its own socket. */
struct Inside {
	EventScene *scene;
	Request *request;
	NTSTATUS status;
	bool completed_inside;
};

void disabled_inside_its_call(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);
		Inside inside = {&scene, nullptr, STATUS_UNSUCCESSFUL, false};

		REQUIRE(test, scene.enabled());
		scene.notes.for_act = &inside;
		scene.notes.act = [](EventNotes &notes) {
			auto *inside = static_cast<Inside *>(notes.for_act);

			inside->status =
				inside->scene->subject.set_events(off(inside->scene->kind));
		};
		scene.bring_about();
		REQUIRE(test, scene.notes.reach(1));
		scene.check_status("disabling inside the call", inside.status,
				   STATUS_EVENT_PENDING);
		scene.notes.act = nullptr;
		bridge_sleep_ms(20);
		scene.disable_after_the_call();
		scene.check(scene.notes.calls == 1, "called after disabling");
	}
}

void disabled_inside_its_call_with_irp(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);
		Request request;
		Inside inside = {&scene, &request, STATUS_UNSUCCESSFUL, false};

		REQUIRE(test, scene.enabled());
		scene.notes.for_act = &inside;
		scene.notes.act = [](EventNotes &notes) {
			auto *inside = static_cast<Inside *>(notes.for_act);

			inside->scene->subject.start_set_events(*inside->request,
								off(inside->scene->kind));
			inside->completed_inside = !inside->request->pending();
		};
		scene.bring_about();
		REQUIRE(test, scene.notes.reach(1));
		scene.check_request(request, true, STATUS_SUCCESS, "the IRP");
		scene.check(!inside.completed_inside, "the IRP completed inside the call");
		scene.check(scene.notes.calls == 1 && scene.notes.returned == 1,
			    "the IRP completed before the call returned");
	}
}

void closed_inside_its_call(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);
		Request request;
		Inside inside = {&scene, &request, STATUS_UNSUCCESSFUL, false};

		REQUIRE(test, scene.enabled());
		scene.notes.for_act = &inside;
		scene.notes.act = [](EventNotes &notes) {
			auto *inside = static_cast<Inside *>(notes.for_act);

			inside->scene->subject.start_close(*inside->request);
			inside->completed_inside = !inside->request->pending();
		};
		scene.bring_about();
		REQUIRE(test, scene.notes.reach(1));
		scene.check_request(request, true, STATUS_SUCCESS, "the close");
		scene.check(!inside.completed_inside, "the close completed inside the call");
		scene.check(scene.notes.calls == 1 && scene.notes.returned == 1,
			    "the close completed before the call returned");
	}
}

void closed_inside_the_first_call(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);
		Request request;
		Inside inside = {&scene, &request, STATUS_UNSUCCESSFUL, false};

		REQUIRE(test, scene.ready());
		scene.notes.for_act = &inside;
		scene.notes.act = [](EventNotes &notes) {
			auto *inside = static_cast<Inside *>(notes.for_act);

			inside->scene->subject.start_close(*inside->request);
		};
		if (kind.event != WSK_EVENT_SEND_BACKLOG)
			scene.bring_about();
		/* The enabling call itself is still under way then. */
		scene.set(kind.event, STATUS_SUCCESS, "enabling");
		REQUIRE(test, scene.notes.reach(1));
		scene.check_request(request, true, STATUS_SUCCESS, "the close");
		scene.check(scene.notes.calls == 1 && scene.notes.returned == 1,
			    "called again, or closed too early");
	}
}

void closed_during_a_call(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);
		Request disable, close;

		REQUIRE(test, scene.ready());
		scene.during_a_call([&]() {
			scene.subject.start_set_events(disable, off(kind));
			scene.subject.start_close(close);
			bridge_sleep_ms(20);
			scene.check(disable.pending() && close.pending(),
				    "closed while a call runs");
		});
		scene.check_request(disable, true, STATUS_SUCCESS, "the disabling IRP");
		scene.check_request(close, true, STATUS_SUCCESS, "the close");
		scene.check(disable.order() < close.order(), "the close completed first");
		scene.check(scene.notes.returned == 1, "the close did not wait for the call");
	}
}

void at_dispatch_level(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const EventKind &kind : event_kinds) {
		EventScene scene(test, kind, family);
		NTSTATUS enable = STATUS_UNSUCCESSFUL, disable = STATUS_UNSUCCESSFUL;

		REQUIRE(test, scene.ready());
		at_dispatch([&]() { enable = scene.subject.set_events(kind.event); });
		scene.check_status("enabling", enable, STATUS_SUCCESS);
		REQUIRE(test, scene.settle());
		scene.bring_about();
		scene.check(scene.notes.reach(1), "not called");
		/* When no call is under way any more. */
		wait_until([&] {
			in_softirq([&]() { disable = scene.subject.set_events(off(kind)); });
			return disable != STATUS_EVENT_PENDING;
		});
		scene.check_status("disabling", disable, STATUS_SUCCESS);
	}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("every event is off at first, and enabling tells what came meanwhile",
		      off_at_first),
	IPV4_AND_IPV6("every event is called once for what happens once", called_once_for_each),
	IPV4_AND_IPV6("disabling while no call runs succeeds", disabled_while_idle),
	IPV4_AND_IPV6("disabling while no call runs succeeds with an IRP",
		      disabled_while_idle_with_irp),
	IPV4_AND_IPV6("disabling while a call runs is STATUS_EVENT_PENDING",
		      disabled_during_a_call),
	IPV4_AND_IPV6("an IRP that disables while a call runs completes after it",
		      disabled_during_a_call_with_irp),
	IPV4_AND_IPV6("disabling inside the call is STATUS_EVENT_PENDING",
		      disabled_inside_its_call),
	IPV4_AND_IPV6("an IRP that disables inside the call completes after it",
		      disabled_inside_its_call_with_irp),
	IPV4_AND_IPV6("the socket can be closed inside every call", closed_inside_its_call),
	IPV4_AND_IPV6("the socket can be closed inside the call that enabling makes",
		      closed_inside_the_first_call),
	IPV4_AND_IPV6("closing waits for every call", closed_during_a_call),
	IPV4_AND_IPV6("every event is enabled and disabled at DISPATCH_LEVEL", at_dispatch_level),
};

} // namespace

BRIDGE_SUITE(wsk_event_control, cases, .network = true);
