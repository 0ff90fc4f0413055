// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * port/stack.h. Under a lock, because without one popping reads entries that somebody else may just
 * have popped and freed; and with interrupts disabled, since their handlers use stacks, too.
 */
#include <linux/atomic.h>
#include <linux/irqflags.h>
#include <linux/processor.h>

#include "port/stack.h"

static_assert(sizeof(atomic_long_t) == sizeof_field(struct port_stack, lock));

static __always_inline unsigned long enter(struct port_stack *stack)
{
	atomic_long_t *lock = (atomic_long_t *)&stack->lock;
	unsigned long flags;

	local_irq_save(flags);
	while (atomic_long_xchg_acquire(lock, 1))
		while (atomic_long_read(lock))
			cpu_relax();
	return flags;
}

static __always_inline void leave(struct port_stack *stack, unsigned long flags)
{
	atomic_long_set_release((atomic_long_t *)&stack->lock, 0);
	local_irq_restore(flags);
}

struct port_stack_entry *port_stack_push(struct port_stack *stack, struct port_stack_entry *entry)
{
	unsigned long flags = enter(stack);
	struct port_stack_entry *first = stack->first;

	entry->next = first;
	entry->depth = first ? first->depth + 1 : 1;
	stack->first = entry;
	leave(stack, flags);
	return first;
}

struct port_stack_entry *port_stack_pop(struct port_stack *stack)
{
	unsigned long flags = enter(stack);
	struct port_stack_entry *first = stack->first;

	if (first)
		stack->first = first->next;
	leave(stack, flags);
	return first;
}

struct port_stack_entry *port_stack_take_all(struct port_stack *stack)
{
	unsigned long flags = enter(stack);
	struct port_stack_entry *first = stack->first;

	stack->first = NULL;
	leave(stack, flags);
	return first;
}

uint64_t port_stack_depth(struct port_stack *stack)
{
	unsigned long flags = enter(stack);
	uint64_t depth = stack->first ? stack->first->depth : 0;

	leave(stack, flags);
	return depth;
}
