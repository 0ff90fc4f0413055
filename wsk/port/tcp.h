/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What only TCP sockets do. Sleeps; failures are negated errno values (port/error.h). */
#ifndef WSK_PORT_TCP_H
#define WSK_PORT_TCP_H

#include "port/net.h"

PORT_BEGIN

/* In the order of RFC 793, as Windows counts them. */
enum port_tcp_state {
	PORT_TCP_CLOSED,
	PORT_TCP_LISTEN,
	PORT_TCP_SYN_SENT,
	PORT_TCP_SYN_RECEIVED,
	PORT_TCP_ESTABLISHED,
	PORT_TCP_FIN_WAIT_1,
	PORT_TCP_FIN_WAIT_2,
	PORT_TCP_CLOSE_WAIT,
	PORT_TCP_CLOSING,
	PORT_TCP_LAST_ACK,
	PORT_TCP_TIME_WAIT,
};

/* Sizes in bytes, times in microseconds. */
struct port_tcp_info {
	uint32_t state;
	uint32_t segment_size;
	uint32_t round_trip;
	uint32_t least_round_trip;
	uint32_t in_flight;
	uint32_t congestion_window;
	uint32_t send_window;
	uint32_t receive_window;
	uint32_t receive_buffer;
	uint32_t out_of_order;
	uint32_t retransmitted;
	uint32_t retransmissions; /* segments */
	uint32_t duplicate_acks;
	uint32_t timeouts;
	uint64_t sent;
	uint64_t received;
	uint64_t limited_by_receiver;
	uint64_t limited_by_buffer;
	bool timestamps;
};

void port_tcp_get_info(struct port_socket *socket, struct port_tcp_info *info);

/* Milliseconds; 0: the system's choice. */
void port_tcp_set_keepalive(struct port_socket *socket, bool on, uint32_t idle, uint32_t interval);

/* Whether the next byte to be received is not behind urgent data that waits. */
bool port_tcp_at_mark(struct port_socket *socket);

/* From now on nothing is transmitted, not even when it is released. Not on loopback. */
PORT_MUST_CHECK int port_tcp_silence(struct port_socket *socket);

PORT_END

#endif
