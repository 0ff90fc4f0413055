// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Strings to other strings and to numbers. The "ANSI code page" of this kernel is UTF-8, so the
 * ANSI, multi-byte and UTF-8 functions are the same ones; malformed text converts to U+FFFD.
 */
#include <wdm.h>

#include "nt/digit.h"
#include "nt/irql.h"
#include "nt/nt_unicode.h"
#include "nt/pool.h"

namespace wsk
{
namespace
{

constexpr ULONG STRING_TAG = 'grtS';
constexpr size_t MAX_STRING_BYTES = 0xfffe;

/* A buffer of a counted string for a caller that wants it allocated. */
template <typename String>
bool allocate_buffer(String *string, size_t bytes, const void *caller)
{
	void *buffer = pool_allocate(bytes, STRING_TAG, POOL_PLAIN, caller);

	string->Buffer = static_cast<decltype(string->Buffer)>(buffer);
	string->MaximumLength = buffer ? static_cast<USHORT>(bytes) : 0;
	string->Length = 0;
	return buffer;
}

template <typename String>
void free_buffer(String *string, const char *function)
{
	if (string->Buffer)
		pool_free(string->Buffer, 0, function);
	string->Buffer = nullptr;
	string->Length = 0;
	string->MaximumLength = 0;
}

NTSTATUS to_unicode(PUNICODE_STRING target, const STRING *source, BOOLEAN allocate,
		    const void *caller)
{
	Conversion size = convert<WCHAR>(nullptr, 0, source->Buffer, source->Length);
	size_t bytes = (size.needed + 1) * sizeof(WCHAR);

	if (bytes > MAX_STRING_BYTES)
		return STATUS_INVALID_PARAMETER_2;
	if (allocate && !allocate_buffer(target, bytes, caller))
		return STATUS_NO_MEMORY;
	if (target->MaximumLength < bytes)
		return STATUS_BUFFER_OVERFLOW;
	convert(target->Buffer, size.needed, source->Buffer, source->Length);
	target->Buffer[size.needed] = 0;
	target->Length = static_cast<USHORT>(bytes - sizeof(WCHAR));
	return STATUS_SUCCESS;
}

NTSTATUS from_unicode(PSTRING target, PCUNICODE_STRING source, BOOLEAN allocate, const void *caller)
{
	size_t units = source->Length / sizeof(WCHAR);
	Conversion size = convert<CHAR>(nullptr, 0, source->Buffer, units);
	size_t bytes = size.needed + 1;

	if (bytes > MAX_STRING_BYTES)
		return STATUS_INVALID_PARAMETER_2;
	if (allocate && !allocate_buffer(target, bytes, caller))
		return STATUS_NO_MEMORY;
	if (!target->MaximumLength)
		return STATUS_BUFFER_OVERFLOW;

	/* As in Windows, what fits is converted even when not everything does. */
	size_t room = target->MaximumLength - 1;
	Conversion result = convert(target->Buffer, room, source->Buffer, units);

	target->Buffer[result.stored] = 0;
	target->Length = static_cast<USHORT>(result.stored);
	return result.stored < result.needed ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* The ...N functions: sizes in bytes, no terminators, target NULL to ask for the size. */
template <typename To, typename From>
NTSTATUS convert_counted(To *target, ULONG target_bytes, PULONG stored_bytes, const From *source,
			 ULONG source_bytes)
{
	Conversion result = convert(target, target ? target_bytes / sizeof(To) : 0, source,
				    source_bytes / sizeof(From));
	size_t units = target ? result.stored : result.needed;

	if (stored_bytes)
		*stored_bytes = static_cast<ULONG>(units * sizeof(To));
	if (units < result.needed)
		return STATUS_BUFFER_TOO_SMALL;
	return result.malformed ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

/* at(i) is the i-th unit, or 0 behind the end. */
template <typename At>
NTSTATUS parse_integer(At at, ULONG base, PULONG value)
{
	ULONG number = 0;
	bool negative = false;
	size_t i = 0;

	while (at(i) && at(i) <= ' ')
		i++;
	if (at(i) == '-' || at(i) == '+')
		negative = at(i++) == '-';
	if (!base) {
		base = 10;
		if (at(i) == '0' && (at(i + 1) == 'x' || at(i + 1) == 'o' || at(i + 1) == 'b')) {
			base = at(i + 1) == 'x' ? 16 : at(i + 1) == 'o' ? 8 : 2;
			i += 2;
		}
	} else if (base != 2 && base != 8 && base != 10 && base != 16) {
		return STATUS_INVALID_PARAMETER;
	}
	for (; digit(at(i)) < base; i++)
		number = number * base + digit(at(i));
	*value = negative ? -number : number;
	return STATUS_SUCCESS;
}

NTSTATUS print_integer(ULONGLONG value, ULONG base, PUNICODE_STRING target)
{
	WCHAR digits[64];
	size_t count = 0;

	if (!base)
		base = 10;
	if (base != 2 && base != 8 && base != 10 && base != 16)
		return STATUS_INVALID_PARAMETER;
	do {
		digits[count++] = "0123456789ABCDEF"[value % base];
		value /= base;
	} while (value);

	if (count * sizeof(WCHAR) > target->MaximumLength)
		return STATUS_BUFFER_OVERFLOW;
	target->Length = static_cast<USHORT>(count * sizeof(WCHAR));
	if ((count + 1) * sizeof(WCHAR) <= target->MaximumLength)
		target->Buffer[count] = 0;
	for (size_t i = 0; i < count; i++)
		target->Buffer[i] = digits[count - 1 - i];
	return STATUS_SUCCESS;
}

} // namespace
} // namespace wsk

/**
 * RtlAnsiStringToUnicodeString() - convert UTF-8 to UTF-16
 * @DestinationString: receives the text and a NUL
 * @SourceString: text to convert
 * @AllocateDestinationString: TRUE to have the buffer allocated; RtlFreeUnicodeString() frees it
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW when text and NUL do not fit (nothing is stored);
 * STATUS_NO_MEMORY; STATUS_INVALID_PARAMETER_2 when the result exceeds 65534 bytes.
 * Source: wdm.h, RtlAnsiStringToUnicodeString
 */
NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString, PCANSI_STRING SourceString,
				      BOOLEAN AllocateDestinationString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::to_unicode(DestinationString, SourceString, AllocateDestinationString,
			       __builtin_return_address(0));
}

/**
 * RtlUnicodeStringToAnsiString() - convert UTF-16 to UTF-8
 * @DestinationString: receives the text and a NUL
 * @SourceString: text to convert
 * @AllocateDestinationString: TRUE to have the buffer allocated; RtlFreeAnsiString() frees it
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW when only a part fitted (which is stored, with its
 * NUL); STATUS_NO_MEMORY; STATUS_INVALID_PARAMETER_2 when the result exceeds 65534 bytes.
 * Source: wdm.h, RtlUnicodeStringToAnsiString
 */
NTSTATUS RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString, PCUNICODE_STRING SourceString,
				      BOOLEAN AllocateDestinationString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::from_unicode(DestinationString, SourceString, AllocateDestinationString,
				 __builtin_return_address(0));
}

