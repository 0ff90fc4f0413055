/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Addresses as text and back: dotted decimal, and RFC 4291's forms of IPv6 addresses in the shape
 * that RFC 5952 recommends.
 */
#ifndef WSK_NT_IP_TEXT_H
#define WSK_NT_IP_TEXT_H

#include <ntddk.h>
#include <inaddr.h>
#include <in6addr.h>

#include "nt/digit.h"

namespace wsk
{

/* Room for the longest: [IPv6 with IPv4%scope]:port. */
class Text
{
public:
	void add(char c) { chars[length++] = c; }

	void add_number(ULONG value, ULONG base)
	{
		char digits[10];
		int count = 0;

		do
			digits[count++] = "0123456789abcdef"[value % base];
		while (value /= base);
		while (count)
			add(digits[--count]);
	}

	/* Without looking at the room; returns the terminator's place. */
	template <typename Char>
	Char *store(Char *target) const
	{
		for (ULONG i = 0; i < length; i++)
			target[i] = static_cast<unsigned char>(chars[i]);
		target[length] = 0;
		return target + length;
	}

	template <typename Char>
	NTSTATUS store(Char *target, PULONG room) const
	{
		ULONG needed = length + 1;
		bool fits = target && room && *room >= needed;

		if (room)
			*room = needed;
		if (!fits)
			return STATUS_INVALID_PARAMETER;
		store(target);
		return STATUS_SUCCESS;
	}

private:
	char chars[80];
	ULONG length = 0;
};

inline void add_ipv4(Text &text, const UCHAR *bytes)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			text.add('.');
		text.add_number(bytes[i], 10);
	}
}

inline void add_port(Text &text, USHORT port)
{
	text.add(':');
	text.add_number(RtlUshortByteSwap(port), 10);
}

inline USHORT word_at(const struct in6_addr *address, int i)
{
	return RtlUshortByteSwap(address->u.Word[i]);
}

/* Forms that hold an IPv4 address, which is written as one. */
inline bool ends_in_ipv4(const struct in6_addr *address)
{
	int zeros = 0;

	while (zeros < 6 && !address->u.Word[zeros])
		zeros++;
	/* Compatible, mapped, translated, and ISATAP interfaces. */
	if (zeros == 6)
		return address->u.Word[6];
	if (zeros == 5)
		return word_at(address, 5) == 0xffff;
	if (zeros == 4)
		return word_at(address, 4) == 0xffff && !address->u.Word[5];
	return (word_at(address, 4) & 0xfdff) == 0 && word_at(address, 5) == 0x5efe;
}

inline void add_ipv6(Text &text, const struct in6_addr *address)
{
	int words = ends_in_ipv4(address) ? 6 : 8;
	int gap = words, gap_length = 1;

	/* The first of the longest runs of zeros, of two at least. */
	for (int i = 0; i < words; i++) {
		int end = i;

		while (end < words && !address->u.Word[end])
			end++;
		if (end - i > gap_length) {
			gap = i;
			gap_length = end - i;
		}
	}
	for (int i = 0; i < words; i++) {
		if (i == gap) {
			text.add(':');
			i += gap_length - 1;
			if (i + 1 == words)
				text.add(':');
			continue;
		}
		if (i)
			text.add(':');
		text.add_number(word_at(address, i), 16);
	}
	if (words < 8) {
		if (gap + gap_length != words)
			text.add(':');
		add_ipv4(text, &address->u.Byte[12]);
	}
}

/* A number up to a limit, in C's notation or in a given base. It moves to where that ends. */
template <typename Char>
bool parse_number(const Char *&at, ULONG base, ULONGLONG limit, ULONG *value)
{
	ULONGLONG number = 0;

	if (!base) {
		base = 10;
		if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) {
			base = 16;
			at += 2;
		} else if (at[0] == '0') {
			base = 8;
		}
	}
	if (digit(*at) >= base)
		return false;
	for (; digit(*at) < base; at++) {
		number = number * base + digit(*at);
		if (number > limit)
			return false;
	}
	*value = static_cast<ULONG>(number);
	return true;
}

template <typename Char>
bool parse_ipv4(const Char *&at, bool strict, UCHAR *bytes)
{
	ULONG parts[4];
	int count = 0;

	for (;;) {
		if (!parse_number(at, strict ? 10 : 0, MAXULONG, &parts[count]))
			return false;
		count++;
		if (count == 4 || *at != '.')
			break;
		at++;
	}
	if (strict && count != 4)
		return false;

	/* Each part is a byte, but the last, which is all that is left. */
	ULONG address = parts[count - 1];

	if (count > 1 && address >> (8 * (5 - count)))
		return false;
	for (int i = 0; i < count - 1; i++) {
		if (parts[i] > 255)
			return false;
		address |= parts[i] << (8 * (3 - i));
	}
	for (int i = 0; i < 4; i++)
		bytes[i] = static_cast<UCHAR>(address >> (8 * (3 - i)));
	return true;
}

