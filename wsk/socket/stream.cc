// SPDX-License-Identifier: MIT OR GPL-2.0
/* Sending and receiving on connections, and the graceful end of sending. */
#include "nt/irql.h"
#include "nt/mdl.h"
#include "port/tcp.h"
#include "socket/send_batch.h"
#include "socket/socket.h"
#include "socket/stream.h"

namespace wsk
{

namespace
{

/* What a draining receive throws away at a time. */
constexpr size_t discard_at_once = 1 << 20;

/*
 * What a softirq copies for one send. While it copies, nobody receives what it has sent: all that
 * the send buffer has room for would be written before the first of it is read, and be out of the
 * caches by then.
 */
constexpr SIZE_T most_copied_in_place = 32 * 1024;

/* Whether a request in the queue of sends is for a task: a FIN sleeps, and large copies take long.
 */
bool is_for_task(PIRP irp)
{
	const Request *request = Request::of(irp);

	if (request->operation == Operation::disconnect)
		return true;
	return !request->loan &&
	       request_arguments<TransferArguments>(irp).length - request->transferred >
		       most_copied_in_place;
}

} // namespace

/* Completes a send that has been sent, or goes on with a disconnect. */
void Socket::finish_send(PIRP irp)
{
	if (Request::of(irp)->operation != Operation::disconnect) {
		complete(irp, STATUS_SUCCESS, Request::of(irp)->transferred);
		return;
	}
	int error = port_socket_shutdown_send(transport_);

	if (error) {
		complete(irp, status_from_error(Activity::send, error));
		return;
	}
	fin_sent_ = true;
	put_back(disconnects_, irp);
	signal(signal_disconnect);
}

/*
 * What sending a batch has come to: how many bytes were taken, or the connection's failure. False
 * where some of it is left, which then waits, as does the request that follows.
 */
bool Socket::settle(const SendBatch &batch, PIRP next, long long sent)
{
	size_t done = 0;

	for (long long left = sent; left >= 0 && done < batch.count(); done++) {
		Request *request = Request::of(batch[done]);
		SIZE_T rest = request_arguments<TransferArguments>(batch[done]).length -
			      request->transferred;

		if (rest > static_cast<SIZE_T>(left)) {
			request->transferred += left;
			break;
		}
		request->transferred += rest;
		left -= rest;
	}
	if (sent < 0 && sent != -PORT_EAGAIN) {
		/* What one of them failed of, the others would leave a hole in front of. */
		for (size_t i = 0; i < batch.count(); i++)
			complete(batch[i], status_from_error(Activity::send, sent));
		return true;
	}
	if (done < batch.count() && next)
		put_back(sends_, next);
	for (size_t i = batch.count(); i > done; i--)
		put_back(sends_, batch[i - 1]);
	for (size_t i = 0; i < done; i++)
		finish_send(batch[i]);
	return done == batch.count();
}

/*
 * Fills a batch from a claimed request on. Returns the claimed one that follows it, if any.
 */
inline PIRP Socket::gather(SendBatch &batch, PIRP first)
{
	batch.add(first);
	if (sends_.empty())
		return nullptr;
	LockGuard guard(lock_);
	PIRP next;

	while ((next = sends_.claim()) && batch.takes(next))
		batch.add(next);
	return next;
}

/* Has TCP send what it keeps back for a request that has not brought anything. In a task. */
void Socket::push_held()
{
	if (!held_)
		return;
	if (in_place_) {
		signal(signal_task_send);
		return;
	}
	held_ = false;
	port_tcp_push(transport_);
}

/*
 * The request after a batch is claimed before the batch is sent: what does not fill a segment then
 * waits for it. Where that does not come after all (it is cancelled before its turn, it is empty,
 * TCP has no room for it), what waits is pushed.
 */
void Socket::serve_sends()
{
	PIRP next = claim(sends_);

	for (int left = requests_per_turn(); next && left; left--) {
		[[gnu::uninitialized]] SendBatch batch;
		long long sent = 0;

		lend(next);
		if (in_place_ && is_for_task(next)) {
			put_back(sends_, next);
			signal(signal_task_send);
			return;
		}
		next = gather(batch, next);
		const port_vector data = batch.vector();
		if (data.count) {
			uint32_t flags = batch.flags(next);

			sent = port_socket_send(transport_, &data, flags, batch.loan());
			/* Of what it takes in part it keeps nothing back. */
			if (sent >= 0)
				held_ = (flags & PORT_SEND_MORE) &&
					static_cast<size_t>(sent) == data.length;
		}
		if (settle(batch, next, sent))
			continue;
		if (sent == -PORT_EAGAIN) {
			push_held();
			return;
		}
		next = claim(sends_);
	}
	if (next) {
		put_back(sends_, next);
		signal(signal_send);
	} else {
		push_held();
		indicate_send_backlog();
	}
}

/* Whether a receive finds nothing, so that trying it is no use; under the lock. */
bool Socket::waits_for_network(PIRP irp) const
{
	return Request::of(irp)->operation == Operation::receive &&
	       request_arguments<TransferArguments>(irp).length &&
	       !port_socket_readable(transport_);
}

/*
 * Receives into a request: 1 when it is to be completed with success, else -errno. The end of the
 * stream completes every request, whatever it has so far.
 */
long long Socket::collect(PIRP irp)
{
	const TransferArguments &arguments = request_arguments<TransferArguments>(irp);
	Request *request = Request::of(irp);
	SIZE_T length = arguments.length;

	if (request->flags & WSK_FLAG_DRAIN) {
		long long dropped;

		do
			dropped = port_socket_discard(transport_, discard_at_once);
		while (dropped > 0);
		return dropped ? dropped : 1;
	}
	while (request->transferred < length) {
		[[gnu::uninitialized]] port_segment segments[segments_per_call];
		/* No more of a large buffer is looked at than what comes will fill. */
		SIZE_T most = request->transferred + port_socket_available(transport_) + 1;
		const port_vector to =
			mdl_vector(arguments.mdl, arguments.offset, request->transferred,
				   most < length ? most : length, segments, segments_per_call);
		long long received = port_socket_receive(transport_, &to);

		/* What has been received is handed over first; a failure will be met again. */
		if (received < 0 && (!request->transferred || (request->flags & WSK_FLAG_WAITALL)))
			return received;
		if (received <= 0)
			break;
		request->transferred += received;
		if (!(request->flags & WSK_FLAG_WAITALL) && !port_socket_readable(transport_))
			break;
	}
	return 1;
}

/* Queued requests come first; what is left over is indicated. */
void Socket::serve_receives()
{
	if (aborted_) {
		cancel_all(receives_, STATUS_CONNECTION_ABORTED);
		return;
	}
	for (int left = requests_per_turn(); left; left--) {
		PIRP irp = claim(receives_);

		if (!irp) {
			Indicated what = indicate_receive();
			UCHAR end = 0;

			/* What came with the end, after that look, is told before it. */
			if (what == Indicated::nothing && (end = disconnect_to_indicate()))
				what = indicate_receive();
			if (what == Indicated::some)
				continue;
			if (what == Indicated::nothing)
				indicate_disconnect(end);
			return;
		}
		long long result = collect(irp);
		if (result == -PORT_EAGAIN) {
			put_back(receives_, irp);
			return;
		}
		indicating_stopped_ = false;
		if (result > 0)
			complete(irp, STATUS_SUCCESS, Request::of(irp)->transferred);
		else
			complete(irp, status_from_error(Activity::receive, result));
	}
	signal(signal_receive);
}

Refusal Socket::admit_send(Socket &socket, PIRP)
{
	if (socket.state_ != State::connected)
		return {STATUS_INVALID_DEVICE_STATE, "the socket is not connected"};
	if (socket.send_ended_ || socket.aborted_)
		return {STATUS_INVALID_DEVICE_STATE, "sending was ended by WskDisconnect"};
	return accepted;
}

Refusal Socket::admit_receive(Socket &socket, PIRP)
{
	if (socket.state_ != State::connected)
		return {STATUS_INVALID_DEVICE_STATE, "the socket is not connected"};
	if (socket.aborted_)
		return {STATUS_CONNECTION_ABORTED, nullptr};
	return accepted;
}

/* Checks a buffer and stores it in the request; null stands for an empty one. */
static inline Refusal take_buffer(PIRP irp, PWSK_BUF buffer)
{
	TransferArguments &arguments = request_arguments<TransferArguments>(irp);

	arguments = {};
	if (!buffer)
		return accepted;
	if (!mdl_window_valid(buffer->Mdl, buffer->Offset, buffer->Length))
		return {STATUS_INVALID_PARAMETER, "the WSK_BUF reaches beyond its MDL chain, or an "
						  "MDL is neither locked nor non-paged"};
	arguments = {buffer->Mdl, buffer->Length, buffer->Offset};
	return accepted;
}

/* What every transfer checks first. */
static inline Refusal begin_transfer(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PIRP irp)
{
	Refusal refusal = request_begin(irp);

	if (!refusal && !handle)
		refusal = {STATUS_INVALID_PARAMETER, "the socket is NULL"};
	if (!refusal)
		refusal = take_buffer(irp, buffer);
	if (!refusal)
		Request::of(irp)->flags = flags;
	return refusal;
}

/* Both forms, whose control information has been looked at. */
static inline NTSTATUS submit_send(const char *function, PWSK_SOCKET handle, PWSK_BUF buffer,
				   ULONG flags, Refusal control, PIRP irp)
{
	Refusal refusal = begin_transfer(handle, buffer, flags, irp);

	if (!refusal && !buffer)
		refusal = {STATUS_INVALID_PARAMETER, "the WSK_BUF is NULL"};
	if (!refusal && (flags & ~(WSK_FLAG_NODELAY | WSK_FLAG_OOB)))
		refusal = {STATUS_NOT_SUPPORTED, "an unknown flag"};
	if (!refusal)
		refusal = control;
	if (refusal)
		return request_refuse(function, irp, refusal);
	return Socket::from(handle)->submit(function, irp, Operation::send, Socket::admit_send);
}

/* Likewise; DRAIN and WAITALL are the only flags. */
static inline NTSTATUS submit_receive(const char *function, PWSK_SOCKET handle, PWSK_BUF buffer,
				      ULONG flags, Refusal control, PIRP irp)
{
	constexpr ULONG both = WSK_FLAG_WAITALL | WSK_FLAG_DRAIN;
	Refusal refusal = begin_transfer(handle, buffer, flags, irp);

	if (!refusal && !buffer)
		refusal = {STATUS_INVALID_PARAMETER, "the WSK_BUF is NULL"};
	if (!refusal && (flags & ~both))
		refusal = {STATUS_NOT_SUPPORTED, "an unknown flag"};
	if (!refusal && (flags & both) == both)
		refusal = {STATUS_INVALID_PARAMETER, "WAITALL and DRAIN exclude each other"};
	if (!refusal && (flags & WSK_FLAG_DRAIN) && buffer->Length)
		refusal = {STATUS_INVALID_PARAMETER, "DRAIN takes an empty buffer"};
	if (!refusal)
		refusal = control;
	if (refusal)
		return request_refuse(function, irp, refusal);
	return Socket::from(handle)->submit(function, irp, Operation::receive,
					    Socket::admit_receive);
}

/*
 * Control information that TCP has a use for: none. Messages without data are let pass, as they
 * are for datagrams; a chain is walked as WSA_CMSG_NXTHDR does.
 */
static Refusal check_control(ULONG length, const CMSGHDR *control)
{
	if (!length)
		return accepted;
	if (!control)
		return {STATUS_INVALID_PARAMETER, "the control information is NULL"};
	while (length) {
		SIZE_T own = length < sizeof(*control) ? 0 : control->cmsg_len;

		if (own < sizeof(*control) || own > length)
			return {STATUS_INVALID_PARAMETER,
				"a control message is cut off, or reaches beyond the others"};
		if (own > WSA_CMSG_LEN(0))
			return {STATUS_NOT_SUPPORTED, "TCP has no such control message"};
		own = WSA_CMSGHDR_ALIGN(own);
		if (own >= length)
			break;
		length -= own;
		control = reinterpret_cast<const CMSGHDR *>(
			reinterpret_cast<const UCHAR *>(control) + own);
	}
	return accepted;
}

/**
 * WskSend - Sends data on a connection.
 * @handle: A connected socket.
 * @buffer: What to send; the structure is read during the call only, the MDLs and their memory
 *	belong to WSK until the IRP completes.
 * @flags: 0; WSK_FLAG_NODELAY (do not wait for more data to fill a segment with); WSK_FLAG_OOB (the
 *	last byte is TCP's urgent data).
 * @irp: The request; Information is the buffer's length on success.
 *
 * Sends go out, and complete, in the order of the calls. One completes once the stack has taken all
 * of it; where the stack sends large ones from their own memory, once that is free again.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED (unknown flag);
 *	STATUS_INVALID_DEVICE_STATE (not connected, or disconnected by us). The IRP ends in
 *	STATUS_SUCCESS, STATUS_CONNECTION_RESET, STATUS_CONNECTION_ABORTED, STATUS_IO_TIMEOUT,
 *	STATUS_HOST_UNREACHABLE, STATUS_NETWORK_UNREACHABLE, STATUS_INSUFFICIENT_RESOURCES or
 *	STATUS_CANCELLED.
 * Source: PFN_WSK_SEND (wsk.h).
 */
NTSTATUS WSKAPI send(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PIRP irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return submit_send("WskSend", handle, buffer, flags, accepted, irp);
}

/**
 * WskReceive - Receives data from a connection.
 * @handle: A connected socket.
 * @buffer: Where to put it; the structure is read during the call only, the MDLs and their memory
 *	belong to WSK until the IRP completes.
 * @flags: 0; WSK_FLAG_WAITALL (complete when the buffer is full); WSK_FLAG_DRAIN (with an empty
 *	buffer: throw data away until the peer has finished).
 * @irp: The request; Information is the number of bytes. Success with none, on a buffer that has
 *	room, means that the peer has finished sending.
 *
 * Receives are served in the order of the calls. A cancelled one reports in Information what it
 * had received.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED (unknown flag);
 *	STATUS_INVALID_DEVICE_STATE (not connected); STATUS_CONNECTION_ABORTED (reset by us). The
 *	IRP ends in STATUS_SUCCESS, STATUS_CONNECTION_RESET, STATUS_CONNECTION_ABORTED,
 *	STATUS_IO_TIMEOUT, STATUS_HOST_UNREACHABLE, STATUS_NETWORK_UNREACHABLE,
 *	STATUS_INSUFFICIENT_RESOURCES or STATUS_CANCELLED.
 * Source: PFN_WSK_RECEIVE (wsk.h).
 */
NTSTATUS WSKAPI receive(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PIRP irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return submit_receive("WskReceive", handle, buffer, flags, accepted, irp);
}

/**
 * WskDisconnect - Ends a connection, gracefully or not.
 * @handle: A connected socket.
 * @buffer: With a graceful disconnect: data to send before the end, or NULL.
 * @flags: 0: after everything sent so far, and the buffer, a FIN; receiving goes on.
 *	WSK_FLAG_ABORTIVE: a RST at once; pending sends and a pending graceful disconnect complete
 *	with STATUS_CANCELLED, receives with STATUS_CONNECTION_ABORTED.
 * @irp: The request. A graceful one completes when the peer has acknowledged the FIN, and not
 *	before: a peer that never answers is dealt with by an abortive disconnect or by closing.
 *	Where there is no memory for the FIN, it fails, and the connection is reset.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED (unknown flag);
 *	STATUS_INVALID_DEVICE_STATE (not connected, or disconnected before). The IRP ends as a
 *	send does.
 * Source: PFN_WSK_DISCONNECT (wsk.h).
 */
NTSTATUS WSKAPI disconnect(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PIRP irp)
{
	constexpr const char *function = "WskDisconnect";
	bool abortive = flags & WSK_FLAG_ABORTIVE;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	Refusal refusal = begin_transfer(handle, buffer, flags, irp);
	if (!refusal && (flags & ~WSK_FLAG_ABORTIVE))
		refusal = {STATUS_NOT_SUPPORTED, "an unknown flag"};
	if (!refusal && abortive && buffer)
		refusal = {STATUS_INVALID_PARAMETER, "an abortive disconnect has no buffer"};
	if (refusal)
		return request_refuse(function, irp, refusal);
	return Socket::from(handle)->submit(
		function, irp, abortive ? Operation::abort : Operation::disconnect,
		abortive ? Socket::admit_abort : Socket::admit_disconnect);
}

/**
 * WskSendEx - Sends data with control information.
 * @handle: As for WskSend().
 * @buffer: As for WskSend().
 * @flags: As for WskSend().
 * @control_length: Bytes at @control; 0 for none.
 * @control: A chain of control messages, read during the call only. TCP has no use for any: those
 *	without data are ignored.
 * @irp: As for WskSend().
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: As WskSend(); STATUS_INVALID_PARAMETER also for a chain that is not one,
 *	STATUS_NOT_SUPPORTED also for a control message with data.
 * Source: PFN_WSK_SEND_EX (wsk.h).
 */
NTSTATUS WSKAPI send_ex(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, ULONG control_length,
			PCMSGHDR control, PIRP irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return submit_send("WskSendEx", handle, buffer, flags,
			   check_control(control_length, control), irp);
}

/**
 * WskReceiveEx - Receives data with control information.
 * @handle: As for WskReceive().
 * @buffer: As for WskReceive().
 * @flags: As for WskReceive().
 * @control_length: NULL, or the size of the buffer at @control; receives 0, since TCP has no
 *	control information.
 * @control: Where it would be put.
 * @control_flags: Reserved, NULL. Neither is looked at without @control_length.
 * @irp: As for WskReceive().
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: As WskReceive(); STATUS_INVALID_PARAMETER also for a size without a buffer and for
 *	@control_flags.
 * Source: PFN_WSK_RECEIVE_EX (wsk.h).
 */
NTSTATUS WSKAPI receive_ex(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PULONG control_length,
			   PCMSGHDR control, PULONG control_flags, PIRP irp)
{
	Refusal refusal = accepted;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (control_length && control_flags)
		refusal = {STATUS_INVALID_PARAMETER, "the ControlFlags are reserved"};
	else if (control_length && *control_length && !control)
		refusal = {STATUS_INVALID_PARAMETER, "the control information has a size only"};
	/* Known already; the client looks when the request has completed. */
	if (control_length && !refusal)
		*control_length = 0;
	return submit_receive("WskReceiveEx", handle, buffer, flags, refusal, irp);
}

} // namespace wsk
