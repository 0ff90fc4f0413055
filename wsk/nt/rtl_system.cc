// SPDX-License-Identifier: MIT OR GPL-2.0
/* Which Windows this is, and random numbers. */
#include <ntddk.h>

#include "nt/irql.h"

namespace
{

/* The Windows whose interfaces these are; sdkddkver.h says the same. */
constexpr ULONG major_version = 10;
constexpr ULONG minor_version = 0;
constexpr ULONG build_number = 26100;
constexpr ULONG platform_nt = 2;
constexpr ULONG newest_ntddi = NTDDI_WIN11_GE;

} // namespace

/**
 * RtlGetVersion() - Which version of Windows this is taken for.
 * @VersionInformation: An RTL_OSVERSIONINFOW or RTL_OSVERSIONINFOEXW, as its size says.
 *
 * It is 10.0, build 26100, without a service pack, on every Linux.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for another size.
 * Source: wdm.h, RtlGetVersion function
 */
extern "C" NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW VersionInformation)
{
	ULONG size = VersionInformation->dwOSVersionInfoSize;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (size != sizeof(RTL_OSVERSIONINFOW) && size != sizeof(RTL_OSVERSIONINFOEXW))
		return STATUS_INVALID_PARAMETER;
	if (size == sizeof(RTL_OSVERSIONINFOEXW)) {
		auto *extended = reinterpret_cast<PRTL_OSVERSIONINFOEXW>(VersionInformation);

		extended->wServicePackMajor = 0;
		extended->wServicePackMinor = 0;
		extended->wSuiteMask = 0;
		extended->wProductType = VER_NT_WORKSTATION;
		extended->wReserved = 0;
	}
	VersionInformation->dwMajorVersion = major_version;
	VersionInformation->dwMinorVersion = minor_version;
	VersionInformation->dwBuildNumber = build_number;
	VersionInformation->dwPlatformId = platform_nt;
	VersionInformation->szCSDVersion[0] = 0;
	return STATUS_SUCCESS;
}

/**
 * PsGetVersion() - Which version of Windows this is taken for; RtlGetVersion() of old.
 * @MajorVersion: Receives 10, if not NULL.
 * @MinorVersion: Receives 0, if not NULL.
 * @BuildNumber: Receives 26100, if not NULL.
 * @CSDVersion: Becomes empty, if not NULL.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: FALSE: no checked Windows.
 * Source: ntddk.h, PsGetVersion function
 */
extern "C" BOOLEAN PsGetVersion(PULONG MajorVersion, PULONG MinorVersion, PULONG BuildNumber,
				PUNICODE_STRING CSDVersion)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (MajorVersion)
		*MajorVersion = major_version;
	if (MinorVersion)
		*MinorVersion = minor_version;
	if (BuildNumber)
		*BuildNumber = build_number;
	if (CSDVersion)
		CSDVersion->Length = 0;
	return FALSE;
}

/**
 * RtlIsNtDdiVersionAvailable() - Whether this is at least a certain version of Windows.
 * @Version: An NTDDI_ constant without a service pack.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: TRUE up to NTDDI_WIN11_GE; FALSE for a constant with a service pack.
 * Source: wdm.h, RtlIsNtDdiVersionAvailable function
 */
extern "C" BOOLEAN RtlIsNtDdiVersionAvailable(ULONG Version)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return !SPVER(Version) && Version <= newest_ntddi;
}

/**
 * IoIsWdmVersionAvailable() - Whether there is at least a certain version of WDM.
 * @MajorVersion: Its major number.
 * @MinorVersion: Its minor number.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE up to 6.0, the last one.
 * Source: wdm.h, IoIsWdmVersionAvailable function
 */
extern "C" BOOLEAN IoIsWdmVersionAvailable(UCHAR MajorVersion, UCHAR MinorVersion)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	return MajorVersion < 6 || (MajorVersion == 6 && !MinorVersion);
}

/**
 * RtlRandomEx() - The next of a sequence of numbers that look random. Not for secrets.
 * @Seed: Where the sequence stands; moves on. The same seed begins the same sequence.
 *
 * Context: Any IRQL.
 * Return: A number from 0 to MAXLONG - 1.
 * Source: ntddk.h, RtlRandomEx function
 */
extern "C" ULONG RtlRandomEx(PULONG Seed)
{
	/* A full period over 32 bits, whose output is then mixed: low bits alone count up. */
	ULONG state = *Seed * 1664525u + 1013904223u;
	ULONGLONG mixed = (state ^ (state >> 16)) * 0x9e3779b97f4a7c15;

	*Seed = state;
	return static_cast<ULONG>((mixed >> 33) % (MAXLONG - 1u));
}

/**
 * RtlRandom() - RtlRandomEx().
 * @Seed: As for RtlRandomEx().
 *
 * Context: Any IRQL.
 * Return: A number from 0 to MAXLONG - 1.
 * Source: ntddk.h, RtlRandom function
 */
extern "C" ULONG RtlRandom(PULONG Seed)
{
	return RtlRandomEx(Seed);
}
