// SPDX-License-Identifier: MIT OR GPL-2.0
// The system as a whole: its version, its end, and random numbers.

#ifndef _WDM_SYSTEM_H
#define _WDM_SYSTEM_H

#include <wdm/types.h>

EXTERN_C_START

typedef struct _OSVERSIONINFOW {
	ULONG dwOSVersionInfoSize;
	ULONG dwMajorVersion;
	ULONG dwMinorVersion;
	ULONG dwBuildNumber;
	ULONG dwPlatformId;
	WCHAR szCSDVersion[128];
} OSVERSIONINFOW, *POSVERSIONINFOW, *LPOSVERSIONINFOW, RTL_OSVERSIONINFOW, *PRTL_OSVERSIONINFOW;

typedef struct _OSVERSIONINFOEXW {
	ULONG dwOSVersionInfoSize;
	ULONG dwMajorVersion;
	ULONG dwMinorVersion;
	ULONG dwBuildNumber;
	ULONG dwPlatformId;
	WCHAR szCSDVersion[128];
	USHORT wServicePackMajor;
	USHORT wServicePackMinor;
	USHORT wSuiteMask;
	UCHAR wProductType;
	UCHAR wReserved;
} OSVERSIONINFOEXW, *POSVERSIONINFOEXW, *LPOSVERSIONINFOEXW, RTL_OSVERSIONINFOEXW,
	*PRTL_OSVERSIONINFOEXW;

#define VER_NT_WORKSTATION 0x0000001
#define VER_NT_DOMAIN_CONTROLLER 0x0000002
#define VER_NT_SERVER 0x0000003

NTSTATUS NTAPI RtlGetVersion(PRTL_OSVERSIONINFOW VersionInformation);
BOOLEAN NTAPI PsGetVersion(PULONG MajorVersion, PULONG MinorVersion, PULONG BuildNumber,
			   PUNICODE_STRING CSDVersion);
BOOLEAN NTAPI RtlIsNtDdiVersionAvailable(ULONG Version);
BOOLEAN NTAPI IoIsWdmVersionAvailable(UCHAR MajorVersion, UCHAR MinorVersion);

/* What RtlVerifyVersionInfo() compares, and how; three bits for each in a mask. */
#define VER_MINORVERSION 0x0000001
#define VER_MAJORVERSION 0x0000002
#define VER_BUILDNUMBER 0x0000004
#define VER_PLATFORMID 0x0000008
#define VER_SERVICEPACKMINOR 0x0000010
#define VER_SERVICEPACKMAJOR 0x0000020
#define VER_SUITENAME 0x0000040
#define VER_PRODUCT_TYPE 0x0000080
#define VER_EQUAL 1
#define VER_GREATER 2
#define VER_GREATER_EQUAL 3
#define VER_LESS 4
#define VER_LESS_EQUAL 5
#define VER_AND 6
#define VER_OR 7
#define VER_CONDITION_MASK 7
#define VER_NUM_BITS_PER_CONDITION_MASK 3

NTSTATUS NTAPI RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask,
				    ULONGLONG ConditionMask);
ULONGLONG NTAPI VerSetConditionMask(ULONGLONG ConditionMask, ULONG TypeMask, UCHAR Condition);
#define VER_SET_CONDITION(ConditionMask, TypeBitMask, ComparisonType) \
	((ConditionMask) = VerSetConditionMask(ConditionMask, TypeBitMask, ComparisonType))

ULONG NTAPI RtlRandom(PULONG Seed);
ULONG NTAPI RtlRandomEx(PULONG Seed);

/* Bug checks end the current thread, and in a DPC or an interrupt the system. */
VOID NTAPI __wsk_bug_check(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
			   ULONG_PTR BugCheckParameter2, ULONG_PTR BugCheckParameter3,
			   ULONG_PTR BugCheckParameter4);

__WSK_INLINE DECLSPEC_NORETURN VOID KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
						 ULONG_PTR BugCheckParameter2,
						 ULONG_PTR BugCheckParameter3,
						 ULONG_PTR BugCheckParameter4)
{
	__wsk_bug_check(BugCheckCode, BugCheckParameter1, BugCheckParameter2, BugCheckParameter3,
			BugCheckParameter4);
	__builtin_trap();
}

__WSK_INLINE DECLSPEC_NORETURN VOID KeBugCheck(ULONG BugCheckCode)
{
	KeBugCheckEx(BugCheckCode, 0, 0, 0, 0);
}

#define IRQL_NOT_LESS_OR_EQUAL 0x0000000AU
#define KMODE_EXCEPTION_NOT_HANDLED 0x0000001EU
#define DRIVER_IRQL_NOT_LESS_OR_EQUAL 0x000000D1U
#define MANUALLY_INITIATED_CRASH 0x000000E2U
#define DRIVER_VIOLATION 0x0000011DU

EXTERN_C_END

#endif
