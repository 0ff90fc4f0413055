// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Each allocation that an operation comes to fails in turn, those that Linux makes included, until
 * the operation gets through: it ends with a clear status, and what it was done to still works.
 */
#include <mstcpip.h>

#include "wsk_control_kinds.h"
#include "wsk_no_memory.h"

namespace
{

using namespace wsk::test;

void registering(struct kunit *test)
{
	needs_failures(test);

	static const WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};

	for_each_allocation(test, [&](Memory &memory) {
		WSK_CLIENT_NPI npi = {nullptr, &dispatch};
		WSK_REGISTRATION registration = {};
		WSK_PROVIDER_NPI provider = {};

		memory.runs_out();
		NTSTATUS status = WskRegister(&npi, &registration);
		if (status == STATUS_SUCCESS) {
			status = WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &provider);
			if (status == STATUS_SUCCESS)
				WskReleaseProviderNPI(&registration);
			WskDeregister(&registration);
		}
		memory.is_back();
		return status;
	});
}

void creating(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	Client client(test);

	REQUIRE(test, client.ready());
	for (const SocketKind &kind : socket_kinds)
		for_each_allocation(test, [&](Memory &memory) {
			Request request;
			const Outcome outcome = issue_short(memory, request, [&](Request &request) {
				request.issue(test, [&](PIRP irp) {
					return client.provider()->WskSocket(
						client.handle(), family, kind.type, kind.protocol,
						kind.category, nullptr, nullptr, nullptr, nullptr,
						nullptr, irp);
				});
			});
			Socket socket(client);

			if (outcome.status == STATUS_SUCCESS)
				socket.adopt(reinterpret_cast<PWSK_SOCKET>(outcome.information),
					     kind.category);
			else
				EXPECT_EQ(test, outcome.information, 0u);
			return outcome.status;
		});
}

void creating_connected(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());
	for_each_allocation(
		test,
		[&](Memory &memory) {
			Address any = Address::any(family);
			Request request;
			const Outcome outcome = issue_short(memory, request, [&](Request &request) {
				request.issue(test, [&](PIRP irp) {
					return client.provider()->WskSocketConnect(
						client.handle(), SOCK_STREAM, IPPROTO_TCP, any,
						listener.address, 0, nullptr, nullptr, nullptr,
						nullptr, nullptr, irp);
				});
			});
			Socket caller(client), peer(client);

			if (outcome.status == STATUS_SUCCESS) {
				caller.adopt(outcome);
				peer.adopt(listener.accept());
			}
			return outcome.status;
		},
		true);
}

/* Of listening sockets this is listening, too. */
void binding(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	Client client(test);
	const ULONG categories[] = {WSK_FLAG_LISTEN_SOCKET, WSK_FLAG_CONNECTION_SOCKET};
	Address loopback = Address::loopback(family);

	for (ULONG category : categories)
		for_each_allocation(
			test,
			[&](Memory &memory) {
				Socket socket(client, category, family);
				Request request;
				const Outcome outcome =
					issue_short(memory, request, [&](Request &request) {
						socket.start_bind(request, loopback);
					});

				/* It can be done again. */
				if (outcome.status != STATUS_SUCCESS)
					expect_done(test, socket.bind(loopback));
				return outcome.status;
			},
			true);
	for_each_allocation(
		test,
		[&](Memory &memory) {
			Datagram socket(client, family);
			Request request;
			const Outcome outcome = issue_short(memory, request, [&](Request &request) {
				socket.start_bind(request, loopback);
			});

			if (outcome.status != STATUS_SUCCESS)
				expect_done(test, socket.bind(loopback));
			return outcome.status;
		},
		true);
}

void inspecting(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	static const WSK_CLIENT_LISTEN_DISPATCH dispatch = {
		nullptr,
		[](PVOID, PSOCKADDR, PSOCKADDR, PWSK_INSPECT_ID) { return WskInspectAccept; },
		[](PVOID, PWSK_INSPECT_ID) { return STATUS_SUCCESS; }};
	Client client(test);
	Address loopback = Address::loopback(family);

	for_each_allocation(
		test,
		[&](Memory &memory) {
			Socket socket(client, WSK_FLAG_LISTEN_SOCKET, family, nullptr, &dispatch);
			Request request;

			expect_ok(test, socket.set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, TRUE));
			const Outcome outcome = issue_short(memory, request, [&](Request &request) {
				socket.start_bind(request, loopback);
			});

			if (outcome.status != STATUS_SUCCESS)
				expect_done(test, socket.bind(loopback));
			return outcome.status;
		},
		true);
}

void connecting(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());
	for_each_allocation(test, [&](Memory &memory) {
		Caller caller(client, family);
		Socket peer(client);
		Request request;
		const Outcome outcome = issue_short(memory, request, [&](Request &request) {
			caller.start_connect(request, listener.address);
		});

		if (outcome.status != STATUS_SUCCESS)
			expect_done(test, caller.connect(listener.address));
		peer.adopt(listener.accept());
		return outcome.status;
	});
}

