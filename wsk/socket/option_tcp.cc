// SPDX-License-Identifier: MIT OR GPL-2.0
/* Options of IPPROTO_TCP. */
#include <ws2ipdef.h>

#include "socket/control.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

constexpr Control rows[] = {
	option(IPPROTO_TCP, TCP_NODELAY, scope_tcp, rule_switch, sizeof(ULONG), set_transport,
	       get_transport, PORT_OPTION_NODELAY),
};

} // namespace

constinit const ControlTable tcp_options = {rows, RTL_NUMBER_OF(rows)};

} // namespace wsk
