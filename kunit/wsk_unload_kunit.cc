// SPDX-License-Identifier: MIT OR GPL-2.0
/* A driver that is unloaded with sockets open: nothing of it is called any more. */
#include "driver_code.h"
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

__attribute__((noinline)) NTSTATUS NTAPI drivers_register(PWSK_CLIENT_NPI npi,
							  PWSK_REGISTRATION registration)
{
	NTSTATUS status = WskRegister(npi, registration);

	__asm__ volatile(CODE_FILLER : "+r"(status));
	return status;
}

/* The context of the driver's connection. */
struct Notes {
	static NTSTATUS WSKAPI on_receive(PVOID context, ULONG, PWSK_DATA_INDICATION, SIZE_T,
					  SIZE_T *)
	{
		InterlockedIncrement(&static_cast<Notes *>(context)->calls);
		return STATUS_SUCCESS;
	}
	static NTSTATUS WSKAPI on_disconnect(PVOID context, ULONG)
	{
		InterlockedIncrement(&static_cast<Notes *>(context)->calls);
		return STATUS_SUCCESS;
	}
	static const WSK_CLIENT_CONNECTION_DISPATCH dispatch;

	volatile LONG calls = 0;
};

const WSK_CLIENT_CONNECTION_DISPATCH Notes::dispatch = {on_receive, on_disconnect, nullptr};

/* The driver's sockets, and somebody else's who talks to them. */
struct Scene {
	Scene(struct kunit *test, ADDRESS_FAMILY family)
		: driver(test, drivers_register), forgetful(test, drivers_register), other(test),
		  listener(forgetful, family), connection(forgetful), caller(other, family)
	{
		Request accept;

		if (!driver.loaded() || !listener.open() || !caller.open())
			return;
		accept.issue(test, [&](PIRP irp) {
			return listener.listen()->WskAccept(listener.handle(), 0, &notes,
							    &Notes::dispatch, nullptr, nullptr,
							    irp);
		});
		expect_done(test, caller.connect(listener.address));
		connection.adopt(accept.wait());
	}
	bool ready() const { return connection.open(); }

	/* Unloads, after which the driver has no handles any more. */
	void go(struct kunit *test)
	{
		listener.release();
		connection.release();
		EXPECT_EQ(test, driver.outstanding(wsk::Resource::sockets), 2);
		driver.go();
	}

	ForgetfulDriver driver;
	Client forgetful;
	Client other;
	Notes notes;
	Listener listener;
	Socket connection;
	Caller caller;
};

void requests_are_cancelled(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer in(64);
	Request receive, accepts[2];

	REQUIRE(test, scene.ready() && in.valid());
	scene.connection.start_receive(receive, in.all());
	for (Request &accept : accepts)
		scene.listener.start_accept(accept);
	scene.go(test);
	/* Before the driver is gone. */
	EXPECT_FALSE(test, receive.pending() || accepts[0].pending() || accepts[1].pending());
	expect_failed(test, receive.wait(), STATUS_CANCELLED);
	for (Request &accept : accepts)
		expect_failed(test, accept.wait(), STATUS_CANCELLED);
}

void connections_are_reset_and_ports_free(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer in(64);
	Socket next(scene.other, WSK_FLAG_LISTEN_SOCKET, family);
	Address address = scene.listener.address;

	REQUIRE(test, scene.ready() && in.valid() && next.open());
	scene.go(test);
	expect_failed(test, scene.caller.receive(in.all()), STATUS_CONNECTION_RESET);
	/* The closing ends in a worker. */
	for (int ms = 0; scene.driver.outstanding(wsk::Resource::sockets) && ms < 10000; ms++)
		bridge_sleep_ms(1);
	EXPECT_EQ(test, scene.driver.outstanding(wsk::Resource::sockets), 0);
	expect_done(test, next.bind(address));
}

void callbacks_end(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer out(64);

	REQUIRE(test, scene.ready() && out.valid());
	EXPECT_STATUS(test, scene.connection.set_events(WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT),
		      STATUS_SUCCESS);
	expect_done(test, scene.caller.send(out.all()), 64);
	for (int ms = 0; !scene.notes.calls && ms < 10000; ms++)
		bridge_sleep_ms(1);
	EXPECT_EQ(test, scene.notes.calls, 1);
	scene.go(test);
	(void)scene.caller.send(out.all());
	scene.caller.close();
	bridge_sleep_ms(20);
	EXPECT_EQ(test, scene.notes.calls, 1);
}

struct LateClose {
	Scene *scene;
	Request *close;
};

void closing_still_works(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Buffer in(64);
	Request receive, close;
	LateClose late = {&scene, &close};

	REQUIRE(test, scene.ready() && in.valid());
	/* The routine runs because its driver is being unloaded. */
	receive.on_completion(
		[](void *context) {
			auto *late = static_cast<LateClose *>(context);

			late->scene->connection.start_close(*late->close);
		},
		&late);
	scene.connection.start_receive(receive, in.all());
	scene.listener.release();
	scene.driver.go();
	expect_failed(test, receive.wait(), STATUS_CANCELLED);
	expect_done(test, close.wait());
	EXPECT_LT(test, receive.order(), close.order());
}

void others_are_left_alone(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);
	Pair pair(scene.other, family);
	Buffer out(64), in(64);
	Request receive;

	REQUIRE(test, scene.ready() && pair.connected() && out.valid() && in.valid());
	pair.peer.start_receive(receive, in.all(), WSK_FLAG_WAITALL);
	scene.go(test);
	EXPECT_TRUE(test, receive.pending());
	out.fill();
	expect_done(test, pair.caller.send(out.all()), 64);
	expect_done(test, receive.wait(), 64);
	EXPECT_TRUE(test, in.holds(0, 64, 0));
}

void whoever_closes_loses_nothing(struct kunit *test, ADDRESS_FAMILY family)
{
	Scene scene(test, family);

	REQUIRE(test, scene.ready());
	scene.connection.close();
	scene.listener.close();
	EXPECT_EQ(test, scene.driver.outstanding(wsk::Resource::sockets), 0);
	scene.driver.go();
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("unloading cancels the requests on sockets left open",
		      requests_are_cancelled),
	IPV4_AND_IPV6("unloading closes what was left open", connections_are_reset_and_ports_free),
	IPV4_AND_IPV6("no callback is called after unloading", callbacks_end),
	IPV4_AND_IPV6("sockets can be closed while their driver is unloaded", closing_still_works),
	IPV4_AND_IPV6("other drivers' sockets are left alone", others_are_left_alone),
	IPV4_AND_IPV6("who has closed everything unloads as before", whoever_closes_loses_nothing),
};

} // namespace

BRIDGE_SUITE(wsk_unload, cases, .network = true);
