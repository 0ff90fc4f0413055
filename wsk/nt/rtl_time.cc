// SPDX-License-Identifier: MIT OR GPL-2.0
/* Times of Windows' as dates, as seconds, and local. */
#include <wdm.h>
#include <wdm/time.h>

#include "nt/irql.h"
#include "nt/time.h"
#include "port/time.h"

using namespace wsk;

namespace
{

constexpr LONGLONG units_per_day = 86400 * units_per_second;
constexpr LONGLONG units_1601_to_1980 = 119'600'064'000'000'000;
constexpr ULONG days_in_400_years = 146097;
constexpr ULONG days_in_100_years = 36524;
constexpr ULONG days_in_4_years = 1461;
constexpr ULONG last_year = 30827; /* of a signed 64-bit number of units */

constexpr ULONG smaller(ULONG a, ULONG b)
{
	return a < b ? a : b;
}

constexpr bool is_leap(ULONG year)
{
	return !(year % 4) && (year % 100 || !(year % 400));
}

/* Days of a year that are over when a month, from 1, begins. */
constexpr ULONG days_before(ULONG month, bool leap)
{
	constexpr ULONG days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

	return days[month - 1] + (leap && month > 2);
}

/* From 1601 on, with which a cycle of 400 years begins. */
constexpr ULONG days_before_year(ULONG year)
{
	ULONG years = year - 1601;

	return years * 365 + years / 4 - years / 100 + years / 400;
}

static_assert(days_before_year(2001) == days_in_400_years);
static_assert(days_before_year(1970) * units_per_day == units_1601_to_1970);
static_assert(days_before_year(1980) * units_per_day == units_1601_to_1980);

BOOLEAN seconds_since(LONGLONG begin, PLARGE_INTEGER time, PULONG seconds)
{
	LONGLONG since = (time->QuadPart - begin) / units_per_second;

	if (time->QuadPart < begin || since > MAXULONG)
		return FALSE;
	*seconds = static_cast<ULONG>(since);
	return TRUE;
}

LONGLONG west_of_utc()
{
	return port_time_minutes_west() * 60ll * units_per_second;
}

} // namespace

/**
 * RtlTimeToTimeFields() - The date and the clock of a time.
 * @Time: Units of 100 ns since the beginning of 1601; not negative.
 * @TimeFields: Receives them, and the day of the week.
 *
 * Context: Any IRQL.
 * Return: Nothing.
 * Source: ntddk.h, RtlTimeToTimeFields function
 */
extern "C" VOID RtlTimeToTimeFields(PLARGE_INTEGER Time, PTIME_FIELDS TimeFields)
{
	ULONGLONG time = static_cast<ULONGLONG>(Time->QuadPart);
	ULONG days = static_cast<ULONG>(time / units_per_day);
	ULONG clock = static_cast<ULONG>(time % units_per_day / (units_per_second / 1000));
	ULONG cycles = days / days_in_400_years, left = days % days_in_400_years;

	/* A century's last year has a leap day only at the end of the cycle, a fourth year always.
	 */
	ULONG centuries = smaller(left / days_in_100_years, 3);
	left -= centuries * days_in_100_years;
	ULONG fours = left / days_in_4_years;
	left -= fours * days_in_4_years;
	ULONG years = smaller(left / 365, 3);
	left -= years * 365;

	ULONG year = 1601 + cycles * 400 + centuries * 100 + fours * 4 + years, month = 1;

	while (left >= days_before(month + 1, is_leap(year)))
		month++;
	TimeFields->Year = static_cast<CSHORT>(year);
	TimeFields->Month = static_cast<CSHORT>(month);
	TimeFields->Day = static_cast<CSHORT>(left - days_before(month, is_leap(year)) + 1);
	TimeFields->Hour = static_cast<CSHORT>(clock / 3600000);
	TimeFields->Minute = static_cast<CSHORT>(clock / 60000 % 60);
	TimeFields->Second = static_cast<CSHORT>(clock / 1000 % 60);
	TimeFields->Milliseconds = static_cast<CSHORT>(clock % 1000);
	TimeFields->Weekday = static_cast<CSHORT>((days + 1) % 7); /* 1601 began on a Monday */
}

/**
 * RtlTimeFieldsToTime() - The time of a date and clock.
 * @TimeFields: From the year 1601 to 30827. The day of the week is not looked at.
 * @Time: Receives the units of 100 ns since the beginning of 1601.
 *
 * Context: Any IRQL.
 * Return: TRUE; FALSE when there is no such date or clock.
 * Source: ntddk.h, RtlTimeFieldsToTime function
 */
