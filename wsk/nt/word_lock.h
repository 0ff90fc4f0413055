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

} // namespace wsk

#endif
