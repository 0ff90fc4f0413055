// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Bitmaps. Bits outside of one are never touched, and none are there for who asks. Nothing is
 * locked: that is up to the caller.
 */
#include <wdm.h>
#include <wdm/bitmap.h>

namespace
{

constexpr ULONG bits_per_word = 32;
constexpr ULONG none = 0xffffffff;

bool is_range(const RTL_BITMAP *map, ULONG start, ULONG count)
{
	return start <= map->SizeOfBitMap && count <= map->SizeOfBitMap - start;
}

bool is_set(const RTL_BITMAP *map, ULONG bit)
{
	return map->Buffer[bit / bits_per_word] >> bit % bits_per_word & 1;
}

/* The bits of a word from one on, as many of them as belong to the range. */
ULONG mask(ULONG first, ULONG count)
{
	return (count >= bits_per_word ? none : (1u << count) - 1) << first;
}

/* Calls change(word, mask) for each word of a range. */
template <typename Change>
void for_words(RTL_BITMAP *map, ULONG start, ULONG count, Change change)
{
	while (count) {
		ULONG first = start % bits_per_word, here = bits_per_word - first;

		if (here > count)
			here = count;
		change(map->Buffer[start / bits_per_word], mask(first, here));
		start += here;
		count -= here;
	}
}

void put(RTL_BITMAP *map, ULONG start, ULONG count, bool set)
{
	if (!is_range(map, start, count))
		return;
	for_words(map, start, count,
		  [set](ULONG &word, ULONG bits) { word = set ? word | bits : word & ~bits; });
}

/* The first bit from `start` on that is as asked, or the map's size. A word at a time. */
ULONG next_bit(const RTL_BITMAP *map, ULONG start, bool set)
{
	while (start < map->SizeOfBitMap) {
		ULONG word = map->Buffer[start / bits_per_word];

		word = (set ? word : ~word) >> start % bits_per_word;
		if (word) {
			start += static_cast<ULONG>(__builtin_ctz(word));
			break;
		}
		start += bits_per_word - start % bits_per_word;
	}
	return start < map->SizeOfBitMap ? start : map->SizeOfBitMap;
}

/* Where a run of so many bits begins, in [start, end); runs may end behind it. */
ULONG find_run(const RTL_BITMAP *map, ULONG start, ULONG end, ULONG count, bool set)
{
	while (start < end) {
		start = next_bit(map, start, set);
		if (start >= end)
			break;

		ULONG stop = next_bit(map, start, !set);

		if (stop - start >= count)
			return start;
		start = stop;
	}
	return none;
}

/* From the hint to the end, then from the beginning to the hint. */
ULONG find(const RTL_BITMAP *map, ULONG count, ULONG hint, bool set)
{
	if (hint >= map->SizeOfBitMap)
		hint = 0;
	if (!count)
		return hint & ~7u;
	if (count > map->SizeOfBitMap)
		return none;

	ULONG found = find_run(map, hint, map->SizeOfBitMap, count, set);

	return found != none || !hint ? found : find_run(map, 0, hint, count, set);
}

BOOLEAN all_are(const RTL_BITMAP *map, ULONG start, ULONG count, bool set)
{
	return count && is_range(map, start, count) && next_bit(map, start, !set) >= start + count;
}

/* Each turn clears the lowest bit. (The compiler's own way calls a library.) */
ULONG count_ones(ULONG word)
{
	ULONG number = 0;

	for (; word; word &= word - 1)
		number++;
	return number;
}

ULONG count_set(RTL_BITMAP *map)
{
	ULONG number = 0;

	for_words(map, 0, map->SizeOfBitMap,
		  [&number](ULONG &word, ULONG bits) { number += count_ones(word & bits); });
	return number;
}

} // namespace

/**
 * RtlInitializeBitMap() - Describe a bitmap.
 * @BitMapHeader: Receives the description.
 * @BitMapBuffer: The bits, in whole ULONGs. They stay what they are.
 * @SizeOfBitMap: How many bits.
 *
 * Context: Any IRQL.
 * Return: Nothing.
 * Source: wdm.h, RtlInitializeBitMap function
 */
extern "C" VOID RtlInitializeBitMap(PRTL_BITMAP BitMapHeader, PULONG BitMapBuffer,
				    ULONG SizeOfBitMap)
{
	BitMapHeader->SizeOfBitMap = SizeOfBitMap;
	BitMapHeader->Buffer = BitMapBuffer;
}

/**
 * RtlClearAllBits() - Clear a bitmap.
 * @BitMapHeader: The bitmap.
 *
 * Context: Any IRQL.
 * Return: Nothing.
 * Source: wdm.h, RtlClearAllBits function
 */
extern "C" VOID RtlClearAllBits(PRTL_BITMAP BitMapHeader)
{
	put(BitMapHeader, 0, BitMapHeader->SizeOfBitMap, false);
}

