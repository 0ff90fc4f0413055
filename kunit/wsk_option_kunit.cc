// SPDX-License-Identifier: MIT OR GPL-2.0
/* Options of WskControlSocket: each with each kind of socket, before and after bind. */
#include <mstcpip.h>

#include "wsk_control_kinds.h"

namespace
{

using namespace wsk::test;

/* An option that is a number. */
struct Number {
	ULONG level;
	ULONG option;
	ULONG kinds;
	bool ipv4, ipv6;
	ULONG initially;
	ULONG values[2]; /* that it can have */
	bool immediate;	 /* can be had at DISPATCH_LEVEL without an IRP */
	ULONG wrong;	 /* a value that it cannot have, or `any_goes` */
};

constexpr ULONG any_goes = 0xabcdef01;
constexpr ULONG whatever = ~0u; /* an initial value that is the system's choice */

constexpr ULONG word(long long option)
{
	return (ULONG)option;
}

constexpr ULONG in_network_order(ULONG value)
{
	return RtlUlongByteSwap(value);
}

constexpr ULONG loopback_index = 1;

constexpr Number numbers[] = {
	{SOL_SOCKET, SO_KEEPALIVE, kinds_tcp, true, true, 0, {1, 0}, false, any_goes},
	{SOL_SOCKET, SO_RCVBUF, kinds_all, true, true, whatever, {30000, 50000}, false, any_goes},
	{SOL_SOCKET, SO_SNDBUF, kinds_all, true, true, whatever, {30000, 50000}, false, any_goes},
	{SOL_SOCKET, SO_BROADCAST, kinds_datagrams, true, true, 0, {1, 0}, false, any_goes},
	{SOL_SOCKET, SO_DEBUG, kinds_all, true, true, 0, {1, 0}, true, any_goes},
	{SOL_SOCKET, SO_DONTROUTE, kinds_all, true, true, 0, {1, 0}, true, any_goes},
	{SOL_SOCKET, SO_USELOOPBACK, kinds_all, true, true, 0, {1, 0}, true, any_goes},
	{SOL_SOCKET, word(SO_DONTLINGER), kinds_tcp, true, true, 1, {0, 1}, true, any_goes},
	{SOL_SOCKET, SO_RANDOMIZE_PORT, kinds_all, true, true, 0, {1, 0}, true, any_goes},
	{SOL_SOCKET, SO_PORT_SCALABILITY, kinds_tcp, true, true, 0, {1, 0}, true, any_goes},
	{SOL_SOCKET, SO_REUSE_UNICASTPORT, kinds_tcp, true, true, 0, {1, 0}, false, any_goes},
	{SOL_SOCKET, SO_COMPARTMENT_ID, kinds_all, true, true, 1, {1, 1}, true, any_goes},
	{SOL_SOCKET, SO_OOBINLINE, kinds_tcp, true, true, 1, {1, 1}, true, any_goes},

	{IPPROTO_IP, IP_HDRINCL, kinds_raw, true, false, 0, {1, 0}, false, any_goes},
	{IPPROTO_IP, IP_TOS, kinds_all, true, true, 0, {0x20, 0x48}, false, any_goes},
	{IPPROTO_IP, IP_TCLASS, kinds_all, true, true, 0, {0x20, 0x48}, false, any_goes},
	{IPPROTO_IP, IP_TTL, kinds_all, true, true, 64, {1, 255}, false, 256},
	{IPPROTO_IP, IP_DONTFRAGMENT, kinds_all, true, true, 0, {1, 0}, false, any_goes},
	{IPPROTO_IP,
	 IP_MTU_DISCOVER,
	 kinds_all,
	 true,
	 true,
	 whatever,
	 {IP_PMTUDISC_DO, IP_PMTUDISC_PROBE},
	 false,
	 IP_PMTUDISC_MAX},
	{IPPROTO_IP,
	 IP_UNICAST_IF,
	 kinds_all,
	 true,
	 true,
	 0,
	 {in_network_order(loopback_index), 0},
	 false,
	 in_network_order(9999)},
	{IPPROTO_IP,
	 IP_MULTICAST_IF,
	 kinds_datagrams,
	 true,
	 true,
	 0,
	 {in_network_order(loopback_index), in_network_order(0x7f000001)},
	 false,
	 in_network_order(9999)},
	{IPPROTO_IP, IP_MULTICAST_TTL, kinds_datagrams, true, true, 1, {7, 255}, false, 256},
	{IPPROTO_IP, IP_MULTICAST_LOOP, kinds_datagrams, true, true, 1, {0, 1}, true, any_goes},

	{IPPROTO_IPV6, IPV6_HDRINCL, kinds_raw, false, true, 0, {1, 0}, false, any_goes},
	{IPPROTO_IPV6, IPV6_UNICAST_HOPS, kinds_all, false, true, 64, {1, 255}, false, 256},
	{IPPROTO_IPV6, IPV6_TCLASS, kinds_all, false, true, 0, {0x20, 0x48}, false, 256},
	{IPPROTO_IPV6, IPV6_DONTFRAG, kinds_all, false, true, 0, {1, 0}, false, any_goes},
	{IPPROTO_IPV6,
	 IPV6_MTU_DISCOVER,
	 kinds_all,
	 false,
	 true,
	 IP_PMTUDISC_NOT_SET,
	 {IP_PMTUDISC_DO, IP_PMTUDISC_PROBE},
	 false,
	 IP_PMTUDISC_MAX},
	{IPPROTO_IPV6,
	 IPV6_UNICAST_IF,
	 kinds_all,
	 false,
	 true,
	 0,
	 {loopback_index, 0},
	 false,
	 9999},
	{IPPROTO_IPV6, IPV6_CHECKSUM, kinds_raw, false, true, ~0u - 1, {2, ~0u}, false, 3},
	{IPPROTO_IPV6,
	 IPV6_MULTICAST_IF,
	 kinds_datagrams,
	 false,
	 true,
	 0,
	 {loopback_index, 0},
	 false,
	 9999},
	{IPPROTO_IPV6, IPV6_MULTICAST_HOPS, kinds_datagrams, false, true, 1, {7, 255}, false, 256},
	{IPPROTO_IPV6,
	 IPV6_MULTICAST_LOOP,
	 kinds_datagrams,
	 false,
	 true,
	 1,
	 {0, 1},
	 true,
	 any_goes},

	{IPPROTO_TCP, TCP_NODELAY, kinds_tcp, true, true, 0, {1, 0}, false, any_goes},
	{IPPROTO_TCP, TCP_KEEPALIVE, kinds_tcp, true, true, 7200, {5, 600}, false, 40000},
	{IPPROTO_TCP, TCP_KEEPINTVL, kinds_tcp, true, true, 75, {5, 600}, false, 40000},
	{IPPROTO_TCP, TCP_KEEPCNT, kinds_tcp, true, true, 9, {3, 20}, false, 200},
	{IPPROTO_TCP, TCP_MAXRT, kinds_tcp, true, true, 0, {30, ~0u}, false, any_goes},
	{IPPROTO_TCP, TCP_MAXRTMS, kinds_tcp, true, true, 0, {1500, ~0u}, false, any_goes},
	{IPPROTO_TCP, TCP_OFFLOAD_PREFERENCE, kinds_tcp, true, true, 0, {0, 0}, true, 3},
	{IPPROTO_TCP, TCP_EXPEDITED_1122, kinds_tcp, true, true, 0, {1, 0}, true, any_goes},
	{IPPROTO_TCP, TCP_STDURG, kinds_tcp, true, true, 0, {1, 0}, true, any_goes},
	{IPPROTO_TCP, TCP_BSDURGENT, kinds_tcp, true, true, 0, {1, 0}, true, any_goes},
	{IPPROTO_TCP, TCP_TIMESTAMPS, kinds_tcp, true, true, 0, {1, 0}, true, any_goes},
	{IPPROTO_TCP, TCP_DELAY_FIN_ACK, kinds_tcp, true, true, 0, {1, 0}, true, any_goes},
	{IPPROTO_TCP,
	 TCP_FAIL_CONNECT_ON_ICMP_ERROR,
	 kinds_tcp,
	 true,
	 true,
	 0,
	 {1, 0},
	 false,
	 any_goes},
	{IPPROTO_TCP, TCP_NOSYNRETRIES, kinds_tcp, true, true, 0, {1, 0}, false, any_goes},
	{IPPROTO_TCP, TCP_CONGESTION_ALGORITHM, kinds_tcp, true, true, 0, {3, 4}, false, any_goes},
	{IPPROTO_IP, IP_USER_MTU, kinds_all, true, false, ~0u, {1000, ~0u}, false, 67},
	{IPPROTO_IPV6, IPV6_USER_MTU, kinds_all, false, true, ~0u, {1400, ~0u}, false, 1279},
};

/* The initial value of IPV6_CHECKSUM is that there is none, which Linux has as well. */
ULONG initial(const Number &one)
{
	return one.option == IPV6_CHECKSUM && one.level == IPPROTO_IPV6 ? ~0u : one.initially;
}

bool has(const Number &one, const SocketKind &kind, ADDRESS_FAMILY family)
{
	/* Raw IPv6 has no IPv4 in it. */
	if (family == AF_INET6 && (kind.bit & kinds_raw) && one.level == IPPROTO_IP)
		return false;
	return (one.kinds & kind.bit) && (family == AF_INET ? one.ipv4 : one.ipv6);
}

/* Calls for each kind of socket that has the option, or that does not have it. */
template <typename Act>
void each_socket(struct kunit *test, ADDRESS_FAMILY family, bool having, Act act)
{
	Client client(test);

	for (const SocketKind &kind : socket_kinds) {
		AnySocket socket(client, kind, family);

		REQUIRE(test, socket.open());
		for (const Number &one : numbers)
			if (has(one, kind, family) == having)
				act(socket, one);
	}
}

void numbers_can_be_set(struct kunit *test, ADDRESS_FAMILY family)
{
	each_socket(test, family, true, [&](Socket &socket, const Number &one) {
		const ULONG first = socket.get(one.level, one.option);

		if (one.initially != whatever)
			EXPECT_EQ(test, first, initial(one));
		for (ULONG value : one.values) {
			expect_ok(test, socket.set(one.level, one.option, value));
			EXPECT_EQ(test, socket.get(one.level, one.option), value);
		}
		/* Some have two names. */
		expect_ok(test, socket.set(one.level, one.option, first));
	});
}

void numbers_without_irp(struct kunit *test, ADDRESS_FAMILY family)
{
	each_socket(test, family, true, [&](Socket &socket, const Number &one) {
		for (ULONG value : one.values) {
			ULONG read = 0xeeeeeeee;
			SIZE_T written = 0;

			EXPECT_STATUS(test,
				      control_now(socket, {.code = one.option,
							   .level = one.level,
							   .input = &value,
							   .input_size = sizeof(value)}),
				      STATUS_SUCCESS);
			EXPECT_STATUS(test,
				      control_now(socket,
						  {.type = WskGetOption,
						   .code = one.option,
						   .level = one.level,
						   .output = &read,
						   .output_size = sizeof(read)},
						  &written),
				      STATUS_SUCCESS);
			EXPECT_EQ(test, read, value);
			EXPECT_EQ(test, written, sizeof(read));
		}
	});
}

void numbers_at_dispatch(struct kunit *test, ADDRESS_FAMILY family)
{
	each_socket(test, family, true, [&](Socket &socket, const Number &one) {
		ULONG value = one.values[0], read = 0;
		NTSTATUS status = STATUS_UNSUCCESSFUL;
		Request setting, reading;

		at_dispatch([&]() {
			status = control_now(socket, {.code = one.option,
						      .level = one.level,
						      .input = &value,
						      .input_size = sizeof(value)});
			socket.start_control(setting, {.code = one.option,
						       .level = one.level,
						       .input = &value,
						       .input_size = sizeof(value)});
			/* Small values are read during the call. */
			value = 0xeeeeeeee;
			socket.start_control(reading, {.type = WskGetOption,
						       .code = one.option,
						       .level = one.level,
						       .output = &read,
						       .output_size = sizeof(read)});
		});
		EXPECT_STATUS(test, status,
			      one.immediate ? STATUS_SUCCESS : STATUS_REQUEST_NOT_ACCEPTED);
		expect_ok(test, setting.wait());
		expect_ok(test, reading.wait(), sizeof(read));
		EXPECT_EQ(test, read, one.values[0]);
	});
}

void other_kinds(struct kunit *test, ADDRESS_FAMILY family)
{
	each_socket(test, family, false, [&](Socket &socket, const Number &one) {
		ULONG value = one.values[0];

		EXPECT_STATUS(test, socket.set(one.level, one.option, value).status,
			      STATUS_NOT_SUPPORTED);
		EXPECT_FALSE(test, NT_SUCCESS(socket.control({.type = WskGetOption,
							      .code = one.option,
							      .level = one.level,
							      .output = &value,
							      .output_size = sizeof(value)})
						      .status) &&
					   one.level != IPPROTO_IP);
	});
}

void short_numbers(struct kunit *test, ADDRESS_FAMILY family)
{
	each_socket(test, family, true, [&](Socket &socket, const Number &one) {
		ULONG value = one.values[0];

		constexpr SIZE_T sizes[] = {0, 2, 3};

		for (SIZE_T size : sizes) {
			expect_refused(test,
				       socket.control({.code = one.option,
						       .level = one.level,
						       .input = &value,
						       .input_size = size}),
				       STATUS_INVALID_PARAMETER);
			expect_refused(test,
				       socket.control({.type = WskGetOption,
						       .code = one.option,
						       .level = one.level,
						       .output = &value,
						       .output_size = size}),
				       STATUS_BUFFER_TOO_SMALL);
		}
		expect_refused(test,
			       socket.control({.code = one.option,
					       .level = one.level,
					       .input_size = sizeof(value)}),
			       STATUS_INVALID_PARAMETER);
	});
}

void wrong_numbers(struct kunit *test, ADDRESS_FAMILY family)
{
	each_socket(test, family, true, [&](Socket &socket, const Number &one) {
		if (one.wrong == any_goes)
			return;
		const ULONG before = socket.get(one.level, one.option);
		const NTSTATUS status = socket.set(one.level, one.option, one.wrong).status;

		/* An interface that there is not has a status of its own. */
		EXPECT_TRUE(test, status == STATUS_INVALID_PARAMETER ||
					  status == STATUS_INVALID_ADDRESS_COMPONENT ||
					  status == STATUS_NO_SUCH_DEVICE);
		EXPECT_EQ(test, socket.get(one.level, one.option), before);
	});
}

void numbers_after_connect(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);

