// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Which function may be called in which state, and with what: every cell of the table for
 * listening, connection and stream sockets.
 */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

enum State : ULONG { fresh = 1, bound = 2, listening = 4, connected = 8, ended = 16, aborted = 32 };

struct StateName {
	State state;
	const char *name;
};

constexpr StateName states[] = {
	{fresh, "fresh"},	  {bound, "bound"},    {listening, "listening"},
	{connected, "connected"}, {ended, "finished"}, {aborted, "aborted"},
};

struct Category {
	ULONG flag;
	const char *name;
	ULONG states;
};

constexpr Category categories[] = {
	{WSK_FLAG_LISTEN_SOCKET, "listening", fresh | listening},
	{WSK_FLAG_CONNECTION_SOCKET, "connection", fresh | bound | connected | ended | aborted},
	{WSK_FLAG_STREAM_SOCKET, "stream", ~0u},
};

constexpr ULONG listens = WSK_FLAG_LISTEN_SOCKET | WSK_FLAG_STREAM_SOCKET;
constexpr ULONG connects = WSK_FLAG_CONNECTION_SOCKET | WSK_FLAG_STREAM_SOCKET;

/* A socket that is brought into a state, and what calls need. */
struct Stage {
	Stage(struct kunit *test, ULONG category, ADDRESS_FAMILY family)
		: test(test), category(category), family(family), client(test),
		  server(client, family), subject(client, category, family), peer(client), data(64),
		  room(64), any(Address::loopback(family))
	{
	}

	bool reach(State state)
	{
		if (!server.open() || !subject.open() || !data.valid() || !room.valid())
			return false;
		if (state == fresh)
			return true;
		expect_done(test, subject.bind(any));
		if (state == listening && category == WSK_FLAG_STREAM_SOCKET)
			expect_done(test, subject.listen_now());
		if (!(state & (connected | ended | aborted)))
			return true;
		expect_done(test, subject.connect(server.address));
		peer.adopt(server.accept());
		if (state == ended)
			expect_done(test, subject.disconnect());
		if (state == aborted)
			expect_done(test, subject.reset());
		return peer.open();
	}

	/* Whether the socket still does what it can do in that state. */
	void works(State state)
	{
		switch (state) {
		case fresh:
			expect_done(test, subject.bind(any));
			break;
		case bound:
			expect_done(test, subject.connect(server.address));
			break;
		case listening: {
			Caller caller(client, family);

			expect_done(test, caller.connect(subject.local()));
			peer.adopt(subject.accept());
			EXPECT_TRUE(test, peer.open());
			break;
		}
		case connected:
			data.fill();
			expect_done(test, subject.send(data.all()), 64);
			expect_done(test, peer.receive(room.all(), WSK_FLAG_WAITALL), 64);
			EXPECT_TRUE(test, room.holds(0, 64, 0));
			[[fallthrough]];
		case ended:
			data.fill(64);
			expect_done(test, peer.send(data.all()), 64);
			expect_done(test, subject.receive(room.all(), WSK_FLAG_WAITALL), 64);
			EXPECT_TRUE(test, room.holds(0, 64, 64));
			break;
		case aborted:
			break;
		}
	}

	struct kunit *test;
	ULONG category;
	ADDRESS_FAMILY family;
	Client client;
	Listener server;
	Socket subject;
	Socket peer;
	Buffer data;
	Buffer room;
	Address any;
	Address out;
};

using Call = void (*)(Stage &stage, Request &request);

/* A function, the categories that have it, and the states in which it may be called. */
struct Function {
	const char *name;
	ULONG categories;
	ULONG states;
	Call call;
};

