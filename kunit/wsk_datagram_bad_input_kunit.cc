// SPDX-License-Identifier: MIT OR GPL-2.0
/* What the datagram functions refuse: arguments and states, one table for each. */
#include "wsk_datagram_fixture.h"

namespace
{

using namespace wsk::test;

struct Stage {
	Stage(struct kunit *test, ADDRESS_FAMILY family)
		: client(test), socket(client, family), fresh(client, family), data(16),
		  to(Address::loopback(family, 9)),
		  wrong_family(Address::loopback(family == AF_INET ? AF_INET6 : AF_INET, 9))
	{
		ready = socket.bind_loopback() && fresh.open() && data.valid();
		list.Buffer = *data.all();
	}

	Client client;
	Datagram socket, fresh;
	Buffer data;
	WSK_BUF_LIST list = {};
	Address to, wrong_family;
	ULONG control_length = 0, control_flags = 0;
	bool ready = false;
};

/* A call that would work, but for one thing. */
struct BadCall {
	const char *what;
	NTSTATUS status;
	NTSTATUS (*call)(Stage &stage, PWSK_SOCKET socket, PIRP irp);
};

constexpr BadCall bad_calls[] = {
	{"WskSendTo without a socket", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET, PIRP irp) {
		 return stage.socket.datagram()->WskSendTo(nullptr, stage.data.all(), 0, stage.to,
							   0, nullptr, irp);
	 }},
	{"WskSendTo without a buffer", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskSendTo(socket, nullptr, 0, stage.to, 0, nullptr,
							   irp);
	 }},
	{"WskSendTo with flags", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskSendTo(socket, stage.data.all(), 1, stage.to, 0,
							   nullptr, irp);
	 }},
	{"WskSendTo beyond its MDL", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskSendTo(socket, stage.data.window(8, 9), 0,
							   stage.to, 0, nullptr, irp);
	 }},
	{"WskSendTo to another family", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskSendTo(socket, stage.data.all(), 0,
							   stage.wrong_family, 0, nullptr, irp);
	 }},
	{"WskSendTo to nobody", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskSendTo(socket, stage.data.all(), 0, nullptr, 0,
							   nullptr, irp);
	 }},
	{"WskSendTo with a length of no control information", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskSendTo(socket, stage.data.all(), 0, stage.to,
							   24, nullptr, irp);
	 }},
	{"WskSendTo of an unbound socket", STATUS_INVALID_DEVICE_STATE,
	 [](Stage &stage, PWSK_SOCKET, PIRP irp) {
		 return stage.fresh.datagram()->WskSendTo(stage.fresh.handle(), stage.data.all(), 0,
							  stage.to, 0, nullptr, irp);
	 }},
	{"WskSendMessages without a socket", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET, PIRP irp) {
		 return stage.socket.datagram()->WskSendMessages(nullptr, &stage.list, 0, stage.to,
								 0, nullptr, irp);
	 }},
	{"WskSendMessages without a list", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskSendMessages(socket, nullptr, 0, stage.to, 0,
								 nullptr, irp);
	 }},
	{"WskSendMessages with flags", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskSendMessages(socket, &stage.list, 1, stage.to,
								 0, nullptr, irp);
	 }},
	{"WskSendMessages beyond an MDL", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 WSK_BUF_LIST last = {nullptr, *stage.data.window(0, 17)};
		 WSK_BUF_LIST first = {&last, *stage.data.all()};

		 return stage.socket.datagram()->WskSendMessages(socket, &first, 0, stage.to, 0,
								 nullptr, irp);
	 }},
	{"WskSendMessages to another family", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskSendMessages(
			 socket, &stage.list, 0, stage.wrong_family, 0, nullptr, irp);
	 }},
	{"WskSendMessages to nobody", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskSendMessages(socket, &stage.list, 0, nullptr, 0,
								 nullptr, irp);
	 }},
	{"WskSendMessages of an unbound socket", STATUS_INVALID_DEVICE_STATE,
	 [](Stage &stage, PWSK_SOCKET, PIRP irp) {
		 return stage.fresh.datagram()->WskSendMessages(stage.fresh.handle(), &stage.list,
								0, stage.to, 0, nullptr, irp);
	 }},
	{"WskReceiveFrom without a socket", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET, PIRP irp) {
		 return stage.socket.datagram()->WskReceiveFrom(
			 nullptr, stage.data.all(), 0, nullptr, nullptr, nullptr, nullptr, irp);
	 }},
	{"WskReceiveFrom without a buffer", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskReceiveFrom(socket, nullptr, 0, nullptr,
								nullptr, nullptr, nullptr, irp);
	 }},
	{"WskReceiveFrom with flags", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskReceiveFrom(socket, stage.data.all(), MSG_PEEK,
								nullptr, nullptr, nullptr, nullptr,
								irp);
	 }},
	{"WskReceiveFrom beyond its MDL", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskReceiveFrom(socket, stage.data.window(17, 1), 0,
								nullptr, nullptr, nullptr, nullptr,
								irp);
	 }},
	{"WskReceiveFrom with a length of no control information", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 stage.control_length = 24;
		 return stage.socket.datagram()->WskReceiveFrom(socket, stage.data.all(), 0,
								nullptr, &stage.control_length,
								nullptr, &stage.control_flags, irp);
	 }},
	{"WskReceiveFrom of an unbound socket", STATUS_INVALID_DEVICE_STATE,
	 [](Stage &stage, PWSK_SOCKET, PIRP irp) {
		 return stage.fresh.datagram()->WskReceiveFrom(stage.fresh.handle(),
							       stage.data.all(), 0, nullptr,
							       nullptr, nullptr, nullptr, irp);
	 }},
	{"WskGetLocalAddress without a buffer", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskGetLocalAddress(socket, nullptr, irp);
	 }},
	{"WskGetLocalAddress of an unbound socket", STATUS_INVALID_DEVICE_STATE,
	 [](Stage &stage, PWSK_SOCKET, PIRP irp) {
		 return stage.fresh.datagram()->WskGetLocalAddress(stage.fresh.handle(), stage.to,
								   irp);
	 }},
	{"WskBind of a bound socket", STATUS_INVALID_DEVICE_STATE,
	 [](Stage &stage, PWSK_SOCKET socket, PIRP irp) {
		 return stage.socket.datagram()->WskBind(socket, stage.to, 0, irp);
	 }},
	{"WskBind to another family", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET, PIRP irp) {
		 return stage.fresh.datagram()->WskBind(stage.fresh.handle(), stage.wrong_family, 0,
							irp);
	 }},
	{"WskBind with flags", STATUS_INVALID_PARAMETER,
	 [](Stage &stage, PWSK_SOCKET, PIRP irp) {
		 return stage.fresh.datagram()->WskBind(stage.fresh.handle(), stage.to, 1, irp);
	 }},
};

