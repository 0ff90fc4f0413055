// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * From one name of an interface to another. Linux has one name for an interface, which is its name
 * and its alias here. None of these sleeps.
 */
#include "nt/iphlp.h"
#include "nt/nt_unicode.h"

namespace wsk
{

namespace
{

/* The interface of a LUID; false where the LUID is none, or another type's. */
bool find(port_net *net, const NET_LUID *luid, port_interface_id *id,
	  char (&name)[PORT_INTERFACE_NAME])
{
	if (!luid || !luid->Value)
		return false;
	id->index = index_of(*luid);
	return port_interface_name(net, id, name) && luid_of(*id).Value == luid->Value;
}

NTSTATUS luid_of_name(const char *name, NET_LUID *luid)
{
	port_interface_id id = {};
	Net net;

	if (!port_interface_named(net, name, &id))
		return STATUS_INVALID_PARAMETER;
	*luid = luid_of(id);
	return STATUS_SUCCESS;
}

NTSTATUS luid_of_name(const WCHAR *name, NET_LUID *luid)
{
	char narrow[PORT_INTERFACE_NAME];
	SIZE_T length = 0;

	/* Anything longer is no name. */
	while (length < PORT_INTERFACE_NAME && name[length])
		length++;
	if (length == PORT_INTERFACE_NAME ||
	    convert(narrow, sizeof(narrow), name, length + 1).needed > sizeof(narrow))
		return STATUS_INVALID_PARAMETER;
	return luid_of_name(narrow, luid);
}

NTSTATUS wide_name_of(const NET_LUID *luid, PWSTR to, SIZE_T length)
{
	char name[PORT_INTERFACE_NAME];
	port_interface_id id = {};
	Net net;

	if (!to || !find(net, luid, &id, name))
		return STATUS_INVALID_PARAMETER;
	return widen(name, to, length) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * ConvertInterfaceNameToLuidA() - Finds an interface by its name.
 * @InterfaceName: The name.
 * @InterfaceLuid: Receives its LUID.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, or no such interface).
 * Source: netioapi.h, ConvertInterfaceNameToLuidA function
 */
extern "C" NTSTATUS NTAPI ConvertInterfaceNameToLuidA(const CHAR *InterfaceName,
						      NET_LUID *InterfaceLuid)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!InterfaceName || !InterfaceLuid)
		return STATUS_INVALID_PARAMETER;
	return luid_of_name(InterfaceName, InterfaceLuid);
}

/**
 * ConvertInterfaceNameToLuidW() - Finds an interface by its name.
 * @InterfaceName: The name.
 * @InterfaceLuid: Receives its LUID.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, or no such interface).
 * Source: netioapi.h, ConvertInterfaceNameToLuidW function
 */
extern "C" NTSTATUS NTAPI ConvertInterfaceNameToLuidW(const WCHAR *InterfaceName,
						      NET_LUID *InterfaceLuid)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!InterfaceName || !InterfaceLuid)
		return STATUS_INVALID_PARAMETER;
	return luid_of_name(InterfaceName, InterfaceLuid);
}

/**
 * ConvertInterfaceLuidToNameA() - Tells an interface's name.
 * @InterfaceLuid: Its LUID.
 * @InterfaceName: Receives the name.
 * @Length: Room for so many characters, NUL included; IF_NAMESIZE is always enough.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, or no such interface); STATUS_NO_MEMORY
 *	(not enough room).
 * Source: netioapi.h, ConvertInterfaceLuidToNameA function
 */
extern "C" NTSTATUS NTAPI ConvertInterfaceLuidToNameA(const NET_LUID *InterfaceLuid,
						      PSTR InterfaceName, SIZE_T Length)
{
	char name[PORT_INTERFACE_NAME];
	port_interface_id id = {};
	Net net;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!InterfaceName || !find(net, InterfaceLuid, &id, name))
		return STATUS_INVALID_PARAMETER;
	if (__builtin_strlen(name) >= Length)
		return STATUS_NO_MEMORY;
	RtlCopyMemory(InterfaceName, name, __builtin_strlen(name) + 1);
	return STATUS_SUCCESS;
}

