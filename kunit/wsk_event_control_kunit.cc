// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Enabling and disabling: the same rules for each event of listening, connection and stream
 * sockets, so each test goes through all of them.
 */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

/* An event, and the kind of socket that has it. */
struct Kind {
	const char *name;
	ULONG event;
	bool stream;
};

constexpr Kind kinds[] = {
	{"WskAcceptEvent of a listening socket", WSK_EVENT_ACCEPT, false},
	{"WskAcceptEvent of a stream socket", WSK_EVENT_ACCEPT, true},
	{"WskReceiveEvent of a connection", WSK_EVENT_RECEIVE, false},
	{"WskReceiveEvent of a stream socket", WSK_EVENT_RECEIVE, true},
	{"WskDisconnectEvent of a connection", WSK_EVENT_DISCONNECT, false},
	{"WskDisconnectEvent of a stream socket", WSK_EVENT_DISCONNECT, true},
	{"WskSendBacklogEvent of a connection", WSK_EVENT_SEND_BACKLOG, false},
	{"WskSendBacklogEvent of a stream socket", WSK_EVENT_SEND_BACKLOG, true},
};

/* The context of the socket: counts the calls, and holds them up where it is told to. */
class Notes
{
public:
	explicit Notes(struct kunit *test) : test(test)
	{
		KeInitializeEvent(&called_, SynchronizationEvent, FALSE);
		KeInitializeEvent(&gate_, NotificationEvent, TRUE);
	}

	static const WSK_CLIENT_LISTEN_DISPATCH listen;
	static const WSK_CLIENT_CONNECTION_DISPATCH connect;
	static const WSK_CLIENT_STREAM_DISPATCH both;

	bool reach(LONG wanted)
	{
		while (calls < wanted)
			if (!wait_for(&called_))
				return false;
		return true;
	}
	void close_gate() { KeClearEvent(&gate_); }
	void open_gate() { KeSetEvent(&gate_, IO_NO_INCREMENT, FALSE); }

	struct kunit *test;
	void (*act)(Notes &notes) = nullptr;
	void *for_act = nullptr;
	volatile LONG calls = 0;
	volatile LONG returned = 0;
	PWSK_SOCKET accepted[4] = {};
	LONG accepted_count = 0;
	/* Of the sockets that are accepted. */
	Notes *next = nullptr;

private:
	void note()
	{
		InterlockedIncrement(&calls);
		if (act)
			act(*this);
		KeSetEvent(&called_, IO_NO_INCREMENT, FALSE);
		if (KeGetCurrentIrql() < DISPATCH_LEVEL && !wait_for(&gate_))
			calls = -1;
		InterlockedIncrement(&returned);
	}
	static NTSTATUS WSKAPI on_accept(PVOID context, ULONG, PSOCKADDR, PSOCKADDR,
					 PWSK_SOCKET socket, PVOID *accepted_context,
					 const WSK_CLIENT_CONNECTION_DISPATCH **dispatch)
	{
		auto *self = static_cast<Notes *>(context);

		*accepted_context = self->next;
		*dispatch = self->next ? &connect : nullptr;
		if (self->accepted_count < 4)
			self->accepted[self->accepted_count++] = socket;
		self->note();
		return STATUS_SUCCESS;
	}
	static NTSTATUS WSKAPI on_receive(PVOID context, ULONG, PWSK_DATA_INDICATION, SIZE_T,
					  SIZE_T *)
	{
		static_cast<Notes *>(context)->note();
		return STATUS_SUCCESS;
	}
	static NTSTATUS WSKAPI on_disconnect(PVOID context, ULONG)
	{
		static_cast<Notes *>(context)->note();
		return STATUS_SUCCESS;
	}
	static NTSTATUS WSKAPI on_backlog(PVOID context, SIZE_T)
	{
		static_cast<Notes *>(context)->note();
		return STATUS_SUCCESS;
	}

	KEVENT called_;
	KEVENT gate_;
};

const WSK_CLIENT_LISTEN_DISPATCH Notes::listen = {on_accept, nullptr, nullptr};
const WSK_CLIENT_CONNECTION_DISPATCH Notes::connect = {on_receive, on_disconnect, on_backlog};
const WSK_CLIENT_STREAM_DISPATCH Notes::both = {&listen, &connect};

/* A socket that can have the event, and the means to bring it about. */
struct Scene {
	Scene(struct kunit *test, const Kind &kind, ADDRESS_FAMILY family, ULONG static_events = 0)
		: test(test), kind(kind), family(family), client(test), notes(test),
		  server(prepared(client, static_events), family),
		  subject(client, category(), family, &notes, dispatch()), peer(client),
		  other(client, family), data(100)
	{
	}
	~Scene()
	{
		notes.open_gate();
		subject.close();
		/* The last call has returned now. */
		for (PWSK_SOCKET socket : notes.accepted) {
			Socket accepted(client);

			if (socket)
				accepted.adopt(socket);
		}
	}

