/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Making a message use the memory that it describes; port/loan.h has the rest. */
#ifndef WSK_LINUX_LOAN_H
#define WSK_LINUX_LOAN_H

#include <linux/bvec.h>
#include <linux/socket.h>

#include "port/loan.h"

/*
 * The vector has room for as many as there are segments. False where some of it is memory that
 * nobody can hold by its pages, which leaves the message alone.
 */
bool port_loan_use(struct port_loan *loan, struct msghdr *msg, struct bio_vec *vector,
		   const struct port_segment *segments, size_t count);

#endif
