// SPDX-License-Identifier: MIT OR GPL-2.0
/* Timers that the system allocates. */
#include "waiting.h"

#include "nt/driver.h"
#include "port/memory.h"
#include "port/work.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

struct Seen {
	volatile LONG calls;
	volatile LONG deleted;
	KIRQL irql, deleted_irql;
	PEX_TIMER timer;
	bool deletes_itself;
};

VOID deleted(PVOID context)
{
	auto *seen = static_cast<Seen *>(context);

	seen->deleted_irql = KeGetCurrentIrql();
	InterlockedIncrement(&seen->deleted);
}

EXT_DELETE_PARAMETERS tell(Seen *seen)
{
	EXT_DELETE_PARAMETERS parameters;

	ExInitializeDeleteTimerParameters(&parameters);
	parameters.DeleteCallback = deleted;
	parameters.DeleteContext = seen;
	return parameters;
}

VOID expired(PEX_TIMER timer, PVOID context)
{
	auto *seen = static_cast<Seen *>(context);

	seen->timer = timer;
	seen->irql = KeGetCurrentIrql();
	InterlockedIncrement(&seen->calls);
	if (seen->deletes_itself) {
		EXT_DELETE_PARAMETERS parameters = tell(seen);

		ExDeleteTimer(timer, TRUE, FALSE, &parameters);
	}
}

long outstanding()
{
	return driver_outstanding(driver_of(nullptr), Resource::timers);
}

void calls_back(struct kunit *test)
{
	long before = outstanding();
	Seen seen = {};
	PEX_TIMER timer = ExAllocateTimer(expired, &seen, EX_TIMER_HIGH_RESOLUTION);

	ASSERT_NOT_NULL(test, timer);
	EXPECT_EQ(test, outstanding(), before + 1);
	EXPECT_FALSE(test, ExSetTimer(timer, -5 * units_per_ms, 0, nullptr));
	EXPECT_STATUS(test, wait_forever(timer), STATUS_SUCCESS);
	EXPECT_TRUE(test, wait_until([&]() { return seen.calls == 1; }));
	EXPECT_EQ(test, seen.irql, DISPATCH_LEVEL);
	EXPECT_PTR_EQ(test, seen.timer, timer);
	EXPECT_STATUS(test, poll(timer), STATUS_TIMEOUT);
	EXPECT_FALSE(test, ExDeleteTimer(timer, TRUE, TRUE, nullptr));
	EXPECT_EQ(test, outstanding(), before);
}

void notification(struct kunit *test)
{
	PEX_TIMER timer = ExAllocateTimer(nullptr, nullptr, EX_TIMER_NOTIFICATION);

	ASSERT_NOT_NULL(test, timer);
	ExSetTimer(timer, -1 * units_per_ms, 0, nullptr);
	EXPECT_STATUS(test, wait_forever(timer), STATUS_SUCCESS);
	EXPECT_STATUS(test, poll(timer), STATUS_SUCCESS);
	EXPECT_FALSE(test, ExDeleteTimer(timer, TRUE, TRUE, nullptr));
}

void periods_of_units(struct kunit *test)
{
	Seen seen = {};
	PEX_TIMER timer = ExAllocateTimer(expired, &seen, 0);
	EXT_SET_PARAMETERS parameters;

	ASSERT_NOT_NULL(test, timer);
	ExInitializeSetTimerParameters(&parameters);
	/* Half a millisecond, which KeSetTimerEx() cannot say. */
	EXPECT_FALSE(test, ExSetTimer(timer, -1, units_per_ms / 2, &parameters));
	EXPECT_TRUE(test, wait_until([&]() { return seen.calls >= 5; }));
	EXPECT_TRUE(test, ExSetTimer(timer, -1000000 * units_per_ms, 0, nullptr));
	EXPECT_TRUE(test, ExCancelTimer(timer, nullptr));
	EXPECT_FALSE(test, ExCancelTimer(timer, nullptr));
	EXPECT_FALSE(test, ExDeleteTimer(timer, TRUE, TRUE, nullptr));
}

