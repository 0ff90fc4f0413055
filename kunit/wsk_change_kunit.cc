// SPDX-License-Identifier: MIT OR GPL-2.0
/* SIO_ADDRESS_LIST_CHANGE and SIO_ROUTING_INTERFACE_CHANGE: requests that wait for a change. */
#include "net_address.h"
#include "port/net.h"
#include "wsk_control_kinds.h"
#include "wsk_space.h"

namespace
{

using namespace wsk::test;

/* Adds an address to the current namespace, and takes it away. */
bool change_addresses(ADDRESS_FAMILY family, bool add)
{
	const UCHAR ipv4[] = {198, 51, 100, 7};
	const UCHAR ipv6[16] = {0xfd, 0x57, 0x53, 0x4b, 0, 7};

	return !net_address_change(family == AF_INET ? PORT_AF_INET : PORT_AF_INET6,
				   family == AF_INET ? ipv4 : ipv6, add);
}

Control waits_for_addresses()
{
	return ioctl(SIO_ADDRESS_LIST_CHANGE);
}

SIZE_T list_size(Socket &socket)
{
	SIZE_T size = 0;

	control_now(socket, ioctl(SIO_ADDRESS_LIST_QUERY), &size);
	return size;
}

void each_change_is_told_once(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Space space(test);

	space.run([&]() {
		AnySocket socket(client, socket_kinds[3], family);
		Request added, removed;

		REQUIRE(test, socket.open());
		const SIZE_T before = list_size(socket);

		socket.start_control(added, waits_for_addresses());
		EXPECT_TRUE(test, added.pending());
		EXPECT_TRUE(test, change_addresses(family, true));
		expect_done(test, added.wait());
		EXPECT_GT(test, list_size(socket), before);
		socket.start_control(removed, waits_for_addresses());
		EXPECT_TRUE(test, removed.pending());
		EXPECT_TRUE(test, change_addresses(family, false));
		expect_done(test, removed.wait());
		EXPECT_EQ(test, list_size(socket), before);
	});
}

void every_socket_is_told(struct kunit *test, ADDRESS_FAMILY family)
{
	const ADDRESS_FAMILY other_family = family == AF_INET ? AF_INET6 : AF_INET;
	Client client(test);
	Space space(test);
	AnySocket elsewhere(client, socket_kinds[3], family);
	Request not_here;

	elsewhere.start_control(not_here, waits_for_addresses());
	space.run([&]() {
		AnySocket one(client, socket_kinds[1], family);
		AnySocket two(client, socket_kinds[4], family);
		AnySocket other(client, socket_kinds[1], other_family);
		Request first, second, third, not_this_family;

		REQUIRE(test, one.open() && two.open() && other.open());
		one.start_control(first, waits_for_addresses());
		one.start_control(second, waits_for_addresses());
		two.start_control(third, waits_for_addresses());
		other.start_control(not_this_family, waits_for_addresses());
		EXPECT_TRUE(test, change_addresses(family, true));
		expect_done(test, first.wait());
		expect_done(test, second.wait());
		expect_done(test, third.wait());
		EXPECT_TRUE(test, not_this_family.pending());
		EXPECT_TRUE(test, not_here.pending());
		EXPECT_TRUE(test, not_this_family.cancel());
		expect_failed(test, not_this_family.wait(), STATUS_CANCELLED);
	});
	EXPECT_TRUE(test, not_here.cancel());
	expect_failed(test, not_here.wait(), STATUS_CANCELLED);
}

/* The address that change_addresses() adds. */
Address added_address(ADDRESS_FAMILY family)
{
	Address address = Address::foreign(family);
	const UCHAR ipv4[] = {198, 51, 100, 7};
	const UCHAR ipv6[16] = {0xfd, 0x57, 0x53, 0x4b, 0, 7};

	if (family == AF_INET)
		RtlCopyMemory(&address.ipv4()->sin_addr, ipv4, sizeof(ipv4));
	else
		RtlCopyMemory(&address.ipv6()->sin6_addr, ipv6, sizeof(ipv6));
	return address;
}

Control waits_for_route(Address &destination, SIZE_T size)
{
	return ioctl(SIO_ROUTING_INTERFACE_CHANGE, static_cast<PSOCKADDR>(destination), size);
}

void routes_change(struct kunit *test, ADDRESS_FAMILY family)
{
	Address elsewhere = Address::foreign(family), there = added_address(family);
	const SIZE_T size = family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
	Client client(test);
	Space space(test);

	space.run([&]() {
		AnySocket socket(client, socket_kinds[1], family);
		Request request, other, again, at_dispatch_level;

		REQUIRE(test, socket.open());
		socket.start_control(other, waits_for_route(elsewhere, size));
		socket.start_control(request, waits_for_route(there, size));
		EXPECT_TRUE(test, request.pending());
		/* An address has routes. */
		EXPECT_TRUE(test, change_addresses(family, true));
		expect_done(test, request.wait());
		/* Not the other one's. */
		EXPECT_TRUE(test, other.pending());
		/* Nothing has changed since. */
		socket.start_control(again, waits_for_route(there, size));
		at_dispatch([&]() {
			socket.start_control(at_dispatch_level, waits_for_route(elsewhere, size));
		});
		EXPECT_TRUE(test, again.pending());
		EXPECT_TRUE(test, change_addresses(family, false));
		expect_done(test, again.wait());
		EXPECT_TRUE(test, other.pending());
		EXPECT_TRUE(test, at_dispatch_level.pending());
		EXPECT_TRUE(test, other.cancel());
		expect_failed(test, other.wait(), STATUS_CANCELLED);
		expect_refused(test, socket.control(waits_for_route(elsewhere, size - 1)),
			       STATUS_INVALID_PARAMETER);
		socket.close();
		expect_failed(test, at_dispatch_level.wait(), STATUS_CANCELLED);
	});
}

void routes_end(struct kunit *test, ADDRESS_FAMILY family)
{
	Address destination = Address::foreign(family);
	const SIZE_T size = family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
	constexpr int rounds = 20;
	Client client(test);

	/* Whatever the work item is about just then. */
	for (int i = 0; i < rounds; i++) {
		Request first, second;
		AnySocket socket(client, socket_kinds[4], family);

		REQUIRE(test, socket.open());
		socket.start_control(first, waits_for_route(destination, size));
		socket.start_control(second, waits_for_route(destination, size));
		if (i % 2)
			(void)first.cancel();
		socket.close();
		expect_failed(test, first.wait(), STATUS_CANCELLED);
		expect_failed(test, second.wait(), STATUS_CANCELLED);
	}
}

void cancelled_while_looked_at(struct kunit *test, ADDRESS_FAMILY family)
{
	Address destination = Address::foreign(family);
	const SIZE_T size = family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
	Client client(test);
	AnySocket socket(client, socket_kinds[4], family);
	Request cancelled_request, other;

	REQUIRE(test, socket.open());
	net_address_hold_all();
	socket.start_control(cancelled_request, waits_for_route(destination, size));
	socket.start_control(other, waits_for_route(destination, size));
	bridge_sleep_ms(20); /* the work item waits for us, with the first of them */
	EXPECT_TRUE(test, cancelled_request.cancel());
	expect_failed(test, cancelled_request.wait(), STATUS_CANCELLED);
	net_address_let_go();
	EXPECT_TRUE(test, other.pending());
	EXPECT_TRUE(test, other.cancel());
	expect_failed(test, other.wait(), STATUS_CANCELLED);
}

void note_thread(void *thread)
{
	*static_cast<PKTHREAD *>(thread) = KeGetCurrentThread();
}

void news_complete_nothing(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Space space(test);

	space.run([&]() {
		AnySocket socket(client, socket_kinds[1], family);
		Request request;
		PKTHREAD completer = nullptr;
		PIRP sent = nullptr;

		REQUIRE(test, socket.open());
		request.on_completion(note_thread, &completer);
		request.issue(test, [&](PIRP irp) {
			sent = irp;
			return socket.basic()->WskControlSocket(socket.handle(), WskIoctl,
								SIO_ADDRESS_LIST_CHANGE, 0, 0,
								nullptr, 0, nullptr, nullptr, irp);
		});
		REQUIRE(test, request.pending());
		sent->Cancel = TRUE; /* as far as IoCancelIrp may have come */
		EXPECT_TRUE(test, change_addresses(family, true));
		(void)request.wait();
		EXPECT_TRUE(test, completer && completer != KeGetCurrentThread());
		EXPECT_TRUE(test, change_addresses(family, false));
	});
}

void closing_ends_waiting(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);

