// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * One list holds them all: they are few, and sockets that do not wait for anything carry nothing.
 * Whoever brings news is in the midst of something (softirq, the kernel's locks): requests that
 * are due are completed in a work item.
 */
#include "socket/change.h"

#include "port/interface.h"
#include "port/provider.h"
#include "port/work.h"
#include "socket/address.h"
#include "socket/client.h"
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
	ULONG value;
	Change change;
};

constinit port_lock_class lock_class = {};
constinit port_lock lock = {};
constinit RequestQueue waiting, due;
constinit port_work completion = {};

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

	return waiting.claim_if([&](PIRP irp) { return wanted(waiting_of(irp)); });
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
		complete(irp, STATUS_SUCCESS);
	}
}

Refusal enqueue(PIRP irp, const Waiting &request)
{
	bool queued;

	waiting_of(irp) = request;
	IoMarkIrpPending(irp);
	{
		LockGuard guard(lock);

		queued = waiting.push_back(irp, cancel);
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
	return enqueue(irp, {.socket = &socket,
			     .client = nullptr,
			     .net = port_socket_net(socket.transport()),
			     .value = value,
			     .change = change});
}

Refusal wait_for_change(Client &client, Change change, PIRP irp)
{
	return enqueue(irp, {.socket = nullptr,
			     .client = &client,
			     .net = nullptr,
			     .value = 0,
			     .change = change});
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

/* Routes change with addresses, though not only then. */
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