	Socket *const both[] = {&pair.caller, &pair.peer};

	REQUIRE(test, pair.connected());
	for (const Number &one : numbers) {
		if (!has(one, socket_kinds[1], family) || one.option == IP_UNICAST_IF)
			continue;
		for (ULONG value : one.values)
			for (Socket *socket : both) {
				expect_ok(test, socket->set(one.level, one.option, value));
				EXPECT_EQ(test, socket->get(one.level, one.option), value);
			}
	}
}

/* What has no meaning here, by whichever name. */
constexpr struct {
	ULONG level;
	ULONG option;
} unsupported[] = {
	{SOL_SOCKET, SO_SNDLOWAT},
	{SOL_SOCKET, SO_RCVLOWAT},
	{SOL_SOCKET, SO_SNDTIMEO},
	{SOL_SOCKET, SO_RCVTIMEO},
	{SOL_SOCKET, SO_GROUP_ID},
	{SOL_SOCKET, SO_GROUP_PRIORITY},
	{SOL_SOCKET, SO_TIMESTAMP},
	{SOL_SOCKET, SO_TIMESTAMP_ID},
	{IPPROTO_IP, IP_RTHDR},
	{IPPROTO_IP, IP_RECVRTHDR},
	{IPPROTO_IP, IP_ORIGINAL_ARRIVAL_IF},
	{IPPROTO_IP, IP_WFP_REDIRECT_RECORDS},
	{IPPROTO_IP, IP_WFP_REDIRECT_CONTEXT},
	{IPPROTO_IP, IP_NRT_INTERFACE},
	{IPPROTO_IPV6, IPV6_WFP_REDIRECT_RECORDS},
	{IPPROTO_IPV6, IPV6_WFP_REDIRECT_CONTEXT},
	{IPPROTO_IPV6, IPV6_NRT_INTERFACE},
	{IPPROTO_TCP, TCP_NOURG},
	{IPPROTO_TCP, TCP_ATMARK},
	{IPPROTO_UDP, UDP_CHECKSUM_COVERAGE},
};

