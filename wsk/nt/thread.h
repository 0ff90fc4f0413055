/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What the rest of the NT world asks about threads. */
#ifndef WSK_NT_THREAD_H
#define WSK_NT_THREAD_H

#include <wdm.h>

namespace wsk
{

/*
 * Mutexes that the current thread has acquired (or released, if negative), counted so that a thread
 * that ends with one can be told. Only threads of PsCreateSystemThread() are watched.
 */
void thread_holds_mutexes(int change);

/* The same for regions without APCs. */
enum class ThreadRegion { critical, guarded, kinds };

/* Enters (1) or leaves (-1) one; false if the thread is known to be in none that it could leave. */
bool thread_enters(ThreadRegion region, int change);
/* Also true of threads that Linux made, which never get APCs. */
bool thread_is_in(ThreadRegion region);

} // namespace wsk

#endif
