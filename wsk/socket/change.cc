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
constinit LONG changes_so_far = 0;

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

VOID NTAPI cancel(PDEVICE_OBJECT, PIRP irp)
{
	IoReleaseCancelSpinLock(irp->CancelIrql);
	{
		LockGuard guard(lock);

		RequestQueue::remove(irp);
	}
	complete(irp, STATUS_CANCELLED);
}

template <class Wanted>
PIRP claim(Wanted wanted)
{
	LockGuard guard(lock);
	auto wants = [&](PIRP irp) { return wanted(waiting_of(irp)); };
	PIRP irp = waiting.claim_if(wants);

	return irp ? irp : due.claim_if(wants);
}

/* Moves what is due, for the work item to complete it; still cancellable meanwhile. */
template <class Wanted>
void mark_due(Wanted wanted)
{
	bool any = false;

	for (;;) {
		PIRP irp;
		bool queued;
		{
			LockGuard guard(lock);

			irp = waiting.claim_if([&](PIRP one) { return wanted(waiting_of(one)); });
			queued = irp && due.push_back(irp, cancel);
		}
		if (!irp)
			break;
		if (queued)
			any = true;
		else
			complete(irp, STATUS_CANCELLED);
	}
	if (any)
		port_work_queue(&completion);
}

/* What tells one way from another: the source address and the interface, or that there is none. */
ULONG digest_of_route(Socket &socket, const SOCKADDR *to)
{
	constexpr ULONG basis = 2166136261, prime = 16777619; /* FNV-1a's */
	struct {
		port_address source;
		uint32_t interface;
		int error;
	} way = {};
	port_address destination = {};
	ULONG digest = basis;

	(void)!address_from_sockaddr(to, socket.family(), &destination);
	way.error = port_route_source(port_socket_net(socket.transport()), &destination,
				      &way.source, &way.interface);
	for (SIZE_T i = 0; i < sizeof(way); i++)
		digest = (digest ^ reinterpret_cast<const UCHAR *>(&way)[i]) * prime;
	return digest;
}

/* Completes it where the route is another one; else it waits on. */
void look_at_route(PIRP irp)
{
	Waiting &request = waiting_of(irp);
	Socket &socket = *request.socket;
	TransportUse transport(socket);
	bool queued = false, missed = true;

	if (!transport) {
		complete(irp, STATUS_FILE_FORCED_CLOSED);
		return;
	}
	while (missed) {
		const LONG seen = ReadAcquire(&changes_so_far);

		port_routes_settle();
		const ULONG digest = digest_of_route(socket, request.destination);
		if (request.known && digest != request.value) {
			complete(irp, STATUS_SUCCESS);
			return;
		}
		request.value = digest;
		request.known = true;
		LockGuard guard(lock);

		missed = seen != ReadAcquire(&changes_so_far);
		queued = !missed && waiting.push_back(irp, cancel);
	}
	if (!queued)
		complete(irp, STATUS_CANCELLED);
	/* Whoever ends all waiting may have looked while it was in no queue. */
	NTSTATUS ended = socket.ending();
	if (!NT_SUCCESS(ended))
		forget_changes(&socket, ended);
}

void complete_due(port_work *)
{
	for (;;) {
		PIRP irp;
		{
			LockGuard guard(lock);

			irp = due.claim();
		}
		if (!irp)
			return;
		if (waiting_of(irp).change == Change::routes)
			look_at_route(irp);
		else
			complete(irp, STATUS_SUCCESS);
	}
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
	bool known = port_context() == PORT_CONTEXT_TASK;

	Request::of(irp)->socket = &socket;
	socket.begin_use(); /* the request's */
	Refusal result = enqueue(due, irp,
				 {.socket = &socket,
				  .client = nullptr,
				  .net = port_socket_net(socket.transport()),
				  .destination = destination,
				  .value = known ? digest_of_route(socket, destination) : 0,
				  .change = Change::routes,
				  .known = known});
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
	InterlockedIncrement(&changes_so_far);
	mark_due([&](const Waiting &request) {
		if (!request.socket || request.net != net ||
		    port_family(request.socket->family()) != family)
			return false;
		return request.change == Change::routes ||
		       (request.change == Change::addresses && (changes & PORT_CHANGED_ADDRESSES));
	});
}

} // namespace wsk
