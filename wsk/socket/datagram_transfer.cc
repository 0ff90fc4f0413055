// SPDX-License-Identifier: MIT OR GPL-2.0
/* Sending datagrams, and serving WskReceiveFrom. The pump's. */
#include "socket/address.h"
#include "socket/control.h"
#include "socket/datagram.h"
#include "socket/datagram_indication.h"
#include "socket/segments.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

/* What the transport takes as one packet to be segmented: so many segments, and so many bytes. */
constexpr SIZE_T most_segments = 64, most_segmented = 65000;

/* A datagram that the transport makes one block of memory of, in whatever context. */
constexpr SIZE_T most_in_place = 8192;

/* How much of what is left to send the transport gets at a time. */
SIZE_T next_size(SIZE_T left, ULONG segment_size, bool one_by_one)
{
	if (!segment_size || left <= segment_size)
		return left;
	SIZE_T segments = one_by_one ? 1 : most_segmented / segment_size;
	if (segments > most_segments)
		segments = most_segments;
	if (!segments)
		segments = 1;
	return left < segments * segment_size ? left : segments * segment_size;
}

/* Failures by which a transport says that it does not segment, or not for this route. */
bool cannot_segment(long long error)
{
	return error == -PORT_EINVAL || error == -PORT_EMSGSIZE || error == -PORT_EIO ||
	       error == -PORT_EOPNOTSUPP || error == -PORT_ENOPROTOOPT;
}

/* Whether the client wants to know when it was sent: one time for one packet. */
bool is_stamped(PIRP irp)
{
	auto *block = static_cast<const SendBlock *>(Request::of(irp)->block);

	return block && (block->control.fields & PORT_SEND_STAMP);
}

/* Buffers that go as one packet to be segmented: of one size, but that the last may be less. */
struct Run {
	SIZE_T size;	   /* of each */
	PWSK_BUF_LIST end; /* behind the last */
	SomeSegments<most_segments> segments;

	explicit Run(PWSK_BUF_LIST list) : size(list->Buffer.Length)
	{
		const SIZE_T whole = size;
		SIZE_T sum = 0, last = whole;

		for (SIZE_T count = 0; list && last == whole && count < most_segments; count++) {
			const WSK_BUF &buffer = list->Buffer;
			const SIZE_T length = buffer.Length;

			if (!length || length > whole || sum + length > most_segmented)
				break;
			segments.add(buffer.Mdl, buffer.Offset, 0, length);
			sum += last = length;
			list = list->Next;
		}
		end = list;
	}
};

bool same_source(const port_address &a, const port_address &b, bool raw)
{
	auto *ipv4_a = reinterpret_cast<const SOCKADDR_IN *>(&a);
	auto *ipv4_b = reinterpret_cast<const SOCKADDR_IN *>(&b);
	auto *ipv6_a = reinterpret_cast<const SOCKADDR_IN6 *>(&a);
	auto *ipv6_b = reinterpret_cast<const SOCKADDR_IN6 *>(&b);

	/* At the same place in both families; raw datagrams have none. */
	if (a.family != b.family || (!raw && ipv4_a->sin_port != ipv4_b->sin_port))
		return false;
	if (a.family == PORT_AF_INET)
		return ipv4_a->sin_addr.S_un.S_addr == ipv4_b->sin_addr.S_un.S_addr;
	return RtlEqualMemory(&ipv6_a->sin6_addr, &ipv6_b->sin6_addr, sizeof(IN6_ADDR)) &&
	       (!ipv6_a->sin6_scope_id || !ipv6_b->sin6_scope_id ||
		ipv6_a->sin6_scope_id == ipv6_b->sin6_scope_id);
}

/* By ICMP's numbers, or ICMPv6's. */
bool says_port_unreachable(const port_datagram &datagram)
{
	return datagram.ipv4 ? datagram.icmp_type == 3 && datagram.icmp_code == 3
			     : datagram.icmp_type == 1 && datagram.icmp_code == 4;
}

bool says_hops_exceeded(const port_datagram &datagram)
{
	return datagram.icmp_type == (datagram.ipv4 ? 11 : 3) && datagram.icmp_code == 0;
}

ULONG message_flags(const port_datagram &datagram)
{
	if (datagram.returned)
		return MSG_ERRQUEUE;
	switch (datagram.cast) {
	case PORT_BROADCAST:
		return MSG_BCAST;
	case PORT_MULTICAST:
		return MSG_MCAST;
	default:
		return 0;
	}
}

/* Writes the datagram's control information to where the request says; its flags. */
ULONG write_control(const ReceiveArguments &arguments, const port_datagram &datagram,
		    const ToldSets &told)
{
	ULONG flags = message_flags(datagram);

	if (arguments.control_length) {
		bool truncated;

		*arguments.control_length = static_cast<ULONG>(control_info_write(
			datagram, told, arguments.control, *arguments.control_length, &truncated));
		if (truncated)
			flags |= MSG_CTRUNC;
	}
	return flags;
}

} // namespace

