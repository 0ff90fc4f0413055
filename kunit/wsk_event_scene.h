/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Every event of listening, connection and stream sockets, with a socket that can have it and the
 * means to bring it about: for tests of rules that are the same for all of them.
 */
#ifndef KUNIT_WSK_EVENT_SCENE_H
#define KUNIT_WSK_EVENT_SCENE_H

#include "waiting.h"
#include "wsk_fixture.h"

namespace wsk::test
{

/* An event, and the kind of socket that has it. */
struct EventKind {
	const char *name;
	ULONG event;
	bool stream;
};

constexpr EventKind event_kinds[] = {
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
class EventNotes
{
public:
	explicit EventNotes(struct kunit *test) : test(test)
	{
		KeInitializeEvent(&called_, SynchronizationEvent, FALSE);
		KeInitializeEvent(&gate_, NotificationEvent, TRUE);
	}

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
	void (*act)(EventNotes &notes) = nullptr;
	void *for_act = nullptr;
	volatile LONG calls = 0;
	volatile LONG returned = 0;
	PWSK_SOCKET accepted[4] = {};
	LONG accepted_count = 0;
	/* Of the sockets that are accepted. */
	EventNotes *next = nullptr;

private:
	void note()
	{
		if (act)
			act(*this);
		InterlockedIncrement(&calls);
		KeSetEvent(&called_, IO_NO_INCREMENT, FALSE);
		if (KeGetCurrentIrql() < DISPATCH_LEVEL && !wait_for(&gate_))
			calls = -1;
		InterlockedIncrement(&returned);
	}
	static NTSTATUS WSKAPI on_accept(PVOID context, ULONG, PSOCKADDR, PSOCKADDR,
					 PWSK_SOCKET socket, PVOID *accepted_context,
					 const WSK_CLIENT_CONNECTION_DISPATCH **dispatch)
	{
		auto *self = static_cast<EventNotes *>(context);

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
		static_cast<EventNotes *>(context)->note();
		return STATUS_SUCCESS;
	}
	static NTSTATUS WSKAPI on_disconnect(PVOID context, ULONG)
	{
		static_cast<EventNotes *>(context)->note();
		return STATUS_SUCCESS;
	}
	static NTSTATUS WSKAPI on_backlog(PVOID context, SIZE_T)
	{
		static_cast<EventNotes *>(context)->note();
		return STATUS_SUCCESS;
	}

	KEVENT called_;
	KEVENT gate_;

public:
	static constexpr WSK_CLIENT_LISTEN_DISPATCH listen = {on_accept, nullptr, nullptr};
	static constexpr WSK_CLIENT_CONNECTION_DISPATCH connect = {on_receive, on_disconnect,
								   on_backlog};
	static constexpr WSK_CLIENT_STREAM_DISPATCH both = {&listen, &connect};
};

/* A socket that can have the event, and the means to bring it about. */
struct EventScene {
	EventScene(struct kunit *test, const EventKind &kind, ADDRESS_FAMILY family,
		   ULONG static_events = 0)
		: test(test), kind(kind), family(family), client(test), notes(test),
		  server(prepared(client, static_events), family),
		  subject(client, category(), family, &notes, dispatch()), peer(client),
		  other(client, family), data(100)
	{
	}
	~EventScene()
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
	/*
	 * Disables the event when no call of it is under way any more, which is some time after its
	 * last line.
	 */
	void disable_after_the_call()
	{
		NTSTATUS status = STATUS_UNSUCCESSFUL;

		wait_until([&] {
			status = subject.set_events(kind.event | WSK_EVENT_DISABLE);
			return status != STATUS_EVENT_PENDING;
		});
		check_status("disabling after the call", status, STATUS_SUCCESS);
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
			return &EventNotes::both;
		return listens() ? static_cast<const VOID *>(&EventNotes::listen)
				 : &EventNotes::connect;
	}

	struct kunit *test;
	const EventKind &kind;
	ADDRESS_FAMILY family;
	Client client;
	EventNotes notes;
	Listener server;
	Socket subject;
	Socket peer;
	Caller other;
	Buffer data;
	Request disconnect;
	ULONG backlog = 40000;
};

constexpr ULONG off(const EventKind &kind)
{
	return kind.event | WSK_EVENT_DISABLE;
}

} // namespace wsk::test

#endif
