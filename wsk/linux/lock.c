// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/lock.h: spinlock_t, and raw locks in words that belong to drivers. */
#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/bug.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/processor.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "linux/context.h"
#include "port/lock.h"

static_assert(sizeof(spinlock_t) <= sizeof(struct port_lock));
static_assert(sizeof(struct lock_class_key) <= sizeof(struct port_lock_class));

void port_lock_init(struct port_lock *lock, const char *name, struct port_lock_class *lock_class)
{
	spinlock_t *spinlock = (spinlock_t *)lock;

	spin_lock_init(spinlock);
	lockdep_set_class_and_name(spinlock, (struct lock_class_key *)lock_class, name);
}

bool port_lock_acquire(struct port_lock *lock) __acquires(lock)
{
	/* Disabling them again would cost more than the lock. */
	bool enabled = !softirq_count();

	if (enabled)
		spin_lock_bh((spinlock_t *)lock);
	else
		spin_lock((spinlock_t *)lock);
	return enabled;
}

void port_lock_release(struct port_lock *lock, bool enable) __releases(lock)
{
	if (enable)
		spin_unlock_bh((spinlock_t *)lock);
	else
		spin_unlock((spinlock_t *)lock);
}

/*
 * A driver's KSPIN_LOCK. The lower half is the processor's own kind of lock, or just a flag where
 * there is one processor, which DISPATCH_LEVEL alone makes exclusive. The owner is 0 while the
 * lock is free, so that a free KSPIN_LOCK is always 0.
 */
struct ticket {
#ifdef CONFIG_SMP
	arch_spinlock_t lock;
#else
	u32 held;
#endif
	u32 owner; /* processor + 1, in checked builds */
};

static_assert(sizeof(struct ticket) == sizeof(uint64_t));

#ifdef CONFIG_SMP
static void ticket_spin(struct ticket *ticket)
{
	arch_spin_lock(&ticket->lock);
}

static bool ticket_try(struct ticket *ticket)
{
	return arch_spin_trylock(&ticket->lock);
}

static void ticket_free(struct ticket *ticket)
{
	arch_spin_unlock(&ticket->lock);
}

static bool ticket_held(struct ticket *ticket)
{
	return arch_spin_is_locked(&ticket->lock);
}
#else
static void ticket_spin(struct ticket *ticket)
{
	barrier();
	WRITE_ONCE(ticket->held, 1);
	barrier();
}

static bool ticket_try(struct ticket *ticket)
{
	if (READ_ONCE(ticket->held))
		return false;
	ticket_spin(ticket);
	return true;
}

static void ticket_free(struct ticket *ticket)
{
	barrier();
	WRITE_ONCE(ticket->held, 0);
	barrier();
}

static bool ticket_held(struct ticket *ticket)
{
	return READ_ONCE(ticket->held);
}
#endif

static bool checked(void)
{
	return IS_ENABLED(CONFIG_WSK_DEBUG);
}

static void set_owner(struct ticket *ticket, u32 owner)
{
	if (checked())
		WRITE_ONCE(ticket->owner, owner);
}

static enum port_ticket_fault acquire(struct ticket *ticket)
{
	u32 here = raw_smp_processor_id() + 1;

	/* Only this processor can have written its own number. */
	if (checked() && READ_ONCE(ticket->owner) == here)
		return PORT_TICKET_RECURSIVE;
	ticket_spin(ticket);
	set_owner(ticket, here);
	return PORT_TICKET_FINE;
}

enum port_ticket_fault port_ticket_acquire(uint64_t *word)
{
	return acquire((struct ticket *)word);
}

struct port_ticket_outcome port_ticket_raise_acquire(uint64_t *word)
{
	enum port_context before = context_here();

	if (before == PORT_CONTEXT_TASK)
		local_bh_disable();
	return (struct port_ticket_outcome){before, acquire((struct ticket *)word)};
}

bool port_ticket_try_acquire(uint64_t *word)
{
	struct ticket *ticket = (struct ticket *)word;

	if (!ticket_try(ticket))
		return false;
	set_owner(ticket, raw_smp_processor_id() + 1);
	return true;
}

static enum port_ticket_fault release(struct ticket *ticket)
{
	enum port_ticket_fault fault = PORT_TICKET_FINE;

	if (checked()) {
		if (!ticket_held(ticket))
			return PORT_TICKET_FREE;
		if (READ_ONCE(ticket->owner) != raw_smp_processor_id() + 1)
			fault = PORT_TICKET_FOREIGN;
	}
	set_owner(ticket, 0);
	ticket_free(ticket);
	return fault;
}

enum port_ticket_fault port_ticket_release(uint64_t *word)
{
	return release((struct ticket *)word);
}

struct port_ticket_outcome port_ticket_release_lower(uint64_t *word, enum port_context before)
{
	enum port_ticket_fault fault = release((struct ticket *)word);
	enum port_context context = context_here();

	if (before == PORT_CONTEXT_TASK && context == PORT_CONTEXT_SOFTIRQ &&
	    !in_serving_softirq()) {
		local_bh_enable();
		context = PORT_CONTEXT_TASK;
	}
	return (struct port_ticket_outcome){context, fault};
}

static __always_inline void bit_acquire(atomic_t *lock, int bit)
{
	while (atomic_fetch_or_acquire(bit, lock) & bit)
		while (atomic_read(lock) & bit)
			cpu_relax();
}

static __always_inline void bit_release(atomic_t *lock, int bit)
{
	atomic_fetch_andnot_release(bit, lock);
}

void port_bit_acquire(int32_t *word, int32_t bit)
{
	bit_acquire((atomic_t *)word, bit);
}

void port_bit_release(int32_t *word, int32_t bit)
{
	bit_release((atomic_t *)word, bit);
}

uint64_t port_bit_save_acquire(int32_t *word, int32_t bit)
{
	unsigned long flags;

	local_irq_save(flags);
	bit_acquire((atomic_t *)word, bit);
	return flags;
}

void port_bit_release_restore(int32_t *word, int32_t bit, uint64_t interrupts)
{
	unsigned long flags = interrupts;

	bit_release((atomic_t *)word, bit);
	local_irq_restore(flags);
}