/* Sends what is left of a buffer: 0 when that was all, else -errno. */
long long Socket::transmit_buffer(PIRP irp, const WSK_BUF &buffer, SIZE_T *sent)
{
	Request *request = Request::of(irp);
	auto *block = static_cast<const SendBlock *>(request->block);
	ULONG segment_size = request->flags;

	do {
		/* `started`: segmenting was tried, and refused. */
		SIZE_T size = next_size(buffer.Length - *sent, segment_size, request->started);
		bool segmented = segment_size && size > segment_size;
		[[gnu::uninitialized]] Segments segments(buffer.Mdl, buffer.Offset, *sent,
							 *sent + size);

		if (!segments)
			return -PORT_ENOMEM;
		const port_vector data = segments.vector();
		long long result = port_datagram_send(
			transport_, &request_arguments<SendArguments>(irp).to,
			block ? &block->control : nullptr, segmented ? segment_size : 0, &data);
		if (segmented && cannot_segment(result)) {
			request->started = true;
			continue;
		}
		if (result < 0)
			return result;
		*sent += size;
		request->transferred += size;
	} while (*sent < buffer.Length);
	return 0;
}

/* Whether the next two of a request's buffers, at least, can go to the transport as one packet. */
bool Socket::goes_as_run(PIRP irp)
{
	const SendArguments &arguments = request_arguments<SendArguments>(irp);
	const WSK_BUF_LIST *first = arguments.list, *second = first->Next;

	return type() == SOCK_DGRAM && !Request::of(irp)->flags && !Request::of(irp)->started &&
	       !is_stamped(irp) && !arguments.offset && second && second->Buffer.Length &&
	       second->Buffer.Length <= first->Buffer.Length &&
	       first->Buffer.Length + second->Buffer.Length <= most_segmented;
}

/* Sends the next run of a request's buffers: 0, else -errno. */
long long Socket::transmit_run(PIRP irp)
{
	SendArguments &arguments = request_arguments<SendArguments>(irp);
	auto *block = static_cast<const SendBlock *>(Request::of(irp)->block);
	[[gnu::uninitialized]] Run run(arguments.list);

	if (!run.segments)
		return -PORT_ENOMEM;
	const port_vector data = run.segments.vector();
	long long result =
		port_datagram_send(transport_, &arguments.to, block ? &block->control : nullptr,
				   static_cast<uint32_t>(run.size), &data);
	if (cannot_segment(result)) {
		Request::of(irp)->started = true; /* from now on one by one */
		return 0;
	}
	if (result < 0)
		return result;
	Request::of(irp)->transferred += data.length;
	arguments.list = run.end;
	return 0;
}

/* Whether sending might sleep: all but one datagram that is small. */
bool Socket::may_sleep(PIRP irp) const
{
	const SendArguments &arguments = request_arguments<SendArguments>(irp);

	return type() != SOCK_DGRAM || Request::of(irp)->operation != Operation::send_to ||
	       Request::of(irp)->flags || is_stamped(irp) || arguments.length > most_in_place;
}

/* Sends what is left of a request: 0 when that was all, else -errno. */
long long Socket::transmit_datagrams(PIRP irp)
{
	SendArguments &arguments = request_arguments<SendArguments>(irp);
	SIZE_T sent = Request::of(irp)->transferred;
	long long error = 0;

	if (Request::of(irp)->operation == Operation::send_to) {
		const WSK_BUF buffer = {arguments.mdl, arguments.offset, arguments.length};

		return transmit_buffer(irp, buffer, &sent);
	}
	while (arguments.list && !error) {
		if (goes_as_run(irp)) {
			error = transmit_run(irp);
			continue;
		}
		sent = arguments.offset;
		error = transmit_buffer(irp, arguments.list->Buffer, &sent);
		arguments.offset = error ? static_cast<ULONG>(sent) : 0;
		if (!error)
			arguments.list = arguments.list->Next;
	}
	return error;
}

void Socket::serve_datagram_sends()
{
	for (int left = requests_per_turn(); left; left--) {
		PIRP irp = claim(sends_);

		if (!irp)
			return;
		long long error =
			in_place_ && may_sleep(irp) ? -PORT_EBUSY : transmit_datagrams(irp);
		if (error == -PORT_EAGAIN || (in_place_ && error == -PORT_EBUSY)) {
			put_back(sends_, irp);
			if (error == -PORT_EBUSY)
				signal(signal_task_send);
			return;
		}
		if (error)
			complete(irp, status_from_error(Activity::send, error));
		else
			complete(irp, STATUS_SUCCESS, Request::of(irp)->transferred);
	}
	signal(signal_send);
}

