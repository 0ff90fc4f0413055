// SPDX-License-Identifier: MIT OR GPL-2.0
// The macros of wdm/seh.h, run as C and as C++ by scripts/check-headers over the plainest list of
// frames there can be. Ends with the number of the line that something was wrong in.

#include <wdm/seh.h>
#include <ntstatus.h>

static struct __wsk_seh_frame *innermost;
static int dropped;
static NTSTATUS handled;

EXTERN_C DECLSPEC_NOINLINE VOID __wsk_seh_enter(struct __wsk_seh_frame *Frame)
{
	Frame->Status = STATUS_SUCCESS;
	Frame->Open = 1;
	Frame->Link.Flink = (PLIST_ENTRY)innermost;
	innermost = Frame;
}

EXTERN_C VOID __wsk_seh_exit(struct __wsk_seh_frame *Frame)
{
	innermost = (struct __wsk_seh_frame *)Frame->Link.Flink;
	Frame->Open = 0;
	if (Frame->Status)
		handled = Frame->Status;
}

EXTERN_C VOID __wsk_seh_raise(NTSTATUS Status)
{
	if (!innermost)
		dropped++;
	else if (!innermost->Status)
		innermost->Status = Status;
}

EXTERN_C NTSTATUS __wsk_seh_code(VOID)
{
	return handled;
}

/* Stands for MmProbeAndLockPages: raises what it is told to. */
static void probe(NTSTATUS status)
{
	if (status)
		__wsk_seh_raise(status);
}
#define probe(status) __WSK_RAISING((probe)(status))

static int after;

static void probe_in_callee(NTSTATUS status)
{
	probe(status);
	after++;
}

static int except_runs(NTSTATUS status)
{
	int reached = 0;

	__try {
		probe(status);
		reached = 1;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		reached = GetExceptionCode() == status ? 2 : 3;
	}
	return reached;
}

static int return_from_try(NTSTATUS status)
{
	__try {
		probe(status);
		return 1;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return 2;
	}
	return 3;
}

static int finally_runs(NTSTATUS status)
{
	int steps = 0;

	__try {
		__try {
			probe(status);
			steps |= 1;
		} __finally {
			steps |= 2;
		}
		steps |= 4;
	} __except (GetExceptionCode() == status ? EXCEPTION_EXECUTE_HANDLER
						 : EXCEPTION_CONTINUE_SEARCH) {
		steps |= 8;
	}
	return steps;
}

static int search_goes_on(NTSTATUS status)
{
	int steps = 0;

	__try {
		__try {
			probe(status);
		} __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION) {
			steps |= 1;
		}
		steps |= 2;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		steps |= GetExceptionCode() == STATUS_IN_PAGE_ERROR ? 4 : 8;
	}
	return steps;
}

static int leave_from_depth(int how)
{
	int steps = 0;

	__try {
		for (;;) {
			switch (how) {
			case 1:
				while (1)
					__leave;
			default:
				steps |= 1;
			}
			break;
		}
		steps |= 2;
	} __finally {
		steps |= 4;
	}
	return steps;
}

static int loops_keep_their_break(void)
{
	int count = 0;
	int i;

	for (i = 0; i < 10; i++) {
		__try {
			if (i == 7)
				break;
			if (i & 1)
				continue;
			count++;
			probe(i == 4 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS);
		} __except (EXCEPTION_EXECUTE_HANDLER) {
			count += 100;
			continue;
		}
	}
	return count;
}

static int callee_raises(NTSTATUS status)
{
	int steps = 0;

	after = 0;
	if (status >= 0)
		steps = 16;
	__try {
		probe_in_callee(status);
		steps |= 1;
		probe(STATUS_SUCCESS);
		steps |= 2;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		steps |= 4;
	}
	return steps;
}

#ifndef __cplusplus
static int goto_leaves(void)
{
	__try {
		goto out;
	} __finally {
		return 1;
	}
out:
	return 2;
}
#endif

#define CHECK(condition)                       \
	do {                                   \
		if (!(condition) || innermost) \
			return __LINE__ % 256; \
	} while (0)

int main(void)
{
	CHECK(except_runs(STATUS_SUCCESS) == 1);
	CHECK(except_runs(STATUS_ACCESS_VIOLATION) == 2);
	CHECK(return_from_try(STATUS_SUCCESS) == 1);
	CHECK(return_from_try(STATUS_ACCESS_VIOLATION) == 2);
	CHECK(finally_runs(STATUS_SUCCESS) == (1 | 2 | 4));
	CHECK(finally_runs(STATUS_ACCESS_VIOLATION) == (2 | 4 | 8));
	CHECK(search_goes_on(STATUS_SUCCESS) == 2);
	CHECK(search_goes_on(STATUS_ACCESS_VIOLATION) == (1 | 2));
	CHECK(search_goes_on(STATUS_IN_PAGE_ERROR) == (2 | 4));
	CHECK(leave_from_depth(1) == 4);
	CHECK(leave_from_depth(2) == (1 | 2 | 4));
	CHECK(loops_keep_their_break() == 4 + 100);
	CHECK(callee_raises(STATUS_SUCCESS) == (16 | 1 | 2) && after == 1);
	CHECK(callee_raises(STATUS_ACCESS_VIOLATION) == (1 | 4) && after == 1);
#ifndef __cplusplus
	CHECK(goto_leaves() == 2);
#endif
	CHECK(!dropped);
	probe_in_callee(STATUS_ACCESS_VIOLATION);
	CHECK(dropped == 1);
	return 0;
}
