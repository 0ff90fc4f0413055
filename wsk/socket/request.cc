// SPDX-License-Identifier: MIT OR GPL-2.0
/* Refusing IRPs. */
#include "socket/request.h"

#include "port/log.h"

namespace wsk
{

NTSTATUS request_refuse(const char *function, PIRP irp, Refusal refusal)
{
	if (refusal.rule)
		port_log_rule(function, refusal.rule);
	if (irp)
		request_complete(irp, refusal.status, 0);
	return refusal.status;
}

} // namespace wsk