void bad_calls_are_refused(struct kunit *test, ADDRESS_FAMILY family)
{
	Stage stage(test, family);

	REQUIRE(test, stage.ready);
	for (const BadCall &bad : bad_calls) {
		const Outcome outcome = run(test, [&](PIRP irp) {
			return bad.call(stage, stage.socket.handle(), irp);
		});
		const bridge_site here = BRIDGE_SITE(false);

		if (outcome.status != bad.status)
			bridge_fail(test, &here, "%s", bad.what);
		expect_refused(test, outcome, bad.status);
	}
}

void bad_calls_without_an_irp(struct kunit *test, ADDRESS_FAMILY family)
{
	Stage stage(test, family);

	REQUIRE(test, stage.ready);
	/* Whatever else is wrong, or nothing: the IRP is what is missed first. */
	for (const BadCall &bad : bad_calls)
		EXPECT_RULES(test, 1,
			     EXPECT_STATUS(test, bad.call(stage, stage.socket.handle(), nullptr),
					   STATUS_INVALID_PARAMETER));
}

void irps_without_room(struct kunit *test, ADDRESS_FAMILY family)
{
	Stage stage(test, family);

	REQUIRE(test, stage.ready);
	for (const BadCall &bad : bad_calls) {
		Request request;

		request.take_last_location();
		request.issue(test, [&](PIRP irp) {
			return bad.call(stage, stage.socket.handle(), irp);
		});
		expect_refused(test, request.wait(), STATUS_INVALID_PARAMETER);
	}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("wrong arguments and states are refused", bad_calls_are_refused),
	IPV4_AND_IPV6("a call without an IRP is refused", bad_calls_without_an_irp),
	IPV4_AND_IPV6("an IRP without room for WSK is refused", irps_without_room),
};

} // namespace

BRIDGE_SUITE(wsk_datagram_bad_input, cases, .network = true);
