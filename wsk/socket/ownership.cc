// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * A socket is in its owner's network namespace and binds with its owner's rights. A driver that
 * names no owner is trusted: its sockets are in the current process' namespace, but have the
 * kernel's rights.
 */
#include "socket/ownership.h"

#include "nt/object.h"
#include "socket/security.h"

namespace wsk
{

Refusal Ownership::check() const
{
	if (process && !is_process(process))
		return {STATUS_INVALID_PARAMETER, "the OwningProcess is no process"};
	if (thread && !is_thread(thread))
		return {STATUS_INVALID_PARAMETER, "the OwningThread is no thread"};
	return accepted;
}

port_owner *Ownership::make() const
{
	if (!process && !thread)
		return port_owner_current();
	port_process *owner = process ? process_of(process) : nullptr;
	port_thread *task = thread ? task_of(thread) : nullptr;

	/* The System process. */
	if (process && !owner)
		return port_owner_kernel(task);
	return port_owner_of(owner, task);
}

Refusal Ownership::keep(port_owner **owner, PSECURITY_DESCRIPTOR *kept) const
{
	if (descriptor && !security_take(descriptor))
		return {STATUS_INVALID_PARAMETER,
			"the security descriptor is none of WSK_CACHE_SD"};
	*owner = make();
	if (!*owner) {
		security_give_back(descriptor);
		return no_memory;
	}
	*kept = descriptor;
	return accepted;
}

} // namespace wsk
