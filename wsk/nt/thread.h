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

} // namespace wsk

#endif
