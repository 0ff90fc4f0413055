/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Memory that is sent where it lies, instead of a copy of it, until the network has no more use for
 * it. */
#ifndef WSK_PORT_LOAN_H
#define WSK_PORT_LOAN_H

#include "port/net.h"
#include "port/types.h"

PORT_BEGIN

struct port_loan;

/* Called once, in softirq or task context, the socket's lock possibly held. */
typedef void port_loan_returned(void *context);

/*
 * For what port_socket_send() is to send of so many bytes; null where copying them is better, or
 * memory is short. Neither this nor the end sleeps.
 */
struct port_loan *port_loan_begin(struct port_socket *socket, size_t length,
				  port_loan_returned *returned, void *context);

/* Nothing more is sent with it: it is returned now, or by the network. */
void port_loan_end(struct port_loan *loan);

PORT_END

#endif
