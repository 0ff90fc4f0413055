// SPDX-License-Identifier: MIT OR GPL-2.0
/* Which family, type and protocol a category's sockets can have. */
#include "socket/kind.h"

#include "socket/address.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

constexpr ULONG any_protocol = ~0u;

constexpr UCHAR bit(Category category)
{
	return 1 << static_cast<UCHAR>(category);
}

constexpr UCHAR tcp_categories = bit(Category::basic) | bit(Category::listen) |
				 bit(Category::connection) | bit(Category::stream);
constexpr UCHAR datagram_categories = bit(Category::basic) | bit(Category::datagram);

struct Row {
	USHORT type;
	ULONG protocol;
	UCHAR categories;
};

constexpr Row rows[] = {
	{SOCK_STREAM, IPPROTO_TCP, tcp_categories},
	{SOCK_DGRAM, IPPROTO_UDP, datagram_categories},
	{SOCK_RAW, any_protocol, datagram_categories},
};

/* False where the flags name no category, or several. */
bool category_from_flags(ULONG flags, Category *category)
{
	switch (flags) {
	case WSK_FLAG_BASIC_SOCKET:
		*category = Category::basic;
		return true;
	case WSK_FLAG_LISTEN_SOCKET:
		*category = Category::listen;
		return true;
	case WSK_FLAG_DATAGRAM_SOCKET:
		*category = Category::datagram;
		return true;
	case WSK_FLAG_CONNECTION_SOCKET:
		*category = Category::connection;
		return true;
	case WSK_FLAG_STREAM_SOCKET:
		*category = Category::stream;
		return true;
	default:
		return false;
	}
}

} // namespace

Refusal find_kind(ADDRESS_FAMILY family, USHORT type, ULONG protocol, ULONG flags, Kind *kind)
{
	Category category;

	if (!category_from_flags(flags, &category))
		return {STATUS_INVALID_PARAMETER, "the flags do not name one category"};
	for (const Row &row : rows) {
		if (!port_family(family) || row.type != type || !(row.categories & bit(category)) ||
		    (row.protocol == any_protocol ? protocol > IPPROTO_RAW
						  : protocol != row.protocol))
			continue;
		*kind = {family, type, protocol, category};
		return accepted;
	}
	return {STATUS_NOT_SUPPORTED, "the category does not have this family, type and protocol"};
}

const VOID *provider_table(Category category)
{
	switch (category) {
	case Category::basic:
		return &basic_dispatch;
	case Category::listen:
		return &listen_dispatch;
	case Category::connection:
		return &connection_dispatch;
	case Category::datagram:
		return &datagram_dispatch;
	case Category::stream:
		return &stream_dispatch;
	}
	return nullptr;
}

} // namespace wsk