	for (const SocketKind &kind : socket_kinds) {
		Request request, cancelled_request;
		AnySocket socket(client, kind, family);

		REQUIRE(test, socket.open());
		socket.start_control(request, waits_for_addresses());
		socket.start_control(cancelled_request, waits_for_addresses());
		EXPECT_TRUE(test, cancelled_request.cancel());
		expect_failed(test, cancelled_request.wait(), STATUS_CANCELLED);
		EXPECT_TRUE(test, request.pending());
		socket.close();
		expect_failed(test, request.wait(), STATUS_CANCELLED);
		EXPECT_RULES(test, 0, (void)0);
	}
}

void waiting_needs_an_irp(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Caller caller(client, family);

	REQUIRE(test, caller.open());
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, control_now(caller, waits_for_addresses()),
				   STATUS_REQUEST_NOT_ACCEPTED));
}

void death_ends_waiting(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Space space(test);
	Request request;
	Socket socket(client);

	space.run([&]() {
		AnySocket made(client, socket_kinds[1], family);

		socket.adopt(made.release());
	});
	REQUIRE(test, socket.open());
	socket.start_control(request, waits_for_addresses());
	space.drop();
	/* Its addresses go first, or it does. */
	const NTSTATUS status = request.wait().status;

	EXPECT_TRUE(test, status == STATUS_SUCCESS || status == STATUS_FILE_FORCED_CLOSED);
	EXPECT_TRUE(test, net_space_settle());
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("each change of addresses is told once", each_change_is_told_once),
	IPV4_AND_IPV6("a change is told to all that wait, of its family and namespace",
		      every_socket_is_told),
	IPV4_AND_IPV6("a change of the route is told, others are not", routes_change),
	IPV4_AND_IPV6("closing ends waiting for a route at any moment", routes_end),
	IPV4_AND_IPV6("a request is cancelled at once while its route is looked at",
		      cancelled_while_looked_at),
	IPV4_AND_IPV6("who brings the news of a change completes nothing, cancelled or not",
		      news_complete_nothing),
	IPV4_AND_IPV6("closing and cancelling end the waiting", closing_ends_waiting),
	IPV4_AND_IPV6("waiting needs an IRP", waiting_needs_an_irp),
	IPV4_AND_IPV6("the end of the namespace ends the waiting", death_ends_waiting),
};

} // namespace

BRIDGE_SUITE(wsk_change, cases, .network = true);
