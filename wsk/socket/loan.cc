// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Large sends, whose memory the network uses where it is. Such a request completes when that has
 * ended, and those behind it after it, so that sends complete in their order. Until then it is in
 * the list of the unfinished: nobody can cancel it, and closing has the network give up the
 * connection.
 */
#include "port/loan.h"

#include "nt/driver.h"
#include "nt/driver_account.h"
#include "socket/socket.h"

namespace wsk
{

/* Lends a send's memory to the network, where that is worth while. The pump's. */
void Socket::lend(PIRP irp)
{
	Request *request = Request::of(irp);

	if (request->operation != Operation::send || request->transferred || request->loan ||
	    (request->flags & WSK_FLAG_OOB))
		return;
	request->loan = port_loan_begin(
		transport_, request_arguments<TransferArguments>(irp).length, on_returned, irp);
	if (!request->loan)
		return;
	lent_ = true;
	/* It completes when others see fit, and needs its driver's code then. */
	driver_hold(client_->account());
}

/* Whether a send cannot complete yet, because its memory, or that of one before it, is lent. */
bool Socket::finish_later(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	Request *request = Request::of(irp);
	port_loan *loan = request->loan;

	{
		LockGuard guard(lock_);

		if (!loan && IsListEmpty(&unfinished_))
			return false;
		irp->IoStatus.Status = status;
		irp->IoStatus.Information = information;
		request->started = !loan;
		InsertTailList(&unfinished_, &irp->Tail.Overlay.ListEntry);
	}
	if (loan)
		port_loan_end(loan);
	return true;
}

/* The transport's lock may be held: only leaves word. */
void Socket::on_returned(void *context)
{
	PIRP irp = static_cast<PIRP>(context);
	Socket *self = Request::of(irp)->socket;
	Server possible = self->possible_server(), server;

	if (possible == Server::caller)
		possible = Server::work_item;
	self->begin_use();
	{
		LockGuard guard(self->lock_);

		Request::of(irp)->started = true;
		server = self->leave_word(signal_returned, possible);
	}
	self->call(server, signal_returned);
	self->end_use();
}

/* The first of the unfinished, if its memory is the client's again. */
PIRP Socket::take_finished()
{
	LockGuard guard(lock_);

	if (IsListEmpty(&unfinished_))
		return nullptr;
	PIRP irp = CONTAINING_RECORD(unfinished_.Flink, IRP, Tail.Overlay.ListEntry);
	if (!Request::of(irp)->started)
		return nullptr;
	RequestQueue::remove(irp);
	return irp;
}

void Socket::serve_returned()
{
	while (PIRP irp = take_finished()) {
		bool lent = Request::of(irp)->loan;

		request_complete(irp, irp->IoStatus.Status, irp->IoStatus.Information);
		if (lent)
			driver_drop(client_->account());
		end_use();
	}
}

/* The pump's, when the socket is closed: the network need not send what it still has. */
void Socket::recall_loans()
{
	if (lent_ && transport_ && ends_with_reset())
		port_socket_reset(transport_);
}

} // namespace wsk
