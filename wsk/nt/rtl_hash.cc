// SPDX-License-Identifier: MIT OR GPL-2.0
/* Checksums and hashes that keep nobody out: for tables, and against accidents. */
#include <wdm.h>
#include <wdm/hash.h>

#include "nt/irql.h"

namespace
{

/* IEEE 802.3's polynomial, lowest bit first; a table of nibbles. */
constexpr ULONG crc_of_nibble(ULONG nibble)
{
	for (int i = 0; i < 4; i++)
		nibble = nibble & 1 ? nibble >> 1 ^ 0xedb88320 : nibble >> 1;
	return nibble;
}

struct NibbleTable {
	ULONG crc[16];

	constexpr NibbleTable() : crc()
	{
		for (ULONG i = 0; i < 16; i++)
			crc[i] = crc_of_nibble(i);
	}
};

constexpr NibbleTable nibbles;
static_assert(nibbles.crc[1] == 0x1db71064);

} // namespace

/**
 * RtlComputeCrc32() - The CRC-32 of bytes, as Ethernet and ZIP have it.
 * @PartialCrc: 0, or the result for what comes before.
 * @Buffer: The bytes.
 * @Length: How many.
 *
 * Context: Any IRQL.
 * Return: The CRC.
 * Source: ntifs.h, RtlComputeCrc32
 */
extern "C" ULONG RtlComputeCrc32(ULONG PartialCrc, PVOID Buffer, ULONG Length)
{
	auto *byte = static_cast<const UCHAR *>(Buffer);
	ULONG crc = ~PartialCrc;

	for (; Length; Length--) {
		crc ^= *byte++;
		crc = crc >> 4 ^ nibbles.crc[crc & 15];
		crc = crc >> 4 ^ nibbles.crc[crc & 15];
	}
	return ~crc;
}

/**
 * RtlHashUnicodeString() - A number to sort a string into a table by.
 * @String: The string.
 * @CaseInSensitive: TRUE: capitals count.
 * @HashAlgorithm: HASH_STRING_ALGORITHM_DEFAULT or HASH_STRING_ALGORITHM_X65599, which are the
 * same.
 * @HashValue: Receives the number.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER.
 * Source: wdm.h, RtlHashUnicodeString function
 */
extern "C" NTSTATUS RtlHashUnicodeString(PCUNICODE_STRING String, BOOLEAN CaseInSensitive,
					 ULONG HashAlgorithm, PULONG HashValue)
{
	ULONG hash = 0;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!String || !HashValue || HashAlgorithm > HASH_STRING_ALGORITHM_X65599)
		return STATUS_INVALID_PARAMETER;
	for (ULONG i = 0; i < String->Length / sizeof(WCHAR); i++) {
		WCHAR unit = String->Buffer[i];

		hash = hash * 65599 +
		       static_cast<USHORT>(CaseInSensitive ? RtlUpcaseUnicodeChar(unit) : unit);
	}
	*HashValue = hash;
	return STATUS_SUCCESS;
}
