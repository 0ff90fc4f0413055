// SPDX-License-Identifier: MIT OR GPL-2.0
/* The version, random numbers, and short stalls. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

void version(struct kunit *test)
{
	RTL_OSVERSIONINFOEXW extended = {};
	RTL_OSVERSIONINFOW plain = {};
	ULONG major = 0, minor = 9, build = 0;

	plain.dwOSVersionInfoSize = sizeof(plain);
	plain.szCSDVersion[0] = 'x';
	EXPECT_STATUS(test, RtlGetVersion(&plain), STATUS_SUCCESS);
	EXPECT_EQ(test, plain.dwMajorVersion, 10u);
	EXPECT_EQ(test, plain.dwPlatformId, 2u);
	EXPECT_EQ(test, plain.szCSDVersion[0], 0);
	extended.dwOSVersionInfoSize = sizeof(extended);
	extended.wServicePackMajor = 9;
	EXPECT_STATUS(test, RtlGetVersion(reinterpret_cast<PRTL_OSVERSIONINFOW>(&extended)),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, extended.dwBuildNumber, plain.dwBuildNumber);
	EXPECT_EQ(test, extended.wServicePackMajor, 0);
	EXPECT_EQ(test, extended.wProductType, VER_NT_WORKSTATION);
	plain.dwOSVersionInfoSize = 8;
	EXPECT_STATUS(test, RtlGetVersion(&plain), STATUS_INVALID_PARAMETER);

	EXPECT_FALSE(test, PsGetVersion(&major, &minor, &build, nullptr));
	EXPECT_EQ(test, major, 10u);
	EXPECT_EQ(test, minor, 0u);
	EXPECT_EQ(test, build, extended.dwBuildNumber);
	EXPECT_TRUE(test, RtlIsNtDdiVersionAvailable(NTDDI_WIN10_RS2));
	EXPECT_TRUE(test, RtlIsNtDdiVersionAvailable(NTDDI_VERSION));
	EXPECT_FALSE(test, RtlIsNtDdiVersionAvailable(NTDDI_VERSION + 1));
	EXPECT_FALSE(test, RtlIsNtDdiVersionAvailable(0x06000100));
	EXPECT_TRUE(test, IoIsWdmVersionAvailable(1, 0x30));
	EXPECT_TRUE(test, IoIsWdmVersionAvailable(6, 0));
	EXPECT_FALSE(test, IoIsWdmVersionAvailable(7, 0));
}

void random_numbers(struct kunit *test)
{
	ULONG seed = 1, same = 1, other = 2;
	ULONG buckets[8] = {};

	for (int i = 0; i < 4000; i++) {
		ULONG number = RtlRandomEx(&seed);

		EXPECT_EQ(test, number, RtlRandom(&same));
		EXPECT_LT(test, number, static_cast<ULONG>(MAXLONG));
		buckets[number & 7]++;
	}
	for (ULONG count : buckets) {
		EXPECT_GT(test, count, 350u);
		EXPECT_LT(test, count, 650u);
	}
	EXPECT_NE(test, RtlRandomEx(&other), RtlRandomEx(&seed));
}

/* How long is not looked at: User-Mode Linux' time does not pass while a processor is busy. */
void stalls(void *)
{
	KeStallExecutionProcessor(50);
	KeStallExecutionProcessor(2500);
}

void stall(struct kunit *test)
{
	ULONG64 stamp = 0, later = 0;
	ULONG64 before = KeQueryInterruptTimePrecise(&stamp);

	EXPECT_EQ(test, stamp, before);
	EXPECT_RULES(test, 0, bridge_run_at_high(stalls, nullptr));
	EXPECT_RULES(test, 0, bridge_run_in_softirq(stalls, nullptr));
	before = KeQueryUnbiasedInterruptTime();
	EXPECT_GE(test, KeQueryUnbiasedInterruptTimePrecise(&later), before);
	EXPECT_GE(test, later, stamp);
}

