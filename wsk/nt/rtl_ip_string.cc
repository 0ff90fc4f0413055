// SPDX-License-Identifier: MIT OR GPL-2.0
/* IPv4 and IPv6 addresses as text, for drivers. */
#include <ip2string.h>

#include "nt/ip_text.h"

using namespace wsk;

/**
 * RtlIpv4AddressToStringA() - Write an IPv4 address as dotted decimal.
 * @Addr: The address.
 * @S: Receives the text; room for 16 characters.
 *
 * Context: Any IRQL.
 * Return: Where the terminating NUL is.
 * Source: ip2string.h, RtlIpv4AddressToStringA function
 */
extern "C" PSTR RtlIpv4AddressToStringA(const struct in_addr *Addr, PSTR S)
{
	return ipv4_to_string(Addr, S);
}

/**
 * RtlIpv4AddressToStringExA() - Write an IPv4 address and a port.
 * @Address: The address.
 * @Port: The port, in network byte order; 0 for none.
 * @AddressString: Receives ADDRESS or ADDRESS:PORT.
 * @AddressStringLength: How many characters there is room for; receives how many there are,
 *	NUL included.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if there is not enough room.
 * Source: ip2string.h, RtlIpv4AddressToStringExA function
 */
extern "C" NTSTATUS RtlIpv4AddressToStringExA(const struct in_addr *Address, USHORT Port,
					      PSTR AddressString, PULONG AddressStringLength)
{
	return ipv4_to_string_ex(Address, Port, AddressString, AddressStringLength);
}

/**
 * RtlIpv4StringToAddressA() - Read an IPv4 address.
 * @S: The text.
 * @Strict: TRUE: four decimal parts. FALSE: one to four parts, the last of which is all that is
 *	left, in decimal, octal (0) or hexadecimal (0x) notation.
 * @Terminator: Receives where the address, or what can be understood of it, ends.
 * @Addr: Receives the address.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if there is none.
 * Source: ip2string.h, RtlIpv4StringToAddressA function
 */
extern "C" NTSTATUS RtlIpv4StringToAddressA(PCSTR S, BOOLEAN Strict, PCSTR *Terminator,
					    struct in_addr *Addr)
{
	return string_to_ipv4(S, Strict, Terminator, Addr);
}

/**
 * RtlIpv4StringToAddressExA() - Read an IPv4 address and a port.
 * @AddressString: ADDRESS or ADDRESS:PORT.
 * @Strict: As for RtlIpv4StringToAddressA().
 * @Address: Receives the address.
 * @Port: Receives the port, in network byte order; 0 if there is none.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if it is anything else.
 * Source: ip2string.h, RtlIpv4StringToAddressExA function
 */
extern "C" NTSTATUS RtlIpv4StringToAddressExA(PCSTR AddressString, BOOLEAN Strict,
					      struct in_addr *Address, PUSHORT Port)
{
	return string_to_ipv4_ex(AddressString, Strict, Address, Port);
}

/**
 * RtlIpv6AddressToStringA() - Write an IPv6 address.
 * @Addr: The address.
 * @S: Receives the text; room for 46 characters.
 *
 * The longest run of zeros becomes "::"; what holds an IPv4 address ends in one.
 *
 * Context: Any IRQL.
 * Return: Where the terminating NUL is.
 * Source: ip2string.h, RtlIpv6AddressToStringA function
 */
extern "C" PSTR RtlIpv6AddressToStringA(const struct in6_addr *Addr, PSTR S)
{
	return ipv6_to_string(Addr, S);
}

/**
 * RtlIpv6AddressToStringExA() - Write an IPv6 address, a scope and a port.
 * @Address: The address.
 * @ScopeId: The scope; 0 for none.
 * @Port: The port, in network byte order; 0 for none.
 * @AddressString: Receives ADDRESS%SCOPE or [ADDRESS%SCOPE]:PORT.
 * @AddressStringLength: How many characters there is room for; receives how many there are,
 *	NUL included.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if there is not enough room.
 * Source: ip2string.h, RtlIpv6AddressToStringExA function
 */
extern "C" NTSTATUS RtlIpv6AddressToStringExA(const struct in6_addr *Address, ULONG ScopeId,
					      USHORT Port, PSTR AddressString,
					      PULONG AddressStringLength)
{
	return ipv6_to_string_ex(Address, ScopeId, Port, AddressString, AddressStringLength);
}

/**
 * RtlIpv6StringToAddressA() - Read an IPv6 address.
 * @S: The text.
 * @Terminator: Receives where the address, or what can be understood of it, ends.
 * @Addr: Receives the address.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if there is none.
 * Source: ip2string.h, RtlIpv6StringToAddressA function
 */
extern "C" NTSTATUS RtlIpv6StringToAddressA(PCSTR S, PCSTR *Terminator, struct in6_addr *Addr)
{
	return string_to_ipv6(S, Terminator, Addr);
}

/**
 * RtlIpv6StringToAddressExA() - Read an IPv6 address, a scope and a port.
 * @AddressString: ADDRESS, ADDRESS%SCOPE, or either of them as [...] or [...]:PORT.
 * @Address: Receives the address.
 * @ScopeId: Receives the scope, a number; 0 if there is none.
 * @Port: Receives the port, in network byte order; 0 if there is none.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if it is anything else.
 * Source: ip2string.h, RtlIpv6StringToAddressExA function
 */
