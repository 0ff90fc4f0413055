// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * One list holds them all: they are few, and sockets that do not wait for anything carry nothing.
 * Whoever brings news is in the midst of something (softirq, the kernel's locks): requests that
 * are due are completed in a work item.
 */
#include "socket/change.h"

#include "port/context.h"
#include "port/interface.h"
#include "port/provider.h"
#include "port/work.h"
#include "socket/address.h"
#include "socket/client.h"
#include "socket/dead.h"
#include "socket/lock.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

/* In the IRP's stack location. */
struct Waiting {
	Socket *socket; /* one of the two */
	Client *client;
	const VOID *net;
	const SOCKADDR *destination; /* of a route, and ... */
	ULONG value;		     /* ... its digest, or what a backlog was */
	Change change;
	bool known; /* the digest is there */
};

constinit port_lock_class lock_class = {};
constinit port_lock lock = {};
constinit RequestQueue waiting, due;
constinit port_work completion = {};
/* The request whose route is looked at; it waits like the others, and is null once it does not. */
constinit PIRP looked_at = nullptr;

Waiting &waiting_of(PIRP irp)
{
	return request_arguments<Waiting>(irp);
}

void complete(PIRP irp, NTSTATUS status)
{
	Waiting request = waiting_of(irp);

	if (request.socket) {
		request.socket->complete(irp, status);
		return;
	}
	request_complete(irp, status, 0);
	request.client->end_use();
}

/* It leaves its queue; under the lock. */
void stop_looking_at(PIRP irp)
{
	if (irp == looked_at)
		looked_at = nullptr;
}

VOID NTAPI cancel(PDEVICE_OBJECT, PIRP irp)
{
	IoReleaseCancelSpinLock(irp->CancelIrql);
	{
		LockGuard guard(lock);

		RequestQueue::remove(irp);
		stop_looking_at(irp);
	}
	complete(irp, STATUS_CANCELLED);
}

template <class Wanted>
PIRP claim(Wanted wanted)
{
	LockGuard guard(lock);
	auto wants = [&](PIRP irp) { return wanted(waiting_of(irp)); };
	PIRP irp = waiting.claim_if(wants);

	if (!irp)
		irp = due.claim_if(wants);
	if (irp)
		stop_looking_at(irp);
	return irp;
}

/* What is due is completed by the work item; still cancellable meanwhile. */
template <class Wanted>
void mark_due(Wanted wanted)
{
	bool any;
	{
		LockGuard guard(lock);

		any = waiting.move_if([&](PIRP irp) { return wanted(waiting_of(irp)); }, due);
	}
	if (any)
		port_work_queue(&completion);
}

/* What tells one way from another: the source address and the interface, or that there is none. */
ULONG digest_of_route(Socket &socket, const port_address &destination)
{
	constexpr ULONG basis = 2166136261, prime = 16777619; /* FNV-1a's */
	struct {
		port_address source;
		uint32_t interface;
		int error;
	} way = {};
	ULONG digest = basis;

	way.error = port_route_source(port_socket_net(socket.transport()), &destination,
				      &way.source, &way.interface);
	for (SIZE_T i = 0; i < sizeof(way); i++)
		digest = (digest ^ reinterpret_cast<const UCHAR *>(&way)[i]) * prime;
	return digest;
}

port_address destination_of(const Waiting &request)
{
	port_address destination = {};

	(void)!address_from_sockaddr(request.destination, request.socket->family(), &destination);
	return destination;
}

/* The first one that is due for a look at its route waits again, so that no news are missed. */
Socket *begin_look(port_address *destination)
{
	LockGuard guard(lock);

	due.move_if(
		[](PIRP irp) {
			const bool first = !looked_at && waiting_of(irp).change == Change::routes;

			if (first)
				looked_at = irp;
			return first;
		},
		waiting);
	if (!looked_at)
		return nullptr;

	const Waiting &request = waiting_of(looked_at);

	*destination = destination_of(request);
	request.socket->begin_use();
	return request.socket;
}

/* The request, where it is completed because its route is another one, or its socket dead. */
PIRP end_look(bool dead, ULONG digest)
{
	LockGuard guard(lock);
	PIRP irp = looked_at;

	looked_at = nullptr;
	if (!irp)
		return nullptr; /* cancelled meanwhile */

	Waiting &request = waiting_of(irp);

	if (dead || (request.known && request.value != digest))
		return RequestQueue::claim(irp) ? irp : nullptr;
	request.value = digest;
	request.known = true;
	return nullptr;
}

bool look_at_one_route()
{
	port_address destination;
	Socket *socket = begin_look(&destination);

	if (!socket)
		return false;
	{
		TransportUse transport(*socket);
		ULONG digest = 0;

		if (transport) {
			port_routes_settle();
			digest = digest_of_route(*socket, destination);
		}
		if (PIRP irp = end_look(!transport, digest))
			complete(irp, transport ? STATUS_SUCCESS : STATUS_FILE_FORCED_CLOSED);
	}
	socket->end_use();
	return true;
}

/* One route at a time: where routes change without end, others' work gets its turn. */
void complete_due(port_work *)
{
	for (;;) {
		PIRP irp;
		{
			LockGuard guard(lock);

			irp = due.claim_if(
				[](PIRP one) { return waiting_of(one).change != Change::routes; });
		}
		if (!irp)
			break;
		complete(irp, STATUS_SUCCESS);
	}
	if (look_at_one_route())
		port_work_queue(&completion);
}

Refusal enqueue(RequestQueue &queue, PIRP irp, const Waiting &request)
{
	bool queued;

	waiting_of(irp) = request;
	IoMarkIrpPending(irp);
	{
		LockGuard guard(lock);

		queued = queue.push_back(irp, cancel);
	}
	if (!queued)
		complete(irp, STATUS_CANCELLED);
	return {STATUS_PENDING, nullptr};
}

} // namespace