void spin_locks_for_dpcs(struct kunit *test)
{
	KLOCK_QUEUE_HANDLE handle;
	KSPIN_LOCK lock;
	KIRQL irql;

	KeInitializeSpinLock(&lock);
	EXPECT_TRUE(test, KeTestSpinLock(&lock));
	irql = KeAcquireSpinLockForDpc(&lock);
	EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	EXPECT_FALSE(test, KeTestSpinLock(&lock));
	KeReleaseSpinLockForDpc(&lock, irql);
	KeAcquireInStackQueuedSpinLockForDpc(&lock, &handle);
	EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeReleaseInStackQueuedSpinLockForDpc(&handle);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	EXPECT_TRUE(test, KeTestSpinLock(&lock));
}

void guarded_numbers(struct kunit *test)
{
	LARGE_INTEGER large, more;
	KSPIN_LOCK lock = 0;
	ULONG small = 0xffffffff;
	LONG64 current = 5, other = 7, comparand = 4;

	large.QuadPart = 0xffffffff;
	more.QuadPart = 2;
	EXPECT_EQ(test, ExInterlockedAddLargeInteger(&large, more, &lock).QuadPart, 0xffffffffll);
	EXPECT_EQ(test, large.QuadPart, 0x100000001ll);
	EXPECT_EQ(test, ExInterlockedAddUlong(&small, 3, &lock), 0xffffffffu);
	EXPECT_EQ(test, small, 2u);
	ExInterlockedAddLargeStatistic(&large, 9);
	EXPECT_EQ(test, large.QuadPart, 0x10000000all);
	EXPECT_EQ(test, ExInterlockedCompareExchange64(&current, &other, &comparand, &lock), 5);
	comparand = 5;
	EXPECT_EQ(test, ExInterlockedCompareExchange64(&current, &other, &comparand, &lock), 5);
	EXPECT_EQ(test, current, 7);
}

void wide_and_narrow(struct kunit *test)
{
	alignas(16) LONG64 wide[2] = {1, 2};
	LONG64 expected[2] = {1, 3};
	LONG words[2] = {};
	LONG64 words64[2] = {};
	USHORT narrow = 0xffff;

	EXPECT_FALSE(test, InterlockedCompareExchange128(wide, 8, 9, expected));
	EXPECT_EQ(test, expected[1], 2);
	EXPECT_TRUE(test, InterlockedCompareExchange128(wide, 8, 9, expected));
	EXPECT_EQ(test, wide[0], 9);
	EXPECT_EQ(test, wide[1], 8);
	EXPECT_EQ(test, InterlockedIncrementAcquire16(&narrow), 0);
	EXPECT_EQ(test, InterlockedExchangeSubtract(&words[1], 5), 0);
	EXPECT_EQ(test, words[1], -5);
	words[1] = 0;
	EXPECT_FALSE(test, BitTestAndSet(words, 37));
	EXPECT_EQ(test, words[1], 32);
	EXPECT_TRUE(test, BitTestAndComplement(words, 37));
	EXPECT_FALSE(test, BitTest(words, 37));
	EXPECT_FALSE(test, BitTestAndSet64(words64, 64 + 40));
	EXPECT_TRUE(test, BitTest64(words64, 64 + 40));
	EXPECT_TRUE(test, BitTestAndReset64(words64, 64 + 40));
	EXPECT_FALSE(test, BitTestAndComplement64(words64, 3));
	EXPECT_EQ(test, words64[0], 8);
	EXPECT_EQ(test, PopulationCount64(0xf0f0000000000001ul), 9ul);
	EXPECT_EQ(test, __popcnt(0xffffffff), 32u);
}

ULONGLONG condition(ULONG first, UCHAR how, ULONG second = 0, ULONG third = 0)
{
	ULONGLONG mask = VerSetConditionMask(0, first, how);

	mask = VerSetConditionMask(mask, second, how);
	VER_SET_CONDITION(mask, third, how);
	return mask;
}