extern "C" NTSTATUS RtlIpv6StringToAddressExA(PCSTR AddressString, struct in6_addr *Address,
					      PULONG ScopeId, PUSHORT Port)
{
	return string_to_ipv6_ex(AddressString, Address, ScopeId, Port);
}

/**
 * RtlIpv4AddressToStringW() - Write an IPv4 address as dotted decimal.
 * @Addr: The address.
 * @S: Receives the text; room for 16 characters.
 *
 * Context: Any IRQL.
 * Return: Where the terminating NUL is.
 * Source: ip2string.h, RtlIpv4AddressToStringW function
 */
extern "C" PWSTR RtlIpv4AddressToStringW(const struct in_addr *Addr, PWSTR S)
{
	return ipv4_to_string(Addr, S);
}

/**
 * RtlIpv4AddressToStringExW() - Write an IPv4 address and a port.
 * @Address: The address.
 * @Port: The port, in network byte order; 0 for none.
 * @AddressString: Receives ADDRESS or ADDRESS:PORT.
 * @AddressStringLength: How many characters there is room for; receives how many there are,
 *	NUL included.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if there is not enough room.
 * Source: ip2string.h, RtlIpv4AddressToStringExW function
 */
extern "C" NTSTATUS RtlIpv4AddressToStringExW(const struct in_addr *Address, USHORT Port,
					      PWSTR AddressString, PULONG AddressStringLength)
{
	return ipv4_to_string_ex(Address, Port, AddressString, AddressStringLength);
}

/**
 * RtlIpv4StringToAddressW() - Read an IPv4 address.
 * @S: The text.
 * @Strict: TRUE: four decimal parts. FALSE: one to four parts, the last of which is all that is
 *	left, in decimal, octal (0) or hexadecimal (0x) notation.
 * @Terminator: Receives where the address, or what can be understood of it, ends.
 * @Addr: Receives the address.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if there is none.
 * Source: ip2string.h, RtlIpv4StringToAddressW function
 */
extern "C" NTSTATUS RtlIpv4StringToAddressW(PCWSTR S, BOOLEAN Strict, PCWSTR *Terminator,
					    struct in_addr *Addr)
{
	return string_to_ipv4(S, Strict, Terminator, Addr);
}

/**
 * RtlIpv4StringToAddressExW() - Read an IPv4 address and a port.
 * @AddressString: ADDRESS or ADDRESS:PORT.
 * @Strict: As for RtlIpv4StringToAddressW().
 * @Address: Receives the address.
 * @Port: Receives the port, in network byte order; 0 if there is none.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if it is anything else.
 * Source: ip2string.h, RtlIpv4StringToAddressExW function
 */
extern "C" NTSTATUS RtlIpv4StringToAddressExW(PCWSTR AddressString, BOOLEAN Strict,
					      struct in_addr *Address, PUSHORT Port)
{
	return string_to_ipv4_ex(AddressString, Strict, Address, Port);
}

/**
 * RtlIpv6AddressToStringW() - Write an IPv6 address.
 * @Addr: The address.
 * @S: Receives the text; room for 46 characters.
 *
 * The longest run of zeros becomes "::"; what holds an IPv4 address ends in one.
 *
 * Context: Any IRQL.
 * Return: Where the terminating NUL is.
 * Source: ip2string.h, RtlIpv6AddressToStringW function
 */
extern "C" PWSTR RtlIpv6AddressToStringW(const struct in6_addr *Addr, PWSTR S)
{
	return ipv6_to_string(Addr, S);
}

/**
 * RtlIpv6AddressToStringExW() - Write an IPv6 address, a scope and a port.
 * @Address: The address.
 * @ScopeId: The scope; 0 for none.
 * @Port: The port, in network byte order; 0 for none.
 * @AddressString: Receives ADDRESS%SCOPE or [ADDRESS%SCOPE]:PORT.
 * @AddressStringLength: How many characters there is room for; receives how many there are,
 *	NUL included.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if there is not enough room.
 * Source: ip2string.h, RtlIpv6AddressToStringExW function
 */
extern "C" NTSTATUS RtlIpv6AddressToStringExW(const struct in6_addr *Address, ULONG ScopeId,
					      USHORT Port, PWSTR AddressString,
					      PULONG AddressStringLength)
{
	return ipv6_to_string_ex(Address, ScopeId, Port, AddressString, AddressStringLength);
}

/**
 * RtlIpv6StringToAddressW() - Read an IPv6 address.
 * @S: The text.
 * @Terminator: Receives where the address, or what can be understood of it, ends.
 * @Addr: Receives the address.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if there is none.
 * Source: ip2string.h, RtlIpv6StringToAddressW function
 */
extern "C" NTSTATUS RtlIpv6StringToAddressW(PCWSTR S, PCWSTR *Terminator, struct in6_addr *Addr)
{
	return string_to_ipv6(S, Terminator, Addr);
}

/**
 * RtlIpv6StringToAddressExW() - Read an IPv6 address, a scope and a port.
 * @AddressString: ADDRESS, ADDRESS%SCOPE, or either of them as [...] or [...]:PORT.
 * @Address: Receives the address.
 * @ScopeId: Receives the scope, a number; 0 if there is none.
 * @Port: Receives the port, in network byte order; 0 if there is none.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if it is anything else.
 * Source: ip2string.h, RtlIpv6StringToAddressExW function
 */
extern "C" NTSTATUS RtlIpv6StringToAddressExW(PCWSTR AddressString, struct in6_addr *Address,
					      PULONG ScopeId, PUSHORT Port)
{
	return string_to_ipv6_ex(AddressString, Address, ScopeId, Port);
}
