// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskSendEx and WskReceiveEx, with control information or without, and urgent data. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

void transfers_as_the_others_do(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out({100, 4000, 900}), in(5000);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	expect_done(test, pair.caller.send_ex(out.all(), WSK_FLAG_NODELAY, 0, nullptr), 5000);
	expect_done(test,
		    pair.peer.receive_ex(in.window(0, 3000), WSK_FLAG_WAITALL, nullptr, nullptr),
		    3000);
	expect_done(test, pair.peer.receive_ex(in.window(3000, 2000), 0, nullptr, nullptr), 2000);
	EXPECT_TRUE(test, in.holds(0, 5000, 0));
	expect_done(test, pair.caller.disconnect());
	expect_done(test, pair.peer.receive_ex(in.none(), WSK_FLAG_DRAIN, nullptr, nullptr), 0);
}

void in_one_line_with_the_others(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(300), in(300), more(300);
	Request first, second;

	REQUIRE(test, pair.connected() && out.valid() && in.valid() && more.valid());
	pair.peer.start_receive_ex(first, in.window(0, 100), WSK_FLAG_WAITALL, nullptr, nullptr);
	pair.peer.start_receive(second, more.window(0, 200), WSK_FLAG_WAITALL);
	out.fill();
	expect_done(test, pair.caller.send(out.window(0, 150)), 150);
	expect_done(test, pair.caller.send_ex(out.window(150, 150), 0, 0, nullptr), 150);
	expect_done(test, first.wait(), 100);
	expect_done(test, second.wait(), 200);
	EXPECT_TRUE(test, in.holds(0, 100, 0) && more.holds(0, 200, 100));
}

void ignorable_control(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	CMSGHDR two[] = {{WSA_CMSG_LEN(0), IPPROTO_IP, IP_OPTIONS},
			 {WSA_CMSG_LEN(0), IPPROTO_IPV6, IPV6_RTHDR}};

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	expect_done(test, pair.caller.send_ex(out.all(), 0, sizeof(two), two), 10);
	expect_done(test, pair.caller.send_ex(out.all(), 0, sizeof(two[0]), two), 10);
	/* Not looked at. */
	expect_done(test, pair.caller.send_ex(out.all(), 0, 0, two), 10);
	for (int i = 0; i < 3; i++)
		expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 10);
	EXPECT_TRUE(test, in.holds(0, 10, 0));
}

void control_that_does_not_fit(struct kunit *test, ADDRESS_FAMILY family)
{
	struct Message {
		CMSGHDR header;
		INT value[2];
	} message = {{WSA_CMSG_LEN(sizeof(INT)), IPPROTO_IP, IP_TTL}, {}};
	CMSGHDR bad[2] = {{WSA_CMSG_LEN(0), IPPROTO_IP, IP_OPTIONS}, {0, IPPROTO_IP, IP_OPTIONS}};
	Client client(test);
	Pair pair(client, family);
	Buffer out(10);

	REQUIRE(test, pair.connected() && out.valid());
	expect_refused(test, pair.caller.send_ex(out.all(), 0, sizeof(message), &message.header),
		       STATUS_NOT_SUPPORTED);
	expect_refused(test, pair.caller.send_ex(out.all(), 0, 16, nullptr),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.caller.send_ex(out.all(), 0, sizeof(bad[0]) - 1, bad),
		       STATUS_INVALID_PARAMETER);
	/* The second message: no length, a length that ends nowhere, cut off. */
	const SIZE_T lengths[] = {0, 15, sizeof(bad[1]) + 1, ~(SIZE_T)0, (SIZE_T)0 - 15};

	for (SIZE_T length : lengths) {
		bad[1].cmsg_len = length;
		expect_refused(test, pair.caller.send_ex(out.all(), 0, sizeof(bad), bad),
			       STATUS_INVALID_PARAMETER);
	}
	expect_refused(test, pair.caller.send_ex(out.all(), 0, sizeof(bad[0]) + 1, bad),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.caller.send_ex(out.all(), 4, 0, nullptr), STATUS_NOT_SUPPORTED);
	expect_refused(test, pair.caller.send_ex(nullptr, 0, 0, nullptr), STATUS_INVALID_PARAMETER);
}

