// SPDX-License-Identifier: MIT OR GPL-2.0
/* OwningProcess and OwningThread: which namespace a socket is in, and whose rights it has. */
#include "wsk_space.h"

namespace
{

using namespace wsk::test;

constexpr ULONG listens = WSK_FLAG_LISTEN_SOCKET;
constexpr ULONG connects = WSK_FLAG_CONNECTION_SOCKET;
constexpr uint32_t somebody = 1000, somebody_else = 1001;
constexpr USHORT privileged_port = 81;
constexpr bool either[] = {false, true};

/* Calls the address with a socket of that owner. */
NTSTATUS call(Client &client, const Owner &owner, Address address)
{
	Socket caller(client, connects, address.family(), owner);

	if (!caller.open())
		return STATUS_UNSUCCESSFUL;
	expect_done(client.test(), caller.bind(Address::any(address.family())));
	return caller.connect(address).status;
}

/* Whether a listener of that owner is in the namespace, and not in the suite's. */
void expect_inside(struct kunit *test, Space &space, Socket &listener, ADDRESS_FAMILY family)
{
	Client client(test);

	REQUIRE(test, listener.open());
	expect_done(test, listener.bind(Address::loopback(family, quiet_port)));

	const Address address = listener.local();
	NTSTATUS inside = STATUS_UNSUCCESSFUL;

	EXPECT_STATUS(test, call(client, {}, address), STATUS_CONNECTION_REFUSED);
	space.run([&] { inside = call(client, {}, address); });
	EXPECT_STATUS(test, inside, STATUS_SUCCESS);
}

void current_process(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Client client(test);
	Socket listener(client);

	space.run([&] {
		Socket made(client, listens, family);

		listener.adopt(made.release(), listens);
	});
	expect_inside(test, space, listener, family);
}

void owning_process(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Process process(test, space.get(), 0);
	Client client(test);
	Socket listener(client, listens, family, process.as_process());

	expect_inside(test, space, listener, family);
}

void owning_thread(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Process process(test, space.get(), 0);
	Client client(test);
	Socket listener(client, listens, family, process.as_thread());

	expect_inside(test, space, listener, family);
}

void thread_of_another_process(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Process here(test, nullptr, 0), there(test, space.get(), 0);
	Client client(test);
	Socket listener(client, listens, family,
			Owner{.process = there.process, .thread = here.thread});

	expect_inside(test, space, listener, family);
}

void system_process(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Client client(test);
	const Owner owners[] = {
		{.process = PsInitialSystemProcess},
		{.thread = PsGetCurrentThread()},
		{.process = PsInitialSystemProcess, .thread = PsGetCurrentThread()},
	};

	for (const Owner &owner : owners) {
		Listener outside(client, family);
		NTSTATUS status = STATUS_UNSUCCESSFUL;

		REQUIRE(test, outside.open());
		/* The second one is the test's own thread, which is inside for the moment. */
		if (owner.process)
			space.run([&] { status = call(client, owner, outside.address); });
		else
			status = call(client, owner, outside.address);
		EXPECT_STATUS(test, status, STATUS_SUCCESS);
	}
}

void connect_in_one_go(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Process process(test, space.get(), 0);
	Client client(test);
	Socket listener(client, listens, family, process.as_process());
	Address any = Address::any(family), address;

	REQUIRE(test, listener.open());
	expect_done(test, listener.bind(Address::loopback(family, quiet_port)));
	address = listener.local();

	auto go = [&](PEPROCESS owner, PETHREAD thread) {
		return run(test, [&](PIRP irp) {
			return client.provider()->WskSocketConnect(
				client.handle(), SOCK_STREAM, IPPROTO_TCP, any, address, 0, nullptr,
				nullptr, owner, thread, nullptr, irp);
		});
	};
	expect_failed(test, go(nullptr, nullptr), STATUS_CONNECTION_REFUSED);
	for (bool by_thread : either) {
		const Outcome outcome = go(by_thread ? nullptr : process.process,
					   by_thread ? process.thread : nullptr);
		Socket caller(client), peer(client);

		expect_done(test, outcome, outcome.information);
		caller.adopt(outcome);
		peer.adopt(listener.accept());
		EXPECT_TRUE(test, peer.open());
	}
}

/* Data that an accepted socket sends arrives: it is where its listener is. */
void accepted_are_there_too(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Process process(test, space.get(), 0);
	Client client(test);
	Socket listener(client, listens, family, process.as_process());
	Socket caller(client, connects, family, process.as_process());
	Socket peer(client);
	Buffer sent(100), received(100);

	REQUIRE(test, listener.open() && caller.open() && sent.valid() && received.valid());
	expect_done(test, listener.bind(Address::loopback(family)));
	expect_done(test, caller.bind(Address::any(family)));
	expect_done(test, caller.connect(listener.local()));
	peer.adopt(listener.accept());
	REQUIRE(test, peer.open());
	sent.fill();
	expect_done(test, peer.send(sent.all()), 100);
	expect_done(test, caller.receive(received.all(), WSK_FLAG_WAITALL), 100);
	EXPECT_TRUE(test, received.holds(0, 100, 0));
}

void one_port_in_two_namespaces(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Client client(test);
	Listener outside(client, family);

	REQUIRE(test, outside.open());
	space.run([&] {
		Socket inside(client, listens, family);

		REQUIRE(test, inside.open());
		expect_done(test, inside.bind(outside.address));
	});
}

NTSTATUS bind_privileged(Client &client, ADDRESS_FAMILY family, const Owner &owner)
{
	Socket socket(client, connects, family, owner);

	return socket.open() ? socket.bind(Address::loopback(family, privileged_port)).status
			     : STATUS_UNSUCCESSFUL;
}

void privileged_ports(struct kunit *test, ADDRESS_FAMILY family)
{
	Process root(test, nullptr, 0), user(test, nullptr, somebody);
	Client client(test);
	auto by = [&](const Owner &owner) { return bind_privileged(client, family, owner); };

	EXPECT_STATUS(test, by({}), STATUS_SUCCESS);
	EXPECT_STATUS(test, by(root.as_process()), STATUS_SUCCESS);
	EXPECT_STATUS(test, by(root.as_thread()), STATUS_SUCCESS);
	EXPECT_STATUS(test, by({.process = PsInitialSystemProcess}), STATUS_SUCCESS);
	EXPECT_STATUS(test, by(user.as_process()), STATUS_ACCESS_DENIED);
	EXPECT_STATUS(test, by(user.as_thread()), STATUS_ACCESS_DENIED);
	/* The thread's rights count. */
	EXPECT_STATUS(test, by({.process = root.process, .thread = user.thread}),
		      STATUS_ACCESS_DENIED);
	EXPECT_STATUS(test, by({.process = user.process, .thread = root.thread}), STATUS_SUCCESS);
	EXPECT_STATUS(test, by({.process = PsInitialSystemProcess, .thread = user.thread}),
		      STATUS_ACCESS_DENIED);
}

/* Linux lets one user's sockets share only; Windows asks the table. */
void users_share_by_the_table(struct kunit *test, ADDRESS_FAMILY family)
{
	Process one(test, nullptr, somebody), other(test, nullptr, somebody_else);
	Client client(test);
	Socket first(client, listens, family, one.as_process());
	Socket second(client, listens, family, other.as_process());
	Socket third(client, listens, family);

	REQUIRE(test, first.open() && second.open() && third.open());
	Socket *const sharing[] = {&first, &second, &third};

	for (Socket *socket : sharing)
		expect_ok(test, socket->set(SOL_SOCKET, SO_REUSEADDR, 1));
	expect_done(test, first.bind(Address::loopback(family)));
	expect_done(test, second.bind(first.local()));
	expect_done(test, third.bind(first.local()));
	/* The moment of sharing is over. */
	Socket fourth(client, listens, family, other.as_process());

	REQUIRE(test, fourth.open());
	expect_failed(test, fourth.bind(first.local()), STATUS_ACCESS_DENIED);
}

void ended_owner(struct kunit *test)
{
	Process one(test, nullptr, 0);
	Client client(test);

	ObReferenceObject(one.process);
	ObReferenceObject(one.thread);
	one.end();
	const Owner owners[] = {one.as_process(), one.as_thread()};

	for (const Owner &owner : owners) {
		const Outcome outcome = run(test, [&](PIRP irp) {
			return client.provider()->WskSocket(
				client.handle(), AF_INET, SOCK_STREAM, IPPROTO_TCP, connects,
				nullptr, nullptr, owner.process, owner.thread, nullptr, irp);
		});

		expect_failed(test, outcome, STATUS_PROCESS_IS_TERMINATING);
	}
	ObDereferenceObject(one.thread);
	ObDereferenceObject(one.process);
}

void owner_that_ends_later(struct kunit *test, ADDRESS_FAMILY family)
{
	Process one(test, nullptr, somebody);
	Client client(test);
	Socket listener(client, listens, family, one.as_process());

	REQUIRE(test, listener.open());
	one.end();
	expect_done(test, listener.bind(Address::loopback(family)));
	EXPECT_STATUS(test, call(client, {}, listener.local()), STATUS_SUCCESS);
}

void no_owner_at_all(struct kunit *test)
{
	alignas(16) static char bytes[128];
	PVOID nothing = bytes + 64;
	Client client(test);
	const Owner owners[] = {
		{.process = static_cast<PEPROCESS>(nothing)},
		{.thread = static_cast<PETHREAD>(nothing)},
		{.process = reinterpret_cast<PEPROCESS>(PsGetCurrentThread())},
		{.thread = reinterpret_cast<PETHREAD>(PsGetCurrentProcess())},
		{.process = PsGetCurrentProcess(), .thread = static_cast<PETHREAD>(nothing)},
	};

	for (const Owner &owner : owners) {
		expect_refused(test,
			       run(test,
				   [&](PIRP irp) {
					   return client.provider()->WskSocket(
						   client.handle(), AF_INET, SOCK_STREAM,
						   IPPROTO_TCP, connects, nullptr, nullptr,
						   owner.process, owner.thread, nullptr, irp);
				   }),
			       STATUS_INVALID_PARAMETER);
		expect_refused(test,
			       run(test,
				   [&](PIRP irp) {
					   return client.provider()->WskSocketConnect(
						   client.handle(), SOCK_STREAM, IPPROTO_TCP,
						   Address::any(AF_INET),
						   Address::loopback(AF_INET, 9), 0, nullptr,
						   nullptr, owner.process, owner.thread, nullptr,
						   irp);
				   }),
			       STATUS_INVALID_PARAMETER);
	}
}

void system_thread(PVOID context)
{
	KeWaitForSingleObject(context, Executive, KernelMode, FALSE, nullptr);
}

void a_drivers_thread(struct kunit *test)
{
	Client client(test);
	HANDLE handle;
	PVOID thread = nullptr;
	KEVENT go;

	KeInitializeEvent(&go, NotificationEvent, FALSE);
	REQUIRE(test, NT_SUCCESS(PsCreateSystemThread(&handle, 0, nullptr, nullptr, nullptr,
						      system_thread, &go)));
	EXPECT_STATUS(
		test,
		ObReferenceObjectByHandle(handle, 0, *PsThreadType, KernelMode, &thread, nullptr),
		STATUS_SUCCESS);
	ZwClose(handle);
	EXPECT_STATUS(test,
		      bind_privileged(client, AF_INET, {.thread = static_cast<PETHREAD>(thread)}),
		      STATUS_SUCCESS);
	KeSetEvent(&go, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, nullptr);
	ObDereferenceObject(thread);
}

void from_above(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Process process(test, space.get(), somebody);
	Client client(test);

	for (bool softirq : either) {
		Request request;
		auto make = [&] {
			request.issue(test, [&](PIRP irp) {
				return client.provider()->WskSocket(
					client.handle(), family, SOCK_STREAM, IPPROTO_TCP, connects,
					nullptr, nullptr, process.process, nullptr, nullptr, irp);
			});
		};
		Socket socket(client);

		if (softirq)
			in_softirq(make);
		else
			at_dispatch(make);
		socket.adopt(request.wait());
		REQUIRE(test, socket.open());
		expect_failed(test, socket.bind(Address::any(family, privileged_port)),
			      STATUS_ACCESS_DENIED);
	}
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a socket is in the current process' namespace", current_process),
	IPV4_AND_IPV6("it is in its OwningProcess' namespace", owning_process),
	IPV4_AND_IPV6("it is in its OwningThread's where there is no OwningProcess", owning_thread),
	IPV4_AND_IPV6("the process' namespace counts, whatever the thread",
		      thread_of_another_process),
	IPV4_AND_IPV6("the System process' namespace is the initial one", system_process),
	IPV4_AND_IPV6("WskSocketConnect knows owners", connect_in_one_go),
	IPV4_AND_IPV6("accepted sockets are where their listener is", accepted_are_there_too),
	IPV4_AND_IPV6("one port is free in each namespace", one_port_in_two_namespaces),
	IPV4_AND_IPV6("an owner's credentials decide about privileged ports", privileged_ports),
	IPV4_AND_IPV6("sockets of different users share by Windows' table",
		      users_share_by_the_table),
	{"an owner that has ended gets no socket", ended_owner},
	IPV4_AND_IPV6("a socket outlives its owner", owner_that_ends_later),
	{"what is no process or thread owns nothing", no_owner_at_all},
	{"a driver's own thread can be the owner", a_drivers_thread},
	IPV4_AND_IPV6("owners are named at DISPATCH_LEVEL, too", from_above),
};

} // namespace

BRIDGE_SUITE(wsk_owner, cases, .network = true);
