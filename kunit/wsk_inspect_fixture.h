/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What the suites of conditional accept share: a listener that inspects, and takes notes. */
#ifndef KUNIT_WSK_INSPECT_FIXTURE_H
#define KUNIT_WSK_INSPECT_FIXTURE_H

#include "raw_segment.h"
#include "wsk_fixture.h"

namespace wsk::test
{

inline bool same(const WSK_INSPECT_ID &one, const WSK_INSPECT_ID &other)
{
	return one.Key == other.Key && one.SerialNumber == other.SerialNumber;
}

/* For what must not happen: longer than a peer waits before it sends its SYN again. */
inline void let_time_pass(ULONG milliseconds = 15000)
{
	bridge_sleep_ms(bridge_time_is_real() ? 1200 : milliseconds);
}

/* For what happens after that long. */
inline void needs_time_travel(struct kunit *test)
{
	if (bridge_time_is_real())
		bridge_skip(test, "it would take a minute where time is real");
}

inline Address copy_address(PSOCKADDR from)
{
	Address address;

	RtlCopyMemory(static_cast<PSOCKADDR>(address), from,
		      from->sa_family == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN));
	return address;
}

/* What the callbacks were told, and what they shall do: the context of a listening socket. */
class Gate
{
public:
	static constexpr LONG most = 64;

	explicit Gate(struct kunit *test) : test_(test)
	{
		KeInitializeEvent(&told_, SynchronizationEvent, FALSE);
		shown = static_cast<Shown *>(
			ExAllocatePool2(POOL_FLAG_NON_PAGED, most * sizeof(Shown), tag));
		ASSERT_TRUE(test, shown);
	}
	~Gate()
	{
		struct kunit *test = test_;

		EXPECT_LE(test, worst_irql, DISPATCH_LEVEL);
		ExFreePoolWithTag(shown, tag);
	}
	Gate(const Gate &) = delete;
	Gate &operator=(const Gate &) = delete;

	static constexpr WSK_CLIENT_LISTEN_DISPATCH dispatch()
	{
		return {on_accept, on_inspect, on_abort};
	}

	struct Shown {
		WSK_INSPECT_ID id;
		Address local, remote;
	};

	WSK_INSPECT_ACTION answer = WskInspectPend;
	void (*act)(Gate &gate, const WSK_INSPECT_ID &id) = nullptr; /* in WskInspectEvent */
	void (*act_on_abort)(Gate &gate) = nullptr;
	void *for_act = nullptr;

	/* The first ones. */
	Shown *shown;
	WSK_INSPECT_ID aborted[4] = {};
	volatile LONG inspections = 0, aborts = 0, accepts = 0;
	volatile LONG deaths = 0;	/* WskInspectEvent without an id */
	PWSK_SOCKET accepted = nullptr; /* by WskAcceptEvent: the last one */
	KIRQL worst_irql = PASSIVE_LEVEL;

	/* Waits until a count has come this far. */
	bool reach(volatile LONG &count, LONG wanted)
	{
		while (ReadAcquire(&count) < wanted)
			if (!wait_for(&told_))
				return false;
		return true;
	}
	bool reach_inspections(LONG wanted) { return reach(inspections, wanted); }
	bool reach_aborts(LONG wanted) { return reach(aborts, wanted); }
	bool reach_deaths(LONG wanted) { return reach(deaths, wanted); }
	bool reach_accepts(LONG wanted) { return reach(accepts, wanted); }

private:
	void tell(volatile LONG &count)
	{
		InterlockedIncrement(&count);
		KeSetEvent(&told_, IO_NO_INCREMENT, FALSE);
	}

	static NTSTATUS WSKAPI on_accept(PVOID context, ULONG, PSOCKADDR, PSOCKADDR,
					 PWSK_SOCKET socket, PVOID *,
					 const WSK_CLIENT_CONNECTION_DISPATCH **)
	{
		Gate &gate = *static_cast<Gate *>(context);

		gate.accepted = socket;
		gate.tell(gate.accepts);
		return STATUS_SUCCESS;
	}