void not_here(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);

	for (const SocketKind &kind : socket_kinds) {
		AnySocket socket(client, kind, family);
		ULONG value[16] = {1};

		REQUIRE(test, socket.open());
		for (const auto &one : unsupported) {
			expect_refused(test,
				       socket.control({.code = one.option,
						       .level = one.level,
						       .input = value,
						       .input_size = sizeof(value)}),
				       STATUS_NOT_SUPPORTED);
			expect_refused(test,
				       socket.control({.type = WskGetOption,
						       .code = one.option,
						       .level = one.level,
						       .output = value,
						       .output_size = sizeof(value)}),
				       STATUS_NOT_SUPPORTED);
		}
	}
}

void what_a_socket_is(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG read_only[] = {SO_TYPE, SO_ACCEPTCONN, SO_ERROR};
	Client client(test);

	for (const SocketKind &kind : socket_kinds) {
		AnySocket socket(client, kind, family);

		REQUIRE(test, socket.open());
		EXPECT_EQ(test, socket.get(SOL_SOCKET, SO_TYPE), (ULONG)kind.type);
		EXPECT_EQ(test, socket.get(SOL_SOCKET, SO_ACCEPTCONN), 0u);
		EXPECT_EQ(test, socket.get(SOL_SOCKET, SO_ERROR), 0u);
		/* They can only be read. */
		for (ULONG option : read_only)
			expect_refused(test, socket.set(SOL_SOCKET, option, 1),
				       STATUS_NOT_SUPPORTED);
	}

	Listener listener(client, family);

	REQUIRE(test, listener.open());
	EXPECT_EQ(test, listener.get(SOL_SOCKET, SO_ACCEPTCONN), 1u);
}

