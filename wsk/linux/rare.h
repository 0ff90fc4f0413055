/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What only few sockets have been told: memory of its own, so that the others need none for it. */
#ifndef WSK_LINUX_RARE_H
#define WSK_LINUX_RARE_H

#include "linux/port_socket.h"
#include "port/option.h"

struct port_rare {
	u32 user_mtu;	   /* 0: none */
	u16 first_timeout; /* of a SYN, in milliseconds; 0: the system's */
	u16 unclamped;	   /* the segment size of a connection before the MTU limited it */
	bool one_syn;	   /* which is not repeated */
	bool keeps_icmp;   /* while it connects: errors go to the sock's error queue */
	u16 header_size[PORT_HEADER_COUNT];
	void *header[PORT_HEADER_COUNT]; /* as they were set; the sock's lock protects them */
};

/* Makes it where there is none; NULL when there is no memory. */
struct port_rare *port_rare_of(struct port_socket *socket);
void port_rare_free(struct port_socket *socket);

#endif