constexpr Function functions[] = {
	{"WskBind", listens | connects, fresh,
	 [](Stage &s, Request &r) { s.subject.start_bind(r, s.any); }},
	{"WskListen", WSK_FLAG_STREAM_SOCKET, bound,
	 [](Stage &s, Request &r) { s.subject.start_listening(r); }},
	{"WskAccept", listens, listening,
	 [](Stage &s, Request &r) { s.subject.start_accept(r, s.out, s.out); }},
	{"WskConnect", connects, bound,
	 [](Stage &s, Request &r) { s.subject.start_connect(r, s.server.address); }},
	{"WskConnectEx", connects, bound,
	 [](Stage &s, Request &r) {
		 s.subject.start_connect_ex(r, s.server.address, s.data.all());
	 }},
	{"WskGetLocalAddress", listens | connects, ~0u & ~fresh,
	 [](Stage &s, Request &r) { s.subject.start_local_address(r, s.out); }},
	{"WskGetRemoteAddress", connects, connected | ended | aborted,
	 [](Stage &s, Request &r) { s.subject.start_remote_address(r, s.out); }},
	{"WskSend", connects, connected,
	 [](Stage &s, Request &r) { s.subject.start_send(r, s.data.all()); }},
	{"WskSendEx", connects, connected,
	 [](Stage &s, Request &r) { s.subject.start_send_ex(r, s.data.all()); }},
	{"WskReceive", connects, connected | ended | aborted,
	 [](Stage &s, Request &r) { s.subject.start_receive(r, s.room.all()); }},
	{"WskReceiveEx", connects, connected | ended | aborted,
	 [](Stage &s, Request &r) { s.subject.start_receive_ex(r, s.room.all()); }},
	{"a graceful WskDisconnect", connects, connected,
	 [](Stage &s, Request &r) { s.subject.start_disconnect(r, s.data.all()); }},
	{"an abortive WskDisconnect", connects, connected | ended,
	 [](Stage &s, Request &r) { s.subject.start_disconnect(r, nullptr, WSK_FLAG_ABORTIVE); }},
};

/* Says whose turn it is in case of failure. */
void expect_turned_down(Stage &stage, const char *category, const char *state, const char *name,
			Call call, NTSTATUS wanted)
{
	const bridge_site here = BRIDGE_SITE(false);
	Request request;

	call(stage, request);

	const Outcome outcome = request.wait();
	const unsigned long rules = bridge_checked() ? 1 : 0;

	if (outcome.status != wanted || outcome.pending || outcome.rules != rules)
		bridge_fail(stage.test, &here,
			    "%s on a %s %s socket: %s, %s, %lu rule lines; should be %s", name,
			    state, category, bridge_status_name(outcome.status),
			    outcome.pending ? "pending" : "not pending", outcome.rules,
			    bridge_status_name(wanted));
}

template <typename Visit>
void each_state(struct kunit *test, ADDRESS_FAMILY family, Visit visit)
{
	for (const Category &category : categories)
		for (const StateName &state : states)
			if (category.states & state.state) {
				Stage stage(test, category.flag, family);

				REQUIRE(test, stage.reach(state.state));
				visit(stage, category, state);
			}
}

void wrong_states(struct kunit *test, ADDRESS_FAMILY family)
{
	each_state(test, family,
		   [](Stage &stage, const Category &category, const StateName &state) {
			   for (const Function &function : functions)
				   if ((function.categories & category.flag) &&
				       !(function.states & state.state))
					   expect_turned_down(stage, category.name, state.name,
							      function.name, function.call,
							      STATUS_INVALID_DEVICE_STATE);
			   stage.works(state.state);
		   });
}

/* Allowed: whatever comes of it, nobody is blamed. */
void right_states(struct kunit *test, ADDRESS_FAMILY family)
{
	const bridge_site here = BRIDGE_SITE(false);

	for (const Function &function : functions)
		each_state(test, family,
			   [&](Stage &stage, const Category &category, const StateName &state) {
				   if (!(function.categories & category.flag) ||
				       !(function.states & state.state))
					   return;

				   Request request;

				   function.call(stage, request);
				   if (request.pending())
					   request.cancel();

				   const Outcome outcome = request.wait();

				   if (outcome.rules)
					   bridge_fail(test, &here,
						       "%s on a %s %s socket: %s, a broken rule",
						       function.name, state.name, category.name,
						       bridge_status_name(outcome.status));
				   stage.subject.close();
			   });
}

struct Closing {
	Socket *socket;
	Request *close;
};

void closed_in_completion_routines(struct kunit *test, ADDRESS_FAMILY family)
{
	const bridge_site here = BRIDGE_SITE(false);

	for (const Function &function : functions)
		each_state(test, family,
			   [&](Stage &stage, const Category &category, const StateName &state) {
				   if (!(function.categories & category.flag) ||
				       !(function.states & state.state))
					   return;

				   Request request, close;
				   Closing closing = {&stage.subject, &close};

				   request.on_completion(
					   [](void *context) {
						   auto *closing = static_cast<Closing *>(context);

						   closing->socket->start_close(*closing->close);
					   },
					   &closing);
				   function.call(stage, request);
				   if (request.pending())
					   request.cancel();
				   request.wait();

				   const Outcome outcome = close.wait();

				   if (outcome.status != STATUS_SUCCESS ||
				       close.order() < request.order())
					   bridge_fail(test, &here,
						       "closing after %s on a %s %s socket: %s",
						       function.name, state.name, category.name,
						       bridge_status_name(outcome.status));
			   });
}

