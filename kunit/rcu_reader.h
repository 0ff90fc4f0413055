/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Somebody in the midst of a look at what RCU protects: for suites about what waits for that. */
#ifndef KUNIT_RCU_READER_H
#define KUNIT_RCU_READER_H

#include "port/types.h"

PORT_BEGIN

struct rcu_reader;

/* It needs a processor of its own. */
bool rcu_reader_possible(void);

/* Reads for a fifth of a second from now on. NULL on failure. */
struct rcu_reader *rcu_reader_start(void);
bool rcu_reader_reads(struct rcu_reader *reader);
/* Comes back when it has finished. */
void rcu_reader_join(struct rcu_reader *reader);

PORT_END

#endif
