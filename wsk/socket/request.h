/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * A client's IRP as WSK sees it: a request. All its state lives inside the IRP, in the stack
 * location that WSK took and in the fields that belong to whoever holds the IRP, so that no request
 * needs memory of its own.
 */
#ifndef WSK_SOCKET_REQUEST_H
#define WSK_SOCKET_REQUEST_H

#include <wdm.h>
#include <wsk.h>

#include "port/loan.h"
#include "port/net.h"

namespace wsk
{

class Socket;
struct Control;

enum class Operation : UCHAR {
	create,
	create_connected,
	bind,
	listen,
	connect,
	accept,
	send,
	receive,
	send_to,
	send_messages,
	receive_from,
	disconnect,
	abort,
	local_address,
	remote_address,
	set_option,
	get_option,
	ioctl,
	inspect,
};

/* In Tail.Overlay.DriverContext, for as long as WSK holds the IRP. */
struct Request {
	Socket *socket;
	SIZE_T transferred;
	Operation operation;
	bool started;
	USHORT first_length; /* of the data that WskConnectEx sends first, and ... */
	ULONG flags;
	union {
		PMDL first_mdl;	 /* ... where it is */
		PVOID block;	 /* of the pool, a send's of datagrams: goes with the request */
		port_loan *loan; /* a send's: the network uses its memory */
	};

	static Request *of(PIRP irp)
	{
		return reinterpret_cast<Request *>(irp->Tail.Overlay.DriverContext);
	}
};
static_assert(sizeof(Request) <= sizeof(IRP::Tail.Overlay.DriverContext));

/*
 * In the stack location, from Parameters up to what belongs to whoever passed the IRP down: one of
 * these, by operation.
 */
struct TransferArguments { /* send, receive, disconnect */
	PMDL mdl;
	SIZE_T length;
	ULONG offset;
};

struct AddressArguments { /* bind, connect, create_connected */
	port_address address;
	ULONG first_offset; /* of WskConnectEx's data in its first MDL */
};

struct AcceptArguments {
	PVOID context;
	const WSK_CLIENT_CONNECTION_DISPATCH *dispatch;
	PSOCKADDR local_address;
	PSOCKADDR remote_address;
};

struct AddressOutput { /* local_address, remote_address */
	PSOCKADDR address;
};

struct InspectArguments {
	WSK_INSPECT_ID id;
	WSK_INSPECT_ACTION action;
};

struct ControlArguments { /* set_option, get_option, ioctl */
	const Control *row;
	union {
		const VOID *input;
		UCHAR copy[8]; /* of what fits in */
	};
	PVOID output;
	ULONG input_size;
	ULONG output_size;

	bool copied() const { return input_size <= sizeof(copy); }
};

template <class T>
T &request_arguments(PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

	static_assert(sizeof(T) <= offsetof(IO_STACK_LOCATION, CompletionRoutine) -
					   offsetof(IO_STACK_LOCATION, Parameters));
	return *reinterpret_cast<T *>(&location->Parameters);
}

/* Why a call is turned down: a status, and the rule that the driver broke (null: it broke none). */
struct Refusal {
	NTSTATUS status;
	const char *rule;

	explicit operator bool() const { return !NT_SUCCESS(status); }
};

constexpr Refusal accepted = {STATUS_SUCCESS, nullptr};
constexpr Refusal no_memory = {STATUS_INSUFFICIENT_RESOURCES, nullptr};
constexpr Refusal too_small = {STATUS_BUFFER_OVERFLOW, nullptr}; /* the output */

/*
 * Takes the IRP's next stack location, as IoCallDriver would. A refusal completes nothing yet:
 * request_refuse() does. A null IRP cannot be completed, only refused.
 */
[[nodiscard]] inline Refusal request_begin(PIRP irp)
{
	if (!irp)
		return {STATUS_INVALID_PARAMETER, "the Irp is NULL"};
	if (irp->CurrentLocation <= 1)
		return {STATUS_INVALID_PARAMETER, "the Irp has no stack location left for WSK"};
	IoSetNextIrpStackLocation(irp);
	*Request::of(irp) = {};
	return accepted;
}

/* Names the broken rule, completes the IRP (if there is one), and returns the status. */
NTSTATUS request_refuse(const char *function, PIRP irp, Refusal refusal);

/* Frees the request's block, if it has one. */
inline void request_free_block(PIRP irp)
{
	Request *request = Request::of(irp);

	if (request->operation != Operation::send_to &&
	    request->operation != Operation::send_messages)
		return;
	if (request->block)
		ExFreePool(request->block);
	request->block = nullptr;
}

/* Completes the IRP; it is gone afterwards. The only place in wsk/socket that does. */
inline void request_complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NETWORK_INCREMENT);
}

/*
 * FIFO of requests, each cancellable while it is queued. The owner's lock protects it; an IRP is
 * taken out by claiming it, after which IoCancelIrp cannot reach it.
 */
class RequestQueue
{
public:
	void init() { InitializeListHead(&head_); }
	bool empty() const { return IsListEmpty(&head_); }

	/* False: the IRP was cancelled meanwhile; it is not queued and the caller completes it. */
	[[nodiscard]] bool push_back(PIRP irp, PDRIVER_CANCEL cancel)
	{
		InsertTailList(&head_, &irp->Tail.Overlay.ListEntry);
		return arm(irp, cancel);
	}
	[[nodiscard]] bool push_front(PIRP irp, PDRIVER_CANCEL cancel)
	{
		InsertHeadList(&head_, &irp->Tail.Overlay.ListEntry);
		return arm(irp, cancel);
	}

	/* The first one (that is wanted) whose cancellation has not begun, or null. */
	[[nodiscard]] PIRP claim()
	{
		return claim_if([](PIRP) { return true; });
	}
	template <class Wanted>
	[[nodiscard]] PIRP claim_if(Wanted wanted)
	{
		for (PLIST_ENTRY entry = head_.Flink; entry != &head_; entry = entry->Flink) {
			PIRP irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);

			if (wanted(irp) && claim(irp))
				return irp;
		}
		return nullptr;
	}
	/* One that is queued: false where its cancel routine, which has begun, will take it out. */
	[[nodiscard]] static bool claim(PIRP irp)
	{
		if (!IoSetCancelRoutine(irp, nullptr))
			return false;
		remove(irp);
		return true;
	}

	/* To the end of another queue under the same lock, where they are cancelled as here. */
	template <class Wanted>
	bool move_if(Wanted wanted, RequestQueue &to)
	{
		bool any = false;

		for (PLIST_ENTRY entry = head_.Flink, next; entry != &head_; entry = next) {
			next = entry->Flink;
			if (!wanted(CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry)))
				continue;
			RemoveEntryList(entry);
			InsertTailList(&to.head_, entry);
			any = true;
		}
		return any;
	}

	/* From a cancel routine: it owns the IRP already. */
	static void remove(PIRP irp) { RemoveEntryList(&irp->Tail.Overlay.ListEntry); }

private:
	/*
	 * The cancel routine is set before Cancel is looked at, IoCancelIrp does the opposite: one
	 * of the two sees the other, and the exchange in IoSetCancelRoutine decides which one has
	 * the IRP. False: it has it, and the IRP is queued no more.
	 */
	static bool arm(PIRP irp, PDRIVER_CANCEL cancel)
	{
		IoSetCancelRoutine(irp, cancel);
		if (!ReadBooleanNoFence(&irp->Cancel) || !IoSetCancelRoutine(irp, nullptr))
			return true;
		remove(irp);
		return false;
	}

	LIST_ENTRY head_;
};

} // namespace wsk

#endif
