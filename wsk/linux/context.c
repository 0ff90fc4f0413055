// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/context.h over preempt_count and RCU. */
#include <linux/bottom_half.h>
#include <linux/rcupdate.h>
#include <linux/sched/task_stack.h>
#include <linux/smp.h>

#include "linux/context.h"

enum port_context port_context(void)
{
	return context_here();
}

bool port_in_softirq_handler(void)
{
	return in_serving_softirq();
}

bool port_in_hardirq_handler(void)
{
	return in_hardirq() || in_nmi();
}

void port_bottom_halves_disable(void)
{
	local_bh_disable();
}

void port_bottom_halves_enable(void)
{
	local_bh_enable();
}

void port_interrupts_disable(void)
{
	local_irq_disable();
}

void port_interrupts_enable(void)
{
	local_irq_enable();
}

uint64_t port_interrupts_save(void)
{
	unsigned long flags;

	local_irq_save(flags);
	return flags;
}

void port_interrupts_restore(uint64_t saved)
{
	unsigned long flags = saved;

	local_irq_restore(flags);
}

unsigned int port_processor(void)
{
	return raw_smp_processor_id();
}

size_t port_stack_left(void)
{
	unsigned long here = (unsigned long)__builtin_frame_address(0);
	unsigned long end = (unsigned long)end_of_stack(current);

	/* Where an interrupt's stack ends is the architecture's secret. */
	return here - end < THREAD_SIZE ? here - end : THREAD_SIZE / 8;
}

void port_quiesce(void)
{
	/* One flavour of RCU for all: regions with bottom halves disabled count as readers. */
	synchronize_rcu();
}
