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

/* The condition that a mask has for one thing to compare; 0 for none. */
ULONG condition_of(ULONGLONG mask, ULONG type)
{
	return mask >> __builtin_ctz(type) * VER_NUM_BITS_PER_CONDITION_MASK & VER_CONDITION_MASK;
}

bool compare(ULONG here, ULONG wanted, ULONG condition)
{
	switch (condition) {
	case VER_EQUAL:
		return here == wanted;
	case VER_GREATER:
		return here > wanted;
	case VER_GREATER_EQUAL:
		return here >= wanted;
	case VER_LESS:
		return here < wanted;
	case VER_LESS_EQUAL:
		return here <= wanted;
	default:
		return false;
	}
}

/* One thing that a version can be asked for. */
struct VersionPart {
	ULONG type, here, wanted;
};

/* Parts of one number, the most important first: the first that differs decides. */
bool compare_parts(const VersionPart *parts, size_t count, ULONG types, ULONGLONG conditions)
{
	const VersionPart *last = nullptr;

	for (size_t i = 0; i < count; i++) {
		if (!(types & parts[i].type))
			continue;
		last = &parts[i];
		if (last->here != last->wanted)
			break;
	}
	return !last || compare(last->here, last->wanted, condition_of(conditions, last->type));
}

bool compare_suite(ULONG wanted, ULONG condition)
{
	/* This one has none of the suites. */
	return condition == VER_AND ? !wanted : condition == VER_OR && !wanted;
}

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
 * VerSetConditionMask() - Say how RtlVerifyVersionInfo() is to compare something.
 * @ConditionMask: 0, or what it was so far.
 * @TypeMask: What: VER_ bits, of which the lowest counts.
 * @Condition: How: VER_EQUAL and so on.
 *
 * Context: Any IRQL.
 * Return: The mask for RtlVerifyVersionInfo().
 * Source: wdm.h, VerSetConditionMask function
 */
extern "C" ULONGLONG VerSetConditionMask(ULONGLONG ConditionMask, ULONG TypeMask, UCHAR Condition)
{
	ULONG shift;

	if (!TypeMask)
		return ConditionMask;
	shift = static_cast<ULONG>(__builtin_ctz(TypeMask)) * VER_NUM_BITS_PER_CONDITION_MASK;
	if (shift > 64 - VER_NUM_BITS_PER_CONDITION_MASK)
		return ConditionMask;
	ConditionMask &= ~(ULONGLONG{VER_CONDITION_MASK} << shift);
	return ConditionMask | (Condition & ULONGLONG{VER_CONDITION_MASK}) << shift;
}

/**
 * RtlVerifyVersionInfo() - Whether the version of Windows that this is taken for is one of some.
 * @VersionInfo: What to compare with.
 * @TypeMask: What to compare: VER_ bits.
 * @ConditionMask: How, from VerSetConditionMask(). Versions and service packs count as one number.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_REVISION_MISMATCH; STATUS_INVALID_PARAMETER.
 * Source: wdm.h, RtlVerifyVersionInfo function
 */
extern "C" NTSTATUS RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask,
					 ULONGLONG ConditionMask)
{
	const VersionPart version[] = {
		{VER_MAJORVERSION, major_version, VersionInfo->dwMajorVersion},
		{VER_MINORVERSION, minor_version, VersionInfo->dwMinorVersion},
		{VER_SERVICEPACKMAJOR, 0, VersionInfo->wServicePackMajor},
		{VER_SERVICEPACKMINOR, 0, VersionInfo->wServicePackMinor},
	};
	const VersionPart others[] = {
		{VER_BUILDNUMBER, build_number, VersionInfo->dwBuildNumber},
		{VER_PLATFORMID, platform_nt, VersionInfo->dwPlatformId},
		{VER_PRODUCT_TYPE, VER_NT_WORKSTATION, VersionInfo->wProductType},
	};
	bool same = true;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!TypeMask)
		return STATUS_INVALID_PARAMETER;
	for (ULONG type = 1; type <= VER_PRODUCT_TYPE; type <<= 1)
		if ((TypeMask & type) && !condition_of(ConditionMask, type))
			return STATUS_INVALID_PARAMETER;
	same = compare_parts(version, ARRAYSIZE(version), TypeMask, ConditionMask);
	for (const VersionPart &part : others)
		same = same && compare_parts(&part, 1, TypeMask, ConditionMask);
	if (TypeMask & VER_SUITENAME)
		same = same && compare_suite(VersionInfo->wSuiteMask,
					     condition_of(ConditionMask, VER_SUITENAME));
	return same ? STATUS_SUCCESS : STATUS_REVISION_MISMATCH;
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