void changes_start()
{
	port_lock_init(&lock, "wsk_changes", &lock_class);
	waiting.init();
	due.init();
	port_work_init(&completion, complete_due);
}

Refusal wait_for_change(Socket &socket, Change change, ULONG value, PIRP irp)
{
	Request::of(irp)->socket = &socket;
	socket.begin_use(); /* the request's */
	return enqueue(waiting, irp,
		       {.socket = &socket,
			.client = nullptr,
			.net = port_socket_net(socket.transport()),
			.destination = nullptr,
			.value = value,
			.change = change,
			.known = true});
}

/* Looked at once more in the work item, which sees what has changed meanwhile. */
Refusal wait_for_route(Socket &socket, const SOCKADDR *destination, PIRP irp)
{
	Waiting request = {.socket = &socket,
			   .client = nullptr,
			   .net = port_socket_net(socket.transport()),
			   .destination = destination,
			   .value = 0,
			   .change = Change::routes,
			   .known = port_context() == PORT_CONTEXT_TASK};

	if (request.known)
		request.value = digest_of_route(socket, destination_of(request));
	Request::of(irp)->socket = &socket;
	socket.begin_use(); /* the request's */

	Refusal result = enqueue(due, irp, request);

	port_work_queue(&completion);
	return result;
}

Refusal wait_for_change(Client &client, Change change, PIRP irp)
{
	return enqueue(waiting, irp,
		       {.socket = nullptr,
			.client = &client,
			.net = nullptr,
			.destination = nullptr,
			.value = 0,
			.change = change,
			.known = true});
}

bool send_backlog_is(Socket &socket, ULONG bytes)
{
	bool waits = false;

	mark_due([&](const Waiting &request) {
		if (request.socket != &socket || request.change != Change::send_backlog)
			return false;
		waits = waits || request.value == bytes;
		return request.value != bytes;
	});
	return waits;
}

void forget_changes(const VOID *owner, NTSTATUS status)
{
	while (PIRP irp = claim([&](const Waiting &request) {
		       return request.socket == owner || request.client == owner;
	       }))
		complete(irp, status);
}

/* Routes change with addresses, though not only then; which of them, the work item finds out. */
extern "C" void provider_network_changed(const void *net, int family, uint32_t changes)
{
	mark_due([&](const Waiting &request) {
		if (!request.socket || request.net != net ||
		    port_family(request.socket->family()) != family)
			return false;
		return request.change == Change::routes ||
		       (request.change == Change::addresses && (changes & PORT_CHANGED_ADDRESSES));
	});
}

} // namespace wsk
