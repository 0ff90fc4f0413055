// SPDX-License-Identifier: MIT OR GPL-2.0
// Bounded string functions. Each exists for bytes (Cb) and characters (Cch), for CHAR (A) and WCHAR
// (W).

#ifndef _NTSTRSAFE_H_INCLUDED_
#define _NTSTRSAFE_H_INCLUDED_

#include <ntdef.h>
#include <ntstatus.h>
#include <stdio.h>
#include <string.h>

#define NTSTRSAFE_MAX_CCH 2147483647
#define NTSTRSAFE_MAX_LENGTH (NTSTRSAFE_MAX_CCH - 1)
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(wchar_t))

typedef char *NTSTRSAFE_PSTR;
typedef const char *NTSTRSAFE_PCSTR;
typedef wchar_t *NTSTRSAFE_PWSTR;
typedef const wchar_t *NTSTRSAFE_PCWSTR;

/* Variable arguments cannot be inlined: a copy in each object file that uses one. */
#ifdef __cplusplus
#define NTSTRSAFEDDI inline NTSTATUS
#define __WSK_STRSAFE_LINKAGE extern "C++" {
#define __WSK_STRSAFE_END }
#else
#define NTSTRSAFEDDI static inline __attribute__((__unused__)) NTSTATUS
#define __WSK_STRSAFE_LINKAGE
#define __WSK_STRSAFE_END
#endif

__WSK_STRSAFE_LINKAGE

/*
 * The functions, once for each kind of character. A destination always ends up terminated;
 * STATUS_BUFFER_OVERFLOW says that it holds less than it should.
 */