/*
 * SUCCESS: the client gets it. NOT_FOUND: nobody wants it. Any other: what has come back makes a
 * receive fail with this.
 */
NTSTATUS Socket::judge(const port_datagram &datagram)
{
	const ULONG no_loop =
		datagram.ipv4 ? kept_no_multicast_loop_ipv4 : kept_no_multicast_loop_ipv6;
	bool wanted;

	if (!datagram.returned && !datagram.from_here && !datagram_->chooses)
		return STATUS_SUCCESS;
	LockGuard guard(lock_);

	if (datagram.returned) {
		const ToldSets sets = datagram_->told;
		USHORT told = datagram.ipv4 ? sets.ipv4 : sets.ipv6;

		if (told & tell_returned)
			return STATUS_SUCCESS;
		if (says_port_unreachable(datagram) && kept_switch(kept_udp_connreset))
			return STATUS_PORT_UNREACHABLE;
		if (says_hops_exceeded(datagram) && kept_switch(kept_udp_netreset))
			return STATUS_HOPLIMIT_EXCEEDED;
		return STATUS_NOT_FOUND;
	}
	wanted = !datagram_->remote.family ||
		 same_source(datagram.source, datagram_->remote, type() == SOCK_RAW);
	if (datagram.cast == PORT_BROADCAST && datagram_->no_broadcasts)
		wanted = false;
	/* Windows leaves it to the receiver whether a group hears its own host. */
	if (datagram.from_here && kept_switch(no_loop))
		wanted = false;
	if (datagram_->interfaces && datagram_->interfaces->used &&
	    !datagram_->interfaces->holds(datagram.interface))
		wanted = false;
	return wanted ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

/* Counts one that was dropped; false: others are to get their turn. */
bool Socket::may_drop_more()
{
	return ++datagram_->dropped < drops_per_turn;
}

/* The transport's next one that is not to be dropped; none, too, when enough has been dropped. */
int Socket::next_datagram(port_datagram *datagram, NTSTATUS *verdict)
{
	int error;

	do {
		error = port_datagram_next(transport_, datagram);
		if (error == -PORT_EBADMSG)
			continue;
		if (error)
			return error;
		*verdict = judge(*datagram);
		if (*verdict != STATUS_NOT_FOUND) {
			if (!datagram->returned) {
				datagram_->last_processor = datagram->processor;
				datagram_->last_hop_limit = datagram->hop_limit;
			}
			return 0;
		}
		port_datagram_release(datagram);
	} while (may_drop_more());
	return -PORT_EAGAIN;
}

void Socket::complete_receive_from(PIRP irp, const port_datagram &datagram)
{
	const ReceiveArguments arguments = request_arguments<ReceiveArguments>(irp);
	SIZE_T size = datagram.length < arguments.length ? datagram.length : arguments.length;
	[[gnu::uninitialized]] Segments segments(arguments.mdl, arguments.offset, 0, size);
	NTSTATUS status = STATUS_SUCCESS;
	const port_vector to = segments.vector();
	long long copied = segments ? port_datagram_copy(&datagram, &to) : -PORT_ENOMEM;
	if (copied < 0) {
		complete(irp, status_from_error(Activity::receive, copied));
		return;
	}
	ULONG flags = write_control(arguments, datagram, told());
	if (size < datagram.length) {
		flags |= MSG_TRUNC;
		if (!arguments.control_flags) /* there is no other way to tell */
			status = STATUS_BUFFER_OVERFLOW;
	}
	if (arguments.control_flags)
		*arguments.control_flags = flags;
	if (arguments.address)
		address_to_sockaddr(datagram.source, arguments.address);
	complete(irp, status, size);
}

/* False when there is nothing to be received, or not in this turn. */
bool Socket::serve_receive_from(PIRP irp)
{
	port_datagram datagram;
	NTSTATUS verdict;

	while (datagram_->refused) {
		PWSK_DATAGRAM_INDICATION refused = take_refused();
		bool wanted = NT_SUCCESS(judge(datagram_of(refused)));

		if (wanted)
			complete_receive_from(irp, datagram_of(refused));
		(void)!free_datagram_indications(refused);
		if (wanted)
			return true;
	}
	if (next_datagram(&datagram, &verdict)) {
		put_back(receives_, irp);
		return false;
	}
	if (NT_SUCCESS(verdict))
		complete_receive_from(irp, datagram);
	else
		complete(irp, verdict);
	port_datagram_release(&datagram);
	return true;
}

/* Queued requests come first; what is left over is indicated. */
void Socket::serve_datagram_receives()
{
	datagram_->dropped = 0;
	for (int left = requests_per_turn(); left; left--) {
		PIRP irp = claim(receives_);

		if (irp ? serve_receive_from(irp) : indicate_datagrams())
			continue;
		if (datagram_->dropped < drops_per_turn)
			return;
		break;
	}
	signal(signal_receive);
}

} // namespace wsk
