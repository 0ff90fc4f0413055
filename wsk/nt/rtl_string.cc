// SPDX-License-Identifier: MIT OR GPL-2.0
/* Counted strings: initialise, copy, append, compare, case. Conversions: rtl_convert.cc. */
#include <wdm.h>

#include "nt/irql.h"
#include "nt/nt_unicode.h"
#include "nt/pool.h"

namespace wsk
{
namespace
{

constexpr ULONG STRING_TAG = 'grtS';
constexpr size_t MAX_STRING_BYTES = 0xfffe;

/*
 * Lower-case letters and how far their capitals are: every `step`th character from first to last.
 * The simple, one-to-one mappings of the alphabets that have case and stay in use, as Windows has
 * them: no locale, so no Turkish i, and no letter that would change its number of characters.
 */
struct CaseRange {
	uint16_t first;
	uint16_t last;
	uint16_t step;
	int16_t to_upper;
};

constexpr CaseRange CASE_RANGES[] = {
	{'a', 'z', 1, -32},	  /* Basic Latin */
	{0x00e0, 0x00f6, 1, -32}, /* Latin-1 */
	{0x00f8, 0x00fe, 1, -32}, {0x00ff, 0x00ff, 1, 121},
	{0x0101, 0x012f, 2, -1}, /* Latin Extended-A */
	{0x0133, 0x0137, 2, -1},  {0x013a, 0x0148, 2, -1},
	{0x014b, 0x0177, 2, -1},  {0x017a, 0x017e, 2, -1},
	{0x03ac, 0x03ac, 1, -38}, /* Greek */
	{0x03ad, 0x03af, 1, -37}, {0x03b1, 0x03c1, 1, -32},
	{0x03c3, 0x03cb, 1, -32}, {0x03c2, 0x03c2, 1, -31},
	{0x03cc, 0x03cc, 1, -64}, {0x03cd, 0x03ce, 1, -63},
	{0x0430, 0x044f, 1, -32}, /* Cyrillic */
	{0x0450, 0x045f, 1, -80}, {0x0461, 0x0481, 2, -1},
	{0x048b, 0x04bf, 2, -1},  {0x04c2, 0x04ce, 2, -1},
	{0x04cf, 0x04cf, 1, -15}, {0x04d1, 0x052f, 2, -1},
	{0x0561, 0x0586, 1, -48},			    /* Armenian */
	{0x1e01, 0x1e95, 2, -1},			    /* Latin Extended Additional */
	{0x1ea1, 0x1eff, 2, -1},  {0xff41, 0xff5a, 1, -32}, /* full-width Latin */
};

constexpr uint16_t upper(uint16_t unit)
{
	if (unit < 0x80)
		return unit >= 'a' && unit <= 'z' ? unit - 32 : unit;
	for (const CaseRange &range : CASE_RANGES) {
		if (unit >= range.first && unit <= range.last &&
		    (unit - range.first) % range.step == 0)
			return unit + range.to_upper;
	}
	return unit;
}

constexpr uint16_t lower(uint16_t unit)
{
	if (unit < 0x80)
		return unit >= 'A' && unit <= 'Z' ? unit + 32 : unit;
	for (const CaseRange &range : CASE_RANGES) {
		uint16_t small = unit - range.to_upper;

		if (small >= range.first && small <= range.last &&
		    (small - range.first) % range.step == 0)
			return small;
	}
	return unit;
}

static_assert(upper('z') == 'Z' && upper(0xe9) == 0xc9 && upper(0xff) == 0x178);
static_assert(upper(0x451) == 0x401 && upper(0x3c9) == 0x3a9 && upper(0xf7) == 0xf7);
static_assert(lower(0x178) == 0xff && lower(0x3a3) == 0x3c3 && lower(0x100) == 0x101);

template <typename Unit>
size_t length_of(const Unit *text)
{
	size_t units = 0;

	while (text[units])
		units++;
	return units;
}

/* Points a counted string at a terminated one, whose length may be too much for it. */
template <typename String, typename Unit>
bool refer(String *target, const Unit *text)
{
	size_t bytes = text ? length_of(text) * sizeof(Unit) : 0;
	bool fits = bytes <= MAX_STRING_BYTES - sizeof(Unit);

	if (!fits)
		bytes = MAX_STRING_BYTES - sizeof(Unit);
	target->Buffer = const_cast<Unit *>(text);
	target->Length = static_cast<USHORT>(bytes);
	target->MaximumLength = text ? static_cast<USHORT>(bytes + sizeof(Unit)) : 0;
	return fits;
}

template <typename String>
void copy(String *target, const String *source)
{
	size_t unit_bytes = sizeof(*target->Buffer);
	USHORT length;

	if (!source) {
		target->Length = 0;
		return;
	}
	length = source->Length < target->MaximumLength ? source->Length : target->MaximumLength;
	__builtin_memmove(target->Buffer, source->Buffer, length);
	target->Length = length;
	if (static_cast<size_t>(length) + unit_bytes <= target->MaximumLength)
		target->Buffer[length / unit_bytes] = 0;
}

template <typename String>
NTSTATUS append(String *target, const void *text, size_t bytes)
{
	size_t unit_bytes = sizeof(*target->Buffer);

	if (target->Length + bytes > target->MaximumLength)
		return STATUS_BUFFER_TOO_SMALL;
	__builtin_memmove(reinterpret_cast<char *>(target->Buffer) + target->Length, text, bytes);
	target->Length += static_cast<USHORT>(bytes);
	if (target->Length + unit_bytes <= target->MaximumLength)
		target->Buffer[target->Length / unit_bytes] = 0;
	return STATUS_SUCCESS;
}

/* What a unit is compared as. */
template <typename Unit>
int key(Unit unit, bool fold)
{
	if constexpr (sizeof(Unit) == 1) {
		/* A byte of 0x80 or more may be a part of a character: it has no case of its own.
		 */
		unsigned char byte = unit;

		return fold && byte < 0x80 ? upper(byte) : byte;
	} else {
		uint16_t wide = unit;

		return fold ? upper(wide) : wide;
	}
}

template <typename String>
LONG compare(const String *first, const String *second, bool fold)
{
	size_t unit_bytes = sizeof(*first->Buffer);
	size_t first_units = first->Length / unit_bytes;
	size_t second_units = second->Length / unit_bytes;
	size_t shorter = first_units < second_units ? first_units : second_units;

	for (size_t i = 0; i < shorter; i++) {
		int difference = key(first->Buffer[i], fold) - key(second->Buffer[i], fold);

		if (difference)
			return difference;
	}
	return first->Length - second->Length;
}

template <typename String>
BOOLEAN starts_with(const String *prefix, const String *string, bool fold)
{
	String head = *string;

	if (string->Length < prefix->Length)
		return FALSE;
	head.Length = prefix->Length;
	return !compare(prefix, &head, fold);
}

NTSTATUS change_case(PUNICODE_STRING target, PCUNICODE_STRING source, BOOLEAN allocate,
		     uint16_t (*change)(uint16_t), const void *caller)
{
	if (allocate) {
		target->Buffer = static_cast<PWCH>(
			pool_allocate(source->Length ?: 1, STRING_TAG, POOL_PLAIN, caller));
		if (!target->Buffer)
			return STATUS_NO_MEMORY;
		target->MaximumLength = source->Length;
	} else if (target->MaximumLength < source->Length) {
		return STATUS_BUFFER_OVERFLOW;
	}
	for (size_t i = 0; i < source->Length / sizeof(WCHAR); i++)
		target->Buffer[i] = change(source->Buffer[i]);
	target->Length = source->Length;
	return STATUS_SUCCESS;
}

} // namespace
} // namespace wsk

