// SPDX-License-Identifier: MIT OR GPL-2.0
/* Control codes of WskControlSocket. Addresses that change: the suite wsk_change. */
#include "wsk_control_kinds.h"

namespace
{

using namespace wsk::test;

/* In user mode's headers only. */
constexpr ULONG interface_list = 0x4004747f;
constexpr ULONG send_backlog_query = 0x4004747b;
constexpr ULONG send_backlog_change = 0x2000747a;
constexpr ULONG multicast_filter = 0x8004747d;
constexpr ULONG group_filter = 0x8004747e;

void unknown_codes(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG codes[] = {
		0,
		0x12345678,
		SIO_ASSOCIATE_HANDLE,
		SIO_ENABLE_CIRCULAR_QUEUEING,
		SIO_FIND_ROUTE,
		SIO_FLUSH,
		SIO_GET_EXTENSION_FUNCTION_POINTER,
		SIO_GET_QOS,
		SIO_GET_GROUP_QOS,
		SIO_SET_QOS,
		SIO_SET_GROUP_QOS,
		SIO_TRANSLATE_HANDLE,
		SIO_QUERY_TARGET_PNP_HANDLE,
		SIO_ABSORB_RTRALERT,
		SIO_LIMIT_BROADCASTS,
		SIO_APPLY_TRANSPORT_SETTING,
		SIO_QUERY_TRANSPORT_SETTING,
		SIO_CPU_AFFINITY,
		SIO_TCP_SET_ICW,
		SIO_ACQUIRE_PORT_RESERVATION,
		SIO_RELEASE_PORT_RESERVATION,
		SIO_ASSOCIATE_PORT_RESERVATION,
		SIO_SET_SECURITY,
		SIO_QUERY_SECURITY,
		SIO_SET_PEER_TARGET_NAME,
		SIO_DELETE_PEER_TARGET_NAME,
		SIO_QUERY_WFP_ALE_ENDPOINT_HANDLE,
		SIO_SOCKET_USAGE_NOTIFICATION,
		SIO_SET_COMPATIBILITY_MODE,
	};
	Client client(test);

	for (const SocketKind &kind : socket_kinds) {
		AnySocket socket(client, kind, family);
		ULONG buffer[16] = {};

		REQUIRE(test, socket.open());
		for (ULONG code : codes) {
			const Control call =
				ioctl(code, buffer, sizeof(buffer), buffer, sizeof(buffer));

			expect_refused(test, socket.control(call), STATUS_NOT_SUPPORTED);
			EXPECT_RULES(test, 1,
				     EXPECT_STATUS(test, control_now(socket, call),
						   STATUS_NOT_SUPPORTED));
		}
	}
}

void extensions(struct kunit *test, ADDRESS_FAMILY family)
{
	static constexpr GUID other = {0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
	WSK_EXTENSION_CONTROL_IN in = {&other, nullptr, nullptr};
	WSK_EXTENSION_CONTROL_OUT out = {};
	Client client(test);

	for (const SocketKind &kind : socket_kinds) {
		AnySocket socket(client, kind, family);

		REQUIRE(test, socket.open());
		/* Drivers ask whether there is one: nothing is wrong with that. */
		EXPECT_RULES(
			test, 0,
			EXPECT_STATUS(test,
				      control_now(socket, ioctl(SIO_WSK_REGISTER_EXTENSION, &in,
								sizeof(in), &out, sizeof(out))),
				      STATUS_NOT_SUPPORTED));
		expect_refused(test,
			       socket.control(ioctl(SIO_WSK_REGISTER_EXTENSION, &in, 8, &out,
						    sizeof(out))),
			       STATUS_INVALID_PARAMETER);
	}
}

/* Whether it is there, and whether the pointers stay inside. */
bool holds_loopback(const UCHAR *buffer, SIZE_T size, ADDRESS_FAMILY family)
{
	auto *list = reinterpret_cast<const SOCKET_ADDRESS_LIST *>(buffer);
	Address loopback = Address::loopback(family);
	bool found = false;

	for (INT i = 0; i < list->iAddressCount; i++) {
		const SOCKET_ADDRESS &one = list->Address[i];
		const UCHAR *at = reinterpret_cast<const UCHAR *>(one.lpSockaddr);

		if (at < buffer || at + one.iSockaddrLength > buffer + size ||
		    one.lpSockaddr->sa_family != family)
			return false;
		found = found || RtlEqualMemory(one.lpSockaddr, static_cast<PSOCKADDR>(loopback),
						family == AF_INET ? sizeof(SOCKADDR_IN)
								  : sizeof(SOCKADDR_IN6));
	}
	return found;
}

void address_list(struct kunit *test, ADDRESS_FAMILY family)
{
	alignas(8) UCHAR buffer[2048];
	Client client(test);

	for (const SocketKind &kind : socket_kinds) {
		AnySocket socket(client, kind, family);
		SIZE_T needed = 0, size = 0;

		REQUIRE(test, socket.open());
		EXPECT_RULES(
			test, 0,
			EXPECT_STATUS(test,
				      control_now(socket, ioctl(SIO_ADDRESS_LIST_QUERY), &needed),
				      STATUS_BUFFER_OVERFLOW));
		EXPECT_GT(test, needed, sizeof(SOCKET_ADDRESS_LIST));
		REQUIRE(test, needed <= sizeof(buffer));
		EXPECT_STATUS(
			test,
			control_now(socket,
				    ioctl(SIO_ADDRESS_LIST_QUERY, nullptr, 0, buffer, needed - 1),
				    &size),
			STATUS_BUFFER_OVERFLOW);
		EXPECT_EQ(test, size, needed);
		EXPECT_STATUS(test,
			      control_now(socket,
					  ioctl(SIO_ADDRESS_LIST_QUERY, nullptr, 0, buffer, needed),
					  &size),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, size, needed);
		EXPECT_TRUE(test, holds_loopback(buffer, needed, family));

		/* There should be no IRP, but one that is there is not forgotten. */
		const Outcome outcome = socket.control(
			ioctl(SIO_ADDRESS_LIST_QUERY, nullptr, 0, buffer, sizeof(buffer)));
		expect_ok(test, outcome, needed);
	}
}

void at_passive_level_only(struct kunit *test, ADDRESS_FAMILY family)
{
	const ULONG codes[] = {SIO_ADDRESS_LIST_QUERY, SIO_ADDRESS_LIST_CHANGE,
			       SIO_ADDRESS_LIST_SORT};
	alignas(8) UCHAR buffer[2048] = {};
	Client client(test);
	Caller caller(client, family);

	REQUIRE(test, caller.open());
	for (ULONG code : codes) {
		Request request;

		at_dispatch([&]() {
			caller.start_control(request, ioctl(code, buffer, sizeof(buffer), buffer,
							    sizeof(buffer)));
		});
		expect_refused(test, request.wait(), STATUS_REQUEST_NOT_ACCEPTED);
	}
}

void address_sort(struct kunit *test, ADDRESS_FAMILY family)
{
	Address far = Address::foreign(family), near = Address::loopback(family);
	const INT size = family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
	struct {
		INT count = 2;
		SOCKET_ADDRESS addresses[2];
	} list, sorted = {};
	SIZE_T written = 0;
	Client client(test);
	AnySocket socket(client, socket_kinds[3], family);

	REQUIRE(test, socket.open());
	list.addresses[0] = {far, size};
	list.addresses[1] = {near, size};
	EXPECT_STATUS(test,
		      control_now(socket,
				  ioctl(SIO_ADDRESS_LIST_SORT, &list, sizeof(list), &sorted,
					sizeof(sorted)),
				  &written),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, written, sizeof(sorted));
	EXPECT_EQ(test, sorted.count, 2);
	/* No route leads to the other one. */
	EXPECT_PTR_EQ(test, sorted.addresses[0].lpSockaddr, static_cast<PSOCKADDR>(near));
	EXPECT_PTR_EQ(test, sorted.addresses[1].lpSockaddr, static_cast<PSOCKADDR>(far));
	/* In place. */
	EXPECT_STATUS(test,
		      control_now(socket, ioctl(SIO_ADDRESS_LIST_SORT, &list, sizeof(list), &list,
						sizeof(list))),
		      STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, list.addresses[0].lpSockaddr, static_cast<PSOCKADDR>(near));
	EXPECT_STATUS(test,
		      control_now(socket,
				  ioctl(SIO_ADDRESS_LIST_SORT, &list, sizeof(list), &sorted, 8),
				  &written),
		      STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(test, written, sizeof(sorted));
	list.count = 3;
	EXPECT_STATUS(test,
		      control_now(socket, ioctl(SIO_ADDRESS_LIST_SORT, &list, sizeof(list), &sorted,
						sizeof(sorted))),
		      STATUS_INVALID_PARAMETER);
	list.count = -1;
	EXPECT_STATUS(test,
		      control_now(socket, ioctl(SIO_ADDRESS_LIST_SORT, &list, sizeof(list), &sorted,
						sizeof(sorted))),
		      STATUS_INVALID_PARAMETER);
	list.count = 2;
	list.addresses[1].lpSockaddr = nullptr;
	EXPECT_STATUS(test,
		      control_now(socket, ioctl(SIO_ADDRESS_LIST_SORT, &list, sizeof(list), &sorted,
						sizeof(sorted))),
		      STATUS_INVALID_PARAMETER);
}

void routing(struct kunit *test, ADDRESS_FAMILY family)
{
	Address near = Address::loopback(family, 80), far = Address::foreign(family, 80), from;
	const SIZE_T size = family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
	Client client(test);

	for (const SocketKind &kind : socket_kinds) {
		AnySocket socket(client, kind, family);

		REQUIRE(test, socket.open());
		expect_ok(test,
			  socket.control(ioctl(SIO_ROUTING_INTERFACE_QUERY,
					       static_cast<PSOCKADDR>(near), size,
					       static_cast<PSOCKADDR>(from), size)),
			  size);
		EXPECT_TRUE(test, from == Address::loopback(family));
		EXPECT_STATUS(test,
			      socket.control(ioctl(SIO_ROUTING_INTERFACE_QUERY,
						   static_cast<PSOCKADDR>(far), size,
						   static_cast<PSOCKADDR>(from), size))
				      .status,
			      STATUS_NETWORK_UNREACHABLE);
		EXPECT_STATUS(test,
			      socket.control(ioctl(SIO_ROUTING_INTERFACE_QUERY,
						   static_cast<PSOCKADDR>(near), size - 1,
						   static_cast<PSOCKADDR>(from), size))
				      .status,
			      STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test,
			      socket.control(ioctl(SIO_ROUTING_INTERFACE_QUERY,
						   static_cast<PSOCKADDR>(near), size,
						   static_cast<PSOCKADDR>(from), size - 1))
				      .status,
			      STATUS_BUFFER_TOO_SMALL);
	}
}

void backlogs(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Caller unconnected(client, family);
	Buffer out(1000);
	SIZE_T bytes = 0;
	ULONG readable = 0;

	REQUIRE(test, pair.connected() && unconnected.open() && out.valid());
	expect_ok(test, pair.caller.set(SOL_SOCKET, SO_SNDBUF, 50000));
	expect_ok(test,
		  pair.caller.control(ioctl(SIO_WSK_QUERY_IDEAL_SEND_BACKLOG, nullptr, 0, &bytes,
					    sizeof(bytes))),
		  sizeof(bytes));
	EXPECT_EQ(test, bytes, 50000u);
	expect_ok(test,
		  pair.caller.control(
			  ioctl(send_backlog_query, nullptr, 0, &readable, sizeof(readable))),
		  sizeof(readable));
	EXPECT_EQ(test, readable, 50000u);

	expect_done(test, pair.caller.send(out.all()), out.length());
	expect_ok(test,
		  pair.peer.control(
			  ioctl(SIO_WSK_QUERY_RECEIVE_BACKLOG, nullptr, 0, &bytes, sizeof(bytes))),
		  sizeof(bytes));
	EXPECT_EQ(test, bytes, out.length());
	expect_ok(test,
		  pair.peer.control(ioctl(bytes_readable, nullptr, 0, &readable, sizeof(readable))),
		  sizeof(readable));
	EXPECT_EQ(test, readable, out.length());
	expect_at_mark(test, pair.peer, 1);

	expect_refused(
		test,
		pair.peer.control(ioctl(SIO_WSK_QUERY_RECEIVE_BACKLOG, nullptr, 0, &bytes, 4)),
		STATUS_BUFFER_TOO_SMALL);
	expect_refused(test,
		       unconnected.control(ioctl(SIO_WSK_QUERY_RECEIVE_BACKLOG, nullptr, 0, &bytes,
						 sizeof(bytes))),
		       STATUS_INVALID_DEVICE_STATE);
	expect_refused(test,
		       unconnected.control(ioctl(SIO_WSK_QUERY_IDEAL_SEND_BACKLOG, nullptr, 0,
						 &bytes, sizeof(bytes))),
		       STATUS_INVALID_DEVICE_STATE);
	expect_refused(test,
		       pair.listener.control(ioctl(SIO_WSK_QUERY_RECEIVE_BACKLOG, nullptr, 0,
						   &bytes, sizeof(bytes))),
		       STATUS_NOT_SUPPORTED);
}

void first_datagram(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Datagram from(client, family), to(client, family);

	REQUIRE(test, from.bind_loopback() && to.bind_loopback());
	EXPECT_EQ(test, to.readable(), 0u);
	from.send_stream(to.address, 0, 100);
	from.send_stream(to.address, 100, 200);
	EXPECT_EQ(test, to.readable(), 100u);
	/* Looking does not take. */
	to.expect_stream(0, 100);
	to.expect_stream(100, 200);
}

void backlog_changes(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Request request, other;

	REQUIRE(test, pair.connected());
	pair.caller.start_control(request, ioctl(send_backlog_change));
	EXPECT_TRUE(test, request.pending());
	expect_ok(test, pair.caller.set(SOL_SOCKET, SO_SNDBUF, 60000));
	expect_done(test, request.wait());
	/* Once. */
	pair.caller.start_control(other, ioctl(send_backlog_change));
	EXPECT_TRUE(test, other.cancel());
	expect_failed(test, other.wait(), STATUS_CANCELLED);
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, control_now(pair.caller, ioctl(send_backlog_change)),
				   STATUS_REQUEST_NOT_ACCEPTED));
}

void keepalives(struct kunit *test, ADDRESS_FAMILY family)
{
	struct tcp_keepalive values = {1, 1500, 250}, none = {0, 1, 1};
	Client client(test);
	Pair pair(client, family);

	REQUIRE(test, pair.connected());
	expect_ok(test, pair.caller.control(ioctl(SIO_KEEPALIVE_VALS, &values, sizeof(values))));
	EXPECT_EQ(test, pair.caller.get(SOL_SOCKET, SO_KEEPALIVE), 1u);
	EXPECT_EQ(test, pair.caller.get(IPPROTO_TCP, TCP_KEEPALIVE), 1u); /* seconds */
	expect_ok(test, pair.caller.control(ioctl(SIO_KEEPALIVE_VALS, &none, sizeof(none))));
	EXPECT_EQ(test, pair.caller.get(SOL_SOCKET, SO_KEEPALIVE), 0u);
	/* Off leaves the times as they were. */
	EXPECT_EQ(test, pair.caller.get(IPPROTO_TCP, TCP_KEEPALIVE), 1u);
	/* 0 is the system's choice. */
	values = {1, 0, 0};
	expect_ok(test, pair.caller.control(ioctl(SIO_KEEPALIVE_VALS, &values, sizeof(values))));
	EXPECT_EQ(test, pair.caller.get(IPPROTO_TCP, TCP_KEEPALIVE), 7200u);
	expect_refused(test, pair.caller.control(ioctl(SIO_KEEPALIVE_VALS, &values, 8)),
		       STATUS_INVALID_PARAMETER);
}

void tcp_info(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Buffer out(1000), in(1000);
	TCP_INFO_v0 old = {};
	TCP_INFO_v1 info = {};
	ULONG version = 0;

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	expect_done(test, pair.caller.send(out.all()), out.length());
	expect_done(test, pair.peer.receive(in.all()), in.length());
	expect_ok(test,
		  pair.caller.control(
			  ioctl(SIO_TCP_INFO, &version, sizeof(version), &old, sizeof(old))),
		  sizeof(old));
	EXPECT_EQ(test, old.State, TCPSTATE_ESTABLISHED);
	EXPECT_EQ(test, old.BytesOut, 1000u);
	EXPECT_EQ(test, old.BytesIn, 0u);
	EXPECT_EQ(test, old.Mss, pair.caller.get(IPPROTO_TCP, TCP_MAXSEG));
	EXPECT_GT(test, old.Cwnd, 0u);
	EXPECT_GT(test, old.SndWnd, 0u);
	EXPECT_GT(test, old.RcvWnd, 0u);
	version = 1;
	expect_ok(test,
		  pair.peer.control(
			  ioctl(SIO_TCP_INFO, &version, sizeof(version), &info, sizeof(info))),
		  sizeof(info));
	EXPECT_EQ(test, info.BytesIn, 1000u);
	/* Each version has its size. */
	EXPECT_STATUS(
		test,
		pair.peer
			.control(ioctl(SIO_TCP_INFO, &version, sizeof(version), &info, sizeof(old)))
			.status,
		STATUS_BUFFER_TOO_SMALL);
	version = 2;
	EXPECT_STATUS(test,
		      pair.peer
			      .control(ioctl(SIO_TCP_INFO, &version, sizeof(version), &info,
					     sizeof(info)))
			      .status,
		      STATUS_NOT_SUPPORTED);
	version = 0;
	expect_ok(test,
		  pair.listener.control(
			  ioctl(SIO_TCP_INFO, &version, sizeof(version), &old, sizeof(old))),
		  sizeof(old));
	EXPECT_EQ(test, old.State, TCPSTATE_LISTEN);
}

void tcp_settings(struct kunit *test, ADDRESS_FAMILY family)
{
	TCP_INITIAL_RTO_PARAMETERS rto = {TCP_INITIAL_RTO_UNSPECIFIED_RTT, 1};
	UCHAR frequency = 1;
	ULONG on = 1, hint = 0;
	BOOLEAN byte = TRUE;
	USHORT odd = 1;
	Client client(test);
	Caller caller(client, family);
	Pair pair(client, family);

	REQUIRE(test, caller.open() && pair.connected());
	expect_ok(test, caller.control(ioctl(SIO_TCP_INITIAL_RTO, &rto, sizeof(rto))));
	EXPECT_EQ(test, caller.get(IPPROTO_TCP, TCP_NOSYNRETRIES), 0u);
	rto.MaxSynRetransmissions = TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS;
	expect_ok(test, caller.control(ioctl(SIO_TCP_INITIAL_RTO, &rto, sizeof(rto))));
	EXPECT_EQ(test, caller.get(IPPROTO_TCP, TCP_NOSYNRETRIES), 1u);
	expect_ok(test, caller.control(ioctl(SIO_TCP_SET_ACK_FREQUENCY, &frequency, 1)));
	expect_ok(test, caller.control(ioctl(SIO_LOOPBACK_FAST_PATH, &on, sizeof(on))));
	expect_ok(test, caller.control(ioctl(SIO_LOOPBACK_FAST_PATH, &byte, sizeof(byte))));
	expect_refused(test, caller.control(ioctl(SIO_LOOPBACK_FAST_PATH, &odd, sizeof(odd))),
		       STATUS_INVALID_BUFFER_SIZE);
	expect_refused(test, pair.caller.control(ioctl(SIO_LOOPBACK_FAST_PATH, &on, sizeof(on))),
		       STATUS_INVALID_DEVICE_STATE);
	for (hint = 0; hint < 3; hint++)
		expect_ok(test, caller.control(ioctl(SIO_SET_PRIORITY_HINT, &hint, sizeof(hint))));
	EXPECT_STATUS(test,
		      caller.control(ioctl(SIO_SET_PRIORITY_HINT, &hint, sizeof(hint))).status,
		      STATUS_INVALID_PARAMETER);
}

void receive_side_scaling(struct kunit *test, ADDRESS_FAMILY family)
{
	SOCKET_PROCESSOR_AFFINITY affinity = {{9, 9, 9}, 9, 9};
	RSS_SCALABILITY_INFO scalability = {};
	Client client(test);
	Pair pair(client, family);

	REQUIRE(test, pair.connected());
	expect_ok(test,
		  pair.caller.control(ioctl(SIO_QUERY_RSS_PROCESSOR_INFO, nullptr, 0, &affinity,
					    sizeof(affinity))),
		  sizeof(affinity));
	EXPECT_EQ(test, affinity.Processor.Group, 0);
	expect_ok(test,
		  pair.caller.control(ioctl(SIO_QUERY_RSS_SCALABILITY_INFO, nullptr, 0,
					    &scalability, sizeof(scalability))),
		  sizeof(scalability));
	EXPECT_EQ(test, scalability.RssEnabled, TRUE);
}

void redirects(struct kunit *test, ADDRESS_FAMILY family)
{
	UCHAR record[64] = {};
	Client client(test);
	Pair pair(client, family);

	REQUIRE(test, pair.connected());
	EXPECT_STATUS(test,
		      pair.peer
			      .control(ioctl(SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, nullptr, 0,
					     record, sizeof(record)))
			      .status,
		      STATUS_NOT_FOUND);
	EXPECT_STATUS(test,
		      pair.peer
			      .control(ioctl(SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, nullptr, 0,
					     record, sizeof(record)))
			      .status,
		      STATUS_NOT_FOUND);
	expect_ok(test, pair.caller.control(ioctl(SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, record,
						  sizeof(record))));
}

void datagram_settings(struct kunit *test, ADDRESS_FAMILY family)
{
	ULONG value = 0;
	Client client(test);
	Datagram udp(client, family);
	Caller caller(client, family);

	REQUIRE(test, udp.open() && caller.open());
	expect_ok(test, udp.control(ioctl(SIO_UDP_CONNRESET, &value, sizeof(value))));
	expect_ok(test, udp.control(ioctl(SIO_UDP_CONNRESET, &value, 1)));
	expect_ok(test, udp.control(ioctl(SIO_UDP_NETRESET, &value, sizeof(value))));
	expect_ok(test, udp.control(ioctl(SIO_MULTIPOINT_LOOPBACK, &value, sizeof(value))));
	EXPECT_EQ(test,
		  family == AF_INET ? udp.get(IPPROTO_IP, IP_MULTICAST_LOOP)
				    : udp.get(IPPROTO_IPV6, IPV6_MULTICAST_LOOP),
		  0u);
	value = 5;
	expect_ok(test, udp.control(ioctl(SIO_MULTICAST_SCOPE, &value, sizeof(value))));
	EXPECT_EQ(test,
		  family == AF_INET ? udp.get(IPPROTO_IP, IP_MULTICAST_TTL)
				    : udp.get(IPPROTO_IPV6, IPV6_MULTICAST_HOPS),
		  5u);
	for (ULONG code = SIO_UDP_CONNRESET; code == SIO_UDP_CONNRESET; code = SIO_MULTICAST_SCOPE)
		expect_refused(test, caller.control(ioctl(code, &value, sizeof(value))),
			       STATUS_NOT_SUPPORTED);
}

void ipv4_interfaces(struct kunit *test)
{
	struct Info {
		ULONG flags;
		UCHAR address[24], broadcast[24], netmask[24];
	} infos[8] = {};
	SOCKADDR_IN broadcast = {};
	Address loopback = Address::loopback(AF_INET);
	SIZE_T written = 0;
	bool found = false;
	Client client(test);
	Datagram udp(client, AF_INET);

	REQUIRE(test, udp.open());
	EXPECT_STATUS(test, control_now(udp, ioctl(interface_list), &written),
		      STATUS_BUFFER_OVERFLOW);
	EXPECT_STATUS(
		test,
		control_now(udp, ioctl(interface_list, nullptr, 0, infos, sizeof(infos)), &written),
		STATUS_SUCCESS);
	EXPECT_EQ(test, written % sizeof(Info), 0u);
	for (SIZE_T i = 0; i < written / sizeof(Info); i++)
		if (RtlEqualMemory(infos[i].address, static_cast<PSOCKADDR>(loopback),
				   sizeof(SOCKADDR_IN))) {
			found = true;
			EXPECT_EQ(test, infos[i].flags & 5, 5u); /* up, loopback */
			EXPECT_EQ(test, infos[i].netmask[4], 255);
			EXPECT_EQ(test, infos[i].netmask[5], 0);
		}
	EXPECT_TRUE(test, found);
	expect_ok(test,
		  udp.control(ioctl(SIO_GET_BROADCAST_ADDRESS, nullptr, 0, &broadcast,
				    sizeof(broadcast))),
		  sizeof(broadcast));
	EXPECT_EQ(test, broadcast.sin_family, AF_INET);
	EXPECT_EQ(test, broadcast.sin_addr.s_addr, (ULONG)INADDR_BROADCAST);
}

void silence_on_loopback(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Pair pair(client, family);
	Caller unconnected(client, family);
	Buffer out(10);

	REQUIRE(test, pair.connected() && unconnected.open() && out.valid());
	expect_failed(test, pair.caller.control(ioctl(SIO_WSK_SET_TCP_SILENT_MODE)),
		      STATUS_NOT_SUPPORTED);
	/* It goes on as before. */
	expect_done(test, pair.caller.send(out.all()), out.length());
	expect_refused(test, unconnected.control(ioctl(SIO_WSK_SET_TCP_SILENT_MODE)),
		       STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, pair.listener.control(ioctl(SIO_WSK_SET_TCP_SILENT_MODE)),
		       STATUS_NOT_SUPPORTED);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("codes without a meaning on Linux are not supported", unknown_codes),
	IPV4_AND_IPV6("there are no extensions", extensions),
	IPV4_AND_IPV6("addresses are listed, or the size of the list is told", address_list),
	IPV4_AND_IPV6("lists of addresses are for PASSIVE_LEVEL", at_passive_level_only),
	IPV4_AND_IPV6("addresses are sorted by whether they can be reached", address_sort),
	IPV4_AND_IPV6("the address is told that packets leave with", routing),
	IPV4_AND_IPV6("backlogs are told in both directions", backlogs),
	IPV4_AND_IPV6("the size of the first datagram is told", first_datagram),
	IPV4_AND_IPV6("a change of the ideal send backlog is waited for", backlog_changes),
	IPV4_AND_IPV6("keep-alives are set in milliseconds", keepalives),
	IPV4_AND_IPV6("SIO_TCP_INFO tells what TCP knows", tcp_info),
	IPV4_AND_IPV6("settings of TCP are taken", tcp_settings),
	IPV4_AND_IPV6("receive-side scaling is told", receive_side_scaling),
	IPV4_AND_IPV6("nothing has been redirected", redirects),
	IPV4_AND_IPV6("settings of datagrams are taken", datagram_settings),
	{"IPv4's interfaces are listed", ipv4_interfaces},
	IPV4_AND_IPV6("loopback connections cannot be silenced", silence_on_loopback),
};

} // namespace

BRIDGE_SUITE(wsk_ioctl, cases, .network = true);
