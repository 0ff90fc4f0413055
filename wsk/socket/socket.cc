// SPDX-License-Identifier: MIT OR GPL-2.0
/* A socket's life, from WskSocket to the completion of WskCloseSocket. */
#include "socket/socket.h"

#include "nt/driver.h"
#include "nt/irql.h"
#include "socket/change.h"
#include "socket/security.h"

namespace wsk
{

namespace
{

constexpr ULONG pool_tag = 'kcsW';

constinit port_lock_class lock_class = {};

/* What an idle connection costs, besides what Linux has of it; the pool puts 16 in front. */
#ifndef PORT_LOCK_DEBUG
static_assert(sizeof(Socket) + 16 <= 512);
#endif

} // namespace

void *Socket::operator new(size_t size) noexcept
{
	return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, pool_tag);
}

void Socket::operator delete(void *block)
{
	ExFreePoolWithTag(block, pool_tag);
}

Socket::Socket(Client &client, const Kind &kind, PVOID context, const VOID *dispatch)
	: header_{provider_table(kind.category)}, kind_(kind), client_(&client), context_(context),
	  dispatch_(dispatch)
{
	each_queue([](RequestQueue &queue) { queue.init(); });
	port_lock_init(&lock_, "wsk_socket", &lock_class);
	port_work_init(&work_, run_work);
	client_->reference();
	client_->socket_opened(this);
	driver_charge(client_->account(), Resource::sockets);
}

void Socket::attach_transport(port_socket *transport)
{
	transport_ = transport;
	port_socket_attach(transport, this, on_network);
}

/* The last use has ended. Before, the socket was closing; now only the work item has it. */
void Socket::begin_finish()
{
	finishing_ = true;
	port_work_queue(&work_);
}

NTSTATUS Socket::ending()
{
	LockGuard guard(lock_);

	if (dead_)
		return STATUS_FILE_FORCED_CLOSED;
	return closing_ ? STATUS_CANCELLED : STATUS_SUCCESS;
}

/*
 * Begins the end: nothing is admitted any more. The IRP, if any, completes last of all. False when
 * it had begun before.
 */
bool Socket::begin_end(PIRP close_irp)
{
	bool begun, kept;
	{
		LockGuard guard(lock_);

		if (closing_ && !abandoned_)
			return false;
		begun = closing_;
		kept = kept_;
		closing_ = true;
		abandoned_ = kept_ = false;
		life_irp_ = close_irp;
		if (close_irp)
			IoMarkIrpPending(close_irp);
		begin_use(); /* of an abandoned one the pump may end the last, from now on */
	}
	client_->socket_closing(this);
	if (!begun)
		signal(signal_close);
	else if (kept)
		end_use();
	end_use();
	return true;
}

/* The pump's: nobody tells us anything any more, and nothing stays queued. */
void Socket::close_transport()
{
	if (transport_)
		port_socket_detach(transport_);
	if (inspector())
		port_inspect_stop(inspector());
	each_queue([this](RequestQueue &queue) { cancel_all(queue, STATUS_CANCELLED); });
	recall_loans();
	forget_changes(this, STATUS_CANCELLED);
	{
		LockGuard guard(lock_);

		kept_ = abandoned_;
		if (kept_)
			return;
	}
	end_use();
}

/* A connection ends in a RST unless both sides have finished sending. */
bool Socket::ends_with_reset()
{
	if (listens() || (category() != Category::connection && category() != Category::stream))
		return false;
	return !(fin_sent_ && port_socket_shutdown_status(transport_) == 0 &&
		 port_socket_receive_ended(transport_));
}

/* The work item's last run: no use is left. */
void Socket::finish_close()
{
	Client *client = client_;
	PIRP irp = life_irp_;

	end_inspection();
	sharing_unbind(bound_);
	if (transport_)
		port_socket_release(transport_, ends_with_reset());
	security_give_back(bound_.descriptor);
	port_owner_put(owner_);
	delete this;
	driver_discharge(client->account(), Resource::sockets);
	if (irp) /* with which the driver may be unloaded */
		request_complete(irp, STATUS_SUCCESS, 0);
	client->end_use();
	client->release();
}

/**
 * WskCloseSocket - Closes a socket of any category.
 * @socket: The socket; no other function may be called on it any more.
 * @irp: Completes when the socket is gone: after every other request, which completes with
 *	STATUS_CANCELLED, and after every event callback in progress has returned.
 *
 * A connection is reset unless both sides have disconnected gracefully. May be called from inside
 * the socket's own callbacks and completion routines.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER without a socket or a usable IRP;
 *	STATUS_INVALID_DEVICE_STATE when it is being closed already.
 * Source: PFN_WSK_CLOSE_SOCKET (wsk.h).
 */
NTSTATUS WSKAPI close_socket(PWSK_SOCKET socket, PIRP irp)
{
	constexpr const char *function = "WskCloseSocket";

	NT_MAX_IRQL(DISPATCH_LEVEL);
	Refusal refusal = request_begin(irp);
	if (!refusal && !socket)
		refusal = {STATUS_INVALID_PARAMETER, "the socket is NULL"};
	if (refusal)
		return request_refuse(function, irp, refusal);
	return Socket::from(socket)->close(function, irp);
}

NTSTATUS Socket::close(const char *function, PIRP irp)
{
	if (!begin_end(irp))
		return request_refuse(
			function, irp,
			{STATUS_INVALID_DEVICE_STATE, "the socket is being closed already"});
	return STATUS_PENDING;
}

} // namespace wsk