/* A call that nothing but its arguments is wrong with. */
struct Mistake {
	const char *name;
	ULONG categories;
	State state;
	NTSTATUS status;
	Call call;
};

constexpr NTSTATUS invalid = STATUS_INVALID_PARAMETER, unknown = STATUS_NOT_SUPPORTED;

Address of_the_other_family(Stage &stage)
{
	return Address::loopback(stage.family == AF_INET ? AF_INET6 : AF_INET, 9);
}

/* Longer than its chain. */
PWSK_BUF too_long(Stage &stage)
{
	return stage.data.window(1, 64);
}

PWSK_BUF starts_behind(Stage &stage)
{
	return stage.data.window(64, 1);
}

PWSK_BUF without_mdl(Stage &stage)
{
	PWSK_BUF buffer = stage.data.window(0, 1);

	buffer->Mdl = nullptr;
	return buffer;
}

PWSK_BUF enormous(Stage &stage)
{
	return stage.data.window(1, ~(SIZE_T)0);
}

#define CONNECT_EX(buffer) s.subject.start_connect_ex(r, s.server.address, buffer)
#define SEND(buffer) s.subject.start_send(r, buffer)
#define SEND_EX(buffer) s.subject.start_send_ex(r, buffer)
#define RECEIVE(buffer) s.subject.start_receive(r, buffer)
#define RECEIVE_EX(buffer) s.subject.start_receive_ex(r, buffer)
#define DISCONNECT(buffer) s.subject.start_disconnect(r, buffer)

/* Each way in which a WSK_BUF can be wrong, for one function. */
#define BAD_BUFFERS(function, state, start)                                      \
	{function ", a window that is too long", connects, state, invalid,       \
	 [](Stage &s, Request &r) { start(too_long(s)); }},                      \
		{function ", a window behind its MDL", connects, state, invalid, \
		 [](Stage &s, Request &r) { start(starts_behind(s)); }},         \
		{function ", bytes without MDL", connects, state, invalid,       \
		 [](Stage &s, Request &r) { start(without_mdl(s)); }},           \
	{                                                                        \
		function ", a length beyond all memory", connects, state,        \
			function[3] == 'C' ? STATUS_BUFFER_OVERFLOW : invalid,   \
			[](Stage &s, Request &r) { start(enormous(s)); }         \
	}

