// SPDX-License-Identifier: MIT OR GPL-2.0
/* The flags that event callbacks are told. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

/* What one call was told, and where. */
struct Told {
	ULONG flags;
	KIRQL irql;
};

/* The context of a connection. */
class Notes
{
public:
	Notes() { KeInitializeEvent(&called_, SynchronizationEvent, FALSE); }

	static const WSK_CLIENT_CONNECTION_DISPATCH dispatch;

	bool reach(LONG receives, LONG disconnects)
	{
		while (receives_ < receives || disconnects_ < disconnects)
			if (!wait_for(&called_))
				return false;
		return true;
	}

	Told received = {}, disconnected = {};

private:
	static NTSTATUS WSKAPI on_receive(PVOID context, ULONG flags, PWSK_DATA_INDICATION, SIZE_T,
					  SIZE_T *)
	{
		auto *self = static_cast<Notes *>(context);

		self->received = {flags, KeGetCurrentIrql()};
		InterlockedIncrement(&self->receives_);
		KeSetEvent(&self->called_, IO_NO_INCREMENT, FALSE);
		return STATUS_SUCCESS;
	}
	static NTSTATUS WSKAPI on_disconnect(PVOID context, ULONG flags)
	{
		auto *self = static_cast<Notes *>(context);

		self->disconnected = {flags, KeGetCurrentIrql()};
		InterlockedIncrement(&self->disconnects_);
		KeSetEvent(&self->called_, IO_NO_INCREMENT, FALSE);
		return STATUS_SUCCESS;
	}

	KEVENT called_;
	volatile LONG receives_ = 0;
	volatile LONG disconnects_ = 0;
};

const WSK_CLIENT_CONNECTION_DISPATCH Notes::dispatch = {on_receive, on_disconnect, nullptr};

struct Scene {
	Scene(struct kunit *test, ADDRESS_FAMILY family)
		: client(test), listener(client, family), caller(client, family), socket(client)
	{
		Request accept;

		if (!listener.open() || !caller.open())
			return;
		accept.issue(test, [&](PIRP irp) {
			return listener.listen()->WskAccept(listener.handle(), 0, &notes,
							    &Notes::dispatch, nullptr, nullptr,
							    irp);
		});
		expect_done(test, caller.connect(listener.address));
		socket.adopt(accept.wait());
	}
	bool ready() const { return socket.open(); }
	void enable(struct kunit *test)
	{
		EXPECT_STATUS(test, socket.set_events(WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT),
			      STATUS_SUCCESS);
	}

	Client client;
	Notes notes;
	Listener listener;
	Caller caller;
	Socket socket;
};

/* Set if and only if that is where the call was. */
void expect_level(struct kunit *test, const Told &told, Site here = HERE)
{
	check_true(test, here, "the IRQL was DISPATCH_LEVEL", told.irql == DISPATCH_LEVEL,
		   told.flags & WSK_FLAG_AT_DISPATCH_LEVEL);
}

void receiving(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG always = WSK_FLAG_RELEASE_ASAP | WSK_FLAG_ENTIRE_MESSAGE;
	Scene scene(test, family);
	Buffer out(100);

	REQUIRE(test, scene.ready() && out.valid());
	/* What waits is told where the event is enabled; what comes, by the network. */
	expect_done(test, scene.caller.send(out.all()), 100);
	scene.enable(test);
	REQUIRE(test, scene.notes.reach(1, 0));
	EXPECT_EQ(test, scene.notes.received.flags & ~WSK_FLAG_AT_DISPATCH_LEVEL, always);
	expect_level(test, scene.notes.received);
	expect_done(test, scene.caller.send(out.all()), 100);
	REQUIRE(test, scene.notes.reach(2, 0));
	EXPECT_EQ(test, scene.notes.received.flags & ~WSK_FLAG_AT_DISPATCH_LEVEL, always);
	expect_level(test, scene.notes.received);
}

void receiving_from_dispatch(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer out(100);
	NTSTATUS status = STATUS_UNSUCCESSFUL;

	REQUIRE(test, scene.ready() && out.valid());
	expect_done(test, scene.caller.send(out.all()), 100);
	at_dispatch([&]() {
		status = scene.socket.set_events(WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT);
	});
	EXPECT_STATUS(test, status, STATUS_SUCCESS);
	REQUIRE(test, scene.notes.reach(1, 0));
	expect_level(test, scene.notes.received);
}

void disconnecting(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene graceful(test, family), abortive(test, family);

	REQUIRE(test, graceful.ready() && abortive.ready());
	graceful.enable(test);
	abortive.enable(test);
	expect_done(test, graceful.caller.disconnect());
	REQUIRE(test, graceful.notes.reach(0, 1));
	EXPECT_EQ(test, graceful.notes.disconnected.flags & ~WSK_FLAG_AT_DISPATCH_LEVEL, 0u);
	expect_level(test, graceful.notes.disconnected);
	expect_done(test, abortive.caller.reset());
	REQUIRE(test, abortive.notes.reach(0, 1));
	EXPECT_EQ(test, abortive.notes.disconnected.flags & ~WSK_FLAG_AT_DISPATCH_LEVEL,
		  (ULONG)WSK_FLAG_ABORTIVE);
	expect_level(test, abortive.notes.disconnected);
}

void accepting(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	AcceptNotes notes(test);
	Listener listener(client, family, &notes, &AcceptNotes::dispatch);

	REQUIRE(test, listener.open());
	EXPECT_STATUS(test, listener.set_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS);

	Caller caller(client, listener);

	REQUIRE(test, notes.reach(1));
	EXPECT_EQ(test, notes.seen[0].flags & ~WSK_FLAG_AT_DISPATCH_LEVEL, 0u);
	expect_level(test, {notes.seen[0].flags, notes.seen[0].irql});
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("the flags of WskReceiveEvent tell what they should", receiving),
	IPV4_AND_IPV6("WskReceiveEvent tells its level, enabled at DISPATCH_LEVEL",
		      receiving_from_dispatch),
	IPV4_AND_IPV6("the flags of WskDisconnectEvent tell what they should", disconnecting),
	IPV4_AND_IPV6("the flags of WskAcceptEvent tell what they should", accepting),
};

} // namespace

BRIDGE_SUITE(wsk_event_flags, cases, .network = true);
