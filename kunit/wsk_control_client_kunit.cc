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

/* As many as there are. */
struct Transports {
	WSK_TRANSPORT list[8];
	SIZE_T size = 0;
	NTSTATUS status;

	explicit Transports(Client &client, SIZE_T room = sizeof(list))
	{
		status = client.provider()->WskControlClient(
			client.handle(), WSK_TRANSPORT_LIST_QUERY, 0, nullptr, room,
			room ? list : nullptr, &size, nullptr);
	}
};

void lists_transports(struct kunit *test)
{
	Client client(test);

	REQUIRE(test, client.ready());

	Transports transports(client);

	EXPECT_STATUS(test, transports.status, STATUS_SUCCESS);
	EXPECT_EQ(test, transports.size, 6 * sizeof(WSK_TRANSPORT));
	REQUIRE(test, transports.size <= sizeof(transports.list));
	for (SIZE_T i = 0; i < transports.size / sizeof(WSK_TRANSPORT); i++) {
		const WSK_TRANSPORT &one = transports.list[i];

		EXPECT_EQ(test, one.Version, MAKE_WSK_VERSION(1, 0));
		/* What it says can be had can be had. */
		const Outcome outcome = run(test, [&](PIRP irp) {
			return client.provider()->WskSocket(client.handle(), one.AddressFamily,
							    one.SocketType, one.Protocol,
							    WSK_FLAG_BASIC_SOCKET, nullptr, nullptr,
							    nullptr, nullptr, nullptr, irp);
		});
		Socket socket(client);

		if (one.SocketType == SOCK_RAW && !NT_SUCCESS(outcome.status)) {
			/* Of raw IP, any protocol but 0. */
			EXPECT_STATUS(test, outcome.status, STATUS_NOT_SUPPORTED);
			continue;
		}
		expect_done(test, outcome, outcome.information);
		if (outcome.status == STATUS_SUCCESS)
			socket.adopt(reinterpret_cast<PWSK_SOCKET>(outcome.information));
	}
}

void transports_need_room(struct kunit *test)
{
	Client client(test);

	REQUIRE(test, client.ready());

	const SIZE_T needed = Transports(client).size;

	for (SIZE_T room = 0; room < needed; room += sizeof(WSK_TRANSPORT) - 1) {
		Transports transports(client, room);

		EXPECT_STATUS(test, transports.status, STATUS_BUFFER_OVERFLOW);
		EXPECT_EQ(test, transports.size, needed);
	}

	Transports exact(client, needed);

	EXPECT_STATUS(test, exact.status, STATUS_SUCCESS);

	const Outcome outcome = run(test, [&](PIRP irp) {
		return client.provider()->WskControlClient(client.handle(),
							   WSK_TRANSPORT_LIST_QUERY, 0, nullptr, 0,
							   nullptr, nullptr, irp);
	});

	EXPECT_STATUS(test, outcome.status, STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(test, outcome.information, needed);
}

void start_waiting(Client &client, Request &request)
{
	request.issue(client.test(), [&](PIRP irp) {
		return client.provider()->WskControlClient(client.handle(),
							   WSK_TRANSPORT_LIST_CHANGE, 0, nullptr, 0,
							   nullptr, nullptr, irp);
	});
}

void transports_do_not_change(struct kunit *test)
{
	Request request, cancelled_request;
	{
		Client client(test);

		REQUIRE(test, client.ready());
		start_waiting(client, request);
		start_waiting(client, cancelled_request);
		EXPECT_TRUE(test, request.pending());
		EXPECT_TRUE(test, cancelled_request.cancel());
		expect_failed(test, cancelled_request.wait(), STATUS_CANCELLED);
		EXPECT_TRUE(test, request.pending());
		EXPECT_RULES(test, 1,
			     EXPECT_STATUS(test,
					   control(client, WSK_TRANSPORT_LIST_CHANGE, 0, nullptr),
					   STATUS_REQUEST_NOT_ACCEPTED));
	}
	/* Deregistering ends it. */
	expect_failed(test, request.wait(), STATUS_CANCELLED);
}

void tdi_is_accepted(struct kunit *test)
{
	const WSK_TDI_MAP map[] = {{SOCK_STREAM, AF_INET, IPPROTO_TCP, L"\\Device\\Tcp"}};
	WSK_TDI_MAP_INFO info = {1, map}, no_map = {1, nullptr};
	ULONG bypass = WSK_TDI_BEHAVIOR_BYPASS_TDI, unknown = 2;
	Client client(test);

	REQUIRE(test, client.ready());
	EXPECT_RULES(test, 0,
		     EXPECT_STATUS(test,
				   control(client, WSK_TDI_DEVICENAME_MAPPING, sizeof(info), &info),
				   STATUS_SUCCESS);
		     EXPECT_STATUS(test, control(client, WSK_TDI_BEHAVIOR, sizeof(bypass), &bypass),
				   STATUS_SUCCESS));
	EXPECT_RULES(
		test, 4,
		EXPECT_STATUS(test,
			      control(client, WSK_TDI_DEVICENAME_MAPPING, sizeof(no_map), &no_map),
			      STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test,
			      control(client, WSK_TDI_DEVICENAME_MAPPING, sizeof(info) - 1, &info),
			      STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, control(client, WSK_TDI_BEHAVIOR, sizeof(unknown), &unknown),
			      STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, control(client, WSK_TDI_BEHAVIOR, sizeof(bypass), nullptr),
			      STATUS_INVALID_PARAMETER));
	{
		Socket socket(client, WSK_FLAG_CONNECTION_SOCKET, AF_INET);

		EXPECT_TRUE(test, socket.open());
	}
	EXPECT_RULES(test, 2,
		     EXPECT_STATUS(test,
				   control(client, WSK_TDI_DEVICENAME_MAPPING, sizeof(info), &info),
				   STATUS_INVALID_DEVICE_STATE);
		     EXPECT_STATUS(test, control(client, WSK_TDI_BEHAVIOR, sizeof(bypass), &bypass),
				   STATUS_INVALID_DEVICE_STATE));
}

void every_code_at_dispatch(struct kunit *test)
{
	Client client(test);
	Request request;
	NTSTATUS listed = STATUS_UNSUCCESSFUL, behaved = STATUS_UNSUCCESSFUL;
	ULONG flags = WSK_TDI_BEHAVIOR_BYPASS_TDI;

	REQUIRE(test, client.ready());
	EXPECT_RULES(test, 0, at_dispatch([&]() {
			     listed = Transports(client).status;
			     start_waiting(client, request);
			     behaved = control(client, WSK_TDI_BEHAVIOR, sizeof(flags), &flags);
		     }));
	EXPECT_STATUS(test, listed, STATUS_SUCCESS);
	EXPECT_STATUS(test, behaved, STATUS_SUCCESS);
	EXPECT_TRUE(test, request.cancel());
	expect_failed(test, request.wait(), STATUS_CANCELLED);
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
	{"the transports are listed that sockets can be made of", lists_transports},
	{"a list of transports that does not fit tells its size", transports_need_room},
	{"a change of transports is waited for until cancelled", transports_do_not_change},
	{"TDI controls are checked, and change nothing", tdi_is_accepted},
	{"a client is controlled at DISPATCH_LEVEL", every_code_at_dispatch},
	{"unknown codes are not supported", unknown_codes},
};

} // namespace

BRIDGE_SUITE(wsk_control_client, cases, .network = true);
