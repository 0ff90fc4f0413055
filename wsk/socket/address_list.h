/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What WskGetAddressInfo returns: a list in one block, charged to the driver until it is freed. */
#ifndef WSK_SOCKET_ADDRESS_LIST_H
#define WSK_SOCKET_ADDRESS_LIST_H

#include <wdm.h>
#include <ws2def.h>

#include "nt/driver.h"
#include "socket/literal.h"

namespace wsk
{

class AddressList
{
public:
	/*
	 * Room for so many addresses, at least one, and a canonical name of so many units without
	 * its NUL, if any. Null when memory is short.
	 */
	static AddressList *make(DriverAccount *account, SIZE_T addresses, SIZE_T name_units);
	void free();

	/* Appends one of those that there is room for. */
	void add(const HostAddress &host, USHORT port, int type, int protocol);
	/* The first address's; to be filled. */
	WCHAR *canonical_name() { return entries_[0].info.ai_canonname; }

	PADDRINFOEXW first() { return &entries_[0].info; }
	/* Null, unless it is the first of a list that has not been freed. */
	static AddressList *from(PADDRINFOEXW first);

	static void *operator new(size_t size, size_t more) noexcept;
	static void operator delete(void *block);

private:
	struct Entry {
		ADDRINFOEXW info;
		HostSockaddr address;
	};

	AddressList(DriverAccount *account, SIZE_T addresses, SIZE_T name_units);

	static constexpr ULONG tag = 'iasW';
	static constexpr ULONG live = 0x494e4641;

	ULONG signature_ = live;
	DriverAccount *account_;
	SIZE_T count_ = 0;
	Entry entries_[];
};

} // namespace wsk

#endif