void errors(struct kunit *test, ADDRESS_FAMILY family)
{
	constexpr ULONG connection_reset = 10054; /* Winsock's number */
	Client client(test);
	Pair pair(client, family);
	Buffer in(10);

	REQUIRE(test, pair.connected() && in.valid());
	expect_done(test, pair.peer.reset());
	expect_failed(test, pair.caller.receive(in.all()), STATUS_CONNECTION_RESET);
	EXPECT_EQ(test, pair.caller.get(SOL_SOCKET, SO_ERROR), connection_reset);
	/* Reading leaves it. */
	EXPECT_EQ(test, pair.caller.get(SOL_SOCKET, SO_ERROR), connection_reset);
}

void message_sizes(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Datagram udp(client, family), raw(client, family, SOCK_RAW, 254);
	Caller caller(client, family);
	ULONG value;

	REQUIRE(test, udp.open() && raw.open() && caller.open());
	EXPECT_EQ(test, udp.get(SOL_SOCKET, SO_MAX_MSG_SIZE), family == AF_INET ? 65507u : 65527u);
	EXPECT_EQ(test, raw.get(SOL_SOCKET, SO_MAX_MSG_SIZE), 65535u);
	expect_refused(test,
		       caller.control({.type = WskGetOption,
				       .code = SO_MAX_MSG_SIZE,
				       .output = &value,
				       .output_size = sizeof(value)}),
		       STATUS_NOT_SUPPORTED);
}