/**
 * ConvertInterfaceLuidToNameW() - Tells an interface's name.
 * @InterfaceLuid: Its LUID.
 * @InterfaceName: Receives the name.
 * @Length: Room for so many characters, NUL included; IF_NAMESIZE is always enough.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, or no such interface); STATUS_NO_MEMORY
 *	(not enough room).
 * Source: netioapi.h, ConvertInterfaceLuidToNameW function
 */
extern "C" NTSTATUS NTAPI ConvertInterfaceLuidToNameW(const NET_LUID *InterfaceLuid,
						      PWSTR InterfaceName, SIZE_T Length)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return wide_name_of(InterfaceLuid, InterfaceName, Length);
}

/**
 * ConvertInterfaceLuidToIndex() - Tells an interface's index.
 * @InterfaceLuid: Its LUID.
 * @InterfaceIndex: Receives the index.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, or no such interface).
 * Source: netioapi.h, ConvertInterfaceLuidToIndex function
 */
extern "C" NTSTATUS NTAPI ConvertInterfaceLuidToIndex(const NET_LUID *InterfaceLuid,
						      PNET_IFINDEX InterfaceIndex)
{
	char name[PORT_INTERFACE_NAME];
	port_interface_id id = {};
	Net net;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!InterfaceIndex || !find(net, InterfaceLuid, &id, name))
		return STATUS_INVALID_PARAMETER;
	*InterfaceIndex = id.index;
	return STATUS_SUCCESS;
}

/**
 * ConvertInterfaceIndexToLuid() - Tells the LUID of an interface.
 * @InterfaceIndex: Its index.
 * @InterfaceLuid: Receives the LUID.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, or no such interface).
 * Source: netioapi.h, ConvertInterfaceIndexToLuid function
 */
extern "C" NTSTATUS NTAPI ConvertInterfaceIndexToLuid(NET_IFINDEX InterfaceIndex,
						      PNET_LUID InterfaceLuid)
{
	port_interface_id id = {};
	Net net;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!InterfaceLuid || !NT_SUCCESS(find_interface(net, {}, InterfaceIndex, &id)))
		return STATUS_INVALID_PARAMETER;
	*InterfaceLuid = luid_of(id);
	return STATUS_SUCCESS;
}

/**
 * ConvertInterfaceLuidToAlias() - Tells an interface's alias, which is its name.
 * @InterfaceLuid: Its LUID.
 * @InterfaceAlias: Receives the alias.
 * @Length: Room for so many characters, NUL included.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, or no such interface); STATUS_NO_MEMORY
 *	(not enough room).
 * Source: netioapi.h, ConvertInterfaceLuidToAlias function
 */
extern "C" NTSTATUS NTAPI ConvertInterfaceLuidToAlias(const NET_LUID *InterfaceLuid,
						      PWSTR InterfaceAlias, SIZE_T Length)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return wide_name_of(InterfaceLuid, InterfaceAlias, Length);
}

/**
 * ConvertInterfaceAliasToLuid() - Finds an interface by its alias, which is its name.
 * @InterfaceAlias: The alias.
 * @InterfaceLuid: Receives its LUID.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, or no such interface).
 * Source: netioapi.h, ConvertInterfaceAliasToLuid function
 */
extern "C" NTSTATUS NTAPI ConvertInterfaceAliasToLuid(const WCHAR *InterfaceAlias,
						      PNET_LUID InterfaceLuid)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!InterfaceAlias || !InterfaceLuid)
		return STATUS_INVALID_PARAMETER;
	return luid_of_name(InterfaceAlias, InterfaceLuid);
}

/**
 * ConvertInterfaceLuidToGuid() - Tells the GUID of an interface.
 * @InterfaceLuid: Its LUID.
 * @InterfaceGuid: Receives the GUID.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, or no such interface).
 * Source: netioapi.h, ConvertInterfaceLuidToGuid function
 */
