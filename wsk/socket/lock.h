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
	explicit LockGuard(port_lock &lock) : lock_(lock), enable_(port_lock_acquire(&lock_)) {}
	~LockGuard() { port_lock_release(&lock_, enable_); }
	LockGuard(const LockGuard &) = delete;
	LockGuard &operator=(const LockGuard &) = delete;

private:
	port_lock &lock_;
	const bool enable_; /* bottom halves, in the end */
};

} // namespace wsk

#endif
