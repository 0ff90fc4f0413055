// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The IP Helper: how Linux' interfaces, addresses and failures look to Windows.
 *
 * A LUID holds an interface's index, so that it needs no table of its own; what is over 24 bits of
 * it is kept in the reserved part. A GUID is a LUID behind a constant.
 */
#include "nt/iphlp.h"

#include "nt/nt_unicode.h"
#include "port/error.h"

namespace wsk
{

namespace
{

constexpr GUID guid_base = {0x8f0f6bd3, 0x6a31, 0x4c5e, {}};

struct {
	NTSTATUS status;
	int error;
} constexpr errors[] = {
	{STATUS_INSUFFICIENT_RESOURCES, PORT_ENOMEM},
	{STATUS_INSUFFICIENT_RESOURCES, PORT_ENOBUFS},
	{STATUS_INVALID_PARAMETER, PORT_EINVAL},
	{STATUS_NOT_FOUND, PORT_ENODEV},
	{STATUS_NOT_FOUND, PORT_ENOENT},
	{STATUS_NOT_FOUND, PORT_ESRCH},
	{STATUS_NOT_FOUND, PORT_EADDRNOTAVAIL},
	{STATUS_DUPLICATE_OBJECTID, PORT_EEXIST},
	{STATUS_ACCESS_DENIED, PORT_EPERM},
	{STATUS_ACCESS_DENIED, PORT_EACCES},
	{STATUS_NOT_SUPPORTED, PORT_EOPNOTSUPP},
	{STATUS_NOT_SUPPORTED, PORT_EAFNOSUPPORT},
	{STATUS_NETWORK_UNREACHABLE, PORT_ENETUNREACH},
	{STATUS_NETWORK_UNREACHABLE, PORT_ENETDOWN},
	{STATUS_HOST_UNREACHABLE, PORT_EHOSTUNREACH},
	{STATUS_DEVICE_BUSY, PORT_EBUSY},
};

} // namespace

static_assert(sizeof(SOCKADDR_INET) == sizeof(port_address));

bool iphlp_may_sleep(const char *function)
{
	if (KeGetCurrentIrql() <= APC_LEVEL)
		return true;
	port_log_rule(function, "called above APC_LEVEL");
	return false;
}

NTSTATUS iphlp_status(int64_t result)
{
	if (result >= 0)
		return STATUS_SUCCESS;
	for (const auto &entry : errors)
		if (entry.error == -result)
			return entry.status;
	return STATUS_UNSUCCESSFUL;
}

NET_LUID luid_of(const port_interface_id &id)
{
	NET_LUID luid = {};

	luid.Info.IfType = id.type;
	luid.Info.NetLuidIndex = id.index & 0xffffff;
	luid.Info.Reserved = id.index >> 24;
	return luid;
}

ULONG index_of(const NET_LUID &luid)
{
	return static_cast<ULONG>(luid.Info.NetLuidIndex) |
	       static_cast<ULONG>(luid.Info.Reserved << 24);
}

GUID guid_of(const port_interface_id &id)
{
	GUID guid = guid_base;
	const NET_LUID luid = luid_of(id);

	RtlCopyMemory(guid.Data4, &luid, sizeof(luid));
	return guid;
}

bool luid_of_guid(const GUID &guid, NET_LUID *luid)
{
	RtlCopyMemory(luid, guid.Data4, sizeof(*luid));
	return RtlEqualMemory(&guid, &guid_base, offsetof(GUID, Data4));
}

NTSTATUS find_interface(port_net *net, const NET_LUID &luid, NET_IFINDEX index,
			port_interface_id *id)
{
	char name[PORT_INTERFACE_NAME];

	if (!luid.Value && !index)
		return STATUS_INVALID_PARAMETER;
	id->index = luid.Value ? index_of(luid) : index;
	if (!port_interface_name(net, id, name) || (luid.Value && luid.Value != luid_of(*id).Value))
		return STATUS_NOT_FOUND;
	return STATUS_SUCCESS;
}

SOCKADDR_INET sockaddr_of(const port_address &address)
{
	SOCKADDR_INET result;

	RtlCopyMemory(&result, &address, sizeof(result));
	result.si_family = address.family == PORT_AF_INET ? AF_INET : AF_INET6;
	return result;
}

bool address_of(const SOCKADDR_INET &from, port_address *address)
{
	SOCKADDR_INET bare = {};

	if (from.si_family == AF_INET) {
		bare.Ipv4.sin_addr = from.Ipv4.sin_addr;
	} else if (from.si_family == AF_INET6) {
		bare.Ipv6.sin6_addr = from.Ipv6.sin6_addr;
		bare.Ipv6.sin6_scope_id = from.Ipv6.sin6_scope_id;
	} else {
		return false;
	}
	RtlCopyMemory(address, &bare, sizeof(bare));
	address->family = from.si_family == AF_INET ? PORT_AF_INET : PORT_AF_INET6;
	return true;
}

/* A scope is said again by the interface. */
bool same_address(const port_address &a, const port_address &b)
{
	const SOCKADDR_INET left = sockaddr_of(a), right = sockaddr_of(b);

	if (left.si_family != right.si_family)
		return false;
	return left.si_family == AF_INET
		       ? IN4_ADDR_EQUAL(&left.Ipv4.sin_addr, &right.Ipv4.sin_addr)
		       : IN6_ADDR_EQUAL(&left.Ipv6.sin6_addr, &right.Ipv6.sin6_addr);
}

SCOPE_ID scope_of(const SOCKADDR_INET &address)
{
	return address.si_family == AF_INET6 ? address.Ipv6.sin6_scope_struct : SCOPE_ID{};
}

bool widen(const char *name, WCHAR *to, SIZE_T length)
{
	return convert(to, length, name, __builtin_strlen(name) + 1).needed <= length;
}

} // namespace wsk

using namespace wsk;

/**
 * FreeMibTable() - Frees a table that a function of the IP Helper has made.
 * @Memory: The table; NULL is none.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: netioapi.h, FreeMibTable function
 */
extern "C" VOID NTAPI FreeMibTable(PVOID Memory)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (Memory)
		pool_free(Memory, iphlp_tag, __func__);
}