/**
 * RtlInitUnicodeString() - make a counted string of a terminated one, without copying it
 * @DestinationString: set to refer to SourceString; MaximumLength includes the NUL
 * @SourceString: NUL-terminated, or NULL for an empty string without a buffer
 *
 * A source longer than 32766 characters is cut; RtlInitUnicodeStringEx() refuses it.
 *
 * Context: any IRQL, on resident memory.
 * Return: nothing.
 * Source: wdm.h, RtlInitUnicodeString
 */
VOID RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
	wsk::refer(DestinationString, SourceString);
}

/**
 * RtlInitUnicodeStringEx() - RtlInitUnicodeString() that refuses what does not fit
 * @DestinationString: set to refer to SourceString
 * @SourceString: NUL-terminated, or NULL
 *
 * Context: any IRQL, on resident memory.
 * Return: STATUS_SUCCESS; STATUS_NAME_TOO_LONG, the string then being empty.
 * Source: ntifs.h, RtlInitUnicodeStringEx
 */
NTSTATUS RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
	if (wsk::refer(DestinationString, SourceString))
		return STATUS_SUCCESS;
	wsk::refer(DestinationString, static_cast<PCWSTR>(nullptr));
	return STATUS_NAME_TOO_LONG;
}

/**
 * RtlInitAnsiString() - make a counted string of a terminated one, without copying it
 * @DestinationString: set to refer to SourceString; MaximumLength includes the NUL
 * @SourceString: NUL-terminated, or NULL for an empty string without a buffer
 *
 * Context: any IRQL, on resident memory.
 * Return: nothing.
 * Source: wdm.h, RtlInitAnsiString
 */
