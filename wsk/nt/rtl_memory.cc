// SPDX-License-Identifier: MIT OR GPL-2.0
/* Rtl functions on plain memory that are functions in Windows; the others are inline in wdm.h. */
#include <wdm.h>

/**
 * RtlCompareMemory() - count the bytes that two blocks have in common from their start
 * @Source1: first block
 * @Source2: second block
 * @Length: size of both in bytes
 *
 * Context: any IRQL, on resident memory.
 * Return: the number of equal bytes before the first difference; Length when there is none.
 * Source: wdm.h, RtlCompareMemory
 */
SIZE_T RtlCompareMemory(const VOID *Source1, const VOID *Source2, SIZE_T Length)
{
	const UCHAR *first = static_cast<const UCHAR *>(Source1);
	const UCHAR *second = static_cast<const UCHAR *>(Source2);
	SIZE_T equal = 0;

	while (equal + sizeof(ULONGLONG) <= Length) {
		ULONGLONG a, b;

		__builtin_memcpy(&a, first + equal, sizeof(a));
		__builtin_memcpy(&b, second + equal, sizeof(b));
		if (a != b)
			return equal + __builtin_ctzll(a ^ b) / 8;
		equal += sizeof(a);
	}
	while (equal < Length && first[equal] == second[equal])
		equal++;
	return equal;
}
