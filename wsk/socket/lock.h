/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Scoped ownership of a port_lock. */
#ifndef WSK_SOCKET_LOCK_H
#define WSK_SOCKET_LOCK_H

#include "port/lock.h"

namespace wsk
{

class LockGuard
{
public:
	explicit LockGuard(port_lock &lock) : lock_(lock) { port_lock_acquire(&lock_); }
	~LockGuard() { port_lock_release(&lock_); }
	LockGuard(const LockGuard &) = delete;
	LockGuard &operator=(const LockGuard &) = delete;

private:
	port_lock &lock_;
};

} // namespace wsk

#endif
