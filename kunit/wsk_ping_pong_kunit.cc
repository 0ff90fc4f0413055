// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Two connections that answer each other from their event callbacks. Where answers are given while
 * packets wait for their socket, its window closes, and only TCP's timers go on with it: a fifth of
 * a second each time.
 */
#include "tcp_timers.h"
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

constexpr LONG round_trips = 1000;

/* The context of one of the two: sends a message when one has come. */
class End
{
public:
	End(struct kunit *test, ULONG size, LONG messages)
		: test_(test), message_(size), left_(messages)
	{
		KeInitializeEvent(&done, NotificationEvent, FALSE);
		for (Send &send : sends_) {
			send.irp = IoAllocateIrp(1, FALSE);
			EXPECT_NOT_NULL(test, send.irp);
		}
	}
	~End()
	{
		for (Send &send : sends_)
			if (send.irp)
				IoFreeIrp(send.irp);
	}
	End(const End &) = delete;
	End &operator=(const End &) = delete;

	bool valid() { return message_.valid() && sends_[0].irp && sends_[1].irp; }
	/* The sockets, which come after the contexts. */
	void send_by(PWSK_SOCKET socket) { socket_ = socket; }
	PWSK_SOCKET socket() const { return socket_; }

	void send()
	{
		struct kunit *test = test_;
		Send &send = sends_[next_++ % ARRAYSIZE(sends_)];

		/* What it carried has been answered. */
		EXPECT_EQ(test, InterlockedExchange(&send.busy, 1), 0);
		IoReuseIrp(send.irp, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(send.irp, sent, &send, TRUE, TRUE, TRUE);
		static_cast<const WSK_PROVIDER_CONNECTION_DISPATCH *>(socket_->Dispatch)
			->WskSend(socket_, message_.all(), 0, send.irp);
	}

	static NTSTATUS WSKAPI on_receive(PVOID context, ULONG, PWSK_DATA_INDICATION list,
					  SIZE_T bytes, SIZE_T *)
	{
		auto *self = static_cast<End *>(context);

		if (!list)
			return STATUS_SUCCESS;
		self->received_ += bytes;
		if (self->received_ < self->message_.length())
			return STATUS_SUCCESS;
		self->received_ = 0;
		if (--self->left_)
			self->send();
		else
			KeSetEvent(&self->done, IO_NO_INCREMENT, FALSE);
		return STATUS_SUCCESS;
	}
	static constexpr WSK_CLIENT_CONNECTION_DISPATCH events = {on_receive, nullptr, nullptr};

	KEVENT done;

private:
	struct Send {
		PIRP irp;
		volatile LONG busy;
	};

	static NTSTATUS NTAPI sent(PDEVICE_OBJECT, PIRP, PVOID context)
	{
		InterlockedExchange(&static_cast<Send *>(context)->busy, 0);
		return STATUS_MORE_PROCESSING_REQUIRED;
	}

	struct kunit *test_;
	Buffer message_;
	Send sends_[2] = {};
	ULONG next_ = 0;
	PWSK_SOCKET socket_ = nullptr;
	SIZE_T received_ = 0;
	LONG left_;
};

/* The listening socket's context is the accepted one's. */
NTSTATUS WSKAPI on_accept(PVOID context, ULONG, PSOCKADDR, PSOCKADDR, PWSK_SOCKET socket,
			  PVOID *accepted_context, const WSK_CLIENT_CONNECTION_DISPATCH **dispatch)
{
	auto *end = static_cast<End *>(context);

	if (!socket)
		return STATUS_REQUEST_NOT_ACCEPTED;
	end->send_by(socket);
	*accepted_context = end;
	*dispatch = &End::events;
	KeSetEvent(&end->done, IO_NO_INCREMENT, FALSE);
	return STATUS_SUCCESS;
}

constexpr WSK_CLIENT_LISTEN_DISPATCH accepting = {on_accept, nullptr, nullptr};

void ping_pong(struct kunit *test, ADDRESS_FAMILY family, ULONG size)
{
	/* Never its last message: `done` says that it has been accepted. */
	End server(test, size, round_trips + 1), client(test, size, round_trips);
	Client owner(test);

	REQUIRE(test, owner.ready() && server.valid() && client.valid());
	REQUIRE(test, NT_SUCCESS(owner.set_static_events(WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE)));

	Listener listener(owner, family, &server, &accepting);
	Socket caller(owner, WSK_FLAG_CONNECTION_SOCKET, family, &client, &End::events);
	Socket peer(owner);

	REQUIRE(test, listener.open() && caller.open());
	expect_done(test, caller.bind(Address::loopback(family)));
	expect_done(test, caller.connect(listener.address));
	REQUIRE(test, wait_for(&server.done));
	peer.adopt(server.socket());
	client.send_by(caller.handle());

	const uint64_t before = tcp_timers_fired();
	client.send();
	EXPECT_TRUE(test, wait_for(&client.done));
	/* In real time one may fire because a processor has something else to do. */
	EXPECT_LE(test, tcp_timers_fired() - before, bridge_time_is_real() ? 5u : 0u);
}

void small_messages(struct kunit *test, ADDRESS_FAMILY family)
{
	ping_pong(test, family, 64);
}

void large_messages(struct kunit *test, ADDRESS_FAMILY family)
{
	ping_pong(test, family, 16384);
}

/* The others look at what does change where timers are needed. */
void a_small_window(struct kunit *test, ADDRESS_FAMILY family)
{
	if (bridge_time_is_real())
		bridge_skip(test, "other processors may make room before a timer is needed");

	Client owner(test);
	Pair pair(owner, family);
	Buffer out(too_much), in(too_much);
	Request send;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	pair.shrink_buffers();
	const uint64_t before = tcp_timers_fired();
	pair.caller.start_send(send, out.all());
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), too_much);
	expect_done(test, send.wait(), too_much);
	EXPECT_GT(test, tcp_timers_fired(), before);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("no answer of 64 bytes waits for a timer", small_messages),
	IPV4_AND_IPV6("no answer of 16 KiB waits for a timer", large_messages),
	IPV4_AND_IPV6("what finds no room does", a_small_window),
};

} // namespace

BRIDGE_SUITE(wsk_ping_pong, cases, .network = true);