	static WSK_INSPECT_ACTION WSKAPI on_inspect(PVOID context, PSOCKADDR local,
						    PSOCKADDR remote, PWSK_INSPECT_ID id)
	{
		Gate &gate = *static_cast<Gate *>(context);
		const LONG call = gate.inspections;
		/* Once it has been told, the test may go on, and change its mind. */
		const WSK_INSPECT_ACTION answer = gate.answer;

		if (!id) {
			gate.tell(gate.deaths);
			return WskInspectReject;
		}
		if (KeGetCurrentIrql() > gate.worst_irql)
			gate.worst_irql = KeGetCurrentIrql();
		if (call < most)
			gate.shown[call] = {*id, copy_address(local), copy_address(remote)};
		if (gate.act)
			gate.act(gate, *id);
		gate.tell(gate.inspections);
		return answer;
	}

	static NTSTATUS WSKAPI on_abort(PVOID context, PWSK_INSPECT_ID id)
	{
		Gate &gate = *static_cast<Gate *>(context);
		const LONG call = gate.aborts;

		if (KeGetCurrentIrql() > gate.worst_irql)
			gate.worst_irql = KeGetCurrentIrql();
		if (call < static_cast<LONG>(RTL_NUMBER_OF(gate.aborted)))
			gate.aborted[call] = *id;
		if (gate.act_on_abort)
			gate.act_on_abort(gate);
		gate.tell(gate.aborts);
		return STATUS_SUCCESS;
	}

	struct kunit *test_;
	KEVENT told_;
};

inline constexpr WSK_CLIENT_LISTEN_DISPATCH gate_dispatch = Gate::dispatch();

/* A listener with a gate, at a loopback port of the system's choice. */
class Gated : public Socket
{
public:
	Gated(Client &client, ADDRESS_FAMILY family, Site here = HERE)
		: Socket(client, WSK_FLAG_LISTEN_SOCKET, family, &gate_, &gate_dispatch, here),
		  gate_(client.test())
	{
		struct kunit *test = client.test();

		if (!open())
			return;
		expect_ok(test, set(SOL_SOCKET, SO_CONDITIONAL_ACCEPT, TRUE, here), 0, here);
		expect_done(test, bind(Address::loopback(family), 0, here), 0, here);
		address = local(here);
	}
	~Gated() { close(); } /* before the gate goes */

	Gate &gate() { return gate_; }

	void start_complete(Request &request, WSK_INSPECT_ID id, WSK_INSPECT_ACTION action)
	{
		request.issue(test(), [&](PIRP irp) {
			return listen()->WskInspectComplete(handle(), &id, action, irp);
		});
	}
	Outcome complete(WSK_INSPECT_ID id, WSK_INSPECT_ACTION action, Site here = HERE)
	{
		Request request;

		start_complete(request, id, action);
		return request.wait(here);
	}

	/* A SYN, or whatever else, from a peer that does not exist. */
	bool stranger(USHORT from, UCHAR flags = RAW_SYN, ULONG sequence = 1000, bool silent = true)
	{
		raw_segment segment = {};

		segment.ipv6 = address.family() == AF_INET6;
		segment.silent = silent;
		segment.flags = flags;
		segment.from = from;
		segment.to = address.port();
		segment.sequence = sequence;
		return raw_segment_send(&segment);
	}

	Address address;

private:
	Gate gate_;
};

/* A connection socket that has got through the gate. */
class Visitor : public Caller
{
public:
	Visitor(Client &client, Gated &listener, Site here = HERE)
		: Caller(client, listener.address.family(), here)
	{
		struct kunit *test = client.test();

		if (open())
			expect_done(test, connect(listener.address, 0, here), 0, here);
	}
};

/* SIO_WSK_QUERY_INSPECT_ID without an IRP. */
inline NTSTATUS query_inspect_id(const Socket &from, WSK_INSPECT_ID *id)
{
	struct kunit *test = from.test();
	SIZE_T written = 0;
	const NTSTATUS status =
		from.basic()->WskControlSocket(from.handle(), WskIoctl, SIO_WSK_QUERY_INSPECT_ID, 0,
					       0, nullptr, sizeof(*id), id, &written, nullptr);

	EXPECT_EQ(test, written, NT_SUCCESS(status) ? sizeof(*id) : 0u);
	return status;
}

} // namespace wsk::test

#endif