void compartments(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Caller caller(client, family);

	REQUIRE(test, caller.open());
	EXPECT_STATUS(test, caller.set(SOL_SOCKET, SO_COMPARTMENT_ID, 2).status,
		      STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, caller.set(SOL_SOCKET, SO_OOBINLINE, 0).status, STATUS_NOT_SUPPORTED);
}

void socket_state(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	struct {
		CSADDR_INFO info;
		SOCKADDR_STORAGE addresses[2];
	} reply = {};

	REQUIRE(test, pair.connected());
	const Outcome outcome = pair.caller.control({.type = WskGetOption,
						     .code = SO_BSP_STATE,
						     .output = &reply,
						     .output_size = sizeof(reply)});

	expect_ok(test, outcome, outcome.information);
	EXPECT_LE(test, outcome.information, sizeof(reply));
	EXPECT_EQ(test, reply.info.iSocketType, SOCK_STREAM);
	EXPECT_EQ(test, reply.info.iProtocol, IPPROTO_TCP);
	REQUIRE(test, reply.info.LocalAddr.lpSockaddr && reply.info.RemoteAddr.lpSockaddr);
	EXPECT_EQ(test, reply.info.RemoteAddr.lpSockaddr->sa_family, family);
	EXPECT_EQ(test, reinterpret_cast<SOCKADDR_IN *>(reply.info.RemoteAddr.lpSockaddr)->sin_port,
		  RtlUshortByteSwap(pair.listener.address.port()));
	EXPECT_STATUS(test,
		      pair.caller
			      .control({.type = WskGetOption,
					.code = SO_BSP_STATE,
					.output = &reply,
					.output_size = sizeof(reply.info)})
			      .status,
		      STATUS_BUFFER_TOO_SMALL);
}

