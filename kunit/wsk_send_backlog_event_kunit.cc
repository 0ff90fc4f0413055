// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskSendBacklogEvent: how much had better be under way. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

/* The context of a connection. */
class Notes
{
public:
	static constexpr LONG most = 8;

	Notes() { KeInitializeEvent(&called_, SynchronizationEvent, FALSE); }

	static const WSK_CLIENT_CONNECTION_DISPATCH dispatch;

	bool reach(LONG wanted)
	{
		while (calls < wanted)
			if (!wait_for(&called_))
				return false;
		return true;
	}

	void (*act)(Notes &notes) = nullptr;
	void *for_act = nullptr;
	volatile LONG calls = 0;
	SIZE_T told[most] = {};

private:
	static NTSTATUS WSKAPI on_backlog(PVOID context, SIZE_T ideal)
	{
		auto *self = static_cast<Notes *>(context);
		const LONG call = self->calls;

		if (call < most)
			self->told[call] = ideal;
		if (self->act)
			self->act(*self);
		InterlockedIncrement(&self->calls);
		KeSetEvent(&self->called_, IO_NO_INCREMENT, FALSE);
		return STATUS_SUCCESS;
	}

	KEVENT called_;
};

const WSK_CLIENT_CONNECTION_DISPATCH Notes::dispatch = {nullptr, nullptr, on_backlog};

constexpr ULONG disable = WSK_EVENT_SEND_BACKLOG | WSK_EVENT_DISABLE;

/* A connection with notes, and its peer. */
struct Scene {
	Scene(struct kunit *test, ADDRESS_FAMILY family)
		: client(test), listener(client, family),
		  socket(client, WSK_FLAG_CONNECTION_SOCKET, family, &notes, &Notes::dispatch),
		  peer(client)
	{
		if (!listener.open() || !socket.open())
			return;
		expect_done(test, socket.bind(Address::any(family)));
		expect_done(test, socket.connect(listener.address));
		peer.adopt(listener.accept());
	}
	bool ready() const { return peer.open(); }
	bool enable()
	{
		struct kunit *test = socket.test();
		const NTSTATUS status = socket.set_events(WSK_EVENT_SEND_BACKLOG);

		EXPECT_STATUS(test, status, STATUS_SUCCESS);
		return status == STATUS_SUCCESS;
	}
	void resize(ULONG bytes)
	{
		expect_ok(socket.test(), socket.set(SOL_SOCKET, SO_SNDBUF, bytes));
	}

	Client client;
	Notes notes;
	Listener listener;
	Socket socket;
	Socket peer;
};

void enabling_tells(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);

	REQUIRE(test, scene.ready());
	scene.resize(50000);
	REQUIRE(test, scene.enable() && scene.notes.reach(1));
	EXPECT_EQ(test, scene.notes.told[0], 50000ul);
	EXPECT_EQ(test, scene.socket.get(SOL_SOCKET, SO_SNDBUF), 50000u);
	/* Nothing has changed. */
	REQUIRE(test, scene.enable());
	bridge_sleep_ms(20);
	EXPECT_EQ(test, scene.notes.calls, 1);
}

void changes_are_told(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);

	REQUIRE(test, scene.ready());
	scene.resize(50000);
	REQUIRE(test, scene.enable() && scene.notes.reach(1));
	scene.resize(100000);
	REQUIRE(test, scene.notes.reach(2));
	scene.resize(110000);
	scene.resize(90000);
	bridge_sleep_ms(20);
	EXPECT_EQ(test, scene.notes.calls, 2);
	scene.resize(40000);
	REQUIRE(test, scene.notes.reach(3));
	EXPECT_EQ(test, scene.notes.told[1], 100000ul);
	EXPECT_EQ(test, scene.notes.told[2], 40000ul);
}

void told_after_disabling_once(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);

	REQUIRE(test, scene.ready());
	scene.resize(50000);
	REQUIRE(test, scene.enable() && scene.notes.reach(1));
	EXPECT_STATUS(test, scene.socket.set_events(disable), STATUS_SUCCESS);
	scene.resize(100000);
	scene.resize(200000);
	bridge_sleep_ms(20);
	EXPECT_EQ(test, scene.notes.calls, 1);
	REQUIRE(test, scene.enable() && scene.notes.reach(2));
	EXPECT_EQ(test, scene.notes.told[1], 200000ul);
}

struct Inside {
	Scene *scene;
	Request *request;
	PVOID input;
	PWSK_BUF buffer;
};

void changed_inside(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Request request;
	ULONG bytes = 123456;
	Inside inside = {&scene, &request, &bytes, nullptr};

	REQUIRE(test, scene.ready());
	scene.resize(50000);
	scene.notes.for_act = &inside;
	scene.notes.act = [](Notes &notes) {
		auto *inside = static_cast<Inside *>(notes.for_act);

		notes.act = nullptr;
		inside->scene->socket.start_control(
			*inside->request,
			{.code = SO_SNDBUF, .input = inside->input, .input_size = sizeof(ULONG)});
	};
	REQUIRE(test, scene.enable() && scene.notes.reach(2));
	expect_ok(test, request.wait());
	EXPECT_EQ(test, scene.notes.told[0], 50000ul);
	EXPECT_EQ(test, scene.notes.told[1], 123456ul);
}

void sends_inside(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer out(5000), in(5000);
	Request send;

	REQUIRE(test, scene.ready() && out.valid() && in.valid());

	Inside inside = {&scene, &send, nullptr, out.all()};

	out.fill();
	scene.notes.for_act = &inside;
	scene.notes.act = [](Notes &notes) {
		auto *inside = static_cast<Inside *>(notes.for_act);

		notes.act = nullptr;
		inside->scene->socket.start_send(*inside->request, inside->buffer);
	};
	REQUIRE(test, scene.enable() && scene.notes.reach(1));
	expect_done(test, send.wait(), 5000);
	expect_done(test, scene.peer.receive(in.all(), WSK_FLAG_WAITALL), 5000);
	EXPECT_TRUE(test, in.holds(0, 5000, 0));
}

void sends_come_first(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer out(too_much), in(65536);
	Request send;

	REQUIRE(test, scene.ready() && out.valid() && in.valid());
	scene.resize(16384);
	expect_ok(test, scene.peer.set(SOL_SOCKET, SO_RCVBUF, 16384));
	scene.socket.start_send(send, out.all());
	EXPECT_TRUE(test, send.pending());
	REQUIRE(test, scene.enable());
	/* One send too many is under way; there is no use in telling now. */
	bridge_sleep_ms(20);
	EXPECT_EQ(test, scene.notes.calls, 0);
	for (SIZE_T got = 0; got < too_much; got += 65536)
		expect_done(test, scene.peer.receive(in.all(), WSK_FLAG_WAITALL), 65536);
	expect_done(test, send.wait(), too_much);
	EXPECT_TRUE(test, scene.notes.reach(1));
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("enabling tells the backlog", enabling_tells),
	IPV4_AND_IPV6("a change is told, a small one is not", changes_are_told),
	IPV4_AND_IPV6("what changed while it was disabled is told once", told_after_disabling_once),
	IPV4_AND_IPV6("a change inside the callback is told after it", changed_inside),
	IPV4_AND_IPV6("the callback can send", sends_inside),
	IPV4_AND_IPV6("it waits for the sends that have not been taken", sends_come_first),
};

} // namespace

BRIDGE_SUITE(wsk_send_backlog_event, cases, .network = true);