void no_control_comes_in(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(10), in(10);
	UCHAR control[64];
	ULONG length = sizeof(control), none = 0;
	Request request;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	RtlFillMemory(control, sizeof(control), 0xaa);
	pair.peer.start_receive_ex(request, in.all(), 0, &length,
				   reinterpret_cast<PCMSGHDR>(control));
	expect_done(test, pair.caller.send(out.all()), 10);
	expect_done(test, request.wait(), 10);
	EXPECT_EQ(test, length, 0u);
	EXPECT_EQ(test, control[0], 0xaa);
	expect_done(test, pair.caller.send(out.all()), 10);
	expect_done(test, pair.peer.receive_ex(in.all(), 0, &none, nullptr), 10);
	EXPECT_EQ(test, none, 0u);
}

void receiving_with_wrong_arguments(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);
	ULONG length = 16, control_flags = 0;
	CMSGHDR control = {};

	REQUIRE(test, pair.connected() && in.valid());
	expect_refused(test, pair.peer.receive_ex(in.all(), 0, &length, nullptr),
		       STATUS_INVALID_PARAMETER);
	EXPECT_EQ(test, length, 16u);
	expect_refused(test, pair.peer.receive_ex(in.all(), 0, &length, &control, &control_flags),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test,
		       pair.peer.receive_ex(in.none(), WSK_FLAG_DRAIN | WSK_FLAG_WAITALL, nullptr,
					    nullptr),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.peer.receive_ex(in.all(), WSK_FLAG_DRAIN, nullptr, nullptr),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, pair.peer.receive_ex(in.all(), 1, nullptr, nullptr),
		       STATUS_NOT_SUPPORTED);
	expect_refused(test, pair.peer.receive_ex(nullptr, 0, nullptr, nullptr),
		       STATUS_INVALID_PARAMETER);
	/* Without a length, what else there is is not looked at. */
	Request request;

	pair.peer.start_receive_ex(request, in.all(), 0, nullptr, &control, &control_flags);
	EXPECT_TRUE(test, request.pending() && request.cancel());
	expect_failed(test, request.wait(), STATUS_CANCELLED);
}

void urgent_data_keeps_its_place(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out({20, 20, 20, 20, 20, 20, 20, 860}), in(1000);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	expect_done(test, pair.caller.send(out.window(0, 10), WSK_FLAG_OOB), 10);
	expect_done(test, pair.caller.send(out.window(10, 1)), 1);
	expect_done(
		test,
		pair.caller.send_ex(out.window(11, 9), WSK_FLAG_OOB | WSK_FLAG_NODELAY, 0, nullptr),
		9);
	expect_done(test, pair.caller.send(out.none(), WSK_FLAG_OOB), 0);

	Buffer rest({20, 980});

	rest.fill(20);
	expect_done(test, pair.caller.send(rest.window(0, 980), WSK_FLAG_OOB), 980);
	expect_done(test, pair.peer.receive(in.all(), WSK_FLAG_WAITALL), 1000);
	EXPECT_TRUE(test, in.holds(0, 1000, 0));
}

void at_dispatch_level(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(100), in(100);
	Request send, receive;
	ULONG length = 0;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	in_softirq([&]() {
		pair.peer.start_receive_ex(receive, in.all(), WSK_FLAG_WAITALL, &length, nullptr);
		pair.caller.start_send_ex(send, out.all());
	});
	expect_done(test, send.wait(), 100);
	expect_done(test, receive.wait(), 100);
	EXPECT_TRUE(test, in.holds(0, 100, 0));
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("without control information they do what WskSend and WskReceive do",
		      transfers_as_the_others_do),
	IPV4_AND_IPV6("they take turns with WskSend and WskReceive", in_one_line_with_the_others),
	IPV4_AND_IPV6("control messages without data are ignored", ignorable_control),
	IPV4_AND_IPV6("other control information is refused", control_that_does_not_fit),
	IPV4_AND_IPV6("no control information comes in", no_control_comes_in),
	IPV4_AND_IPV6("receiving with wrong arguments is refused", receiving_with_wrong_arguments),
	IPV4_AND_IPV6("urgent data is received in its place", urgent_data_keeps_its_place),
	IPV4_AND_IPV6("both work from DISPATCH_LEVEL", at_dispatch_level),
};

} // namespace

BRIDGE_SUITE(wsk_send_ex, cases, .network = true);
