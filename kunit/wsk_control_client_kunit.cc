// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskControlClient. What static events do is in the suite wsk_accept_event. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

NTSTATUS control(Client &client, ULONG code, SIZE_T size, PVOID input)
{
	return client.provider()->WskControlClient(client.handle(), code, size, input, 0, nullptr,
						   nullptr, nullptr);
}

void sets_static_events(struct kunit *test)
{
	Client client(test);

	REQUIRE(test, client.ready());
	EXPECT_RULES(
		test, 0,
		EXPECT_STATUS(test, client.set_static_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS));
}

void with_irp(struct kunit *test)
{
	Client client(test);
	WSK_EVENT_CALLBACK_CONTROL events = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_ACCEPT};

	REQUIRE(test, client.ready());
	/* There should be none, but one that is there must not be forgotten. */
	expect_ok(test, run(test, [&](PIRP irp) {
			  return client.provider()->WskControlClient(
				  client.handle(), WSK_SET_STATIC_EVENT_CALLBACKS, sizeof(events),
				  &events, 0, nullptr, nullptr, irp);
		  }));
}

void at_dispatch_level(struct kunit *test)
{
	Client client(test);
	NTSTATUS status = STATUS_UNSUCCESSFUL;

	REQUIRE(test, client.ready());
	EXPECT_RULES(test, 0,
		     at_dispatch([&]() { status = client.set_static_events(WSK_EVENT_ACCEPT); }));
	EXPECT_STATUS(test, status, STATUS_SUCCESS);
}

void only_once(struct kunit *test)
{
	Client client(test);

	REQUIRE(test, client.ready());
	EXPECT_STATUS(test, client.set_static_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS);
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, client.set_static_events(WSK_EVENT_ACCEPT),
				   STATUS_INVALID_DEVICE_STATE));
}

void before_any_socket(struct kunit *test)
{
	Client client(test);

	REQUIRE(test, client.ready());
	{
		Socket socket(client, WSK_FLAG_CONNECTION_SOCKET, AF_INET);

		EXPECT_TRUE(test, socket.open());
	}
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, client.set_static_events(WSK_EVENT_ACCEPT),
				   STATUS_INVALID_DEVICE_STATE));
}

void clients_are_separate(struct kunit *test)
{
	Client one(test), other(test);

	REQUIRE(test, one.ready() && other.ready());
	EXPECT_STATUS(test, one.set_static_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS);

	AcceptNotes notes(test);
	Listener listener(other, AF_INET, &notes, &AcceptNotes::dispatch);

	REQUIRE(test, listener.open());

	Caller caller(one, listener);
	Socket peer(other);

	/* The other client's event is off: its connections are for requests. */
	peer.adopt(listener.accept());
	EXPECT_TRUE(test, peer.open());
	EXPECT_EQ(test, notes.calls(), 0);
}

void wrong_input(struct kunit *test)
{
	static constexpr GUID other = {0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
	Client client(test);
	WSK_EVENT_CALLBACK_CONTROL events = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_ACCEPT};
	constexpr ULONG code = WSK_SET_STATIC_EVENT_CALLBACKS;
	const ULONG no_events[] = {0, 1, WSK_EVENT_DISABLE, WSK_EVENT_ACCEPT | WSK_EVENT_DISABLE};

	REQUIRE(test, client.ready());
	EXPECT_RULES(
		test, 1,
		EXPECT_STATUS(test, control(client, code, 0, nullptr), STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, control(client, code, sizeof(events) - 1, &events),
				   STATUS_INVALID_PARAMETER));
	events.NpiId = &other;
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, control(client, code, sizeof(events), &events),
				   STATUS_NOT_SUPPORTED));
	for (ULONG mask : no_events) {
		events = {&NPI_WSK_INTERFACE_ID, mask};
		EXPECT_RULES(test, 1,
			     EXPECT_STATUS(test, control(client, code, sizeof(events), &events),
					   STATUS_INVALID_PARAMETER));
	}
	/* None of that was the one time it may be done. */
	EXPECT_STATUS(test, client.set_static_events(WSK_EVENT_ACCEPT), STATUS_SUCCESS);
}

void without_client(struct kunit *test)
{
	Client client(test);
	WSK_EVENT_CALLBACK_CONTROL events = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_ACCEPT};

	REQUIRE(test, client.ready());
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test,
				   client.provider()->WskControlClient(
					   nullptr, WSK_SET_STATIC_EVENT_CALLBACKS, sizeof(events),
					   &events, 0, nullptr, nullptr, nullptr),
				   STATUS_INVALID_PARAMETER));
	expect_refused(test,
		       run(test,
			   [&](PIRP irp) {
				   return client.provider()->WskControlClient(
					   nullptr, WSK_SET_STATIC_EVENT_CALLBACKS, sizeof(events),
					   &events, 0, nullptr, nullptr, irp);
			   }),
		       STATUS_INVALID_PARAMETER);
}

void codes_not_built_yet(struct kunit *test)
{
	const ULONG codes[] = {WSK_TRANSPORT_LIST_QUERY, WSK_TRANSPORT_LIST_CHANGE,
			       WSK_TDI_DEVICENAME_MAPPING, WSK_TDI_BEHAVIOR};
	Client client(test);

	REQUIRE(test, client.ready());
	for (ULONG code : codes) {
		EXPECT_RULES(test, 0,
			     EXPECT_STATUS(test, control(client, code, 0, nullptr),
					   STATUS_NOT_IMPLEMENTED));

		const Outcome outcome = run(test, [&](PIRP irp) {
			return client.provider()->WskControlClient(
				client.handle(), code, 0, nullptr, 0, nullptr, nullptr, irp);
		});

		EXPECT_STATUS(test, outcome.status, STATUS_NOT_IMPLEMENTED);
		EXPECT_FALSE(test, outcome.pending);
	}
}

void unknown_codes(struct kunit *test)
{
	const ULONG codes[] = {0, 1, 9, 0xffffffff};
	Client client(test);

	REQUIRE(test, client.ready());
	for (ULONG code : codes)
		EXPECT_RULES(test, 1,
			     EXPECT_STATUS(test, control(client, code, 0, nullptr),
					   STATUS_NOT_SUPPORTED));
}

constexpr bridge_case cases[] = {
	{"static events are set", sets_static_events},
	{"an IRP is completed though none is needed", with_irp},
	{"static events are set at DISPATCH_LEVEL", at_dispatch_level},
	{"static events are set once", only_once},
	{"static events are set before the first socket", before_any_socket},
	{"one client's static events are not another's", clients_are_separate},
	{"wrong input is refused", wrong_input},
	{"a call without client is refused", without_client},
	{"codes to come are not implemented", codes_not_built_yet},
	{"unknown codes are not supported", unknown_codes},
};

} // namespace

BRIDGE_SUITE(wsk_control_client, cases, .network = true);