	bool listens() const { return kind.event == WSK_EVENT_ACCEPT; }

	/*
	 * Has a call run until the gate is opened: in a thread that enables the event, since the
	 * network's own calls may be at DISPATCH_LEVEL, where nothing can be held up.
	 */
	template <typename During>
	void during_a_call(During during)
	{
		if (kind.event != WSK_EVENT_SEND_BACKLOG)
			bring_about();
		notes.close_gate();

		Thread enabling(test, [this]() { set(kind.event, STATUS_SUCCESS, "enabling"); });

		if (notes.reach(1))
			during();
		else
			check(false, "not called");
		notes.open_gate();
		enabling.join();
	}

	/* In the state in which the event can be enabled. */
	bool ready()
	{
		if (!subject.open() || !server.open() || !other.open() || !data.valid())
			return false;
		expect_done(test, subject.bind(Address::loopback(family)));
		if (!listens()) {
			expect_done(test, subject.connect(server.address));
			peer.adopt(server.accept());
			return peer.open();
		}
		if (kind.stream)
			expect_done(test, subject.listen_now());
		return true;
	}

	/* Enabled, and nothing to tell at the moment. */
	bool enabled()
	{
		if (!ready())
			return false;
		return set(kind.event, STATUS_SUCCESS, "enabling") && settle();
	}

	/* The send backlog is told at first. */
	bool settle()
	{
		if (kind.event != WSK_EVENT_SEND_BACKLOG)
			return true;
		const bool told = notes.reach(1);

		check(told && notes.calls == 1, "the first backlog was not told once");
		while (told && !notes.returned)
			bridge_sleep_ms(1);
		notes.calls = 0;
		notes.returned = 0;
		return told;
	}

	/* Brings the event about; nobody waits for its call. */
	void bring_about()
	{
		switch (kind.event) {
		case WSK_EVENT_ACCEPT:
			expect_done(test, other.connect(subject.local()));
			break;
		case WSK_EVENT_RECEIVE:
			expect_done(test, peer.send(data.all()), data.length());
			break;
		case WSK_EVENT_DISCONNECT:
			peer.start_disconnect(disconnect);
			break;
		default:
			backlog *= 2;
			expect_ok(test, subject.set(SOL_SOCKET, SO_SNDBUF, backlog));
			break;
		}
	}

	bool set(ULONG mask, NTSTATUS wanted, const char *what)
	{
		const NTSTATUS status = subject.set_events(mask);

		check_status(what, status, wanted);
		return status == wanted;
	}
	void check_status(const char *what, NTSTATUS status, NTSTATUS wanted)
	{
		const bridge_site here = BRIDGE_SITE(false);

		if (status != wanted)
			bridge_fail(test, &here, "%s: %s: %s, and should be %s", kind.name, what,
				    bridge_status_name(status), bridge_status_name(wanted));
	}
	void check(bool holds, const char *what)
	{
		const bridge_site here = BRIDGE_SITE(false);

		if (!holds)
			bridge_fail(test, &here, "%s: %s", kind.name, what);
	}
	/* Of a request that has completed, or is about to. */
	void check_request(Request &request, bool pending, NTSTATUS wanted, const char *what)
	{
		const Outcome outcome = request.wait();

		check_status(what, outcome.status, wanted);
		check(outcome.pending == pending, what);
	}

	static Client &prepared(Client &client, ULONG static_events)
	{
		/* Without them the case fails. */
		if (static_events && client.ready())
			(void)client.set_static_events(static_events);
		return client;
	}
	ULONG category() const
	{
		if (kind.stream)
			return WSK_FLAG_STREAM_SOCKET;
		return listens() ? WSK_FLAG_LISTEN_SOCKET : WSK_FLAG_CONNECTION_SOCKET;
	}
	const VOID *dispatch() const
	{
		if (kind.stream)
			return &Notes::both;
		return listens() ? static_cast<const VOID *>(&Notes::listen) : &Notes::connect;
	}

	struct kunit *test;
	const Kind &kind;
	ADDRESS_FAMILY family;
	Client client;
	Notes notes;
	Listener server;
	Socket subject;
	Socket peer;
	Caller other;
	Buffer data;
	Request disconnect;
	ULONG backlog = 40000;
};

constexpr ULONG off(const Kind &kind)
{
	return kind.event | WSK_EVENT_DISABLE;
}

