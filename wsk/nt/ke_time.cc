// SPDX-License-Identifier: MIT OR GPL-2.0
/* Clocks: system time since 1601, times since boot, all in units of 100 ns. */
#include <wdm.h>

#include "nt/time.h"
#include "port/time.h"

using namespace wsk;

namespace
{

constexpr ULONG units_per_tick = 156'250; /* 64 ticks a second, as Windows has */

} // namespace

/**
 * KeQuerySystemTimePrecise() - The system time.
 * @CurrentTime: Receives the units of 100 ns since the beginning of 1601, UTC.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeQuerySystemTimePrecise function
 */
extern "C" VOID KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime)
{
	CurrentTime->QuadPart = port_time_real() / ns_per_unit + units_1601_to_1970;
}

/**
 * KeQuerySystemTime() - The system time.
 * @CurrentTime: Receives the units of 100 ns since the beginning of 1601, UTC.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeQuerySystemTime macro
 */
extern "C" VOID KeQuerySystemTime(PLARGE_INTEGER CurrentTime)
{
	KeQuerySystemTimePrecise(CurrentTime);
}

/**
 * KeQueryInterruptTime() - The time since boot, sleep included.
 *
 * Context: Any IRQL.
 * Return: Units of 100 ns.
 * Source: wdm.h, KeQueryInterruptTime function
 */
extern "C" ULONGLONG KeQueryInterruptTime(VOID)
{
	return port_time_boot() / ns_per_unit;
}

/**
 * KeQueryUnbiasedInterruptTime() - The time since boot, sleep not included.
 *
 * Context: Any IRQL.
 * Return: Units of 100 ns.
 * Source: wdm.h, KeQueryUnbiasedInterruptTime function
 */
extern "C" ULONGLONG KeQueryUnbiasedInterruptTime(VOID)
{
	return port_time_monotonic() / ns_per_unit;
}

/**
 * KeQueryPerformanceCounter() - A clock for measuring intervals.
 * @PerformanceFrequency: Receives its units a second, 10 million; may be NULL.
 *
 * Context: Any IRQL.
 * Return: The clock, which never goes back and counts on in sleep.
 * Source: wdm.h, KeQueryPerformanceCounter function
 */
extern "C" LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
	LARGE_INTEGER counter;

	if (PerformanceFrequency)
		PerformanceFrequency->QuadPart = units_per_second;
	counter.QuadPart = port_time_boot() / ns_per_unit;
	return counter;
}

/**
 * KeQueryTimeIncrement() - The length of a tick of KeQueryTickCount().
 *
 * Context: Any IRQL.
 * Return: Units of 100 ns.
 * Source: wdm.h, KeQueryTimeIncrement function
 */
extern "C" ULONG KeQueryTimeIncrement(VOID)
{
	return units_per_tick;
}

/**
 * KeQueryTickCount() - The ticks since boot.
 * @CurrentCount: Receives them. They are counted by this clock, not Linux' own ticks.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeQueryTickCount macro
 */
extern "C" VOID KeQueryTickCount(PLARGE_INTEGER CurrentCount)
{
	CurrentCount->QuadPart = port_time_boot() / ns_per_unit / units_per_tick;
}

/**
 * KeQueryInterruptTimePrecise() - The time since boot, sleep included.
 * @QpcTimeStamp: Receives KeQueryPerformanceCounter() of the same moment.
 *
 * Context: Any IRQL.
 * Return: Units of 100 ns.
 * Source: wdm.h, KeQueryInterruptTimePrecise function
 */
extern "C" ULONG64 KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
	ULONG64 now = KeQueryInterruptTime();

	*QpcTimeStamp = now;
	return now;
}

/**
 * KeQueryUnbiasedInterruptTimePrecise() - The time since boot, sleep not included.
 * @QpcTimeStamp: Receives KeQueryPerformanceCounter() of about the same moment.
 *
 * Context: Any IRQL.
 * Return: Units of 100 ns.
 * Source: wdm.h, KeQueryUnbiasedInterruptTimePrecise function
 */
extern "C" ULONG64 KeQueryUnbiasedInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
	*QpcTimeStamp = KeQueryInterruptTime();
	return KeQueryUnbiasedInterruptTime();
}

/**
 * KeStallExecutionProcessor() - Keep the processor busy for some time.
 * @MicroSeconds: How long; Windows' rule is 50 at most.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeStallExecutionProcessor function
 */
extern "C" VOID KeStallExecutionProcessor(ULONG MicroSeconds)
{
	port_time_spin(MicroSeconds);
}