/**
 * RtlUTF8StringToUnicodeString() - convert UTF-8 to UTF-16
 * @DestinationString: receives the text and a NUL
 * @SourceString: text to convert
 * @AllocateDestinationString: TRUE to have the buffer allocated; RtlFreeUnicodeString() frees it
 *
 * Context: PASSIVE_LEVEL.
 * Return: as RtlAnsiStringToUnicodeString().
 * Source: wdm.h, RtlUTF8StringToUnicodeString
 */
NTSTATUS RtlUTF8StringToUnicodeString(PUNICODE_STRING DestinationString, PUTF8_STRING SourceString,
				      BOOLEAN AllocateDestinationString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::to_unicode(DestinationString, SourceString, AllocateDestinationString,
			       __builtin_return_address(0));
}

/**
 * RtlUnicodeStringToUTF8String() - convert UTF-16 to UTF-8
 * @DestinationString: receives the text and a NUL
 * @SourceString: text to convert
 * @AllocateDestinationString: TRUE to have the buffer allocated; RtlFreeUTF8String() frees it
 *
 * Context: PASSIVE_LEVEL.
 * Return: as RtlUnicodeStringToAnsiString().
 * Source: wdm.h, RtlUnicodeStringToUTF8String
 */
NTSTATUS RtlUnicodeStringToUTF8String(PUTF8_STRING DestinationString, PCUNICODE_STRING SourceString,
				      BOOLEAN AllocateDestinationString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::from_unicode(DestinationString, SourceString, AllocateDestinationString,
				 __builtin_return_address(0));
}