void off_at_first(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);

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
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);

		REQUIRE(test, scene.enabled());
		scene.bring_about();
		scene.check(scene.notes.reach(1), "not called");
		bridge_sleep_ms(20);
		scene.check(scene.notes.calls == 1, "called more than once");
	}
}

void disabled_while_idle(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);

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
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);
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
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);

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
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);
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
	Scene *scene;
	Request *request;
	NTSTATUS status;
	bool completed_inside;
};

void disabled_inside_its_call(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);
		Inside inside = {&scene, nullptr, STATUS_UNSUCCESSFUL, false};

		REQUIRE(test, scene.enabled());
		scene.notes.for_act = &inside;
		scene.notes.act = [](Notes &notes) {
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
		scene.set(off(kind), STATUS_SUCCESS, "disabling after the call");
		scene.check(scene.notes.calls == 1, "called after disabling");
	}
}

void disabled_inside_its_call_with_irp(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);
		Request request;
		Inside inside = {&scene, &request, STATUS_UNSUCCESSFUL, false};

		REQUIRE(test, scene.enabled());
		scene.notes.for_act = &inside;
		scene.notes.act = [](Notes &notes) {
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
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);
		Request request;
		Inside inside = {&scene, &request, STATUS_UNSUCCESSFUL, false};

		REQUIRE(test, scene.enabled());
		scene.notes.for_act = &inside;
		scene.notes.act = [](Notes &notes) {
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
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);
		Request request;
		Inside inside = {&scene, &request, STATUS_UNSUCCESSFUL, false};

		REQUIRE(test, scene.ready());
		scene.notes.for_act = &inside;
		scene.notes.act = [](Notes &notes) {
			auto *inside = static_cast<Inside *>(notes.for_act);

			inside->scene->subject.start_close(*inside->request);
		};
		if (kind.event != WSK_EVENT_SEND_BACKLOG)
			scene.bring_about();
		/* The enabling call itself is still under way then. */
		scene.set(kind.event, STATUS_SUCCESS, "enabling");
		scene.check_request(request, true, STATUS_SUCCESS, "the close");
		scene.check(scene.notes.calls == 1 && scene.notes.returned == 1,
			    "called again, or closed too early");
	}
}

void closed_during_a_call(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);
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

void static_ones(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family, kind.event);

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
	for (const Kind &kind : kinds) {
		/* All but the event itself. */
		Scene scene(test, kind, family,
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
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);

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

	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);
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
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);
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
			Scene scene(test, kinds[i], family);
			Notes heir(test);
			Request disconnect;

			REQUIRE(test, scene.ready());
			scene.notes.next = &heir;
			scene.set(event, STATUS_SUCCESS, "passing on");
			scene.set(WSK_EVENT_ACCEPT, STATUS_SUCCESS, "enabling");
			/* It outlives the listener's own event. */
			scene.set(off(kinds[i]), STATUS_SUCCESS, "disabling");
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
			Notes none(test);
			Socket accepted(scene.client);
			Request accept;

			accept.issue(test, [&](PIRP irp) {
				PFN_WSK_ACCEPT function =
					kinds[i].stream ? scene.subject.stream()->WskAccept
							: scene.subject.listen()->WskAccept;

				return function(scene.subject.handle(), 0, &none, &Notes::connect,
						nullptr, nullptr, irp);
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

void at_dispatch_level(struct kunit *test, ADDRESS_FAMILY family)
{
	for (const Kind &kind : kinds) {
		Scene scene(test, kind, family);
		NTSTATUS enable = STATUS_UNSUCCESSFUL, disable = STATUS_UNSUCCESSFUL;

		REQUIRE(test, scene.ready());
		at_dispatch([&]() { enable = scene.subject.set_events(kind.event); });
		scene.check_status("enabling", enable, STATUS_SUCCESS);
		REQUIRE(test, scene.settle());
		scene.bring_about();
		scene.check(scene.notes.reach(1), "not called");
		/* No call is under way any more. */
		bridge_sleep_ms(20);
		in_softirq([&]() { disable = scene.subject.set_events(off(kind)); });
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
	IPV4_AND_IPV6("every static event starts by itself and stays", static_ones),
	IPV4_AND_IPV6("static events leave the others alone", static_ones_of_others),
	IPV4_AND_IPV6("no event can be enabled too early", too_early),
	IPV4_AND_IPV6("no event can be enabled without its function", without_function),
	IPV4_AND_IPV6("wrong event masks are refused", wrong_masks),
	IPV4_AND_IPV6("connection events are passed on through WskAcceptEvent only", passed_on),
	IPV4_AND_IPV6("every event is enabled and disabled at DISPATCH_LEVEL", at_dispatch_level),
};

} // namespace

BRIDGE_SUITE(wsk_event_control, cases, .network = true);