void sizes_of_segments(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
	const ULONG mtu = family == AF_INET ? IP_MTU : IPV6_MTU;
	Client client(test);
	Pair pair(client, family);
	Caller unconnected(client, family);
	ULONG value;

	REQUIRE(test, pair.connected() && unconnected.open());
	EXPECT_GE(test, pair.caller.get(level, mtu), 1280u);
	EXPECT_GE(test, pair.caller.get(IPPROTO_TCP, TCP_MAXSEG), 500u);
	EXPECT_LT(test, pair.caller.get(IPPROTO_TCP, TCP_MAXSEG), pair.caller.get(level, mtu));
	expect_failed(test,
		      unconnected.control({.type = WskGetOption,
					   .code = mtu,
					   .level = level,
					   .output = &value,
					   .output_size = sizeof(value)}),
		      STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, pair.caller.set(IPPROTO_TCP, TCP_MAXSEG, 1000), STATUS_NOT_SUPPORTED);
}

/* Whether the option reads as these bytes. */
bool reads(Socket &socket, ULONG level, ULONG code, const UCHAR *bytes, SIZE_T size)
{
	UCHAR read[64];
	const Outcome outcome = socket.control({.type = WskGetOption,
						.code = code,
						.level = level,
						.output = read,
						.output_size = sizeof(read)});

	return outcome.status == STATUS_SUCCESS && outcome.information == size &&
	       (!size || RtlEqualMemory(read, bytes, size));
}

