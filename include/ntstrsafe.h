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

/* What the functions that end in Ex do besides, in flags whose lowest byte is a fill byte. */
#define STRSAFE_IGNORE_NULLS 0x00000100
#define STRSAFE_FILL_BEHIND_NULL 0x00000200
#define STRSAFE_FILL_ON_FAILURE 0x00000400
#define STRSAFE_NULL_ON_FAILURE 0x00000800
#define STRSAFE_NO_TRUNCATION 0x00001000
#define STRSAFE_VALID_FLAGS                                                                       \
	(0x000000FF | STRSAFE_IGNORE_NULLS | STRSAFE_FILL_BEHIND_NULL | STRSAFE_FILL_ON_FAILURE | \
	 STRSAFE_NULL_ON_FAILURE | STRSAFE_NO_TRUNCATION)
#define STRSAFE_FILL_BYTE(x) ((ULONG)(((x)&0x000000FF) | STRSAFE_FILL_BEHIND_NULL))
#define STRSAFE_FAILURE_BYTE(x) ((ULONG)(((x)&0x000000FF) | STRSAFE_FILL_ON_FAILURE))

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

#define __WSK_STRSAFE_EX(suffix, type)                                                             \
	/* What the flags say about the buffer behind the text, or after a failure. */             \
	NTSTRSAFEDDI __wsk_strsafe_end##suffix(type *pszDest, size_t cchDest, size_t used,         \
					       NTSTATUS status, type **ppszDestEnd,                \
					       size_t *pcchRemaining, ULONG dwFlags)               \
	{                                                                                          \
		int fill = (int)(dwFlags & 0xff);                                                  \
                                                                                                   \
		if (!status && (dwFlags & STRSAFE_FILL_BEHIND_NULL) && used + 1 < cchDest)         \
			__builtin_memset(pszDest + used + 1, fill,                                 \
					 (cchDest - used - 1) * sizeof(type));                     \
		if (status && cchDest && (dwFlags & STRSAFE_FILL_ON_FAILURE)) {                    \
			__builtin_memset(pszDest, fill, cchDest * sizeof(type));                   \
			used = fill ? cchDest - 1 : 0;                                             \
			pszDest[used] = 0;                                                         \
		}                                                                                  \
		if (status && cchDest && (dwFlags & STRSAFE_NULL_ON_FAILURE)) {                    \
			used = 0;                                                                  \
			pszDest[0] = 0;                                                            \
		}                                                                                  \
		if (status && status != STATUS_BUFFER_OVERFLOW)                                    \
			return status;                                                             \
		if (ppszDestEnd)                                                                   \
			*ppszDestEnd = pszDest + used;                                             \
		if (pcchRemaining)                                                                 \
			*pcchRemaining = cchDest - used;                                           \
		return status;                                                                     \
	}                                                                                          \
                                                                                                   \
	/* Appends to the first `used` characters; without a destination, only nothing fits. */    \
	NTSTRSAFEDDI __wsk_strsafe_add##suffix(                                                    \
		type *pszDest, size_t cchDest, size_t used, const type *pszSrc, size_t cchToAdd,   \
		type **ppszDestEnd, size_t *pcchRemaining, ULONG dwFlags)                          \
	{                                                                                          \
		size_t begun = used;                                                               \
		NTSTATUS status;                                                                   \
                                                                                                   \
		if (dwFlags & ~(ULONG)STRSAFE_VALID_FLAGS)                                         \
			return STATUS_INVALID_PARAMETER;                                           \
		if (!pszSrc && (dwFlags & STRSAFE_IGNORE_NULLS))                                   \
			cchToAdd = 0;                                                              \
		if (!cchDest && (!pszDest || !cchToAdd || !*pszSrc)) {                             \
			status = cchToAdd && *pszSrc ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;  \
			if (!(dwFlags & STRSAFE_IGNORE_NULLS))                                     \
				status = STATUS_INVALID_PARAMETER;                                 \
			return __wsk_strsafe_end##suffix(pszDest, cchDest, 0, status, ppszDestEnd, \
							 pcchRemaining, 0);                        \
		}                                                                                  \
		status = cchToAdd ? RtlStringCchCopyN##suffix(pszDest + used, cchDest - used,      \
							      pszSrc, cchToAdd)                    \
				  : RtlStringCchCopyN##suffix(pszDest + used, cchDest - used,      \
							      pszDest + used, 0);                  \
		if (status == STATUS_BUFFER_OVERFLOW && (dwFlags & STRSAFE_NO_TRUNCATION))         \
			pszDest[begun] = 0;                                                        \
		if (!status || status == STATUS_BUFFER_OVERFLOW)                                   \
			while (pszDest[used])                                                      \
				used++;                                                            \
		return __wsk_strsafe_end##suffix(pszDest, cchDest, used, status, ppszDestEnd,      \
						 pcchRemaining, dwFlags);                          \
	}                                                                                          \
                                                                                                   \
	NTSTRSAFEDDI RtlStringCchCopyNEx##suffix(                                                  \
		type *pszDest, size_t cchDest, const type *pszSrc, size_t cchToCopy,               \
		type **ppszDestEnd, size_t *pcchRemaining, ULONG dwFlags)                          \
	{                                                                                          \
		return __wsk_strsafe_add##suffix(pszDest, cchDest, 0, pszSrc, cchToCopy,           \
						 ppszDestEnd, pcchRemaining, dwFlags);             \
	}                                                                                          \
                                                                                                   \
	NTSTRSAFEDDI RtlStringCchCopyEx##suffix(type *pszDest, size_t cchDest, const type *pszSrc, \
						type **ppszDestEnd, size_t *pcchRemaining,         \
						ULONG dwFlags)                                     \
	{                                                                                          \
		return RtlStringCchCopyNEx##suffix(pszDest, cchDest, pszSrc, NTSTRSAFE_MAX_LENGTH, \
						   ppszDestEnd, pcchRemaining, dwFlags);           \
	}                                                                                          \
                                                                                                   \
	NTSTRSAFEDDI RtlStringCchCatNEx##suffix(type *pszDest, size_t cchDest, const type *pszSrc, \
						size_t cchToAppend, type **ppszDestEnd,            \
						size_t *pcchRemaining, ULONG dwFlags)              \
	{                                                                                          \
		size_t used = 0;                                                                   \
                                                                                                   \
		if (pszDest || cchDest || !(dwFlags & STRSAFE_IGNORE_NULLS)) {                     \
			NTSTATUS status = RtlStringCchLength##suffix(pszDest, cchDest, &used);     \
                                                                                                   \
			if (status)                                                                \
				return status;                                                     \
		}                                                                                  \
		return __wsk_strsafe_add##suffix(pszDest, cchDest, used, pszSrc, cchToAppend,      \
						 ppszDestEnd, pcchRemaining, dwFlags);             \
	}                                                                                          \
                                                                                                   \
	NTSTRSAFEDDI RtlStringCchCatEx##suffix(type *pszDest, size_t cchDest, const type *pszSrc,  \
					       type **ppszDestEnd, size_t *pcchRemaining,          \
					       ULONG dwFlags)                                      \
	{                                                                                          \
		return RtlStringCchCatNEx##suffix(pszDest, cchDest, pszSrc, NTSTRSAFE_MAX_LENGTH,  \
						  ppszDestEnd, pcchRemaining, dwFlags);            \
	}                                                                                          \
                                                                                                   \
	NTSTRSAFEDDI RtlStringCchVPrintfEx##suffix(                                                \
		type *pszDest, size_t cchDest, type **ppszDestEnd, size_t *pcchRemaining,          \
		ULONG dwFlags, const type *pszFormat, va_list argList)                             \
	{                                                                                          \
		size_t used = 0;                                                                   \
		NTSTATUS status;                                                                   \
                                                                                                   \
		if (dwFlags & ~(ULONG)STRSAFE_VALID_FLAGS)                                         \
			return STATUS_INVALID_PARAMETER;                                           \
		if (!pszFormat && (dwFlags & STRSAFE_IGNORE_NULLS))                                \
			return RtlStringCchCopyEx##suffix(pszDest, cchDest, NULL, ppszDestEnd,     \
							  pcchRemaining, dwFlags);                 \
		status = RtlStringCchVPrintf##suffix(pszDest, cchDest, pszFormat, argList);        \
		if (status == STATUS_BUFFER_OVERFLOW && (dwFlags & STRSAFE_NO_TRUNCATION))         \
			pszDest[0] = 0;                                                            \
		if (!status || status == STATUS_BUFFER_OVERFLOW)                                   \
			while (pszDest[used])                                                      \
				used++;                                                            \
		return __wsk_strsafe_end##suffix(pszDest, cchDest, used, status, ppszDestEnd,      \
						 pcchRemaining, dwFlags);                          \
	}                                                                                          \
                                                                                                   \
	NTSTRSAFEDDI RtlStringCchPrintfEx##suffix(type *pszDest, size_t cchDest,                   \
						  type **ppszDestEnd, size_t *pcchRemaining,       \
						  ULONG dwFlags, const type *pszFormat, ...)       \
	{                                                                                          \
		va_list argList;                                                                   \
		NTSTATUS status;                                                                   \
                                                                                                   \
		va_start(argList, pszFormat);                                                      \
		status =                                                                           \
			RtlStringCchVPrintfEx##suffix(pszDest, cchDest, ppszDestEnd,               \
						      pcchRemaining, dwFlags, pszFormat, argList); \
		va_end(argList);                                                                   \
		return status;                                                                     \
	}                                                                                          \
                                                                                                   \
	/* The same in bytes, of which one may be left over. */                                    \
	NTSTRSAFEDDI __wsk_strsafe_bytes##suffix(NTSTATUS status, size_t cbDest,                   \
						 size_t *pcbRemaining)                             \
	{                                                                                          \
		if (pcbRemaining && (!status || status == STATUS_BUFFER_OVERFLOW))                 \
			*pcbRemaining = *pcbRemaining * sizeof(type) + cbDest % sizeof(type);      \
		return status;                                                                     \
	}                                                                                          \
                                                                                                   \
	NTSTRSAFEDDI RtlStringCbCopyEx##suffix(type *pszDest, size_t cbDest, const type *pszSrc,   \
					       type **ppszDestEnd, size_t *pcbRemaining,           \
					       ULONG dwFlags)                                      \
	{                                                                                          \
		return __wsk_strsafe_bytes##suffix(                                                \
			RtlStringCchCopyEx##suffix(pszDest, cbDest / sizeof(type), pszSrc,         \
						   ppszDestEnd, pcbRemaining, dwFlags),            \
			cbDest, pcbRemaining);                                                     \
	}                                                                                          \
                                                                                                   \
	NTSTRSAFEDDI RtlStringCbCopyNEx##suffix(type *pszDest, size_t cbDest, const type *pszSrc,  \
						size_t cbToCopy, type **ppszDestEnd,               \
						size_t *pcbRemaining, ULONG dwFlags)               \
	{                                                                                          \
		return __wsk_strsafe_bytes##suffix(                                                \
			RtlStringCchCopyNEx##suffix(pszDest, cbDest / sizeof(type), pszSrc,        \
						    cbToCopy / sizeof(type), ppszDestEnd,          \
						    pcbRemaining, dwFlags),                        \
			cbDest, pcbRemaining);                                                     \
	}                                                                                          \
                                                                                                   \
	NTSTRSAFEDDI RtlStringCbCatEx##suffix(type *pszDest, size_t cbDest, const type *pszSrc,    \
					      type **ppszDestEnd, size_t *pcbRemaining,            \
					      ULONG dwFlags)                                       \
	{                                                                                          \
		return __wsk_strsafe_bytes##suffix(                                                \
			RtlStringCchCatEx##suffix(pszDest, cbDest / sizeof(type), pszSrc,          \
						  ppszDestEnd, pcbRemaining, dwFlags),             \
			cbDest, pcbRemaining);                                                     \
	}                                                                                          \
                                                                                                   \
	NTSTRSAFEDDI RtlStringCbCatNEx##suffix(type *pszDest, size_t cbDest, const type *pszSrc,   \
					       size_t cbToAppend, type **ppszDestEnd,              \
					       size_t *pcbRemaining, ULONG dwFlags)                \
	{                                                                                          \
		return __wsk_strsafe_bytes##suffix(                                                \
			RtlStringCchCatNEx##suffix(pszDest, cbDest / sizeof(type), pszSrc,         \
						   cbToAppend / sizeof(type), ppszDestEnd,         \
						   pcbRemaining, dwFlags),                         \
			cbDest, pcbRemaining);                                                     \
	}                                                                                          \
                                                                                                   \
	NTSTRSAFEDDI RtlStringCbVPrintfEx##suffix(                                                 \
		type *pszDest, size_t cbDest, type **ppszDestEnd, size_t *pcbRemaining,            \
		ULONG dwFlags, const type *pszFormat, va_list argList)                             \
	{                                                                                          \
		return __wsk_strsafe_bytes##suffix(                                                \
			RtlStringCchVPrintfEx##suffix(pszDest, cbDest / sizeof(type), ppszDestEnd, \
						      pcbRemaining, dwFlags, pszFormat, argList),  \
			cbDest, pcbRemaining);                                                     \
	}                                                                                          \
                                                                                                   \
	NTSTRSAFEDDI RtlStringCbPrintfEx##suffix(type *pszDest, size_t cbDest, type **ppszDestEnd, \
						 size_t *pcbRemaining, ULONG dwFlags,              \
						 const type *pszFormat, ...)                       \
	{                                                                                          \
		va_list argList;                                                                   \
		NTSTATUS status;                                                                   \
                                                                                                   \
		va_start(argList, pszFormat);                                                      \
		status = RtlStringCbVPrintfEx##suffix(pszDest, cbDest, ppszDestEnd, pcbRemaining,  \
						      dwFlags, pszFormat, argList);                \
		va_end(argList);                                                                   \
		return status;                                                                     \
	}