/**
 * RtlFreeUnicodeString() - free a buffer that a conversion allocated, and empty the string
 * @UnicodeString: may have no buffer
 *
 * Context: PASSIVE_LEVEL.
 * Return: nothing.
 * Source: wdm.h, RtlFreeUnicodeString
 */
VOID RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	wsk::free_buffer(UnicodeString, __func__);
}

/**
 * RtlFreeAnsiString() - free a buffer that a conversion allocated, and empty the string
 * @AnsiString: may have no buffer
 *
 * Context: PASSIVE_LEVEL.
 * Return: nothing.
 * Source: wdm.h, RtlFreeAnsiString
 */
VOID RtlFreeAnsiString(PANSI_STRING AnsiString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	wsk::free_buffer(AnsiString, __func__);
}

/**
 * RtlFreeUTF8String() - free a buffer that a conversion allocated, and empty the string
 * @utf8String: may have no buffer
 *
 * Context: PASSIVE_LEVEL.
 * Return: nothing.
 * Source: wdm.h, RtlFreeUTF8String
 */
VOID RtlFreeUTF8String(PUTF8_STRING utf8String)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	wsk::free_buffer(utf8String, __func__);
}

/**
 * RtlUTF8ToUnicodeN() - convert counted UTF-8 to UTF-16
 * @UnicodeStringDestination: receives whole characters, no NUL; NULL to ask for the size
 * @UnicodeStringMaxByteCount: its size
 * @UnicodeStringActualByteCount: receives the bytes stored, or wanted; may be NULL
 * @UTF8StringSource: text to convert
 * @UTF8StringByteCount: its size
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_SOME_NOT_MAPPED when malformed text became U+FFFD;
 * STATUS_BUFFER_TOO_SMALL when only a part fitted; STATUS_INVALID_PARAMETER_4 without a source.
 * Source: wdm.h, RtlUTF8ToUnicodeN
 */
NTSTATUS RtlUTF8ToUnicodeN(PWSTR UnicodeStringDestination, ULONG UnicodeStringMaxByteCount,
			   PULONG UnicodeStringActualByteCount, PCCH UTF8StringSource,
			   ULONG UTF8StringByteCount)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!UTF8StringSource)
		return STATUS_INVALID_PARAMETER_4;
	return wsk::convert_counted(UnicodeStringDestination, UnicodeStringMaxByteCount,
				    UnicodeStringActualByteCount, UTF8StringSource,
				    UTF8StringByteCount);
}

/**
 * RtlUnicodeToUTF8N() - convert counted UTF-16 to UTF-8
 * @UTF8StringDestination: receives whole characters, no NUL; NULL to ask for the size
 * @UTF8StringMaxByteCount: its size
 * @UTF8StringActualByteCount: receives the bytes stored, or wanted; may be NULL
 * @UnicodeStringSource: text to convert
 * @UnicodeStringByteCount: its size in bytes
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_SOME_NOT_MAPPED when lone surrogates became U+FFFD;
 * STATUS_BUFFER_TOO_SMALL when only a part fitted; STATUS_INVALID_PARAMETER_4 without a source;
 * STATUS_INVALID_PARAMETER_5 for an odd size.
 * Source: wdm.h, RtlUnicodeToUTF8N
 */
NTSTATUS RtlUnicodeToUTF8N(PCHAR UTF8StringDestination, ULONG UTF8StringMaxByteCount,
			   PULONG UTF8StringActualByteCount, PCWCH UnicodeStringSource,
			   ULONG UnicodeStringByteCount)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!UnicodeStringSource)
		return STATUS_INVALID_PARAMETER_4;
	if (UnicodeStringByteCount % sizeof(WCHAR))
		return STATUS_INVALID_PARAMETER_5;
	return wsk::convert_counted(UTF8StringDestination, UTF8StringMaxByteCount,
				    UTF8StringActualByteCount, UnicodeStringSource,
				    UnicodeStringByteCount);
}

/**
 * RtlMultiByteToUnicodeN() - convert counted UTF-8 to UTF-16
 * @UnicodeString: receives whole characters, no NUL
 * @MaxBytesInUnicodeString: its size
 * @BytesInUnicodeString: receives the bytes stored; may be NULL
 * @MultiByteString: text to convert
 * @BytesInMultiByteString: its size
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS, also when only a part fitted.
 * Source: ntifs.h, RtlMultiByteToUnicodeN
 */