void header_options(struct kunit *test)
{
	UCHAR no_operations[] = {1, 1, 1, 0};
	UCHAR hop_by_hop[8] = {0, 0, 1, 4}; /* padding */
	/* Of type 4 (segments), with one. */
	UCHAR routing[24] = {0, 2, 4, 0, 0, 0, 0, 0, 0xfd, 1};
	UCHAR cut_off[] = {0x83, 7, 4, 0}; /* a source route that is not there */
	const ULONG ipv6_options[] = {IPV6_HOPOPTS, IPV6_RTHDR};
	Client client(test);
	Datagram four(client, AF_INET), six(client, AF_INET6);

	REQUIRE(test, four.open() && six.open());
	/* Nothing removes them. */
	expect_ok(test, four.control({.code = IP_OPTIONS, .level = IPPROTO_IP}));
	expect_ok(test, six.control({.code = IPV6_HOPOPTS, .level = IPPROTO_IPV6}));
	expect_ok(test, six.control({.code = IPV6_RTHDR, .level = IPPROTO_IPV6}));
	expect_ok(test, four.control({.code = IP_OPTIONS,
				      .level = IPPROTO_IP,
				      .input = no_operations,
				      .input_size = sizeof(no_operations)}));
	expect_failed(test,
		      four.control({.code = IP_OPTIONS,
				    .level = IPPROTO_IP,
				    .input = cut_off,
				    .input_size = sizeof(cut_off)}),
		      STATUS_INVALID_PARAMETER);
	expect_failed(test,
		      six.control({.code = IPV6_RTHDR,
				   .level = IPPROTO_IPV6,
				   .input = cut_off,
				   .input_size = sizeof(cut_off)}),
		      STATUS_INVALID_PARAMETER);
	/* What could not be set left the others; nothing is nothing. */
	EXPECT_TRUE(test, reads(four, IPPROTO_IP, IP_OPTIONS, no_operations, 4));
	for (ULONG option : ipv6_options)
		EXPECT_TRUE(test, reads(six, IPPROTO_IPV6, option, nullptr, 0));
	expect_ok(test, six.control({.code = IPV6_HOPOPTS,
				     .level = IPPROTO_IPV6,
				     .input = hop_by_hop,
				     .input_size = sizeof(hop_by_hop)}));
	EXPECT_TRUE(test, reads(six, IPPROTO_IPV6, IPV6_HOPOPTS, hop_by_hop, 8));
	expect_ok(test, six.control({.code = IPV6_RTHDR,
				     .level = IPPROTO_IPV6,
				     .input = routing,
				     .input_size = sizeof(routing)}));
	EXPECT_TRUE(test, reads(six, IPPROTO_IPV6, IPV6_RTHDR, routing, 24));
	const Outcome small = six.control({.type = WskGetOption,
					   .code = IPV6_RTHDR,
					   .level = IPPROTO_IPV6,
					   .output = hop_by_hop,
					   .output_size = sizeof(hop_by_hop)});

	EXPECT_STATUS(test, small.status, STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(test, small.information, sizeof(routing));
	expect_ok(test, six.control({.code = IPV6_RTHDR, .level = IPPROTO_IPV6}));
	EXPECT_TRUE(test, reads(six, IPPROTO_IPV6, IPV6_RTHDR, nullptr, 0));
}

void protection_levels(struct kunit *test)
{
	const ULONG levels[] = {PROTECTION_LEVEL_UNRESTRICTED, PROTECTION_LEVEL_EDGERESTRICTED,
				PROTECTION_LEVEL_RESTRICTED, PROTECTION_LEVEL_DEFAULT};
	ULONG read = 0;
	Client client(test);
	Caller six(client, AF_INET6), four(client, AF_INET);

	REQUIRE(test, six.open() && four.open());
	for (ULONG level : levels)
		expect_ok(test, six.set(IPPROTO_IPV6, IPV6_PROTECTION_LEVEL, level));
	expect_refused(test,
		       six.control({.type = WskGetOption,
				    .code = IPV6_PROTECTION_LEVEL,
				    .level = IPPROTO_IPV6,
				    .output = &read,
				    .output_size = sizeof(read)}),
		       STATUS_NOT_SUPPORTED);
	expect_refused(test, six.set(IPPROTO_IPV6, IPV6_PROTECTION_LEVEL, 11),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test, four.set(IPPROTO_IPV6, IPV6_PROTECTION_LEVEL, 10),
		       STATUS_NOT_SUPPORTED);
}

void shared_multicast_ports(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Datagram one(client, family), other(client, family);

	REQUIRE(test, one.open() && other.open());
	expect_ok(test, one.set(SOL_SOCKET, SO_REUSE_MULTICASTPORT, 1));
	EXPECT_EQ(test, one.get(SOL_SOCKET, SO_REUSE_MULTICASTPORT), 1u);
	expect_ok(test, other.set(SOL_SOCKET, SO_REUSE_MULTICASTPORT, 1));
	REQUIRE(test, one.bind_loopback());
	expect_done(test, other.bind(one.address));
	expect_refused(test, one.set(SOL_SOCKET, SO_REUSE_MULTICASTPORT, 0),
		       STATUS_INVALID_DEVICE_STATE);
}

void basic_sockets(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG documented_for_others[] = {SO_REUSEADDR, word(SO_EXCLUSIVEADDRUSE),
					       SO_WSK_EVENT_CALLBACK};
	Client client(test);

	for (const SocketKind &kind : socket_kinds) {
		if (!(kind.bit & kinds_basic))
			continue;
		AnySocket socket(client, kind, family);
		WSK_EVENT_CALLBACK_CONTROL events = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_RECEIVE};

		REQUIRE(test, socket.open());
		for (ULONG option : documented_for_others)
			expect_refused(test,
				       socket.control({.code = option,
						       .input = &events,
						       .input_size = sizeof(events)}),
				       STATUS_NOT_SUPPORTED);
		/* Its table ends with the two functions that every socket has. */
		EXPECT_NOT_NULL(test, (void *)socket.basic()->WskControlSocket);
		EXPECT_NOT_NULL(test, (void *)socket.basic()->WskCloseSocket);
		expect_refused(test, socket.control(ioctl(SIO_WSK_SET_SENDTO_ADDRESS)),
			       STATUS_NOT_SUPPORTED);
	}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("options read as they were set, on every kind of socket that has them",
		      numbers_can_be_set),
	IPV4_AND_IPV6("options are read and set without an IRP, on every kind of socket",
		      numbers_without_irp),
	IPV4_AND_IPV6("options are read and set at DISPATCH_LEVEL", numbers_at_dispatch),
	IPV4_AND_IPV6("options of other kinds of sockets are not supported", other_kinds),
	IPV4_AND_IPV6("values and buffers that are too short are refused", short_numbers),
	IPV4_AND_IPV6("values that an option cannot have are refused", wrong_numbers),
	IPV4_AND_IPV6("options of connections can be changed", numbers_after_connect),
	IPV4_AND_IPV6("options without a meaning on Linux are not supported", not_here),
	IPV4_AND_IPV6("a socket tells what it is", what_a_socket_is),
	IPV4_AND_IPV6("SO_ERROR tells what ended the connection", errors),
	IPV4_AND_IPV6("SO_MAX_MSG_SIZE is of datagrams", message_sizes),
	IPV4_AND_IPV6("what cannot be otherwise cannot be changed", compartments),
	IPV4_AND_IPV6("SO_BSP_STATE tells both addresses", socket_state),
	IPV4_AND_IPV6("path MTU and segment size can be read when connected", sizes_of_segments),
	{"header options are set and removed", header_options},
	{"IPV6_PROTECTION_LEVEL takes Windows' levels", protection_levels},
	IPV4_AND_IPV6("SO_REUSE_MULTICASTPORT shares a port", shared_multicast_ports),
	IPV4_AND_IPV6("basic sockets have neither addresses nor events", basic_sockets),
};

} // namespace

BRIDGE_SUITE(wsk_option, cases, .network = true);