VOID RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString)
{
	wsk::refer(DestinationString, SourceString);
}

/**
 * RtlInitString() - RtlInitAnsiString() under its other name
 * @DestinationString: set to refer to SourceString
 * @SourceString: NUL-terminated, or NULL
 *
 * Context: any IRQL, on resident memory.
 * Return: nothing.
 * Source: wdm.h, RtlInitString
 */
VOID RtlInitString(PSTRING DestinationString, PCSZ SourceString)
{
	wsk::refer(DestinationString, SourceString);
}

/**
 * RtlInitAnsiStringEx() - RtlInitAnsiString() that refuses what does not fit
 * @DestinationString: set to refer to SourceString
 * @SourceString: NUL-terminated, or NULL
 *
 * Context: any IRQL, on resident memory.
 * Return: STATUS_SUCCESS; STATUS_NAME_TOO_LONG, the string then being empty.
 * Source: ntifs.h, RtlInitAnsiStringEx
 */
NTSTATUS RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString)
{
	if (wsk::refer(DestinationString, SourceString))
		return STATUS_SUCCESS;
	wsk::refer(DestinationString, static_cast<PCSZ>(nullptr));
	return STATUS_NAME_TOO_LONG;
}

/**
 * RtlCopyUnicodeString() - copy as much of a string as the target holds
 * @DestinationString: its Buffer receives the characters, and a NUL where there is room for one
 * @SourceString: copied; NULL empties the target
 *
 * Context: IRQL <= DISPATCH_LEVEL, on resident memory.
 * Return: nothing; compare the lengths to know whether all of it was copied.
 * Source: wdm.h, RtlCopyUnicodeString
 */
VOID RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	wsk::copy<UNICODE_STRING>(DestinationString, SourceString);
}

/**
 * RtlCopyString() - copy as much of a string as the target holds
 * @DestinationString: its Buffer receives the characters, and a NUL where there is room for one
 * @SourceString: copied; NULL empties the target
 *
 * Context: IRQL <= DISPATCH_LEVEL, on resident memory.
 * Return: nothing.
 * Source: wdm.h, RtlCopyString
 */
VOID RtlCopyString(PSTRING DestinationString, const STRING *SourceString)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	wsk::copy<STRING>(DestinationString, SourceString);
}

/**
 * RtlAppendUnicodeStringToString() - append all of a string, or nothing
 * @Destination: appended to; a NUL follows where there is room for one
 * @Source: what to append
 *
 * Context: IRQL <= DISPATCH_LEVEL, on resident memory.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL, the target being untouched.
 * Source: wdm.h, RtlAppendUnicodeStringToString
 */
NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return wsk::append(Destination, Source->Buffer, Source->Length);
}

/**
 * RtlAppendUnicodeToString() - append all of a terminated string, or nothing
 * @Destination: appended to; a NUL follows where there is room for one
 * @Source: NUL-terminated; NULL appends nothing
 *
 * Context: IRQL <= DISPATCH_LEVEL, on resident memory.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL, the target being untouched.
 * Source: wdm.h, RtlAppendUnicodeToString
 */
NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return wsk::append(Destination, Source,
			   Source ? wsk::length_of(Source) * sizeof(WCHAR) : 0);
}

/**
 * RtlCompareUnicodeString() - order two strings
 * @String1: first
 * @String2: second
 * @CaseInSensitive: TRUE to compare capitals
 *
 * Context: PASSIVE_LEVEL.
 * Return: negative, zero or positive as the first is less than, equal to or more than the second.
 * Source: wdm.h, RtlCompareUnicodeString
 */
LONG RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
			     BOOLEAN CaseInSensitive)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::compare(String1, String2, CaseInSensitive);
}

/**
 * RtlEqualUnicodeString() - whether two strings are equal
 * @String1: first
 * @String2: second
 * @CaseInSensitive: TRUE to compare capitals
 *
 * Context: PASSIVE_LEVEL.
 * Return: TRUE or FALSE.
 * Source: wdm.h, RtlEqualUnicodeString
 */
BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
			      BOOLEAN CaseInSensitive)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return String1->Length == String2->Length &&
	       !wsk::compare(String1, String2, CaseInSensitive);
}

/**
 * RtlPrefixUnicodeString() - whether one string begins with another
 * @String1: the prefix
 * @String2: the string that may begin with it
 * @CaseInSensitive: TRUE to compare capitals
 *
 * Context: PASSIVE_LEVEL.
 * Return: TRUE or FALSE.
 * Source: ntifs.h, RtlPrefixUnicodeString
 */
BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
			       BOOLEAN CaseInSensitive)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::starts_with(String1, String2, CaseInSensitive);
}

/**
 * RtlCompareString() - order two strings of bytes
 * @String1: first
 * @String2: second
 * @CaseInSensitive: TRUE to compare capitals (of ASCII)
 *
 * Context: PASSIVE_LEVEL.
 * Return: negative, zero or positive.
 * Source: ntifs.h, RtlCompareString
 */
LONG RtlCompareString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::compare(String1, String2, CaseInSensitive);
}

/**
 * RtlEqualString() - whether two strings of bytes are equal
 * @String1: first
 * @String2: second
 * @CaseInSensitive: TRUE to compare capitals (of ASCII)
 *
 * Context: PASSIVE_LEVEL.
 * Return: TRUE or FALSE.
 * Source: ntifs.h, RtlEqualString
 */
BOOLEAN RtlEqualString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return String1->Length == String2->Length &&
	       !wsk::compare(String1, String2, CaseInSensitive);
}

/**
 * RtlPrefixString() - whether one string of bytes begins with another
 * @String1: the prefix
 * @String2: the string that may begin with it
 * @CaseInSensitive: TRUE to compare capitals (of ASCII)
 *
 * Context: PASSIVE_LEVEL.
 * Return: TRUE or FALSE.
 * Source: ntifs.h, RtlPrefixString
 */
BOOLEAN RtlPrefixString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::starts_with(String1, String2, CaseInSensitive);
}

/**
 * RtlUpperChar() - the capital of an ASCII letter
 * @Character: any byte
 *
 * Context: any IRQL.
 * Return: the capital, or the byte itself.
 * Source: ntifs.h, RtlUpperChar
 */
CHAR RtlUpperChar(CHAR Character)
{
	return static_cast<CHAR>(wsk::key(Character, true));
}

/**
 * RtlUpcaseUnicodeChar() - the capital of a character
 * @SourceCharacter: one unit of UTF-16
 *
 * Context: PASSIVE_LEVEL.
 * Return: the capital, or the character itself.
 * Source: wdm.h, RtlUpcaseUnicodeChar
 */
WCHAR RtlUpcaseUnicodeChar(WCHAR SourceCharacter)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::upper(SourceCharacter);
}

/**
 * RtlDowncaseUnicodeChar() - the small letter of a character
 * @SourceCharacter: one unit of UTF-16
 *
 * Context: PASSIVE_LEVEL.
 * Return: the small letter, or the character itself.
 * Source: wdm.h, RtlDowncaseUnicodeChar
 */
WCHAR RtlDowncaseUnicodeChar(WCHAR SourceCharacter)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::lower(SourceCharacter);
}

/**
 * RtlUpcaseUnicodeString() - copy a string in capitals
 * @DestinationString: receives it; may be the source itself unless AllocateDestinationString
 * @SourceString: what to copy
 * @AllocateDestinationString: TRUE to have the buffer allocated; RtlFreeUnicodeString() frees it
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW; STATUS_NO_MEMORY.
 * Source: wdm.h, RtlUpcaseUnicodeString
 */
NTSTATUS RtlUpcaseUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
				BOOLEAN AllocateDestinationString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::change_case(DestinationString, SourceString, AllocateDestinationString,
				wsk::upper, __builtin_return_address(0));
}

/**
 * RtlDowncaseUnicodeString() - copy a string in small letters
 * @DestinationString: receives it; may be the source itself unless AllocateDestinationString
 * @SourceString: what to copy
 * @AllocateDestinationString: TRUE to have the buffer allocated; RtlFreeUnicodeString() frees it
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW; STATUS_NO_MEMORY.
 * Source: ntifs.h, RtlDowncaseUnicodeString
 */
NTSTATUS RtlDowncaseUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
				  BOOLEAN AllocateDestinationString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::change_case(DestinationString, SourceString, AllocateDestinationString,
				wsk::lower, __builtin_return_address(0));
}