NTSTATUS RtlMultiByteToUnicodeN(PWCH UnicodeString, ULONG MaxBytesInUnicodeString,
				PULONG BytesInUnicodeString, const CHAR *MultiByteString,
				ULONG BytesInMultiByteString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	wsk::convert_counted(UnicodeString, MaxBytesInUnicodeString, BytesInUnicodeString,
			     MultiByteString, BytesInMultiByteString);
	return STATUS_SUCCESS;
}

/**
 * RtlUnicodeToMultiByteN() - convert counted UTF-16 to UTF-8
 * @MultiByteString: receives whole characters, no NUL
 * @MaxBytesInMultiByteString: its size
 * @BytesInMultiByteString: receives the bytes stored; may be NULL
 * @UnicodeString: text to convert
 * @BytesInUnicodeString: its size in bytes
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS, also when only a part fitted.
 * Source: ntifs.h, RtlUnicodeToMultiByteN
 */
NTSTATUS RtlUnicodeToMultiByteN(PCHAR MultiByteString, ULONG MaxBytesInMultiByteString,
				PULONG BytesInMultiByteString, PCWCH UnicodeString,
				ULONG BytesInUnicodeString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	wsk::convert_counted(MultiByteString, MaxBytesInMultiByteString, BytesInMultiByteString,
			     UnicodeString, BytesInUnicodeString);
	return STATUS_SUCCESS;
}

/**
 * RtlMultiByteToUnicodeSize() - bytes that counted UTF-8 takes in UTF-16, without a NUL
 * @BytesInUnicodeString: receives the size
 * @MultiByteString: text
 * @BytesInMultiByteString: its size
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS.
 * Source: ntifs.h, RtlMultiByteToUnicodeSize
 */
NTSTATUS RtlMultiByteToUnicodeSize(PULONG BytesInUnicodeString, const CHAR *MultiByteString,
				   ULONG BytesInMultiByteString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	wsk::convert_counted<WCHAR>(nullptr, 0, BytesInUnicodeString, MultiByteString,
				    BytesInMultiByteString);
	return STATUS_SUCCESS;
}

/**
 * RtlUnicodeToMultiByteSize() - bytes that counted UTF-16 takes in UTF-8, without a NUL
 * @BytesInMultiByteString: receives the size
 * @UnicodeString: text
 * @BytesInUnicodeString: its size in bytes
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS.
 * Source: ntifs.h, RtlUnicodeToMultiByteSize
 */
NTSTATUS RtlUnicodeToMultiByteSize(PULONG BytesInMultiByteString, PCWCH UnicodeString,
				   ULONG BytesInUnicodeString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	wsk::convert_counted<CHAR>(nullptr, 0, BytesInMultiByteString, UnicodeString,
				   BytesInUnicodeString);
	return STATUS_SUCCESS;
}

/**
 * RtlValidateUnicodeString() - whether a counted string is one
 * @Flags: 0
 * @String: NULL is one
 *
 * Context: any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for odd lengths, a length over the maximum, a
 * length without a buffer, and flags.
 * Source: ntifs.h, RtlValidateUnicodeString
 */
NTSTATUS RtlValidateUnicodeString(ULONG Flags, PCUNICODE_STRING String)
{
	if (Flags)
		return STATUS_INVALID_PARAMETER;
	if (!String)
		return STATUS_SUCCESS;
	if (String->Length % sizeof(WCHAR) || String->MaximumLength % sizeof(WCHAR) ||
	    String->Length > String->MaximumLength || (!String->Buffer && String->MaximumLength))
		return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}

/**
 * RtlDuplicateUnicodeString() - a copy of a string in a buffer of its own
 * @Flags: RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE for a NUL behind it, with
 * ..._ALLOCATE_NULL_STRING also behind an empty one
 * @StringIn: the string; NULL for an empty one
 * @StringOut: receives the copy; RtlFreeUnicodeString() frees it
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NAME_TOO_LONG when there is no room for
 * the NUL; STATUS_NO_MEMORY.
 * Source: ntifs.h, RtlDuplicateUnicodeString
 */
