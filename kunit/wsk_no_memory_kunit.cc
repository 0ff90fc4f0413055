// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Each allocation that an operation comes to fails in turn, those that Linux makes included, until
 * the operation gets through: it ends with a clear status, and what it was done to still works.
 */
#include <mstcpip.h>

#include "short_memory.h"
#include "wsk_control_kinds.h"

namespace
{

using namespace wsk::test;

constexpr unsigned int most_allocations = 400;

/* What an attempt is made with: a shortage for as long as it wants one. */
class Memory
{
public:
	explicit Memory(unsigned int nth) : nth_(nth) {}
	~Memory() { is_back(); }
	Memory(const Memory &) = delete;
	Memory &operator=(const Memory &) = delete;

	void runs_out()
	{
		short_ = true;
		short_memory_begin(nth_);
	}
	void is_back()
	{
		if (short_ && short_memory_end())
			ran_out_ = true;
		short_ = false;
	}
	bool ran_out() const { return ran_out_; }

private:
	unsigned int nth_;
	bool short_ = false;
	bool ran_out_ = false;
};

/* Of a port that it has no memory to note, Linux says that it is taken. */
bool says_no_memory(NTSTATUS status, bool binds)
{
	return status == STATUS_INSUFFICIENT_RESOURCES ||
	       (binds && status == STATUS_ADDRESS_ALREADY_EXISTS);
}

/* First of all in a test: skipping runs no destructors. */
void needs_failures(struct kunit *test)
{
	if (!short_memory_possible())
		bridge_skip(test, "this kernel's allocations cannot be made to fail");
}

/* Attempts return the operation's status. */
template <typename Attempt>
void for_each_allocation(struct kunit *test, Attempt attempt, bool binds = false, Site here = HERE)
{
	for (unsigned int nth = 1; nth < most_allocations; nth++) {
		Memory memory(nth);
		const NTSTATUS status = attempt(memory);

		if (!NT_SUCCESS(status) && !(memory.ran_out() && says_no_memory(status, binds)))
			bridge_fail(test, &here, "without allocation %u: %s", nth,
				    bridge_status_name(status));
		if (!memory.ran_out())
			return;
	}
	bridge_fail(test, &here, "it never gets through");
}

/* The request is issued while memory is short; what it still waits for comes afterwards. */
template <typename Issue>
Outcome issue_short(Memory &memory, Request &request, Issue issue, Site here = HERE)
{
	memory.runs_out();
	issue(request);
	memory.is_back();
	return request.wait(here);
}

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

/* A send that memory is too short for waits for it, as it waits for room. */
void sending(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	constexpr ULONG sizes[] = {100, 30000};
	Client client(test);
	Pair pair(client, family);
	Buffer out(sizes[1]), in(sizes[1]);

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	for (ULONG size : sizes)
		for_each_allocation(test, [&](Memory &memory) {
			Request request;

			in.wipe();
			const Outcome outcome = issue_short(memory, request, [&](Request &request) {
				pair.caller.start_send(request, out.window(0, size));
			});

			expect_done(test, outcome, size);
			expect_done(test, pair.peer.receive(in.window(0, size), WSK_FLAG_WAITALL),
				    size);
			EXPECT_TRUE(test, in.holds(0, size, 0));
			return outcome.status;
		});
}

void receiving(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	constexpr ULONG size = 10000;
	Client client(test);
	Pair pair(client, family);
	Buffer out(size), in({size / 2, size / 2});

	REQUIRE(test, pair.connected() && out.valid() && in.valid());
	out.fill();
	for_each_allocation(test, [&](Memory &memory) {
		Request request;

		in.wipe();
		expect_done(test, pair.caller.send(out.all()), size);
		const Outcome outcome = issue_short(memory, request, [&](Request &request) {
			pair.peer.start_receive(request, in.all(), WSK_FLAG_WAITALL);
		});

		expect_done(test, outcome, size);
		EXPECT_TRUE(test, in.holds(0, size, 0));
		return outcome.status;
	});
}

/* Nothing of a stream is left out. */
struct Told {
	static NTSTATUS WSKAPI on_receive(PVOID context, ULONG, PWSK_DATA_INDICATION list,
					  SIZE_T bytes, SIZE_T *)
	{
		auto *self = static_cast<Told *>(context);

		if (list) {
			self->bytes += bytes;
			KeSetEvent(&self->told, IO_NO_INCREMENT, FALSE);
		}
		return STATUS_SUCCESS;
	}

