// SPDX-License-Identifier: MIT OR GPL-2.0
/* Times as dates and as seconds. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

LARGE_INTEGER at(LONGLONG units)
{
	LARGE_INTEGER time;

	time.QuadPart = units;
	return time;
}

void dates(struct kunit *test)
{
	const struct {
		LONGLONG units;
		TIME_FIELDS fields;
	} table[] = {
		{0, {1601, 1, 1, 0, 0, 0, 0, 1}},
		{116444736000000000, {1970, 1, 1, 0, 0, 0, 0, 4}},
		{125963423999990000, {2000, 2, 29, 23, 59, 59, 999, 2}},
		{125963424000000000, {2000, 3, 1, 0, 0, 0, 0, 3}},
		{126227807999990000, {2000, 12, 31, 23, 59, 59, 999, 0}},
		{157800960000000000, {2101, 1, 20, 0, 0, 0, 0, 4}},
		{0x7fffffffffff0000, {30828, 9, 14, 2, 48, 5, 471, 4}},
	};

	for (const auto &row : table) {
		LARGE_INTEGER time = at(row.units), back;
		TIME_FIELDS fields = {};

		RtlTimeToTimeFields(&time, &fields);
		EXPECT_MEM_EQ(test, &fields, &row.fields, sizeof(fields));
		if (fields.Year > 30827)
			continue;
		EXPECT_TRUE(test, RtlTimeFieldsToTime(&fields, &back));
		EXPECT_EQ(test, back.QuadPart, row.units);
	}
}

/* Days in order, through a whole cycle of the calendar. */
void every_day(struct kunit *test)
{
	TIME_FIELDS before = {1600, 12, 31, 0, 0, 0, 0, 0};

	for (LONGLONG day = 0; day < 146098; day++) {
		LARGE_INTEGER time = at(day * 864000000000), back = {};
		TIME_FIELDS fields;

		RtlTimeToTimeFields(&time, &fields);
		bool next = fields.Day == before.Day + 1 && fields.Month == before.Month;
		bool month = fields.Day == 1 && before.Day >= 28 &&
			     (fields.Month == before.Month + 1 ||
			      (fields.Month == 1 && before.Month == 12 &&
			       fields.Year == before.Year + 1));
		if (!(next || month) || fields.Weekday != (before.Weekday + 1) % 7 ||
		    !RtlTimeFieldsToTime(&fields, &back) || back.QuadPart != time.QuadPart) {
			EXPECT_EQ(test, day, -1);
			return;
		}
		before = fields;
	}
	EXPECT_EQ(test, before.Year, 2001);
}

void no_dates(struct kunit *test)
{
	const TIME_FIELDS table[] = {
		{1600, 12, 31, 0, 0, 0, 0, 0}, {30828, 1, 1, 0, 0, 0, 0, 0},
		{2023, 0, 1, 0, 0, 0, 0, 0},   {2023, 13, 1, 0, 0, 0, 0, 0},
		{2023, 2, 29, 0, 0, 0, 0, 0},  {1900, 2, 29, 0, 0, 0, 0, 0},
		{2023, 4, 31, 0, 0, 0, 0, 0},  {2023, 4, 0, 0, 0, 0, 0, 0},
		{2023, 1, 1, 24, 0, 0, 0, 0},  {2023, 1, 1, 0, 60, 0, 0, 0},
		{2023, 1, 1, 0, 0, 60, 0, 0},  {2023, 1, 1, 0, 0, 0, 1000, 0},
		{2023, 1, 1, -1, 0, 0, 0, 0},  {2023, 1, 1, 0, 0, 0, -1, 0},
	};
	LARGE_INTEGER time = at(5);

	for (TIME_FIELDS fields : table)
		EXPECT_FALSE(test, RtlTimeFieldsToTime(&fields, &time));
	EXPECT_EQ(test, time.QuadPart, 5);
}

void seconds(struct kunit *test)
{
	LARGE_INTEGER time, early = at(116444736000000000 - 1), late;
	ULONG number = 0;

	RtlSecondsSince1970ToTime(1234567890, &time);
	EXPECT_EQ(test, time.QuadPart, 128790414900000000);
	EXPECT_TRUE(test, RtlTimeToSecondsSince1970(&time, &number));
	EXPECT_EQ(test, number, 1234567890u);
	RtlSecondsSince1980ToTime(0, &time);
	EXPECT_TRUE(test, RtlTimeToSecondsSince1970(&time, &number));
	EXPECT_EQ(test, number, 315532800u);
	EXPECT_TRUE(test, RtlTimeToSecondsSince1980(&time, &number));
	EXPECT_EQ(test, number, 0u);
	RtlSecondsSince1970ToTime(0xffffffff, &late);
	EXPECT_TRUE(test, RtlTimeToSecondsSince1970(&late, &number));
	EXPECT_EQ(test, number, 0xffffffffu);
	late.QuadPart += 10000000;
	EXPECT_FALSE(test, RtlTimeToSecondsSince1970(&late, &number));
	EXPECT_FALSE(test, RtlTimeToSecondsSince1970(&early, &number));
	EXPECT_FALSE(test, RtlTimeToSecondsSince1980(&early, &number));
}

void local_time(struct kunit *test)
{
	LARGE_INTEGER now, local, back;

	KeQuerySystemTime(&now);
	ExSystemTimeToLocalTime(&now, &local);
	ExLocalTimeToSystemTime(&local, &back);
	EXPECT_EQ(test, back.QuadPart, now.QuadPart);
	EXPECT_LE(test, local.QuadPart, now.QuadPart + 15 * 36000000000ll);
	EXPECT_GE(test, local.QuadPart, now.QuadPart - 15 * 36000000000ll);
}

constexpr bridge_case cases[] = {
	{"times are dates, and dates times", dates},
	{"every day of 400 years follows the one before", every_day},
	{"what is no date has no time", no_dates},
	{"seconds count from 1970 and from 1980, as far as they go", seconds},
	{"local time is what the kernel was told", local_time},
};

} // namespace

BRIDGE_SUITE(rtl_time, cases)
