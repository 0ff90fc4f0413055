// SPDX-License-Identifier: MIT OR GPL-2.0
/* TCP's urgent data: sent with WSK_FLAG_OOB, and received like all other. */
#include "urgent_peer.h"
#include "wsk_control_kinds.h"
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

/* Bytes that WskReceiveEvent has got. */
struct Notes {
	explicit Notes() { KeInitializeEvent(&called, SynchronizationEvent, FALSE); }

	static NTSTATUS WSKAPI on_receive(PVOID context, ULONG, PWSK_DATA_INDICATION list, SIZE_T,
					  SIZE_T *)
	{
		auto *self = static_cast<Notes *>(context);

		for (; list; list = list->Next)
			self->add(list->Buffer);
		KeSetEvent(&self->called, IO_NO_INCREMENT, FALSE);
		return STATUS_SUCCESS;
	}
	void add(const WSK_BUF &buffer)
	{
		SIZE_T offset = buffer.Offset, left = buffer.Length;

		for (PMDL mdl = buffer.Mdl; left && mdl; mdl = mdl->Next) {
			auto *data = static_cast<UCHAR *>(
				MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority));

			for (; offset < MmGetMdlByteCount(mdl) && left; offset++, left--)
				if (count < (LONG)sizeof(bytes))
					bytes[InterlockedIncrement(&count) - 1] = data[offset];
			offset = 0;
		}
	}
	bool reach(LONG wanted)
	{
		while (count < wanted)
			if (!wait_for(&called))
				return false;
		return true;
	}

	static const WSK_CLIENT_CONNECTION_DISPATCH dispatch;

	KEVENT called;
	volatile LONG count = 0;
	UCHAR bytes[64];
};

const WSK_CLIENT_CONNECTION_DISPATCH Notes::dispatch = {on_receive, nullptr, nullptr};

/* A connection with a peer that knows urgent data. */
struct Scene {
	Scene(struct kunit *test, ADDRESS_FAMILY family)
		: client(test), listener(client, family), socket(client)
	{
		Request accept;

		if (!listener.open())
			return;
		accept.issue(test, [&](PIRP irp) {
			return listener.listen()->WskAccept(listener.handle(), 0, &notes,
							    &Notes::dispatch, nullptr, nullptr,
							    irp);
		});
		peer = urgent_peer_open(family == AF_INET6, listener.address.port());
		EXPECT_NOT_NULL(test, peer);
		socket.adopt(accept.wait());
	}
	~Scene() { urgent_peer_close(peer); }
	bool ready() const { return peer && socket.open(); }

	Client client;
	Notes notes;
	Listener listener;
	Socket socket;
	urgent_peer *peer = nullptr;
};

void last_byte_is_marked(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer out({5, 5});

	REQUIRE(test, scene.ready() && out.valid());
	for (int i = 0; i < 10; i++)
		out[i] = '0' + i;
	expect_done(test, scene.socket.send(out.all()), 10);
	EXPECT_LT(test, urgent_peer_take(scene.peer), 0);
	expect_done(test, scene.socket.send(out.window(0, 8), WSK_FLAG_OOB), 8);
	EXPECT_EQ(test, urgent_peer_take(scene.peer), '7');
	expect_done(test, scene.socket.send_ex(out.window(1, 3), WSK_FLAG_OOB | WSK_FLAG_NODELAY),
		    3);
	EXPECT_EQ(test, urgent_peer_take(scene.peer), '3');
}

constexpr char text[] = "abcdefghij";

/* What comes in, piece by piece, urgent or not. */
void send_pieces(struct kunit *test, urgent_peer *peer)
{
	EXPECT_EQ(test, urgent_peer_send(peer, text, 4, true), 4);
	EXPECT_EQ(test, urgent_peer_send(peer, text + 4, 1, true), 1);
	EXPECT_EQ(test, urgent_peer_send(peer, text + 5, 2, false), 2);
	EXPECT_EQ(test, urgent_peer_send(peer, text + 7, 3, true), 3);
}

bool holds_text(Buffer &buffer)
{
	for (int i = 0; i < 10; i++)
		if (buffer[i] != text[i])
			return false;
	return true;
}

void received_late(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer in(10);

	REQUIRE(test, scene.ready() && in.valid());
	send_pieces(test, scene.peer);
	expect_done(test, scene.socket.receive(in.all(), WSK_FLAG_WAITALL), 10);
	EXPECT_TRUE(test, holds_text(in));
}