	Told() { KeInitializeEvent(&told, SynchronizationEvent, FALSE); }
	bool reach(SIZE_T wanted)
	{
		while (bytes < wanted)
			if (!wait_for(&told))
				return false;
		return bytes == wanted;
	}

	static const WSK_CLIENT_CONNECTION_DISPATCH dispatch;

	SIZE_T bytes = 0;
	KEVENT told;
};

const WSK_CLIENT_CONNECTION_DISPATCH Told::dispatch = {Told::on_receive, nullptr, nullptr};

void receive_event(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	constexpr ULONG size = 10000;
	Client client(test);
	Listener listener(client, family);
	Told told;
	Socket caller(client, WSK_FLAG_CONNECTION_SOCKET, family, &told, &Told::dispatch);
	Socket peer(client);
	Buffer out(size);
	SIZE_T sent = 0;

	REQUIRE(test, listener.open() && caller.open() && out.valid());
	expect_done(test, caller.bind(Address::any(family)));
	expect_done(test, caller.connect(listener.address));
	peer.adopt(listener.accept());
	for_each_allocation(test, [&](Memory &memory) {
		expect_done(test, peer.send(out.all()), size);
		sent += size;
		bridge_sleep_ms(10); /* it has all arrived */
		memory.runs_out();
		const NTSTATUS status = caller.set_events(WSK_EVENT_RECEIVE);
		memory.is_back();
		if (status == STATUS_SUCCESS) {
			EXPECT_TRUE(test, told.reach(sent));
			EXPECT_STATUS(test,
				      caller.set_events(WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE),
				      STATUS_SUCCESS);
		}
		return status;
	});
}

void datagrams(struct kunit *test, ADDRESS_FAMILY family)
{
	needs_failures(test);

	constexpr ULONG size = 5000;
	Client client(test);
	Datagram sender(client, family), receiver(client, family);
	Buffer out(size), in(size);

	REQUIRE(test,
		sender.bind_loopback() && receiver.bind_loopback() && out.valid() && in.valid());
	out.fill();
	for_each_allocation(test, [&](Memory &memory) {
		Request request, receive;
		const Outcome outcome = issue_short(memory, request, [&](Request &request) {
			sender.start_send(request, out.all(), receiver.address);
		});

		/* What was sent may be lost on its way. */
		receiver.start_receive(receive, in.all());
		if (outcome.status != STATUS_SUCCESS || receive.pending())
			expect_done(test, sender.send(out.all(), receiver.address), size);
		expect_done(test, receive.wait(), size);
		return outcome.status;
	});
	for_each_allocation(test, [&](Memory &memory) {
		Request request;

		expect_done(test, sender.send(out.all(), receiver.address), size);
		const Outcome outcome = issue_short(memory, request, [&](Request &request) {
			receiver.start_receive(request, in.all());
		});

		return outcome.status;
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
	IPV4_AND_IPV6("sending on a connection, which waits for memory", sending),
	IPV4_AND_IPV6("receiving on a connection", receiving),
	IPV4_AND_IPV6("WskReceiveEvent with data that waits", receive_event),
	IPV4_AND_IPV6("sending and receiving datagrams", datagrams),
	IPV4_AND_IPV6("options and control codes", controls),
	IPV4_AND_IPV6("closing, which cannot fail", closing),
};

} // namespace

BRIDGE_SUITE(wsk_no_memory, cases, .network = true);
