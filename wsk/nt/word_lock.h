/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Leaf locks for static tables: free when zero, so they need nobody to initialize them. Taken with
 * bottom halves disabled; nothing else is acquired while one is held.
 */
#ifndef WSK_NT_WORD_LOCK_H
#define WSK_NT_WORD_LOCK_H

#include "port/context.h"
#include "port/lock.h"

namespace wsk
{

class WordLock
{
public:
	void acquire()
	{
		port_bottom_halves_disable();
		port_ticket_acquire(&word);
	}

	void release()
	{
		port_ticket_release(&word);
		port_bottom_halves_enable();
	}

private:
	friend class InterruptGuard;

	uint64_t word = 0;
};

class WordGuard
{
public:
	explicit WordGuard(WordLock &held) : lock(held) { lock.acquire(); }
	~WordGuard() { lock.release(); }
	WordGuard(const WordGuard &) = delete;
	WordGuard &operator=(const WordGuard &) = delete;

private:
	WordLock &lock;
};

/* Holds a lock that is taken in any context: all its holders have interrupts disabled. */
class InterruptGuard
{
public:
	explicit InterruptGuard(WordLock &held) : lock(held), interrupts(port_interrupts_save())
	{
		port_ticket_acquire(&lock.word);
	}
	~InterruptGuard()
	{
		port_ticket_release(&lock.word);
		port_interrupts_restore(interrupts);
	}
	InterruptGuard(const InterruptGuard &) = delete;
	InterruptGuard &operator=(const InterruptGuard &) = delete;

private:
	WordLock &lock;
	const uint64_t interrupts;
};

} // namespace wsk

#endif