NTSTATUS RtlDuplicateUnicodeString(ULONG Flags, PCUNICODE_STRING StringIn,
				   PUNICODE_STRING StringOut)
{
	bool terminate = Flags & RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE;
	bool even_empty = Flags & RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING;
	size_t length = StringIn ? StringIn->Length : 0;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if ((Flags & ~3u) || (even_empty && !terminate) || !StringOut ||
	    !NT_SUCCESS(RtlValidateUnicodeString(0, StringIn)))
		return STATUS_INVALID_PARAMETER;
	if (terminate && length + sizeof(WCHAR) > wsk::MAX_STRING_BYTES)
		return STATUS_NAME_TOO_LONG;
	*StringOut = {};
	if (!length && !even_empty)
		return STATUS_SUCCESS;
	if (!wsk::allocate_buffer(StringOut, length + (terminate ? sizeof(WCHAR) : 0),
				  __builtin_return_address(0)))
		return STATUS_NO_MEMORY;
	if (length)
		__builtin_memcpy(StringOut->Buffer, StringIn->Buffer, length);
	StringOut->Length = static_cast<USHORT>(length);
	if (terminate)
		StringOut->Buffer[length / sizeof(WCHAR)] = 0;
	return STATUS_SUCCESS;
}

/**
 * RtlxAnsiStringToUnicodeSize() - bytes that the string takes in UTF-16, its NUL included
 * @AnsiString: text
 *
 * Context: PASSIVE_LEVEL.
 * Return: the size in bytes.
 * Source: wdm.h, RtlAnsiStringToUnicodeSize
 */
ULONG RtlxAnsiStringToUnicodeSize(PCANSI_STRING AnsiString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return static_cast<ULONG>(
		(wsk::convert<WCHAR>(nullptr, 0, AnsiString->Buffer, AnsiString->Length).needed +
		 1) *
		sizeof(WCHAR));
}

/**
 * RtlxUnicodeStringToAnsiSize() - bytes that the string takes in UTF-8, its NUL included
 * @UnicodeString: text
 *
 * Context: PASSIVE_LEVEL.
 * Return: the size in bytes.
 * Source: wdm.h, RtlUnicodeStringToAnsiSize
 */
ULONG RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return static_cast<ULONG>(wsk::convert<CHAR>(nullptr, 0, UnicodeString->Buffer,
						     UnicodeString->Length / sizeof(WCHAR))
					  .needed +
				  1);
}

/**
 * RtlUnicodeStringToInteger() - read a number at the start of a string
 * @String: blanks, an optional sign, digits; whatever follows is ignored
 * @Base: 2, 8, 10, 16, or 0 to go by a prefix 0x, 0o or 0b
 * @Value: receives the number modulo 2^32, 0 when there is no digit
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for another base.
 * Source: wdm.h, RtlUnicodeStringToInteger
 */
NTSTATUS RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base, PULONG Value)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::parse_integer(
		[String](size_t i) -> unsigned int {
			return i < String->Length / sizeof(WCHAR)
				       ? static_cast<uint16_t>(String->Buffer[i])
				       : 0;
		},
		Base, Value);
}

/**
 * RtlCharToInteger() - read a number at the start of a terminated string
 * @String: blanks, an optional sign, digits; whatever follows is ignored
 * @Base: 2, 8, 10, 16, or 0 to go by a prefix 0x, 0o or 0b
 * @Value: receives the number modulo 2^32, 0 when there is no digit
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for another base.
 * Source: ntifs.h, RtlCharToInteger
 */
NTSTATUS RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::parse_integer(
		[String](size_t i) -> unsigned int { return static_cast<uint8_t>(String[i]); },
		Base, Value);
}

/**
 * RtlIntegerToUnicodeString() - write a number
 * @Value: the number
 * @Base: 2, 8, 10, 16, or 0 for 10
 * @String: its Buffer receives upper-case digits, and a NUL where there is room for one
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW; STATUS_INVALID_PARAMETER for another base.
 * Source: wdm.h, RtlIntegerToUnicodeString
 */
NTSTATUS RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::print_integer(Value, Base, String);
}

/**
 * RtlInt64ToUnicodeString() - write a 64-bit number
 * @Value: the number
 * @Base: 2, 8, 10, 16, or 0 for 10
 * @String: its Buffer receives upper-case digits, and a NUL where there is room for one
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW; STATUS_INVALID_PARAMETER for another base.
 * Source: wdm.h, RtlInt64ToUnicodeString
 */
NTSTATUS RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base, PUNICODE_STRING String)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return wsk::print_integer(Value, Base, String);
}