void version_compared(struct kunit *test)
{
	constexpr ULONG version = VER_MAJORVERSION | VER_MINORVERSION;
	const struct {
		ULONG major, minor, build;
		ULONG types;
		UCHAR how;
		NTSTATUS wanted;
	} table[] = {
		{10, 0, 0, version, VER_EQUAL, STATUS_SUCCESS},
		{10, 1, 0, version, VER_EQUAL, STATUS_REVISION_MISMATCH},
		{6, 3, 0, version, VER_GREATER_EQUAL, STATUS_SUCCESS},
		{6, 3, 0, version, VER_GREATER, STATUS_SUCCESS},
		{10, 0, 0, version, VER_GREATER, STATUS_REVISION_MISMATCH},
		{10, 0, 0, version, VER_GREATER_EQUAL, STATUS_SUCCESS},
		{10, 1, 0, version, VER_GREATER_EQUAL, STATUS_REVISION_MISMATCH},
		{11, 0, 0, version, VER_LESS, STATUS_SUCCESS},
		{10, 0, 0, version, VER_LESS_EQUAL, STATUS_SUCCESS},
		{6, 9, 0, version, VER_LESS_EQUAL, STATUS_REVISION_MISMATCH},
		{10, 0, 22000, version | VER_BUILDNUMBER, VER_GREATER_EQUAL, STATUS_SUCCESS},
		{10, 0, 99999, version | VER_BUILDNUMBER, VER_GREATER_EQUAL,
		 STATUS_REVISION_MISMATCH},
		{0, 0, 26100, VER_BUILDNUMBER, VER_EQUAL, STATUS_SUCCESS},
		{0, 0, 0, 0, VER_EQUAL, STATUS_INVALID_PARAMETER},
		{10, 0, 0, version | VER_SERVICEPACKMAJOR, VER_EQUAL, STATUS_INVALID_PARAMETER},
	};

	for (const auto &row : table) {
		RTL_OSVERSIONINFOEXW info = {};

		info.dwMajorVersion = row.major;
		info.dwMinorVersion = row.minor;
		info.dwBuildNumber = row.build;
		EXPECT_STATUS(test,
			      RtlVerifyVersionInfo(&info, row.types,
						   condition(VER_MAJORVERSION, row.how,
							     VER_MINORVERSION, VER_BUILDNUMBER)),
			      row.wanted);
	}

	RTL_OSVERSIONINFOEXW info = {};

	info.wProductType = VER_NT_SERVER;
	EXPECT_STATUS(test,
		      RtlVerifyVersionInfo(&info, VER_PRODUCT_TYPE,
					   condition(VER_PRODUCT_TYPE, VER_EQUAL)),
		      STATUS_REVISION_MISMATCH);
	EXPECT_STATUS(test,
		      RtlVerifyVersionInfo(&info, VER_SUITENAME, condition(VER_SUITENAME, VER_AND)),
		      STATUS_SUCCESS);
	info.wSuiteMask = 2;
	EXPECT_STATUS(test,
		      RtlVerifyVersionInfo(&info, VER_SUITENAME, condition(VER_SUITENAME, VER_OR)),
		      STATUS_REVISION_MISMATCH);
	EXPECT_EQ(test, VerSetConditionMask(7, 1u << 31, VER_EQUAL), 7u);
}

constexpr bridge_case cases[] = {
	{"versions are compared, part by part", version_compared},
	{"the version is that of a recent Windows", version},
	{"random numbers are spread, and follow from the seed", random_numbers},
	{"a processor can be stalled, and precise clocks read", stall},
	{"spin locks can be acquired in DPCs of either kind", spin_locks_for_dpcs},
	{"numbers guarded by a lock are added to at once", guarded_numbers},
	{"interlocked operations and bits come in all widths", wide_and_narrow},
};

} // namespace

BRIDGE_SUITE(rtl_system, cases)
