// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * port/softirq.h over work of the bottom half or, where the kernel has none, tasklets: one for each
 * processor, which runs where it was scheduled.
 */
#include <linux/bottom_half.h>
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/llist.h>
#include <linux/percpu.h>
#include <linux/smp.h>

#include "compat.h"
#include "linux/linux.h"
#include "port/softirq.h"

struct processor {
	compat_bottom bottom; /* DPCs */
	compat_bottom calls_bottom;
	struct llist_head calls;
	struct llist_node *next_call; /* of those that it has taken from the list */
	unsigned int number;
	call_single_data_t call;
	u64 memory[PORT_PROCESSOR_BYTES / sizeof(u64)];
};

static DEFINE_PER_CPU(struct processor, processors);

static void run(compat_bottom *bottom)
{
	struct processor *self = container_of(bottom, struct processor, bottom);

	nt_softirq_run(self->number);
}

/* Calls in a row before others get their turn, unless the time is up; as with received packets. */
#define CALLS_IN_A_ROW 64
#define JIFFIES_IN_A_ROW 2

static void run_calls(compat_bottom *bottom)
{
	struct processor *self = container_of(bottom, struct processor, calls_bottom);
	unsigned long end = jiffies + JIFFIES_IN_A_ROW;
	unsigned int left = CALLS_IN_A_ROW;

	if (!self->next_call)
		self->next_call = llist_reverse_order(llist_del_all(&self->calls));
	while (self->next_call && left-- && time_before(jiffies, end)) {
		struct port_bottom *call = (struct port_bottom *)self->next_call;

		self->next_call = self->next_call->next;
		nt_bottom_run(call);
	}
	if (self->next_call || !llist_empty(&self->calls))
		compat_bottom_schedule(bottom);
}

void port_bottom_queue(struct port_bottom *bottom)
{
	struct processor *here = this_cpu_ptr(&processors);

	BUILD_BUG_ON(sizeof(struct llist_node) != sizeof(bottom->next));
	if (llist_add((struct llist_node *)bottom, &here->calls))
		compat_bottom_schedule(&here->calls_bottom);
}

/* In an interrupt, on the processor that was asked for. */
static void schedule_here(void *bottom)
{
	compat_bottom_schedule(bottom);
}

void port_softirq_init(void)
{
	unsigned int number;

	for_each_possible_cpu(number)
	{
		struct processor *processor = per_cpu_ptr(&processors, number);

		processor->number = number;
		compat_bottom_init(&processor->bottom, run);
		compat_bottom_init(&processor->calls_bottom, run_calls);
		init_llist_head(&processor->calls);
		INIT_CSD(&processor->call, schedule_here, &processor->bottom);
	}
}

static void nothing(void *unused) {}

void port_softirq_exit(void)
{
	unsigned int number;

	/* Requests to other processors are served in order: none is under way after this one. */
	on_each_cpu(nothing, NULL, true);
	for_each_possible_cpu(number)
	{
		compat_bottom_cancel(&per_cpu_ptr(&processors, number)->bottom);
		compat_bottom_cancel(&per_cpu_ptr(&processors, number)->calls_bottom);
	}
}

void port_softirq_raise(unsigned int number)
{
	struct processor *processor = per_cpu_ptr(&processors, number);
	bool task = !irqs_disabled() && !in_interrupt();
	unsigned long flags;

	/* What is scheduled in task context runs where bottom halves are enabled again. */
	if (task)
		local_bh_disable();
	local_irq_save(flags);
	/* If a request is under way to that processor already, it has yet to be served. */
	if (number == smp_processor_id() || !cpu_online(number))
		compat_bottom_schedule(&processor->bottom);
	else if (smp_call_function_single_async(number, &processor->call) == -ENXIO)
		compat_bottom_schedule(&processor->bottom);
	local_irq_restore(flags);
	if (task)
		local_bh_enable();
}

void *port_processor_memory(unsigned int number)
{
	return per_cpu_ptr(&processors, number)->memory;
}

unsigned int port_processor_limit(void)
{
	return nr_cpu_ids;
}

bool port_processor_possible(unsigned int number)
{
	return number < nr_cpu_ids && cpu_possible(number);
}

bool port_processor_online(unsigned int number)
{
	return number < nr_cpu_ids && cpu_online(number);
}
