/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What datagram sockets have beside what every socket has. */
#ifndef WSK_SOCKET_DATAGRAM_H
#define WSK_SOCKET_DATAGRAM_H

#include <wdm.h>
#include <wsk.h>

#include "port/datagram.h"
#include "socket/control_info.h"
#include "socket/interface_list.h"
#include "socket/peeked.h"

namespace wsk
{

/* The socket's lock protects it, but for what is said to be the pump's. */
struct DatagramState {
	static constexpr ULONG tag = 'dcsW';

	/* Family 0 where none is set. */
	port_address remote = {};  /* SIO_WSK_SET_REMOTE_ADDRESS: who may send to us, too */
	port_address send_to = {}; /* SIO_WSK_SET_SENDTO_ADDRESS */
	Peeked<ToldSets> told = ToldSets{};
	ULONG segment_size = 0;	      /* UDP_SEND_MSG_SIZE */
	Peeked<bool> chooses = false; /* not every datagram is taken, or that was so */
	bool no_broadcasts = false;
	InterfaceList *interfaces = nullptr; /* IP_IFLIST and its like, once one was used */
	/* Of the datagram that the client got last; the pump's. */
	USHORT last_processor = 0;
	UCHAR last_hop_limit = 0;
	Peeked<ULONG> enablings = 0; /* of WskReceiveFromEvent, so far */
	/*
	 * What the client refused, in order: goes before what the transport has. Only the pump
	 * changes it, and under the lock.
	 */
	PWSK_DATAGRAM_INDICATION refused = nullptr;
	int dropped = 0; /* in this turn of the pump's */

	~DatagramState();
	static void *operator new(size_t size) noexcept;
	static void operator delete(void *block);
};

/* In the stack location: WskSendTo and WskSendMessages. */
struct SendArguments {
	union {
		PMDL mdl;
		PWSK_BUF_LIST list; /* the next to be sent */
	};
	ULONG offset; /* in the MDL chain; or what has been sent of the list's first buffer */
	ULONG length;
	port_address to;
};

/* A block of the request's own, where there is control information. */
struct SendBlock {
	static constexpr ULONG tag = 'bcsW';

	port_send_control control;
};

/* In the stack location: WskReceiveFrom. */
struct ReceiveArguments {
	PMDL mdl;
	ULONG offset;
	ULONG length;
	PSOCKADDR address;
	PULONG control_length;
	PCMSGHDR control;
	PULONG control_flags;
};

/* datagram_event.cc */
NTSTATUS WSKAPI release_datagrams(PWSK_SOCKET handle, PWSK_DATAGRAM_INDICATION indication);

} // namespace wsk

#endif
