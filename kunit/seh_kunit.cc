// SPDX-License-Identifier: MIT OR GPL-2.0
/* Structured exceptions in C++. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

void raise(NTSTATUS status)
{
	__wsk_seh_raise(status);
}

/* A raising function as the headers wrap them: control leaves the block at once. */
#define RAISE(status) __WSK_RAISING(raise(status))

void handler_runs_for_an_exception(struct kunit *test)
{
	int steps = 0;

	__try {
		steps |= 1;
		RAISE(STATUS_ACCESS_VIOLATION);
		steps |= 2;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		steps |= 4;
		EXPECT_STATUS(test, GetExceptionCode(), STATUS_ACCESS_VIOLATION);
	}
	EXPECT_EQ(test, steps, 1 | 4);
}

void handler_stays_out_of_the_way(struct kunit *test)
{
	int steps = 0;

	__try {
		steps |= 1;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		steps |= 2;
	}
	EXPECT_EQ(test, steps, 1);
}

void search_goes_outwards(struct kunit *test)
{
	NTSTATUS inner = STATUS_SUCCESS, outer = STATUS_SUCCESS;

	__try {
		__try {
			RAISE(STATUS_INVALID_PARAMETER);
		} __except (EXCEPTION_CONTINUE_SEARCH) {
			inner = GetExceptionCode();
		}
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		outer = GetExceptionCode();
	}
	EXPECT_STATUS(test, inner, STATUS_SUCCESS);
	EXPECT_STATUS(test, outer, STATUS_INVALID_PARAMETER);
}

void filter_sees_the_code(struct kunit *test)
{
	int handled = 0;

	__try {
		__try {
			RAISE(STATUS_NO_MEMORY);
		} __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION
				    ? EXCEPTION_EXECUTE_HANDLER
				    : EXCEPTION_CONTINUE_SEARCH) {
			handled |= 1;
		}
	} __except (GetExceptionCode() == STATUS_NO_MEMORY ? EXCEPTION_EXECUTE_HANDLER
							   : EXCEPTION_CONTINUE_SEARCH) {
		handled |= 2;
	}
	EXPECT_EQ(test, handled, 2);
}

void finally_runs(struct kunit *test)
{
	int steps = 0;

	__try {
		__try {
			RAISE(STATUS_UNSUCCESSFUL);
		} __finally {
			steps |= 1;
		}
		/* Not reached on Windows; here the outer block's end notices. */
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		steps |= 2;
	}
	EXPECT_EQ(test, steps, 1 | 2);

	__try {
		__leave;
	} __finally {
		steps |= 4;
	}
	EXPECT_EQ(test, steps, 1 | 2 | 4);
}

void leave_skips_the_rest(struct kunit *test)
{
	int steps = 0;

	__try {
		for (;;) {
			steps |= 1;
			__leave;
		}
		steps |= 2;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		steps |= 4;
	}
	EXPECT_EQ(test, steps, 1);
}

NTSTATUS returns_from_the_block()
{
	__try {
		return STATUS_TIMEOUT;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
	}
	return STATUS_SUCCESS;
}

void return_closes_the_block(struct kunit *test)
{
	EXPECT_STATUS(test, returns_from_the_block(), STATUS_TIMEOUT);
	EXPECT_RULES(test, 1, raise(STATUS_UNSUCCESSFUL)); /* nothing is open any more */
}

void first_exception_counts(struct kunit *test)
{
	NTSTATUS status = STATUS_SUCCESS;

	__try {
		raise(STATUS_NO_MEMORY);
		raise(STATUS_UNSUCCESSFUL);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	EXPECT_STATUS(test, status, STATUS_NO_MEMORY);
}

void raise_here(void *)
{
	raise(STATUS_UNSUCCESSFUL);
}

void handle_here(void *status)
{
	__try {
		RAISE(STATUS_IO_TIMEOUT);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		*static_cast<NTSTATUS *>(status) = GetExceptionCode();
	}
}

void softirq_is_on_its_own(struct kunit *test)
{
	NTSTATUS own = STATUS_SUCCESS, theirs = STATUS_SUCCESS;

	__try {
		EXPECT_RULES(test, 1, bridge_run_in_softirq(raise_here, nullptr));
		bridge_run_in_softirq(handle_here, &theirs);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		own = GetExceptionCode();
	}
	EXPECT_STATUS(test, own, STATUS_SUCCESS);
	EXPECT_STATUS(test, theirs, STATUS_IO_TIMEOUT);
}

void raised_irql_is_the_same_thread(struct kunit *test)
{
	NTSTATUS status = STATUS_SUCCESS;
	KIRQL irql;

	__try {
		KeRaiseIrql(DISPATCH_LEVEL, &irql);
		raise(STATUS_UNSUCCESSFUL);
		KeLowerIrql(irql);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	EXPECT_STATUS(test, status, STATUS_UNSUCCESSFUL);
}

/* Threads that are inside of a block at the same time, whose frames end in any order. */
struct Thread {
	bridge_thread *thread;
	unsigned int number;
	NTSTATUS status;
	NTSTATUS code;
};

void in_a_thread(void *context)
{
	Thread *self = static_cast<Thread *>(context);

	__try {
		bridge_sleep_ms(5 + self->number % 5);
		if (self->number % 3)
			raise(STATUS_UNSUCCESSFUL + self->number);
		bridge_sleep_ms(5 + self->number % 7);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		self->status = GetExceptionCode();
		bridge_sleep_ms(5);
		self->code = __wsk_seh_code(); /* what GetExceptionCode() is in C */
	}
}

void threads_do_not_meet(struct kunit *test)
{
	static Thread threads[100];

	for (unsigned int i = 0; i < ARRAYSIZE(threads); i++) {
		threads[i] = {nullptr, i, STATUS_SUCCESS, STATUS_SUCCESS};
		threads[i].thread = bridge_thread_start(in_a_thread, &threads[i]);
	}
	for (Thread &thread : threads) {
		if (!thread.thread)
			continue;
		bridge_thread_join(thread.thread);

		NTSTATUS wanted = STATUS_SUCCESS;
		if (thread.number % 3)
			wanted = STATUS_UNSUCCESSFUL + thread.number;
		EXPECT_STATUS(test, thread.status, wanted);
		EXPECT_STATUS(test, thread.code, wanted);
	}
}

constexpr bridge_case cases[] = {
	{"a handler runs for an exception and what follows it does not",
	 handler_runs_for_an_exception},
	{"a handler does not run without an exception", handler_stays_out_of_the_way},
	{"CONTINUE_SEARCH passes an exception outwards", search_goes_outwards},
	{"a filter sees the code", filter_sees_the_code},
	{"a finally block runs either way", finally_runs},
	{"leave skips the rest of its block", leave_skips_the_rest},
	{"a return closes its block", return_closes_the_block},
	{"the first exception of a block counts", first_exception_counts},
	{"a softirq is on its own", softirq_is_on_its_own},
	{"raising the IRQL changes nothing", raised_irql_is_the_same_thread},
	{"threads do not meet in their exceptions", threads_do_not_meet},
};

} // namespace

BRIDGE_SUITE(seh, cases);
