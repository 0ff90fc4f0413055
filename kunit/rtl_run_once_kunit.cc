// SPDX-License-Identifier: MIT OR GPL-2.0
/* What shall be initialized once. */
#include "waiting.h"

using namespace wsk::test;

namespace
{

struct Once {
	RTL_RUN_ONCE once;
	LONG calls;
	ULONG answer;
	PVOID made;
	LONG returned;
};

ULONG initialize(PRTL_RUN_ONCE, PVOID parameter, PVOID *context)
{
	auto *once = static_cast<Once *>(parameter);

	InterlockedIncrement(&once->calls);
	bridge_sleep_ms(5);
	*context = once->made;
	return once->answer;
}

void executed_once(struct kunit *test)
{
	Once once = {RTL_RUN_ONCE_INIT, 0, FALSE, &once, 0};
	PVOID context = nullptr;

	EXPECT_STATUS(test, RtlRunOnceExecuteOnce(&once.once, initialize, &once, &context),
		      STATUS_UNSUCCESSFUL);
	EXPECT_NULL(test, context);
	once.answer = TRUE;
	EXPECT_STATUS(test, RtlRunOnceExecuteOnce(&once.once, initialize, &once, &context),
		      STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, context, &once);
	context = nullptr;
	EXPECT_STATUS(test, RtlRunOnceExecuteOnce(&once.once, initialize, &once, &context),
		      STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, context, &once);
	EXPECT_STATUS(test, RtlRunOnceExecuteOnce(&once.once, initialize, &once, nullptr),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, once.calls, 2);
}

void execute(void *parameter)
{
	auto *once = static_cast<Once *>(parameter);
	PVOID context = nullptr;

	if (NT_SUCCESS(RtlRunOnceExecuteOnce(&once->once, initialize, once, &context)) &&
	    context == once->made)
		InterlockedIncrement(&once->returned);
}

void many_at_once(struct kunit *test)
{
	Once once = {RTL_RUN_ONCE_INIT, 0, TRUE, &once, 0};
	bridge_thread *threads[5];

	RtlRunOnceInitialize(&once.once);
	for (auto &thread : threads)
		thread = bridge_thread_start(execute, &once);
	for (auto *thread : threads) {
		ASSERT_NOT_NULL(test, thread);
		bridge_thread_join(thread);
	}
	EXPECT_EQ(test, once.calls, 1);
	EXPECT_EQ(test, once.returned, 5);
}

void step_by_step(struct kunit *test)
{
	RTL_RUN_ONCE once = RTL_RUN_ONCE_INIT;
	PVOID context = nullptr;

	EXPECT_STATUS(test, RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_CHECK_ONLY, &context),
		      STATUS_UNSUCCESSFUL);
	EXPECT_STATUS(test, RtlRunOnceComplete(&once, 0, nullptr), STATUS_UNSUCCESSFUL);
	EXPECT_STATUS(test, RtlRunOnceBeginInitialize(&once, 0, &context), STATUS_PENDING);
	EXPECT_STATUS(test, RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlRunOnceComplete(&once, RTL_RUN_ONCE_ASYNC, nullptr),
		      STATUS_UNSUCCESSFUL);
	EXPECT_STATUS(test, RtlRunOnceComplete(&once, RTL_RUN_ONCE_INIT_FAILED, nullptr),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlRunOnceBeginInitialize(&once, 0, &context), STATUS_PENDING);
	EXPECT_STATUS(test, RtlRunOnceComplete(&once, 0, &once), STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_CHECK_ONLY, &context),
		      STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, context, &once);
	EXPECT_STATUS(test, RtlRunOnceComplete(&once, 0, &once), STATUS_UNSUCCESSFUL);
}

void several_may_try(struct kunit *test)
{
	RTL_RUN_ONCE once = RTL_RUN_ONCE_INIT;
	PVOID context = nullptr;

	EXPECT_STATUS(test, RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context),
		      STATUS_PENDING);
	EXPECT_STATUS(test, RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context),
		      STATUS_PENDING);
	EXPECT_STATUS(test, RtlRunOnceBeginInitialize(&once, 0, &context),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlRunOnceComplete(&once, RTL_RUN_ONCE_ASYNC, &once), STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlRunOnceComplete(&once, RTL_RUN_ONCE_ASYNC, &context),
		      STATUS_UNSUCCESSFUL);
	EXPECT_STATUS(test, RtlRunOnceBeginInitialize(&once, RTL_RUN_ONCE_ASYNC, &context),
		      STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, context, &once);
}

void bad_input(struct kunit *test)
{
	RTL_RUN_ONCE once = RTL_RUN_ONCE_INIT;
	Once odd = {RTL_RUN_ONCE_INIT, 0, TRUE, reinterpret_cast<PVOID>(3), 0};
	PVOID context;

	EXPECT_STATUS(test, RtlRunOnceBeginInitialize(&once, 8, &context),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlRunOnceBeginInitialize(&once, 0, &context), STATUS_PENDING);
	EXPECT_STATUS(test, RtlRunOnceComplete(&once, 8, nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlRunOnceComplete(&once, 0, reinterpret_cast<PVOID>(2)),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlRunOnceComplete(&once, RTL_RUN_ONCE_INIT_FAILED, &once),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlRunOnceComplete(&once, 0, nullptr), STATUS_SUCCESS);
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test,
				   RtlRunOnceExecuteOnce(&odd.once, initialize, &odd, &context),
				   STATUS_INVALID_PARAMETER));
	odd.made = nullptr;
	EXPECT_STATUS(test, RtlRunOnceExecuteOnce(&odd.once, initialize, &odd, &context),
		      STATUS_SUCCESS);
}

constexpr bridge_case cases[] = {
	{"an initialization is executed until it succeeds, and then no more", executed_once},
	{"threads that come at once wait for the one that initializes", many_at_once},
	{"an initialization can be begun and completed", step_by_step},
	{"several may initialize, and the first to complete counts", several_may_try},
	{"bad input is refused", bad_input},
};

} // namespace

BRIDGE_SUITE(rtl_run_once, cases)
