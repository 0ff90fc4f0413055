// SPDX-License-Identifier: MIT OR GPL-2.0
/* Clocks. */
#include "waiting.h"

using namespace wsk::test;

namespace
{

void system_time_is_since_1601(struct kunit *test)
{
	/* 2020-01-01, and 2200-01-01. */
	constexpr LONGLONG after = 132223104000000000, before = 189027648000000000;
	LARGE_INTEGER coarse, precise;

	KeQuerySystemTime(&coarse);
	KeQuerySystemTimePrecise(&precise);
	EXPECT_GT(test, coarse.QuadPart, after);
	EXPECT_LT(test, coarse.QuadPart, before);
	EXPECT_GE(test, precise.QuadPart, coarse.QuadPart);
}

void clocks_advance(struct kunit *test)
{
	LARGE_INTEGER frequency, counter = KeQueryPerformanceCounter(&frequency);
	ULONGLONG interrupt = KeQueryInterruptTime(), unbiased = KeQueryUnbiasedInterruptTime();

	EXPECT_EQ(test, frequency.QuadPart, 10000000ll);
	EXPECT_TRUE(test, wait_until([=]() {
			    return KeQueryInterruptTime() >= interrupt + 20 * units_per_ms;
		    }));
	EXPECT_TRUE(test, wait_until([=]() {
			    return KeQueryUnbiasedInterruptTime() >= unbiased + 20 * units_per_ms;
		    }));
	EXPECT_TRUE(test, wait_until([=]() {
			    return KeQueryPerformanceCounter(nullptr).QuadPart >=
				   counter.QuadPart + 20 * units_per_ms;
		    }));
}

void ticks_are_interrupt_time(struct kunit *test)
{
	ULONGLONG before = KeQueryInterruptTime() / KeQueryTimeIncrement();
	LARGE_INTEGER ticks;

	KeQueryTickCount(&ticks);
	EXPECT_GE(test, (ULONGLONG)ticks.QuadPart, before);
	EXPECT_LE(test, (ULONGLONG)ticks.QuadPart, KeQueryInterruptTime() / KeQueryTimeIncrement());
	before = ticks.QuadPart;
	EXPECT_TRUE(test, wait_until([&]() {
			    KeQueryTickCount(&ticks);
			    return (ULONGLONG)ticks.QuadPart >= before + 2;
		    }));
}

void read_clocks(void *context)
{
	LARGE_INTEGER time;

	KeQuerySystemTimePrecise(&time);
	KeQueryTickCount(&time);
	*static_cast<ULONGLONG *>(context) =
		KeQueryInterruptTime() + KeQueryPerformanceCounter(nullptr).QuadPart;
}

void any_irql(struct kunit *test)
{
	ULONGLONG sum = 0;

	EXPECT_RULES(test, 0, bridge_run_in_softirq(read_clocks, &sum));
	EXPECT_RULES(test, 0, bridge_run_at_high(read_clocks, &sum));
	EXPECT_NE(test, sum, 0ull);
}

constexpr bridge_case cases[] = {
	{"system time counts from 1601", system_time_is_since_1601},
	{"clocks advance with time", clocks_advance},
	{"ticks count interrupt time", ticks_are_interrupt_time},
	{"clocks can be read at any IRQL", any_irql},
};

} // namespace

BRIDGE_SUITE(ke_time, cases)
