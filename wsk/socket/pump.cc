// SPDX-License-Identifier: MIT OR GPL-2.0
/* The pump: who serves a socket's requests and events, when, and how they get to be served. */
#include "socket/socket.h"

#include "port/context.h"
#include "port/packet.h"
#include "socket/dead.h"

namespace wsk
{

namespace
{

/* Completion routines and callbacks run on the stack of whoever pumps: it must have room. */
constexpr size_t stack_needed = 8 * 1024;

/* What the network can bring about. */
constexpr ULONG network_signals =
	signal_connect | signal_send | signal_disconnect | signal_accept | signal_receive;

/* Rounds in a row before other sockets' work, or other softirqs, get their turn. */
constexpr int pump_rounds = 8;
constexpr int inline_rounds = 4; /* a receive, its answer, the next receive */

} // namespace

/* A queued work item is a use. */
void Socket::queue_work()
{
	begin_use();
	if (!port_work_queue(&work_))
		end_use();
}

void Socket::run_work(port_work *work)
{
	Socket *self = CONTAINING_RECORD(work, Socket, work_);
	ULONG todo;
	bool run;

	if (self->finishing_) {
		self->finish_close();
		return;
	}
	{
		LockGuard guard(self->lock_);

		run = !self->pumping_;
		todo = run ? self->begin_pump(signal_all, false) : 0;
	}
	if (run)
		self->pump(signal_all, todo);
	/* The last use: nobody has queued the work item again. */
	if (!InterlockedDecrement(&self->uses_))
		self->finish_close();
}

/* What can be served in the softirq that processes the transport's packets. */
ULONG Socket::inline_signals() const
{
	if (dead_ || (!datagram_ && state_ != State::connected))
		return 0;
	return signal_receive | signal_send | signal_returned;
}

/*
 * Has a softirq serve the socket, once the caller has let go of what it holds: for what need not
 * sleep, and without waking a worker. A queued call is a use. Under the lock.
 */
void Socket::queue_softirq()
{
	if (in_softirq_list_)
		return;
	in_softirq_list_ = true;
	begin_use();
	port_bottom_queue(&bottom_);
}

void Socket::run_softirq(port_bottom *bottom)
{
	Socket *self = CONTAINING_RECORD(bottom, Socket, bottom_);
	{
		TransportUse transport(*self);
		bool entered = transport && port_socket_enter(self->transport_), run, left;
		ULONG able, todo = 0;
		{
			LockGuard guard(self->lock_);

			self->in_softirq_list_ = false;
			able = self->inline_signals();
			left = self->signals_ && !self->pumping_;
			run = left && entered && !(self->signals_ & ~able);
			if (run)
				todo = self->begin_pump(able, true);
		}
		if (run)
			self->pump(able, todo);
		else if (left)
			self->queue_work();
		if (entered)
			port_socket_leave(self->transport_);
	}
	self->end_use();
}

/* Who is to serve, should there be no pump. A guess, without the lock. */
Socket::Server Socket::possible_server() const
{
	if (pumping_)
		return Server::present_pump;
	switch (port_context()) {
	case PORT_CONTEXT_TASK:
		return port_stack_left() >= stack_needed ? Server::caller : Server::work_item;
	case PORT_CONTEXT_SOFTIRQ:
		return Server::softirq;
	default:
		return Server::work_item;
	}
}

/* The pump's: nobody else takes any. */
ULONG Socket::take_signals(ULONG mask)
{
	ULONG todo = ReadULongAcquire(&signals_) & mask;

	if (todo)
		InterlockedAnd(&signals_, ~todo);
	return todo;
}

/* Begins a pump, whose first signals it returns; under the lock. */
ULONG Socket::begin_pump(ULONG mask, bool in_place)
{
	pumping_ = true;
	in_place_ = in_place;
	return take_signals(mask);
}

/* Sets the signals, and tells who is to serve them; under the lock. */
Socket::Server Socket::leave_word(ULONG signals, Server possible)
{
	InterlockedOr(&signals_, signals);
	if (pumping_)
		return Server::present_pump;
	if (possible == Server::caller)
		begin_pump(signals, false);
	else if (possible == Server::softirq && !(signals_ & ~inline_signals()))
		queue_softirq();
	else
		return Server::work_item;
	return possible;
}

void Socket::call(Server server, ULONG signals)
{
	if (server == Server::caller)
		pump(signals, signals);
	else if (server == Server::work_item)
		queue_work();
}

/* The caller holds a use, unless it is the network, which detaching waits for. */
void Socket::signal(ULONG signals)
{
	Server possible = possible_server(), server;
	{
		LockGuard guard(lock_);

		server = leave_word(signals, possible);
	}
	call(server, signals);
}

/* Those of the signals whose queues have something that waits; under the lock. */
inline ULONG Socket::awaited_signals(ULONG signals) const
{
	constexpr ULONG receive_events =
		WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT | WSK_EVENT_RECEIVE_FROM;
	ULONG awaited = 0;

	if ((signals & signal_receive) &&
	    (!receives_.empty() || (events_.enabled & receive_events)))
		awaited |= signal_receive;
	if ((signals & signal_accept) &&
	    ((listens() && !accepts_.empty()) || (events_.enabled & WSK_EVENT_ACCEPT)))
		awaited |= signal_accept;
	if (!(signals & (signal_send | signal_connect | signal_disconnect)))
		return awaited;
	if (!sends_.empty() || held_ || backlog_watched_ ||
	    (events_.enabled & WSK_EVENT_SEND_BACKLOG))
		awaited |= signals & signal_send;
	if (!connects_.empty())
		awaited |= signals & signal_connect;
	if (!disconnects_.empty())
		awaited |= signals & signal_disconnect;
	return awaited;
}

/*
 * Serves first what it began with, then the signals in the mask until none is left; leaves others
 * to the work item.
 */
void Socket::pump(ULONG mask, ULONG todo)
{
	int rounds = in_place_ ? inline_rounds : pump_rounds;

	for (int round = 1;; round++) {
		ULONG left;

		serve(todo);
		todo = round < rounds ? take_signals(mask) : 0;
		if (todo)
			continue;
		{
			LockGuard guard(lock_);

			todo = round < rounds ? take_signals(mask) : 0;
			left = signals_;
			if (!todo) {
				pumping_ = false;
				/* Nothing is claimed: what nobody waits for can be forgotten. */
				if (left & network_signals) {
					left &= awaited_signals(left) | ~network_signals;
					signals_ = left;
				}
			}
		}
		if (!todo) {
			if (left)
				queue_work();
			return;
		}
	}
}

void Socket::serve_first(ULONG signals)
{
	if (signals & signal_returned)
		serve_returned();
	if (signals & signal_dead)
		die();
	if (dead_)
		return;
	if (signals & signal_create)
		serve_create();
	if (signals & signal_control)
		serve_control();
	if (signals & signal_connect)
		serve_connects();
	if (signals & signal_reset) {
		undo_connect();
		if (aborted_)
			abort_connection();
	}
}

void Socket::serve(ULONG signals)
{
	/* What a transfer does not need is asked for together. */
	if (signals & ~(signal_send | signal_receive))
		serve_first(signals);
	if (dead_) {
		serve_dead(signals);
		return;
	}
	if (signals & (signal_send | signal_task_send))
		datagram_ ? serve_datagram_sends() : serve_sends();
	if (signals & (signal_disconnect | signal_inspect | signal_accept)) {
		if (signals & signal_disconnect)
			serve_disconnects();
		if (signals & signal_inspect)
			serve_inspections();
		if (signals & signal_accept)
			serve_accepts();
	}
	if (signals & signal_receive)
		datagram_ ? serve_datagram_receives() : serve_receives();
	if (signals & (signal_window | signal_close)) {
		if (signals & signal_window)
			port_socket_offer_window(transport_);
		if (signals & signal_close)
			close_transport();
	}
}

/*
 * In softirq, or under the transport's lock: only leaves word, and only where somebody waits,
 * unless the connection can be served in place.
 */
void Socket::on_network(void *owner, uint32_t events)
{
	Socket *self = static_cast<Socket *>(owner);
	bool in_place = events & PORT_SOCKET_INLINE;
	ULONG signals = 0, able, todo = 0;

	if (events & PORT_SOCKET_READABLE)
		signals |= signal_receive | signal_accept;
	if (events & PORT_SOCKET_WRITABLE)
		signals |= signal_send | signal_connect;
	if (events & PORT_SOCKET_STATE)
		signals |= network_signals;
	if (events & PORT_SOCKET_DEAD)
		signals |= signal_dead;
	{
		LockGuard guard(self->lock_);

		/* The pump may hold a request that it is about to put back: it looks again. */
		if (!self->pumping_)
			signals = self->awaited_signals(signals) | (signals & signal_dead);
		if (!signals)
			return;
		InterlockedOr(&self->signals_, signals);
		if (self->pumping_)
			return;
		able = self->inline_signals();
		in_place = in_place && !(self->signals_ & ~able);
		if (in_place) {
			todo = self->begin_pump(able, true);
		} else if ((events & PORT_SOCKET_SOON) && !(self->signals_ & ~able)) {
			self->queue_softirq();
			return;
		}
	}
	if (in_place)
		self->pump(able, todo);
	else
		self->queue_work();
}

NTSTATUS Socket::queue(const char *function, PIRP irp, Lane lane, Admission admission)
{
	RequestQueue &queue = this->*lane.queue;
	Server server = Server::present_pump;
	Refusal refusal = accepted;
	Server possible = possible_server();
	bool queued = false;

	begin_use(); /* the request's */
	{
		LockGuard guard(lock_);

		if (closing_)
			refusal = {STATUS_INVALID_DEVICE_STATE, "the socket is being closed"};
		else if (dead_)
			refusal = {STATUS_FILE_FORCED_CLOSED, nullptr};
		else
			refusal = admission(*this, irp);
		if (!refusal) {
			bool first = queue.empty();

			IoMarkIrpPending(irp);
			queued = queue.push_back(irp, cancel_request);
			/*
			 * Who comes later is served, or waits, behind the first; and what only the
			 * network can help, waits for it.
			 */
			if (queued && first && !waits_for_network(irp))
				server = leave_word(lane.signal, possible);
			if (server != Server::present_pump)
				begin_use(); /* ours: the request may be done any moment */
		}
	}
	if (refusal) {
		end_use();
		request_free_block(irp);
		return request_refuse(function, irp, refusal);
	}
	if (!queued)
		cancelled(irp);
	if (server != Server::present_pump) {
		call(server, lane.signal);
		end_use();
	}
	return STATUS_PENDING;
}

void Socket::offer_window()
{
	TransportUse transport(*this);

	if (transport && port_socket_wants_window(transport_))
		signal(signal_window);
}

void Socket::complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	if (waits_for_memory(irp) && finish_later(irp, status, information))
		return;
	request_free_block(irp);
	request_complete(irp, status, information);
	end_use();
}

