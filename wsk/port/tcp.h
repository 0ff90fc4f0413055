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
	uint64_t limited_by_network;
	uint64_t age; /* milliseconds; 0: never connected */
	uint32_t syn_retransmissions;
	bool timestamps;
};

void port_tcp_get_info(struct port_socket *socket, struct port_tcp_info *info);

/* Sends what PORT_SEND_MORE has kept back, as if it had not been given. */
void port_tcp_push(struct port_socket *socket);

/* Milliseconds; 0: the system's choice. */
void port_tcp_set_keepalive(struct port_socket *socket, bool on, uint32_t idle, uint32_t interval);

/* Whether the next byte to be received is not behind urgent data that waits. */
bool port_tcp_at_mark(struct port_socket *socket);

/* How it connects: with one SYN only; how long the first one is waited for (ms, 0: the system's).
 */
PORT_MUST_CHECK int port_tcp_set_handshake(struct port_socket *socket, bool one_syn,
					   uint32_t first_timeout);
/* Does not sleep. */
void port_tcp_get_handshake(struct port_socket *socket, bool *one_syn, uint32_t *first_timeout);

/* What an ICMP message said that ended an attempt to connect, and who sent it. */
struct port_icmp_error {
	struct port_address source; /* without a port */
	uint8_t type;
	uint8_t code;
};

/* To be switched on before; -ENOENT: there was none. The second does not sleep. */
PORT_MUST_CHECK int port_tcp_keep_icmp(struct port_socket *socket, bool on);
PORT_MUST_CHECK int port_tcp_icmp_error(struct port_socket *socket, struct port_icmp_error *error);

/* A listener answers every SYN with a RST. The second does not sleep. */
void port_tcp_pause(struct port_socket *socket, bool on);
bool port_tcp_paused(struct port_socket *socket);

/* Algorithms of congestion control that both sides have a name for. */
enum port_congestion {
	PORT_CONGESTION_DEFAULT, /* read: none was chosen, or one without a name here */
	PORT_CONGESTION_DCTCP,
	PORT_CONGESTION_RENO,
	PORT_CONGESTION_CUBIC,
};

/* -ENOENT: this kernel does not have it. The second does not sleep. */
PORT_MUST_CHECK int port_tcp_set_congestion(struct port_socket *socket,
					    enum port_congestion algorithm);
enum port_congestion port_tcp_congestion(struct port_socket *socket);

/* From now on nothing is transmitted, not even when it is released. Not on loopback. */
PORT_MUST_CHECK int port_tcp_silence(struct port_socket *socket);

PORT_END

#endif