/**
 * RtlSetAllBits() - Set all bits of a bitmap.
 * @BitMapHeader: The bitmap.
 *
 * Context: Any IRQL.
 * Return: Nothing.
 * Source: wdm.h, RtlSetAllBits function
 */
extern "C" VOID RtlSetAllBits(PRTL_BITMAP BitMapHeader)
{
	put(BitMapHeader, 0, BitMapHeader->SizeOfBitMap, true);
}

/**
 * RtlClearBit() - Clear a bit.
 * @BitMapHeader: The bitmap.
 * @BitNumber: Which; one outside of the bitmap changes nothing.
 *
 * Context: Any IRQL.
 * Return: Nothing.
 * Source: wdm.h, RtlClearBit function
 */
extern "C" VOID RtlClearBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
	put(BitMapHeader, BitNumber, 1, false);
}

/**
 * RtlSetBit() - Set a bit.
 * @BitMapHeader: The bitmap.
 * @BitNumber: Which; one outside of the bitmap changes nothing.
 *
 * Context: Any IRQL.
 * Return: Nothing.
 * Source: wdm.h, RtlSetBit function
 */
extern "C" VOID RtlSetBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
	put(BitMapHeader, BitNumber, 1, true);
}

/**
 * RtlTestBit() - Whether a bit is set.
 * @BitMapHeader: The bitmap.
 * @BitNumber: Which.
 *
 * Context: Any IRQL.
 * Return: TRUE if it is; FALSE for one outside of the bitmap.
 * Source: wdm.h, RtlTestBit function
 */
extern "C" BOOLEAN RtlTestBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
	return BitNumber < BitMapHeader->SizeOfBitMap && is_set(BitMapHeader, BitNumber);
}

/**
 * RtlClearBits() - Clear a range of bits.
 * @BitMapHeader: The bitmap.
 * @StartingIndex: The first.
 * @NumberToClear: How many; a range that is not inside the bitmap changes nothing.
 *
 * Context: Any IRQL.
 * Return: Nothing.
 * Source: wdm.h, RtlClearBits function
 */
extern "C" VOID RtlClearBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToClear)
{
	put(BitMapHeader, StartingIndex, NumberToClear, false);
}

/**
 * RtlSetBits() - Set a range of bits.
 * @BitMapHeader: The bitmap.
 * @StartingIndex: The first.
 * @NumberToSet: How many; a range that is not inside the bitmap changes nothing.
 *
 * Context: Any IRQL.
 * Return: Nothing.
 * Source: wdm.h, RtlSetBits function
 */
extern "C" VOID RtlSetBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToSet)
{
	put(BitMapHeader, StartingIndex, NumberToSet, true);
}

/**
 * RtlAreBitsClear() - Whether a range of bits is clear.
 * @BitMapHeader: The bitmap.
 * @StartingIndex: The first.
 * @Length: How many.
 *
 * Context: Any IRQL.
 * Return: TRUE if all are; FALSE for none, and for a range that is not inside the bitmap.
 * Source: wdm.h, RtlAreBitsClear function
 */
extern "C" BOOLEAN RtlAreBitsClear(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
	return all_are(BitMapHeader, StartingIndex, Length, false);
}

/**
 * RtlAreBitsSet() - Whether a range of bits is set.
 * @BitMapHeader: The bitmap.
 * @StartingIndex: The first.
 * @Length: How many.
 *
 * Context: Any IRQL.
 * Return: TRUE if all are; FALSE for none, and for a range that is not inside the bitmap.
 * Source: wdm.h, RtlAreBitsSet function
 */
extern "C" BOOLEAN RtlAreBitsSet(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
	return all_are(BitMapHeader, StartingIndex, Length, true);
}

/**
 * RtlNumberOfClearBits() - How many bits are clear.
 * @BitMapHeader: The bitmap.
 *
 * Context: Any IRQL.
 * Return: Their number.
 * Source: wdm.h, RtlNumberOfClearBits function
 */
extern "C" ULONG RtlNumberOfClearBits(PRTL_BITMAP BitMapHeader)
{
	return BitMapHeader->SizeOfBitMap - count_set(BitMapHeader);
}

/**
 * RtlNumberOfSetBits() - How many bits are set.
 * @BitMapHeader: The bitmap.
 *
 * Context: Any IRQL.
 * Return: Their number.
 * Source: wdm.h, RtlNumberOfSetBits function
 */
extern "C" ULONG RtlNumberOfSetBits(PRTL_BITMAP BitMapHeader)
{
	return count_set(BitMapHeader);
}

/**
 * RtlFindClearBits() - Find a range of clear bits.
 * @BitMapHeader: The bitmap.
 * @NumberToFind: How many; for 0, the hint is the answer, rounded down to a byte.
 * @HintIndex: Where to begin; what is before it is looked at last.
 *
 * Context: Any IRQL.
 * Return: The first bit of the range; 0xFFFFFFFF if there is none.
 * Source: wdm.h, RtlFindClearBits function
 */
