// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/lock.h: spinlock_t, and raw locks in words that belong to drivers. */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/processor.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

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

enum port_ticket_fault port_ticket_acquire(uint64_t *word)
{
	struct ticket *ticket = (struct ticket *)word;
	u32 here = raw_smp_processor_id() + 1;

	/* Only this processor can have written its own number. */
	if (checked() && READ_ONCE(ticket->owner) == here)
		return PORT_TICKET_RECURSIVE;
	ticket_spin(ticket);
	set_owner(ticket, here);
	return PORT_TICKET_FINE;
}

bool port_ticket_try_acquire(uint64_t *word)
{
	struct ticket *ticket = (struct ticket *)word;

	if (!ticket_try(ticket))
		return false;
	set_owner(ticket, raw_smp_processor_id() + 1);
	return true;
}

enum port_ticket_fault port_ticket_release(uint64_t *word)
{
	struct ticket *ticket = (struct ticket *)word;
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

void port_bit_acquire(int32_t *word, int32_t bit)
{
	atomic_t *lock = (atomic_t *)word;

	while (atomic_fetch_or_acquire(bit, lock) & bit)
		while (atomic_read(lock) & bit)
			cpu_relax();
}

void port_bit_release(int32_t *word, int32_t bit)
{
	atomic_fetch_andnot_release(bit, (atomic_t *)word);
}