#define __WSK_STRSAFE(suffix, type, format)                                                       \
	NTSTRSAFEDDI RtlStringCchLength##suffix(const type *psz, size_t cchMax,                   \
						size_t *pcchLength)                               \
	{                                                                                         \
		size_t length = 0;                                                                \
                                                                                                  \
		if (psz && cchMax <= NTSTRSAFE_MAX_CCH)                                           \
			while (length < cchMax && psz[length])                                    \
				length++;                                                         \
		else                                                                              \
			cchMax = 0;                                                               \
		if (pcchLength)                                                                   \
			*pcchLength = length < cchMax ? length : 0;                               \
		return length < cchMax ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;               \
	}                                                                                         \
                                                                                                  \
	NTSTRSAFEDDI RtlStringCchCopyN##suffix(type *pszDest, size_t cchDest, const type *pszSrc, \
					       size_t cchToCopy)                                  \
	{                                                                                         \
		size_t length = 0;                                                                \
                                                                                                  \
		if (!cchDest || cchDest > NTSTRSAFE_MAX_CCH)                                      \
			return STATUS_INVALID_PARAMETER;                                          \
		if (cchToCopy > NTSTRSAFE_MAX_LENGTH) {                                           \
			*pszDest = 0;                                                             \
			return STATUS_INVALID_PARAMETER;                                          \
		}                                                                                 \
		while (length < cchDest - 1 && length < cchToCopy && pszSrc[length]) {            \
			pszDest[length] = pszSrc[length];                                         \
			length++;                                                                 \
		}                                                                                 \
		pszDest[length] = 0;                                                              \
		return length < cchToCopy && pszSrc[length] ? STATUS_BUFFER_OVERFLOW              \
							    : STATUS_SUCCESS;                     \
	}                                                                                         \
                                                                                                  \
	NTSTRSAFEDDI RtlStringCchCopy##suffix(type *pszDest, size_t cchDest, const type *pszSrc)  \
	{                                                                                         \
		return RtlStringCchCopyN##suffix(pszDest, cchDest, pszSrc, NTSTRSAFE_MAX_LENGTH); \
	}                                                                                         \
                                                                                                  \
	NTSTRSAFEDDI RtlStringCchCatN##suffix(type *pszDest, size_t cchDest, const type *pszSrc,  \
					      size_t cchToAppend)                                 \
	{                                                                                         \
		size_t length;                                                                    \
		NTSTATUS status = RtlStringCchLength##suffix(pszDest, cchDest, &length);          \
                                                                                                  \
		if (!NT_SUCCESS(status))                                                          \
			return status;                                                            \
		return RtlStringCchCopyN##suffix(pszDest + length, cchDest - length, pszSrc,      \
						 cchToAppend);                                    \
	}                                                                                         \
                                                                                                  \
	NTSTRSAFEDDI RtlStringCchCat##suffix(type *pszDest, size_t cchDest, const type *pszSrc)   \
	{                                                                                         \
		return RtlStringCchCatN##suffix(pszDest, cchDest, pszSrc, NTSTRSAFE_MAX_LENGTH);  \
	}                                                                                         \
                                                                                                  \
	NTSTRSAFEDDI RtlStringCchVPrintf##suffix(type *pszDest, size_t cchDest,                   \
						 const type *pszFormat, va_list argList)          \
	{                                                                                         \
		int length;                                                                       \
                                                                                                  \
		if (!cchDest || cchDest > NTSTRSAFE_MAX_CCH)                                      \
			return STATUS_INVALID_PARAMETER;                                          \
		length = format(pszDest, cchDest - 1, pszFormat, argList);                        \
		if (length >= 0 && (size_t)length < cchDest) {                                    \
			pszDest[length] = 0;                                                      \
			return STATUS_SUCCESS;                                                    \
		}                                                                                 \
		pszDest[cchDest - 1] = 0;                                                         \
		return STATUS_BUFFER_OVERFLOW;                                                    \
	}                                                                                         \
                                                                                                  \
	NTSTRSAFEDDI RtlStringCchPrintf##suffix(type *pszDest, size_t cchDest,                    \
						const type *pszFormat, ...)                       \
	{                                                                                         \
		va_list argList;                                                                  \
		NTSTATUS status;                                                                  \
                                                                                                  \
		va_start(argList, pszFormat);                                                     \
		status = RtlStringCchVPrintf##suffix(pszDest, cchDest, pszFormat, argList);       \
		va_end(argList);                                                                  \
		return status;                                                                    \
	}                                                                                         \
                                                                                                  \
	NTSTRSAFEDDI RtlStringCbLength##suffix(const type *psz, size_t cbMax, size_t *pcbLength)  \
	{                                                                                         \
		NTSTATUS status =                                                                 \
			RtlStringCchLength##suffix(psz, cbMax / sizeof(type), pcbLength);         \
                                                                                                  \
		if (pcbLength)                                                                    \
			*pcbLength *= sizeof(type);                                               \
		return status;                                                                    \
	}                                                                                         \
                                                                                                  \
	NTSTRSAFEDDI RtlStringCbCopy##suffix(type *pszDest, size_t cbDest, const type *pszSrc)    \
	{                                                                                         \
		return RtlStringCchCopy##suffix(pszDest, cbDest / sizeof(type), pszSrc);          \
	}                                                                                         \
                                                                                                  \
	NTSTRSAFEDDI RtlStringCbCopyN##suffix(type *pszDest, size_t cbDest, const type *pszSrc,   \
					      size_t cbToCopy)                                    \
	{                                                                                         \
		return RtlStringCchCopyN##suffix(pszDest, cbDest / sizeof(type), pszSrc,          \
						 cbToCopy / sizeof(type));                        \
	}                                                                                         \
                                                                                                  \
	NTSTRSAFEDDI RtlStringCbCat##suffix(type *pszDest, size_t cbDest, const type *pszSrc)     \
	{                                                                                         \
		return RtlStringCchCat##suffix(pszDest, cbDest / sizeof(type), pszSrc);           \
	}                                                                                         \
                                                                                                  \
	NTSTRSAFEDDI RtlStringCbCatN##suffix(type *pszDest, size_t cbDest, const type *pszSrc,    \
					     size_t cbToAppend)                                   \
	{                                                                                         \
		return RtlStringCchCatN##suffix(pszDest, cbDest / sizeof(type), pszSrc,           \
						cbToAppend / sizeof(type));                       \
	}                                                                                         \
                                                                                                  \
	NTSTRSAFEDDI RtlStringCbVPrintf##suffix(type *pszDest, size_t cbDest,                     \
						const type *pszFormat, va_list argList)           \
	{                                                                                         \
		return RtlStringCchVPrintf##suffix(pszDest, cbDest / sizeof(type), pszFormat,     \
						   argList);                                      \
	}                                                                                         \
                                                                                                  \
	NTSTRSAFEDDI RtlStringCbPrintf##suffix(type *pszDest, size_t cbDest,                      \
					       const type *pszFormat, ...)                        \
	{                                                                                         \
		va_list argList;                                                                  \
		NTSTATUS status;                                                                  \
                                                                                                  \
		va_start(argList, pszFormat);                                                     \
		status = RtlStringCbVPrintf##suffix(pszDest, cbDest, pszFormat, argList);         \
		va_end(argList);                                                                  \
		return status;                                                                    \
	}