__WSK_STRSAFE_EX(A, char)
__WSK_STRSAFE_EX(W, wchar_t)

#undef __WSK_STRSAFE_EX

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

/* As much of a text as a count says. */
NTSTRSAFEDDI RtlUnicodeStringCchCatN(PUNICODE_STRING DestinationString,
				     PCUNICODE_STRING SourceString, size_t cchToAppend)
{
	size_t length = SourceString->Length / sizeof(wchar_t);

	return __wsk_unicode_append(DestinationString, SourceString->Buffer,
				    length < cchToAppend ? length : cchToAppend);
}

NTSTRSAFEDDI RtlUnicodeStringCchCopyN(PUNICODE_STRING DestinationString,
				      PCUNICODE_STRING SourceString, size_t cchToCopy)
{
	size_t length = SourceString->Length / sizeof(wchar_t);

	DestinationString->Length = 0;
	return __wsk_unicode_append(DestinationString, SourceString->Buffer,
				    length < cchToCopy ? length : cchToCopy);
}

NTSTRSAFEDDI RtlUnicodeStringCchCatStringN(PUNICODE_STRING DestinationString,
					   NTSTRSAFE_PCWSTR pszSrc, size_t cchToAppend)
{
	size_t length = 0;

	if (cchToAppend > NTSTRSAFE_UNICODE_STRING_MAX_CCH)
		return STATUS_INVALID_PARAMETER;
	while (length < cchToAppend && pszSrc[length])
		length++;
	return __wsk_unicode_append(DestinationString, pszSrc, length);
}

