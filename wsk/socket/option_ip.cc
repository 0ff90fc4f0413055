// SPDX-License-Identifier: MIT OR GPL-2.0
/* Options of IPPROTO_IP and IPPROTO_IPV6. */
#include <ws2ipdef.h>

#include "socket/control.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

constexpr Control rows[] = {
	option(IPPROTO_IPV6, IPV6_V6ONLY, scope_ipv6, rule_switch | rule_before_bind, sizeof(ULONG),
	       set_transport, get_transport, PORT_OPTION_V6ONLY),
};

} // namespace

constinit const ControlTable ip_options = {rows, RTL_NUMBER_OF(rows)};

} // namespace wsk