constexpr Mistake mistakes[] = {
	{"WskBind without address", listens | connects, fresh, invalid,
	 [](Stage &s, Request &r) { s.subject.start_bind(r, nullptr); }},
	{"WskBind, another family's address", listens | connects, fresh, invalid,
	 [](Stage &s, Request &r) { s.subject.start_bind(r, of_the_other_family(s)); }},
	{"WskBind, an address without family", listens | connects, fresh, invalid,
	 [](Stage &s, Request &r) { s.subject.start_bind(r, Address::any(AF_UNSPEC)); }},
	{"WskBind with flags", listens | connects, fresh, invalid,
	 [](Stage &s, Request &r) { s.subject.start_bind(r, s.any, 1); }},
	{"WskAccept with flags", listens, listening, invalid,
	 [](Stage &s, Request &r) { s.subject.start_accept(r, nullptr, nullptr, 1); }},
	{"WskConnect without address", connects, bound, invalid,
	 [](Stage &s, Request &r) { s.subject.start_connect(r, nullptr); }},
	{"WskConnect, another family's address", connects, bound, invalid,
	 [](Stage &s, Request &r) { s.subject.start_connect(r, of_the_other_family(s)); }},
	{"WskConnect with flags", connects, bound, invalid,
	 [](Stage &s, Request &r) { s.subject.start_connect(r, s.server.address, 0x80000000); }},
	{"WskConnectEx without address", connects, bound, invalid,
	 [](Stage &s, Request &r) { s.subject.start_connect_ex(r, nullptr, s.data.all()); }},
	{"WskConnectEx, another family's address", connects, bound, invalid,
	 [](Stage &s, Request &r) {
		 s.subject.start_connect_ex(r, of_the_other_family(s), s.data.all());
	 }},
	{"WskConnectEx with flags", connects, bound, invalid,
	 [](Stage &s, Request &r) {
		 s.subject.start_connect_ex(r, s.server.address, s.data.all(), 1);
	 }},
	BAD_BUFFERS("WskConnectEx", bound, CONNECT_EX),
	{"WskGetLocalAddress without buffer", connects, bound, invalid,
	 [](Stage &s, Request &r) { s.subject.start_local_address(r, nullptr); }},
	{"WskGetLocalAddress without buffer", listens, listening, invalid,
	 [](Stage &s, Request &r) { s.subject.start_local_address(r, nullptr); }},
	{"WskGetRemoteAddress without buffer", connects, connected, invalid,
	 [](Stage &s, Request &r) { s.subject.start_remote_address(r, nullptr); }},
	{"WskSend without WSK_BUF", connects, connected, invalid,
	 [](Stage &s, Request &r) { s.subject.start_send(r, nullptr); }},
	{"WskSend, an unknown flag", connects, connected, unknown,
	 [](Stage &s, Request &r) { s.subject.start_send(r, s.data.all(), 4); }},
	BAD_BUFFERS("WskSend", connected, SEND),
	{"WskSendEx without WSK_BUF", connects, connected, invalid,
	 [](Stage &s, Request &r) { s.subject.start_send_ex(r, nullptr); }},
	{"WskSendEx, an unknown flag", connects, connected, unknown,
	 [](Stage &s, Request &r) { s.subject.start_send_ex(r, s.data.all(), 8); }},
	{"WskSendEx, control information without a place", connects, connected, invalid,
	 [](Stage &s, Request &r) { s.subject.start_send_ex(r, s.data.all(), 0, 16); }},
	BAD_BUFFERS("WskSendEx", connected, SEND_EX),
	{"WskReceive without WSK_BUF", connects, connected, invalid,
	 [](Stage &s, Request &r) { s.subject.start_receive(r, nullptr); }},
	{"WskReceive, an unknown flag", connects, connected, unknown,
	 [](Stage &s, Request &r) { s.subject.start_receive(r, s.room.all(), 1); }},
	{"WskReceive, flags that exclude each other", connects, connected, invalid,
	 [](Stage &s, Request &r) {
		 s.subject.start_receive(r, s.room.none(), WSK_FLAG_WAITALL | WSK_FLAG_DRAIN);
	 }},
	{"WskReceive, DRAIN with a buffer", connects, connected, invalid,
	 [](Stage &s, Request &r) { s.subject.start_receive(r, s.room.all(), WSK_FLAG_DRAIN); }},
	BAD_BUFFERS("WskReceive", connected, RECEIVE),
	{"WskReceiveEx without WSK_BUF", connects, connected, invalid,
	 [](Stage &s, Request &r) { s.subject.start_receive_ex(r, nullptr); }},
	{"WskReceiveEx, an unknown flag", connects, connected, unknown,
	 [](Stage &s, Request &r) { s.subject.start_receive_ex(r, s.room.all(), 0x80000000); }},
	BAD_BUFFERS("WskReceiveEx", connected, RECEIVE_EX),
	{"WskDisconnect, an unknown flag", connects, connected, unknown,
	 [](Stage &s, Request &r) { s.subject.start_disconnect(r, nullptr, 2); }},
	{"WskDisconnect, abortive with a buffer", connects, connected, invalid,
	 [](Stage &s, Request &r) {
		 s.subject.start_disconnect(r, s.data.all(), WSK_FLAG_ABORTIVE);
	 }},
	BAD_BUFFERS("WskDisconnect", connected, DISCONNECT),
};

void wrong_arguments(struct kunit *test, ADDRESS_FAMILY family)
{
	each_state(test, family,
		   [](Stage &stage, const Category &category, const StateName &state) {
			   for (const Mistake &mistake : mistakes)
				   if ((mistake.categories & category.flag) &&
				       mistake.state == state.state)
					   expect_turned_down(stage, category.name, state.name,
							      mistake.name, mistake.call,
							      mistake.status);
			   stage.works(state.state);
		   });
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("every function is refused in every state that it is not for", wrong_states),
	IPV4_AND_IPV6("every function is let in in every state that it is for", right_states),
	IPV4_AND_IPV6("every wrong argument of every function is refused", wrong_arguments),
	IPV4_AND_IPV6("every completion routine can close its socket",
		      closed_in_completion_routines),
};

} // namespace

BRIDGE_SUITE(wsk_state, cases, .network = true);
