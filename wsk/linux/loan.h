/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Making a message use the memory that it describes; port/loan.h has the rest. */
#ifndef WSK_LINUX_LOAN_H
#define WSK_LINUX_LOAN_H

#include <linux/bvec.h>
#include <linux/socket.h>

#include "port/loan.h"

enum { PORT_LOAN_SEGMENTS = 16 };

/*
 * `pages` is the message's for as long as it is sent. False where there are more segments, or some
 * of it is memory that nobody can hold by its pages, which leaves the message alone.
 */
bool port_loan_use(struct port_loan *loan, struct msghdr *msg,
		   struct bio_vec pages[PORT_LOAN_SEGMENTS], const struct port_vector *data);

#endif
