/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What a socket is: its category, and what transport it stands on. */
#ifndef WSK_SOCKET_KIND_H
#define WSK_SOCKET_KIND_H

#include <wdm.h>
#include <wsk.h>

#include "socket/request.h"

namespace wsk
{

enum class Category : UCHAR { basic, listen, datagram, connection, stream };

struct Kind {
	ADDRESS_FAMILY family;
	USHORT type;
	ULONG protocol;
	Category category;
};

/* Which kind the arguments of WskSocket name, or what is wrong with them. */
[[nodiscard]] Refusal find_kind(ADDRESS_FAMILY family, USHORT type, ULONG protocol, ULONG flags,
				Kind *kind);

/* The category's table of functions, as a socket's header points to it; null: not built yet. */
const VOID *provider_table(Category category);

} // namespace wsk

#endif