__WSK_STRSAFE(A, char, _vsnprintf)
__WSK_STRSAFE(W, wchar_t, _vsnwprintf)

#undef __WSK_STRSAFE

/* The same into a UNICODE_STRING, which need not be terminated. */
NTSTRSAFEDDI RtlUnicodeStringInit(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc)
{
	size_t length = 0;

	if (pszSrc && RtlStringCchLengthW(pszSrc, NTSTRSAFE_UNICODE_STRING_MAX_CCH, &length))
		return STATUS_INVALID_PARAMETER;
	DestinationString->Length = (USHORT)(length * sizeof(wchar_t));
	DestinationString->MaximumLength =
		pszSrc ? (USHORT)(DestinationString->Length + sizeof(wchar_t)) : 0;
	DestinationString->Buffer = (PWCH)pszSrc;
	return STATUS_SUCCESS;
}

NTSTRSAFEDDI RtlUnicodeStringVPrintf(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszFormat,
				     va_list argList)
{
	size_t room = DestinationString->MaximumLength / sizeof(wchar_t);
	int length = _vsnwprintf(DestinationString->Buffer, room, pszFormat, argList);

	if (length < 0 || (size_t)length > room) {
		DestinationString->Length = (USHORT)(room * sizeof(wchar_t));
		return STATUS_BUFFER_OVERFLOW;
	}
	DestinationString->Length = (USHORT)((size_t)length * sizeof(wchar_t));
	return STATUS_SUCCESS;
}

NTSTRSAFEDDI RtlUnicodeStringPrintf(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszFormat,
				    ...)
{
	va_list argList;
	NTSTATUS status;

	va_start(argList, pszFormat);
	status = RtlUnicodeStringVPrintf(DestinationString, pszFormat, argList);
	va_end(argList);
	return status;
}

/* Appends, without a terminator, as much of a text as fits. */
NTSTRSAFEDDI __wsk_unicode_append(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc,
				  size_t cchSrc)
{
	size_t used = DestinationString->Length / sizeof(wchar_t);
	size_t room = DestinationString->MaximumLength / sizeof(wchar_t) - used;
	size_t count = cchSrc < room ? cchSrc : room;

	__builtin_memmove(DestinationString->Buffer + used, pszSrc, count * sizeof(wchar_t));
	DestinationString->Length = (USHORT)((used + count) * sizeof(wchar_t));
	return count < cchSrc ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTRSAFEDDI RtlUnicodeStringCatString(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc)
{
	size_t length;
	NTSTATUS status = RtlStringCchLengthW(pszSrc, NTSTRSAFE_MAX_CCH, &length);

	return status ? status : __wsk_unicode_append(DestinationString, pszSrc, length);
}

NTSTRSAFEDDI RtlUnicodeStringCopyString(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc)
{
	DestinationString->Length = 0;
	return RtlUnicodeStringCatString(DestinationString, pszSrc);
}

NTSTRSAFEDDI RtlUnicodeStringCat(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
	return __wsk_unicode_append(DestinationString, SourceString->Buffer,
				    SourceString->Length / sizeof(wchar_t));
}

NTSTRSAFEDDI RtlUnicodeStringCopy(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
	size_t length = SourceString->Length / sizeof(wchar_t);

	DestinationString->Length = 0;
	return __wsk_unicode_append(DestinationString, SourceString->Buffer, length);
}

__WSK_STRSAFE_END

#ifdef UNICODE
#define RtlStringCbPrintf RtlStringCbPrintfW
#define RtlStringCchPrintf RtlStringCchPrintfW
#define RtlStringCbCopy RtlStringCbCopyW
#define RtlStringCchCopy RtlStringCchCopyW
#define RtlStringCbCat RtlStringCbCatW
#define RtlStringCchCat RtlStringCchCatW
#define RtlStringCbLength RtlStringCbLengthW
#define RtlStringCchLength RtlStringCchLengthW
#else
#define RtlStringCbPrintf RtlStringCbPrintfA
#define RtlStringCchPrintf RtlStringCchPrintfA
#define RtlStringCbCopy RtlStringCbCopyA
#define RtlStringCchCopy RtlStringCchCopyA
#define RtlStringCbCat RtlStringCbCatA
#define RtlStringCchCat RtlStringCchCatA
#define RtlStringCbLength RtlStringCbLengthA
#define RtlStringCchLength RtlStringCchLengthA
#endif

#endif
