// SPDX-License-Identifier: MIT OR GPL-2.0
/* Lists of addresses, as drivers hold them. */
#include "socket/address_list.h"

#include "nt/pool.h"

namespace wsk
{

void *AddressList::operator new(size_t size, size_t more) noexcept
{
	return ExAllocatePool2(POOL_FLAG_NON_PAGED, size + more, tag);
}

void AddressList::operator delete(void *block)
{
	ExFreePoolWithTag(block, tag);
}

/* The pool has cleared what lies behind. */
AddressList::AddressList(DriverAccount *account, SIZE_T addresses, SIZE_T name_units)
	: account_(account)
{
	if (name_units)
		entries_[0].info.ai_canonname = reinterpret_cast<WCHAR *>(&entries_[addresses]);
	driver_charge(account_, Resource::address_lists);
}

AddressList *AddressList::make(DriverAccount *account, SIZE_T addresses, SIZE_T name_units)
{
	SIZE_T name_bytes = name_units ? (name_units + 1) * sizeof(WCHAR) : 0;

	return new (addresses * sizeof(Entry) + name_bytes)
		AddressList(account, addresses, name_units);
}

void AddressList::free()
{
	driver_discharge(account_, Resource::address_lists);
	signature_ = 0;
	delete this;
}

void AddressList::add(const HostAddress &host, USHORT port, int type, int protocol)
{
	Entry &entry = entries_[count_];

	sockaddr_of_host(host, port, &entry.address);
	entry.info.ai_family = host.family;
	entry.info.ai_socktype = type;
	entry.info.ai_protocol = protocol;
	entry.info.ai_addrlen = sockaddr_size(host.family);
	entry.info.ai_addr = &entry.address.any;
	if (count_)
		entries_[count_ - 1].info.ai_next = &entry.info;
	count_++;
}

AddressList *AddressList::from(PADDRINFOEXW first)
{
	AddressList *self = CONTAINING_RECORD(first, AddressList, entries_[0].info);

	return pool_is_live(self, tag) && self->signature_ == live ? self : nullptr;
}

} // namespace wsk
