/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Spin locks. port_lock is our own lock, known to lockdep, taken with bottom halves disabled.
 * port_ticket is the 8-byte storage behind a driver's KSPIN_LOCK, where 0 means free. port_bit is
 * one bit of a word in a driver's dispatcher object.
 */
#ifndef WSK_PORT_LOCK_H
#define WSK_PORT_LOCK_H

#include "port/context.h"
#include "port/types.h"

PORT_BEGIN

#ifdef PORT_LOCK_DEBUG /* set by Kbuild when the kernel's spinlock_t carries debugging state */
enum { PORT_LOCK_BYTES = 96, PORT_LOCK_CLASS_BYTES = 64 };
#else
enum { PORT_LOCK_BYTES = 8, PORT_LOCK_CLASS_BYTES = 8 };
#endif

struct port_lock {
	uint64_t opaque[PORT_LOCK_BYTES / 8];
};

/* One static object per kind of lock: lockdep's class. */
struct port_lock_class {
	uint64_t opaque[PORT_LOCK_CLASS_BYTES / 8];
};

void port_lock_init(struct port_lock *lock, const char *name, struct port_lock_class *lock_class);
/*
 * Bottom halves are disabled until the release, which enables them where the acquisition returned
 * true: they were enabled before.
 */
PORT_MUST_CHECK bool port_lock_acquire(struct port_lock *lock);
void port_lock_release(struct port_lock *lock, bool enable);

/*
 * Raw spinning on a driver's KSPIN_LOCK word; the caller is at DISPATCH_LEVEL already. Checked
 * builds keep the owning processor in the word's upper half and tell what went wrong:
 */
enum port_ticket_fault {
	PORT_TICKET_FINE,
	PORT_TICKET_RECURSIVE, /* this processor holds it: left as it is, instead of spinning
				  forever */
	PORT_TICKET_FREE,      /* nobody holds it: nothing was released */
	PORT_TICKET_FOREIGN,   /* another processor took it: released all the same */
};

enum port_ticket_fault port_ticket_acquire(uint64_t *word);
bool port_ticket_try_acquire(uint64_t *word);
enum port_ticket_fault port_ticket_release(uint64_t *word);

/*
 * The same with the way to DISPATCH_LEVEL and back in the one call. In a task, acquiring disables
 * bottom halves first; it tells the context before. Releasing enables them where the task had them
 * enabled before, and tells the context afterwards; any other way back is left to the caller.
 */
struct port_ticket_outcome {
	enum port_context context;
	enum port_ticket_fault fault;
};

struct port_ticket_outcome port_ticket_raise_acquire(uint64_t *word);
struct port_ticket_outcome port_ticket_release_lower(uint64_t *word, enum port_context before);

/* A bit that is a lock. The caller has interrupts disabled (port_interrupts_save). */
void port_bit_acquire(int32_t *word, int32_t bit);
void port_bit_release(int32_t *word, int32_t bit);
/* Both in one call: what acquiring returns, releasing takes back. */
uint64_t port_bit_save_acquire(int32_t *word, int32_t bit);
void port_bit_release_restore(int32_t *word, int32_t bit, uint64_t interrupts);

PORT_END

#endif