template <typename Char>
bool parse_ipv6(const Char *&at, UCHAR *bytes)
{
	UCHAR parsed[16] = {};
	int count = 0, gap = -1;

	if (*at == ':') {
		if (at[1] != ':')
			return false;
		at += 2;
		gap = 0;
	}
	while (count < 16 && digit(*at) < 16) {
		const Char *word = at;
		ULONG value;

		if (!parse_number(at, 16, 0xffff, &value) || at - word > 4)
			return false;
		if (*at == '.') {
			at = word;
			if (count > 12 || !parse_ipv4(at, true, &parsed[count]))
				return false;
			count += 4;
			break;
		}
		parsed[count++] = static_cast<UCHAR>(value >> 8);
		parsed[count++] = static_cast<UCHAR>(value);
		if (*at != ':' || count == 16)
			break;
		if (at[1] == ':') {
			if (gap >= 0)
				break;
			gap = count;
			at += 2;
		} else if (digit(at[1]) < 16) {
			at++;
		} else {
			break;
		}
	}
	if (gap < 0 ? count != 16 : count > 14)
		return false;
	RtlZeroMemory(bytes, 16);
	if (gap < 0)
		gap = count;
	RtlCopyMemory(bytes, parsed, gap);
	RtlCopyMemory(bytes + 16 - (count - gap), parsed + gap, count - gap);
	return true;
}

template <typename Char>
bool parse_port(const Char *&at, USHORT *port)
{
	ULONG value;

	if (!parse_number(at, at[0] == '0' ? 0 : 10, 0xffff, &value))
		return false;
	*port = RtlUshortByteSwap(value);
	return true;
}

template <typename Char>
Char *ipv4_to_string(const struct in_addr *address, Char *target)
{
	Text text;

	add_ipv4(text, reinterpret_cast<const UCHAR *>(address));
	return text.store(target);
}

template <typename Char>
NTSTATUS ipv4_to_string_ex(const struct in_addr *address, USHORT port, Char *target, PULONG room)
{
	Text text;

	if (!address)
		return STATUS_INVALID_PARAMETER;
	add_ipv4(text, reinterpret_cast<const UCHAR *>(address));
	if (port)
		add_port(text, port);
	return text.store(target, room);
}

template <typename Char>
NTSTATUS string_to_ipv4(const Char *string, bool strict, const Char **terminator,
			struct in_addr *address)
{
	*terminator = string;
	return parse_ipv4(*terminator, strict, reinterpret_cast<UCHAR *>(address))
		       ? STATUS_SUCCESS
		       : STATUS_INVALID_PARAMETER;
}

template <typename Char>
NTSTATUS string_to_ipv4_ex(const Char *string, bool strict, struct in_addr *address, PUSHORT port)
{
	struct in_addr parsed;
	USHORT parsed_port = 0;

	if (!string || !address || !port)
		return STATUS_INVALID_PARAMETER;
	if (!parse_ipv4(string, strict, reinterpret_cast<UCHAR *>(&parsed)))
		return STATUS_INVALID_PARAMETER;
	if (*string == ':' && !parse_port(++string, &parsed_port))
		return STATUS_INVALID_PARAMETER;
	if (*string)
		return STATUS_INVALID_PARAMETER;
	*address = parsed;
	*port = parsed_port;
	return STATUS_SUCCESS;
}

template <typename Char>
Char *ipv6_to_string(const struct in6_addr *address, Char *target)
{
	Text text;

	add_ipv6(text, address);
	return text.store(target);
}

template <typename Char>
NTSTATUS ipv6_to_string_ex(const struct in6_addr *address, ULONG scope, USHORT port, Char *target,
			   PULONG room)
{
	Text text;

	if (!address)
		return STATUS_INVALID_PARAMETER;
	if (port)
		text.add('[');
	add_ipv6(text, address);
	if (scope) {
		text.add('%');
		text.add_number(scope, 10);
	}
	if (port) {
		text.add(']');
		add_port(text, port);
	}
	return text.store(target, room);
}

template <typename Char>
NTSTATUS string_to_ipv6(const Char *string, const Char **terminator, struct in6_addr *address)
{
	*terminator = string;
	return parse_ipv6(*terminator, address->u.Byte) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

template <typename Char>
NTSTATUS string_to_ipv6_ex(const Char *string, struct in6_addr *address, PULONG scope, PUSHORT port)
{
	struct in6_addr parsed;
	USHORT parsed_port = 0;
	ULONG parsed_scope = 0;

	if (!string || !address || !scope || !port)
		return STATUS_INVALID_PARAMETER;

	bool bracket = *string == '[';

	if (bracket)
		string++;
	if (!parse_ipv6(string, parsed.u.Byte))
		return STATUS_INVALID_PARAMETER;
	if (*string == '%' && !parse_number(++string, 10, MAXULONG, &parsed_scope))
		return STATUS_INVALID_PARAMETER;
	if (bracket) {
		if (*string++ != ']')
			return STATUS_INVALID_PARAMETER;
		if (*string == ':' && !parse_port(++string, &parsed_port))
			return STATUS_INVALID_PARAMETER;
	}
	if (*string)
		return STATUS_INVALID_PARAMETER;
	*address = parsed;
	*scope = parsed_scope;
	*port = parsed_port;
	return STATUS_SUCCESS;
}

} // namespace wsk

#endif
