// SPDX-License-Identifier: MIT OR GPL-2.0
/* Control codes of TCP. */
#include <mstcpip.h>

#include "port/tcp.h"
#include "socket/change.h"
#include "socket/ioctl.h"
#include "socket/socket.h"

namespace wsk
{

Refusal set_keepalive_values(Socket &socket, ControlCall &call)
{
	auto values = call.read<struct tcp_keepalive>();

	port_tcp_set_keepalive(socket.transport(), values.onoff, values.keepalivetime,
			       values.keepaliveinterval);
	return accepted;
}

Refusal get_tcp_info(Socket &socket, ControlCall &call)
{
	constexpr ULONG microseconds_per_millisecond = 1000;
	ULONG version = call.read<ULONG>();
	port_tcp_info info = {};
	TCP_INFO_v1 reply = {};
	ULONG size = version ? sizeof(TCP_INFO_v1) : sizeof(TCP_INFO_v0);

	if (version > 1)
		return {STATUS_NOT_SUPPORTED, "an unknown version of TCP_INFO"};
	if (call.output_size < size)
		return {STATUS_BUFFER_TOO_SMALL, "the output buffer is too small for TCP_INFO"};
	port_tcp_get_info(socket.transport(), &info);
	reply.State = static_cast<TCPSTATE>(info.state);
	reply.Mss = info.segment_size;
	reply.ConnectionTimeMs = info.age;
	reply.SynRetrans = static_cast<UCHAR>(info.syn_retransmissions);
	reply.TimestampsEnabled = info.timestamps;
	reply.RttUs = info.round_trip;
	reply.MinRttUs = info.least_round_trip;
	reply.BytesInFlight = info.in_flight;
	reply.Cwnd = info.congestion_window;
	reply.SndWnd = info.send_window;
	reply.RcvWnd = info.receive_window;
	reply.RcvBuf = info.receive_buffer;
	reply.BytesOut = info.sent;
	reply.BytesIn = info.received;
	reply.BytesReordered = info.out_of_order;
	reply.BytesRetrans = info.retransmitted;
	reply.FastRetrans = info.retransmissions;
	reply.DupAcksIn = info.duplicate_acks;
	reply.TimeoutEpisodes = info.timeouts;
	reply.SndLimTimeRwin =
		static_cast<ULONG>(info.limited_by_receiver / microseconds_per_millisecond);
	reply.SndLimTimeCwnd =
		static_cast<ULONG>(info.limited_by_network / microseconds_per_millisecond);
	reply.SndLimTimeSnd =
		static_cast<ULONG>(info.limited_by_buffer / microseconds_per_millisecond);
	/* The older version is the newer one's beginning. */
	RtlCopyMemory(call.output, &reply, size);
	call.written = size;
	return accepted;
}

/* The transport's option `detail`, in a SIZE_T. */
Refusal get_size(Socket &socket, ControlCall &call)
{
	uint32_t bytes = 0;
	int error = port_socket_get_option(
		socket.transport(), static_cast<port_socket_option>(call.row->detail), &bytes);

	if (!error)
		call.write<SIZE_T>(bytes);
	return outcome(error);
}

Refusal wait_for_send_backlog(Socket &socket, ControlCall &call)
{
	uint32_t bytes = 0;
	int error = port_socket_get_option(socket.transport(), PORT_OPTION_SEND_BUFFER, &bytes);

	if (error)
		return outcome(error);
	Refusal waiting = wait_for_change(socket, Change::send_backlog, bytes, call.irp);
	socket.watch_send_backlog();
	return waiting;
}

Refusal get_at_mark(Socket &socket, ControlCall &call)
{
	call.write<ULONG>(port_tcp_at_mark(socket.transport()));
	return accepted;
}

Refusal silence(Socket &socket, ControlCall &)
{
	int error = port_tcp_silence(socket.transport());

	if (!error)
		socket.fall_silent();
	return outcome(error);
}

/* How long the first SYN is waited for, and how often it is repeated. */
Refusal set_initial_rto(Socket &socket, ControlCall &call)
{
	auto values = call.read<TCP_INITIAL_RTO_PARAMETERS>();
	uint32_t first_timeout = 0, count = 0;
	bool one_syn = false;
	int error = port_socket_get_option(socket.transport(), PORT_OPTION_SYN_COUNT, &count);

	port_tcp_get_handshake(socket.transport(), &one_syn, &first_timeout);
	if (values.Rtt != TCP_INITIAL_RTO_UNSPECIFIED_RTT)
		first_timeout = values.Rtt; /* the default is 0 on both sides */
	switch (values.MaxSynRetransmissions) {
	case TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS:
		break;
	case TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS:
		one_syn = true;
		break;
	default: /* likewise 0 */
		one_syn = false;
		count = values.MaxSynRetransmissions;
	}
	if (!error)
		error = port_socket_set_option(socket.transport(), PORT_OPTION_SYN_COUNT, count);
	if (!error)
		error = port_tcp_set_handshake(socket.transport(), one_syn, first_timeout);
	return outcome(error);
}

/* Linux acknowledges every second segment, or each at once. */
Refusal set_ack_frequency(Socket &socket, ControlCall &call)
{
	return outcome(port_socket_set_option(socket.transport(), PORT_OPTION_QUICK_ACK,
					      call.read<UCHAR>() == 1));
}

Refusal set_loopback_fast_path(Socket &socket, ControlCall &call)
{
	if (call.input_size != sizeof(BOOLEAN) && call.input_size != sizeof(ULONG))
		return {STATUS_INVALID_BUFFER_SIZE, "neither a BOOLEAN nor a ULONG"};
	if (socket.state() != State::unbound && socket.state() != State::bound)
		return {STATUS_INVALID_DEVICE_STATE, "to be set before connecting or accepting"};
	return accepted; /* Linux's loopback has no slow path */
}

void Socket::fall_silent()
{
	LockGuard guard(lock_);

	state_ = State::silent;
}

/* The pump takes it from here. */
void Socket::watch_send_backlog()
{
	backlog_watched_ = true;
	signal(signal_send);
}

} // namespace wsk
