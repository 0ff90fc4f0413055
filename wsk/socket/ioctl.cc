// SPDX-License-Identifier: MIT OR GPL-2.0
/* The table of control codes. Handlers of more than a few lines are in ioctl_*.cc, by subject. */
#include "socket/control.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

/* Extensions are other interfaces than WSK's own, and there are none. */
Refusal register_extension(Socket &, ControlCall &)
{
	return {STATUS_NOT_SUPPORTED, nullptr};
}

constexpr Control rows[] = {
	control_code(SIO_WSK_REGISTER_EXTENSION, scope_all, rule_immediate,
		     sizeof(WSK_EXTENSION_CONTROL_IN), sizeof(WSK_EXTENSION_CONTROL_OUT),
		     register_extension),
};

} // namespace

constinit const ControlTable control_codes = {rows, RTL_NUMBER_OF(rows)};

} // namespace wsk
