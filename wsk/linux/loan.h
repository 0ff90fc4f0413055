/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Making a message use the memory that it describes; port/loan.h has the rest. */
#ifndef WSK_LINUX_LOAN_H
#define WSK_LINUX_LOAN_H

#include <linux/bvec.h>
#include <linux/socket.h>

#include "port/loan.h"

/* Unless some of it is memory that nobody can hold by its pages. */
void port_loan_use(struct port_loan *loan, struct msghdr *msg, const struct bio_vec *vector,
		   size_t count);

#endif
