// SPDX-License-Identifier: MIT OR GPL-2.0
/* GUIDs as strings: {00112233-4455-6677-8899-AABBCCDDEEFF}. */
#include <wdm.h>
#include <wdm/hash.h>

#include "nt/digit.h"
#include "nt/irql.h"
#include "nt/pool.h"

using namespace wsk;

namespace
{

constexpr ULONG string_tag = 'grtS';
constexpr size_t text_units = 38;

/* Which byte of the GUID in memory the digits at each place are; of numbers the highest first. */
constexpr UCHAR order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

/* Whether a hyphen comes before the digits of that byte. */
constexpr bool after_hyphen(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

} // namespace

/**
 * RtlStringFromGUID() - A GUID as a string.
 * @Guid: The GUID.
 * @GuidString: Receives the string, with a NUL; its buffer is allocated, and freed with
 *	RtlFreeUnicodeString().
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_NO_MEMORY.
 * Source: wdm.h, RtlStringFromGUID function
 */
extern "C" NTSTATUS RtlStringFromGUID(REFGUID Guid, PUNICODE_STRING GuidString)
{
	static const char digits[] = "0123456789ABCDEF";
	auto *bytes = reinterpret_cast<const UCHAR *>(&Guid);
	auto *text = static_cast<PWCH>(pool_allocate((text_units + 1) * sizeof(WCHAR), string_tag,
						     POOL_PLAIN, __builtin_return_address(0)));
	size_t at = 0;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!text)
		return STATUS_NO_MEMORY;
	text[at++] = '{';
	for (size_t i = 0; i < sizeof(order); i++) {
		if (after_hyphen(i))
			text[at++] = '-';
		text[at++] = static_cast<WCHAR>(digits[bytes[order[i]] >> 4]);
		text[at++] = static_cast<WCHAR>(digits[bytes[order[i]] & 15]);
	}
	text[at++] = '}';
	text[at] = 0;
	GuidString->Buffer = text;
	GuidString->Length = text_units * sizeof(WCHAR);
	GuidString->MaximumLength = (text_units + 1) * sizeof(WCHAR);
	return STATUS_SUCCESS;
}

/**
 * RtlGUIDFromString() - The GUID that a string says.
 * @GuidString: With its braces and hyphens.
 * @Guid: Receives the GUID.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER.
 * Source: wdm.h, RtlGUIDFromString function
 */
extern "C" NTSTATUS RtlGUIDFromString(PCUNICODE_STRING GuidString, GUID *Guid)
{
	const WCHAR *text = GuidString->Buffer;
	UCHAR bytes[sizeof(GUID)];

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (GuidString->Length != text_units * sizeof(WCHAR) || *text++ != '{')
		return STATUS_INVALID_PARAMETER;
	for (size_t i = 0; i < sizeof(order); i++) {
		if (after_hyphen(i) && *text++ != '-')
			return STATUS_INVALID_PARAMETER;

		unsigned int high = digit(*text++), low = digit(*text++);

		if (high >= 16 || low >= 16)
			return STATUS_INVALID_PARAMETER;
		bytes[order[i]] = static_cast<UCHAR>(high << 4 | low);
	}
	if (*text != '}')
		return STATUS_INVALID_PARAMETER;
	__builtin_memcpy(Guid, bytes, sizeof(bytes));
	return STATUS_SUCCESS;
}