void received_at_once(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer in(10);
	Request receive;

	REQUIRE(test, scene.ready() && in.valid());
	scene.socket.start_receive(receive, in.all(), WSK_FLAG_WAITALL);
	send_pieces(test, scene.peer);
	expect_done(test, receive.wait(), 10);
	EXPECT_TRUE(test, holds_text(in));
}

void indicated_at_once(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);

	REQUIRE(test, scene.ready());
	EXPECT_STATUS(test, scene.socket.set_events(WSK_EVENT_RECEIVE), STATUS_SUCCESS);
	send_pieces(test, scene.peer);
	EXPECT_TRUE(test, scene.notes.reach(10));
	bridge_sleep_ms(20);
	EXPECT_EQ(test, scene.notes.count, 10);
	EXPECT_MEM_EQ(test, scene.notes.bytes, text, 10);
}

void indicated_late(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);

	REQUIRE(test, scene.ready());
	send_pieces(test, scene.peer);
	EXPECT_STATUS(test, scene.socket.set_events(WSK_EVENT_RECEIVE), STATUS_SUCCESS);
	EXPECT_TRUE(test, scene.notes.reach(10));
	bridge_sleep_ms(20);
	EXPECT_EQ(test, scene.notes.count, 10);
	EXPECT_MEM_EQ(test, scene.notes.bytes, text, 10);
}

/* Receives, by whoever serves them, do not take it away. */
void mark_stays(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer in(4);
	Request receive;

	REQUIRE(test, scene.ready() && in.valid());
	scene.socket.start_receive(receive, in.window(0, 1));
	EXPECT_EQ(test, urgent_peer_send(scene.peer, text, 4, true), 4);
	expect_done(test, receive.wait(), 1);
	expect_at_mark(test, scene.socket, 0);
	expect_done(test, scene.socket.receive(in.window(1, 1)), 1);
	expect_at_mark(test, scene.socket, 0);
	expect_done(test, scene.socket.receive(in.window(2, 1)), 1);
	expect_at_mark(test, scene.socket, 1);
	expect_done(test, scene.socket.receive(in.window(3, 1)), 1);
	expect_at_mark(test, scene.socket, 1);
	for (int i = 0; i < 4; i++)
		EXPECT_EQ(test, in[i], (UCHAR)text[i]);
}

/* Linux stops in front of the mark where a signal waits for the thread. */
void received_in_spite_of_a_signal(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer in(10);
	Request receive;

	REQUIRE(test, scene.ready() && in.valid());
	send_pieces(test, scene.peer);
	while_signalled([&] { scene.socket.start_receive(receive, in.all(), WSK_FLAG_WAITALL); });
	expect_done(test, receive.wait(), 10);
	EXPECT_TRUE(test, holds_text(in));
}

void indicated_in_spite_of_a_signal(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);

	REQUIRE(test, scene.ready());
	send_pieces(test, scene.peer);
	while_signalled([&] {
		EXPECT_STATUS(test, scene.socket.set_events(WSK_EVENT_RECEIVE), STATUS_SUCCESS);
	});
	EXPECT_TRUE(test, scene.notes.reach(10));
	bridge_sleep_ms(20);
	EXPECT_EQ(test, scene.notes.count, 10);
	EXPECT_MEM_EQ(test, scene.notes.bytes, text, 10);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("WSK_FLAG_OOB marks the last byte", last_byte_is_marked),
	IPV4_AND_IPV6("urgent data that waits is received in its place", received_late),
	IPV4_AND_IPV6("urgent data that comes is received in its place", received_at_once),
	IPV4_AND_IPV6("urgent data that comes is indicated in its place, once", indicated_at_once),
	IPV4_AND_IPV6("urgent data that waits is indicated in its place, once", indicated_late),
	IPV4_AND_IPV6("the mark stays until it has been reached", mark_stays),
	IPV4_AND_IPV6("a thread with a signal receives urgent data in its place",
		      received_in_spite_of_a_signal),
	IPV4_AND_IPV6("a thread with a signal is indicated urgent data once",
		      indicated_in_spite_of_a_signal),
};

} // namespace

BRIDGE_SUITE(wsk_urgent, cases, .network = true);
