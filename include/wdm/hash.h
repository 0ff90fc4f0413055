// SPDX-License-Identifier: MIT OR GPL-2.0
// Checksums, hashes of strings, and GUIDs as strings.

#ifndef _WDM_HASH_H
#define _WDM_HASH_H

#include <wdm/types.h>

EXTERN_C_START

#define HASH_STRING_ALGORITHM_DEFAULT 0
#define HASH_STRING_ALGORITHM_X65599 1
#define HASH_STRING_ALGORITHM_INVALID 0xffffffff

ULONG NTAPI RtlComputeCrc32(ULONG PartialCrc, PVOID Buffer, ULONG Length);
NTSTATUS NTAPI RtlHashUnicodeString(PCUNICODE_STRING String, BOOLEAN CaseInSensitive,
				    ULONG HashAlgorithm, PULONG HashValue);
NTSTATUS NTAPI RtlStringFromGUID(REFGUID Guid, PUNICODE_STRING GuidString);
NTSTATUS NTAPI RtlGUIDFromString(PCUNICODE_STRING GuidString, GUID *Guid);

EXTERN_C_END

#endif