void deleted_while_set(struct kunit *test)
{
	Seen seen = {};
	EXT_DELETE_PARAMETERS parameters = tell(&seen);
	PEX_TIMER timer = ExAllocateTimer(expired, &seen, 0);

	ASSERT_NOT_NULL(test, timer);
	ExSetTimer(timer, -not_yet_ms() * units_per_ms, 0, nullptr);
	EXPECT_TRUE(test, ExDeleteTimer(timer, TRUE, TRUE, &parameters));
	EXPECT_EQ(test, seen.deleted, 1);
	bridge_sleep_ms(40);
	EXPECT_EQ(test, seen.calls, 0);
}

void deleted_once_expired(struct kunit *test)
{
	long before = outstanding();
	Seen seen = {};
	EXT_DELETE_PARAMETERS parameters = tell(&seen);
	PEX_TIMER timer = ExAllocateTimer(expired, &seen, 0);

	ASSERT_NOT_NULL(test, timer);
	ExSetTimer(timer, -10 * units_per_ms, 0, nullptr);
	EXPECT_FALSE(test, ExDeleteTimer(timer, FALSE, FALSE, &parameters));
	EXPECT_TRUE(test, wait_until([&]() { return seen.deleted == 1; }));
	EXPECT_EQ(test, seen.calls, 1);
	EXPECT_EQ(test, seen.deleted_irql, PASSIVE_LEVEL);
	port_work_flush();
	EXPECT_EQ(test, outstanding(), before);
}

void deleted_idle(struct kunit *test)
{
	Seen seen = {};
	EXT_DELETE_PARAMETERS parameters = tell(&seen);
	PEX_TIMER timer = ExAllocateTimer(expired, &seen, 0);

	ASSERT_NOT_NULL(test, timer);
	EXPECT_FALSE(test, ExDeleteTimer(timer, FALSE, FALSE, &parameters));
	EXPECT_TRUE(test, wait_until([&]() { return seen.deleted == 1; }));
	port_work_flush();
}

void deleted_by_its_callback(struct kunit *test)
{
	long before = outstanding();
	Seen seen = {};

	seen.deletes_itself = true;
	PEX_TIMER timer = ExAllocateTimer(expired, &seen, 0);
	ASSERT_NOT_NULL(test, timer);
	ExSetTimer(timer, -1 * units_per_ms, 1000000 * units_per_ms, nullptr);
	EXPECT_TRUE(test, wait_until([&]() { return seen.deleted == 1; }));
	EXPECT_EQ(test, seen.calls, 1);
	port_work_flush();
	EXPECT_EQ(test, outstanding(), before);
}

void bad_input(struct kunit *test)
{
	PEX_TIMER timer = nullptr;

	EXPECT_RULES(test, 1, EXPECT_NULL(test, ExAllocateTimer(nullptr, nullptr, 1)));
	EXPECT_RULES(
		test, 1,
		EXPECT_NULL(test, ExAllocateTimer(nullptr, nullptr,
						  EX_TIMER_HIGH_RESOLUTION | EX_TIMER_NO_WAKE)));
	port_alloc_fail(1);
	EXPECT_NULL(test, ExAllocateTimer(nullptr, nullptr, 0));
	EXPECT_TRUE(test, port_alloc_fail(0));

	timer = ExAllocateTimer(nullptr, nullptr, 0);
	ASSERT_NOT_NULL(test, timer);
	EXPECT_RULES(test, 1, ExSetTimer(timer, -1000000 * units_per_ms, -1, nullptr));
	/* Waiting for what is not cancelled: it is cancelled. */
	EXPECT_RULES(test, 1, EXPECT_TRUE(test, ExDeleteTimer(timer, FALSE, TRUE, nullptr)));
}

constexpr bridge_case cases[] = {
	{"a timer calls back when its time has come", calls_back},
	{"a notification timer stays signalled", notification},
	{"a period may be shorter than a millisecond", periods_of_units},
	{"a timer that is deleted while it is set does not expire", deleted_while_set},
	{"a timer can be deleted once it has expired", deleted_once_expired},
	{"a timer that is not set can be deleted", deleted_idle},
	{"a timer can be deleted by its callback", deleted_by_its_callback},
	{"bad input is told", bad_input},
};

} // namespace

BRIDGE_SUITE(ex_timer, cases)