NTSTRSAFEDDI RtlUnicodeStringCchCopyStringN(PUNICODE_STRING DestinationString,
					    NTSTRSAFE_PCWSTR pszSrc, size_t cchToCopy)
{
	if (cchToCopy > NTSTRSAFE_UNICODE_STRING_MAX_CCH)
		return STATUS_INVALID_PARAMETER;
	DestinationString->Length = 0;
	return RtlUnicodeStringCchCatStringN(DestinationString, pszSrc, cchToCopy);
}

NTSTRSAFEDDI RtlUnicodeStringCbCatN(PUNICODE_STRING DestinationString,
				    PCUNICODE_STRING SourceString, size_t cbToAppend)
{
	return RtlUnicodeStringCchCatN(DestinationString, SourceString,
				       cbToAppend / sizeof(wchar_t));
}

NTSTRSAFEDDI RtlUnicodeStringCbCopyN(PUNICODE_STRING DestinationString,
				     PCUNICODE_STRING SourceString, size_t cbToCopy)
{
	return RtlUnicodeStringCchCopyN(DestinationString, SourceString,
					cbToCopy / sizeof(wchar_t));
}

NTSTRSAFEDDI RtlUnicodeStringCbCatStringN(PUNICODE_STRING DestinationString,
					  NTSTRSAFE_PCWSTR pszSrc, size_t cbToAppend)
{
	return RtlUnicodeStringCchCatStringN(DestinationString, pszSrc,
					     cbToAppend / sizeof(wchar_t));
}