extern "C" NTSTATUS NTAPI ConvertInterfaceLuidToGuid(const NET_LUID *InterfaceLuid,
						     GUID *InterfaceGuid)
{
	char name[PORT_INTERFACE_NAME];
	port_interface_id id = {};
	Net net;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!InterfaceGuid || !find(net, InterfaceLuid, &id, name))
		return STATUS_INVALID_PARAMETER;
	*InterfaceGuid = guid_of(id);
	return STATUS_SUCCESS;
}

/**
 * ConvertInterfaceGuidToLuid() - Finds an interface by its GUID.
 * @InterfaceGuid: The GUID.
 * @InterfaceLuid: Receives the LUID.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, or no such interface).
 * Source: netioapi.h, ConvertInterfaceGuidToLuid function
 */
extern "C" NTSTATUS NTAPI ConvertInterfaceGuidToLuid(const GUID *InterfaceGuid,
						     PNET_LUID InterfaceLuid)
{
	char name[PORT_INTERFACE_NAME];
	port_interface_id id = {};
	NET_LUID luid = {};
	Net net;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!InterfaceGuid || !InterfaceLuid || !luid_of_guid(*InterfaceGuid, &luid) ||
	    !find(net, &luid, &id, name))
		return STATUS_INVALID_PARAMETER;
	*InterfaceLuid = luid;
	return STATUS_SUCCESS;
}

/**
 * if_nametoindex() - Tells the index of the interface of a name.
 * @InterfaceName: The name.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The index; 0 where there is no such interface, or the name is NULL.
 * Source: netioapi.h, if_nametoindex function
 */
extern "C" NET_IFINDEX NTAPI if_nametoindex(PCSTR InterfaceName)
{
	port_interface_id id = {};
	Net net;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	return InterfaceName && port_interface_named(net, InterfaceName, &id) ? id.index : 0;
}

/**
 * if_indextoname() - Tells the name of the interface of an index.
 * @InterfaceIndex: The index.
 * @InterfaceName: Receives the name; room for IF_NAMESIZE characters.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: InterfaceName; NULL where there is no such interface, or that is NULL.
 * Source: netioapi.h, if_indextoname function
 */
extern "C" PCHAR NTAPI if_indextoname(NET_IFINDEX InterfaceIndex, PCHAR InterfaceName)
{
	port_interface_id id = {.index = InterfaceIndex, .type = 0};
	Net net;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!InterfaceName)
		return nullptr;
	char name[PORT_INTERFACE_NAME];
	if (!port_interface_name(net, &id, name))
		return nullptr;
	RtlCopyMemory(InterfaceName, name, sizeof(name));
	return InterfaceName;
}

/**
 * ConvertLengthToIpv4Mask() - Makes a mask of so many bits.
 * @MaskLength: How many: at most 32.
 * @Mask: Receives the mask, in network byte order; INADDR_NONE where there is none.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER.
 * Source: netioapi.h, ConvertLengthToIpv4Mask function
 */
extern "C" NTSTATUS NTAPI ConvertLengthToIpv4Mask(ULONG MaskLength, PULONG Mask)
{
	if (!Mask)
		return STATUS_INVALID_PARAMETER;
	if (MaskLength > 32) {
		*Mask = INADDR_NONE;
		return STATUS_INVALID_PARAMETER;
	}
	*Mask = RtlUlongByteSwap(MaskLength ? ~0u << (32 - MaskLength) : 0);
	return STATUS_SUCCESS;
}

/**
 * ConvertIpv4MaskToLength() - Counts the bits of a mask.
 * @Mask: The mask, in network byte order: ones, and zeros behind them.
 * @MaskLength: Receives how many ones.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, or no mask).
 * Source: netioapi.h, ConvertIpv4MaskToLength function
 */
extern "C" NTSTATUS NTAPI ConvertIpv4MaskToLength(ULONG Mask, PUINT8 MaskLength)
{
	const ULONG host = ~RtlUlongByteSwap(Mask);

	if (!MaskLength || (host & (host + 1)))
		return STATUS_INVALID_PARAMETER;
	*MaskLength = static_cast<UINT8>(host ? __builtin_clz(host) : 32);
	return STATUS_SUCCESS;
}
