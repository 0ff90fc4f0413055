/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Socket options in Windows' numbers. */
#ifndef WSK_SOCKET_OPTION_H
#define WSK_SOCKET_OPTION_H

#include <wdm.h>

#include "port/net.h"

namespace wsk
{

/* Where an option lives. */
enum class Home : UCHAR {
	transport,
	share_address,
	exclusive,
	linger,
};

struct Option {
	ULONG level;
	ULONG name;
	Home home;
	port_socket_option port; /* of the transport's options */
	bool boolean;		 /* 0 or 1, given in one byte or four */
	bool before_bind;
};

/* Null for options that there are not. */
const Option *find_option(ULONG level, ULONG name);

} // namespace wsk

#endif