NTSTRSAFEDDI RtlUnicodeStringCbCopyStringN(PUNICODE_STRING DestinationString,
					   NTSTRSAFE_PCWSTR pszSrc, size_t cbToCopy)
{
	return RtlUnicodeStringCchCopyStringN(DestinationString, pszSrc,
					      cbToCopy / sizeof(wchar_t));
}

NTSTRSAFEDDI RtlUnicodeStringValidate(PCUNICODE_STRING SourceString)
{
	if (!SourceString)
		return STATUS_INVALID_PARAMETER;
	return SourceString->Length % sizeof(wchar_t) ||
			       SourceString->MaximumLength % sizeof(wchar_t) ||
			       SourceString->Length > SourceString->MaximumLength ||
			       (!SourceString->Buffer && SourceString->MaximumLength)
		       ? STATUS_INVALID_PARAMETER
		       : STATUS_SUCCESS;
}

__WSK_STRSAFE_END

#ifdef UNICODE
#define RtlStringCbCopyN RtlStringCbCopyNW
#define RtlStringCchCopyN RtlStringCchCopyNW
#define RtlStringCbCatN RtlStringCbCatNW
#define RtlStringCchCatN RtlStringCchCatNW
#define RtlStringCbVPrintf RtlStringCbVPrintfW
#define RtlStringCchVPrintf RtlStringCchVPrintfW
#define RtlStringCbCopyEx RtlStringCbCopyExW
#define RtlStringCchCopyEx RtlStringCchCopyExW
#define RtlStringCbCopyNEx RtlStringCbCopyNExW
#define RtlStringCchCopyNEx RtlStringCchCopyNExW
#define RtlStringCbCatEx RtlStringCbCatExW
#define RtlStringCchCatEx RtlStringCchCatExW
#define RtlStringCbCatNEx RtlStringCbCatNExW
#define RtlStringCchCatNEx RtlStringCchCatNExW
#define RtlStringCbPrintfEx RtlStringCbPrintfExW
#define RtlStringCchPrintfEx RtlStringCchPrintfExW
#define RtlStringCbVPrintfEx RtlStringCbVPrintfExW
#define RtlStringCchVPrintfEx RtlStringCchVPrintfExW
#define RtlStringCbPrintf RtlStringCbPrintfW
#define RtlStringCchPrintf RtlStringCchPrintfW
#define RtlStringCbCopy RtlStringCbCopyW
#define RtlStringCchCopy RtlStringCchCopyW
#define RtlStringCbCat RtlStringCbCatW
#define RtlStringCchCat RtlStringCchCatW
#define RtlStringCbLength RtlStringCbLengthW
#define RtlStringCchLength RtlStringCchLengthW
#else
#define RtlStringCbCopyN RtlStringCbCopyNA
#define RtlStringCchCopyN RtlStringCchCopyNA
#define RtlStringCbCatN RtlStringCbCatNA
#define RtlStringCchCatN RtlStringCchCatNA
#define RtlStringCbVPrintf RtlStringCbVPrintfA
#define RtlStringCchVPrintf RtlStringCchVPrintfA
#define RtlStringCbCopyEx RtlStringCbCopyExA
#define RtlStringCchCopyEx RtlStringCchCopyExA
#define RtlStringCbCopyNEx RtlStringCbCopyNExA
#define RtlStringCchCopyNEx RtlStringCchCopyNExA
#define RtlStringCbCatEx RtlStringCbCatExA
#define RtlStringCchCatEx RtlStringCchCatExA
#define RtlStringCbCatNEx RtlStringCbCatNExA
#define RtlStringCchCatNEx RtlStringCchCatNExA
#define RtlStringCbPrintfEx RtlStringCbPrintfExA
#define RtlStringCchPrintfEx RtlStringCchPrintfExA
#define RtlStringCbVPrintfEx RtlStringCbVPrintfExA
#define RtlStringCchVPrintfEx RtlStringCchVPrintfExA
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