void accepting(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());
	for_each_allocation(test, [&](Memory &memory) {
		Caller caller(client, listener);
		Caller other(client, family);
		Socket peer(client);
		Request request;
		const Outcome outcome = issue_short(
			memory, request, [&](Request &request) { listener.start_accept(request); });

		/* The connection may have been dropped with the socket that there was no room for.
		 */
		if (outcome.status == STATUS_SUCCESS) {
			peer.adopt(outcome);
		} else {
			expect_done(test, other.connect(listener.address));
			peer.adopt(listener.accept());
		}
		EXPECT_TRUE(test, peer.open());
		return outcome.status;
	});
}

/* Either the callback gets the connection, now or when there is memory, or the caller hears. */
void accept_event(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	Client client(test);

	for_each_allocation(test, [&](Memory &memory) {
		AcceptNotes notes(test);
		Listener listener(client, family, &notes, &AcceptNotes::dispatch);
		Caller caller(client, listener);
		Socket peer(client);
		Buffer in(1);
		Request receive;

		caller.start_receive(receive, in.all());
		memory.runs_out();
		const NTSTATUS status = listener.set_events(WSK_EVENT_ACCEPT);
		memory.is_back();
		if (status == STATUS_SUCCESS) {
			for (int ms = 0; ms < 1000 && !notes.calls() && receive.pending(); ms++)
				bridge_sleep_ms(1);
			EXPECT_TRUE(test, notes.calls() || !receive.pending());
			if (notes.calls())
				peer.adopt(notes.take(0));
		}
		return status;
	});
}

void closing(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	Client client(test);
	Listener listener(client, family);

	REQUIRE(test, listener.open());
	for_each_allocation(test, [&](Memory &memory) {
		Caller caller(client, listener);
		Socket peer(client);
		Request request;

		peer.adopt(listener.accept());
		const Outcome outcome = issue_short(
			memory, request, [&](Request &request) { caller.start_close(request); });

		expect_done(test, outcome);
		return outcome.status;
	});
}

/* Options and control codes for which Linux has to allocate. */
void controls(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	const bool ipv4 = family == AF_INET;
	const ULONG level = ipv4 ? IPPROTO_IP : IPPROTO_IPV6;
	Client client(test);
	Datagram socket(client, family);
	Address group = Address::any(family), loopback = Address::loopback(family);
	GROUP_REQ member = {};
	GROUP_SOURCE_REQ source = {};
	alignas(8) UCHAR list[1024];
	SOCKADDR_STORAGE from = {};

	REQUIRE(test, socket.open());
	if (ipv4) {
		group.ipv4()->sin_addr.S_un.S_un_b = {239, 1, 2, 3};
	} else {
		group.ipv6()->sin6_addr.u.Byte[0] = 0xff;
		group.ipv6()->sin6_addr.u.Byte[1] = 0x15;
		group.ipv6()->sin6_addr.u.Byte[15] = 1;
	}
	member.gr_interface = source.gsr_interface = 1;
	RtlCopyMemory(&member.gr_group, static_cast<PSOCKADDR>(group), sizeof(SOCKADDR_IN6));
	source.gsr_group = member.gr_group;
	RtlCopyMemory(&source.gsr_source, static_cast<PSOCKADDR>(loopback), sizeof(SOCKADDR_IN6));

	struct {
		Control control, undo;
	} const pairs[] = {
		{{.code = MCAST_JOIN_GROUP,
		  .level = level,
		  .input = &member,
		  .input_size = sizeof(member)},
		 {.code = MCAST_LEAVE_GROUP,
		  .level = level,
		  .input = &member,
		  .input_size = sizeof(member)}},
		{{.code = MCAST_JOIN_SOURCE_GROUP,
		  .level = level,
		  .input = &source,
		  .input_size = sizeof(source)},
		 {.code = MCAST_LEAVE_SOURCE_GROUP,
		  .level = level,
		  .input = &source,
		  .input_size = sizeof(source)}},
		{ioctl(SIO_ADDRESS_LIST_QUERY, nullptr, 0, list, sizeof(list)), {}},
		{ioctl(SIO_ROUTING_INTERFACE_QUERY, static_cast<PSOCKADDR>(loopback),
		       ipv4 ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6), &from, sizeof(from)),
		 {}},
	};

	for (const auto &pair : pairs)
		for_each_allocation(test, [&](Memory &memory) {
			Request request;
			const Outcome outcome = issue_short(memory, request, [&](Request &request) {
				socket.start_control(request, pair.control);
			});

			if (outcome.status == STATUS_SUCCESS && pair.undo.code)
				expect_ok(test, socket.control(pair.undo));
			return outcome.status;
		});
}

constexpr bridge_case cases[] = {
	{"registering", registering},
	IPV4_AND_IPV6("making sockets of every kind", creating),
	IPV4_AND_IPV6("WskSocketConnect", creating_connected),
	IPV4_AND_IPV6("binding, and listening", binding),
	IPV4_AND_IPV6("listening with conditional accept", inspecting),
	IPV4_AND_IPV6("connecting", connecting),
	IPV4_AND_IPV6("accepting", accepting),
	IPV4_AND_IPV6("WskAcceptEvent with a connection that waits", accept_event),
	IPV4_AND_IPV6("options and control codes", controls),
	IPV4_AND_IPV6("closing, which cannot fail", closing),
};

} // namespace

BRIDGE_SUITE(wsk_no_memory, cases, .network = true);