extern "C" BOOLEAN RtlTimeFieldsToTime(PTIME_FIELDS TimeFields, PLARGE_INTEGER Time)
{
	const TIME_FIELDS &fields = *TimeFields;

	if (fields.Year < 1601 || fields.Year > static_cast<CSHORT>(last_year) ||
	    fields.Month < 1 || fields.Month > 12 || fields.Day < 1 || fields.Hour < 0 ||
	    fields.Hour > 23 || fields.Minute < 0 || fields.Minute > 59 || fields.Second < 0 ||
	    fields.Second > 59 || fields.Milliseconds < 0 || fields.Milliseconds > 999)
		return FALSE;

	ULONG year = static_cast<ULONG>(fields.Year), month = static_cast<ULONG>(fields.Month);
	ULONG before = days_before(month, is_leap(year));

	if (static_cast<ULONG>(fields.Day) > days_before(month + 1, is_leap(year)) - before)
		return FALSE;

	LONGLONG days = days_before_year(year) + before + static_cast<ULONG>(fields.Day) - 1;
	LONGLONG milliseconds = ((days * 24 + fields.Hour) * 60 + fields.Minute) * 60000 +
				fields.Second * 1000 + fields.Milliseconds;

	Time->QuadPart = milliseconds * (units_per_second / 1000);
	return TRUE;
}

/**
 * RtlTimeToSecondsSince1970() - A time in seconds since the beginning of 1970.
 * @Time: Units of 100 ns since the beginning of 1601.
 * @ElapsedSeconds: Receives the seconds.
 *
 * Context: Any IRQL.
 * Return: TRUE; FALSE for a time before 1970, and one from 2106 on.
 * Source: ntifs.h, RtlTimeToSecondsSince1970 function
 */
extern "C" BOOLEAN RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
	return seconds_since(units_1601_to_1970, Time, ElapsedSeconds);
}

/**
 * RtlSecondsSince1970ToTime() - The time of so many seconds since the beginning of 1970.
 * @ElapsedSeconds: The seconds.
 * @Time: Receives the units of 100 ns since the beginning of 1601.
 *
 * Context: Any IRQL.
 * Return: Nothing.
 * Source: ntifs.h, RtlSecondsSince1970ToTime function
 */
extern "C" VOID RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
	Time->QuadPart = units_1601_to_1970 + ElapsedSeconds * LONGLONG{units_per_second};
}

/**
 * RtlTimeToSecondsSince1980() - A time in seconds since the beginning of 1980.
 * @Time: Units of 100 ns since the beginning of 1601.
 * @ElapsedSeconds: Receives the seconds.
 *
 * Context: Any IRQL.
 * Return: TRUE; FALSE for a time before 1980, and one from 2116 on.
 * Source: ntifs.h, RtlTimeToSecondsSince1980 function
 */
extern "C" BOOLEAN RtlTimeToSecondsSince1980(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
	return seconds_since(units_1601_to_1980, Time, ElapsedSeconds);
}

/**
 * RtlSecondsSince1980ToTime() - The time of so many seconds since the beginning of 1980.
 * @ElapsedSeconds: The seconds.
 * @Time: Receives the units of 100 ns since the beginning of 1601.
 *
 * Context: Any IRQL.
 * Return: Nothing.
 * Source: ntifs.h, RtlSecondsSince1980ToTime function
 */
extern "C" VOID RtlSecondsSince1980ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
	Time->QuadPart = units_1601_to_1980 + ElapsedSeconds * LONGLONG{units_per_second};
}

/**
 * ExSystemTimeToLocalTime() - A time in the kernel's time zone.
 * @SystemTime: Units of 100 ns since the beginning of 1601, UTC.
 * @LocalTime: Receives the same in the time zone that the kernel was told, which is UTC on most
 *	machines: the time zones of user space are not known to it.
 *
 * Context: Any IRQL.
 * Return: Nothing.
 * Source: wdm.h, ExSystemTimeToLocalTime function
 */
extern "C" VOID ExSystemTimeToLocalTime(PLARGE_INTEGER SystemTime, PLARGE_INTEGER LocalTime)
{
	LocalTime->QuadPart = SystemTime->QuadPart - west_of_utc();
}

/**
 * ExLocalTimeToSystemTime() - A time of the kernel's time zone in UTC.
 * @LocalTime: As from ExSystemTimeToLocalTime().
 * @SystemTime: Receives the time in UTC.
 *
 * Context: Any IRQL.
 * Return: Nothing.
 * Source: wdm.h, ExLocalTimeToSystemTime function
 */
extern "C" VOID ExLocalTimeToSystemTime(PLARGE_INTEGER LocalTime, PLARGE_INTEGER SystemTime)
{
	SystemTime->QuadPart = LocalTime->QuadPart + west_of_utc();
}