extern "C" ULONG RtlFindClearBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
	return find(BitMapHeader, NumberToFind, HintIndex, false);
}

/**
 * RtlFindSetBits() - Find a range of set bits.
 * @BitMapHeader: The bitmap.
 * @NumberToFind: How many; for 0, the hint is the answer, rounded down to a byte.
 * @HintIndex: Where to begin; what is before it is looked at last.
 *
 * Context: Any IRQL.
 * Return: The first bit of the range; 0xFFFFFFFF if there is none.
 * Source: wdm.h, RtlFindSetBits function
 */
extern "C" ULONG RtlFindSetBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
	return find(BitMapHeader, NumberToFind, HintIndex, true);
}

/**
 * RtlFindClearBitsAndSet() - Find a range of clear bits, and set it.
 * @BitMapHeader: The bitmap.
 * @NumberToFind: How many.
 * @HintIndex: Where to begin.
 *
 * Context: Any IRQL.
 * Return: As RtlFindClearBits().
 * Source: wdm.h, RtlFindClearBitsAndSet function
 */
extern "C" ULONG RtlFindClearBitsAndSet(PRTL_BITMAP BitMapHeader, ULONG NumberToFind,
					ULONG HintIndex)
{
	ULONG found = find(BitMapHeader, NumberToFind, HintIndex, false);

	if (found != none)
		put(BitMapHeader, found, NumberToFind, true);
	return found;
}

/**
 * RtlFindSetBitsAndClear() - Find a range of set bits, and clear it.
 * @BitMapHeader: The bitmap.
 * @NumberToFind: How many.
 * @HintIndex: Where to begin.
 *
 * Context: Any IRQL.
 * Return: As RtlFindSetBits().
 * Source: wdm.h, RtlFindSetBitsAndClear function
 */
extern "C" ULONG RtlFindSetBitsAndClear(PRTL_BITMAP BitMapHeader, ULONG NumberToFind,
					ULONG HintIndex)
{
	ULONG found = find(BitMapHeader, NumberToFind, HintIndex, true);

	if (found != none)
		put(BitMapHeader, found, NumberToFind, false);
	return found;
}

/**
 * RtlFindNextForwardRunClear() - The next run of clear bits.
 * @BitMapHeader: The bitmap.
 * @FromIndex: Where to begin.
 * @StartingRunIndex: Receives where the run begins; FromIndex if there is none.
 *
 * Context: Any IRQL.
 * Return: The length of the run; 0 if there is none.
 * Source: wdm.h, RtlFindNextForwardRunClear function
 */
extern "C" ULONG RtlFindNextForwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex,
					    PULONG StartingRunIndex)
{
	ULONG start = next_bit(BitMapHeader, FromIndex, false);

	*StartingRunIndex = FromIndex;
	if (start >= BitMapHeader->SizeOfBitMap)
		return 0;
	*StartingRunIndex = start;
	return next_bit(BitMapHeader, start, true) - start;
}

/**
 * RtlFindFirstRunClear() - The first run of clear bits.
 * @BitMapHeader: The bitmap.
 * @StartingIndex: Receives where it begins.
 *
 * Context: Any IRQL.
 * Return: The length of the run; 0 if there is none.
 * Source: wdm.h, RtlFindFirstRunClear function
 */
extern "C" ULONG RtlFindFirstRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
	return RtlFindNextForwardRunClear(BitMapHeader, 0, StartingIndex);
}

/**
 * RtlFindLongestRunClear() - The longest run of clear bits.
 * @BitMapHeader: The bitmap.
 * @StartingIndex: Receives where it begins.
 *
 * Context: Any IRQL.
 * Return: The length of the run; 0 if there is none.
 * Source: wdm.h, RtlFindLongestRunClear function
 */
extern "C" ULONG RtlFindLongestRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
	ULONG longest = 0, at = 0, start;

	*StartingIndex = 0;
	while (ULONG length = RtlFindNextForwardRunClear(BitMapHeader, at, &start)) {
		if (length > longest) {
			longest = length;
			*StartingIndex = start;
		}
		at = start + length;
	}
	return longest;
}

/**
 * RtlFindMostSignificantBit() - The highest bit that is set.
 * @Set: The bits.
 *
 * Context: Any IRQL.
 * Return: Its number; -1 if none is.
 * Source: wdm.h, RtlFindMostSignificantBit function
 */
extern "C" CCHAR RtlFindMostSignificantBit(ULONGLONG Set)
{
	return static_cast<CCHAR>(Set ? 63 - __builtin_clzll(Set) : -1);
}

/**
 * RtlFindLeastSignificantBit() - The lowest bit that is set.
 * @Set: The bits.
 *
 * Context: Any IRQL.
 * Return: Its number; -1 if none is.
 * Source: wdm.h, RtlFindLeastSignificantBit function
 */
extern "C" CCHAR RtlFindLeastSignificantBit(ULONGLONG Set)
{
	return static_cast<CCHAR>(Set ? __builtin_ctzll(Set) : -1);
}
