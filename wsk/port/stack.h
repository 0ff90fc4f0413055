/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Stacks of memory that belongs to drivers, with a lock of their own: SLIST_HEADER and SLIST_ENTRY
 * as this side sees them. Zeroed, a stack is empty. In any context.
 */
#ifndef WSK_PORT_STACK_H
#define WSK_PORT_STACK_H

#include "port/types.h"

PORT_BEGIN

struct port_stack_entry {
	struct port_stack_entry *next;
	uint64_t depth; /* of the stack from here */
};

struct port_stack {
	struct port_stack_entry *first;
	uint64_t lock;
};

/* Returns the former first entry, or NULL. */
struct port_stack_entry *port_stack_push(struct port_stack *stack, struct port_stack_entry *entry);

/* The first entry, or NULL. */
struct port_stack_entry *port_stack_pop(struct port_stack *stack);

/* All entries, as a chain, or NULL. */
struct port_stack_entry *port_stack_take_all(struct port_stack *stack);

uint64_t port_stack_depth(struct port_stack *stack);

PORT_END

#endif