/* Returns a claimed request that could not go on to the head of its queue. */
void Socket::put_back(RequestQueue &queue, PIRP irp)
{
	const Lane lane = lane_of(Request::of(irp)->operation);
	bool queued, others;
	{
		LockGuard guard(lock_);

		queued = queue.push_front(irp, cancel_request);
		others = !queued && !queue.empty();
	}
	if (others) /* which need not wait for what it waited for */
		signal(lane.signal);
	if (!queued)
		cancelled(irp);
}

/*
 * Completes a cancelled request that no queue holds, and undoes what its admission did, if it can
 * be undone.
 */
void Socket::cancelled(PIRP irp)
{
	Request *request = Request::of(irp);
	ULONG signals = 0;
	{
		LockGuard guard(lock_);

		switch (request->operation) {
		case Operation::bind:
			state_ = State::unbound;
			break;
		case Operation::listen:
			state_ = State::bound;
			break;
		case Operation::connect: /* the handshake may be under way */
			state_ = State::bound;
			connect_cancelled_ = true;
			signals = signal_reset;
			break;
		case Operation::disconnect:
			send_ended_ = fin_sent_;
			break;
		case Operation::abort: /* is carried out all the same: others have seen it */
			signals = signal_reset;
			break;
		default:
			break;
		}
	}
	if (signals && !closing_)
		signal(signals);
	if (request->operation == Operation::create_connected)
		begin_end(nullptr); /* nobody got to know the socket */
	complete(irp, STATUS_CANCELLED,
		 request->operation == Operation::receive ? request->transferred : 0);
}

VOID NTAPI Socket::cancel_request(PDEVICE_OBJECT, PIRP irp)
{
	Socket *self = Request::of(irp)->socket;
	const Lane lane = lane_of(Request::of(irp)->operation);
	bool others;

	IoReleaseCancelSpinLock(irp->CancelIrql);
	{
		LockGuard guard(self->lock_);

		RequestQueue::remove(irp);
		others = !(self->*lane.queue).empty();
	}
	/* They may have been queued behind it, after the network's last word was spent on it. */
	if (others)
		self->signal(lane.signal);
	self->cancelled(irp);
}

void Socket::cancel_all(RequestQueue &queue, NTSTATUS status)
{
	while (PIRP irp = claim(queue)) {
		Request *request = Request::of(irp);
		bool tells = status == STATUS_CANCELLED && request->operation == Operation::receive;

		if (request->operation == Operation::create_connected)
			begin_end(nullptr); /* nobody got to know the socket */
		complete(irp, status, tells ? request->transferred : 0);
	}
}

} // namespace wsk

void nt_bottom_run(port_bottom *bottom)
{
	wsk::Socket::run_softirq(bottom);
}
