/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What only few sockets have been told: memory of its own, so that the others need none for it. */
#ifndef WSK_LINUX_RARE_H
#define WSK_LINUX_RARE_H

#include <linux/netfilter.h>

#include "linux/port_socket.h"
#include "port/option.h"

struct port_rare {
	u32 user_mtu;	   /* 0: none */
	u8 hooked;	   /* mtu_hook has been registered */
	u16 first_timeout; /* of a SYN, in milliseconds; 0: the system's */
	u16 unclamped;	   /* the segment size of a connection before the MTU limited it */
	bool one_syn;	   /* which is not repeated */
	bool keeps_icmp;   /* while it connects: errors go to the sock's error queue */
	struct nf_hook_ops mtu_hook;
	u16 header_size[PORT_HEADER_COUNT];
	void *header[PORT_HEADER_COUNT]; /* as they were set; the sock's lock protects them */
};

/* Ends what user_mtu.c began. */
void port_user_mtu_free(struct port_socket *socket);

/* Makes it where there is none; NULL when there is no memory. */
struct port_rare *port_rare_of(struct port_socket *socket);
void port_rare_free(struct port_socket *socket);

#endif
